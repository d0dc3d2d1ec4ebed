package floor

import "dcedge/edge"

// stepRelabel is of a box whose label was out of order: a new one of the same
// number is made and bound.
const stepRelabel = "relabel"

// hospitalNow tells what is asked for in the hospital: a box, what to do with
// it, its new label, or the shelf for what nobody knows.
func hospitalNow(s *State, w *edge.Work) string {
	b := s.onTable(w)
	switch {
	case w.Met == nil:
		return stepBox
	case w.Met.Why == edge.WhyUnknown, w.Met.Why == edge.WhyTwin:
		return stepShelf
	case b == nil:
		return stepBox
	case w.Step == stepRelabel && b.Bound == "":
		return labelStep(s, b)
	}
	return stepExamine
}

// onTable is the box that lies before a worker of the hospital.
func (s *State) onTable(w *edge.Work) *edge.Box {
	if b := s.Box(w.Box); b != nil && b.Work == w.ID {
		return b
	}
	if w.Met != nil && w.Box == "" {
		return s.Box(w.Met.What)
	}
	return nil
}

// patientOrder is the order that stops the box on the table, cancelled or less; nil for
// none.
func (s *State) patientOrder(w *edge.Work) *edge.Order {
	b := s.onTable(w)
	if b == nil {
		return nil
	}
	if o := s.BoxOrder(b); o != nil && s.Stopped(b, o) {
		return o
	}
	return nil
}

// offTable lets the box go.
func (s *State) offTable(w *edge.Work) {
	if b := s.boxes.edit(w.Box); b != nil && b.Work == w.ID {
		b.Work = ""
	}
}

// todoOf is what is to be done, by why the box is here.
func todoOf(why string) string {
	switch why {
	case edge.WhyNothing:
		return edge.TodoInduct
	case edge.WhyLabel, edge.WhyDead:
		return edge.TodoReprint
	case edge.WhyHeld:
		return edge.TodoAside
	case edge.WhyNotPacked:
		return edge.TodoDesk
	}
	return edge.TodoShelf
}

// startHospital is start {flow: hospital, station?, reason?}: a station is where new
// labels come out; a reason is a person's word that a parcel without a name lies here.
func (d *decider) startHospital() {
	if reason := clip(d.m.Args.Reason); reason != "" {
		d.startNameless(stepBox, reason)
		return
	}
	if lenOf(d.s.idx.waiting) == 0 && len(d.s.idx.aside) == 0 {
		d.noWork(whyNoBox)
		return
	}
	station := ""
	if name := d.m.Args.Station; name != "" {
		if station = d.station(name); station == "" {
			d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "act", "start")
			return
		}
	}
	d.verdict(edge.OK, edge.Says("hospital.started"))
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Hospital, Station: station})
}

// idleHospital begins with a packed box that was scanned on the idle screen.
// False: it is none.
func (d *decider) idleHospital() bool {
	if len(d.matches) > 0 {
		return false
	}
	b, why := d.patient()
	if b == nil || b.Shipped || b.Truck != "" || b.Work != "" {
		return false
	}
	o := d.s.BoxOrder(b)
	switch {
	case o == nil || d.s.Stopped(b, o):
		return false
	case why == edge.WhyHeld:
		d.refuseHeld(o, "box", b.ID)
	case why == edge.WhyNothing, why == edge.WhyLabel, why == edge.WhyDead:
		d.takeBox(b, why)
	default:
		return false
	}
	return true
}

// patient finds the box whose number was scanned, or whose own number was typed,
// and why it is here.
func (d *decider) patient() (b *edge.Box, why string) {
	typed := d.m.Source == "typed"
	u, b := d.waybill("")
	if u == nil || b == nil {
		if b, typed = d.s.Box(d.code), true; b == nil {
			return nil, edge.WhyUnknown
		}
	}
	o := d.s.BoxOrder(b)
	switch {
	case b.Truck != "" || b.Shipped:
		return b, edge.WhyTwin
	case o != nil && o.Held != "":
		return b, edge.WhyHeld
	case b.Bound == "":
		return b, edge.WhyNotPacked
	case u != nil && u.Voided:
		return b, edge.WhyDead
	case typed:
		return b, edge.WhyLabel
	}
	return b, edge.WhyNothing
}

func (d *decider) scanHospital() {
	place, isPlace := d.match("location")
	switch step := hospitalNow(d.s, d.w); {
	case (step == stepBox || step == stepShelf) && len(d.matches) == 0: // at the shelf it had a name after all
		d.meetBox()
	case step == stepShelf && isPlace:
		if d.shelve(edge.EvHospitalUnk, place.ID) {
			d.discharged()
		}
	case step == stepExamine && isPlace:
		d.aside("place", place.ID)
	case step == stepExamine && len(d.matches) == 0:
		d.readAgain(d.s.onTable(d.w))
	case step == stepPrinting || step == stepInDoubt || step == stepWaybill || step == stepDestroy:
		d.bindAgain(d.s.onTable(d.w))
	default:
		d.refuseOther("")
	}
}

