package floor_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// saved is a state as a backup keeps it.
type saved []struct {
	table, key string
	data       []byte
}

func (x *site) save() (out saved) {
	x.t.Helper()
	x.live.Each(func(table, key string, v any) {
		b, err := json.Marshal(v)
		if err != nil {
			x.t.Fatalf("save: %v", err)
		}
		out = append(out, struct {
			table, key string
			data       []byte
		}{table, key, b})
	})
	return out
}

// restored is a site that goes on from a backup in a new epoch; reason "" leaves
// out its opening.
func (x *site) restored(from saved, epoch, reason string) *site {
	x.t.Helper()
	pol := *x.pol
	pol.Epoch = epoch
	y := &site{t: x.t, live: floor.NewState(), replay: floor.NewState(), cat: x.cat, pol: &pol, now: x.now, deep: x.deep, ids: x.ids, before: x,
		rev: map[string]uint64{}, key: map[string][16]byte{}, roles: maps.Clone(x.roles)}
	for _, r := range from {
		for _, s := range []*floor.State{y.live, y.replay} {
			if err := s.Load(r.table, r.key, r.data); err != nil {
				x.t.Fatalf("load: %v", err)
			}
		}
	}
	y.known = knownOf(y)
	if reason != "" {
		y.send(&edge.Message{Kind: edge.Opened, Body: &edge.EpochEvent{Epoch: epoch, Parent: x.pol.Epoch, ParentSeq: 1, Reason: reason}})
	}
	return y
}

// seen is what a WMS that pulled these events tells of them.
func seen(epoch string, events []edge.Event) *edge.Reconcile {
	out := &edge.Reconcile{Epoch: epoch}
	stages, boxes := map[string]*edge.ReconciledOrder{}, map[string]*edge.ReconciledBox{}
	stage := func(e *edge.Event, s edge.OrderStage) {
		k := floor.OrderKey(e.Client, e.Order)
		if stages[k] == nil {
			stages[k] = &edge.ReconciledOrder{ID: e.Order, Client: e.Client}
		}
		stages[k].Stage = s
	}
	box := func(e *edge.Event, id, number, s string) {
		if boxes[id] == nil {
			boxes[id] = &edge.ReconciledBox{ID: id, Order: e.Order, Client: e.Client}
		}
		boxes[id].Waybill, boxes[id].Stage = number, s
	}
	for i := range events {
		e := &events[i]
		if !e.Scan.IsZero() && (len(out.Scans) == 0 || out.Scans[len(out.Scans)-1] != e.Scan) {
			out.Scans = append(out.Scans, e.Scan)
		}
		switch d := e.Data.(type) {
		case *edge.PickEvent:
			stage(e, edge.StagePicking)
		case *edge.PackItem:
			stage(e, edge.StagePacking)
		case *edge.WaybillEvent:
			if e.Type == edge.EvAssigned {
				out.Waybills = append(out.Waybills, edge.ReconciledWaybill{Number: d.Waybill, Carrier: d.Carrier, Box: d.Box, Order: e.Order, Client: e.Client})
				box(e, d.Box, d.Waybill, edge.ToldClosed)
			} else if e.Type == edge.EvBound {
				box(e, d.Box, d.Waybill, edge.ToldBound)
				stage(e, edge.StagePacked)
			}
		case *edge.BoxLoaded:
			if e.Type == edge.EvBoxLoaded {
				box(e, d.Box, d.Waybill, edge.ToldLoaded)
				stage(e, edge.StageShipped)
			}
		case *edge.OrderChanged:
			if d.Cancelled {
				stage(e, edge.StageCancelled)
			}
		case *edge.LeaseEvent:
			if e.Type == edge.EvLeaseAdded {
				out.Leases = append(out.Leases, edge.WaybillRange{ID: d.Lease, Carrier: d.Carrier, Client: e.Client, FirstSerial: d.FirstSerial, Count: d.Count, Epoch: d.Epoch})
			}
		}
	}
	for _, o := range stages {
		out.Orders = append(out.Orders, *o)
	}
	for _, b := range boxes {
		out.Boxes = append(out.Boxes, *b)
	}
	return out
}

