package access

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"dcedge/edge"
)

const kindSession = "session"

// Session is a login that has not ended. It is immutable.
type Session struct {
	ID       string    `json:"id"`
	Worker   string    `json:"worker"`
	Device   string    `json:"device,omitempty"`
	Proven   bool      `json:"proven,omitempty"`   // opened with a PIN, not with a badge alone
	Practice bool      `json:"practice,omitempty"` // nothing that is done in it is real
	Began    time.Time `json:"began"`
	Expires  time.Time `json:"expires"`
	Hash     string    `json:"hash"` // SHA-256 of the token, hex
}

func (s *Session) key() (k [32]byte, err error) {
	b, err := hex.DecodeString(s.Hash)
	if err != nil || len(b) != len(k) {
		return k, fmt.Errorf("session %s: bad hash", s.ID)
	}
	return [32]byte(b), nil
}

// Authenticate finds the live session of a token and the roles that its worker
// has now. Errors: ErrSession, ErrReplaced.
func (a *Access) Authenticate(token string) (*Session, []edge.Role, error) {
	if token == "" || len(token) > 128 {
		return nil, nil, ErrSession
	}
	k := sha256.Sum256([]byte(token))
	now := a.deps.Now()
	a.mu.Lock()
	s := a.tokens[k]
	until, moved := a.replaced[k]
	a.mu.Unlock()
	switch {
	case s == nil && moved && now.Before(until):
		return nil, nil, ErrReplaced
	case s == nil:
		return nil, nil, ErrSession
	}
	roles, err := a.check(s, now)
	return s, roles, err
}

// Roles tells what a session's worker may do now. ErrSession: it is no longer
// live; ErrReplaced: because a newer one is.
func (a *Access) Roles(s *Session) ([]edge.Role, error) {
	a.mu.Lock()
	live := a.workers[s.Worker]
	a.mu.Unlock()
	switch live {
	case s:
	case nil:
		return nil, ErrSession
	default:
		return nil, ErrReplaced
	}
	return a.check(s, a.deps.Now())
}

func (a *Access) check(s *Session, now time.Time) ([]edge.Role, error) {
	if !now.Before(s.Expires) {
		return nil, ErrSession
	}
	w := a.Worker(s.Worker)
	if w == nil {
		return nil, ErrSession
	}
	if a.cfg.Enrolled && !a.enrolled(s.Device) {
		return nil, ErrSession
	}
	return w.Roles, nil
}

// Shift is how long a session lasts.
func (a *Access) Shift() time.Duration { return a.cfg.Shift }

// Live lists the live sessions by worker.
func (a *Access) Live() []Session {
	a.mu.Lock()
	out := make([]Session, 0, len(a.workers))
	for _, s := range a.workers {
		out = append(out, *s)
	}
	a.mu.Unlock()
	slices.SortFunc(out, func(x, y Session) int { return cmpText(x.Worker, y.Worker) })
	return out
}

// open makes a session, ends the worker's former one and records both with
// extra in one flush.
func (a *Access) open(ctx context.Context, s *Session, extra []edge.Private) (token string, err error) {
	if err := a.hold(ctx); err != nil {
		return "", err
	}
	defer func() { <-a.writing }()
	token = randomText()
	k := sha256.Sum256([]byte(token))
	s.Hash = hex.EncodeToString(k[:])
	a.mu.Lock()
	old := a.workers[s.Worker]
	a.mu.Unlock()
	records := append([]edge.Private{record(kindSession, s.ID, s)}, extra...)
	if old != nil {
		records = append(records, edge.Private{Kind: kindSession, Key: old.ID})
	}
	if err := a.deps.Recorder.Record(ctx, records...); err != nil {
		return "", fmt.Errorf("access: record session: %w", err)
	}
	a.mu.Lock()
	if old != nil {
		a.drop(old)
		if ok, err := old.key(); err == nil {
			a.replaced[ok] = old.Expires
		}
	}
	a.tokens[k], a.workers[s.Worker] = s, s
	a.mu.Unlock()
	if old != nil {
		a.tell(Ended{Session: old.ID, Worker: old.Worker, Why: Replaced})
	}
	return token, nil
}

