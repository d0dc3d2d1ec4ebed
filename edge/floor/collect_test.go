package floor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// confirmed lists the moments at which parcels counted as shipped, by box.
func confirmed(x *site) map[string][]string {
	out := map[string][]string{}
	for _, e := range x.events {
		if d, ok := e.Data.(*edge.BoxShipped); ok {
			out[d.Box] = append(out[d.Box], d.Moment)
		}
	}
	return out
}

func collected(x *site, number string) edge.Verdict {
	return x.record(&edge.CarrierScan{CarrierScanned: edge.CarrierScanned{Waybill: number, Scan: "collected", At: x.now}})
}

// TestShippedOnceAtTheClientsMoment: one event for each parcel, whatever happens
// to it after that.
func TestShippedOnceAtTheClientsMoment(t *testing.T) {
	for _, tt := range []struct{ policy, want, after string }{
		{"packed", "packed", "waybill.bound"}, {"loaded", "loaded", "box.loaded"}, {"truckClosed", "truckClosed", "truck.closed"},
		{"", "truckClosed", "truck.closed"}, {"collected", "collected", "carrier.scanned"},
	} {
		t.Run("at "+tt.want+" by "+tt.policy, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: "partShip", ShipConfirmAt: tt.policy})
			b := packed(t, x, "o1", "cj", "TOTE-00001")
			x.scan("l", "DOCK-D1")
			for range 2 { // loaded, taken off, loaded again
				require.Equal(t, edge.Done, x.scan("l", b.Waybill).Code)
				x.act("l", "unload", edge.Args{})
				require.Equal(t, edge.OK, x.scan("l", b.Waybill).Code)
			}
			x.scan("l", b.Waybill)
			require.True(t, x.act("l", "close", edge.Args{}).OK)
			for range 2 {
				require.Equal(t, edge.Accepted, collected(x, b.Waybill).Code)
			}
			assert.Equal(t, map[string][]string{b.ID: {tt.want}}, confirmed(x))
			for i, e := range x.events {
				if e.Type == edge.EvShipConfirmed {
					assert.EqualValues(t, tt.after, x.events[i-1].Type, "the moment itself")
					assert.Equal(t, b.Waybill, e.Data.(*edge.BoxShipped).Waybill)
					assert.Equal(t, "o1", e.Order)
				}
			}
			rebuilt(t, x)
		})
	}
}

// TestAMomentThatWasMissedIsMadeUpFor: a client's word that came after the moment
// counts at the next one.
func TestAMomentThatWasMissedIsMadeUpFor(t *testing.T) {
	x := newSite(t)
	crew(x)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: "partShip", ShipConfirmAt: "packed"})
	x.scan("l", "DOCK-D1")
	x.scan("l", b.Waybill)
	assert.Equal(t, map[string][]string{b.ID: {"loaded"}}, confirmed(x))
}

// gone is a truck that left with the boxes of n orders.
func gone(t *testing.T, n int) *site {
	x := newSite(t)
	x.deep = true
	x.pol.Load.CollectHours = 24
	crew(x)
	for i := 1; i <= n; i++ {
		packed(t, x, fmt.Sprint("o", i), "cj", fmt.Sprintf("TOTE-%05d", i))
	}
	x.scan("l", "DOCK-D1")
	for i := 1; i <= n; i++ {
		require.True(t, x.scan("l", x.live.Box(fmt.Sprint("B-", i)).Waybill).OK)
	}
	require.True(t, x.act("l", "close", edge.Args{}).OK)
	return x
}

