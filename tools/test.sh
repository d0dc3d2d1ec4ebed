#!/usr/bin/env bash
# All tests with the race detector, three packages at a time: the machines that this
# is meant for have two cores, and much waits for devices, printers, people and
# browsers. Then, without it:
# - the crash suite: it judges a program that it builds itself, kills it and cuts
#   its power thousands of times, and the detector would only slow its judging;
# - packages whose tests start no goroutine (alone=): a race needs two, and what they
#   compute takes five to ten times as long under the detector. Those who call them
#   from many goroutines, the agent, the web and the simulated days, run with it. A
#   test of the house holds the list to that (TestTheRaceDetectorMissesNoGoroutine);
# - random crews, crash schedules, simulations, dots and whole days: a share of them with it, all
#   without. What the first part has run whole is left out of the second (twice=).
#
# Packages whose tests run in bubbles of testing/synctest have one processor under
# the detector: Go 1.26 runs a bubble's channel timers on whatever thread meets
# them with the bubble's one race context (runtime/time.go, maybeRunChan and
# unlockAndRun), and two threads at once bring the detector down ("ThreadSanitizer:
# CHECK failed", SIGSEGV), seldom here, within 0.2 s with eight tickers. What the
# detector looks for, accesses that nothing orders, it sees on one as on two.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -d "$CONFORMANCE_DATA" ]; then
	echo "NOTE: no conformance data at $CONFORMANCE_DATA: the tests that read it are skipped" >&2
	export CONFORMANCE_DATA= # they look for the folder where they are told of one
fi
# The longest come first, what waits among what computes: what ends last is short,
# and no core is without work before.
long=(./edge/edgetest/belt ./edge/edgetest/day ./edge/floor ./edge/web/ui ./cmd/edge ./edge/edgetest/printers ./edge/edgetest/contract
	./edge/edgetest/desk ./edge/printing ./edge/agent ./edge/journal)
alone=(./labels/layout ./tools/fontcut ./edge/edgetest ./edge/sorter ./edge/paper)
mapfile -t packages < <(go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' "${long[@]}" ./... | grep -v /edgetest/crash |
	grep -vE "^dcedge($(IFS='|' && echo "${alone[*]#.}")) ")
bubbles=() others=()
for p in "${packages[@]}"; do
	case $p in *testing/synctest*) bubbles+=("${p%% *}") ;; *) others+=("${p%% *}") ;; esac
done
export CREWS=2 DAYS=some JOURNAL_SCHEDULES=300 SIM_SEEDS=2 CGO_ENABLED=1
tests=(go test -vet=off -p 3 -timeout 20m) # make check has vetted; -parallel where tests that wait run side by side
"${tests[@]}" -race -cpu 1 -parallel 8 "${bubbles[@]}"
"${tests[@]}" -race "${others[@]}"
unset CREWS DAYS JOURNAL_SCHEDULES SIM_SEEDS CGO_ENABLED
twice='WithCurl|^TestDayOfAllMixes$|^TestPeakDay$|^TestDayWithBadPrinters$|^TestI10EveryByteFlipped$|^TestI5SecondCrashInEveryStepOfStart$'
"${tests[@]}" -skip "$twice" ./edge/edgetest/crash ./edge/edgetest/day ./edge/floor "${alone[@]}" ./edge/journal ./edge/engine ./labels/raster
# Every parser of codes and labels, and random recipients against the printer's
# parser (I7), 5 s each; make soak gives them minutes.
FUZZ_SECONDS=${FUZZ_SECONDS:-5} tools/fuzz.sh ./labels/... ./edge/edgetest/labels
