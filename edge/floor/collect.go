package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

// momentOf is when a client counts a parcel as shipped.
func (d *decider) momentOf(client string) string {
	if c := d.Catalogue.Client(client); c != nil && momentRank(c.ShipConfirmAt) > 0 {
		return c.ShipConfirmAt
	}
	return edge.AtTruckClosed
}

// momentRank orders the moments; 0 is none of them.
func momentRank(moment string) int {
	return 1 + slices.Index([]string{edge.AtPacked, edge.AtLoaded, edge.AtTruckClosed, edge.AtCollected}, moment)
}

// shipConfirm writes down that a parcel counts as shipped, once, at its client's
// moment; at a later one where the client's word came after it.
func (d *decider) shipConfirm(b *edge.Box, moment, truck, trip, container string) {
	if b.Confirmed || momentRank(moment) < momentRank(d.momentOf(b.Client)) {
		return
	}
	d.event(edge.EvShipConfirmed, b.Client, b.Order, &edge.BoxShipped{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Moment: moment,
		Truck: truck, Trip: trip, Container: container, Orders: others(b)})
}

func (s *State) applyShipped(d *edge.BoxShipped) error {
	if w := s.watches.edit(watchKey(d.Box)); w != nil {
		if w.Shipped {
			return errFigures
		}
		w.Shipped = true
	}
	b := s.boxes.edit(d.Box)
	if b == nil {
		s.watches.remove(watchKey(d.Box)) // the box left the state, and this was its watch's last word
		return nil
	}
	if b.Confirmed {
		return errFigures
	}
	b.Confirmed = true
	return nil
}

// How long a parcel that the carrier does not tell of is watched, and how many
// are: beyond them those whose trucks closed first are forgotten.
const (
	watchFor  = 14 * 24 * time.Hour
	watchMost = 100_000
)

func watchKey(box string) string { return edge.WatchPrefix + box }

// EachWatch calls fn for every parcel that the carrier has not told of.
func (s *State) EachWatch(fn func(*edge.Watch)) {
	s.watches.each(func(_ string, v *edge.Watch) { fn(v) })
}

// watch begins to wait for the carrier's word of a box that left.
func (s *State) watch(b *edge.Box, t *edge.Truck, at, due time.Time) {
	if b.Collected {
		return
	}
	if r, ok := s.idx.watchEnd.first(); ok && s.idx.watchEnd.len() >= watchMost {
		s.watches.remove(r.key)
		s.reindex()
	}
	s.watches.put(watchKey(b.ID), &edge.Watch{Number: b.Waybill, Box: b.ID, Order: b.Order, Client: b.Client, Carrier: b.Carrier,
		Truck: t.ID, Trip: t.Trip, Closed: at, Due: due, Shipped: b.Confirmed, Orders: others(b)})
}

func (s *State) indexWatch(r *row[edge.Watch]) {
	x, w := &s.idx, r.now
	if w == nil {
		x.due.set(r.key, rank{}, false)
		x.watchEnd.set(r.key, rank{}, false)
		if n, had := x.numberOf[r.key]; had {
			delete(x.numberOf, r.key)
			if x.numbers[n] = without(x.numbers[n], r.key[len(edge.WatchPrefix):]); len(x.numbers[n]) == 0 {
				delete(x.numbers, n)
			}
		}
		return
	}
	x.due.set(r.key, rank{cutoff: w.Due.UnixMilli()}, !w.Late)
	x.watchEnd.set(r.key, rank{cutoff: w.Closed.UnixMilli()}, true)
	if _, had := x.numberOf[r.key]; !had {
		x.numberOf[r.key] = w.Number
		list := grow(x.numbers[w.Number], w.Box)
		slices.Sort(list)
		x.numbers[w.Number] = list
	}
}

// watched finds the parcel of a number, of whatever carrier.
func (d *decider) watched(number string) *edge.Watch {
	if len(d.s.idx.numbers) == 0 {
		return nil
	}
	for _, n := range d.readings(number) {
		for _, box := range d.s.idx.numbers[n] {
			if w := d.s.watches.get(watchKey(box)); w != nil {
				return w
			}
		}
	}
	return nil
}