// again pushes an order as it is known.
func (x *site) again(o *edge.Order) edge.Verdict {
	r := &edge.OrderRecord{ID: o.ID, Client: o.Client, Carrier: o.Carrier, Hash: o.Hash}
	for _, l := range o.Lines {
		r.Lines = append(r.Lines, edge.OrderLine{Line: l.ID, SKU: l.SKU, Quantity: l.Ordered, Location: l.Location})
	}
	return x.record(r)
}

// issued lists the numbers, boxes, attempts, works and trucks that events gave out: a
// number that an order brought is its WMS's to give; ownNumbers holds those.
func issued(events []edge.Event) map[string]string {
	out := map[string]string{}
	for i := range events {
		switch d := events[i].Data.(type) {
		case *edge.WaybillEvent:
			if events[i].Type == edge.EvAssigned && d.Lease != "" {
				out[d.Waybill] = d.Box
			}
		case *edge.PackItem:
			out[d.Box] = "box"
		case *edge.LabelEvent:
			if events[i].Type == edge.EvLabelIntent {
				out[d.Attempt] = "attempt"
			}
		case *edge.WorkEvent:
			if events[i].Type == edge.EvWorkStarted {
				out[d.Work] = "work"
			}
		case *edge.TruckEvent:
			if events[i].Type == edge.EvTruckOpened {
				out[d.Truck] = "truck"
			}
		}
	}
	return out
}

// ownNumbers holds that a number of no lease is only ever given to an order that brought
// it, in the histories of a site one after the other.
func ownNumbers(t tb, histories ...[]edge.Event) (given int) {
	t.Helper()
	brought := map[[2]string]bool{} // order, number as a carrier's are written
	for _, events := range histories {
		for i := range events {
			e := &events[i]
			of := floor.OrderKey(e.Client, e.Order)
			switch d := e.Data.(type) {
			case *edge.OrderReceived:
				brought[[2]string{of, strings.ToUpper(d.Waybill)}] = true
			case *edge.OrderChanged:
				brought[[2]string{of, strings.ToUpper(d.Waybill)}] = true
			case *edge.WaybillEvent:
				if e.Type != edge.EvAssigned || d.Lease != "" {
					continue
				}
				if given++; !brought[[2]string{of, d.Waybill}] {
					t.Fatalf("I3: %s, of no lease, is on order %s, which did not bring it", d.Waybill, e.Order)
				}
			}
		}
	}
	return given
}

