package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// joint is an order that goes into one box with others of its key.
func joint(id, key string, lines ...line) *edge.OrderRecord {
	r := order(id, "cj", lines...)
	r.Consolidate, r.Together = key, "keyed "+key
	return r
}

func pickAlone(x *site, id, tote string) {
	if v := x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}}); !v.OK {
		x.t.Fatalf("pick %s: %+v", id, v)
	}
	x.follow("p", func() string { return tote })
}

// pair is two orders of one recipient, picked into a tote each.
func pair(x *site) {
	x.record(joint("o1", "key", line{1, 1}))
	x.record(joint("o2", "key", line{1, 1}, line{2, 1}))
	pickAlone(x, "o1", "TOTE-00001")
	pickAlone(x, "o2", "TOTE-00002")
}

func pairOpen(x *site) {
	pair(x)
	x.scan("k", "TOTE-00001")
	x.scan("k", "TOTE-00002")
}

// pairLabel is the pair in its box, with a label that is printed.
func pairLabel(x *site) {
	pairOpen(x)
	x.scan("k", "EA-1")
	x.scan("k", "EA-1")
	x.scan("k", "EA-2")
	x.label("B-1")
}

func pairBound(x *site) {
	pairLabel(x)
	x.scan("k", waybillOf(x))
}

func cancelO2(x *site) {
	x.record(&edge.OrderChange{ID: "cancel-2", Order: "o2", Change: "cancel"})
}