// TestUncollected: boxes whose collection nobody told of are missed after the
// site's hours, one event each, and belong to one case with an owner; the case
// ends with the last scan. Their orders have left the state by then.
func TestUncollected(t *testing.T) {
	x := gone(t, 3)
	numbers := []string{x.live.Box("B-1").Waybill, x.live.Box("B-2").Waybill, x.live.Box("B-3").Waybill}
	collected(x, numbers[0])
	x.now = x.now.Add(23 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Empty(t, x.last)
	x.now = x.now.Add(2 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	require.Equal(t, "box.uncollected box.uncollected", x.kinds())
	late := x.last[0].Data.(*edge.BoxUncollected)
	assert.Equal(t, edge.BoxUncollected{Box: "B-2", Waybill: numbers[1], Carrier: "cj", Truck: "K-1", Trip: "cj-1", Closed: late.Closed, Case: "K-1"}, *late)
	assert.Equal(t, "o2", x.last[0].Order)
	c := x.live.Case("K-1")
	require.NotNil(t, c)
	assert.Equal(t, []any{2, edge.CaseUncollected, ""}, []any{c.Units, c.Kind, c.Owner})
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Empty(t, x.last, "told once")

	require.Equal(t, edge.Accepted, x.record(&edge.CaseChange{Case: "K-1", Owner: "w-900"}).Code)
	assert.Equal(t, "case.owned", x.kinds())
	assert.Equal(t, edge.Unchanged, x.record(&edge.CaseChange{Case: "K-1", Owner: "w-900"}).Code)
	x.now = x.now.Add(30 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Empty(t, x.last, "somebody owns it")
	for range 4 {
		x.act("l", "help", edge.Args{}) // time passes with events
	}
	require.Nil(t, x.live.Order("default", "o2"), "left the state two days after its truck")
	require.Nil(t, x.live.Box("B-2"))

	collected(x, numbers[1])
	assert.Equal(t, "carrier.scanned", x.kinds())
	e := x.last[0]
	assert.Equal(t, []string{"o2", "B-2", "K-1"}, []string{e.Order, e.Data.(*edge.CarrierScanned).Box, e.Data.(*edge.CarrierScanned).Truck}, "known longer than its order")
	assert.Equal(t, 1, x.live.Case("K-1").Units)
	collected(x, numbers[2])
	assert.Equal(t, "carrier.scanned case.closed", x.kinds())
	assert.Nil(t, x.live.Case("K-1"))
	n := 0
	x.live.EachWatch(func(*edge.Watch) { n++ })
	assert.Zero(t, n)
	collected(x, numbers[2])
	assert.Empty(t, x.last[0].Data.(*edge.CarrierScanned).Box, "nobody here knows it any more")
	rebuilt(t, x)
}

// TestNobodyOwnsTheCase: after a day the lead's list says so, and an event.
func TestNobodyOwnsTheCase(t *testing.T) {
	x := gone(t, 1)
	x.now = x.now.Add(25 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	x.now = x.now.Add(25 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Equal(t, "case.late", x.kinds())
	assert.True(t, x.live.Case("K-1").Late)
	assert.Equal(t, edge.FieldMissing, x.record(&edge.CaseChange{Case: "K-9", Owner: "w"}).Code)
	assert.Equal(t, edge.FieldMissing, x.record(&edge.CaseChange{Case: "K-1", Close: true}).Code, "with a reason only")
	assert.Equal(t, edge.Accepted, x.record(&edge.CaseChange{Case: "K-1", Close: true, Reason: "carrierLost"}).Code)
	assert.Nil(t, x.live.Case("K-1"))
}

// TestCollectedLongAfter: a client who counts by the collection is told of it
// when the order has left the state, once, without any hours set.
func TestCollectedLongAfter(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: "partShip", ShipConfirmAt: "collected"})
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	x.scan("l", "DOCK-D1")
	x.scan("l", b.Waybill)
	x.act("l", "close", edge.Args{})
	x.now = x.now.Add(5 * 24 * time.Hour)
	x.act("l", "help", edge.Args{})
	require.Nil(t, x.live.Order("default", "o1"))
	collected(x, b.Waybill)
	assert.Equal(t, "carrier.scanned box.shipConfirmed", x.kinds())
	collected(x, b.Waybill)
	assert.Equal(t, "carrier.scanned", x.kinds())
	assert.Equal(t, map[string][]string{b.ID: {"collected"}}, confirmed(x))
	rebuilt(t, x)
}

// TestWatchesEnd: what is watched is forgotten after two weeks.
func TestWatchesEnd(t *testing.T) {
	x := gone(t, 3)
	count := func() (n int) { x.live.EachWatch(func(*edge.Watch) { n++ }); return n }
	assert.Equal(t, 3, count())
	x.now = x.now.Add(13 * 24 * time.Hour)
	x.act("l", "help", edge.Args{})
	assert.Equal(t, 3, count())
	x.now = x.now.Add(2 * 24 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	x.act("l", "help", edge.Args{})
	assert.Zero(t, count())
	rebuilt(t, x)
}

// TestNotWatchedWhereNobodyAsks: without hours, and with a client who counts by
// the truck, nothing is kept.
func TestNotWatchedWhereNobodyAsks(t *testing.T) {
	x := newSite(t)
	crew(x)
	b := packed(t, x, "o1", "cj", "TOTE-00001")
	x.scan("l", "DOCK-D1")
	x.scan("l", b.Waybill)
	x.act("l", "close", edge.Args{})
	x.live.EachWatch(func(w *edge.Watch) { t.Errorf("%+v", w) })
	collected(x, b.Waybill)
	assert.Equal(t, b.ID, x.last[0].Data.(*edge.CarrierScanned).Box, "its box is known all the same")
	collected(x, "999999")
	assert.Empty(t, x.last[0].Data.(*edge.CarrierScanned).Box)
}

// TestManyAreMissedInTurns: one tick says how much is left.
func TestManyAreMissedInTurns(t *testing.T) {
	x := newSite(t)
	x.pol.Load.CollectHours = 1
	crew(x)
	for i := range 205 {
		packed(t, x, fmt.Sprint("o", i), "cj", fmt.Sprintf("TOTE-%05d", i+1))
	}
	x.scan("l", "DOCK-D1")
	x.live.EachBox(func(b *edge.Box) { x.scan("l", b.Waybill) })
	x.act("l", "close", edge.Args{})
	x.now = x.now.Add(2 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Len(t, x.last, 200)
	assert.True(t, x.dec.More)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Len(t, x.last, 5)
	assert.False(t, x.dec.More)
	assert.Equal(t, 205, x.live.Case("K-1").Units)
}

// TestMissedAfterALongSleep: an edge that was off for longer than a parcel is
// watched tells of all of them all the same, and only then forgets them.
func TestMissedAfterALongSleep(t *testing.T) {
	x := gone(t, 8)
	x.now = x.now.Add(15 * 24 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Len(t, x.last, 8)
	for range 3 {
		x.act("l", "help", edge.Args{})
	}
	x.live.EachWatch(func(w *edge.Watch) { t.Errorf("%+v", w) })
	assert.Equal(t, 8, x.live.Case("K-1").Units, "the lead still has them")
}