// meetBox takes a box on the table. One that may not simply go on lies there all
// the same: the refusal says why, and the screen what to do.
func (d *decider) meetBox() {
	b, why := d.patient()
	if b == nil {
		d.refuseOther("")
		if d.out.Verdict.Code == edge.Unknown {
			d.refusedYet(edge.WhyUnknown)
		}
		return
	}
	o := d.s.BoxOrder(b)
	switch {
	case o != nil && d.s.Stopped(b, o):
		d.refuseCancelled(o)
	case b.Work != "" && b.Work != d.w.ID:
		d.refuse(edge.Duplicate, edge.Says("pack.boxTaken", edge.T("box", b.ID)), "box", b.ID)
	case why == edge.WhyTwin:
		d.refuse(edge.Duplicate, edge.Says("hospital.twin", edge.T("box", b.ID), edge.T("truck", b.Truck)), "box", b.ID)
		d.refusedYet(why)
	case why == edge.WhyHeld:
		d.refuseHeld(o, "box", b.ID)
		d.refusedYet(why)
	case why == edge.WhyNotPacked:
		d.refuse(edge.Hold, edge.Says("load.notPacked", edge.T("box", b.ID)), "box", b.ID)
		d.refusedYet(why)
	default:
		d.takeBox(b, why)
	}
}

// takeBox puts a box on the table.
func (d *decider) takeBox(b *edge.Box, why string) {
	e := &edge.HospitalEvent{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Why: why, Belt: b.Rejected, Todo: todoOf(why), Printer: d.s.printerOf(b),
		Work: d.nextWorkID()}
	if d.w == nil {
		d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: e.Work, Flow: edge.Hospital, Mode: modeOne})
	} else {
		e.Work, e.Station = d.w.ID, d.w.Station
	}
	d.verdict(edge.OK, edge.Says("hospital.in", edge.T("box", b.ID)))
	d.event(edge.EvHospitalIn, b.Client, b.Order, e)
	d.unstow(b, "hospital")
	d.touchFlow(edge.Hospital)
}

// printerOf is the printer that made a box's label.
func (s *State) printerOf(b *edge.Box) string {
	a := s.Attempt(b.Bound)
	if a == nil {
		a = s.paper(b)
	}
	if a == nil {
		return ""
	}
	return a.Printer
}

// readAgain is a code read off the box on the table: its number proves that the
// label is good.
func (d *decider) readAgain(b *edge.Box) {
	u, of := d.waybill(b.Carrier)
	why := d.w.Met.Why
	switch {
	case u == nil || of == nil:
		d.refuseOther(b.Carrier)
	case of.ID != b.ID:
		d.refuse(edge.Wrong, edge.Says("hospital.other", edge.T("expected", b.ID), edge.T("scanned", of.ID)), "box", of.ID)
	case u.Voided:
		d.refuse(edge.Unknown, edge.Says("waybill.voided"), "box", b.ID)
	case why == edge.WhyHeld && d.s.BoxOrder(b).Held != "":
		d.refuseHeld(d.s.BoxOrder(b), "box", b.ID)
	case why == edge.WhyNotPacked && b.Bound == "":
		d.refuse(edge.Hold, edge.Says("load.notPacked", edge.T("box", b.ID)), "box", b.ID)
	default: // also where what kept it is over
		d.discharge(b, edge.WhyNothing, "inducted", "", "")
	}
}

// discharge books that a box leaves the hospital.
func (d *decider) discharge(b *edge.Box, why, outcome, reason, place string) {
	e := &edge.HospitalEvent{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Why: why, Belt: b.Rejected, Outcome: outcome, Reason: reason, Place: place,
		Station: d.w.Station, Work: d.w.ID}
	if why == edge.WhyLabel {
		e.Printer = d.s.printerOf(b)
		if a := d.s.Attempt(d.w.Met.What); a != nil {
			e.Printer, e.Attempt = a.Printer, a.ID
		}
	}
	switch outcome {
	case "aside":
		d.verdict(edge.Done, edge.Says("hospital.aside", edge.T("box", b.ID)))
	case "desk":
		d.verdict(edge.Done, edge.Says("hospital.desk", edge.T("box", b.ID)))
	default:
		d.verdict(edge.Done, edge.Says("hospital.inducted", edge.T("box", b.ID)))
	}
	d.event(edge.EvHospitalOut, b.Client, b.Order, e)
	d.loadTurns(b.Carrier, +1)
	d.touchLoaders(b.Carrier, 1)
	d.discharged()
}

// discharged ends a work that began with one box.
func (d *decider) discharged() {
	if d.w.Mode == modeOne {
		d.finishWork(d.w, "")
	}
	d.touchFlow(edge.Hospital)
}
