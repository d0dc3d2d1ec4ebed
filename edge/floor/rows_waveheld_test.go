package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

func hold(x *site, order string)    { changed(x, order, "hold", &edge.OrderChange{}) }
func release(x *site, order string) { changed(x, order, "release", &edge.OrderChange{}) }

// heldApart is a wave of which o1 is held with nothing of it in the tote, and one
// piece of o2 is left.
func heldApart(x *site) {
	waved(x)
	hold(x, "o1")
	x.scan("p", "EA-1")
}

// heldInPart is a wave of which o1 is held with one of its two pieces in the tote, and
// one piece of o2 is left.
func heldInPart(x *site) {
	waved(x)
	x.scan("p", "EA-1")
	x.scan("p", "EA-1")
	hold(x, "o1")
}

func TestRowsOfHeldOrdersOfAWave(t *testing.T) {
	onlyHeld := func(x *site) { waved(x); x.scan("p", "CS-1"); hold(x, "o1") }
	runRows(t, []flowRow{
		{row: "2.3-2", name: "the last piece of the others ends the wave", set: heldApart, scan: "EA-1",
			code: edge.Done, say: "pick.waveDone", step: "", events: "pick.confirmed work.moved work.finished"},
		{row: "2.3-2", name: "a short of the others ends it", set: heldApart, act: "short", args: edge.Args{Reason: "none"},
			code: edge.Done, say: "pick.waveDone", step: "", events: "pick.short count.asked work.moved work.finished"},
		{row: "2.3-2", name: "what lies in the tote of a held order goes to the wall", set: heldInPart, scan: "EA-1",
			code: edge.Done, say: "pick.waveDone", step: "", events: "pick.confirmed work.finished order.changed"},
		{row: "2.3-2", name: "only held pieces are left: close", set: onlyHeld, act: "close",
			code: edge.Done, say: "pick.waveDone", step: "", events: "work.finished order.changed"},
		{row: "2.3-2", name: "or they are waited for", set: onlyHeld, act: "leave",
			code: edge.OK, say: "work.left", step: "", events: "work.left"},
		{row: "2.3-2", name: "all of it is held, nothing was picked", set: func(x *site) { waved(x); hold(x, "o1"); hold(x, "o2") }, act: "close",
			code: edge.Done, say: "pick.waveDone", step: "", events: "tote.released work.finished"},
	})
}

