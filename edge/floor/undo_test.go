package floor_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// manyPieces has p walk a wave of n orders of one S1 and one S2 each, with its tote in hand.
func manyPieces(t *testing.T, n int) *site {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.pol.Pick.Wave, x.pol.Pick.Lines = n, 3
	for i := range n {
		x.record(order(fmt.Sprintf("o%d", i+1), "cj", line{1, 1}, line{2, 1}))
	}
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total"}).OK)
	require.True(t, x.scan("p", "TOTE-00001").OK)
	return x
}

// TestUndoTakesBackAllOfAMessage: however many orders a number was for, it was one step.
func TestUndoTakesBackAllOfAMessage(t *testing.T) {
	x := manyPieces(t, 20)
	require.True(t, x.scan("p", "EA-1").OK)
	require.True(t, x.act("p", "quantity", edge.Args{N: n(20)}).OK)
	assert.Equal(t, "EA-2", x.screen("p").Expect[0].Code)
	require.True(t, x.act("p", "undo", edge.Args{}).OK)
	assert.Equal(t, 1, x.screen("p").Quantity.Have)
	require.True(t, x.scan("p", "UNDO").OK)
	assert.Zero(t, x.screen("p").Quantity.Have)
	assert.Equal(t, "undo.nothing", x.scan("p", "UNDO").Say.Key)
	rebuilt(t, x)
}

// TestTheLastMessagesAreKept: sixteen of them, each whole; of one before nothing is taken
// back.
func TestTheLastMessagesAreKept(t *testing.T) {
	x := manyPieces(t, 60)
	require.True(t, x.scan("p", "EA-1").OK)
	gone := ""
	for i := range 18 {
		require.True(t, x.act("p", "quantity", edge.Args{N: n(4 + 3*i)}).OK)
		if i == 1 {
			gone = x.last[0].Scan.String()
		}
	}
	require.Equal(t, "undo.nothing", x.act("p", "undo", edge.Args{Of: gone}).Say.Key)
	for i := range 16 {
		require.Equal(t, 55-3*i, x.screen("p").Quantity.Have)
		require.True(t, x.act("p", "undo", edge.Args{}).OK)
	}
	assert.Equal(t, 7, x.screen("p").Quantity.Have)
	assert.Equal(t, "undo.nothing", x.scan("p", "UNDO").Say.Key)
	rebuilt(t, x)
}

// TestUndoOfAShortWithItsPieces: what a short counted in and what was missing are one step.
func TestUndoOfAShortWithItsPieces(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.record(order("o1", "cj", line{1, 2}, line{2, 40}))
	require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick}).OK)
	x.scan("p", "TOTE-00001")
	require.True(t, x.act("p", "short", edge.Args{Found: n(1)}).OK)
	for range 15 {
		require.True(t, x.scan("p", "EA-2").OK)
	}
	for range 16 {
		require.True(t, x.scan("p", "UNDO").OK)
	}
	l := x.live.Order("default", "o1").Lines[0]
	assert.Equal(t, []int{0, 0}, []int{l.Picked, l.Short})
	rebuilt(t, x)
}

// TestUndoOfManyLinesOfAReturn: one scan of a place is one step, whatever lines it was for.
func TestUndoOfManyLinesOfAReturn(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	backSite(x)
	r := &edge.ReturnRecord{ID: "RET-1", Client: "default", Waybill: "R-77-1", Hash: "h"}
	for i := range 20 {
		r.Lines = append(r.Lines, edge.OrderLine{Line: fmt.Sprint(i + 1), SKU: "S1", Quantity: 1})
	}
	x.record(r)
	x.act("r", "start", edge.Args{Flow: edge.Return})
	did(x, "R-77-1", "EA-1", 20, "GRADE-good", "LOC-L1")
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	c := x.live.Return("default", "RET-1")
	assert.Empty(t, c.Graded)
	for _, l := range c.Lines {
		assert.Zero(t, l.Came, l.Line)
	}
	assert.Equal(t, "undo.nothing", x.act("r", "undo", edge.Args{}).Say.Key)
	rebuilt(t, x)
}
