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
		old, a := b.Bound, s.paper(b)
		switch {
		case old == attemptPaper: // it was written by hand
		case a == nil || a.Status == edge.AttemptNo:
			continue
		default:
			old = a.ID
		}
		b = s.boxes.edit(id)
		b.Stale = old
		unbind(b)
		b.Print.Wanted, b.Print.NextAttempt = false, ""
		if o.Stage == edge.StagePacked {
			o.Stage = edge.StagePacking
		}
	}
}

// destroyed books that the old label is gone: the new one may be made.
func (d *decider) destroyed(b *edge.Box) {
	d.verdict(edge.OK, edge.Says("label.destroyed"))
	d.event(edge.EvStep, b.Client, b.Order, &edge.StepConfirmed{Kind: stepDestroyed, Step: stepDestroy, Work: d.w.ID, Box: b.ID, Attempt: b.Stale})
}

// noStale notes that the paper of an attempt is gone, or never was.
func (s *State) noStale(b *edge.Box, attempt string) {
	if b.Stale == attempt {
		b.Stale = ""
	}
}
