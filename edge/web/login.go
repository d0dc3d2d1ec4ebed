package web

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"dcedge/edge"
	"dcedge/edge/access"
)

// workerView is a worker as a login tells it.
type workerView struct {
	ID       string      `json:"id"`
	Name     string      `json:"name"`
	Roles    []edge.Role `json:"roles"`
	Language string      `json:"language,omitempty"`
}

type loginView struct {
	Token    string     `json:"token,omitempty"`
	Session  string     `json:"session"`
	Worker   workerView `json:"worker"`
	EdgeTime string     `json:"edgeTime"`
	Expires  string     `json:"expires"`
	Site     string     `json:"site,omitempty"`
	Practice bool       `json:"practice,omitempty"` // nothing that is done is real
	PIN      string     `json:"pin,omitempty"`      // of a badge that a lead has just approved: told once
}

func (c *call) login() error {
	body, err := c.body()
	if err != nil {
		return err
	}
	var in struct{ badge, pin, device, deviceKey string }
	m, err := members(body)
	if err != nil {
		return bad("malformed", "the body is no JSON object")
	}
	for name, to := range map[string]*string{"badge": &in.badge, "pin": &in.pin, "device": &in.device, "deviceKey": &in.deviceKey} {
		if err := m.text(name, to); err != nil {
			return bad("fieldType", name+" must be text")
		}
	}
	practice, err := m.yes("practice")
	if err != nil {
		return bad("fieldType", "practice is true or false")
	}
	if in.badge == "" {
		return bad("fieldMissing", "badge")
	}
	if c.origin == originOwn && !c.json() {
		return forbidden("origin", "a browser logs in with Content-Type application/json")
	}
	ctx, cancel := c.context()
	defer cancel()
	return c.enter(ctx, access.Attempt{Badge: in.badge, PIN: in.pin, Device: in.device, DeviceKey: in.deviceKey, Source: c.source(), Practice: practice}, "")
}

// enter opens a session and answers with it.
func (c *call) enter(ctx context.Context, t access.Attempt, pin string) error {
	sess, token, err := c.s.deps.Access.Login(ctx, t)
	if err != nil {
		return c.s.fromAccess(err)
	}
	if sess.Practice && c.s.deps.Practised != nil {
		c.s.deps.Practised()
	}
	c.session = sess
	v := c.sessionView()
	v.PIN = pin
	if c.origin == originOwn {
		http.SetCookie(c.w, c.s.newCookie(token, int(sess.Expires.Sub(c.s.deps.Now()).Seconds())))
	} else {
		v.Token = token
	}
	return c.answer(http.StatusOK, v)
}

func (s *Server) newCookie(value string, seconds int) *http.Cookie {
	return &http.Cookie{Name: s.cookieName(), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: s.cfg.TLS != nil}
}

func (c *call) sessionView() loginView {
	w := c.s.deps.Access.Worker(c.session.Worker)
	v := loginView{Practice: c.session.Practice, Session: c.session.ID, EdgeTime: c.s.stamp(c.s.deps.Now()), Expires: c.s.stamp(c.session.Expires), Site: c.s.cfg.Site}
	v.Worker = workerView{ID: c.session.Worker, Name: c.s.name(c.session.Worker), Roles: []edge.Role{}}
	if w != nil {
		v.Worker.Language = w.Language
		v.Worker.Roles = append(v.Worker.Roles, w.Roles...)
	}
	return v
}

// name is a worker's name, or the id where the vault is closed.
func (s *Server) name(worker string) string {
	if s.deps.Names == nil {
		return worker
	}
	name, err := s.deps.Names.WorkerName(worker)
	if err != nil {
		return worker
	}
	return cmp.Or(name, worker)
}

func (c *call) whoAmI() error { return c.answer(http.StatusOK, c.sessionView()) }

func (c *call) logout() error {
	ctx, cancel := c.context()
	defer cancel()
	if err := c.s.deps.Access.Logout(ctx, c.session); err != nil {
		return c.s.fromAccess(err)
	}
	if c.cookie {
		http.SetCookie(c.w, c.s.newCookie("", -1))
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// stamp writes an instant as on every wire: milliseconds and offset, in the
// site's zone.
func (s *Server) stamp(t time.Time) string { return t.In(s.cfg.Zone).Format(edge.TimeLayout) }

func (c *call) answer(status int, v any) error {
	b, err := c.s.wire.JSON(v)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, _ = c.w.Write(b) // the peer may be gone; there is nobody else to tell
	return nil
}
