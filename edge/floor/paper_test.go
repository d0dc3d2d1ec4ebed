package floor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestPaperCaptures: lots, days and serial numbers are held to what a scan would
// be held to, by the day on which it was done.
func TestPaperCaptures(t *testing.T) {
	for name, c := range map[string]struct {
		lot, expiry string
		serials     []string
		want        map[string]string
	}{
		"all there":              {"A1", "2027-01-31", []string{"SN-1", "SN-2"}, nil},
		"good through its day":   {"A1", "2026-11-21", []string{"SN-1", "SN-2"}, nil},
		"expired":                {"A1", "2026-11-20", []string{"SN-1", "SN-2"}, map[string]string{"1": "expired"}},
		"no lot":                 {"", "2027-01-31", []string{"SN-1", "SN-2"}, map[string]string{"1": "lot"}},
		"no day":                 {"A1", "", []string{"SN-1", "SN-2"}, map[string]string{"1": "lot"}},
		"no day of the calendar": {"A1", "2027-02-30", []string{"SN-1", "SN-2"}, map[string]string{"1": "lot"}},
		"a serial too few":       {"A1", "2027-01-31", []string{"SN-1"}, map[string]string{"2": "serials"}},
		"a serial twice":         {"A1", "2027-01-31", []string{"SN-1", "SN-1"}, map[string]string{"2": "serial"}},
		"a serial that was used": {"A1", "2027-01-31", []string{"SN-1", "SN-9"}, map[string]string{"2": "serial"}},
		"all at fault are named": {"", "", nil, map[string]string{"1": "lot", "2": "serials"}},
	} {
		t.Run(name, func(t *testing.T) {
			x := paperSite(t, line{7, 1}, line{8, 2})
			x.record(order("o2", "cj", line{8, 1}))
			x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}})
			x.scan("p", "TOTE-00002")
			x.scan("p", "EA-8")
			require.Equal(t, edge.Done, x.scan("p", "SN-9").Code)
			v := x.ask("boss", &edge.Manual{Order: "o1", By: "p", At: x.now, Reason: "wifi", Tote: "TOTE-00001", Lines: []edge.ManualLine{
				{Line: "1", Quantity: 1, Captured: edge.Captured{Lot: c.lot, Expiry: c.expiry}}, {Line: "2", Quantity: 2, Captured: edge.Captured{Serials: c.serials}}}})
			if c.want == nil {
				require.Equal(t, edge.Done, v.Code, "%+v", v)
				e := x.last[1].Data.(*edge.PickEvent)
				assert.Equal(t, []string{c.lot, c.expiry}, []string{e.Lot, e.Expiry})
				assert.Equal(t, c.serials, x.last[2].Data.(*edge.PickEvent).Serials)
				return
			}
			got := map[string]string{}
			for _, a := range v.Say.Args[1:] {
				got[a.Name[len("line:"):]] = a.Text
			}
			assert.Equal(t, c.want, got)
			assert.False(t, v.OK)
		})
	}
}

