#!/usr/bin/env bash
# One order, worked with nothing but curl: received, picked, packed, labelled,
# loaded, and its events pulled. A test runs this file as it stands.
#
# With `make run` up: `. run/env; docs/order.sh`.
#
#   EDGE_WMS_KEY  the key of the consumer "wms": pushes the order, and pulls what
#                 happened without acknowledging (the lease is its puller's)
#   EDGE          the edge                            http://127.0.0.1:8080
#   STATION       the pack desk to work at            pack-4 (the crew leaves it alone)
#   PRINTER       its simulated printer's HTTP port   http://127.0.0.1:9204
#   BADGE         a worker who may pick, pack, load   W-200
#   TOTE          a tote that is not in use           TOTE-09001
#   DOCK          the dock of the order's carrier     DOCK-D1
#
# What a worker does is always the same two requests: scan something, or press
# a button. The answer is a verdict, and the screen says what comes next.
set -euo pipefail
. "$(dirname "$0")/curl.sh"
STATION=${STATION:-pack-4} PRINTER=${PRINTER:-http://127.0.0.1:9204}
BADGE=${BADGE:-W-200} TOTE=${TOTE:-TOTE-09001} DOCK=${DOCK:-DOCK-D1} ORDER=${ORDER:-CURL-$(date +%s)}

echo "== is all there that the order will need?"
curl -sS -o /dev/null "$EDGE/healthz" || stop "no edge answers at $EDGE: start one (make run), or set EDGE"
curl -sS --fail -o /dev/null "$PRINTER/labels" ||
	stop "no simulated printer answers at $PRINTER: set PRINTER to the HTTP port of the printer of $STATION (make run prints it), or STATION to a desk that has one"

echo "== $BADGE logs in"
login "$BADGE"
desk=$(curl -sS -H "Authorization: Bearer $TOKEN" "$EDGE/floor/v1/stations" | grep -o "{[^}]*\"name\":\"$STATION\"[^}]*}" || true)
grep -q '"free":true' <<<"$desk" || stop "desk $STATION cannot be used (${desk:-there is none of this name}): set STATION, and PRINTER to its printer"

echo "== the WMS sends an article, its place, and the order $ORDER"
post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"location","id":"Z99-01-1","barcode":"LOC-Z99-01-1","zone":"Z","sequence":9999}
{"kind":"sku","id":"CURL-1","name":{"ko":"컬 머그컵","en":"Curl mug","ja":"カールマグ"},"barcodes":[{"code":"2900000000018","quantity":1}]}
{"kind":"order","id":"'"$ORDER"'","carrier":"cj","recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236","address":"서울특별시 강남구 테헤란로 152","addressDetail":"3층"},"routing":{"sortCode":"4W44","subCode":"24","branch":"강남A","zone":"P01"},"lines":[{"id":"1","sku":"CURL-1","quantity":2,"location":"Z99-01-1"}]}'
echo

echo "== pick: a free tote, then each article that the screen expects"
press start "{\"flow\":\"pick\",\"mode\":\"order\",\"orders\":[\"$ORDER\"]}"
(scan "$TOTE") || { # nothing is in it yet: give the order back
	press leave '{}'
	echo "the order $ORDER waits to be picked: set TOTE to one that is not in use, and ORDER=$ORDER" >&2
	exit 2
}
while now=$(screen) && [ "$(text flow <<<"$now")" = pick ]; do
	scan "$(expected code <<<"$now")"
done

echo "== pack at $STATION: the tote, every article; then the label prints by itself"
last=$(curl -sS "$PRINTER/labels" | grep -o '"n":[0-9]*' | tail -n 1 | cut -d: -f2 || true) # label in the tray so far
press start "{\"flow\":\"pack\",\"mode\":\"order\",\"orders\":[\"$ORDER\"],\"station\":\"$STATION\"}"
scan "$TOTE"
while now=$(screen) && [ "$(expected kind <<<"$now")" = item ]; do
	scan "$(expected code <<<"$now")"
done
label=$(curl -sS "$PRINTER/labels?since=${last:-0}&wait=20")
waybill=$(grep -o '"text":"[0-9]*"' <<<"$label" | cut -d'"' -f4 | sort | uniq -d | head -n 1) # it stands twice on a label
echo "  a label came out; its barcode says $waybill"
scan "$waybill" # stuck on the box: only the paper knew the number

echo "== load: the dock, the box"
press start '{"flow":"load"}'
scan "$DOCK"
scan "$waybill"
press leave '{}'

echo "== the WMS pulls what happened to $ORDER"
happened "\"order\":\"$ORDER\""
