package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
	"dcedge/edge/access"
)

// who may call a route.
type who int

const (
	anyone  who = iota // login, health, pages
	session            // any live session
	role               // a live session whose worker has one of route.roles
	scraper            // loopback, or the scraper's key
)

// route is one row of the table that the mux, the OpenAPI document and the
// role matrix are made from.
type route struct {
	method  string
	path    string
	who     who
	roles   []edge.Role
	body    int64 // largest body in bytes; 0: none is read
	summary string
	do      func(*call) error
	// socket routes want Origin with a cookie although they are GET.
	socket bool
}

// call is one request on its way through a route.
type call struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	origin  origin
	session *access.Session
	roles   []edge.Role
	cookie  bool // the session came by cookie
}

const (
	smallBody   = 16 << 10
	bodyTime    = 10 * time.Second
	answerTime  = 30 * time.Second
	decideTime  = 20 * time.Second // then 503: the outcome is unknown
	bearerStart = "Bearer "
)

func (s *Server) table() []route {
	lead := []edge.Role{edge.Lead, edge.Admin}
	packing := []edge.Role{edge.Packer, edge.Lead}
	audit := []edge.Role{edge.Lead, edge.Admin, edge.Auditor}
	return append(s.shiftTable(lead), []route{
		{method: "POST", path: "/floor/v1/login", who: anyone, body: smallBody, do: (*call).login, summary: "Open a session with a badge (and PIN)."},
		{method: "POST", path: "/floor/v1/logout", who: session, body: smallBody, do: (*call).logout, summary: "End one's session."},
		{method: "GET", path: "/floor/v1/session", who: session, do: (*call).whoAmI, summary: "Whose session this is."},
		{method: "GET", path: "/floor/v1/screen", who: session, do: (*call).screen, summary: "The present screen."},
		{method: "GET", path: "/floor/v1/stations", who: session, do: (*call).stations, summary: "The pack desks, and why one is not free."},
		{method: "GET", path: "/floor/v1/labels/{file}", who: role, roles: packing, do: (*call).ownLabel, summary: "Masked picture {attempt}.png of the label that this worker's screen asks about."},
		{method: "POST", path: "/floor/v1/scans", who: session, body: maxFrame, do: (*call).scan, summary: "Decide a scan."},
		{method: "POST", path: "/floor/v1/actions", who: session, body: maxFrame, do: (*call).act, summary: "Decide an act."},
		{method: "GET", path: "/floor/v1/socket", who: session, socket: true, do: (*call).openSocket, summary: "WebSocket of scans, acts, verdicts and screens."},

		{method: "GET", path: "/site/v1/summary", who: role, roles: lead, do: (*call).summary, summary: "The whole board."},
		{method: "GET", path: "/site/v1/orders", who: role, roles: lead, do: (*call).orders, summary: "Orders by stage, carrier, held, find; paged by after."},
		{method: "GET", path: "/site/v1/orders/{order}", who: role, roles: lead, do: (*call).order, summary: "One order with its boxes and masked recipient."},
		{method: "GET", path: "/site/v1/exceptions", who: role, roles: lead, do: (*call).section, summary: "What is held, parked, short, in doubt, broken or late."},
		{method: "GET", path: "/site/v1/devices", who: role, roles: lead, do: (*call).section, summary: "Devices and how they are."},
		{method: "GET", path: "/site/v1/printers", who: role, roles: lead, do: (*call).section, summary: "Printers and how they are."},
		{method: "GET", path: "/site/v1/labels/{file}", who: role, roles: lead, do: (*call).label, summary: "Masked picture {attempt}.png of a label."},
		{method: "GET", path: "/site/v1/trucks", who: role, roles: lead, do: (*call).trucks, summary: "The open trucks, and those that closed in the last two days."},
		{method: "GET", path: "/site/v1/trucks/{truck}", who: role, roles: lead, do: (*call).truck, summary: "One truck with its boxes and what stayed behind."},
		{method: "GET", path: "/site/v1/trucks/{truck}/manifest.csv", who: role, roles: lead, do: (*call).manifest, summary: "A truck's manifest (RFC 4180); bom=1 marks it as UTF-8 for spreadsheets."},
		{method: "POST", path: "/site/v1/trucks/{truck}/manifest/print", who: role, roles: lead, body: smallBody, do: (*call).printManifest, summary: "Print a truck's manifest on the printer of documents: {print: ko|ja|en}."},
		{method: "POST", path: "/site/v1/trucks/{truck}/behind/own", who: role, roles: lead, body: smallBody, do: (*call).ownBehind, summary: "Take care of the boxes that a truck left without."},
		{method: "POST", path: "/site/v1/trucks/{truck}/behind/close", who: role, roles: lead, body: smallBody, do: (*call).endBehind, summary: "End the search for them: {reason}."},
		{method: "GET", path: "/site/v1/workers", who: role, roles: lead, do: (*call).workers, summary: "Workers, their work and sessions."},
		{method: "GET", path: "/site/v1/kpi", who: role, roles: lead, do: (*call).kpi, summary: "Figures by hour, from and to."},
		{method: "GET", path: "/site/v1/audit", who: role, roles: audit, do: (*call).audit, summary: "Who did what, when and why, the newest first: the trail and what the floor did past a rule or by hand; by who, order, kind, paged by before."},
		{method: "GET", path: "/site/v1/socket", who: role, roles: lead, socket: true, do: (*call).boardSocket, summary: "WebSocket: a snapshot, then numbered changes."},
		{method: "GET", path: "/site/v1/openapi.json", who: role, roles: lead, do: (*call).openapi, summary: "This document."},
		{method: "POST", path: "/site/v1/orders/{order}/hold", who: role, roles: lead, body: smallBody, do: (*call).hold, summary: "Hold an order: {id, reason, client?}."},
		{method: "POST", path: "/site/v1/orders/{order}/release", who: role, roles: lead, body: smallBody, do: (*call).release, summary: "End a hold: {id, reason?, client?}."},
		{method: "POST", path: "/site/v1/orders/{order}/expedite", who: role, roles: lead, body: smallBody, do: (*call).expedite, summary: "Set an order's priority: {id, priority, client?}."},
		{method: "POST", path: "/site/v1/orders/{order}/split", who: role, roles: lead, body: smallBody, do: (*call).split, summary: "Pack an order apart from those that it was to go into one box with: {id, reason?, client?}. Without effect once its goods are in a box."},
		{method: "POST", path: "/site/v1/workers/{worker}/revoke", who: role, roles: lead, body: smallBody, do: (*call).revoke, summary: "End a worker's session at once: {reason}."},
		{method: "POST", path: "/site/v1/workers/{worker}/unlock", who: role, roles: lead, body: smallBody, do: (*call).unlock, summary: "End the lockout of a worker's badge: {reason}."},
		{method: "POST", path: "/site/v1/workers/{worker}/badge", who: role, roles: lead, body: smallBody, do: (*call).lend, summary: "Give a worker a temporary badge: {hours?, reason}; its code is told once."},
		{method: "POST", path: "/site/v1/helps/{help}/close", who: role, roles: lead, body: smallBody, do: (*call).closeHelp, summary: "Close a worker's call for help: {reason?}; its id is that of the exception."},
		{method: "POST", path: "/site/v1/cases/{case}/own", who: role, roles: lead, body: smallBody, do: (*call).ownCase, summary: "Take care of a case, or have somebody do it: {owner?}; \"-\" is nobody."},
		{method: "POST", path: "/site/v1/cases/{case}/close", who: role, roles: lead, body: smallBody, do: (*call).closeCase, summary: "Close a case: {reason}."},
		{method: "GET", path: "/site/v1/enrolments", who: role, roles: lead, do: (*call).enrolments, summary: "Devices that have a key."},
		{method: "POST", path: "/site/v1/devices", who: role, roles: lead, body: smallBody, do: (*call).enrol, summary: "Enrol a device: {name}; its key is told once."},
		{method: "POST", path: "/site/v1/devices/{device}/test", who: role, roles: lead, body: smallBody, do: (*call).testDevice, summary: "Test a device: a printer prints a test label, a scanner beeps, a scale tells its weight."},
		{method: "POST", path: "/site/v1/devices/{device}/revoke", who: role, roles: lead, body: smallBody, do: (*call).unenrol, summary: "Take a device's key away: {reason}."},
		{method: "POST", path: "/site/v1/barcode", who: role, roles: lead, body: largeBody, do: (*call).barcode, summary: "What the system makes of a code: {input, as?, carrier?, with?}. Nothing is recorded."},
		{method: "POST", path: "/site/v1/reveals", who: role, roles: lead, body: smallBody, do: (*call).reveal, summary: "Unmask an order's recipient, recorded first: {of, reason, client?}."},

		{method: "GET", path: "/healthz", who: anyone, do: (*call).healthz, summary: "Alive."},
		{method: "GET", path: "/readyz", who: anyone, do: (*call).readyz, summary: "Stores open, log writable."},
		{method: "GET", path: "/devicez", who: scraper, do: (*call).devicez, summary: "Devices and how they are this moment, for edge doctor."},
		{method: "GET", path: "/metrics", who: scraper, do: (*call).metrics, summary: "Prometheus."},
	}...)
}

