package sorter

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// The belt of the simulation: what really happens to boxes. It knows nothing of
// the Tracker but its commands, and keeps the oracle's ledger.

func layout() Layout {
	return Layout{Name: "line-1", MaxGrams: "1500", InductEye: "in", EndEye: "end", Tunnel: "tunnel-1", ReadFrom: 600, ReadTo: 700, Weigher: "w-1", WeighAt: 300,
		Lanes: []LaneAt{{Name: "cj-a", Divert: "d-1", At: 1500, FullEye: "full-a"}, {Name: "cj-b", Divert: "d-2", At: 2000, FullEye: "full-b"}, {Name: "hanjin", Divert: "d-3", At: 2500}, {Name: "loop", Divert: "d-4", At: 3000}},
		Loop:  "loop", LoopLength: 2000, MaxLoops: 2, End: 4000, MaxLength: 500, MinGap: 200, Slack: 40, LateAfter: 150 * time.Millisecond,
		ConfirmWithin: 300, FullAfter: 600, JamAfter: 1600}
}

type solid struct {
	id         string // of the physical box, its own
	codes      []string
	length     int64
	front      int64 // belt position when its front passed the induct eye
	read       bool
	endRun     int    // of hospital
	late       bool   // one of its reads is told late
	ended      string // the lane that it is in, "hospital", "floor" (taken off)
	rejoined   int    // rounds, and in this run
	run, inRun int
}

// blob is what eyes and the PLC take for one parcel: boxes that touch.
type blob struct{ boxes []*solid }

func (b *blob) front() int64 { return b.boxes[0].front }
func (b *blob) back() int64 {
	last := b.boxes[len(b.boxes)-1]
	return last.front + last.length
}

type post struct {
	at   int64
	send func(t *office) Step
}

type world struct {
	rng   *rand.Rand
	l     Layout
	pos   int64 // of the belt, over all runs
	base  int64 // where the present run's position began
	boxes map[string]Box
	plan  Plan

	all   []*solid
	blobs []*blob
	mail  []post // on its way to the edge
	next  int64  // where the next box is put on
	made  int
	dones int

	latch   map[*blob]Command // of the PLC: the newest command for a parcel
	byRe    map[string]*blob
	reads   int
	run     int
	t       *office
	guards  guards
	clocky  bool
	calm    bool                       // nothing goes wrong
	allowed map[string]map[string]bool // box -> lanes that the plan gave it at any time
	events  []Event
	runOf   []int // of events
	last    *blob // fed last
	held    *blob // sticks at the induct eye
	hold    int64 // for so much more belt
	holds   int
	full    map[string]bool
	sorted  map[string]bool // committed: the floor knows

	open map[string]Event // parcels inducted and not ended
	once map[string]int   // ends by parcel
}

// Box is the floor's view: what was committed is known over restarts.
func (w *world) Box(code string) (Box, bool) {
	b, ok := w.boxes[code]
	b.Shipped = w.sorted[b.ID] && !w.guards.twin
	return b, ok
}

func newWorld(seed uint64, g guards) *world {
	w := &world{rng: rand.New(rand.NewPCG(seed, 7)), l: layout(), boxes: map[string]Box{}, latch: map[*blob]Command{}, byRe: map[string]*blob{}, guards: g,
		allowed: map[string]map[string]bool{}, full: map[string]bool{}, sorted: map[string]bool{}, open: map[string]Event{}, once: map[string]int{}, next: 100}
	w.clocky = w.rng.IntN(4) > 0
	w.plan = lanePlan()
	w.start()
	return w
}

func (w *world) start() {
	var open []Open
	if w.t != nil {
		open = w.t.Open()
	}
	w.run++
	w.base = w.pos
	t, s, err := newOffice(fmt.Sprint("run", w.run), w.l, w.plan, w, open)
	if err != nil {
		panic(err)
	}
	t.unsafe, t.now = w.guards, w.now
	if w.t != nil {
		t.rounds = w.t.rounds // they are the floor's
	}
	w.t, w.mail = t, nil // what was on its way is lost with the process; a tunnel sends again, which a stale read is
	w.take(s)
}

func (w *world) chance(perMille int) bool { return !w.calm && w.rng.IntN(1000) < perMille }

