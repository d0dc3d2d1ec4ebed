package floor

import (
	"math"
	"strings"
	"time"
	"unicode"

	"dcedge/edge"
)

// closeTruck closes the truck for everyone at it. What stays behind is named
// with where it was last seen; boxes that could have gone need a reason.
func (d *decider) closeTruck(t *edge.Truck) {
	left := d.s.leftOf(t)
	if left > 0 && d.m.Args.Reason == "" {
		d.refuse(edge.Unexpected, edge.Says("load.left", edge.N("left", left)), "act", "close")
		return
	}
	e := &edge.TruckEvent{Truck: t.ID, Dock: t.Dock, Carrier: t.Carrier, Trip: t.Trip, Loaded: len(t.Boxes), Extra: len(t.Extra),
		Reason: clip(d.m.Args.Reason), Carriers: t.Carriers, Route: t.Route, Vehicle: t.Vehicle, CollectBy: d.collectBy(t)}
	missing := d.missed(t, e)
	e.Containers = d.s.cratesOn(t)
	d.verdict(edge.Done, edge.Says("load.closed", edge.N("loaded", e.Loaded), edge.N("missing", missing)))
	if next := d.nextTrip(carriersOf(t), t.Dock, t); missing > 0 && next.trip != "" {
		e.NextTrip, e.NextDeparts = next.trip, norm(next.at)
		d.verdict(edge.Done, edge.Says("load.closedRest", edge.N("loaded", e.Loaded), edge.N("missing", missing), edge.T("trip", next.trip),
			edge.T("departs", next.at.In(zoneOf(d.Policy)).Format("15:04"))))
	}
	d.event(edge.EvTruckClosed, "", "", e)
	for _, id := range t.Boxes {
		if b := d.s.Box(id); b != nil {
			d.shipConfirm(b, edge.AtTruckClosed, t.ID, t.Trip, b.Container)
		}
	}
	d.touch(Everyone)
	d.s.EachWork(func(w *edge.Work) {
		if w.Truck == t.ID {
			d.finishWork(w, "")
		}
	})
}

// missingRoom keeps truck.closed within an event's 64 KiB, cratesRoom too.
const (
	missingRoom = 40 << 10
	cratesRoom  = 8 << 10
)

// missed names the boxes of the truck's trip that stay behind, as far as there
// is room for them, and tells how many they are.
func (d *decider) missed(t *edge.Truck, e *edge.TruckEvent) int {
	n, room := 0, missingRoom
	eachMissing(d.s, t, math.MaxInt, func(m edge.Missing) bool {
		n++
		if room -= len(m.AppendJSON(nil)) + 1; room > 0 {
			e.Missing = append(e.Missing, m)
		}
		return true
	})
	return n
}

// eachMissing calls fn for the boxes of a truck's trip that are on no truck, by
// cut-off, until it returns false; it looks at no more than look in each queue.
func eachMissing(s *State, t *edge.Truck, look int, fn func(edge.Missing) bool) {
	for _, q := range queues(s.idx.waiting, carriersOf(t), t.Route) {
		goes, n := true, 0
		q.each(func(r rank) bool {
			if n++; n > look {
				return false
			}
			b := s.Box(r.key)
			if o := s.Order(b.Client, b.Order); o == nil || !s.ofTrip(t, o) {
				return true
			}
			m := edge.Missing{Box: b.ID, LastSeen: b.Seen, Since: b.At, Container: b.Container}
			if b.Bound != "" {
				m.Waybill = b.Waybill
			}
			goes = fn(m)
			return goes
		})
		if !goes {
			return
		}
	}
}

// cratesOn lists the containers on a truck.
func (s *State) cratesOn(t *edge.Truck) []string {
	var out []string
	room := cratesRoom
	s.EachContainer(func(c *edge.Container) {
		if c.Truck != t.ID {
			return
		}
		if room -= len(c.ID) + 3; room > 0 {
			out = append(out, c.ID)
		}
	})
	return out
}

// vehicleCode begins what a vehicle's badge says at a dock: VEHICLE:CARRIER:PLATE,
// where the carrier may be left out.
const vehicleCode = "VEHICLE:"

