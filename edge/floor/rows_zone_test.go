package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// zoned is a site that picks by zones: L1 and L2 lie in A, L3 and L4 in B. The
// order o1 wants something of both.
func zoned(x *site) {
	x.pol.Pick.Zones = true
	for i, zone := range []string{"A", "A", "B", "B"} {
		n := string(rune('1' + i))
		x.catalogue(&edge.LocationRecord{ID: "L" + n, Barcode: "LOC-L" + n, Zone: zone, Sequence: i + 1})
	}
	x.record(order("o1", "cj", line{1, 1}, line{3, 2}, line{2, 1}))
}

func inA(x *site) {
	zoned(x)
	x.act("p", "start", edge.Args{Flow: edge.Pick, Zone: "A"})
	x.scan("p", "TOTE-00001")
}

// passedToB has the tote of o1 wait in zone B.
func passedToB(x *site) {
	inA(x)
	x.scan("p", "EA-1")
	x.scan("p", "EA-2")
}

func TestRowsOfZones(t *testing.T) {
	last := func(x *site) { inA(x); x.scan("p", "EA-1") }
	runRows(t, []flowRow{
		{row: "2.4", name: "begin in a zone", set: zoned, act: "start", args: edge.Args{Flow: edge.Pick, Zone: "A"}, code: edge.OK, say: "pick.started", step: "tote", events: "work.started"},
		{row: "2.4", name: "nothing lies in the zone", set: zoned, act: "start", args: edge.Args{Flow: edge.Pick, Zone: "C"}, code: edge.Unexpected, say: "start.noWork", events: "scan.refused"},
		{row: "2.4", name: "what lies elsewhere is not picked here", set: last, scan: "EA-3", code: edge.Wrong, say: "pick.wrongItem", step: "item", events: "scan.refused"},
		{row: "2.4", name: "the zone's last piece passes the tote on", set: last, scan: "EA-2", code: edge.Done, say: "pick.passed", events: "pick.confirmed work.finished"},
		{row: "2.4", name: "a short passes it on too", set: last, act: "short", args: edge.Args{Reason: "none"}, code: edge.Done, say: "pick.passed", events: "pick.short count.asked work.finished"},
		{row: "2.4", name: "the tote in the next zone", who: "p2", set: passedToB, scan: "TOTE-00001", code: edge.OK, say: "pick.resumed", step: "item", events: "work.started"},
		{row: "2.4", name: "by name of the next zone", who: "p2", set: passedToB, act: "start", args: edge.Args{Flow: edge.Pick, Zone: "B"}, code: edge.OK, say: "pick.resumed", step: "item", events: "work.started"},
		{row: "2.4", name: "nobody finds it in the zone it left", who: "p2", set: passedToB, act: "start", args: edge.Args{Flow: edge.Pick, Zone: "A"}, code: edge.Unexpected, say: "start.noWork", events: "scan.refused"},
		{row: "2.4", name: "the tote in a zone that it has left", set: passedToB, scan: "TOTE-00001", code: edge.Wrong, say: "pick.wrongZone", events: "scan.refused"},
		{row: "2.4", name: "a zone skipped: the exit refuses", who: "k", set: passedToB, scan: "TOTE-00001", code: edge.Hold, say: "pack.zoneLeft", events: "scan.refused"},
	})
}

// TestZoneToZone works one order through both zones; without a zone all of it is
// picked in one walk.
func TestZoneToZone(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	passedToB(x)
	assert.Equal(t, "B", x.live.Order("default", "o1").Zone)
	assert.Equal(t, []edge.Waiting{{Flow: edge.Pick, Mode: "order", Waiting: 1}, {Flow: edge.Pick, Mode: "order", Zone: "B", Waiting: 1}}, bare(x.screen("p2").Work))
	require.True(t, x.scan("p2", "TOTE-00001").OK)
	assert.Equal(t, "B", x.screen("p2").Task.Zone)
	require.Equal(t, edge.OK, x.scan("p2", "EA-3").Code)
	assert.Equal(t, edge.Says("pick.done", edge.T("order", "o1")), x.scan("p2", "EA-3").Say)
	o := x.live.Order("default", "o1")
	assert.Equal(t, edge.StagePicked, o.Stage)
	assert.Empty(t, o.Zone)
	require.True(t, x.scan("k", "TOTE-00001").OK)

	x.record(order("o2", "cj", line{1, 1}, line{3, 1}))
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick}).OK)
	x.follow("p", totesFrom(10))
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "o2").Stage)
}

// TestZoneLeftHalfWay: the tote waits in the zone where it was put down, and a
// short there that goes on elsewhere takes it along.
func TestZoneLeftHalfWay(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	inA(x)
	x.scan("p", "EA-1")
	x.act("p", "leave", edge.Args{})
	assert.Equal(t, "A", x.live.Order("default", "o1").Zone)
	stock(x, "S2", "L4", "", "", 5)
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Zone: "A"}).OK)
	v := x.act("p2", "short", edge.Args{Reason: "none"})
	assert.Equal(t, "pick.passed", v.Say.Key)
	assert.Equal(t, "stock.short count.asked work.finished", x.kinds())
	o := x.live.Order("default", "o1")
	assert.Equal(t, []string{"B", "L4", "B"}, []string{o.Zone, o.Lines[2].Location, o.Lines[2].Zone})
}

// TestWavePassedOn: the tote of a wave goes from zone to zone as well.
func TestWavePassedOn(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	zoned(x)
	x.record(order("o2", "cj", line{1, 2}, line{3, 1}))
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: "A"}).OK)
	x.scan("p", "TOTE-00001")
	x.scan("p", "CS-1")
	v := x.scan("p", "EA-2")
	assert.Equal(t, "pick.passed", v.Say.Key)
	require.False(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: "A"}).OK)
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: "B"}).OK)
	assert.Equal(t, "S3", x.screen("p2").Expect[0].SKU)
	v = x.scan("p2", "CS-3")
	assert.Equal(t, "pick.waveDone", v.Say.Key)
}

func bare(list []edge.Waiting) []edge.Waiting {
	for i := range list {
		list[i].Cutoff = nil
	}
	return list
}
