package crew

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"time"
)

// worker is one person: a session, the screen they look at, and their habits.
// It lives in one goroutine.
type worker struct {
	crew *Crew
	me   Worker
	rng  *rand.Rand
	line line

	screen  *screen
	pending []message // sent, verdict not seen
	tries   map[string]int
	busy    bool

	refusedLogins int // in a row

	refused int             // unplanned refusals in a row
	last    frame           // the last verdict
	lastOK  message         // the last accepted item scan, for undo
	planned map[string]bool // lines whose habit (short, skip, tote) was decided
	memory  []string        // codes seen at earlier tasks
	taskID  string
	tried   map[string]bool // labels that were not this box's
	looks   int             // at the tray, in vain
	waited  uint64          // rev at which a label that was out already was left a moment
	flow    int             // index of the flow to start next
	noWork  int             // flows in a row without work
	rounds  int             // looks for work, in vain, in a row
	looked  int             // looks since the last time this worker asked for work
	asked   int             // times that all flows were refused, in a row
	blind   bool            // the edge does not show its screen
	closes  int             // refused closes in a row
	loaded  time.Time       // when the last box came to this loader
	asks    time.Time       // when this loader pressed close last

	hours  hours
	parcel parcel   // on the returns desk
	box    *patient // on the table of the hospital
	moves  int      // of practice, that are left
	why    string   // there was nothing to do, when this worker asked last
}

func newWorker(c *Crew, me Worker, seed uint64) *worker {
	return &worker{
		crew: c, me: me, rng: rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)),
		line:  line{url: c.cfg.URL, client: c.cfg.Client, worker: me},
		tries: map[string]int{}, planned: map[string]bool{}, tried: map[string]bool{},
	}
}

// show takes a screen unless it is older than the one shown.
func (w *worker) show(s *screen) {
	if s == nil || w.screen != nil && s.Rev < w.screen.Rev {
		return
	}
	if w.screen == nil || s.Rev > w.screen.Rev {
		w.looks = 0
	}
	if s.Task.ID != w.taskID {
		w.taskID, w.tried, w.refused, w.closes = s.Task.ID, map[string]bool{}, 0, 0
		w.loaded = time.Now()
		if w.screen != nil {
			w.remember(w.screen)
		}
		if len(w.planned) > 10_000 {
			w.planned = map[string]bool{}
		}
	}
	w.screen = s
	w.setBusy(busyWith(s))
	w.learn(s)
}

func (w *worker) remember(s *screen) {
	for _, e := range s.Expect {
		if e.Kind == "item" && e.Code != "" && len(w.memory) < 200 {
			w.memory = append(w.memory, e.Code)
		}
	}
}

// busyWith tells that a worker holds goods: nobody goes home with them.
func busyWith(s *screen) bool {
	switch s.Flow {
	case "pick", "put", "pack":
		return true
	case "return":
		return s.Step != "parcel"
	case "hospital":
		return s.Step != "box"
	}
	return false
}

func (w *worker) setBusy(busy bool) {
	if busy == w.busy {
		return
	}
	w.busy = busy
	if busy {
		w.crew.busy.Add(1)
		return
	}
	w.crew.busy.Add(-1)
}

// drain takes what was pushed meanwhile.
func (w *worker) drain() error {
	for {
		select {
		case f := <-w.line.frames:
			w.take(f)
		case err := <-w.line.failed:
			return lineFault(err)
		default:
			return nil
		}
	}
}

// take takes the screen of a frame that answers nothing that is pending: one that was
// pushed, or in the verdict on what a device did for this worker, as a cell's light.
func (w *worker) take(f frame) {
	if f.T == "screen" || f.T == "verdict" {
		w.show(f.Screen)
	}
}

// watch waits for a pushed screen that is newer, at most so long.
func (w *worker) watch(ctx context.Context, most time.Duration) error {
	end, rev := time.Now().Add(most), w.screen.Rev
	for w.screen.Rev == rev {
		left := time.Until(end)
		if left <= 0 {
			return nil
		}
		f, err := w.line.next(ctx, left)
		if errors.Is(err, errSlow) {
			return nil
		}
		if err != nil {
			return err
		}
		w.take(f)
	}
	return nil
}

var errCut = errors.New("crew: line dropped on purpose")

// exchange sends messages and waits for all verdicts, also of what was pending.
// On an error they stay pending and go out again, with their ids, on the next
// line.
func (w *worker) exchange(ctx context.Context, messages ...message) error {
	w.pending = append(w.pending, messages...)
	if len(w.pending) == 0 {
		return nil
	}
	for _, m := range w.pending {
		w.tries[m.ID]++
		w.note(m)
		if err := w.line.send(m); err != nil {
			return err
		}
	}
	if len(messages) > 0 && w.chance(w.crew.cfg.Traits.Cut) {
		w.crew.count.cuts.Add(1)
		return errCut
	}
	for len(w.pending) > 0 {
		f, err := w.line.next(ctx, 15*time.Second)
		if err != nil {
			return fmt.Errorf("%w: waiting for a verdict", err)
		}
		if err := w.settle(f); err != nil {
			return err
		}
	}
	return nil
}

