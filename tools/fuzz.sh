#!/usr/bin/env bash
# Every fuzz target for about FUZZ_SECONDS each (5), one after the other.
#   tools/fuzz.sh [package ...]
# In rounds of a counted number of tries: a target that is ended by the clock now
# and then fails with "context deadline exceeded" and nothing found (Go's own race,
# golang/go#75804). What is new is made smaller in ten tries at most: by default
# that takes up to a minute, in which nothing else is tried. Coverage guides by the
# house's own packages: -fuzz would build the standard library and all modules once
# more for it, which takes minutes on a clean machine.
set -euo pipefail
cd "$(dirname "$0")/.."
most=$((${FUZZ_SECONDS:-5} * 1000)) failed=0 n=0
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
found=$(go env GOCACHE)/fuzz # what is new is kept where go test keeps it

ms() { date +%s%3N; }

# target PACKAGE FOLDER NAME: rounds until its time is used.
target() {
	local spent=0 base=0 tries=200 total=0 from out
	while ((spent < most)); do
		from=$(ms)
		if ! out=$(cd "$2" && "$bin/fuzz.test" -test.run '^$' -test.fuzz "^$3\$" -test.fuzztime "${tries}x" -test.fuzzminimizetime 10x \
			-test.fuzzcachedir "$found/$1" -test.timeout 30m 2>&1); then
			failed=1
			echo "fuzz: FAILED $1 $3"
			tail -40 <<<"$out"
			return
		fi
		local took=$(($(ms) - from))
		spent=$((spent + took)) total=$((total + tries))
		((base)) || base=$took # the first round is start-up and what was found before
		# as many as the rest of the time allows, at most twenty times as many as before
		local work=$((took > base ? took - base : 1)) rest=$((most - spent - base))
		((rest > 0)) || break
		local fit=$((tries * rest / work))
		tries=$((fit < tries * 20 ? fit : tries * 20))
		((tries >= 100)) || break
	done
	echo "fuzz: $1 $3: $total tries in $spent ms"
}

while read -r pkg dir; do
	targets=$(grep -hoP '^func \KFuzz\w+' "$dir"/*_test.go 2>/dev/null || true)
	[[ -n $targets ]] || continue
	go test -c -gcflags='dcedge/...=-d=libfuzzer' -o "$bin/fuzz.test" "$pkg"
	for name in $targets; do
		n=$((n + 1))
		target "$pkg" "$dir" "$name"
	done
done < <(go list -f '{{.ImportPath}} {{.Dir}}' "${@:-./...}")
echo "fuzz: $n targets, $((most / 1000)) s each"
exit "$failed"
