package floor

import "dcedge/edge"

// reopen takes a packed box back to the desk, as long as no truck has it.
func (d *decider) reopen() {
	a := &d.m.Args
	b := d.namedBox()
	switch {
	case !d.may(edge.Packer):
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Packer))), "act", "reopen")
		return
	case b == nil || b.Bound == "":
		d.refuse(edge.Unknown, edge.Says("reopen.noBox"), "act", "reopen")
		return
	}
	station := d.lastStation()
	switch {
	case !d.boxFree(b, false):
	case clip(a.Reason) == "":
		d.refuse(edge.Unexpected, edge.Says("confirm.reason"), "act", "reopen")
	case station == "":
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "box", b.ID)
	default:
		d.verdict(edge.OK, edge.Says("pack.reopened", edge.T("box", b.ID)))
		d.startWithBox(b, station, clip(a.Reason))
		d.unstow(b, "reopened")
		d.event(edge.EvBoxReopened, b.Client, b.Order, &edge.BoxEvent{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Station: station, Orders: others(b)})
		d.touchLoaders(b.Carrier, 1)
	}
}

// namedBox finds the box that an act names, by its id or the number of its label.
func (d *decider) namedBox() *edge.Box {
	if d.m.Args.Waybill == "" {
		return d.s.Box(d.m.Args.Box)
	}
	d.code = d.m.Args.Waybill
	if u, b := d.waybill(""); b != nil && !u.Voided {
		return b
	}
	return nil
}

// boxFree refuses a box that is on a truck, of an order that stops it, or in
// somebody's hands; one that is not packed yet may be, as its goods are picked.
func (d *decider) boxFree(b *edge.Box, picking bool) bool {
	o := d.s.BoxOrder(b)
	switch {
	case o == nil || b.Shipped || b.Truck != "":
		d.refuse(edge.Unexpected, edge.Says("reopen.loaded", edge.T("box", b.ID)), "box", b.ID)
	case d.s.Stopped(b, o):
		d.refuseCancelled(o)
	case o.Held != "":
		d.refuseHeld(o, "box", b.ID)
	case !picking && (d.s.inWork(b) || b.Work != ""):
		d.refuse(edge.Duplicate, edge.Says("pack.boxTaken", edge.T("box", b.ID)), "box", b.ID)
	default:
		return true
	}
	return false
}

// inWork tells that somebody has an order of the box in hand.
func (s *State) inWork(b *edge.Box) bool {
	for _, id := range b.Members() {
		if o := s.Order(b.Client, id); o != nil && o.Work != "" {
			return true
		}
	}
	return false
}

// startWithBox begins a desk's work with one box, closed or open.
func (d *decider) startWithBox(b *edge.Box, station, reason string) {
	e := &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Pack, Mode: modeOrder, Orders: b.Members(), Station: station, Box: b.ID, Reason: reason}
	d.event(edge.EvWorkStarted, b.Client, b.Order, e)
	for _, id := range b.Members() {
		if o := d.s.Order(b.Client, id); o != nil {
			d.leavesQueue(o)
			d.reoffer(o, "")
		}
	}
}

// startBox begins a desk's work with one box.
func (s *State) startBox(e *edge.Event, d *edge.WorkEvent, w *edge.Work) error {
	b := s.boxes.edit(d.Box)
	if b == nil {
		return errNoBox
	}
	w.Orders, w.Box = d.Orders, b.ID
	for _, id := range d.Orders {
		o := s.editOrder(e.Client, id)
		if o == nil {
			return errNoOrder
		}
		if o.Work = w.ID; o.Stage != edge.StageCancelled {
			o.Stage = edge.StagePacking
		}
	}
	b.Work, b.Station = w.ID, w.Station
	s.work.put(w.ID, w)
	return nil
}

// idleOpen begins with what a packer scanned on the idle screen and that is no
// tote: a pick slip, or a label whose box is not packed. False: the scan is for
// others to answer.
func (d *decider) idleOpen() bool {
	open, ok := d.openedBy()
	if !ok || open.kind == "tote" || open.order == nil {
		return false
	}
	if open.box != nil && open.box.Bound != "" && open.order.Stage != edge.StageCancelled {
		return false // a packed one is looked at, see idleHospital
	}
	o, b, station := open.order, open.box, d.lastStation()
	if b == nil && !isPacked(o) {
		b = d.s.unboundBox(o, "")
	}
	switch lone := b != nil && b.Bound == "" && open.tote == nil && o.Stage == edge.StagePacking; {
	case d.s.Stopped(open.box, o):
		d.refuseCancelled(o)
	case lone && !d.boxFree(b, false), !lone && !d.deskTakes(&open, ""):
	case station == "":
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), open.kind, open.what)
	case lone:
		d.verdict(edge.OK, edge.Says("pack.box", edge.T("box", b.ID)))
		d.startWithBox(b, station, "")
		d.unstow(b, "desk")
	case open.tote != nil:
		d.startPack(station, open.tote)
	case d.s.restOf(o) != nil:
		d.startLeft(d.s.restOf(o), station)
	default:
		return false
	}
	return true
}
