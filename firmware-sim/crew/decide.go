package crew

import (
	"context"
	"fmt"
	"time"
)

// patience is how many refusals in a row a worker takes before looking for a
// way out (skip, leave).
const patience = 5

// once does the next thing that the screen asks for.
func (w *worker) once(ctx context.Context) error {
	s := w.screen
	switch {
	case w.last.Code == "cancelled" && s.can("ack"), s.can("ack") && len(s.Expect) == 0:
		w.last.Code = ""
		if err := w.pause(ctx, 1); err != nil {
			return err
		}
		return w.after(w.press(ctx, "ack", nil))
	case w.last.Say.Key == "idle.badge": // after a rest
		return w.after(w.scan(ctx, "worker", w.me.Badge))
	case s.Flow == "idle" || s.Flow == "":
		w.offTable()
		return w.idle(ctx)
	case s.Step == "inDoubt":
		return w.doubt(ctx)
	case w.refused >= patience:
		return w.wayOut(ctx)
	case s.Step == "empty" && s.can("empty"):
		return w.after(w.press(ctx, "empty", map[string]any{"outcome": [...]string{"yes", "no"}[w.rng.IntN(2)]}))
	case s.Step == "count" && s.can("count"):
		return w.count(ctx)
	case s.Flow == "load" && s.Mode == "container":
		return w.cage(ctx)
	case s.Flow == "load" && !w.mayLoad(s):
		return w.truck(ctx)
	case s.Flow == "return":
		return w.back(ctx)
	case s.Flow == "hospital":
		return w.table(ctx)
	case len(s.Expect) == 0:
		return w.nothing(ctx)
	}
	return w.meet(ctx, w.choose(w.reach(s)))
}

// count says how many lie there: nobody told this worker how many there should be,
// and two people seldom count the same.
func (w *worker) count(ctx context.Context) error {
	if err := w.pause(ctx, 3); err != nil {
		return err
	}
	return w.after(w.press(ctx, "count", map[string]any{"n": 40 + w.rng.IntN(2)}))
}

// after counts refusals that were not planned.
func (w *worker) after(f frame, err error) error {
	if err != nil {
		return err
	}
	if f.OK {
		w.refused = 0
		return nil
	}
	w.refused++
	return nil
}

// choose takes what lies nearest to hand: mostly what stands first; at a desk
// and at a truck anything, as it comes out of the tote or off the cart.
func (w *worker) choose(s *screen) expect {
	if s.Flow == "pick" || s.Expect[0].Kind != "item" && s.Flow == "pack" {
		return s.Expect[0]
	}
	same := 0
	for same < len(s.Expect) && s.Expect[same].Kind == s.Expect[0].Kind && s.Expect[same].Code != "" {
		same++
	}
	if same < 2 || s.Expect[0].Kind == "dock" && w.chance(.8) {
		return s.Expect[0]
	}
	return s.Expect[w.rng.IntN(same)]
}

// meet does what one expected thing asks for.
func (w *worker) meet(ctx context.Context, e expect) error {
	weight := map[string]float64{"location": 3, "item": 1, "dock": 4, "tote": 1.5}[e.Kind]
	if err := w.pause(ctx, max(weight, 1)); err != nil {
		return err
	}
	if err := w.drain(); err != nil {
		return err
	}
	if !w.stillThere(e) { // the screen changed under the hands
		return nil
	}
	switch {
	case e.Kind == "waybill" && w.screen.Flow == "pack":
		return w.waybill(ctx, e)
	case e.Kind == "tote" && e.Code == "":
		if len(w.crew.cfg.Totes) == 0 {
			return w.wayOut(ctx)
		}
		return w.after(w.scan(ctx, "tote", w.crew.freeTote()))
	case e.Kind == "weight":
		return w.after(w.press(ctx, "weight", map[string]any{"grams": 500 + w.rng.IntN(1500), "source": "typed"}))
	case e.Kind == "serial" && e.Code == "":
		return w.after(w.scan(ctx, "serial", fmt.Sprintf("SN%016X", w.rng.Uint64())))
	case e.Code == "":
		return w.wayOut(ctx)
	case e.Kind == "item":
		return w.item(ctx, e)
	case e.Kind == "cell" && w.screen.Flow == "put" && w.crew.cfg.Lights:
		return w.lit(ctx, e)
	}
	if w.chance(w.crew.cfg.Traits.Wrong) && e.Kind != "tote" {
		if err := w.mistake(ctx); err != nil || !w.stillThere(e) {
			return err
		}
	}
	return w.after(w.scan(ctx, e.Kind, e.Code))
}

