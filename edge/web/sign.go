package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"unicode/utf8"

	"dcedge/edge"
	"dcedge/edge/board"
	"dcedge/edge/shift"
)

// Sealed is what the vault holds of people who work here and of what one lead
// notes for the next. What gives something whole records it first.
type Sealed interface {
	SealName(worker, name string) error
	SealNote(id, text string) error
	WholeName(ctx context.Context, worker string, by Revealer) (string, error)
	Note(ctx context.Context, id string, by Revealer) (string, error)
}

// History is the log of events as a lead holds it to the WMS: its last event and
// the chain's hash at one, in hex.
type History interface {
	Head() (seq uint64, digest string)
	DigestAt(seq uint64) (string, error)
}

const maxNote = 2000 // characters

// endView is what the end of a shift is signed under.
type endView struct {
	EdgeTime  string           `json:"edgeTime"`
	Since     string           `json:"since,omitempty"` // of the last signature
	Left      board.Left       `json:"left"`
	Sync      syncState        `json:"sync"`
	Badges    int              `json:"badges"` // temporary ones
	Consumers []board.Consumer `json:"consumers"`
	Last      *shiftEntry      `json:"last,omitempty"`
}

// syncState is how far the WMS has the events: acked of the slowest required
// consumer, with the chain's digest there and at the last event. What is
// acknowledged was acknowledged with this digest.
type syncState struct {
	Head        uint64 `json:"head"`
	Digest      string `json:"digest,omitempty"`
	Acked       uint64 `json:"acked"`
	AckedDigest string `json:"ackedDigest,omitempty"`
	Unsynced    uint64 `json:"unsynced"`
}

// shiftEntry is an end of a shift as a lead sees it.
type shiftEntry struct {
	shift.Entry
	Name string `json:"name"` // of who signed
}

func (s *Server) shownEntry(e shift.Entry) *shiftEntry {
	return &shiftEntry{e, s.name(e.By)}
}

func (s *Server) syncState() (v syncState) {
	if s.deps.History == nil {
		return v
	}
	v.Head, v.Digest = s.deps.History.Head()
	v.Acked = v.Head
	for _, x := range s.deps.Board.Consumers() {
		if x.Required {
			v.Acked = min(v.Acked, x.Acked)
		}
	}
	v.Unsynced = v.Head - v.Acked
	if digest, err := s.deps.History.DigestAt(v.Acked); err == nil { // what is long packed away has none
		v.AckedDigest = digest
	}
	return v
}

func (c *call) shiftOpen() error {
	now, since := c.s.deps.Now(), c.s.deps.Board.Signed()
	v := endView{EdgeTime: c.s.stamp(now), Left: c.s.deps.Board.Left(now, since), Sync: c.s.syncState(),
		Badges: len(c.s.deps.Access.Guests()), Consumers: c.s.deps.Board.Consumers()}
	if !since.IsZero() {
		v.Since = c.s.stamp(since)
	}
	if c.s.deps.Shifts != nil {
		for _, e := range c.s.deps.Shifts.List() {
			if e.Seq != 0 {
				v.Last = c.s.shownEntry(e)
				break
			}
		}
	}
	return c.answer(http.StatusOK, v)
}

// shiftFacts are the counts that a signature is given under.
func (c *call) shiftFacts() edge.ShiftEvent {
	l, y := c.s.deps.Board.Left(c.s.deps.Now(), c.s.deps.Board.Signed()), c.s.syncState()
	return edge.ShiftEvent{Of: edge.ShiftOfSite, UpTo: y.Head, Digest: y.Digest, Acked: y.Acked, Unsynced: int(y.Unsynced),
		Totes: l.Totes.N, Works: l.Works.N, InDoubt: l.InDoubt.N, Held: l.Held.N, Voided: l.Voided.N, Lost: l.Lost.N}
}

// signature is the body of a signed end.
type signature struct {
	badge, pin, note string
	endBadges        bool
}

func readSignature(m object) (in signature, err error) {
	for name, to := range map[string]*string{"badge": &in.badge, "pin": &in.pin, "note": &in.note} {
		if m.text(name, to) != nil {
			return in, bad("fieldType", name+" must be text")
		}
	}
	if in.endBadges, err = m.yes("endBadges"); err != nil {
		return in, bad("fieldType", "endBadges is true or false")
	}
	if utf8.RuneCountInString(in.note) > maxNote {
		return in, bad("tooLarge", "a note has at most 2,000 characters")
	}
	if in.badge == "" || in.pin == "" {
		return in, bad("fieldMissing", "badge and pin of who signs")
	}
	return in, nil
}

