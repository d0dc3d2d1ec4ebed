package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// singled is a wave of three orders of one piece and one of two, picked into one
// tote, and a packer who began with it.
func singled(x *site) {
	late := order("o1", "cj", line{1, 1})
	late.Priority = 1
	x.record(late)
	urgent := order("o2", "cj", line{1, 1})
	urgent.Priority = 9
	x.record(urgent)
	x.record(order("o3", "cj", line{2, 1}))
	x.record(order("o4", "cj", line{2, 1}, line{3, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
	x.scan("p", "TOTE-00001")
	x.follow("p", nil)
	x.act("k", "start", edge.Args{Flow: edge.Pack, Mode: "single", Station: "pack-1"})
}

func TestRowsOfSingles(t *testing.T) {
	runRows(t, []flowRow{
		{row: "2.5-1b", name: "a wave's tote at a desk", who: "k", set: func(x *site) { singled(x); x.act("k", "leave", edge.Args{}) },
			act: "start", args: edge.Args{Flow: edge.Pack, Mode: "single"}, code: edge.OK, say: "pack.started", step: "item", events: "work.started"},
		{row: "2.5-1b", name: "the tote scanned", who: "k", set: func(x *site) { singled(x); x.act("k", "leave", edge.Args{}) }, scan: "TOTE-00001",
			code: edge.OK, say: "pack.started", step: "item", events: "work.started"},
		{row: "2.5-1b", name: "the item chooses the order", who: "k", set: singled, scan: "EA-1", code: edge.Done, say: "pack.allIn", step: "printing",
			events: "pack.started pack.item box.closed waybill.assigned"},
		{row: "2.5-1b", name: "no demand", who: "k", set: singled, scan: "EA-3", code: edge.Over, say: "pack.over", step: "item", events: "scan.refused"},
		{row: "2.5-1b", name: "a case is no single", who: "k", set: singled, scan: "CS-1", code: edge.Over, say: "pack.over", step: "item", events: "scan.refused"},
		{row: "2.5-1b", name: "nothing to pack so", who: "k", act: "start", args: edge.Args{Flow: edge.Pack, Mode: "single"},
			code: edge.Unexpected, say: "start.noWork", step: "", events: "scan.refused"},
		{row: "2.5-1b", name: "the label ends the order and not the tote", who: "k", set: func(x *site) {
			singled(x)
			x.scan("k", "EA-1")
			x.label("B-1")
		}, scan: "650000000000", code: edge.Done, say: "pack.orderDone", step: "item", events: "waybill.bound work.moved"},
	})
}

func TestSinglesGoByPriorityAndTheRestToTheWall(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"})
	crew(x)
	singled(x)
	x.scan("k", "EA-1")
	assert.Equal(t, []string{"o2"}, x.screen("k").Task.Orders, "the higher priority first")
	x.follow("k", nil)
	for _, id := range []string{"o1", "o2", "o3"} {
		assert.Equal(t, edge.StagePacked, x.live.Order("default", id).Stage, id)
	}
	require.NotNil(t, x.live.Tote("TOTE-00001"), "o4 is still in it")
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Put}).OK)
	x.follow("p", nil)
	assert.Nil(t, x.live.Tote("TOTE-00001"))
	require.True(t, x.scan("k", "CELL-W1-1").OK)
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o4").Stage)
}
