package floor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// flowRow is one row of the flows of a fulfilment centre: who does what, and
// what the floor answers, shows and writes down.
type flowRow struct {
	row, name string
	set       func(x *site)
	who, scan string // scan, or act with args
	act       string
	args      edge.Args
	ask       any // what no screen has a button for
	device    string
	silent    bool // the WMS has not called for minutes
	code      edge.Code
	say, step string
	events    string
}

func (r *flowRow) run(t *testing.T) *site {
	x := newSite(t)
	x.deep = true
	x.catalogue(captureRecords()...)
	crew(x)
	if r.set != nil {
		r.set(x)
	}
	who := r.who
	if who == "" {
		who = "p"
	}
	var v edge.Verdict
	switch {
	case r.ask != nil:
		v = x.ask(who, r.ask)
	case r.act != "":
		v = x.send(&edge.Message{Kind: edge.Act, Worker: who, Action: r.act, Args: r.args, Rev: x.rev[who], Silent: r.silent})
	default:
		v = x.send(&edge.Message{Kind: edge.Scan, Worker: who, Code: r.scan, Device: r.device, Silent: r.silent})
	}
	assert.Equal(t, r.code, v.Code, "code")
	assert.Equal(t, r.say, v.Say.Key, "say")
	assert.Equal(t, r.events, x.kinds(), "events")
	assert.Equal(t, r.step, x.screen(who).Step, "step")
	return x
}

func runRows(t *testing.T, rows []flowRow) {
	for _, r := range rows {
		t.Run(r.row+" "+r.name, func(t *testing.T) { r.run(t) })
	}
}

const gtin7 = "8801234567893"

// captureRecords are articles of which more than the number is wanted: S7 lot
// and expiry, S8 a serial number, S9 is only ever typed.
func captureRecords() []any {
	return []any{
		&edge.LocationRecord{ID: "L7", Barcode: "LOC-L7", Sequence: 7}, &edge.LocationRecord{ID: "L8", Barcode: "LOC-L8", Sequence: 8},
		&edge.LocationRecord{ID: "L9", Barcode: "LOC-L9", Sequence: 9},
		&edge.SKURecord{Client: "default", ID: "S7", Capture: []string{"lot", "expiry"}, Barcodes: []edge.Barcode{{Code: gtin7}}},
		&edge.SKURecord{Client: "default", ID: "S8", Capture: []string{"serial"}, Barcodes: []edge.Barcode{{Code: "EA-8"}, {Code: "CS-8", Quantity: 2}}},
		&edge.SKURecord{Client: "default", ID: "S9", Count: "typed", Barcodes: []edge.Barcode{{Code: "EA-9"}}},
	}
}

// begun gives the picker an order of these lines and a tote.
func begun(x *site, lines ...line) {
	x.record(order("o1", "cj", lines...))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
	x.scan("p", "TOTE-00001")
}

func lots(x *site) {
	begun(x, line{7, 2}, line{8, 1})
	stock(x, "S7", "L7", "A1", "2027-01-31", 5)
	stock(x, "S7", "L7", "B2", "2027-06-30", 5)
}

func stock(x *site, sku, location, lot, expiry string, n int) {
	x.record(&edge.StockRecord{StockKnown: edge.StockKnown{Location: location, SKU: sku, Lot: lot, Expiry: expiry, Quantity: n}})
}

// gs1 data of S7 as a scanner with identifiers sends them.
func gs1Of(rest string) string { return "]d201" + "0" + gtin7 + rest }

// A lot that was read is not asked for again: its day is what is missing.
func TestTheScreenKnowsWhatWasRead(t *testing.T) {
	x := newSite(t)
	x.catalogue(captureRecords()...)
	crew(x)
	lots(x)
	x.scan("p", gtin7)
	assert.Equal(t, "A1", x.screen("p").Expect[0].Code, "the lot that goes first")
	require.Equal(t, edge.OK, x.scan("p", "]C110B2").Code)
	e := x.screen("p").Expect[0]
	assert.Equal(t, []string{"lot", "", "B2"}, []string{e.Kind, e.Code, e.Lot})
}

