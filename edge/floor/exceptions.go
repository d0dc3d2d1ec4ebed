package floor

import (
	"slices"
	"strings"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// byHand is the source of a code that was typed: its label was torn.
const byHand = "typed"

// skipBlocked is why a line is put off whose aisle nobody can enter.
const skipBlocked = "blocked"

// inUse refuses a tote that is in use and says by which order, the first of a wave.
func (d *decider) inUse(t *edge.Tote) {
	of, orders := t.Order, t.Orders
	if w := d.s.waveOf(t); w != nil {
		orders = w.Orders
	}
	if of == "" && len(orders) > 0 {
		of = orders[0]
	}
	d.refuse(edge.Duplicate, edge.Says("tote.inUse", edge.T("tote", t.ID), edge.T("order", of)), "tote", t.ID)
}

// skip puts a line off to the end of the walk; where its aisle is blocked, all that
// lies in it.
func (d *decider) skip(o *edge.Order, l *edge.Line) {
	d.verdict(edge.OK, edge.Says("pick.skipped"))
	off := func(o *edge.Order, l *edge.Line) {
		d.event(edge.EvPickSkipped, o.Client, o.ID, &edge.PickEvent{Line: l.ID, SKU: l.SKU, Location: l.Location, Work: d.w.ID, Reason: clip(d.m.Args.Reason)})
	}
	off(o, l)
	aisle := d.aisle(l.Location)
	if d.m.Args.Reason != skipBlocked || aisle == "" {
		return
	}
	for _, id := range d.w.Orders {
		in := d.s.Order(d.w.Client, id)
		if in == nil {
			continue
		}
		for _, x := range in.Lines {
			if (in != o || x != l) && x.Open() > 0 && inZone(d.w, x) && d.aisle(x.Location) == aisle {
				off(in, x)
			}
		}
	}
}

func (v *View) aisle(location string) string {
	if r := v.Catalogue.Location(location); r != nil {
		return catalogue.Aisle(r)
	}
	return ""
}

// cellsSaid is how many cells a verdict names at most.
const cellsSaid = 5

// closedPut says that a tote is done, and which cells stay open because something was
// not in it.
func (d *decider) closedPut(t *edge.Tote, last bool) {
	missing, cells := 0, []string{}
	for _, o := range d.s.putOrders(t) {
		n := toPutOf(o)
		if missing += n; n > 0 && len(o.Totes) > 0 && len(cells) < cellsSaid {
			cells = append(cells, o.Totes[len(o.Totes)-1])
		}
	}
	if !last || len(cells) == 0 {
		d.verdict(edge.Done, edge.Says("put.closed", edge.T("tote", t.ID)))
		return
	}
	slices.Sort(cells)
	d.verdict(edge.Done, edge.Says("put.closedOpen", edge.T("tote", t.ID), edge.N("missing", missing), edge.T("cells", strings.Join(cells, ", "))))
}

// putAside takes the piece of a cancelled order out of the hand of who puts: it is
// among what goes back.
func (d *decider) putAside(o *edge.Order) {
	if w := d.w; w != nil && w.Flow == edge.Put && w.Hand != nil && w.Client == o.Client && w.Order == o.ID {
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepCapture, What: "putBack", Step: stepCell, Work: w.ID})
	}
}
