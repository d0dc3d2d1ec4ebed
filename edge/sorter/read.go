package sorter

import (
	"strings"
	"time"
)

// Read is one read of the tunnel. Pos is where the belt was when it was read
// (not when it arrived), Age how long it took to arrive by the tunnel's own
// clock; Clock is false where the tunnel has none.
type Read struct {
	ID     string
	Code   string
	NoRead bool
	Pos    int64
	Age    time.Duration
	Clock  bool
	Now    time.Time // edge time, for the plan
}

const clockOff = 5 // late reads in a row that make an alarm of the tunnel's clock

// Read takes a read of the tunnel while the belt is at pos.
func (t *Tracker) Read(r Read, pos int64) Step {
	var s Step
	t.advance(&s, pos)
	if v, ok := t.seen.of[r.ID]; ok {
		v.Repeat = true
		s.Verdicts = append(s.Verdicts, v)
		return s
	}
	late := t.lateRead(r.Age, r.Clock)
	t.clockAlarm(&s, late)
	var p *parcel
	switch {
	case t.flushing():
		t.answer(&s, r, nil, t.why)
	case late:
		t.answer(&s, r, nil, LateRead)
		t.doubt(&s, r)
	default:
		var why Reason
		if p, why = t.lying(r.Pos); p == nil {
			t.answer(&s, r, nil, why)
		}
	}
	if p != nil {
		t.attach(&s, r, p)
	}
	return s
}

// doubt lets a late read do the one thing that is safe: where it names another
// box than what its parcel was taken for, that goes to hospital.
func (t *Tracker) doubt(s *Step, r Read) {
	if !r.Clock || r.NoRead || r.Age < 0 {
		return
	}
	p, _ := t.lying(r.Pos)
	if p == nil || p.box == nil {
		return
	}
	if b, ok := t.boxes.Box(r.Code); ok && b.ID != p.box.ID {
		t.withdraw(s, p, MultiRead)
	}
}

