package web

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"
	"unicode/utf8"

	"dcedge/edge"
)

// siteWrite is the body of a lead's write.
type siteWrite struct {
	id       edge.ID
	reason   string
	client   string
	name     string
	of       string
	owner    string
	priority *int
	hours    *int
}

const maxReason = 200 // characters

func (c *call) readWrite() (siteWrite, error) {
	var in siteWrite
	m, err := c.object()
	if err != nil {
		return in, err
	}
	var id string
	for name, to := range map[string]*string{"id": &id, "reason": &in.reason, "client": &in.client, "name": &in.name, "of": &in.of, "owner": &in.owner} {
		if m.text(name, to) != nil {
			return in, bad("fieldType", name+" must be text")
		}
	}
	if in.priority, err = m.integer("priority"); err != nil {
		return in, bad("fieldType", "priority must be a whole number")
	}
	if in.hours, err = m.integer("hours"); err != nil {
		return in, bad("fieldType", "hours must be a whole number")
	}
	if id != "" {
		if in.id, err = edge.ParseID(id); err != nil {
			return in, bad("id", "id must be a UUIDv7")
		}
	}
	if utf8.RuneCountInString(in.reason) > maxReason {
		return in, bad("tooLarge", "a reason has at most 200 characters")
	}
	return in, nil
}

func (c *call) hold() error     { return c.changeOrder("hold") }
func (c *call) release() error  { return c.changeOrder("release") }
func (c *call) split() error    { return c.changeOrder("split") }
func (c *call) expedite() error { return c.changeOrder("priority") }

// changeOrder has the engine take a change of the lead's own. Its id is made
// of the body's, so that the same one sent again changes nothing; its Rev is 0:
// it is no word of the WMS and does not count among the WMS's revisions.
func (c *call) changeOrder(change string) error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	switch {
	case in.id.IsZero():
		return bad("fieldMissing", "id")
	case change == "hold" && in.reason == "":
		return bad("fieldMissing", "reason")
	case change == "priority" && in.priority == nil:
		return bad("fieldMissing", "priority")
	}
	o := c.s.deps.Board.Order(in.client, c.r.PathValue("order"))
	if o == nil {
		return c.s.noOrder(in.client, c.r.PathValue("order"))
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry("order."+change, o.ID, in.reason)); err != nil {
		return c.s.fromAccess(err)
	}
	v, err := c.s.deps.Floor.Submit(ctx, &edge.Message{Kind: edge.Record, Worker: c.session.Worker, Roles: c.roles,
		Device: c.session.Device, Session: c.session.ID,
		Body: &edge.OrderChange{ID: "lead-" + in.id.String(), Order: o.ID, Client: o.Client, Change: change,
			Reason: in.reason, Priority: in.priority}})
	if err != nil {
		return unavailable(c.s.deps.ErrorCode(err))
	}
	if !v.Code.Positive() {
		return &problem{status: http.StatusConflict, code: string(v.Code), detail: v.Detail}
	}
	c.awaitBoard(ctx, v.Receipt.Seq)
	return c.answer(http.StatusOK, map[string]any{"ok": true, "code": v.Code})
}

// boardWithin bounds how long a write's answer waits for the board; its beat is
// half a second, and it hurries for who waits.
const boardWithin = 3 * time.Second

// awaitBoard lets a lead who reads right after a write see what they did. The
// write is stored: a board that is late keeps nobody from their answer.
func (c *call) awaitBoard(ctx context.Context, seq uint64) {
	ctx, cancel := context.WithTimeout(ctx, boardWithin)
	defer cancel()
	if err := c.s.deps.Board.Reach(ctx, seq); err != nil {
		c.s.deps.Log.Warn("the board is late", "seq", seq, "error", err)
	}
}

