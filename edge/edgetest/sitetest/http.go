package sitetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// Answer is the answer to one request, read whole.
type Answer struct {
	Code   int
	Header http.Header
	Body   []byte
}

// JSON reads the body.
func (a Answer) JSON(t testing.TB, into any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(a.Body, into), "%d %s", a.Code, a.Body)
}

// Problem is the stable code of a problem document; "" where it is none.
func (a Answer) Problem() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.Body, &p)
	return p.Code
}

// Do makes one request. Headers are "Name: value".
func (s *Site) Do(method, path, key string, body []byte, headers ...string) Answer {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.URL+path, bytes.NewReader(body))
	require.NoError(s.t, err)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	client := http.Client{Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}
	a, err := client.Do(r)
	if err != nil {
		return Answer{Header: http.Header{}, Body: []byte(err.Error())}
	}
	defer a.Body.Close()
	return Answer{Code: a.StatusCode, Header: a.Header, Body: drain(a.Body)}
}

// Pushed is the answer to reference data.
type Pushed struct {
	Accepted, Unchanged, RejectedTotal int
	Rejected                           []struct {
		Line         int
		Code, Detail string
	}
	Revision string
}

// Push sends reference records, one a line, and wants them all taken.
func (s *Site) Push(lines ...string) Pushed {
	s.t.Helper()
	p := s.TryPush(lines...)
	require.Empty(s.t, p.Rejected)
	return p
}

// TryPush sends reference records.
func (s *Site) TryPush(lines ...string) Pushed {
	s.t.Helper()
	var p Pushed
	a := s.Do("POST", "/sync/v1/reference", WMSKey, []byte(strings.Join(lines, "\n")+"\n"), "Content-Type: application/x-ndjson")
	require.Equal(s.t, 200, a.Code, "%s", a.Body)
	a.JSON(s.t, &p)
	return p
}

// Login gives a token and the session.
func (s *Site) Login(badge string) (token, session string) {
	s.t.Helper()
	var l struct{ Token, Session string }
	s.Do("POST", "/floor/v1/login", "", fmt.Appendf(nil, `{"badge":%q,"device":"test-%s"}`, badge, badge)).JSON(s.t, &l)
	require.NotEmpty(s.t, l.Token, badge)
	return l.Token, l.Session
}

// ID is a UUIDv7 of an instant (RFC 9562, 5.7).
func ID(at time.Time) string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never returns an error
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Frame is any frame of the floor contract.
type Frame struct {
	T       string
	ID      string
	OK      bool
	Code    string
	Say     Say
	Receipt *Receipt
	Repeat  bool
	Screen  *Screen
	Version int
	Epoch   string
	Seq     uint64
	Session string
	Detail  string
	Retry   bool

	EdgeTime string
	MaxFrame int
}

// Say is what is to be said, to be translated.
type Say struct {
	Key  string
	Args map[string]any
}

// Receipt names the last event of a message.
type Receipt struct {
	Epoch string
	Seq   uint64
	At    string
}

// Screen is what a worker sees.
type Screen struct {
	Rev              uint64
	Flow, Mode, Step string
	Task             struct {
		ID, Carrier, Attempt, Box string
		Orders                    []string
		Done, Of                  int
	}
	Expect []struct {
		Kind, Code, SKU, Location string
		Remaining                 int
	}
	Quantity *struct {
		Have, Want int
		Typing     bool
	}
	Actions []string
	Printer *struct{ Name, State, Station, Instead, InsteadState string }
	Work    []struct {
		Flow, Mode string
		Waiting    int
	}
}

// First is the kind and code of what is expected first.
func (s *Screen) First() (kind, code string) {
	if s == nil || len(s.Expect) == 0 {
		return "", ""
	}
	return s.Expect[0].Kind, s.Expect[0].Code
}

// Worker works over plain HTTP, one message at a time.
type Worker struct {
	Site  *Site
	Token string
	Last  Frame
}

// Worker logs a badge in.
func (s *Site) Worker(badge string) *Worker {
	token, _ := s.Login(badge)
	return &Worker{Site: s, Token: token}
}

// Screen asks for the present screen.
func (w *Worker) Screen() *Screen {
	w.Site.t.Helper()
	var f Frame
	w.Site.Do("GET", "/floor/v1/screen", w.Token, nil).JSON(w.Site.t, &f)
	return f.Screen
}

// Scan scans one code.
func (w *Worker) Scan(code string) Frame {
	w.Site.t.Helper()
	return w.Post("/floor/v1/scans", map[string]any{"id": ID(time.Now()), "code": code, "at": time.Now().Format(time.RFC3339Nano)})
}

// Act presses a button of the present screen.
func (w *Worker) Act(action string, args any) Frame {
	w.Site.t.Helper()
	m := map[string]any{"id": ID(time.Now()), "action": action, "rev": w.Screen().Rev, "at": time.Now().Format(time.RFC3339Nano)}
	if args != nil {
		m["args"] = args
	}
	return w.Post("/floor/v1/actions", m)
}

// Post sends a message as it is and gives the verdict.
func (w *Worker) Post(path string, m any) Frame {
	w.Site.t.Helper()
	text, err := json.Marshal(m)
	require.NoError(w.Site.t, err)
	a := w.Site.Do("POST", path, w.Token, text)
	require.Equal(w.Site.t, 200, a.Code, "%s", a.Body)
	w.Last = Frame{}
	a.JSON(w.Site.t, &w.Last)
	return w.Last
}

// Socket is a worker's socket.
type Socket struct {
	*websocket.Conn
	t testing.TB
}

// Socket opens a socket with a token; headers are "Name: value".
func (s *Site) Socket(token string, headers ...string) (*Socket, Answer) {
	s.t.Helper()
	h := http.Header{}
	if token != "" {
		h.Set("Authorization", "Bearer "+token)
	}
	for _, x := range headers {
		name, value, _ := strings.Cut(x, ": ")
		h.Set(name, value)
	}
	c, r, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.URL, "http")+"/floor/v1/socket", h)
	var a Answer
	if r != nil {
		a = Answer{Code: r.StatusCode, Header: r.Header, Body: drain(r.Body)}
	}
	if err != nil {
		return nil, a
	}
	s.t.Cleanup(func() { _ = c.Close() })
	return &Socket{Conn: c, t: s.t}, a
}

// Next is the next frame, within ten seconds.
func (c *Socket) Next() Frame {
	c.t.Helper()
	require.NoError(c.t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
	var f Frame
	require.NoError(c.t, c.ReadJSON(&f))
	return f
}

// Until is the next frame named t.
func (c *Socket) Until(t string) Frame {
	c.t.Helper()
	for {
		if f := c.Next(); f.T == t {
			return f
		}
	}
}
