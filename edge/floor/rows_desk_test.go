package floor_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// firstSite wants labels when picking begins.
func firstSite(x *site) {
	x.pol.Pick.Printer = "p9"
	x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: "partShip", Print: "first"})
}

// planned is an order whose label was made when its picking began, picked.
func planned(x *site) {
	firstSite(x)
	x.record(order("o1", "cj", line{1, 2}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
	x.label("B-1")
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.scan("p", "EA-1")
}

// numberOf gives the number that a setup gives to o1's box.
func latestNumber(t *testing.T, set func(x *site)) string {
	x := newSite(t)
	x.catalogue(captureRecords()...)
	crew(x)
	set(x)
	return waybillOf(x)
}

// TestRowsOfOpening is the first row of the flow: what opens an order, and what
// the desk says where it must not.
// another has a desk at the tote of one more order.
func another(x *site, who string) {
	picked(x.t.(*testing.T), x, "o8", "cj", "TOTE-00008", line{3, 1})
	x.act(who, "start", edge.Args{Flow: edge.Pack})
}

func TestRowsOfOpening(t *testing.T) {
	ready := func(x *site) { picked(t, x, "o1", "cj", "TOTE-00001", line{1, 2}) }
	first := latestNumber(t, planned)
	bound := latestNumber(t, packedOne)
	runRows(t, []flowRow{
		{row: "2.5-1", name: "a tote", who: "k", set: ready, scan: "TOTE-00001", code: edge.OK, say: "pack.tote", step: "item", events: "work.started pack.started"},
		{row: "2.5-1", name: "a cell", who: "k", set: func(x *site) {
			x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"})
			x.record(order("o1", "cj", line{1, 2}))
			x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"})
			x.scan("p", "TOTE-00001")
			x.follow("p", nil)
			x.act("p", "start", edge.Args{Flow: edge.Put})
			x.follow("p", nil)
		}, scan: "CELL-W1-1", code: edge.OK, say: "pack.tote", step: "item", events: "work.started pack.started"},
		{row: "2.5-1", name: "the pick slip", who: "k", set: ready, scan: "o1", code: edge.OK, say: "pack.tote", step: "item", events: "work.started pack.started"},
		{row: "2.5-1", name: "the pick slip at a desk that waits for a tote", who: "k", set: func(x *site) {
			ready(x)
			x.act("k", "start", edge.Args{Flow: edge.Pack})
		}, scan: "default/o1", code: edge.OK, say: "pack.tote", step: "item", events: "pack.started"},
		{row: "2.5-1", name: "the waybill of a client who prints first", who: "k", set: planned, scan: first, code: edge.OK, say: "pack.tote", step: "item", events: "work.started pack.started"},
		{row: "2.5-1", name: "cancelled", who: "k", set: func(x *site) { ready(x); cancelO1(x) }, scan: "o1", code: edge.Cancelled, say: "order.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.5-1", name: "the label of a cancelled order", who: "k", set: func(x *site) { planned(x); cancelO1(x) }, scan: first,
			code: edge.Cancelled, say: "order.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.5-1", name: "held", who: "k", set: func(x *site) {
			ready(x)
			x.record(&edge.OrderChange{ID: "h", Order: "o1", Change: "hold", Reason: "fraud"})
		}, scan: "o1",
			code: edge.Hold, say: "order.held", step: "", events: "scan.refused"},
		{row: "2.5-1", name: "already packed, by its slip", who: "k2", set: packedOne, scan: "o1", code: edge.Duplicate, say: "pack.packed", step: "", events: "scan.refused"},
		{row: "2.5-1", name: "already packed, by its label", who: "k2", set: func(x *site) { packedOne(x); another(x, "k2") }, scan: bound, code: edge.Duplicate, say: "pack.packed", step: "tote", events: "scan.refused"},
		{row: "2.5-1", name: "already packed, by its label, with nothing in hand: it is looked at", who: "k2", set: packedOne, scan: bound, code: edge.OK, say: "hospital.in", step: "examine",
			events: "work.started hospital.in"},
		{row: "2.5-1", name: "not picked yet", who: "k", set: func(x *site) { begun(x, line{1, 2}, line{2, 1}); x.scan("p", "EA-1") }, scan: "o1",
			code: edge.Hold, say: "pack.notPicked", step: "", events: "scan.refused"},
		{row: "2.5-1", name: "at another desk", who: "k2", set: func(x *site) { ready(x); x.scan("k", "TOTE-00001") }, scan: "o1", code: edge.Duplicate, say: "pack.toteTaken", step: "", events: "scan.refused"},
		{row: "2.5-1", name: "a free tote", who: "k", set: ready, scan: "TOTE-00009", code: edge.Wrong, say: "pack.freeTote", step: "", events: "scan.refused"},
		{row: "2.5-1", name: "a slip that nobody knows", who: "k", set: ready, scan: "o77", code: edge.Unknown, say: "scan.unknown", step: "", events: "scan.refused"},
	})
	x := newSite(t)
	crew(x)
	packedOne(x)
	v := x.scan("k2", "o1")
	assert.Equal(t, []edge.Arg{edge.T("order", "o1"), edge.T("box", "B-1"), edge.T("worker", "k"), edge.T("at", x.live.Box("B-1").BoundAt.Format(edge.TimeLayout))}, v.Say.Args)
	x.act("p2", "start", edge.Args{Flow: edge.Pick})
	begunTwo := newSite(t)
	crew(begunTwo)
	begun(begunTwo, line{1, 2}, line{2, 1})
	begunTwo.scan("p", "EA-1")
	v = begunTwo.scan("k", "o1")
	assert.Equal(t, []edge.Arg{edge.T("order", "o1"), edge.N("left", 2), edge.T("gaps", "S1 x1 L1, S2 x1 L2")}, v.Say.Args)
}

// TestRowsOfPrintFirst: the waybill is made when picking begins.
func TestRowsOfPrintFirst(t *testing.T) {
	number := latestNumber(t, planned)
	packedPlan := func(x *site) { planned(x); x.scan("k", "TOTE-00001"); x.scan("k", "EA-1"); x.scan("k", "EA-1") }
	other := func(x *site) {
		packedPlan(x)
		x.record(order("o2", "cj", line{2, 1}))
		x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}})
		x.label("B-2")
	}
	second := func() string { x := newSite(t); crew(x); other(x); return x.live.Box("B-2").Waybill }()
	runRows(t, []flowRow{
		{row: "2.5-first", name: "picking begins: the box is planned with its number", set: func(x *site) { firstSite(x); x.record(order("o1", "cj", line{1, 2})) },
			act: "start", args: edge.Args{Flow: edge.Pick}, code: edge.OK, say: "pick.started", step: "tote", events: "work.started box.planned waybill.assigned"},
		{row: "2.5-first", name: "of each order of a walk", set: func(x *site) {
			firstSite(x)
			x.record(order("o1", "cj", line{1, 2}))
			x.record(order("o2", "cj", line{1, 2}))
		}, act: "start", args: edge.Args{Flow: edge.Pick, Mode: "cluster"}, code: edge.OK, say: "pick.clusterStarted", step: "tote",
			events: "work.started box.planned waybill.assigned box.planned waybill.assigned"},
		{row: "2.5-first", name: "taken up again it has its label", set: func(x *site) {
			firstSite(x)
			x.record(order("o1", "cj", line{1, 2}))
			x.act("p", "start", edge.Args{Flow: edge.Pick})
			x.act("p", "leave", edge.Args{})
		}, act: "start", args: edge.Args{Flow: edge.Pick}, code: edge.OK, say: "pick.started", step: "tote", events: "work.started"},
		{row: "2.5-first", name: "of a client who prints last", set: func(x *site) { x.pol.Pick.Printer = "p9"; x.record(order("o1", "cj", line{1, 2})) },
			act: "start", args: edge.Args{Flow: edge.Pick}, code: edge.OK, say: "pick.started", step: "tote", events: "work.started"},
		{row: "2.5-first", name: "without a number it is made at the desk", set: func(x *site) {
			firstSite(x)
			x.catalogue(&edge.CarrierRecord{ID: "cj2", Waybill: edge.WaybillFormat{Format: "cj"}})
			x.record(order("o1", "cj2", line{1, 2}))
		}, act: "start", args: edge.Args{Flow: edge.Pick}, code: edge.OK, say: "pick.started", step: "tote", events: "work.started"},
		{row: "2.5-7", name: "the last piece asks for the label that is there", who: "k", set: func(x *site) { planned(x); x.scan("k", "TOTE-00001"); x.scan("k", "EA-1") }, scan: "EA-1",
			code: edge.Done, say: "pack.allIn", step: "waybill", events: "pack.item box.closed"},
		{row: "2.5-7", name: "it matches", who: "k", set: packedPlan, scan: number, code: edge.Done, say: "pack.orderDone", step: "", events: "waybill.bound tote.released work.finished"},
		{row: "2.5-7", name: "swapped with another order's", who: "k", set: other, scan: second, code: edge.Wrong, say: "pack.wrongWaybill", step: "waybill", events: "scan.refused"},
		{row: "2.5-8", name: "a second box gets its label at the desk", who: "k", set: func(x *site) {
			planned(x)
			x.scan("k", "TOTE-00001")
			x.scan("k", "EA-1")
			x.act("k", "close", edge.Args{})
			x.scan("k", waybillOf(x))
		}, scan: "EA-1", code: edge.Done, say: "pack.allIn", step: "printing", events: "pack.item box.closed waybill.assigned"},
		{row: "2.5-10", name: "void before packing", who: "k", set: planned, act: "void", args: edge.Args{Waybill: number, Reason: "lost"},
			code: edge.OK, say: "label.voided", step: "", events: "waybill.voided waybill.assigned"},
		{row: "2.5-9", name: "reprint before packing", who: "k", set: planned, act: "reprint", args: edge.Args{Waybill: number, Reason: "damaged"},
			code: edge.OK, say: "label.reprint", step: "", events: "step.confirmed"},
		{row: "2.5-11", name: "another address: the old label first", who: "k", set: func(x *site) {
			planned(x)
			x.record(&edge.OrderChange{ID: "c1", Rev: 1, Order: "o1", Change: "readdress", RecipientRef: "r", RecipientVersion: 2, Routed: true})
			x.scan("k", "TOTE-00001")
			x.scan("k", "EA-1")
			x.scan("k", "EA-1")
		}, scan: number, code: edge.OK, say: "label.destroyed", step: "printing", events: "step.confirmed"},
		{row: "2.5-first", name: "in doubt at the pick printer: asked at the desk", who: "k", set: func(x *site) {
			firstSite(x)
			x.record(order("o1", "cj", line{1, 1}))
			x.act("p", "start", edge.Args{Flow: edge.Pick})
			x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p9"})
			x.print(edge.PrintReport{Stage: edge.StageInDoubt, Box: "B-1", Attempt: "A-1", Error: "silent"})
			x.scan("p", "TOTE-00001")
			x.scan("p", "EA-1")
			x.scan("k", "TOTE-00001")
			x.scan("k", "EA-1")
		}, scan: number, code: edge.Done, say: "pack.orderDone", step: "", events: "label.settled waybill.bound tote.released work.finished"},
	})
}

