package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// gifted is a packer who has every line of an order with a gift and a card in
// the box.
func gifted(onMissing string) func(x *site) {
	return func(x *site) {
		r := order("o1", "cj", line{1, 1})
		r.Extras = []edge.Extra{{Kind: "gift", SKU: "S2", OnMissing: onMissing}, {Kind: "card", SKU: "S3"}}
		x.record(r)
		x.act("p", "start", edge.Args{Flow: edge.Pick})
		x.scan("p", "TOTE-00001")
		x.scan("p", "EA-1")
		x.scan("k", "TOTE-00001")
		x.scan("k", "EA-1")
	}
}

func packedOne(x *site) {
	atLabel(x)
	x.scan("k", waybillOf(x))
}

func reopened(x *site) {
	packedOne(x)
	x.act("k", "reopen", edge.Args{Box: "B-1", Reason: "gift"})
}

func onTruck(x *site) {
	packedOne(x)
	x.scan("l", "DOCK-D1")
	x.scan("l", waybillOf(x))
}

func TestRowsOfPacking(t *testing.T) {
	second := func() string {
		x := newSite(t)
		crew(x)
		packedOne(x)
		return packed(t, x, "o2", "cj", "TOTE-00002").Waybill
	}()
	number := func() string { x := newSite(t); crew(x); atLabel(x); return waybillOf(x) }()
	runRows(t, []flowRow{
		{row: "2.5-3", name: "a gift", who: "k", set: gifted("skip"), scan: "EA-2", code: edge.OK, say: "pack.insert", step: "insert", events: "step.confirmed"},
		{row: "2.5-3", name: "not the gift", who: "k", set: gifted("skip"), scan: "EA-3", code: edge.Wrong, say: "pack.wrongInsert", step: "insert", events: "scan.refused"},
		{row: "2.5-3", name: "the last extra closes the box", who: "k", set: func(x *site) { gifted("skip")(x); x.scan("k", "EA-2") }, scan: "EA-3",
			code: edge.OK, say: "pack.insert", step: "printing", events: "step.confirmed box.closed waybill.assigned"},
		{row: "2.5-3", name: "none left: without it", who: "k", set: gifted("skip"), act: "skip", args: edge.Args{Reason: "none"},
			code: edge.OK, say: "pack.insertSkipped", step: "insert", events: "step.confirmed"},
		{row: "2.5-3", name: "none left: held", who: "k", set: gifted("hold"), act: "skip", args: edge.Args{Reason: "none"},
			code: edge.OK, say: "pack.insertHold", step: "held", events: "step.confirmed order.changed"},
		{row: "2.5-12", name: "opened again", who: "k", set: packedOne, act: "reopen", args: edge.Args{Box: "B-1", Reason: "gift"},
			code: edge.OK, say: "pack.reopened", step: "close", events: "work.started box.reopened"},
		{row: "2.5-12", name: "by its number", who: "k", set: packedOne, act: "reopen", args: edge.Args{Waybill: number, Reason: "gift"},
			code: edge.OK, say: "pack.reopened", step: "close", events: "work.started box.reopened"},
		{row: "2.5-12", name: "without a reason", who: "k", set: packedOne, act: "reopen", args: edge.Args{Box: "B-1"},
			code: edge.Unexpected, say: "confirm.reason", step: "", events: "scan.refused"},
		{row: "2.5-12", name: "on a truck", who: "k", set: onTruck, act: "reopen", args: edge.Args{Box: "B-1", Reason: "gift"},
			code: edge.Unexpected, say: "reopen.loaded", step: "", events: "scan.refused"},
		{row: "2.5-12", name: "by a picker", who: "p", set: packedOne, act: "reopen", args: edge.Args{Box: "B-1", Reason: "gift"},
			code: edge.Denied, say: "role.missing", step: "", events: "scan.refused"},
		{row: "2.5-12", name: "what was taken out goes in again", who: "k", set: func(x *site) { reopened(x); x.act("k", "undo", edge.Args{}) }, scan: "EA-1",
			code: edge.Done, say: "pack.allIn", step: "waybill", events: "pack.item box.closed"},
		{row: "2.5-12", name: "an empty box is not closed", who: "k", set: func(x *site) { reopened(x); x.act("k", "undo", edge.Args{}) }, act: "close",
			code: edge.Unexpected, say: "pack.boxEmpty", step: "item", events: "scan.refused"},
		{row: "2.5-12", name: "closed with the number that it had", who: "k", set: func(x *site) { reopened(x); x.act("k", "close", edge.Args{}) }, scan: number,
			code: edge.Done, say: "pack.orderDone", step: "", events: "waybill.bound work.finished"},
		{row: "2.7-undo", name: "taken off the truck", who: "l", set: func(x *site) { onTruck(x); x.act("l", "unload", edge.Args{}) }, scan: number,
			code: edge.OK, say: "load.unloaded", step: "waybill", events: "box.unloaded"},
		{row: "2.7-undo", name: "a box that is not on it", who: "l", set: func(x *site) {
			onTruck(x)
			packed(t, x, "o2", "cj", "TOTE-00002")
			x.act("l", "unload", edge.Args{})
		}, scan: second, code: edge.Wrong, say: "load.notOnTruck", step: "unload", events: "scan.refused"},
		{row: "2.7-undo", name: "thought better of", who: "l", set: func(x *site) { onTruck(x); x.act("l", "unload", edge.Args{}) }, act: "undo",
			code: edge.OK, say: "undo.done", step: "waybill", events: "step.confirmed"},
		{row: "2.7-undo", name: "an empty truck", who: "l", set: func(x *site) { packedOne(x); x.scan("l", "DOCK-D1") }, act: "unload",
			code: edge.Unexpected, say: "act.unexpected", step: "waybill", events: "scan.refused"},
	})
}

// TestWeightsAreLearned: where the master has no weight, five boxes of an
// article tell it, and the sixth is held to it.
func TestWeightsAreLearned(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.pol.Stations[0].Scale = "s1"
	x.catalogue(&edge.SKURecord{Client: "default", ID: "S1", Barcodes: []edge.Barcode{{Code: "EA-1"}}})
	crew(x)
	next := totes()
	for i, grams := range []string{"300", "310", "290", "305", "900", "310"} {
		id := string(rune('a' + i))
		picked(t, x, id, "cj", next(), line{1, 1})
		require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack, Station: "pack-1"}).OK)
		x.scan("k", x.screen("k").Expect[0].Code)
		x.scan("k", "EA-1")
		if i == 5 {
			v := x.act("k", "weight", edge.Args{Grams: "900"})
			assert.Equal(t, edge.Says("pack.wrongWeight", edge.N("expected", 305), edge.N("scanned", 900)), v.Say)
		}
		require.True(t, x.act("k", "weight", edge.Args{Grams: grams}).OK, grams)
		x.follow("k", nil)
	}
}
