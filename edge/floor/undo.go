package floor

import "dcedge/edge"

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
