package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// A cage in which a box may not ride is no dead end: whoever follows the screen at the
// truck gets the others on it, and the one that is cancelled out.
func TestACageThatMayNotRideWhole(t *testing.T) {
	set := func(t *testing.T, change string) *site {
		x := newSite(t)
		x.deep = true
		x.catalogue(captureRecords()...)
		crew(x)
		shut(t)(x)
		x.record(&edge.OrderChange{ID: "c1", Order: "o1", Change: change})
		require.True(t, x.scan("l", "DOCK-D1").OK)
		require.True(t, x.scan("l", boxCode(x, "B-3")).OK)
		return x
	}
	for _, between := range []string{"", "UNDO", "B-2"} {
		t.Run("cancelled, between siren and ack: "+between, func(t *testing.T) {
			x := set(t, "cancel")
			require.Equal(t, []edge.Expect{{Kind: "container", Code: "CAGE-01", Remaining: 2}}, x.screen("l").Expect)
			require.Equal(t, "container.cancelled", x.scan("l", "CAGE-01").Say.Key)
			switch between {
			case "UNDO":
				require.Equal(t, edge.Cancelled, x.scan("l", between).Code)
			case "B-2":
				require.Equal(t, edge.Cancelled, x.scan("l", boxCode(x, between)).Code)
			}
			require.True(t, x.act("l", "ack", edge.Args{}).OK)
			out := typed(x.last, edge.EvUnstowed)
			require.Len(t, out, 1, x.kinds())
			assert.Equal(t, "B-1", out[0].Data.(*edge.BoxStowed).Box)
			require.Equal(t, "CAGE-01", x.screen("l").Expect[0].Code)
			assert.Equal(t, "load.all", x.scan("l", "CAGE-01").Say.Key)
		})
	}
	t.Run("held", func(t *testing.T) {
		x := set(t, "hold")
		require.Equal(t, []edge.Expect{{Kind: "waybill", Code: boxCode(x, "B-2"), Box: "B-2"}}, x.screen("l").Expect)
		assert.Equal(t, "load.all", x.scan("l", boxCode(x, "B-2")).Say.Key)
		assert.True(t, x.act("l", "close", edge.Args{}).OK)
	})
}

// A desk that is left when nothing is open of an order any more has ended it: its tote
// would lead nobody back.
func TestLeaveWithNothingLeftToPack(t *testing.T) {
	for _, change := range []string{"reduceLine", "cancelLine"} {
		t.Run(change, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			x.hire("k2", edge.Packer)
			picked(t, x, "o1", "cj", "TOTE-00001", line{1, 2}, line{2, 1})
			for _, code := range []string{"TOTE-00001", "EA-1", "EA-1"} {
				require.True(t, x.scan("k", code).OK, code)
			}
			require.True(t, x.act("k", "close", edge.Args{}).OK)
			x.label("B-1")
			require.True(t, x.scan("k", boxCode(x, "B-1")).OK)
			require.True(t, x.act("k", "leave", edge.Args{}).OK)
			x.record(&edge.OrderChange{ID: "c1", Order: "o1", Change: change, Line: "2", Quantity: new(int)})
			require.True(t, x.scan("k2", "TOTE-00001").OK)
			require.Equal(t, "close", x.screen("k2").Step)
			assert.Equal(t, "pack.orderDone", x.act("k2", "leave", edge.Args{}).Say.Key)
			assert.Len(t, typed(x.last, edge.EvToteReleased), 1, x.kinds())
			assert.Len(t, typed(x.last, edge.EvReplenish), 1, "what lies in the tote goes back")
			assert.Equal(t, edge.StagePacked, x.live.Order("default", "o1").Stage)
		})
	}
}
