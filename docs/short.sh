#!/usr/bin/env bash
# A short that sends three other orders elsewhere before anyone walks there, with
# nothing but curl: four orders want an article of one place, the first picker finds
# one piece there, and the others are led to the second place. Then the empty place
# is counted. A test runs this file as it stands.
#
#   BADGE   a worker who may pick              W-200
#   TOTES   four totes that are not in use     TOTE-09021 … TOTE-09024
#   SHORT   a name for the orders              SHORT-(the time)
set -euo pipefail
. "$(dirname "$0")/curl.sh"
BADGE=${BADGE:-W-200} SHORT=${SHORT:-SHORT-$(date +%s)}
read -r -a TOTE <<<"${TOTES:-$(seq -s ' ' -f 'TOTE-%05g' 9021 9024)}"
curl -sS -o /dev/null "$EDGE/healthz" || stop "no edge answers at $EDGE: start one (make run), or set EDGE"

echo "== $BADGE logs in"
login "$BADGE"

echo "== the WMS sends an article that lies in two places, what it knows of both, and four orders"
sku=$SHORT-SKU first=$SHORT-01 second=$SHORT-02 code=29$(date +%s)9
to='"recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236","address":"서울특별시 강남구 테헤란로 152"},"routing":{"sortCode":"4W44","subCode":"24","branch":"강남A","zone":"P01"}'
order() { # N
	echo '{"kind":"order","id":"'"$SHORT-$1"'","carrier":"cj",'"$to"',"lines":[{"id":"1","sku":"'"$sku"'","quantity":2,"location":"'"$first"'"}]}'
}
post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"location","id":"'"$first"'","barcode":"LOC-'"$first"'","zone":"Z","sequence":9991}
{"kind":"location","id":"'"$second"'","barcode":"LOC-'"$second"'","zone":"Z","sequence":9992}
{"kind":"sku","id":"'"$sku"'","name":{"ko":"컬 접시","en":"Curl plate","ja":"カール皿"},"barcodes":[{"code":"'"$code"'","quantity":1}]}
{"kind":"stock","location":"'"$first"'","sku":"'"$sku"'","quantity":8}
{"kind":"stock","location":"'"$second"'","sku":"'"$sku"'","quantity":9}
'"$(for n in 1 2 3 4; do order $n; done)"
echo

echo "== $SHORT-1: one piece lies there, the other does not"
press start "{\"flow\":\"pick\",\"mode\":\"order\",\"orders\":[\"$SHORT-1\"]}"
scan "${TOTE[0]}"
echo "  the screen leads to $(screen | text location)"
while [ "$(screen | number have)" != 1 ]; do scan "$(screen | expected code)"; done
press short '{"found":1,"reason":"none"}'
echo "  the screen leads to $(screen | text location)"
follow pick

echo "== what the short did, before anyone walked to $first again"
pulled "\"kind\":\"replan\"" | grep "\"order\":\"$SHORT-" | while read -r event; do
	echo "  $(text order <<<"$event")  $(text type <<<"$event")  now at $(text location <<<"$event") ($(text reason <<<"$event"))"
done

echo "== the other three are picked where they were sent"
for n in 2 3 4; do
	press start "{\"flow\":\"pick\",\"mode\":\"order\",\"orders\":[\"$SHORT-$n\"]}"
	scan "${TOTE[n - 1]}"
	echo "  the screen leads to $(screen | text location)"
	follow pick
done

echo "== the place is counted, blind: it is as empty as was said"
press start '{"flow":"count"}'
while now=$(screen) && [ "$(text flow <<<"$now")" = count ]; do
	place=$(expected code <<<"$now")
	case $place in "" | "LOC-$first") ;; *) # somebody else's count is not ours to answer
		press leave '{}'
		break
		;;
	esac
	if [ -n "$place" ]; then scan "$place"; else press count '{"n":0}'; fi
done

echo "== the WMS pulls what happened"
happened "$SHORT"
