package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// emptiedByTheSecond is a cluster whose second order took the last piece that was
// known to lie in L2.
func emptiedByTheSecond(x *site) {
	x.pol.Pick.AskEmpty, x.pol.Pick.Location = true, "never"
	stock(x, "S1", "L1", "", "", 9)
	stock(x, "S2", "L2", "", "", 1)
	x.record(order("o1", "cj", line{1, 1}, line{4, 1}))
	x.record(order("o2", "cj", line{2, 1}, line{4, 1}))
	x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "cluster"})
	x.scan("p", "TOTE-00001")
	x.scan("p", "TOTE-00002")
	x.scan("p", "EA-1")
	x.scan("p", "TOTE-00001")
	x.scan("p", "EA-2")
	x.scan("p", "TOTE-00002")
}

// TestEmptyInACluster: the question is about the place that was just picked from,
// whichever order the piece was for.
func TestEmptyInACluster(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	emptiedByTheSecond(x)
	s := x.screen("p")
	require.Equal(t, "empty", s.Step)
	require.Len(t, s.Lines, 1)
	assert.Equal(t, []string{"S2", "L2"}, []string{s.Lines[0].SKU, s.Lines[0].Location})
	require.True(t, x.act("p", "empty", edge.Args{Outcome: "no"}).OK)
	asked := typed(x.events, edge.EvCountAsked)
	require.Len(t, asked, 1)
	assert.Equal(t, []string{"o2", "L2"}, []string{asked[0].Order, asked[0].Data.(*edge.StockEvent).Location})
	assert.Equal(t, "item", x.screen("p").Step)
}

// TestNobodyAsksWhatWasTakenBack: with the pick goes the question whether its place
// is empty, or nothing could answer it.
func TestNobodyAsksWhatWasTakenBack(t *testing.T) {
	for name, back := range map[string]func(x *site){
		"the order is cancelled": func(x *site) { changed(x, "o2", "cancel", &edge.OrderChange{}) },
		"the pick is undone":     func(x *site) { x.act("p", "undo", edge.Args{}) },
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			emptiedByTheSecond(x)
			require.Equal(t, "empty", x.screen("p").Step)
			back(x)
			assert.Equal(t, "item", x.screen("p").Step)
			rebuilt(t, x)
		})
	}
}
