package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// reserved has two pieces of S1 in its pick face L1, and forty in the reserve R1.
func reserved(x *site) {
	x.catalogue(&edge.LocationRecord{ID: "R1", Barcode: "LOC-R1", Sequence: 90, Reserve: true},
		&edge.LocationRecord{ID: "Q1", Barcode: "LOC-Q1", Sequence: 99})
	x.pol.Pick.Damaged = "Q1"
	stock(x, "S1", "L1", "", "", 2)
	stock(x, "S1", "R1", "", "", 40)
	begun(x, line{1, 2}, line{2, 1})
}

func TestRowsOfRefill(t *testing.T) {
	one := func(x *site) { reserved(x); x.scan("p", "EA-1") }
	runRows(t, []flowRow{
		{row: "2.2-10", name: "pieces are left: no refill", set: reserved, scan: "EA-1", code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-10", name: "the last known piece: a refill before the next picker", set: one, scan: "EA-1", code: edge.Done, say: "pick.lineDone", step: "item",
			events: "pick.confirmed replenish.asked"},
		{row: "2.2-9", name: "a short: the reserve is offered, and brought", set: one, act: "short", args: edge.Args{Reason: "none"}, code: edge.OK, say: "short.other", step: "item",
			events: "stock.short count.asked replenish.asked"},
		{row: "2.2-9", name: "damaged: away with it", set: func(x *site) { begun(x, line{3, 2}); x.pol.Pick.Damaged = "L6"; x.scan("p", "EA-3") },
			act: "short", args: edge.Args{Reason: "damaged"}, code: edge.Done, say: "pick.shortGoes", events: "pick.short count.asked replenish.asked work.finished"},
	})
}

func TestRefillIsBrought(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	reserved(x)
	x.scan("p", "EA-1")
	x.scan("p", "EA-1")
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK)
	assert.Equal(t, "LOC-R1", x.screen("p2").Expect[0].Code)
	require.True(t, x.scan("p2", "LOC-R1").OK)
	n := 40
	require.True(t, x.act("p2", "quantity", edge.Args{N: &n}).OK)
	require.Equal(t, edge.Done, x.scan("p2", "LOC-L1").Code)
	left := map[string]int{}
	x.live.EachStock(func(s *edge.Stock) { left[s.Location] += s.Quantity })
	assert.Equal(t, map[string]int{"L1": 40, "R1": 0}, left)
}

// TestDamagedPiecesGoToTheirPlace and are not taken off what is known twice.
func TestDamagedPiecesGoToTheirPlace(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	reserved(x)
	require.True(t, x.act("p", "short", edge.Args{Reason: "damaged"}).OK)
	assert.Equal(t, "stock.short count.asked replenish.asked replenish.asked", x.kinds())
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK)
	require.True(t, x.scan("p2", "LOC-L1").OK)
	require.True(t, x.scan("p2", "EA-1").OK)
	require.True(t, x.scan("p2", "EA-1").OK)
	require.Equal(t, edge.Done, x.scan("p2", "LOC-Q1").Code)
	assert.Equal(t, "stock.moved work.finished", x.kinds())
	assert.Empty(t, x.last[0].Data.(*edge.StockEvent).Location)
}

// TestACellThatIsFull: the rest of the order goes into a second one.
func TestACellThatIsFull(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"}, &edge.CellRecord{ID: "W1-2", Barcode: "CELL-W1-2"})
	x.record(order("o1", "cj", line{1, 2}))
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"}).OK)
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.scan("p", "EA-1")
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Put}).OK)
	x.scan("p", "EA-1")
	x.scan("p", "CELL-W1-1")
	x.scan("p", "EA-1")
	require.True(t, x.act("p", "addTote", edge.Args{}).OK)
	assert.Equal(t, "CELL-W1-2", x.screen("p").Expect[0].Code)
	assert.Equal(t, edge.Hold, x.act("p", "addTote", edge.Args{}).Code, "there is no third one")
	require.Equal(t, edge.Done, x.scan("p", "CELL-W1-2").Code)
	assert.Equal(t, []string{"W1-1", "W1-2"}, x.live.Order("default", "o1").Totes)
	require.True(t, x.scan("k", "CELL-W1-1").OK)
	assert.Equal(t, "CELL-W1-2", x.screen("k").Expect[0].Code)
}

// TestAClusterToteThatIsFull: one more for the order of the item in hand.
func TestAClusterToteThatIsFull(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	clustered(x)
	require.True(t, x.act("p", "addTote", edge.Args{}).OK)
	require.True(t, x.scan("p", "TOTE-00003").OK)
	x.scan("p", "EA-1")
	assert.Equal(t, "TOTE-00003", x.screen("p").Expect[0].Code)
	require.True(t, x.scan("p", "TOTE-00003").OK)
	x.follow("p", nil)
	assert.Equal(t, []string{"TOTE-00001", "TOTE-00003"}, x.live.Order("default", "o1").Totes)
	assert.Equal(t, []string{"TOTE-00002"}, x.live.Order("default", "o2").Totes)
}