// TestI3PaperNumbers: a number that was written on a box is on no other, whether
// paper took it or a printer.
func TestI3PaperNumbers(t *testing.T) {
	x := paperSite(t, line{1, 1})
	enter := func(id, number string) edge.Verdict {
		return x.ask("boss", &edge.Manual{Order: id, By: "p", At: x.now, Reason: "printer", Waybill: number, Lines: []edge.ManualLine{{Line: "1", Quantity: 1}}})
	}
	for i := 2; i <= 9; i++ {
		x.record(order(fmt.Sprintf("o%d", i), "cj", line{1, 1}))
	}
	require.Equal(t, edge.Done, enter("o1", numberOf(t, 2)).Code)
	v := enter("o2", numberOf(t, 2))
	assert.Equal(t, edge.Duplicate, v.Code)
	assert.Equal(t, "waybill.used", v.Say.Key)
	require.Equal(t, edge.Done, enter("o2", numberOf(t, 4)).Code)
	assert.Equal(t, []uint64{2, 4}, x.live.Lease("lease-cj").Taken)
	assert.EqualValues(t, 100000-2, x.live.Lease("lease-cj").Left())

	for i := 3; i <= 6; i++ { // printers give out 0, 1, 3, 5
		id := fmt.Sprintf("o%d", i)
		x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}})
		x.follow("p", func() string { return fmt.Sprintf("TOTE-%05d", 10+i) })
		x.act("k", "start", edge.Args{Flow: edge.Pack, Orders: []string{id}})
		x.follow("k", nil)
	}
	var given []string
	for _, e := range x.events {
		if w, ok := e.Data.(*edge.WaybillEvent); ok && e.Type == edge.EvAssigned {
			given = append(given, w.Waybill)
		}
	}
	assert.Equal(t, []string{numberOf(t, 2), numberOf(t, 4), numberOf(t, 0), numberOf(t, 1), numberOf(t, 3), numberOf(t, 5)}, given)
	assert.Empty(t, x.live.Lease("lease-cj").Taken, "what lies behind is forgotten")

	// Two days after all of it has left, no number comes again.
	x.scan("l", "DOCK-D1")
	for s := x.screen("l"); len(s.Expect) > 0; s = x.screen("l") {
		require.True(t, x.scan("l", s.Expect[0].Code).OK)
	}
	x.act("l", "close", edge.Args{Reason: "test"})
	x.now = x.now.Add(72 * time.Hour)
	for range 20 {
		x.send(&edge.Message{Kind: edge.Tick})
		x.record(order(fmt.Sprintf("n%d", x.seq), "cj", line{2, 1})) // events let old orders go
	}
	require.Nil(t, x.live.Order("default", "o1"))
	for _, serial := range []uint64{2, 4, 5} {
		v = enter("o7", numberOf(t, serial))
		assert.Equal(t, edge.Duplicate, v.Code, "%d", serial)
		assert.Equal(t, "paper.numberGone", v.Say.Key)
	}
	assert.Equal(t, edge.Done, enter("o7", numberOf(t, 6)).Code)
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestPaperOwnNumber: an order that brought its number has that one and no other.
func TestPaperOwnNumber(t *testing.T) {
	x := paperSite(t)
	r := order("own", "cj", line{1, 1})
	r.Waybill = numberOf(t, 777777)
	x.record(r)
	b := &edge.Manual{Order: "own", By: "p", At: x.now, Reason: "printer", Waybill: numberOf(t, 8), Lines: []edge.ManualLine{{Line: "1", Quantity: 1}}}
	v := x.ask("boss", b)
	assert.Equal(t, edge.Wrong, v.Code)
	assert.Equal(t, "paper.otherNumber", v.Say.Key)
	b.Waybill = r.Waybill[:4] + "-" + r.Waybill[4:]
	require.Equal(t, edge.Done, x.ask("boss", b).Code)
	assert.Equal(t, r.Waybill, x.last[4].Data.(*edge.WaybillEvent).Waybill)
	box := x.live.Box("B-1")
	assert.False(t, box.Print.Wanted, "no label is printed of a box that has one")
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "own").Stage)
	assert.Equal(t, edge.Done, func() edge.Code { x.scan("l", "DOCK-D1"); return x.scan("l", r.Waybill).Code }(), "it goes on the truck")
}

// TestPaperWaits: an order that is short by paper follows its client's rule.
func TestPaperShortPolicies(t *testing.T) {
	for policy, want := range map[string]string{"hold": "short", "partShip": "", "cancelLine": "", "wait": "shortWait"} {
		x := paperSite(t)
		x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: policy, WaitMinutes: 30})
		v := x.ask("boss", byHand(x, func(b *edge.Manual) { b.Lines[1] = edge.ManualLine{Line: "2", Missing: 1} }))
		require.Equal(t, edge.Done, v.Code)
		o := x.live.Order("default", "o1")
		assert.Equal(t, want, o.Held, policy)
		assert.Equal(t, edge.StagePicked, o.Stage, policy)
		assert.True(t, x.live.Tote("TOTE-00001").Done)
	}
	x := paperSite(t)
	x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: "wait", WaitMinutes: 30})
	v := x.ask("boss", byHand(x, func(b *edge.Manual) {
		b.Lines = []edge.ManualLine{{Line: "1", Missing: 2}, {Line: "2", Missing: 1}}
	}))
	require.Equal(t, edge.Done, v.Code)
	assert.Equal(t, edge.StageReceived, x.live.Order("default", "o1").Stage, "nothing was picked and it waits")
	assert.Equal(t, edge.StageReceived, x.last[len(x.last)-1].Data.(*edge.PaperEntered).Stage)
}

