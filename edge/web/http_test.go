package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestI8EveryRouteByEveryCaller walks every route of the table with every kind of caller. A
// route that has no row here fails.
func TestI8EveryRouteByEveryCaller(t *testing.T) {
	s := newSite(t)
	callers := []struct{ name, token string }{{"nobody", ""}, {"stranger", "AAAAAAAAAAAAAAAAAAAAAA"},
		{"picker", s.login("W-001", "")}, {"auditor", s.login("U-001", "")}, {"lead", s.login("L-001", "135790")}, {"admin", s.login("A-001", "")}}
	const u, f = 401, 403
	lead := []int{u, u, f, f, 0, 0}
	any := []int{u, u, 0, 0, 0, 0}
	open := []int{0, 0, 0, 0, 0, 0}
	rows := map[string][]int{ // 0: let in, whatever the answer then is
		"POST /floor/v1/login": open, "POST /floor/v1/logout": any, "GET /floor/v1/session": any, "GET /floor/v1/screen": any, "GET /floor/v1/stations": any,
		"GET /floor/v1/labels/{file}": {u, u, f, f, 0, f},
		"POST /floor/v1/scans":        any, "POST /floor/v1/actions": any, "GET /floor/v1/socket": any,
		"GET /site/v1/summary": lead, "GET /site/v1/orders": lead, "GET /site/v1/orders/{order}": lead, "GET /site/v1/exceptions": lead,
		"GET /site/v1/devices": lead, "GET /site/v1/printers": lead, "GET /site/v1/labels/{file}": lead, "GET /site/v1/workers": lead,
		"GET /site/v1/kpi": lead, "GET /site/v1/audit": {u, u, f, 0, 0, 0}, "GET /site/v1/socket": lead, "GET /site/v1/openapi.json": lead,
		"POST /site/v1/orders/{order}/hold": lead, "POST /site/v1/orders/{order}/release": lead, "POST /site/v1/orders/{order}/expedite": lead,
		"POST /site/v1/orders/{order}/split":    lead,
		"POST /site/v1/workers/{worker}/revoke": lead, "POST /site/v1/workers/{worker}/unlock": lead,
		"POST /site/v1/workers/{worker}/badge": lead, "GET /site/v1/enrolments": lead, "POST /site/v1/helps/{help}/close": lead, "POST /site/v1/devices": lead,
		"POST /site/v1/devices/{device}/revoke": lead, "POST /site/v1/reveals": lead, "POST /site/v1/barcode": lead,
		"POST /site/v1/devices/{device}/test": lead, "GET /site/v1/trucks": lead, "GET /site/v1/trucks/{truck}": lead,
		"GET /site/v1/trucks/{truck}/manifest.csv": lead, "POST /site/v1/trucks/{truck}/manifest/print": lead, "POST /site/v1/trucks/{truck}/behind/own": lead, "POST /site/v1/trucks/{truck}/behind/close": lead, "POST /site/v1/cases/{case}/own": lead, "POST /site/v1/cases/{case}/close": lead,
		"GET /healthz": open, "GET /readyz": open, "GET /metrics": open, "GET /devicez": open,
		"POST /floor/v1/badge": any, "POST /floor/v1/approve": open, "GET /floor/v1/shift": any, "POST /floor/v1/shift": any, "POST /floor/v1/shift/label": any,
		"POST /floor/v1/shift/takeOver": any, "POST /floor/v1/shift/end": any, "GET /site/v1/shift": lead, "POST /site/v1/shift/end": lead, "GET /site/v1/shifts": lead,
		"POST /site/v1/shifts/{shift}/note": lead, "POST /site/v1/shifts/{shift}/seen": lead, "GET /site/v1/badges": lead, "POST /site/v1/badges": lead,
		"POST /site/v1/badges/print": lead, "POST /site/v1/badges/{worker}/revoke": lead, "POST /site/v1/paper": lead, "POST /site/v1/manual": lead,
	}
	for _, rt := range s.s.table() {
		name := rt.method + " " + rt.path
		want, there := rows[name]
		require.True(t, there, "%s has no row in the matrix", name)
		delete(rows, name)
		path := strings.NewReplacer("{order}", "none", "{file}", "A-1.png", "{worker}", "nobody", "{device}", "none", "{help}", "none", "{truck}", "none", "{case}", "none", "{shift}", "none").Replace(rt.path)
		if rt.path == "/floor/v1/logout" {
			continue // last: it ends the sessions
		}
		for i, c := range callers {
			status, h, body := s.do(rt.method, path, c.token, "{}")
			if want[i] != 0 {
				assert.Equal(t, want[i], status, "%s by %s: %s", name, c.name, body)
				assert.NotEmpty(t, code(t, body))
				continue
			}
			refused := status == 403 && code(t, body) != "pinRequired" || status == 401 && c.token != ""
			assert.False(t, refused, "%s by %s: %d %s", name, c.name, status, body)
			if strings.HasPrefix(rt.path, "/floor") || strings.HasPrefix(rt.path, "/site") {
				assert.Equal(t, "no-store", h.Get("Cache-Control"))
			}
			assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
		}
	}
	assert.Empty(t, rows, "rows of no route")
	for i, c := range callers {
		status, _, _ := s.do("POST", "/floor/v1/logout", c.token, "")
		assert.Equal(t, []int{401, 401, 204, 204, 204, 204}[i], status, c.name)
	}
}

