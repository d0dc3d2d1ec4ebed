package access

import (
	"context"
	"fmt"
	"time"
)

// Where the site says so, a session whose worker rested too long prints and
// overrides nothing until the badge was shown again: another may stand there now
// (fault O3). Nobody is logged out by it.

// Rest notes that a session's worker does something now, and tells whether the
// rest before was too long. It stays so until Confirm. After a restart nobody
// knows how long anybody rested: too long.
func (a *Access) Rest(s *Session) (idle bool) {
	if a.cfg.Idle <= 0 {
		return false
	}
	now := a.deps.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	last, known := a.active[s.ID]
	if !known && now.Sub(s.Began) <= a.cfg.Idle {
		last, known = s.Began, true
	}
	if !known || now.Sub(last) > a.cfg.Idle {
		return true
	}
	a.active[s.ID] = now
	return false
}

// Confirm ends a session's rest: the badge is its worker's own. With a PIN where
// the roles ask for one. Errors: as Prove.
func (a *Access) Confirm(ctx context.Context, s *Session, badge, pin, source string) error {
	t := Attempt{Badge: badge, PIN: pin, Device: s.Device, Source: source}
	now := a.deps.Now()
	w, _, err := a.proveBadge(ctx, t, a.needsPIN, false)
	if err != nil {
		return err
	}
	if w.ID != s.Worker {
		return a.refuse(ctx, now, t, w, []string{a.placeKey(t)}, "otherBadge")
	}
	e := a.entry(Entry{What: "badge.confirm", Who: w.ID, Device: s.Device, Source: source})
	if err := a.deps.Recorder.Record(ctx, e.private()); err != nil {
		return fmt.Errorf("access: record a badge: %w", err)
	}
	a.keep(nil, e)
	a.mu.Lock()
	a.active[s.ID] = a.deps.Now()
	a.mu.Unlock()
	return nil
}

// OwnBadge tells whether a code is the badge of a session's worker, without
// counting a failure where it is not: any scan may be asked.
func (a *Access) OwnBadge(s *Session, code string) bool {
	w := a.byBadge(code)
	return w != nil && w.ID == s.Worker && !a.needsPIN(w)
}

// forgetRest lets go of sessions that are over; a.mu is held.
func (a *Access) forgetRest() {
	live := make(map[string]bool, len(a.workers))
	for _, s := range a.workers {
		live[s.ID] = true
	}
	for id := range a.active {
		if !live[id] {
			delete(a.active, id)
		}
	}
}

// LastOn finds who was logged in on a device before a worker, by the newest
// login on record, and when; "" where nobody is known.
func (a *Access) LastOn(device, but string) (worker string, at time.Time) {
	if device == "" {
		return "", time.Time{}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := len(a.trail) - 1; i >= 0; i-- {
		if e := &a.trail[i]; e.What == entryLogin && e.Device == device && e.Who != but {
			return e.Who, e.At
		}
	}
	return "", time.Time{}
}

// LiveElsewhere tells whether a worker has a live session that is not on the
// device.
func (a *Access) LiveElsewhere(worker, device string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.workers[worker]
	return s != nil && s.Device != device && a.deps.Now().Before(s.Expires)
}
