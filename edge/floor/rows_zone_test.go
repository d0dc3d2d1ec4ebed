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
		{row: "2.4", name: "by name of the next zone", who: "p2", set: passedToB, act: "start", args: edge.Args{Flow: edge.Pick, Zone: "B"}, code: edge.OK, say: "pick.fetch", step: "tote", events: "work.started"},
		{row: "2.4", name: "an order whose tote waits in a zone, from the row of all", who: "p2", set: passedToB, act: "start", args: edge.Args{Flow: edge.Pick}, code: edge.OK, say: "pick.fetch", step: "tote", events: "work.started"},
		{row: "2.4", name: "nobody finds it in the zone it left", who: "p2", set: passedToB, act: "start", args: edge.Args{Flow: edge.Pick, Zone: "A"}, code: edge.Unexpected, say: "start.noWork", events: "scan.refused"},
		{row: "2.4", name: "the tote in a zone that it has left", set: passedToB, scan: "TOTE-00001", code: edge.Wrong, say: "pick.wrongZone", events: "scan.refused"},
		{row: "2.4", name: "a zone skipped: the exit refuses", who: "k", set: passedToB, scan: "TOTE-00001", code: edge.Hold, say: "pack.zoneLeft", events: "scan.refused"},
	})
}

// fetch has p2 look for the tote of o1, which the picker of A put down.
func fetch(x *site) {
	passedToB(x)
	x.act("p2", "start", edge.Args{Flow: edge.Pick, Zone: "B"})
}

func TestRowsOfFetching(t *testing.T) {
	other := func(x *site) {
		fetch(x)
		x.record(order("o2", "cj", line{1, 1}, line{4, 1}))
		x.act("p", "start", edge.Args{Flow: edge.Pick, Zone: "A"})
		x.scan("p", "TOTE-00002")
		x.scan("p", "EA-1")
	}
	fetched := func(x *site) { fetch(x); x.scan("p2", "TOTE-00001") }
	missing := func(x *site) { fetch(x); x.act("p2", "skip", edge.Args{}) }
	runRows(t, []flowRow{
		{row: "2.4", name: "the tote is there", who: "p2", set: fetch, scan: "TOTE-00001", code: edge.OK, say: "pick.rightTote", step: "item", events: "step.confirmed"},
		{row: "2.4", name: "another order's, that waits beside it", who: "p2", set: other, scan: "TOTE-00002", code: edge.Wrong, say: "pick.wrongTote", step: "tote", events: "scan.refused"},
		{row: "2.4", name: "a free one", who: "p2", set: fetch, scan: "TOTE-00003", code: edge.Wrong, say: "pick.wrongTote", step: "tote", events: "scan.refused"},
		{row: "2.4", name: "the item before the tote", who: "p2", set: fetch, scan: "EA-3", code: edge.Unexpected, say: "scan.unexpected", step: "tote", events: "scan.refused"},
		{row: "2.4", name: "no short before the tote", who: "p2", set: fetch, act: "short", args: edge.Args{Reason: "none"}, code: edge.Unexpected, say: "act.unexpected", step: "tote", events: "scan.refused"},
		{row: "2.4", name: "left before the tote was there", who: "p2", set: fetch, act: "leave", code: edge.OK, say: "work.left", events: "work.left"},
		{row: "2.4", name: "the tote is nowhere", who: "p2", set: fetch, act: "skip", code: edge.OK, say: "pick.toteMissing", events: "work.left order.changed"},
		{row: "2.4", name: "nobody is sent for it again", who: "p", set: missing, act: "start", args: edge.Args{Flow: edge.Pick, Zone: "B"}, code: edge.Unexpected, say: "start.noWork", events: "scan.refused"},
		{row: "2.4", name: "it is found", who: "p2", set: missing, scan: "TOTE-00001", code: edge.OK, say: "pick.resumed", step: "item", events: "order.changed work.started"},
		{row: "2.4", name: "it is found by the desk", who: "k", set: missing, scan: "TOTE-00001", code: edge.Hold, say: "order.held", events: "scan.refused"},
		{row: "2.2-8", name: "the own tote where the item is asked for", who: "p2", set: fetched, scan: "TOTE-00001", code: edge.OK, say: "pick.rightTote", step: "item", events: "step.confirmed"},
		{row: "2.2-8", name: "another one there", who: "p2", set: fetched, scan: "TOTE-00003", code: edge.Unexpected, say: "scan.unexpected", step: "item", events: "scan.refused"},
	})
}

// changed has the WMS change an order.
func changed(x *site, order, change string, r *edge.OrderChange) {
	r.ID, r.Order, r.Change, r.Client = x.nextID().String(), order, change, "default"
	x.record(r)
}