// note puts a sent message into the ledger.
func (w *worker) note(m message) {
	try := w.tries[m.ID]
	if try == 1 {
		w.crew.count.sent.Add(1)
	} else {
		w.crew.count.resent.Add(1)
	}
	w.crew.ledger.put(Entry{
		T: "sent", Worker: w.me.Badge, ID: m.ID, Kind: m.T, Code: m.Code, Action: m.Action,
		Args: m.Args, Try: try, Session: w.line.session,
	})
}

// settle takes a frame; a verdict or an error ends the pending message that it
// names. An error with retry leaves it pending and gives the line up for a
// while.
func (w *worker) settle(f frame) error {
	if f.T != "verdict" && f.T != "error" {
		w.take(f)
		return nil
	}
	for i, m := range w.pending {
		if m.ID != f.ID {
			continue
		}
		if f.T == "error" && f.Retry {
			return fmt.Errorf("%w: %s", errBusy, f.Code)
		}
		w.pending = append(w.pending[:i:i], w.pending[i+1:]...)
		delete(w.tries, m.ID)
		w.decided(m, f)
		return nil
	}
	w.take(f)
	return nil
}

func (w *worker) decided(m message, f frame) {
	e := Entry{
		T: f.T, Worker: w.me.Badge, ID: m.ID, Kind: m.T, OK: f.OK, Code: f.Code,
		Say: f.Say.Key, Repeat: f.Repeat,
	}
	if f.Receipt != nil {
		e.Epoch, e.Seq = f.Receipt.Epoch, f.Receipt.Seq
	}
	w.crew.ledger.put(e)
	if f.T == "error" {
		w.crew.count.errs.Add(1)
		w.crew.cfg.Log.Warn("not decided", "badge", w.me.Badge, "code", f.Code, "detail", f.Detail)
	} else {
		w.crew.seen(m, f)
	}
	w.last = f
	if f.OK && m.kind == "item" {
		w.lastOK = m
	}
	if f.OK && m.kind == "waybill" && !w.line.practice {
		w.carried(m)
	}
	if f.OK && m.Action == "close" && m.kind == "load" {
		w.crew.gone.leave(w.taskID)
	}
	if f.OK && m.kind == "container" && m.flow == "load" && w.crew.cages.ride(m.Code) {
		w.crew.count.cages.Add(1)
	}
	w.show(f.Screen)
}

// carried follows a box whose label was scanned: on it at a desk, onto a truck.
func (w *worker) carried(m message) {
	b := w.crew.cfg.Boxes
	switch {
	case m.flow == "load", m.flow == "cage":
		if m.flow == "load" {
			w.crew.gone.ride(w.taskID, m.Code)
		}
		if b != nil {
			b.Loaded(m.Code)
		}
	case b != nil:
		b.Packed(m.Code)
	}
}

// tell sends one message, now and then a second time, and gives its verdict.
func (w *worker) tell(ctx context.Context, m message) (frame, error) {
	if err := w.exchange(ctx, m); err != nil {
		return frame{}, err
	}
	first := w.last
	if first.T != "verdict" || !w.chance(w.crew.cfg.Traits.Repeat) {
		return first, nil
	}
	w.tries[m.ID], m.again = 1, true
	if err := w.exchange(ctx, m); err != nil {
		return frame{}, err
	}
	again := w.last
	if !again.Repeat || again.OK != first.OK || again.Code != first.Code || again.Say != first.Say ||
		!reflect.DeepEqual(again.Receipt, first.Receipt) {
		w.crew.count.broken.Add(1)
		w.crew.ledger.put(Entry{T: "broken", Worker: w.me.Badge, ID: m.ID, Code: again.Code})
	}
	w.last = first
	return first, nil
}

func (w *worker) scan(ctx context.Context, kind, code string) (frame, error) {
	return w.tell(ctx, w.pull(kind, code))
}

func (w *worker) pull(kind, code string) message {
	now := w.line.now()
	return message{T: "scan", ID: newID(now), Code: code, Source: "intent", At: stamp(now), kind: kind, flow: w.flowNow()}
}

func (w *worker) flowNow() string {
	if w.screen == nil {
		return ""
	}
	if w.screen.Flow == "load" && w.screen.Mode == "container" {
		return "cage"
	}
	return w.screen.Flow
}

func (w *worker) press(ctx context.Context, action string, args map[string]any) (frame, error) {
	now := w.line.now()
	return w.tell(ctx, message{
		T: "act", ID: newID(now), Action: action, Args: args, Rev: w.screen.Rev, At: stamp(now), kind: w.flowNow(),
	})
}

// stamp is RFC 3339 with milliseconds and offset.
func stamp(at time.Time) string { return at.Format("2006-01-02T15:04:05.000Z07:00") }

func (w *worker) chance(rate float64) bool { return rate > 0 && w.rng.Float64() < rate }

// pause is one movement of the hands, of random length around Pace.
func (w *worker) pause(ctx context.Context, weight float64) error {
	if w.crew.cfg.Pace <= 0 {
		return ctx.Err()
	}
	mean := float64(w.crew.cfg.Pace) / w.crew.cfg.Speed * weight
	return w.sleep(ctx, time.Duration(min(mean*(0.4+w.rng.ExpFloat64()*0.6), 6*mean)))
}

// scaled divides a human duration by Speed, not below least.
func (w *worker) scaled(d, least time.Duration) time.Duration {
	return max(time.Duration(float64(d)/w.crew.cfg.Speed), least)
}

func (w *worker) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
