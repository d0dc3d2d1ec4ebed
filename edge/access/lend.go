package access

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"dcedge/edge"
)

// A worker who forgot the badge gets a temporary one: a code that is told once,
// printed or typed, and stands for the worker until it lapses.
const (
	kindBadge  = "badge"
	maxLending = 24 * time.Hour
)

// ErrHours is returned when a temporary badge shall last less than a minute or
// more than a day.
var ErrHours = errors.New("access: a temporary badge lasts a minute to 24 hours")

// lent is a temporary badge; its code stands nowhere, only its keyed name.
type lent struct {
	Worker string    `json:"worker"`
	Until  time.Time `json:"until"`
	By     string    `json:"by"`
}

// Lend gives a worker a temporary badge for a time; a PIN is asked for as with
// the real one. Errors: ErrUnknown, ErrHours.
func (a *Access) Lend(ctx context.Context, by, worker string, during time.Duration, reason string) (badge string, until time.Time, err error) {
	if during < time.Minute || during > maxLending {
		return "", time.Time{}, ErrHours
	}
	if a.Worker(worker) == nil {
		return "", time.Time{}, ErrUnknown
	}
	badge = "TB-" + rand.Text()[:20] // base32: 100 bits, readable by any scanner as Code 128
	l := &lent{Worker: worker, Until: a.deps.Now().Add(during), By: by}
	key := a.keyedName("lent", badge)
	e := a.entry(Entry{What: "badge.lend", Who: by, Of: worker, Reason: reason})
	if err := a.deps.Recorder.Record(ctx, record(kindBadge, key, l), e.private()); err != nil {
		return "", time.Time{}, err
	}
	a.mu.Lock()
	a.lent[key] = l
	a.mu.Unlock()
	a.keep(nil, e)
	return badge, l.Until, nil
}

// borrower finds the worker of a temporary badge; nil where it is none or has
// lapsed.
func (a *Access) borrower(badge string) *edge.WorkerRecord {
	a.mu.Lock()
	l := a.lent[a.keyedName("lent", badge)]
	a.mu.Unlock()
	if l == nil || !a.deps.Now().Before(l.Until) {
		return nil
	}
	return a.Worker(l.Worker)
}

// lapsedBadges forgets temporary badges that are over and gives the records of
// it.
func (a *Access) lapsedBadges(now time.Time) []edge.Private {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []edge.Private
	for k, l := range a.lent {
		if !now.Before(l.Until) {
			delete(a.lent, k)
			out = append(out, edge.Private{Kind: kindBadge, Key: k})
		}
	}
	return out
}
