package catalogue

import (
	"cmp"
	"slices"
	"strings"

	"dcedge/edge"
)

// unplaced is the place on a walk of what has no location record: last.
const unplaced = 1 << 30

// place is where a location stands on the two walks through the hall.
type place struct{ straight, serpentine int }

// Walk gives a place's position on the walk: by sequence, or along every second
// aisle backwards, so that the end of one is the beginning of the next.
func (s *Snapshot) Walk(location string, serpentine bool) int {
	p, ok := s.walk[location]
	switch {
	case !ok:
		return unplaced
	case serpentine:
		return p.serpentine
	}
	return p.straight
}

// Aisle names a place's aisle: as its record says, else what its id has before
// the first hyphen.
func Aisle(r *edge.LocationRecord) string {
	if r.Aisle != "" {
		return r.Aisle
	}
	aisle, _, _ := strings.Cut(r.ID, "-")
	return aisle
}

// stop is a place on its way into the walks.
type stop struct {
	id              string
	sequence, aisle int // aisle: the how manieth that the straight walk meets
	name            string
}

// walks puts all places in the order of the two walks. Places of one aisle and
// sequence have one position: lines there are taken as the order has them.
func walks(locations *table[*edge.LocationRecord]) map[string]place {
	list := make([]stop, 0, locations.n)
	locations.each(func(_ string, r *edge.LocationRecord) {
		list = append(list, stop{id: r.ID, sequence: r.Sequence, name: Aisle(r)})
	})
	slices.SortFunc(list, func(a, b stop) int { return cmp.Or(cmp.Compare(a.sequence, b.sequence), strings.Compare(a.id, b.id)) })
	nth := map[string]int{}
	for i := range list {
		at, ok := nth[list[i].name]
		if !ok {
			at = len(nth)
			nth[list[i].name] = at
		}
		list[i].aisle = at
	}
	slices.SortStableFunc(list, func(a, b stop) int {
		if a.aisle != b.aisle {
			return cmp.Compare(a.aisle, b.aisle)
		}
		if a.aisle%2 == 1 {
			return cmp.Compare(b.sequence, a.sequence)
		}
		return cmp.Compare(a.sequence, b.sequence)
	})
	out, at := make(map[string]place, len(list)), 0
	for i, x := range list {
		if i > 0 && (list[i-1].aisle != x.aisle || list[i-1].sequence != x.sequence) {
			at = i
		}
		out[x.id] = place{straight: x.sequence, serpentine: at}
	}
	return out
}
