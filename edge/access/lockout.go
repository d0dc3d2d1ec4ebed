package access

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"dcedge/edge"
)

const (
	kindLock     = "lockout"
	badgeTries   = 5  // wrong PINs of one badge
	sourceTries  = 20 // failures from one address: a hall shares one behind its access point
	firstLock    = time.Minute
	longestLock  = 30 * time.Minute
	badgeMemory  = 12 * time.Hour // failures older than this are forgotten
	sourceMemory = time.Hour
)

// lock counts the failures of one badge or one source.
type lock struct {
	Fails int       `json:"fails"`
	Last  time.Time `json:"last"`
	Until time.Time `json:"until,omitzero"`

	tries   int           // how many failures lock
	memory  time.Duration // how long a failure counts
	pending int           // attempts being checked now
}

func lockKey(source bool, name string) string {
	if source {
		return "source:" + name
	}
	return "badge:" + name
}

func (a *Access) lockOf(key string) *lock {
	l := a.locks[key]
	if l == nil {
		l = &lock{}
		a.locks[key] = l
	}
	l.tries, l.memory = badgeTries, badgeMemory
	if len(key) > 7 && key[:7] == "source:" {
		l.tries, l.memory = sourceTries, sourceMemory
	}
	return l
}

// enter lets an attempt in unless one of its keys is locked, or so many are
// being checked that they could pass the limit together. leave must follow.
func (a *Access) enter(now time.Time, keys []string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range keys {
		l := a.lockOf(k)
		if now.Before(l.Until) {
			return &LockedError{RetryAfter: l.Until.Sub(now)}
		}
		if now.Sub(l.Last) > l.memory {
			l.Fails = 0
		}
		if l.pending > 0 && l.Fails+l.pending >= l.tries {
			return &LockedError{RetryAfter: time.Second}
		}
	}
	for _, k := range keys {
		a.locks[k].pending++
	}
	return nil
}

func (a *Access) leave(keys []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range keys {
		l := a.locks[k]
		l.pending--
		if l.pending == 0 && l.Fails == 0 {
			delete(a.locks, k)
		}
	}
}

// fail counts a failure against keys and gives what must be recorded, and
// whether it locked one of them.
func (a *Access) fail(now time.Time, keys []string) (records []edge.Private, locked bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, k := range keys {
		l := a.lockOf(k)
		l.Fails++
		l.Last = now
		if over := l.Fails - l.tries; over >= 0 {
			l.Until = now.Add(min(longestLock, firstLock<<min(over, 10)))
			locked = true
		}
		records = append(records, record(kindLock, k, l))
	}
	return records, locked
}

// forgive forgets a badge's failures after a success; nil if there were none.
func (a *Access) forgive(key string) []edge.Private {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.locks[key]
	if l == nil || l.Fails == 0 {
		return nil
	}
	l.Fails, l.Until = 0, time.Time{}
	return []edge.Private{{Kind: kindLock, Key: key}}
}

// eased is how many failures of a source one good login outweighs: a hall of
// people behind one address misreads a badge now and then.
const eased = 5

// ease takes failures off a source after a success; nil if there were none.
func (a *Access) ease(key string) []edge.Private {
	a.mu.Lock()
	defer a.mu.Unlock()
	l := a.locks[key]
	if l == nil || l.Fails == 0 {
		return nil
	}
	l.Fails = max(0, l.Fails-eased)
	return []edge.Private{record(kindLock, key, l)}
}

// Unlock ends the lockout of a worker's badge. ErrUnknown: there is no such
// worker.
func (a *Access) Unlock(ctx context.Context, by, worker, reason string) error {
	w := a.Worker(worker)
	if w == nil {
		return ErrUnknown
	}
	e := a.entry(Entry{What: "unlock", Who: by, Of: worker, Reason: reason})
	if err := a.deps.Recorder.Record(ctx, append(a.forgive(a.badgeKey(w.Badge)), e.private())...); err != nil {
		return fmt.Errorf("access: record an unlock: %w", err)
	}
	a.keep(nil, e)
	return nil
}

// lapsedLocks forgets what no longer counts and gives the records of it.
func (a *Access) lapsedLocks(now time.Time) []edge.Private {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []edge.Private
	for k, l := range a.locks {
		a.lockOf(k)
		if l.pending == 0 && now.After(l.Until) && now.Sub(l.Last) > l.memory {
			delete(a.locks, k)
			out = append(out, edge.Private{Kind: kindLock, Key: k})
		}
	}
	return out
}

func record(kind, key string, v any) edge.Private {
	b, err := json.Marshal(v)
	if err != nil { // only types of this package come here; all of them marshal
		panic(err)
	}
	return edge.Private{Kind: kind, Key: key, Value: b}
}
