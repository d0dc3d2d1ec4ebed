package group

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestQueueKeepsEachSendersOrder(t *testing.T) {
	q := NewQueue[[2]int](7)
	const senders, each = 5, 200
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				assert.NoError(t, q.Put(t.Context(), [2]int{s, i}))
			}
		})
	}
	next, got := [senders]int{}, 0
	for got < senders*each {
		<-q.Ready()
		list := q.Take(nil, 4)
		require.LessOrEqual(t, len(list), 4)
		for _, v := range list {
			require.Equal(t, next[v[0]], v[1])
			next[v[0]]++
			got++
		}
	}
	wg.Wait()
	assert.Zero(t, q.Len())
}

func TestQueueIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := NewQueue[int](2)
		require.NoError(t, q.Put(t.Context(), 1))
		require.NoError(t, q.Put(t.Context(), 2))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 2)
		go func() { done <- q.Put(ctx, 3) }()
		synctest.Wait()
		assert.Empty(t, done, "it waits while the queue is full")
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
		go func() { done <- q.Put(t.Context(), 4) }()
		synctest.Wait()
		assert.Equal(t, []int{1}, q.Take(nil, 1))
		require.NoError(t, <-done)
		go func() { done <- q.Put(t.Context(), 5) }()
		synctest.Wait()
		q.Close()
		require.ErrorIs(t, <-done, ErrClosed)
		require.ErrorIs(t, q.Put(t.Context(), 6), ErrClosed)
		assert.True(t, q.Closed())
		assert.Equal(t, []int{2, 4}, q.Take(nil, 9), "what is in it stays")
	})
}

func TestWindow(t *testing.T) {
	for _, spin := range []bool{false, true} {
		n, mono := 0, time.Duration(0)
		queued := func() int { n++; return n / 4 }
		w := Window{Mono: func() time.Duration { mono += 10 * time.Microsecond; return mono }, Spin: spin}
		ready := make(chan struct{}, 1)
		ready <- struct{}{}
		w.Wait(queued, ready)
		assert.LessOrEqual(t, n, 1, "no batch before: no window")
		if spin {
			w.Flushed(3, time.Millisecond)
			w.Wait(queued, ready)
			assert.GreaterOrEqual(t, queued(), 3, "it waited for those who come back")
			n, mono = 0, 0
			w.Flushed(1000, 400*time.Microsecond)
			w.Wait(queued, ready)
			assert.InDelta(t, 100*time.Microsecond, mono, float64(30*time.Microsecond), "a quarter of the flush")
			n, mono = 0, 0
			w.Flushed(1_000_000, time.Second)
			w.Wait(queued, ready)
			assert.InDelta(t, MaxWindow, mono, float64(30*time.Microsecond))
		}
		n = 0
		w.Wait(queued, ready)
		assert.LessOrEqual(t, n, 1, "once per batch")
	}
}

func TestWindowWithATimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		mono := func() time.Duration { return time.Since(begin) }
		q := NewQueue[int](10)
		w := Window{Mono: mono}
		w.Flushed(2, time.Second)
		w.Wait(q.Len, q.Ready())
		assert.Equal(t, MaxWindow, mono(), "nobody came")
		w.Flushed(2, time.Second)
		go func() {
			time.Sleep(10 * time.Microsecond)
			assert.NoError(t, q.Put(context.Background(), 1))
			time.Sleep(10 * time.Microsecond)
			assert.NoError(t, q.Put(context.Background(), 2))
		}()
		from := mono()
		w.Wait(q.Len, q.Ready())
		// The queue rings for the first of them; the second is seen at the end.
		assert.LessOrEqual(t, mono()-from, MaxWindow)
		assert.Equal(t, 2, q.Len())
	})
}
