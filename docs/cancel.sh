#!/usr/bin/env bash
# A cancel at each of the seven touches, with nothing but curl: pick, put, pack,
# print, the label on the box, the sorter, the truck. Each time the touch is
# stopped there and the WMS is answered; one order is made less instead of ended,
# and is then cancelled too late. A test runs this file as it stands.
#
#   STATION   the pack desk to work at             pack-4
#   PRINTER   its simulated printer's HTTP port    http://127.0.0.1:9204
#   BELT      the simulated belt's HTTP port       http://127.0.0.1:9220
#   BADGE     a worker who may pick, pack, load    W-200
#   TOTES     eight totes that are not in use      TOTE-09011 … TOTE-09018
#   DOCK      the dock of the orders' carrier      DOCK-D1
#   STOP      a name for the orders                STOP-(the time)
set -euo pipefail
. "$(dirname "$0")/curl.sh"
STATION=${STATION:-pack-4} PRINTER=${PRINTER:-http://127.0.0.1:9204} BELT=${BELT:-http://127.0.0.1:9220}
BADGE=${BADGE:-W-200} DOCK=${DOCK:-DOCK-D1} STOP=${STOP:-STOP-$(date +%s)}
read -r -a TOTE <<<"${TOTES:-$(seq -s ' ' -f 'TOTE-%05g' 9011 9018)}"
curl -sS -o /dev/null "$EDGE/healthz" || stop "no edge answers at $EDGE: start one (make run), or set EDGE"
curl -sS --fail -o /dev/null "$PRINTER/labels" || stop "no simulated printer answers at $PRINTER: set PRINTER to the HTTP port of the printer of $STATION"
curl -sS --fail -o /dev/null "$BELT/status" || stop "no simulated belt answers at $BELT: set BELT to its HTTP port"

login "$BADGE" # before anything is sent: orders of a run that stops here would be picked by the next

echo "== the WMS sends an article, its place, a wall and eight orders"
order() { # N: three mugs each
	echo '{"kind":"order","id":"'"$STOP-$1"'","carrier":"cj","cutoff":"'"$later"'","recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236","address":"서울특별시 강남구 테헤란로 152"},"routing":{"sortCode":"4W44","subCode":"24","branch":"강남A","zone":"P01"},"lines":[{"id":"1","sku":"CURL-8","quantity":3,"location":"Z95-01-1"}]}'
}
later=$(date -Iseconds -d '+6 hours')
post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"location","id":"Z95-01-1","barcode":"LOC-Z95-01-1","zone":"Z","sequence":9995}
{"kind":"sku","id":"CURL-8","name":{"ko":"컬 머그컵","en":"Curl mug","ja":"カールマグ"},"barcodes":[{"code":"2900000098084","quantity":1}]}
{"kind":"cell","id":"STOP-01","barcode":"CELL-STOP-01","wall":"STOP"}
{"kind":"cell","id":"STOP-02","barcode":"CELL-STOP-02","wall":"STOP"}
'"$(for n in 1 2 3 4 5 6 7 8; do order $n; done)"'
{"kind":"pickList","id":"'"$STOP"'","mode":"total","orders":["'"$STOP-2"'","'"$STOP-8"'"]}'
echo
MUG=2900000098084

pick() { # N: the order, into its tote
	press start "{\"flow\":\"pick\",\"mode\":\"order\",\"orders\":[\"$STOP-$1\"]}"
	scan "${TOTE[$1 - 1]}"
	follow pick
}
pack() { # TOTE: at the desk, up to the last piece; the label prints by itself
	scan "$1"
	while [ "$(screen | expected kind)" = item ]; do scan "$MUG"; done
}
at_desk() { # N
	pick "$1"
	press start "{\"flow\":\"pack\",\"mode\":\"order\",\"orders\":[\"$STOP-$1\"],\"station\":\"$STATION\"}"
}
labelled() { # TOTE: packed, and its label in the hand
	last=$(printed)
	pack "$1"
	waybill=$(read_label "$last")
	until_screen '"kind":"waybill","code"' # the edge knows that it came out
}
ack() { # the siren is heard: the goods go back
	press ack '{}'
}