func TestLoginAnswers(t *testing.T) {
	s := newSite(t)
	status, _, body := s.do("POST", "/floor/v1/login", "", `{"badge":"W-001","device":"pda-07","more":1}`)
	require.Equal(t, 200, status)
	var v map[string]any
	require.NoError(t, json.Unmarshal([]byte(body), &v))
	assert.NotEmpty(t, v["token"])
	assert.Equal(t, map[string]any{"id": "w-1", "name": "name of w-1", "roles": []any{"picker"}, "language": "ko"}, v["worker"])
	assert.Equal(t, "2026-11-21T09:14:03.221+09:00", v["edgeTime"])
	assert.Equal(t, "2026-11-21T21:14:03.221+09:00", v["expires"])

	for name, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"unknown badge":    {`{"badge":"W-9"}`, 401, "login"},
		"lead without PIN": {`{"badge":"L-001"}`, 401, "login"},
		"no badge":         {`{}`, 400, "fieldMissing"},
		"wrong type":       {`{"badge":1}`, 400, "fieldType"},
		"null":             {`{"badge":null}`, 400, "fieldType"},
		"no JSON":          {`badge`, 400, "malformed"},
		"an array":         {`["W-001"]`, 400, "malformed"},
		"twice":            {`{"badge":"W-001","badge":"W-002"}`, 400, "malformed"},
		"device name":      {`{"badge":"W-001","device":"a/b"}`, 400, "deviceName"},
		"too large":        {`{"badge":"` + strings.Repeat("x", 20<<10) + `"}`, 413, "tooLarge"},
	} {
		t.Run(name, func(t *testing.T) {
			status, h, body := s.do("POST", "/floor/v1/login", "", c.body)
			assert.Equal(t, c.status, status, body)
			assert.Equal(t, c.code, code(t, body))
			assert.Equal(t, "application/problem+json", h.Get("Content-Type"))
		})
	}
}

func TestLoginLockout(t *testing.T) {
	s := newSite(t)
	for range 5 {
		status, _, _ := s.do("POST", "/floor/v1/login", "", `{"badge":"L-001","pin":"0"}`)
		require.Equal(t, 401, status)
	}
	status, h, body := s.do("POST", "/floor/v1/login", "", `{"badge":"L-001","pin":"135790"}`)
	assert.Equal(t, 429, status)
	assert.Equal(t, "60", h.Get("Retry-After"))
	assert.Equal(t, "locked", code(t, body))
}

