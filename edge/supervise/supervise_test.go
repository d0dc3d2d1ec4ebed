package supervise

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestBackoffGrowsToItsCapAndResets(t *testing.T) {
	b := Backoff{Min: time.Second, Max: 8 * time.Second}
	for _, want := range []time.Duration{1, 2, 4, 8, 8, 8} {
		got := b.Next()
		assert.InDelta(t, float64(want*time.Second), float64(got), float64(want*time.Second)/4+1)
	}
	b.Reset()
	assert.LessOrEqual(t, b.Next(), 1250*time.Millisecond)
}

func TestGroupEndsAllWhenOneFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		boom := errors.New("boom")
		var g Group
		g.Add("waits", RunFunc(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }))
		g.Add("fails", RunFunc(func(context.Context) error { time.Sleep(time.Second); return boom }))
		err := g.Run(t.Context())
		assert.ErrorIs(t, err, boom)
		assert.NotErrorIs(t, err, context.Canceled)
		assert.ErrorContains(t, err, "fails:")
	})
}

func TestRestartTriesAgainUntilTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		n := 0
		var board Board
		r := &Restart{Name: "x", Log: slog.New(slog.DiscardHandler), Board: &board,
			Part: RunFunc(func(context.Context) error { n++; return errors.New("no") })}
		began := time.Now()
		assert.Error(t, r.Run(ctx))
		assert.Equal(t, 10*time.Minute, time.Since(began), "it stops when its time is up")
		assert.Greater(t, n, 15, "tries every 30 s at the slowest")
		assert.Less(t, n, 60, "does not spin")
		assert.False(t, board.All()[0].OK)
	})
}