// shiftTable is the rows of the shift: its start and end, badges, and paper.
func (s *Server) shiftTable(lead []edge.Role) []route {
	return []route{
		{method: "POST", path: "/floor/v1/badge", who: session, body: smallBody, do: (*call).showBadge, summary: "Show one's badge after a rest: {badge, pin?}."},
		{method: "POST", path: "/floor/v1/approve", who: anyone, body: smallBody, do: (*call).approve, summary: "Log in with a badge that nobody knows, on a lead's word: {badge, leadBadge, leadPin, roles, name?, language?, until?, device?, deviceKey?}."},
		{method: "GET", path: "/floor/v1/shift", who: session, do: (*call).shift, summary: "What the start of a shift leads through."},
		{method: "POST", path: "/floor/v1/shift", who: session, body: smallBody, do: (*call).startShift, summary: "Book the start check: {id, heard?, unheard?, label?, deviceTime?, battery?}."},
		{method: "POST", path: "/floor/v1/shift/label", who: session, body: smallBody, do: (*call).testLabel, summary: "Print a label at a desk to scan back: {name}."},
		{method: "POST", path: "/floor/v1/shift/takeOver", who: session, body: smallBody, do: (*call).takeOver, summary: "Take over what the one before left open on the device: {id, work, from}."},
		{method: "POST", path: "/floor/v1/shift/end", who: session, body: smallBody, do: (*call).endShift, summary: "End one's own shift: {id}."},
		{method: "GET", path: "/site/v1/shift", who: role, roles: lead, do: (*call).shiftOpen, summary: "What the shift leaves open, and how far the WMS has the events."},
		{method: "POST", path: "/site/v1/shift/end", who: role, roles: lead, body: smallBody, do: (*call).signShift, summary: "Sign the end of the shift: {id, badge, pin, note?, endBadges?}."},
		{method: "GET", path: "/site/v1/shifts", who: role, roles: lead, do: (*call).shifts, summary: "Signed ends of shifts, the newest first."},
		{method: "POST", path: "/site/v1/shifts/{shift}/note", who: role, roles: lead, body: smallBody, do: (*call).shiftNote, summary: "Read the note of a shift's end, recorded first."},
		{method: "POST", path: "/site/v1/shifts/{shift}/seen", who: role, roles: lead, body: smallBody, do: (*call).shiftSeen, summary: "Tick a shift's end as read."},
		{method: "GET", path: "/site/v1/badges", who: role, roles: lead, do: (*call).badges, summary: "Temporary badges."},
		{method: "POST", path: "/site/v1/badges", who: role, roles: lead, body: smallBody, do: (*call).giveBadges, summary: "Give temporary badges: {name|names|count, roles, language?, until?, reason?}; their codes are told once."},
		{method: "POST", path: "/site/v1/badges/print", who: role, roles: lead, body: smallBody, do: (*call).printBadges, summary: "Print badges just given on a label printer: {printer, badges: [{id, badge}]}."},
		{method: "POST", path: "/site/v1/badges/{worker}/revoke", who: role, roles: lead, body: smallBody, do: (*call).withdrawBadge, summary: "End a temporary badge and its session: {reason}."},
		{method: "POST", path: "/site/v1/paper", who: role, roles: lead, body: smallBody, do: (*call).paper, summary: "Pick lists to print: {id, orders|next, client?, hold?}."},
		{method: "POST", path: "/site/v1/manual", who: role, roles: lead, body: largeBody, do: (*call).manual, summary: "Enter what was done by paper: {id, order, by, at, reason, lines, client?, tote?, waybill?, boxType?}."},
	}
}

