#!/usr/bin/env bash
# Boxes onto trucks, with nothing but curl: a container is filled, one scan loads it,
# a box of another carrier is refused, the truck is full and the rest goes with the
# next trip, where one box cannot be found; the manifest of each is fetched. A test
# runs this file as it stands.
#
#   STATION    the pack desk to work at             pack-4
#   PRINTER    its simulated printer's HTTP port    http://127.0.0.1:9204
#   BADGE      a worker who may pick, pack, load    W-200
#   LEAD, PIN  the badge and PIN of a site lead     L-001; make run prints the PIN
#   TOTE       a tote that is not in use            TOTE-09031
#   ZONE       the site's time zone                 Asia/Seoul
#   LOAD       a name for carriers and orders       LOAD-(the time)
set -euo pipefail
. "$(dirname "$0")/curl.sh"
STATION=${STATION:-pack-4} PRINTER=${PRINTER:-http://127.0.0.1:9204} BADGE=${BADGE:-W-200} LEAD=${LEAD:-L-001}
TOTE=${TOTE:-TOTE-09031} LOAD=${LOAD:-LOAD-$(date +%s)}
: "${PIN:?set it to the PIN of the lead $LEAD}"
curl -sS -o /dev/null "$EDGE/healthz" || stop "no edge answers at $EDGE: start one (make run), or set EDGE"
curl -sS --fail -o /dev/null "$PRINTER/labels" || stop "no simulated printer answers at $PRINTER: set PRINTER to the HTTP port of the printer of $STATION"

echo "== $BADGE logs in"
login "$BADGE"

echo "== the WMS sends two carriers with a dock, trips and numbers each, a container, an article and seven orders"
epoch=$(curl -sS --fail-with-body -H "Authorization: Bearer $EDGE_WMS_KEY" "$EDGE/sync/v1/status" | text epoch)
serial=69$(date +%s | tail -c 8) # nobody else's; two digits more count the boxes
departs() { TZ=${ZONE:-Asia/Seoul} date -d "+$1 hours" +%H:%M; }
carrier() { # ID FIRST-SERIAL
	echo '{"kind":"carrier","id":"'"$LOAD-$1"'","name":{"ko":"컬택배"},"waybill":{"format":"cj","symbology":"code128"},"template":"korea-100x150","cutoffs":["12:00","23:00"]}
{"kind":"waybillRange","id":"'"$LOAD-$1"'","carrier":"'"$LOAD-$1"'","client":"default","firstSerial":"'"$2"'","count":50,"epoch":"'"$epoch"'"}
{"kind":"dock","id":"'"$LOAD-$1"'","barcode":"DOCK-'"$LOAD-$1"'","carrier":"'"$LOAD-$1"'"}
{"kind":"trip","id":"'"$LOAD-$1-1"'","carrier":"'"$LOAD-$1"'","dock":"'"$LOAD-$1"'","departs":"'"$(departs 2)"'"}
{"kind":"trip","id":"'"$LOAD-$1-2"'","carrier":"'"$LOAD-$1"'","dock":"'"$LOAD-$1"'","departs":"'"$(departs 4)"'"}'
}
to='"recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236","address":"서울특별시 강남구 테헤란로 152"},"routing":{"sortCode":"4W44","subCode":"24","branch":"강남A","zone":"P01"}'
now='"cutoff":"'$(date -Iseconds -d '+1 minute')'"'
order() { # N CARRIER CUT-OFF
	echo '{"kind":"order","id":"'"$LOAD-$1"'","carrier":"'"$LOAD-$2"'",'"$to,$3"',"lines":[{"id":"1","sku":"CURL-10","quantity":1,"location":"Z94-01-1"}]}'
}
post /sync/v1/reference "$EDGE_WMS_KEY" "$(carrier A "${serial}00")"'
'"$(carrier B "${serial}50")"'
{"kind":"container","id":"CAGE-'"$LOAD"'","barcode":"CAGE-'"$LOAD"'"}
{"kind":"location","id":"Z94-01-1","barcode":"LOC-Z94-01-1","zone":"Z","sequence":9994}
{"kind":"sku","id":"CURL-10","name":{"ko":"컬 머그컵","en":"Curl mug","ja":"カールマグ"},"barcodes":[{"code":"2900000098107","quantity":1}]}
'"$(for n in 1 2 3 4 5; do order $n A "$now"; done; order 6 B "$now"; order 7 A "\"cutoff\":\"$(date -Iseconds -d '+3 days')\"")"
echo

echo "== all seven are picked and packed; each box has its label"
declare -A box
for n in 1 2 3 4 5 6 7; do
	press start "{\"flow\":\"pick\",\"mode\":\"order\",\"orders\":[\"$LOAD-$n\"]}"
	scan "$TOTE"
	follow pick
	last=$(printed)
	press start "{\"flow\":\"pack\",\"mode\":\"order\",\"orders\":[\"$LOAD-$n\"],\"station\":\"$STATION\"}"
	scan "$TOTE"
	scan 2900000098107
	box[$n]=$(read_label "$last")
	scan "${box[$n]}"
	home
done

echo "== two boxes into a container"
press start '{"flow":"load","mode":"container"}'
scan "CAGE-$LOAD"
scan "${box[1]}"
scan "${box[2]}"
press close '{}'

echo "== the truck: another carrier's box, the container, a box twice, one of a later day"
press start '{"flow":"load"}'
scan "DOCK-$LOAD-A"
stopped wrong "scan ${box[6]}" "$(ask "${box[6]}")"
scan "CAGE-$LOAD"
stopped duplicate "scan ${box[1]}" "$(ask "${box[1]}")"
scan "${box[7]}"

echo "== it is full: the rest goes with the next trip"
stopped unexpected "press close {}" "$(act close '{}')"
press close '{"reason":"full"}'
until_event '"type":"truck.closed"'
truck1=$(text truck <<<"$EVENT")
echo "  $truck1  trip $(text trip <<<"$EVENT")  loaded $(number loaded <<<"$EVENT")  extra $(number extra <<<"$EVENT")  left behind $(grep -o '"lastSeen"' <<<"$EVENT" | wc -l)  next trip $(text nextTrip <<<"$EVENT")"

echo "== the next truck at the dock: two are there, one cannot be found"
press start '{"flow":"load"}'
scan "DOCK-$LOAD-A"
scan "${box[3]}"
scan "${box[4]}"
press close '{"reason":"missing"}'
until_event '"type":"truck.closed".*"reason":"missing"'
truck2=$(text truck <<<"$EVENT")
echo "  $truck2  trip $(text trip <<<"$EVENT")  loaded $(number loaded <<<"$EVENT")  missing: $(text waybill <<<"$EVENT"), last seen at $(text lastSeen <<<"$EVENT")"

echo "== the lead fetches the manifests"
lead=$(post /floor/v1/login '' "{\"badge\":\"$LEAD\",\"pin\":\"$PIN\",\"device\":\"curl-lead\"}" | text token)
for truck in "$truck1" "$truck2"; do
	curl -sS --fail-with-body -H "Authorization: Bearer $lead" "$EDGE/site/v1/trucks/$truck/manifest.csv" | sed 's/^/  /'
done

echo "== the WMS pulls what left"
happened "\"type\":\"\(truck\|container\|box\)\..*$LOAD"