// TestPrintFirstOnAnotherCarrier: a number is of its carrier; the old label is
// void, and a new one comes out where the first did.
func TestPrintFirstOnAnotherCarrier(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	planned(x)
	old := waybillOf(x)
	x.record(&edge.OrderChange{ID: "c1", Order: "o1", Change: "recarrier", Carrier: "hanjin"})
	assert.Equal(t, "waybill.voided order.changed waybill.assigned", x.kinds())
	b := x.live.Box("B-1")
	assert.Equal(t, "hanjin", b.Carrier)
	assert.True(t, b.Print.Wanted)
	assert.Equal(t, edge.PickStation, b.Station)
	assert.Equal(t, edge.Unknown, x.scan("k", old).Code)
	x.label("B-1")
	x.scan("k", waybillOf(x))
	x.follow("k", nil)
	assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
	checkEvents(t, x.events)
}

// TestPlannedOrderIsBegun: a label is on paper, so nothing changes it quietly.
func TestPlannedOrderIsBegun(t *testing.T) {
	x := newSite(t)
	crew(x)
	firstSite(x)
	x.record(order("o1", "cj", line{1, 2}))
	x.act("p", "start", edge.Args{Flow: edge.Pick})
	x.act("p", "leave", edge.Args{})
	again := order("o1", "cj", line{1, 3})
	again.Hash = "other"
	assert.Equal(t, edge.Begun, x.record(again).Code)
	cancelO1(x)
	assert.Equal(t, edge.Cancelled, x.scan("k", waybillOf(x)).Code, "its label stops wherever it is scanned")
}

