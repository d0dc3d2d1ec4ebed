package pull

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/sync/batch"
	"dcedge/sync/feed"
	"dcedge/sync/feed/feedtest"
)

const testKey = "wms-key-0123456789"

// fakeEdge is a real feed over a log in memory, behind a line that fails on
// purpose.
type fakeEdge struct {
	log     *feedtest.Log
	rec     *feedtest.Recorder
	now     time.Time
	feed    *feed.Feed
	handler http.Handler
	fault   string
	calls   int
}

func newFakeEdge(t testing.TB) *fakeEdge {
	e := &fakeEdge{log: feedtest.New("01JEPOCH"), rec: &feedtest.Recorder{}, now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	e.restart(t)
	return e
}

func (e *fakeEdge) restart(t testing.TB) {
	var err error
	e.feed, err = feed.New(feed.Config{Site: "ICN1", Log: e.log, Position: e.log, Recorder: e.rec, CursorKey: []byte("0123456789abcdef"),
		HeadKey: ed25519.NewKeyFromSeed(make([]byte, 32)), Now: func() time.Time { return e.now }, Places: e.rec.All(), Logger: quiet(),
		Consumers: []feed.Consumer{{Name: "wms", Key: testKey, Required: true, Scopes: []string{"events:read", "ack"}}}})
	require.NoError(t, err)
	e.handler = e.feed.Handler()
}

func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

var errLine = errors.New("the line is cut")

// RoundTrip carries a request to the edge and its answer back, or not.
func (e *fakeEdge) RoundTrip(r *http.Request) (*http.Response, error) {
	e.calls++
	var sent []byte
	if r.Body != nil {
		var err error
		if sent, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	serve := func() *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(sent))
		e.handler.ServeHTTP(w, again)
		return w
	}
	switch fault := e.fault; fault {
	case "request lost":
		return nil, errLine
	case "answer lost":
		serve()
		return nil, errLine
	case "twice":
		serve()
	case "cut", "flipped":
		e.fault = ""
		r.Header.Del("Accept-Encoding") // else the compression's own checksum sees it first
		w := serve()
		body := w.Body.Bytes()
		// a flip within the head shows only where the answer is compressed or
		// the line is TLS: the digest is over the events
		if head := bytes.IndexByte(body, '\n') + 1; head > 0 && head < len(body) && fault == "flipped" {
			body[head+(len(body)-head)*2/3] ^= 0x10
		} else {
			w.Body.Truncate(len(body) * 2 / 3)
		}
		return w.Result(), nil
	case "answer of ack lost":
		w := serve()
		if r.Method == http.MethodPost {
			return nil, errLine
		}
		return w.Result(), nil
	}
	return serve().Result(), nil
}

func (e *fakeEdge) client(t testing.TB) *Client {
	c, err := NewClient("http://edge", testKey, &http.Client{Transport: e})
	require.NoError(t, err)
	return c
}

// inbox is a sink in memory: events and place change in one step.
type inbox struct {
	at    *Stored
	lines []byte
	kill  string // before | after the commit
}

var errKilled = errors.New("killed")

func (b *inbox) Place(context.Context) (*Stored, error) { return b.at, nil }

func (b *inbox) Store(_ context.Context, h *batch.Head, lines []byte) error {
	if b.kill == "before" {
		return errKilled
	}
	hash, err := batch.ParseHex(h.LastHash)
	if err != nil {
		return err
	}
	b.at = &Stored{Site: h.Site, Epoch: h.Epoch, Seq: h.Last, Hash: hash, Cursor: h.Next}
	b.lines = append(slices.Clip(b.lines), lines...)
	if b.kill == "after" {
		return errKilled
	}
	return nil
}

func (b *inbox) seq() uint64 {
	if b.at == nil {
		return 0
	}
	return b.at.Seq
}

// whole is I4: the inbox is the log's events, in order, each once.
func (b *inbox) whole(t require.TestingT, log *feedtest.Log) {
	c, err := log.Read(0, int(b.seq()), 1<<30, nil)
	require.NoError(t, err)
	require.Equal(t, string(c.Lines), string(b.lines))
	if b.at != nil {
		require.Equal(t, c.Last, b.at.Hash)
	}
}

// wms is a consumer that may be killed, doubled, and restored from a backup.
type wms struct {
	box    *inbox
	backup inbox
	puller *Puller
}

func newPuller(t testing.TB, e *fakeEdge, sink Sink) *Puller {
	p, err := New(Config{Client: e.client(t), Sink: sink, Limit: 7, Once: true, Logger: quiet()})
	require.NoError(t, err)
	return p
}

