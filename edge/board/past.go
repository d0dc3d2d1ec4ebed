package board

import (
	"context"
	"errors"
	"time"

	"dcedge/edge"
)

// Past reads the log of events as it was before this start. Places count through
// all its epochs: in the first one a place is an event's seq.
type Past interface {
	// Head is the place of the last flushed event and its seq in its epoch,
	// Oldest the place of the first one kept.
	Head() (place, seq uint64)
	Oldest() uint64
	// Events gives at most limit events behind a place, in order; those that
	// this program does not know are left out, but last is the place reached.
	Events(place uint64, limit int) (list []edge.Event, last uint64, err error)
}

// Bounds of what is counted again at a start.
const (
	pastHours  = 24        // of figures
	pastEvents = 2_000_000 // at most; a day of a large site
	pastChunk  = 2000      // events that are read and counted at a time
)

// split says which events the past counts: those up to the log's head now. All
// behind it are counted as they come.
func (b *Board) split() (head uint64) {
	if b.cfg.Past == nil {
		return 0
	}
	head, seq := b.cfg.Past.Head()
	b.noteMu.Lock()
	defer b.noteMu.Unlock()
	b.from = seq
	for len(b.events) > 0 && b.events[0].Seq <= seq {
		b.events = b.events[1:]
	}
	return head
}

// catchUp counts the last day's events up to head, in the background: it rests
// as long as it works. A log that cannot be read leaves the figures as far as
// they came, and they say since when they count.
func (b *Board) catchUp(ctx context.Context, head uint64) {
	if head == 0 {
		return
	}
	start, err := b.findPast(ctx, head, b.cfg.Now().Add(-pastHours*time.Hour).Truncate(time.Hour))
	for at := start; err == nil && at < head; {
		began := time.Now()
		var list []edge.Event
		if list, at, err = b.cfg.Past.Events(at, int(min(pastChunk, head-at))); err == nil {
			b.countPast(list)
			err = rest(ctx, time.Since(began))
		}
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil && b.cfg.PastFault != nil {
		b.cfg.PastFault(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.view.catching = false
	b.publish()
}

// findPast gives the place before the first event that counts: at or after
// since, and of the last pastEvents.
func (b *Board) findPast(ctx context.Context, head uint64, since time.Time) (uint64, error) {
	low := max(b.cfg.Past.Oldest(), 1) - 1
	if head > pastEvents {
		low = max(low, head-pastEvents)
	}
	high := head
	for low < high { // the first place behind which everything is young enough
		mid := low + (high-low)/2
		list, last, err := b.cfg.Past.Events(mid, 1)
		switch {
		case err != nil:
			return 0, err
		case ctx.Err() != nil:
			return 0, ctx.Err()
		case last <= mid:
			return 0, errNoProgress
		case len(list) == 1 && list[0].At.Before(since):
			low = last
		default:
			high = mid
		}
	}
	return low, nil
}

var errNoProgress = errors.New("board: the log gives no event where it has one")

// countPast counts events of before this start.
func (b *Board) countPast(list []edge.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range list {
		b.view.count(&list[i])
	}
	if len(list) > 0 && list[0].At.Before(b.view.counting) {
		b.view.counting = list[0].At
	}
}

func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
