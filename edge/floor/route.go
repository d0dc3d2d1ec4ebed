package floor

import (
	"cmp"
	"slices"
	"strings"

	"dcedge/edge"
)

// BeltBox is what a lane is decided by of the box that a code names.
type BeltBox struct {
	ID      string
	Refused edge.Reason // the floor's own: it may not go on a truck
	Rounds  int         // that it was sent, over all its parcels
	Lanes   []string    // that take it now, the best first
	Foreign bool        // of Lanes none, and some but for its client
	Unread  bool        // no belt has seen it since it was packed
}

// Route decides where the parcel of a read goes. b is nil for a code of no box,
// and where nothing could be read.
func Route(r *edge.ParcelRead, noRead bool, b *BeltBox) edge.ParcelAnswer {
	a := edge.ParcelAnswer{Lane: edge.HospitalLane}
	if b != nil {
		a.Box = b.ID
	}
	switch {
	case r.Why != "":
		a.Why = r.Why
	case r.Hand:
		return inHand(b)
	case noRead:
		return unread(r)
	case b == nil && r.Known != "": // another barcode on the same box
		a.Lane, a.Why = r.Lane, r.Was
	case b == nil:
		a.Lane, a.Why = "", edge.ReasonUnknown // a better read may still come
	case r.Known != "" && r.Known != b.ID:
		a.Why = edge.ReasonMultiRead
	case r.Known == b.ID:
		a.Lane, a.Why = r.Lane, r.Was
	case r.Sent: // it is on its way round: too late to change that
		a.Lane, a.Why = r.Lane, edge.ReasonLateRead
	case slices.Contains(r.Near, b.ID):
		a.Why = edge.ReasonDuplicate
	case b.Refused != "":
		a.Why = b.Refused
	case r.Grams != "" && r.MaxGrams != "" && heavier(r.Grams, r.MaxGrams):
		a.Why = edge.ReasonOverweight
	default:
		toLane(&a, r, b)
	}
	return a
}

// toLane takes the first lane that takes the box and is not full.
func toLane(a *edge.ParcelAnswer, r *edge.ParcelRead, b *BeltBox) {
	if a.Why = edge.ReasonNoLane; b.Foreign {
		a.Why = edge.ReasonWrongClient
	}
	for _, lane := range b.Lanes {
		switch {
		case lane == r.Loop:
		case slices.Contains(r.Open, lane):
			a.Lane, a.Why = lane, ""
			return
		case slices.Contains(r.Full, lane):
			a.Why = edge.ReasonLaneFull
		}
	}
	if a.Why == edge.ReasonLaneFull {
		around(a, r, b.Rounds)
	}
}

// around sends a parcel round while it has rounds left. The round counts from
// here: its confirmation may be lost.
func around(a *edge.ParcelAnswer, r *edge.ParcelRead, rounds int) {
	if rounds = max(rounds, r.Rounds); r.Loop != "" && rounds < r.MaxRounds {
		a.Lane, a.Round = r.Loop, rounds+1
	}
}

// unread sends a parcel round that could not be read, or lets a better read
// come while it lies in the tunnel.
func unread(r *edge.ParcelRead) edge.ParcelAnswer {
	a := edge.ParcelAnswer{Lane: r.Lane, Why: edge.ReasonNoRead}
	if r.Known == "" && r.Lane == "" {
		around(&a, r, 0)
	}
	return a
}

// inHand says of a box under a person's scanner where it belongs.
func inHand(b *BeltBox) edge.ParcelAnswer {
	a := edge.ParcelAnswer{Lane: edge.HospitalLane, Why: edge.ReasonUnknown}
	if b == nil {
		return a
	}
	a.Box = b.ID
	switch {
	case b.Refused != "" && b.Refused != edge.ReasonDuplicate:
		a.Why = b.Refused
	case len(b.Lanes) == 0 && b.Foreign:
		a.Why = edge.ReasonWrongClient
	case len(b.Lanes) == 0:
		a.Why = edge.ReasonNoLane
	default:
		a.Lane, a.Why = b.Lanes[0], ""
	}
	return a
}

// heavier compares two decimal texts without a float. What is no plain decimal
// is heavier: a person looks.
func heavier(a, b string) bool {
	aw, af, ok1 := decimal(a)
	bw, bf, ok2 := decimal(b)
	if !ok1 || !ok2 {
		return true
	}
	if len(aw) != len(bw) {
		return len(aw) > len(bw)
	}
	if aw != bw {
		return aw > bw
	}
	n := max(len(af), len(bf))
	return af+strings.Repeat("0", n-len(af)) > bf+strings.Repeat("0", n-len(bf))
}

func decimal(s string) (whole, frac string, ok bool) {
	whole, frac, _ = strings.Cut(s, ".")
	ok = whole+frac != "" && strings.Trim(whole+frac, "0123456789") == ""
	return strings.TrimLeft(whole, "0"), frac, ok
}

// lanes lists the lanes of all belts that take a box now: those that say most of
// it first (trip, then the longest hub, then client), then by name. foreign tells
// that none does, and some would but for its client.
func (d *decider) lanes(o *edge.Order, b *edge.Box) (names []string, foreign bool) {
	type match struct {
		lane  string
		worth int
	}
	var found []match
	trip, asked := "", false
	for _, l := range d.Catalogue.Lanes() {
		t, ok := l.At(d.Now)
		if !ok || t.Carrier == "" || t.Carrier != b.Carrier || !strings.HasPrefix(o.SortCode, t.Hub) {
			continue
		}
		if t.Trip != "" && !asked {
			trip, asked = d.tripFor(o, b.Carrier, d.Now).trip, true
		}
		if t.Trip != "" && t.Trip != trip {
			continue
		}
		if t.Client != "" && t.Client != o.Client {
			foreign = true
			continue
		}
		m := match{l.ID, 2 * len(t.Hub)}
		if t.Trip != "" {
			m.worth += 1000
		}
		if t.Client != "" {
			m.worth++
		}
		found = append(found, m)
	}
	slices.SortStableFunc(found, func(a, b match) int { return cmp.Or(cmp.Compare(b.worth, a.worth), cmp.Compare(a.lane, b.lane)) })
	for _, m := range found {
		if m.worth == found[0].worth { // a lane for the rest does not take what has one of its own
			names = append(names, m.lane)
		}
	}
	return names, foreign && len(names) == 0
}