// TestTheToteToFetch: the screen names it and the zone where it was put down,
// whoever is sent for it.
func TestTheToteToFetch(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	fetch(x)
	want := []edge.Expect{{Kind: "tote", Code: "TOTE-00001", Zone: "A"}}
	assert.Equal(t, want, x.screen("p2").Expect)
	assert.Equal(t, []string{"skip", "help", "leave"}, x.screen("p2").Actions)
	assert.Equal(t, edge.Says("pick.wrongTote", edge.T("expected", "TOTE-00001"), edge.T("scanned", "TOTE-00009")), x.scan("p2", "TOTE-00009").Say)

	changed(x, "o1", "hold", &edge.OrderChange{})
	assert.Equal(t, []string{"held", "wms"}, []string{x.screen("p2").Step, x.screen("p2").Why})
	changed(x, "o1", "release", &edge.OrderChange{})
	assert.Equal(t, want, x.screen("p2").Expect)

	x.act("p2", "leave", edge.Args{})
	assert.Equal(t, "B", x.live.Order("default", "o1").Zone)
	assert.Equal(t, []edge.Expect{{Kind: "tote"}}, x.screen("p2").Expect, "it was never in these hands")
	assert.Equal(t, edge.Says("pick.fetch", edge.T("tote", "TOTE-00001"), edge.T("zone", "A")), x.act("p2", "start", edge.Args{Flow: edge.Pick}).Say)
	x.ask("p", &edge.TakeOver{Work: x.live.WorkOf("p2").ID, From: "p2"})
	assert.Equal(t, want, x.screen("p").Expect)

	changed(x, "o1", "cancel", &edge.OrderChange{})
	assert.Equal(t, edge.Idle, x.screen("p").Flow)
	assert.Equal(t, edge.Cancelled, x.scan("p", "TOTE-00001").Code, "its goods are still in it")
}

// TestNothingLeftInTheZone: what the WMS takes away of an order ends the zone's
// part of it and nothing else.
func TestNothingLeftInTheZone(t *testing.T) {
	for _, drop := range []string{"", "LOC-L4"} {
		x := newSite(t)
		x.deep = true
		crew(x)
		inA(x)
		x.pol.Pick.Drop = drop
		x.scan("p", "EA-1")
		changed(x, "o1", "cancelLine", &edge.OrderChange{Line: "3"})
		require.Equal(t, "drop", x.screen("p").Step)
		if drop == "" {
			assert.Equal(t, "pick.passed", x.act("p", "close", edge.Args{}).Say.Key)
		} else {
			assert.Equal(t, "pick.passed", x.scan("p", drop).Say.Key)
		}
		o := x.live.Order("default", "o1")
		assert.Equal(t, []any{edge.StagePicking, "B"}, []any{o.Stage, o.Zone})
	}
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
	require.True(t, x.scan("p2", "TOTE-00001").OK)
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
	assert.Equal(t, []edge.Expect{{Kind: "tote", Code: "TOTE-00001", Zone: "A"}}, x.screen("p2").Expect)
	assert.Equal(t, []string{"skip", "help", "leave"}, x.screen("p2").Actions)
	require.Equal(t, edge.Wrong, x.scan("p2", "TOTE-00002").Code)
	require.Equal(t, edge.OK, x.scan("p2", "TOTE-00001").Code)
	assert.Equal(t, "S3", x.screen("p2").Expect[0].SKU)
	v = x.scan("p2", "CS-3")
	assert.Equal(t, "pick.waveDone", v.Say.Key)
}

// waveInB has the tote of a wave of o1 and o2 wait in zone B.
func waveInB(x *site) {
	zoned(x)
	x.record(order("o2", "cj", line{1, 2}, line{3, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: "A"})
	x.scan("p", "TOTE-00001")
	x.scan("p", "CS-1")
	x.scan("p", "EA-2")
}

func TestRowsOfAWavesTote(t *testing.T) {
	taken := func(x *site) { waveInB(x); x.scan("p2", "TOTE-00001") }
	left := func(x *site) { taken(x); x.act("p2", "leave", edge.Args{}) }
	fetched := func(x *site) { waveInB(x); x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: "B"}) }
	missing := func(x *site) { fetched(x); x.act("p2", "skip", edge.Args{}) }
	runRows(t, []flowRow{
		{row: "2.4", name: "it is nowhere", who: "p2", set: fetched, act: "skip", code: edge.OK, say: "pick.toteMissing", events: "work.left order.changed order.changed"},
		{row: "2.4", name: "nobody is sent for it again", who: "p2", set: missing, act: "start", args: edge.Args{Flow: edge.Pick, Mode: "total"}, code: edge.Unexpected, say: "start.noWork", events: "scan.refused"},
		{row: "2.4", name: "it is found", who: "p2", set: missing, scan: "TOTE-00001", code: edge.OK, say: "pick.waveStarted", step: "item", events: "work.moved step.confirmed order.changed order.changed"},
		{row: "2.4", name: "the lead lets it be looked for again", who: "p2", set: func(x *site) { missing(x); changed(x, "o2", "release", &edge.OrderChange{}) },
			act: "start", args: edge.Args{Flow: edge.Pick, Mode: "total"}, code: edge.OK, say: "pick.fetch", step: "tote", events: "work.moved"},
		{row: "2.4", name: "it waits in the next zone", who: "p2", set: waveInB, scan: "TOTE-00001", code: edge.OK, say: "pick.waveStarted", step: "item", events: "work.moved"},
		{row: "2.4", name: "in the zone it left", who: "p", set: waveInB, scan: "TOTE-00001", code: edge.Wrong, say: "pick.wrongZone", events: "scan.refused"},
		{row: "2.4", name: "somebody has it", who: "p", set: taken, scan: "TOTE-00001", code: edge.Duplicate, say: "tote.inUse", events: "scan.refused"},
		{row: "2.4", name: "it was put down", who: "p2", set: left, scan: "TOTE-00001", code: edge.OK, say: "pick.waveStarted", step: "item", events: "work.moved"},
		{row: "2.4", name: "a packer before it is picked", who: "k", set: waveInB, scan: "TOTE-00001", code: edge.Denied, say: "role.missing", events: "scan.refused"},
	})
	x := newSite(t)
	crew(x)
	taken(x)
	assert.Equal(t, edge.Says("tote.inUse", edge.T("tote", "TOTE-00001"), edge.T("order", "o1")), x.scan("p", "TOTE-00001").Say)
}