func (t *Tracker) clockAlarm(s *Step, late bool) {
	if !late {
		if t.clock >= clockOff {
			s.Alarms = append(s.Alarms, Alarm{What: LateRead, Where: "tunnel"})
		}
		t.clock = 0
		return
	}
	if t.clock++; t.clock == clockOff {
		s.Alarms = append(s.Alarms, Alarm{What: LateRead, Where: "tunnel", On: true})
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

// attach gives a read to its parcel, and decides.
func (t *Tracker) attach(s *Step, r Read, p *parcel) {
	switch {
	case p.spoilt != "":
		t.straight(s, r, p, p.spoilt)
		return
	case r.NoRead:
		t.unread(s, r, p)
		return
	}
	b, ok := t.boxes.Box(r.Code)
	switch {
	case !ok && p.box != nil: // another barcode on the same box
		t.answer(s, r, p, p.reason)
	case !ok:
		p.failed = Unknown
		t.answer(s, r, p, Unknown)
	case p.box != nil && p.box.ID != b.ID:
		t.withdraw(s, p, MultiRead)
		t.answer(s, r, p, MultiRead)
	case p.box != nil:
		t.answer(s, r, p, p.reason)
	case p.sent: // it is on its way round again: too late to change that
		t.answer(s, r, p, LateRead)
	default:
		t.route(s, r, p, &b)
	}
}

// route decides the lane of a parcel whose box is known now.
func (t *Tracker) route(s *Step, r Read, p *parcel, b *Box) {
	if other := t.twin(p, b); other != nil {
		p.box = b
		t.withdraw(s, other, Duplicate)
		t.straight(s, r, p, Duplicate)
		return
	}
	p.box, p.failed = b, ""
	p.loops = max(p.loops, t.loops.of[b.ID])
	why := t.refusal(p, b)
	if why != "" {
		t.straight(s, r, p, why)
		return
	}
	lanes := t.plan.Lanes(*b, r.Now)
	why = NoLane
	for _, name := range lanes {
		a := t.lane(name)
		switch {
		case a == nil || name == t.l.Loop:
		case t.full[name]:
			why = LaneFull
		default:
			t.command(s, r.ID, p, a, "")
			t.answer(s, r, p, "")
			return
		}
	}
	if why == LaneFull && t.around(s, r.ID, p, LaneFull) {
		t.answer(s, r, p, LaneFull)
		return
	}
	t.straight(s, r, p, why)
}

// twin finds another parcel with the same box. A box that was sorted in this run
// and not sent round is one too: nothing, but its own parcel is past.
func (t *Tracker) twin(p *parcel, b *Box) *parcel {
	if t.unsafe.twin {
		return nil
	}
	for _, o := range t.onBelt {
		if o != p && o.box != nil && o.box.ID == b.ID && !(o.confirmed && o.lane == t.l.Loop) {
			return o
		}
	}
	return nil
}

func (t *Tracker) refusal(p *parcel, b *Box) Reason {
	switch _, sorted := t.sorted.of[b.ID]; {
	case b.Cancelled:
		return Cancelled
	case b.Held:
		return Held
	case !b.Packed:
		return NotPacked
	case (b.Shipped || sorted) && !t.unsafe.twin:
		return Duplicate
	case p.weight != "" && b.MaxGrams != "" && heavier(p.weight, b.MaxGrams):
		return Overweight
	}
	return ""
}

// unread sends a parcel round again, or on to hospital.
func (t *Tracker) unread(s *Step, r Read, p *parcel) {
	if p.box != nil || p.lane != "" {
		t.answer(s, r, p, NoRead)
		return
	}
	p.failed = NoRead
	if t.l.LoopLength > 0 && t.around(s, r.ID, p, NoRead) {
		t.answer(s, r, p, NoRead)
		return
	}
	t.answer(s, r, p, NoRead) // a better read may still come while it lies in the tunnel
}

// around commands the loop, while the parcel has rounds left. The round counts
// from here: its confirmation may be lost.
func (t *Tracker) around(s *Step, re string, p *parcel, why Reason) bool {
	a := t.lane(t.l.Loop)
	if a == nil || p.loops >= t.l.MaxLoops {
		return false
	}
	t.command(s, re, p, a, why)
	p.loops++
	if p.box != nil {
		t.loops.put(p.box.ID, p.loops)
	}
	t.back = append(t.back, comeback{at: p.front + a.At + t.l.LoopLength, loops: p.loops})
	if len(t.back) > 64 {
		t.back = t.back[1:]
	}
	return true
}

func (t *Tracker) command(s *Step, re string, p *parcel, a *LaneAt, why Reason) {
	p.lane, p.reason, p.re, p.sent = a.Name, why, re, true
	c := Command{Divert: a.Divert, Re: re, Lane: a.Name, Box: p.name}
	if p.box != nil {
		c.Box = p.box.ID
	}
	s.Commands = append(s.Commands, c)
}

// straight lets a parcel go on to hospital, which needs no command; one that is
// out is taken back.
func (t *Tracker) straight(s *Step, r Read, p *parcel, why Reason) {
	t.revoke(s, p)
	p.lane, p.reason = Hospital, why
	t.answer(s, r, p, why)
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

// revoke takes back a command that is out; it names the read that the command
// answered, which is how the divert knows the parcel.
func (t *Tracker) revoke(s *Step, p *parcel) {
	if a := t.lane(p.lane); a != nil && p.sent {
		c := Command{Divert: a.Divert, Re: p.re, Lane: Hospital, Box: p.name}
		if p.box != nil {
			c.Box = p.box.ID
		}
		s.Commands = append(s.Commands, c)
	}
	p.sent = false
}

// answer makes the event and the verdict of a read; once per id.
func (t *Tracker) answer(s *Step, r Read, p *parcel, why Reason) {
	v := Verdict{Read: r.ID, OK: why == "", Code: string(why), Lane: Hospital}
	if v.OK {
		v.Code = "ok"
	}
	e := Event{Type: WasRead, Place: "tunnel", Reason: why, Read: r.ID}
	if p != nil {
		if p.lane != "" {
			v.Lane = p.lane
		}
		e = p.event(WasRead, "tunnel", p.lane, why)
		e.Read = r.ID
	} else if b, ok := t.boxes.Box(r.Code); ok && !r.NoRead { // seen, if not followed
		e.Box, e.Waybill, e.Attempt, e.Printer = b.ID, b.Waybill, b.Attempt, b.Printer
	}
	if r.NoRead {
		e.Type = WasNot
	}
	s.Events = append(s.Events, e)
	s.Verdicts = append(s.Verdicts, v)
	t.seen.put(r.ID, v)
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

// heavier compares two decimal texts without a float. What is no plain decimal
// is heavier: it goes to hospital.
func heavier(a, b string) bool {
	aw, af, ok1 := decimal(a)
	bw, bf, ok2 := decimal(b)
	if !ok1 || !ok2 {
		return true
	}
	if len(aw) != len(bw) {
		return len(aw) > len(bw)
	}
	if aw != bw {
		return aw > bw
	}
	n := max(len(af), len(bf))
	return af+strings.Repeat("0", n-len(af)) > bf+strings.Repeat("0", n-len(bf))
}

func decimal(s string) (whole, frac string, ok bool) {
	whole, frac, _ = strings.Cut(s, ".")
	ok = whole+frac != "" && strings.Trim(whole+frac, "0123456789") == ""
	return strings.TrimLeft(whole, "0"), frac, ok
}
