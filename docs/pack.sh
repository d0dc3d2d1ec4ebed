#!/usr/bin/env bash
# Two orders of one recipient into one box, with nothing but curl: both are picked,
# a desk asks for both totes, one label comes out and is stuck on; then the label is
# damaged, and one more copy of the same number is made and scanned. The events are
# pulled. A test runs this file as it stands.
#
#   STATION   the pack desk to work at             pack-4
#   PRINTER   its simulated printer's HTTP port    http://127.0.0.1:9204
#   PAIR      a name for the two orders            PAIR-(the time)
#   BADGE     a worker who may pick and pack       W-200
#   TOTES     two totes that are not in use        TOTE-09001 TOTE-09002
set -euo pipefail
. "$(dirname "$0")/curl.sh"
STATION=${STATION:-pack-4} PRINTER=${PRINTER:-http://127.0.0.1:9204}
PAIR=${PAIR:-PAIR-$(date +%s)} BADGE=${BADGE:-W-200}
read -r tote1 tote2 <<<"${TOTES:-TOTE-09001 TOTE-09002}"
curl -sS -o /dev/null "$EDGE/healthz" || stop "no edge answers at $EDGE: start one, or set EDGE"
curl -sS --fail -o /dev/null "$PRINTER/labels" || stop "no simulated printer answers at $PRINTER: set PRINTER to the HTTP port of the printer of $STATION"

echo "== $BADGE logs in"
login "$BADGE"

echo "== the WMS sends an article, its place, and two orders that go into one box"
to='"recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236","address":"서울특별시 강남구 테헤란로 152"},"routing":{"sortCode":"4W44","subCode":"24","branch":"강남A","zone":"P01"}'
post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"location","id":"P96-01-1","barcode":"LOC-P96-01-1","zone":"P","sequence":9997}
{"kind":"sku","id":"CURL-7","name":{"ko":"컬 머그컵","en":"Curl mug","ja":"カールマグ"},"barcodes":[{"code":"2900000098077","quantity":1}]}
{"kind":"order","id":"'"$PAIR-A"'","carrier":"cj","consolidate":"'"$PAIR"'",'"$to"',"lines":[{"id":"1","sku":"CURL-7","quantity":2,"location":"P96-01-1"}]}
{"kind":"order","id":"'"$PAIR-B"'","carrier":"cj","consolidate":"'"$PAIR"'",'"$to"',"lines":[{"id":"1","sku":"CURL-7","quantity":1,"location":"P96-01-1"}]}'
echo

echo "== both are picked, each into a tote of its own"
for one in "A $tote1" "B $tote2"; do
	press start '{"flow":"pick","mode":"order","orders":["'"$PAIR-${one% *}"'"]}'
	scan "${one#* }"
	follow pick
done

echo "== at $STATION the desk asks for both totes, then for every piece"
last=$(printed)
press start '{"flow":"pack","mode":"order","orders":["'"$PAIR-A"'"],"station":"'"$STATION"'"}'
scan "$tote1"
while now=$(screen) && [ "$(expected kind <<<"$now")" = tote ] || [ "$(expected kind <<<"$now")" = item ]; do
	scan "$(expected code <<<"$now")"
done
waybill=$(read_label "$last")
echo "  one label came out; its barcode says $waybill"
scan "$waybill"

echo "== the label was damaged: one more copy of the same number"
last=$(printed)
press reprint '{"waybill":"'"$waybill"'","reason":"damaged"}'
[ "$(read_label "$last")" = "$waybill" ] || { echo "the copy bears another number" >&2; exit 1; }
scan "$waybill"

echo "== the WMS pulls what happened to $PAIR-A and $PAIR-B"
happened "\"order\":\"$PAIR-"
