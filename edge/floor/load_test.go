package floor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// packed makes an order with one box that is bound.
func packed(t *testing.T, x *site, id, carrier, tote string) *edge.Box {
	t.Helper()
	picked(t, x, id, carrier, tote, line{1, 1})
	require.Equal(t, edge.OK, x.scan("k", tote).Code)
	x.follow("k", nil)
	o := x.live.Order("default", id)
	require.Equal(t, edge.StagePacked, o.Stage)
	return x.live.Box(o.Boxes[0])
}

func TestLoadVerdicts(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	assert.Equal(t, "start.noWork", x.act("l", "start", edge.Args{Flow: edge.Load}).Say.Key)
	one, two, three := packed(t, x, "o1", "cj", "TOTE-00001"), packed(t, x, "o2", "cj", "TOTE-00002"), packed(t, x, "o3", "cj", "TOTE-00003")
	other := packed(t, x, "o4", "hanjin", "TOTE-00004")
	picked(t, x, "o5", "cj", "TOTE-00005", line{1, 1})
	x.scan("k", "TOTE-00005")
	x.scan("k", "EA-1")
	unbound := x.live.Box("B-5")
	x.label("B-5")

	require.Equal(t, edge.OK, x.scan("l", "DOCK-D1").Code)
	assert.Equal(t, "truck.opened work.started", x.kinds())
	truck := x.last[0].Data.(*edge.TruckEvent)
	assert.Equal(t, []string{"K-1", "D1", "cj", "cj-1"}, []string{truck.Truck, truck.Dock, truck.Carrier, truck.Trip})
	s := x.screen("l")
	assert.Equal(t, edge.Expect{Kind: "waybill", Code: one.Waybill, Box: one.ID}, s.Expect[0])
	assert.Len(t, s.Expect, 3)
	assert.Equal(t, edge.Wrong, x.scan("l", other.Waybill).Code)
	assert.Equal(t, edge.Hold, x.scan("l", unbound.Waybill).Code)
	assert.Equal(t, edge.Unknown, x.scan("l", "999").Code)
	assert.Equal(t, edge.Unexpected, x.scan("l", "EA-1").Code)
	assert.Equal(t, edge.OK, x.scan("l", one.Waybill).Code)
	assert.Equal(t, edge.Duplicate, x.scan("l", one.Waybill).Code)

	x.record(&edge.OrderChange{ID: "c2", Order: "o2", Change: "cancel"})
	assert.Equal(t, edge.EvCancelStopped, x.last[0].Type)
	assert.Equal(t, "packed", x.last[0].Data.(*edge.OrderChanged).Step)
	assert.Equal(t, edge.Cancelled, x.scan("l", two.Waybill).Code)
	assert.Equal(t, edge.Cancelled, x.scan("l", three.Waybill).Code, "nothing goes on before ack")
	assert.Equal(t, edge.OK, x.act("l", "ack", edge.Args{}).Code)
	x.record(&edge.OrderChange{ID: "c1", Order: "o1", Change: "cancel"})
	assert.Equal(t, edge.EvCancelTooLate, x.last[0].Type)
	assert.Equal(t, "K-1", x.last[0].Data.(*edge.OrderChanged).Truck)
	x.record(&edge.OrderChange{ID: "h3", Order: "o3", Change: "hold"})
	assert.Equal(t, edge.Hold, x.scan("l", three.Waybill).Code)
	x.record(&edge.OrderChange{ID: "r3", Rev: 2, Order: "o3", Change: "release"})

	require.Equal(t, edge.OK, x.scan("l2", "DOCK-D1").Code, "a second loader joins")
	assert.Equal(t, "work.started", x.kinds())
	assert.Equal(t, x.screen("l").Expect, x.screen("l2").Expect)
	assert.Equal(t, "load.left", x.act("l2", "close", edge.Args{}).Say.Key)
	assert.Equal(t, edge.Done, x.scan("l2", three.Waybill).Code)
	assert.Equal(t, edge.Duplicate, x.scan("l", three.Waybill).Code)
	assert.Equal(t, edge.Done, x.act("l2", "close", edge.Args{}).Code)
	assert.Equal(t, "truck.closed box.shipConfirmed box.shipConfirmed work.finished work.finished", x.kinds())
	closed := x.last[0].Data.(*edge.TruckEvent)
	assert.Equal(t, 2, closed.Loaded)
	assert.Equal(t, []edge.Missing{{Box: "B-5", LastSeen: "pack-1", Since: x.live.Box("B-5").At}}, closed.Missing, "its number is on paper that nobody stuck")
	assert.Equal(t, edge.Idle, x.screen("l").Flow)
	assert.Equal(t, edge.StageShipped, x.live.Order("default", "o1").Stage)
	x.record(&edge.OrderChange{ID: "c1b", Rev: 9, Order: "o1", Change: "cancel", Ended: edge.StageShipped})
	require.Len(t, x.last, 1, "a change after the truck has left is answered by an event too")
	assert.Equal(t, edge.EvCancelTooLate, x.last[0].Type)
	assert.Equal(t, "K-1", x.last[0].Data.(*edge.OrderChanged).Truck)
	assert.Equal(t, edge.Begun, x.record(&edge.OrderChange{ID: "c9", Order: "o9", Change: "cancel", Ended: edge.StageShipped}).Code, "long gone")
	assert.Equal(t, edge.CancelledOrder, x.record(&edge.OrderChange{ID: "c9", Order: "o9", Change: "cancel", Ended: edge.StageCancelled}).Code)
	checkEvents(t, x.events)
}

func TestCloseWithReason(t *testing.T) {
	x := newSite(t)
	crew(x)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	x.scan("l", "DOCK-D1")
	assert.Equal(t, edge.Done, x.act("l", "close", edge.Args{Reason: "full"}).Code)
	closed := x.last[0].Data.(*edge.TruckEvent)
	assert.Equal(t, []edge.Missing{{Box: b.ID, LastSeen: "pack-1", Since: b.At, Waybill: b.Waybill}}, closed.Missing)
	assert.Equal(t, "full", closed.Reason)
	assert.Equal(t, "cj-1", closed.NextTrip)
	assert.Equal(t, "2026-11-22T18:30:00+09:00", closed.NextDeparts.Format(time.RFC3339), "where the rest belongs now")
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	assert.Equal(t, edge.OK, x.scan("l", "DOCK-D1").Code, "the rest goes with the next")
	assert.Equal(t, "K-2", x.screen("l").Truck.ID)
	assert.Equal(t, closed.NextDeparts, *x.screen("l").Task.Cutoff)
	assert.Equal(t, b.Waybill, x.screen("l").Expect[0].Code, "and is offered there")
}

func TestBoxesOfLaterTripsAreExtra(t *testing.T) {
	x := newSite(t)
	crew(x)
	r := order("o1", "cj", line{1, 1})
	r.Cutoff = x.now.AddDate(0, 0, 2)
	x.record(r)
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.scan("k", "TOTE-00001")
	x.follow("k", nil)
	x.scan("l", "DOCK-D1")
	assert.Len(t, x.screen("l").Expect, 1)
	assert.Equal(t, 0, x.screen("l").Truck.Left)
	x.scan("l", x.screen("l").Expect[0].Code)
	x.act("l", "close", edge.Args{})
	assert.Equal(t, 1, x.last[0].Data.(*edge.TruckEvent).Extra)
}