func readdressO2(x *site) {
	x.record(&edge.OrderChange{ID: "r1", Rev: 1, Order: "o2", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
	x.record(&edge.OrderChange{ID: "r2", Rev: 2, Order: "o2", Change: "release"})
}

func TestRowsOfTogether(t *testing.T) {
	number := func() string { x := newSite(t); crew(x); pairLabel(x); return waybillOf(x) }()
	runRows(t, []flowRow{
		{row: "2.5-1", name: "one of two totes asks for the other", who: "k", set: pair, scan: "TOTE-00002", code: edge.OK, say: "pack.togetherMore", step: "tote",
			events: "work.started pack.started"},
		{row: "2.5-1", name: "both are there", who: "k", set: func(x *site) { pair(x); x.scan("k", "TOTE-00001") }, scan: "TOTE-00002",
			code: edge.OK, say: "pack.together", step: "item", events: "pack.started"},
		{row: "2.5-1", name: "a third order's tote", who: "k", set: func(x *site) {
			pair(x)
			picked(t, x, "o3", "cj", "TOTE-00003", line{3, 1})
			x.scan("k", "TOTE-00001")
		}, scan: "TOTE-00003", code: edge.Wrong, say: "pack.wrongTote", step: "tote", events: "scan.refused"},
		{row: "2.5-1", name: "the other is not picked", who: "k", set: func(x *site) {
			x.record(joint("o1", "key", line{1, 1}))
			x.record(joint("o2", "key", line{2, 1}))
			pickAlone(x, "o1", "TOTE-00001")
		}, scan: "TOTE-00001", code: edge.Hold, say: "pack.waitsFor", step: "", events: "scan.refused"},
		{row: "2.5-1", name: "the other is held", who: "k", set: func(x *site) {
			pair(x)
			x.record(&edge.OrderChange{ID: "h", Order: "o2", Change: "hold", Reason: "fraud"})
		}, scan: "TOTE-00001", code: edge.Hold, say: "pack.waitsHeld", step: "", events: "scan.refused"},
		{row: "2.5-1", name: "split by a lead it goes alone", who: "k", set: func(x *site) {
			x.record(joint("o1", "key", line{1, 1}))
			x.record(joint("o2", "key", line{2, 1}))
			pickAlone(x, "o1", "TOTE-00001")
			x.record(&edge.OrderChange{ID: "lead-1", Order: "o2", Change: "split"})
		}, scan: "TOTE-00001", code: edge.OK, say: "pack.tote", step: "item", events: "work.started pack.started"},
		{row: "2.5-2", name: "each piece is held to an order's line", who: "k", set: func(x *site) { pairOpen(x); x.scan("k", "EA-1"); x.scan("k", "EA-1") }, scan: "EA-1",
			code: edge.Over, say: "pack.over", step: "item", events: "scan.refused"},
		{row: "2.5-4", name: "the last piece of both closes one box", who: "k", set: func(x *site) { pairOpen(x); x.scan("k", "EA-1"); x.scan("k", "EA-1") }, scan: "EA-2",
			code: edge.Done, say: "pack.allIn", step: "printing", events: "pack.item box.closed waybill.assigned"},
		{row: "2.5-7", name: "one label ends both", who: "k", set: pairLabel, scan: number, code: edge.Done, say: "pack.ordersDone", step: "",
			events: "waybill.bound tote.released tote.released work.finished"},
		{row: "2.5-1", name: "one cancelled at the desk is a siren", who: "k", set: func(x *site) { pairOpen(x); x.scan("k", "EA-1"); cancelO2(x) }, scan: "EA-1",
			code: edge.Cancelled, say: "order.cancelledMate", step: "cancelled", events: "scan.refused"},
		{row: "2.5-1", name: "one cancelled of whom a piece is in the box: it comes out", who: "k", set: func(x *site) { pairOpen(x); x.scan("k", "EA-2"); cancelO2(x) }, scan: "EA-1",
			code: edge.Cancelled, say: "order.cancelledOut", step: "cancelled", events: "scan.refused"},
		{row: "2.5-1", name: "all of a shared box cancelled: it is emptied whole", who: "k2", set: func(x *site) { pairBound(x); cancelO1(x); cancelO2(x) }, scan: number,
			code: edge.Cancelled, say: "order.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.5-1", name: "and the desk goes on with the other", who: "k", set: func(x *site) { pairOpen(x); x.scan("k", "EA-2"); cancelO2(x) }, act: "ack",
			code: edge.OK, say: "ack.together", step: "item",
			events: "step.confirmed pack.itemUndone tote.released replenish.asked replenish.asked work.moved"},
		{row: "2.5-5", name: "cancelled with the label on its way: the box is opened", who: "k", set: func(x *site) { pairLabel(x); cancelO2(x) }, act: "ack",
			code: edge.OK, say: "ack.together", step: "close",
			events: "step.confirmed box.reopened pack.itemUndone pack.itemUndone tote.released replenish.asked replenish.asked work.moved"},
		{row: "2.5-5", name: "closed again it gets a label that says what is in it", who: "k", set: func(x *site) { pairLabel(x); cancelO2(x); x.act("k", "ack", edge.Args{}) }, act: "close",
			code: edge.Done, say: "pack.boxClosed", step: "printing", events: "box.closed step.confirmed"},
		{row: "2.5-1", name: "cancelled when packed: the box is a siren wherever it is scanned", who: "l", set: func(x *site) {
			pairBound(x)
			packed(t, x, "o3", "cj", "TOTE-00003")
			x.scan("l", "DOCK-D1")
			cancelO2(x)
		}, scan: number, code: edge.Cancelled, say: "order.cancelledToDesk", step: "cancelled", events: "scan.refused"},
		{row: "2.5-1", name: "its ack at a desk opens the box", who: "k", set: func(x *site) { pairBound(x); cancelO2(x); x.scan("k", waybillOf(x)) }, act: "ack",
			code: edge.OK, say: "ack.together", step: "close",
			events: "step.confirmed work.started box.reopened pack.itemUndone pack.itemUndone replenish.asked replenish.asked work.moved"},
		{row: "2.5-11", name: "another address takes the order out of the box", who: "k", set: func(x *site) { pairBound(x); readdressO2(x); x.scan("k", waybillOf(x)) }, scan: "TOTE-00009",
			code: edge.OK, say: "pack.takenOut", step: "close",
			events: "tote.bound box.reopened pack.itemUndone pack.itemUndone work.moved"},
		{row: "2.5-11", name: "into its own tote where it has one", who: "k", set: func(x *site) { pairLabel(x); readdressO2(x) }, scan: "TOTE-00001",
			code: edge.Wrong, say: "pack.wrongTote", step: "takeOut", events: "scan.refused"},
		{row: "2.5-11", name: "and it is packed alone", who: "k2", set: func(x *site) { pairLabel(x); readdressO2(x); x.scan("k", "TOTE-00002") }, scan: "TOTE-00002",
			code: edge.OK, say: "pack.tote", step: "item", events: "work.started pack.started"},
	})
}

// TestTogetherIsOneBoxOfBoth: every order knows the box, each event names all.
func TestTogetherIsOneBoxOfBoth(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	pair(x)
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
	assert.Equal(t, "TOTE-00001", x.screen("k").Expect[0].Code)
	x.scan("k", "TOTE-00001")
	assert.Equal(t, []string{"o1", "o2"}, x.last[0].Data.(*edge.PackStarted).Orders)
	assert.Equal(t, edge.Expect{Kind: "tote", Code: "TOTE-00002"}, x.screen("k").Expect[0], "all their totes")
	x.scan("k", "TOTE-00002")
	s := x.screen("k")
	assert.Equal(t, []string{"o1", "o2"}, s.Task.Orders)
	assert.Len(t, s.Lines, 3)
	x.scan("k", "EA-2")
	x.scan("k", "EA-1")
	assert.Equal(t, []edge.OrderView{{Order: "o1", Want: 1}, {Order: "o2", Have: 2, Want: 2}}, x.screen("k").Together, "the order in hand first")
	x.scan("k", "EA-1")
	box := x.last[1].Data.(*edge.BoxEvent)
	assert.Equal(t, []string{"o1", "o2"}, box.Orders)
	assert.Equal(t, []edge.BoxItem{{Line: "2", SKU: "S2", Quantity: 1, Order: "o2"}, {Line: "1", SKU: "S1", Quantity: 1, Order: "o2"}, {Line: "1", SKU: "S1", Quantity: 1, Order: "o1"}}, box.Items)
	x.label("B-1")
	x.scan("k", waybillOf(x))
	for _, id := range []string{"o1", "o2"} {
		assert.Equal(t, edge.StagePacked, x.live.Order("default", id).Stage, id)
		assert.Equal(t, []string{"B-1"}, x.live.Order("default", id).Boxes, id)
	}
	x.scan("l", "DOCK-D1")
	x.scan("l", waybillOf(x))
	assert.Equal(t, []string{"o1", "o2"}, x.last[0].Data.(*edge.BoxLoaded).Orders)
	x.act("l", "close", edge.Args{})
	for _, id := range []string{"o1", "o2"} {
		assert.Equal(t, edge.StageShipped, x.live.Order("default", id).Stage, id)
	}
	checkEvents(t, x.events)
}

// TestTogetherWaitsForWhoCameLater: an order that is ready waits for one of its
// key that has just come, and the desk that was on its way is sent elsewhere.
func TestTogetherWaitsForWhoCameLater(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.record(joint("o1", "key", line{1, 1}))
	pickAlone(x, "o1", "TOTE-00001")
	picked(t, x, "o9", "cj", "TOTE-00009", line{2, 1})
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
	assert.Equal(t, "TOTE-00001", x.screen("k").Expect[0].Code)
	x.record(joint("o2", "key", line{2, 1}))
	assert.Equal(t, "TOTE-00009", x.screen("k").Expect[0].Code)
	assert.Equal(t, edge.Hold, x.scan("k", "TOTE-00001").Code)
	say := x.dec.Verdict.Say
	assert.Equal(t, "pack.waitsFor", say.Key)
	assert.Equal(t, edge.T("other", "o2"), say.Args[1])
	pickAlone(x, "o2", "TOTE-00002")
	x.scan("k", "TOTE-00009")
	require.True(t, x.act("k2", "start", edge.Args{Flow: edge.Pack}).OK)
	assert.Equal(t, "TOTE-00001", x.screen("k2").Expect[0].Code, "now both are there")
}

// broughtByO2 is a box of o1 and o2 that has the number which o2 brought.
func broughtByO2(t *testing.T) *site {
	x := newSite(t)
	x.deep = true
	crew(x)
	a, b := joint("o1", "key", line{1, 1}), joint("o2", "key", line{2, 1})
	b.Waybill = "123456789012"
	x.record(a)
	x.record(b)
	pickAlone(x, "o1", "TOTE-00001")
	pickAlone(x, "o2", "TOTE-00002")
	x.scan("k", "TOTE-00001")
	x.scan("k", "TOTE-00002")
	x.scan("k", "EA-1")
	x.scan("k", "EA-2")
	return x
}

// TestTogetherNumbersThatWereBrought: the number of the first that brought one
// is taken; it leaves with its order.
func TestTogetherNumbersThatWereBrought(t *testing.T) {
	x := broughtByO2(t)
	assert.Equal(t, "123456789012", waybillOf(x))
	x.label("B-1")
	cancelO2(x)
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	assert.Equal(t, "step.confirmed box.reopened pack.itemUndone waybill.voided tote.released replenish.asked work.moved", x.kinds())
	x.follow("k", nil)
	assert.NotEqual(t, "123456789012", waybillOf(x))
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
}

// TestTogetherLeftWithADeadLabel: the box whose number left with a cancelled order
// and that is put down open is taken up by the only label on it, which is dead
// (found by random crews: nothing but the order's slip did).
func TestTogetherLeftWithADeadLabel(t *testing.T) {
	x := broughtByO2(t)
	x.label("B-1")
	cancelO2(x)
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	require.True(t, x.act("k", "leave", edge.Args{Reason: "break"}).OK)
	require.Equal(t, "idle", string(x.screen("k").Flow))
	require.Empty(t, x.live.Box("B-1").Waybill)

	v := x.scan("k2", "123456789012")
	require.True(t, v.OK, "%+v", v)
	x.follow("k2", nil)
	assert.NotEqual(t, "123456789012", waybillOf(x))
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	assert.Equal(t, "hospital.in", x.scan("k2", "123456789012").Say.Key, "with another number on it the old one is dead: it needs a new label")
}

// TestTogetherNumberThatDied: an order that is taken out of a box gets a number of
// a lease in its new box, because the one that it brought died with the first.
func TestTogetherNumberThatDied(t *testing.T) {
	x := broughtByO2(t)
	x.label("B-1")
	readdressO2(x)
	x.scan("k", "TOTE-00002")
	x.scan("k2", "TOTE-00002")
	x.scan("k2", "EA-2")
	o := x.live.Order("default", "o2")
	require.Len(t, o.Boxes, 1)
	b := x.live.Box(o.Boxes[0])
	assert.Empty(t, o.Held)
	assert.NotEmpty(t, b.Waybill)
	assert.NotEqual(t, "123456789012", b.Waybill)
}

// TestTogetherNamesWhoStopsIt: a desk with two orders in hand is told which of
// them is cancelled, held, or to be taken out.
func TestTogetherNamesWhoStopsIt(t *testing.T) {
	for step, stop := range map[string]func(*site){
		"cancelled": cancelO2,
		"takeOut":   readdressO2,
		"held":      func(x *site) { x.record(&edge.OrderChange{ID: "h", Order: "o2", Change: "hold", Reason: "fraud"}) },
	} {
		x := newSite(t)
		crew(x)
		pairOpen(x)
		x.scan("k", "EA-2")
		for _, o := range x.screen("k").Together {
			assert.False(t, o.Stops, "before: %+v", o)
		}
		stop(x)
		s := x.screen("k")
		require.Equal(t, step, s.Step)
		require.Len(t, s.Together, 2)
		for _, o := range s.Together {
			assert.Equal(t, o.Order == "o2", o.Stops, "%s: %+v", step, o)
		}
	}
}

// TestTogetherCancelledWhenPacked: who scans the box is told whose goods are to
// come out of it; a packer which, as the ack opens it there, a loader not.
func TestTogetherCancelledWhenPacked(t *testing.T) {
	for who, lines := range map[string]int{"k": 2, "l": 0} {
		x := newSite(t)
		crew(x)
		pairBound(x)
		number := waybillOf(x)
		if who == "l" {
			packed(t, x, "o3", "cj", "TOTE-00003")
			x.scan("l", "DOCK-D1")
		}
		cancelO2(x)
		say := x.scan(who, number).Say
		if who == "k" {
			assert.Equal(t, edge.Says("order.cancelledOut", edge.T("order", "o2"), edge.N("n", 2), edge.T("box", "B-1")), say)
		} else {
			assert.Equal(t, edge.Says("order.cancelledToDesk", edge.T("order", "o2"), edge.T("box", "B-1")), say)
		}
		s := x.screen(who)
		require.Equal(t, "cancelled", s.Step)
		assert.Equal(t, []edge.OrderView{{Order: "o2", Have: 2, Want: 2, Out: true, Stops: true}}, s.Together, who)
		assert.Len(t, s.Lines, lines, who)
		assert.Equal(t, "B-1", s.Box)
	}
}

// TestTogetherJoinsThoseWhoAreNotPicked: an order that a desk was offered, and that
// then goes into one box with others of which one is not picked yet, is offered no
// more, whether its address or its carrier changed (found by random crews: the screen
// expected the tote and refused it).
func TestTogetherJoinsThoseWhoAreNotPicked(t *testing.T) {
	for name, c := range map[string]struct {
		key, carrier string // of o1
		change       edge.OrderChange
	}{
		"address": {"", "cj", edge.OrderChange{Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true, Together: "keyed key", Consolidate: "key"}},
		"carrier": {"key", "hanjin", edge.OrderChange{Change: "recarrier", Carrier: "cj", Routed: true}},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			r := order("o1", c.carrier, line{1, 1})
			if c.key != "" {
				r.Consolidate, r.Together = c.key, "keyed "+c.key
			}
			x.record(r)
			pickAlone(x, "o1", "TOTE-00001")
			x.record(joint("o2", "key", line{2, 1}))
			require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
			require.Equal(t, "TOTE-00001", x.screen("k").Expect[0].Code)
			c.change.ID, c.change.Order, c.change.Rev = "c", "o1", 1
			require.Equal(t, edge.Accepted, x.record(&c.change).Code)
			require.Empty(t, x.live.Order("default", "o1").Held)
			assert.Equal(t, edge.Idle, x.screen("k").Flow, "no other tote waits")
			pickAlone(x, "o2", "TOTE-00002")
			require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
			for _, tote := range []string{"TOTE-00001", "TOTE-00002"} {
				assert.True(t, x.scan("k", tote).OK, tote)
			}
		})
	}
}

