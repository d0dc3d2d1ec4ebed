package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// peer is a client's end of a floor socket.
type peer struct {
	t  *testing.T
	ws *websocket.Conn
}

func (s *site) dial(token, path string) *peer {
	s.t.Helper()
	ws, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.http.URL, "http")+path,
		http.Header{"Authorization": {"Bearer " + token}})
	require.NoError(s.t, err)
	resp.Body.Close()
	s.t.Cleanup(func() { _ = ws.Close() })
	return &peer{s.t, ws}
}

// greet dials and reads hello and screen.
func (s *site) greet(token string) *peer {
	s.t.Helper()
	p := s.dial(token, "/floor/v1/socket")
	require.Equal(s.t, "hello", p.read()["t"])
	require.Equal(s.t, "screen", p.read()["t"])
	return p
}

func (p *peer) read() map[string]any {
	p.t.Helper()
	require.NoError(p.t, p.ws.SetReadDeadline(time.Now().Add(10*time.Second)))
	kind, b, err := p.ws.ReadMessage()
	require.NoError(p.t, err)
	require.Equal(p.t, websocket.TextMessage, kind)
	var v map[string]any
	require.NoError(p.t, json.Unmarshal(b, &v), "%s", b)
	return v
}

func (p *peer) send(kind int, frame string) {
	p.t.Helper()
	require.NoError(p.t, p.ws.WriteMessage(kind, []byte(frame)))
}

// closed reads until the socket closes and gives the code and what came before.
func (p *peer) closed() (int, []map[string]any) {
	p.t.Helper()
	var before []map[string]any
	for {
		require.NoError(p.t, p.ws.SetReadDeadline(time.Now().Add(10*time.Second)))
		_, b, err := p.ws.ReadMessage()
		var c *websocket.CloseError
		if errors.As(err, &c) {
			return c.Code, before
		}
		require.NoError(p.t, err)
		var v map[string]any
		require.NoError(p.t, json.Unmarshal(b, &v))
		before = append(before, v)
	}
}

func TestSocketHello(t *testing.T) {
	s := newSite(t)
	p := s.dial(s.login("W-001", ""), "/floor/v1/socket")
	h := p.read()
	assert.Equal(t, map[string]any{"t": "hello", "version": 1.0, "epoch": "ep", "edgeTime": "2026-11-21T09:14:03.221+09:00",
		"session": s.a.Live()[0].ID, "maxFrame": 8192.0}, h)
	sc := p.read()
	assert.Equal(t, "screen", sc["t"])
	assert.Equal(t, []any{}, sc["screen"].(map[string]any)["expect"], "never null")
}

func TestSocketByCookie(t *testing.T) {
	s := newSite(t)
	cookie := s.cookieOf("W-001", "")
	dial := func(origin string) int {
		h := http.Header{"Cookie": {cookie}}
		if origin != "" {
			h.Set("Origin", origin)
		}
		ws, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.http.URL, "http")+"/floor/v1/socket", h)
		if err == nil {
			_ = ws.Close()
		}
		return resp.StatusCode
	}
	assert.Equal(t, 101, dial(s.http.URL))
	assert.Equal(t, 403, dial(""), "a cookie without Origin")
	assert.Equal(t, 403, dial("http://evil.example"), "another page with a valid cookie")
}

// TestSendAhead sends five hundred scans without waiting: they are decided in
// order, and the verdicts come in that order.
func TestSendAhead(t *testing.T) {
	s := newSite(t)
	p := s.greet(s.login("W-001", ""))
	const n = 500
	go func() {
		for i := range n {
			if p.ws.WriteMessage(websocket.TextMessage, []byte(scanBody(i, fmt.Sprint("code-", i)))) != nil {
				return
			}
		}
	}()
	for i := range n {
		v := p.read()
		require.Equal(t, "verdict", v["t"])
		require.Equal(t, newID(i), v["id"])
		require.EqualValues(t, i+1, v["receipt"].(map[string]any)["seq"])
	}
	for i, m := range s.e.messages() {
		require.Equal(t, fmt.Sprint("code-", i), m.Code)
	}
}