// required is a site that wants each box's type and knows what fits.
func required(x *site) {
	x.pol.Pack.BoxType = "required"
	x.pol.Stations[0].Scale = "s1"
	x.catalogue(&edge.BoxTypeRecord{ID: "B1", Barcode: "BOX-B1", SizeMM: []int{150, 100, 100}, TareGrams: 80, MaxGrams: 1000},
		&edge.BoxTypeRecord{ID: "B2", Barcode: "BOX-B2", SizeMM: []int{400, 300, 200}, TareGrams: 250, MaxGrams: 9000},
		&edge.SKURecord{Client: "default", ID: "S1", WeightGrams: 200, SizeMM: []int{120, 90, 80}, Barcodes: []edge.Barcode{{Code: "EA-1"}}},
		&edge.SKURecord{Client: "default", ID: "S2", WeightGrams: 200, SizeMM: []int{300, 90, 80}, Barcodes: []edge.Barcode{{Code: "EA-2"}}})
}

func inCarton(sku, n int) func(x *site) {
	return func(x *site) {
		required(x)
		x.record(order("o1", "cj", line{sku, n}))
		x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
		x.follow("p", func() string { return "TOTE-00001" })
		x.act("k", "start", edge.Args{Flow: edge.Pack, Station: "pack-1"})
		x.scan("k", "TOTE-00001")
		for range n {
			x.scan("k", fmt.Sprintf("EA-%d", sku))
		}
	}
}

