package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// inHand is a put wall where a piece is on its way to the first cell, in which one lies.
func inHand(x *site) {
	parted(x)
	x.scan("p", "EA-1")
	x.scan("p", "CELL-W1-1")
	x.scan("p", "EA-2")
}

func aisles(x *site) {
	for i, aisle := range []string{"A", "B", "A"} {
		n := string(rune('1' + i))
		x.catalogue(&edge.LocationRecord{ID: "L" + n, Barcode: "LOC-L" + n, Aisle: aisle, Sequence: i + 1})
	}
}

func TestRowsOfExceptions(t *testing.T) {
	blocked := func(x *site) { aisles(x); begun(x, line{1, 1}, line{2, 1}, line{3, 1}) }
	taken := func(x *site) {
		begun(x, line{1, 1})
		x.record(order("o2", "cj", line{1, 1}))
		x.act("p2", "start", edge.Args{Flow: edge.Pick})
	}
	runRows(t, []flowRow{
		{row: "2.2-1", name: "nothing to pick", act: "start", args: edge.Args{Flow: edge.Pick}, code: edge.Unexpected, say: "start.noWork", events: "scan.refused"},
		{row: "2.2-2", name: "a tote in use says by which order", who: "p2", set: taken, scan: "TOTE-00001", code: edge.Duplicate, say: "tote.inUse", step: "tote", events: "scan.refused"},
		{row: "2.2-3", name: "put off till later", set: blocked, act: "skip", code: edge.OK, say: "pick.skipped", step: "item", events: "pick.skipped"},
		{row: "2.2-3", name: "a blocked aisle is put off whole", set: blocked, act: "skip", args: edge.Args{Reason: "blocked"}, code: edge.OK, say: "pick.skipped", step: "item",
			events: "pick.skipped pick.skipped"},
		{row: "2.2-7", name: "a case counts its pieces", set: func(x *site) { begun(x, line{1, 4}) }, scan: "CS-1", code: edge.OK, say: "pick.item", step: "item", events: "pick.confirmed"},
		{row: "2.2-7", name: "a case where fewer are wanted", set: func(x *site) { begun(x, line{1, 1}) }, scan: "CS-1", code: edge.Over, say: "pick.over", step: "item", events: "scan.refused"},
		{row: "2.2-7", name: "taken back by the printed code", set: func(x *site) { begun(x, line{1, 4}); x.scan("p", "CS-1") }, scan: "UNDO", code: edge.OK, say: "undo.done", step: "item", events: "pick.undone"},
		{row: "2.2-7", name: "the printed code with nothing to take back", set: func(x *site) { begun(x, line{1, 4}) }, scan: "UNDO", code: edge.Unexpected, say: "undo.nothing", step: "item", events: "scan.refused"},
		{row: "2.2-7", name: "the printed code with nothing in hand", scan: "UNDO", code: edge.Unexpected, say: "undo.nothing", step: "", events: "scan.refused"},
		{row: "2.2-7", name: "the last scan is taken back", set: func(x *site) { begun(x, line{1, 4}); x.scan("p", "CS-1") }, act: "undo", code: edge.OK, say: "undo.done", step: "item", events: "pick.undone"},
		{row: "2.2-9", name: "more found than wanted", set: func(x *site) { begun(x, line{1, 2}) }, act: "short", args: edge.Args{Found: n(3), Reason: "none"}, code: edge.Over, say: "pick.over",
			step: "item", events: "scan.refused"},
		{row: "2.2-9", name: "nothing is missing", set: func(x *site) { begun(x, line{1, 2}) }, act: "short", args: edge.Args{Found: n(2), Reason: "none"}, code: edge.Unexpected,
			say: "short.nothingMissing", step: "item", events: "scan.refused"},
		{row: "2.2-13", name: "the wrong drop place", set: func(x *site) { x.pol.Pick.Drop = "LOC-L6"; begun(x, line{1, 1}); x.scan("p", "EA-1") }, scan: "LOC-L1", code: edge.Wrong,
			say: "pick.wrongDrop", step: "drop", events: "scan.refused"},
		{row: "2.2-13", name: "the drop place closes the order", set: func(x *site) { x.pol.Pick.Drop = "LOC-L6"; begun(x, line{1, 1}); x.scan("p", "EA-1") }, scan: "LOC-L6", code: edge.Done,
			say: "pick.done", events: "step.confirmed work.finished"},
		{row: "2.3-3", name: "the order of the cell was cancelled: the siren at its cell", set: func(x *site) { inHand(x); x.record(change("c1", "o1", "cancel")) }, scan: "CELL-W1-1", code: edge.Cancelled,
			say: "order.cancelled", step: "cancelled", events: "scan.refused"},
		{row: "2.3-3", name: "acknowledged: the cell is free, all of it goes back as was asked with the cancel", set: func(x *site) { inHand(x); x.record(change("c1", "o1", "cancel")); x.scan("p", "CELL-W1-1") }, act: "ack", code: edge.OK,
			say: "ack.done", step: "item", events: "step.confirmed step.confirmed tote.released"},
		{row: "2.3-3", name: "a cell with no item in the hand", set: parted, scan: "CELL-W1-1", code: edge.Unexpected, say: "scan.unexpected", step: "item", events: "scan.refused"},
		{row: "2.3-3", name: "a full cell: another one", set: inHand, act: "addTote", code: edge.OK, say: "put.item", step: "cell", events: "step.confirmed"},
		{row: "2.3-3", name: "another cell with nothing in the hand", set: parted, act: "addTote", code: edge.Unexpected, say: "act.unexpected", step: "item", events: "scan.refused"},
		{row: "2.3-3", name: "the tote is empty and pieces are missing: the open cells are named", set: func(x *site) { inHand(x); x.act("p", "undo", edge.Args{}) }, act: "close", code: edge.Done,
			say: "put.closedOpen", events: "pick.undone order.changed pick.undone order.changed tote.released work.finished"},
	})
}