// feed puts the next box onto the belt.
func (w *world) feed() {
	if w.pos < w.next {
		return
	}
	for _, b := range w.blobs { // what comes round has the right of way
		y := b.boxes[0]
		if y.ended == "" && y.front > w.pos-y.length-w.l.MinGap-50 && y.front < w.pos+600+w.l.MinGap && y.rejoined > 0 {
			w.next = w.pos + 5
			return
		}
	}
	w.made++
	b := &solid{id: fmt.Sprint("B-", w.made), length: 260 + 5*w.rng.Int64N(49), front: w.pos}
	code := fmt.Sprint("W", w.made)
	box := Box{ID: b.id, Carrier: []string{"cj", "hanjin", "lotte"}[w.rng.IntN(3)], Trip: []string{"1", "2"}[w.rng.IntN(2)],
		Packed: !w.chance(30), Cancelled: w.chance(30)}
	w.boxes[code] = box
	b.codes = []string{code}
	switch {
	case w.chance(50):
		b.codes = nil // no label that can be read
	case w.chance(20):
		b.codes = []string{"880123"} // an article's code only
	case w.chance(20) && w.made > 3:
		b.codes = []string{fmt.Sprint("W", w.made-1-w.rng.IntN(3))} // a second copy of a label
	case w.chance(20) && w.made > 3:
		b.codes = append(b.codes, fmt.Sprint("W", w.made-1)) // an old carton with its old label
	}
	w.all = append(w.all, b)
	gap := w.l.MinGap + 20 + 5*w.rng.Int64N(120)
	touch := w.chance(60)
	if touch {
		gap = 0
	} else if w.chance(40) {
		gap = 30 + 5*w.rng.Int64N(w.l.MinGap/5-12) // too near
	}
	if w.last != nil && w.last.back() == w.pos {
		w.last.boxes = append(w.last.boxes, b)
	} else {
		w.last = &blob{boxes: []*solid{b}}
		w.blobs = append(w.blobs, w.last)
	}
	w.next = w.pos + b.length + gap
}

func (w *world) mailAt(delay int64, f func(t *office) Step) {
	w.mail = append(w.mail, post{w.pos + delay, f})
}

func (w *world) p() int64 { return w.pos - w.base }

// step moves the belt by 5 mm, 5 ms at 1 m/s.
func (w *world) step() {
	w.pos += 5
	w.feed()
	w.holdBack()
	for _, b := range w.blobs {
		w.blobStep(b)
	}
	w.blobs = slices.DeleteFunc(w.blobs, func(b *blob) bool { return b.boxes[0].ended != "" && w.pos-b.back() > w.l.End+500 })
	slices.SortStableFunc(w.mail, func(a, b post) int { return int(a.at - b.at) })
	for len(w.mail) > 0 && w.mail[0].at <= w.pos {
		m := w.mail[0]
		w.mail = w.mail[1:]
		w.take(m.send(w.t))
	}
	if w.pos%100 == 0 {
		w.take(w.t.Moved(w.p()))
	}
}

// holdBack lets a parcel stick at the induct eye now and then while the belt
// runs under it, and everything behind it wait: a jam, where it is long.
func (w *world) holdBack() {
	if w.held == nil && w.last != nil && w.pos-w.last.front() == 50 && w.chance(6) {
		w.held, w.hold = w.last, 5*(1+w.rng.Int64N(400))
		w.holds++
	}
	if w.held == nil {
		return
	}
	from := w.held.front()
	for _, b := range w.blobs {
		if b.front() < from {
			continue
		}
		for _, x := range b.boxes {
			x.front += 5
		}
	}
	w.next += 5
	if w.hold -= 5; w.hold <= 0 {
		w.held = nil
	}
}

func (w *world) blobStep(b *blob) {
	first := b.boxes[0]
	if first.ended != "" {
		return
	}
	front, back := w.pos-b.front(), w.pos-b.back()
	if front == 0 {
		p := w.p()
		w.mailAt(0, func(t *office) Step { return t.Eye("in", true, p, false) })
	}
	if back == 0 {
		p := w.p()
		w.mailAt(0, func(t *office) Step { return t.Eye("in", false, p, false) })
	}
	for _, x := range b.boxes {
		w.tunnel(b, x)
		if w.pos-x.front == 1000 && w.chance(10) && len(b.boxes) == 1 {
			x.ended = "floor" // taken off by hand
			return
		}
	}
	for _, a := range w.l.Lanes {
		if front == a.At {
			w.divert(b, a)
		}
	}
	if first.ended == "" && front == w.l.End {
		p := w.p()
		for _, x := range b.boxes {
			x.ended, x.endRun = Hospital, w.run
		}
		w.mailAt(0, func(t *office) Step { return t.Eye("end", true, p, false) })
		w.mailAt(b.back()-b.front(), func(t *office) Step { return t.Eye("end", false, t.pos, false) })
	}
}

// tunnel reads a box when its front is in the window.
func (w *world) tunnel(b *blob, x *solid) {
	if x.read || w.pos-x.front < 650 {
		return
	}
	x.read = true
	codes := x.codes
	if len(codes) == 0 || w.chance(10) {
		codes = []string{""}
	}
	for _, code := range codes {
		w.reads++
		r := reading{Read{ID: fmt.Sprint("r-", w.reads), NoRead: code == "", Clock: w.clocky}, code}
		read, run := w.pos, w.base
		delay := 5 + 5*w.rng.Int64N(5)
		if w.chance(30) {
			x.late = true
			delay = 300 + 5*w.rng.Int64N(120) // the network, or sent again
		}
		send := func(t *office) Step {
			if run != w.base {
				return Step{}
			}
			r := r
			r.Pos, r.Age = read-w.base, time.Duration(w.pos-read)*time.Millisecond
			if !r.Clock {
				r.Pos, r.Age = w.p(), 0
			}
			return t.Read(r, w.p())
		}
		w.mailAt(delay, send)
		if w.chance(100) {
			w.mailAt(delay+200, send) // QoS 1: twice
		}
	}
}

