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

// walks puts all places in the order of the two walks.
func walks(locations *table[*edge.LocationRecord]) map[string]place {
	list := make([]*edge.LocationRecord, 0, locations.n)
	locations.each(func(_ string, r *edge.LocationRecord) { list = append(list, r) })
	bySequence := func(a, b *edge.LocationRecord) int {
		return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), strings.Compare(a.ID, b.ID))
	}
	slices.SortFunc(list, bySequence)
	out := make(map[string]place, len(list))
	nth := map[string]int{} // of the aisles, as the straight walk meets them
	for _, r := range list {
		out[r.ID] = place{straight: r.Sequence}
		if _, ok := nth[Aisle(r)]; !ok {
			nth[Aisle(r)] = len(nth)
		}
	}
	slices.SortFunc(list, func(a, b *edge.LocationRecord) int {
		if c := cmp.Compare(nth[Aisle(a)], nth[Aisle(b)]); c != 0 {
			return c
		}
		if nth[Aisle(a)]%2 == 1 {
			return cmp.Compare(b.Sequence, a.Sequence)
		}
		return cmp.Compare(a.Sequence, b.Sequence)
	})
	for i, r := range list {
		out[r.ID] = place{straight: out[r.ID].straight, serpentine: position(list, i, out)}
	}
	return out
}

// position gives places of one aisle and sequence one position: lines there are
// taken as the order has them.
func position(list []*edge.LocationRecord, i int, out map[string]place) int {
	if i > 0 && list[i-1].Sequence == list[i].Sequence && Aisle(list[i-1]) == Aisle(list[i]) {
		return out[list[i-1].ID].serpentine
	}
	return i
}
