package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// heir retires S1 and gives its code to S99 of the same client.
func heir(t *testing.T, x *site) {
	t.Helper()
	retire(t, x, "S1")
	x.catalogue(&edge.SKURecord{Client: "default", ID: "S99", Barcodes: []edge.Barcode{{Code: "EA-1", Quantity: 1}}})
}

// lineOf is an order of one line of an article.
func lineOf(id, sku string, n int) *edge.OrderRecord {
	r := order(id, "cj", line{2, n})
	r.Lines[0].SKU = sku
	return r
}

// TestACodeOfTwoArticlesIsWhatTheStepWants: the goods of an article that is gone bear the
// code that its heir has now. Whatever is wanted of the two is taken, in every flow.
func TestACodeOfTwoArticlesIsWhatTheStepWants(t *testing.T) {
	for _, mode := range []string{"order", "cluster", "total"} {
		t.Run(mode, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			x.catalogue(&edge.CellRecord{ID: "W1-1", Barcode: "CELL-W1-1"}, &edge.CellRecord{ID: "W1-2", Barcode: "CELL-W1-2"})
			x.record(order("o1", "cj", line{1, 2}, line{3, 1}))
			x.record(order("o2", "cj", line{1, 1}, line{3, 1}))
			require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: mode, Orders: []string{"o1", "o2"}}).OK)
			tote := totesFrom(1)
			for x.screen("p").Step == "tote" {
				x.scan("p", tote())
			}
			heir(t, x)
			require.Equal(t, []string{"EA-1", "S1"}, []string{x.screen("p").Expect[0].Code, x.screen("p").Expect[0].SKU})
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
			for _, e := range x.events {
				if p, ok := e.Data.(*edge.PickEvent); ok {
					assert.NotEqual(t, "S99", p.SKU)
				}
			}
			checkEvents(t, x.events)
			rebuilt(t, x)
		})
	}
	t.Run("the heir is wanted", func(t *testing.T) {
		x := newSite(t)
		crew(x)
		heir(t, x)
		x.record(lineOf("o1", "S99", 1))
		x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
		x.scan("p", "TOTE-00001")
		assert.Equal(t, "pick.done", x.scan("p", "EA-1").Say.Key)
		assert.Equal(t, "S99", x.last[0].Data.(*edge.PickEvent).SKU)
	})
	t.Run("none of them is wanted", func(t *testing.T) {
		x := newSite(t)
		crew(x)
		begun(x, line{2, 1})
		heir(t, x)
		assert.Equal(t, edge.Says("pick.wrongItem", edge.T("expected", "S2"), edge.T("scanned", "S99")), x.scan("p", "EA-1").Say, "the one that there is")
	})
}

// TestACodeOfTwoArticlesAtADesk: both in one box, the one that there is goes first, then the
// one that is gone; one piece more is over, of the one that there is.
func TestACodeOfTwoArticlesAtADesk(t *testing.T) {
	x := newSite(t)
	x.deep = true
	crew(x)
	x.catalogue(&edge.SKURecord{Client: "default", ID: "S99", Barcodes: []edge.Barcode{{Code: "EA-99", Quantity: 1}}})
	r := order("o1", "cj", line{1, 1}, line{2, 1})
	r.Lines[1].SKU = "S99"
	x.record(r)
	x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}})
	x.scan("p", "TOTE-00001")
	x.follow("p", nil)
	require.Equal(t, edge.StagePicked, x.live.Order("default", "o1").Stage)
	heir(t, x)
	x.scan("k", "TOTE-00001")
	for _, want := range []string{"S99", "S1"} {
		require.True(t, x.scan("k", "EA-1").OK)
		assert.Equal(t, want, x.last[0].Data.(*edge.PackItem).SKU)
	}
	rebuilt(t, x)
}

func TestACodeOfTwoArticlesElsewhere(t *testing.T) {
	t.Run("single pieces", func(t *testing.T) {
		x := newSite(t)
		x.deep = true
		crew(x)
		x.record(order("o1", "cj", line{1, 1}))
		x.record(order("o2", "cj", line{1, 1}))
		x.act("p", "start", edge.Args{Flow: edge.Pick, Mode: "total", Orders: []string{"o1", "o2"}})
		x.follow("p", totesFrom(1))
		heir(t, x)
		for x.act("k", "start", edge.Args{Flow: edge.Pack, Mode: "single"}).OK {
			x.follow("k", nil)
		}
		for _, id := range []string{"o1", "o2"} {
			assert.Equal(t, edge.StagePacked, x.live.Order("default", id).Stage)
		}
	})
	t.Run("a return", func(t *testing.T) {
		x := newSite(t)
		x.deep = true
		crew(x)
		back()(x)
		heir(t, x)
		did(x, "EA-1", "EA-1")
		assert.Equal(t, "grade S1 2 ", handNow(x))
		v := x.scan("r", "EA-1")
		assert.Equal(t, edge.Over, v.Code)
		assert.Equal(t, "S1", v.Say.Args[0].Text, "what lies in the hand")
		did(x, "GRADE-good", "LOC-L1")
		assert.Equal(t, edge.Says("return.over", edge.T("scanned", "S1"), edge.N("remaining", 0)), x.scan("r", "EA-1").Say, "what is announced")
	})
	t.Run("goods that go back", func(t *testing.T) {
		x := newSite(t)
		x.deep = true
		crew(x)
		begun(x, line{1, 2}, line{2, 1})
		x.scan("p", "EA-1")
		x.scan("p", "EA-1")
		x.record(&edge.OrderChange{ID: "c", Client: "default", Order: "o1", Rev: 1, Change: "cancel"})
		heir(t, x)
		x.act("p", "start", edge.Args{Flow: edge.Replenish})
		x.follow("p", nil)
		assert.Empty(t, typed(x.events, edge.EvRefused))
		assert.NotEmpty(t, typed(x.events, edge.EvStockMoved))
	})
}
