package group

import (
	"runtime"
	"time"
)

// MaxWindow is the longest come-back window.
const MaxWindow = 300 * time.Microsecond

// Window is the come-back window: those who were answered just now usually
// come back at once, and a flush that takes them along saves the next one. It
// is for one goroutine.
type Window struct {
	// Mono is the monotonic clock. Nil switches the window off.
	Mono func() time.Duration
	// Spin yields the processor in a loop and does not sleep; for machines with
	// more than one.
	Spin bool

	last  int
	limit time.Duration
}

// Flushed tells the window how large the last batch was and how long its flush
// took: the window is a quarter of that, at most MaxWindow.
func (w *Window) Flushed(batch int, took time.Duration) {
	w.last, w.limit = batch, min(MaxWindow, took/4)
}

// Wait returns when as many wait as the last batch held, or the window is
// over. The first call after Flushed waits, later ones do not.
func (w *Window) Wait(queued func() int, ready <-chan struct{}) {
	last, limit := w.last, w.limit
	w.last = 0
	if w.Mono == nil || queued() >= last || limit <= 0 {
		return
	}
	end := w.Mono() + limit
	if w.Spin {
		for queued() < last && w.Mono() < end {
			runtime.Gosched()
		}
		return
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for queued() < last {
		select {
		case <-ready:
		case <-timer.C:
			return
		}
	}
}