// TestAWaveWithoutItsTote: what has goods in it is held, what has none is picked without
// it, and all ends well once it is found.
func TestAWaveWithoutItsTote(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	waveInB(x)
	x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: "B"})
	require.True(t, x.act("p2", "skip", edge.Args{}).OK)
	for _, o := range []string{"o1", "o2"} {
		assert.Equal(t, "tote", x.live.Order("default", o).Held, o)
	}
	require.True(t, x.scan("p2", "TOTE-00001").OK)
	x.follow("p2", totesFrom(20))
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "o1").Stage)
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestOrdersWithoutGoodsLeaveALostTote: they wait as any other.
func TestOrdersWithoutGoodsLeaveALostTote(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	zoned(x)
	x.record(order("o2", "cj", line{3, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: "A"})
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	require.Equal(t, "pick.passed", x.scan("p", "EA-2").Say.Key)
	x.act("p2", "start", edge.Args{Flow: edge.Pick, Mode: "total", Zone: "B"})
	require.True(t, x.act("p2", "skip", edge.Args{}).OK)
	assert.Equal(t, "work.moved work.left order.changed", x.kinds())
	assert.Equal(t, []any{edge.StageReceived, "", ""}, []any{x.live.Order("default", "o2").Stage, x.live.Order("default", "o2").Wave, x.live.Order("default", "o2").Held})
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Zone: "B"}).OK)
	x.follow("p2", totesFrom(20))
	changed(x, "o1", "cancel", &edge.OrderChange{})
	require.Equal(t, "move.started", x.scan("p2", "TOTE-00001").Say.Key, "it turned up, and nobody wants it any more")
	rebuilt(t, x)
}

// TestAToteThatWaitsInItsZoneForNothing: what was to be picked there is wanted no longer. It
// still waits there, after a restart too.
func TestAToteThatWaitsInItsZoneForNothing(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	passedToB(x)
	none := 0
	for _, l := range x.live.Order("default", "o1").Lines {
		if l.Zone == "B" {
			changed(x, "o1", "reduceLine", &edge.OrderChange{Line: l.ID, Quantity: &none})
		}
	}
	rebuilt(t, x)
	require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Pick, Zone: "B"}).OK)
	x.follow("p2", nil)
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "o1").Stage)
	rebuilt(t, x)
}

func bare(list []edge.Waiting) []edge.Waiting {
	for i := range list {
		list[i].Cutoff = nil
	}
	return list
}

// TestMissingPiecesOfACellNeedNoTote: a cell of the wall stays where it is, so nobody is
// sent to fetch it before what is missing in it is picked again.
func TestMissingPiecesOfACellNeedNoTote(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.pol.Pick.Zones = true
	for i, n := range []string{"1", "2"} {
		x.catalogue(&edge.LocationRecord{ID: "L" + n, Barcode: "LOC-L" + n, Zone: "A", Sequence: i + 1})
	}
	parted(x)
	x.scan("p", "EA-2")
	x.scan("p", x.screen("p").Expect[0].Code)
	require.Equal(t, "put.closedOpen", x.act("p", "close", edge.Args{Reason: "missing"}).Say.Key)
	v := x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}, Zone: "A"})
	require.Equal(t, "pick.resumed", v.Say.Key)
	assert.Equal(t, "item", x.screen("p").Expect[0].Kind)
	x.follow("p", nil)
	assert.Equal(t, edge.StagePicked, x.live.Order("default", "o1").Stage)
	rebuilt(t, x)
}
