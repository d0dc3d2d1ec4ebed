#!/usr/bin/env bash
# All tests with the race detector. The packages run two at a time: the
# machines that this is meant for have two cores. The crash suite comes after
# them and alone: it judges a program that it builds itself, kills it and cuts
# its power thousands of times, and the detector would only slow its judging.
# Labels are judged dot by dot, ten times as slow under the detector: it sees one
# resolution, and the same tests run again without it, at all three.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ ! -d "$CONFORMANCE_DATA" ]; then
	echo "NOTE: no conformance data at $CONFORMANCE_DATA: the tests that read it are skipped" >&2
fi
mapfile -t packages < <(go list ./... | grep -v /edgetest/crash)
# The detector makes random crews and crashes seven times slower and has little to
# find in what runs on one goroutine: a share of them with it, all of them without.
export CREWS=20 JOURNAL_SCHEDULES=300 SIM_SEEDS=2
CGO_ENABLED=1 go test -race -p 2 -timeout 20m "${packages[@]}"
unset CREWS JOURNAL_SCHEDULES SIM_SEEDS
go test -p 2 -timeout 20m ./edge/floor ./edge/journal ./edge/engine
go test -timeout 20m ./edge/edgetest/crash
go test -timeout 20m ./labels/layout ./labels/raster
# Every parser of codes and labels, and random recipients against the printer's
# parser (I7), 5 s each; make soak gives them minutes.
FUZZ_SECONDS=${FUZZ_SECONDS:-5} tools/fuzz.sh ./labels/... ./edge/edgetest/labels