func (w *world) now() time.Time { return time.UnixMilli(w.pos).UTC() }

// divert moves a parcel whose newest command names this lane.
func (w *world) divert(b *blob, a LaneAt) {
	c, ok := w.latch[b]
	if !ok || c.Lane != a.Name {
		return
	}
	stuck := w.chance(10)
	delay, lost := 10+5*w.rng.Int64N(10), w.chance(20)
	if w.chance(30) {
		delay = 900 // late
	}
	w.dones++
	id := fmt.Sprint("done-", w.dones)
	run := w.base
	tell := func(t *office) Step {
		if run != w.base && w.chance(500) {
			return Step{}
		}
		return t.Done(id, a.Divert, c.Box, a.Name, w.p())
	}
	if !lost {
		w.mailAt(delay, tell)
		if w.chance(100) {
			w.mailAt(delay+30, tell)
		}
	}
	if stuck {
		return // it says done, and the parcel goes straight on
	}
	for _, x := range b.boxes {
		x.ended = a.Name
		if a.Name == w.l.Loop {
			w.loopBack(x)
		}
	}
}

// loopBack puts a box onto the belt again.
func (w *world) loopBack(x *solid) {
	y := *x
	y.ended, y.read, y.rejoined = "", false, x.rejoined+1
	x.ended = "looped"
	if y.inRun++; y.run != w.run {
		y.run, y.inRun = w.run, 1 // a new run knows nothing of earlier rounds
	}
	if y.inRun > w.l.MaxLoops+1+2*w.holds { // one more: commanded by the run before
		panic("round and round")
	}
	y.front = w.pos + w.l.LoopLength + 5*w.rng.Int64N(13) - 30 // it slips a little
	w.all = append(w.all, &y)
	w.blobs = append(w.blobs, &blob{boxes: []*solid{&y}})
}

// take commits a step: the ledger, then the PLC.
func (w *world) take(s Step) {
	for _, e := range s.Events {
		w.events = append(w.events, e)
		w.runOf = append(w.runOf, w.run)
		if e.Type == Diverted && e.Lane != w.l.Loop {
			w.sorted[e.Box] = true
		} else if e.Reason == Contradicted {
			delete(w.sorted, e.Box)
		}
		switch e.Type {
		case Inducted:
			w.open[e.Parcel] = e
		case Diverted, Rejected, Lost:
			if e.Parcel != "" && e.Reason != Contradicted {
				w.once[e.Parcel]++
				delete(w.open, e.Parcel)
			}
		}
	}
	for _, c := range s.Commands {
		w.plc(c)
	}
}

// plc gives a command to the parcel that it saw in the tunnel just now, or to
// the one that it gave an earlier command of the same read to.
func (w *world) plc(c Command) {
	b := w.byRe[c.Re]
	if b == nil {
		for _, o := range w.blobs {
			if f := w.pos - o.front(); o.boxes[0].ended == "" && f >= 600 && w.pos-o.back() <= 800 {
				b = o
				break
			}
		}
	}
	if b == nil {
		return // not for a parcel in front of it: dropped
	}
	w.byRe[c.Re] = b
	w.latch[b] = c
	if box, ok := w.find(c.Box); ok {
		if w.allowed[box.ID] == nil {
			w.allowed[box.ID] = map[string]bool{}
		}
		for _, lane := range lanesOf(box, w.now()) {
			w.allowed[box.ID][lane] = true
		}
	}
}

func (w *world) find(id string) (Box, bool) {
	b, ok := w.boxes["W"+strings.TrimPrefix(id, "B-")]
	return b, ok
}

var planChange = time.UnixMilli(40_000).UTC()

// lanesOf is the oracle's own reading of the plan.
func lanesOf(b Box, now time.Time) []string {
	switch {
	case b.Carrier == "cj" && b.Trip == "1":
		return []string{"cj-a"}
	case b.Carrier == "cj" && now.Before(planChange):
		return []string{"cj-b"}
	case b.Carrier == "lotte" && !now.Before(planChange):
		return []string{"cj-b"}
	case b.Carrier == "hanjin":
		return []string{"hanjin"}
	}
	return nil
}

func (w *world) fill(t *testing.T) {
	t.Helper()
	w.plan = append(w.plan, Assignment{Lane: "cj-b", Carrier: "lotte", From: planChange})
	w.t.plan = w.plan
}
