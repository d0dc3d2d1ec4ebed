package group

import (
	"runtime"
	"time"
)

// MaxGap is the longest that a window waits for the next one to come back.
const MaxGap = 300 * time.Microsecond

// Window is the come-back window: those who were answered just now usually
// come back at once, and a flush that takes them along saves the next one. It
// is for one goroutine.
//
// It is over when as many are there as it waits for, when nobody has come for
// a quarter of the last flush (at most MaxGap), or when it has cost as much as
// the flush that it may save.
type Window struct {
	// Mono is the monotonic clock. Nil switches the window off.
	Mono func() time.Duration
	// Spin yields the processor in a loop and does not sleep; for machines with
	// more than one.
	Spin bool

	target   int
	have     int
	gap, end time.Duration
	last     time.Duration // when have grew
}

// Landed opens the window: a batch of so many was answered just now, waiting
// more have come during its flush, which took that long, and each costs so
// much before it can be flushed.
//
// Where the flush costs more than all of them, it waits for all of them: one
// flush serves everybody. Where they cost more, half of them are made ready
// while the others are being flushed, and it waits for no more than make the
// flush a small part of the cost.
func (w *Window) Landed(batch, waiting int, took, each time.Duration) {
	if w.target = 0; w.Mono == nil || took <= 0 {
		return
	}
	w.target = batch + waiting
	if time.Duration(w.target)*each >= took {
		w.target = min((w.target+1)/2, int(4*took/each))
	}
	w.have, w.last, w.gap = waiting, w.Mono(), min(MaxGap, took/4)
	w.end = w.last + took
}

// Over tells, with so many there, that the window is over.
func (w *Window) Over(have int) bool {
	if w.Mono == nil || have >= w.target {
		return true
	}
	now := w.Mono()
	if have > w.have {
		w.have, w.last = have, now
	}
	if now-w.last >= w.gap || now >= w.end {
		w.target = 0
		return true
	}
	return false
}

// Pause lets others run until one may have come.
func (w *Window) Pause(ready <-chan struct{}) {
	if w.Spin {
		runtime.Gosched()
		return
	}
	timer := time.NewTimer(min(w.gap-(w.Mono()-w.last), w.end-w.Mono()))
	defer timer.Stop()
	select {
	case <-ready:
	case <-timer.C:
	}
}
