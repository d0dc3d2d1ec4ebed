package pull

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
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
	epochs  int // begun behind the first
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
	lines map[string][]byte // by epoch
	kill  string            // before | after the commit
}

var (
	_ Sink   = (*inbox)(nil)
	_ Memory = (*inbox)(nil)
)

var errKilled = errors.New("killed")

func (b *inbox) Place(context.Context) (*Stored, error) { return b.at, nil }

func (b *inbox) Store(_ context.Context, h *batch.Head, lines []byte, behind Stored) error {
	return b.commit(behind, h.Epoch, lines)
}

func (b *inbox) Move(_ context.Context, to Stored) error { return b.commit(to, to.Epoch, nil) }

func (b *inbox) commit(at Stored, epoch string, lines []byte) error {
	if b.kill == "before" {
		return errKilled
	}
	all := maps.Clone(b.lines) // a backup keeps what it has
	if all == nil {
		all = map[string][]byte{}
	}
	all[epoch] = append(slices.Clip(all[epoch]), lines...)
	b.at, b.lines = &at, all
	if b.kill == "after" {
		return errKilled
	}
	return nil
}

func (b *inbox) HashAt(_ context.Context, epoch string, seq uint64) (hash [32]byte, held bool, err error) {
	hash, n := batch.Origin(epoch), uint64(0)
	for line := range bytes.Lines(b.lines[epoch]) {
		if n == seq {
			break
		}
		hash, n = batch.Link(hash, bytes.TrimSuffix(line, []byte("\n"))), n+1
	}
	return hash, n == seq, nil
}

// count is how many events of an epoch are held.
func (b *inbox) count(epoch string) uint64 { return uint64(bytes.Count(b.lines[epoch], []byte("\n"))) }

func (b *inbox) seq() uint64 {
	if b.at == nil {
		return 0
	}
	return b.at.Seq
}

// truth is every event that any edge of the site ever flushed, by epoch: what
// (site, epoch, seq) names for ever.
type truth map[string][]byte

// note takes what a log holds now.
func (all truth) note(t require.TestingT, log *feedtest.Log) {
	for _, e := range log.Epochs() {
		c, err := log.Read(e.ID, 0, 1<<30, 1<<30, nil)
		require.NoError(t, err)
		if old := all[e.ID]; len(c.Lines) > len(old) {
			require.True(t, bytes.HasPrefix(c.Lines, old), "an epoch has one history")
			all[e.ID] = c.Lines
		}
	}
}

