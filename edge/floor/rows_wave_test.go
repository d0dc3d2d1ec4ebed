package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// wall is a put wall of two cells and a wave of two orders.
func wall(x *site) {
	x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"}, &edge.CellRecord{ID: "W1-2", Barcode: "CELL-W1-2"})
	x.record(order("o1", "cj", line{1, 1}, line{2, 1}))
	x.record(order("o2", "cj", line{1, 2}))
}

func waved(x *site) {
	wall(x)
	x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
	x.scan("p", "TOTE-00001")
}

func parted(x *site) {
	waved(x)
	for range 3 {
		x.scan("p", "EA-1")
	}
	x.scan("p", "EA-2")
	x.scan("p", "TOTE-00001")
}

// tooMany is a wall at which a piece is in the tote that was picked beyond what was
// counted.
func tooMany(x *site) {
	parted(x)
	x.scan("p", "EA-2")
	x.scan("p", x.screen("p").Expect[0].Code)
	x.scan("p", "EA-2")
}

// TestSurplusAtTheWall: a piece that no order wants is not left to a tote of which nobody
// knows: somebody brings it back, and its place is counted, once however many there are.
func TestSurplusAtTheWall(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	stock(x, "S2", "L2", "", "", 9)
	parted(x)
	assert.NotContains(t, x.screen("p").Actions, "confirm")
	x.scan("p", "EA-2")
	require.True(t, x.scan("p", x.screen("p").Expect[0].Code).OK)
	for range 2 {
		require.Equal(t, "put.over", x.scan("p", "EA-2").Say.Key)
		require.Contains(t, x.screen("p").Actions, "confirm")
		require.True(t, x.act("p", "confirm", edge.Args{Reason: "surplus"}).OK)
		assert.NotContains(t, x.screen("p").Actions, "confirm", "it is put down")
	}
	moves, counts := typed(x.events, edge.EvReplenish), typed(x.events, edge.EvCountAsked)
	require.Len(t, moves, 2)
	assert.Equal(t, edge.StockEvent{Task: "P-1", SKU: "S2", Quantity: 1, To: "L2", Reason: "surplus"}, *moves[0].Data.(*edge.StockEvent))
	require.Len(t, counts, 1)
	c := counts[0].Data.(*edge.StockEvent)
	assert.Equal(t, []string{"L2", "S2", "surplus"}, []string{c.Location, c.SKU, c.Reason})
	x.hire("m", edge.Picker)
	require.True(t, x.act("m", "start", edge.Args{Flow: edge.Replenish}).OK)
	x.follow("m", nil)
	assert.Len(t, typed(x.events, edge.EvStockMoved), 1)
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestTwoHandsForOnePiece: two part a wave and both hold the last piece that an order
// wants; the second is told at the cell, and puts it with the surplus.
func TestTwoHandsForOnePiece(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	waved(x)
	x.scan("p", "EA-1")
	x.act("p", "addTote", edge.Args{})
	x.scan("p", "TOTE-00002")
	x.follow("p", nil)
	require.True(t, x.scan("p", "TOTE-00001").OK)
	require.True(t, x.scan("p2", "TOTE-00002").OK)
	require.True(t, x.scan("p", "EA-2").OK)
	require.True(t, x.scan("p2", "EA-2").OK)
	cell := x.screen("p2").Expect[0].Code
	require.True(t, x.scan("p2", cell).OK)
	assert.Equal(t, edge.Says("put.over", edge.T("scanned", "S2")), x.scan("p", cell).Say)
	assert.Equal(t, "item", x.screen("p").Step)
	require.True(t, x.act("p", "confirm", edge.Args{Reason: "surplus"}).OK)
	x.follow("p", nil)
	x.follow("p2", nil)
	for _, o := range []string{"o1", "o2"} {
		assert.Empty(t, x.live.Order("default", o).Wave, o)
	}
	checkEvents(t, x.events)
	rebuilt(t, x)
}

func TestRowsOfWaves(t *testing.T) {
	runRows(t, []flowRow{
		{row: "2.3-2", name: "a wave begins with its tote", set: wall, act: "start", args: edge.Args{Flow: edge.Pick, Mode: "total"},
			code: edge.OK, say: "pick.waveStarted", step: "tote", events: "work.started"},
		{row: "2.3-2", name: "the wave's tote", set: func(x *site) { wall(x); x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"}) }, scan: "TOTE-00001",
			code: edge.OK, say: "pick.tote", step: "item", events: "tote.bound"},
		{row: "2.3-2", name: "a case for two orders", set: waved, scan: "CS-1", code: edge.Done, say: "pick.lineDone", step: "item", events: "pick.confirmed pick.confirmed"},
		{row: "2.3-2", name: "more than all want", set: func(x *site) { waved(x); x.scan("p", "EA-1") }, scan: "CS-1", code: edge.Over, say: "pick.over", step: "item", events: "scan.refused"},
		{row: "2.3-2", name: "taken back", set: func(x *site) { waved(x); x.scan("p", "CS-1") }, act: "undo", code: edge.OK, say: "undo.done", step: "item", events: "pick.undone pick.undone"},
		{row: "2.3-2", name: "short: the last order goes without", set: func(x *site) { waved(x); x.scan("p", "EA-1"); x.scan("p", "EA-1") }, act: "short",
			args: edge.Args{Reason: "none"}, code: edge.Done, say: "pick.short", step: "item", events: "pick.short count.asked"},
		{row: "2.3-2", name: "the last piece ends the wave", set: func(x *site) { waved(x); x.scan("p", "CS-1") }, scan: "EA-2",
			code: edge.Done, say: "pick.waveDone", step: "", events: "pick.confirmed work.finished"},
		{row: "2.3-3", name: "the wave's tote at the wall", set: func(x *site) { waved(x); x.scan("p", "CS-1"); x.scan("p", "EA-2") }, scan: "TOTE-00001",
			code: edge.OK, say: "put.started", step: "item", events: "work.started"},
		{row: "2.3-3", name: "an item names its cell", set: parted, scan: "EA-1", code: edge.OK, say: "put.item", step: "cell", events: "step.confirmed"},
		{row: "2.3-3", name: "an item that no order wants", set: parted, scan: "EA-3", code: edge.Over, say: "put.over", step: "item", events: "scan.refused"},
		{row: "2.3-3", name: "it goes into the surplus tote: it is brought back, its place is counted", set: func(x *site) { parted(x); x.scan("p", "EA-3") }, act: "confirm",
			args: edge.Args{Reason: "surplus"}, code: edge.OK, say: "put.surplus", step: "item", events: "step.confirmed replenish.asked"},
		{row: "2.3-3", name: "one too many of what orders wanted", set: tooMany, act: "confirm", args: edge.Args{Reason: "surplus"},
			code: edge.OK, say: "put.surplus", step: "item", events: "step.confirmed replenish.asked count.asked"},
		{row: "2.3-3", name: "nothing was refused", set: parted, act: "confirm", args: edge.Args{Reason: "surplus"}, code: edge.Unexpected, say: "act.unexpected", step: "item", events: "scan.refused"},
		{row: "2.3-3", name: "a case that only in part is too many", set: func(x *site) { parted(x); x.scan("p", "EA-1"); x.scan("p", "CELL-W1-1"); x.scan("p", "CS-1") }, act: "confirm",
			args: edge.Args{Reason: "surplus"}, code: edge.Unexpected, say: "act.unexpected", step: "item", events: "scan.refused"},
		{row: "2.3-3", name: "into its cell", set: func(x *site) { parted(x); x.scan("p", "EA-1") }, scan: "CELL-W1-1", code: edge.OK, say: "put.done", step: "item", events: "put.confirmed"},
		{row: "2.3-3", name: "into another's", set: func(x *site) { parted(x); x.scan("p", "EA-1") }, scan: "CELL-W1-2", code: edge.Wrong, say: "put.wrongCell", step: "cell", events: "scan.refused"},
		{row: "2.3-3", name: "thought better of", set: func(x *site) { parted(x); x.scan("p", "EA-1") }, act: "undo", code: edge.OK, say: "undo.done", step: "item", events: "step.confirmed"},
		{row: "2.3-3", name: "the wall is full", set: func(x *site) {
			parted(x)
			x.scan("p", "EA-1")
			x.scan("p", "CELL-W1-1")
			e := x.cat.Edit()
			_, _ = e.Put(&edge.CellRecord{ID: "W1-2", Barcode: "CELL-W1-2"}, true)
			x.cat = e.Snapshot()
		}, scan: "EA-1", code: edge.Hold, say: "put.wallFull", step: "item", events: "scan.refused"},
		{row: "2.3-4", name: "a cell is complete", set: func(x *site) {
			parted(x)
			x.scan("p", "EA-1")
			x.scan("p", "CELL-W1-1")
			x.scan("p", "EA-2")
		}, scan: "CELL-W1-1", code: edge.Done, say: "put.cellDone", step: "item", events: "put.confirmed"},
		{row: "2.3-3", name: "something is missing from an empty tote: it is picked again", set: func(x *site) { parted(x); x.scan("p", "EA-1"); x.scan("p", "CELL-W1-1") },
			act: "close", args: edge.Args{Reason: "missing"}, code: edge.Done, say: "put.closedOpen", step: "",
			events: "pick.undone order.changed pick.undone order.changed tote.released work.finished"},
	})
}

// A full wall is waited for: nothing is expected that could only be refused, and the
// box that empties a cell brings the screen back.
func TestFullWallIsWaitedFor(t *testing.T) {
	x := newSite(t)
	crew(x)
	parted(x)
	e := x.cat.Edit()
	_, err := e.Put(&edge.CellRecord{ID: "W1-2"}, true)
	require.NoError(t, err)
	x.cat = e.Snapshot()
	for n := 0; x.screen("p").Step != "wallFull"; n++ {
		require.Less(t, n, 20, "%+v", x.screen("p"))
		require.True(t, x.scan("p", x.screen("p").Expect[0].Code).OK, "what is expected is taken: %+v", x.screen("p"))
	}
	s := x.screen("p")
	require.Empty(t, s.Expect)
	require.Equal(t, []string{"help", "leave"}, s.Actions)
	x.act("k", "start", edge.Args{Flow: edge.Pack})
	x.follow("k", nil)
	assert.Equal(t, "item", x.screen("p").Step)
	assert.Greater(t, x.screen("p").Rev, s.Rev)
	assert.True(t, x.scan("p", x.screen("p").Expect[0].Code).OK)
}

func TestWaveThroughWallToBox(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	parted(x)
	assert.Equal(t, 0, len(x.screen("k").Work), "nothing to pack before a cell is full")
	x.follow("p", nil)
	assert.Nil(t, x.live.Tote("TOTE-00001"), "the wave's tote is free")
	for _, id := range []string{"o1", "o2"} {
		require.Equal(t, edge.StagePicked, x.live.Order("default", id).Stage, id)
	}
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
	e := x.screen("k").Expect[0]
	assert.Equal(t, edge.Expect{Kind: "cell", Code: "CELL-W1-1"}, e, "the packer takes the cell")
	x.follow("k", nil)
	require.True(t, x.scan("k", "CELL-W1-2").OK)
	x.follow("k", nil)
	for _, id := range []string{"o1", "o2"} {
		assert.Equal(t, edge.StagePacked, x.live.Order("default", id).Stage, id)
	}
	assert.Nil(t, x.live.Tote("W1-1"), "the cells are free")
}

// TestARepickLooksForShortsAgain: who goes for a piece that was lost looks for what was
// short of the line too, and what is not there then is short once.
func TestARepickLooksForShortsAgain(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	wall(x)
	changed(x, "o1", "cancel", &edge.OrderChange{})
	x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	require.True(t, x.act("p", "short", edge.Args{Reason: "none"}).OK)
	x.scan("p", "TOTE-00001")
	require.Equal(t, edge.Done, x.act("p", "close", edge.Args{Reason: "missing"}).Code)
	l := x.live.Order("default", "o2").Lines[0]
	require.Equal(t, []int{2, 0, 0}, []int{l.Open(), l.Picked, l.Short})
	x.act("p", "start", edge.Args{Flow: edge.Pick})
	x.scan("p", "TOTE-00002")
	x.scan("p", "EA-1")
	require.True(t, x.act("p", "short", edge.Args{Reason: "none"}).OK)
	l = x.live.Order("default", "o2").Lines[0]
	assert.Equal(t, []int{0, 1, 1}, []int{l.Open(), l.Picked, l.Short})
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestWavePutDown: a wave that was left waits, whole, for whoever goes on.
func TestWavePutDown(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	waved(x)
	x.scan("p", "EA-1")
	require.True(t, x.act("p", "leave", edge.Args{}).OK)
	assert.Equal(t, edge.Idle, x.screen("p").Flow)
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total"}).OK)
	require.True(t, x.scan("p2", "TOTE-00001").OK)
	s := x.screen("p2")
	assert.Equal(t, []string{"o1", "o2"}, s.Task.Orders)
	assert.Equal(t, &edge.Quantity{Have: 1, Want: 3, Typing: false}, s.Quantity)
	cancelO1(x)
	s = x.screen("p2")
	assert.Equal(t, []string{"o2"}, s.Task.Orders)
	back := 0
	x.live.EachMove(func(m *edge.MoveTask) { back += m.Quantity })
	assert.Equal(t, 1, back, "what was picked of it goes back")
}

// TestLessAtTheWall: what was still to be put of an order is wanted no longer. What lies
// in its cell is all of it then, and goes to a desk; the rest goes back.
func TestLessAtTheWall(t *testing.T) {
	for _, change := range []string{"cancelLine", "reduceLine"} {
		t.Run(change, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			parted(x)
			x.scan("p", "EA-1")
			require.True(t, x.scan("p", "CELL-W1-1").OK)
			changed(x, "o1", change, &edge.OrderChange{Line: "2", Quantity: new(int)})
			assert.Empty(t, x.live.Order("default", "o1").Wave)
			assert.Contains(t, x.dec.Touched, floor.Everyone, "a packer may begin")
			x.follow("p", nil)
			require.Len(t, typed(x.events, edge.EvReplenish), 1)
			assert.Equal(t, 1, typed(x.events, edge.EvReplenish)[0].Data.(*edge.StockEvent).Quantity)
			require.Equal(t, "pack.tote", x.scan("k", "CELL-W1-1").Say.Key)
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}

// halfPut is a wall at which the first piece of o1 lies in its cell and the second in the
// wave's tote.
func halfPut(t *testing.T) *site {
	x := newSite(t)
	x.deep = true
	crew(x)
	parted(x)
	allScanned(t, x, "EA-1", "CELL-W1-1")
	require.NotEmpty(t, x.live.Order("default", "o1").Wave)
	return x
}

// TestOldLessIsWhatItWas: an event says itself that less makes an order whole; one that
// does not say it means what it meant when it was written.
func TestOldLessIsWhatItWas(t *testing.T) {
	less := []edge.OrderLine{{Line: "2", SKU: "S2", Location: "L2"}}
	x := halfPut(t)
	x.old(edge.Event{Type: edge.EvOrderChanged, Client: "default", Order: "o1", Data: &edge.OrderChanged{Change: "c1", Kind: "cancelLine", Step: "picked", Lines: less}})
	assert.NotEmpty(t, x.live.Order("default", "o1").Wave, "as it was replayed before")
	assert.Equal(t, x.hash(x.live), x.hash(x.replay))
	x = halfPut(t)
	changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "2"})
	assert.True(t, typed(x.last, edge.EvOrderChanged)[0].Data.(*edge.OrderChanged).Whole)
	assert.Empty(t, x.live.Order("default", "o1").Wave)
}
