package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

// takeOutExpect asks for the tote that goods go back into that lie in a box with
// those of other orders and may not go with them: the order's own, else a free
// one.
func takeOutExpect(v View, o *edge.Order) edge.Expect {
	if len(o.Totes) == 0 {
		return edge.Expect{Kind: "tote"}
	}
	return edge.Expect{Kind: toteKind(v, o.Totes[0]), Code: toteCode(v, o.Totes[0])}
}

// scanTakeOut takes an order's goods out of a box into a tote.
func (d *decider) scanTakeOut(at *packPlace) {
	o := at.order
	id, ok := d.tote()
	t := d.s.Tote(id)
	switch {
	case !ok:
		d.refuseOther(at.carrier())
		return
	case len(o.Totes) > 0 && !slices.Contains(o.Totes, id):
		d.refuse(edge.Wrong, edge.Says("pack.wrongTote", edge.T("expected", o.Totes[0]), edge.T("scanned", id)), "tote", id)
		return
	case len(o.Totes) == 0 && t != nil:
		d.inUse(t)
		return
	}
	d.verdict(edge.OK, edge.Says("pack.takenOut", edge.T("order", o.ID), edge.T("tote", id)))
	if t == nil {
		d.event(edge.EvToteBound, o.Client, o.ID, &edge.ToteEvent{Tote: id, Work: d.w.ID})
	}
	d.outOfShared(d.w.ID, d.w.Station, o, at.orders)
	d.part(d.w.ID, d.w.Station, o, at.orders, "apart")
	d.turns(d.s.idx.pack, +1)
}

// inBoxes tells that goods of an order lie in a box with room for those of others.
func (s *State) inBoxes(o *edge.Order) *edge.Box {
	for _, id := range o.Boxes {
		if b := s.boxes.get(id); b != nil && len(b.With) > 0 && holds(b, o.ID) {
			return b
		}
	}
	return nil
}

// inShared counts the pieces of an order that lie in boxes with those of others.
func (s *State) inShared(o *edge.Order) int {
	n := 0
	for _, id := range o.Boxes {
		b := s.boxes.get(id)
		if b == nil || len(b.With) == 0 {
			continue
		}
		for i := range b.Items {
			if it := &b.Items[i]; b.OrderOf(it) == o.ID {
				n += it.Quantity
			}
		}
	}
	return n
}

// mateOut tells that a cancelled order goes into one box with others that are to
// leave. b is where goods of it lie, nil for nowhere yet; here tells that the ack of
// this worker has them taken out on the spot (see ackTogether).
func (v *View) mateOut(o *edge.Order, w *edge.Work, roles []edge.Role) (b *edge.Box, here, ok bool) {
	b = v.State.inBoxes(o)
	if w != nil && w.Flow == edge.Pack && len(w.Orders) > 1 && slices.Contains(w.Orders, o.ID) {
		return b, true, slices.ContainsFunc(v.State.ordersOf(w), func(in *edge.Order) bool { return in.Stage != edge.StageCancelled })
	}
	if b == nil || !v.State.wanted(b) { // a box that nobody wants any more is emptied as a whole
		return nil, false, false
	}
	return b, w == nil && hasRole(roles, edge.Packer) && !v.State.inWork(b) && b.Truck == "", true
}

// saysCancelled says what is to be done with a cancelled order. Where it goes into one
// box with others, its goods alone come out, and the box goes on.
func saysCancelled(v View, o *edge.Order, w *edge.Work, roles []edge.Role) edge.Say {
	switch b, here, mate := v.mateOut(o, w, roles); {
	case !mate:
		return edge.Says("order.cancelled", edge.T("order", o.ID))
	case b == nil:
		return edge.Says("order.cancelledMate", edge.T("order", o.ID))
	case here:
		return edge.Says("order.cancelledOut", edge.T("order", o.ID), edge.N("n", v.State.inShared(o)), edge.T("box", b.ID))
	default:
		return edge.Says("order.cancelledToDesk", edge.T("order", o.ID), edge.T("box", b.ID))
	}
}

// outOfShared takes an order's goods out of the boxes that it shares with others. A
// number that the order brought goes with it.
func (d *decider) outOfShared(work, station string, o *edge.Order, orders []*edge.Order) {
	closed, carrier := 0, ""
	for _, id := range o.Boxes {
		b := d.s.Box(id)
		if b == nil || b.Truck != "" {
			continue
		}
		if b.Closed {
			closed, carrier = closed+1, b.Carrier
			d.outOfCrate(b, "reopened")
			d.event(edge.EvBoxReopened, b.Client, b.Order, &edge.BoxEvent{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Station: station, Orders: others(b)})
		}
		for i := range b.Items {
			if it := &b.Items[i]; b.OrderOf(it) == o.ID {
				d.event(edge.EvPackUndone, o.Client, o.ID, &edge.PackItem{Line: it.Line, SKU: it.SKU, Quantity: -it.Quantity, Box: b.ID, Work: work})
			}
		}
		if b.Waybill != "" && b.Lease == "" && o.Waybill != "" && d.numbers().Normalize(d.space(b.Carrier), o.Waybill) == b.Waybill {
			d.void(b, "parted")
		}
	}
	if closed > 0 {
		d.touchLoaders(carrier, closed)
	}
}