func TestRowsOfBoxTypesAndWeight(t *testing.T) {
	weighing := func(x *site) { inCarton(1, 1)(x); x.scan("k", "BOX-B1") }
	runRows(t, []flowRow{
		{row: "2.5-4", name: "the box type where it matters", who: "k", set: func(x *site) {
			inCarton(1, 2)(x)
			x.act("k", "undo", edge.Args{})
		}, scan: "EA-1", code: edge.Done, say: "pack.allIn", step: "boxType", events: "pack.item"},
		{row: "2.5-4", name: "it is taken, then the weight", who: "k", set: inCarton(1, 1), scan: "BOX-B1", code: edge.OK, say: "pack.boxType", step: "weight", events: "step.confirmed"},
		{row: "2.5-4", name: "it comes before the last piece too", who: "k", set: func(x *site) { inCarton(1, 2)(x); x.act("k", "undo", edge.Args{}); x.scan("k", "BOX-B1") }, scan: "EA-1",
			code: edge.Done, say: "pack.allIn", step: "weight", events: "pack.item"},
		{row: "2.5-4", name: "another thing", who: "k", set: inCarton(1, 1), scan: "LOC-L1", code: edge.Unexpected, say: "scan.unexpected", step: "boxType", events: "scan.refused"},
		{row: "2.5-4", name: "thought better of", who: "k", set: weighing, scan: "BOX-B2", code: edge.OK, say: "pack.boxType", step: "weight", events: "step.confirmed"},
		{row: "2.5-8", name: "a box that is full asks for its type as well", who: "k", set: func(x *site) { inCarton(1, 2)(x); x.act("k", "undo", edge.Args{}) }, act: "close",
			code: edge.Done, say: "pack.boxClosed", step: "boxType", events: "step.confirmed"},
		{row: "2.5-6", name: "the carton is part of the weight", who: "k", set: weighing, act: "weight", args: edge.Args{Grams: "290", Source: "scale"},
			code: edge.OK, say: "pack.weighed", step: "printing", events: "box.weighed box.closed waybill.assigned"},
		{row: "2.5-6", name: "without what should be in it", who: "k", set: weighing, act: "weight", args: edge.Args{Grams: "80"},
			code: edge.Wrong, say: "pack.wrongWeight", step: "weight", events: "scan.refused"},
		{row: "2.5-6", name: "within the client's own tolerance alone", who: "k", set: func(x *site) {
			weighing(x)
			x.catalogue(&edge.ClientRecord{ID: "default", WeightPercent: n(0), WeightGrams: n(5)})
		}, act: "weight", args: edge.Args{Grams: "290"}, code: edge.Wrong, say: "pack.wrongWeight", step: "weight", events: "scan.refused"},
		{row: "2.5-6", name: "within the site's", who: "k", set: func(x *site) { weighing(x); x.pol.Pack.WeightGrams = 300 }, act: "weight", args: edge.Args{Grams: "500"},
			code: edge.OK, say: "pack.weighed", step: "printing", events: "box.weighed box.closed waybill.assigned"},
		{row: "2.5-6", name: "a lead lets it pass, and what it weighs is told", who: "k", set: weighing, act: "override",
			args: edge.Args{ByLead: "lead", Reason: "checked", Grams: "900", Source: "scale"},
			code: edge.OK, say: "pack.weighed", step: "printing", events: "step.confirmed box.weighed box.closed waybill.assigned"},
		{row: "2.5-6", name: "nobody else does", who: "k", set: weighing, act: "override", args: edge.Args{Reason: "checked", Grams: "900"},
			code: edge.Denied, say: "role.missing", step: "weight", events: "scan.refused"},
		{row: "2.5-6", name: "no weight at all", who: "k", set: weighing, act: "weight", args: edge.Args{Grams: "heavy"},
			code: edge.Unexpected, say: "weight.missing", step: "weight", events: "scan.refused"},
	})
}

// TestBoxTypeIsAdvised by sizes and weights, and told with the materials.
func TestBoxTypeIsAdvised(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	inCarton(1, 1)(x)
	s := x.screen("k")
	assert.Equal(t, []edge.Expect{{Kind: "box", Code: "BOX-B1", Box: "B-1"}, {Kind: "box", Code: "BOX-B2", Box: "B-1"}}, s.Expect)
	assert.Equal(t, "B1", s.Parcel.Advised)
	x.scan("k", "BOX-B1")
	assert.Equal(t, []int{280, 64}, []int{x.screen("k").Parcel.Expected, x.screen("k").Parcel.Slack}, "200 and the carton's 80; 5 percent and 50 g")
	x.act("k", "weight", edge.Args{Grams: "290", Source: "scale"})
	assert.Equal(t, &edge.BoxEvent{Box: "B-1", Grams: "290", Expected: 280, OK: true, BoxType: "B1", Tare: 80, Source: "scale"}, x.last[0].Data)
	assert.Equal(t, []edge.Material{{Kind: "box", What: "B1", Quantity: 1}}, x.last[1].Data.(*edge.BoxEvent).Materials)
	for sku, want := range map[int]string{1: "B2", 2: "B2"} { // two do not fit, nor does a long one
		x := newSite(t)
		crew(x)
		inCarton(sku, 2)(x)
		assert.Equal(t, want, x.screen("k").Parcel.Advised, sku)
	}
	x = newSite(t)
	crew(x)
	inCarton(1, 1)(x)
	x.catalogue(&edge.SKURecord{Client: "default", ID: "S1", WeightGrams: 2000, SizeMM: []int{120, 90, 80}, Barcodes: []edge.Barcode{{Code: "EA-1"}}})
	assert.Equal(t, "B2", x.screen("k").Parcel.Advised, "too heavy for the small one")
}

