package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// lessOf makes a line of o1 less.
func lessOf(x *site, line string, to int) edge.Verdict {
	return x.record(&edge.OrderChange{ID: "less-" + line, Order: "o1", Change: "reduceLine", Line: line, Quantity: n(to)})
}

// threeIn is o1 at a desk with three pieces in the open box and one left to pack.
func threeIn(x *site) {
	x.record(order("o1", "cj", line{1, 3}, line{2, 1}))
	pickAlone(x, "o1", "TOTE-00001")
	x.scan("k", "TOTE-00001")
	for range 3 {
		x.scan("k", "EA-1")
	}
}

func threeLabel(x *site) {
	threeIn(x)
	x.scan("k", "EA-2")
	x.label("B-1")
}

func threeBound(x *site) {
	threeLabel(x)
	x.scan("k", waybillOf(x))
}

// threeAt is o1 packed, with another box that keeps the dock worth opening, and a line
// of it made less.
func threeAt(t *testing.T, scans ...string) func(x *site) {
	return func(x *site) {
		threeBound(x)
		packed(t, x, "o3", "cj", "TOTE-00003")
		for _, s := range scans {
			x.scan("l", s)
		}
		lessOf(x, "1", 1)
	}
}

func TestRowsOfLess(t *testing.T) {
	number := func() string { x := newSite(t); crew(x); threeLabel(x); return waybillOf(x) }()
	runRows(t, []flowRow{
		{row: "2.5-2", name: "less than lies in the open box: a siren", who: "k", set: func(x *site) { threeIn(x); lessOf(x, "1", 1) }, scan: "EA-2",
			code: edge.Cancelled, say: "order.lessOut", step: "cancelled", events: "scan.refused"},
		{row: "2.5-2", name: "and nothing is pressed before the ack", who: "k", set: func(x *site) { threeIn(x); lessOf(x, "1", 1) }, act: "close",
			code: edge.Cancelled, say: "order.lessOut", step: "cancelled", events: "scan.refused"},
		{row: "2.5-2", name: "the ack takes the pieces out and packing goes on", who: "k", set: func(x *site) { threeIn(x); lessOf(x, "1", 1) }, act: "ack",
			code: edge.OK, say: "ack.less", step: "item", events: "step.confirmed pack.itemUndone replenish.asked"},
		{row: "2.5-2", name: "a box that is empty then is none", who: "k", set: func(x *site) { threeIn(x); lessOf(x, "1", 0) }, act: "ack",
			code: edge.OK, say: "ack.less", step: "item", events: "step.confirmed pack.itemUndone replenish.asked"},
		{row: "2.5-2", name: "no undo puts them back", who: "k", set: func(x *site) { threeIn(x); lessOf(x, "1", 1); x.act("k", "ack", edge.Args{}) }, act: "undo",
			code: edge.Unexpected, say: "undo.nothing", step: "item", events: "scan.refused"},
		{row: "2.5-5", name: "with the label in the hand", who: "k", set: func(x *site) { threeLabel(x); lessOf(x, "1", 1) }, scan: number,
			code: edge.Cancelled, say: "order.lessOut", step: "cancelled", events: "scan.refused"},
		{row: "2.5-5", name: "the closed box is opened", who: "k", set: func(x *site) { threeLabel(x); lessOf(x, "1", 1) }, act: "ack",
			code: edge.OK, say: "ack.less", step: "close", events: "step.confirmed box.reopened pack.itemUndone replenish.asked"},
		{row: "2.5-5", name: "closed again it gets a label that says what is in it", who: "k", set: func(x *site) { threeLabel(x); lessOf(x, "1", 1); x.act("k", "ack", edge.Args{}) }, act: "close",
			code: edge.Done, say: "pack.boxClosed", step: "printing", events: "box.closed step.confirmed"},
		{row: "2.5-1", name: "packed and scanned at a desk", who: "k", set: func(x *site) { threeBound(x); lessOf(x, "1", 1) }, scan: number,
			code: edge.Cancelled, say: "order.lessOut", step: "cancelled", events: "scan.refused"},
		{row: "2.5-1", name: "its ack there opens the box", who: "k", set: func(x *site) { threeBound(x); lessOf(x, "1", 1); x.scan("k", number) }, act: "ack",
			code: edge.OK, say: "ack.less", step: "close", events: "step.confirmed work.started box.reopened pack.itemUndone replenish.asked"},
		{row: "2.5-1", name: "at the truck", who: "l", set: threeAt(t, "DOCK-D1"), scan: number,
			code: edge.Cancelled, say: "order.lessToDesk", step: "cancelled", events: "scan.refused"},
		{row: "2.5-1", name: "after the loader's ack it goes to a desk", who: "l", set: func(x *site) { threeAt(t, "DOCK-D1")(x); x.scan("l", number) }, act: "ack",
			code: edge.OK, say: "ack.lessToDesk", step: "waybill", events: "step.confirmed"},
		{row: "2.5-1", name: "on its way into a container", who: "l", set: func(x *site) { cages(x); threeAt(t, "CAGE-01")(x) }, scan: number,
			code: edge.Cancelled, say: "order.lessToDesk", step: "cancelled", events: "scan.refused"},
		{row: "2.5-1", name: "in a container at the truck", who: "l", set: func(x *site) {
			cages(x)
			threeAt(t, "CAGE-01", number)(x)
			x.act("l", "close", edge.Args{})
			x.scan("l", "DOCK-D1")
		}, scan: "CAGE-01", code: edge.Cancelled, say: "container.less", step: "cancelled", events: "scan.refused"},
	})
}

