package floor

import (
	"slices"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// modeSingle is the packing of orders of one piece straight out of a wave's
// tote: the item that is scanned chooses the order.
const modeSingle = "single"

// singles lists the orders of a wave's tote that want one piece and that no
// desk has in hand.
func (s *State) singles(t *edge.Tote) []*edge.Order {
	var out []*edge.Order
	for _, o := range s.putOrders(t) {
		if o.Held == "" && o.Work == "" && len(o.Totes) == 0 && toPack(o) == 1 && toPutOf(o) == 1 && !isOpen(o) && len(s.together(o)) == 1 {
			out = append(out, o)
		}
	}
	return out
}

// nextSingles gives the wave's tote that is to be packed next, and how many
// orders of one piece wait in all.
func (s *State) nextSingles() (best *edge.Tote, waiting int) {
	for id := range s.idx.waves {
		t := s.Tote(id)
		if !t.Done || t.Work != "" {
			continue
		}
		n := len(s.singles(t))
		if waiting += n; n > 0 && (best == nil || t.ID < best.ID) {
			best = t
		}
	}
	return best, waiting
}

// startSingle begins at a desk with a wave's tote, the next one where none was
// scanned.
func (d *decider) startSingle(t *edge.Tote, station string) {
	if b := d.leftBox(nil, station, true); t == nil && b != nil && station != "" {
		d.startLeft(b, station)
		return
	}
	if t == nil {
		if t, _ = d.s.nextSingles(); t == nil {
			d.noWork(d.whyNotPicked())
			return
		}
	}
	if station == "" {
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "act", "start")
		return
	}
	d.verdict(edge.OK, edge.Says("pack.started", edge.T("station", station), edge.T("tote", t.ID)))
	d.event(edge.EvWorkStarted, t.Client, "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Pack, Mode: modeSingle, Station: station,
		Totes: []string{t.ID}})
	d.touch(Everyone)
}

// packSingle takes an item for the first order that wants just it: by cut-off,
// then priority, then age.
func (d *decider) packSingle() {
	t := d.s.Tote(d.w.Totes[0])
	if t == nil {
		d.refuseOther("")
		return
	}
	m, ok, other := d.itemFor(t.Client, func(m catalogue.Match) bool { return d.singleOf(t, m) != nil })
	if !ok && !other {
		d.refuseOther("")
		return
	}
	var best *edge.Order
	if ok {
		best = d.singleOf(t, m)
	}
	if best == nil {
		m, _ = d.firstItem(m)
		d.refuse(edge.Over, edge.Says("pack.over", edge.T("scanned", m.ID), edge.N("remaining", 0)), "item", m.ID)
		return
	}
	d.event(edge.EvPackStarted, best.Client, best.ID, &edge.PackStarted{Work: d.w.ID, Station: d.w.Station, Tote: t.ID})
	d.pack(&packPlace{step: stepItem, order: best, orders: []*edge.Order{best}, box: d.s.unboundBox(best, "")}, m.ID, 1)
	d.touchPutters()
}

// singleOf is the order that a piece is for, nil for none.
func (d *decider) singleOf(t *edge.Tote, m catalogue.Match) (best *edge.Order) {
	for _, o := range d.s.singles(t) {
		wants := slices.ContainsFunc(o.Lines, func(l *edge.Line) bool { return l.SKU == m.ID && packable(l) == 1 })
		if m.Quantity == 1 && wants && (best == nil || orderRank(o).compare(orderRank(best)) < 0) {
			best = o
		}
	}
	return best
}

// singleDone goes on with the tote after an order of it is packed, or ends with
// its last piece.
func (d *decider) singleDone(o *edge.Order) {
	t := d.s.Tote(d.w.Totes[0])
	if t != nil && len(d.s.singles(t)) > 0 {
		d.event(edge.EvWorkMoved, o.Client, o.ID, &edge.WorkEvent{Work: d.w.ID, Flow: edge.Pack, Mode: modeSingle, Totes: d.w.Totes,
			Station: d.w.Station})
		return
	}
	if t != nil && !slices.ContainsFunc(d.s.putOrders(t), func(in *edge.Order) bool { return in.ID != o.ID && toPutOf(in) > 0 }) {
		d.askExcess(t, o.ID) // what was too much of o itself is asked for with its box
		d.releaseWave(t.Client, []string{t.ID})
	}
	d.finishWork(d.w, "")
	d.touch(Everyone)
}

// leaveSingle puts what lies in an open box back into the tote.
func (d *decider) leaveSingle(o *edge.Order) {
	b := d.s.Box(d.w.Box)
	if o == nil || b == nil || b.Closed {
		return
	}
	for _, it := range b.Items {
		d.event(edge.EvPackUndone, o.Client, o.ID, &edge.PackItem{Line: it.Line, SKU: it.SKU, Quantity: -it.Quantity, Box: b.ID, Work: d.w.ID})
	}
	d.touchPutters()
}

// tookSingle keeps what of a wave was packed straight from its tote.
func (s *State) tookSingle(o *edge.Order, l *edge.Line, w *edge.Work, quantity int) {
	t := s.totes.get(w.Totes[0])
	if t == nil {
		return
	}
	l.Put += quantity
	if o.Wave = t.Wave; toPutOf(o) == 0 {
		o.Wave = ""
	}
}

// nextSingle lets a desk go on with its tote and without an order.
func (s *State) nextSingle(w *edge.Work) {
	for _, id := range w.Orders {
		if o := s.editOrder(w.Client, id); o != nil {
			o.Work = ""
		}
	}
	headOf(w).Orders = nil
	w.Box, w.Line, w.Undo, w.Step, w.BoxType = "", "", nil, "", ""
}

func singleScreen(v View, s *edge.Screen, w *edge.Work) {
	s.Actions = append(s.Actions, "close")
	t := v.State.Tote(w.Totes[0])
	if t == nil {
		return
	}
	seen := []string{}
	for _, o := range v.State.singles(t) {
		for _, l := range o.Lines {
			if packable(l) == 1 && !slices.Contains(seen, l.SKU) && len(s.Expect) < expectMost {
				seen = append(seen, l.SKU)
				s.Expect = append(s.Expect, itemExpect(v, o.Client, &edge.Line{SKU: l.SKU}, 0))
			}
		}
	}
}

// actSingle decides a button between two orders of a wave's tote.
func (d *decider) actSingle() {
	if d.m.Action != "close" {
		d.refuseAct()
		return
	}
	d.verdict(edge.Done, edge.Says("put.closed", edge.T("tote", d.w.Totes[0])))
	d.finishWork(d.w, "")
	d.touch(Everyone)
}