echo "== 1 pick: one of three is in the tote"
press start "{\"flow\":\"pick\",\"mode\":\"order\",\"orders\":[\"$STOP-1\"]}"
scan "${TOTE[0]}"
while [ "$(screen | number have)" != 1 ]; do scan "$(screen | expected code)"; done
change "$STOP-c1" "$STOP-1" cancel
stopped unexpected "scan $MUG" "$(ask "$MUG")" # quietly off the screen; nothing more is booked

echo "== 2 put: one of three is in the cell; the other order of the wave is made less"
press start "{\"flow\":\"pick\",\"mode\":\"total\",\"orders\":[\"$STOP-2\"]}" # the list that it stands on
scan "${TOTE[1]}"
follow pick
scan "${TOTE[1]}"
scan "$MUG"
cell=$(screen | expected code)
scan "$cell"
scan "$MUG"
change "$STOP-c2" "$STOP-2" cancel
change "$STOP-c8" "$STOP-8" reduceLine '"line":"1","quantity":2'
stopped cancelled "scan $cell" "$(ask "$cell")"
ack
follow put

echo "== 3 pack: the tote comes to a desk"
at_desk 3
change "$STOP-c3" "$STOP-3" cancel
stopped cancelled "scan ${TOTE[2]}" "$(ask "${TOTE[2]}")"
ack
home

echo "== 4 print: the printer has no paper, the label waits"
at_desk 4
curl -sS -d '{"paper":0}' -H 'Content-Type: application/json' "$PRINTER/hands" >/dev/null
before=$(printed)
pack "${TOTE[3]}"
change "$STOP-c4" "$STOP-4" cancel
curl -sS -d '{"paper":-1}' -H 'Content-Type: application/json' "$PRINTER/hands" >/dev/null
stopped cancelled "scan ${TOTE[3]}" "$(ask "${TOTE[3]}")"
ack
home
curl -sS "$PRINTER/labels?since=${before:-0}&wait=2" | grep -q '"n":' && { echo "a label came out" >&2; exit 1; }
echo "  there is paper again, and no label came out"

echo "== 5 the label on the box: it came out, and is in the hand"
at_desk 5
labelled "${TOTE[4]}"
change "$STOP-c5" "$STOP-5" cancel
stopped cancelled "scan $waybill" "$(ask "$waybill")"
ack
home

echo "== 6 the sorter: the box is packed and lies on the belt"
at_desk 6
labelled "${TOTE[5]}"
scan "$waybill"
home
change "$STOP-c6" "$STOP-6" cancel
lay "$waybill"
until_event "\"type\":\"parcel.rejected\".*\"order\":\"$STOP-6\""
echo "  the edge says  ->  $(text lane <<<"$EVENT") ($(text reason <<<"$EVENT"))"
grep -q '"reason":"cancelled"' <<<"$EVENT" || { echo "not stopped: $EVENT" >&2; exit 1; }
press start '{"flow":"hospital"}'
stopped cancelled "scan $waybill" "$(ask "$waybill")"
ack
home

echo "== 7 the truck: it stands open, the box is before it"
at_desk 7
labelled "${TOTE[6]}"
scan "$waybill"
gone=$waybill
home
press start "{\"flow\":\"pack\",\"mode\":\"order\",\"orders\":[\"$STOP-8\"],\"station\":\"$STATION\"}"
labelled "$cell" # what is left of the wave, out of its cell
scan "$waybill"
home
press start '{"flow":"load"}'
scan "$DOCK"
change "$STOP-c7" "$STOP-7" cancel
stopped cancelled "scan $gone" "$(ask "$gone")"
ack

echo "== and one that comes too late: its box is on the truck"
scan "$waybill"
change "$STOP-c9" "$STOP-8" cancel
home

echo "== the WMS pulls the answer to each"
pulled "\"change\":\"$STOP-c" | while read -r answer; do
	echo "  $(text order <<<"$answer")  $(text type <<<"$answer")  $(text kind <<<"$answer") at $(text step <<<"$answer") $(text truck <<<"$answer")"
done
echo "== and that the goods go back"
pulled "\"type\":\"replenish.asked\"" | grep "\"order\":\"$STOP-" | while read -r move; do
	echo "  $(text order <<<"$move")  $(number quantity <<<"$move") to $(text to <<<"$move") ($(text reason <<<"$move"))"
done