// TestMaterialsAreTold: what went into a box beside the lines, whoever it was for.
func TestMaterialsAreTold(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	a, b := joint("o1", "key", line{1, 1}), joint("o2", "key", line{2, 1})
	a.Extras = []edge.Extra{{Kind: "wrap", SKU: "S3"}, {Kind: "gift", SKU: "S4", OnMissing: "skip"}}
	b.Extras = []edge.Extra{{Kind: "card"}}
	x.record(a)
	x.record(b)
	pickAlone(x, "o1", "TOTE-00001")
	pickAlone(x, "o2", "TOTE-00002")
	for _, code := range []string{"TOTE-00001", "TOTE-00002", "BOX-B2", "EA-1", "EA-2", "EA-3"} {
		require.True(t, x.scan("k", code).OK, code)
	}
	require.True(t, x.act("k", "skip", edge.Args{Reason: "none"}).OK)
	assert.Equal(t, "card", x.screen("k").Expect[0].Code, "an extra without an article is a card of its kind")
	require.True(t, x.scan("k", "card").OK)
	require.Equal(t, "step.confirmed box.closed waybill.assigned", x.kinds())
	assert.Equal(t, []edge.Material{{Kind: "wrap", What: "S3", Quantity: 1}, {Kind: "card", Order: "o2", Quantity: 1}, {Kind: "box", What: "B2", Quantity: 1}},
		x.last[1].Data.(*edge.BoxEvent).Materials)
}

// TestLearnedWeightsTellNothingFalse: pieces in unnamed cartons tell what such a
// box weighs, and nothing of other boxes.
func TestLearnedWeightsTellNothingFalse(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.pol.Stations[0].Scale = "s1"
	x.catalogue(&edge.SKURecord{Client: "default", ID: "S1", Barcodes: []edge.Barcode{{Code: "EA-1"}}},
		&edge.BoxTypeRecord{ID: "B3", Barcode: "BOX-B3", TareGrams: 100})
	crew(x)
	next := totes()
	pack := func(id string, pieces int, boxType, grams string) *edge.BoxEvent {
		picked(t, x, id, "cj", next(), line{1, pieces})
		require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack, Station: "pack-1"}).OK)
		x.scan("k", x.screen("k").Expect[0].Code)
		if boxType != "" {
			x.scan("k", boxType)
		}
		for range pieces {
			x.scan("k", "EA-1")
		}
		v := x.act("k", "weight", edge.Args{Grams: grams})
		require.True(t, v.OK, "%+v", v)
		e := x.last[0].Data.(*edge.BoxEvent)
		x.follow("k", nil)
		return e
	}
	for i := range 5 {
		pack(fmt.Sprint("a", i), 1, "", "450")
	}
	e := pack("b", 1, "", "450")
	assert.Equal(t, []any{450, true}, []any{e.Expected, e.Learned}, "a box like those")
	assert.Zero(t, pack("c", 4, "", "1350").Expected, "four pieces do not weigh four cartons")
	assert.Zero(t, pack("d0", 2, "BOX-B3", "700").Expected)
	for i := range 4 {
		pack(fmt.Sprint("d", i+1), 2, "BOX-B3", "700")
	}
	e = pack("e", 3, "BOX-B3", "1000")
	assert.Equal(t, []any{1000, true, 100}, []any{e.Expected, e.Learned, e.Tare}, "300 a piece and the carton")
}

