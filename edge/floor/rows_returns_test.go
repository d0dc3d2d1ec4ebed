package floor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// backSite keeps places for what comes back and has somebody at its returns desk.
func backSite(x *site) {
	x.catalogue(&edge.LocationRecord{ID: "Q-1", Barcode: "LOC-Q1", Use: "quarantine"}, &edge.LocationRecord{ID: "U-1", Barcode: "LOC-U1", Use: "unknown"})
	x.hire("r", edge.Returns)
	x.hire("r2", edge.Returns)
}

// announced is a return of two S1 and one S2, under the carrier's number R-77-1.
func announced(x *site) {
	backSite(x)
	x.record(&edge.ReturnRecord{ID: "RET-1", Client: "default", Order: "o1", Waybill: "R-77-1", Hash: "h",
		Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 2}, {Line: "2", SKU: "S2", Quantity: 1}}})
}

func back(more ...func(x *site)) func(x *site) {
	return func(x *site) {
		announced(x)
		x.act("r", "start", edge.Args{Flow: edge.Return})
		x.scan("r", "R-77-1")
		for _, m := range more {
			m(x)
		}
	}
}

func scans(codes ...string) func(x *site) {
	return func(x *site) {
		for _, c := range codes {
			x.scan("r", c)
		}
	}
}

// shippedOne is an order that left on a truck, and its number.
func shippedOne(t *testing.T) func(x *site) {
	return func(x *site) {
		backSite(x)
		packed(t, x, "o1", "cj", "TOTE-00001")
		x.scan("l", "DOCK-D1")
		x.scan("l", boxCode(x, "B-1"))
		x.act("l", "close", edge.Args{})
	}
}

