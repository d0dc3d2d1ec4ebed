#!/usr/bin/env bash
# One order picked zone by zone with nothing but curl: the first picker passes the
# tote on, the second goes on with it, and the events are pulled. A test runs this
# file as it stands. The site has to pick by zones ([pick] zones = true).
#
#   BADGE, BADGE2  two workers who may pick     W-200, W-199
#   TOTE           a tote that is not in use    TOTE-09003
#   ORDER          a name for the order         ZONE-(the time)
set -euo pipefail
. "$(dirname "$0")/curl.sh"
BADGE=${BADGE:-W-200} BADGE2=${BADGE2:-W-199} TOTE=${TOTE:-TOTE-09003} ORDER=${ORDER:-ZONE-$(date +%s)}
curl -sS -o /dev/null "$EDGE/healthz" || stop "no edge answers at $EDGE: start one, or set EDGE"
login "$BADGE"

echo "== the WMS sends an order with an article in zone Y and one in zone Z"
post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"location","id":"Y97-01-1","barcode":"LOC-Y97-01-1","zone":"Y","sequence":9996}
{"kind":"location","id":"Z97-01-1","barcode":"LOC-Z97-01-1","zone":"Z","sequence":9997}
{"kind":"sku","id":"CURL-4","name":{"ko":"컬 컵","en":"Curl cup","ja":"カールカップ"},"barcodes":[{"code":"2900000098046","quantity":1}]}
{"kind":"sku","id":"CURL-5","name":{"ko":"컬 병","en":"Curl jar","ja":"カール瓶"},"barcodes":[{"code":"2900000098053","quantity":1}]}
{"kind":"order","id":"'"$ORDER"'","carrier":"cj","recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236","address":"서울특별시 강남구 테헤란로 152","addressDetail":"3층"},"routing":{"sortCode":"4W44","subCode":"24","branch":"강남A","zone":"P01"},"lines":[{"id":"1","sku":"CURL-4","quantity":2,"location":"Y97-01-1"},{"id":"2","sku":"CURL-5","quantity":1,"location":"Z97-01-1"}]}'
echo
screen | grep -q '"zone":"Y"' || stop "this site does not pick by zones: set [pick] zones = true in its configuration"

echo "== $BADGE picks what lies in zone Y; with the last piece the tote goes on"
press start '{"flow":"pick","mode":"order","zone":"Y"}'
scan "$TOTE"
follow pick

echo "== $BADGE2 begins in zone Z: first the tote is to be fetched, from zone Y"
login "$BADGE2" BADGE2
press start '{"flow":"pick","mode":"order","zone":"Z"}'
follow pick

echo "== the WMS pulls what happened to $ORDER"
happened "\"order\":\"$ORDER\""
