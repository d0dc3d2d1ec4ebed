package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

// aside sets the box aside, at a place where one was scanned.
func (d *decider) aside(reason, place string) {
	b, why := d.s.onTable(d.w), d.w.Met.Why
	if why != edge.WhyNothing {
		reason = why
	}
	d.discharge(b, why, "aside", reason, place)
}

// actHospital decides a button in the hospital.
func (d *decider) actHospital() {
	b, step := d.s.onTable(d.w), hospitalNow(d.s, d.w)
	reason := clip(d.m.Args.Reason)
	switch d.m.Action {
	case "leave":
		d.leave()
		d.touchFlow(edge.Hospital)
		return
	case "undo":
		if step == stepExamine || step == stepShelf {
			d.verdict(edge.OK, edge.Says("undo.done"))
			d.event(edge.EvStep, "", "", &edge.StepConfirmed{Kind: stepPutDown, Step: step, Work: d.w.ID})
			d.touchFlow(edge.Hospital)
			return
		}
	case "confirm":
		if step == stepExamine {
			d.confirmOut(b)
			return
		}
		if step == stepBox && reason != "" { // nothing on it can be read
			d.unread(d.w.ID, step, reason)
			return
		}
	case "close":
		switch {
		case step == stepExamine && reason == "":
			d.refuse(edge.Unexpected, edge.Says("confirm.reason"), "act", "close")
			return
		case step == stepExamine:
			d.discharge(b, d.w.Met.Why, "aside", reason, "")
			return
		}
	case "reprint":
		if step == stepExamine && slices.Contains([]string{edge.WhyNothing, edge.WhyLabel, edge.WhyDead}, d.w.Met.Why) {
			d.relabel(b, reason)
			return
		}
	case "void": // a label with an old address that cannot be found
		if step == stepDestroy {
			d.verdict(edge.OK, edge.Says("label.voided"))
			d.renumber(b, d.s.membersOf(b), reason)
			return
		}
	case "printed":
		if step == stepInDoubt {
			d.actPrinted(&packPlace{step: step, box: b})
			return
		}
	}
	d.refuseAct()
}

// confirmOut is a person's word that the box goes where it belongs.
func (d *decider) confirmOut(b *edge.Box) {
	switch why := d.w.Met.Why; why {
	case edge.WhyNothing:
		d.discharge(b, why, "inducted", "", "")
	case edge.WhyNotPacked:
		d.discharge(b, why, "desk", "", "")
	case edge.WhyHeld:
		d.refuseHeld(d.s.BoxOrder(b), "box", b.ID)
	default:
		d.refuse(edge.Unexpected, edge.Says("hospital.reprint", edge.T("box", b.ID)), "act", "confirm")
	}
}

// relabel has a new label made of the same number; the old one is out of force.
func (d *decider) relabel(b *edge.Box, reason string) {
	o := d.s.BoxOrder(b)
	station := d.w.Station
	if station == "" {
		station = d.lastStation()
	}
	switch {
	case o.Held != "":
		d.refuseHeld(o, "box", b.ID)
		return
	case reason == "":
		d.refuse(edge.Unexpected, edge.Says("confirm.reason"), "act", "reprint")
		return
	case station == "":
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "act", "reprint")
		return
	}
	d.verdict(edge.OK, edge.Says("label.reprint"))
	d.event(edge.EvStep, b.Client, b.Order, &edge.StepConfirmed{Kind: stepReprint, Step: stepExamine, Work: d.w.ID, Box: b.ID, Attempt: b.Bound,
		Reason: reason, Station: station})
	d.touchLoaders(b.Carrier, 1)
}

// bindAgain takes the new label on its box.
func (d *decider) bindAgain(b *edge.Box) {
	o := d.s.BoxOrder(b)
	u, of := d.waybill(b.Carrier)
	switch {
	case o.Held != "":
		d.refuseHeld(o, "box", b.ID)
		return
	case u == nil || of == nil || u.Voided:
		d.refuseOther(b.Carrier)
		return
	case of.ID != b.ID:
		d.otherLabel(of)
		return
	case b.Stale != "":
		d.destroyed(b)
		return
	}
	a := d.s.lookedFor(b)
	if a == nil || b.Print.Wanted || a.Status == edge.AttemptFailed || a.Status == edge.AttemptIntent {
		d.refuse(edge.Hold, edge.Says("pack.notPrinted"), "box", b.ID)
		return
	}
	if a.Status != edge.AttemptPrinted {
		d.event(edge.EvLabelSettled, b.Client, b.Order, &edge.LabelEvent{Attempt: a.ID, Box: b.ID, Waybill: a.Waybill, Printer: a.Printer,
			Copy: a.Copy, By: "scan", Outcome: "yes"})
	}
	d.event(edge.EvBound, b.Client, b.Order, &edge.WaybillEvent{Box: b.ID, Waybill: b.Waybill, Attempt: a.ID, Carrier: b.Carrier, Orders: others(b)})
	d.shipConfirm(b, edge.AtPacked, "", "", "")
	d.discharge(b, edge.WhyLabel, "inducted", d.w.Met.Why, "")
}

// relabel puts the label of a box that is in the hospital out of force until the
// new one is bound.
func (s *State) relabel(b *edge.Box, d *edge.StepConfirmed) {
	w := s.work.edit(d.Work)
	if w == nil || w.Flow != edge.Hospital {
		return
	}
	w.Step = stepRelabel
	w.Met = &edge.Met{Why: edge.WhyLabel, What: d.Attempt}
	b.Station, b.Bound, b.Work = d.Station, "", w.ID
	for _, id := range b.Members() {
		s.unpacked(b.Client, id)
	}
}

func (s *State) applyHospital(e *edge.Event, d *edge.HospitalEvent, at time.Time) error {
	b, w := s.boxes.edit(d.Box), s.work.edit(d.Work)
	if b == nil {
		return errNoBox
	}
	if w == nil {
		return errNoWork
	}
	b.At = at
	if e.Type == edge.EvHospitalIn {
		b.Work, b.Seen = w.ID, edge.HospitalLane
		w.Box, w.Step, w.Met = b.ID, "", &edge.Met{Why: d.Why, What: d.Attempt}
		return nil
	}
	if b.Work == w.ID {
		b.Work = ""
	}
	b.Aside, b.Rejected, b.Lane, b.Rounds, b.Seen = "", "", "", 0, edge.HospitalLane
	if d.Outcome == "aside" {
		b.Aside = d.Reason
		if b.Aside == "" {
			b.Aside = "other"
		}
	}
	if d.Place != "" {
		b.Seen = d.Place
	}
	w.Box, w.Step, w.Met = "", "", nil
	return nil
}
