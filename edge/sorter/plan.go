package sorter

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// Assignment gives a lane to a carrier from a time on. An empty Hub or Trip
// stands for any; an empty Carrier closes the lane from then on.
type Assignment struct {
	Lane, Carrier, Hub, Trip string
	From                     time.Time // zero: since ever
}

// Plan is a site's lane plan. The zero Plan sends everything to hospital. A Plan
// is a value: With gives a new one, so that a reader of the old one is not
// disturbed.
type Plan struct {
	all []Assignment // by lane, then From
}

// ErrNoLaneName is returned for an assignment of no lane.
var ErrNoLaneName = errors.New("sorter: an assignment names no lane")

// With gives the plan with an assignment added; one of the same lane and time is
// replaced.
func (p Plan) With(a Assignment) (Plan, error) {
	if a.Lane == "" {
		return p, ErrNoLaneName
	}
	out := slices.DeleteFunc(slices.Clone(p.all), func(b Assignment) bool { return a.Lane == b.Lane && a.From.Equal(b.From) })
	out = append(out, a)
	slices.SortFunc(out, func(a, b Assignment) int { return cmp.Or(cmp.Compare(a.Lane, b.Lane), a.From.Compare(b.From)) })
	return Plan{out}, nil
}

// Lanes lists the lanes that take a box at a time: those that name most of it
// first (trip, then hub), then by name.
func (p Plan) Lanes(b Box, now time.Time) []string {
	type match struct {
		lane  string
		worth int
	}
	var found []match
	for i, a := range p.all {
		last := i+1 == len(p.all) || p.all[i+1].Lane != a.Lane || p.all[i+1].From.After(now)
		if a.From.After(now) || !last || a.Carrier == "" || a.Carrier != b.Carrier || a.Hub != "" && a.Hub != b.Hub || a.Trip != "" && a.Trip != b.Trip {
			continue
		}
		m := match{lane: a.Lane}
		if a.Trip != "" {
			m.worth += 2
		}
		if a.Hub != "" {
			m.worth++
		}
		found = append(found, m)
	}
	slices.SortStableFunc(found, func(a, b match) int { return cmp.Compare(b.worth, a.worth) })
	out := make([]string, 0, len(found))
	for _, m := range found {
		if m.worth == found[0].worth {
			out = append(out, m.lane)
		}
	}
	return out
}
