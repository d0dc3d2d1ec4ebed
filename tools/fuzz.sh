#!/usr/bin/env bash
# Every fuzz target for FUZZ_SECONDS each (5), one after the other.
#   tools/fuzz.sh [package ...]
# What is new is made smaller in ten tries at most: by default that takes up to a
# minute, in which nothing else is tried.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${FUZZ_SECONDS:-5} failed=0 n=0
for pkg in $(go list "${@:-./...}"); do
	for target in $(go test -list '^Fuzz' "$pkg" 2>/dev/null | grep '^Fuzz' || true); do
		n=$((n + 1))
		if out=$(go test -run '^$' -fuzz "^$target\$" -fuzztime "${seconds}s" -fuzzminimizetime 10x -timeout "$((seconds + 120))s" "$pkg" 2>&1); then
			echo "fuzz: $pkg $target: $(grep -o 'execs: [0-9]*' <<<"$out" | tail -1)"
		else
			failed=1
			echo "fuzz: FAILED $pkg $target"
			tail -40 <<<"$out"
		fi
	done
done
echo "fuzz: $n targets, $seconds s each"
exit "$failed"