// scanVehicle takes a vehicle's badge. False: it is none.
func (d *decider) scanVehicle(t *edge.Truck) bool {
	rest, ok := strings.CutPrefix(d.code, vehicleCode)
	if !ok {
		return false
	}
	carrier, plate, found := strings.Cut(rest, ":")
	if !found {
		carrier, plate = "", rest
	}
	if carrier != "" && !serves(t, carrier) {
		if d.Catalogue.Carrier(carrier) == nil {
			carrier = "" // what somebody made up does not go into an event
		}
		d.refuse(edge.Wrong, edge.Says("load.wrongVehicle", edge.T("expected", t.Carrier), edge.T("scanned", carrier)), "vehicle", carrier)
		return true
	}
	d.namedVehicle(t, plate)
	return true
}

// vehicle is vehicle {text, reason?, outcome?}: names the vehicle at the dock, or
// says that another one stands there now.
func (d *decider) vehicle(t *edge.Truck) { d.namedVehicle(t, d.m.Args.Text) }

func (d *decider) namedVehicle(t *edge.Truck, plate string) {
	end, reason, outcome := plateEnd(plate), clip(d.m.Args.Reason), d.m.Args.Outcome
	e := &edge.TruckChanged{Truck: t.ID, Dock: t.Dock, Carrier: t.Carrier, Trip: t.Trip, Vehicle: end, Was: t.Vehicle, Work: d.w.ID}
	switch {
	case end == "":
		d.refuse(edge.Unexpected, edge.Says("vehicle.missing"), "act", "vehicle")
		return
	case end == t.Vehicle:
		d.verdict(edge.OK, edge.Says("vehicle.same", edge.T("vehicle", end)))
		d.event(edge.EvStep, "", "", &edge.StepConfirmed{Kind: "vehicle", What: end, Step: loadNow(d.w), Work: d.w.ID})
		return
	case t.Vehicle == "" || len(t.Boxes) == 0:
		d.verdict(edge.OK, edge.Says("vehicle.named", edge.T("vehicle", end)))
	case outcome != "moved" && outcome != "unloaded" || reason == "":
		d.refuse(edge.Hold, edge.Says("vehicle.other", edge.T("expected", t.Vehicle), edge.T("scanned", end), edge.N("n", len(t.Boxes))), "act", "vehicle")
		return
	default:
		e.Outcome, e.Loaded, e.Reason = outcome, len(t.Boxes), reason
		d.verdict(edge.OK, edge.Says("vehicle.changed", edge.T("vehicle", end), edge.N("n", len(t.Boxes))))
	}
	d.event(edge.EvTruckChanged, "", "", e)
	if e.Outcome != "unloaded" {
		return
	}
	for _, id := range t.Boxes {
		b := d.s.Box(id)
		container := b.Container
		if d.s.Container(container) == nil {
			container = ""
		}
		d.unloaded(t, b, container)
	}
}

// plateEnd is what of a plate is kept: the last four of its letters and digits.
func plateEnd(plate string) string {
	var out []rune
	for _, r := range strings.ToUpper(plate) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			out = append(out, r)
		}
	}
	return string(out[max(0, len(out)-plateKeep):])
}

const plateKeep = 4

func (s *State) applyVehicle(d *edge.TruckChanged) error {
	t := s.trucks.edit(d.Truck)
	if t == nil || t.Closed {
		return errFigures
	}
	t.Vehicle = d.Vehicle
	return nil
}

// collectBy is until when the carrier is to have told of a truck's parcels; zero
// where nobody watches. Where a client counts a parcel as shipped by then,
// somebody does.
func (d *decider) collectBy(t *edge.Truck) time.Time {
	hours := d.Policy.Load.CollectHours
	if hours == 0 {
		for _, id := range t.Boxes {
			if b := d.s.Box(id); b != nil && d.momentOf(b.Client) == edge.AtCollected {
				hours = collectDefault
				break
			}
		}
	}
	if hours == 0 || len(t.Boxes) == 0 {
		return time.Time{}
	}
	return norm(d.Now.Add(time.Duration(hours) * time.Hour))
}

// collectDefault is after how many hours a parcel is missed where nobody set
// them and a client counts by the collection.
const collectDefault = 24
