package floor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestOneNumberToldOfTwoBoxes: what the WMS tells contradicts itself. The number is the
// first box's; what is on the other, a person must look at.
func TestOneNumberToldOfTwoBoxes(t *testing.T) {
	box := func(id, order string) edge.ReconciledBox {
		return edge.ReconciledBox{ID: id, Order: order, Carrier: "cj", Waybill: "650000000990", Stage: edge.ToldBound, N: 1}
	}
	for name, told := range map[string][]*edge.Reconcile{
		"one request":  {{Boxes: []edge.ReconciledBox{box("B-8", "o1"), box("B-9", "o2")}}},
		"two requests": {{Boxes: []edge.ReconciledBox{box("B-8", "o1")}}, {Boxes: []edge.ReconciledBox{box("B-9", "o2")}}},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSite(t)
			crew(x)
			x.record(order("o1", "cj", line{1, 1}))
			x.record(order("o2", "cj", line{1, 1}))
			y := x.restored(x.save(), "e2", edge.EpochRestored)
			y.deep = true
			for _, r := range told {
				r.Epoch = "e2"
				y.record(r)
			}
			y.record(&edge.Reconcile{Epoch: "e2", Done: true})
			assert.Equal(t, "650000000990", y.live.Box("B-8").Waybill)
			assert.Empty(t, y.live.Box("B-9").Waybill, "no number is on two boxes")
			assert.Empty(t, y.live.Box("B-9").Bound)
			assert.Equal(t, y.hash(y.live), y.hash(y.replay))
		})
	}
}

// TestNumbersToldBeforeTheirBoxes: a reconciliation in several requests may tell the
// numbers that were given out first; that they are on boxes comes after.
func TestNumbersToldBeforeTheirBoxes(t *testing.T) {
	x, from, lost := forked(t)
	y := x.restored(from, "e2", edge.EpochRestored)
	y.record(&edge.Reconcile{Epoch: "e2", Waybills: []edge.ReconciledWaybill{{Number: lost.Waybill, Carrier: "cj"}}})
	y.record(&edge.Reconcile{Epoch: "e2", Orders: []edge.ReconciledOrder{{ID: "o2", Stage: edge.StagePacked}},
		Boxes: []edge.ReconciledBox{{ID: lost.ID, Order: "o2", Carrier: "cj", Waybill: lost.Waybill, Stage: edge.ToldBound, N: 1}}, Done: true})
	require.True(t, y.scan("l", "DOCK-D1").OK)
	v := y.scan("l", lost.Waybill)
	assert.True(t, v.OK, "%+v", v)
	assert.Equal(t, y.hash(y.live), y.hash(y.replay))
}

// TestAnOrderToldTwice: nothing revives one that was cancelled, or has left, also within
// one request.
func TestAnOrderToldTwice(t *testing.T) {
	for name, stages := range map[string][]edge.OrderStage{
		"cancelled": {edge.StageCancelled, edge.StagePacked},
		"shipped":   {edge.StageShipped, edge.StageCancelled},
	} {
		for _, one := range []bool{true, false} {
			x := newSite(t)
			crew(x)
			x.record(order("o1", "cj", line{1, 2}))
			x.scan("p", "TOTE-00001")
			x.scan("p", "EA-1")
			y := x.restored(x.save(), "e2", edge.EpochRestored)
			y.deep = true
			told := []edge.ReconciledOrder{{ID: "o1", Carrier: "cj", Stage: stages[0]}, {ID: "o1", Carrier: "cj", Stage: stages[1]}}
			if one {
				y.record(&edge.Reconcile{Epoch: "e2", Orders: told, Done: true})
			} else {
				y.record(&edge.Reconcile{Epoch: "e2", Orders: told[:1]})
				y.record(&edge.Reconcile{Epoch: "e2", Orders: told[1:], Done: true})
			}
			assert.Equal(t, stages[0], y.live.Order("default", "o1").Stage, "%s, in one request: %v", name, one)
			assert.False(t, y.live.Order("default", "o1").Closed.IsZero())
			assert.Equal(t, y.hash(y.live), y.hash(y.replay))
		}
	}
}
