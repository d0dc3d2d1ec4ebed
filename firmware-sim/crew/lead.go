package crew

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// openCase is a row of the lead's list.
type openCase struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind"`
	Owner string    `json:"owner"`
	Since time.Time `json:"since"`
}

// Of the lead's day, at speed 1.
const (
	rounds   = 30 * time.Second // between two looks at the list
	findTime = 10 * time.Minute // until the owner of a nameless parcel is found
)

// lead is the day of whoever leads: guests get a badge, cases an owner and an end,
// the shift a signature. When everybody has gone home there is a last round.
func (w *worker) lead(ctx context.Context) error {
	sign := w.nextSign()
	for ctx.Err() == nil {
		if err := w.atDesk(ctx, func() error { return w.cases(ctx, false) }); err != nil {
			return err
		}
		tick := time.NewTimer(w.scaled(rounds, 200*time.Millisecond))
		select {
		case <-ctx.Done():
		case <-tick.C:
		case reply := <-w.crew.wanted:
			err := w.atDesk(ctx, func() error { return w.badge(ctx, reply) })
			if close(reply); err != nil {
				return err
			}
		case <-w.crew.allHome:
			if err := w.atDesk(ctx, func() error { return w.cases(ctx, true) }); err != nil {
				return err
			}
			return w.atDesk(ctx, func() error { return w.sign(ctx) })
		}
		tick.Stop()
		if !sign.IsZero() && time.Now().After(sign) {
			if err := w.atDesk(ctx, func() error { return w.sign(ctx) }); err != nil {
				return err
			}
			sign = w.nextSign()
		}
	}
	return nil
}

func (w *worker) nextSign() time.Time {
	if w.crew.cfg.Hours.Shift == 0 {
		return time.Time{}
	}
	return time.Now().Add(w.scaled(w.crew.cfg.Hours.Shift*6/5, 200*time.Millisecond))
}

// atDesk does one thing with a live session. A fault of the line, or a session
// that was ended, is for the next round; a login that is refused ends the day.
func (w *worker) atDesk(ctx context.Context, do func() error) error {
	for range 2 {
		if w.line.token == "" {
			if _, err := w.line.login(ctx); err != nil {
				if errors.Is(err, errDenied) {
					return err
				}
				return nil
			}
			w.crew.count.logins.Add(1)
		}
		err := do()
		if !errors.Is(err, errLogin) {
			if err != nil && ctx.Err() == nil {
				w.crew.cfg.Log.Debug("the lead could not", "badge", w.me.Badge, "err", err)
			}
			return nil
		}
		w.line.token = ""
	}
	return nil
}

// cases takes care of parcels that nobody knows, and closes what was found.
func (w *worker) cases(ctx context.Context, last bool) error {
	var list struct {
		Items []openCase `json:"items"`
	}
	if _, err := w.line.ask(ctx, http.MethodGet, "/site/v1/exceptions", nil, &list); err != nil {
		return err
	}
	for _, c := range list.Items {
		if c.Kind != "unknownReturn" && c.Kind != "unknownBox" {
			continue
		}
		what, body := "own", map[string]any{}
		switch {
		case c.Owner == "":
		case !last && time.Since(c.Since) > w.scaled(findTime, time.Second):
			what, body = "close", map[string]any{"reason": "found"}
		default:
			continue
		}
		if _, err := w.line.ask(ctx, http.MethodPost, "/site/v1/cases/"+c.ID+"/"+what, body, nil); err != nil && !errors.Is(err, errRefused) {
			return err
		}
		w.crew.count.cases.Add(1)
	}
	return nil
}

// badge gives a guest a badge for the day.
func (w *worker) badge(ctx context.Context, reply chan<- string) error {
	var given struct {
		Items []struct {
			Badge string `json:"badge"`
		} `json:"items"`
	}
	names := [...]string{"Nguyen Van An", "Tran Thi Binh", "Pham Minh Chau", "Li Wei"}
	body := map[string]any{"name": names[w.rng.IntN(len(names))], "roles": []string{"picker"}, "language": "en", "reason": "peak"}
	if _, err := w.line.ask(ctx, http.MethodPost, "/site/v1/badges", body, &given); err != nil {
		return err
	}
	for _, g := range given.Items {
		reply <- g.Badge
		w.crew.count.guests.Add(1)
	}
	return nil
}

// sign ends the site's shift, with a note for the next lead and an end for the
// badges of the day.
func (w *worker) sign(ctx context.Context) error {
	if w.crew.cfg.Hours.Shift == 0 {
		return nil
	}
	if _, err := w.line.ask(ctx, http.MethodGet, "/site/v1/shift", nil, nil); err != nil {
		return err
	}
	body := map[string]any{"badge": w.me.Badge, "pin": w.me.PIN, "note": "desk 2 wants paper", "endBadges": true}
	if _, err := w.insist(ctx, "/site/v1/shift/end", body, nil); err != nil {
		return err
	}
	w.crew.count.signed.Add(1)
	return nil
}

// askLead waits for a badge of the day.
func (c *Crew) askLead(ctx context.Context) (badge string, err error) {
	reply := make(chan string, 1)
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-c.dusk:
		return "", errHome
	case c.wanted <- reply:
	}
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case badge = <-reply:
	}
	if badge == "" {
		return "", errLogin
	}
	return badge, nil
}
