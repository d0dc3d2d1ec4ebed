#!/usr/bin/env bash
# What the sorter could not route, with nothing but curl: a label that cannot be
# read, a held order, a code that nobody knows, a carrier without a lane. Each comes
# to the hospital and leaves it again. A test runs this file as it stands.
#
#   STATION   the pack desk to work at             pack-4
#   PRINTER   its simulated printer's HTTP port    http://127.0.0.1:9204
#   BELT      the simulated belt's HTTP port       http://127.0.0.1:9220
#   LANE      the lane of the carrier cj           cj
#   BADGE     a worker who may pick and pack       W-200
#   TOTE      a tote that is not in use            TOTE-09041
#   HOSP      a name for the orders                HOSP-(the time)
set -euo pipefail
. "$(dirname "$0")/curl.sh"
STATION=${STATION:-pack-4} PRINTER=${PRINTER:-http://127.0.0.1:9204} BELT=${BELT:-http://127.0.0.1:9220} LANE=${LANE:-cj}
BADGE=${BADGE:-W-200} TOTE=${TOTE:-TOTE-09041} HOSP=${HOSP:-HOSP-$(date +%s)}
curl -sS -o /dev/null "$EDGE/healthz" || stop "no edge answers at $EDGE: start one (make run), or set EDGE"
curl -sS --fail -o /dev/null "$PRINTER/labels" || stop "no simulated printer answers at $PRINTER: set PRINTER to the HTTP port of the printer of $STATION"
curl -sS --fail -o /dev/null "$BELT/status" || stop "no simulated belt answers at $BELT: set BELT to its HTTP port"

echo "== $BADGE logs in"
login "$BADGE"

echo "== the WMS sends a shelf, a carrier without a lane, an article and three orders"
epoch=$(curl -sS --fail-with-body -H "Authorization: Bearer $EDGE_WMS_KEY" "$EDGE/sync/v1/status" | text epoch)
to='"recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236","address":"서울특별시 강남구 테헤란로 152"},"routing":{"sortCode":"4W44","subCode":"24","branch":"강남A","zone":"P01"}'
order() { # N CARRIER
	echo '{"kind":"order","id":"'"$HOSP-$1"'","carrier":"'"$2"'",'"$to"',"lines":[{"id":"1","sku":"CURL-11","quantity":1,"location":"Z93-01-1"}]}'
}
post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"location","id":"UNKNOWN","barcode":"LOC-UNKNOWN","use":"unknown"}
{"kind":"carrier","id":"'"$HOSP"'","name":{"ko":"컬택배"},"waybill":{"format":"cj","symbology":"code128"},"template":"korea-100x150","cutoffs":["23:00"]}
{"kind":"waybillRange","id":"'"$HOSP"'","carrier":"'"$HOSP"'","client":"default","firstSerial":"68'"$(date +%s | tail -c 8)"'00","count":50,"epoch":"'"$epoch"'"}
{"kind":"location","id":"Z93-01-1","barcode":"LOC-Z93-01-1","zone":"Z","sequence":9993}
{"kind":"sku","id":"CURL-11","name":{"ko":"컬 머그컵","en":"Curl mug","ja":"カールマグ"},"barcodes":[{"code":"2900000098114","quantity":1}]}
'"$(order 1 cj; order 2 cj; order 3 "$HOSP")"
echo
packed() { # N: its box, with its label in WAYBILL
	local last
	press start "{\"flow\":\"pick\",\"mode\":\"order\",\"orders\":[\"$HOSP-$1\"]}"
	scan "$TOTE"
	follow pick
	last=$(printed)
	press start "{\"flow\":\"pack\",\"mode\":\"order\",\"orders\":[\"$HOSP-$1\"],\"station\":\"$STATION\"}"
	scan "$TOTE"
	scan 2900000098114
	WAYBILL=$(read_label "$last")
	scan "$WAYBILL"
	home
}
examined() { # what the screen of the hospital says of the box on the table
	local now
	now=$(screen)
	echo "  it is here because: $(grep -o '"hospital":{[^}]*' <<<"$now" | text why); to do: $(grep -o '"hospital":{[^}]*' <<<"$now" | text todo)"
}
to_hospital() { press start "{\"flow\":\"hospital\",\"station\":\"$STATION\"}"; }

echo "== a label that no scanner reads: typed, printed again with the same number, and off it goes"
packed 1
lay ""
until_event '"type":"parcel.rejected".*"reason":"noRead"'
to_hospital
typed "$WAYBILL"
examined
last=$(printed)
press reprint '{"reason":"unreadable"}'
[ "$(read_label "$last")" = "$WAYBILL" ] || { echo "the copy bears another number" >&2; exit 1; }
until_screen '"step":"waybill"'
scan "$WAYBILL"
home
lay "$WAYBILL"
until_event "\"type\":\"parcel.diverted\".*\"order\":\"$HOSP-1\""

echo "== a held order: set aside with a reason, and back on the belt once it is released"
packed 2
change "$HOSP-h1" "$HOSP-2" hold '"reason":"wms"'
lay "$WAYBILL"
until_event "\"type\":\"parcel.rejected\".*\"order\":\"$HOSP-2\""
to_hospital
stopped hold "scan $WAYBILL" "$(ask "$WAYBILL")"
examined
press close '{"reason":"waits"}'
change "$HOSP-h2" "$HOSP-2" release
scan "$WAYBILL"
scan "$WAYBILL"
home
lay "$WAYBILL"
until_event "\"type\":\"parcel.diverted\".*\"order\":\"$HOSP-2\""

echo "== a code that nobody knows: to the shelf, with a day to find its owner"
lay "NOT-OURS-$HOSP"
until_event '"type":"parcel.rejected".*"reason":"unknown"'
packed 3
to_hospital
stopped unknown "scan NOT-OURS-$HOSP" "$(ask "NOT-OURS-$HOSP")"
examined
scan LOC-UNKNOWN
home

echo "== a carrier that no lane takes: looked at, and carried to its dock"
lay "$WAYBILL"
until_event "\"type\":\"parcel.rejected\".*\"order\":\"$HOSP-3\""
to_hospital
scan "$WAYBILL"
examined
press confirm '{}'
home

echo "== the WMS pulls what happened"
pulled '"type":"\(parcel.rejected\|parcel.diverted\|hospital\.\)' | while read -r event; do
	echo "  $(text type <<<"$event") $(text order <<<"$event") $(text reason <<<"$event") $(text why <<<"$event") $(text outcome <<<"$event") $(text lane <<<"$event")"
done