func (c *call) revoke() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Revoke(ctx, c.session.Worker, c.r.PathValue("worker"), in.reason); err != nil {
		return c.s.fromAccess(err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *call) unlock() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Unlock(ctx, c.session.Worker, c.r.PathValue("worker"), in.reason); err != nil {
		return c.s.fromAccess(err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

const lendHours = 12 // where the lead names no other

func (c *call) lend() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	hours := lendHours
	if in.hours != nil {
		hours = min(max(*in.hours, 0), 1000) // access says what is too long
	}
	ctx, cancel := c.context()
	defer cancel()
	badge, until, err := c.s.deps.Access.Lend(ctx, c.session.Worker, c.r.PathValue("worker"), time.Duration(hours)*time.Hour, in.reason)
	if err != nil {
		return c.s.fromAccess(err)
	}
	return c.answer(http.StatusOK, map[string]string{"badge": badge, "until": c.s.stamp(until)})
}

// HelpClosed is the audit entry of a call for help that a lead closed, by which
// it stays closed after a restart.
const HelpClosed = "help.close"

// closeHelp takes a call for help off the list and tells its worker.
func (c *call) closeHelp() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	h, ok := c.s.deps.Board.Help(c.r.PathValue("help"))
	if !ok {
		return notFound()
	}
	ctx, cancel := c.context()
	defer cancel()
	at := c.s.deps.Now()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry(HelpClosed, h.ID, in.reason)); err != nil {
		return c.s.fromAccess(err)
	}
	c.s.deps.Board.CloseHelp(h.ID, at)
	c.s.hub.tell(h.Worker, edge.OK, edge.Says("help.closed"))
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *call) enrol() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	if in.name == "" {
		return bad("fieldMissing", "name")
	}
	ctx, cancel := c.context()
	defer cancel()
	key, err := c.s.deps.Access.Enrol(ctx, c.session.Worker, in.name)
	if err != nil {
		return c.s.fromAccess(err)
	}
	return c.answer(http.StatusOK, map[string]string{"name": in.name, "key": key})
}

func (c *call) unenrol() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Unenrol(ctx, c.session.Worker, c.r.PathValue("device"), in.reason); err != nil {
		return c.s.fromAccess(err)
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// reveal unmasks one recipient. The audit line is on disk before the vault is
// asked; a badge alone never opens it.
func (c *call) reveal() error {
	in, err := c.readWrite()
	if err != nil {
		return err
	}
	switch {
	case !c.session.Proven:
		return forbidden("pinRequired", "log in with badge and PIN")
	case in.of == "":
		return bad("fieldMissing", "of")
	case utf8.RuneCountInString(in.reason) < 3:
		return bad("fieldMissing", "reason")
	case c.s.deps.Recipients == nil:
		return unavailable("vaultClosed")
	}
	if err := c.awake(); err != nil {
		return err
	}
	if wait := c.s.reveals.take(c.session.Worker, c.session.ID, c.s.deps.Now()); wait > 0 {
		return &problem{status: http.StatusTooManyRequests, code: "tooMany", retry: wait, detail: "reveals are limited"}
	}
	o := c.s.deps.Board.Order(in.client, in.of)
	if o == nil || o.RecipientRef == "" {
		return notFound()
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Audit(ctx, c.auditEntry("reveal", o.ID, in.reason)); err != nil {
		return c.s.fromAccess(err)
	}
	whole, err := c.s.deps.Recipients.Reveal(ctx, personal(o), Revealer{Worker: c.session.Worker,
		Source: cmp.Or(c.session.Device, c.source()), Reason: in.reason, Client: o.Client, Order: o.ID})
	if err != nil {
		c.s.deps.Log.Warn("reveal", "order", o.ID, "error", err)
		return unavailable("vaultClosed")
	}
	return c.answer(http.StatusOK, map[string]edge.Recipient{"recipient": whole})
}

// Limits of reveals: a burst and a shift.
const (
	revealsPerMinute = 30
	revealsPerShift  = 300
)

// revealLimit counts the reveals of each worker; the zero value is usable.
type revealLimit struct {
	mu  sync.Mutex
	all map[string]*revealCount
}

type revealCount struct {
	session string
	total   int
	recent  []time.Time
}

// take counts one reveal, or says how long to wait.
func (l *revealLimit) take(worker, session string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[string]*revealCount{}
	}
	n := l.all[worker]
	if n == nil || n.session != session {
		// A new login does not clear the last minute.
		next := &revealCount{session: session}
		if n != nil {
			next.recent = n.recent
		}
		n, l.all[worker] = next, next
	}
	for len(n.recent) > 0 && now.Sub(n.recent[0]) >= time.Minute {
		n.recent = n.recent[1:]
	}
	switch {
	case n.total >= revealsPerShift:
		return time.Hour
	case len(n.recent) >= revealsPerMinute:
		return max(time.Second, time.Minute-now.Sub(n.recent[0]))
	}
	n.total++
	n.recent = append(n.recent, now)
	return 0
}
