#!/usr/bin/env bash
# The figures of docs/figures.md, as Markdown on standard output. Options go
# through to the program (BENCH_FLAGS from make):
#   tools/bench.sh                                   all, under 20 minutes
#   tools/bench.sh -rounds 2 -seconds 0.5 -many 1000000    a short look
#   tools/bench.sh -parts engine,slow                some parts
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x bin/edge ] || { echo "bin/edge is missing; run: make build" >&2; exit 1; }
if ! command -v strace >/dev/null; then
	echo "NOTE: strace is missing: the part with a slow flush is skipped; run: make setup-test" >&2
fi
go build -o bin/bench ./tools/bench
# shellcheck disable=SC2086 # several options
exec bin/bench ${BENCH_FLAGS:-} "$@"
