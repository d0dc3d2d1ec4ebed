package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// shortOnly has the picker call the only line of o1 short, with one of its three found.
func shortOnly(t *testing.T, policy string, found int) (*site, edge.Verdict) {
	x := newSite(t)
	crew(x)
	x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: policy, WaitMinutes: 30})
	begun(x, line{1, 3})
	return x, x.act("p", "short", edge.Args{Found: n(found), Reason: "none"})
}

// TestAShortSaysWhatBecomesOfItsOrder: whoever picks does not guess whether the order is
// held, goes on, waits, or is no more.
func TestAShortSaysWhatBecomesOfItsOrder(t *testing.T) {
	o1 := edge.T("order", "o1")
	for name, c := range map[string]struct {
		policy string
		found  int
		want   edge.Say
	}{
		"held":                  {"hold", 1, edge.Says("pick.shortHeld", o1, edge.N("missing", 2))},
		"goes on with the rest": {"partShip", 1, edge.Says("pick.shortGoes", o1, edge.N("missing", 2))},
		"the line is cancelled": {"cancelLine", 1, edge.Says("pick.shortCancelled", o1, edge.N("missing", 2))},
		"waits":                 {"wait", 1, edge.Says("pick.waits", o1, edge.N("missing", 2), edge.N("minutes", 30))},
		"nothing is left of it": {"hold", 0, edge.Says("pick.nothing", o1)},
	} {
		t.Run(name, func(t *testing.T) {
			_, v := shortOnly(t, c.policy, c.found)
			require.Equal(t, edge.Done, v.Code)
			assert.Equal(t, c.want, v.Say)
		})
	}
}

// TestAShortInAWalkSaysSoToo: the verdict is about all orders of the walk, so a notice is
// about the one that was short.
func TestAShortInAWalkSaysSoToo(t *testing.T) {
	for policy, want := range map[string]edge.Notice{
		"hold":     {Worker: "p", Code: edge.Hold, Say: edge.Says("pick.shortHeld", edge.T("order", "o2"), edge.N("missing", 1))},
		"partShip": {Worker: "p", Code: edge.OK, Say: edge.Says("pick.shortGoes", edge.T("order", "o2"), edge.N("missing", 1))},
	} {
		t.Run(policy, func(t *testing.T) {
			x := newSite(t)
			crew(x)
			x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: policy})
			x.record(order("o1", "cj", line{1, 1}))
			x.record(order("o2", "cj", line{1, 2}))
			require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster"}).OK)
			x.scan("p", "TOTE-00001")
			x.scan("p", "TOTE-00002")
			for _, tote := range []string{"TOTE-00001", "TOTE-00002"} {
				require.True(t, x.scan("p", "EA-1").OK)
				require.True(t, x.scan("p", tote).OK)
			}
			v := x.act("p", "short", edge.Args{Reason: "none"})
			require.Equal(t, "pick.clusterDone", v.Say.Key)
			assert.Equal(t, []edge.Notice{want}, x.dec.Notices)
		})
	}
}

// TestALoaderFindsWhatMayNotRide: a box that waits for its new label stands in the list
// of the truck, before the others, with its order and why; never with a number.
func TestALoaderFindsWhatMayNotRide(t *testing.T) {
	x := newSite(t)
	crew(x)
	for i, id := range []string{"o1", "o2", "o3"} {
		packed(t, x, id, "cj", "TOTE-0000"+string(rune('1'+i)))
	}
	stale := x.live.Order("default", "o3").Boxes[0]
	number := x.live.Box(stale).Waybill
	x.scan("l", "DOCK-D1")
	for _, m := range x.screen("l").Truck.Missing {
		assert.Equal(t, [2]string{}, [2]string{m.Order, m.Why}, "its number leads to it")
	}
	x.record(&edge.OrderChange{ID: "r1", Rev: 1, Order: "o3", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
	s := x.screen("l")
	require.Len(t, s.Truck.Missing, 3)
	m := s.Truck.Missing[0]
	assert.Equal(t, []string{stale, "o3", "oldLabel", ""}, []string{m.Box, m.Order, m.Why, m.Waybill})
	assert.Equal(t, 2, s.Truck.Left)
	for _, e := range s.Expect {
		assert.NotEqual(t, number, e.Code)
	}
	hold(x, "o1")
	s = x.screen("l")
	require.Len(t, s.Truck.Missing, 3)
	assert.Equal(t, [2]string{"o1", "held"}, [2]string{s.Truck.Missing[0].Order, s.Truck.Missing[0].Why}, "by cut-off among themselves")
	assert.Empty(t, s.Truck.Missing[2].Why)
	x.act("l", "close", edge.Args{Reason: "missing"})
	for _, m := range x.live.Truck("K-1").Missing {
		assert.Equal(t, [2]string{}, [2]string{m.Order, m.Why}, "the event is as before")
	}
}

// TestALaterTripStandsLast: what is for this trip comes first, and what is not is told
// apart; it moves no rev by that.
func TestALaterTripStandsLast(t *testing.T) {
	x := newSite(t)
	crew(x)
	cages(x)
	due(t, x, "o1", "cj", "TOTE-00001", "", at(x, 20))
	x.scan("l", "DOCK-D1")
	s := x.screen("l")
	require.Len(t, s.Expect, 1)
	assert.True(t, s.Expect[0].Later)
	assert.Zero(t, s.Task.Of, "nothing of this trip")
	due(t, x, "o2", "cj", "TOTE-00002", "", at(x, 18))
	packed(t, x, "o3", "cj", "TOTE-00003")
	s = x.screen("l")
	require.Len(t, s.Expect, 3)
	assert.Equal(t, []bool{false, false, true}, []bool{s.Expect[0].Later, s.Expect[1].Later, s.Expect[2].Later})
	assert.Equal(t, "B-1", s.Expect[2].Box)
	v := x.scan("l", x.live.Box("B-1").Waybill)
	assert.Equal(t, edge.OK, v.Code, "it may ride all the same")
}

// TestTheSameTripOfAnotherDay: two departures of one trip are told apart by their times.
func TestTheSameTripOfAnotherDay(t *testing.T) {
	x := newSite(t)
	crew(x)
	cages(x)
	due(t, x, "o1", "cj", "TOTE-00001", "", at(x, 20))
	due(t, x, "o2", "cj", "TOTE-00002", "", at(x, 20+24))
	x.scan("l", "CAGE-01")
	require.True(t, x.scan("l", x.live.Box("B-1").Waybill).OK)
	v := x.scan("l", x.live.Box("B-2").Waybill)
	require.Equal(t, edge.Wrong, v.Code)
	day := at(x, 21).Format(edge.TimeLayout)
	next := at(x, 21+24).Format(edge.TimeLayout)
	assert.Equal(t, edge.Says("load.wrongTrip", edge.T("expected", "cj-2"), edge.T("scanned", "cj-2"), edge.T("expectedAt", day), edge.T("scannedAt", next)), v.Say)
}
