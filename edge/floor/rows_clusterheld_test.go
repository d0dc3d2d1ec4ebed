package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// clusterHeldApart is a walk over o1 and o2 of which o1 is held with nothing in its tote,
// and one piece of o2 is left, in the hand.
func clusterHeldApart(x *site) {
	clustered(x)
	hold(x, "o1")
	x.scan("p", "EA-1")
	x.scan("p", "TOTE-00002")
	x.scan("p", "EA-1")
}

// clusterHeldInPart is the same with one of the three pieces of o1 in its tote.
func clusterHeldInPart(x *site) {
	clustered(x)
	x.scan("p", "EA-1")
	x.scan("p", "TOTE-00001")
	hold(x, "o1")
	x.scan("p", "EA-1")
	x.scan("p", "TOTE-00002")
	x.scan("p", "EA-1")
}

func TestRowsOfHeldOrdersOfACluster(t *testing.T) {
	allHeld := func(x *site) { clustered(x); hold(x, "o1"); hold(x, "o2") }
	onlyHeld := func(x *site) {
		clustered(x)
		x.scan("p", "EA-1")
		x.scan("p", "TOTE-00001")
		for range 2 {
			x.scan("p", "EA-1")
			x.scan("p", "TOTE-00002")
		}
		hold(x, "o1")
	}
	runRows(t, []flowRow{
		{row: "2.2-13", name: "the last piece of the others ends the walk", set: clusterHeldApart, scan: "TOTE-00002",
			code: edge.Done, say: "pick.clusterDone", step: "", events: "pick.confirmed work.moved tote.released work.finished"},
		{row: "2.2-13", name: "and so where the held one has goods", set: clusterHeldInPart, scan: "TOTE-00002",
			code: edge.Done, say: "pick.clusterDone", step: "", events: "pick.confirmed work.moved work.finished"},
		{row: "2.2-9", name: "a short of the others ends it", set: func(x *site) { clusterHeldApart(x); x.act("p", "undo", edge.Args{}) }, act: "short", args: edge.Args{Reason: "none"},
			code: edge.Done, say: "pick.clusterDone", step: "", events: "pick.short count.asked work.moved tote.released work.finished"},
		{row: "2.2-13", name: "only held pieces are left: close", set: onlyHeld, act: "close",
			code: edge.Done, say: "pick.clusterDone", step: "", events: "work.moved work.finished"},
		{row: "2.2-13", name: "or they are waited for", set: func(x *site) { onlyHeld(x); release(x, "o1") }, scan: "EA-2",
			code: edge.OK, say: "pick.into", step: "into", events: "step.confirmed"},
		{row: "2.2-13", name: "all of it is held: it is put down", set: allHeld, act: "close",
			code: edge.OK, say: "work.left", step: "", events: "tote.released tote.released work.left"},
		{row: "2.2-2", name: "no tote is asked for what is held", set: func(x *site) {
			x.record(order("o1", "cj", line{1, 1}))
			x.record(order("o2", "cj", line{1, 2}))
			x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster"})
			hold(x, "o1")
		}, scan: "TOTE-00001", code: edge.OK, say: "pick.tote", step: "item", events: "tote.bound"},
	})
}

// TestAHeldOrderLeavesItsCluster: its tote with goods is put aside, whoever picks is told
// which; nobody goes on with it before it is released, and then anybody does.
func TestAHeldOrderLeavesItsCluster(t *testing.T) {
	for _, way := range []string{"start", "its tote"} {
		t.Run(way, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			clusterHeldInPart(x)
			require.Equal(t, edge.Says("pick.clusterDone", edge.N("n", 1)), x.scan("p", "TOTE-00002").Say)
			assert.Equal(t, []edge.Notice{{Worker: "p", Code: edge.Hold,
				Say: edge.Says("pick.heldTote", edge.T("order", "o1"), edge.T("tote", "TOTE-00001"))}}, x.dec.Notices)
			o := x.live.Order("default", "o1")
			assert.Equal(t, []any{edge.StagePicking, "", "wms", []string{"TOTE-00001"}}, []any{o.Stage, o.Work, o.Held, o.Totes})
			assert.Equal(t, edge.StagePicked, x.live.Order("default", "o2").Stage)
			assert.Equal(t, edge.Hold, x.scan("p2", "TOTE-00001").Code)
			assert.Equal(t, edge.Unexpected, x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}}).Code)

			release(x, "o1")
			assert.Contains(t, bare(x.screen("p2").Work), edge.Waiting{Flow: edge.Pick, Mode: "order", Waiting: 2}, "it waits beside o3")
			if way == "start" {
				require.Equal(t, "pick.resumed", x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}}).Say.Key)
			} else {
				require.Equal(t, "pick.resumed", x.scan("p2", "TOTE-00001").Say.Key)
			}
			x.follow("p2", nil)
			require.True(t, x.scan("k", "TOTE-00001").OK)
			x.follow("k", nil)
			assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}

// TestAnOrderReleasedWhileItsClusterIsPicked goes on with the walk as if nothing had been;
// a piece that was in the hand is for it again.
func TestAnOrderReleasedWhileItsClusterIsPicked(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	clustered(x)
	x.scan("p", "EA-1")
	hold(x, "o1")
	require.Equal(t, edge.Says("pick.into", edge.T("tote", "TOTE-00002")), x.scan("p", "EA-1").Say, "the walk goes on")
	require.True(t, x.scan("p", "TOTE-00002").OK)
	release(x, "o1")
	x.follow("p", nil)
	for _, id := range []string{"o1", "o2"} {
		assert.Equal(t, edge.StagePicked, x.live.Order("default", id).Stage)
	}
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestAHeldOrderOfAClusterThatIsDropped: the others' totes go to their place.
func TestAHeldOrderOfAClusterThatIsDropped(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.pol.Pick.Drop = "LOC-L6"
	clusterHeldInPart(x)
	x.scan("p", "TOTE-00002")
	require.Equal(t, "drop", x.screen("p").Step)
	require.Equal(t, "pick.clusterDone", x.scan("p", "LOC-L6").Say.Key)
	assert.Equal(t, edge.StagePicking, x.live.Order("default", "o1").Stage)
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "o2").Stage)
	rebuilt(t, x)
}

// TestACancelledOrderThatLeftItsClusterHeld: what lies in its tote is brought back.
func TestACancelledOrderThatLeftItsClusterHeld(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	clusterHeldInPart(x)
	x.scan("p", "TOTE-00002")
	cancelO1(x)
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK)
	x.follow("p2", nil)
	assert.Nil(t, x.live.Tote("TOTE-00001"))
	rebuilt(t, x)
}

// TestAnOrderThatTwoPutDown: whoever left it first sees its tote again.
func TestAnOrderThatTwoPutDown(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	begun(x, line{1, 2})
	x.record(order("o2", "cj", line{2, 1}))
	x.scan("p", "EA-1")
	require.True(t, x.act("p", "leave", edge.Args{}).OK)
	require.True(t, x.scan("p2", "TOTE-00001").OK)
	assert.Equal(t, []edge.Expect{{Kind: "tote"}}, x.screen("p").Expect)
	require.True(t, x.act("p2", "leave", edge.Args{}).OK)
	assert.Contains(t, x.dec.Touched, "p")
	assert.Equal(t, "TOTE-00001", x.screen("p").Expect[0].Code)
}
