package floor

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"dcedge/edge"
)

// lane names the queue that a box waits in: its carrier, and its route within
// the carrier's network where its order has one.
func lane(carrier, route string) string {
	if route == "" {
		return carrier
	}
	return carrier + "\x00" + route
}

// laneOf is the lane of a box.
func (s *State) laneOf(b *edge.Box) string {
	if o := s.Order(b.Client, b.Order); o != nil {
		return lane(b.Carrier, o.Route)
	}
	return b.Carrier
}

// carriersOf lists the carriers that a truck serves.
func carriersOf(t *edge.Truck) []string {
	if len(t.Carriers) > 0 {
		return t.Carriers
	}
	return []string{t.Carrier}
}

func serves(t *edge.Truck, carrier string) bool { return slices.Contains(carriersOf(t), carrier) }

// sameRoute tells whether two routes may travel together; none is any.
func sameRoute(a, b string) bool { return a == "" || b == "" || a == b }

// loadersOf lists the workers whose screens name boxes of a carrier: those at a
// truck that serves it, and those who fill a container.
func (s *State) loadersOf(carrier string) []string {
	return s.loaders(func(t *edge.Truck) bool { return serves(t, carrier) })
}

func (s *State) loaders(of func(*edge.Truck) bool) []string {
	var out []string
	for id, truck := range s.idx.loaders {
		w := s.Work(id)
		if t := s.Truck(truck); w.Mode == modeContainer || t != nil && !t.Closed && of(t) {
			out = append(out, w.Worker)
		}
	}
	slices.Sort(out)
	return out
}

// loose is how many boxes may go on a truck, or into a container, now; loadable
// counts those that lie in a container too.
func (s *State) loose() int { return lenOf(s.idx.load) }

func (s *State) loadable() int { return lenOf(s.idx.load) + lenOf(s.idx.stowed) }

func lenOf(m map[string]*ordered) int {
	n := 0
	for _, q := range m {
		n += q.len()
	}
	return n
}

// loadableOf is loadable of one carrier.
func (s *State) loadableOf(carrier string) int {
	n := 0
	for _, m := range [...]map[string]*ordered{s.idx.load, s.idx.stowed} {
		for _, q := range queues(m, []string{carrier}, "") {
			n += q.len()
		}
	}
	return n
}

// loadTurns notes that a carrier's boxes become one more, or one fewer: with the
// first and the last its docks come and go on the idle screens.
func (d *decider) loadTurns(carrier string, by int) {
	if n := d.s.loadableOf(carrier); by > 0 && n == 0 || by < 0 && n == 1 {
		d.touch(Everyone)
	}
}

func (s *State) truckAt(dock string) *edge.Truck { return s.Truck(s.idx.docks[dock]) }

// openTruck opens the truck at a dock, or joins the one that stands there.
func (d *decider) openTruck(dock *edge.DockRecord) {
	work := d.nextWorkID()
	if d.w != nil {
		work = d.w.ID
	}
	t := d.s.truckAt(dock.ID)
	if t == nil {
		carriers := d.dockCarriers(dock)
		if len(carriers) == 0 {
			d.refuse(edge.Unexpected, edge.Says("load.noCarrier", edge.T("dock", dock.ID)), "dock", dock.ID)
			return
		}
		next := d.nextTrip(carriers, dock.ID, nil)
		t = &edge.Truck{ID: idOf("K-", d.s.Site().Trucks+1), Dock: dock.ID, Carrier: carriers[0], Trip: next.trip}
		e := &edge.TruckEvent{Truck: t.ID, Dock: t.Dock, Carrier: t.Carrier, Trip: next.trip, Departs: next.at, Route: next.route}
		if len(carriers) > 1 {
			e.Carriers = carriers
		}
		d.touch(Everyone) // a dock where a truck stands is on every loader's idle screen
		d.event(edge.EvTruckOpened, "", "", e)
		d.verdict(edge.OK, edge.Says("load.opened", edge.T("carrier", t.Carrier), edge.T("trip", t.Trip)))
	} else {
		d.verdict(edge.OK, edge.Says("load.joined", edge.T("carrier", t.Carrier), edge.T("trip", t.Trip)))
	}
	if d.w == nil {
		d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: work, Flow: edge.Load, Truck: t.ID})
	} else {
		d.event(edge.EvWorkMoved, "", "", &edge.WorkEvent{Work: work, Flow: edge.Load, Truck: t.ID})
	}
}

