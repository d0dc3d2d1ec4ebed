package floor_test

import (
	"fmt"
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

// A container that goes on the departure after one that is gone keeps asking for the
// boxes that missed it, however long it stands: which trucks have left is known for as
// long as anything follows from it.
func TestAContainerStandsForDays(t *testing.T) {
	x := newSite(t)
	crew(x)
	cages(x)
	for i := 1; i <= 3; i++ {
		due(t, x, fmt.Sprintf("o%d", i), "cj", fmt.Sprintf("TOTE-0000%d", i), "", at(x, 18))
	}
	x.scan("l2", "DOCK-D1")
	x.scan("l2", boxCode(x, "B-1"))
	require.Equal(t, edge.Done, x.act("l2", "close", edge.Args{Reason: "full"}).Code) // it left early: the others go at 21:00
	x.scan("l", "CAGE-01")
	x.scan("l", boxCode(x, "B-2"))
	asked := x.screen("l").Expect
	require.Len(t, asked, 1)
	require.Equal(t, "B-3", asked[0].Box)
	x.now = x.now.Add(49 * time.Hour)
	x.scan("p", "nonsense")
	assert.Equal(t, asked, x.screen("l").Expect)
	assert.Equal(t, edge.OK, x.scan("l", boxCode(x, "B-3")).Code)
	require.Equal(t, edge.Done, x.act("l", "close", edge.Args{}).Code)
	x.scan("l", "DOCK-D1")
	require.Equal(t, edge.Done, x.scan("l", "CAGE-01").Code)
	require.Equal(t, edge.Done, x.act("l", "close", edge.Args{}).Code)
	x.now = x.now.Add(49 * time.Hour)
	for range 3 {
		x.scan("p", "nonsense")
	}
	x.live.EachTruck(func(tr *edge.Truck) { t.Errorf("%s of %s is still known", tr.ID, tr.Departs) })
}

// TestTheLoaderSeesWhatIsMissingAndWhere: before the truck is closed its loader reads the
// three lists of the closing off the screen: what is on it, what is missing and where it
// was seen last, what belongs to a later trip; and the closing says the same.
func TestTheLoaderSeesWhatIsMissingAndWhere(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	backSite(x)
	cages(x)
	for i := 1; i <= 5; i++ {
		due(t, x, fmt.Sprintf("o%d", i), "cj", fmt.Sprintf("TOTE-0000%d", i), "", at(x, 18))
	}
	due(t, x, "o6", "cj", "TOTE-00006", "", at(x, 18).AddDate(0, 0, 2))
	x.scan("l2", "CAGE-01")
	x.scan("l2", boxCode(x, "B-2"))
	x.scan("k", boxCode(x, "B-3")) // the hospital
	require.Equal(t, edge.Done, x.scan("k", "LOC-L6").Code)
	x.record(&edge.OrderChange{ID: "h", Order: "o4", Change: "hold"})
	x.scan("l", "DOCK-D1")
	for _, id := range []string{"B-1", "B-6"} {
		require.True(t, x.scan("l", boxCode(x, id)).OK, id)
	}

	s := x.screen("l")
	v := s.Truck
	assert.Equal(t, []int{2, 2, 4, 1}, []int{v.Loaded, v.Left, v.MissingTotal, v.ExtraTotal}, "what may still go on it is in the cage, and the loose one")
	assert.Equal(t, []int{2, 4}, []int{s.Task.Done, s.Task.Of})
	assert.Equal(t, []string{"B-6", "B-1"}, boxesIn(v.Recent), "the newest first")
	assert.Equal(t, []string{"B-6"}, boxesIn(v.Extra))
	where := map[string][2]string{}
	for _, m := range v.Missing {
		assert.Equal(t, boxCode(x, m.Box), m.Waybill)
		where[m.Box] = [2]string{m.LastSeen, m.Container}
	}
	assert.Equal(t, map[string][2]string{"B-2": {"CAGE-01", "CAGE-01"}, "B-3": {"L6", ""}, "B-4": {"pack-1", ""}, "B-5": {"pack-1", ""}}, where)

	require.Equal(t, "load.left", x.act("l", "close", edge.Args{}).Say.Key)
	require.Equal(t, edge.Done, x.act("l", "close", edge.Args{Reason: "driverLeft"}).Code)
	e := x.last[0].Data.(*edge.TruckEvent)
	for i := range v.Missing {
		v.Missing[i].Order, v.Missing[i].Why = "", "" // for the screen alone, and those first that may not ride
	}
	assert.ElementsMatch(t, v.Missing, e.Missing)
	assert.Equal(t, []int{2, 1}, []int{e.Loaded, e.Extra})
	rebuilt(t, x)
}

func boxesIn(list []edge.Missing) []string {
	var out []string
	for _, m := range list {
		out = append(out, m.Box)
	}
	return out
}
