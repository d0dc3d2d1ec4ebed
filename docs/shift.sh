#!/usr/bin/env bash
# A shift, worked with nothing but curl: a temporary badge, the start check, a
# minute of practice, an order by paper, and the end that the lead signs. A test
# runs this file as it stands.
#
#   EDGE_WMS_KEY  the key of the consumer "wms"
#   EDGE          the edge                            http://127.0.0.1:8080
#   LEAD, PIN     the badge and PIN of a site lead    L-001; make run prints the PIN
#   TOTE          a tote that is not in use           TOTE-09051
set -euo pipefail
. "$(dirname "$0")/curl.sh"
LEAD=${LEAD:-L-001} TOTE=${TOTE:-TOTE-09051} ORDER=${ORDER:-PAPER-$(date +%s)}
: "${PIN:?set it to the PIN of the lead $LEAD}"

get() { curl -sS --fail-with-body -H "Authorization: Bearer $2" "$EDGE$1"; } # PATH TOKEN

echo "== the lead $LEAD logs in and gives a badge for the day"
lead=$(post /floor/v1/login '' "{\"badge\":\"$LEAD\",\"pin\":\"$PIN\",\"device\":\"curl-lead\"}" | text token)
given=$(post /site/v1/badges "$lead" '{"name":"Nguyen Van An","roles":["picker","packer"],"language":"en","reason":"the WMS is away"}')
badge=$(text badge <<<"$given") guest=$(text id <<<"$given")
echo "  $guest has a badge until $(text until <<<"$given"); its code is told once"

echo "== practice: the real screens, and nothing is real"
token=$(post /floor/v1/login '' "{\"badge\":\"$badge\",\"device\":\"curl-pda\",\"practice\":true}" | text token)
get /floor/v1/screen "$token" | grep -o '"practice":true'
post /floor/v1/scans "$token" "{\"id\":\"$(id)\",\"code\":\"nothing\"}" | grep -o '"code":"[^"]*"' | head -n 1
post /floor/v1/logout "$token" '{}'

echo "== the start of the shift"
token=$(post /floor/v1/login '' "{\"badge\":\"$badge\",\"device\":\"curl-pda\"}" | text token)
get /floor/v1/shift "$token" | grep -o '"needed":[a-z]*'
post /floor/v1/shift "$token" "{\"id\":\"$(id)\",\"heard\":[\"ok\",\"wrong\"],\"deviceTime\":\"$(date -Iseconds)\",\"battery\":80}" | text key
get /floor/v1/shift "$token" | grep -o '"needed":[a-z]*'

echo "== the WMS sends an article, its place, and the order $ORDER; it is printed and kept from the scanners"
post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"location","id":"Z99-01-1","barcode":"LOC-Z99-01-1","zone":"Z","sequence":9999}
{"kind":"sku","id":"CURL-1","name":{"ko":"컬 머그컵","en":"Curl mug","ja":"カールマグ"},"barcodes":[{"code":"2900000000018","quantity":1}]}
{"kind":"order","id":"'"$ORDER"'","carrier":"cj","lines":[{"id":"1","sku":"CURL-1","quantity":2,"location":"Z99-01-1"}]}'
echo
post /site/v1/paper "$lead" "{\"id\":\"$(id)\",\"orders\":[\"$ORDER\"],\"hold\":true}"
echo

echo "== what was picked by paper is entered; an entry that does not fit is answered by line, and enters nothing"
at=$(date -Iseconds)
entry() { # QUANTITY
	post /site/v1/manual "$lead" "{\"id\":\"$(id)\",\"order\":\"$ORDER\",\"by\":\"$guest\",\"at\":\"$at\",\"reason\":\"radio down\",\"tote\":\"$TOTE\",\"lines\":[{\"line\":\"1\",\"quantity\":$1}]}"
}
entry 3 | text key
entry 2 | text key

echo "== the worker's end, and the lead's signature"
post /floor/v1/shift/end "$token" "{\"id\":\"$(id)\"}" | text key
post /floor/v1/logout "$token" '{}'
get /site/v1/shift "$lead" | grep -o '"sync":{[^}]*}'
shift=$(post /site/v1/shift/end "$lead" "{\"id\":\"$(id)\",\"badge\":\"$LEAD\",\"pin\":\"$PIN\",\"note\":\"desk 2 wants paper\",\"endBadges\":true}" | text id)
post "/site/v1/shifts/$shift/note" "$lead" '{}'
echo
post "/site/v1/shifts/$shift/seen" "$lead" '{}'
get /site/v1/badges "$lead"
echo

echo "== the WMS pulls what happened"
curl -sS --fail-with-body -H "Authorization: Bearer $EDGE_WMS_KEY" "$EDGE/sync/v1/events?after=start&limit=10000" |
	grep -E '"type":"(shift|paper)|"practice":true|"manual":true' | grep -o '"type":"[^"]*".*'