func TestRowsOfReturns(t *testing.T) {
	graded := func(grade string) func(x *site) {
		return func(x *site) { x.scan("r", "EA-1"); x.act("r", "grade", edge.Args{Grade: grade, Reason: "torn"}) }
	}
	whole := func(x *site) {
		for _, c := range []string{"EA-1", "EA-1", "GRADE-good", "LOC-L1", "EA-2", "GRADE-defect", "LOC-Q1"} {
			require.True(t, x.scan("r", c).OK, c)
		}
	}
	out := numbersOf(t, shippedOne(t))("B-1")
	runRows(t, []flowRow{
		{row: "2.8", name: "announced returns are work", who: "r", set: announced, act: "start", args: edge.Args{Flow: edge.Return}, code: edge.OK, say: "return.started", step: "parcel", events: "work.started"},
		{row: "2.8", name: "nothing was announced", who: "r", set: backSite, act: "start", args: edge.Args{Flow: edge.Return}, code: edge.Unexpected, say: "start.noWork", step: "", events: "scan.refused"},
		{row: "2.8", name: "nothing was announced, and a parcel without a name came", who: "r", set: backSite, act: "start", args: edge.Args{Flow: edge.Return, Reason: "noCode"},
			code: edge.OK, say: "return.noCode", step: "shelf", events: "work.started step.confirmed"},
		{row: "2.8", name: "the nameless one goes to the shelf, and that was all", who: "r", set: func(x *site) { backSite(x); x.act("r", "start", edge.Args{Flow: edge.Return, Reason: "noCode"}) }, scan: "LOC-U1",
			code: edge.OK, say: "unknown.shelved", step: "", events: "return.unknown work.finished"},
		{row: "2.8", name: "by a packer", who: "k", set: announced, act: "start", args: edge.Args{Flow: edge.Return}, code: edge.Denied, say: "role.missing", step: "", events: "scan.refused"},
		{row: "2.8", name: "the return's waybill", who: "r", set: func(x *site) { announced(x); x.act("r", "start", edge.Args{Flow: edge.Return}) }, scan: "R771", code: edge.OK, say: "return.opened", step: "item", events: "return.opened"},
		{row: "2.8", name: "the return's id on the idle screen", who: "r", set: announced, scan: "RET-1", code: edge.OK, say: "return.opened", step: "item", events: "work.started return.opened"},
		{row: "2.8", name: "the original waybill, announced", who: "r", set: func(x *site) {
			shippedOne(t)(x)
			x.record(&edge.ReturnRecord{ID: "RET-1", Client: "default", Order: "o1", Hash: "h", Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 1}}})
		}, scan: out, code: edge.OK, say: "return.opened", step: "item", events: "work.started return.opened"},
		{row: "2.8", name: "the original waybill, announced by nobody", who: "r", set: shippedOne(t), scan: out, code: edge.OK, say: "return.opened", step: "item", events: "work.started return.opened"},
		{row: "2.8", name: "a box that has not left", who: "r", set: func(x *site) {
			announced(x)
			packed(t, x, "o2", "cj", "TOTE-00002")
			x.act("r", "start", edge.Args{Flow: edge.Return})
		}, scan: out, code: edge.Unexpected, say: "return.notShipped", step: "parcel", events: "scan.refused"},
		{row: "2.8", name: "announced, and its box has not left", who: "r", set: func(x *site) {
			backSite(x)
			packed(t, x, "o1", "cj", "TOTE-00001")
			x.record(&edge.ReturnRecord{ID: "RET-1", Client: "default", Order: "o1", Hash: "h", Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 1}}})
			x.act("r", "start", edge.Args{Flow: edge.Return})
		}, scan: out, code: edge.Unexpected, say: "return.notShipped", step: "parcel", events: "scan.refused"},
		{row: "2.8", name: "at another desk", who: "r2", set: back(), scan: "R-77-1", code: edge.Duplicate, say: "return.taken", step: "", events: "scan.refused"},
		{row: "2.8", name: "done already", who: "r2", set: back(whole, func(x *site) { x.act("r", "close", edge.Args{}) }), scan: "R-77-1", code: edge.Duplicate, say: "return.closed", step: "", events: "scan.refused"},
		{row: "2.8", name: "an article", who: "r", set: back(), scan: "EA-1", code: edge.OK, say: "return.item", step: "grade", events: "step.confirmed"},
		{row: "2.8", name: "one more of it", who: "r", set: back(scans("EA-1")), scan: "EA-1", code: edge.OK, say: "return.item", step: "grade", events: "step.confirmed"},
		{row: "2.8", name: "another before it is graded", who: "r", set: back(scans("EA-1")), scan: "EA-2", code: edge.Wrong, say: "return.gradeFirst", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "more than announced", who: "r", set: back(), scan: "CS-1", code: edge.Over, say: "return.over", step: "item", events: "scan.refused"},
		{row: "2.8", name: "more than announced, taken with a reason", who: "r", set: back(scans("CS-1")), act: "confirm", args: edge.Args{Reason: "more"}, code: edge.OK, say: "return.item", step: "grade", events: "step.confirmed"},
		{row: "2.8", name: "an article that the return does not name", who: "r", set: back(), scan: "EA-3", code: edge.Over, say: "return.notNamed", step: "item", events: "scan.refused"},
		{row: "2.8", name: "not named, taken with a reason", who: "r", set: back(scans("EA-3")), act: "confirm", args: edge.Args{Reason: "notNamed"}, code: edge.OK, say: "return.item", step: "grade", events: "step.confirmed"},
		{row: "2.8", name: "not named, without a reason", who: "r", set: back(scans("EA-3")), act: "confirm", code: edge.Unexpected, say: "confirm.reason", step: "item", events: "scan.refused"},
		{row: "2.8", name: "a code that cannot be read, with a reason", who: "r", set: back(), act: "confirm", args: edge.Args{Reason: "unreadable", Text: "S2"}, code: edge.OK, say: "return.item", step: "grade", events: "step.confirmed"},
		{row: "2.8", name: "a code of nobody", who: "r", set: back(), scan: "nonsense", code: edge.Unknown, say: "scan.unknown", step: "item", events: "scan.refused"},
		{row: "2.8", name: "good (정상)", who: "r", set: back(scans("EA-1")), act: "grade", args: edge.Args{Grade: "good"}, code: edge.OK, say: "return.grade", step: "location", events: "step.confirmed"},
		{row: "2.8", name: "defect (불량) by its card", who: "r", set: back(scans("EA-1")), scan: "GRADE-defect", code: edge.OK, say: "return.grade", step: "location", events: "step.confirmed"},
		{row: "2.8", name: "wrong item (오배송)", who: "r", set: back(scans("EA-3"), func(x *site) { x.act("r", "confirm", edge.Args{Reason: "notNamed"}) }),
			act: "grade", args: edge.Args{Grade: "wrongItem"}, code: edge.OK, say: "return.grade", step: "location", events: "step.confirmed"},
		{row: "2.8", name: "a grade that the client does not give", who: "r", set: back(scans("EA-1")), act: "grade", args: edge.Args{Grade: "splendid"}, code: edge.Unexpected, say: "return.noGrade", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "good goes to its place", who: "r", set: back(graded("good")), scan: "LOC-L1", code: edge.OK, say: "return.placed", step: "item", events: "return.graded stock.moved"},
		{row: "2.8", name: "or any other", who: "r", set: back(graded("good")), scan: "LOC-L4", code: edge.OK, say: "return.placed", step: "item", events: "return.graded stock.moved"},
		{row: "2.8", name: "good is not for quarantine", who: "r", set: back(graded("good")), scan: "LOC-Q1", code: edge.Wrong, say: "return.wrongPlace", step: "location", events: "scan.refused"},
		{row: "2.8", name: "the rest is", who: "r", set: back(graded("defect")), scan: "LOC-Q1", code: edge.OK, say: "return.placed", step: "item", events: "return.graded stock.moved"},
		{row: "2.8", name: "and for nowhere else", who: "r", set: back(graded("defect")), scan: "LOC-L1", code: edge.Wrong, say: "return.wrongPlace", step: "location", events: "scan.refused"},
		{row: "2.8", name: "an article instead of a place", who: "r", set: back(graded("good")), scan: "EA-1", code: edge.Unexpected, say: "scan.unexpected", step: "location", events: "scan.refused"},
		{row: "2.8", name: "graded once more", who: "r", set: back(graded("good")), act: "undo", code: edge.OK, say: "undo.done", step: "grade", events: "step.confirmed"},
		{row: "2.8", name: "put back into the parcel", who: "r", set: back(scans("EA-1")), act: "undo", code: edge.OK, say: "undo.done", step: "item", events: "step.confirmed"},
		{row: "2.8", name: "taken off its place again", who: "r", set: back(graded("good"), scans("LOC-L1")), act: "undo", code: edge.OK, say: "undo.done", step: "item", events: "return.graded stock.moved"},
		{row: "2.8", name: "nothing to take back", who: "r", set: back(), act: "undo", code: edge.Unexpected, say: "undo.nothing", step: "item", events: "scan.refused"},
		{row: "2.8", name: "the last piece", who: "r", set: back(scans("EA-1", "EA-1", "GRADE-good", "LOC-L1", "EA-2", "GRADE-good")), scan: "LOC-L2", code: edge.Done, say: "return.all", step: "item", events: "return.graded stock.moved"},
		{row: "2.8", name: "missing pieces (수량부족) want a reason", who: "r", set: back(), act: "close", code: edge.Unexpected, say: "return.left", step: "item", events: "scan.refused"},
		{row: "2.8", name: "closed with what is missing", who: "r", set: back(), act: "close", args: edge.Args{Reason: "notInParcel"}, code: edge.Done, say: "return.done", step: "parcel", events: "return.closed"},
		{row: "2.8", name: "closed whole", who: "r", set: back(whole), act: "close", code: edge.Done, say: "return.done", step: "parcel", events: "return.closed"},
		{row: "2.8", name: "closed with a piece in the hand", who: "r", set: back(scans("EA-1")), act: "close", args: edge.Args{Reason: "x"}, code: edge.Unexpected, say: "return.inHand", step: "grade", events: "scan.refused"},
		{row: "2.8", name: "left and taken up by another", who: "r2", set: back(scans("EA-1", "GRADE-good", "LOC-L1"), func(x *site) { x.act("r", "leave", edge.Args{}) }), scan: "RET-1",
			code: edge.OK, say: "return.opened", step: "item", events: "work.started return.opened"},
		{row: "2.8", name: "a parcel that nobody announced", who: "r", set: func(x *site) { announced(x); x.act("r", "start", edge.Args{Flow: edge.Return}) }, scan: "CJ-000-123",
			code: edge.Unknown, say: "return.notAnnounced", step: "shelf", events: "scan.refused"},
		{row: "2.8", name: "goes to the shelf for them", who: "r", set: strange, scan: "LOC-U1", code: edge.OK, say: "unknown.shelved", step: "parcel", events: "return.unknown"},
		{row: "2.8", name: "and nowhere else", who: "r", set: strange, scan: "LOC-L1", code: edge.Wrong, say: "unknown.wrongPlace", step: "shelf", events: "scan.refused"},
		{row: "2.8", name: "another parcel after all", who: "r", set: strange, scan: "RET-1", code: edge.OK, say: "return.opened", step: "item", events: "return.opened"},
		{row: "2.8", name: "a parcel without any code", who: "r", set: func(x *site) { announced(x); x.act("r", "start", edge.Args{Flow: edge.Return}) }, act: "confirm", args: edge.Args{Reason: "noCode"},
			code: edge.OK, say: "return.noCode", step: "shelf", events: "step.confirmed"},
	})
}

