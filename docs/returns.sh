#!/usr/bin/env bash
# One return with nothing but curl: the WMS announces it, its parcel is scanned, a
# good piece goes to its place, a broken one to quarantine, one did not come; a
# parcel that nobody announced goes to its shelf; the events are pulled. A test
# runs this file as it stands.
#
#   RETURN  a name for the return   RET-(the time)
set -euo pipefail
. "$(dirname "$0")/curl.sh"
RETURN=${RETURN:-RET-$(date +%s)} BADGE=W-RET-1
curl -sS -o /dev/null "$EDGE/healthz" || stop "no edge answers at $EDGE: start one, or set EDGE"

echo "== the WMS sends places, an article, somebody for the returns desk, and the return"
post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"location","id":"R97-01-1","barcode":"LOC-R97-01-1","zone":"R","sequence":9998}
{"kind":"location","id":"QUARANTINE","barcode":"LOC-QUARANTINE","use":"quarantine"}
{"kind":"location","id":"UNKNOWN","barcode":"LOC-UNKNOWN","use":"unknown"}
{"kind":"sku","id":"CURL-6","name":{"ko":"컬 접시","en":"Curl plate","ja":"カール皿"},"barcodes":[{"code":"2900000098060","quantity":1}]}
{"kind":"worker","id":"w-ret-1","badge":"'"$BADGE"'","name":"김반품","roles":["returns"],"language":"ko"}
{"kind":"return","id":"'"$RETURN"'","order":"'"$RETURN"'-ORDER","waybill":"'"$RETURN"'-BACK","reason":"damaged","lines":[{"sku":"CURL-6","quantity":3}]}'
echo
login "$BADGE"

echo "== the parcel, a good piece to its place, a broken one to quarantine"
scan "$RETURN-BACK"
scan 2900000098060
scan GRADE-good # a card beside the desk, or press grade {"grade":"good"}
scan LOC-R97-01-1
scan 2900000098060
press grade '{"grade":"defect","reason":"broken"}'
scan LOC-QUARANTINE

echo "== the third did not come"
press close '{"reason":"notInParcel"}'

echo "== a parcel that nobody announced goes to its shelf, with a reason"
if [ "$(screen | text flow)" = idle ]; then
	post /sync/v1/reference "$EDGE_WMS_KEY" '{"kind":"return","id":"'"$RETURN"'-2","order":"'"$RETURN"'-ORDER-2","waybill":"'"$RETURN"'-BACK-2","lines":[{"sku":"CURL-6","quantity":1}]}'
	echo
	press start '{"flow":"return"}'
fi
press confirm '{"reason":"noCode"}'
scan LOC-UNKNOWN
press leave '{}'

echo "== the WMS pulls what happened to $RETURN, and of the unknown parcel"
happened "\"return\":\"$RETURN\"\|\"type\":\"return.unknown\""