// cookieOf logs a browser in.
func (s *site) cookieOf(badge, pin string) string {
	s.t.Helper()
	status, h, body := s.do("POST", "/floor/v1/login", "", fmt.Sprintf(`{"badge":%q,"pin":%q}`, badge, pin),
		"Origin", s.http.URL, "Content-Type", "application/json")
	require.Equal(s.t, 200, status, body)
	assert.NotContains(s.t, body, `"token"`)
	c := h.Get("Set-Cookie")
	for _, part := range []string{"HttpOnly", "SameSite=Strict", "Path=/"} {
		assert.Contains(s.t, c, part)
	}
	return strings.SplitN(c, ";", 2)[0]
}

func TestCookies(t *testing.T) {
	s := newSite(t)
	cookie := s.cookieOf("W-001", "")
	own, typ := []string{"Cookie", cookie, "Origin", s.http.URL}, []string{"Content-Type", "application/json"}
	for name, c := range map[string]struct {
		header []string
		want   int
	}{
		"own origin and JSON":   {append(typ, own...), 200},
		"JSON with a charset":   {append([]string{"Content-Type", "application/json; charset=utf-8"}, own...), 200},
		"no origin":             {append(typ, "Cookie", cookie), 403},
		"foreign origin":        {append(typ, "Cookie", cookie, "Origin", "http://evil.example"), 403},
		"a form's content type": {append([]string{"Content-Type", "text/plain"}, own...), 403},
		"no content type":       {own, 403},
		"no session":            {append(typ, "Cookie", "edge=x", "Origin", s.http.URL), 401},
	} {
		t.Run(name, func(t *testing.T) {
			status, _, body := s.do("POST", "/floor/v1/scans", "", scanBody(1, "A"), c.header...)
			assert.Equal(t, c.want, status, body)
			if c.want == 403 {
				assert.Equal(t, "origin", code(t, body))
			}
		})
	}
	status, _, _ := s.do("GET", "/floor/v1/screen", "", "", "Cookie", cookie)
	assert.Equal(t, 200, status, "reading needs no Origin")
	status, _, _ = s.do("GET", "/floor/v1/screen?token="+s.login("W-002", ""), "", "")
	assert.Equal(t, 401, status, "no token is taken from a URL")
	status, h, _ := s.do("POST", "/floor/v1/logout", "", "", append(typ, own...)...)
	assert.Equal(t, 204, status)
	assert.Contains(t, h.Get("Set-Cookie"), "Max-Age=0")
}

// origins is the table of requirement 5: each against login and the socket.
func TestOrigins(t *testing.T) {
	s := newSite(t)
	host := strings.TrimPrefix(s.http.URL, "http://")
	port := host[strings.LastIndexByte(host, ':'):]
	token := s.login("W-001", "")
	for name, c := range map[string]struct {
		header []string
		want   origin
	}{
		"none":             {nil, originNone},
		"own":              {[]string{"Origin", s.http.URL}, originOwn},
		"own as localhost": {[]string{"Origin", "http://localhost" + port, "Host", "localhost" + port}, originOwn},
		"null":             {[]string{"Origin", "null"}, originForeign},
		"foreign":          {[]string{"Origin", "http://evil.example"}, originForeign},
		"suffix":           {[]string{"Origin", s.http.URL + ".evil.example"}, originForeign},
		"prefix":           {[]string{"Origin", "http://evil" + host}, originForeign},
		"other port":       {[]string{"Origin", "http://127.0.0.1:1"}, originForeign},
		"no port":          {[]string{"Origin", "http://127.0.0.1"}, originForeign},
		"other scheme":     {[]string{"Origin", "https://" + host}, originForeign},
		"userinfo":         {[]string{"Origin", "http://" + host + "@evil.example"}, originForeign},
		"path":             {[]string{"Origin", s.http.URL + "/"}, originForeign},
		"two":              {[]string{"Origin", s.http.URL, "Origin", s.http.URL}, originForeign},
		"rebound name":     {[]string{"Origin", "http://evil.example" + port, "Host", "evil.example" + port}, originForeign},
		"empty":            {[]string{"Origin", ""}, originForeign},
	} {
		t.Run(name, func(t *testing.T) {
			up := []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "x"}
			for _, x := range []struct{ method, path, token, body string }{
				{"POST", "/floor/v1/login", "", `{"badge":"W-002"}`},
				{"GET", "/floor/v1/socket", token, ""},
				{"GET", "/floor/v1/screen", token, ""},
			} {
				header := append([]string{"Content-Type", "application/json"}, c.header...)
				if x.path == "/floor/v1/socket" {
					header = append(header, up...)
				}
				status, _, body := s.do(x.method, x.path, x.token, x.body, header...)
				if c.want == originForeign {
					assert.Equal(t, 403, status, x.path)
					assert.Equal(t, "origin", code(t, body))
				} else {
					assert.NotEqual(t, 403, status, x.path) // the key "x" is no handshake: 400
				}
			}
		})
	}
}

