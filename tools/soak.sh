#!/usr/bin/env bash
# The long suites: kill -9 under load, crash images, damaged files. Counts can
# be given by the environment; each suite prints how many it ran.
set -euo pipefail
cd "$(dirname "$0")/.."
export KILL_ROUNDS=${KILL_ROUNDS:-500} IMAGES=${IMAGES:-20000} DAMAGES=${DAMAGES:-2000}
echo "soak: $KILL_ROUNDS kills, $IMAGES crash images, $DAMAGES damages"
began=$SECONDS failed=0
for suite in 'TestKillLoop' 'TestCrashImages' 'TestDamage' 'TestI9DiskFull|TestStartOnFullDisk|TestFlushFails|TestSecondProcess|TestTwentyRestarts|TestEndsUnderLoad'; do
	from=$SECONDS
	go test -count=1 -timeout 3h -v -run "^($suite|${suite}[A-Z].*)\$" ./edge/edgetest/crash || failed=1
	echo "soak: $suite took $((SECONDS - from)) s"
done
# A peak day: 20,000 orders with wrong scans, changes, shorts and broken printers;
# and days of every way of picking, of returns, and of all at once.
from=$SECONDS
PEAK_ORDERS=${PEAK_ORDERS:-20000} go test -count=1 -timeout 3h -v -run '^TestPeakDay$' ./edge/edgetest/day || failed=1
MIX_ORDERS=${MIX_ORDERS:-80} go test -count=1 -timeout 1h -v -run '^TestDayOf(AllMixes|EachMix)$' ./edge/edgetest/day || failed=1
echo "soak: the peak day and the days of each mix took $((SECONDS - from)) s"
# What make test runs without the race detector because it judges no Go: the pages'
# fakes and the belt's players with it.
from=$SECONDS
CGO_ENABLED=1 go test -race -count=1 -timeout 1h ./edge/web/ui ./edge/edgetest/belt || failed=1
echo "soak: pages and belt with the race detector took $((SECONDS - from)) s"
# Printers: 1,000 labels through three printers with a fault every 20, once through
# the whole edge and, in simulated time, PRINT_SEEDS times through the ledger (I6).
from=$SECONDS
PRINT_LABELS=${PRINT_LABELS:-1000} PRINT_EVERY=${PRINT_EVERY:-20} go test -count=1 -timeout 3h -v -run '^TestLabelsThroughFaults$' ./edge/edgetest/printers || failed=1
PRINT_SEEDS=${PRINT_SEEDS:-100} go test -count=1 -timeout 3h -v -run '^TestDoubts' ./edge/printing || failed=1
echo "soak: printers took $((SECONDS - from)) s"
# Belt: 10,000 parcels through the built edge at its own broker with no-reads, jams
# and a kill -9, then at mosquitto, which is killed under load (outside oracle); and
# the demo's site, each of its devices pulled in turn, and at mosquitto, killed.
from=$SECONDS
BELT_PARCELS=${BELT_PARCELS:-10000} go test -count=1 -timeout 3h -v -run '^(TestBeltThroughTheBuiltEdge|TestBeltAtMosquittoThatIsKilled)$' ./edge/edgetest/belt || failed=1
SITE_ORDERS=${SITE_ORDERS:-300} go test -count=1 -timeout 3h -v -run '^TestTheDemoSite(PulledApart|AtMosquittoThatIsKilled)$' ./edge/edgetest/belt || failed=1
echo "soak: belt took $((SECONDS - from)) s"
# Labels: random recipients against the simulator's parser (I7), leases through
# crashes (I3), every fuzz target.
from=$SECONDS
I7_SECONDS=${I7_SECONDS:-600} go test -count=1 -timeout 3h -v -run '^TestI7' ./labels/layout || failed=1
FIT_DENSE=1 go test -count=1 -timeout 3h -v -run '^TestEveryPrefix' ./labels/layout || failed=1
LEASE_SEEDS=${LEASE_SEEDS:-20} go test -count=1 -timeout 3h -v ./edge/edgetest/lease || failed=1
FUZZ_SECONDS=${FUZZ_SECONDS:-60} tools/fuzz.sh || failed=1
echo "soak: labels and fuzz took $((SECONDS - from)) s"
echo "soak: $((SECONDS - began)) s in all"
exit "$failed"
