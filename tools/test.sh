#!/usr/bin/env bash
# All tests, in under twelve minutes on the two cores that this is meant for. Most of
# what they do is to wait, for devices, printers, people and browsers: three packages at
# a time, and in each some tests side by side, which have a site each.
#
# First with the race detector, which makes computing take five to ten times as long.
# Then, without it, what it can see nothing in, and the whole of what it saw a share of:
# - programs=: their tests judge what is no Go of theirs. The crash suite judges a
#   program that it builds itself, kills it and cuts its power thousands of times; the
#   pages are TypeScript in a browser, before a small edge that is a test's own, or the
#   whole one, which the first part runs with the detector in many places. So it is with
#   those of the belt's tests whose edge is a built one (BUILT=later); the others, whose
#   edge runs inside, are in the first part;
# - alone=: packages whose tests start no goroutine: a race needs two. Those who call
#   them from many goroutines, the agent, the web and the simulated days, run with it;
# - random crews, crash schedules, simulations, dots and whole days: a share of them with
#   it (DAYS=some and the like), all without. What the first part has run whole is left
#   out of the second (twice=).
# Tests of the house hold the lists to that (edge/edgetest/race_test.go). What they cannot
# see is a race of a test's own fakes: make soak runs pages and belt with the detector.
#
# The first part is built without debug information, which takes an eighth off building
# it on a clean machine; where a race or a panic is, is told all the same. A program under
# the detector stays for a second when it ends (GORACE's atexit_sleep_ms), so that what
# still runs may yet be caught; here a tenth of that: eighty programs end.
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
long=(./edge/edgetest/day ./edge/edgetest/printers ./edge/floor ./cmd/edge ./edge/edgetest/contract ./edge/edgetest/belt
	./edge/edgetest/desk ./edge/printing ./edge/agent ./edge/journal)
programs=(./edge/edgetest/crash ./edge/web/ui)
alone=(./labels/layout ./tools/fontcut ./edge/edgetest ./edge/sorter ./edge/paper)
later=("${programs[@]}" "${alone[@]}")
mapfile -t packages < <(go list -f '{{.ImportPath}} {{.TestImports}} {{.XTestImports}}' "${long[@]}" ./... |
	grep -vE "^dcedge($(IFS='|' && echo "${later[*]#.}")) ")
bubbles=() others=()
for p in "${packages[@]}"; do
	case $p in *testing/synctest*) bubbles+=("${p%% *}") ;; *) others+=("${p%% *}") ;; esac
done
tests=(go test -vet=off -p 3 -timeout 20m) # make check has vetted; -parallel where more than two tests that wait run side by side
export CREWS=2 DAYS=some BUILT=later JOURNAL_SCHEDULES=300 SIM_SEEDS=2 CGO_ENABLED=1 GORACE=atexit_sleep_ms=100
bare=(-race -gcflags=all=-dwarf=false -ldflags=-w)
"${tests[@]}" "${bare[@]}" -cpu 1 -parallel 8 "${bubbles[@]}"
"${tests[@]}" "${bare[@]}" -parallel 3 "${others[@]}"
unset CREWS DAYS BUILT JOURNAL_SCHEDULES SIM_SEEDS CGO_ENABLED GORACE
twice='WithCurl|^TestDayOfAllMixes$|^TestPeakDay$|^TestDayWithBadPrinters$|^TestI10EveryByteFlipped$|^TestI5SecondCrashInEveryStepOfStart$'
twice+='|^TestB1AnAcknowledgedReadIsStored$|^TestB1ABrokerThatForgotItsSessions$|^TestB2ARepeatedReadIsOneEvent$|^TestB3ARetainedReadIsNoEvent$'
twice+='|^TestB4AFloodOfStatesLosesNoScan$|^TestB5ADeviceSpeaksForItselfOnly$|^TestB6SensorsThatAreWrong$|^TestEveryReadOneVerdictOneEvent$'
twice+='|^TestPutWallWithLights$|^TestADesksScannerBehindTheBroker$|^TestDevicesBehindTheBrokerAreShown$'
"${tests[@]}" -skip "$twice" "${programs[@]}" ./edge/edgetest/belt ./edge/edgetest/day ./edge/floor "${alone[@]}" ./edge/journal ./edge/engine ./labels/raster
# Every parser of codes and labels, and random recipients against the printer's
# parser (I7), 2 s each; make soak gives them minutes.
FUZZ_SECONDS=${FUZZ_SECONDS:-2} tools/fuzz.sh ./labels/... ./edge/edgetest/labels