// drop forgets a session; a.mu is held.
func (a *Access) drop(s *Session) {
	if k, err := s.key(); err == nil {
		delete(a.tokens, k)
	}
	if a.workers[s.Worker] == s {
		delete(a.workers, s.Worker)
	}
}

// end records that sessions are over, then forgets them and tells.
func (a *Access) end(ctx context.Context, pick func(*Session) bool, why Why, extra ...edge.Private) (int, error) {
	if err := a.hold(ctx); err != nil {
		return 0, err
	}
	defer func() { <-a.writing }()
	var gone []*Session
	a.mu.Lock()
	for _, s := range a.workers {
		if pick(s) {
			gone = append(gone, s)
		}
	}
	a.mu.Unlock()
	records := slices.Clone(extra)
	var ends []Ended
	for _, s := range gone {
		records = append(records, edge.Private{Kind: kindSession, Key: s.ID})
		ends = append(ends, Ended{Session: s.ID, Worker: s.Worker, Why: why})
	}
	if len(records) == 0 {
		return 0, nil
	}
	if err := a.deps.Recorder.Record(ctx, records...); err != nil {
		return 0, fmt.Errorf("access: record the end of a session: %w", err)
	}
	a.mu.Lock()
	for _, s := range gone {
		a.drop(s)
	}
	a.mu.Unlock()
	a.tell(ends...)
	return len(gone), nil
}

// Logout ends one's own session.
func (a *Access) Logout(ctx context.Context, s *Session) error {
	e := a.entry(Entry{What: "logout", Who: s.Worker, Device: s.Device})
	_, err := a.end(ctx, func(x *Session) bool { return x.ID == s.ID }, LoggedOut, e.private())
	a.keep(err, e)
	return err
}

// Revoke ends a worker's session at once. ErrUnknown: there is none.
func (a *Access) Revoke(ctx context.Context, by, worker, reason string) error {
	e := a.entry(Entry{What: "revoke", Who: by, Of: worker, Reason: reason})
	n, err := a.end(ctx, func(x *Session) bool { return x.Worker == worker }, Revoked, e.private())
	a.keep(err, e)
	if err == nil && n == 0 {
		return ErrUnknown
	}
	return err
}

// Sweep ends the sessions whose time is over or whose worker is gone, and
// forgets lapsed lockouts. Run calls it once a minute.
func (a *Access) Sweep(ctx context.Context) error {
	now := a.deps.Now()
	lapsed := append(append(a.lapsedLocks(now), a.lapsedBadges(now)...), a.lapsedGuests(now)...)
	if _, err := a.end(ctx, func(s *Session) bool { return !now.Before(s.Expires) }, Expired, lapsed...); err != nil {
		return err
	}
	cat := a.deps.Catalogue.Catalogue()
	_, err := a.end(ctx, func(s *Session) bool { return cat.Worker(s.Worker) == nil && a.guests[s.Worker] == nil }, Revoked)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.forgetRest()
	for k, until := range a.replaced {
		if !now.Before(until) {
			delete(a.replaced, k)
		}
	}
	return err
}

// load takes back one saved record.
func (a *Access) load(p edge.Private) error {
	if p.Value == nil {
		return nil
	}
	switch p.Kind {
	case kindSession:
		s := &Session{}
		if err := json.Unmarshal(p.Value, s); err != nil {
			return err
		}
		k, err := s.key()
		if err != nil {
			return err
		}
		if other := a.workers[s.Worker]; other != nil {
			if other.Began.After(s.Began) {
				return nil
			}
			a.drop(other)
		}
		a.tokens[k], a.workers[s.Worker] = s, s
	case kindLock:
		l := &lock{}
		a.locks[p.Key] = l
		return json.Unmarshal(p.Value, l)
	case kindDevice:
		d := &Device{}
		a.devices[p.Key] = d
		return json.Unmarshal(p.Value, d)
	case kindBadge:
		l := &lent{}
		a.lent[p.Key] = l
		return json.Unmarshal(p.Value, l)
	case kindGuest:
		return a.loadGuest(p)
	case kindAudit:
		var e Entry
		if err := json.Unmarshal(p.Value, &e); err != nil {
			return err
		}
		e.id = p.Key
		a.trail = append(a.trail, e)
	}
	return nil
}
