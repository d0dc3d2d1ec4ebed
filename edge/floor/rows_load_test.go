package floor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// cages has the site own roll cages, and gives the numbers of the boxes that
// rows name: they are the same in each.
func cages(x *site) {
	x.catalogue(&edge.ContainerRange{ID: "cages", First: "CAGE-01", Last: "CAGE-09"},
		&edge.ContainerRecord{ID: "PALLET-1", Barcode: "00380123450000000015", Carrier: "hanjin"},
		&edge.TripRecord{ID: "cj-2", Carrier: "cj", Departs: "21:00"})
}

// due makes an order with a cut-off and has it packed.
func due(t *testing.T, x *site, id, carrier, tote, route string, cutoff time.Time) *edge.Box {
	t.Helper()
	r := order(id, carrier, line{1, 1})
	r.Cutoff, r.Route = cutoff, route
	x.record(r)
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{id}}).OK)
	x.scan("p", tote)
	x.follow("p", nil)
	x.scan("k", tote)
	x.follow("k", nil)
	return x.live.Box(x.live.Order("default", id).Boxes[0])
}

func at(x *site, hour int) time.Time {
	return time.Date(x.now.Year(), x.now.Month(), x.now.Day(), hour, 0, 0, 0, seoul)
}

// filled is a cage with the boxes of o1 and o2 in it, and o3 beside it.
func filled(t *testing.T) func(x *site) {
	return func(x *site) {
		cages(x)
		for i := 1; i <= 3; i++ {
			due(t, x, fmt.Sprintf("o%d", i), "cj", fmt.Sprintf("TOTE-0000%d", i), "", at(x, 18))
		}
		x.scan("l", "CAGE-01")
		x.scan("l", x.live.Box("B-1").Waybill)
		x.scan("l", x.live.Box("B-2").Waybill)
	}
}

// shut is filled, closed; loading is shut and a truck at the dock.
func shut(t *testing.T) func(x *site) {
	return func(x *site) { filled(t)(x); x.act("l", "close", edge.Args{}) }
}

func loading(t *testing.T) func(x *site) {
	return func(x *site) { shut(t)(x); x.scan("l", "DOCK-D1") }
}

// boxCode scans a box's number, known only when the row runs.
func boxCode(x *site, box string) string { return x.live.Box(box).Waybill }

// numbersOf are the numbers of the boxes of a row.
func numbersOf(t *testing.T, set func(x *site)) func(box string) string {
	x := newSite(t)
	x.catalogue(captureRecords()...)
	crew(x)
	set(x)
	return func(box string) string { return boxCode(x, box) }
}