// carrierScan takes what a carrier says of a parcel, and finds whose it is.
func (d *decider) carrierScan(r *edge.CarrierScan) {
	data, client, order := r.CarrierScanned, owner(r.Client), ""
	d.code = r.Waybill
	u, b := d.waybill("")
	if u != nil && u.Voided {
		b = nil // a label that is dead: which parcel wears it, nobody knows
	}
	w := d.watched(r.Waybill)
	switch {
	case b != nil:
		client, order, data.Box, data.Truck = b.Client, b.Order, b.ID, b.Truck
		w = d.s.watches.get(watchKey(b.ID))
	case w != nil:
		client, order, data.Box, data.Truck = w.Client, w.Order, w.Box, w.Truck
	}
	d.verdict(edge.Accepted, edge.Say{})
	d.event(edge.EvCarrierScanned, client, order, &data)
	if r.Scan != edge.AtCollected {
		return
	}
	switch {
	case b != nil:
		d.shipConfirm(b, edge.AtCollected, b.Truck, "", b.Container)
	case w != nil && !w.Shipped:
		d.event(edge.EvShipConfirmed, client, order, &edge.BoxShipped{Box: w.Box, Waybill: w.Number, Moment: edge.AtCollected,
			Truck: w.Truck, Trip: w.Trip, Orders: w.Orders})
	}
	if w == nil || !w.Late {
		return
	}
	if c := d.s.Case(w.Truck); c != nil && c.Units <= 1 {
		d.event(edge.EvCaseClosed, "", "", &edge.CaseEvent{Case: c.ID, Kind: c.Kind, Owner: c.Owner, Reason: edge.AtCollected})
	}
}

func (s *State) applyCollected(d *edge.CarrierScanned) {
	if d.Scan != edge.AtCollected || d.Box == "" {
		return
	}
	if b := s.boxes.edit(d.Box); b != nil {
		b.Collected = true
	}
	w := s.watches.get(watchKey(d.Box))
	if w == nil {
		return
	}
	if c := s.cases.edit(caseKey(w.Truck)); c != nil && w.Late {
		c.Units--
	}
	if b := s.boxes.get(d.Box); b == nil && !w.Shipped {
		return // box.shipConfirmed follows, and ends it
	}
	s.watches.remove(watchKey(d.Box))
}

// uncollected tells of the parcels whose time has come.
func (d *decider) uncollected() {
	n := 0
	d.s.idx.due.each(func(r rank) bool {
		if r.cutoff > d.Now.UnixMilli() || n >= upkeepMost {
			return false
		}
		w := d.s.watches.get(r.key)
		d.event(edge.EvUncollected, w.Client, w.Order, &edge.BoxUncollected{Box: w.Box, Waybill: w.Number, Carrier: w.Carrier, Truck: w.Truck,
			Trip: w.Trip, Closed: w.Closed, Case: w.Truck})
		n++
		return true
	})
	d.out.More = d.out.More || n >= upkeepMost
}

func (s *State) applyUncollected(d *edge.BoxUncollected, at time.Time) error {
	w := s.watches.edit(watchKey(d.Box))
	if w == nil || w.Late {
		return errFigures
	}
	w.Late = true
	c := s.cases.edit(caseKey(d.Case))
	if c == nil {
		c = &edge.Case{ID: d.Case, Kind: edge.CaseUncollected, Since: at, Due: at.Add(ownWithin)}
		s.cases.put(caseKey(d.Case), c)
	}
	c.Units++
	return nil
}

// expireWatched lets what has been watched long enough go, once it was told of,
// and returns that were closed long enough.
func (s *State) expireWatched(at time.Time) bool {
	changed, limit := false, at.Add(-watchFor).UnixMilli()
	for range expireAtOnce {
		r, ok := s.idx.watchEnd.first()
		if !ok || r.cutoff > limit || !s.watches.get(r.key).Late {
			break
		}
		s.watches.remove(r.key)
		s.reindex()
		changed = true
	}
	for range expireAtOnce {
		r, ok := s.idx.leaving.first()
		if !ok || r.cutoff > at.UnixMilli() {
			break
		}
		s.returns.remove(r.key)
		s.reindex()
		changed = true
	}
	return changed
}
