package feed_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/sync/batch"
	"dcedge/sync/feed"
	"dcedge/sync/feed/feedtest"
)

const (
	wmsKey   = "wms-key-0123456789"
	auditKey = "audit-key-0123456789"
	writeKey = "writer-key-0123456789"
)

type site struct {
	feed.Config
	log   *feedtest.Log
	rec   *feedtest.Recorder
	now   time.Time
	marks []uint64
}

func newSite(events int) *site {
	s := &site{log: feedtest.New("01JEPOCH"), rec: &feedtest.Recorder{}, now: time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)}
	seed := sha256.Sum256([]byte("seed"))
	s.Config = feed.Config{Site: "ICN1", Version: "test", Zone: time.FixedZone("KST", 9*3600), Log: s.log, Position: s.log, Recorder: s.rec,
		CursorKey: []byte("0123456789abcdef"), HeadKey: ed25519.NewKeyFromSeed(seed[:]), Now: func() time.Time { return s.now },
		Required: func(m uint64) { s.marks = append(s.marks, m) }, Revision: func() string { return "r7" }, Archive: "archive/",
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil))}
	s.log.Add(events, s.now.Add(-time.Minute), "a")
	return s
}

func (s *site) open(t testing.TB) (*feed.Feed, http.Handler) {
	t.Helper()
	s.Consumers = []feed.Consumer{{Name: "wms", Key: wmsKey, Scopes: []string{"events:read", "ack", "reconcile", "cs:read"}, Required: true},
		{Name: "audit", Key: auditKey, Scopes: []string{"events:read"}}, {Name: "writer", Key: writeKey, Scopes: []string{"reference:write"}}}
	s.Places = s.rec.All()
	f, err := feed.New(s.Config)
	require.NoError(t, err)
	return f, f.Handler()
}

func call(h http.Handler, key, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/sync/v1/"+path, strings.NewReader(body))
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func pull(t testing.TB, h http.Handler, key, query string) (*batch.Head, []byte) {
	t.Helper()
	w := call(h, key, "GET", "events?"+query, "")
	require.Equal(t, 200, w.Code, w.Body.String())
	require.Equal(t, "application/x-ndjson", w.Header().Get("Content-Type"))
	line, rest, ok := bytes.Cut(w.Body.Bytes(), []byte("\n"))
	require.True(t, ok)
	head, err := batch.ParseHead(line)
	require.NoError(t, err)
	return head, rest
}

func problem(t testing.TB, w *httptest.ResponseRecorder, status int, code string) batch.Problem {
	t.Helper()
	var p batch.Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p), w.Body.String())
	assert.Equal(t, status, w.Code, w.Body.String())
	assert.Equal(t, code, p.Code)
	assert.Equal(t, status, p.Status)
	assert.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	return p
}

func ackOf(t testing.TB, h http.Handler, cursor string) uint64 {
	t.Helper()
	w := call(h, wmsKey, "POST", "ack", `{"cursor":"`+cursor+`"}`)
	require.Equal(t, 200, w.Code, w.Body.String())
	var a batch.Acked
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a))
	return a.Acked
}

func TestBatchesFollowOneAnother(t *testing.T) {
	s := newSite(25)
	_, h := s.open(t)
	at := batch.Place{Epoch: "01JEPOCH", Hash: batch.Origin("01JEPOCH")}
	query, n := "after=start&limit=10", 0
	for _, want := range []int{10, 10, 5, 0} {
		head, lines := pull(t, h, wmsKey, query)
		require.NoError(t, batch.Check(head, lines, &at))
		assert.Equal(t, want, head.Count)
		assert.Equal(t, uint64(25), head.Head)
		assert.Equal(t, "ICN1", head.Site)
		n += head.Count
		at.Seq = head.Last
		at.Hash, _ = batch.ParseHex(head.LastHash)
		query = "limit=10&after=" + head.Next
		if want == 0 {
			assert.Equal(t, uint64(26), head.First)
			again, _ := pull(t, h, wmsKey, query)
			assert.Equal(t, head.Next, again.Next)
			assert.Equal(t, head, again)
		}
	}
	assert.Equal(t, 25, n)
	head, _ := pull(t, h, auditKey, "after=start&limit=10")
	again, _ := pull(t, h, wmsKey, "after=start&limit=10")
	assert.Equal(t, head, again, "the same place, the same answer, for every consumer")
}

func TestLimitIsBroughtIn(t *testing.T) {
	s := newSite(10_050)
	_, h := s.open(t)
	for q, want := range map[string]int{"": 1000, "&limit=0": 1, "&limit=-7": 1, "&limit=99999999999999999999": 10_000, "&limit=10001": 10_000, "&limit=3": 3} {
		head, _ := pull(t, h, wmsKey, "after=start"+q)
		assert.Equal(t, want, head.Count, q)
	}
}

func TestBatchEndsAt4MiB(t *testing.T) {
	s := newSite(0)
	s.log.Add(300, s.now, strings.Repeat("x", 50_000))
	_, h := s.open(t)
	head, lines := pull(t, h, wmsKey, "after=start&limit=10000")
	assert.LessOrEqual(t, len(lines), 4<<20)
	assert.Greater(t, len(lines)+50_200, 4<<20)
	assert.Equal(t, head.Count, bytes.Count(lines, []byte("\n")))
}

func TestBadRequests(t *testing.T) {
	s := newSite(5)
	_, h := s.open(t)
	head, _ := pull(t, h, wmsKey, "after=start")
	for _, q := range []string{"after=nonsense", "after=", "after=" + head.Next[:20], "after=" + head.Next + "A", "limit=ten", "limit=1.5", "after=start&wait=x", "wait=NaN"} {
		problem(t, call(h, wmsKey, "GET", "events?"+q, ""), 400, batch.BadCursor)
	}
	problem(t, call(h, wmsKey, "POST", "ack", `{"cursor":"nonsense"}`), 400, batch.BadCursor)
	problem(t, call(h, wmsKey, "POST", "ack", ``), 400, batch.BadCursor)
	problem(t, call(h, wmsKey, "POST", "ack", `{"cursor":7}`), 400, batch.BadRequest)
	problem(t, call(h, wmsKey, "POST", "ack", strings.Repeat("x", 5000)), 413, batch.BadRequest)
	problem(t, call(h, wmsKey, "GET", "ack", ""), 405, batch.BadMethod)
	problem(t, call(h, wmsKey, "GET", "nothing", ""), 404, batch.NotFound)
	problem(t, call(h, wmsKey, "POST", "reference", ""), 404, batch.NotFound)
}

func TestForkGoneAhead(t *testing.T) {
	s := newSite(20)
	_, h := s.open(t)
	codec, err := batch.NewCodec(s.CursorKey)
	require.NoError(t, err)
	ten, err := s.log.HashAt("01JEPOCH", 10)
	require.NoError(t, err)
	ask := func(p batch.Place) *httptest.ResponseRecorder {
		return call(h, wmsKey, "GET", "events?after="+codec.Encode(p), "")
	}
	assert.Equal(t, 200, ask(batch.Place{Epoch: "01JEPOCH", Seq: 10, Hash: ten}).Code)
	problem(t, ask(batch.Place{Epoch: "01JEPOCH", Seq: 11, Hash: ten}), 409, batch.Fork)
	problem(t, ask(batch.Place{Epoch: "01JOTHER", Seq: 10, Hash: ten}), 409, batch.Fork)
	p := problem(t, ask(batch.Place{Epoch: "01JEPOCH", Seq: 21, Hash: ten}), 416, batch.Ahead)
	assert.Equal(t, uint64(20), p.Head)
	problem(t, call(h, wmsKey, "POST", "ack", `{"cursor":"`+codec.Encode(batch.Place{Epoch: "01JEPOCH", Seq: 21})+`"}`), 416, batch.Ahead)
	problem(t, call(h, wmsKey, "POST", "ack", `{"cursor":"`+codec.Encode(batch.Place{Epoch: "01JEPOCH", Seq: 11, Hash: ten})+`"}`), 409, batch.Fork)
	s.log.Purge(15)
	p = problem(t, ask(batch.Place{Epoch: "01JEPOCH", Seq: 10, Hash: ten}), 410, batch.Gone)
	assert.Equal(t, uint64(15), p.Oldest)
	assert.Equal(t, "archive/", p.Archive)
	head, _ := pull(t, h, wmsKey, "after=start")
	assert.Equal(t, uint64(15), head.First)
	head, _ = pull(t, h, auditKey, "")
	assert.Equal(t, uint64(15), head.First, "a consumer without a place starts at the oldest kept")
}

func TestAck(t *testing.T) {
	s := newSite(30)
	f, h := s.open(t)
	ten, _ := pull(t, h, wmsKey, "after=start&limit=10")
	twenty, _ := pull(t, h, wmsKey, "limit=10&after="+ten.Next)
	assert.Equal(t, uint64(20), ackOf(t, h, twenty.Next))
	assert.Equal(t, uint64(20), ackOf(t, h, ten.Next), "an older place changes nothing")
	head, _ := pull(t, h, wmsKey, "limit=1")
	assert.Equal(t, uint64(21), head.First)
	assert.Equal(t, []uint64{20}, s.marks)
	mark, ok := f.Mark()
	assert.True(t, ok)
	assert.Equal(t, uint64(20), mark)

	_, h = s.open(t) // a restart
	head, _ = pull(t, h, wmsKey, "limit=1")
	assert.Equal(t, uint64(21), head.First)

	s.rec.Err = errors.New("the disk is full: /secret/path")
	last, _ := pull(t, h, wmsKey, "after="+twenty.Next)
	w := call(h, wmsKey, "POST", "ack", `{"cursor":"`+last.Next+`"}`)
	problem(t, w, 503, batch.Unavailable)
	assert.NotContains(t, w.Body.String(), "secret")
	head, _ = pull(t, h, wmsKey, "limit=1")
	assert.Equal(t, uint64(21), head.First, "what is not on disk is not acknowledged")
}

func TestLease(t *testing.T) {
	s := newSite(10)
	_, h := s.open(t)
	head, _ := pull(t, h, wmsKey, "after=start&limit=5")
	lease := func(body string) batch.Lease {
		w := call(h, wmsKey, "POST", "lease", body)
		require.Equal(t, 200, w.Code, w.Body.String())
		var l batch.Lease
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &l))
		return l
	}
	ack := func(lease string) *httptest.ResponseRecorder {
		b, err := json.Marshal(batch.Ack{Cursor: head.Next, Lease: lease})
		require.NoError(t, err)
		return call(h, wmsKey, "POST", "ack", string(b))
	}
	problem(t, ack("made-up"), 409, batch.LeaseLost)
	one := lease("")
	assert.Equal(t, "2026-11-21T18:31:00.000+09:00", one.Expires)
	assert.Equal(t, 200, ack(one.Lease).Code)
	problem(t, ack(""), 409, batch.LeaseLost)
	two := lease("{}")
	problem(t, ack(one.Lease), 409, batch.LeaseLost)
	problem(t, call(h, wmsKey, "POST", "lease", `{"lease":"`+one.Lease+`"}`), 409, batch.LeaseLost)
	s.now = s.now.Add(50 * time.Second)
	assert.Equal(t, two.Lease, lease(`{"lease":"`+two.Lease+`"}`).Lease, "kept for another minute")
	s.now = s.now.Add(50 * time.Second)
	assert.Equal(t, 200, ack(two.Lease).Code)
	s.now = s.now.Add(11 * time.Second)
	problem(t, ack(two.Lease), 409, batch.LeaseLost)
	assert.Equal(t, 200, ack("").Code)
}

func TestKeysAndScopes(t *testing.T) {
	s := newSite(5)
	s.Reference = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) })
	_, h := s.open(t)
	for _, c := range []struct {
		method, path      string
		none, wms, au, wr int
	}{
		{"GET", "events", 401, 200, 200, 403}, {"POST", "ack", 401, 400, 403, 403}, {"POST", "lease", 401, 200, 403, 403},
		{"POST", "reference", 401, 403, 403, 200}, {"GET", "status", 401, 200, 200, 200}, {"GET", "epochs", 401, 200, 200, 200},
		{"GET", "heads", 401, 200, 200, 200}, {"GET", "events.schema.json", 401, 200, 200, 200}, {"GET", "openapi.json", 401, 200, 200, 200},
	} {
		for key, want := range map[string]int{"": c.none, "wrong-key-0123456789": c.none, wmsKey + " ": c.wms, wmsKey: c.wms, auditKey: c.au, writeKey: c.wr} {
			w := call(h, key, c.method, c.path, "")
			assert.Equal(t, want, w.Code, "%s %s with %q: %s", c.method, c.path, key, w.Body)
			assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
			assert.NotContains(t, w.Body.String(), "key-0123")
		}
	}
	for _, head := range []string{"Basic " + wmsKey, wmsKey, "Bearer", "Bearer  ", "bearer " + wmsKey} {
		w := call(h, "", "GET", "status", "", "Authorization", head)
		assert.Equal(t, map[bool]int{true: 200, false: 401}[strings.HasPrefix(head, "bearer")], w.Code, head)
	}
}

func TestCompression(t *testing.T) {
	s := newSite(1000)
	_, h := s.open(t)
	plain := call(h, wmsKey, "GET", "events?after=start", "")
	for accept, want := range map[string]string{"zstd": "zstd", "gzip": "gzip", "gzip, zstd": "zstd", "gzip;q=1.0, zstd;q=0.5": "gzip", "zstd;q=0": "", "br": "", "zstd;q=x": "", "GZIP": "gzip"} {
		w := call(h, wmsKey, "GET", "events?after=start", "", "Accept-Encoding", accept)
		require.Equal(t, 200, w.Code)
		assert.Equal(t, want, w.Header().Get("Content-Encoding"), accept)
		var r io.Reader = w.Body
		switch want {
		case "zstd":
			z, err := zstd.NewReader(w.Body)
			require.NoError(t, err)
			defer z.Close()
			r = z
		case "gzip":
			var err error
			r, err = gzip.NewReader(w.Body)
			require.NoError(t, err)
		}
		if want != "" {
			assert.Less(t, w.Body.Len(), plain.Body.Len()/4)
		}
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		assert.Equal(t, plain.Body.String(), string(got))
	}
}

func TestWaitEndsWithAnEvent(t *testing.T) {
	s := newSite(5)
	_, h := s.open(t)
	head, _ := pull(t, h, wmsKey, "after=start")
	type result struct {
		head  *batch.Head
		lines []byte
	}
	got := make(chan result, 1)
	started := make(chan struct{})
	go func() {
		close(started)
		w := call(h, wmsKey, "GET", "events?wait=30&after="+head.Next, "")
		line, rest, _ := bytes.Cut(w.Body.Bytes(), []byte("\n"))
		h, _ := batch.ParseHead(line)
		got <- result{h, rest}
	}()
	<-started
	s.log.Add(1, s.now, "b")
	r := <-got
	require.NotNil(t, r.head)
	assert.Equal(t, uint64(6), r.head.Last)
	empty, _ := pull(t, h, wmsKey, "wait=0.01&after="+r.head.Next)
	assert.Zero(t, empty.Count)
}

func TestFourWaitsPerKey(t *testing.T) {
	s := newSite(1)
	log := &countingLog{Log: s.log, waiting: make(chan struct{}, 16)}
	s.Config.Log = log
	_, h := s.open(t)
	head, _ := pull(t, h, wmsKey, "after=start")
	done := make(chan int, 4)
	for range 4 {
		go func() { done <- call(h, wmsKey, "GET", "events?wait=30&after="+head.Next, "").Code }()
	}
	for range 4 {
		<-log.waiting
	}
	w := call(h, wmsKey, "GET", "events?wait=30&after="+head.Next, "")
	problem(t, w, 429, batch.TooMany)
	assert.NotEmpty(t, w.Header().Get("Retry-After"))
	other, _ := pull(t, h, wmsKey, "after=start&wait=30")
	assert.Equal(t, 1, other.Count, "what need not wait is served")
	empty, _ := pull(t, h, auditKey, "wait=0.01&after="+head.Next)
	assert.Zero(t, empty.Count, "another key has its own waits")
	s.log.Add(1, s.now, "b")
	for range 4 {
		assert.Equal(t, 200, <-done)
	}
}

// countingLog tells when somebody begins to wait.
type countingLog struct {
	*feedtest.Log
	waiting chan struct{}
}

func (l *countingLog) Wait(ctx context.Context, seq uint64) error {
	l.waiting <- struct{}{}
	return l.Log.Wait(ctx, seq)
}

func TestStatus(t *testing.T) {
	s := newSite(10)
	_, h := s.open(t)
	head, _ := pull(t, h, wmsKey, "after=start&limit=4")
	ackOf(t, h, head.Next)
	var st batch.Status
	require.NoError(t, json.Unmarshal(call(h, auditKey, "GET", "status", "").Body.Bytes(), &st))
	assert.NotEmpty(t, st.Instance)
	st.Instance = ""
	assert.Equal(t, batch.Status{Site: "ICN1", Epoch: "01JEPOCH", Head: 10, Oldest: 1, Reference: "r7", EdgeTime: "2026-11-21T18:30:00.000+09:00", Version: "test",
		Consumers: []batch.Consumer{{Name: "wms", Required: true, Acked: 4, LagEvents: 6, LagSeconds: 60}, {Name: "audit", LagEvents: 10, LagSeconds: 60}}}, st)
	var epochs []batch.Epoch
	require.NoError(t, json.Unmarshal(call(h, auditKey, "GET", "epochs", "").Body.Bytes(), &epochs))
	assert.Equal(t, []batch.Epoch{{Epoch: "01JEPOCH", Reason: "created", FirstSeq: 1, HeadSeq: 10}}, epochs)
}

func TestNewRefuses(t *testing.T) {
	s := newSite(1)
	f, _ := s.open(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	cancel()
	<-done
	consumers := func() []feed.Consumer {
		return []feed.Consumer{{Name: "wms", Key: wmsKey, Required: true, Scopes: []string{"events:read", "ack"}}, {Name: "audit", Key: auditKey}}
	}
	for name, spoil := range map[string]func(c *feed.Config){
		"short key":        func(c *feed.Config) { c.Consumers[0].Key = "short" },
		"equal keys":       func(c *feed.Config) { c.Consumers[1].Key = wmsKey },
		"equal names":      func(c *feed.Config) { c.Consumers[1].Name = "wms" },
		"required, no ack": func(c *feed.Config) { c.Consumers[0].Scopes = []string{"events:read"} },
		"no name":          func(c *feed.Config) { c.Consumers[1].Name = "" },
		"cursor key":       func(c *feed.Config) { c.CursorKey = []byte("short") },
		"head key":         func(c *feed.Config) { c.HeadKey = nil },
		"no log":           func(c *feed.Config) { c.Log = nil },
		"required is gone": func(c *feed.Config) { c.Consumers = c.Consumers[1:]; c.Places = s.rec.All() },
		"no more required": func(c *feed.Config) { c.Consumers[0].Required = false; c.Places = s.rec.All() },
		"place is damaged": func(c *feed.Config) { c.Places = []edge.Private{{Kind: "consumer", Key: "wms", Value: []byte("{")}} },
	} {
		c := s.Config
		c.Consumers = consumers()
		c.Places = nil
		spoil(&c)
		_, err := feed.New(c)
		assert.Error(t, err, name)
		if err != nil {
			assert.NotContains(t, err.Error(), wmsKey, name)
		}
	}
	require.NoError(t, f.Remove(t.Context(), "wms"))
	c := s.Config
	c.Consumers, c.Places = consumers()[1:], s.rec.All()
	_, err := feed.New(c)
	assert.NoError(t, err, "removed by command")
	_, ok := f.Mark()
	assert.False(t, ok)
	assert.Equal(t, 401, call(f.Handler(), wmsKey, "GET", "status", "").Code)
}
