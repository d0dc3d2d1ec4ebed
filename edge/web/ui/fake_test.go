package ui

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// policy is the one that edge/web sends.
const policy = "default-src 'self'; connect-src 'self' ws://HOST; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// message is what a page sent, as it arrived.
type message struct {
	T, ID, Code, Action, Source, Station, At string
	Rev                                      uint64
	Args                                     map[string]any
}

// answer is what the fake's script decides.
type answer struct {
	code edge.Code
	say  string
	args map[string]any
	next *edge.Screen // nil: the screen stays
}

// fake is an edge that follows the floor contract as far as the pages can see
// it. Its rules are a function.
type fake struct {
	t      testing.TB
	server *httptest.Server
	decide func(m message) answer

	mu      sync.Mutex
	worker  map[string]any
	in      bool // somebody is logged in
	drill   bool // the session is a practice
	sockets map[*websocket.Conn]bool
	boards  map[*websocket.Conn]bool
	log     []message
	known   map[string]map[string]any // verdict by id
	screen  *edge.Screen
	seq     uint64
	down    bool
	cut     int // so many messages are decided without an answer, and the line is cut
	board   string
	writes  []string // path and body of a lead's writes
	rest    map[string]string
	article map[string]any   // of every answer
	logins  []string         // badge and PIN of each try
	open    []string         // badges that need no PIN
	badge   http.HandlerFunc // after a rest

	slow func(path string) <-chan struct{} // what an answer waits for; nil: for nothing
}

func newFake(t testing.TB) *fake {
	f := &fake{t: t, sockets: map[*websocket.Conn]bool{}, boards: map[*websocket.Conn]bool{}, known: map[string]map[string]any{}, rest: map[string]string{},
		screen: &edge.Screen{Rev: 1, Flow: edge.Idle, Expect: []edge.Expect{}, Actions: []string{"help"}},
		worker: map[string]any{"id": "w-001", "name": "홍길동", "roles": []string{"picker", "packer", "loader"}, "language": "ko"}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /floor/v1/login", f.login)
	mux.HandleFunc("GET /floor/v1/session", f.session)
	mux.HandleFunc("POST /floor/v1/logout", func(w http.ResponseWriter, _ *http.Request) {
		f.mu.Lock()
		f.in = false
		f.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /floor/v1/badge", func(w http.ResponseWriter, r *http.Request) { f.badge(w, r) })
	mux.HandleFunc("GET /floor/v1/screen", func(w http.ResponseWriter, _ *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.json(w, map[string]any{"screen": f.screen})
	})
	mux.HandleFunc("GET /floor/v1/socket", f.socket)
	mux.HandleFunc("GET /site/v1/socket", f.boardSocket)
	mux.HandleFunc("GET /floor/v1/stations", f.site)
	mux.HandleFunc("/site/v1/", f.site)
	mux.HandleFunc("/", f.page)
	f.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, "HOST", r.Host))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(f.server.Close)
	return f
}

func (f *fake) page(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index"
	}
	if !strings.Contains(name, ".") {
		name += ".html"
	}
	http.ServeFile(w, r, "dist/"+strings.TrimSuffix(name, "index.html")+map[bool]string{true: "./index.html"}[name == "index.html"])
}

func (f *fake) login(w http.ResponseWriter, r *http.Request) {
	var in struct{ Badge, PIN string }
	if json.NewDecoder(r.Body).Decode(&in) != nil || r.Header.Get("Origin") != f.server.URL || r.Header.Get("Content-Type") != "application/json" {
		http.Error(w, `{"code":"origin"}`, http.StatusForbidden)
		return
	}
	f.mu.Lock()
	f.logins = append(f.logins, in.Badge+"/"+in.PIN)
	alone := in.PIN == "" && slices.Contains(f.open, in.Badge)
	f.mu.Unlock()
	if !alone && in.Badge != "W-001" && !(in.Badge == "LEAD-1" && in.PIN == "4711") {
		http.Error(w, `{"code":"login"}`, http.StatusUnauthorized)
		return
	}
	f.mu.Lock()
	f.in = true
	if in.Badge == "LEAD-1" {
		f.worker = map[string]any{"id": "w-900", "name": "이하늘", "roles": []string{"lead"}, "language": "ko"}
	}
	f.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "edge", Value: "x", Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	f.session(w, r)
}

func (f *fake) session(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.in {
		http.Error(w, `{"code":"session"}`, http.StatusUnauthorized)
		return
	}
	f.json(w, map[string]any{"session": "s-1", "worker": f.worker, "edgeTime": f.now(), "expires": f.now(), "site": "ICN1", "practice": f.drill})
}

func (f *fake) json(w io.Writer, v any) {
	b, err := json.Marshal(v)
	if err == nil {
		_, err = w.Write(b)
	}
	if err != nil {
		f.t.Log("fake:", err)
	}
}

// kst is the site's zone.
func kst() *time.Location { return time.FixedZone("KST", 9*3600) }

