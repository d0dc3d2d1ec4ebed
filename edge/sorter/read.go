package sorter

import (
	"time"

	"dcedge/edge"
)

// Read is one read of the tunnel. Pos is where the belt was when it was read
// (not when it arrived), Age how long it took to arrive by the tunnel's own
// clock; Clock is false where the tunnel has none.
type Read struct {
	ID     string
	Said   string // all that it says: the same id and another text are no repeat
	NoRead bool
	Pos    int64
	Age    time.Duration
	Clock  bool
}

// inARow is how many reads that make no sense, one after the other, raise an
// alarm: late ones of the tunnel's clock, ones of parcels that were not inducted
// of the induct eye.
const inARow = 5

// question is what Read asked, until Decided brings the answer.
type question struct {
	ask    edge.ParcelRead
	said   string
	noRead bool
	late   bool
	parcel *parcel // that it is about; of a late one, that it may be about
}

// answered is a read that was decided.
type answered struct {
	verdict Verdict
	said    string
}

// Read takes a read of the tunnel while the belt is at pos, and asks the floor
// about it: Decided takes the answer, before any other input. Nil: it was
// answered before, and the verdict is in the Step.
func (t *Tracker) Read(r Read, pos int64) (Step, *edge.ParcelRead) {
	var s Step
	t.advance(&s, pos)
	if was, ok := t.seen.of[r.ID]; ok {
		v := was.verdict
		if v.Repeat = true; was.said != r.Said {
			v = Verdict{Read: r.ID, Code: string(edge.IDReused), Lane: Hospital}
		}
		s.Verdicts = append(s.Verdicts, v)
		return s, nil
	}
	q := &question{said: r.Said, noRead: r.NoRead, late: t.lateRead(r.Age, r.Clock),
		ask: edge.ParcelRead{ID: r.ID, Place: t.l.Tunnel, MaxGrams: t.l.MaxGrams, MaxRounds: t.l.MaxLoops}}
	t.clockAlarm(&s, q.late)
	switch {
	case t.flushing():
		q.ask.Why = t.why
	case q.late:
		if q.ask.Why = LateRead; r.Clock && !r.NoRead && r.Age >= 0 {
			q.parcel, _ = t.lying(r.Pos)
		}
	default:
		q.parcel, q.ask.Why = t.lying(r.Pos)
		t.loneAlarm(&s, q.ask.Why == Stranger)
	}
	if p := q.parcel; p != nil && !q.late {
		t.describe(&q.ask, p, r.NoRead)
	}
	t.asked = q
	return s, &q.ask
}

// describe says what is known of the parcel that was read.
func (t *Tracker) describe(q *edge.ParcelRead, p *parcel, noRead bool) {
	q.Parcel, q.Why, q.Known, q.Lane, q.Was, q.Sent = p.name, p.spoilt, p.box, p.lane, p.reason, p.sent
	q.Grams, q.Rounds, q.Tries = p.weight, p.loops, p.tries
	for _, o := range t.onBelt {
		if o != p && o.box != "" && !(o.confirmed && o.lane == t.l.Loop) && !t.unsafe.twin {
			q.Near = append(q.Near, o.box)
		}
	}
	for i := range t.l.Lanes {
		a := &t.l.Lanes[i]
		switch {
		case t.closed(a): // it takes nothing now
		case a.Name == t.l.Loop:
			if t.l.LoopLength > 0 || !noRead { // else nobody would know how often it came
				q.Loop = a.Name
			}
		case t.full[a.Name]:
			q.Full = append(q.Full, a.Name)
		default:
			q.Open = append(q.Open, a.Name)
		}
	}
}

// Decided takes the floor's answer to what Read asked. repeat: it was given
// before this run began, and moves nothing now.
func (t *Tracker) Decided(a edge.ParcelAnswer, repeat bool) Step {
	var s Step
	q := t.asked
	if t.asked = nil; q == nil {
		return s
	}
	v := Verdict{Read: q.ask.ID, OK: a.Why == "", Code: string(a.Code()), Lane: a.Lane, Repeat: repeat, On: a.On}
	if v.Lane == "" {
		v.Lane = Hospital
	}
	s.Verdicts = append(s.Verdicts, v)
	if code := a.Code(); code == edge.IDReused || code == edge.NotYours { // not decided: no parcel was read
		return s
	}
	t.seen.put(q.ask.ID, answered{v, q.said})
	if p := q.parcel; p != nil && !repeat {
		if q.late {
			t.doubt(&s, p, a)
		} else {
			t.follow(&s, q, p, a)
		}
	}
	return s
}

// doubt lets a late read do the one thing that is safe: where it names another
// box than what its parcel was taken for, that goes to hospital.
func (t *Tracker) doubt(s *Step, p *parcel, a edge.ParcelAnswer) {
	if p.box != "" && a.Box != "" && a.Box != p.box {
		t.withdraw(s, p, MultiRead)
	}
}

