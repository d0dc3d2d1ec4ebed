package sorter

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"dcedge/edge"
)

// parcel is one parcel on the belt.
type parcel struct {
	name   string
	front  int64  // where the belt was when its front passed the induct eye
	length int64  // 0: its tail has not passed yet
	spoilt Reason // set: nothing that is read of it can be believed
	failed Reason // what its last read came to, when not a box
	weight string
	loops  int
	tries  int // reads that were none

	box    string // "" until it was read
	re     string // the read that its present lane answers
	lane   string // decided; "" not yet
	reason Reason // why it is not its truck's lane
	sent   bool   // a command is out for lane
	fired  string // the lane that a divert on a pin was fired for

	confirmed bool // the event is made; it is followed on to the end eye
	late      bool // commanded, and its time to be confirmed is over
}

// place is where its front lies; tail where its end lies (its longest possible
// one while that is not known).
func (p *parcel) place(pos int64) int64 { return pos - p.front }

func (p *parcel) tail(pos int64) int64 { return pos - p.front - p.length }

func (p *parcel) at(pos, from, to int64) bool { return p.place(pos) >= from && p.tail(pos) <= to }

// Tracker follows the parcels of one belt. Its inputs carry the belt's position
// in mm, which never goes back.
type Tracker struct {
	name string
	l    Layout

	pos     int64
	until   int64 // nothing is decided before the belt is here: restart, jam
	why     Reason
	n       int
	onBelt  []*parcel        // by front, the oldest first
	eyes    map[string]*eye  // those that matter
	full    map[string]bool  // by lane
	away    map[string]bool  // diverts on pins, and eyes that confirm them
	back    []comeback       // unread parcels that the loop brings back
	seen    recent[answered] // by read id
	dones   recent[bool]     // by the id of a confirmation
	asked   *question        // of Read, until Decided
	jam     string           // the eye of the present jam
	clock   int              // reads in a row whose time made no sense
	lone    int              // reads in a row of parcels that the induct eye did not see
	lastEnd int64            // of the induct eye's last block: for the gap

	unsafe guards // negative controls only
}

// guards switches rules off, to prove that the tests see it.
type guards struct{ length, late, twin bool }

type eye struct {
	blocked bool
	since   int64 // belt position
	told    bool  // a jam or a full lane was told for this block

	// Of one that confirms: where it saw something that nobody sent, how often in a
	// row, and where it proved a parcel last.
	stray, proof int64
	strays       int
}

type comeback struct {
	at           int64
	loops, tries int
}

// recent remembers the newest keys; the engine knows of older ones.
type recent[V any] struct {
	of    map[string]V
	order []string
}

const maxRecent = 8192

func (r *recent[V]) put(k string, v V) {
	if r.of == nil {
		r.of = map[string]V{}
	}
	if _, ok := r.of[k]; !ok {
		r.order = append(r.order, k)
	}
	r.of[k] = v
	for len(r.order) > maxRecent {
		delete(r.of, r.order[0])
		r.order = r.order[1:]
	}
}

// New makes the tracker of a belt. name is made part of each parcel's name, so
// that two runs have different ones. open are the parcels of the run before:
// where they lie was forgotten, and each ends as lost (restart) in the Step.
func New(name string, l Layout, open []Open) (*Tracker, Step, error) {
	if faults := l.Check(); len(faults) > 0 {
		list := make([]error, len(faults))
		for i, f := range faults {
			list[i] = f
		}
		return nil, Step{}, errors.Join(list...)
	}
	t := &Tracker{name: name, l: l, eyes: map[string]*eye{l.InductEye: {}, l.EndEye: {}}, full: map[string]bool{}, why: Restart}
	t.until = t.l.ReadTo + t.l.MaxLength + t.l.Slack
	for _, a := range l.Lanes {
		if a.FullEye != "" {
			t.eyes[a.FullEye] = &eye{}
		}
		if a.Confirm != "" {
			t.eyes[a.Confirm] = &eye{}
		}
	}
	t.lastEnd = -l.MinGap
	var s Step
	for _, o := range open {
		s.Events = append(s.Events, event(Lost, o.Parcel, o.Box, t.l.Name, "", Restart))
	}
	return t, s, nil
}

