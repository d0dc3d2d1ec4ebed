package crew

import (
	"cmp"
	"context"
	"sync"
	"time"
)

// idle begins the work that the screen offers: the usual flow first, then the
// others. Where it offers none a person looks again later and presses nothing:
// each refused start is an event in the edge's log.
func (w *worker) idle(ctx context.Context) error {
	if err := w.pause(ctx, 1); err != nil {
		return err
	}
	if came, err := w.comesBack(ctx); came || err != nil {
		return err
	}
	if !w.offered() {
		w.crew.waits(w.me.Flows[0], w.whyNothing())
		return w.lookAgain(ctx)
	}
	flow := w.me.Flows[w.flow%len(w.me.Flows)]
	f, err := w.press(ctx, "start", w.start(flow))
	if err != nil {
		return err
	}
	if f.OK {
		w.noWork, w.rounds, w.asked, w.looked, w.why = 0, 0, 0, 0, ""
		return nil
	}
	if f.Say.Key == "screen.changed" {
		return nil
	}
	w.why = cmp.Or(f.Say.Args.Why, f.Say.Key)
	// No work after all, no station, not allowed: another flow, and a while later
	// again.
	w.flow++
	w.noWork++
	if w.noWork < len(w.me.Flows) {
		return nil
	}
	w.noWork, w.flow, w.looked = 0, 0, 0
	w.asked++
	return w.lookAgain(ctx)
}

// start is what the row says that this worker presses.
func (w *worker) start(flow string) map[string]any {
	args := map[string]any{"flow": flow}
	r, ok := w.screen.offers(flow, cmp.Or(w.me.Mode, "order"))
	if flow == "pick" || flow == "pack" {
		args["mode"] = cmp.Or(r.Mode, "order")
		if !ok && flow == "pick" {
			args["mode"] = cmp.Or(w.me.Mode, "order") // nothing is offered: asked all the same
		}
	}
	if flow == "load" && ok && r.Mode != "" {
		args["mode"] = r.Mode
	}
	if r.Zone != "" {
		args["zone"] = r.Zone
	}
	if flow == "pack" && w.me.Station != "" {
		args["station"] = w.me.Station
	}
	return args
}

// offered goes on to the first of this worker's flows that the screen offers.
// Now and then somebody asks although it offers none.
func (w *worker) offered() bool {
	for i := range w.me.Flows {
		flow := w.me.Flows[(w.flow+i)%len(w.me.Flows)]
		if w.screen.waits(flow) || flow == "hospital" && w.lying() {
			w.flow += i
			return w.asked == 0 || w.looked >= min(w.asked, looksPerAsk) // what was refused a moment ago is refused again
		}
	}
	return w.blind || w.looked >= looksPerAsk
}

// whyNothing is why there is nothing to do: an idle screen tells it of picking, the
// refusal of a start of all else.
func (w *worker) whyNothing() string {
	if flow := w.me.Flows[0]; flow == "pick" || flow == "put" {
		return cmp.Or(w.screen.Why, w.why)
	}
	return w.why
}

// reasons are why there is nothing to do, by flow, and when that was told.
type reasons struct {
	mu   sync.Mutex
	told map[string]time.Time // by flow and reason
}

// waits tells that people of a flow have nothing to do, and why; the same once in a
// while.
func (c *Crew) waits(flow, why string) {
	r := &c.idle
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told == nil {
		r.told = map[string]time.Time{}
	}
	if at, had := r.told[flow+" "+why]; why == "" || had && time.Since(at) < 5*time.Minute {
		return
	}
	r.told[flow+" "+why] = time.Now()
	c.cfg.Log.Info("nothing to do", "flow", flow, "why", why)
}

// Bounds of asking for work where there is none.
const (
	idleDoublings = 3  // of the pause between two looks
	looksPerAsk   = 30 // looks at a screen without work before asking all the same
)