func (f *fake) now() string { return time.Now().In(kst()).Format(edge.TimeLayout) }

func (f *fake) upgrade(w http.ResponseWriter, r *http.Request) *websocket.Conn {
	f.mu.Lock()
	no := f.down || !f.in
	f.mu.Unlock()
	if no {
		http.Error(w, `{"code":"unavailable"}`, http.StatusServiceUnavailable)
		return nil
	}
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return nil
	}
	return ws
}

func (f *fake) socket(w http.ResponseWriter, r *http.Request) {
	ws := f.upgrade(w, r)
	if ws == nil {
		return
	}
	defer ws.Close()
	f.mu.Lock()
	f.sockets[ws] = true
	f.send(ws, map[string]any{"t": "hello", "version": 1, "epoch": "e1", "edgeTime": f.now(), "session": "s-1", "maxFrame": 8192})
	f.send(ws, map[string]any{"t": "screen", "screen": f.screen})
	f.mu.Unlock()
	for {
		var m message
		if ws.ReadJSON(&m) != nil {
			break
		}
		f.mu.Lock()
		f.take(ws, m)
		f.mu.Unlock()
	}
	f.mu.Lock()
	delete(f.sockets, ws)
	f.mu.Unlock()
}

func (f *fake) send(ws *websocket.Conn, v any) {
	if err := ws.WriteJSON(v); err != nil {
		f.t.Log("fake: write:", err)
	}
}

// take decides a message once and answers it; a known id is a repeat.
func (f *fake) take(ws *websocket.Conn, m message) {
	f.log = append(f.log, m)
	v, known := f.known[m.ID]
	if known {
		v["repeat"], v["screen"] = true, f.screen
	} else {
		a := answer{code: edge.Unexpected, say: "screen.changed"}
		if m.T == "scan" || m.Rev == f.screen.Rev {
			a = f.decide(m)
		}
		if a.next != nil {
			a.next.Rev = f.screen.Rev + 1
			f.screen = a.next
		}
		f.seq++
		v = map[string]any{"t": "verdict", "id": m.ID, "ok": a.code.Positive(), "code": a.code, "say": map[string]any{"key": a.say, "args": a.args},
			"receipt": map[string]any{"epoch": "e1", "seq": f.seq, "at": f.now()}, "screen": f.screen}
		if f.article != nil {
			v["article"] = f.article
		}
		f.known[m.ID] = v
	}
	if f.cut > 0 {
		f.cut--
		_ = ws.Close() // that is the point
		return
	}
	f.send(ws, v)
}

// push shows a screen for another reason than the worker's own message.
func (f *fake) push(s edge.Screen) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.Expect == nil {
		s.Expect = []edge.Expect{}
	}
	s.Rev = f.screen.Rev + 1
	f.screen = &s
	for ws := range f.sockets {
		f.send(ws, map[string]any{"t": "screen", "screen": f.screen})
	}
}

func (f *fake) frame(v any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ws := range f.sockets {
		f.send(ws, v)
	}
}

// line cuts the line, or lets it be whole again.
func (f *fake) line(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
	for ws := range f.sockets {
		if down {
			_ = ws.Close()
		}
	}
}

func (f *fake) messages() []message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]message(nil), f.log...)
}

func (f *fake) boardSocket(w http.ResponseWriter, r *http.Request) {
	ws := f.upgrade(w, r)
	if ws == nil {
		return
	}
	defer ws.Close()
	f.mu.Lock()
	f.boards[ws] = true
	f.send(ws, json.RawMessage(strings.Replace(f.board, "NOW", f.now(), 1)))
	f.mu.Unlock()
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			break
		}
	}
	f.mu.Lock()
	delete(f.boards, ws)
	f.mu.Unlock()
}

func (f *fake) boardChange(frame string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ws := range f.boards {
		f.send(ws, json.RawMessage(strings.Replace(frame, "NOW", f.now(), 1)))
	}
}

func (f *fake) site(w http.ResponseWriter, r *http.Request) {
	if f.slow != nil {
		<-f.slow(r.URL.RequestURI())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Method == http.MethodPost {
		b, err := io.ReadAll(r.Body)
		require.NoError(f.t, err)
		f.writes = append(f.writes, r.URL.Path+" "+string(b))
		if text, there := f.rest["POST "+r.URL.Path]; there {
			_, _ = io.WriteString(w, text)
			return
		}
		f.json(w, map[string]any{"ok": true})
		return
	}
	text, there := f.rest[r.URL.RequestURI()]
	if !there {
		text, there = f.rest[r.URL.Path]
	}
	if strings.HasPrefix(text, `{"code":`) {
		w.WriteHeader(http.StatusConflict)
	}
	if !there {
		http.Error(w, `{"code":"notFound"}`, http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, text) // a browser that went away needs no answer
}

// closeWith ends the sockets with one of the contract's close codes.
func (f *fake) closeWith(code int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.in = false
	for ws := range f.sockets {
		_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
	}
}
