package floor_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// deskOf is a site with one return of twelve S1 and one S2 open at its desk.
func deskOf(t *testing.T) *site {
	x := newSite(t)
	x.deep = true
	crew(x)
	dozen(x)
	return x
}

// did scans or presses what follows, and gives the ids of the messages.
func did(x *site, steps ...any) (ids []string) {
	x.t.Helper()
	for _, s := range steps {
		var v edge.Verdict
		switch s := s.(type) {
		case string:
			v = x.scan("r", s)
		case int:
			v = x.act("r", "quantity", edge.Args{N: n(s)})
		case edge.Args:
			v = x.act("r", "confirm", s)
		}
		if !v.OK {
			x.t.Fatalf("%v: %+v", s, v)
		}
		ids = append(ids, x.last[0].Scan.String())
	}
	return ids
}

// handNow is the step of the desk, and what lies in the hand.
func handNow(x *site) string {
	s := x.screen("r")
	if s.Return.Hand == nil {
		return s.Step
	}
	return fmt.Sprintf("%s %s %d %s", s.Step, s.Return.Hand.SKU, s.Return.Hand.Quantity, x.live.WorkOf("r").Hand.Reason)
}

// TestUndoAtAReturnsDeskTakesTheLastStepBack, not all that is in the hand: a button
// pressed after the fifth piece is about the fifth piece.
func TestUndoAtAReturnsDeskTakesTheLastStepBack(t *testing.T) {
	x := deskOf(t)
	did(x, "EA-1", "EA-1", "CS-1", 12, 2, edge.Args{Reason: "unreadable", Text: "S1"}, "GRADE-good")
	for _, want := range []string{"grade S1 3 unreadable", "grade S1 2 ", "grade S1 12 ", "grade S1 5 ", "grade S1 2 ", "grade S1 1 ", "item"} {
		require.Equal(t, edge.Says("undo.done"), x.act("r", "undo", edge.Args{}).Say, want)
		assert.Equal(t, "step.confirmed", x.kinds())
		assert.Equal(t, want, handNow(x))
	}
	assert.Equal(t, "undo.nothing", x.act("r", "undo", edge.Args{}).Say.Key)
	did(x, "EA-1", "GRADE-good", "UNDO")
	assert.Equal(t, "grade S1 1 ", handNow(x), "a printed code is the button")
	did(x, "GRADE-good", "LOC-L1", "EA-2", "UNDO")
	assert.Equal(t, "item", handNow(x))
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	assert.Equal(t, "return.graded stock.moved", x.kinds(), "and then what lies on its place")
	assert.Equal(t, "undo.nothing", x.act("r", "undo", edge.Args{}).Say.Key)
	checkEvents(t, x.events)
	rebuilt(t, x)
}