// TestI4Model: whatever is lost, doubled, cut, killed or restored, the applied
// set is the edge's log up to the place, in order, without a gap or an extra,
// and nothing is acknowledged that no consumer has stored.
func TestI4Model(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		e := newFakeEdge(t)
		var all []*wms
		for range 2 {
			w := &wms{box: &inbox{}}
			w.puller = newPuller(t, e, w.box)
			all = append(all, w)
		}
		highest := uint64(0) // stored by somebody at some time
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			w := rapid.SampledFrom(all).Draw(rt, "consumer")
			switch op := rapid.SampledFrom([]string{"scan", "pull", "pull", "pull", "kill", "restart edge", "back up", "restore", "time"}).Draw(rt, "op"); op {
			case "scan":
				e.log.Add(rapid.IntRange(1, 20).Draw(rt, "events"), e.now, "x")
			case "kill":
				w.box.kill = rapid.SampledFrom([]string{"before", "after"}).Draw(rt, "when")
				_, _ = w.puller.step(t.Context()) // it dies
				w.box.kill = ""
				w.puller = newPuller(t, e, w.box)
			case "restart edge":
				e.restart(t)
			case "back up":
				w.backup = *w.box
			case "restore":
				*w.box = w.backup
				w.puller = newPuller(t, e, w.box)
			case "time":
				e.now = e.now.Add(time.Duration(rapid.IntRange(1, 100).Draw(rt, "seconds")) * time.Second)
			default:
				e.fault = rapid.SampledFrom([]string{"", "", "", "request lost", "answer lost", "answer of ack lost", "twice", "cut", "flipped"}).Draw(rt, "fault")
				_, err := w.puller.step(t.Context())
				e.fault = ""
				if err != nil && final(err) {
					require.Equal(rt, batch.LeaseLost, batch.CodeOf(err), "%v", err)
					w.puller = newPuller(t, e, w.box) // a person starts it again
				}
			}
			w.box.whole(rt, e.log)
			highest = max(highest, w.box.seq())
			require.LessOrEqual(rt, e.feed.Status().Consumers[0].Acked, highest, "acknowledged and not stored")
		}
		for _, w := range all { // quiescence
			require.NoError(rt, newPuller(t, e, w.box).Run(t.Context()))
			require.Equal(rt, e.log.Head(), w.box.seq())
			w.box.whole(rt, e.log)
			mark, _ := e.feed.Mark()
			require.Equal(rt, e.log.Head(), mark)
		}
	})
}

func TestFinalErrorsStoreNothing(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(e *fakeEdge)
		code  string
	}{
		"fork": {func(e *fakeEdge) {
			e.log = feedtest.New("01JEPOCH")
			e.log.Add(30, e.now, "another")
		}, batch.Fork},
		"another epoch": {func(e *fakeEdge) { e.log = feedtest.New("01JOTHER"); e.log.Add(30, e.now, "x") }, batch.Fork},
		"rolled back":   {func(e *fakeEdge) { e.log.Cut(10) }, batch.Ahead},
		"purged":        {func(e *fakeEdge) { e.log.Add(20, e.now, "x"); e.log.Purge(30) }, batch.Gone},
	} {
		t.Run(name, func(t *testing.T) {
			e := newFakeEdge(t)
			e.log.Add(20, e.now, "x")
			box := &inbox{}
			require.NoError(t, newPuller(t, e, box).Run(t.Context()))
			before := *box
			e.rec = &feedtest.Recorder{}
			c.spoil(e)
			e.restart(t)
			err := newPuller(t, e, box).Run(t.Context())
			require.Error(t, err)
			require.Equal(t, c.code, batch.CodeOf(err))
			require.Contains(t, err.Error(), "(", "it says what to do")
			require.Equal(t, before, *box)
		})
	}
}

func TestAnotherSiteIsRefused(t *testing.T) {
	e := newFakeEdge(t)
	e.log.Add(3, e.now, "x")
	box := &inbox{at: &Stored{Site: "PUS1", Epoch: "01JEPOCH", Hash: batch.Origin("01JEPOCH"), Cursor: "start"}}
	err := newPuller(t, e, box).Run(t.Context())
	require.ErrorIs(t, err, batch.ErrChain)
	require.Empty(t, box.lines)
}

func TestWrongKeyIsFinal(t *testing.T) {
	e := newFakeEdge(t)
	c, err := NewClient("http://edge", "another-key-012345", &http.Client{Transport: e})
	require.NoError(t, err)
	p, err := New(Config{Client: c, Sink: &inbox{}, Logger: quiet()})
	require.NoError(t, err)
	err = p.Run(t.Context())
	require.Equal(t, batch.Unauthorized, batch.CodeOf(err))
	require.NotContains(t, err.Error(), "another-key")
	_, err = Site(t.Context(), c, quiet())
	require.Equal(t, batch.Unauthorized, batch.CodeOf(err))
	require.Equal(t, 2, e.calls, "no second try")
}

func TestNewClientRefuses(t *testing.T) {
	for _, address := range []string{"", "edge:8080", "ftp://edge", "http://", "http://user:pw@edge", "http://edge/?x=1"} {
		_, err := NewClient(address, testKey, nil)
		require.Error(t, err, address)
	}
	for _, key := range []string{"", "two words", "line\n"} {
		_, err := NewClient("http://edge", key, nil)
		require.Error(t, err, "%q", key)
	}
}

// TestLyingEdge: answers that no edge of ours gives.
func TestLyingEdge(t *testing.T) {
	good := func() (*batch.Head, []byte) {
		line := []byte(`{"seq":1,"type":"x"}`)
		h := &batch.Head{Site: "ICN1", Epoch: "E", First: 1, Last: 1, Count: 1, Head: 1, PrevHash: batch.Hex(batch.Origin("E")),
			LastHash: batch.Hex(batch.Link(batch.Origin("E"), line))}
		return h, append(line, '\n')
	}
	for name, answer := range map[string]func() string{
		"html":    func() string { return "<html>captive portal</html>\n" },
		"nothing": func() string { return "" },
		"no head": func() string { return `{"seq":1}` + "\n" },
		"half":    func() string { return `{"batch":{"site":"ICN1"` },
		"no sum": func() string {
			h, lines := good()
			b, err := json.Marshal(map[string]any{"batch": h})
			require.NoError(t, err)
			return fmt.Sprintf("%s\n%s", b, lines)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := NewClient("http://edge", testKey, &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
				w := httptest.NewRecorder()
				_, _ = w.WriteString(answer())
				return w.Result(), nil
			})})
			require.NoError(t, err)
			box := &inbox{}
			p, err := New(Config{Client: c, Sink: box, Logger: quiet()})
			require.NoError(t, err)
			_, err = p.step(t.Context())
			require.ErrorIs(t, err, batch.ErrTorn)
			require.False(t, final(err), "asked again")
			require.Nil(t, box.at)
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
