#!/usr/bin/env bash
# All tests with the race detector, two packages at a time: the machines that this
# is meant for have two cores. Then, without it:
# - the crash suite: it judges a program that it builds itself, kills it and cuts
#   its power thousands of times, and the detector would only slow its judging;
# - labels, judged dot by dot, ten times as slow under the detector: it sees one
#   resolution, and the same tests run again at all three;
# - random crews and crash schedules: the detector has little to find in what runs
#   on one goroutine and makes it seven times slower: a share of them with it.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -d "$CONFORMANCE_DATA" ]; then
	echo "NOTE: no conformance data at $CONFORMANCE_DATA: the tests that read it are skipped" >&2
fi
mapfile -t packages < <(go list ./... | grep -v /edgetest/crash)
export CREWS=20 JOURNAL_SCHEDULES=300 SIM_SEEDS=2
CGO_ENABLED=1 go test -race -p 2 -timeout 20m "${packages[@]}"
unset CREWS JOURNAL_SCHEDULES SIM_SEEDS
go test -p 2 -timeout 20m ./edge/edgetest/crash ./edge/floor ./edge/journal ./edge/engine ./labels/layout ./labels/raster
# Every parser of codes and labels, and random recipients against the printer's
# parser (I7), 5 s each; make soak gives them minutes.
FUZZ_SECONDS=${FUZZ_SECONDS:-5} tools/fuzz.sh ./labels/... ./edge/edgetest/labels