// TestUndoAtAReturnsDeskOfANamedMessage takes that one back, as at picking.
func TestUndoAtAReturnsDeskOfANamedMessage(t *testing.T) {
	for _, c := range []struct {
		name  string
		steps []any
		of    int // of the steps
		say   string
		want  string
		then  []string // what further undos leave
	}{
		{"the last", []any{"EA-1", "CS-1"}, 1, "undo.done", "grade S1 1 ", []string{"item"}},
		{"one before", []any{"EA-1", "CS-1", "EA-1"}, 1, "undo.done", "grade S1 2 ", []string{"grade S1 1 ", "item"}},
		{"the first", []any{"EA-1", "CS-1"}, 0, "undo.done", "grade S1 3 ", []string{"item"}},
		{"a piece of what is graded", []any{"EA-1", "EA-1", "GRADE-good"}, 1, "undo.done", "location S1 1 ", []string{"grade S1 1 ", "item"}},
		{"the only piece of what is graded", []any{"EA-1", "GRADE-good"}, 0, "undo.done", "item", nil},
		{"a number below which more was taken back", []any{"CS-1", 1}, 0, "undo.notPossible", "grade S1 1 ", []string{"grade S1 3 ", "item"}},
		{"a smaller number, and more than announced were left", []any{"EA-1", 12, 1, "CS-1", "CS-1"}, 2, "undo.notPossible", "grade S1 7 ", nil},
		{"what lies on its place, with another in the hand", []any{"EA-1", "GRADE-good", "LOC-L1", "EA-2"}, 2, "undo.done", "grade S2 1 ", []string{"item"}},
		{"what lies on a place before the last", []any{"EA-1", "GRADE-good", "LOC-L1", "EA-2", "GRADE-good", "LOC-L2"}, 2, "undo.done", "item", []string{"item"}},
		{"a step of a piece that lies on its place", []any{"EA-1", "GRADE-good", "LOC-L1"}, 0, "undo.nothing", "item", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := deskOf(t)
			ids := did(x, c.steps...)
			require.Equal(t, edge.Says(c.say), x.act("r", "undo", edge.Args{Of: ids[c.of]}).Say)
			assert.Equal(t, c.want, handNow(x))
			for _, want := range c.then {
				require.True(t, x.act("r", "undo", edge.Args{}).OK)
				assert.Equal(t, want, handNow(x))
			}
			assert.Equal(t, "undo.nothing", x.act("r", "undo", edge.Args{Of: "no id"}).Say.Key)
			assert.Equal(t, "undo.nothing", x.act("r", "undo", edge.Args{Of: x.nextID().String()}).Say.Key)
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
}

// TestTheOneBeforeIsTakenOffItsPlace: of two that were put away the first is taken back,
// the second stays where it is.
func TestTheOneBeforeIsTakenOffItsPlace(t *testing.T) {
	x := deskOf(t)
	ids := did(x, "CS-1", "CS-1", "CS-1", "EA-1", "GRADE-good", "LOC-L1", "EA-1", "EA-1", "GRADE-good", "LOC-L2", "EA-2", "GRADE-good", "LOC-L3")
	require.True(t, x.act("r", "undo", edge.Args{Of: ids[9]}).OK)
	assert.Equal(t, "return.graded stock.moved", x.kinds())
	assert.Equal(t, edge.ReturnEvent{Return: "RET-1", Line: "3", SKU: "S1", Quantity: -2, Grade: "good", Place: "L2", Undone: true, Undoes: ids[9], Work: "T-1"}, *x.last[0].Data.(*edge.ReturnEvent))
	places := []string{}
	for _, g := range x.live.Return("default", "RET-1").Graded {
		places = append(places, g.Place)
	}
	assert.Equal(t, []string{"L1", "L3"}, places)
	assert.Equal(t, "undo.nothing", x.act("r", "undo", edge.Args{Of: ids[9]}).Say.Key, "once")
	rebuilt(t, x)
}

// TestUndoOfASerialAtAReturnsDesk takes back the number alone, or with the piece whose
// data it stood in.
func TestUndoOfASerialAtAReturnsDesk(t *testing.T) {
	x := soldSerials(t, true)
	require.True(t, x.scan("r", "SN-1").OK)
	first := x.last[0].Scan.String()
	require.True(t, x.act("r", "undo", edge.Args{Of: first}).OK)
	require.Empty(t, x.live.WorkOf("r").Hand.Serials)
	require.True(t, x.scan("r", "SN-1").OK, "it was not read")
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	assert.Equal(t, "item", handNow(x))
	require.True(t, x.scan("r", "]d20108801234567909"+"21SN-1").OK)
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	assert.Equal(t, "item", handNow(x))
	did(x, "EA-8", "SN-1", "EA-8")
	pieces := x.events[len(x.events)-3].Scan.String()
	require.Equal(t, "undo.notPossible", x.act("r", "undo", edge.Args{Of: pieces}).Say.Key, "its number was read before the other piece came")
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	require.True(t, x.act("r", "undo", edge.Args{Of: pieces}).OK)
	assert.Equal(t, "item", handNow(x), "a number without a piece is none")
	rebuilt(t, x)
}

// TestMoreStepsThanAreKept: of thirty scans the last ones are taken back one by one, what
// is left goes back as a whole; what was put away before them can still be taken back.
func TestMoreStepsThanAreKept(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	backSite(x)
	x.record(&edge.ReturnRecord{ID: "RET-1", Client: "default", Hash: "h", Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 40}}})
	did(x, "RET-1", "EA-1", "GRADE-good", "LOC-L1")
	for range 30 {
		did(x, "EA-1")
	}
	for i := range 16 {
		require.True(t, x.act("r", "undo", edge.Args{}).OK)
		require.Equal(t, fmt.Sprintf("grade S1 %d ", 29-i), handNow(x))
	}
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	require.Equal(t, "item", handNow(x))
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	assert.Equal(t, "return.graded stock.moved", x.kinds())
	rebuilt(t, x)
}

// TestAHandOfBefore: what an earlier version wrote of a hand has no steps; undo puts it
// back as a whole, as it did.
func TestAHandOfBefore(t *testing.T) {
	x := deskOf(t)
	w := x.live.WorkOf("r").ID
	x.old(edge.Event{Type: edge.EvStep, Client: "default", Data: &edge.StepConfirmed{Kind: "capture", Step: "item", What: "S1", Work: w, Hand: &edge.Hand{SKU: "S1", Quantity: 2}}})
	did(x, "EA-1")
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	assert.Equal(t, "grade S1 2 ", handNow(x))
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	assert.Equal(t, "item", handNow(x))
}