// signShift ends the site's shift: the note is sealed and the entry on disk before
// the event says that it was signed. The same one again finishes what was cut.
func (c *call) signShift() error {
	m, id, err := c.identified()
	if err != nil {
		return err
	}
	in, err := readSignature(m)
	if err != nil {
		return err
	}
	book := c.s.deps.Shifts
	if book == nil {
		return notFound()
	}
	ctx, cancel := c.context()
	defer cancel()
	lead, err := c.s.deps.Access.ProveFor(ctx, "shift.sign", in.badge, in.pin, c.source(), edge.Lead)
	if err != nil {
		return c.s.signatureFault(err)
	}
	if _, begun := book.Find(id.String()); !begun {
		if in.note != "" {
			if c.s.deps.Sealed == nil || c.s.deps.Sealed.SealNote(id.String(), in.note) != nil {
				return unavailable("vaultClosed")
			}
		}
		if err := book.Begin(ctx, shift.Entry{ID: id.String(), By: lead, Facts: c.shiftFacts(), Note: in.note != ""}); err != nil {
			return c.s.fromAccess(err)
		}
	}
	e, _ := book.Find(id.String())
	v, err := c.ask(ctx, lead, []edge.Role{edge.Lead}, id, m, &edge.ShiftSign{ShiftEvent: e.Facts})
	switch {
	case err != nil:
		return unavailable(c.s.deps.ErrorCode(err))
	case !v.Code.Positive():
		return &problem{status: http.StatusConflict, code: string(v.Code)}
	}
	if err := book.Signed(ctx, e.ID, v.Receipt.Seq); err != nil {
		return c.s.fromAccess(err)
	}
	if in.endBadges {
		for _, g := range c.s.deps.Access.Guests() {
			if err := c.s.deps.Access.Withdraw(ctx, lead, g.ID, "shift"); err != nil {
				return c.s.fromAccess(err)
			}
		}
	}
	c.awaitBoard(ctx, v.Receipt.Seq)
	e, _ = book.Find(e.ID)
	return c.answer(http.StatusOK, c.s.shownEntry(e))
}

func (c *call) shifts() error {
	out := []*shiftEntry{}
	if c.s.deps.Shifts != nil {
		for _, e := range c.s.deps.Shifts.List() {
			if e.Seq != 0 {
				out = append(out, c.s.shownEntry(e))
			}
		}
	}
	return c.answer(http.StatusOK, listView{out})
}

// entry finds the signed end of the address.
func (c *call) entry() (shift.Entry, error) {
	if c.s.deps.Shifts != nil {
		if e, ok := c.s.deps.Shifts.Find(c.r.PathValue("shift")); ok && e.Seq != 0 {
			return e, nil
		}
	}
	return shift.Entry{}, notFound()
}

// revealer is who asks for something whole.
func (c *call) revealer(reason string) Revealer {
	return Revealer{Worker: c.session.Worker, Source: cmp.Or(c.session.Device, c.source()), Reason: reason}
}

// shiftNote tells what the lead before noted. It may name people: the vault
// records who reads it.
func (c *call) shiftNote() error {
	e, err := c.entry()
	switch {
	case err != nil:
		return err
	case !e.Note || c.s.deps.Sealed == nil:
		return notFound()
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry("shift.note", e.ID, "")); err != nil {
		return c.s.fromAccess(err)
	}
	text, err := c.s.deps.Sealed.Note(ctx, e.ID, c.revealer("shift"))
	if err != nil {
		c.s.deps.Log.Warn("a shift's note", "shift", e.ID, "error", err)
		return unavailable("vaultClosed")
	}
	return c.answer(http.StatusOK, map[string]string{"note": text})
}

func (c *call) shiftSeen() error {
	e, err := c.entry()
	if err != nil {
		return err
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry("shift.seen", e.ID, "")); err != nil {
		return c.s.fromAccess(err)
	}
	switch err := c.s.deps.Shifts.Seen(ctx, e.ID, c.session.Worker); {
	case errors.Is(err, shift.ErrUnknown):
		return notFound()
	case err != nil:
		return c.s.fromAccess(err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
