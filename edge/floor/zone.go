package floor

import (
	"maps"
	"slices"

	"dcedge/edge"
)

// A site that picks by zones has the tote passed on: a picker takes what lies in
// one zone, and the tote waits for a picker of the next.

// inZone tells whether a line is for the picker of a work.
func inZone(w *edge.Work, l *edge.Line) bool {
	return w.Zone == "" || l.Zone == "" || l.Zone == w.Zone
}

// zoneOf is the zone of a place, "" where the site does not pick by zones.
func (v *View) zoneOf(location string) string {
	if !v.Policy.Pick.Zones {
		return ""
	}
	if r := v.Catalogue.Location(location); r != nil {
		return r.Zone
	}
	return ""
}

// zoned gives lines with the zones of their places.
func (v *View) zoned(lines []edge.OrderLine) []edge.OrderLine {
	if !v.Policy.Pick.Zones {
		return lines
	}
	out := slices.Clone(lines)
	for i := range out {
		out[i].Zone = v.zoneOf(out[i].Location)
	}
	return out
}

// openZones tells the zones where something of an order is to be picked, and a
// hash of them for the index's mark.
func openZones(o *edge.Order) (zones []string, hash uint64) {
	for _, l := range o.Lines {
		if l.Zone != "" && l.Open() > 0 && !slices.Contains(zones, l.Zone) {
			zones = append(zones, l.Zone)
			h, _ := sum([]byte(l.Zone))
			hash ^= h
		}
	}
	return zones, hash
}

// pickZones tells where an order may be picked: after its tote was passed on, in that zone
// alone.
func pickZones(o *edge.Order) []string {
	if len(o.Totes) > 0 && o.Zone != "" {
		return []string{o.Zone}
	}
	zones, _ := openZones(o)
	return zones
}

// indexZones keeps an order in the queues of the zones where it may be picked.
func (s *State) indexZones(key string, o *edge.Order, at rank, in bool) {
	var zones []string
	if in {
		zones = pickZones(o)
	}
	for z, q := range s.idx.zones {
		if !slices.Contains(zones, z) {
			q.set(key, rank{}, false)
		}
	}
	for _, z := range zones {
		queue(s.idx.zones, z).set(key, at, true)
	}
}

// nextInZone gives the order that a picker of a zone is to begin: one whose tote
// waits there first.
func (s *State) nextInZone(zone string) *edge.Order {
	var found *edge.Order
	looked := 0
	queueOf(s.idx.zones, zone).each(func(r rank) bool {
		o := s.orders.get(r.key)
		if looked++; found == nil || len(o.Totes) > 0 {
			found = o
		}
		return len(found.Totes) == 0 && looked < zoneLook
	})
	return found
}

// zoneLook is how far a waiting tote goes before an order with an earlier cut-off.
const zoneLook = 20

// nextZone is the zone of what is to be picked next of a work's orders, as they
// stand after this decision, outside the work's own; "" where nothing is. A wave waits
// for no held order.
func (d *decider) nextZone(w *edge.Work, after map[string]*edge.Order) (zone string, here bool) {
	best := 0
	for _, id := range w.Orders {
		o := after[id]
		if o == nil {
			if o = d.s.Order(w.Client, id); o == nil {
				continue
			}
		}
		if w.Mode == modeTotal && o.Held != "" {
			continue
		}
		for _, l := range o.Lines {
			switch at := sequence(d.View, l.Location); {
			case l.Open() == 0:
			case inZone(w, l):
				here = true
			case zone == "" || at < best:
				zone, best = l.Zone, at
			}
		}
	}
	return zone, here
}

// resumePick goes on with an order whose tote was scanned. One that was passed on
// is for the zone where it is; a picker of another one is told where it belongs.
func (d *decider) resumePick(o *edge.Order) {
	if d.otherZone(o.Zone, o.Totes[len(o.Totes)-1]) {
		return
	}
	if o.Held == heldTote {
		d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Step: string(o.Stage), Released: true, Reason: heldTote})
	}
	d.startPick(o, "", o.Zone)
}

// otherZone refuses a tote that waits for the picker of another zone.
func (d *decider) otherZone(zone, tote string) bool {
	ws := d.s.Worker(d.m.Worker)
	if zone == "" || ws == nil || ws.Zone == "" || ws.Zone == zone {
		return false
	}
	d.refuse(edge.Wrong, edge.Says("pick.wrongZone", edge.T("expected", zone), edge.T("scanned", ws.Zone)), "tote", tote)
	return true
}

// passOn ends a zone's part of a work where nothing is left to pick in it and
// something elsewhere: its totes go to the next zone. False: it goes on, or ends.
func (d *decider) passOn(w *edge.Work, after map[string]*edge.Order) bool {
	if w.Zone == "" {
		return false
	}
	next, here := d.nextZone(w, after)
	if here || next == "" {
		return false
	}
	order := ""
	if len(w.Orders) > 0 {
		order = w.Orders[0]
	}
	e := &edge.WorkEvent{Work: w.ID, Flow: w.Flow, Mode: w.Mode, Orders: w.Orders, Totes: w.Totes, Zone: w.Zone, Next: next, Reason: "passed"}
	tote := ""
	if len(w.Totes) > 0 {
		tote = w.Totes[len(w.Totes)-1]
	}
	d.verdictDone(edge.Says("pick.passed", edge.T("zone", next), edge.T("tote", tote)))
	if w.Mode == modeTotal {
		d.event(edge.EvWorkLeft, w.Client, order, e)
	} else {
		d.event(edge.EvWorkFinished, w.Client, order, e)
	}
	d.turns(d.s.idx.pick, +1)
	d.touch(w.Worker)
	return true
}

// endHere ends a work in which nothing is left to pick: its totes go to the next
// zone, or the picking is over.
func (d *decider) endHere(o *edge.Order) {
	if !d.passOn(d.w, nil) {
		d.finishPick(d.w, o)
	}
}

// zones lists where something waits to be picked, by name.
func (s *State) zones() []string {
	var out []string
	for _, z := range slices.Sorted(maps.Keys(s.idx.zones)) {
		if s.idx.zones[z].len() > 0 {
			out = append(out, z)
		}
	}
	return out
}