// routes makes the handler: the table, a 405 for other methods of its paths, a
// 404 for the rest, the sync API and the pages.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	methods := map[string][]string{}
	for _, rt := range s.table() {
		mux.HandleFunc(rt.method+" "+rt.path, s.serve(rt))
		methods[rt.path] = append(methods[rt.path], rt.method)
	}
	for path, allowed := range methods {
		allow := strings.Join(allowed, ", ")
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			(&problem{status: http.StatusMethodNotAllowed, code: "method", allow: allow}).write(w)
		})
	}
	lost := func(w http.ResponseWriter, _ *http.Request) { notFound().write(w) }
	mux.HandleFunc("/floor/", lost)
	mux.HandleFunc("/site/", lost)
	mux.HandleFunc("/sync/", lost)
	if s.deps.Sync != nil {
		mux.Handle("/sync/v1/", s.deps.Sync)
	}
	mux.HandleFunc("/", s.page)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.secure(w, r)
		mux.ServeHTTP(w, r)
	})
}

// serve wraps a route with what holds for all: origin, session, role, then
// limits, in this order.
func (s *Server) serve(rt route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		mw := &metered{ResponseWriter: w}
		c := &call{s: s, w: mw, r: r, origin: s.originOf(r)}
		if err := c.run(rt); err != nil {
			c.refuse(rt, err)
		}
		s.meter.request(rt, mw.code(), time.Since(began))
	}
}

