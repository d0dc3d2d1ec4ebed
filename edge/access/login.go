package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// Attempt is one try to log in.
type Attempt struct {
	Badge     string
	PIN       string // "": none was given
	Device    string
	DeviceKey string
	Source    string // address that it came from, without port
	Practice  bool   // to practise: nothing that is done is real
}

// entryLogin is the audit entry of a login.
const entryLogin = "login"

// Login opens a session. Errors: ErrRefused, *LockedError, ErrName, or that of
// the Recorder (then it is unknown whether the session was opened; log in
// again).
func (a *Access) Login(ctx context.Context, t Attempt) (*Session, string, error) {
	if t.Device != "" && !goodName(t.Device) {
		return nil, "", ErrName
	}
	w, proven, err := a.prove(ctx, t, a.needsPIN)
	if err != nil {
		return nil, "", err
	}
	now := a.deps.Now()
	s := &Session{ID: randomText(), Worker: w.ID, Device: t.Device, Proven: proven, Practice: t.Practice, Began: now, Expires: now.Add(a.cfg.Shift)}
	if g := a.guest(w.ID); g != nil && g.Until.Before(s.Expires) {
		s.Expires = g.Until
	}
	e := a.entry(Entry{What: entryLogin, Who: w.ID, Device: t.Device, Source: t.Source})
	extra := append(a.forgive(a.badgeKey(w.Badge)), a.ease(a.placeKey(t))...)
	extra = append(extra, e.private())
	token, err := a.open(ctx, s, extra)
	if err != nil {
		return nil, "", err
	}
	a.keep(nil, e)
	return s, token, nil
}

// Prove checks badge and PIN of somebody with the role who stands at another
// worker's screen, and gives the worker id. Errors: as Login; ErrRefused also
// without the role. It opens no session.
func (a *Access) Prove(ctx context.Context, badge, pin, source string, role edge.Role) (string, error) {
	return a.ProveFor(ctx, "override", badge, pin, source, role)
}

// ProveFor is Prove for another reason than an override, by which it stands in
// the trail.
func (a *Access) ProveFor(ctx context.Context, what, badge, pin, source string, role edge.Role) (string, error) {
	t := Attempt{Badge: badge, PIN: pin, Source: source}
	w, _, err := a.prove(ctx, t, nil)
	if err != nil {
		return "", err
	}
	if !slices.Contains(w.Roles, role) {
		return "", a.refuse(ctx, a.deps.Now(), t, w, []string{lockKey(true, source), a.badgeKey(w.Badge)}, "role")
	}
	e := a.entry(Entry{What: what, Who: w.ID, Source: source})
	if err := a.deps.Recorder.Record(ctx, append(a.forgive(a.badgeKey(w.Badge)), e.private())...); err != nil {
		return "", fmt.Errorf("access: record an override: %w", err)
	}
	a.keep(nil, e)
	return w.ID, nil
}

func (a *Access) needsPIN(w *edge.WorkerRecord) bool {
	for _, r := range w.Roles {
		if need, named := a.cfg.NeedsPIN[r]; need || !named {
			return true
		}
	}
	return len(w.Roles) == 0
}

func (a *Access) badgeKey(badge string) string {
	return lockKey(false, a.keyedName("badge", badge))
}

// placeKey is where an attempt is counted besides its badge: its device, where
// that proves to be an enrolled one, else its address. So nobody who shares an
// address with a hall, as all behind one access point do, locks it out.
func (a *Access) placeKey(t Attempt) string {
	if t.DeviceKey != "" && a.deviceFits(t.Device, t.DeviceKey) {
		return lockKey(true, "device/"+t.Device)
	}
	return lockKey(true, t.Source)
}

// prove checks one attempt. needs nil: a PIN must be given, and the device is
// not asked.
func (a *Access) prove(ctx context.Context, t Attempt, needs func(*edge.WorkerRecord) bool) (*edge.WorkerRecord, bool, error) {
	return a.proveBadge(ctx, t, needs, needs != nil)
}

// proveBadge is prove; device tells whether the device is asked for its key.
func (a *Access) proveBadge(ctx context.Context, t Attempt, needs func(*edge.WorkerRecord) bool, device bool) (*edge.WorkerRecord, bool, error) {
	now := a.deps.Now()
	w := a.byBadge(t.Badge)
	keys := []string{a.placeKey(t)}
	if w != nil {
		keys = append(keys, a.badgeKey(w.Badge))
	}
	if err := a.enter(now, keys); err != nil {
		return nil, false, err
	}
	defer a.leave(keys)
	if device && a.cfg.Enrolled && !a.deviceFits(t.Device, t.DeviceKey) {
		return nil, false, a.refuse(ctx, now, t, nil, keys[:1], "device")
	}
	seal := a.decoy
	if w != nil && w.PINSeal != "" {
		seal = w.PINSeal
	}
	must := needs == nil || w != nil && needs(w)
	switch {
	case w == nil && t.PIN == "", must && t.PIN == "":
		// Nothing to compare; a missing PIN counts as a wrong one.
		return nil, false, a.refuse(ctx, now, t, w, keys, "badge")
	case t.PIN == "":
		return w, false, nil
	}
	// A PIN that is given must be known (floor contract, section 1), so one that
	// was never set is refused like a wrong one.
	ok, err := a.opens(ctx, seal, t.PIN)
	if err != nil {
		return nil, false, fmt.Errorf("access: check a PIN: %w", err)
	}
	if !ok || w == nil {
		return nil, false, a.refuse(ctx, now, t, w, keys, "pin")
	}
	return w, true, nil
}

// refuse records a failure before it is told.
func (a *Access) refuse(ctx context.Context, now time.Time, t Attempt, w *edge.WorkerRecord, keys []string, what string) error {
	records, locked := a.fail(now, keys)
	e := Entry{What: "login.refused", Reason: what, Source: t.Source}
	if locked {
		e.What = "login.locked"
	}
	if goodName(t.Device) {
		e.Device = t.Device
	}
	if w != nil {
		e.Of = w.ID
	}
	e = a.entry(e)
	if err := a.deps.Recorder.Record(ctx, append(records, e.private())...); err != nil {
		return fmt.Errorf("access: record a refusal: %w", err)
	}
	a.keep(nil, e)
	return ErrRefused
}

// byBadge finds the one worker of a badge; nil for none or more than one. A
// badge that somebody typed in lower case is that of its capital letters, where
// no badge is written so.
func (a *Access) byBadge(badge string) *edge.WorkerRecord {
	if badge == "" || len(badge) > 256 {
		return nil
	}
	if w, known := a.exactBadge(badge); known {
		return w
	}
	w, _ := a.exactBadge(strings.ToUpper(badge))
	return w
}

// exactBadge tells besides whether the badge is known; two have it: nil, true.
func (a *Access) exactBadge(badge string) (w *edge.WorkerRecord, known bool) {
	cat := a.deps.Catalogue.Catalogue()
	var found *edge.WorkerRecord
	for _, m := range cat.Resolve(badge) {
		if m.Kind != "worker" {
			continue
		}
		w := cat.Worker(m.ID)
		if w == nil || w.Badge != badge {
			continue
		}
		if found != nil {
			a.deps.Log.Error("two workers have one badge", "worker", w.ID, "other", found.ID)
			return nil, true
		}
		found = w
	}
	if found == nil {
		found = a.borrower(badge)
	}
	if found == nil {
		found = a.guestOf(badge)
	}
	return found, found != nil
}
