package crash

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest"
	"dcedge/edge/edgetest/sitetest"
	"dcedge/firmware-sim/printer"
)

// TestPlannedLabelKilled is a client whose labels come out when picking begins:
// the printer is gone just then, the edge is killed with the label on its way and
// with it out, and the box is packed. One number, one box, one label.
func TestPlannedLabelKilled(t *testing.T) {
	p := newPackRig(t)
	text, err := os.ReadFile(p.r.config)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(p.r.config, append(text, "[pick]\nprinter = \"p2\"\n"...), 0o600))
	p.again()
	p.s.Push(`{"kind":"client","id":"default","name":{"ko":"하늘상점"},"sender":{"name":"하늘상점","phone":"02-555-0100","postcode":"22382","address":"인천광역시 중구 공항로 272"},"shortPolicy":"partShip","print":"first"}`)
	p.s.Push(sitetest.Order("F-1", sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}),
		sitetest.Order("F-2", sitetest.Line{SKU: "PEN", Quantity: 1, Location: "A01-01-1"}))
	beside := p.r.printers[1]
	beside.SetFaults(printer.Faults{Refuse: true})
	beside.PowerCycle(false)
	tote1 := p.picked("F-1")
	assert.Empty(t, beside.Labels(0), "no printer, no label; the picking goes on")
	p.again()
	beside.SetFaults(printer.Faults{})
	require.Eventually(t, func() bool { return len(beside.Labels(0)) == 1 }, 30*time.Second, 5*time.Millisecond, "the planned label comes by itself")
	tote2 := p.picked("F-2")
	p.again() // its label is on its way, or out
	require.Eventually(t, func() bool { return len(numbersOf(p, "label.printed")) == 2 || len(numbersOf(p, "label.inDoubt")) > 0 }, 30*time.Second, 5*time.Millisecond)

	number := numbersOf(p, "waybill.assigned")
	require.Len(t, number, 2)
	require.True(t, p.k.Act("start", map[string]any{"flow": "pack", "mode": "order", "orders": []string{"F-1"}, "station": "pack-1"}).OK)
	require.True(t, p.k.Scan(tote1).OK)
	require.True(t, p.k.Scan(sitetest.Mug).OK)
	// Killed between the paper and its event, the first label is in doubt: its scan settles that.
	require.Contains(t, []string{"waybill", "inDoubt"}, p.k.Screen().Step)
	f := p.k.Scan(number["F-2"])
	assert.Equal(t, "wrong", f.Code, "the label of the tote beside it")
	p.again()
	require.True(t, p.k.Scan(number["F-1"]).OK)
	require.True(t, p.k.Scan(tote2).OK)
	require.True(t, p.k.Scan(sitetest.Pen).OK)
	for range 4 {
		if m := p.next(p.k); m != nil {
			p.send(m)
		}
	}
	bound := numbersOf(p, "waybill.bound")
	assert.Equal(t, number, bound)
	o := edgetest.NewOracle(p.s.Epoch)
	for _, e := range p.events() {
		o.Line([]byte(e.line))
	}
	assert.Empty(t, o.Faults())
	seen := map[string]int{}
	for _, l := range beside.Labels(0) {
		seen[mark(l)]++
	}
	for attempt, n := range seen {
		assert.Equal(t, 1, n, "attempt %s came out more than once", attempt)
	}
	assert.Empty(t, p.r.printers[0].Labels(0), "none came out at the desk")
}

// numbersOf gives the number that events of a type name, by order.
func numbersOf(p *packRig, kind string) map[string]string {
	out := map[string]string{}
	for _, e := range p.events() {
		if e.Type == kind {
			out[e.Order] = e.Data.Waybill
		}
	}
	return out
}

// TestReprintLimitKilled: more copies of a number than the site allows need a lead,
// also when the edge was killed between them.
func TestReprintLimitKilled(t *testing.T) {
	p := newPackRig(t)
	p.s.PushLead()
	p.s.Push(sitetest.Order("R-1", sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}))
	tote := p.picked("R-1")
	require.True(t, p.k.Act("start", map[string]any{"flow": "pack", "mode": "order", "orders": []string{"R-1"}, "station": "pack-1"}).OK)
	require.True(t, p.k.Scan(tote).OK)
	require.True(t, p.k.Scan(sitetest.Mug).OK)
	p.printed(p.k)
	require.Equal(t, "waybill", p.k.Screen().Step)
	again := func(args map[string]any) sitetest.Frame {
		f := p.k.Act("reprint", args)
		p.again()
		p.printed(p.k)
		for p.k.Screen().Step == "inDoubt" {
			p.send(p.next(p.k))
			p.printed(p.k)
		}
		return f
	}
	require.True(t, again(map[string]any{"reason": "damaged"}).OK)
	f := again(map[string]any{"reason": "damaged"})
	assert.Equal(t, "denied", f.Code)
	assert.Equal(t, "label.limit", f.Say.Key)
	f = p.k.Act("reprint", map[string]any{"reason": "damaged", "badge": "L-001", "pin": "000000"})
	assert.Equal(t, "denied", f.Code, "a wrong PIN is no lead")
	out := len(p.r.printers[0].Labels(0))
	f = again(map[string]any{"reason": "damaged", "badge": "L-001", "pin": sitetest.LeadPIN})
	require.True(t, f.OK, "%+v", f)
	assert.GreaterOrEqual(t, len(p.r.printers[0].Labels(0)), out+1)
	_, number := p.k.Screen().First()
	require.True(t, p.k.Scan(number).OK)
	p.k.Scan(number) // a twin: the box is looked at, and bound no second time
	bound := 0
	for _, e := range p.events() {
		if e.Type == "waybill.bound" {
			bound++
		}
	}
	assert.Equal(t, 1, bound)
	o := edgetest.NewOracle(p.s.Epoch)
	for _, e := range p.events() {
		o.Line([]byte(e.line))
	}
	assert.Empty(t, o.Faults())
}