func TestRowsOfCaptures(t *testing.T) {
	runRows(t, []flowRow{
		{row: "2.2-6", name: "lot and expiry in one symbol", set: lots, scan: gs1Of("1727013110A1"), code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "the number alone asks for the lot", set: lots, scan: gtin7, code: edge.OK, say: "pick.capture", step: "lot", events: "step.confirmed"},
		{row: "2.2-6", name: "a second symbol completes the first", set: func(x *site) { lots(x); x.scan("p", gtin7) },
			scan: "]C11727013110A1", code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "a bare lot that is known brings its day", set: func(x *site) { lots(x); x.scan("p", gtin7) },
			scan: "A1", code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "a bare lot that nobody knows wants its day", set: func(x *site) { lots(x); x.scan("p", gtin7) },
			scan: "ZZ", code: edge.OK, say: "pick.capture", step: "lot", events: "step.confirmed"},
		{row: "2.2-6", name: "the second symbol is of another article", set: func(x *site) { lots(x); x.scan("p", gtin7) },
			scan: "EA-1", code: edge.Unexpected, say: "scan.unexpected", step: "lot", events: "scan.refused"},
		{row: "2.2-6", name: "the second symbol contradicts the first", set: func(x *site) { lots(x); x.scan("p", gs1Of("10A1")) },
			scan: "]C110B2", code: edge.Wrong, say: "pick.captureDiffers", step: "lot", events: "scan.refused"},
		{row: "2.2-6", name: "the lower symbol first", set: lots, scan: "]C110A1\x1d21SN-1", code: edge.OK, say: "pick.thenItem", step: "item", events: "step.confirmed"},
		{row: "2.2-6", name: "then the upper one", set: func(x *site) { lots(x); x.scan("p", "]C110A1\x1d21SN-1") },
			scan: gs1Of("17270131"), code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "then the number alone: the day is still wanted", set: func(x *site) { lots(x); x.scan("p", "]C110A1\x1d21SN-1") },
			scan: gtin7, code: edge.OK, say: "pick.capture", step: "lot", events: "step.confirmed"},
		{row: "2.2-6", name: "lot and day first, without identifiers, then the number", set: func(x *site) { lots(x); x.scan("p", "1727013110A1") },
			scan: gtin7, code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "the upper one is of another piece", set: func(x *site) { lots(x); x.scan("p", "]C110A1\x1d17270131") },
			scan: gs1Of("17270131" + "10B2"), code: edge.Wrong, say: "pick.captureDiffers", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "two lots, and no number between", set: func(x *site) { lots(x); x.scan("p", "]C110A1\x1d17270131") },
			scan: "]C110B2", code: edge.Wrong, say: "pick.captureDiffers", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "the same lot twice", set: func(x *site) { lots(x); x.scan("p", "]C110A1") },
			scan: "]C110A1", code: edge.Unexpected, say: "pick.thenItem", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "the lot that was scanned first is put back", set: func(x *site) { lots(x); x.scan("p", "]C110A1") },
			act: "undo", code: edge.OK, say: "undo.done", step: "item", events: "step.confirmed"},
		{row: "2.2-6", name: "an expired one is refused before its number", set: lots, scan: "]C11726112010A1", code: edge.Wrong, say: "pick.expired", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "the lower symbol without its separators", set: lots, scan: "]C110HP04AA21HP04AA003122", code: edge.Unknown, say: "pick.ambiguous", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "digits that may be anything are no lot", set: lots, scan: "172701311012", code: edge.Unknown, say: "scan.unknown", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "a lot of an article whose lot nobody wants", set: func(x *site) { begun(x, line{1, 1}) }, scan: "]C110A1", code: edge.Unknown, say: "scan.unknown", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "day 00 and the last day are one day", set: func(x *site) { lots(x); x.scan("p", gs1Of("17270100")) },
			scan: "]C11727013110A1", code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "a best-before beside a use-by", set: func(x *site) { lots(x); x.scan("p", gs1Of("15270110")) },
			scan: "]C11727013110A1", code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "separators were lost", set: lots, scan: "010" + gtin7 + "10HP04AA21HP04AA003122", code: edge.Unknown, say: "pick.ambiguous", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "expired", set: lots, scan: gs1Of("1726112010A1"), code: edge.Wrong, say: "pick.expired", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "good through its last day", set: lots, scan: gs1Of("1726112110A1"), code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "good until a time of the day", set: lots, scan: gs1Of("7003" + "2611210901\x1d" + "10A1"), code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "over since this minute", set: lots, scan: gs1Of("7003" + "2611210900\x1d" + "10A1"), code: edge.Wrong, say: "pick.expired", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "over at midnight before", set: lots, scan: gs1Of("7003" + "2611210000\x1d" + "10A1"), code: edge.Wrong, say: "pick.expired", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "the time first, then the number", set: func(x *site) { lots(x); x.scan("p", "]C17003"+"2701311200\x1d"+"10A1") },
			scan: gtin7, code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "the time without identifiers", set: func(x *site) { lots(x); x.scan("p", "7003"+"2701311200\x1d"+"10A1") },
			scan: gtin7, code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "another lot expires sooner", set: lots, scan: gs1Of("1727063010B2"), code: edge.Wrong, say: "pick.fefo", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "a reason for the other lot", set: lots, act: "confirm", args: edge.Args{Reason: "fefo"}, code: edge.OK, say: "pick.anyLot", step: "item", events: "step.confirmed"},
		{row: "2.2-6", name: "the other lot with a reason", set: func(x *site) { lots(x); x.act("p", "confirm", edge.Args{Reason: "fefo"}) },
			scan: gs1Of("1727063010B2"), code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "a serial number", set: func(x *site) { begun(x, line{8, 2}); x.scan("p", "EA-8") }, scan: "SN-1", code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "a serial number twice", set: func(x *site) { begun(x, line{8, 2}); x.scan("p", "EA-8"); x.scan("p", "SN-1"); x.scan("p", "EA-8") },
			scan: "SN-1", code: edge.Duplicate, say: "pick.serialUsed", step: "serial", events: "scan.refused"},
		{row: "2.2-6", name: "a serial number that was put back", set: func(x *site) {
			begun(x, line{8, 2})
			x.scan("p", "EA-8")
			x.scan("p", "SN-1")
			x.act("p", "undo", edge.Args{})
			x.scan("p", "EA-8")
		}, scan: "SN-1", code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-6", name: "a case has no one serial number", set: func(x *site) { begun(x, line{8, 2}) }, scan: "CS-8", code: edge.Over, say: "pick.serialEach", step: "item", events: "scan.refused"},
		{row: "2.2-6", name: "put back before the lot was read", set: func(x *site) { lots(x); x.scan("p", gtin7) },
			act: "undo", code: edge.OK, say: "undo.done", step: "item", events: "step.confirmed"},
		{row: "2.2-7", name: "typed after a lot was read", set: func(x *site) {
			x.pol.Pick.TypeFrom = 2
			lots(x)
			x.scan("p", gs1Of("1727013110A1"))
		}, act: "quantity", args: edge.Args{N: n(2)}, code: edge.Done, say: "pick.lineDone", step: "item", events: "pick.confirmed"},
		{row: "2.2-7", name: "an article that is typed from the first", set: func(x *site) { begun(x, line{9, 9}) },
			act: "quantity", args: edge.Args{N: n(8)}, code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-7", name: "serial numbers are never typed", set: func(x *site) { x.pol.Pick.Type = "always"; begun(x, line{8, 2}) },
			act: "quantity", args: edge.Args{N: n(2)}, code: edge.Unexpected, say: "quantity.scanEach", step: "item", events: "scan.refused"},
		{row: "2.5-2", name: "a code that cannot be read, with a reason", set: func(x *site) { begun(x, line{1, 2}) },
			act: "confirm", args: edge.Args{Reason: "unreadable"}, code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-9", name: "a short puts the last serial number back", set: func(x *site) {
			begun(x, line{8, 3})
			x.scan("p", "EA-8")
			x.scan("p", "SN-1")
		}, act: "short", args: edge.Args{Found: n(0), Reason: "none"}, code: edge.Done, say: "pick.nothing", step: "",
			events: "pick.undone pick.short count.asked order.changed tote.released work.finished"},
		{row: "2.2-9", name: "a short finds no serial number that was not scanned", set: func(x *site) { begun(x, line{8, 3}) },
			act: "short", args: edge.Args{Found: n(1), Reason: "none"}, code: edge.Unexpected, say: "quantity.scanEach", step: "item", events: "scan.refused"},
		{row: "2.5-2", name: "without a reason", set: func(x *site) { begun(x, line{1, 2}) },
			act: "confirm", code: edge.Unexpected, say: "confirm.reason", step: "item", events: "scan.refused"},
		{row: "2.5-2", name: "an unreadable serial number is typed", set: func(x *site) { begun(x, line{8, 2}); x.scan("p", "EA-8") },
			act: "confirm", args: edge.Args{Reason: "unreadable", Text: "SN-9"}, code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.5-2", name: "at the desk", set: func(x *site) { picked(t, x, "o1", "cj", "TOTE-00001", line{1, 2}); x.scan("k", "TOTE-00001") }, who: "k",
			act: "confirm", args: edge.Args{Reason: "unreadable", Text: "S1"}, code: edge.OK, say: "pack.item", step: "item", events: "pack.item"},
	})
}

