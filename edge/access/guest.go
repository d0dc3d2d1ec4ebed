package access

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"dcedge/edge"
)

// Somebody whom the WMS does not know yet works on a temporary badge: a lead
// gives it, it ends with the shift, and it never holds a role that leads have.
const (
	kindGuest  = "guest"
	guestsMost = 200 // at once: a hall's worth of day workers
)

// Errors of temporary badges.
var (
	// ErrRoles is returned for a temporary badge with no role, or one that leads,
	// administers or audits.
	ErrRoles = errors.New("access: a temporary badge is for picker, packer, loader or returns")
	// ErrUntil is returned where a temporary badge shall last longer than a shift,
	// or no time at all.
	ErrUntil = errors.New("access: a temporary badge ends with the shift")
	// ErrMany is returned where more badges are asked for than there may be.
	ErrMany = errors.New("access: too many temporary badges")
	// ErrKnown is returned for a badge that belongs to somebody already.
	ErrKnown = errors.New("access: the badge is known")
)

// Guest is somebody who works on a temporary badge. Of the badge only a keyed
// name is kept; the person's own name lies in the vault under the id.
type Guest struct {
	ID       string      `json:"id"`
	Roles    []edge.Role `json:"roles"`
	Language string      `json:"language,omitempty"`
	Until    time.Time   `json:"until"`
	By       string      `json:"by"`
	At       time.Time   `json:"at"`

	Badge string `json:"badge"`         // keyed
	PIN   string `json:"pin,omitempty"` // sealed, where the site asks these roles for one
}

// Wanted says what temporary badges are to be given.
type Wanted struct {
	Count    int
	Roles    []edge.Role
	Language string
	Until    time.Time // zero: a shift from now
	Badge    string    // of one: a badge that is there and that nobody knows
	Reason   string
}

// Given is a temporary badge as it is told, once.
type Given struct {
	ID    string
	Badge string
	PIN   string // "" where none is asked for
	Until time.Time
}

// guestRoles are the roles that a temporary badge may have.
func guestRoles(roles []edge.Role) bool {
	for _, r := range roles {
		if r != edge.Picker && r != edge.Packer && r != edge.Loader && r != edge.Returns {
			return false
		}
	}
	return len(roles) > 0
}

// Give makes temporary badges; all of them are on disk when it returns. named
// is called with their ids before anything is written: who has names to keep
// keeps them then. Errors: ErrRoles, ErrUntil, ErrMany, ErrKnown, or that of
// named or the Recorder.
func (a *Access) Give(ctx context.Context, by string, w Wanted, named func(ids []string) error) ([]Given, error) {
	now := a.deps.Now()
	if w.Until.IsZero() {
		w.Until = now.Add(a.cfg.Shift)
	}
	switch {
	case !guestRoles(w.Roles):
		return nil, ErrRoles
	case w.Count < 1 || w.Badge != "" && w.Count != 1 || w.Count+len(a.Guests()) > guestsMost:
		return nil, ErrMany
	case !w.Until.After(now) || w.Until.Sub(now) > a.cfg.Shift:
		return nil, ErrUntil
	case w.Badge != "" && (len(w.Badge) > 256 || a.knows(w.Badge)):
		return nil, ErrKnown
	}
	out, guests := make([]Given, w.Count), make([]*Guest, w.Count)
	ids := make([]string, w.Count)
	for i := range out {
		g := &Guest{ID: edge.TemporaryID(now.Format("060102") + "-" + rand.Text()[:6]), Roles: w.Roles, Language: w.Language, Until: w.Until, By: by, At: now}
		out[i] = Given{ID: g.ID, Badge: w.Badge, Until: w.Until}
		if w.Badge == "" {
			out[i].Badge = "TB-" + rand.Text()[:20] // base32: 100 bits, readable by any scanner as Code 128
		}
		g.Badge = a.keyedName("guest", out[i].Badge)
		if a.needsPIN(&edge.WorkerRecord{Roles: w.Roles}) {
			var err error
			if out[i].PIN, g.PIN, err = a.newPIN(ctx); err != nil {
				return nil, err
			}
		}
		guests[i], ids[i] = g, g.ID
	}
	if named != nil {
		if err := named(ids); err != nil {
			return nil, err
		}
	}
	var records []edge.Private
	var entries []Entry
	for _, g := range guests {
		e := a.entry(Entry{What: "badge.give", Who: by, Of: g.ID, Reason: w.Reason})
		records, entries = append(records, record(kindGuest, g.ID, g), e.private()), append(entries, e)
	}
	if err := a.deps.Recorder.Record(ctx, records...); err != nil {
		return nil, fmt.Errorf("access: record temporary badges: %w", err)
	}
	a.mu.Lock()
	for _, g := range guests {
		a.guests[g.ID] = g
	}
	a.mu.Unlock()
	for _, e := range entries {
		a.keep(nil, e)
	}
	return out, nil
}

