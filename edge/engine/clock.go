package engine

import (
	"sync"
	"time"
)

// maxJump is the most by which edge time follows the wall clock forward
// unasked.
const maxJump = time.Hour

// Clock is the machine's two clocks.
type Clock interface {
	Wall() time.Time
	Mono() time.Duration // since some fixed instant, never back
}

// SystemClock is the machine's clock.
type SystemClock struct{ start time.Time }

// NewSystemClock makes a SystemClock.
func NewSystemClock() SystemClock { return SystemClock{start: time.Now()} }

// Wall is what the machine believes the time is.
func (SystemClock) Wall() time.Time { return time.Now().Round(0) }

// Mono is the time since NewSystemClock.
func (c SystemClock) Mono() time.Duration { return time.Since(c.start) }

// edgeTime is the larger of the last journalled time and the wall, carried by
// the monotonic clock: it never goes back, and a jump of the wall forward by
// more than maxJump is held until it is confirmed.
type edgeTime struct {
	clock   Clock
	trusted func() bool // the wall is synchronised; nil: not known
	zone    *time.Location

	mu   sync.Mutex
	at   time.Time
	mono time.Duration
	held time.Duration // by how much the wall is ahead of what is accepted
}

// newEdgeTime begins at the later of last and the wall: after a stop any gap is
// believed, unless the wall is known not to be synchronised.
func newEdgeTime(clock Clock, zone *time.Location, trusted func() bool, last time.Time) *edgeTime {
	t := &edgeTime{clock: clock, trusted: trusted, zone: zone, mono: clock.Mono()}
	wall := clock.Wall()
	t.at = wall
	if !last.IsZero() && (last.After(wall) || trusted != nil && wall.Sub(last) > maxJump && !trusted()) {
		t.at = last
	}
	return t
}

// now is the edge time in the site's zone, in whole milliseconds: what a replay
// reads back is what was decided with.
func (t *edgeTime) now() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	mono := t.clock.Mono()
	at := t.at.Add(max(0, mono-t.mono))
	ahead := t.clock.Wall().Sub(at)
	t.held = 0
	switch {
	case ahead <= 0:
	case ahead > maxJump && (t.trusted == nil || !t.trusted()):
		t.held = ahead
	default:
		at = at.Add(ahead)
	}
	t.at, t.mono = at, mono
	return at.In(t.zone).Truncate(time.Millisecond)
}

func (t *edgeTime) confirm() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wall := t.clock.Wall(); wall.After(t.at) {
		t.at, t.mono, t.held = wall, t.clock.Mono(), 0
	}
}

func (t *edgeTime) ahead() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held
}