// lookAgain waits for a newer screen, a while longer each time, and then looks
// at the present one: reading it leaves no trace at the edge.
func (w *worker) lookAgain(ctx context.Context) error {
	wait := w.crew.cfg.Idle << min(w.rounds, idleDoublings)
	w.rounds++
	w.looked++
	rev := w.screen.Rev
	if err := w.watch(ctx, wait*3/4+time.Duration(w.rng.Int64N(int64(wait)/2+1))); err != nil {
		return err
	}
	if w.screen.Rev != rev {
		w.rounds = 0
		return nil
	}
	s, err := w.line.look(ctx)
	w.blind = err != nil // an edge that shows nothing has to be asked
	if err == nil {
		w.show(s)
	}
	return ctx.Err()
}

// waybill takes the label out of the printer and scans it on the box.
func (w *worker) waybill(ctx context.Context, e expect) error {
	if len(w.crew.trays) == 0 {
		if e.Code == "" {
			return w.nothing(ctx)
		}
		return w.stick(ctx, nil, e.Code)
	}
	near := w.trays()
	for name, t := range w.crew.trays {
		_, mine := near[name]
		if !mine && e.Code == "" {
			continue // at another printer only a label that is known by its number
		}
		if err := t.look(ctx); err != nil {
			w.crew.cfg.Log.Debug("cannot see the printer", "printer", name, "err", err)
			continue
		}
		if e.Code != "" {
			if t.holds(e.Code) {
				return w.stick(ctx, t, e.Code)
			}
			continue
		}
		if code, _, ok := t.find("", w.words(), w.tried); ok {
			if rev := w.screen.Rev; w.waited != rev && !w.chance(eager) {
				w.waited = rev
				return w.watch(ctx, w.scaled(3*time.Second, time.Second))
			}
			return w.stick(ctx, t, code)
		}
	}
	w.looks++
	if e.Code != "" && w.looks > 20 {
		// The label is on the box, but this crew was not there when it came out.
		w.crew.count.unseen.Add(1)
		w.looks = 0
		return w.stick(ctx, nil, e.Code)
	}
	return w.watch(ctx, w.scaled(time.Second, 20*time.Millisecond))
}

// eager is the share of labels that are on the box before the screen says that
// they are printed; for the others the packer waits a moment.
const eager = 0.2

// attempt is the print that is asked about; one too short to be told from
// other figures on a label is as good as none.
func (w *worker) attempt() string {
	if a := w.screen.Task.Attempt; len(a) >= 4 {
		return a
	}
	return ""
}

// words are what may stand on this box's label, the most telling first.
func (w *worker) words() []string {
	s := w.screen
	words := []string{s.Task.Box, named(s.Box)}
	words = append(words, s.Task.Orders...)
	keep := words[:0]
	for _, word := range words {
		if len(word) >= 3 {
			keep = append(keep, word)
		}
	}
	return keep
}

// trays are those of this desk's printer, or all where the screen names none
// that the crew knows.
func (w *worker) trays() map[string]*tray {
	name := named(w.screen.Printer)
	if t, ok := w.crew.trays[name]; ok {
		return map[string]*tray{name: t}
	}
	return w.crew.trays
}

// stick scans a label onto the box. One that belongs elsewhere is put back.
func (w *worker) stick(ctx context.Context, t *tray, code string) error {
	f, err := w.scan(ctx, "waybill", code)
	if err != nil {
		return err
	}
	switch {
	case f.OK && t != nil:
		t.take(code)
	case f.OK:
	case f.Code == "hold", f.Code == "unexpected": // too early: the edge does not know yet
		return w.watch(ctx, w.scaled(500*time.Millisecond, 20*time.Millisecond))
	default:
		w.tried[code] = true
	}
	return w.after(f, nil)
}