// TestATypedPlaceIsNoted: a torn label is no reason to stop, and the event says that
// nobody scanned it.
func TestATypedPlaceIsNoted(t *testing.T) {
	x := newSite(t)
	crew(x)
	begun(x, line{5, 1})
	require.Equal(t, "location", x.screen("p").Step)
	x.send(&edge.Message{Kind: edge.Scan, Worker: "p", Code: "LOC-L5", Source: "typed"})
	assert.Equal(t, &edge.LocationConfirmed{Location: "L5", Work: "T-1", Typed: true}, x.last[0].Data)
}

// TestWhatAVerdictNames: where a tote is, and which cells wait for what was not there.
func TestWhatAVerdictNames(t *testing.T) {
	x := newSite(t)
	crew(x)
	inHand(x)
	assert.Equal(t, "W1-1", x.screen("p").Expect[0].Location, "the cell's name, for who puts")
	assert.Equal(t, "S2", x.screen("p").Expect[0].SKU)
	assert.Equal(t, edge.Says("tote.inUse", edge.T("tote", "TOTE-00001"), edge.T("order", "o1")), x.scan("p2", "TOTE-00001").Say)
	x.act("p", "undo", edge.Args{})
	assert.Equal(t, edge.Says("put.closedOpen", edge.T("tote", "TOTE-00001"), edge.N("missing", 3), edge.T("cells", "W1-1")), x.act("p", "close", edge.Args{}).Say)
}

// TestAnyLotAtTheLot: who stands before the question for a lot need not put the piece
// back to say that the first one is not there.
func TestAnyLotAtTheLot(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.catalogue(captureRecords()...)
	crew(x)
	lots(x)
	x.scan("p", gtin7)
	require.Equal(t, "lot", x.screen("p").Step)
	require.Equal(t, "pick.fefo", x.scan("p", "B2").Say.Key)
	require.Equal(t, "pick.anyLot", x.act("p", "confirm", edge.Args{Reason: "fefo"}).Say.Key)
	require.Equal(t, "lot", x.screen("p").Step)
	assert.Equal(t, edge.OK, x.scan("p", "B2").Code)
}

// TestALotIsAgreedOnceForALine: the same other lot wants no reason again within one line
// and one work; a third lot does, and another line, and a reason that was taken back.
func TestALotIsAgreedOnceForALine(t *testing.T) {
	for _, mode := range []string{"order", "cluster", "total"} {
		t.Run(mode, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			x.catalogue(captureRecords()...)
			crew(x)
			x.record(order("o1", "cj", line{7, 3}))
			x.record(order("o2", "cj", line{7, 3}))
			orders := []string{"o1"}
			if mode == "total" {
				orders = append(orders, "o2")
			}
			stock(x, "S7", "L7", "A1", "2027-01-31", 5)
			stock(x, "S7", "L7", "B2", "2027-06-30", 5)
			x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode, Orders: orders})
			x.scan("p", "TOTE-00001")
			take := func(code string) edge.Verdict {
				v := x.scan("p", code)
				if v.OK && x.screen("p").Step == "into" {
					v = x.scan("p", "TOTE-00001")
				}
				return v
			}
			b2, c3 := gs1Of("1727063010B2"), gs1Of("1727073110C3")
			require.Equal(t, "pick.fefo", take(b2).Say.Key)
			require.Equal(t, "pick.anyLot", x.act("p", "confirm", edge.Args{Reason: "fefo"}).Say.Key)
			require.True(t, take(b2).OK)
			require.True(t, take(b2).OK, "the same again")
			p := x.last[len(x.last)-1].Data.(*edge.PickEvent)
			assert.Equal(t, []string{"B2", "fefo"}, []string{p.Lot, p.Reason})
			require.Equal(t, "pick.fefo", take(c3).Say.Key, "a third lot")
			x.act("p", "undo", edge.Args{})
			x.act("p", "undo", edge.Args{})
			require.Equal(t, "pick.fefo", take(b2).Say.Key, "taken back")
			rebuilt(t, x)
		})
	}
}

// TestWhatIsAskedAbout: the page can show the place and the article that a question is
// about, and where goods lie that go back.
func TestWhatIsAskedAbout(t *testing.T) {
	x := newSite(t)
	crew(x)
	x.pol.Pick.AskEmpty = true
	begun(x, line{1, 1}, line{2, 1})
	stock(x, "S1", "L1", "", "", 1)
	x.scan("p", "EA-1")
	s := x.screen("p")
	require.Equal(t, "empty", s.Step)
	require.Len(t, s.Lines, 1)
	assert.Equal(t, "L1", s.Lines[0].Location)
	x.act("p", "empty", edge.Args{Outcome: "no"})
	x.act("p2", "start", edge.Args{Flow: edge.Count})
	require.NotEmpty(t, x.screen("p2").Expect[0].Name, "the place is asked for with the article by its name")
	assert.Equal(t, "notEmpty", x.screen("p2").Task.Reason)
}

// TestASecondCountSaysSo: the screen of a count that is done again says why, else the
// worker takes it for one that was not counted.
func TestASecondCountSaysSo(t *testing.T) {
	x := newSite(t)
	crew(x)
	counting(x)
	require.Equal(t, "notEmpty", x.screen("p2").Task.Reason)
	n := 3
	require.Equal(t, "count.again", x.act("p2", "count", edge.Args{N: &n}).Say.Key)
	assert.Equal(t, "again", x.screen("p2").Task.Reason)
	require.Equal(t, "count.done", x.act("p2", "count", edge.Args{N: &n}).Say.Key)
}