// lostAndRestored plays a crew, loses a part of what it did, tells what a WMS
// saw of that, and lets the crew go on.
func lostAndRestored(r *rapid.T, days *tally) (kept map[string]bool, lost, after []edge.Event, y *site) {
	x := newSite(r)
	crew(x)
	outbound(r, x)
	c := &chaos{T: r, x: x}
	c.headStart()
	for range 3 {
		c.order()
	}
	some := func(c *chaos, n int) {
		for range rapid.IntRange(0, n).Draw(r, "steps") {
			c.step()
		}
	}
	some(c, 40)
	backup, from := x.save(), len(x.events)
	first := from
	some(c, 60)
	lost = x.events[from:]
	pulled := lost[:rapid.IntRange(0, len(lost)).Draw(r, "pulled")]

	kept = map[string]bool{}
	for _, row := range backup {
		kept[row.key] = true
	}
	y = x.restored(backup, "e2", edge.EpochRestored)
	defer days.day(x, y)
	y.deep = true
	require.Equal(r, edge.Hold, y.scan("p", "TOTE-00001").Code)
	told := seen("e2", pulled)
	for _, b := range told.Boxes {
		kept[b.ID] = true // known again: it stands on the floor and is worked on
	}
	y.record(told)
	once := *y.live.Site()
	told.Scans = nil // the engine knows them
	y.record(told)
	once.Seq = y.seq
	require.Equal(r, once, *y.live.Site())
	y.record(&edge.Reconcile{Epoch: "e2", Done: true})
	var held []*edge.Order
	y.live.EachOrder(func(o *edge.Order) {
		if o.Held == edge.HeldReconcile {
			held = append(held, o)
		}
	})
	for _, o := range held {
		y.again(o)
	}
	y.record(&edge.WaybillRange{ID: "new", Carrier: "cj", Client: "default", FirstSerial: 69000000000, Count: 1000, Epoch: "e2"})
	shipped := map[string]bool{}
	for _, o := range told.Orders {
		shipped[o.ID] = o.Stage == edge.StageShipped
	}
	defer func() {
		for i := range y.events {
			if w, ok := y.events[i].Data.(*edge.WorkEvent); ok && y.events[i].Type == edge.EvWorkStarted && w.Flow != edge.Load {
				for _, id := range w.Orders {
					require.False(r, shipped[id], "what the WMS saw shipped is worked on again")
				}
			}
		}
	}()
	from = len(y.events)
	y.hire("new", edge.Picker, edge.Packer)
	n := 800
	for i := range rapid.IntRange(0, 3).Draw(r, "packed after") {
		id := fmt.Sprintf("n%d", i)
		y.record(order(id, "cj", line{1 + i, 2}))
		for _, f := range []edge.Flow{edge.Pick, edge.Pack} {
			if y.act("new", "start", edge.Args{Flow: f, Orders: []string{id}}).OK {
				y.follow("new", func() string { n++; return fmt.Sprintf("TOTE-%05d", n) })
			}
		}
	}
	c = &chaos{T: r, x: y, orders: 1000}
	for range 3 {
		c.order()
	}
	some(c, 60)
	conserve(r, y)
	conserveOutbound(r, y)
	ownNumbers(r, x.events, y.events)
	y.past = x.events[:first]
	return kept, lost, y.events[from:], y
}

// TestI3WhatIsLostIsNeverGivenOutAgain: whatever happened in the lost part, and
// however little of it the WMS pulled, no number and no id of it comes again.
func TestI3WhatIsLostIsNeverGivenOutAgain(t *testing.T) {
	n := crews(t)
	rapid.Check(t, func(r *rapid.T) {
		kept, lost, after, _ := lostAndRestored(r, n)
		gone := issued(lost)
		for id := range issued(after) {
			if kept[id] {
				continue // an open box, filled on
			}
			require.NotContains(r, gone, id, "given out in the lost part")
		}
	})
}

// forked packs an order, saves, and packs another, which is lost.
func forked(t *testing.T) (x *site, from saved, lost *edge.Box) {
	x = newSite(t)
	crew(x)
	packed(t, x, "o1", "cj", "TOTE-00001")
	x.record(order("o2", "cj", line{1, 2}))
	x.record(order("o3", "cj", line{2, 1}))
	from = x.save()
	x.scan("p", "TOTE-00002")
	x.follow("p", nil)
	x.scan("k", "TOTE-00002")
	x.follow("k", nil)
	return x, from, x.live.Box(x.live.Order("default", "o2").Boxes[0])
}

// Negative control: a state that goes on without an opening gives the lost
// number and the lost box's id out again.
func TestI3IsLostWithoutAnOpening(t *testing.T) {
	x, from, lost := forked(t)
	y := x.restored(from, "e1", "")
	b := packed(t, y, "o4", "cj", "TOTE-00003")
	_ = b
	twice := y.view("k").AnyWaybill(lost.Waybill)
	require.NotNil(t, twice)
	assert.NotEqual(t, "o2", y.live.Box(twice.Box).Order, "one number, two boxes")
}

