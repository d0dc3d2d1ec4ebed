package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"dcedge/edge"
	"dcedge/edge/access"
	"dcedge/edge/board"
)

func (c *call) screen() error {
	ctx, cancel := c.context()
	defer cancel()
	sc, err := c.s.screenFor(ctx, c.session, c.roles)
	if err != nil {
		return unavailable(c.s.deps.ErrorCode(err))
	}
	b := append([]byte(`{"screen":`), appendScreen(nil, c.s.dress(sc))...)
	return c.raw(http.StatusOK, append(b, '}'))
}

// stations lists the pack desks, so that nobody types their names, and why one
// cannot be started at.
func (c *call) stations() error {
	desks := c.s.deps.Board.Desks(c.s.cfg.Stations, c.session.Worker)
	for i := range desks { // who practises is in nobody's way
		if c.session.Practice {
			desks[i] = board.Desk{Name: desks[i].Name, Free: true}
		}
	}
	return c.answer(http.StatusOK, listView{desks})
}

// screenFor is the present screen of a session's worker, real or of practice.
func (s *Server) screenFor(ctx context.Context, sess *access.Session, roles []edge.Role) (*edge.Screen, error) {
	if sess.Practice {
		return s.deps.Floor.PracticeScreen(ctx, sess.Worker, roles)
	}
	return s.deps.Floor.Screen(ctx, sess.Worker, roles)
}

// called gives the lead what stood on the screen of a worker who calls for help.
func (s *Server) called(m *edge.Message, v *edge.Verdict) {
	if m.Action == "help" && v.OK && !m.Practice {
		s.deps.Board.Seen(m.Worker, v.Screen)
	}
}

func (c *call) raw(status int, b []byte) error {
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b) // the peer may be gone; it repeats with the same id
	return nil
}

func (c *call) scan() error { return c.decide("scan") }
func (c *call) act() error  { return c.decide("act") }

// decide has one message decided and answers with its verdict.
func (c *call) decide(t string) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	m, fe := c.s.readMessage(body, t)
	if fe != nil {
		status := http.StatusBadRequest
		if fe.code == "tooLarge" {
			status = http.StatusRequestEntityTooLarge
		}
		return &problem{status: status, code: fe.code, detail: fe.detail}
	}
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.stampMessage(ctx, m, c.session, c.roles, c.source()); err != nil {
		return c.s.fromAccess(err)
	}
	v, err := c.s.deps.Floor.Submit(ctx, m)
	if err != nil {
		return unavailable(c.s.deps.ErrorCode(err))
	}
	c.s.meter.verdict(v.Code)
	c.s.called(m, &v)
	if v.Screen != nil {
		c.s.hub.screenOf(m.Worker, v.Screen, nil)
	}
	v.Screen = c.s.dress(v.Screen)
	frame := c.s.appendVerdict(nil, &v)
	if v.Code == edge.IDReused || v.Code == edge.NotYours {
		return &problem{status: http.StatusConflict, code: string(v.Code), verdict: frame}
	}
	return c.raw(http.StatusOK, frame)
}

// stampMessage says who speaks. Where a lead stands at the worker's screen it
// has badge and PIN proven; what it leaves in the message is the lead's id.
// Errors: *access.LockedError, or that of the recorder.
func (s *Server) stampMessage(ctx context.Context, m *edge.Message, sess *access.Session, roles []edge.Role, source string) error {
	m.Worker, m.Roles, m.Device, m.Session, m.Proven = sess.Worker, roles, sess.Device, sess.ID, sess.Proven
	badge, pin := m.Args.Badge, m.Args.PIN
	m.Args.Badge, m.Args.PIN = "", ""
	m.Practice = sess.Practice
	if !m.Practice {
		m.Heard, m.Silent = s.silent()
	}
	if m.Idle = s.deps.Access.Rest(sess); m.Idle {
		if err := s.back(ctx, m, sess, badge, pin, source); err != nil {
			return err
		}
	}
	vouched := m.Action == "override" || m.Action == "reprint" || m.Action == "void"
	if !vouched || badge == "" || pin == "" {
		return nil
	}
	lead, err := s.deps.Access.Prove(ctx, badge, pin, source, edge.Lead)
	switch {
	case err == nil:
		m.Args.ByLead, m.Idle = lead, false // a lead stands there
	case !errors.Is(err, access.ErrRefused): // a refused proof is the floor's to deny
		return err
	}
	return nil
}

// dress adds what only this package may ask for: how old the knowledge of cancels
// is where it is old, and the masked recipient on a desk's screen. It may wait for
// the vault.
func (s *Server) dress(sc *edge.Screen) *edge.Screen {
	if sc == nil {
		return nil
	}
	old, masked := s.knowledge(), s.masked(sc)
	if old == nil && masked == nil {
		return sc
	}
	dressed := *sc
	if dressed.Knowledge = old; masked != nil {
		dressed.Recipient = masked
	}
	if old != nil && dressed.Why == whyNothing && !dressed.Practice {
		dressed.Why = whyStale
	}
	return &dressed
}

// OldAfter is how long the WMS may be silent before screens say so.
const OldAfter = 5 * time.Minute

// Why nothing can be picked (edge/floor says it as a reason of start.noWork): no
// order was released, or the WMS that would release some is silent.
const (
	whyNothing = "nothing"
	whyStale   = "stale"
)

func (s *Server) knowledge() *edge.Knowledge {
	heard, silent := s.silent()
	switch {
	case !silent:
		return nil
	case heard.IsZero():
		return &edge.Knowledge{}
	}
	heard = heard.In(s.cfg.Zone)
	return &edge.Knowledge{Heard: &heard}
}

// silent tells that the WMS has not called for OldAfter, and when it last did.
func (s *Server) silent() (heard time.Time, silent bool) {
	if s.deps.Heard == nil {
		return time.Time{}, false
	}
	heard = s.deps.Heard()
	return heard, heard.IsZero() || s.deps.Now().Sub(heard) >= OldAfter
}

func (s *Server) masked(sc *edge.Screen) *edge.Masked {
	if s.deps.Recipients == nil || sc.Practice || sc.Flow != edge.Pack || sc.Task == nil || len(sc.Task.Orders) == 0 || sc.Recipient != nil {
		return nil
	}
	o := s.deps.Board.Order(sc.Task.Client, sc.Task.Orders[0]) // those of one box have one recipient
	if o == nil || o.RecipientRef == "" {
		return nil
	}
	masked, err := s.deps.Recipients.Masked(personal(o))
	if err != nil || masked == (edge.Masked{}) {
		return nil // a closed vault does not stop a desk
	}
	return &masked
}

func personal(o *edge.Order) edge.PersonalRef {
	return edge.PersonalRef{Ref: o.RecipientRef, Version: o.RecipientVersion}
}