func TestRowsOfContainers(t *testing.T) {
	box := numbersOf(t, filled(t))
	later := func(x *site) {
		shut(t)(x)
		due(t, x, "o4", "cj", "TOTE-00004", "", at(x, 20))
		x.scan("l", "CAGE-02")
		x.scan("l", boxCode(x, "B-4"))
		x.scan("l", "CAGE-02")
		x.scan("l2", "DOCK-D1")
	}
	set := func(more func(x *site)) func(x *site) { return func(x *site) { filled(t)(x); more(x) } }
	atTruck := func(more func(x *site)) func(x *site) {
		return func(x *site) { shut(t)(x); more(x); x.scan("l", "DOCK-D1") }
	}
	runRows(t, []flowRow{
		{row: "2.7-2", name: "a container is begun", who: "l", set: func(x *site) { cages(x); packed(t, x, "o1", "cj", "TOTE-00001") }, act: "start",
			args: edge.Args{Flow: edge.Load, Mode: "container"}, code: edge.OK, say: "container.started", step: "container", events: "work.started"},
		{row: "2.7-2", name: "a site without containers", who: "l", set: func(x *site) { packed(t, x, "o1", "cj", "TOTE-00001") }, act: "start",
			args: edge.Args{Flow: edge.Load, Mode: "container"}, code: edge.Unexpected, say: "start.noWork", step: "", events: "scan.refused"},
		{row: "2.7-2", name: "no box to put in", who: "l", set: cages, act: "start", args: edge.Args{Flow: edge.Load, Mode: "container"},
			code: edge.Unexpected, say: "start.noWork", step: "", events: "scan.refused"},
		{row: "2.7-2", name: "scanned on the idle screen", who: "l", set: cages, scan: "CAGE-01", code: edge.OK, say: "container.begun", step: "waybill", events: "work.started"},
		{row: "2.7-2", name: "an SSCC with its AI", who: "l", set: cages, scan: "]C100380123450000000015", code: edge.OK, say: "container.begun", step: "waybill", events: "work.started"},
		{row: "2.7-2", name: "in somebody's hands", who: "l2", set: filled(t), scan: "CAGE-01", code: edge.Duplicate, say: "container.taken", step: "", events: "scan.refused"},
		{row: "2.7-2", name: "by a picker", who: "p", set: cages, scan: "CAGE-01", code: edge.Unexpected, say: "scan.unexpected", step: "", events: "scan.refused"},
		{row: "2.7-2", name: "the first box gives it its trip", who: "l", set: func(x *site) { cages(x); due(t, x, "o1", "cj", "TOTE-00001", "", at(x, 18)); x.scan("l", "CAGE-01") },
			scan: box("B-1"), code: edge.OK, say: "container.box", step: "waybill", events: "container.opened box.stowed"},
		{row: "2.7-2", name: "the next box", who: "l", set: filled(t), scan: box("B-3"), code: edge.OK, say: "container.box", step: "waybill", events: "box.stowed"},
		{row: "2.7-2", name: "a box that lies in it", who: "l", set: filled(t), scan: box("B-1"), code: edge.Duplicate, say: "container.again", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "a box of another carrier", who: "l", set: set(func(x *site) { packed(t, x, "o4", "hanjin", "TOTE-00004") }),
			scan: numbersOf(t, set(func(x *site) { packed(t, x, "o4", "hanjin", "TOTE-00004") }))("B-4"), code: edge.Wrong, say: "load.wrongCarrier", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "a container that is another carrier's", who: "l", set: func(x *site) {
			cages(x)
			due(t, x, "o1", "cj", "TOTE-00001", "", at(x, 18))
			x.scan("l", "00380123450000000015")
		}, scan: box("B-1"), code: edge.Wrong, say: "load.wrongCarrier", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "a box of a later trip", who: "l", set: set(func(x *site) { due(t, x, "o4", "cj", "TOTE-00004", "", at(x, 20)) }),
			scan: numbersOf(t, set(func(x *site) { due(t, x, "o4", "cj", "TOTE-00004", "", at(x, 20)) }))("B-4"), code: edge.Wrong, say: "load.wrongTrip", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "a box that is held", who: "l", set: set(func(x *site) { x.record(&edge.OrderChange{ID: "h", Order: "o3", Change: "hold"}) }),
			scan: box("B-3"), code: edge.Hold, say: "order.held", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "a box that is cancelled", who: "l", set: set(func(x *site) { x.record(&edge.OrderChange{ID: "c", Order: "o3", Change: "cancel"}) }),
			scan: box("B-3"), code: edge.Cancelled, say: "order.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.7-2", name: "a number of nobody", who: "l", set: filled(t), scan: "999", code: edge.Unknown, say: "scan.unknown", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "another container", who: "l", set: filled(t), scan: "CAGE-02", code: edge.Wrong, say: "container.other", step: "waybill", events: "scan.refused"},
		{row: "2.7-undo", name: "taken out", who: "l", set: set(func(x *site) { x.act("l", "unload", edge.Args{}) }), scan: box("B-1"),
			code: edge.OK, say: "container.out", step: "waybill", events: "box.unstowed"},
		{row: "2.7-undo", name: "a box that is not in it", who: "l", set: set(func(x *site) { x.act("l", "unload", edge.Args{}) }), scan: box("B-3"),
			code: edge.Wrong, say: "container.notIn", step: "unload", events: "scan.refused"},
		{row: "2.7-undo", name: "a cancelled one is acknowledged out", who: "l", set: set(func(x *site) {
			x.act("l", "unload", edge.Args{})
			x.record(&edge.OrderChange{ID: "c", Order: "o1", Change: "cancel"})
			x.scan("l", boxCode(x, "B-1"))
		}), act: "ack", code: edge.OK, say: "ack.done", step: "waybill", events: "step.confirmed replenish.asked box.unstowed"},
		{row: "2.7-2", name: "closed by its button", who: "l", set: filled(t), act: "close", code: edge.Done, say: "container.closed", step: "", events: "container.closed work.finished"},
		{row: "2.7-2", name: "closed by its own code", who: "l", set: filled(t), scan: "CAGE-01", code: edge.Done, say: "container.closed", step: "", events: "container.closed work.finished"},
		{row: "2.7-2", name: "an empty one is not closed", who: "l", set: func(x *site) { cages(x); x.scan("l", "CAGE-01") }, act: "close",
			code: edge.Unexpected, say: "container.empty", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "one scan loads all of it", who: "l", set: loading(t), scan: "CAGE-01", code: edge.OK, say: "load.container", step: "waybill", events: "box.loaded box.loaded"},
		{row: "2.7-2", name: "the last of the trip", who: "l", set: func(x *site) { loading(t)(x); x.scan("l", boxCode(x, "B-3")) }, scan: "CAGE-01",
			code: edge.Done, say: "load.all", step: "waybill", events: "box.loaded box.loaded"},
		{row: "2.7-2", name: "one of a later trip rides along, as its boxes do", who: "l2", set: later, scan: "CAGE-02",
			code: edge.OK, say: "load.container", step: "waybill", events: "box.loaded"},
		{row: "2.7-2", name: "twice", who: "l", set: func(x *site) { loading(t)(x); x.scan("l", "CAGE-01") }, scan: "CAGE-01", code: edge.Duplicate, say: "container.loaded", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "a box out of it alone", who: "l", set: loading(t), scan: box("B-1"), code: edge.OK, say: "load.box", step: "waybill", events: "box.unstowed box.loaded"},
		{row: "2.7-2", name: "one that was not closed closes with it", who: "l2", set: func(x *site) { filled(t)(x); x.act("l", "leave", edge.Args{}); x.scan("l2", "DOCK-D1") }, scan: "CAGE-01",
			code: edge.OK, say: "load.container", step: "waybill", events: "container.closed box.loaded box.loaded"},
		{row: "2.7-2", name: "one that somebody fills", who: "l2", set: func(x *site) { filled(t)(x); x.scan("l2", "DOCK-D1") }, scan: "CAGE-01",
			code: edge.Duplicate, say: "container.taken", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "an empty one", who: "l", set: loading(t), scan: "CAGE-05", code: edge.Unexpected, say: "container.empty", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "a cancelled box inside", who: "l", set: atTruck(func(x *site) { x.record(&edge.OrderChange{ID: "c", Order: "o2", Change: "cancel"}) }), scan: "CAGE-01",
			code: edge.Cancelled, say: "container.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.7-2", name: "a held box inside", who: "l", set: atTruck(func(x *site) { x.record(&edge.OrderChange{ID: "h", Order: "o2", Change: "hold"}) }), scan: "CAGE-01",
			code: edge.Hold, say: "container.held", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "a box inside whose label is old", who: "l", set: atTruck(func(x *site) {
			x.record(&edge.OrderChange{ID: "r1", Rev: 1, Order: "o2", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
			x.record(&edge.OrderChange{ID: "r2", Rev: 2, Order: "o2", Change: "release"})
		}), scan: "CAGE-01", code: edge.Hold, say: "container.notPacked", step: "waybill", events: "scan.refused"},
		{row: "2.7-undo", name: "a whole container off the truck", who: "l", set: func(x *site) { loading(t)(x); x.scan("l", "CAGE-01"); x.act("l", "unload", edge.Args{}) }, scan: "CAGE-01",
			code: edge.OK, say: "container.unloaded", step: "waybill", events: "box.unloaded box.unloaded"},
		{row: "2.7-undo", name: "one box of it off the truck", who: "l", set: func(x *site) { loading(t)(x); x.scan("l", "CAGE-01"); x.act("l", "unload", edge.Args{}) }, scan: box("B-2"),
			code: edge.OK, say: "load.unloaded", step: "waybill", events: "box.unloaded"},
		{row: "2.7-undo", name: "a container that is not on it", who: "l", set: func(x *site) { loading(t)(x); x.scan("l", boxCode(x, "B-3")); x.act("l", "unload", edge.Args{}) }, scan: "CAGE-01",
			code: edge.Wrong, say: "load.notOnTruck", step: "unload", events: "scan.refused"},
	})
}

func TestRowsOfTrucks(t *testing.T) {
	open := func(x *site) { packed(t, x, "o1", "cj", "TOTE-00001"); x.scan("l", "DOCK-D1") }
	on := func(x *site) { open(x); x.scan("l", boxCode(x, "B-1")) }
	named := func(x *site) { on(x); x.act("l", "vehicle", edge.Args{Text: "12가 3456"}) }
	routed := func(x *site) {
		x.catalogue(&edge.DockRecord{ID: "D3", Barcode: "DOCK-D3", Carrier: "cj"}, &edge.TripRecord{ID: "cj-1", Carrier: "cj", Dock: "D1", Departs: "18:30"},
			&edge.TripRecord{ID: "cj-south", Carrier: "cj", Dock: "D3", Departs: "18:30", Route: "SOUTH"})
		due(t, x, "o1", "cj", "TOTE-00001", "NORTH", at(x, 12))
		due(t, x, "o2", "cj", "TOTE-00002", "SOUTH", at(x, 12))
		x.scan("l", "DOCK-D3")
	}
	both := func(x *site) {
		x.catalogue(&edge.DockRecord{ID: "D9", Barcode: "DOCK-D9", Carriers: []string{"cj", "hanjin"}})
		packed(t, x, "o1", "cj", "TOTE-00001")
		packed(t, x, "o2", "hanjin", "TOTE-00002")
		x.scan("l", "DOCK-D9")
	}
	cj, hanjin := numbersOf(t, both)("B-1"), numbersOf(t, both)("B-2")
	runRows(t, []flowRow{
		{row: "2.7-1", name: "the dock opens the truck", who: "l", set: func(x *site) { packed(t, x, "o1", "cj", "TOTE-00001") }, scan: "DOCK-D1",
			code: edge.OK, say: "load.opened", step: "waybill", events: "truck.opened work.started"},
		{row: "2.7-1", name: "the dock again", who: "l", set: open, scan: "DOCK-D1", code: edge.OK, say: "load.here", step: "waybill", events: "step.confirmed"},
		{row: "2.7-1", name: "another dock", who: "l", set: open, scan: "DOCK-D2", code: edge.Wrong, say: "load.wrongDock", step: "waybill", events: "scan.refused"},
		{row: "2.7-1", name: "a second loader joins", who: "l2", set: open, scan: "DOCK-D1", code: edge.OK, say: "load.joined", step: "waybill", events: "work.started"},
		{row: "2.7-1", name: "the vehicle's badge", who: "l", set: open, scan: "VEHICLE:cj:12가3456", code: edge.OK, say: "vehicle.named", step: "waybill", events: "truck.changed"},
		{row: "2.7-1", name: "a vehicle of another carrier", who: "l", set: open, scan: "VEHICLE:hanjin:12가3456", code: edge.Wrong, say: "load.wrongVehicle", step: "waybill", events: "scan.refused"},
		{row: "2.7-1", name: "the vehicle typed", who: "l", set: open, act: "vehicle", args: edge.Args{Text: "12가3456"}, code: edge.OK, say: "vehicle.named", step: "waybill", events: "truck.changed"},
		{row: "2.7-1", name: "a vehicle without a plate", who: "l", set: open, act: "vehicle", args: edge.Args{Text: " - "}, code: edge.Unexpected, say: "vehicle.missing", step: "waybill", events: "scan.refused"},
		{row: "2.7-1", name: "the same vehicle", who: "l", set: named, act: "vehicle", args: edge.Args{Text: "12가3456"}, code: edge.OK, say: "vehicle.same", step: "waybill", events: "step.confirmed"},
		{row: "2.7-1", name: "another vehicle wants a word on the boxes", who: "l", set: named, scan: "VEHICLE:cj:99나9999", code: edge.Hold, say: "vehicle.other", step: "waybill", events: "scan.refused"},
		{row: "2.7-1", name: "another vehicle without a reason", who: "l", set: named, act: "vehicle", args: edge.Args{Text: "9999", Outcome: "moved"}, code: edge.Hold, say: "vehicle.other", step: "waybill", events: "scan.refused"},
		{row: "2.7-1", name: "the boxes were moved to it", who: "l", set: named, act: "vehicle", args: edge.Args{Text: "9999", Outcome: "moved", Reason: "broken"},
			code: edge.OK, say: "vehicle.changed", step: "waybill", events: "truck.changed"},
		{row: "2.7-1", name: "the boxes were unloaded", who: "l", set: named, act: "vehicle", args: edge.Args{Text: "9999", Outcome: "unloaded", Reason: "broken"},
			code: edge.OK, say: "vehicle.changed", step: "waybill", events: "truck.changed box.unloaded"},
		{row: "2.7-2", name: "a box of another route", who: "l", set: routed, scan: cj, code: edge.Wrong, say: "load.wrongRoute", step: "waybill", events: "scan.refused"},
		{row: "2.7-2", name: "a truck of two carriers takes the one", who: "l", set: both, scan: cj, code: edge.OK, say: "load.box", step: "waybill", events: "box.loaded"},
		{row: "2.7-2", name: "and the other", who: "l", set: func(x *site) { both(x); x.scan("l", cj) }, scan: hanjin, code: edge.Done, say: "load.all", step: "waybill", events: "box.loaded"},
		{row: "2.7-3", name: "left without a reason", who: "l", set: open, act: "close", code: edge.Unexpected, say: "load.left", step: "waybill", events: "scan.refused"},
		{row: "2.7-3", name: "full: the rest goes with the next trip", who: "l", set: open, act: "close", args: edge.Args{Reason: "full"},
			code: edge.Done, say: "load.closedRest", step: "", events: "truck.closed work.finished"},
		{row: "2.7-3", name: "all on it", who: "l", set: on, act: "close", code: edge.Done, say: "load.closed", step: "", events: "truck.closed box.shipConfirmed work.finished"},
		{row: "2.7-undo", name: "unload after the close", who: "l", set: func(x *site) { on(x); x.act("l", "close", edge.Args{}) }, act: "unload",
			code: edge.Unexpected, say: "act.unexpected", step: "", events: "scan.refused"},
	})
}

// TestPlatesAreCutShort: a vehicle's plate names a person; what is kept of it is
// its end.
func TestPlatesAreCutShort(t *testing.T) {
	for plate, want := range map[string]string{"12가3456": "3456", "서울 12 바 3456": "3456", "品川 500 あ 12-34": "1234", "AB": "AB", "": "", "--": "", "가나다라마": "나다라마"} {
		x := newSite(t)
		x.deep = true
		crew(x)
		packed(t, x, "o1", "cj", "TOTE-00001")
		x.scan("l", "DOCK-D1")
		if v := x.act("l", "vehicle", edge.Args{Text: plate}); want == "" {
			assert.Equal(t, edge.Unexpected, v.Code, plate)
			continue
		}
		assert.Equal(t, want, x.live.Truck("K-1").Vehicle, plate)
		x.scan("l", "VEHICLE:"+plate+"X77")
		for _, e := range x.events {
			assert.NotContains(t, string(e.AppendLine(nil)), "12가", plate)
		}
	}
}

// A box that went in a container is forgotten two days later, and a decision of then
// that is taken back leaves it as it was (it lost its container; found by random crews).
func TestAForgottenContainerIsTakenBackWhole(t *testing.T) {
	x := newSite(t)
	crew(x)
	loading(t)(x)
	require.True(t, x.scan("l", "CAGE-01").OK)
	require.True(t, x.act("l", "close", edge.Args{Reason: "end"}).OK)
	require.NotEmpty(t, x.live.Box("B-1").Container)
	x.deep = true // every decision is applied and dropped first
	x.now = x.now.Add(3 * 24 * time.Hour)
	x.record(order("later", "cj", line{1, 1}))
	x.record(order("later2", "cj", line{1, 1}))
	assert.Nil(t, x.live.Box("B-1"))
}

// An order is cancelled while its box lies in a container that is being unloaded: the
// list holds what is simply taken out, and that box has its siren (found by random
// crews: the list still named it).
func TestACancelledBoxIsNotExpectedOutOfItsContainer(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	filled(t)(x)
	require.True(t, x.act("l", "unload", edge.Args{}).OK)
	require.Len(t, x.screen("l").Expect, 2)
	cancelO1(x)
	expectations(t, x)
	s := x.screen("l")
	require.Len(t, s.Expect, 1)
	assert.Equal(t, "B-2", s.Expect[0].Box)
	assert.Equal(t, edge.Cancelled, x.scan("l", boxCode(x, "B-1")).Code)
}
