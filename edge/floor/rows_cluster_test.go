package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// clustered is a picker with two orders, each with its tote.
func clustered(x *site) {
	x.record(order("o1", "cj", line{1, 1}, line{2, 2}))
	x.record(order("o2", "cj", line{1, 2}))
	x.record(order("o3", "hanjin", line{1, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster"})
	x.scan("p", "TOTE-00001")
	x.scan("p", "TOTE-00002")
}

func TestRowsOfClusters(t *testing.T) {
	runRows(t, []flowRow{
		{row: "2.2-1", name: "orders of one carrier and cut-off", set: func(x *site) {
			x.record(order("o1", "cj", line{1, 1}))
			x.record(order("o2", "cj", line{1, 1}))
		}, act: "start", args: edge.Args{Flow: edge.Pick, Mode: "cluster"}, code: edge.OK, say: "pick.clusterStarted", step: "tote", events: "work.started"},
		{row: "2.2-1", name: "none left", act: "start", args: edge.Args{Flow: edge.Pick, Mode: "cluster"}, code: edge.Unexpected, say: "start.noWork", step: "", events: "scan.refused"},
		{row: "2.2-2", name: "a tote for two orders", set: func(x *site) {
			x.record(order("o1", "cj", line{1, 1}))
			x.record(order("o2", "cj", line{1, 1}))
			x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster"})
			x.scan("p", "TOTE-00001")
		}, scan: "TOTE-00001", code: edge.Duplicate, say: "tote.inUse", step: "tote", events: "scan.refused"},
		{row: "2.2-5", name: "the item, then its tote", set: clustered, scan: "EA-1", code: edge.OK, say: "pick.into", step: "into", events: "step.confirmed"},
		{row: "2.2-8", name: "into its tote", set: func(x *site) { clustered(x); x.scan("p", "EA-1") }, scan: "TOTE-00001",
			code: edge.Done, say: "pick.lineDone", step: "item", events: "pick.confirmed"},
		{row: "2.2-8", name: "into another's tote", set: func(x *site) { clustered(x); x.scan("p", "EA-1") }, scan: "TOTE-00002",
			code: edge.Wrong, say: "pick.wrongTote", step: "into", events: "scan.refused"},
		{row: "2.2-8", name: "an item instead of the tote", set: func(x *site) { clustered(x); x.scan("p", "EA-1") }, scan: "EA-1",
			code: edge.Unexpected, say: "scan.unexpected", step: "into", events: "scan.refused"},
		{row: "2.2-3", name: "skip with a piece in the hand", set: func(x *site) { clustered(x); x.scan("p", "EA-1") }, act: "skip",
			code: edge.Unexpected, say: "act.unexpected", step: "into", events: "scan.refused"},
		{row: "2.2-9", name: "short with a piece in the hand", set: func(x *site) { clustered(x); x.scan("p", "EA-1") }, act: "short", args: edge.Args{Reason: "none"},
			code: edge.Unexpected, say: "act.unexpected", step: "into", events: "scan.refused"},
		{row: "2.2-7", name: "put back before the tote", set: func(x *site) { clustered(x); x.scan("p", "EA-1") }, act: "undo",
			code: edge.OK, say: "undo.done", step: "item", events: "step.confirmed"},
		{row: "2.2-7", name: "a lot goes with the piece", set: func(x *site) {
			x.record(order("o1", "cj", line{7, 1}))
			x.record(order("o2", "cj", line{8, 1}))
			x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster"})
			x.scan("p", "TOTE-00001")
			x.scan("p", "TOTE-00002")
			x.scan("p", gs1Of("1727013110A1"))
		}, scan: "TOTE-00001", code: edge.Done, say: "pick.lineDone", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "its serial number was picked by another meanwhile", set: func(x *site) {
			for _, id := range []string{"o1", "o2", "o3"} {
				x.record(order(id, "cj", line{8, 1}, line{1, 1}))
			}
			x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster", Orders: []string{"o1", "o2"}})
			x.scan("p", "TOTE-00001")
			x.scan("p", "TOTE-00002")
			for range 2 {
				x.scan("p", "EA-1")
				x.scan("p", x.screen("p").Expect[0].Code)
			}
			x.scan("p", "EA-8")
			x.scan("p", "SN-1")
			x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o3"}})
			x.scan("p2", "TOTE-00003")
			x.scan("p2", "EA-1")
			x.scan("p2", "EA-8")
			x.scan("p2", "SN-1")
		}, scan: "TOTE-00001", code: edge.Duplicate, say: "pick.serialUsed", step: "into", events: "scan.refused"},
	})
}

func TestRowsOfHandOver(t *testing.T) {
	mid := func(x *site) { begun(x, line{1, 3}, line{2, 1}); x.scan("p", "EA-1") }
	offered := func(x *site) { mid(x); x.act("p", "handOver", edge.Args{Reason: "zone"}) }
	runRows(t, []flowRow{
		{row: "2.1-3", name: "offered", set: mid, act: "handOver", args: edge.Args{Reason: "zone"}, code: edge.OK, say: "work.handOver", step: "handOver", events: "step.confirmed"},
		{row: "2.1-3", name: "taken by whoever scans its tote", who: "p2", set: offered, scan: "TOTE-00001", code: edge.OK, say: "work.takenOver", step: "item", events: "work.moved"},
		{row: "2.1-3", name: "by no packer", who: "k", set: offered, scan: "TOTE-00001", code: edge.Duplicate, say: "tote.inUse", step: "", events: "scan.refused"},
		{row: "2.1-3", name: "kept after all", set: offered, act: "undo", code: edge.OK, say: "undo.done", step: "item", events: "step.confirmed"},
		{row: "2.1-3", name: "not offered", who: "p2", set: mid, scan: "TOTE-00001", code: edge.Duplicate, say: "tote.inUse", step: "", events: "scan.refused"},
	})
	x := newSite(t)
	x.deep = true
	crew(x)
	offered(x)
	before := x.screen("p")
	x.scan("p2", "TOTE-00001")
	assert.Equal(t, edge.Idle, x.screen("p").Flow)
	s := x.screen("p2")
	assert.Equal(t, before.Task.ID, s.Task.ID, "exactly where it stood")
	assert.Equal(t, 1, s.Quantity.Have)
	assert.True(t, x.act("p2", "undo", edge.Args{}).OK, "what the first did may be taken back")
}

func TestClusterEndsWithAllItsOrders(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	clustered(x)
	s := x.screen("p")
	assert.Equal(t, []string{"o1", "o2"}, s.Task.Orders, "hanjin is another cut")
	assert.Equal(t, "L1", s.Expect[0].Location)
	steps := []string{}
	for range 20 {
		s = x.screen("p")
		if s.Flow == edge.Idle {
			break
		}
		steps = append(steps, s.Expect[0].Code)
		require.True(t, x.scan("p", s.Expect[0].Code).OK)
	}
	assert.Equal(t, []string{"EA-1", "TOTE-00001", "EA-1", "TOTE-00002", "EA-1", "TOTE-00002", "EA-2", "TOTE-00001", "EA-2", "TOTE-00001"}, steps,
		"one walk over both orders, each place once")
	assert.Equal(t, "pick.clusterDone", x.dec.Verdict.Say.Key)
	for _, id := range []string{"o1", "o2"} {
		assert.Equal(t, edge.StagePicked, x.live.Order("default", id).Stage)
	}
	x.scan("k", "TOTE-00001")
	x.follow("k", nil)
	x.scan("k", "TOTE-00002")
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o2").Stage)
}

func TestCancelInACluster(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	clustered(x)
	x.scan("p", "EA-1")
	x.scan("p", "TOTE-00001")
	cancelO1(x)
	s := x.screen("p")
	assert.Equal(t, []string{"o2"}, s.Task.Orders, "less to pick, no siren")
	assert.Equal(t, "item", s.Step)
	x.scan("p", "EA-1")
	assert.Equal(t, "TOTE-00002", x.screen("p").Expect[0].Code)
	x.scan("p", "TOTE-00002")
	x.scan("p", "EA-1")
	x.scan("p", "TOTE-00002")
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "o2").Stage)
	assert.Equal(t, edge.Cancelled, x.scan("k", "TOTE-00001").Code, "its goods are met at the desk")
	require.True(t, x.act("k", "ack", edge.Args{}).OK)
	back := 0
	x.live.EachMove(func(m *edge.MoveTask) { back += m.Quantity })
	assert.Equal(t, 1, back)
}
