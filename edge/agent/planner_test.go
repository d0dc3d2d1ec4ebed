package agent

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// takenLists is a floor that takes every list.
type takenLists struct {
	mu    sync.Mutex
	lists []*edge.PickList
	fail  atomic.Bool
}

func (f *takenLists) Submit(_ context.Context, m *edge.Message) (edge.Verdict, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail.Load() {
		return edge.Verdict{}, context.DeadlineExceeded
	}
	f.lists = append(f.lists, m.Body.(*edge.PickList))
	return edge.Verdict{OK: true, Code: edge.OK}, nil
}

func (f *takenLists) orders() [][]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out [][]string
	for _, l := range f.lists {
		out = append(out, slices.Sorted(slices.Values(l.Orders)))
	}
	return out
}

func received(id string, at time.Time) edge.Change {
	return edge.Change{Table: edge.TableOrders, Key: id, Value: &edge.Order{OrderTerms: &edge.OrderTerms{}, ID: id, Client: "c", Carrier: "cj", Stage: edge.StageReceived,
		Received: at, Cutoff: at.Add(9 * time.Hour), Lines: []*edge.Line{{ID: "1", SKU: "s", Location: "L1", Wanted: 1}}}}
}

func TestPlanner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &takenLists{}
		p := newPlanner(edge.PickPolicy{Wave: 3}, f, func() *catalogue.Snapshot { return catalogue.New() }, time.Now, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- p.Run(ctx) }()

		c := &edge.Commit{}
		for i := range 7 {
			c.Changes = append(c.Changes, received(fmt.Sprint("o", i), time.Now()))
		}
		p.Committed(c)
		synctest.Wait()
		assert.Equal(t, [][]string{{"o0", "o1", "o2"}, {"o3", "o4", "o5"}}, f.orders(), "two are full, the last order waits")

		on := &edge.Commit{}
		for i := range 6 {
			x := received(fmt.Sprint("o", i), time.Now())
			x.Value.(*edge.Order).List = "L-1"
			on.Changes = append(on.Changes, x)
		}
		on.Changes = append(on.Changes, received("o7", time.Now()), edge.Change{Table: edge.TableOrders, Key: "o9"})
		f.fail.Store(true)
		p.Committed(on)
		time.Sleep(3 * time.Minute)
		assert.Len(t, f.orders(), 2, "the floor does not answer")
		f.fail.Store(false)
		time.Sleep(planLook + planEvery)
		synctest.Wait()
		require.GreaterOrEqual(t, len(f.orders()), 3, "made again")
		assert.Equal(t, []string{"o6", "o7"}, f.orders()[2], "the oldest has waited")
		cancel()
		require.NoError(t, <-ended)
	})
}