func (w *worker) stillThere(e expect) bool {
	for _, now := range w.screen.Expect {
		if now.Kind == e.Kind && now.Code == e.Code {
			return true
		}
	}
	return false
}

// item counts units of one line: one scan each, or the number typed where that
// is allowed and more than three are wanted.
func (w *worker) item(ctx context.Context, e expect) error {
	s, t := w.screen, w.crew.cfg.Traits
	if done, err := w.habit(ctx, e); done || err != nil {
		return err
	}
	if s.Quantity.Typing && s.Quantity.Want > 3 && s.Quantity.Have < s.Quantity.Want && s.Quantity.Have > 0 {
		return w.after(w.press(ctx, "quantity", map[string]any{"n": s.Quantity.Want}))
	}
	if w.chance(t.Wrong) {
		if err := w.mistake(ctx); err != nil || !w.stillThere(e) {
			return err
		}
	}
	if w.chance(t.Double) {
		// Two pulls in a row, both on their way before the first verdict. Each is
		// a pull of its own: where the second counts, a second unit is taken.
		w.crew.count.doubled.Add(1)
		return w.exchange(ctx, w.pull("item", e.Code), w.pull("item", e.Code))
	}
	if err := w.after(w.scan(ctx, "item", e.Code)); err != nil {
		return err
	}
	if w.last.OK && w.chance(t.Undo) && w.screen.can("undo") {
		return w.after(w.press(ctx, "undo", map[string]any{"of": w.lastOK.ID}))
	}
	return nil
}

// habit decides once per line of a pick whether it comes up short, is put off,
// or wants another tote; done says that this was this moment's act.
func (w *worker) habit(ctx context.Context, e expect) (done bool, err error) {
	s, t := w.screen, w.crew.cfg.Traits
	key := s.Task.ID + " " + e.Location + " " + e.SKU
	if s.Flow != "pick" || w.planned[key] {
		return false, nil
	}
	w.planned[key] = true
	switch {
	case s.can("short") && w.chance(t.Short):
		found := s.Quantity.Have
		if left := s.Quantity.Want - found; left > 1 {
			found += w.rng.IntN(left)
		}
		return true, w.after(w.press(ctx, "short", map[string]any{"found": found, "reason": "none"}))
	case s.can("skip") && w.chance(t.Skip):
		return true, w.after(w.press(ctx, "skip", nil))
	case s.can("addTote") && w.chance(t.Tote):
		return true, w.after(w.press(ctx, "addTote", nil))
	}
	return false, nil
}

// mistake scans something that cannot be right here.
func (w *worker) mistake(ctx context.Context) error {
	code := "WRONG-" + fmt.Sprintf("%06d", w.rng.IntN(1_000_000))
	switch n := w.rng.IntN(3); {
	case n == 0 && len(w.memory) > 0 && w.screen.Flow == "pick":
		if c := w.memory[w.rng.IntN(len(w.memory))]; !w.screen.expects(c) {
			code = c
		}
	case n == 1 && len(w.screen.Expect[0].Code) == 13 && digits(w.screen.Expect[0].Code):
		// A misread: the check digit no longer fits.
		c := []byte(w.screen.Expect[0].Code)
		c[12] = '0' + (c[12]-'0'+1)%10
		code = string(c)
	}
	w.crew.count.wrong.Add(1)
	if _, err := w.scan(ctx, "wrong", code); err != nil {
		return err
	}
	return w.pause(ctx, 0.5)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// nothing waits for the edge: a printer, another worker. Where close or leave
// is all that is left, it is pressed.
func (w *worker) nothing(ctx context.Context) error {
	s := w.screen
	if err := w.watch(ctx, w.scaled(3*time.Second, 300*time.Millisecond)); err != nil || w.screen.Rev != s.Rev {
		return err
	}
	switch {
	case s.Step == "printing":
		return nil
	case s.can("close"):
		return w.after(w.press(ctx, "close", nil))
	case s.can("leave"):
		return w.after(w.press(ctx, "leave", nil))
	}
	return nil
}

// wayOut is what a person does when nothing works: put it off, leave it, wait.
func (w *worker) wayOut(ctx context.Context) error {
	w.refused = 0
	w.crew.cfg.Log.Debug("no way on", "badge", w.me.Badge, "flow", w.screen.Flow, "step", w.screen.Step, "code", w.last.Code)
	rev := w.screen.Rev
	if err := w.watch(ctx, w.scaled(2*time.Second, 200*time.Millisecond)); err != nil || w.screen.Rev != rev {
		return err
	}
	for _, action := range []string{"skip", "leave"} {
		if w.screen.can(action) {
			_, err := w.press(ctx, action, nil)
			return err
		}
	}
	return nil
}