func TestRowsOfAWaveThatWasPutDown(t *testing.T) {
	left := func(x *site) { waved(x); x.scan("p", "EA-1"); x.act("p", "leave", edge.Args{}) }
	fetched := func(x *site) { left(x); x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total"}) }
	runRows(t, []flowRow{
		{row: "2.3-2", name: "begun with start: its tote is fetched first", who: "p2", set: left, act: "start", args: edge.Args{Flow: edge.Pick, Mode: "total"},
			code: edge.OK, say: "pick.fetchTote", step: "tote", events: "work.moved"},
		{row: "2.3-2", name: "another tote", who: "p2", set: fetched, scan: "TOTE-00002", code: edge.Wrong, say: "pick.wrongTote", step: "tote", events: "scan.refused"},
		{row: "2.3-2", name: "its tote", who: "p2", set: fetched, scan: "TOTE-00001", code: edge.OK, say: "pick.rightTote", step: "item", events: "step.confirmed"},
		{row: "2.3-2", name: "it is nowhere: what lies in it is held, the rest is picked without it", who: "p2", set: fetched, act: "skip", code: edge.OK, say: "pick.toteMissing", events: "work.moved work.left order.changed"},
		{row: "2.3-2", name: "begun with its tote", who: "p2", set: left, scan: "TOTE-00001", code: edge.OK, say: "pick.waveStarted", step: "item", events: "work.moved"},
	})
}

// TestAHeldOrderLeavesItsWave: nothing of it lies in the tote. It waits by itself, and once
// it is released it is picked as any other.
func TestAHeldOrderLeavesItsWave(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	heldApart(x)
	x.scan("p", "EA-1")
	o := x.live.Order("default", "o1")
	assert.Equal(t, []any{edge.StageReceived, "", "", "wms"}, []any{o.Stage, o.Wave, o.Work, o.Held})
	assert.Equal(t, []string{"o2"}, x.live.Tote("TOTE-00001").Orders)
	require.True(t, x.scan("p", "TOTE-00001").OK)
	x.follow("p", nil)
	assert.Nil(t, x.live.Tote("TOTE-00001"), "the wave is parted")

	release(x, "o1")
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total"}).OK)
	assert.Equal(t, []string{"o1"}, x.screen("p2").Task.Orders)
	x.follow("p2", totesFrom(20))
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestAHeldOrderAtTheWall: pieces of it lay in the tote. They wait in its cell, and once it
// is released the rest is picked to them.
func TestAHeldOrderAtTheWall(t *testing.T) {
	for _, first := range []string{"released", "parted"} {
		t.Run(first, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			heldInPart(x)
			x.scan("p", "EA-1")
			if first == "released" {
				release(x, "o1")
				assert.NotContains(t, bare(x.screen("p2").Work), edge.Waiting{Flow: edge.Pick, Mode: "order", Waiting: 1}, "its goods are not in a cell yet")
			}
			require.True(t, x.scan("p", "TOTE-00001").OK)
			for n := 0; x.screen("p").Flow != edge.Idle; n++ {
				require.Less(t, n, 20)
				v := x.scan("p", x.screen("p").Expect[0].Code)
				require.True(t, v.OK, "%+v", v)
				if e := x.last[0]; e.Type == edge.EvPut && e.Order == "o1" {
					assert.Equal(t, "put.done", v.Say.Key, "its cell is not complete")
				}
			}
			assert.Nil(t, x.live.Tote("TOTE-00001"), "the wave is parted")
			o := x.live.Order("default", "o1")
			assert.Equal(t, []any{edge.StagePicking, ""}, []any{o.Stage, o.Wave})
			require.Len(t, o.Totes, 1)
			cell := "CELL-" + o.Totes[0]
			if first == "parted" {
				assert.False(t, x.scan("k", cell).OK, "not while it is held")
				assert.False(t, x.act("p2", "start", edge.Args{Flow: edge.Pick}).OK)
				release(x, "o1")
				assert.Contains(t, x.dec.Touched, floor.Everyone, "who waits for work sees it")
			}
			require.Equal(t, "pick.resumed", x.act("p2", "start", edge.Args{Flow: edge.Pick}).Say.Key)
			assert.Equal(t, "S2", x.screen("p2").Expect[0].SKU)
			x.follow("p2", nil)
			require.True(t, x.scan("k", cell).OK)
			x.follow("k", nil)
			for _, l := range x.live.Order("default", "o1").Lines {
				assert.Equal(t, 1, l.Packed)
			}
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}

// TestAWaveOfHeldOrdersThatWasPutDown is finished by whoever is sent for it.
func TestAWaveOfHeldOrdersThatWasPutDown(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	waved(x)
	x.scan("p", "CS-1")
	require.True(t, x.act("p", "leave", edge.Args{}).OK)
	hold(x, "o1")
	require.NotEmpty(t, x.screen("p2").Work)
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total"}).OK)
	x.follow("p2", nil)
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "o2").Stage)
	rebuilt(t, x)
}

// TestAHeldOrderOfAWaveInZones: it keeps the tote in no zone.
func TestAHeldOrderOfAWaveInZones(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	zoned(x)
	x.record(order("o2", "cj", line{1, 2}, line{3, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: "A"})
	x.scan("p", "TOTE-00001")
	hold(x, "o1")
	x.scan("p", "EA-1")
	assert.Equal(t, "pick.passed", x.scan("p", "EA-1").Say.Key)
	require.True(t, x.scan("p2", "TOTE-00001").OK)
	assert.Equal(t, edge.Says("pick.waveDone", edge.N("n", 1)), x.scan("p2", "EA-3").Say)
	assert.Equal(t, edge.StageReceived, x.live.Order("default", "o1").Stage)
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestPickedAfterItsWave: what is picked to the cell of an order whose wave's tote is
// still in use lies in the cell: it is not looked for in the tote.
func TestPickedAfterItsWave(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	heldInPart(x)
	x.scan("p", "EA-1")
	release(x, "o1")
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	require.Equal(t, "o1", x.live.WorkOf("p").Order)
	require.True(t, x.scan("p", x.screen("p").Expect[0].Code).OK)
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick}).OK)
	require.True(t, x.scan("p2", "EA-2").OK)
	changed(x, "o1", "cancel", &edge.OrderChange{})
	x.scan("k", "CELL-"+x.live.Order("default", "o1").Totes[0])
	x.act("k", "ack", edge.Args{})
	for _, e := range typed(x.events, edge.EvReplenish) {
		assert.Empty(t, e.Data.(*edge.StockEvent).Totes, "%+v", e.Data)
	}
	assert.Len(t, typed(x.events, edge.EvReplenish), 2)
	x.follow("p", nil)
	assert.Nil(t, x.live.Tote("TOTE-00001"))
	rebuilt(t, x)
}

// TestOneOfTwoPiecesIsNoSingle: one piece of a released order lies in the wave's tote, the
// other is still to be picked: no desk takes the one for the whole order.
func TestOneOfTwoPiecesIsNoSingle(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	waved(x)
	x.scan("p", "CS-1")
	x.act("p", "undo", edge.Args{})
	for range 2 { // o1's, then the first of o2's two
		x.scan("p", "EA-1")
	}
	hold(x, "o2")
	require.Equal(t, "pick.waveDone", x.scan("p", "EA-2").Say.Key)
	release(x, "o2")
	assert.Equal(t, "start.noWork", x.act("k", "start", edge.Args{Flow: edge.Pack, Mode: "single"}).Say.Key)
	rebuilt(t, x)
}

// TestLessOfAHeldOrderAtTheWall: what lay in the wave's tote of an order is wanted no
// more, or the rest is: nothing waits for what does not come.
func TestLessOfAHeldOrderAtTheWall(t *testing.T) {
	atWall := func(t *testing.T) *site {
		x := newSite(t)
		x.deep = true
		crew(x)
		heldInPart(x)
		x.scan("p", "EA-1")
		x.scan("p", "TOTE-00001")
		return x
	}
	t.Run("what lay in the tote", func(t *testing.T) {
		x := atWall(t)
		changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "1"})
		release(x, "o1")
		require.Equal(t, edge.Idle, x.screen("p2").Flow)
		require.Equal(t, "pick.started", x.act("p2", "start", edge.Args{Flow: edge.Pick}).Say.Key)
		x.follow("p2", totesFrom(20))
		assert.Equal(t, edge.StagePicked, x.live.Order("default", "o1").Stage)
		rebuilt(t, x)
	})
	for _, when := range []string{"before it is put", "in its cell"} {
		t.Run("the rest, "+when, func(t *testing.T) {
			x := atWall(t)
			if when == "in its cell" {
				x.follow("p", nil)
			}
			changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "2"})
			assert.Equal(t, edge.StagePicked, x.live.Order("default", "o1").Stage)
			release(x, "o1")
			x.follow("p", nil)
			require.True(t, x.scan("k", "CELL-"+x.live.Order("default", "o1").Totes[0]).OK)
			x.follow("k", nil)
			assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}

