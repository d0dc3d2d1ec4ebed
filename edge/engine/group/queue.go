package group

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// ErrClosed is returned by Put after Close.
var ErrClosed = errors.New("group: queue is closed")

// Queue is a bounded first-in-first-out queue from many goroutines to one.
type Queue[T any] struct {
	mu     sync.Mutex
	items  []T
	max    int
	closed bool
	space  chan struct{} // closed when there is room again; nil: nobody waits
	n      atomic.Int64
	ready  chan struct{}
}

// NewQueue makes a queue for max items, at least one.
func NewQueue[T any](maximum int) *Queue[T] {
	maximum = max(1, maximum)
	return &Queue[T]{items: make([]T, 0, maximum), max: maximum, ready: make(chan struct{}, 1)}
}

// Put appends v. It blocks while the queue is full, until ctx ends. What one
// goroutine puts is taken in that order.
func (q *Queue[T]) Put(ctx context.Context, v T) error {
	for {
		space, err := q.try(v)
		if err != nil || space == nil {
			return err
		}
		select {
		case <-space:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (q *Queue[T]) try(v T) (wait chan struct{}, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return nil, ErrClosed
	}
	if len(q.items) >= q.max {
		if q.space == nil {
			q.space = make(chan struct{})
		}
		return q.space, nil
	}
	q.items = append(q.items, v)
	if q.n.Add(1) == 1 {
		q.Kick()
	}
	return nil, nil
}

// Take appends up to n items to into and returns it. It does not block.
func (q *Queue[T]) Take(into []T, n int) []T {
	q.mu.Lock()
	defer q.mu.Unlock()
	n = min(n, len(q.items))
	into = append(into, q.items[:n]...)
	rest := copy(q.items, q.items[n:])
	clear(q.items[rest:])
	q.items = q.items[:rest]
	q.n.Store(int64(rest))
	if rest > 0 {
		q.Kick()
	}
	if q.space != nil {
		close(q.space)
		q.space = nil
	}
	return into
}

// Len is the number of items that wait.
func (q *Queue[T]) Len() int { return int(q.n.Load()) }

// Ready gets a token when there may be something to take.
func (q *Queue[T]) Ready() <-chan struct{} { return q.ready }

// Kick makes Ready ready although nothing was put.
func (q *Queue[T]) Kick() {
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// Close makes every later Put fail. What is in the queue stays.
func (q *Queue[T]) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	if q.space != nil {
		close(q.space)
		q.space = nil
	}
}

// Closed tells whether Close was called.
func (q *Queue[T]) Closed() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.closed
}
