package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

func site(t *testing.T, printers int) *sitetest.Site {
	s := sitetest.Start(t, sitetest.Options{Printers: printers, Clock: 100})
	s.Basics()
	return s
}

const login = "/floor/v1/login"

func TestLogin(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	a := s.Do("POST", login, "", []byte(`{"badge":"W-001","device":"pda-07","later":{"more":1}}`))
	require.Equal(t, 200, a.Code, "%s", a.Body)
	var body map[string]any
	a.JSON(t, &body)
	for _, name := range []string{"token", "session", "worker", "edgeTime", "expires"} {
		assert.Contains(t, body, name)
	}
	worker := body["worker"].(map[string]any)
	for _, name := range []string{"id", "name", "roles", "language"} {
		assert.Contains(t, worker, name)
	}
	assert.Contains(t, a.Header.Get("Cache-Control"), "no-store")
	assert.Empty(t, a.Header.Get("Set-Cookie"), "programs get no cookie")
	for _, name := range []string{"edgeTime", "expires"} {
		_, err := time.Parse("2006-01-02T15:04:05.000Z07:00", body[name].(string))
		assert.NoError(t, err, name)
	}
	assert.Equal(t, 401, s.Do("POST", login, "", []byte(`{"badge":"NOBODY","device":"x"}`)).Code)
	assert.Equal(t, 400, s.Do("POST", login, "", []byte(`{"badge":`)).Code)
	assert.Equal(t, 400, s.Do("POST", login, "", []byte(`{"badge":7,"device":"x"}`)).Code)

	token := body["token"].(string)
	assert.Equal(t, 200, s.Do("GET", "/floor/v1/screen", token, nil).Code)
	assert.Equal(t, 401, s.Do("GET", "/floor/v1/screen?token="+token, "", nil).Code)
	assert.Equal(t, 401, s.Do("GET", "/floor/v1/screen?access_token="+token, "", nil).Code)
	out := s.Do("POST", "/floor/v1/logout", token, nil)
	assert.Equal(t, 204, out.Code, "%s", out.Body)
	assert.Equal(t, 401, s.Do("GET", "/floor/v1/screen", token, nil).Code)
}

func TestLoginIsHeldBackAfterFailures(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	var a sitetest.Answer
	for n := 0; n < 50 && a.Code != 429; n++ {
		a = s.Do("POST", login, "", []byte(`{"badge":"W-NONE","pin":"000000","device":"x"}`))
		require.Contains(t, []int{401, 429}, a.Code)
	}
	require.Equal(t, 429, a.Code)
	assert.NotEmpty(t, a.Header.Get("Retry-After"))
	s.StopEdge()
	s.StartEdge()
	again := s.Do("POST", login, "", []byte(`{"badge":"W-NONE","pin":"000000","device":"x"}`))
	assert.Equal(t, 429, again.Code, "a lockout survives a restart")
}

