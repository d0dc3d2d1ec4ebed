package printing

import (
	"time"

	"dcedge/devices"
	"dcedge/edge"
)

// choose gives the printer of the box's station that is to print now: the first
// one that works. One that stands still keeps its labels for a moment, and so does
// one that is busy with another label: most faults are over by then, and a packer
// should not walk for nothing. "" where there is none yet.
func (s *Service) choose(box *edge.Box, now time.Time) string {
	t := s.book.trails[box.ID]
	for _, name := range s.stations[box.Station] {
		if t != nil && now.Before(t.avoid[name]) {
			continue
		}
		st := s.printers[name].Status()
		switch {
		case st.Condition.Works():
			if !s.book.stuck(name, now.Add(-s.cfg.Failover)) {
				return name
			}
		case now.Sub(st.Since) < s.patience(st.Condition):
			return ""
		}
	}
	return ""
}

// patience is how long a label waits for a printer in this condition.
func (s *Service) patience(c devices.Condition) time.Duration {
	switch c {
	case devices.Offline, devices.Flooding: // no hand at the desk ends it in a moment
		return s.cfg.Gone
	case devices.OtherPrinter:
		return 0
	}
	return s.cfg.Failover
}

// stuck tells that the printer has been busy with one label since before at.
func (b *book) stuck(printer string, at time.Time) bool {
	for _, j := range b.running {
		if j.printer == printer && j.since.Before(at) {
			return true
		}
	}
	return false
}

// refusedBy notes that a printer did not take the box's label, and when it may be
// tried again: at once where its fault may pass, later where others should try, as
// with one that only seems to work.
func (s *Service) refusedBy(t *trail, printer string, now time.Time, wait time.Duration) {
	if t.first[printer].IsZero() {
		t.first[printer] = now
	}
	if c := s.printers[printer].Status().Condition; !c.Works() && now.Sub(t.first[printer]) < s.patience(c) {
		t.wait = now.Add(s.cfg.RetryMin)
		return
	}
	t.avoid[printer] = now.Add(wait)
}
