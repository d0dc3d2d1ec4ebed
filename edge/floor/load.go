package floor

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"dcedge/edge"
)

// loadNow tells what a loader is asked for.
func loadNow(w *edge.Work) string {
	switch {
	case w.Truck == "":
		return stepDock
	case w.Step == stepUnload:
		return stepUnload
	}
	return stepWaybill
}

func queueOf(m map[string]*ordered, carrier string) *ordered {
	if q := m[carrier]; q != nil {
		return q
	}
	return newOrdered()
}

// loadersOf lists the workers at an open truck of a carrier.
func (s *State) loadersOf(carrier string) []string {
	return s.loaders(func(t *edge.Truck) bool { return t.Carrier == carrier })
}

func (s *State) loaders(of func(*edge.Truck) bool) []string {
	var out []string
	for id, truck := range s.idx.loaders {
		if t := s.Truck(truck); t != nil && !t.Closed && of(t) {
			out = append(out, s.Work(id).Worker)
		}
	}
	slices.Sort(out)
	return out
}

// startLoad is start {flow: load}: the dock that is scanned next names the truck.
func (d *decider) startLoad() {
	if d.s.loadable() == 0 {
		d.refuse(edge.Unexpected, edge.Says("start.noWork"), "act", "start")
		return
	}
	d.verdict(edge.OK, edge.Says("load.started"))
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Load})
}

// loadable is how many boxes may go on a truck now.
func (s *State) loadable() int {
	n := 0
	for _, q := range s.idx.load {
		n += q.len()
	}
	return n
}

func (d *decider) scanLoad() {
	if d.w.Truck == "" {
		m, ok := d.match("dock")
		if !ok {
			d.refuseOther("")
			return
		}
		d.openTruck(d.Catalogue.Dock(m.ID))
		return
	}
	if d.w.Step == stepUnload {
		d.unloadBox(d.s.Truck(d.w.Truck))
		return
	}
	d.loadBox(d.s.Truck(d.w.Truck))
}

// unloadBox takes a box off the truck again; after the truck is closed only a
// return brings it back.
func (d *decider) unloadBox(t *edge.Truck) {
	u, b := d.waybill(t.Carrier)
	switch {
	case u == nil || b == nil || u.Voided:
		d.refuseOther(t.Carrier)
	case b.Truck != t.ID:
		d.refuse(edge.Wrong, edge.Says("load.notOnTruck", edge.T("expected", t.ID), edge.T("scanned", b.ID)), "box", b.ID)
	default:
		d.verdict(edge.OK, edge.Says("load.unloaded", edge.T("box", b.ID)))
		d.event(edge.EvBoxUnloaded, b.Client, b.Order, &edge.BoxLoaded{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Truck: t.ID, Orders: others(b)})
		for _, w := range d.s.loadersOf(t.Carrier) {
			d.touch(w)
		}
		d.touch(Everyone)
	}
}

// openTruck opens the truck at a dock, or joins the one that stands there.
func (d *decider) openTruck(dock *edge.DockRecord) {
	work := d.nextWorkID()
	if d.w != nil {
		work = d.w.ID
	}
	t := d.s.truckAt(dock.ID)
	if t == nil {
		carrier := d.dockCarrier(dock)
		if carrier == "" {
			d.refuse(edge.Unexpected, edge.Says("load.noCarrier", edge.T("dock", dock.ID)), "dock", dock.ID)
			return
		}
		trip, departs := d.nextTrip(carrier, dock.ID)
		t = &edge.Truck{ID: idOf("K-", d.s.Site().Trucks+1), Dock: dock.ID, Carrier: carrier, Trip: trip}
		d.touch(Everyone) // a dock where a truck stands is on every loader's idle screen
		d.event(edge.EvTruckOpened, "", "", &edge.TruckEvent{Truck: t.ID, Dock: t.Dock, Carrier: carrier, Trip: trip, Departs: departs})
		d.verdict(edge.OK, edge.Says("load.opened", edge.T("carrier", carrier), edge.T("trip", trip)))
	} else {
		d.verdict(edge.OK, edge.Says("load.joined", edge.T("carrier", t.Carrier), edge.T("trip", t.Trip)))
	}
	if d.w == nil {
		d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: work, Flow: edge.Load, Truck: t.ID})
	} else {
		d.event(edge.EvWorkMoved, "", "", &edge.WorkEvent{Work: work, Flow: edge.Load, Truck: t.ID})
	}
}

func (s *State) truckAt(dock string) *edge.Truck { return s.Truck(s.idx.docks[dock]) }

// dockCarrier is the carrier that a dock names; a dock for all takes the one
// whose boxes wait for the nearest cut-off.
func (d *decider) dockCarrier(dock *edge.DockRecord) string {
	if dock.Carrier != "" {
		return dock.Carrier
	}
	var best rank
	carrier := ""
	for _, c := range d.Catalogue.Carriers() {
		if r, ok := queueOf(d.s.idx.load, c.ID).first(); ok && (carrier == "" || r.compare(best) < 0) {
			best, carrier = r, c.ID
		}
	}
	return carrier
}

// nextTrip finds the carrier's next departure from a dock, "" where none is
// known. A trip without a dock may leave from any.
func (d *decider) nextTrip(carrier, dock string) (string, time.Time) {
	var id string
	var at time.Time
	for _, t := range d.Catalogue.Trips() {
		if t.Carrier != carrier || t.Dock != "" && t.Dock != dock || d.s.tripOpen(t.ID) {
			continue
		}
		next, ok := nextDeparture(t, d.Now.In(zoneOf(d.Policy)))
		if ok && (id == "" || next.Before(at)) {
			id, at = t.ID, next
		}
	}
	return id, at
}