// TestLessPrintsNothing: no label is begun of a box that pieces are to come out of.
func TestLessPrintsNothing(t *testing.T) {
	x := newSite(t)
	crew(x)
	threeIn(x)
	x.scan("k", "EA-2")
	lessOf(x, "1", 1)
	assert.Equal(t, edge.Cancelled, x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1"}).Code)
}

// TestLessIsOneAnswer: the answer says what the line is from now on; what is on a truck
// stays, and the answer names the truck.
func TestLessIsOneAnswer(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	threeBound(x)
	require.Equal(t, edge.Accepted, lessOf(x, "1", 1).Code)
	require.Equal(t, "order.changed", x.kinds())
	c := x.last[0].Data.(*edge.OrderChanged)
	assert.Equal(t, "less-1 reduceLine packed", c.Change+" "+c.Kind+" "+c.Step)
	assert.Equal(t, 1, c.Lines[0].Quantity)
	assert.Equal(t, edge.StagePacking, x.live.Order("default", "o1").Stage)
	x.scan("k", waybillOf(x))
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	x.scan("l", "DOCK-D1")
	require.True(t, x.scan("l", waybillOf(x)).OK)
	x.record(&edge.OrderChange{ID: "late", Order: "o1", Change: "cancelLine", Line: "2"})
	c = x.last[0].Data.(*edge.OrderChanged)
	assert.True(t, c.NoEffect)
	assert.NotEmpty(t, c.Truck)
	assert.Empty(t, c.Lines)
	allBack(t, x)
}

// TestLessToNothingIsACancel: the last lines of a packed order made nothing cancel it.
func TestLessToNothingIsACancel(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	threeBound(x)
	lessOf(x, "2", 0)
	lessOf(x, "1", 0)
	require.True(t, x.last[0].Data.(*edge.OrderChanged).Cancelled)
	assert.Equal(t, edge.StageCancelled, x.live.Order("default", "o1").Stage)
	x.scan("k", waybillOf(x))
	assert.Equal(t, "order.cancelled", x.dec.Verdict.Say.Key)
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	allBack(t, x)
}

// TestLessShowsWhatComesOut: the say names articles and pieces, the page lists them.
func TestLessShowsWhatComesOut(t *testing.T) {
	x := newSite(t)
	crew(x)
	threeIn(x)
	lessOf(x, "1", 1)
	s := x.screen("k")
	assert.Equal(t, "cancelled", s.Step)
	assert.Equal(t, []edge.OrderView{{Order: "o1", Out: true, Stops: true, Less: true, Have: 2, Want: 2}}, s.Together)
	require.Len(t, s.Lines, 1)
	assert.Equal(t, "S1 2", s.Lines[0].SKU+" "+string(rune('0'+s.Lines[0].Have)))
	x.scan("k", "EA-2")
	assert.Equal(t, edge.Says("order.lessOut", edge.T("order", "o1"), edge.N("n", 2), edge.T("goods", "S1 x2"), edge.T("box", "B-1")), x.dec.Verdict.Say)
	x.act("k", "ack", edge.Args{})
	x.scan("k", "EA-2")
	assert.Equal(t, []edge.BoxItem{{Line: "1", SKU: "S1", Quantity: 1}, {Line: "2", SKU: "S2", Quantity: 1}}, x.live.Box("B-1").Items)
}

// TestLessOfOneOfTwoInABox: only the order that wants less is touched in a shared box.
func TestLessOfOneOfTwoInABox(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	pairBound(x)
	x.record(&edge.OrderChange{ID: "less", Order: "o2", Change: "cancelLine", Line: "2"})
	x.scan("k", waybillOf(x))
	assert.Equal(t, "order.lessOut", x.dec.Verdict.Say.Key)
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	assert.Equal(t, "step.confirmed work.started box.reopened pack.itemUndone replenish.asked", x.kinds())
	x.follow("k", nil)
	for _, id := range []string{"o1", "o2"} {
		assert.Equal(t, edge.StagePacked, x.live.Order("default", id).Stage, id)
	}
	allBack(t, x)
}

// TestLessOfTheRestGoesBack: what was in the tote and is wanted no more goes back where
// the order is complete with what is packed.
func TestLessOfTheRestGoesBack(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	threeIn(x)
	x.act("k", "close", edge.Args{})
	x.label("B-1")
	x.scan("k", waybillOf(x))
	x.record(&edge.OrderChange{ID: "rest", Order: "o1", Change: "cancelLine", Line: "2"})
	assert.Equal(t, edge.Idle, x.screen("k").Flow)
	allBack(t, x)
	pieces := 0
	x.live.EachMove(func(m *edge.MoveTask) { pieces += m.Quantity })
	assert.Equal(t, 1, pieces)
}

// TestLessAtTheSorterAndTheHospital: a belt sends the box to the hospital, whose ack has
// it brought to a desk.
func TestLessAtTheSorterAndTheHospital(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	threeBound(x)
	number := waybillOf(x)
	packed(t, x, "o3", "cj", "TOTE-00003")
	require.True(t, x.act("k2", "start", edge.Args{Flow: edge.Hospital}).OK)
	require.True(t, x.scan("k2", number).OK)
	lessOf(x, "1", 1)
	assert.Equal(t, "cancelled", x.screen("k2").Step, "on the table")
	assert.Equal(t, "order.lessToDesk", x.scan("k2", number).Say.Key)
	require.True(t, x.act("k2", "ack", edge.Args{}).OK)
	assert.Equal(t, "box", x.screen("k2").Step)
	assert.Equal(t, edge.ReasonCancelled, x.tunnel(number).Why)
	assert.Equal(t, edge.Cancelled, x.scan("k2", number).Code)
	require.True(t, x.act("k2", "ack", edge.Args{}).OK)
	x.act("k2", "leave", edge.Args{})
	x.scan("k", number)
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	allBack(t, x)
}

// TestLessLeftAtADeskIsItsWork: put down before the ack, the box is what the desks begin
// with.
func TestLessLeftAtADeskIsItsWork(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	threeLabel(x)
	lessOf(x, "1", 1)
	x.act("k", "leave", edge.Args{})
	x.scan("k2", "TOTE-00001")
	require.Equal(t, "cancelled", x.screen("k2").Step)
	require.True(t, x.act("k2", "ack", edge.Args{}).OK)
	x.follow("k2", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	lessOf(x, "2", 0)
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK, "packed and made less it is a desk's again")
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	allBack(t, x)
}

// TestLessOfABoxThatLiesElsewhere: its label read at a desk that packs another box of the
// order; whoever met the box is done with the ack also where it was opened meanwhile.
func TestLessOfABoxThatLiesElsewhere(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.record(order("o3", "cj", line{3, 1}))
	pickAlone(x, "o3", "TOTE-00003")
	x.scan("k2", "TOTE-00003")
	x.scan("k2", "EA-3")
	x.label("B-1")
	x.scan("k2", x.live.Box("B-1").Waybill)
	threeIn(x)
	x.act("k", "close", edge.Args{})
	x.label("B-2")
	number := waybillOf(x)
	x.scan("k", number)
	lessOf(x, "1", 1)
	x.scan("l", "DOCK-D1")
	require.Equal(t, "order.lessToDesk", x.scan("l", number).Say.Key)
	x.scan("k", "EA-2")
	x.label("B-3")
	require.Equal(t, "order.lessToDesk", x.scan("k", number).Say.Key)
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	x.scan("k", x.live.Box("B-3").Waybill)
	require.Equal(t, "B-2", x.screen("k").Box, "then it is the desk's")
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	assert.Equal(t, "order.less", x.scan("l", number).Say.Key)
	require.True(t, x.act("l", "ack", edge.Args{}).OK)
	require.True(t, x.scan("l", number).OK)
	allBack(t, x)
}

// TestLessBesideAHeldMate: a shared box of which one order is held and of which pieces of
// another are to come out is no work of a desk, before a restart as after it.
func TestLessBesideAHeldMate(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.record(joint("o1", "key", line{1, 2}))
	x.record(joint("o2", "key", line{2, 1}))
	pickAlone(x, "o1", "TOTE-00001")
	pickAlone(x, "o2", "TOTE-00002")
	x.scan("k", "TOTE-00001")
	x.scan("k", "TOTE-00002")
	x.follow("k", nil)
	changed(x, "o2", "hold", &edge.OrderChange{})
	require.True(t, lessOf(x, "1", 1).OK)
	assert.Empty(t, x.screen("k2").Work)
	rebuilt(t, x)
}