// TestLabelFirstOnPaper: the hold for a pick list makes the label of a client who wants
// it first, once, while the order stays out of the scanners' reach; other holds make
// none, and the label that came out is the one on the box.
func TestLabelFirstOnPaper(t *testing.T) {
	x := paperSite(t)
	labelledPaper(x)
	assert.Equal(t, "order.changed box.planned waybill.assigned", x.kinds())
	b := x.live.Box("B-1")
	require.True(t, b.Print.Wanted)
	assert.Equal(t, edge.PickStation, b.Station)
	assert.Equal(t, edge.OK, x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p9"}).Code, "held for paper, its label is wanted all the same")
	x.print(edge.PrintReport{Stage: edge.StagePrinted, Box: "B-1", Attempt: "A-1"})
	assert.False(t, x.act("p", "start", edge.Args{Flow: edge.Pick}).OK, "no scanner picks it")
	x.record(&edge.OrderChange{ID: "lead-2", Order: "o1", Change: "hold", Reason: edge.HeldPaper})
	assert.Len(t, x.live.Order("default", "o1").Boxes, 1, "the list printed again plans no second box")

	v := x.ask("boss", byHand(x, func(m *edge.Manual) { m.Waybill = b.Waybill }))
	require.Equal(t, edge.Done, v.Code, "%+v", v)
	b = x.live.Box("B-1")
	assert.Equal(t, "A-1", b.Bound, "the label that was printed")
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	v = x.scan("k", b.Waybill)
	assert.NotEqual(t, "pack.orderDone", v.Say.Key, "it binds once")
	x.scan("l", "DOCK-D1")
	assert.True(t, x.scan("l", b.Waybill).OK, "it goes on the truck")
	checkEvents(t, x.events)
	rebuilt(t, x)

	y := paperSite(t)
	firstSite(y)
	y.record(&edge.OrderChange{ID: "h", Order: "o1", Change: "hold", Reason: "fraud"})
	assert.Equal(t, "order.changed", y.kinds())
}

// TestPaperIsShippedAtItsMoment: a box that paper packed counts as shipped when its
// client says so, like any other.
func TestPaperIsShippedAtItsMoment(t *testing.T) {
	x := paperSite(t)
	x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: "partShip", ShipConfirmAt: edge.AtPacked})
	require.Equal(t, edge.Done, x.ask("boss", byHand(x, func(b *edge.Manual) { b.Waybill = numberOf(t, 5) })).Code)
	assert.True(t, x.live.Box("B-1").Confirmed)
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestAHandWrittenLabelGrowsOld: another address takes a label that was written by hand
// out of force as any other; no truck takes the box before a new one is on it (found by
// random crews).
func TestAHandWrittenLabelGrowsOld(t *testing.T) {
	x := paperSite(t)
	require.Equal(t, edge.Done, x.ask("boss", byHand(x, func(b *edge.Manual) { b.Waybill = numberOf(t, 5) })).Code)
	number := x.live.Box("B-1").Waybill
	x.record(&edge.OrderChange{ID: "r1", Rev: 1, Order: "o1", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
	x.record(&edge.OrderChange{ID: "r2", Rev: 2, Order: "o1", Change: "release"})
	packed(t, x, "o2", "cj", "TOTE-00002")
	x.scan("l", "DOCK-D1")
	assert.Equal(t, edge.Hold, x.scan("l", number).Code)

	require.True(t, x.scan("k", number).OK)
	s := x.screen("k")
	require.Equal(t, "destroy", s.Step)
	assert.Equal(t, number, s.Expect[0].Code)
	require.Equal(t, "label.destroyed", x.scan("k", number).Say.Key)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	assert.Equal(t, "A-2", x.live.Box("B-1").Bound)
	assert.True(t, x.scan("l", x.live.Box("B-1").Waybill).OK)
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestPickedByScansPackedByHand: the order is packed, and comes back to a desk by its
// label when its address changes (found by random crews: it stayed picked, and no desk
// could take it).
func TestPickedByScansPackedByHand(t *testing.T) {
	x := paperSite(t)
	x.act("p", "start", edge.Args{Flow: edge.Pick})
	x.follow("p", totes())
	require.Equal(t, edge.Done, x.ask("boss", byHand(x, func(b *edge.Manual) { b.Waybill = numberOf(t, 5) })).Code)
	require.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	x.record(&edge.OrderChange{ID: "r1", Rev: 1, Order: "o1", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
	x.record(&edge.OrderChange{ID: "r2", Rev: 2, Order: "o1", Change: "release"})
	require.True(t, x.scan("k", numberOf(t, 5)).OK)
	require.Equal(t, "label.destroyed", x.scan("k", numberOf(t, 5)).Say.Key)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	checkEvents(t, x.events)
	rebuilt(t, x)
}
