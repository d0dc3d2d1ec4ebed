package catalogue

import (
	"slices"
	"strconv"

	"dcedge/edge"
	"dcedge/labels/symbology"
)

// kindContainer is the Kind of a Match that is a roll cage, a bag or a pallet.
const kindContainer = "container"

// Container finds a container by id: its record, or of a range what it says of
// all. nil: this site has none of that id.
func (s *Snapshot) Container(id string) *edge.ContainerRecord {
	if v, ok := s.containers.get(id); ok {
		return v
	}
	if r := s.crateRange(Canonical(id)); r != nil {
		return &edge.ContainerRecord{ID: Canonical(id), Carrier: r.Carrier}
	}
	return nil
}

// HasContainers tells whether this site has any.
func (s *Snapshot) HasContainers() bool { return s.containers.n > 0 || len(s.crates) > 0 }

// FreeContainer gives the first container that is not in use and that a carrier
// may have: the records by their ids, then the ranges. nil: there is none.
func (s *Snapshot) FreeContainer(used func(id string) bool, carrier string) *edge.ContainerRecord {
	fits := func(of string) bool { return carrier == "" || of == "" || of == carrier }
	for _, r := range sorted(s.containers) {
		if fits(r.Carrier) && !used(r.ID) {
			return r
		}
	}
	for _, r := range s.crates {
		for id := r.First; fits(r.Carrier) && id != "" && s.crateRange(id) == r; id = following(id) {
			if _, own := s.containers.get(id); !own && !used(id) {
				return &edge.ContainerRecord{ID: id, Carrier: r.Carrier}
			}
		}
	}
	return nil
}

// crateRange finds the range that a code is of. Of a run of SSCCs only numbers
// with a right check digit are.
func (s *Snapshot) crateRange(code string) *edge.ContainerRange {
	for _, r := range s.crates {
		if len(code) == len(r.First) && code >= r.First && code <= r.Last && digitsFrom(code, r.First) && (!isSSCC(r.First) || isSSCC(code)) {
			return r
		}
	}
	return nil
}

func isSSCC(code string) bool { return len(code) == 18 && symbology.Valid(code) }

// following gives the code after one: its last digits counted on, and the check
// digit made anew where it has one. "": there is none of that width.
func following(code string) string {
	stem := code
	if isSSCC(code) {
		stem = code[:17]
	}
	i := len(stem)
	for i > 0 && stem[i-1] >= '0' && stem[i-1] <= '9' && len(stem)-i < 17 {
		i--
	}
	n, err := strconv.ParseUint(stem[i:], 10, 63)
	if err != nil {
		return ""
	}
	digits := strconv.FormatUint(n+1, 10)
	if len(digits) > len(stem)-i {
		return ""
	}
	next := stem[:i] + "00000000000000000"[:len(stem)-i-len(digits)] + digits
	if stem == code {
		return next
	}
	check, ok := symbology.CheckDigit(next)
	if !ok {
		return ""
	}
	return next + string(rune(check))
}

// Places lists, by id, the places that are kept for a use: quarantine, unknown.
func (s *Snapshot) Places(use string) []string { return s.uses[use] }

// putCrates keeps a range of containers.
func (e *Edit) putCrates(r *edge.ContainerRange, gone bool) bool {
	r = &edge.ContainerRange{ID: r.ID, First: Canonical(r.First), Last: Canonical(r.Last), Carrier: r.Carrier}
	i := slices.IndexFunc(e.crates, func(x *edge.ContainerRange) bool { return x.ID == r.ID })
	switch {
	case gone && i < 0, !gone && i >= 0 && *e.crates[i] == *r:
		return false
	case gone:
		e.crates = slices.Delete(e.crates, i, i+1)
	case i >= 0:
		e.crates[i] = r
	default:
		e.crates = append(e.crates, r)
	}
	return true
}

// keepUse notes what a place is kept for.
func (e *Edit) keepUse(id, was, now string) {
	if was == now {
		return
	}
	next := make(map[string][]string, len(e.uses)+1)
	for use, list := range e.uses {
		next[use] = list
	}
	if was != "" {
		next[was] = slices.DeleteFunc(slices.Clone(next[was]), func(x string) bool { return x == id })
	}
	if now != "" {
		list := append(slices.Clone(next[now]), id)
		slices.Sort(list)
		next[now] = slices.Compact(list)
	}
	e.uses = next
}
