package floor_test

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"dcedge/edge"
	"dcedge/labels/waybill"
)

// shift does what shifts bring: begin, end, take over, come back, enter paper.
func (c *chaos) shift() {
	w := rapid.SampledFrom(people).Draw(c.T, "who")
	switch rapid.IntRange(0, 7).Draw(c.T, "shift") {
	case 0:
		c.x.ask(w, &edge.ShiftStart{ShiftEvent: edge.ShiftEvent{Heard: []string{"ok"}}})
	case 1:
		c.x.ask(w, &edge.ShiftEnd{})
	case 2:
		c.x.ask("boss", &edge.ShiftSign{ShiftEvent: edge.ShiftEvent{UpTo: c.x.seq}})
	case 3:
		from := rapid.SampledFrom(people).Draw(c.T, "from")
		t := &edge.TakeOver{From: from, Work: "T-0"}
		if open := c.x.live.WorkOf(from); open != nil {
			t.Work = open.ID
		}
		c.x.ask(w, t)
	case 4:
		c.x.send(&edge.Message{Kind: edge.Scan, Worker: w, Code: "EA-1", Idle: true, Back: rapid.Bool().Draw(c.T, "back")})
	default:
		c.paper()
	}
}

// paper enters an order that was worked by hand, mostly as it was.
func (c *chaos) paper() {
	var all []*edge.Order
	c.x.live.EachOrder(func(o *edge.Order) { all = append(all, o) })
	if len(all) == 0 {
		return
	}
	o := rapid.SampledFrom(all).Draw(c.T, "order")
	b := &edge.Manual{Client: o.Client, Order: o.ID, By: "p", At: c.x.now.Add(-time.Minute), Reason: rapid.SampledFrom([]string{"", "wifi", "wifi", "wifi"}).Draw(c.T, "why"),
		Tote: fmt.Sprintf("TOTE-%05d", rapid.IntRange(1, 14).Draw(c.T, "tote"))}
	if rapid.Bool().Draw(c.T, "packed") {
		b.Waybill, _ = waybill.Number("cj", 65000000000+rapid.Uint64Range(0, 12).Draw(c.T, "number"))
		if o.Waybill != "" && rapid.Bool().Draw(c.T, "own") {
			b.Waybill = o.Waybill
		}
		if in := boxesOf(c.x, o); len(in) > 0 && rapid.Bool().Draw(c.T, "labelled") {
			b.Waybill = in[0].Waybill
		}
	}
	packOnly := o.Stage == edge.StagePicked || o.Stage == edge.StagePacking
	for _, l := range o.Lines {
		e := edge.ManualLine{Line: l.ID, Quantity: l.Open()}
		if packOnly {
			e.Quantity = min(l.Picked, l.Wanted) - l.Packed
		} else if e.Quantity > 0 {
			e.Missing = rapid.IntRange(0, 1).Draw(c.T, "missing") * rapid.IntRange(0, e.Quantity).Draw(c.T, "of")
			e.Quantity -= e.Missing
		}
		if l.SKU == "S7" {
			e.Lot, e.Expiry = "A1", "2027-01-31"
		}
		for range e.Quantity {
			if l.SKU == "S8" && !packOnly {
				e.Serials = append(e.Serials, fmt.Sprintf("SN-%d", rapid.IntRange(1, 60).Draw(c.T, "serial")))
			}
		}
		if rapid.IntRange(0, 9).Draw(c.T, "slip") == 0 {
			e.Quantity += rapid.IntRange(-1, 1).Draw(c.T, "off")
		}
		b.Lines = append(b.Lines, e)
	}
	c.x.ask("boss", b)
}