func TestSocketRepeat(t *testing.T) {
	s := newSite(t)
	token := s.login("W-001", "")
	p := s.greet(token)
	p.send(websocket.TextMessage, scanBody(1, "A"))
	first := p.read()
	_ = p.ws.Close()
	p = s.greet(token)
	p.send(websocket.TextMessage, scanBody(1, "A"))
	again := p.read()
	assert.Equal(t, true, again["repeat"])
	for _, k := range []string{"ok", "code", "say", "receipt"} {
		assert.Equal(t, first[k], again[k], k)
	}
	p.send(websocket.TextMessage, scanBody(1, "B"))
	reused := p.read()
	assert.Equal(t, "idReused", reused["code"])
	assert.NotContains(t, reused, "receipt")
	other := s.greet(s.login("W-002", ""))
	other.send(websocket.TextMessage, scanBody(1, "A"))
	assert.Equal(t, "notYours", other.read()["code"])
}

// TestSocketNotDecided: each bad frame is answered by an error and the socket
// stays.
func TestSocketNotDecided(t *testing.T) {
	s := newSite(t)
	p := s.greet(s.login("W-001", ""))
	for name, c := range map[string]struct {
		kind        int
		frame, code string
	}{
		"no JSON":     {websocket.TextMessage, "x", "malformed"},
		"empty":       {websocket.TextMessage, "", "malformed"},
		"no t":        {websocket.TextMessage, `{"id":"` + newID(1) + `","code":"A"}`, "unknownType"},
		"unknown t":   {websocket.TextMessage, `{"t":"dance","id":"` + newID(1) + `"}`, "unknownType"},
		"binary":      {websocket.BinaryMessage, scanBody(1, "A"), "binary"},
		"not UTF-8":   {websocket.TextMessage, `{"t":"scan","code":"` + "\xc3\x28" + `"}`, "notUTF8"},
		"over 8 KiB":  {websocket.TextMessage, scanBody(1, strings.Repeat("A", 9000)), "tooLarge"},
		"60 KiB":      {websocket.TextMessage, strings.Repeat(" ", 60<<10), "tooLarge"},
		"long code":   {websocket.TextMessage, scanBody(1, strings.Repeat("A", 2049)), "tooLarge"},
		"half a pair": {websocket.TextMessage, `{"t":"scan","id":"` + newID(1) + `","code":"A\ud83d"}`, "malformed"},
		"deep":        {websocket.TextMessage, strings.Repeat("[", 8000), "malformed"},
		"act no args": {websocket.TextMessage, `{"t":"act","id":"` + newID(1) + `","action":"start","rev":1,"args":null}`, "fieldType"},
	} {
		p.send(c.kind, c.frame)
		v := p.read()
		assert.Equal(t, "error", v["t"], name)
		assert.Equal(t, c.code, v["code"], name)
		assert.Equal(t, false, v["retry"], name)
		assert.NotContains(t, v["detail"], "AAAA", name)
	}
	assert.Empty(t, s.e.messages())
	p.send(websocket.TextMessage, scanBody(2, strings.Repeat("B", 2048)))
	assert.Equal(t, "verdict", p.read()["t"], "the socket stayed")
	raw := base64.StdEncoding.EncodeToString([]byte{0x1d, 0xff, 0x00})
	p.send(websocket.TextMessage, fmt.Sprintf(`{"t":"scan","id":%q,"codeB64":%q,"symbology":"]d2","at":"2026-11-21T00:00:00Z"}`, newID(3), raw))
	assert.Equal(t, "verdict", p.read()["t"])
	assert.Equal(t, "\x1d\xff\x00", s.e.messages()[1].Code)

	p.send(websocket.TextMessage, strings.Repeat(" ", 70<<10))
	got, _ := p.closed()
	assert.Equal(t, websocket.CloseMessageTooBig, got)
}

func TestNewestLoginTakesOver(t *testing.T) {
	s := newSite(t)
	old := s.greet(s.login("W-001", ""))
	token := s.login("W-001", "")
	v := old.read()
	assert.Equal(t, "notice", v["t"])
	assert.Equal(t, "session.moved", v["code"])
	old.send(websocket.TextMessage, scanBody(1, "A"))
	got, before := old.closed()
	assert.Equal(t, 4409, got)
	require.Len(t, before, 1)
	assert.Equal(t, "notYours", before[0]["code"], "what was on its way")
	assert.NotContains(t, before[0], "receipt")
	assert.Empty(t, s.e.messages())
	p := s.greet(token)
	p.send(websocket.TextMessage, scanBody(1, "A"))
	assert.Equal(t, "ok", p.read()["code"])
}