// strange is a parcel of nobody on the desk.
func strange(x *site) {
	announced(x)
	x.act("r", "start", edge.Args{Flow: edge.Return})
	x.scan("r", "홍길동 010-1234-5678")
}

// TestReturnGradedIsAFact: what came, where it lies, and what the stock knows.
func TestReturnGradedIsAFact(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	back()(x)
	stock(x, "S1", "L1", "", "", 5)
	for _, c := range []string{"EA-1", "EA-1", "GRADE-good", "LOC-L1"} {
		require.True(t, x.scan("r", c).OK, c)
	}
	assert.Equal(t, edge.ReturnEvent{Return: "RET-1", Line: "1", SKU: "S1", Quantity: 2, Grade: "good", Place: "L1", Work: "T-1"}, *x.last[0].Data.(*edge.ReturnEvent))
	assert.Equal(t, []string{"default", "o1"}, []string{x.last[0].Client, x.last[0].Order})
	lies := func() (n int) {
		x.live.EachStock(func(s *edge.Stock) { n += s.Quantity })
		return n
	}
	assert.Equal(t, 7, lies())
	x.act("r", "undo", edge.Args{})
	assert.Equal(t, -2, x.last[0].Data.(*edge.ReturnEvent).Quantity)
	assert.Equal(t, 5, lies())
	x.act("r", "close", edge.Args{Reason: "notInParcel"})
	closed := x.last[0].Data.(*edge.ReturnEvent)
	assert.Equal(t, []edge.ReturnMissing{{Line: "1", SKU: "S1", Quantity: 2}, {Line: "2", SKU: "S2", Quantity: 1}}, closed.Missing)
	assert.Zero(t, closed.Came)
	rebuilt(t, x)
}

