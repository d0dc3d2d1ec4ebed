package board

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// Reach hurries the board for who waits, and gives up with the context.
func TestReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeEngine{}
		b, err := New(Config{Source: f, Now: func() time.Time { return day }, Beat: time.Hour})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- b.Run(ctx) }()
		synctest.Wait()
		began := time.Now()
		got := make(chan error, 2)
		for _, seq := range []uint64{4, 5} {
			go func() { got <- b.Reach(ctx, seq) }()
		}
		synctest.Wait()
		f.commit(&edge.Commit{Epoch: "e", Head: 4})
		require.NoError(t, <-got)
		synctest.Wait()
		assert.Empty(t, got, "5 is not there yet")
		o := order("9", edge.StageReceived)
		f.commit(&edge.Commit{Epoch: "e", Head: 5, Changes: []edge.Change{change(o)}})
		require.NoError(t, <-got)
		assert.NotNil(t, b.Order("", "9"), "what was waited for is shown")
		assert.Zero(t, time.Since(began), "not one beat was waited for")
		require.NoError(t, b.Reach(ctx, 5))

		short, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		require.ErrorIs(t, b.Reach(short, 6), context.DeadlineExceeded)
		cancel()
		require.NoError(t, <-done)
		assert.Empty(t, b.waiters)
	})
}
