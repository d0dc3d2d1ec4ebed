package crew

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// hours are one person's day.
type hours struct {
	home time.Time // when the shift ends; zero: it does not
	rest time.Time // when they next sit down
}

// Ends of a life of the line that the worker wants.
var (
	errHome = errors.New("crew: the shift is over")
	errRest = errors.New("crew: a rest")
)

// over tells that this worker wants to go home.
func (h hours) over(evening bool) bool {
	return !h.home.IsZero() && (evening || time.Now().After(h.home))
}

func (h hours) tired() bool { return !h.rest.IsZero() && time.Now().After(h.rest) }

// about is a time around d from now: people do not keep time to the second.
func (w *worker) about(d time.Duration, spread float64) time.Time {
	d = w.scaled(d, 100*time.Millisecond)
	return time.Now().Add(time.Duration(float64(d) * (1 + spread*(w.rng.Float64()-0.5))))
}

// check is what the start of a shift leads through.
type check struct {
	Needed bool     `json:"needed"`
	Tones  []string `json:"tones"`
	Sync   struct {
		Behind  uint64 `json:"behind"`
		Seconds int    `json:"seconds"`
	} `json:"sync"`
	Offline  []string `json:"offline"`
	Previous *struct {
		Worker string `json:"worker"`
		Work   string `json:"work"`
		Flow   string `json:"flow"`
	} `json:"previous"`
}

// begin is the start of a shift: what the one before left open on this device is
// taken over, the tones are heard, at a desk a label is printed and scanned back.
func (w *worker) begin(ctx context.Context) error {
	var c check
	if _, err := w.line.ask(ctx, http.MethodGet, "/floor/v1/shift", nil, &c); err != nil {
		return err
	}
	w.schedule()
	if p := c.Previous; p != nil && p.Work != "" && (p.Flow == w.me.Flows[0]) {
		if f, err := w.book(ctx, "/floor/v1/shift/takeOver", map[string]any{"work": p.Work, "from": p.Worker}); err != nil {
			return err
		} else if f.OK {
			w.crew.count.taken.Add(1)
		}
	}
	if !c.Needed {
		return nil
	}
	now := w.line.now()
	if w.chance(0.02) {
		now = now.Add(-3 * time.Minute) // nobody set the clock of this PDA
	}
	body := map[string]any{"deviceTime": stamp(now), "battery": 30 + w.rng.IntN(71)}
	heard := c.Tones
	if n := len(heard); n > 1 && w.chance(0.05) { // a loudspeaker that rattles
		body["unheard"], heard = heard[n-1:], heard[:n-1]
	}
	if body["heard"] = heard; w.me.Flows[0] == "pack" {
		if code := w.testLabel(ctx); code != "" {
			body["label"] = code
		}
	}
	if err := w.pause(ctx, 3); err != nil {
		return err
	}
	f, err := w.book(ctx, "/floor/v1/shift", body)
	if err == nil && !f.OK {
		err = fmt.Errorf("%w: the start check is %s", errLine, f.Code)
	}
	if err == nil {
		w.crew.count.shifts.Add(1)
		w.crew.cfg.Log.Debug("shift begins", "badge", w.me.Badge, "behind", c.Sync.Behind, "seconds", c.Sync.Seconds, "offline", c.Offline)
	}
	return err
}

// schedule says when this worker rests and goes home.
func (w *worker) schedule() {
	h := w.crew.cfg.Hours
	w.hours = hours{home: w.about(h.Shift, 0.2)}
	if h.Work > 0 {
		w.hours.rest = w.about(h.Work, 1)
	}
}

// testLabel has the printer of a free desk print a label and takes its code off
// it; empty where none came out.
func (w *worker) testLabel(ctx context.Context) string {
	desk, printer := w.freeDesk(ctx)
	if desk == "" {
		return ""
	}
	t := w.crew.trays[printer]
	if t == nil || t.look(ctx) != nil {
		return ""
	}
	since := t.newest()
	if _, err := w.line.ask(ctx, http.MethodPost, "/floor/v1/shift/label", map[string]any{"name": desk}, nil); err != nil {
		return ""
	}
	for range 40 {
		if w.sleep(ctx, w.scaled(time.Second, 50*time.Millisecond)) != nil || t.look(ctx) != nil {
			return ""
		}
		if code := t.single(since); code != "" {
			return code
		}
	}
	return ""
}

