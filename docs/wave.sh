#!/usr/bin/env bash
# A wave of two orders, worked with nothing but curl: sent as a pick list, picked
# into one tote, parted at the put wall, and its events pulled. A test runs this
# file as it stands.
#
# With `make run` up, set EDGE_WMS_KEY to what it printed and start this script.
#
#   BADGE   a worker who may pick               W-200
#   TOTE    a tote that is not in use           TOTE-09002
#   WAVE    a name for the list and its orders  WAVE-(the time)
set -euo pipefail
. "$(dirname "$0")/curl.sh"
BADGE=${BADGE:-W-200} TOTE=${TOTE:-TOTE-09002} WAVE=${WAVE:-WAVE-$(date +%s)}
curl -sS -o /dev/null "$EDGE/healthz" || stop "no edge answers at $EDGE: start one (make run), or set EDGE"

echo "== $BADGE logs in"
login "$BADGE"

echo "== the WMS sends two articles, a wall of two cells, two orders, and the list that joins them"
order() { # ID LINES
	echo '{"kind":"order","id":"'"$1"'","carrier":"cj","recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236","address":"서울특별시 강남구 테헤란로 152","addressDetail":"3층"},"routing":{"sortCode":"4W44","subCode":"24","branch":"강남A","zone":"P01"},"lines":['"$2"']}'
}
post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"location","id":"Z98-01-1","barcode":"LOC-Z98-01-1","zone":"Z","sequence":9998}
{"kind":"location","id":"Z98-01-2","barcode":"LOC-Z98-01-2","zone":"Z","sequence":9999}
{"kind":"sku","id":"CURL-2","name":{"ko":"컬 접시","en":"Curl plate","ja":"カール皿"},"barcodes":[{"code":"2900000098022","quantity":1}]}
{"kind":"sku","id":"CURL-3","name":{"ko":"컬 그릇","en":"Curl bowl","ja":"カール鉢"},"barcodes":[{"code":"2900000098039","quantity":1}]}
{"kind":"cell","id":"CURL-01","barcode":"CELL-CURL-01","wall":"CURL"}
{"kind":"cell","id":"CURL-02","barcode":"CELL-CURL-02","wall":"CURL"}
'"$(order "$WAVE-A" '{"id":"1","sku":"CURL-2","quantity":1,"location":"Z98-01-1"},{"id":"2","sku":"CURL-3","quantity":1,"location":"Z98-01-2"}')"'
'"$(order "$WAVE-B" '{"id":"1","sku":"CURL-2","quantity":2,"location":"Z98-01-1"}')"'
{"kind":"pickList","id":"'"$WAVE"'","mode":"total","orders":["'"$WAVE-A"'","'"$WAVE-B"'"]}'
echo

echo "== pick: each place once, for both orders together"
press start "{\"flow\":\"pick\",\"mode\":\"total\",\"orders\":[\"$WAVE-A\"]}" # the list that it stands on, whatever else waits
scan "$TOTE"
follow pick

echo "== put: an item names its cell, the scan of the cell is the record"
scan "$TOTE"
follow put

echo "== the WMS pulls what happened to them"
happened "$WAVE"
