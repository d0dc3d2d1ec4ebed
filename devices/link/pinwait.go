package link

import "time"

// Wait gives the next settled level of an input, changed or at the latest after
// timeout, which must be finite. The first call tells the present level as a
// change. When the pin is lost, or changes without end, it returns early, unchanged:
// look at Fault.
//
// A level counts once it has held for denoise (pulses shorter than that are
// noise: it must be well under gap / belt speed); after a change was told, edges
// within debounce are looked at only when that time is over. at is when the
// level came to be, on the monotonic clock.
func (p *Pin) Wait(timeout time.Duration) (active, changed bool, at time.Time) {
	end := time.Now().Add(timeout)
	for {
		now := time.Now()
		level := p.Active()
		if p.known && level == p.level {
			p.pending = false
		} else if !p.pending {
			p.pending, p.since = true, now
		}
		var due time.Time
		if p.pending {
			due = p.since.Add(p.opts.denoise)
			if hold := p.told.Add(p.opts.settled); p.known && hold.After(due) {
				due = hold
			}
			if !due.After(now) {
				p.known, p.level, p.pending, p.told = true, level, false, now
				return level, true, p.since
			}
		}
		if !end.After(now) {
			return p.level, false, now
		}
		wait := end.Sub(now)
		if p.pending {
			wait = min(wait, due.Sub(now))
		}
		// An edge while a change is watched may be a pulse there and back that
		// Active cannot see any more: the watch begins anew.
		if p.WaitForEdge(wait) {
			now = time.Now()
			p.floods = p.floods || p.edges.Over(1, now)
			if p.pending && p.known && p.Active() == p.level {
				p.pending = false
			} else if p.pending {
				p.since = now
			}
		}
		if p.Fault() != nil {
			return p.level, false, time.Now()
		}
	}
}