func event(kind edge.Type, parcel, box, place, lane string, why Reason) Event {
	return Event{Type: kind, ParcelEvent: edge.ParcelEvent{Parcel: parcel, Box: box, Place: place, Lane: lane, Reason: why}}
}

func (p *parcel) event(kind edge.Type, place, lane string, why Reason) Event {
	return event(kind, p.name, p.box, place, lane, why)
}

// Open lists the parcels that have not ended.
func (t *Tracker) Open() []Open {
	var out []Open
	for _, p := range t.onBelt {
		if !p.confirmed {
			out = append(out, Open{p.name, p.box})
		}
	}
	return out
}

// Flushing tells that nothing is decided yet, and why.
func (t *Tracker) Flushing() (Reason, bool) { return t.why, t.flushing() }

func (t *Tracker) flushing() bool { return t.pos < t.until }

// Idle tells that no movement of the belt would change anything: nothing is followed,
// nothing is flushed, and no eye is blocked that was not told of.
func (t *Tracker) Idle() bool {
	for _, e := range t.eyes {
		if e.blocked && !e.told {
			return false
		}
	}
	return len(t.onBelt) == 0 && !t.flushing()
}

// Moved says that the belt is at pos, and running.
func (t *Tracker) Moved(pos int64) Step {
	var s Step
	t.advance(&s, pos)
	return s
}

// Blind says that an eye of the belt or its encoder was away: how far what lies
// on the belt has moved is not known. All of it ends as lost; what is confirmed
// or seen at the end later is for a person.
func (t *Tracker) Blind(pos int64) Step {
	var s Step
	t.advance(&s, pos)
	for _, p := range t.onBelt {
		if !p.confirmed {
			s.Events = append(s.Events, p.event(Lost, t.l.Name, p.lane, Sensor))
		}
	}
	t.onBelt, t.back = nil, nil
	t.forget(t.pos, Sensor)
	return s
}

// Eye says that an eye changed at pos. missed says that earlier changes of it
// were lost on the way: what they would have told is not known.
func (t *Tracker) Eye(name string, blocked bool, pos int64, missed bool) Step {
	var s Step
	t.advance(&s, pos)
	e := t.eyes[name]
	if e == nil {
		return s
	}
	if missed && name == t.l.InductEye {
		t.spoil(func(p *parcel) bool { return p.length == 0 || p.place(pos) < t.l.ReadTo+t.l.Slack }, MultiRead)
		t.forget(pos, Stranger)
	}
	if blocked == e.blocked {
		return s
	}
	if e.told && !blocked {
		t.clear(&s, name, pos)
	}
	began := e.since
	e.blocked, e.since, e.told = blocked, pos, false
	a := t.confirms(name)
	switch {
	case name == t.l.InductEye && blocked:
		t.induct(&s, pos)
	case name == t.l.InductEye:
		t.measured(pos, pos-began)
	case name == t.l.EndEye && blocked:
		t.arrived(&s, pos)
	case a != nil && blocked:
		t.inLane(&s, a, e, began, pos)
	}
	return s
}

func (t *Tracker) induct(s *Step, pos int64) {
	t.n++
	c := t.returned(pos)
	p := &parcel{name: t.name + "-" + strconv.Itoa(t.n), front: pos, loops: c.loops, tries: c.tries}
	if pos-t.lastEnd < t.l.MinGap && !t.unsafe.length {
		p.spoilt = MultiRead
		if n := len(t.onBelt); n > 0 {
			t.mark(t.onBelt[n-1], MultiRead)
		}
	}
	if t.flushing() {
		p.spoilt = t.why
	}
	t.onBelt = append(t.onBelt, p)
	s.Events = append(s.Events, event(Inducted, p.name, "", t.l.InductEye, "", ""))
}