// run admits and answers; a panic of a handler is this request's failure and
// nobody else's.
func (c *call) run(rt route) (err error) {
	defer func() {
		if p := recover(); p != nil {
			c.s.deps.Log.Error("handler panicked", "route", rt.path, "panic", p, "stack", string(debug.Stack()))
			err = &problem{status: http.StatusInternalServerError, code: "internal"}
		}
	}()
	if err := c.admit(rt); err != nil {
		return err
	}
	c.limit(rt)
	return rt.do(c)
}

// refuse answers an error; refusals of a role or an origin are logged with who.
func (c *call) refuse(rt route, err error) {
	var p *problem
	if !errors.As(err, &p) {
		c.s.deps.Log.Error("request failed", "route", rt.path, "error", err)
		p = unavailable("")
	}
	if p.status == http.StatusForbidden {
		worker := ""
		if c.session != nil {
			worker = c.session.Worker
		}
		c.s.deps.Log.Warn("refused", "route", rt.path, "code", p.code, "worker", worker, "source", c.source())
	}
	p.write(c.w)
}

func (c *call) admit(rt route) error {
	if c.origin == originForeign && rt.who != scraper {
		return forbidden("origin", "this page is not the edge's own")
	}
	switch rt.who {
	case anyone:
		return nil
	case scraper:
		return c.admitScraper()
	}
	token, cookie := c.token()
	c.cookie = cookie
	var err error
	if c.session, c.roles, err = c.s.deps.Access.Authenticate(token); err != nil {
		return c.s.fromAccess(err)
	}
	if rt.who == role && !slices.ContainsFunc(rt.roles, func(x edge.Role) bool { return slices.Contains(c.roles, x) }) {
		return forbidden("role", "this session's worker may not do that")
	}
	if rt.who == role && c.session.Practice {
		return forbidden("practice", "this session practises: log in to work")
	}
	changes := rt.method != http.MethodGet
	if cookie && (changes || rt.socket) && c.origin != originOwn {
		return forbidden("origin", "a cookie needs the edge's own Origin here")
	}
	if cookie && changes && !c.json() {
		return forbidden("origin", "a cookie needs Content-Type application/json here")
	}
	return nil
}

// token takes the Bearer token, else the cookie; never anything of the URL.
func (c *call) token() (token string, cookie bool) {
	if h, given := c.r.Header["Authorization"]; given {
		if len(h) == 1 && len(h[0]) > len(bearerStart) && strings.EqualFold(h[0][:len(bearerStart)], bearerStart) {
			return h[0][len(bearerStart):], false
		}
		return "", false
	}
	if k, err := c.r.Cookie(c.s.cookieName()); err == nil {
		return k.Value, true
	}
	return "", false
}

func (c *call) json() bool {
	t, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	return err == nil && t == "application/json"
}

func (c *call) limit(rt route) {
	if rt.socket {
		return
	}
	ctl := http.NewResponseController(c.w)
	_ = ctl.SetReadDeadline(time.Now().Add(bodyTime)) // a recorder in a test has no deadlines
	_ = ctl.SetWriteDeadline(time.Now().Add(answerTime))
	if rt.body > 0 {
		c.r.Body = http.MaxBytesReader(c.w, c.r.Body, rt.body)
	}
}

// body reads the whole body within the route's limit.
func (c *call) body() ([]byte, error) {
	b, err := io.ReadAll(c.r.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &problem{status: http.StatusRequestEntityTooLarge, code: "tooLarge"}
	case err != nil:
		return nil, bad("cut", "the body did not arrive whole")
	}
	return b, nil
}

func (c *call) context() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.r.Context(), decideTime)
}

func (c *call) source() string { return sourceOf(c.r.RemoteAddr) }

// sourceOf is the address that a connection comes from, without its port; of
// IPv6 the /64 that one subscriber has.
func sourceOf(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return remote
	}
	ip := net.ParseIP(host)
	if ip != nil && ip.To4() == nil && !ip.IsLoopback() {
		return ip.Mask(net.CIDRMask(64, 128)).String() + "/64"
	}
	return host
}
