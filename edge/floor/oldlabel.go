package floor

import "dcedge/edge"

// stepDestroy asks for a label that bears an old address: it is scanned as
// destroyed before the new one is made.
const (
	stepDestroy   = "destroy"
	stepDestroyed = "destroyed"
)

// staleLabels takes the labels of a readdressed order out of force. What no
// byte of is known to have left the printer is no label.
func (s *State) staleLabels(o *edge.Order) {
	for _, id := range o.Boxes {
		b := s.boxes.get(id)
		if b == nil || b.Waybill == "" || b.Truck != "" {
			continue
		}
		a := s.paper(b)
		if a == nil || a.Status == edge.AttemptNo {
			continue
		}
		b = s.boxes.edit(id)
		b.Stale, b.Bound = a.ID, ""
		b.Print.Wanted, b.Print.NextAttempt = false, ""
		if o.Stage == edge.StagePacked {
			o.Stage = edge.StagePacking
		}
	}
}

// startBox begins a desk's work with one closed box.
func (s *State) startBox(e *edge.Event, d *edge.WorkEvent, w *edge.Work) error {
	o, b := s.editOrder(e.Client, e.Order), s.boxes.edit(d.Box)
	if o == nil {
		return errNoOrder
	}
	if b == nil {
		return errNoBox
	}
	w.Orders, w.Box = []string{o.ID}, b.ID
	o.Work, o.Stage = w.ID, edge.StagePacking
	b.Work, b.Station = w.ID, w.Station
	s.work.put(w.ID, w)
	return nil
}

// idleBox begins with a box whose label was scanned on the idle screen and that
// has no label in force. False: the scan is for others to answer.
func (d *decider) idleBox() bool {
	u, b := d.waybill("")
	if u == nil || b == nil || u.Voided || b.Bound != "" {
		return false
	}
	o := d.s.Order(b.Client, b.Order)
	switch {
	case o == nil || o.Stage == edge.StageCancelled:
		return false
	case o.Held != "":
		d.refuseHeld(o, "box", b.ID)
	case o.Work != "", b.Work != "":
		d.refuse(edge.Duplicate, edge.Says("pack.boxTaken", edge.T("box", b.ID)), "box", b.ID)
	default:
		station := d.lastStation()
		if station == "" {
			d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "box", b.ID)
			return true
		}
		d.verdict(edge.OK, edge.Says("pack.box", edge.T("box", b.ID)))
		d.event(edge.EvWorkStarted, o.Client, o.ID, &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Pack, Mode: "order",
			Orders: []string{o.ID}, Station: station, Box: b.ID})
		d.unstow(b, "desk")
		d.leavesQueue(o)
		d.reoffer(o, "")
	}
	return true
}

// destroyed books that the old label is gone: the new one may be made.
func (d *decider) destroyed(o *edge.Order, b *edge.Box) {
	d.verdict(edge.OK, edge.Says("label.destroyed"))
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepDestroyed, Step: stepDestroy, Work: d.w.ID, Box: b.ID, Attempt: b.Stale})
}

// noStale notes that the paper of an attempt is gone, or never was.
func (s *State) noStale(b *edge.Box, attempt string) {
	if b.Stale == attempt {
		b.Stale = ""
	}
}