func TestVerdictOverHTTP(t *testing.T) {
	s := newSite(t)
	token := s.login("W-001", "")
	status, _, body := s.do("POST", "/floor/v1/scans", token, fmt.Sprintf(`{"id":%q,"code":"A"}`, newID(1)))
	require.Equal(t, 200, status, body)
	assert.JSONEq(t, fmt.Sprintf(`{"t":"verdict","id":%q,"ok":true,"code":"ok","say":{"key":"pick.ok","args":{"n":1,"sku":"A<b>"}},
		"receipt":{"epoch":"ep","seq":1,"at":"2026-11-21T09:14:03.221+09:00"},
		"screen":{"rev":1,"flow":"pick","step":"item","task":{"id":"T-1","client":"default","orders":["536365"],"done":0,"of":0},"expect":[],"actions":[]}}`, newID(1)), body)
	status, _, again := s.do("POST", "/floor/v1/scans", token, fmt.Sprintf(`{"t":"scan","code":"A","id":%q}`, newID(1)))
	require.Equal(t, 200, status)
	assert.Equal(t, strings.TrimSuffix(body, "}")+`,"repeat":true}`, again)

	status, _, body = s.do("POST", "/floor/v1/scans", token, fmt.Sprintf(`{"id":%q,"code":"B"}`, newID(1)))
	assert.Equal(t, 409, status)
	assert.Equal(t, "idReused", code(t, body))
	assert.Contains(t, body, `"verdict":{"t":"verdict"`)
	status, _, body = s.do("POST", "/floor/v1/scans", s.login("W-002", ""), fmt.Sprintf(`{"id":%q,"code":"A"}`, newID(1)))
	assert.Equal(t, 409, status)
	assert.Equal(t, "notYours", code(t, body))
	m := s.e.messages()[0]
	assert.Equal(t, "w-1", m.Worker)
	assert.Equal(t, "pda-07", m.Device)
	assert.Equal(t, []edge.Role{edge.Picker}, m.Roles)

	status, _, body = s.do("GET", "/floor/v1/screen", token, "")
	assert.Equal(t, 200, status)
	assert.True(t, strings.HasPrefix(body, `{"screen":{"rev":1,`), body)
}