// returned gives what is known of the parcel that is due back here.
func (t *Tracker) returned(pos int64) comeback {
	for i, c := range t.back {
		if d := pos - c.at; d >= -3*t.l.Slack && d <= 3*t.l.Slack {
			t.back = slices.Delete(t.back, i, i+1)
			return c
		}
	}
	return comeback{}
}

func (t *Tracker) measured(pos, length int64) {
	t.lastEnd = pos
	if len(t.onBelt) == 0 {
		return
	}
	p := t.onBelt[len(t.onBelt)-1]
	if p.length != 0 {
		return
	}
	p.length = max(length, 1)
	if length > t.l.MaxLength && !t.unsafe.length {
		t.mark(p, MultiRead)
	}
}

// mark spoils a parcel on which nothing was commanded yet.
func (t *Tracker) mark(p *parcel, why Reason) {
	if p.spoilt == "" && !p.sent {
		p.spoilt = why
	}
}

func (t *Tracker) spoil(which func(*parcel) bool, why Reason) {
	for _, p := range t.onBelt {
		if which(p) {
			t.mark(p, why)
		}
	}
}

// forget begins a flush: what lies before the tunnel's end is not believed.
func (t *Tracker) forget(pos int64, why Reason) {
	t.until, t.why = pos+t.l.ReadTo+t.l.MaxLength+t.l.Slack, why
}

// advance brings the belt to pos: gates close, time to be confirmed runs out,
// parcels are overdue, eyes are blocked too long.
func (t *Tracker) advance(s *Step, pos int64) {
	if pos <= t.pos {
		return
	}
	t.pos = pos
	t.watch(s)
	keep := t.onBelt[:0]
	for _, p := range t.onBelt {
		if !t.pass(s, p) {
			keep = append(keep, p)
		}
	}
	clear(t.onBelt[len(keep):])
	t.onBelt = keep
}

// pass looks at one parcel at the present position; true when it has ended and
// need not be followed any more.
func (t *Tracker) pass(s *Step, p *parcel) bool {
	// Until its tail is seen a parcel may be as long as can be; one that never
	// is (its eye broke) is given up by its front.
	length := p.length
	if length == 0 {
		length = t.l.JamAfter
	}
	if p.length == 0 && t.pos-p.front > t.l.MaxLength && !t.unsafe.length {
		t.mark(p, MultiRead) // longer than the longest, whatever its end will be
	}
	tail := t.pos - p.front - length
	t.aim(s, p)
	if p.lane == "" && tail > t.l.ReadTo+t.l.Slack {
		t.gateClosed(s, p)
	}
	if a := t.lane(p.lane); a != nil && p.sent && !p.confirmed && !p.late && tail > a.At+t.l.ConfirmWithin {
		p.late, p.reason = true, LateConfirm
	}
	if tail <= t.l.End+t.l.Slack {
		return false
	}
	if !p.confirmed {
		why := Missing
		if p.late {
			why = LateConfirm
		}
		s.Events = append(s.Events, p.event(Lost, t.l.Name, p.lane, why))
	}
	return true
}

// gateClosed decides what was not decided while the parcel lay in the tunnel.
func (t *Tracker) gateClosed(s *Step, p *parcel) {
	p.lane = Hospital
	switch {
	case p.spoilt != "":
		p.reason = p.spoilt
	case p.failed != "":
		p.reason = p.failed
	default: // the tunnel told nothing at all
		p.reason = NoRead
		s.Events = append(s.Events, p.event(WasNot, t.l.Tunnel, "", NoRead))
	}
}

func (t *Tracker) lane(name string) *LaneAt {
	for i := range t.l.Lanes {
		if t.l.Lanes[i].Name == name {
			return &t.l.Lanes[i]
		}
	}
	return nil
}

// lateRead tells whether a read's time allows to say where its parcel lay.
func (t *Tracker) lateRead(age time.Duration, clock bool) bool {
	if t.unsafe.late {
		return false
	}
	return !clock || age > t.l.LateAfter || age < -t.l.LateAfter
}
