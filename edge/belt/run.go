package belt

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"dcedge/devices/conveyor"
	"dcedge/devices/mqtt"
	"dcedge/edge/sorter"
)

// Run follows the belt until ctx ends (nil) or the floor fails (its error).
func (l *Line) Run(ctx context.Context) (err error) {
	if err := l.begin(ctx); err != nil {
		return err
	}
	defer func() { l.end(err) }()
	look, looks := time.NewTimer(0), true // the first look is at once
	defer look.Stop()
	aim := time.NewTimer(time.Hour)
	defer aim.Stop()
	for {
		if l.aim(aim); !looks && l.restless() {
			look.Reset(lookEvery)
			looks = true
		}
		select {
		case <-ctx.Done():
			return nil
		case err = <-l.failed:
		case in := <-l.in:
			err = l.one(in)
		case now := <-look.C:
			looks, err = false, l.look(now)
		case now := <-aim.C:
			err = l.tell(l.tracker.Moved(l.belt.Pos(now)))
		case <-l.wake:
			err = l.withdraw()
		}
		if err != nil {
			return fmt.Errorf("belt %s: %w", l.Name(), err)
		}
	}
}

// begin makes everything of a run: a belt of which nothing is known.
func (l *Line) begin(ctx context.Context) error {
	open, err := l.deps.Open(ctx)
	if err != nil {
		return fmt.Errorf("belt %s: parcels of the run before: %w", l.Name(), err)
	}
	select {
	case <-l.failed: // of the run before
	default:
	}
	run := l.Name() + "." + strconv.FormatInt(l.deps.Now().UnixMilli(), 36)
	tracker, first, err := sorter.New(run, l.cfg.Layout, open)
	if err != nil {
		return err
	}
	l.run, l.tracker, l.eyes, l.missed, l.away, l.silent = ctx, tracker, map[string]*conveyor.Eye{}, map[string]int{}, map[string]bool{}, map[string]bool{}
	for name, c := range l.cfg.Eyes {
		l.eyes[name], _ = conveyor.NewEye(c) // New has checked it
	}
	l.belt, _ = l.newBelt()
	l.weigher, l.light, l.pulses, l.dry, l.level = conveyor.Weigher{}, conveyor.StackLight{}, 0, 0, false
	way := time.Duration(l.cfg.Layout.End) * time.Second / time.Duration(l.cfg.Speed)
	l.diverts = conveyor.Diverts{Within: way + divertGrace}
	now := time.Now()
	if l.cfg.Encoder == "" {
		l.belt.Run(l.cfg.Motor == "", now)
	} else {
		_ = l.belt.Count(0, now) // the first one is where it begins
	}
	l.flush, l.stood, l.stoodAt = false, 0, now
	for eye := range l.fresh {
		l.tracker.Away(eye, true)
	}
	l.mu.Lock()
	l.st.matters = nil
	l.mu.Unlock()
	l.outputs()
	l.settle()
	return l.tell(first)
}

// end fails what nobody looked at: it comes again to the next run.
func (l *Line) end(err error) {
	detail := ""
	if err != nil {
		detail = err.Error()
	}
	l.condition(Stopped, detail)
	l.mu.Lock()
	for divert := range l.free {
		l.free[divert] = false
	}
	l.mu.Unlock()
	for {
		select {
		case in := <-l.in:
			if in.eye == "" && in.msg.Durable() {
				in.msg.Fail()
			}
		default:
			return
		}
	}
}

// one takes one input.
func (l *Line) one(in input) error {
	if in.eye != "" {
		if in.gone {
			return l.gone(in.eye, time.Now())
		}
		l.inSight(in.eye)
		return l.changed(in.eye, in.change, l.takeLost(in.eye))
	}
	m := &in.msg.Message
	switch m.What {
	case mqtt.Online:
		return l.online(m)
	case mqtt.State:
		return l.state(m)
	case mqtt.Read:
		return l.read(in.msg)
	case mqtt.Done:
		return l.done(in.msg)
	case mqtt.Weight:
		return l.weight(in.msg)
	}
	if m.Durable() {
		in.msg.Ack() // nothing that a belt listens to
	}
	return nil
}

func (l *Line) takeLost(eye string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.lost[eye]
	delete(l.lost, eye)
	return n
}

// state takes a level of an eye behind a broker.
func (l *Line) state(m *mqtt.Message) error {
	e := l.eyes[m.Device]
	if e == nil {
		return nil
	}
	l.inSight(m.Device)
	if m.Blocked == e.Inverted() && l.confirms(m.Device) {
		l.heard(m.Device) // nothing lies before it
	}
	n := m.Missed + l.takeLost(m.Device)
	if m.Device == l.cfg.Encoder { // each message is a pulse, those too that were shed
		if n == 0 && m.Blocked == l.level {
			return nil // it came twice
		}
		l.level = m.Blocked
		return l.changed(m.Device, conveyor.Change{Blocked: m.Blocked, At: m.Came}, n)
	}
	l.missed[m.Device] += n
	return l.changes(m.Device, e.Message(m.Blocked, m.At, m.Came))
}