func TestNotDecidedOverHTTP(t *testing.T) {
	s := newSite(t)
	token := s.login("W-001", "")
	id := newID(1)
	for name, c := range map[string]struct {
		path, body, code string
		status           int
	}{
		"no JSON":            {"scans", "x", "malformed", 400},
		"two values":         {"scans", `{"id":"` + id + `","code":"A"} {}`, "malformed", 400},
		"the second half":    {"scans", `{"id":"` + id + `","code":"\udd25A"}`, "malformed", 400},
		"half a pair within": {"actions", `{"id":"` + id + `","action":"help","rev":1,"args":{"text":"\ud83d\u0041"}}`, "malformed", 400},
		"a name twice":       {"scans", `{"id":"` + id + `","code":"A","code":"B"}`, "malformed", 400},
		"no id":              {"scans", `{"code":"A"}`, "id", 400},
		"UUIDv4":             {"scans", `{"id":"f47ac10b-58cc-4372-a567-0e02b2c3d479","code":"A"}`, "id", 400},
		"id of wrong type":   {"scans", `{"id":7,"code":"A"}`, "fieldType", 400},
		"code of wrong type": {"scans", `{"id":"` + id + `","code":7}`, "fieldType", 400},
		"code null":          {"scans", `{"id":"` + id + `","code":null}`, "fieldType", 400},
		"no code":            {"scans", `{"id":"` + id + `"}`, "fieldMissing", 400},
		"no base64":          {"scans", `{"id":"` + id + `","codeB64":"?"}`, "fieldType", 400},
		"bad time":           {"scans", `{"id":"` + id + `","code":"A","at":"today"}`, "fieldType", 400},
		"other t":            {"scans", `{"t":"act","id":"` + id + `","action":"start"}`, "unknownType", 400},
		"long code":          {"scans", `{"id":"` + id + `","code":"` + strings.Repeat("x", 2049) + `"}`, "tooLarge", 413},
		"large body":         {"scans", `{"id":"` + id + `","x":"` + strings.Repeat("x", 9000) + `"}`, "tooLarge", 413},
		"not UTF-8":          {"scans", `{"id":"` + id + `","code":"` + "\xff" + `"}`, "notUTF8", 400},
		"no action":          {"actions", `{"id":"` + id + `","rev":1}`, "fieldMissing", 400},
		"rev of wrong type":  {"actions", `{"id":"` + id + `","action":"skip","rev":"1"}`, "fieldType", 400},
		"negative rev":       {"actions", `{"id":"` + id + `","action":"skip","rev":-1}`, "fieldType", 400},
		"args no object":     {"actions", `{"id":"` + id + `","action":"skip","rev":1,"args":[]}`, "fieldType", 400},
		"n of wrong type":    {"actions", `{"id":"` + id + `","action":"quantity","rev":1,"args":{"n":"6"}}`, "fieldType", 400},
		"half a piece":       {"actions", `{"id":"` + id + `","action":"quantity","rev":1,"args":{"n":1.5}}`, "fieldType", 400},
		"orders no list":     {"actions", `{"id":"` + id + `","action":"start","rev":1,"args":{"orders":"1"}}`, "fieldType", 400},
	} {
		t.Run(name, func(t *testing.T) {
			status, _, body := s.do("POST", "/floor/v1/"+c.path, token, c.body)
			assert.Equal(t, c.status, status, body)
			assert.Equal(t, c.code, code(t, body))
		})
	}
	assert.Empty(t, s.e.messages(), "nothing reached the engine")
}

func TestUnknownOutcome(t *testing.T) {
	s := newSite(t)
	token := s.login("W-001", "")
	for err, want := range map[error]string{errors.New("flush failed"): "unavailable", errFull: "storeFull"} {
		s.e.mu.Lock()
		s.e.fail = err
		s.e.mu.Unlock()
		status, h, body := s.do("POST", "/floor/v1/scans", token, scanBody(1, "A"))
		assert.Equal(t, 503, status)
		assert.Equal(t, want, code(t, body))
		assert.NotEmpty(t, h.Get("Retry-After"))
		assert.NotContains(t, body, "flush", "no inner text leaves")
	}
}