// Withdraw ends a temporary badge and its session. ErrUnknown: there is none.
func (a *Access) Withdraw(ctx context.Context, by, id, reason string) error {
	a.mu.Lock()
	g := a.guests[id]
	a.mu.Unlock()
	if g == nil {
		return ErrUnknown
	}
	e := a.entry(Entry{What: "badge.withdraw", Who: by, Of: id, Reason: reason})
	if _, err := a.end(ctx, func(s *Session) bool { return s.Worker == id }, Revoked, edge.Private{Kind: kindGuest, Key: id}, e.private()); err != nil {
		return fmt.Errorf("access: withdraw a temporary badge: %w", err)
	}
	a.mu.Lock()
	delete(a.guests, id)
	a.mu.Unlock()
	a.keep(nil, e)
	return nil
}

// Guests lists who works on a temporary badge, by id, without badge and PIN.
func (a *Access) Guests() []Guest {
	now := a.deps.Now()
	a.mu.Lock()
	out := make([]Guest, 0, len(a.guests))
	for _, g := range a.guests {
		if now.Before(g.Until) {
			c := *g
			c.Badge, c.PIN = "", ""
			out = append(out, c)
		}
	}
	a.mu.Unlock()
	slices.SortFunc(out, func(x, y Guest) int { return cmpText(x.ID, y.ID) })
	return out
}

// IsBadge tells whether a code is the badge of a guest.
func (a *Access) IsBadge(id, badge string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.guests[id]
	return g != nil && badge != "" && g.Badge == a.keyedName("guest", badge)
}

// Worker finds who works here: one of the catalogue, else somebody on a
// temporary badge that has not lapsed. nil: nobody.
func (a *Access) Worker(id string) *edge.WorkerRecord {
	if w := a.deps.Catalogue.Catalogue().Worker(id); w != nil || !edge.IsTemporary(id) {
		return w
	}
	a.mu.Lock()
	g := a.guests[id]
	a.mu.Unlock()
	return a.worker(g)
}

func (a *Access) guest(id string) *Guest {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.guests[id]
}

func (a *Access) worker(g *Guest) *edge.WorkerRecord {
	if g == nil || !a.deps.Now().Before(g.Until) {
		return nil
	}
	return &edge.WorkerRecord{ID: g.ID, Badge: g.Badge, Roles: g.Roles, Language: g.Language, PINSeal: g.PIN}
}

// guestOf finds whose temporary badge a code is.
func (a *Access) guestOf(badge string) *edge.WorkerRecord {
	keyed := a.keyedName("guest", badge)
	a.mu.Lock()
	var found *Guest
	for _, g := range a.guests {
		if g.Badge == keyed {
			found = g
		}
	}
	a.mu.Unlock()
	return a.worker(found)
}

// knows tells whether a badge belongs to anybody, or to more than one.
func (a *Access) knows(badge string) bool {
	_, known := a.exactBadge(badge)
	return known || a.byBadge(badge) != nil
}

// lapsedGuests forgets temporary badges that are over and gives the records of
// it.
func (a *Access) lapsedGuests(now time.Time) []edge.Private {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []edge.Private
	for id, g := range a.guests {
		if !now.Before(g.Until) {
			delete(a.guests, id)
			out = append(out, edge.Private{Kind: kindGuest, Key: id})
		}
	}
	return out
}

// loadGuest takes back one saved guest.
func (a *Access) loadGuest(p edge.Private) error {
	g := &Guest{}
	a.guests[p.Key] = g
	return json.Unmarshal(p.Value, g)
}
