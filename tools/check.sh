#!/usr/bin/env bash
# Format, vet, staticcheck, import graph, sizes, doc.go. Each failure says what
# to do about it.
set -euo pipefail
staticcheck="$1"

bad=$(gofmt -l $(git ls-files -co --exclude-standard '*.go'))
if [ -n "$bad" ]; then
	echo "not formatted; run: gofmt -w" $bad >&2
	exit 1
fi
go vet ./...
go run ./tools/webbuild -check
go run "$staticcheck" ./...
go test -count=1 ./edge/edgetest
echo "check: fine"