// doubt answers for a print that nobody knows the outcome of, by what lies in
// the tray: a label is scanned or said to be there; where none is after several
// looks, there is none.
func (w *worker) doubt(ctx context.Context) error {
	if err := w.pause(ctx, 2); err != nil {
		return err
	}
	near, blind := w.trays(), true
	guess, guessed := "", (*tray)(nil)
	for name, t := range w.crew.trays {
		_, mine := near[name]
		if err := t.look(ctx); err != nil {
			continue
		}
		blind = blind && !mine
		code, byName, ok := t.find(w.attempt(), w.words(), w.tried)
		switch {
		case !ok:
		case byName && w.rng.IntN(2) == 0 && w.screen.Task.Attempt != "":
			return w.answer(ctx, "yes")
		case byName:
			w.crew.count.doubts.Add(1)
			return w.stick(ctx, t, code)
		case mine:
			guess, guessed = code, t
		}
	}
	if guessed != nil { // a label that does not say whose it is: only a scan is the truth
		w.crew.count.doubts.Add(1)
		return w.stick(ctx, guessed, guess)
	}
	w.looks++
	if blind || w.looks < 4 || !w.screen.can("printed") {
		return w.watch(ctx, w.scaled(2*time.Second, 100*time.Millisecond))
	}
	w.looks = 0
	return w.answer(ctx, "no")
}

func (w *worker) answer(ctx context.Context, outcome string) error {
	args := map[string]any{"attempt": w.screen.Task.Attempt, "outcome": outcome}
	if err := w.after(w.press(ctx, "printed", args)); err != nil || w.refused < patience {
		return err
	}
	return w.wayOut(ctx)
}

// mayLoad says whether there is a dock, a box or a cage to scan.
func (w *worker) mayLoad(s *screen) bool {
	if s = w.reach(s); len(s.Expect) == 0 || s.Expect[0].Code == "" {
		return false
	}
	w.closes, w.loaded = 0, time.Now()
	return true
}

// truck waits at a dock without boxes: close when nothing is left; with a
// reason at the cut-off; leave for another dock when this one waits for boxes.
func (w *worker) truck(ctx context.Context) error {
	s := w.screen
	if len(s.Expect) > 0 && s.Expect[0].Kind == "waybill" {
		return w.onTheWay(ctx)
	}
	if code := w.crew.cages.left(s.Task.Carrier, w.taskID, s.Rev); code != "" {
		return w.after(w.scan(ctx, "container", code))
	}
	if left := w.quietFor(truckQuiet, 100*time.Millisecond); left > 0 {
		return w.watch(ctx, left)
	}
	w.asks = time.Now()
	if !s.can("close") {
		return w.nothing(ctx)
	}
	if w.closes > 0 && w.late(s) {
		return w.after(w.press(ctx, "close", map[string]any{"reason": "cutOff"}))
	}
	f, err := w.press(ctx, "close", nil)
	if err != nil || f.OK {
		return err
	}
	w.closes++
	if w.closes%3 == 0 && s.can("leave") && !w.late(s) {
		if _, err := w.press(ctx, "leave", nil); err != nil {
			return err
		}
		w.flow++ // help elsewhere first
	}
	return nil
}

// quietFor is how much longer a loader waits for a box: so long from the last one, or
// from the last question, however often the screen changes meanwhile.
func (w *worker) quietFor(long, least time.Duration) time.Duration {
	from := w.loaded
	if w.asks.After(from) {
		from = w.asks
	}
	return time.Until(from.Add(w.scaled(long, least)))
}

// Without a box, before a loader asks whether a truck is whole, or helps at another
// dock.
const (
	truckQuiet = 30 * time.Second
	otherQuiet = 30 * time.Second
)

// late says whether a truck leaves with what it has.
func (w *worker) late(s *screen) bool {
	quiet := time.Since(w.loaded)
	if after := w.crew.cfg.CloseAfter; after > 0 && quiet > after {
		return true
	}
	return s.Task.Cutoff != nil && w.line.now().After(*s.Task.Cutoff) && quiet > w.scaled(30*time.Second, time.Second)
}