func TestAClosedFloor(t *testing.T) {
	x, from, _ := forked(t)
	y := x.restored(from, "e2", edge.EpochRestored)
	assert.Equal(t, "epoch.opened lease.closed lease.closed", y.kinds())
	assert.Equal(t, 3, y.last[0].Data.(*edge.EpochEvent).Held)
	v := y.scan("p", "TOTE-00002")
	assert.Equal(t, edge.Hold, v.Code)
	assert.Equal(t, "floor.closed", v.Say.Key)
	assert.Equal(t, edge.Hold, y.act("k", "start", edge.Args{Flow: edge.Pack}).Code)
	assert.Equal(t, edge.OK, y.act("k", "help", edge.Args{}).Code, "help may be called for")
	assert.Equal(t, "closed", y.screen("p").Step)
	assert.Equal(t, edge.Unchanged, y.send(&edge.Message{Kind: edge.Opened, Body: &edge.EpochEvent{Epoch: "e2"}}).Code, "it is opened once")

	old := &edge.WaybillRange{ID: "lease-cj", Carrier: "cj", Client: "default", FirstSerial: 65000000000, Count: 100000, Epoch: "e1"}
	assert.Equal(t, edge.WrongEpoch, y.record(old).Code, "a range of the old epoch")
	old.Epoch = "e2"
	assert.Equal(t, edge.RangeConflict, y.record(old).Code, "its numbers are used up for ever")
	old.ID = "again"
	assert.Equal(t, edge.RangeConflict, y.record(old).Code)
	assert.Equal(t, edge.WrongEpoch, y.record(&edge.Reconcile{Epoch: "e1", Done: true}).Code)

	assert.Equal(t, edge.Accepted, y.record(&edge.Reconcile{Epoch: "e2", Done: true}).Code)
	assert.Equal(t, "epoch.reconciled", y.kinds())
	assert.Equal(t, edge.Unchanged, y.record(&edge.Reconcile{Epoch: "e2", Done: true}).Code)
	assert.Equal(t, "start.noWork", y.act("p", "start", edge.Args{Flow: edge.Pick}).Say.Key, "no order is sure yet")
	assert.Equal(t, edge.Accepted, y.again(y.live.Order("default", "o3")).Code)
	assert.Equal(t, "order.changed", y.kinds())
	assert.Equal(t, edge.Unchanged, y.again(y.live.Order("default", "o3")).Code)
	assert.True(t, y.act("p", "start", edge.Args{Flow: edge.Pick}).OK)
	assert.Equal(t, []string{"o3"}, y.screen("p").Task.Orders)
}

// The vault of a backup may be older than its journal: an order that is pushed again
// brings the recipient that was lost. Where the address had been changed, the pushed
// record may be of before that: nothing is printed until somebody said so.
func TestRecipientComesBackWithItsOrder(t *testing.T) {
	for name, c := range map[string]struct {
		version int
		hold    string // before the backup
		held    string // after the push
	}{"sent once": {1, "", ""}, "held before": {1, "lead", "lead"}, "address changed": {2, "", "address"}, "changed and held": {2, "lead", "lead"}} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			crew(x)
			r := order("o1", "cj", line{1, 1})
			r.RecipientVersion = c.version
			x.record(r)
			require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick}).OK)
			require.True(t, x.scan("p", "TOTE-00001").OK) // its work has begun
			if c.hold != "" {
				changed(x, "o1", "hold", &edge.OrderChange{Reason: c.hold})
			}
			y := x.restored(x.save(), "e2", edge.EpochRestored)
			y.record(&edge.Reconcile{Epoch: "e2", Done: true})
			again := *r
			again.RecipientRef, again.RecipientVersion = "anew", 1
			assert.Equal(t, edge.Accepted, y.record(&again).Code)
			o := y.live.Order("default", "o1")
			assert.Equal(t, "anew", o.RecipientRef)
			assert.Equal(t, 1, o.RecipientVersion)
			assert.Equal(t, c.held, o.Held)
			assert.Equal(t, edge.Unchanged, y.record(&again).Code)
		})
	}
}

