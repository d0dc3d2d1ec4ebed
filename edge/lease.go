package edge

import "time"

// LeaseHour counts the numbers of a lease that one clock hour took.
type LeaseHour struct {
	From time.Time `json:"from"`
	N    uint64    `json:"n"`
}

// soonKnown is how much of an hour tells its pace.
const soonKnown = 15 * time.Minute

// Issue notes that n more numbers of the lease were taken at an instant.
func (l *Lease) Issue(n uint64, at time.Time) {
	l.Next += n
	from := at.Truncate(time.Hour)
	if !l.Recent[0].From.Equal(from) {
		copy(l.Recent[1:], l.Recent[:])
		l.Recent[0] = LeaseHour{From: from}
	}
	l.Recent[0].N += n
}

// PerHour is the pace of the busiest of the last hours that took numbers, 0 while
// none is known. Hours without work do not count: what is left is told in hours
// of work.
func (l *Lease) PerHour(now time.Time) uint64 {
	var most uint64
	for _, h := range l.Recent {
		n := h.N
		if past := now.Sub(h.From); past < time.Hour {
			if past < soonKnown {
				continue
			}
			n = n * uint64(time.Hour/time.Second) / uint64(past/time.Second)
		}
		most = max(most, n)
	}
	return most
}

// Left is how many numbers the lease still has.
func (l *Lease) Left() uint64 { return l.Count - l.Next - uint64(len(l.Taken)) }

// LeaseEvent is the data of lease.added and lease.low.
type LeaseEvent struct {
	Lease       string `json:"lease"`
	Carrier     string `json:"carrier"`
	FirstSerial uint64 `json:"firstSerial,omitempty"`
	Count       uint64 `json:"count,omitempty"`
	Left        uint64 `json:"left,omitempty"`
	PerHour     uint64 `json:"perHour,omitempty"` // numbers, at the recent pace; absent where not known yet
	Epoch       string `json:"epoch,omitempty"`
}
