package floor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestAReturnOfAnOrderThatHasNotLeft is not opened, by its own number as little as by the
// label of the box, and is no work for anybody until the first box has left.
func TestAReturnOfAnOrderThatHasNotLeft(t *testing.T) {
	tells := func(x *site) {
		x.record(&edge.ReturnRecord{ID: "RET-1", Client: "default", Order: "o1", Waybill: "R-77-1", Hash: "h", Lines: []edge.OrderLine{{Line: "1", SKU: "S1", Quantity: 1}}})
	}
	refused := func(x *site, want edge.Say) {
		t.Helper()
		for _, code := range []string{"R-77-1", "RET-1"} {
			v := x.scan("r", code)
			assert.Equal(t, []any{edge.Unexpected, want}, []any{v.Code, v.Say})
		}
		assert.Empty(t, x.screen("r").Work)
		assert.Equal(t, "start.noWork", x.act("r", "start", edge.Args{Flow: edge.Return}).Say.Key)
		rebuilt(t, x)
	}
	opened := func(x *site) {
		t.Helper()
		assert.Equal(t, []edge.Waiting{{Flow: edge.Return, Waiting: 1}}, x.screen("r").Work)
		require.True(t, x.act("r", "start", edge.Args{Flow: edge.Return}).OK)
		require.Equal(t, "R-77-1", x.screen("r").Expect[0].Code)
		require.Equal(t, "return.opened", x.scan("r", "R-77-1").Say.Key)
		rebuilt(t, x)
	}
	t.Run("picked, packed, gone", func(t *testing.T) {
		x := newSite(t)
		x.deep = true
		crew(x)
		backSite(x)
		x.record(order("o1", "cj", line{1, 1}))
		tells(x)
		refused(x, edge.Says("return.orderNotShipped", edge.T("order", "o1")))
		pickAlone(x, "o1", "TOTE-00001")
		x.scan("k", "TOTE-00001")
		x.follow("k", nil)
		here := edge.Says("return.notShipped", edge.T("box", "B-1"))
		refused(x, here)
		x.scan("l", "DOCK-D1")
		x.scan("l", boxCode(x, "B-1"))
		refused(x, here)
		require.True(t, x.act("l", "close", edge.Args{}).OK)
		opened(x)
	})
	t.Run("told before the order is known", func(t *testing.T) {
		x := newSite(t)
		x.deep = true
		crew(x)
		backSite(x)
		tells(x)
		require.Len(t, x.screen("r").Work, 1)
		x.record(order("o1", "cj", line{1, 1}))
		refused(x, edge.Says("return.orderNotShipped", edge.T("order", "o1")))
		x.record(&edge.OrderChange{ID: "c1", Client: "default", Order: "o1", Rev: 1, Change: "cancel"})
		refused(x, edge.Says("return.orderNotShipped", edge.T("order", "o1")))
		x.now = x.now.Add(50 * time.Hour)
		x.act("l", "help", edge.Args{})
		require.Nil(t, x.live.Order("default", "o1"))
		opened(x)
	})
	t.Run("in part", func(t *testing.T) {
		x := newSite(t)
		x.deep = true
		crew(x)
		backSite(x)
		x.record(order("o1", "cj", line{1, 1}, line{2, 1}))
		pickAlone(x, "o1", "TOTE-00001")
		x.scan("k", "TOTE-00001")
		x.scan("k", "EA-1")
		require.True(t, x.act("k", "close", edge.Args{}).OK)
		x.follow("k", nil)
		x.scan("l", "DOCK-D1")
		x.scan("l", boxCode(x, "B-1"))
		require.True(t, x.act("l", "close", edge.Args{Reason: "full"}).OK)
		tells(x)
		assert.Equal(t, "return.notShipped", func() string {
			x.act("r", "start", edge.Args{Flow: edge.Return})
			defer x.act("r", "leave", edge.Args{})
			return x.scan("r", boxCode(x, "B-2")).Say.Key
		}())
		opened(x)
	})
}
