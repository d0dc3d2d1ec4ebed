package crew

import (
	"context"
	"errors"
	"time"
)

// run works until ctx ends or the evening comes; it comes back from every lost
// line. An error means that this worker cannot go on.
func (w *worker) run(ctx context.Context) error {
	defer w.line.close()
	defer w.setBusy(false)
	backoff := 50 * time.Millisecond
	for ctx.Err() == nil {
		err := w.life(ctx)
		w.line.close()
		wait := backoff/2 + time.Duration(w.rng.Int64N(int64(backoff)))
		backoff = min(backoff*2, 3*time.Second)
		switch {
		case err == nil || ctx.Err() != nil:
			return nil
		case errors.Is(err, errReplaced), errors.Is(err, errDenied):
			return err
		case errors.Is(err, errLogin):
			w.line.token = ""
			w.refusedLogins++
			wait += time.Second << min(w.refusedLogins, 5)
			if w.me.Guest { // the badge was for one day
				wait = w.relieved()
			}
		case errors.Is(err, errCut):
			backoff, wait = 50*time.Millisecond, time.Millisecond
		case errors.Is(err, errRest):
			backoff, wait = 50*time.Millisecond, w.scaled(w.crew.cfg.Hours.Rest, 50*time.Millisecond)
		case errors.Is(err, errHome):
			if w.crew.evening() {
				return nil
			}
			wait = w.relieved()
		}
		w.crew.cfg.Log.Debug("worker lost the line", "badge", w.me.Badge, "err", err)
		if err := w.sleep(ctx, wait); err != nil {
			return nil
		}
		if w.screen != nil && w.last.T != "" {
			backoff = 50 * time.Millisecond // work was done since
			w.last.T = ""
		}
	}
	return nil
}

// life is one life of the socket: log in where needed, send again what is
// unknown, then work.
func (w *worker) life(ctx context.Context) error {
	if w.line.token == "" {
		if err := w.arrive(ctx); err != nil {
			return err
		}
	}
	first, err := w.line.open(ctx)
	if err != nil {
		return err
	}
	w.show(first)
	if err := w.exchange(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		if err := w.drain(); err != nil {
			return err
		}
		if w.line.practice {
			if w.moves--; w.moves < 0 {
				return errHome
			}
		}
		step := w.once
		if w.hours.over(w.crew.evening()) {
			step = w.goHome
		} else if w.hours.tired() && w.mayRest() {
			step = w.rest
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// arrive logs in and begins the shift where it has not begun.
func (w *worker) arrive(ctx context.Context) error {
	if w.me.Guest && w.me.Badge == "" {
		badge, err := w.crew.askLead(ctx)
		if err != nil {
			return err
		}
		w.me.Badge = badge
		w.line.worker = w.me
		if w.crew.practised.CompareAndSwap(false, true) {
			if err := w.practise(ctx); err != nil {
				return err
			}
		}
	}
	wait, err := w.line.login(ctx)
	if errors.Is(err, errBusy) {
		if err := w.sleep(ctx, wait); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	w.crew.count.logins.Add(1)
	w.crew.open()
	w.refusedLogins = 0
	if w.crew.cfg.Hours.Shift == 0 || w.line.practice {
		return nil
	}
	if err := w.begin(ctx); err != nil {
		w.line.token = "" // the check is not done: again from the door
		return err
	}
	return nil
}
