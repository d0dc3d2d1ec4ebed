package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// closedBox gives a packer whose box of o1 waits for its label.
func closedBox(x *site) string {
	x.record(order("o1", "cj", line{1, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-1")
	x.scan("k", "TOTE-00001")
	x.scan("k", "EA-1")
	return x.screen("k").Box
}

// TestLabelThatCannotBeMade: the packer sees why, the WMS is told once, the
// label comes out once the fault is gone.
func TestLabelThatCannotBeMade(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	box := closedBox(x)
	before := x.live.Box(box).Print
	r := edge.PrintReport{Stage: edge.StageCannot, Box: box, Attempt: before.NextAttempt, Printer: "p1", Error: "glyph", Field: "recipient.name"}
	require.Equal(t, edge.OK, x.print(r).Code)
	require.Equal(t, "label.intent label.failed", x.kinds())
	e := x.last[1].Data.(*edge.LabelEvent)
	assert.Equal(t, edge.LabelEvent{Attempt: before.NextAttempt, Box: box, Waybill: waybillOf(x), Printer: "p1", Copy: 1, Error: "glyph", Field: "recipient.name", Reason: "cannot"}, *e)
	require.Len(t, x.dec.Notices, 1)
	assert.Equal(t, "k", x.dec.Notices[0].Worker)
	assert.Equal(t, "label.cannot", x.dec.Notices[0].Say.Key)
	s := x.screen("k")
	assert.Equal(t, "printing", s.Step)
	assert.Equal(t, &edge.Fault{Code: "glyph", Field: "recipient.name"}, s.Fault)

	r.Attempt = x.live.Box(box).Print.NextAttempt
	assert.NotEqual(t, before.NextAttempt, r.Attempt, "an attempt ends once")
	assert.Equal(t, edge.Unchanged, x.print(r).Code)
	assert.Empty(t, x.last)
	r.Field = "recipient.address"
	assert.Equal(t, edge.OK, x.print(r).Code, "another fault")
	assert.Equal(t, edge.Unexpected, x.print(r).Code, "an attempt that is over")

	x.label(box)
	assert.Equal(t, 1, x.live.Box(box).Print.Copy)
	assert.Nil(t, x.screen("k").Fault)
	assert.Equal(t, edge.Done, x.scan("k", waybillOf(x)).Code)
	checkEvents(t, x.events)
}

// TestWorkThatCannotBeDoneIsOfferedLast holds for an order whose label cannot
// be made, however early its cut-off is.
func TestWorkThatCannotBeDoneIsOfferedLast(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	box := closedBox(x)
	x.act("k", "leave", edge.Args{})
	picked(t, x, "o2", "cj", "TOTE-00002", line{2, 1})
	x.print(edge.PrintReport{Stage: edge.StageCannot, Box: box, Attempt: x.live.Box(box).Print.NextAttempt, Error: "glyph"})
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
	assert.Equal(t, "TOTE-00002", x.screen("k").Expect[0].Code)
	x.act("k", "leave", edge.Args{})
	x.label(box)
	require.True(t, x.act("k", "start", edge.Args{Flow: edge.Pack}).OK)
	assert.Equal(t, "TOTE-00001", x.screen("k").Expect[0].Code, "its turn again")
}

// TestHelpSaysWhereTheCallerStood in its event alone: it must outlast a restart.
func TestHelpSaysWhereTheCallerStood(t *testing.T) {
	x := newSite(t)
	crew(x)
	begun(x, line{1, 2})
	x.act("p", "help", edge.Args{})
	d := x.last[0].Data.(*edge.StepConfirmed)
	assert.Equal(t, []string{"pick", "item", "L1", "S1", "o1"}, []string{string(d.Flow), d.Step, d.Location, d.SKU, d.Order})

	x = newSite(t)
	crew(x)
	closedBox(x)
	x.act("k", "help", edge.Args{})
	d = x.last[0].Data.(*edge.StepConfirmed)
	assert.Equal(t, "pack", string(d.Flow))
	assert.NotEmpty(t, d.Station)
	assert.NotEmpty(t, d.Box)
}

// TestCancelWithGoodsInTheTote: nobody has to find the tote first.
func TestCancelWithGoodsInTheTote(t *testing.T) {
	for _, stage := range []string{"in hand", "put down", "at a desk's door"} {
		x := newSite(t)
		x.deep = true
		crew(x)
		x.record(order("o1", "cj", line{1, 2}))
		x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
		x.scan("p", "TOTE-00001")
		x.scan("p", "EA-1")
		switch stage {
		case "put down":
			x.act("p", "leave", edge.Args{})
		case "at a desk's door":
			x.scan("p", "EA-1")
		}
		cancelO1(x)
		pieces := 0
		x.live.EachMove(func(m *edge.MoveTask) { pieces += m.Quantity })
		assert.Positive(t, pieces, stage)
		if stage == "in hand" {
			require.Len(t, x.dec.Notices, 1)
			assert.Equal(t, edge.Says("pick.cancelTote", edge.T("order", "o1"), edge.T("tote", "TOTE-00001")), x.dec.Notices[0].Say)
		}
		require.True(t, x.act("p2", "start", edge.Args{Flow: edge.Replenish}).OK, stage)
		x.scan("p2", "EA-1")
		if pieces > 1 {
			x.scan("p2", "EA-1")
		}
		require.Equal(t, edge.Done, x.scan("p2", "LOC-L1").Code)
		assert.Nil(t, x.live.Tote("TOTE-00001"), "empty, and free again")
	}
}

// TestHoldWithoutReasonSaysWhose: a lead's changes are known by their ids.
func TestHoldWithoutReasonSaysWhose(t *testing.T) {
	for id, want := range map[string]string{"c-1": "wms", "lead-019a": "lead"} {
		x := newSite(t)
		x.record(order("o1", "cj", line{1, 1}))
		x.record(&edge.OrderChange{ID: id, Order: "o1", Change: "hold"})
		assert.Equal(t, want, x.live.Order("default", "o1").Held)
	}
}

// TestABoxIsNotPrintedForEver: a copy that was asked for failed, the label that was there
// was scanned instead, and the box was opened again. It waits for that label, not for
// the copy of which no byte left (found by random crews: "o1 never left", its desk at
// step printing with nothing wanted).
func TestABoxIsNotPrintedForEver(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	packedOne(x)
	number := waybillOf(x)
	require.True(t, x.act("k", "reprint", edge.Args{Waybill: number, Reason: "damaged"}).OK)
	v := x.print(edge.PrintReport{Stage: edge.StageIntent, Box: "B-1", Printer: "p1", RecipientVersion: 1, Hash: "ab"})
	x.print(edge.PrintReport{Stage: edge.StageFailed, Box: "B-1", Attempt: v.Answer, Error: "refused"})
	require.True(t, x.scan("k", number).OK, "the label that is there binds")
	require.False(t, x.live.Box("B-1").Print.Wanted)

	require.True(t, x.act("k", "reopen", edge.Args{Box: "B-1", Reason: "forgot"}).OK)
	require.True(t, x.act("k", "close", edge.Args{}).OK)
	s := x.screen("k")
	require.Equal(t, "waybill", s.Step)
	assert.Equal(t, number, s.Expect[0].Code)
	assert.Equal(t, "pack.orderDone", x.scan("k", number).Say.Key)
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestTwoBoxesGoOutOfReachAtOnce: whoever is to choose a dock is told when the only two
// boxes that wait are those of one order (found by random crews: the screen changed and
// nobody was told).
func TestTwoBoxesGoOutOfReachAtOnce(t *testing.T) {
	x := newSite(t)
	crew(x)
	picked(t, x, "o1", "cj", "TOTE-00001", line{1, 1}, line{2, 1})
	x.scan("k", "TOTE-00001")
	x.scan("k", "EA-1")
	x.act("k", "close", edge.Args{})
	x.label("B-1")
	x.scan("k", x.live.Box("B-1").Waybill)
	x.scan("k", "EA-2")
	x.label("B-2")
	require.Equal(t, "pack.orderDone", x.scan("k", x.live.Box("B-2").Waybill).Say.Key)
	require.True(t, x.act("l", "start", edge.Args{Flow: edge.Load}).OK)
	require.Equal(t, "dock", x.screen("l").Expect[0].Kind)
	cancelO1(x)
	assert.Empty(t, x.screen("l").Expect)
}