// TestRowsOfBoxes: several boxes, none of which may be missing.
func TestRowsOfBoxes(t *testing.T) {
	two := func(x *site) {
		picked(t, x, "o1", "cj", "TOTE-00001", line{1, 2})
		x.scan("k", "TOTE-00001")
		x.scan("k", "EA-1")
		x.act("k", "close", edge.Args{})
	}
	second := func(x *site) { two(x); x.label("B-1"); x.scan("k", waybillOf(x)); x.scan("k", "EA-1"); x.label("B-2") }
	number := latestNumber(t, func(x *site) { two(x) })
	last := func() string { x := newSite(t); crew(x); second(x); return x.live.Box("B-2").Waybill }()
	runRows(t, []flowRow{
		{row: "2.5-8", name: "the first box gets its label first", who: "k", set: two, scan: "EA-1", code: edge.Unexpected, say: "scan.unexpected", step: "printing", events: "scan.refused"},
		{row: "2.5-8", name: "then the next begins", who: "k", set: func(x *site) { two(x); x.label("B-1") }, scan: number, code: edge.Done, say: "pack.boxDone", step: "item", events: "waybill.bound"},
		{row: "2.5-8", name: "the label of the other box", who: "k", set: second, scan: number, code: edge.Duplicate, say: "waybill.used", step: "waybill", events: "scan.refused"},
		{row: "2.5-8", name: "the last box ends the order", who: "k", set: second, scan: last, code: edge.Done, say: "pack.orderDone", step: "",
			events: "waybill.bound tote.released work.finished"},
		{row: "2.5-8", name: "an empty box is none", who: "k", set: func(x *site) { two(x); x.label("B-1"); x.scan("k", waybillOf(x)) }, act: "close",
			code: edge.Unexpected, say: "pack.boxEmpty", step: "item", events: "scan.refused"},
		{row: "2.5-8", name: "with a box of it open elsewhere nothing is over", who: "k", set: func(x *site) {
			second(x)
			x.scan("k", last)
			x.act("k", "reopen", edge.Args{Box: "B-1", Reason: "gift"})
			x.act("k", "leave", edge.Args{})
			x.act("k", "reopen", edge.Args{Box: "B-2", Reason: "gift"})
			x.act("k", "close", edge.Args{})
		}, scan: last, code: edge.Done, say: "pack.boxDone", step: "close", events: "waybill.bound"},
	})
	x := newSite(t)
	x.deep = true
	crew(x)
	second(x)
	for _, id := range []string{"B-1", "B-2"} {
		assert.Equal(t, 2, x.live.Box(id).Of, "both know that they are two: %s", id)
	}
	assert.Equal(t, [2]int{2, 2}, [2]int{x.screen("k").Parcel.N, x.screen("k").Parcel.Of})
	x.scan("k", last)
	x.act("k", "reopen", edge.Args{Box: "B-1", Reason: "gift"})
	assert.Zero(t, x.live.Box("B-2").Of, "how many there are is open again")
	x.act("k", "close", edge.Args{})
	assert.Equal(t, "box.closed", x.kinds(), "its label still says what is in it")
	assert.Equal(t, 2, x.live.Box("B-1").Of)
}

// TestBoxThatWasOpenedTellsTheTruth: other contents, another copy.
func TestBoxThatWasOpenedTellsTheTruth(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", line{1, 1}, line{2, 1})
	x.scan("k", "TOTE-00001")
	x.scan("k", "EA-1")
	x.scan("k", "EA-2")
	x.label("B-1")
	x.scan("k", waybillOf(x))
	x.act("k", "reopen", edge.Args{Box: "B-1", Reason: "gift"})
	x.act("k", "undo", edge.Args{})
	x.scan("k", "EA-1")
	x.act("k", "close", edge.Args{})
	require.Equal(t, "box.closed step.confirmed", x.kinds(), "one piece is not in it any more")
	assert.Equal(t, "contents", x.last[1].Data.(*edge.StepConfirmed).Reason)
	assert.Equal(t, "printing", x.screen("k").Step)
	assert.Equal(t, edge.Hold, x.scan("k", waybillOf(x)).Code, "the old copy says that both are in it")
	x.label("B-1")
	assert.Equal(t, 2, x.live.Box("B-1").Print.Copy)
	assert.Equal(t, edge.Done, x.scan("k", waybillOf(x)).Code)
	checkEvents(t, x.events)
}

// TestDuplicates: the same goods for the same recipient within the hours.
func TestDuplicates(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.pol.Orders.DuplicateHours = 2
	crew(x)
	take := func(id string) string {
		r := order(id, "cj", line{1, 1})
		r.Like = "same"
		x.record(r)
		return x.live.Order("default", id).HeldOf
	}
	assert.Empty(t, take("o1"))
	assert.Equal(t, "o1", take("o2"))
	assert.Equal(t, "order.received order.changed", x.kinds())
	assert.Equal(t, &edge.OrderChanged{Held: "duplicate", Of: "o1", Step: "received"}, x.last[1].Data)
	assert.Equal(t, "duplicate", x.live.Order("default", "o2").Held)
	assert.Equal(t, x.now, x.live.Order("default", "o2").HeldAt)
	x.record(&edge.OrderChange{ID: "lead-1", Order: "o2", Change: "release"})
	assert.Empty(t, x.live.Order("default", "o2").HeldOf)
	assert.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o2"}}).OK)
	cancelO1(x)
	x.record(&edge.OrderChange{ID: "c-2", Order: "o2", Change: "cancel"})
	assert.Empty(t, take("o3"), "cancelled orders are no doubles")
	x.now = x.now.Add(3 * time.Hour)
	assert.Empty(t, take("o4"), "too long ago")
	x.catalogue(&edge.ClientRecord{ID: "default", DuplicateHours: n(0)})
	assert.Empty(t, take("o5"), "this client wants none of it")
	x.catalogue(&edge.ClientRecord{ID: "default", DuplicateHours: n(24)})
	assert.Equal(t, "o5", take("o6"), "the newest of them")
	for _, id := range []string{"o3", "o4"} {
		x.record(&edge.OrderChange{ID: "c-" + id, Order: id, Change: "cancel"})
	}
	again := order("o5", "cj", line{1, 1})
	again.Like, again.Hash = "same", "again"
	x.record(again)
	assert.Empty(t, x.live.Order("default", "o5").HeldOf, "o6 waits for this one")
	assert.Equal(t, x.hash(x.live), x.hash(x.replay))
	rebuilt(t, x)
}

