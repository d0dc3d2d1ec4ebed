package board

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// TestFullWallIsListed: from the first who was stopped by it until a wave begins or
// a piece finds its cell; other refusals say nothing of the wall.
func TestFullWallIsListed(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	for _, end := range []struct {
		t    edge.Type
		data edge.Data
	}{
		{edge.EvWorkStarted, &edge.WorkEvent{Work: "T-1", Flow: edge.Pick, Mode: "total"}},
		{edge.EvPut, &edge.PutEvent{Line: "1", Cell: "W1-1", Quantity: 1}},
	} {
		v := newView(now)
		see := func(typ edge.Type, minute int, data edge.Data) {
			v.now = now.Add(time.Duration(minute) * time.Minute)
			v.count(&edge.Event{Type: typ, At: v.now, Worker: "p", Data: data})
		}
		see(edge.EvRefused, 0, &edge.Refused{Code: edge.Unexpected, Say: "start.noWork", Why: "inHands"})
		assert.Empty(t, v.walls())
		see(edge.EvRefused, 1, &edge.Refused{Code: edge.Unexpected, Say: "start.noWork", Why: "wallFull"})
		see(edge.EvRefused, 2, &edge.Refused{Code: edge.Hold, Say: "put.wallFull"})
		see(edge.EvWorkStarted, 3, &edge.WorkEvent{Work: "T-0", Flow: edge.Pick, Mode: "order"})
		assert.Equal(t, []Exception{{Kind: "wallFull", ID: "wall", Units: 2, Since: now.Add(time.Minute)}}, v.walls())
		see(end.t, 4, end.data)
		assert.Empty(t, v.walls(), end.t)
		see(edge.EvRefused, 5, &edge.Refused{Code: edge.Hold, Say: "put.wallFull"})
		assert.Equal(t, now.Add(5*time.Minute), v.walls()[0].Since)
		v.now = v.now.Add(31 * time.Minute)
		assert.Empty(t, v.walls(), "nobody was stopped for half an hour")
	}
}