// TestOrigin is the table of section 1: who may ask with which Origin.
func TestOrigin(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	foreign := "Origin: http://evil.example"
	own := "Origin: " + s.URL
	body := []byte(`{"badge":"W-001","device":"browser"}`)
	for _, o := range []string{foreign, "Origin: null", "Origin: http://127.0.0.1:1", own + ".evil.example"} {
		a := s.Do("POST", login, "", body, o)
		assert.Equal(t, 403, a.Code, "login from %s", o)
		assert.Equal(t, "origin", a.Problem(), o)
	}
	a := s.Do("POST", login, "", body, own)
	require.Equal(t, 200, a.Code, "%s", a.Body)
	assert.NotContains(t, string(a.Body), "token", "a browser gets no token")
	cookie := a.Header.Get("Set-Cookie")
	require.NotEmpty(t, cookie)
	assert.Contains(t, cookie, "HttpOnly")
	assert.Contains(t, cookie, "SameSite=Strict")
	pair, _, _ := strings.Cut(cookie, ";")
	with := "Cookie: " + pair

	scan := func() []byte {
		return fmt.Appendf(nil, `{"id":%q,"code":"X","at":"2026-01-01T00:00:00Z"}`, sitetest.ID(time.Now()))
	}
	assert.Equal(t, 200, s.Do("GET", "/floor/v1/screen", "", nil, with).Code, "reading needs no Origin")
	assert.Equal(t, 200, s.Do("POST", "/floor/v1/scans", "", scan(), with, own).Code)
	for name, headers := range map[string][]string{"none": {with}, "foreign": {with, foreign}, "null": {with, "Origin: null"},
		"form": {with, own, "Content-Type: application/x-www-form-urlencoded"}, "text": {with, own, "Content-Type: text/plain"}} {
		a := s.Do("POST", "/floor/v1/scans", "", scan(), headers...)
		assert.Equal(t, 403, a.Code, name)
		assert.Equal(t, "origin", a.Problem(), name)
	}
	token, _ := s.Login("W-002")
	for _, o := range []string{foreign, "Origin: null"} {
		assert.Equal(t, 403, s.Do("POST", "/floor/v1/scans", token, scan(), o).Code, "Bearer from %s", o)
		assert.Equal(t, 403, s.Do("GET", "/floor/v1/screen", token, nil, o).Code, "Bearer from %s", o)
		ws, r := s.Socket(token, o)
		assert.Nil(t, ws)
		assert.Equal(t, 403, r.Code, "socket, Bearer, from %s", o)
	}
	for name, c := range map[string]struct {
		token   string
		headers []string
		ok      bool
	}{
		"cookie, right":   {"", []string{with, own}, true},
		"cookie, none":    {"", []string{with}, false},
		"cookie, foreign": {"", []string{with, foreign}, false},
		"bearer, none":    {token, nil, true},
		"bearer, right":   {token, []string{own}, true},
		"nobody":          {"", nil, false},
	} {
		ws, r := s.Socket(c.token, c.headers...)
		assert.Equal(t, c.ok, ws != nil, "%s: %d", name, r.Code)
	}
}

