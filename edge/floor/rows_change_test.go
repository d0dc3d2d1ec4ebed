package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func cancelO1(x *site) {
	x.record(&edge.OrderChange{ID: "cancel-1", Order: "o1", Change: "cancel"})
}

// waybillOf is the live number of an order's first box.
func waybillOf(x *site) string {
	return x.live.Box(x.live.Order("default", "o1").Boxes[0]).Waybill
}

// atLabel gives a packer whose box of o1 is closed and whose label is printed.
func atLabel(x *site) {
	x.record(order("o1", "cj", line{1, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.scan("k", "TOTE-00001")
	x.scan("k", "EA-1")
	x.label(x.screen("k").Box)
}

// TestCancelAtEachTouch: a cancel that comes before a touch stops there, and the
// WMS is told where.
func TestCancelAtEachTouch(t *testing.T) {
	pickedOne := func(x *site) {
		x.record(order("o1", "cj", line{1, 1}))
		x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
		x.scan("p", "TOTE-00001")
		x.scan("p", "EA-1")
	}
	loading := func(x *site) {
		atLabel(x)
		x.scan("k", waybillOf(x))
		x.record(order("o2", "cj", line{2, 1})) // another keeps the dock worth opening
		x.scan("l", "DOCK-D1")
	}
	for _, tt := range []struct {
		touch, stage string
		set          func(x *site)
		who          string
		touched      func(x *site) edge.Verdict
		back         int // pieces that go back after the ack
	}{
		{"pick", "picking", func(x *site) { begun(x, line{1, 2}) }, "p", nil, 0},
		{"the tote at a desk", "picked", pickedOne, "k", func(x *site) edge.Verdict { return x.scan("k", "TOTE-00001") }, 1},
		{"an item at the desk", "packing", func(x *site) { pickedOne(x); x.scan("k", "TOTE-00001") }, "k",
			func(x *site) edge.Verdict { return x.scan("k", "EA-1") }, 1},
		{"print", "packing", func(x *site) { pickedOne(x); x.scan("k", "TOTE-00001"); x.scan("k", "EA-1") }, "k",
			func(x *site) edge.Verdict {
				return x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1"})
			}, 1},
		{"the label on the box", "packing", atLabel, "k", func(x *site) edge.Verdict { return x.scan("k", waybillOf(x)) }, 1},
		{"the truck", "packed", loading, "l", func(x *site) edge.Verdict { return x.scan("l", waybillOf(x)) }, 1},
		{"a packed box in anybody's hand", "packed", func(x *site) { atLabel(x); x.scan("k", waybillOf(x)) }, "k",
			func(x *site) edge.Verdict { return x.scan("k", waybillOf(x)) }, 1},
	} {
		t.Run(tt.touch, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			tt.set(x)
			cancelO1(x)
			c := x.last[0]
			assert.Equal(t, edge.EvCancelStopped, c.Type)
			assert.Equal(t, tt.stage, c.Data.(*edge.OrderChanged).Step)
			if tt.touched == nil {
				assert.Equal(t, edge.Idle, x.screen("p").Flow, "quietly off the screen")
				return
			}
			v := tt.touched(x)
			assert.Equal(t, edge.Cancelled, v.Code)
			if x.screen(tt.who).Step != "cancelled" { // print: the desk is told by its screen
				return
			}
			require.True(t, x.act(tt.who, "ack", edge.Args{}).OK)
			pieces := 0
			x.live.EachMove(func(m *edge.MoveTask) { pieces += m.Quantity })
			assert.Equal(t, tt.back, pieces)
		})
	}
}

func backing(x *site) {
	x.record(order("o1", "cj", line{1, 2}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.scan("p", "EA-1")
	cancelO1(x)
	x.scan("k", "TOTE-00001")
	x.act("k", "ack", edge.Args{})
	stock(x, "S1", "L1", "", "", 5)
	x.act("p2", "start", edge.Args{Flow: edge.Replenish})
}

func TestRowsOfPutBack(t *testing.T) {
	runRows(t, []flowRow{
		{row: "2.2-11", name: "the cancel tote's goods are work", who: "p2", set: func(x *site) { backing(x); x.act("p2", "leave", edge.Args{}) },
			act: "start", args: edge.Args{Flow: edge.Replenish}, code: edge.OK, say: "move.started", step: "item", events: "work.started"},
		{row: "2.2-11", name: "a piece in the hand", who: "p2", set: backing, scan: "EA-1", code: edge.OK, say: "pick.item", step: "item", events: "step.confirmed"},
		{row: "2.2-11", name: "another article", who: "p2", set: backing, scan: "EA-2", code: edge.Wrong, say: "pick.wrongItem", step: "item", events: "scan.refused"},
		{row: "2.2-11", name: "more than there are", who: "p2", set: backing, scan: "CS-1", code: edge.Over, say: "pick.over", step: "item", events: "scan.refused"},
		{row: "2.2-11", name: "the place before a piece", who: "p2", set: backing, scan: "LOC-L1", code: edge.Unexpected, say: "scan.unexpected", step: "item", events: "scan.refused"},
		{row: "2.2-11", name: "a wrong place", who: "p2", set: func(x *site) { backing(x); x.act("p2", "quantity", edge.Args{N: n(2)}) },
			scan: "LOC-L2", code: edge.Wrong, say: "pick.wrongLocation", step: "location", events: "scan.refused"},
		{row: "2.2-11", name: "back in its place", who: "p2", set: func(x *site) { backing(x); x.act("p2", "quantity", edge.Args{N: n(2)}) },
			scan: "LOC-L1", code: edge.Done, say: "move.done", step: "", events: "stock.moved work.finished"},
		{row: "2.2-11", name: "a part of them; the rest stays to be done", who: "p2", set: func(x *site) { backing(x); x.scan("p2", "EA-1") },
			scan: "LOC-L1", code: edge.Done, say: "move.done", step: "", events: "stock.moved work.finished"},
	})
	x := newSite(t)
	crew(x)
	backing(x)
	x.scan("p2", "EA-1")
	x.scan("p2", "LOC-L1")
	left := 0
	x.live.EachMove(func(m *edge.MoveTask) { left += m.Quantity })
	assert.Equal(t, 1, left)
	x.live.EachStock(func(s *edge.Stock) { assert.Equal(t, 6, s.Quantity, "it lies there again") })
}

func TestSurplusOfAReducedLineGoesBack(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", line{1, 3})
	x.record(&edge.OrderChange{ID: "c1", Order: "o1", Change: "reduceLine", Line: "1", Quantity: n(1)})
	x.scan("k", "TOTE-00001")
	x.follow("k", nil)
	surplus := 0
	x.live.EachMove(func(m *edge.MoveTask) { surplus += m.Quantity })
	assert.Equal(t, 2, surplus)
	cancelO1(x)
	x.scan("k", waybillOf(x))
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	all := 0
	x.live.EachMove(func(m *edge.MoveTask) { all += m.Quantity })
	assert.Equal(t, 3, all, "no piece goes back twice")
}

// readdressed is an order whose address changed after its label was made and
// that the WMS released.
func readdressed(routed bool) func(x *site) {
	return func(x *site) {
		atLabel(x)
		x.record(&edge.OrderChange{ID: "c1", Rev: 1, Order: "o1", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: routed})
		x.record(&edge.OrderChange{ID: "c2", Rev: 2, Order: "o1", Change: "release"})
	}
}

func TestRowsOfReaddress(t *testing.T) {
	number := func(set func(x *site)) string { x := newSite(t); crew(x); set(x); return waybillOf(x) }(atLabel)
	runRows(t, []flowRow{
		{row: "2.5-11", name: "held until somebody released it", who: "k", set: func(x *site) {
			atLabel(x)
			x.record(&edge.OrderChange{ID: "c1", Rev: 1, Order: "o1", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
		}, scan: "TOTE-00001", code: edge.Hold, say: "order.held", step: "held", events: "scan.refused"},
		{row: "2.5-11", name: "the label is stuck on while the order is held", who: "k", set: func(x *site) {
			atLabel(x)
			x.record(&edge.OrderChange{ID: "c1", Rev: 1, Order: "o1", Change: "readdress", RecipientRef: "r", RecipientVersion: 2})
		}, scan: number, code: edge.Hold, say: "order.held", step: "held", events: "scan.refused"},
		{row: "2.5-11", name: "the old label is scanned as destroyed", who: "k", set: readdressed(true), scan: number,
			code: edge.OK, say: "label.destroyed", step: "printing", events: "step.confirmed"},
		{row: "2.5-11", name: "the new one binds", who: "k", set: func(x *site) {
			readdressed(true)(x)
			x.scan("k", waybillOf(x))
			x.label("B-1")
		}, scan: number, code: edge.Done, say: "pack.orderDone", step: "", events: "waybill.bound tote.released work.finished"},
		{row: "2.5-11", name: "an old label that is lost: its number dies", who: "k", set: readdressed(true), act: "void", args: edge.Args{Reason: "lost"},
			code: edge.OK, say: "label.voided", step: "printing", events: "waybill.voided waybill.assigned"},
		{row: "2.5-11", name: "a box that was packed already comes back to a desk", who: "k", set: func(x *site) {
			atLabel(x)
			x.scan("k", waybillOf(x))
			x.record(&edge.OrderChange{ID: "c1", Rev: 1, Order: "o1", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
			x.record(&edge.OrderChange{ID: "c2", Rev: 2, Order: "o1", Change: "release"})
		}, scan: number, code: edge.OK, say: "pack.box", step: "destroy", events: "work.started"},
		{row: "2.5-11", name: "no truck takes it", who: "l", set: func(x *site) {
			atLabel(x)
			x.scan("k", waybillOf(x))
			x.scan("l", "DOCK-D1")
			x.record(&edge.OrderChange{ID: "c1", Rev: 1, Order: "o1", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
			x.record(&edge.OrderChange{ID: "c2", Rev: 2, Order: "o1", Change: "release"})
		}, scan: number, code: edge.Hold, say: "load.oldLabel", step: "waybill", events: "scan.refused"},
	})
}
