package sorter

// Fire is one pulse of a divert on a pin, due now: its parcel is there.
type Fire struct{ Divert, Re, Box, Lane string }

// aim fires at a parcel that has come to a divert on a pin. One that is past it is
// let go: who comes next would be pushed.
func (t *Tracker) aim(s *Step, p *parcel) {
	a := t.lane(p.lane)
	if a == nil || a.Confirm == "" || !p.sent || p.fired != "" {
		return
	}
	off := p.place(t.pos) - (a.At - a.Lead)
	switch {
	case off < 0:
	case t.closed(a):
		t.straight(s, p, Sensor)
	case off > t.l.Slack:
		t.straight(s, p, LateConfirm)
	default:
		p.fired = a.Name
		s.Fires = append(s.Fires, Fire{Divert: a.Divert, Re: p.re, Box: p.named(), Lane: a.Name})
	}
}

// Aim is how far the belt has to go until a divert on a pin is to be fired; false:
// no parcel is on its way to one.
func (t *Tracker) Aim() (mm int64, ok bool) {
	for _, p := range t.onBelt {
		a := t.lane(p.lane)
		if a == nil || a.Confirm == "" || !p.sent || p.fired != "" {
			continue
		}
		if off := a.At - a.Lead - p.place(t.pos); !ok || off < mm {
			mm, ok = off, true
		}
	}
	return mm, ok
}

// Away says that a divert on a pin, or the eye that confirms it, is away or there
// again. Its lane takes nothing meanwhile: nobody could say that a parcel is in it.
func (t *Tracker) Away(device string, away bool) {
	if !away {
		delete(t.away, device)
		return
	}
	if t.away == nil {
		t.away = map[string]bool{}
	}
	t.away[device] = true
}

// Before tells whether a parcel that is followed lies before a lane's divert.
func (t *Tracker) Before(a *LaneAt) bool {
	for _, p := range t.onBelt {
		if !p.confirmed && p.at(t.pos, a.At-t.l.MaxLength, a.At+t.l.MaxLength) {
			return true
		}
	}
	return false
}

func (t *Tracker) closed(a *LaneAt) bool {
	return a.Confirm != "" && (t.away[a.Divert] || t.away[a.Confirm])
}

// Rests says what an eye saw when it was first looked at: no parcel came before it.
func (t *Tracker) Rests(name string, blocked bool, pos int64) Step {
	var s Step
	t.advance(&s, pos)
	if e := t.eyes[name]; e != nil && t.confirms(name) != nil {
		e.blocked, e.since = blocked, pos
	}
	return s
}

// Unseen says that nobody knows what an eye sees any more: that it was blocked last
// becomes no jam. One that was told stays until the eye says otherwise.
func (t *Tracker) Unseen(eye string) {
	if e := t.eyes[eye]; e != nil && !e.told {
		e.blocked = false
	}
}

// confirms gives the lane that an eye confirms.
func (t *Tracker) confirms(eye string) *LaneAt {
	for i := range t.l.Lanes {
		if t.l.Lanes[i].Confirm == eye && eye != "" {
			return &t.l.Lanes[i]
		}
	}
	return nil
}

// inLane takes what the eye in a lane sees, which was clear since a place. It proves
// the one parcel that was fired at for this lane and can be there; anything else in a
// lane is for a person. An eye that flickers proves nothing.
func (t *Tracker) inLane(s *Step, a *LaneAt, e *eye, clear, pos int64) {
	var fired []*parcel
	for _, p := range t.onBelt {
		if p.fired != a.Name || !p.at(pos, a.At-a.Lead-t.l.Slack, a.At+t.l.ConfirmWithin) {
			continue
		}
		if p.confirmed {
			return // it is seen again: a handle, a gap in the box
		}
		fired = append(fired, p)
	}
	flickers := e.strays > 0 && pos-e.stray < t.l.MaxLength+t.l.MinGap
	calm := !flickers && pos-clear >= t.l.Slack
	switch {
	case calm && len(fired) == 1 && fired[0].lane == a.Name && fired[0].sent && !fired[0].late:
		s.Events = append(s.Events, t.confirm(fired[0], a))
		if e.strays > 0 {
			s.Alarms = append(s.Alarms, Alarm{What: Missing, Where: a.Name})
		}
		e.strays, e.proof = 0, pos
		return
	case e.proof > 0 && pos-e.proof < t.l.MinGap:
		return // seen again, and not followed any more
	case calm && len(fired) > 0: // withdrawn since it was fired at, or two of which only one can be meant
		for _, p := range fired {
			s.Events = append(s.Events, p.event(Rejected, a.Name, a.Name, LateConfirm))
			t.drop(p)
		}
	case !flickers:
		why := Stranger
		if t.flushing() {
			why = LateConfirm // of before, perhaps
		}
		s.Events = append(s.Events, event(Rejected, "", "", a.Name, a.Name, why))
	}
	e.stray = pos
	if e.strays++; e.strays == 1 {
		s.Alarms = append(s.Alarms, Alarm{What: Missing, Where: a.Name, On: true})
	}
}