// TestTooMuchOfOthersGoesBackToo: the last order that wanted something of a wave's tote is
// cancelled. What lies in it of another, which wants it no more, is brought back as well.
func TestTooMuchOfOthersGoesBackToo(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	parted(x)
	x.scan("p", "EA-2")
	require.True(t, x.scan("p", "CELL-W1-1").OK)
	changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "1"})
	require.True(t, x.act("p", "leave", edge.Args{}).OK)
	changed(x, "o2", "cancel", &edge.OrderChange{})
	back := 0
	x.live.EachMove(func(m *edge.MoveTask) { back += m.Quantity })
	assert.Equal(t, 3, back)
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK)
	x.follow("p2", nil)
	if x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK {
		x.follow("p2", nil)
	}
	assert.Nil(t, x.live.Tote("TOTE-00001"))
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestAHeldOrderOfWhichOnlyTooMuchWasPicked: nothing of it is for the wall, and the tote
// may hold nothing else: what it wants no more goes back.
func TestAHeldOrderOfWhichOnlyTooMuchWasPicked(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	waved(x)
	x.scan("p", "EA-1")
	x.scan("p", "EA-1")
	changed(x, "o2", "cancel", &edge.OrderChange{})
	hold(x, "o1")
	changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "1"})
	require.Equal(t, "pick.waveDone", x.act("p", "close", edge.Args{}).Say.Key)
	changed(x, "o1", "cancel", &edge.OrderChange{})
	back := 0
	x.live.EachMove(func(m *edge.MoveTask) { back += m.Quantity })
	assert.Equal(t, 2, back)
	for x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK {
		x.follow("p2", nil)
	}
	assert.Nil(t, x.live.Tote("TOTE-00001"))
	checkEvents(t, x.events)
	rebuilt(t, x)
}