// freeDesk is a desk that nobody works at, and its printer: of the last ones, so
// that packers find the first ones free.
func (w *worker) freeDesk(ctx context.Context) (desk, printer string) {
	var list struct {
		Items []struct {
			Name, Printer string
			Free          bool
		} `json:"items"`
	}
	if _, err := w.line.ask(ctx, http.MethodGet, "/floor/v1/stations", nil, &list); err != nil {
		return "", ""
	}
	for _, d := range list.Items {
		if d.Free {
			desk, printer = d.Name, d.Printer
		}
	}
	return desk, printer
}

// mayRest tells that nobody waits for what this worker has in hand.
func (w *worker) mayRest() bool {
	s := w.screen
	return s.Flow == "pick" || !busyWith(s) && (s.Flow != "load" || s.can("leave"))
}

// rest sits down: the PDA sleeps, and the work in hand waits. A truck is left to
// the others.
func (w *worker) rest(ctx context.Context) error {
	if w.screen.Flow == "load" {
		if _, err := w.press(ctx, "leave", nil); err != nil {
			return err
		}
	}
	w.hours.rest = w.about(w.crew.cfg.Hours.Rest+w.crew.cfg.Hours.Work, 0.4)
	w.crew.count.rests.Add(1)
	return errRest
}

// goHome finishes what cannot be left, leaves or hands over what can, and ends
// the shift.
func (w *worker) goHome(ctx context.Context) error {
	s := w.screen
	switch {
	case s.can("ack"):
		return w.once(ctx)
	case s.Flow == "idle", s.Flow == "", s.Step == "handOver":
		return w.end(ctx)
	case w.refused >= patience && s.can("leave"):
	case s.Flow == "pick" && s.can("handOver") && w.chance(0.7):
		return w.after(w.press(ctx, "handOver", map[string]any{"reason": "shift"}))
	case (s.Flow == "pick" || s.Step == "tote" || s.Mode == "single" && s.Step == "item" || !busyWith(s)) && s.can("leave"):
	default:
		return w.once(ctx)
	}
	return w.after(w.press(ctx, "leave", nil))
}

// end books the end of the shift and logs out.
func (w *worker) end(ctx context.Context) error {
	open := w.screen.Step == "handOver"
	f, err := w.book(ctx, "/floor/v1/shift/end", nil)
	if err != nil {
		return err
	}
	if !f.OK { // something came into the hand meanwhile
		return w.after(f, nil)
	}
	if open {
		w.crew.count.handed.Add(1)
	}
	_, _ = w.line.ask(ctx, http.MethodPost, "/floor/v1/logout", map[string]any{}, nil) // a session that is not ended expires
	w.line.token = ""
	return errHome
}

// relieved gives the place to the next shift, and says how long it stays empty.
func (w *worker) relieved() time.Duration {
	w.hours = hours{}
	w.setBusy(false)
	w.screen, w.taskID, w.last, w.pending = nil, "", frame{}, nil // revs and ids are a person's own
	switch {
	case w.me.Guest:
		w.me.Badge = ""
	case w.me.Relief != "":
		w.me.Badge, w.me.Relief = w.me.Relief, w.me.Badge
		w.line.worker = w.me
		return w.scaled(time.Minute, 50*time.Millisecond)
	}
	return w.scaled(w.crew.cfg.Hours.Rest, 50*time.Millisecond)
}

// practiceMoves is how often somebody new presses or scans something before they
// work.
const practiceMoves = 40

// practise tries the screens where nothing is real.
func (w *worker) practise(ctx context.Context) error {
	p := newWorker(w.crew, w.me, w.rng.Uint64())
	p.line.practice, p.moves = true, practiceMoves
	defer p.line.close()
	defer p.setBusy(false)
	for {
		err := p.life(ctx)
		p.line.close()
		switch {
		case errors.Is(err, errCut):
			continue
		case !errors.Is(err, errHome):
			return err
		}
		_, _ = p.line.ask(ctx, http.MethodPost, "/floor/v1/logout", map[string]any{}, nil) // the next login ends it as well
		return nil
	}
}