// TestUnknownParcel: what was on it is kept as a length and a keyed hash; it has
// a case that somebody must own within a day.
func TestUnknownParcel(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	strange(x)
	x.scan("r", "LOC-U1")
	u := x.last[0].Data.(*edge.ParcelUnknown)
	assert.Equal(t, []any{"X-1", "U-1", len("홍길동 010-1234-5678")}, []any{u.Case, u.Place, u.Length})
	assert.Len(t, u.Hash, 32)
	assert.Equal(t, 24*time.Hour, u.Due.Sub(x.last[0].At))
	for _, e := range x.events {
		assert.NotContains(t, string(e.AppendLine(nil)), "1234-5678")
	}
	c := x.live.Case("X-1")
	assert.Equal(t, []any{edge.CaseUnknownReturn, "U-1", u.Hash, ""}, []any{c.Kind, c.Place, c.Hash, c.Owner})
	x.now = x.now.Add(25 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Equal(t, "case.late", x.kinds())
	x.record(&edge.CaseChange{Case: "X-1", Owner: "w-900"})
	x.record(&edge.CaseChange{Case: "X-1", Close: true, Reason: "claimed"})
	assert.Equal(t, "w-900", x.last[0].Data.(*edge.CaseEvent).Owner)
	assert.Nil(t, x.live.Case("X-1"))
}

// TestReturnsOutliveTheirOrders: a return that was announced while its order was
// known finds the original number weeks later; one that was not, by its own.
func TestReturnsOutliveTheirOrders(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	shippedOne(t)(x)
	number := boxCode(x, "B-1")
	x.record(&edge.ReturnRecord{ID: "RET-1", Client: "default", Order: "o1", Hash: "h", Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 1}}})
	x.now = x.now.Add(40 * 24 * time.Hour)
	x.act("l", "help", edge.Args{})
	require.Nil(t, x.live.Order("default", "o1"))
	require.Nil(t, x.live.Box("B-1"))
	x.record(&edge.ReturnRecord{ID: "RET-2", Client: "default", Order: "old", Originals: []string{"1111-2222-3333"}, Hash: "h2", Lines: []edge.OrderLine{{Line: "1", SKU: "S2", Quantity: 1}}})
	assert.Equal(t, edge.OK, x.scan("r", number).Code)
	assert.Equal(t, "RET-1", x.screen("r").Return.ID)
	assert.Equal(t, edge.OK, x.scan("r2", "111122223333").Code)
	assert.Equal(t, "RET-2", x.screen("r2").Return.ID)
	for _, c := range []string{"EA-1", "GRADE-good", "LOC-L1"} {
		require.True(t, x.scan("r", c).OK, c)
	}
	require.True(t, x.act("r", "close", edge.Args{}).OK)
	assert.Equal(t, edge.Idle, x.screen("r").Flow, "what began with a scan ends with its parcel")
	x.now = x.now.Add(3 * 24 * time.Hour)
	x.act("l", "help", edge.Args{})
	assert.Nil(t, x.live.Return("default", "RET-1"))
	assert.NotNil(t, x.live.Return("default", "RET-2"), "in hand")
	x.act("r2", "leave", edge.Args{})
	x.now = x.now.Add(100 * 24 * time.Hour)
	x.send(&edge.Message{Kind: edge.Tick})
	assert.Equal(t, "return.closed", x.kinds())
	assert.Equal(t, edge.ReturnEvent{Return: "RET-2", Reason: "neverCame", Missing: []edge.ReturnMissing{{Line: "1", SKU: "S2", Quantity: 1}}}, *x.last[0].Data.(*edge.ReturnEvent))
	x.now = x.now.Add(3 * 24 * time.Hour)
	x.act("l", "help", edge.Args{})
	assert.Nil(t, x.live.Return("default", "RET-2"))
	rebuilt(t, x)
}

