package floor

import "dcedge/edge"

// stepHandOver waits for another picker, who takes the work by scanning one of
// its totes: all stands where it stood.
const stepHandOver = "handOver"

// handOver offers the work to whoever scans its tote.
func (d *decider) handOver(o *edge.Order, at pickPlace) {
	d.verdict(edge.OK, edge.Says("work.handOver", edge.T("tote", d.w.Totes[len(d.w.Totes)-1])))
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepHandOver, Step: at.step, Work: d.w.ID, Reason: clip(d.m.Args.Reason)})
}

// takeOver takes a work that is handed over. False: it is not.
func (d *decider) takeOver(t *edge.Tote) bool {
	w := d.s.Work(t.Work)
	if w == nil || w.Step != stepHandOver || !d.may(edge.Picker) {
		return false
	}
	order := ""
	if len(w.Orders) > 0 {
		order = w.Orders[0]
	}
	d.verdict(edge.OK, edge.Says("work.takenOver", edge.T("tote", t.ID)))
	d.event(edge.EvWorkMoved, w.Client, order, &edge.WorkEvent{Work: w.ID, Flow: w.Flow, Mode: w.Mode, To: d.m.Worker})
	d.touch(w.Worker)
	return true
}

// handedTo gives a work to another worker.
func (s *State) handedTo(w *edge.Work, to string) {
	if w.Worker != "" {
		s.worker(w.Worker).Work = ""
	}
	if w.Step == stepHandOver {
		w.Step = ""
	}
	headOf(w).Worker = to
	s.worker(to).Work = w.ID
}