// follow lets a parcel go where the answer says.
func (t *Tracker) follow(s *Step, q *question, p *parcel, a edge.ParcelAnswer) {
	switch {
	case q.ask.Why != "":
		t.straight(s, p, q.ask.Why)
	case q.noRead && a.Round > 0:
		p.tries++
		t.around(s, q.ask.ID, p, a)
	case q.noRead:
		if p.box == "" && p.lane == "" {
			p.failed, p.tries = NoRead, p.tries+1 // a better read may still come while it lies in the tunnel
		}
	case a.Box == "":
		if p.box == "" {
			p.failed = Unknown
		}
	case p.box == a.Box:
	case p.box != "":
		t.withdraw(s, p, MultiRead)
	case p.sent: // it is on its way round: too late to change that
	default:
		if other := t.twin(p, a.Box); other != nil {
			t.withdraw(s, other, Duplicate)
		}
		p.box, p.failed = a.Box, ""
		switch lane := t.lane(a.Lane); {
		case a.Round > 0:
			t.around(s, q.ask.ID, p, a)
		case a.Why != "" || lane == nil:
			t.straight(s, p, a.Why)
		default:
			t.command(s, q.ask.ID, p, lane, "")
		}
	}
}

// twin finds another parcel with the same box.
func (t *Tracker) twin(p *parcel, box string) *parcel {
	if t.unsafe.twin {
		return nil
	}
	for _, o := range t.onBelt {
		if o != p && o.box == box && !(o.confirmed && o.lane == t.l.Loop) {
			return o
		}
	}
	return nil
}

func (t *Tracker) clockAlarm(s *Step, late bool) {
	alarm(s, &t.clock, late, Alarm{What: LateRead, Where: t.l.Tunnel})
}

func (t *Tracker) loneAlarm(s *Step, lone bool) {
	alarm(s, &t.lone, lone, Alarm{What: Stranger, Where: t.l.InductEye})
}

func alarm(s *Step, n *int, bad bool, a Alarm) {
	if !bad {
		if *n >= inARow {
			s.Alarms = append(s.Alarms, a)
		}
		*n = 0
		return
	}
	if *n++; *n == inARow {
		a.On = true
		s.Alarms = append(s.Alarms, a)
	}
}

// lying finds the one parcel that lay in the tunnel's window, or says why there
// is none. Where there are two, neither can be believed.
func (t *Tracker) lying(pos int64) (*parcel, Reason) {
	var found []*parcel
	for _, p := range t.onBelt {
		if !p.confirmed && p.at(pos, t.l.ReadFrom-t.l.Slack, t.l.ReadTo+t.l.Slack) {
			found = append(found, p)
		}
	}
	switch len(found) {
	case 0:
		return nil, Stranger
	case 1:
		return found[0], ""
	}
	for _, p := range found {
		t.mark(p, MultiRead)
	}
	return nil, MultiRead
}

// around sends a parcel into the loop, and remembers when it is due back.
func (t *Tracker) around(s *Step, re string, p *parcel, a edge.ParcelAnswer) {
	lane := t.lane(t.l.Loop)
	if lane == nil {
		t.straight(s, p, a.Why)
		return
	}
	p.loops = a.Round
	t.command(s, re, p, lane, a.Why)
	t.back = append(t.back, comeback{at: p.front + lane.At + t.l.LoopLength, loops: p.loops, tries: p.tries})
	if len(t.back) > 64 {
		t.back = t.back[1:]
	}
}

func (t *Tracker) command(s *Step, re string, p *parcel, a *LaneAt, why Reason) {
	p.lane, p.reason, p.re, p.sent = a.Name, why, re, true
	s.Commands = append(s.Commands, Command{Divert: a.Divert, Re: re, Lane: a.Name, Box: p.named()})
}

// named is what a divert is told of a parcel: its box, or its own name.
func (p *parcel) named() string {
	if p.box != "" {
		return p.box
	}
	return p.name
}

// straight lets a parcel go on to hospital, which needs no command; one that is
// out is taken back.
func (t *Tracker) straight(s *Step, p *parcel, why Reason) {
	t.revoke(s, p)
	p.lane, p.reason = Hospital, why
}

// withdraw sends a parcel to hospital whose lane was decided already. One that
// was confirmed is past: whatever tells the same is sent to hospital instead.
func (t *Tracker) withdraw(s *Step, p *parcel, why Reason) {
	if p.confirmed {
		return
	}
	t.revoke(s, p)
	p.lane, p.reason, p.spoilt = Hospital, why, why
}

// Withdraw takes back what was decided of a box that may not go any more: its
// order was cancelled or held while it lay on the belt.
func (t *Tracker) Withdraw(box string, why Reason) Step {
	var s Step
	for _, p := range t.onBelt {
		if box != "" && p.box == box && !p.confirmed && p.lane != Hospital {
			t.withdraw(&s, p, why)
		}
	}
	return s
}

// revoke takes back a command that is out; it names the read that the command
// answered, which is how the divert knows the parcel.
func (t *Tracker) revoke(s *Step, p *parcel) {
	if a := t.lane(p.lane); a != nil && p.sent {
		s.Commands = append(s.Commands, Command{Divert: a.Divert, Re: p.re, Lane: Hospital, Box: p.named()})
	}
	p.sent = false
}

// Weight takes a stable weight of what lies on the weigher, in grams as decimal
// text.
func (t *Tracker) Weight(grams string, pos int64) Step {
	var s Step
	t.advance(&s, pos)
	var on *parcel
	for _, p := range t.onBelt {
		if p.at(pos, t.l.WeighAt-t.l.Slack, t.l.WeighAt+t.l.Slack) {
			if on != nil {
				return s // two on it: the weight is of neither
			}
			on = p
		}
	}
	if on != nil && on.lane == "" && t.l.Weigher != "" {
		on.weight = grams
	}
	return s
}