// What the WMS saw packed is loaded, and what it saw shipped is not touched.
func TestReconciledOrdersGoOnWhereTheyWere(t *testing.T) {
	x, from, lost := forked(t)
	y := x.restored(from, "e2", edge.EpochRestored)
	y.record(&edge.Reconcile{Epoch: "e2", Done: true,
		Orders:   []edge.ReconciledOrder{{ID: "o2", Stage: edge.StagePacked}, {ID: "o9", Carrier: "cj", Stage: edge.StageShipped}, {ID: "o3", Stage: edge.StagePicking}},
		Boxes:    []edge.ReconciledBox{{ID: lost.ID, Order: "o2", Waybill: lost.Waybill, Stage: edge.ToldBound, N: 1}},
		Waybills: []edge.ReconciledWaybill{{Number: lost.Waybill, Carrier: "cj", Box: lost.ID}, {Number: "650000000990", Carrier: "cj"}}})
	assert.Equal(t, "order.reconciled order.reconciled order.reconciled box.reconciled waybill.burnt epoch.reconciled", y.kinds())
	assert.Equal(t, edge.StageShipped, y.live.Order("default", "o9").Stage)
	assert.NotEqual(t, edge.Accepted, y.record(order("o9", "cj", line{1, 1})).Code, "it is not taken up again")
	assert.Equal(t, edge.HeldReconcile, y.live.Order("default", "o3").Held, "how far it is, somebody has to look")
	require.True(t, y.scan("l", "DOCK-D1").OK)
	assert.Equal(t, edge.Unknown, y.scan("l", "650000000990").Code, "a burnt number")
	v := y.scan("l", lost.Waybill)
	assert.True(t, v.OK, "%+v", v)
	y.act("l", "close", edge.Args{Reason: "done"})
	assert.Equal(t, edge.StageShipped, y.live.Order("default", "o2").Stage)
	assert.Equal(t, y.hash(y.live), y.hash(y.replay))
}

// TestABoxThatGotAnotherNumber: the label on it is of the number before, and whether the
// new one's came out nobody knows (found by random crews: a loader was shown it).
func TestABoxThatGotAnotherNumber(t *testing.T) {
	x := newSite(t)
	crew(x)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	y := reconciledWith(x, b.ID)
	require.True(t, y.scan("l", "DOCK-D1").OK)
	assert.Empty(t, y.screen("l").Expect)
	assert.Equal(t, edge.Hold, y.scan("l", "650000000990").Code)
	require.Equal(t, "label.reprint", y.act("k", "reprint", edge.Args{Box: b.ID, Reason: "restored"}).Say.Key)
	y.follow("k", nil)
	assert.Equal(t, edge.Done, y.scan("l", "650000000990").Code)
	assert.Equal(t, y.hash(y.live), y.hash(y.replay))
}

// TestABoxWhoseLabelNobodyKnows: it was open in the backup, and the WMS saw it closed. At
// the desk nothing prints by itself: a person has its label made, or gives it another
// number.
func TestABoxWhoseLabelNobodyKnows(t *testing.T) {
	for action, number := range map[string]string{"void": "690000000000", "reprint": "650000000990"} {
		x := newSite(t)
		crew(x)
		x.record(order("o1", "cj", line{1, 2}))
		x.scan("p", "TOTE-00001")
		x.follow("p", nil)
		x.scan("k", "TOTE-00001")
		x.scan("k", "EA-1")
		box := x.screen("k").Box
		y := reconciledWith(x, box)
		y.scan("k", "650000000990")
		require.Equal(t, "printing", y.screen("k").Step)
		require.Subset(t, y.screen("k").Actions, []string{"reprint", "void"})
		v := y.act("k", action, edge.Args{Reason: "restored"})
		require.True(t, v.OK, "%+v", v)
		y.label(box)
		assert.Equal(t, number, y.screen("k").Expect[0].Code)
		assert.True(t, y.scan("k", number).OK)
		assert.Equal(t, y.hash(y.live), y.hash(y.replay))
	}
}

