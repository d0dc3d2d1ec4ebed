package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// dozen is a return of twelve equal pieces (two lines of them) and one other, open at
// a desk.
func dozen(x *site) {
	backSite(x)
	x.record(&edge.ReturnRecord{ID: "RET-1", Client: "default", Waybill: "R-77-1", Hash: "h",
		Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 10}, {Line: "2", SKU: "S2", Quantity: 1}, {Line: "3", SKU: "S1", Quantity: 2}}})
	x.act("r", "start", edge.Args{Flow: edge.Return})
	x.scan("r", "R-77-1")
}

func TestRowsOfReturnedQuantities(t *testing.T) {
	set := func(more ...func(x *site)) func(x *site) {
		return func(x *site) {
			dozen(x)
			for _, m := range more {
				m(x)
			}
		}
	}
	count := func(how string, from int, capture ...string) func(x *site) {
		return func(x *site) {
			x.pol.Pick.Type, x.pol.Pick.TypeFrom = how, from
			x.catalogue(&edge.SKURecord{Client: "default", ID: "S1", Capture: capture, Barcodes: []edge.Barcode{{Code: "EA-1", Quantity: 1}, {Code: "CS-1", Quantity: 3}}})
		}
	}
	one, none := scans("EA-1"), edge.Args{}
	q := func(k int) edge.Args { return edge.Args{N: n(k)} }
	runRows(t, []flowRow{
		{row: "2.8", name: "how many is typed after the first scan", who: "r", set: set(one), act: "quantity", args: q(12), code: edge.OK, say: "return.item", step: "grade", events: "step.confirmed"},
		{row: "2.8", name: "fewer after all", who: "r", set: set(scans("EA-1", "CS-1")), act: "quantity", args: q(2), code: edge.OK, say: "return.item", step: "grade", events: "step.confirmed"},
		{row: "2.8", name: "none: it goes back into the parcel", who: "r", set: set(one), act: "quantity", args: q(0), code: edge.OK, say: "undo.done", step: "item", events: "step.confirmed"},
		{row: "2.8", name: "more than announced is not typed", who: "r", set: set(one), act: "quantity", args: q(13), code: edge.Over, say: "return.over", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "less than none", who: "r", set: set(one), act: "quantity", args: q(-1), code: edge.Unexpected, say: "quantity.missing", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "no number", who: "r", set: set(one), act: "quantity", args: none, code: edge.Unexpected, say: "quantity.missing", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "typed before anything was scanned", who: "r", set: set(), act: "quantity", args: q(12), code: edge.Unexpected, say: "act.unexpected", step: "item", events: "scan.refused"},
		{row: "2.8", name: "typed when it was graded", who: "r", set: set(one, scans("GRADE-good")), act: "quantity", args: q(12), code: edge.Unexpected, say: "act.unexpected", step: "location", events: "scan.refused"},
		{row: "2.8", name: "where each is to be scanned", who: "r", set: set(count("never", 0), one), act: "quantity", args: q(12), code: edge.Unexpected, say: "quantity.scanEach", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "fewer than are worth typing", who: "r", set: set(count("afterFirst", 13), one), act: "quantity", args: q(12), code: edge.Unexpected, say: "quantity.scanEach", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "of an article with serial numbers", who: "r", set: set(count("always", 0, "serial"), one), act: "quantity", args: q(12), code: edge.Unexpected, say: "quantity.scanEach", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "of pieces that nobody announced", who: "r", set: set(count("always", 0), scans("EA-3"), func(x *site) { x.act("r", "confirm", edge.Args{Reason: "notNamed"}) }),
			act: "quantity", args: q(2), code: edge.Unexpected, say: "quantity.scanEach", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "of a piece whose code cannot be read", who: "r", set: set(func(x *site) { x.act("r", "confirm", edge.Args{Reason: "unreadable", Text: "S1"}) }),
			act: "quantity", args: q(12), code: edge.OK, say: "return.item", step: "grade", events: "step.confirmed"},
	})
}

// TestADozenComesBackWithOneScan: the screen offers what picking offers, by the same
// policy, and what is typed is booked line by line.
func TestADozenComesBackWithOneScan(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	dozen(x)
	assert.Nil(t, x.screen("r").Quantity, "nothing in the hand")
	require.True(t, x.scan("r", "EA-1").OK)
	s := x.screen("r")
	assert.Equal(t, &edge.Quantity{Have: 1, Want: 12, Typing: true}, s.Quantity)
	assert.Equal(t, []string{"grade", "quantity", "undo", "help", "leave"}, s.Actions)
	require.True(t, x.act("r", "quantity", edge.Args{N: n(12)}).OK)
	assert.Equal(t, &edge.Quantity{Have: 12, Want: 12, Typing: true}, x.screen("r").Quantity)
	require.True(t, x.scan("r", "GRADE-good").OK)
	assert.Nil(t, x.screen("r").Quantity)
	require.True(t, x.scan("r", "LOC-L1").OK)
	assert.Equal(t, "return.graded return.graded stock.moved", x.kinds())
	assert.Equal(t, 12, x.last[2].Data.(*edge.StockEvent).Quantity)
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	assert.Equal(t, "return.graded return.graded stock.moved", x.kinds(), "one scan of a place, one undo")
	assert.Equal(t, edge.StockEvent{Location: "L1", SKU: "S1", Quantity: 12, Reason: "return", Work: "T-1"}, *x.last[2].Data.(*edge.StockEvent))
	assert.Equal(t, 13, x.screen("r").Return.Missing)
	require.True(t, x.scan("r", "EA-2").OK)
	s = x.screen("r")
	assert.Equal(t, &edge.Quantity{Have: 1, Want: 1}, s.Quantity, "one is not worth typing")
	assert.NotContains(t, s.Actions, "quantity")
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestAReturnOfBeforeLinesHadNames: a box of several orders that was opened by an earlier
// version names a line twice. Its pieces are put away all the same, and it is closed.
func TestAReturnOfBeforeLinesHadNames(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	dozen(x)
	x.act("r", "leave", edge.Args{})
	require.True(t, x.act("r", "start", edge.Args{Flow: edge.Return}).OK)
	w := x.live.WorkOf("r")
	x.old(edge.Event{Type: edge.EvReturnOpened, Client: "default", Order: "o7", Data: &edge.ReturnEvent{Return: "BACK-B-7", Box: "B-7", Work: w.ID,
		Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 1}, {Line: "1", SKU: "S2", Quantity: 2}}}})
	for _, item := range []string{"EA-1", "EA-2", "EA-2"} {
		require.True(t, x.scan("r", item).OK, item)
		require.True(t, x.scan("r", "GRADE-good").OK, item)
		v := x.scan("r", "LOC-L1")
		require.True(t, v.OK, "%s: %+v", item, v)
	}
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	require.True(t, x.act("r", "close", edge.Args{Reason: "missing"}).OK)
	assert.Equal(t, x.hash(x.live), x.hash(x.replay))
}
