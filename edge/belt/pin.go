package belt

import (
	"time"

	"dcedge/devices/conveyor"
	"dcedge/edge/sorter"
)

// Outputs is what hangs on pins of this machine. It does not block.
type Outputs interface {
	// Fire drives a divert for one pulse, now or not at all.
	Fire(divert string) error
	// There tells whether a divert could be fired now.
	There(divert string) bool
	// Show gives a stack light its signal; false: it is not on pins.
	Show(light string, s conveyor.Signal) bool
}

// noOutputs is a machine without pins.
type noOutputs struct{}

// Fire implements Outputs.
func (noOutputs) Fire(string) error { return conveyor.ErrAway }

// There implements Outputs.
func (noOutputs) There(string) bool { return false }

// Show implements Outputs.
func (noOutputs) Show(string, conveyor.Signal) bool { return false }

// laneOn gives the lane of a divert on a pin; nil: it is none.
func (l *Line) laneOn(divert string) *sorter.LaneAt {
	for i := range l.cfg.Layout.Lanes {
		if a := &l.cfg.Layout.Lanes[i]; a.Confirm != "" && a.Divert == divert {
			return a
		}
	}
	return nil
}

// confirms tells an eye in the lane of a divert on a pin.
func (l *Line) confirms(eye string) bool {
	for i := range l.cfg.Layout.Lanes {
		if a := &l.cfg.Layout.Lanes[i]; a.Confirm == eye && eye != "" {
			return true
		}
	}
	return false
}

// outputs looks whether the diverts on pins are there; a lane whose divert is away
// takes nothing.
func (l *Line) outputs() {
	for i := range l.cfg.Layout.Lanes {
		a := &l.cfg.Layout.Lanes[i]
		if a.Confirm == "" || l.deps.Outputs.There(a.Divert) != l.away[a.Divert] {
			continue
		}
		if l.away[a.Divert] {
			delete(l.away, a.Divert)
		} else {
			l.away[a.Divert] = true
		}
		l.tracker.Away(a.Divert, l.away[a.Divert])
		l.signal("divert", a.Divert, l.away[a.Divert])
	}
}

// unheard says that nobody knows what an eye in a lane sees: its next level is how
// things lie, and no parcel.
func (l *Line) unheard(eye string) {
	l.fresh[eye] = true
	l.tracker.Away(eye, true)
}

// heard is the opposite; it tells whether the eye was unheard of.
func (l *Line) heard(eye string) bool {
	if !l.fresh[eye] {
		return false
	}
	delete(l.fresh, eye)
	l.tracker.Away(eye, false)
	return true
}

// fire drives the diverts on pins whose parcel is there.
func (l *Line) fire(list []sorter.Fire) {
	for _, f := range list {
		if err := l.deps.Outputs.Fire(f.Divert); err != nil { // its parcel goes straight on, and is confirmed by nobody
			l.deps.Log.Warn("divert was not fired", "belt", l.Name(), "divert", f.Divert, "box", f.Box, "err", err)
		}
	}
}

// proven settles what eyes in lanes have confirmed.
func (l *Line) proven(events []sorter.Event) {
	for i := range events {
		e := &events[i]
		if e.Type != sorter.Diverted {
			continue
		}
		for j := range l.cfg.Layout.Lanes {
			if a := &l.cfg.Layout.Lanes[j]; a.Name == e.Lane && a.Confirm != "" {
				box := e.Box
				if box == "" {
					box = e.Parcel
				}
				l.answered(a.Divert, box, a.Name)
			}
		}
	}
}

// answered notes that a divert did what it was told.
func (l *Line) answered(divert, box, lane string) {
	l.diverts.Done(divert, box, lane)
	if l.silent[divert] {
		delete(l.silent, divert)
		l.signal("divert", divert, false)
	}
}

// aimAgain is the least time between two looks at a parcel that comes to a divert on
// a pin.
const aimAgain = 2 * time.Millisecond

// aim sets when to look again for the sake of a divert on a pin. A belt with an
// encoder is looked at with each of its pulses.
func (l *Line) aim(t *time.Timer) {
	mm, ok := l.tracker.Aim()
	if !ok || l.cfg.Encoder != "" {
		t.Stop()
		return
	}
	t.Reset(max(aimAgain, time.Duration(mm)*time.Second/time.Duration(l.cfg.Speed)))
}

// standsFor is how long a belt has not moved before it is said to stand.
const standsFor = 2 * time.Second

// Free tells whether a divert on a pin may be fired by hand: the belt is seen to
// stand, and nothing that is followed lies before it. ours is false for a divert of
// another belt.
func (l *Line) Free(divert string) (free, ours bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	free, ours = l.free[divert]
	return free, ours
}

// Seen tells whether the belt tells when it stands: it has an encoder, or its motor's
// contact.
func (l *Line) Seen() bool { return l.cfg.Encoder != "" || l.cfg.Motor != "" }

// stands notes where the belt is, and which diverts are free.
func (l *Line) stands(pos int64, now time.Time) {
	if pos != l.stood {
		l.stood, l.stoodAt = pos, now
	}
	// What counts nothing because it is broken does not stand.
	seen := l.cfg.Encoder != "" && !l.away[l.cfg.Encoder] && l.dry < dryChanges || l.cfg.Motor != "" && !l.away[l.cfg.Motor]
	still := seen && now.Sub(l.stoodAt) >= standsFor
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looked = pos
	for i := range l.cfg.Layout.Lanes {
		if a := &l.cfg.Layout.Lanes[i]; a.Confirm != "" {
			l.free[a.Divert] = still && !l.tracker.Before(a)
		}
	}
}