// TestDuplicateOfAParkedOrder is found when it is taken up.
func TestDuplicateOfAParkedOrder(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.pol.Orders.DuplicateHours = 24
	for _, id := range []string{"o1", "o2"} {
		r := order(id, "later", line{1, 1})
		r.Like = "same"
		x.record(r)
	}
	x.catalogue(&edge.CarrierRecord{ID: "later", Waybill: edge.WaybillFormat{Format: "cj"}})
	assert.Empty(t, x.live.Order("default", "o1").Held)
	assert.Equal(t, "o1", x.live.Order("default", "o2").HeldOf, "one of them is held, not both")
}

// TestRowsOfLabelsAgain: a reprint and a void are two acts.
func TestRowsOfLabelsAgain(t *testing.T) {
	number := latestNumber(t, packedOne)
	again := func(x *site) { packedOne(x); x.act("k", "reprint", edge.Args{Waybill: number, Reason: "damaged"}) }
	limit := func(set func(x *site)) func(x *site) { return func(x *site) { x.pol.Pack.Reprints = 1; set(x) } }
	runRows(t, []flowRow{
		{row: "2.5-9", name: "of a packed box, by its number", who: "k", set: packedOne, act: "reprint", args: edge.Args{Waybill: number, Reason: "damaged"},
			code: edge.OK, say: "label.reprint", step: "printing", events: "work.started step.confirmed"},
		{row: "2.5-9", name: "the new copy binds", who: "k", set: func(x *site) { again(x); x.label("B-1") }, scan: number,
			code: edge.Done, say: "pack.orderDone", step: "", events: "waybill.bound work.finished"},
		{row: "2.5-9", name: "its twin is a duplicate", who: "k", set: func(x *site) { again(x); x.label("B-1"); x.scan("k", number); another(x, "k") }, scan: number,
			code: edge.Duplicate, say: "pack.packed", step: "tote", events: "scan.refused"},
		{row: "2.5-9", name: "no truck takes the box before", who: "l", set: func(x *site) { again(x); x.scan("l", "DOCK-D1") }, scan: number,
			code: edge.Hold, say: "load.notPacked", step: "waybill", events: "scan.refused"},
		{row: "2.5-9", name: "without a reason", who: "k", set: packedOne, act: "reprint", args: edge.Args{Waybill: number},
			code: edge.Unexpected, say: "confirm.reason", step: "", events: "scan.refused"},
		{row: "2.5-9", name: "of a number that is not here", who: "k", set: packedOne, act: "reprint", args: edge.Args{Waybill: "999", Reason: "damaged"},
			code: edge.Unknown, say: "label.noNumber", step: "", events: "scan.refused"},
		{row: "2.5-9", name: "by a picker", who: "p", set: packedOne, act: "reprint", args: edge.Args{Waybill: number, Reason: "damaged"},
			code: edge.Denied, say: "role.missing", step: "", events: "scan.refused"},
		{row: "2.5-9", name: "on a truck", who: "k", set: onTruck, act: "reprint", args: edge.Args{Waybill: number, Reason: "damaged"},
			code: edge.Unexpected, say: "reopen.loaded", step: "", events: "scan.refused"},
		{row: "2.5-9", name: "of a cancelled order", who: "k", set: func(x *site) { packedOne(x); cancelO1(x) }, act: "reprint", args: edge.Args{Waybill: number, Reason: "damaged"},
			code: edge.Cancelled, say: "order.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.5-9", name: "of a held order", who: "k", set: func(x *site) {
			packedOne(x)
			x.record(&edge.OrderChange{ID: "h", Order: "o1", Change: "hold", Reason: "fraud"})
		}, act: "reprint", args: edge.Args{Waybill: number, Reason: "damaged"}, code: edge.Hold, say: "order.held", step: "", events: "scan.refused"},
		{row: "2.5-9", name: "while one is on its way", who: "k2", set: func(x *site) { again(x); x.act("k", "leave", edge.Args{}) }, act: "reprint",
			args: edge.Args{Waybill: number, Reason: "damaged"}, code: edge.Hold, say: "pack.notPrinted", step: "", events: "scan.refused"},
		{row: "2.5-9", name: "in another packer's hands", who: "k2", set: func(x *site) { again(x); x.label("B-1") }, act: "reprint",
			args: edge.Args{Waybill: number, Reason: "damaged"}, code: edge.Duplicate, say: "pack.boxTaken", step: "", events: "scan.refused"},
		{row: "2.5-9", name: "over the limit", who: "k", set: limit(func(x *site) { again(x); x.label("B-1") }), act: "reprint", args: edge.Args{Reason: "damaged"},
			code: edge.Denied, say: "label.limit", step: "waybill", events: "scan.refused"},
		{row: "2.5-9", name: "a lead at the packer's screen", who: "k", set: limit(func(x *site) { again(x); x.label("B-1") }), act: "override",
			args: edge.Args{Reason: "damaged", ByLead: "lead"}, code: edge.OK, say: "label.reprint", step: "printing", events: "step.confirmed"},
		{row: "2.5-9", name: "nobody else", who: "k", set: limit(func(x *site) { again(x); x.label("B-1") }), act: "override", args: edge.Args{Reason: "damaged"},
			code: edge.Denied, say: "role.missing", step: "waybill", events: "scan.refused"},
		{row: "2.5-9", name: "over the limit on the idle screen", who: "k", set: limit(func(x *site) { again(x); x.label("B-1"); x.scan("k", number) }), act: "reprint",
			args: edge.Args{Waybill: number, Reason: "damaged"}, code: edge.Denied, say: "label.limit", step: "", events: "scan.refused"},
		{row: "2.5-9", name: "with a lead's badge", who: "k", set: limit(func(x *site) { again(x); x.label("B-1"); x.scan("k", number) }), act: "reprint",
			args: edge.Args{Waybill: number, Reason: "damaged", ByLead: "lead"}, code: edge.OK, say: "label.reprint", step: "printing", events: "work.started step.confirmed"},
		{row: "2.5-10", name: "void: the number dies and another comes", who: "k", set: packedOne, act: "void", args: edge.Args{Waybill: number, Reason: "wrongBox"},
			code: edge.OK, say: "label.voided", step: "printing", events: "work.started waybill.voided waybill.assigned"},
		{row: "2.5-10", name: "dead on the box", who: "k", set: func(x *site) {
			packedOne(x)
			x.act("k", "void", edge.Args{Waybill: number, Reason: "wrongBox"})
			x.label("B-1")
		}, scan: number,
			code: edge.Unknown, say: "waybill.voided", step: "waybill", events: "scan.refused"},
		{row: "2.5-10", name: "dead at the truck", who: "l", set: func(x *site) {
			packedOne(x)
			x.act("k", "void", edge.Args{Waybill: number, Reason: "wrongBox"})
			x.scan("l", "DOCK-D1")
		}, scan: number, code: edge.Unknown, say: "waybill.voided", step: "waybill", events: "scan.refused"},
		{row: "2.5-10", name: "dead on the idle screen", who: "k2", set: func(x *site) { packedOne(x); x.act("k", "void", edge.Args{Waybill: number, Reason: "wrongBox"}) }, scan: number,
			code: edge.Unknown, say: "waybill.voided", step: "", events: "scan.refused"},
	})
}

