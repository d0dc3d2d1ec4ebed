package sorter

import "dcedge/edge"

// Done takes a divert's confirmation, named by its id, that a box went into a
// lane. One that comes twice is one.
func (t *Tracker) Done(id, divert, box, lane string, pos int64) Step {
	var s Step
	t.advance(&s, pos)
	if t.dones.of[id] {
		return s
	}
	t.dones.put(id, true)
	a := t.lane(lane)
	var p *parcel
	for _, q := range t.onBelt {
		if q.box == box && box != "" || q.name == box {
			p = q
		}
	}
	var own Event
	switch {
	case a == nil || a.Divert != divert:
		own = event(Rejected, "", box, divert, "", LateConfirm) // of a device that is not ours: a person looks
	case p == nil:
		own = event(Rejected, "", box, lane, lane, LateConfirm) // of before a restart
	case p.confirmed:
		return s // told again
	case p.lane != lane || !p.sent || p.late || !p.at(pos, a.At-t.l.Slack, a.At+t.l.ConfirmWithin):
		own = p.event(Rejected, lane, lane, LateConfirm) // it says that it is there, and cannot be
		t.drop(p)
	default:
		own = t.confirm(p, a)
	}
	s.Own = &own
	return s
}

func (t *Tracker) confirm(p *parcel, a *LaneAt) Event {
	p.confirmed = true
	e := p.event(Diverted, a.Name, a.Name, p.reason)
	if a.Name == t.l.Loop {
		e.Round = max(p.loops, 1)
		t.drop(p) // it comes round as a new parcel, and the end eye will not see it
	}
	return e
}

func (t *Tracker) drop(p *parcel) {
	for i, q := range t.onBelt {
		if q == p {
			t.onBelt = append(t.onBelt[:i], t.onBelt[i+1:]...)
			return
		}
	}
}

// arrived takes what the end eye sees: it goes to hospital.
func (t *Tracker) arrived(s *Step, pos int64) {
	var best *parcel
	off := t.l.Slack + 1
	for _, p := range t.onBelt {
		if d := p.place(pos) - t.l.End; max(d, -d) < off {
			best, off = p, max(d, -d)
		}
	}
	switch {
	case best == nil:
		s.Events = append(s.Events, event(Rejected, "", "", Hospital, Hospital, Stranger))
		return
	case best.confirmed:
		s.Events = append(s.Events, best.event(Rejected, Hospital, Hospital, Contradicted))
	default:
		why := best.reason
		if best.sent && why == "" {
			why = LateConfirm
		}
		if why == "" {
			why = NoRead
		}
		s.Events = append(s.Events, best.event(Rejected, Hospital, Hospital, why))
	}
	t.drop(best)
}

// watch looks for eyes that are blocked while the belt moves on.
func (t *Tracker) watch(s *Step) {
	for _, name := range []string{t.l.InductEye, t.l.EndEye} {
		if e := t.eyes[name]; e.blocked && !e.told && t.pos-e.since > t.l.JamAfter {
			e.told, t.jam = true, name
			s.Alarms = append(s.Alarms, Alarm{What: Jam, Where: name, On: true})
			t.spoil(func(*parcel) bool { return true }, Jam)
			t.forget(t.pos, Jam)
		}
	}
	for i := range t.l.Lanes {
		a := &t.l.Lanes[i]
		e := t.eyes[a.FullEye]
		if a.FullEye == "" || !e.blocked || e.told || t.pos-e.since <= t.l.FullAfter {
			continue
		}
		e.told, t.full[a.Name] = true, true
		s.Alarms = append(s.Alarms, Alarm{What: LaneFull, Where: a.Name, On: true})
		t.divertedAway(s, a)
	}
}

// divertedAway takes back what is on its way into a lane that is full now and
// has not reached its divert.
func (t *Tracker) divertedAway(s *Step, a *LaneAt) {
	for _, p := range t.onBelt {
		if !p.sent || p.confirmed || p.lane != a.Name || p.place(t.pos) >= a.At-t.l.Slack {
			continue
		}
		t.revoke(s, p)
		loop := t.lane(t.l.Loop)
		if loop != nil && p.place(t.pos) < loop.At-t.l.Slack && p.loops < t.l.MaxLoops {
			t.around(s, p.re, p, edge.ParcelAnswer{Why: LaneFull, Round: p.loops + 1})
			continue
		}
		p.lane, p.reason = Hospital, LaneFull
	}
}

// clear ends what watch began.
func (t *Tracker) clear(s *Step, name string, pos int64) {
	if name == t.jam {
		t.jam = ""
		t.forget(pos, Jam)
		s.Alarms = append(s.Alarms, Alarm{What: Jam, Where: name})
	}
	for _, a := range t.l.Lanes {
		if a.FullEye == name {
			delete(t.full, a.Name)
			s.Alarms = append(s.Alarms, Alarm{What: LaneFull, Where: a.Name})
		}
	}
}