func TestWhoMayWhat(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	lead := s.PushLead()
	worker, _ := s.Login("W-001")
	for _, c := range []struct {
		method, path, key string
		want              int
	}{
		{"GET", "/floor/v1/screen", "", 401}, {"GET", "/floor/v1/screen", "nonsense", 401}, {"GET", "/floor/v1/screen", sitetest.WMSKey, 401},
		{"POST", "/floor/v1/scans", sitetest.WMSKey, 401}, {"GET", "/site/v1/summary", sitetest.WMSKey, 401}, {"GET", "/site/v1/summary", "", 401},
		{"GET", "/sync/v1/events", worker, 401}, {"GET", "/sync/v1/status", lead, 401}, {"GET", "/sync/v1/status", "", 401}, {"POST", "/sync/v1/reference", lead, 401},
		{"GET", "/site/v1/summary", worker, 403}, {"GET", "/site/v1/orders/NOT-THERE", worker, 403}, {"POST", "/site/v1/orders/NOT-THERE/hold", worker, 403},
		{"POST", "/site/v1/reveals", worker, 403}, {"GET", "/site/v1/summary", lead, 200}, {"GET", "/site/v1/orders/NOT-THERE", lead, 404},
		{"POST", "/sync/v1/reference", sitetest.AuditKey, 403}, {"POST", "/sync/v1/ack", sitetest.AuditKey, 403}, {"POST", "/sync/v1/lease", sitetest.AuditKey, 403},
		{"GET", "/sync/v1/status", sitetest.AuditKey, 200}, {"GET", "/sync/v1/epochs", sitetest.AuditKey, 200}, {"GET", "/sync/v1/heads", sitetest.AuditKey, 200},
		{"GET", "/sync/v1/events?after=start", sitetest.AuditKey, 200}, {"GET", "/sync/v1/parcels?order=NOT-THERE", sitetest.WMSKey, 200},
		{"GET", "/sync/v1/parcels?order=NOT-THERE", sitetest.AuditKey, 403}, {"GET", "/sync/v1/parcels", sitetest.WMSKey, 400}, {"GET", "/sync/v1/parcels?order=X", worker, 401},
	} {
		a := s.Do(c.method, c.path, c.key, nil)
		assert.Equal(t, c.want, a.Code, "%s %s as %.8s: %s", c.method, c.path, c.key, a.Body)
		assert.Contains(t, a.Header.Get("Cache-Control"), "no-store", c.path)
		assert.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"), c.path)
		if a.Code >= 400 {
			assert.Contains(t, a.Header.Get("Content-Type"), "application/problem+json", c.path)
			assert.NotEmpty(t, a.Problem(), c.path)
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		assert.Equal(t, 200, s.Do("GET", path, "", nil).Code, path)
	}
	page := s.Do("GET", "/", "", nil)
	csp := page.Header.Get("Content-Security-Policy")
	assert.Contains(t, csp, "default-src 'self'")
	assert.Contains(t, csp, "frame-ancestors 'none'")
	assert.NotContains(t, csp, "unsafe-inline")
	assert.Equal(t, "nosniff", page.Header.Get("X-Content-Type-Options"))
}

// TestOneLiveSession: the newest login wins; the old socket is told and closed.
func TestOneLiveSession(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	first, _ := s.Login("W-001")
	ws, _ := s.Socket(first)
	require.NotNil(t, ws)
	ws.Until("screen")
	second, _ := s.Login("W-001")
	f := ws.Until("notice")
	assert.Equal(t, "session.moved", noticeKey(f))
	assert.Equal(t, 4409, closeCode(t, ws))
	assert.Equal(t, 401, s.Do("GET", "/floor/v1/screen", first, nil).Code)

	ws, _ = s.Socket(second)
	require.NotNil(t, ws)
	ws.Until("screen")
	assert.Equal(t, 204, s.Do("POST", "/floor/v1/logout", second, nil).Code)
	assert.Equal(t, 4401, closeCode(t, ws))

	lead := s.PushLead()
	third, _ := s.Login("W-001")
	ws, _ = s.Socket(third)
	require.NotNil(t, ws)
	ws.Until("screen")
	a := s.Do("POST", "/site/v1/workers/w-W-001/revoke", lead, []byte(`{"reason":"gone home"}`))
	require.Less(t, a.Code, 300, "%s", a.Body)
	assert.Equal(t, 4401, closeCode(t, ws))
	assert.Equal(t, 401, s.Do("GET", "/floor/v1/screen", third, nil).Code)
}

func noticeKey(f sitetest.Frame) string {
	if f.Code != "" {
		return f.Code
	}
	return f.Say.Key
}

func closeCode(t *testing.T, ws *sitetest.Socket) int {
	t.Helper()
	require.NoError(t, ws.SetReadDeadline(time.Now().Add(10*time.Second)))
	for {
		_, _, err := ws.ReadMessage()
		if err == nil {
			continue
		}
		var ce *websocket.CloseError
		require.ErrorAs(t, err, &ce)
		return ce.Code
	}
}

func TestSessionSurvivesARestart(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	s.Push(sitetest.Order("O-1", sitetest.Line{SKU: "MUG", Quantity: 2, Location: "A01-01-1"}))
	w := s.Worker("W-001")
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order"}).OK)
	require.True(t, w.Scan("TOTE-00001").OK)
	require.True(t, w.Scan(sitetest.Mug).OK)
	before := w.Screen()
	s.StopEdge()
	s.StartEdge()
	after := w.Screen()
	assert.Equal(t, before, after, "the first screen is where they stood, with the same rev")
	a := s.Do("GET", "/floor/v1/screen", w.Token, nil)
	assert.False(t, strings.Contains(string(a.Body), "null"), "%s", a.Body)
	var check struct{ Screen json.RawMessage }
	a.JSON(t, &check)
	assert.NotEmpty(t, check.Screen)
	assert.Equal(t, http.StatusOK, a.Code)
}
