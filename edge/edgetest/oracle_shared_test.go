package edgetest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"dcedge/edge/edgetest"
)

// told feeds an oracle with events in short form: type, order and data.
func told(events ...[3]string) *edgetest.Oracle {
	o := edgetest.NewOracle("e")
	for i, e := range events {
		o.Line(fmt.Appendf(nil, `{"seq":%d,"at":"2026-11-21T09:00:00.000+09:00","type":%q,"v":1,"order":%q,"data":{%s}}`, i+1, e[0], e[1], e[2]))
	}
	return o
}

// shared is two orders packed into one box whose label is on it.
func shared() [][3]string {
	line := `"line":"1","sku":"S","quantity":1`
	return [][3]string{
		{"order.received", "a", `"lines":[{` + line + `}]`}, {"order.received", "b", `"lines":[{` + line + `}]`},
		{"pick.confirmed", "a", line}, {"pick.confirmed", "b", line},
		{"pack.started", "a", `"work":"T-1","orders":["a","b"]`},
		{"pack.item", "a", line + `,"box":"B-1"`}, {"pack.item", "b", line + `,"box":"B-1"`},
		{"box.closed", "a", `"box":"B-1","orders":["a","b"],"items":[{"order":"a",` + line + `},{"order":"b",` + line + `}]`},
		{"waybill.assigned", "a", `"box":"B-1","waybill":"W1"`}, {"label.intent", "a", `"box":"B-1","waybill":"W1","attempt":"A-1"`},
		{"waybill.bound", "a", `"box":"B-1","waybill":"W1"`},
	}
}

// TestOracleOfSharedBoxes: what may not happen to a box of several orders is seen,
// and what may is not.
func TestOracleOfSharedBoxes(t *testing.T) {
	load := [3]string{"box.loaded", "a", `"box":"B-1","waybill":"W1","truck":"K-1"`}
	for name, c := range map[string]struct {
		events [][3]string
		fault  string
	}{
		"all is well": {append(shared(), load), ""},
		"no desk put them together": {append(shared()[:4], [3]string{"pack.item", "a", `"line":"1","quantity":1,"box":"B-1"`},
			[3]string{"pack.item", "b", `"line":"1","quantity":1,"box":"B-1"`}), "belongs to order"},
		"one was cancelled": {append(shared(), [3]string{"order.cancelStopped", "b", `"kind":"cancel"`}, load), "loaded: bound false"},
		"it was, and nobody took it out": {append(shared(), [3]string{"order.cancelStopped", "b", `"kind":"cancel"`},
			[3]string{"waybill.bound", "a", `"box":"B-1","waybill":"W1"`}, load), "goods of cancelled order b"},
		"one has another address":   {append(shared(), [3]string{"order.changed", "b", `"apart":true`}, load), "loaded: bound false"},
		"a reprint was not scanned": {append(shared(), [3]string{"step.confirmed", "a", `"kind":"reprint","box":"B-1"`}, load), "loaded: bound false"},
		"an open box":               {append(shared(), [3]string{"box.reopened", "a", `"box":"B-1"`}, load), "loaded: bound false"},
		"closed with a piece less":  {append(shared()[:7], [3]string{"box.closed", "a", `"box":"B-1","items":[{"line":"1","quantity":1}]`}), "closed with 1 pieces"},
		"dropped with goods in it":  {append(shared(), [3]string{"box.dropped", "a", `"box":"B-1"`}), "dropped with 2 pieces"},
	} {
		faults := strings.Join(told(c.events...).Faults(), "; ")
		if c.fault == "" {
			assert.Empty(t, faults, name)
		} else {
			assert.Contains(t, faults, c.fault, name)
		}
	}
}
