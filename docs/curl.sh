# What the scripts of this folder have in common: how to talk to an edge with
# nothing but curl. It is read by them, not run.
#
#   EDGE          the edge                            http://127.0.0.1:8080
#   EDGE_WMS_KEY  the key of the consumer "wms": pushes records, and pulls what
#                 happened without acknowledging (the lease is its puller's)
EDGE=${EDGE:-http://127.0.0.1:8080}
: "${EDGE_WMS_KEY:?set it to the key of the consumer wms}"

text() { grep -o "\"$1\":\"[^\"]*\"" | head -n 1 | cut -d'"' -f4; } # the first text of that name
number() { grep -o "\"$1\":[0-9]*" | head -n 1 | cut -d: -f2; }     # the first number of that name
expected() { grep -o '"expect":\[{[^}]*' | text "$1" || true; }     # a field of what the screen wants next

id() { # a UUIDv7 of this instant: a PDA makes one for each trigger pull
	local ms rnd
	ms=$(printf '%012x' "$(date +%s%3N)") rnd=$(tr -d - </proc/sys/kernel/random/uuid)
	echo "${ms:0:8}-${ms:8:4}-7${rnd:1:3}-8${rnd:5:3}-${rnd:8:12}"
}
post() { # PATH TOKEN BODY; no token: no Authorization
	curl -sS --fail-with-body -H 'Content-Type: application/json' ${2:+-H "Authorization: Bearer $2"} --data-binary "$3" "$EDGE$1"
}
stop() { # WHAT TO SET: before anything has happened
	echo "$1" >&2
	exit 2
}
login() { # CODE [NAME]: whoever works from here on; TOKEN is theirs
	local answer
	answer=$(post /floor/v1/login '' "{\"badge\":\"$1\",\"device\":\"curl\"}") || stop "$answer: set ${2:-BADGE} to a worker of that role who needs no PIN"
	TOKEN=$(text token <<<"$answer")
	[ "$(screen | text flow)" = idle ] || stop "$1 is at work already: set ${2:-BADGE} to somebody else, or leave that work"
}
screen() { curl -sS --fail-with-body -H "Authorization: Bearer $TOKEN" "$EDGE/floor/v1/screen"; }
told() { # WHAT VERDICT: print it, and end if it was refused
	echo "  $1  ->  $(text code <<<"$2") ($(text key <<<"$2"))"
	grep -q '"ok":true' <<<"$2" || { echo "refused: $2" >&2; exit 1; }
}
ask() { # CODE: the verdict of a scan, whatever it is
	post /floor/v1/scans "$TOKEN" "{\"id\":\"$(id)\",\"code\":\"$1\",\"at\":\"$(date -Iseconds)\"}"
}
scan() { told "scan $1" "$(ask "$1")"; } # CODE
act() { # ACTION ARGS: a button of the screen that shows now, named by its rev; the verdict, whatever it is
	local rev answer
	for _ in $(seq 20); do # others at the same truck change the screen too: look again, press again
		rev=$(screen | number rev)
		answer=$(post /floor/v1/actions "$TOKEN" "{\"id\":\"$(id)\",\"action\":\"$1\",\"args\":$2,\"rev\":$rev,\"at\":\"$(date -Iseconds)\"}")
		grep -q '"key":"screen.changed"' <<<"$answer" || break
	done
	echo "$answer"
}
press() { told "press $1 $2" "$(act "$1" "$2")"; } # ACTION ARGS
follow() { # FLOW: scan what the screen expects, and close where nothing is left to scan, while it is of that flow
	local now code
	while now=$(screen) && [ "$(text flow <<<"$now")" = "$1" ]; do
		code=$(expected code <<<"$now")
		if [ -n "$code" ]; then scan "$code"; else press close '{}'; fi
	done
}
home() { # to the idle screen
	[ "$(screen | text flow)" = idle ] || press leave '{}'
}
stopped() { # CODE WHAT VERDICT: it had to be refused with that code, and was
	echo "  $2  ->  $(text code <<<"$3") ($(text key <<<"$3"))"
	grep -q '"ok":false' <<<"$3" && [ "$(text code <<<"$3")" = "$1" ] || { echo "not stopped with $1: $3" >&2; exit 1; }
}
changes=0
change() { # ID ORDER WHAT [MORE FIELDS]: the WMS changes its mind
	local answer
	changes=$((changes + 1))
	answer=$(post /sync/v1/reference "$EDGE_WMS_KEY" "{\"kind\":\"orderChange\",\"id\":\"$1\",\"rev\":$changes,\"order\":\"$2\",\"change\":\"$3\"${4:+,$4}}")
	grep -q '"accepted":1,' <<<"$answer" || { echo "the edge did not take the change: $answer" >&2; exit 1; }
	echo "  the WMS: $3 $2"
}
printed() { # of the printer at PRINTER: how many labels came out so far
	curl -sS "$PRINTER/labels" | grep -o '"n":[0-9]*' | tail -n 1 | cut -d: -f2 || true
}
read_label() { # SINCE: the barcode of the next label, which stands twice on it
	curl -sS "$PRINTER/labels?since=${1:-0}&wait=20" | grep -o '"text":"[0-9]*"' | cut -d'"' -f4 | sort | uniq -d | head -n 1
}
until_screen() { # PATTERN: wait, 20 s at most, until the screen matches it
	local n
	for n in $(seq 200); do
		if screen | grep -q "$1"; then return; fi
		sleep 0.1
	done
	echo "the screen did not come to $1: $(screen)" >&2
	exit 1
}
typed() { # CODE: keyed in, its label cannot be read
	told "type $1" "$(post /floor/v1/scans "$TOKEN" "{\"id\":\"$(id)\",\"code\":\"$1\",\"source\":\"typed\",\"at\":\"$(date -Iseconds)\"}")"
}
lay() { # CODE: a parcel with this code on the simulated belt at BELT, \"\" for one that cannot be read; WHERE it came to
	local n
	n=$(curl -sS --fail-with-body -H 'Content-Type: application/json' -d '[{"codes":['"${1:+\"$1\"}"']}]' "$BELT/parcels" | number first)
	for _ in $(seq 600); do
		WHERE=$(curl -sS "$BELT/parcels" | grep -o "{\"n\":$n,[^{]*" | text where)
		case $WHERE in "(waiting)" | "(belt)") sleep 0.1 ;; *) break ;; esac
	done
	echo "  a parcel ${1:+with $1 }on the belt  ->  $WHERE"
}
pulled() { # PATTERN: the events that match it, a line each, oldest first
	local cursor=start batch head
	while batch=$(curl -sS --fail-with-body -G -H "Authorization: Bearer $EDGE_WMS_KEY" --data-urlencode "after=$cursor" -d limit=10000 "$EDGE/sync/v1/events"); do
		head=$(head -n 1 <<<"$batch")
		tail -n +2 <<<"$batch" | grep -e "$1" || true
		[ "$(number count <<<"$head")" -gt 0 ] || break
		cursor=$(text next <<<"$head") # from here on next time
	done
}
until_event() { # PATTERN: wait, 30 s at most, for the newest EVENT that matches it
	for _ in $(seq 150); do
		EVENT=$(pulled "$1" | tail -n 1)
		if [ -n "$EVENT" ]; then return; fi
		sleep 0.2
	done
	echo "no event $1 came" >&2
	exit 1
}
happened() { # PATTERN: the types of the events that match it, oldest first
	pulled "$1" | grep -o '"type":"[^"]*"' | cut -d'"' -f4 | sed 's/^/  /' || true
}