func TestRevokedAndLoggedOut(t *testing.T) {
	s := newSite(t)
	lead := s.login("L-001", "135790")
	token := s.login("W-001", "")
	p := s.greet(token)
	status, _, body := s.do("POST", "/site/v1/workers/w-1/revoke", lead, `{"reason":"lost"}`)
	require.Equal(t, 204, status, body)
	got, _ := p.closed()
	assert.Equal(t, 4401, got)
	status, _, _ = s.do("GET", "/floor/v1/screen", token, "")
	assert.Equal(t, 401, status)

	token = s.login("W-001", "")
	p = s.greet(token)
	status, _, _ = s.do("POST", "/floor/v1/logout", token, "")
	require.Equal(t, 204, status)
	got, _ = p.closed()
	assert.Equal(t, 4401, got)
}

func TestPushesInOrderOfRev(t *testing.T) {
	s := newSite(t)
	p := s.greet(s.login("W-001", ""))
	show := func(rev uint64) *edge.Screen { return &edge.Screen{Rev: rev, Flow: edge.Pick} }
	p.send(websocket.TextMessage, scanBody(1, "A"))
	assert.EqualValues(t, 1, p.read()["screen"].(map[string]any)["rev"])
	s.e.commit(&edge.Commit{Pushes: []edge.Push{
		{Worker: "w-2", Screen: show(9)},
		{Worker: "w-1", Screen: show(0)}, // older than what the socket shows
		{Worker: "w-1", Screen: show(5), Notice: &edge.Notice{Worker: "w-1", Code: edge.Cancelled, Say: edge.Says("order.cancelled", edge.T("order", "1"))}},
	}})
	n := p.read()
	assert.Equal(t, "notice", n["t"])
	assert.Equal(t, "cancelled", n["code"])
	assert.EqualValues(t, 5, p.read()["screen"].(map[string]any)["rev"])
}

func TestOtherSocketsOfTheSessionFollow(t *testing.T) {
	s := newSite(t)
	token := s.login("W-001", "")
	one, two := s.greet(token), s.greet(token)
	one.send(websocket.TextMessage, scanBody(1, "A"))
	assert.Equal(t, "verdict", one.read()["t"])
	assert.Equal(t, "screen", two.read()["t"])
	s.do("POST", "/floor/v1/scans", token, scanBody(2, "A"))
	assert.EqualValues(t, 2, one.read()["screen"].(map[string]any)["rev"])
}

// TestADevicesVerdictComesWithItsScreen: a client that knows only the verdicts of its own
// messages sees what a light or a desk's scanner changed.
func TestADevicesVerdictComesWithItsScreen(t *testing.T) {
	s := newSite(t)
	p := s.greet(s.login("W-001", ""))
	s.s.Shown("w-1", edge.Verdict{ID: edge.NewID(time.Now(), [10]byte{1}), OK: true, Code: edge.OK, Say: edge.Says("put.done"), Screen: &edge.Screen{Rev: 7, Flow: edge.Put}})
	v := p.read()
	require.Equal(t, "verdict", v["t"])
	sc := p.read()
	require.Equal(t, "screen", sc["t"])
	assert.Equal(t, v["screen"], sc["screen"])
	s.e.commit(&edge.Commit{Pushes: []edge.Push{{Worker: "w-1", Screen: &edge.Screen{Rev: 6}}, {Worker: "w-1", Screen: &edge.Screen{Rev: 8}}}})
	assert.EqualValues(t, 8, p.read()["screen"].(map[string]any)["rev"], "an older one is dropped")
}

func TestSeenIsTold(t *testing.T) {
	s := newSite(t)
	p, q := s.greet(s.login("W-001", "")), s.greet(s.login("W-002", ""))
	s.s.Seen("ep", 41)
	s.s.Seen("ep", 42)
	s.s.Seen("ep", 40) // an older mark
	for _, x := range []*peer{p, q} {
		assert.Equal(t, map[string]any{"t": "seen", "epoch": "ep", "seq": 42.0}, x.read())
	}
	late := s.greet(s.login("U-001", ""))
	assert.EqualValues(t, 42, late.read()["seq"], "told on connecting too")
}

