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

// clocked is a window whose clock goes on by a step at every look.
func clocked(step time.Duration) (*Window, *time.Duration) {
	now := new(time.Duration)
	return &Window{Mono: func() time.Duration { *now += step; return *now }, Spin: true}, now
}

func TestWindow(t *testing.T) {
	const us = time.Microsecond
	w, _ := clocked(us)
	assert.True(t, w.Over(0), "no batch before: no window")

	w.Landed(3, 0, time.Millisecond, us)
	assert.False(t, w.Over(2))
	assert.True(t, w.Over(3), "all are back")

	w.Landed(3, 2, time.Millisecond, us)
	assert.False(t, w.Over(4), "one flush serves all five")
	assert.True(t, w.Over(5))

	w.Landed(3, 2, 90*us, 20*us)
	assert.False(t, w.Over(2), "half of five")
	assert.True(t, w.Over(3), "they cost more than the flush: three are made ready while the others are flushed")

	w.Landed(300, 4, 100*us, 20*us)
	assert.False(t, w.Over(19))
	assert.True(t, w.Over(20), "twenty make the flush a fifth of the cost")

	for name, x := range map[string]struct{ took, over time.Duration }{
		"a quarter of the flush": {400 * us, 100 * us}, "the longest gap": {time.Second, MaxGap},
	} {
		w, now := clocked(us)
		w.Landed(1_000, 0, x.took, 0)
		from := *now
		for !w.Over(0) {
			w.Pause(nil)
		}
		assert.InDelta(t, x.over, *now-from, float64(2*us), name)
		assert.True(t, w.Over(0), "once per batch")
	}
	w, now := clocked(us)
	w.Landed(1_000_000, 0, 400*us, 0)
	from, have := *now, 0
	for !w.Over(have) {
		have++
	}
	assert.InDelta(t, 400*us, *now-from, float64(2*us), "however many come: not longer than a flush")
	w.Landed(5, 5, 0, 0) // nothing was flushed, and the clock is coarse
	assert.True(t, w.Over(0), "nothing to wait for")
	var off Window
	off.Landed(9, 9, time.Second, 0)
	assert.True(t, off.Over(0), "switched off")
}

func TestWindowWithATimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		mono := func() time.Duration { return time.Since(begin) }
		q := NewQueue[int](10)
		w := Window{Mono: mono}
		wait := func() {
			for !w.Over(q.Len()) {
				w.Pause(q.Ready())
			}
		}
		w.Landed(2, 0, time.Second, 0)
		wait()
		assert.Equal(t, MaxGap, mono(), "nobody came")
		w.Landed(2, 0, time.Second, 0)
		go func() {
			time.Sleep(10 * time.Microsecond)
			assert.NoError(t, q.Put(context.Background(), 1))
			time.Sleep(10 * time.Microsecond)
			assert.NoError(t, q.Put(context.Background(), 2))
		}()
		from := mono()
		wait()
		// The queue rings for the first of them; the second is seen at the end.
		assert.LessOrEqual(t, mono()-from, 10*time.Microsecond+MaxGap)
		assert.Equal(t, 2, q.Len())
	})
}