// dockCarriers is the carriers that a dock names; a dock for all takes the one
// whose boxes wait for the nearest cut-off.
func (d *decider) dockCarriers(dock *edge.DockRecord) []string {
	if list := carriersAt(dock); len(list) > 0 {
		return list
	}
	var best rank
	carrier := ""
	for _, c := range d.Catalogue.Carriers() {
		for _, m := range []map[string]*ordered{d.s.idx.load, d.s.idx.stowed} {
			for _, q := range queues(m, []string{c.ID}, "") {
				if r, ok := q.first(); ok && (carrier == "" || r.compare(best) < 0) {
					best, carrier = r, c.ID
				}
			}
		}
	}
	if carrier == "" {
		return nil
	}
	return []string{carrier}
}

// carriersAt lists the carriers of a dock, its first one in front.
func carriersAt(dock *edge.DockRecord) []string {
	if len(dock.Carriers) == 0 {
		if dock.Carrier == "" {
			return nil
		}
		return []string{dock.Carrier}
	}
	var out []string
	for _, c := range append([]string{dock.Carrier}, dock.Carriers...) {
		if c != "" && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// departure is one leaving of a trip; the zero value is none that is known.
type departure struct {
	trip, route string
	at          time.Time
}

// nextTrip finds the next departure of some carriers from a dock; "" is any
// dock, and a trip without a dock leaves from any. One that another truck stands
// open for, or that a truck has left on, is passed by; but is a truck that is
// taken for gone.
func (d *decider) nextTrip(carriers []string, dock string, but *edge.Truck) departure {
	var best departure
	for _, t := range d.Catalogue.Trips() {
		if !slices.Contains(carriers, t.Carrier) || dock != "" && t.Dock != "" && t.Dock != dock || d.s.tripOpen(t.ID, but) {
			continue
		}
		if at := d.leaves(t, d.Now, but); !at.IsZero() && (best.trip == "" || at.Before(best.at)) {
			best = departure{trip: t.ID, route: t.Route, at: at}
		}
	}
	return best
}

// leaves is the next departure of a trip after an instant that no truck has left
// on.
func (d *decider) leaves(t *edge.TripRecord, after time.Time, but *edge.Truck) time.Time {
	after = after.In(zoneOf(d.Policy))
	for range tripLook {
		at, ok := nextDeparture(t, after)
		if !ok {
			return time.Time{}
		}
		if !d.s.hasLeft(t.ID, at, but) {
			return at
		}
		after = at
	}
	return time.Time{}
}

// tripLook is how many departures of a trip are looked at for one that is free.
const tripLook = 4

// hasLeft tells whether a truck was closed for a departure: with boxes on it, or
// because it was full.
func (s *State) hasLeft(trip string, at time.Time, but *edge.Truck) bool {
	if but != nil && but.Trip == trip && but.Departs.Equal(at) {
		return true
	}
	for t := range s.trucks.all() {
		if t.Closed && t.Trip == trip && t.Departs.Equal(at) && (len(t.Boxes) > 0 || t.Reason == closedFull) {
			return true
		}
	}
	return false
}

// closedFull is the reason of a truck that has room for no more.
const closedFull = "full"

func (s *State) tripOpen(trip string, but *edge.Truck) bool {
	for t := range s.trucks.all() {
		if t.Trip == trip && !t.Closed && (but == nil || t.ID != but.ID) {
			return true
		}
	}
	return false
}

// tripFor is the departure that an order's boxes are to go with: the first of
// its carrier and route after an instant that is not before the cut-off.
func (d *decider) tripFor(o *edge.Order, carrier string, after time.Time) departure {
	if o.Cutoff.After(after) {
		after = o.Cutoff.Add(-time.Millisecond)
	}
	best := departure{route: o.Route}
	for _, t := range d.Catalogue.Trips() {
		if t.Carrier != carrier || !sameRoute(t.Route, o.Route) {
			continue
		}
		if at := d.leaves(t, after, nil); !at.IsZero() && (best.trip == "" || at.Before(best.at)) {
			best = departure{trip: t.ID, route: cmp.Or(t.Route, o.Route), at: at}
		}
	}
	return best
}

func zoneOf(p *edge.Policy) *time.Location {
	if p.Zone == nil {
		return time.UTC
	}
	return p.Zone
}

// nextDeparture gives a trip's next departure within a week.
func nextDeparture(t *edge.TripRecord, now time.Time) (time.Time, bool) {
	h, m, ok := clock(t.Departs)
	if !ok {
		return time.Time{}, false
	}
	for day := -1; day <= 7; day++ {
		date := now.AddDate(0, 0, day)
		at := time.Date(date.Year(), date.Month(), date.Day(), h, m, 0, 0, now.Location())
		name := strings.ToLower(date.Weekday().String()[:3])
		if at.After(now) && (len(t.Days) == 0 || slices.Contains(t.Days, name)) {
			return at, true
		}
	}
	return time.Time{}, false
}

// clock reads "18:00" or, past midnight of the same business day, "25:30".
func clock(s string) (hour, minute int, ok bool) {
	a, b, found := strings.Cut(s, ":")
	h, errH := strconv.Atoi(a)
	m, errM := strconv.Atoi(b)
	return h, m, found && errH == nil && errM == nil && h >= 0 && h < 48 && m >= 0 && m < 60
}

// ofTrip tells whether an order of a truck's carriers and route belongs to its
// trip: its cut-off is not after the departure.
func (s *State) ofTrip(t *edge.Truck, o *edge.Order) bool {
	return t.Departs.IsZero() || o.Cutoff.IsZero() || !o.Cutoff.After(t.Departs)
}

// leftOf counts the boxes of a truck's trip that could go on it now.
func (s *State) leftOf(t *edge.Truck) int {
	return tripLen(s.idx.load, t) + tripLen(s.idx.stowed, t)
}

// tripLen counts what of m belongs to a truck's trip.
func tripLen(m map[string]*ordered, t *edge.Truck) int {
	n := 0
	for _, q := range queues(m, carriersOf(t), t.Route) {
		if t.Departs.IsZero() {
			n += q.len()
		} else {
			n += q.upTo(t.Departs.UnixMilli()) + q.len() - q.upTo(math.MaxInt64-1)
		}
	}
	return n
}

func (s *State) applyTruck(e *edge.Event, d *edge.TruckEvent, at time.Time) error {
	if e.Type == edge.EvTruckOpened {
		bump(&s.site.edit(siteKey).Trucks, d.Truck)
		s.trucks.put(d.Truck, &edge.Truck{ID: d.Truck, Dock: d.Dock, Carrier: d.Carrier, Trip: d.Trip, Carriers: d.Carriers,
			Route: d.Route, Departs: norm(d.Departs), At: at, Opened: at})
		return nil
	}
	t := s.trucks.edit(d.Truck)
	if t == nil || t.Closed {
		return errFigures
	}
	t.Closed, t.At, t.Missing, t.Reason = true, at, d.Missing, d.Reason
	for _, id := range t.Boxes {
		b := s.boxes.edit(id)
		if b == nil {
			return errNoBox
		}
		b.Shipped, b.At = true, at
		for _, in := range b.Members() {
			if o := s.Order(b.Client, in); o != nil && s.wholeOrder(o, func(b *edge.Box) bool { return b.Shipped }) {
				o = s.editOrder(b.Client, in)
				o.Stage, o.Closed = edge.StageShipped, at
			}
		}
		if !d.CollectBy.IsZero() {
			s.watch(b, t, at, norm(d.CollectBy))
		}
	}
	s.containers.each(func(key string, c *edge.Container) {
		if c.Truck == t.ID {
			s.containers.remove(key)
		}
	})
	return nil
}