// TestABoxThatCameBackUnannounced: what went out in it is what is looked for;
// while it is only watched, anything is taken.
func TestABoxThatCameBackUnannounced(t *testing.T) {
	x := newSite(t)
	x.deep = true
	x.pol.Load.CollectHours = 24
	crew(x)
	shippedOne(t)(x)
	number := boxCode(x, "B-1")
	x.scan("r", number)
	s := x.screen("r")
	assert.Equal(t, "BACK-B-1", s.Return.ID)
	assert.Equal(t, "S1", s.Expect[0].SKU)
	x.act("r", "leave", edge.Args{})
	assert.Equal(t, edge.OK, x.scan("r", "BACK-B-1").Code, "left and taken up")
	x.act("r", "close", edge.Args{Reason: "empty"})

	x = newSite(t)
	x.deep = true
	x.pol.Load.CollectHours = 24
	crew(x)
	shippedOne(t)(x)
	x.now = x.now.Add(4 * 24 * time.Hour)
	x.act("l", "help", edge.Args{})
	require.Nil(t, x.live.Box("B-1"))
	assert.Equal(t, edge.OK, x.scan("r", number).Code)
	assert.Empty(t, x.screen("r").Lines)
	assert.Equal(t, edge.OK, x.scan("r", "EA-5").Code)
	x.scan("r", "GRADE-defect")
	require.Equal(t, edge.OK, x.scan("r", "LOC-Q1").Code)
	assert.Equal(t, "notNamed", x.last[0].Data.(*edge.ReturnEvent).Extra)
}

