#!/usr/bin/env bash
# All tests with the race detector. The packages run two at a time: the
# machines that this is meant for have two cores.
set -euo pipefail
if [ ! -d "$CONFORMANCE_DATA" ]; then
	echo "NOTE: no conformance data at $CONFORMANCE_DATA: the tests that read it are skipped" >&2
fi
go test -race -p 2 -timeout 20m ./...
