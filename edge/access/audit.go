package access

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"dcedge/edge"
)

const (
	kindAudit = "audit"
	// TrailKept is how many entries of the trail are kept in memory.
	TrailKept = 2000
)

// Entry is one line of the audit trail: who did what to what, when, from
// where and why. It holds ids and codes only, never a name or an address.
type Entry struct {
	At     time.Time `json:"at"`
	What   string    `json:"what"`
	Who    string    `json:"who,omitempty"` // worker id
	Of     string    `json:"of,omitempty"`  // worker, order or device that it was done to
	Device string    `json:"device,omitempty"`
	Source string    `json:"source,omitempty"`
	Reason string    `json:"reason,omitempty"`

	id string
}

func (a *Access) entry(e Entry) Entry {
	e.At = a.deps.Now()
	var random [10]byte
	rand.Read(random[:])
	e.id = edge.NewID(e.At, random).String()
	return e
}

// ID is a UUIDv7: in the order of time.
func (e Entry) ID() string { return e.id }

func (e Entry) private() edge.Private { return record(kindAudit, e.id, e) }

// Audit writes an entry; when it returns nil the entry is on disk. At is set
// by it.
func (a *Access) Audit(ctx context.Context, e Entry) error {
	e = a.entry(e)
	if err := a.deps.Recorder.Record(ctx, e.private()); err != nil {
		return fmt.Errorf("access: audit: %w", err)
	}
	a.keep(nil, e)
	return nil
}

// Trail gives the newest entries, newest first, at most limit.
func (a *Access) Trail(limit int) []Entry {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := min(max(limit, 0), len(a.trail))
	out := slices.Clone(a.trail[len(a.trail)-n:])
	slices.Reverse(out)
	return out
}

// keep adds an entry that was recorded (err nil) to what is in memory.
func (a *Access) keep(err error, e Entry) {
	if err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.trail = append(a.trail, e)
	if len(a.trail) >= 2*TrailKept {
		a.trail = slices.Clone(a.trail[len(a.trail)-TrailKept:])
	}
}

// sortTrail puts the loaded entries in the order of their ids, which is that
// of time, and keeps the newest.
func (a *Access) sortTrail() {
	slices.SortFunc(a.trail, func(x, y Entry) int { return cmpText(x.id, y.id) })
	if over := len(a.trail) - TrailKept; over > 0 {
		a.trail = slices.Clone(a.trail[over:])
	}
}
