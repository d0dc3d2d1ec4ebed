package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// retire has the WMS say that an article is gone.
func retire(t *testing.T, x *site, sku string) {
	t.Helper()
	e := x.cat.Edit()
	changed, err := e.Put(&edge.SKURecord{Client: "default", ID: sku}, true)
	require.NoError(t, err)
	require.True(t, changed)
	x.cat = e.Snapshot()
	x.send(&edge.Message{Kind: edge.Refreshed})
}

// TestWorkGoesOnWithAnArticleThatIsGone: the goods in the bin bear the code that they bore.
// It is shown and taken as before, in the hand of whoever began; a new order of it is parked.
func TestWorkGoesOnWithAnArticleThatIsGone(t *testing.T) {
	for _, mode := range []string{"order", "cluster", "total"} {
		t.Run(mode, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"}, &edge.CellRecord{ID: "W1-2", Barcode: "CELL-W1-2"})
			x.record(order("o1", "cj", line{1, 2}, line{2, 1}))
			x.record(order("o2", "cj", line{1, 1}, line{2, 1}))
			require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode, Orders: []string{"o1", "o2"}}).OK)
			tote := totesFrom(1)
			for x.screen("p").Step == "tote" {
				x.scan("p", tote())
			}
			retire(t, x, "S1")
			e := x.screen("p").Expect[0]
			assert.Equal(t, []string{"EA-1", "S1", "thing 1"}, []string{e.Code, e.SKU, e.Name["en"]})
			x.follow("p", tote)
			for x.screen("p").Work != nil && x.act("p", "start", edge.Args{Flow: edge.Put}).OK {
				x.follow("p", tote)
			}
			if mode == "order" {
				x.act("p", "start", edge.Args{Flow: edge.Pick})
				x.follow("p", tote)
			}
			for x.act("k", "start", edge.Args{Flow: edge.Pack}).OK {
				x.follow("k", nil)
			}
			for _, id := range []string{"o1", "o2"} {
				assert.Equal(t, edge.StagePacked, x.live.Order("default", id).Stage)
			}
			x.record(order("o3", "cj", line{1, 1}))
			assert.Equal(t, edge.StageParked, x.live.Order("default", "o3").Stage)
			checkEvents(t, x.events)
		})
	}
}
