package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// Errors of a login, grouped by what a caller answers.
var (
	// ErrRefused is returned when badge, PIN or device key do not fit; which of
	// them is not told.
	ErrRefused = errors.New("access: badge or PIN refused")
	// ErrSession is returned when a token belongs to no live session.
	ErrSession = errors.New("access: no live session")
	// ErrReplaced is returned when a token belongs to a session that a newer
	// login ended. It is an ErrSession.
	ErrReplaced = fmt.Errorf("%w: replaced by a newer login", ErrSession)
	// ErrUnknown is returned when a worker, session or device is not there.
	ErrUnknown = errors.New("access: not known")
	// ErrName is returned when a device's name is not 1 to 64 letters, digits,
	// '.', '_' or '-'.
	ErrName = errors.New("access: bad device name")
)

// LockedError is returned while a badge or a source is locked out.
type LockedError struct{ RetryAfter time.Duration }

func (e *LockedError) Error() string {
	return fmt.Sprintf("access: locked out for %s", e.RetryAfter.Round(time.Second))
}

// Recorder writes private records; nil error means that they are on disk.
type Recorder interface {
	Record(ctx context.Context, records ...edge.Private) error
}

// Catalogue gives the present catalogue.
type Catalogue interface{ Catalogue() *catalogue.Snapshot }

// Config is what a site sets.
type Config struct {
	Pepper   []byte             // of PIN seals and keyed badge names, at least 32 bytes
	NeedsPIN map[edge.Role]bool // a role that is not named needs one
	Enrolled bool               // [login] devices = "enrolled"
	Shift    time.Duration      // how long a session lasts; 0 is 12 h
	Idle     time.Duration      // a longer rest asks for the badge again before a print or an override; 0: never
}

// Deps is what access works with; all are required.
type Deps struct {
	Recorder  Recorder
	Catalogue Catalogue
	Now       func() time.Time // edge time
	Log       *slog.Logger
}

// Why says why a session ended.
type Why string

// The ends of a session.
const (
	Replaced  Why = "replaced" // a newer login of the same worker
	Revoked   Why = "revoked"  // by a lead, or its worker or device is gone
	LoggedOut Why = "loggedOut"
	Expired   Why = "expired"
)

// Ended tells that a session is over.
type Ended struct {
	Session string
	Worker  string
	Why     Why
}

// Access is the site's gate. Its methods may be called from any goroutine.
type Access struct {
	cfg     Config
	deps    Deps
	hashing chan struct{} // slots for argon2id
	writing chan struct{} // held while sessions, devices or badges change
	decoy   string        // a seal that no PIN opens

	mu       sync.Mutex
	tokens   map[[32]byte]*Session // live, by SHA-256 of the token
	workers  map[string]*Session   // live, by worker
	replaced map[[32]byte]time.Time
	locks    map[string]*lock
	devices  map[string]*Device
	lent     map[string]*lent // temporary badges by keyed name
	guests   map[string]*Guest
	active   map[string]time.Time // of sessions: when their workers last did something
	trail    []Entry
	watchers map[int]func(Ended)
	watchN   int
}

// New makes the gate from what was recorded before; records of kinds that are
// not its own are passed over. Error: a bad configuration or a record that
// cannot be read.
func New(cfg Config, deps Deps, saved []edge.Private) (*Access, error) {
	switch {
	case len(cfg.Pepper) < 32:
		return nil, fmt.Errorf("access: pepper of %d bytes, at least 32 are needed", len(cfg.Pepper))
	case deps.Recorder == nil || deps.Catalogue == nil || deps.Now == nil || deps.Log == nil:
		return nil, errors.New("access: a dependency is missing")
	case cfg.Shift < 0 || cfg.Idle < 0:
		return nil, errors.New("access: a shift and a rest must be positive")
	case cfg.Shift == 0:
		cfg.Shift = 12 * time.Hour
	}
	a := &Access{cfg: cfg, deps: deps, hashing: make(chan struct{}, 2), writing: make(chan struct{}, 1),
		tokens: map[[32]byte]*Session{}, workers: map[string]*Session{}, replaced: map[[32]byte]time.Time{},
		locks: map[string]*lock{}, devices: map[string]*Device{}, lent: map[string]*lent{},
		guests: map[string]*Guest{}, active: map[string]time.Time{}, watchers: map[int]func(Ended){}}
	a.decoy = a.newDecoy()
	for _, p := range saved {
		if err := a.load(p); err != nil {
			return nil, fmt.Errorf("access: saved %s: %w", p.Kind, err)
		}
	}
	a.sortTrail()
	return a, nil
}

// Run forgets what has lapsed, once a minute, until ctx ends.
func (a *Access) Run(ctx context.Context) error {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
			if err := a.Sweep(ctx); err != nil && ctx.Err() == nil {
				return fmt.Errorf("access: sweep: %w", err)
			}
		}
	}
}

// Watch calls fn after each end of a session, on the goroutine that ended it;
// fn must not block.
func (a *Access) Watch(fn func(Ended)) (cancel func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := a.watchN
	a.watchN++
	a.watchers[n] = fn
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.watchers, n)
	}
}

func (a *Access) tell(ends ...Ended) {
	a.mu.Lock()
	fns := make([]func(Ended), 0, len(a.watchers))
	for _, fn := range a.watchers {
		fns = append(fns, fn)
	}
	a.mu.Unlock()
	for _, e := range ends {
		for _, fn := range fns {
			fn(e)
		}
	}
}

// hold takes the writing slot; give it back by receiving from a.writing.
func (a *Access) hold(ctx context.Context) error {
	select {
	case a.writing <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
