package conveyor

import (
	"context"
	"sync"
	"time"

	"dcedge/firmware-sim/wire"
)

// outbox sends what one device says, in order, without holding the belt up.
type outbox struct {
	station *wire.Station
	what    string
	keep    bool // what cannot be sent is sent later (done, weight); else only the newest counts (state)

	mu    sync.Mutex
	queue []delayed
	wake  chan struct{} // holds one
}

type delayed struct {
	due  time.Time
	body map[string]any
}

// outboxMost is how many messages a device remembers.
const outboxMost = 20_000

func newOutbox(station *wire.Station, what string, keep bool) *outbox {
	o := &outbox{station: station, what: what, keep: keep, wake: make(chan struct{}, 1)}
	return o
}

// say queues a message with a fresh id and the time of now.
func (o *outbox) say(body map[string]any, after time.Duration) {
	now := time.Now()
	if body["id"] == nil {
		body["id"] = wire.NewID()
	}
	body["at"] = wire.Stamp(now)
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) >= outboxMost {
		o.queue = append(o.queue[:0:0], o.queue[1:]...)
	}
	o.queue = append(o.queue, delayed{now.Add(after), body})
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// waits tells that something is not told yet.
func (o *outbox) waits() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.queue) > 0
}

// run sends until ctx ends.
func (o *outbox) run(ctx context.Context) error {
	for ctx.Err() == nil {
		o.mu.Lock()
		var first *delayed
		if len(o.queue) > 0 {
			first = &o.queue[0]
		}
		o.mu.Unlock()
		if first == nil {
			select {
			case <-ctx.Done():
			case <-o.wake:
			}
			continue
		}
		if !pause(ctx, time.Until(first.due)) {
			return nil
		}
		if err := o.station.Publish(o.what, first.body); err != nil {
			o.missed()
			if !pause(ctx, 20*time.Millisecond) {
				return nil
			}
			continue
		}
		o.mu.Lock()
		if len(o.queue) > 0 && o.queue[0].body["id"] == first.body["id"] {
			o.queue = o.queue[1:]
		}
		o.mu.Unlock()
	}
	return nil
}

// missed forgets the states that nobody heard, but for the newest.
func (o *outbox) missed() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.keep && len(o.queue) > 1 {
		o.queue = append(o.queue[:0:0], o.queue[len(o.queue)-1])
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