// TestABoxOfSeveralOrdersCameBack: two of its orders may have a line of the same id;
// each piece still has a line of its own.
func TestABoxOfSeveralOrdersCameBack(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	backSite(x)
	x.record(joint("o1", "key", line{1, 1}))
	x.record(joint("o2", "key", line{2, 2}))
	pickAlone(x, "o1", "TOTE-00001")
	pickAlone(x, "o2", "TOTE-00002")
	x.scan("k", "TOTE-00001")
	x.scan("k", "TOTE-00002")
	x.follow("k", nil)
	x.scan("l", "DOCK-D1")
	x.scan("l", boxCode(x, "B-1"))
	require.True(t, x.act("l", "close", edge.Args{}).OK)
	require.Equal(t, "return.opened", x.scan("r", boxCode(x, "B-1")).Say.Key)
	for _, code := range []string{"EA-1", "GRADE-good", "LOC-L1", "EA-2", "EA-2", "GRADE-good"} {
		require.True(t, x.scan("r", code).OK, code)
	}
	assert.Equal(t, edge.Done, x.scan("r", "LOC-L2").Code)
	require.True(t, x.act("r", "close", edge.Args{}).OK)
	closed := typed(x.events, edge.EvReturnClosed)
	require.Len(t, closed, 1)
	assert.Equal(t, 3, closed[0].Data.(*edge.ReturnEvent).Came)
	rebuilt(t, x)
}

// TestGradesOfAClient: a client's own words stand in the place of the usual ones.
func TestGradesOfAClient(t *testing.T) {
	x := newSite(t)
	crew(x)
	back()(x)
	x.catalogue(&edge.ClientRecord{ID: "default", Grades: []string{"good", "B", "scrap"}})
	x.scan("r", "EA-1")
	s := x.screen("r")
	assert.Equal(t, []string{"good", "B", "scrap"}, s.Return.Grades)
	assert.Equal(t, edge.Expect{Kind: "grade", Code: "GRADE-good", SKU: "S1"}, s.Expect[0])
	assert.Equal(t, edge.Unexpected, x.scan("r", "GRADE-defect").Code)
	assert.Equal(t, edge.OK, x.scan("r", "GRADE-scrap").Code)
	assert.Equal(t, "LOC-Q1", x.screen("r").Expect[0].Code)
}

// TestReturnSentAgain: before its work began the newest word counts, after it the
// WMS is told.
func TestReturnSentAgain(t *testing.T) {
	x := newSite(t)
	crew(x)
	announced(x)
	r := &edge.ReturnRecord{ID: "RET-1", Client: "default", Hash: "h", Lines: []edge.OrderLine{{Line: "1", SKU: "S3", Quantity: 4}}}
	assert.Equal(t, edge.Unchanged, x.record(r).Code)
	r.Hash = "h2"
	assert.Equal(t, edge.Accepted, x.record(r).Code)
	assert.Equal(t, "scan.unknown", x.scan("r", "R-77-1").Say.Key, "its old number is nobody's")
	x.scan("r", "RET-1")
	assert.Equal(t, "S3", x.screen("r").Expect[0].SKU)
	r.Hash = "h3"
	assert.Equal(t, edge.Begun, x.record(r).Code)
}

// TestAReturnOfAnOrderThatHasNotLeft: the WMS has announced it, so it is opened by its own
// number; whoever opens it is told.
func TestAReturnOfAnOrderThatHasNotLeft(t *testing.T) {
	for name, left := range map[string]bool{"in the house": false, "on its way": true} {
		x := newSite(t)
		x.deep = true
		crew(x)
		backSite(x)
		number := packed(t, x, "o1", "cj", "TOTE-00001").Waybill
		if left {
			x.scan("l", "DOCK-D1")
			x.scan("l", number)
			require.True(t, x.act("l", "close", edge.Args{Reason: "cutOff"}).OK)
		}
		x.record(&edge.ReturnRecord{ID: "RET-1", Client: "default", Hash: "h", Order: "o1", Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 1}}})
		v := x.scan("r", "RET-1")
		require.Equal(t, "return.opened", v.Say.Key, name)
		if left {
			assert.Empty(t, x.dec.Notices)
			continue
		}
		assert.Equal(t, []edge.Notice{{Worker: "r", Code: edge.Hold, Say: edge.Says("return.orderNotShipped", edge.T("order", "o1"))}}, x.dec.Notices)
	}
}