func TestCapturesAreFacts(t *testing.T) {
	r := flowRow{set: lots, scan: gs1Of("1727013110A1"), code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"}
	x := r.run(t)
	e := x.last[0].Data.(*edge.PickEvent)
	assert.Equal(t, "A1", e.Lot)
	assert.Equal(t, "2027-01-31", e.Expiry)
	x.live.EachStock(func(s *edge.Stock) {
		if s.Lot == "A1" {
			assert.Equal(t, 4, s.Quantity, "the pick was booked off the lot")
		}
	})
	x.act("p", "undo", edge.Args{})
	e = x.last[0].Data.(*edge.PickEvent)
	assert.Equal(t, "A1", e.Lot, "what is taken back names its lot")
	x.act("p", "confirm", edge.Args{Reason: "fefo"})
	x.scan("p", gs1Of("1727063010B2"))
	assert.Equal(t, "fefo", x.last[0].Data.(*edge.PickEvent).Reason)
	assert.Equal(t, edge.Wrong, x.scan("p", gs1Of("1727073110C3")).Code, "the reason is good for one lot")
	require.Equal(t, edge.Unknown, x.scan("p", "new code").Code)
	ref := x.last[0].Data.(*edge.Refused)
	assert.Equal(t, "L7", ref.Location, "an unknown code is reported with its place")
	assert.Equal(t, "1", ref.Line)
}

func shortSite(x *site) {
	x.record(order("o2", "cj", line{1, 3}))
	x.record(order("o3", "cj", line{1, 2}))
	begun(x, line{1, 2}, line{2, 1})
	stock(x, "S1", "L1", "", "", 2)
	stock(x, "S1", "L9", "", "", 4)
}

func policy(p string, minutes int) func(x *site) {
	return func(x *site) {
		x.catalogue(&edge.ClientRecord{ID: "default", ShortPolicy: p, WaitMinutes: minutes})
		begun(x, line{1, 1}, line{2, 1})
		x.scan("p", "EA-1")
	}
}

func TestRowsOfShorts(t *testing.T) {
	short := edge.Args{Reason: "none"}
	runRows(t, []flowRow{
		{row: "2.2-9", name: "another place is offered", set: shortSite, act: "short", args: short, code: edge.OK, say: "short.other", step: "item",
			events: "stock.short count.asked order.changed"},
		{row: "2.2-9", name: "no other place: the order goes short", set: func(x *site) { begun(x, line{1, 2}, line{2, 1}) }, act: "short", args: short,
			code: edge.Done, say: "pick.short", step: "item", events: "pick.short count.asked"},
		{row: "2.2-9", name: "hold", set: policy("hold", 0), act: "short", args: short, code: edge.Done, say: "pick.shortHeld", step: "",
			events: "pick.short count.asked order.changed work.finished"},
		{row: "2.2-9", name: "part-ship", set: policy("partShip", 0), act: "short", args: short, code: edge.Done, say: "pick.shortGoes", step: "",
			events: "pick.short count.asked work.finished"},
		{row: "2.2-9", name: "cancel the line", set: policy("cancelLine", 0), act: "short", args: short, code: edge.Done, say: "pick.shortCancelled", step: "",
			events: "pick.short count.asked order.changed work.finished"},
		{row: "2.2-9", name: "wait", set: policy("wait", 30), act: "short", args: short, code: edge.Done, say: "pick.waits", step: "",
			events: "pick.short count.asked order.changed work.finished"},
		{row: "2.2-10", name: "the last known piece asks whether the place is empty", set: func(x *site) {
			x.pol.Pick.AskEmpty = true
			begun(x, line{1, 1}, line{2, 1})
			stock(x, "S1", "L1", "", "", 1)
		}, scan: "EA-1", code: edge.Done, say: "pick.lineDone", step: "empty", events: "pick.confirmed step.confirmed"},
		{row: "2.2-10", name: "it is", set: asked, act: "empty", args: edge.Args{Outcome: "yes"}, code: edge.OK, say: "pick.empty", step: "item", events: "step.confirmed"},
		{row: "2.2-10", name: "it is not: it is counted", set: asked, act: "empty", args: edge.Args{Outcome: "no"}, code: edge.OK, say: "count.asked", step: "item", events: "count.asked"},
		{row: "2.2-10", name: "an answer that is none", set: asked, act: "empty", code: edge.Unexpected, say: "act.unexpected", step: "empty", events: "scan.refused"},
		{row: "2.2-10", name: "a count begins at its place", who: "p2", set: func(x *site) { asked(x); x.act("p", "empty", edge.Args{Outcome: "no"}) },
			act: "start", args: edge.Args{Flow: edge.Count}, code: edge.OK, say: "count.started", step: "location", events: "work.started"},
		{row: "2.2-10", name: "a blind count that differs is done again", who: "p2", set: counting, act: "count", args: edge.Args{N: n(3)}, code: edge.OK, say: "count.again", step: "count", events: "count.done"},
		{row: "2.2-10", name: "the second count proposes a correction", who: "p2", set: func(x *site) { counting(x); x.act("p2", "count", edge.Args{N: n(3)}) },
			act: "count", args: edge.Args{N: n(3)}, code: edge.Done, say: "count.done", step: "", events: "count.done stock.adjustProposed work.finished"},
		{row: "2.2-10", name: "a count that agrees", who: "p2", set: counting, act: "count", args: edge.Args{N: n(0)}, code: edge.Done, say: "count.done", step: "", events: "count.done work.finished"},
		{row: "2.2-10", name: "nothing to count", who: "p2", act: "start", args: edge.Args{Flow: edge.Count}, code: edge.Unexpected, say: "start.noWork", step: "", events: "scan.refused"},
	})
}

func asked(x *site) {
	x.pol.Pick.AskEmpty = true
	begun(x, line{1, 1}, line{2, 1})
	stock(x, "S1", "L1", "", "", 1)
	x.scan("p", "EA-1")
}

func counting(x *site) {
	asked(x)
	x.act("p", "empty", edge.Args{Outcome: "no"})
	x.act("p2", "start", edge.Args{Flow: edge.Count})
	x.scan("p2", "LOC-L1")
}

// TestShortReplansOthers: three orders want the article of a place that is
// short; two are sent elsewhere before anyone walks there, as far as it lasts.
func TestShortReplansOthers(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.catalogue(captureRecords()...)
	crew(x)
	x.record(order("o2", "cj", line{1, 1}))
	x.record(order("o3", "cj", line{1, 1}))
	x.record(order("o4", "cj", line{1, 1}))
	x.act("p2", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o4"}})
	x.scan("p2", "TOTE-00002")
	begun(x, line{1, 2}, line{2, 1})
	stock(x, "S1", "L1", "", "", 9)
	stock(x, "S1", "L9", "", "", 4)
	require.True(t, x.act("p", "short", edge.Args{Found: n(1)}).OK)
	assert.Equal(t, "pick.confirmed stock.short count.asked order.changed order.changed order.changed", x.kinds())
	for _, id := range []string{"o1", "o2", "o3", "o4"} {
		assert.Equal(t, "L9", x.live.Order("default", id).Lines[0].Location, id)
	}
	assert.Equal(t, "L9", x.screen("p2").Expect[0].Location, "the one who was on the way sees it")
	assert.Equal(t, 1, x.live.Order("default", "o1").Lines[0].Picked)
	assert.Equal(t, edge.Done, x.scan("p", "EA-1").Code, "the rest from there")
}

// TestWaitForGoods: what comes in time is picked, what does not goes without.
func TestWaitForGoods(t *testing.T) {
	for _, comes := range []bool{true, false} {
		x := newSite(t)
		x.deep = true
		x.catalogue(captureRecords()...)
		crew(x)
		policy("wait", 30)(x)
		x.act("p", "short", edge.Args{Reason: "none"})
		require.Equal(t, "shortWait", x.live.Order("default", "o1").Held)
		x.now = x.now.Add(29 * time.Minute)
		x.send(&edge.Message{Kind: edge.Tick})
		require.Equal(t, "shortWait", x.live.Order("default", "o1").Held)
		if !comes {
			x.now = x.now.Add(time.Minute)
			x.send(&edge.Message{Kind: edge.Tick})
			o := x.live.Order("default", "o1")
			assert.Empty(t, o.Held)
			assert.Equal(t, edge.StagePicked, o.Stage, "it goes with what there is")
			continue
		}
		stock(x, "S2", "L9", "", "", 1)
		assert.Equal(t, "stock.known order.changed", x.kinds())
		require.True(t, x.scan("p2", "TOTE-00001").OK, "whoever scans the tote goes on")
		assert.Equal(t, "L9", x.screen("p2").Expect[0].Location)
		assert.Equal(t, "pick.done", x.scan("p2", "EA-2").Say.Key)
		assert.Equal(t, 1, x.live.Order("default", "o1").Lines[1].Picked)
	}
}