func (s *State) tripOpen(trip string) bool {
	for t := range s.trucks.all() {
		if t.Trip == trip && !t.Closed {
			return true
		}
	}
	return false
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

func (d *decider) loadBox(t *edge.Truck) {
	u, b := d.waybill(t.Carrier)
	if u == nil || b == nil || u.Voided {
		d.refuseOther(t.Carrier)
		return
	}
	o := d.s.BoxOrder(b)
	switch {
	case o == nil:
		d.refuseOther(t.Carrier)
	case o.Stage == edge.StageCancelled:
		d.refuseCancelled(o)
	case b.Truck != "":
		d.refuse(edge.Duplicate, edge.Says("load.again", edge.T("box", b.ID), edge.T("truck", b.Truck)), "box", b.ID)
	case b.Carrier != t.Carrier:
		d.refuse(edge.Wrong, edge.Says("load.wrongCarrier", edge.T("expected", t.Carrier), edge.T("scanned", b.Carrier)), "box", b.ID)
	case b.Bound == "":
		d.refuse(edge.Hold, edge.Says("load.notPacked", edge.T("box", b.ID)), "box", b.ID)
	case o.Held != "":
		d.refuseHeld(o, "box", b.ID)
	default:
		d.loaded(t, o, b)
	}
}

func (d *decider) loaded(t *edge.Truck, o *edge.Order, b *edge.Box) {
	left := d.s.leftOf(t)
	if d.s.ofTrip(t, o) {
		left--
	}
	if left <= 0 {
		d.verdict(edge.Done, edge.Says("load.all"))
	} else {
		d.verdict(edge.OK, edge.Says("load.box", edge.T("box", b.ID)))
	}
	d.event(edge.EvBoxLoaded, b.Client, b.Order, &edge.BoxLoaded{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Truck: t.ID, Orders: others(b)})
	for _, w := range d.s.loadersOf(t.Carrier) {
		d.touch(w)
	}
	d.turns(queueOf(d.s.idx.load, b.Carrier), -1)
}

// ofTrip tells whether an order belongs to a truck's trip: its cut-off is not
// after the departure.
func (s *State) ofTrip(t *edge.Truck, o *edge.Order) bool {
	return t.Departs.IsZero() || o.Cutoff.IsZero() || !o.Cutoff.After(t.Departs)
}

// leftOf counts the boxes of a truck's trip that could go on it now.
func (s *State) leftOf(t *edge.Truck) int {
	q := queueOf(s.idx.load, t.Carrier)
	if t.Departs.IsZero() {
		return q.len()
	}
	return q.upTo(t.Departs.UnixMilli()) + q.len() - q.upTo(math.MaxInt64-1)
}

// actLoad decides a button of a loader.
func (d *decider) actLoad() {
	switch d.m.Action {
	case "undo":
		if d.w.Step == stepUnload {
			d.verdict(edge.OK, edge.Says("undo.done"))
			d.event(edge.EvStep, "", "", &edge.StepConfirmed{Kind: stepEmptied, Step: stepUnload, Work: d.w.ID})
			return
		}
		d.refuseAct()
	case "unload":
		if t := d.s.Truck(d.w.Truck); t != nil && len(t.Boxes) > 0 {
			d.verdict(edge.OK, edge.Says("load.unload"))
			d.event(edge.EvStep, "", "", &edge.StepConfirmed{Kind: stepUnload, Step: loadNow(d.w), Work: d.w.ID, Reason: clip(d.m.Args.Reason)})
			return
		}
		d.refuseAct()
	case "leave":
		d.leave()
	case "close":
		if t := d.s.Truck(d.w.Truck); t != nil {
			d.closeTruck(t)
			return
		}
		d.refuseAct()
	default:
		d.refuseAct()
	}
}

// closeTruck closes the truck for everyone at it. What stays behind is named
// with where it was last seen; boxes that could have gone need a reason.
func (d *decider) closeTruck(t *edge.Truck) {
	left := d.s.leftOf(t)
	if left > 0 && d.m.Args.Reason == "" {
		d.refuse(edge.Unexpected, edge.Says("load.left", edge.N("left", left)), "act", "close")
		return
	}
	e := &edge.TruckEvent{Truck: t.ID, Dock: t.Dock, Carrier: t.Carrier, Trip: t.Trip, Loaded: len(t.Boxes), Reason: clip(d.m.Args.Reason)}
	queueOf(d.s.idx.waiting, t.Carrier).each(func(r rank) bool {
		b := d.s.Box(r.key)
		if o := d.s.Order(b.Client, b.Order); o != nil && d.s.ofTrip(t, o) && len(e.Missing) < missingMost {
			e.Missing = append(e.Missing, edge.Missing{Box: b.ID, LastSeen: b.Seen})
		}
		return true
	})
	for _, id := range t.Boxes {
		if b := d.s.Box(id); b != nil {
			if o := d.s.Order(b.Client, b.Order); o != nil && !d.s.ofTrip(t, o) {
				e.Extra++
			}
		}
	}
	d.verdict(edge.Done, edge.Says("load.closed", edge.N("loaded", e.Loaded), edge.N("missing", len(e.Missing))))
	d.event(edge.EvTruckClosed, "", "", e)
	d.touch(Everyone)
	d.s.EachWork(func(w *edge.Work) {
		if w.Truck == t.ID {
			d.finishWork(w, "")
		}
	})
}

// missingMost keeps truck.closed within an event's 64 KiB.
const missingMost = 1000
