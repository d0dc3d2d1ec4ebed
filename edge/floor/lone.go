package floor

import (
	"math"
	"slices"

	"dcedge/edge"
)

// A box that somebody left at a desk without its label, and whose order has no tote any
// more that would lead to it: one of a single piece, or one that was opened again. It is
// work of the desks, before all other. So is what has no box yet of an order whose desk
// was left when all its boxes were packed.

// lone tells that a box waits so. One that was taken elsewhere is met where it is.
func (s *State) lone(b *edge.Box, o *edge.Order) bool {
	if b.Bound != "" || b.Work != "" || b.Shipped || b.Truck != "" || b.Container != "" || b.Aside != "" || b.Station == "" || b.Seen != b.Station {
		return false
	}
	if o == nil || o.Held != "" || o.Stage != edge.StagePacking {
		return false
	}
	for _, in := range s.membersOf(b) {
		if in.Work != "" || in.Stage != edge.StageCancelled && (in.Held != "" || in.Stage != edge.StagePacking || len(in.Totes) > 0) {
			return false
		}
	}
	return true
}

// rest tells that a box is the last one of orders whose packing was left although every
// box has its label: what is left of them lies at the desk, and neither a tote nor an open
// box leads to it.
func (s *State) rest(b *edge.Box, o *edge.Order) bool {
	if b.Bound == "" || b.Station == "" || o == nil || o.Held != "" || o.Stage != edge.StagePacking || len(o.Boxes) == 0 || o.Boxes[len(o.Boxes)-1] != b.ID {
		return false
	}
	for _, in := range s.membersOf(b) {
		if in.Work != "" || len(in.Totes) > 0 || in.Stage != edge.StageCancelled && in.Held != "" || s.unboundBox(in, "") != nil {
			return false
		}
	}
	return true
}

// restOf gives the box that the rest of an order is known by, nil where none was left.
func (s *State) restOf(o *edge.Order) *edge.Box {
	if len(o.Boxes) == 0 {
		return nil
	}
	if b := s.Box(o.Boxes[len(o.Boxes)-1]); b != nil && s.rest(b, o) {
		return b
	}
	return nil
}

// indexLone keeps the boxes that were left, and those that a rest is known by.
func (s *State) indexLone(id string, b *edge.Box) {
	if b == nil {
		s.idx.lone.set(id, rank{}, false)
		return
	}
	o := s.BoxOrder(b)
	if !s.lone(b, o) && !s.rest(b, o) {
		s.idx.lone.set(id, rank{}, false)
		return
	}
	at := orderRank(o)
	if o.Faulty {
		at.cutoff, at.urgent = math.MaxInt64, math.MaxInt
	}
	s.idx.lone.set(id, at, true)
}

// leftBox finds the box that a desk is to go on with: of the orders that are named, one
// that lies there before any other. Of single pieces only one that lies there.
func (d *decider) leftBox(named []string, station string, here bool) *edge.Box {
	var found *edge.Box
	d.s.idx.lone.each(func(r rank) bool {
		b := d.s.Box(r.key)
		switch {
		case len(named) > 0 && !anyOf(b.Members(), named):
		case b.Station == station:
			found = b
			return false
		case found == nil && !here:
			found = b
		}
		return true
	})
	return found
}

// startLeft begins with a box that was left.
func (d *decider) startLeft(b *edge.Box, station string) {
	if station == "" {
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "act", "start")
		return
	}
	if b.Bound == "" {
		d.verdict(edge.OK, edge.Says("pack.box", edge.T("box", b.ID)))
		d.startWithBox(b, station, "")
	} else {
		d.verdict(edge.OK, edge.Says("pack.rest", edge.T("order", b.Order)))
		d.event(edge.EvWorkStarted, b.Client, b.Order, &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Pack, Mode: modeOrder,
			Orders: b.Members(), Station: station})
	}
	d.turns(d.s.idx.lone, -1)
}

// packRow is what an idle packer may start.
func (s *State) packRow(n int) edge.Waiting {
	row := edge.Waiting{Flow: edge.Pack, Mode: modeOrder, Waiting: n}
	promised := s.promised()
	s.idx.pack.each(func(r rank) bool {
		if slices.Contains(promised, r.key) {
			return true
		}
		row.Cutoff = timeOrNil(s.orders.get(r.key).Cutoff)
		return false
	})
	if r, ok := s.idx.lone.first(); ok {
		if o := s.BoxOrder(s.Box(r.key)); !o.Cutoff.IsZero() && (row.Cutoff == nil || o.Cutoff.Before(*row.Cutoff)) {
			row.Cutoff = &o.Cutoff
		}
	}
	return row
}

// toPack is how many totes and boxes wait for the desks.
func (s *State) toPack() int { return s.idx.pack.len() + s.idx.lone.len() }

// promised gives the keys of those in the queue of the desks that a desk is on its way to.
func (s *State) promised() []string {
	var out []string
	for tote := range s.idx.offered {
		t := s.Tote(tote)
		if t == nil {
			continue
		}
		o := s.Order(t.Client, t.Order)
		if o == nil {
			continue
		}
		for _, in := range s.together(o) {
			key := OrderKey(in.Client, in.ID)
			if _, waits := s.idx.pack.at[key]; waits && !slices.Contains(out, key) {
				out = append(out, key)
			}
		}
	}
	return out
}

// toTake is how many totes and boxes a desk can be given now.
func (s *State) toTake() int { return s.toPack() - len(s.promised()) }

func anyOf(list, of []string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return slices.Contains(of, s) })
}