// TestLoadersHearThatABoxIsOpenedAgain: a box of two orders waits at the dock while the
// next one is filled; one of the two goes elsewhere, and the box is opened again.
func TestLoadersHearThatABoxIsOpenedAgain(t *testing.T) {
	x := newSite(t)
	x.deep = true // holds that no screen changes untold
	crew(x)
	packed(t, x, "o8", "cj", "TOTE-00008")
	pairOpen(x)
	x.scan("k", "EA-1")
	x.act("k", "close", edge.Args{Reason: "full"})
	x.label("B-2")
	x.scan("k", x.live.Box("B-2").Waybill)
	x.scan("k", "EA-1")
	x.act("l", "start", edge.Args{Flow: edge.Load})
	x.scan("l", "DOCK-D1")
	require.Len(t, x.screen("l").Expect, 2)
	readdressO2(x)
	require.Equal(t, "takeOut", x.screen("k").Step)
	require.True(t, x.scan("k", "TOTE-00002").OK)
	assert.Contains(t, x.kinds(), "box.reopened")
	assert.Len(t, x.screen("l").Expect, 1)
}

// TestTakenOutOfAnOpenBoxIsTold: where the box was opened before, for less, no event of
// its opening tells the other desks that the order taken out waits for one.
func TestTakenOutOfAnOpenBoxIsTold(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.record(joint("o1", "key", line{1, 2}))
	x.record(joint("o2", "key", line{1, 1}, line{2, 1}))
	x.record(joint("o3", "key", line{3, 1}))
	for i, id := range []string{"o1", "o2", "o3"} {
		pickAlone(x, id, []string{"TOTE-00001", "TOTE-00002", "TOTE-00003"}[i])
	}
	x.scan("k", "TOTE-00001")
	x.scan("k", "TOTE-00002")
	x.scan("k", "TOTE-00003")
	for _, code := range []string{"EA-1", "EA-1", "EA-1", "EA-2", "EA-3"} {
		require.True(t, x.scan("k", code).OK, code)
	}
	x.label("B-1")
	number := waybillOf(x)
	require.True(t, x.scan("k", number).OK)
	x.record(&edge.OrderChange{ID: "l1", Order: "o1", Change: "reduceLine", Line: "1", Quantity: new(1)})
	readdressO2(x)
	x.scan("k2", number)
	require.True(t, x.act("k2", "ack", edge.Args{}).OK)
	require.Contains(t, x.kinds(), "box.reopened")
	require.Empty(t, x.screen("k").Work)
	require.True(t, x.scan("k2", "TOTE-00009").OK)
	require.NotContains(t, x.kinds(), "box.reopened")
	require.Len(t, x.screen("k").Work, 1)
	assert.Contains(t, x.dec.Touched, floor.Everyone, "a desk without work sees that it has some")
}
