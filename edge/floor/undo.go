package floor

import "dcedge/edge"

// halfRead tells that a piece in the hand is not completely read.
func halfRead(w *edge.Work) bool { return w.Hand != nil && w.Hand.Step != "" }

// pickUndoes tells whether a picker is offered undo, by the button and by the printed code
// alike. What lies in a tote that is to be fetched, or is held, is in nobody's hands.
func pickUndoes(w *edge.Work, at pickPlace) bool {
	if at.step == stepHeld || at.step == stepTote && fetching(w) {
		return false
	}
	return at.step == stepHandOver || len(w.Undo) > 0 || halfRead(w)
}

func (d *decider) undoPick(o *edge.Order, at pickPlace) {
	switch {
	case !pickUndoes(d.w, at):
		d.refuse(edge.Unexpected, edge.Says("undo.nothing"), "", "")
	case at.step == stepHandOver:
		d.verdict(edge.OK, edge.Says("undo.done"))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepEmptied, Step: stepHandOver, Work: d.w.ID})
	default:
		d.undo(o)
	}
}

// join says of the steps of a person's message that they are joint, where there are
// several: they are taken back as one.
func (d *decider) join() {
	if d.m.Kind != edge.Scan && d.m.Kind != edge.Act {
		return
	}
	var first *bool
	for i := range d.out.Events {
		joint := jointOf(&d.out.Events[i])
		switch {
		case joint == nil:
		case first == nil:
			first = joint
		default:
			*first, *joint = true, true
		}
	}
}

// jointOf is where an event says that it is joint; nil of what is no step.
func jointOf(e *edge.Event) *bool {
	switch p := e.Data.(type) {
	case *edge.PickEvent:
		if p.Undoes == "" && e.Type != edge.EvPickSkipped {
			return &p.Joint
		}
	case *edge.PackItem:
		if p.Undoes == "" && p.Reason != backSurplus {
			return &p.Joint
		}
	case *edge.ReturnEvent:
		if e.Type == edge.EvReturnGraded && !p.Undone {
			return &p.Joint
		}
	}
	return nil
}
