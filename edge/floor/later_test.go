package floor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// TestNoBoxOfATripHidesBehindLaterOnes: what has no cut-off is of every trip, and is
// expected before a whole screen of boxes that nobody waits for.
func TestNoBoxOfATripHidesBehindLaterOnes(t *testing.T) {
	x := newSite(t)
	crew(x)
	x.catalogue(&edge.CarrierRecord{ID: "cj", Waybill: edge.WaybillFormat{Format: "cj"}})
	tote := totesFrom(1)
	box := func(id string, cutoff time.Time) string {
		r := order(id, "cj", line{1, 1})
		r.Cutoff = cutoff
		x.record(r)
		require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}}).OK)
		x.follow("p", tote)
		require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack, Orders: []string{id}}).OK)
		x.follow("k", nil)
		return x.live.Order("default", id).Boxes[0]
	}
	for i := range 21 {
		box(fmt.Sprint("later-", i), x.now.Add(30*time.Hour))
	}
	mine := box("mine", time.Time{})
	require.True(t, x.scan("l", "DOCK-D1").OK)
	s := x.screen("l")
	require.Equal(t, 1, s.Truck.Left)
	require.Len(t, s.Expect, 20)
	assert.Equal(t, mine, s.Expect[0].Box)
	assert.False(t, s.Expect[0].Later)
	assert.True(t, s.Expect[1].Later)
}

// TestACageOfALateTruck: the truck stands past its departure. A cage that is begun now is
// of the next trip, but its box is of this one: close waits for it, and so does the screen.
func TestACageOfALateTruck(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	cages(x)
	at := func(h, m int) time.Time { return time.Date(2026, 11, 21, h, m, 0, 0, seoul) }
	x.now = at(17, 0)
	one := due(t, x, "o1", "cj", "TOTE-00001", "", at(18, 0))
	two := due(t, x, "o2", "cj", "TOTE-00002", "", at(18, 0))
	require.True(t, x.scan("l", "DOCK-D1").OK)
	require.True(t, x.scan("l", one.Waybill).OK)
	x.now = at(18, 40)
	require.True(t, x.scan("l2", "CAGE-02").OK)
	require.True(t, x.scan("l2", two.Waybill).OK)
	require.True(t, x.act("l2", "close", edge.Args{}).OK)
	require.Len(t, x.screen("l").Expect, 1)
	assert.False(t, x.screen("l").Expect[0].Later)
	assert.Equal(t, "load.left", x.act("l", "close", edge.Args{}).Say.Key)
	require.True(t, x.scan("l", "CAGE-02").OK)
	assert.Equal(t, edge.Done, x.act("l", "close", edge.Args{}).Code)
}

// TestALaterCageThatIsDueRaisesTheRev: what the truck's screen expects of it is another
// thing once its siren comes first.
func TestALaterCageThatIsDueRaisesTheRev(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	cages(x)
	x.catalogue(&edge.TripRecord{ID: "cj-3", Carrier: "cj", Departs: "23:00"})
	boxes := []*edge.Box{due(t, x, "o1", "cj", "TOTE-00001", "", time.Date(2026, 11, 21, 22, 0, 0, 0, seoul)), due(t, x, "o2", "cj", "TOTE-00002", "", time.Date(2026, 11, 21, 22, 0, 0, 0, seoul))}
	require.True(t, x.scan("l", "CAGE-02").OK)
	for _, b := range boxes {
		require.True(t, x.scan("l", b.Waybill).OK)
	}
	require.True(t, x.act("l", "close", edge.Args{}).OK)
	require.True(t, x.scan("l", "DOCK-D1").OK)
	require.True(t, x.screen("l").Expect[0].Later)
	rev := x.rev["l"]
	changed(x, "o1", "cancel", &edge.OrderChange{})
	require.False(t, x.screen("l").Expect[0].Later)
	assert.Greater(t, x.rev["l"], rev)
}

// TestAListThatIsGivenOutIsTold: nothing but time has passed.
func TestAListThatIsGivenOutIsTold(t *testing.T) {
	for _, mode := range []string{"order", "cluster", "total"} {
		x := newSite(t)
		crew(x)
		three(x)
		l := list("PL-1", mode, "o1", "o2", "o3")
		l.ReleaseAt = x.now.Add(10 * time.Minute)
		x.record(l)
		tick := func(after time.Duration) []string {
			x.now = x.now.Add(after)
			x.send(&edge.Message{Kind: edge.Tick})
			return x.dec.Touched
		}
		assert.NotContains(t, tick(9*time.Minute), floor.Everyone, mode)
		require.Empty(t, x.screen("p").Work)
		assert.Contains(t, tick(90*time.Second), floor.Everyone, mode)
		require.NotEmpty(t, x.screen("p").Work)
		assert.NotContains(t, tick(3*time.Minute), floor.Everyone, mode)
	}
}