// reconciledWith is the site of a backup made now, of whose box the WMS saw that it was
// closed with another number.
func reconciledWith(x *site, box string) *site {
	y := x.restored(x.save(), "e2", edge.EpochRestored)
	y.record(&edge.Reconcile{Epoch: "e2", Done: true, Orders: []edge.ReconciledOrder{{ID: "o1", Stage: edge.StagePacking}},
		Boxes: []edge.ReconciledBox{{ID: box, Order: "o1", Carrier: "cj", Waybill: "650000000990", Stage: edge.ToldClosed, N: 1}}})
	y.record(&edge.WaybillRange{ID: "new", Carrier: "cj", Client: "default", FirstSerial: 69000000000, Count: 10, Epoch: "e2"})
	y.again(y.live.Order("default", "o1"))
	return y
}

// A truck that stood at its dock is not there for sure, and work is out of hand.
func TestWorkAndTrucksEndWithTheirEpoch(t *testing.T) {
	x := newSite(t)
	crew(x)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	x.scan("l", "DOCK-D1")
	x.scan("l", b.Waybill)
	x.record(order("o2", "cj", line{1, 2}))
	x.scan("p", "TOTE-00002")
	x.scan("p", "EA-1")
	y := x.restored(x.save(), "e2", edge.EpochCopied)
	assert.Equal(t, "epoch.opened work.left work.left box.unloaded truck.closed lease.closed lease.closed", y.kinds())
	assert.Nil(t, y.live.WorkOf("p"))
	y.record(&edge.Reconcile{Epoch: "e2", Done: true})
	require.True(t, y.scan("l", "DOCK-D1").OK)
	assert.Equal(t, "K-1000001", y.screen("l").Truck.ID)
	assert.Equal(t, edge.Hold, y.scan("l", b.Waybill).Code)
	y.again(y.live.Order("default", "o1"))
	assert.True(t, y.scan("l", b.Waybill).OK, "scanned again, it is on the truck that stands there")
	y.again(y.live.Order("default", "o2"))
	assert.True(t, y.scan("p", "TOTE-00002").OK, "the tote with its goods is gone on with")
}

// An order brought its number, and was packed in a part that is lost and that nobody
// pulled. Whoever sends it again says that the number is still its own: it is packed under
// it, and of two boxes that then wear it one goes on a truck (found by random crews, whose
// rule that no number comes again is one of leases).
func TestANumberThatAnOrderBroughtStaysItsOwn(t *testing.T) {
	x := newSite(t)
	crew(x)
	o := order("o1", "cj", line{1, 1})
	o.Waybill = "123456789012"
	x.record(o)
	from := x.save()
	x.scan("p", "TOTE-00001")
	x.follow("p", nil)
	x.scan("k", "TOTE-00001")
	x.follow("k", nil)
	require.Equal(t, o.Waybill, x.live.Box("B-1").Waybill)

	y := x.restored(from, "e2", edge.EpochRestored)
	y.deep = true
	y.record(&edge.Reconcile{Epoch: "e2", Done: true})
	assert.False(t, y.scan("p", "TOTE-00001").OK, "nothing is worked before the WMS sends it again")
	require.Equal(t, edge.Accepted, y.record(o).Code)
	require.True(t, y.scan("p", "TOTE-00001").OK)
	y.follow("p", nil)
	require.True(t, y.scan("k", "TOTE-00001").OK)
	y.follow("k", nil)
	assert.Equal(t, o.Waybill, y.live.Box("B-1000001").Waybill)
	y.scan("l", "DOCK-D1")
	require.True(t, y.scan("l", o.Waybill).OK)
	assert.Equal(t, edge.Duplicate, y.scan("l", o.Waybill).Code, "the other one")

	assert.Equal(t, 2, ownNumbers(t, x.events, y.events))
	y.record(order("o2", "cj", line{1, 1}))
	wrong := y.events[len(y.events)-1]
	wrong.Type, wrong.Data = edge.EvAssigned, &edge.WaybillEvent{Box: "B-9", Waybill: o.Waybill}
	assert.Panics(t, func() { ownNumbers(failing{}, x.events, y.events, []edge.Event{wrong}) }, "on an order that did not bring it")
}

// failing panics where a test would fail.
type failing struct{}

func (failing) Helper()                   {}
func (failing) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }
