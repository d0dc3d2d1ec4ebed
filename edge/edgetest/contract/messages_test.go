package contract

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

const (
	scans   = "/floor/v1/scans"
	actions = "/floor/v1/actions"
	at      = `"at":"2026-11-21T09:14:03.221+09:00"`
)

func now() string { return sitetest.ID(time.Now()) }

// event is an event line.
type event struct {
	Seq    uint64
	At     string
	Type   string
	V      int
	Scan   string
	Device string
	Worker string
	Order  string
	Data   map[string]any
	Raw    string
}

// events pulls all that there are.
func events(t *testing.T, s *sitetest.Site) []event {
	t.Helper()
	a := s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.AuditKey, nil)
	require.Equal(t, 200, a.Code, "%s", a.Body)
	lines := strings.Split(strings.TrimSuffix(string(a.Body), "\n"), "\n")[1:]
	out := make([]event, len(lines))
	for i, l := range lines {
		require.NoError(t, json.Unmarshal([]byte(l), &out[i]))
		out[i].Raw = l
	}
	return out
}

// TestNotDecided: what is no message is 400 or 413 over HTTP and an error frame
// on the socket, which stays, and causes nothing.
func TestNotDecided(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	w := s.Worker("W-001")
	ws, _ := s.Socket(w.Token)
	ws.Until("screen")
	before := len(events(t, s))
	v4 := "6f9619ff-8b86-4011-b42d-00c04fc964ff"
	for name, c := range map[string]struct {
		body string
		want int
	}{
		"noJSON":       {`scan me`, 400},
		"half":         {`{"t":"scan","id":"` + now() + `"`, 400},
		"array":        {`[]`, 400},
		"twoValues":    {`{"t":"scan","id":"` + now() + `","code":"A",` + at + `}{}`, 400},
		"unknownT":     {`{"t":"dance","id":"` + now() + `",` + at + `}`, 400},
		"noID":         {`{"t":"scan","code":"A",` + at + `}`, 400},
		"idEmpty":      {`{"t":"scan","id":"","code":"A",` + at + `}`, 400},
		"idNoUUID":     {`{"t":"scan","id":"17","code":"A",` + at + `}`, 400},
		"idV4":         {`{"t":"scan","id":"` + v4 + `","code":"A",` + at + `}`, 400},
		"idNumber":     {`{"t":"scan","id":17,"code":"A",` + at + `}`, 400},
		"codeNumber":   {`{"t":"scan","id":"` + now() + `","code":17,` + at + `}`, 400},
		"codeNull":     {`{"t":"scan","id":"` + now() + `","code":null,` + at + `}`, 400},
		"noBase64":     {`{"t":"scan","id":"` + now() + `","codeB64":"*",` + at + `}`, 400},
		"longCode":     {`{"t":"scan","id":"` + now() + `","code":"` + strings.Repeat("9", 2049) + `",` + at + `}`, 413},
		"longFrame":    {`{"t":"scan","id":"` + now() + `","code":"A","x":"` + strings.Repeat("9", 8<<10) + `",` + at + `}`, 413},
		"symbologyNum": {`{"t":"scan","id":"` + now() + `","code":"A","symbology":1,` + at + `}`, 400},
		"atNoTime":     {`{"t":"scan","id":"` + now() + `","code":"A","at":"noon"}`, 400},
		"argsNoObject": {`{"t":"act","id":"` + now() + `","action":"start","args":[],"rev":1,` + at + `}`, 400},
		"revText":      {`{"t":"act","id":"` + now() + `","action":"start","rev":"1",` + at + `}`, 400},
		"notUTF8":      {"{\"t\":\"scan\",\"id\":\"" + now() + "\",\"code\":\"\xff\xfe\"," + at + `}`, 400},
	} {
		path := scans
		if strings.Contains(c.body, `"act"`) {
			path = actions
		}
		a := s.Do("POST", path, w.Token, []byte(c.body))
		assert.Contains(t, []int{c.want, 400}, a.Code, "%s: %s", name, a.Body)
		assert.NotEmpty(t, a.Problem(), name)
		if name == "notUTF8" {
			continue // a socket may close with 1007
		}
		require.NoError(t, ws.WriteMessage(websocket.TextMessage, []byte(c.body)))
		f := ws.Until("error")
		assert.NotEmpty(t, f.Code, name)
		assert.False(t, f.Retry, name)
		assert.NotContains(t, f.Detail, strings.Repeat("9", 20), "%s: a detail quotes nothing", name)
	}
	require.NoError(t, ws.WriteMessage(websocket.BinaryMessage, []byte(`{"t":"scan"}`)))
	assert.NotEmpty(t, ws.Until("error").Code, "a binary frame")
	assert.Len(t, events(t, s), before, "nothing was decided")
	require.NoError(t, ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"t":"scan","id":%q,"code":%q,%s}`, now(), strings.Repeat("9", 2048), at)))
	assert.Equal(t, "unknown", ws.Until("verdict").Code, "2,048 bytes are a code, and the socket is still there")

	other := s.Worker("W-002")
	ws, _ = s.Socket(other.Token)
	ws.Until("screen")
	require.NoError(t, ws.WriteMessage(websocket.TextMessage, bytes.Repeat([]byte("x"), 70<<10)))
	_, body, err := ws.ReadMessage()
	if err == nil {
		assert.Contains(t, string(body), `"error"`)
	} else {
		assert.True(t, websocket.IsCloseError(err, websocket.CloseMessageTooBig), "%v", err)
	}
}

// TestHello: first hello, then a screen.
func TestHello(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	token, session := s.Login("W-001")
	ws, _ := s.Socket(token)
	h := ws.Next()
	assert.Equal(t, "hello", h.T)
	assert.Equal(t, 1, h.Version)
	assert.Equal(t, s.Epoch, h.Epoch)
	assert.Equal(t, session, h.Session)
	assert.Equal(t, 8<<10, h.MaxFrame)
	edge, err := time.Parse("2006-01-02T15:04:05.000Z07:00", h.EdgeTime)
	require.NoError(t, err)
	assert.WithinDuration(t, time.Now(), edge, 5*time.Second)
	sc := ws.Next()
	assert.Equal(t, "screen", sc.T)
	require.NotNil(t, sc.Screen)
	assert.Equal(t, "idle", sc.Screen.Flow)
}

// same wants a repeat to be what the first answer was.
func same(t *testing.T, first, again sitetest.Frame, where string) {
	t.Helper()
	assert.True(t, again.Repeat, where)
	assert.Equal(t, [...]any{first.ID, first.OK, first.Code, first.Say, first.Receipt}, [...]any{again.ID, again.OK, again.Code, again.Say, again.Receipt}, where)
}

func TestOneMessageOneDecision(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	s.Push(sitetest.Order("O-1", sitetest.Line{SKU: "MUG", Quantity: 8, Location: "A01-01-1"}))
	w, other := s.Worker("W-001"), s.Worker("W-002")
	id := now()
	start := map[string]any{"id": id, "action": "start", "args": map[string]any{"flow": "pick", "mode": "order"}, "rev": w.Screen().Rev, "at": "2026-11-21T09:14:03.221+09:00"}
	first := w.Post(actions, start)
	require.True(t, first.OK, "%+v", first)
	require.False(t, first.Repeat)
	require.NotNil(t, first.Receipt)
	assert.Equal(t, s.Epoch, first.Receipt.Epoch)
	assert.NotEmpty(t, first.Receipt.At)
	head := len(events(t, s))

	again := w.Post(actions, start)
	same(t, first, again, "HTTP")
	assert.Equal(t, w.Screen(), again.Screen, "the present screen")
	// other order of names, other rev and at: the same content
	other1 := fmt.Sprintf(`{"rev":99999,"args":{"mode":"\u006frder","flow":"pick"},"action":"start","id":%q,"t":"act"}`, id)
	a := s.Do("POST", actions, w.Token, []byte(other1))
	require.Equal(t, 200, a.Code, "%s", a.Body)
	var f sitetest.Frame
	a.JSON(t, &f)
	same(t, first, f, "compared as JSON values")

	ws, _ := s.Socket(w.Token)
	ws.Until("screen")
	start["t"] = "act"
	require.NoError(t, ws.WriteJSON(start))
	same(t, first, ws.Until("verdict"), "socket")

	// another content, another worker
	start["args"] = map[string]any{"flow": "pack"}
	text, _ := json.Marshal(start)
	a = s.Do("POST", actions, w.Token, text)
	conflict(t, a, "idReused")
	a = s.Do("POST", scans, w.Token, fmt.Appendf(nil, `{"id":%q,"code":"A",%s}`, id, at))
	conflict(t, a, "idReused")
	require.NoError(t, ws.WriteJSON(start))
	v := ws.Until("verdict")
	assert.Equal(t, "idReused", v.Code)
	assert.Nil(t, v.Receipt)
	start["args"] = map[string]any{"flow": "pick", "mode": "order"}
	delete(start, "t")
	text, _ = json.Marshal(start)
	conflict(t, s.Do("POST", actions, other.Token, text), "notYours")
	same(t, first, w.Post(actions, start), "what is known of the id is as it was")
	assert.Len(t, events(t, s), head, "nothing was caused")

	// a new session and a restart change nothing
	w = s.Worker("W-001")
	same(t, first, w.Post(actions, start), "new session")
	s.StopEdge()
	s.StartEdge()
	same(t, first, w.Post(actions, start), "after a restart")
	conflict(t, s.Do("POST", actions, other.Token, text), "notYours")
	start["args"] = map[string]any{"flow": "load"}
	text, _ = json.Marshal(start)
	conflict(t, s.Do("POST", actions, w.Token, text), "idReused")
	for _, e := range events(t, s)[head:] {
		assert.Equal(t, "state.checkpoint", e.Type, "what the edge writes when it ends, and nothing else")
	}
}

func conflict(t *testing.T, a sitetest.Answer, code string) {
	t.Helper()
	assert.Equal(t, 409, a.Code, "%s", a.Body)
	var p struct {
		Code    string
		Verdict sitetest.Frame
	}
	a.JSON(t, &p)
	assert.Equal(t, code, p.Verdict.Code)
	assert.False(t, p.Verdict.OK)
	assert.Nil(t, p.Verdict.Receipt)
	assert.Equal(t, code, p.Code)
}

func TestStale(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	w := s.Worker("W-001")
	for name, c := range map[string]struct {
		at    time.Duration
		stale bool
	}{
		"old": {-72*time.Hour - time.Minute, true}, "ahead": {5*time.Minute + 10*time.Second, true},
		"almostOld": {-71 * time.Hour, false}, "almostAhead": {4 * time.Minute, false},
	} {
		id := sitetest.ID(time.Now().Add(c.at))
		m := map[string]any{"id": id, "code": "TOTE-00099", "at": "2026-11-21T09:14:03.221+09:00"}
		f := w.Post(scans, m)
		assert.Equal(t, c.stale, f.Code == "stale", "%s: %s", name, f.Code)
		require.NotNil(t, f.Receipt, name)
		same(t, f, w.Post(scans, m), name)
		if c.stale {
			last := events(t, s)
			e := last[len(last)-1]
			assert.Equal(t, "scan.refused", e.Type)
			assert.Equal(t, id, e.Scan)
			assert.Equal(t, "stale", e.Data["code"])
		}
	}
}

// TestSendAhead: verdicts come in the order in which messages were sent, and
// every one is a pull of its own.
func TestSendAhead(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	s.Push(sitetest.Order("O-1", sitetest.Line{SKU: "MUG", Quantity: 100, Location: "A01-01-1"}))
	w := s.Worker("W-001")
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order"}).OK)
	require.True(t, w.Scan("TOTE-00001").OK)
	ws, _ := s.Socket(w.Token)
	ws.Until("screen")
	var ids []string
	for n := range 40 {
		id, code := now(), sitetest.Mug
		if n%5 == 4 {
			code = "JUNK"
		}
		ids = append(ids, id)
		require.NoError(t, ws.WriteJSON(map[string]any{"t": "scan", "id": id, "code": code, "at": time.Now().Format(time.RFC3339Nano)}))
	}
	var rev, seq uint64
	for n, id := range ids {
		f := ws.Until("verdict")
		require.Equal(t, id, f.ID, "verdict %d", n)
		assert.Equal(t, n%5 != 4, f.OK)
		assert.Greater(t, f.Receipt.Seq, seq)
		assert.GreaterOrEqual(t, f.Screen.Rev, rev)
		rev, seq = f.Screen.Rev, f.Receipt.Seq
	}
	assert.Equal(t, 32, w.Screen().Quantity.Have)
}

// TestReceiptIsTheLastEvent, refused messages too.
func TestReceiptIsTheLastEvent(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	s.Push(sitetest.Order("O-1", sitetest.Line{SKU: "MUG", Quantity: 2, Location: "A01-01-1"}))
	w := s.Worker("W-001")
	answers := map[string]sitetest.Frame{}
	keep := func(f sitetest.Frame) { answers[f.ID] = f }
	keep(w.Scan("NOTHING KNOWN 가나다"))
	keep(w.Act("fly", nil))
	keep(w.Act("start", map[string]any{"flow": "pick", "mode": "order"}))
	keep(w.Post(actions, map[string]any{"id": now(), "action": "leave", "rev": 1, "at": "2026-11-21T09:14:03.221+09:00"}))
	b64 := base64.StdEncoding.EncodeToString([]byte{0xff, 0xfe, 'x'})
	keep(w.Post(scans, map[string]any{"id": now(), "codeB64": b64, "at": "2026-11-21T09:14:03.221+09:00"}))
	keep(w.Scan("TOTE-00001"))
	keep(w.Scan(sitetest.Mug))
	keep(w.Scan(sitetest.Mug))
	last, first := map[string]uint64{}, map[string]uint64{}
	count := map[string]uint64{}
	for _, e := range events(t, s) {
		if e.Scan == "" {
			continue
		}
		if first[e.Scan] == 0 {
			first[e.Scan] = e.Seq
		}
		last[e.Scan] = e.Seq
		count[e.Scan]++
		assert.Equal(t, "w-W-001", e.Worker)
		assert.Equal(t, "test-W-001", e.Device)
		if e.Type == "scan.refused" {
			assert.NotContains(t, e.Raw, "NOTHING KNOWN")
			assert.Contains(t, e.Data, "code")
		}
	}
	codes := []string{}
	for id, f := range answers {
		require.NotNil(t, f.Receipt, "%+v", f)
		assert.Equal(t, last[id], f.Receipt.Seq, f.Code)
		assert.Equal(t, count[id], last[id]-first[id]+1, "events of one message follow one another")
		codes = append(codes, f.Code+"/"+f.Say.Key)
	}
	assert.Contains(t, codes, "unexpected/screen.changed")
	assert.Len(t, last, len(answers))
}

// TestSeen: what every required consumer acknowledged is told to open sockets.
func TestSeen(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	w := s.Worker("W-001")
	ws, _ := s.Socket(w.Token)
	ws.Until("screen")
	f := w.Scan("JUNK")
	a := s.Do("GET", "/sync/v1/events?after=start&limit=10000", sitetest.WMSKey, nil)
	var head struct{ Batch struct{ Next string } }
	line, _, _ := bytes.Cut(a.Body, []byte("\n"))
	require.NoError(t, json.Unmarshal(line, &head))
	began := time.Now()
	require.Equal(t, 200, s.Do("POST", "/sync/v1/ack", sitetest.WMSKey, fmt.Appendf(nil, `{"cursor":%q}`, head.Batch.Next)).Code)
	for seen := ws.Until("seen"); seen.Seq < f.Receipt.Seq; seen = ws.Until("seen") {
		assert.Equal(t, s.Epoch, seen.Epoch)
	}
	t.Logf("told within %v", time.Since(began))
}
