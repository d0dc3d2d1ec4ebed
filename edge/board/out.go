package board

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// putSite takes over a row that stands beside the counters: its key says what it
// is, also when it is gone.
func (v *view) putSite(c edge.Change) {
	if id, isMove := strings.CutPrefix(c.Key, edge.MovePrefix); isMove {
		v.putMove(id, c)
		return
	}
	id, isCase := strings.CutPrefix(c.Key, edge.CasePrefix)
	if !isCase {
		return
	}
	if k, ok := c.Value.(*edge.Case); ok && k != nil {
		v.cases[id] = k
		return
	}
	delete(v.cases, id)
}

// putBox takes over a box, and keeps those that the hospital set aside.
func (v *view) putBox(c edge.Change) {
	set(v.boxes, c)
	delete(v.aside, c.Key)
	if b := v.boxes[c.Key]; b != nil && b.Aside != "" {
		v.aside[c.Key] = b
	}
}

// outTroubles lists what left and was not collected, what came and nobody knows,
// and what lies aside.
func (v *view) outTroubles() []Exception {
	out := make([]Exception, 0, len(v.cases)+len(v.aside))
	for _, c := range v.cases {
		e := Exception{Kind: c.Kind, ID: c.ID, Units: c.Units, Location: c.Place, Since: c.Since, Owner: c.Owner}
		if c.Late {
			e.Reason = "late"
		}
		if t := v.trucks[c.ID]; t != nil {
			e.Carrier, e.Trip = t.Carrier, t.Trip
		}
		out = append(out, e)
	}
	for _, b := range v.aside {
		out = append(out, Exception{Kind: "aside", ID: b.ID, Box: b.ID, Order: b.Order, Reason: b.Aside, Location: b.Seen, Since: b.At})
	}
	return out
}

// noteCharged counts the labels that could not be read for the printer that made
// them.
func (v *view) noteCharged(e *edge.Event, d *edge.HospitalEvent) {
	if e.Type != edge.EvHospitalOut || d.Why != edge.WhyLabel || d.Printer == "" || e.At.Before(v.now.Add(-chargedFor)) {
		return
	}
	v.charged[d.Printer] = append(v.charged[d.Printer], e.At)
}

// chargedFor is how long a label that could not be read counts.
const chargedFor = 24 * time.Hour

// Printer is a printer and how many of its labels the hospital had to make anew
// in the last day.
type Printer struct {
	*edge.PrinterStatus
	Charged int `json:"charged,omitempty"`
}

func (v *view) printerItem(p *edge.PrinterStatus) Printer {
	list := slices.DeleteFunc(v.charged[p.Name], func(at time.Time) bool { return at.Before(v.now.Add(-chargedFor)) })
	v.charged[p.Name] = list
	return Printer{PrinterStatus: p, Charged: len(list)}
}

// TruckLine is a truck as the lead's list of trucks shows it.
type TruckLine struct {
	ID         string    `json:"id"`
	Dock       string    `json:"dock"`
	Carrier    string    `json:"carrier"`
	Carriers   []string  `json:"carriers,omitempty"`
	Route      string    `json:"route,omitempty"`
	Trip       string    `json:"trip,omitempty"`
	Vehicle    string    `json:"vehicle,omitempty"` // the end of its plate
	Departs    time.Time `json:"departs,omitzero"`
	Opened     time.Time `json:"opened,omitzero"`
	Closed     time.Time `json:"closed,omitzero"`
	Loaded     int       `json:"loaded"`
	Containers int       `json:"containers,omitempty"`
	Missing    int       `json:"missing,omitempty"` // that stayed behind when it closed
	Extra      int       `json:"extra,omitempty"`
	Collected  int       `json:"collected,omitempty"` // that the carrier told of
	Reason     string    `json:"reason,omitempty"`
}

// TruckBox is a line of a truck's manifest. It names no person.
type TruckBox struct {
	Box       string   `json:"box"`
	Waybill   string   `json:"waybill"`
	Carrier   string   `json:"carrier"`
	Order     string   `json:"order"`
	With      []string `json:"with,omitempty"` // the other orders whose goods lie in it
	Client    string   `json:"client"`
	Container string   `json:"container,omitempty"`
	N         int      `json:"n"`
	Of        int      `json:"of,omitempty"`
	Pieces    int      `json:"pieces"`
	Grams     string   `json:"grams,omitempty"`
	Extra     bool     `json:"extra,omitempty"`
}

// TruckSheet is one truck with what is on it, and what stayed behind.
type TruckSheet struct {
	TruckLine
	Boxes  []TruckBox     `json:"boxes"`
	Behind []edge.Missing `json:"behind,omitempty"`
}

// Trucks lists the trucks that are known: the open ones, then those that closed
// in the last two days, the newest first.
func (b *Board) Trucks() []TruckLine {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := make([]TruckLine, 0, len(b.view.trucks))
	for _, t := range b.view.trucks {
		out = append(out, b.view.truckLine(t))
	}
	slices.SortFunc(out, func(x, y TruckLine) int {
		switch {
		case x.Closed.IsZero() && !y.Closed.IsZero():
			return -1
		case !x.Closed.IsZero() && y.Closed.IsZero():
			return 1
		}
		return cmp.Or(y.Closed.Compare(x.Closed), x.Opened.Compare(y.Opened), cmp.Compare(x.ID, y.ID))
	})
	return out
}

func (v *view) truckLine(t *edge.Truck) TruckLine {
	l := TruckLine{ID: t.ID, Dock: t.Dock, Carrier: t.Carrier, Carriers: t.Carriers, Route: t.Route, Trip: t.Trip, Vehicle: t.Vehicle,
		Departs: t.Departs, Opened: t.Opened, Loaded: len(t.Boxes), Missing: len(t.Missing), Extra: len(t.Extra), Reason: t.Reason}
	if t.Closed {
		l.Closed = t.At
	}
	crates := map[string]bool{}
	for _, id := range t.Boxes {
		if b := v.boxes[id]; b != nil {
			crates[b.Container] = true
			if b.Collected {
				l.Collected++
			}
		}
	}
	delete(crates, "")
	l.Containers = len(crates)
	return l
}

// Truck gives a truck's sheet, its boxes by container and number; false: it is
// not known, or not any more.
func (b *Board) Truck(id string) (TruckSheet, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	t := b.view.trucks[id]
	if t == nil {
		return TruckSheet{}, false
	}
	s := TruckSheet{TruckLine: b.view.truckLine(t), Boxes: []TruckBox{}, Behind: t.Missing}
	for _, id := range t.Boxes {
		x := b.view.boxes[id]
		if x == nil { // its order left the state in this very moment
			continue
		}
		line := TruckBox{Box: x.ID, Waybill: x.Waybill, Carrier: x.Carrier, Order: x.Order, Client: x.Client, Container: x.Container,
			N: x.N, Of: x.Of, Grams: x.Grams, Extra: slices.Contains(t.Extra, x.ID), With: x.With}
		for _, it := range x.Items {
			line.Pieces += it.Quantity
		}
		s.Boxes = append(s.Boxes, line)
	}
	slices.SortFunc(s.Boxes, func(x, y TruckBox) int {
		return cmp.Or(strings.Compare(x.Container, y.Container), strings.Compare(x.Waybill, y.Waybill), strings.Compare(x.Box, y.Box))
	})
	return s, true
}

// Case finds a case that is open.
func (b *Board) Case(id string) (edge.Case, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	c := b.view.cases[id]
	if c == nil {
		return edge.Case{}, false
	}
	return *c, true
}
