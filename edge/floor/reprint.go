package floor

import "dcedge/edge"

// A reprint is one more copy of the same number; whichever copy is scanned on the
// box first counts, the other is a duplicate everywhere. A void ends the number
// and gives another.

// limited tells that the number of a box has had all the copies that need no
// lead; the first label is no reprint.
func limited(v View, b *edge.Box) bool {
	most := v.Policy.Pack.Reprints
	return most > 0 && b.Print.Copy > most
}

// overLimit is limited at the steps of a desk that know reprints.
func (d *decider) overLimit(at *packPlace) bool {
	return at.box != nil && (at.step == stepInDoubt || at.step == stepWaybill) && limited(d.View, at.box)
}

// moreCopies makes one more label of a box's number at a desk.
func (d *decider) moreCopies(at *packPlace) {
	if d.m.Action == "override" && d.m.Args.ByLead == "" {
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Lead))), "act", "override")
		return
	}
	d.verdict(edge.OK, edge.Says("label.reprint"))
	d.oneMore(at.box, at.step, d.w.ID, clip(d.m.Args.Reason))
}

func (d *decider) oneMore(b *edge.Box, step, work, reason string) {
	d.event(edge.EvStep, b.Client, b.Order, &edge.StepConfirmed{Kind: stepReprint, What: d.m.Args.ByLead, Step: step, Work: work, Box: b.ID,
		Attempt: b.Print.Attempt, Reason: reason})
}

// idleLabel is reprint and void on the idle screen, for a box that is named by
// its number or its id. The box comes to the desk with it, as its new label is to
// be scanned on it; one that is not packed yet stays where it is.
func (d *decider) idleLabel() {
	b, void := d.namedBox(), d.m.Action == "void"
	switch {
	case !d.may(edge.Packer):
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Packer))), "act", d.m.Action)
		return
	case b == nil || b.Waybill == "":
		d.refuse(edge.Unknown, edge.Says("label.noNumber"), "act", d.m.Action)
		return
	}
	unpacked, station := b.Planned && !b.Closed && len(b.Items) == 0, d.lastStation()
	picking := unpacked && d.s.Order(b.Client, b.Order) != nil && d.s.Order(b.Client, b.Order).Stage != edge.StagePacking
	switch {
	case !d.boxFree(b, picking):
	case clip(d.m.Args.Reason) == "":
		d.refuse(edge.Unexpected, edge.Says("confirm.reason"), "act", d.m.Action)
	case !b.Closed && !unpacked:
		d.refuse(edge.Hold, edge.Says("label.openBox", edge.T("box", b.ID)), "box", b.ID)
	case d.s.onItsWay(b):
		d.refuse(edge.Hold, edge.Says("pack.notPrinted"), "box", b.ID)
	case b.Stale != "" && !void:
		d.refuse(edge.Hold, edge.Says("label.oldAddress", edge.T("box", b.ID)), "box", b.ID)
	case !void && d.m.Args.ByLead == "" && limited(d.View, b):
		d.refuse(edge.Denied, edge.Says("label.limit", edge.N("copies", b.Print.Copy)), "box", b.ID)
	case !unpacked && station == "":
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "box", b.ID)
	default:
		d.anotherLabel(b, station, void, unpacked)
	}
}

// anotherLabel makes another label, and brings a packed box to the desk.
func (d *decider) anotherLabel(b *edge.Box, station string, void, unpacked bool) {
	reason, work := clip(d.m.Args.Reason), ""
	d.verdict(edge.OK, edge.Says("label.reprint"))
	if void {
		d.verdict(edge.OK, edge.Says("label.voided"))
	}
	if !unpacked {
		work = d.nextWorkID()
		d.startWithBox(b, station, reason)
		d.unstow(b, "desk")
		d.touchLoaders(b.Carrier, 1)
	}
	if void {
		d.renumber(b, d.s.membersOf(b), reason)
		return
	}
	d.oneMore(b, "", work, reason)
}

// onItsWay tells that a label of a box is being made.
func (s *State) onItsWay(b *edge.Box) bool {
	a := s.Attempt(b.Print.Attempt)
	return b.Print.Wanted || a != nil && a.Waybill == b.Waybill && (a.Status == edge.AttemptIntent || a.Status == edge.AttemptSent)
}
