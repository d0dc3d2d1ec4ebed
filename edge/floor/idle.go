package floor

import "dcedge/edge"

// stepBadge is the kind of step.confirmed of somebody who came back and showed
// the badge.
const stepBadge = "badge"

// rested tells that a worker who was away too long is about to print or to
// override under the badge of then: somebody else may stand there now. All work
// at a desk ends in a label. A scan has no action.
func (d *decider) rested(action string) bool {
	if !d.m.Idle {
		return false
	}
	switch action {
	case "help", "leave", "ack":
		return false
	case "override", "reopen", "reprint", "void":
		return true
	}
	return d.w != nil && d.w.Flow == edge.Pack
}

// idle asks for the badge, or takes it.
func (d *decider) idle() {
	if !d.m.Back {
		d.refuse(edge.Denied, edge.Says("idle.badge"), "worker", "")
		return
	}
	d.verdict(edge.OK, edge.Says("idle.back"))
	d.event(edge.EvStep, "", "", &edge.StepConfirmed{Kind: stepBadge, What: d.m.Worker, Step: d.step(), Work: workID(d.w)})
}