func TestSlowReaderIsClosed(t *testing.T) {
	s := newSite(t)
	p := s.greet(s.login("W-001", ""))
	big := &edge.Screen{Flow: edge.Pack, Box: strings.Repeat("x", 64<<10)}
	require.Eventually(t, func() bool {
		for range 100 {
			s.e.commit(&edge.Commit{Pushes: []edge.Push{{Worker: "w-1", Screen: big}}})
		}
		s.s.hub.mu.RLock()
		defer s.s.hub.mu.RUnlock()
		for c := range s.s.hub.workers["w-1"] {
			select {
			case <-c.stop:
				return true
			default:
			}
		}
		return false
	}, 30*time.Second, time.Millisecond)
	got, _ := p.closed()
	assert.Equal(t, 4429, got)
}

func TestSocketWithoutOutcome(t *testing.T) {
	s := newSite(t)
	p := s.greet(s.login("W-001", ""))
	s.e.mu.Lock()
	s.e.fail = errFull
	s.e.mu.Unlock()
	p.send(websocket.TextMessage, scanBody(1, "A"))
	v := p.read()
	assert.Equal(t, map[string]any{"t": "error", "id": newID(1), "code": "storeFull", "detail": "send it again later", "retry": true}, v)
	s.e.mu.Lock()
	s.e.fail = errors.New("flush")
	s.e.mu.Unlock()
	p.send(websocket.TextMessage, scanBody(1, "A"))
	got, before := p.closed()
	assert.Equal(t, websocket.CloseInternalServerErr, got, "neither verdict nor error: ask again")
	assert.Empty(t, before)
}

func TestTooManySockets(t *testing.T) {
	s := newSite(t)
	token := s.login("W-001", "")
	for range maxSockets {
		s.greet(token)
	}
	_, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(s.http.URL, "http")+"/floor/v1/socket",
		http.Header{"Authorization": {"Bearer " + token}})
	require.Error(t, err)
	assert.Equal(t, 429, resp.StatusCode)
}

func TestRecipientIsMaskedOnADesk(t *testing.T) {
	s := newSite(t)
	p := s.greet(s.login("W-002", ""))
	s.e.commit(&edge.Commit{Pushes: []edge.Push{{Worker: "w-2", Screen: &edge.Screen{Rev: 1, Flow: edge.Pack, Task: &edge.Task{ID: "T", Orders: []string{"536365"}}}}}})
	sc := p.read()["screen"].(map[string]any)
	assert.Equal(t, "홍*동", sc["recipient"].(map[string]any)["name"])
}

// TestOldKnowledgeIsSaid on every screen once the WMS has been silent for minutes.
func TestOldKnowledgeIsSaid(t *testing.T) {
	var heard time.Time
	s := newSite(t, func(_ *Config, d *Deps) { d.Heard = func() time.Time { return heard } })
	token := s.login("W-001", "")
	known := func() any {
		_, _, body := s.do("GET", "/floor/v1/screen", token, "")
		var v struct{ Screen map[string]any }
		require.NoError(t, json.Unmarshal([]byte(body), &v))
		return v.Screen["knowledge"]
	}
	assert.Equal(t, map[string]any{}, known(), "not since the start")
	heard = s.e.Now().Add(-OldAfter + time.Second)
	assert.Nil(t, known())
	heard = s.e.Now().Add(-OldAfter)
	assert.Equal(t, map[string]any{"heard": "2026-11-21T09:09:03.221+09:00"}, known())
}

func TestBoardSocket(t *testing.T) {
	s := newSite(t)
	p := s.dial(s.login("L-001", "135790"), "/site/v1/socket")
	v := p.read()
	require.Equal(t, "snapshot", v["t"])
	items := v["items"].(map[string]any)
	assert.Contains(t, items["rows"], "cj@")
	held := *s.e.orders[0]
	held.Held = "address"
	s.e.commit(&edge.Commit{Epoch: "ep", Head: 3, Changes: []edge.Change{{Table: edge.TableOrders, Key: "default/536365", Value: &held}}})
	d := p.read()
	assert.Equal(t, "change", d["t"])
	assert.Equal(t, v["n"].(float64)+1, d["n"])
	assert.Contains(t, d["set"].(map[string]any)["exceptions"], "held:536365")
	s.login("L-001", "135790")
	got, _ := p.closed()
	assert.Equal(t, 4409, got)
}
