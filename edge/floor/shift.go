package floor

import (
	"time"

	"dcedge/edge"
)

// asked decides what no screen has a button for: a shift that begins or ends,
// work that another takes over, what was done by paper.
func (d *decider) asked() {
	switch b := d.m.Body.(type) {
	case *edge.ShiftStart:
		data := b.ShiftEvent
		data.Of = edge.ShiftOfWorker
		d.verdict(edge.OK, edge.Says("shift.started"))
		d.event(edge.EvShiftStarted, "", "", &data)
	case *edge.ShiftEnd:
		d.endShift()
	case *edge.ShiftSign:
		d.signShift(b)
	case *edge.TakeOver:
		d.takeOpen(b)
	case *edge.Manual:
		d.manual(b)
	default:
		d.refuse(edge.Unexpected, edge.Says("act.unknown"), "act", "")
	}
}

// endShift ends a worker's own shift. What is in hand must have been left, or
// wait for whoever takes it over.
func (d *decider) endShift() {
	if d.w != nil && d.w.Step != stepHandOver {
		d.refuse(edge.Unexpected, edge.Says("shift.workOpen"), "act", "")
		return
	}
	e := &edge.ShiftEvent{Of: edge.ShiftOfWorker, HandedOver: workID(d.w)}
	client := ""
	if ws := d.s.Worker(d.m.Worker); ws != nil {
		if !ws.Shift.IsZero() {
			e.Minutes = int(d.Now.Sub(ws.Shift) / time.Minute)
		}
		if o := d.s.Order(ws.LeftClient, ws.LeftOrder); o != nil && o.Stage == edge.StagePicking && o.Work == "" {
			client, e.Left = o.Client, o.ID
		}
	}
	d.verdict(edge.Done, edge.Says("shift.ended"))
	d.event(edge.EvShiftEnded, client, e.Left, e)
}

// signShift ends the site's shift under a lead's signature.
func (d *decider) signShift(b *edge.ShiftSign) {
	if !d.may(edge.Lead) && !hasRole(d.m.Roles, edge.Admin) {
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Lead))), "act", "")
		return
	}
	data := b.ShiftEvent
	data.Of = edge.ShiftOfSite
	d.verdict(edge.Done, edge.Says("shift.signed"))
	d.event(edge.EvShiftEnded, "", "", &data)
}

// takeOpen gives work that was left open on a device to who works there now:
// all stands where it stood, and the one who had it sees an idle screen.
func (d *decider) takeOpen(b *edge.TakeOver) {
	w := d.s.Work(b.Work)
	switch {
	case w == nil || w.Worker == "" || w.Worker != b.From || w.Worker == d.m.Worker:
		d.refuse(edge.Unexpected, edge.Says("shift.workGone"), "act", "")
		return
	case d.w != nil:
		d.refuse(edge.Unexpected, edge.Says("start.busy"), "act", "")
		return
	case !d.may(roleOf(w.Flow)):
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(roleOf(w.Flow)))), "act", "")
		return
	}
	e := &edge.WorkEvent{Work: w.ID, Flow: w.Flow, To: d.m.Worker, Reason: "shift"}
	if w.Flow == edge.Pick {
		e.Mode = w.Mode
	}
	if w.Offered != "" {
		e.Totes = []string{w.Offered}
	}
	order := ""
	if len(w.Orders) > 0 {
		order = w.Orders[0]
	}
	d.verdict(edge.OK, edge.Says("shift.takenOver"))
	d.event(edge.EvWorkMoved, w.Client, order, e)
	d.touch(w.Worker)
}

// SignedAt is the last end of a shift that a lead signed; 0 where none was.
func (s *State) SignedAt() (seq uint64, at time.Time) {
	site := s.Site()
	return site.Signed, site.SignedAt
}

func (s *State) applyShift(e *edge.Event, d *edge.ShiftEvent, at time.Time) {
	switch {
	case e.Type == edge.EvShiftStarted:
		s.worker(e.Worker).Shift = at
	case d.Of == edge.ShiftOfWorker:
		s.worker(e.Worker).Shift = time.Time{}
		s.forgetTemporary(e.Worker)
	default:
		site := s.site.edit(siteKey)
		site.Signed, site.SignedAt = e.Seq, at
		var gone []string
		for w := range s.workers.all() {
			if edge.IsTemporary(w.ID) {
				gone = append(gone, w.ID)
			}
		}
		for _, id := range gone {
			s.forgetTemporary(id)
		}
	}
}

// forgetTemporary lets the row of somebody with a temporary badge go, once
// nothing hangs on it: their ids never come again.
func (s *State) forgetTemporary(id string) {
	w := s.workers.get(id)
	if w != nil && edge.IsTemporary(id) && w.Work == "" && w.LeftOrder == "" && w.AckOrder == "" {
		s.workers.remove(id)
	}
}