func (l *Line) changes(eye string, list []conveyor.Change) error {
	for _, c := range list {
		n := l.missed[eye]
		l.missed[eye] = 0
		if err := l.changed(eye, c, n); err != nil {
			return err
		}
	}
	return nil
}

// changed takes a clean change of an eye; missed says how many before it were
// shed.
func (l *Line) changed(eye string, c conveyor.Change, missed int) error {
	switch eye {
	case l.cfg.Encoder:
		l.pulses += uint64(1 + missed)
		if l.dry = 0; l.belt.Count(l.pulses, c.At) != nil {
			return l.blind("encoder", c.At)
		}
		l.signal("encoder", l.cfg.Encoder, false)
		if _, ok := l.tracker.Aim(); ok {
			return l.tell(l.tracker.Moved(l.belt.Pos(c.At)))
		}
		return nil
	case l.cfg.Motor:
		l.belt.Run(c.Blocked, c.At)
		return nil
	}
	if eye == l.cfg.Layout.InductEye && l.cfg.Encoder != "" {
		if l.dry++; l.dry == dryChanges { // parcels pass, and the belt says that it stands
			l.signal("encoder", l.cfg.Encoder, true)
		}
	}
	pos, ok := l.posAt(c.At)
	if l.confirms(eye) && l.heard(eye) {
		return l.tell(l.tracker.Rests(eye, c.Blocked, pos))
	}
	return l.tell(l.tracker.Eye(eye, c.Blocked, pos, missed > 0 || !ok))
}

// dryChanges is how many changes of the induct eye without a pulse of the
// encoder say that it is dead.
const dryChanges = 8

// posAt is where the belt was at a time; false where that is not known any more.
func (l *Line) posAt(at time.Time) (int64, bool) {
	l.belt.Pos(time.Now())
	pos, ok := l.belt.PosAt(at)
	if !ok {
		pos = l.belt.Pos(time.Now())
	}
	return pos, ok
}

// online follows the devices that come and go. A belt without its eyes or its
// encoder knows nothing of what lies on it.
func (l *Line) online(m *mqtt.Message) error {
	if l.eyes[m.Device] != nil {
		if !m.Online {
			return l.gone(m.Device, m.Came)
		}
		l.inSight(m.Device)
	}
	if m.Device == l.cfg.StackLight && m.Online {
		l.shine()
	}
	return nil
}

// gone takes an eye's loss.
func (l *Line) gone(eye string, at time.Time) error {
	if l.away[eye] {
		return nil
	}
	l.away[eye] = true
	l.signal("sensor", eye, true)
	l.tracker.Unseen(eye)
	for i := range l.cfg.Layout.Lanes {
		if l.cfg.Layout.Lanes[i].FullEye == eye {
			return nil // it tells of no parcel
		}
	}
	if l.confirms(eye) {
		l.unheard(eye)
		return nil
	}
	return l.blind(eye, at)
}

// inSight notes that an eye is there again.
func (l *Line) inSight(eye string) {
	if !l.away[eye] {
		return
	}
	delete(l.away, eye)
	l.signal("sensor", eye, false)
}

func (l *Line) blind(why string, at time.Time) error {
	l.deps.Log.Warn("belt forgets what lies on it", "belt", l.Name(), "why", why)
	pos, _ := l.posAt(at)
	return l.tell(l.tracker.Blind(pos))
}

// restless tells that a look will find something without anybody's word: the belt
// moves and that matters, an answer or the calm of an eye is awaited, or pins are
// looked at, which tell nothing by themselves.
func (l *Line) restless() bool {
	for _, e := range l.eyes {
		if _, waits := e.Next(); waits {
			return true
		}
	}
	for i := range l.cfg.Layout.Lanes {
		if l.cfg.Layout.Lanes[i].Confirm != "" {
			return true
		}
	}
	return l.diverts.Owes() || !l.tracker.Idle() && (l.belt.Runs() || l.belt.Pos(time.Now()) != l.looked)
}

// look lets the belt move on, settles eyes, and finds what is overdue.
func (l *Line) look(now time.Time) error {
	for name, e := range l.eyes {
		if err := l.changes(name, e.Due(now)); err != nil {
			return err
		}
	}
	l.outputs()
	pos := l.belt.Pos(now)
	l.stands(pos, now)
	if err := l.tell(l.tracker.Moved(pos)); err != nil {
		return err
	}
	for _, o := range l.diverts.Overdue(now) {
		if l.diverts.Silent(o.Divert) && !l.silent[o.Divert] {
			l.silent[o.Divert] = true
			l.deps.Log.Warn("divert answers nothing", "belt", l.Name(), "divert", o.Divert)
			l.signal("divert", o.Divert, true)
		}
	}
	l.settle()
	return nil
}

// withdraw takes back what was decided of boxes that may not go any more.
func (l *Line) withdraw() error {
	l.mu.Lock()
	list := l.back
	l.back = nil
	l.mu.Unlock()
	for _, w := range list {
		if err := l.tell(l.tracker.Withdraw(w.box, w.why)); err != nil {
			return err
		}
	}
	return nil
}
