package board

import (
	"cmp"
	"slices"
	"time"

	"dcedge/edge"
)

// begin notes when a trouble was first seen, and forgets it with its end. What
// was there at the start began when the past says so, else nobody knows when.
func (v *view) begin(what string, there bool) {
	at, known := v.since[what]
	switch {
	case !there:
		delete(v.since, what)
	case !known && v.live:
		at = v.now
		fallthrough
	case !known:
		v.since[what] = at
	}
}

// shortage is how short an order became by the events, and when.
type shortage struct {
	units int
	at    time.Time
}

// noteShort keeps the age of a shortage that was there at the start. Events of
// orders that are not short have nothing to say.
func (v *view) noteShort(e *edge.Event, missing int) {
	name := orderName{e.Client, e.Order}
	if !slices.ContainsFunc(v.byID[e.Order], func(o *edge.Order) bool { return o.Client == e.Client && isShort(o) }) {
		delete(v.shortages, name)
		return
	}
	s := v.shortages[name]
	was := s.units
	if s.units += missing; was <= 0 && s.units > 0 {
		s.at = e.At
	}
	v.shortages[name] = s
}

// shortSince is when an order became short; zero: nobody knows.
func (v *view) shortSince(key string, o *edge.Order) time.Time {
	if at := v.since["short:"+key]; !at.IsZero() {
		return at
	}
	return v.shortages[orderName{o.Client, o.ID}].at
}

// heldSince is when an order was put on hold; zero: nobody knows.
func (v *view) heldSince(key string, o *edge.Order) time.Time {
	if at := v.since["held:"+key]; !at.IsZero() {
		return at
	}
	if o.OrderTerms != nil && !o.HeldAt.IsZero() {
		return o.HeldAt
	}
	return v.holders[orderName{o.Client, o.ID}].at
}

// printerTroubles lists the printers that do not print. A printer is one thing
// to look at: what its driver says of it counts only where the floor has not
// heard of the fault.
func (v *view) printerTroubles() []Exception {
	var out []Exception
	told := map[string]bool{}
	for _, p := range v.printers {
		if p.State != "ready" && p.State != "printing" && p.State != "" {
			out = append(out, Exception{Kind: "printer", ID: p.Name, Reason: p.State, Since: p.At})
			told[p.Name] = true
		}
	}
	for _, d := range v.devices {
		if d.OK || told[d.Name] {
			continue
		}
		kind := "device"
		if v.printers[d.Name] != nil || d.Class == classPrinter {
			kind = "printer"
		}
		out = append(out, Exception{Kind: kind, ID: d.Name, Reason: cmp.Or(d.Error, d.Condition), Since: d.Since})
	}
	return out
}

const classPrinter = "printer" // of a Device