// TestAVoidSaysWhetherTheNumberIsKnownElsewhere: what only this site ever saw dies
// quietly; what the mall has (가배송), or was told as shipped, must be corrected there.
func TestAVoidSaysWhetherTheNumberIsKnownElsewhere(t *testing.T) {
	for name, c := range map[string]struct {
		client  edge.ClientRecord
		own     string
		correct bool
	}{
		"of a lease":                 {edge.ClientRecord{ID: "default"}, "", false},
		"the order brought it":       {edge.ClientRecord{ID: "default"}, "123456789012", true},
		"told as shipped":            {edge.ClientRecord{ID: "default", ShipConfirmAt: "packed"}, "", true},
		"told as shipped at closing": {edge.ClientRecord{ID: "default", ShipConfirmAt: "truckClosed"}, "", false},
		"printed before packing":     {edge.ClientRecord{ID: "default", Print: "first"}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			x.pol.Pick.Printer = "p9"
			x.catalogue(&c.client)
			o := order("o1", "cj", line{1, 1})
			o.Waybill = c.own
			x.record(o)
			x.scan("p", "TOTE-00001")
			x.scan("p", "EA-1")
			if c.client.Print == "first" {
				x.label("B-1")
			}
			x.scan("k", "TOTE-00001")
			x.follow("k", nil)
			b := x.live.Box("B-1")
			require.NotEmpty(t, b.Bound)
			old := b.Waybill
			require.Equal(t, edge.OK, x.act("k", "void", edge.Args{Waybill: old, Reason: "wrongBox", Station: "pack-1"}).Code)
			e := typed(x.last, edge.EvVoided)[0].Data.(*edge.WaybillEvent)
			assert.Equal(t, []any{old, c.correct}, []any{e.Waybill, e.Correct})
		})
	}
}
