package sorter

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// Label says who made a box's label, and when.
type Label struct {
	Printer, Template string
	At                time.Time
}

// PackedBox is a box that is ready for the belt.
type PackedBox struct {
	Box   string
	Label Label
	At    time.Time // when its label was bound to it
}

// Missed is a box that was packed and not seen on the belt in time.
type Missed struct {
	PackedBox
	For time.Duration // since it was packed
}

// Charge is what the tunnel made of the labels of one printer, template and hour.
type Charge struct {
	Printer, Template string
	Hour              time.Time // its beginning
	Reads, NoReads    int
}

// PerMille is how many of a thousand tries gave no read.
func (c Charge) PerMille() int { return 1000 * c.NoReads / max(1, c.Reads+c.NoReads) }

// Auditor holds what was packed against what the belt saw. Times are edge time.
// It belongs to one goroutine.
type Auditor struct {
	within  time.Duration
	wait    map[string]PackedBox // packed, not seen
	labels  map[string]Label     // of boxes on the floor
	told    map[string]bool      // missed, told already
	tries   recent[int]          // no-reads by parcel, until its box is known
	charges map[Charge]*Charge   // by its key: counts are zero
}

// ErrWithin is returned for an auditor without a time.
var ErrWithin = errors.New("sorter: within must be more than 0")

// NewAuditor makes an auditor for which a box is lost when the belt has not seen
// it within that time of its packing.
func NewAuditor(within time.Duration) (*Auditor, error) {
	if within <= 0 {
		return nil, ErrWithin
	}
	return &Auditor{within: within, wait: map[string]PackedBox{}, labels: map[string]Label{}, told: map[string]bool{}, charges: map[Charge]*Charge{}}, nil
}

// Packed takes a box whose label was bound to it, or bound anew.
func (a *Auditor) Packed(b PackedBox) {
	a.labels[b.Box] = b.Label
	a.wait[b.Box] = b
}

// Gone forgets a box that left the floor or was cancelled.
func (a *Auditor) Gone(box string) {
	delete(a.wait, box)
	delete(a.labels, box)
	delete(a.told, box)
}

// Take looks at an event of a Tracker.
func (a *Auditor) Take(e Event) {
	if e.Box != "" {
		delete(a.wait, e.Box)
		delete(a.told, e.Box)
	}
	switch {
	case e.Type == WasNot && e.Parcel != "" && e.Box == "":
		a.tries.put(e.Parcel, a.tries.of[e.Parcel]+1)
	case e.Type == WasNot && e.Box != "":
		a.charge(e.Box, 0, 1)
	case e.Type == WasRead && e.Box != "":
		a.charge(e.Box, 1, a.tries.of[e.Parcel])
		delete(a.tries.of, e.Parcel)
	}
	if e.Type == Lost || e.Type == Diverted {
		delete(a.tries.of, e.Parcel) // nobody will ever say whose label it was
	}
}

// Identified says that a person, at hospital, found which box a parcel is that
// could not be read: its no-reads are charged to the label.
func (a *Auditor) Identified(parcel, box string) {
	a.charge(box, 0, a.tries.of[parcel])
	delete(a.tries.of, parcel)
	delete(a.wait, box)
	delete(a.told, box)
}

func (a *Auditor) charge(box string, reads, not int) {
	l, ok := a.labels[box]
	if !ok || reads+not == 0 {
		return
	}
	key := Charge{Printer: l.Printer, Template: l.Template, Hour: l.At.Truncate(time.Hour)}
	c := a.charges[key]
	if c == nil {
		c = &Charge{Printer: key.Printer, Template: key.Template, Hour: key.Hour}
		a.charges[key] = c
	}
	c.Reads += reads
	c.NoReads += not
}

// Missing lists the boxes that were packed and not seen in time, the oldest
// first; fresh are those that were not listed before, each to become one
// parcel.lost.
func (a *Auditor) Missing(now time.Time) (all, fresh []Missed) {
	for _, b := range a.wait {
		if d := now.Sub(b.At); d > a.within {
			all = append(all, Missed{b, d})
		}
	}
	slices.SortFunc(all, func(a, b Missed) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Box, b.Box)) })
	for _, m := range all {
		if !a.told[m.Box] {
			a.told[m.Box] = true
			fresh = append(fresh, m)
		}
	}
	return all, fresh
}

// Charges lists what the tunnel made of labels, the worst first.
func (a *Auditor) Charges() []Charge {
	out := make([]Charge, 0, len(a.charges))
	for _, c := range a.charges {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b Charge) int {
		return cmp.Or(cmp.Compare(b.PerMille(), a.PerMille()), cmp.Compare(b.NoReads, a.NoReads), cmp.Compare(a.Printer, b.Printer),
			cmp.Compare(a.Template, b.Template), a.Hour.Compare(b.Hour))
	})
	return out
}

// Before forgets the charges of hours before t.
func (a *Auditor) Before(t time.Time) {
	for k := range a.charges {
		if k.Hour.Before(t) {
			delete(a.charges, k)
		}
	}
}