// holds is I4: of every epoch the inbox holds a beginning of its events, in
// order, each once.
func (all truth) holds(t require.TestingT, b *inbox) {
	for epoch, lines := range b.lines {
		require.True(t, bytes.HasPrefix(all[epoch], lines), "what is stored of %s is not what was flushed", epoch)
	}
	if b.at != nil {
		hash, held, err := b.HashAt(context.Background(), b.at.Epoch, b.at.Seq)
		require.NoError(t, err)
		require.True(t, held)
		require.Equal(t, hash, b.at.Hash)
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

// backup is what an edge is restored from.
type backup struct {
	log *feedtest.Log
	rec *feedtest.Recorder
}

func (e *fakeEdge) backUp() backup { return backup{e.log.Copy(), e.rec.Copy()} }

// restore puts the edge back and begins a new epoch, as a restore does.
func (e *fakeEdge) restore(t testing.TB, from backup, reason string) {
	e.epochs++
	e.log, e.rec = from.log.Copy(), from.rec.Copy()
	e.log.Fork(fmt.Sprintf("01JEPOCH%d", e.epochs), reason)
	e.restart(t)
}

// model is a site under test: an edge, two pullers of one consumer, and what is
// known from outside.
type model struct {
	*rapid.T
	edge   *fakeEdge
	all    []*wms
	kept   backup
	truth  truth
	stored map[string]uint64 // by epoch: highest stored by somebody at some time
	forks  int
}

// do draws one thing that happens.
func (m *model) do(t testing.TB) {
	e, w := m.edge, rapid.SampledFrom(m.all).Draw(m.T, "consumer")
	switch op := rapid.SampledFrom([]string{"scan", "pull", "pull", "pull", "kill", "restart edge", "back up", "restore", "time",
		"back up edge", "restore edge", "copy edge"}).Draw(m.T, "op"); op {
	case "scan":
		e.log.Add(rapid.IntRange(1, 20).Draw(m.T, "events"), e.now, "x")
	case "kill":
		w.box.kill = rapid.SampledFrom([]string{"before", "after"}).Draw(m.T, "when")
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
	case "back up edge":
		m.kept = e.backUp()
	case "restore edge":
		e.restore(t, m.kept, "restored")
	case "copy edge":
		e.restore(t, e.backUp(), "copied")
	case "time":
		e.now = e.now.Add(time.Duration(rapid.IntRange(1, 100).Draw(m.T, "seconds")) * time.Second)
	default:
		e.fault = rapid.SampledFrom([]string{"", "", "", "request lost", "answer lost", "answer of ack lost", "twice", "cut", "flipped"}).Draw(m.T, "fault")
		_, err := w.puller.step(t.Context())
		e.fault = ""
		if err != nil && final(err) {
			m.person(t, w, err)
		}
	}
}

// person is called when a puller ends: another has taken over, or the edge has
// another history, which must be true. Then a new folder pulls from the start.
func (m *model) person(t testing.TB, w *wms, err error) {
	if batch.CodeOf(err) == batch.Fork {
		m.forks++
		for _, e := range m.edge.log.Epochs() {
			require.NotEqual(m.T, e.ID, w.box.at.Epoch, "a fork of an epoch that the edge has")
		}
		*w.box = inbox{}
	} else {
		require.Equal(m.T, batch.LeaseLost, batch.CodeOf(err), "%v", err)
	}
	w.puller = newPuller(t, m.edge, w.box)
}

// check holds what must be true at any time.
func (m *model) check() {
	m.truth.note(m.T, m.edge.log)
	for _, w := range m.all {
		m.truth.holds(m.T, w.box)
		for epoch := range w.box.lines {
			m.stored[epoch] = max(m.stored[epoch], w.box.count(epoch))
		}
	}
	acked := m.edge.feed.Status().Consumers[0]
	require.LessOrEqual(m.T, acked.Acked, m.stored[cmp.Or(acked.Epoch, m.edge.log.Epoch())], "acknowledged and not stored")
}

// settled holds what must be true at the end: everything that the edge has is
// stored, and what is stored and the edge has not lies behind a seal, known to
// be lost, or in an epoch that the edge never had.
func (m *model) settled(t testing.TB) {
	epochs := m.edge.log.Epochs()
	for _, w := range m.all {
		for {
			err := newPuller(t, m.edge, w.box).Run(t.Context())
			if err == nil {
				break
			}
			m.person(t, w, err)
		}
		m.check()
		for _, e := range epochs {
			n := w.box.count(e.ID)
			require.GreaterOrEqual(m.T, n, e.Head, "%s", e.ID)
			require.True(m.T, n == e.Head || e.Sealed, "%s", e.ID)
		}
		if w.box.at == nil { // nothing has ever been there to store
			require.Len(m.T, epochs, 1)
			require.Zero(m.T, m.edge.log.Head())
			continue
		}
		require.Equal(m.T, m.edge.log.Epoch(), w.box.at.Epoch)
		require.Equal(m.T, m.edge.log.Head(), w.box.seq())
		mark, _ := m.edge.feed.Mark()
		require.Equal(m.T, m.edge.log.Head(), mark)
	}
}

// TestI4Model: whatever is lost, doubled, cut, killed or restored, on whichever
// side, the applied set is the edge's log up to the place, epoch by epoch, in
// order, without a gap or an extra but what a seal cut off, and nothing is
// acknowledged that no consumer has stored.
func TestI4Model(t *testing.T) {
	forks, epochs, lost := 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{T: rt, edge: newFakeEdge(t), truth: truth{}, stored: map[string]uint64{}}
		m.kept = m.edge.backUp()
		for range 2 {
			w := &wms{box: &inbox{}}
			w.puller = newPuller(t, m.edge, w.box)
			m.all = append(m.all, w)
		}
		for range rapid.IntRange(5, 60).Draw(rt, "steps") {
			m.do(t)
			m.check()
		}
		m.settled(t)
		forks, epochs = forks+m.forks, epochs+m.edge.epochs
		for _, e := range m.edge.log.Epochs() {
			if m.all[0].box.count(e.ID) > e.Head {
				lost++
			}
		}
	})
	t.Logf("%d new epochs, %d forks that called a person, %d seals with events lost behind them", epochs, forks, lost)
	require.Positive(t, forks)
	require.Positive(t, lost)
}

// Negative control: an edge that was put back and goes on in its old epoch, as
// without a witness, leaves a consumer with events of the same name that differ.
func TestI4IsLostWithoutANewEpoch(t *testing.T) {
	e := newFakeEdge(t)
	e.log.Add(10, e.now, "x")
	kept := e.backUp()
	e.log.Add(5, e.now, "lost")
	box, all := &inbox{}, truth{}
	require.NoError(t, newPuller(t, e, box).Run(t.Context()))
	all.note(t, e.log)
	e.log, e.rec = kept.log, kept.rec
	e.restart(t)
	e.log.Add(7, e.now, "other")
	other := &inbox{}
	require.NoError(t, newPuller(t, e, other).Run(t.Context()), "a consumer that had less sees nothing")
	require.False(t, bytes.HasPrefix(other.lines["01JEPOCH"], box.lines["01JEPOCH"]), "two histories of one name")
	require.Equal(t, batch.Fork, batch.CodeOf(newPuller(t, e, box).Run(t.Context())))
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