func TestOverride(t *testing.T) {
	s := newSite(t)
	token := s.login("W-001", "")
	act := func(n int, args string) *edge.Message {
		status, _, body := s.do("POST", "/floor/v1/actions", token, fmt.Sprintf(`{"id":%q,"action":"override","rev":1,"args":%s}`, newID(n), args))
		require.Equal(t, 200, status, body)
		got := s.e.messages()
		return got[len(got)-1]
	}
	m := act(1, `{"reason":"weight","badge":"L-001","pin":"135790"}`)
	assert.Equal(t, edge.Args{Reason: "weight", ByLead: "lead-1"}, m.Args)
	assert.Equal(t, edge.Args{Reason: "weight"}, act(2, `{"reason":"weight","badge":"L-001","pin":"1"}`).Args, "the floor denies")
	assert.Equal(t, edge.Args{Reason: "x"}, act(3, `{"reason":"x","byLead":"lead-1"}`).Args, "nobody names a lead by himself")
	assert.Equal(t, edge.Args{}, act(4, `{"badge":"W-001","pin":"1"}`).Args)
	for range 4 {
		s.do("POST", "/floor/v1/actions", token, fmt.Sprintf(`{"id":%q,"action":"override","rev":1,"args":{"badge":"L-001","pin":"2"}}`, newID(5)))
	}
	status, h, _ := s.do("POST", "/floor/v1/actions", token, fmt.Sprintf(`{"id":%q,"action":"override","rev":1,"args":{"badge":"L-001","pin":"135790"}}`, newID(6)))
	assert.Equal(t, 429, status)
	assert.NotEmpty(t, h.Get("Retry-After"))
	assert.NotContains(t, s.e.recorded(), "135790")
}

func TestPagesAndHeaders(t *testing.T) {
	s := newSite(t)
	status, h, body := s.do("GET", "/pda", "", "")
	assert.Contains(t, []int{200, 503}, status, "the page, or how to build it")
	assert.NotEmpty(t, body)
	csp := h.Get("Content-Security-Policy")
	assert.Contains(t, csp, "default-src 'self'")
	assert.Contains(t, csp, "frame-ancestors 'none'")
	assert.NotContains(t, csp, "unsafe")
	assert.Contains(t, csp, "ws://127.0.0.1:")
	_, h, _ = s.do("GET", "/pda", "", "", "Host", "evil.example; script-src *")
	assert.NotContains(t, h.Get("Content-Security-Policy"), "evil")
	for path, want := range map[string]int{"/nothing.js": 404, "/PLACEHOLDER": 404, "/..%2f..%2fgo.mod": 404, "/floor/v1/nothing": 404,
		"/site/v2": 404, "/sync/v1/events": 404, "/healthz": 200, "/readyz": 200, "/metrics": 200} {
		status, _, body := s.do("GET", path, "", "")
		assert.Equal(t, want, status, "%s %s", path, body)
	}
	status, h, body = s.do("DELETE", "/floor/v1/scans", "", "")
	assert.Equal(t, 405, status)
	assert.Equal(t, "POST", h.Get("Allow"))
	assert.Equal(t, "method", code(t, body))
	_, _, body = s.do("GET", "/metrics", "", "")
	assert.Contains(t, body, `edge_orders{stage="received"} 1`)
}

func TestMetricsFromElsewhere(t *testing.T) {
	s := newSite(t, func(c *Config, _ *Deps) { c.ScraperKey = "scrape" })
	get := func(key string) int {
		r := httptest.NewRequest("GET", "/metrics", nil)
		r.RemoteAddr = "10.0.0.9:1"
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		w := httptest.NewRecorder()
		s.s.Handler().ServeHTTP(w, r)
		return w.Code
	}
	assert.Equal(t, []int{401, 401, 200}, []int{get(""), get("wrong"), get("scrape")})
}

func TestConfigIsChecked(t *testing.T) {
	good := Config{Listen: "127.0.0.1:0", Zone: time.UTC, Epoch: "e", HashKey: make([]byte, 16)}
	require.NoError(t, good.validate())
	for name, change := range map[string]func(*Config){
		"in the clear beyond loopback": func(c *Config) { c.Listen = "0.0.0.0:8080" },
		"every address":                func(c *Config) { c.Listen = ":8080" },
		"no address":                   func(c *Config) { c.Listen = "" },
		"no epoch":                     func(c *Config) { c.Epoch = "" },
		"short key":                    func(c *Config) { c.HashKey = nil },
	} {
		t.Run(name, func(t *testing.T) { c := good; change(&c); assert.Error(t, c.validate()) })
	}
	assert.Equal(t, http.StatusOK, (&metered{}).code())
}