// part parts an order from those that it was to go into one box with; the desk
// goes on with the others.
func (d *decider) part(work, station string, o *edge.Order, orders []*edge.Order, reason string) {
	rest := make([]string, 0, len(orders))
	for _, in := range orders {
		if in.ID != o.ID {
			rest = append(rest, in.ID)
		}
	}
	d.event(edge.EvWorkMoved, o.Client, o.ID, &edge.WorkEvent{Work: work, Flow: edge.Pack, Mode: modeOrder, Orders: rest, Station: station, Reason: reason})
}

// ackTogether takes a cancelled order away from those that it went with; false
// where it has none.
func (d *decider) ackTogether(o *edge.Order) bool {
	if w := d.w; w != nil && w.Flow == edge.Pack && len(w.Orders) > 1 && slices.Contains(w.Orders, o.ID) {
		d.dropOut(w.ID, w.Station, o, d.s.ordersOf(w))
		return true
	}
	b := d.s.inBoxes(o)
	if b == nil || !d.s.wanted(b) { // a box that nobody wants any more is emptied as a whole
		return false
	}
	station := d.lastStation()
	if d.w != nil || !d.may(edge.Packer) || station == "" || d.s.inWork(b) || b.Truck != "" {
		return true // the box goes to a desk: there its goods come out
	}
	work := d.nextWorkID()
	d.startWithBox(b, station, "")
	d.dropOut(work, station, o, d.s.membersOf(b))
	return true
}

// dropOut takes a cancelled order out of a desk's work and asks for its goods to
// be brought back.
func (d *decider) dropOut(work, station string, o *edge.Order, orders []*edge.Order) {
	d.verdict(edge.OK, edge.Says("ack.together", edge.T("order", o.ID)))
	d.outOfShared(work, station, o, orders)
	d.releaseTotes(o, o.Totes)
	d.putBack(o, backCancelled)
	d.part(work, station, o, orders, "cancelled")
}

// outOfBox lets a desk go on with the rest of its orders.
func (s *State) outOfBox(w *edge.Work, rest []string, at time.Time) {
	for _, id := range w.Orders {
		o := s.editOrder(w.Client, id)
		if o == nil || slices.Contains(rest, id) {
			continue
		}
		for _, t := range o.Totes {
			w.Totes = without(w.Totes, t)
			if tote := s.totes.edit(t); tote != nil {
				tote.Work, tote.Done = "", true
			}
		}
		if w.Order == id {
			w.Order, w.Line = "", ""
		}
		w.Undo = slices.DeleteFunc(slices.Clone(w.Undo), func(u edge.Undo) bool { return u.Order == id })
		o.Work = ""
		s.partOrder(o)
		s.closeCancelled(o, at)
	}
	headOf(w).Orders = rest
}

// partOrder parts an order from those that it is packed with. Nothing of it lies
// in their boxes any more.
func (s *State) partOrder(o *edge.Order) {
	was := o.Joined
	t := termsOf(o)
	t.Joined, t.Apart = nil, false
	for _, id := range o.Boxes {
		b := s.boxes.edit(id)
		if b == nil || len(b.With) == 0 {
			continue
		}
		members := without(b.Members(), o.ID)
		b.Order, b.With = members[0], members[1:]
		o.Boxes = without(o.Boxes, id)
	}
	if o.Stage == edge.StagePacking && len(o.Boxes) == 0 { // its goods are in its tote
		o.Stage = edge.StagePicked
	}
	for _, id := range was {
		in := s.editOrder(o.Client, id)
		if in == nil || id == o.ID {
			continue
		}
		rest := without(in.Joined, o.ID)
		if len(rest) > 1 {
			termsOf(in).Joined = rest
			s.nowPacked(in)
			continue
		}
		t := termsOf(in)
		if t.Joined = nil; t.Apart { // nobody is left whom it would have to leave
			t.Apart = false
			s.staleLabels(in)
		}
		s.nowPacked(in)
	}
}

// shared takes the labels of boxes that hold goods of an order and of others out
// of force: they are to be opened.
func (s *State) shared(o *edge.Order) {
	for _, id := range o.Boxes {
		b := s.boxes.get(id)
		if b == nil || len(b.With) == 0 || b.Truck != "" || !holds(b, o.ID) {
			continue
		}
		unbind(s.boxes.edit(id))
		for _, in := range b.Members() {
			s.unpacked(b.Client, in)
		}
	}
}

// leftDesk notes that no desk has an order any more. One that has no box may go
// with others again.
func (s *State) leftDesk(o *edge.Order, w *edge.Work) {
	for _, id := range o.Boxes {
		if b := s.boxes.get(id); b != nil && b.Work == w.ID {
			s.boxes.edit(id).Work = ""
		}
	}
	if len(o.Joined) > 0 && len(o.Boxes) == 0 {
		termsOf(o).Joined = nil
	}
}

// sharedOn tells that others than an order that leaves the state have a box.
func (s *State) sharedOn(b *edge.Box, order string) bool {
	return slices.ContainsFunc(b.Members(), func(id string) bool { return id != order && s.Order(b.Client, id) != nil })
}

// regroup takes what a change says of those that an order goes into one box with.
func (s *State) regroup(o *edge.Order, d *edge.OrderChanged) {
	switch {
	case d.Apart:
		termsOf(o).Apart = true
		s.shared(o)
	case d.Alone || d.Together != "" && d.Change != "":
		s.partOrder(o)
	}
	if d.Alone {
		t := termsOf(o)
		t.Together, t.Consolidate = "", ""
	}
	if d.Together != "" {
		t := termsOf(o)
		t.Together, t.Consolidate = d.Together, d.Consolidate
	}
}
