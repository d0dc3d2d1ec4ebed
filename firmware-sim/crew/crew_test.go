package crew

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func site(url string, f *fakeEdge) Config {
	totes := make([]string, 500)
	for i := range totes {
		totes[i] = "TOTE-" + string(rune('A'+i%26)) + string(rune('A'+i/26))
	}
	return Config{
		URL: url, Seed: 7, Totes: totes, Idle: 5 * time.Millisecond, Speed: 1000,
		StopAfter: 4 * time.Second, Printer: map[string]Paper{"printer-1": f.paper},
		Workers: []Worker{
			{Badge: "W-001", Flows: []string{"pick"}}, {Badge: "W-002", Flows: []string{"pick", "pack"}},
			{Badge: "W-003", Flows: []string{"pack"}}, {Badge: "W-004", Flows: []string{"pack", "load"}},
			{Badge: "W-005", Flows: []string{"load"}}, {Badge: "W-006", Flows: []string{"load"}},
		},
	}
}

func work(t *testing.T, cfg Config) *Crew {
	t.Helper()
	c, err := New(cfg)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	require.NoError(t, c.Run(ctx))
	t.Logf("%+v", c.Stats())
	return c
}

// finished asserts that the day is done: every order on the truck or
// cancelled, every unit accounted for.
func finished(t *testing.T, f *fakeEdge) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.orders {
		want := "loaded"
		if o.cancel {
			want = "cancelled"
		}
		require.Equal(t, want, o.state, o.id)
		for _, l := range o.lines {
			require.Equal(t, l.want, l.picked+l.short, "%s %s", o.id, l.sku)
			if !o.cancel {
				require.Equal(t, l.picked, l.packed, "%s %s", o.id, l.sku)
			}
		}
	}
	require.Equal(t, 1, f.trucks)
	require.Zero(t, f.lies, "doubts answered against what lay in the tray")
}

func TestDay(t *testing.T) {
	traits := Traits{Wrong: 0.1, Double: 0.1, Cut: 0.05, Repeat: 0.1, Short: 0.1, Undo: 0.1}
	for name, c := range map[string]struct {
		traits Traits
		change func(*fakeEdge)
	}{
		"Careful":   {Traits{}, func(*fakeEdge) {}},
		"Human":     {traits, func(f *fakeEdge) { f.doubtAt = 3 }},
		"Mute":      {Traits{}, func(f *fakeEdge) { f.mute = true }},
		"Marks":     {traits, func(f *fakeEdge) { f.mute, f.marks, f.doubtAt = true, true, 3 }},
		"MuteDoubt": {traits, func(f *fakeEdge) { f.mute, f.doubtAt = true, 3 }},
		"Restarts":  {traits, func(f *fakeEdge) { f.dropAt = 97; f.doubtAt = 5 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, url := newFakeEdge(t, 40)
			c.change(f)
			var ledger bytes.Buffer
			cfg := site(url, f)
			cfg.Traits, cfg.Ledger = c.traits, &ledger
			crew := work(t, cfg)
			finished(t, f)
			checkLedger(t, f, ledger.Bytes())
			s := crew.Stats()
			require.Zero(t, s.Broken)
			require.Zero(t, s.Unseen, "a label was on paper each time")
			if name == "Careful" {
				require.Zero(t, s.Resent+s.Cuts+s.Wrong)
				return
			}
			if name != "Mute" {
				for what, n := range map[string]int64{
					"wrong": s.Wrong, "double": s.Doubled, "cut": s.Cuts, "resent": s.Resent, "repeat": s.Repeats,
					"short": s.Shorts, "undo": s.Undone, "doubts": s.Doubts,
				} {
					require.NotZero(t, n, what)
				}
			}
		})
	}
}

// A worker whose screen offers no work looks again and asks hardly ever: every
// refused start stays in the edge's log for ever.
func TestNobodyAsksForWorkThatTheScreenDoesNotOffer(t *testing.T) {
	f, url := newFakeEdge(t, 0)
	f.closed = true // nothing to load either
	cfg := site(url, f)
	cfg.Idle, cfg.StopAfter = time.Millisecond, 400*time.Millisecond
	c := work(t, cfg)
	f.mu.Lock()
	defer f.mu.Unlock()
	require.Greater(t, f.looks, 100, "they did look")
	require.Less(t, int(c.Stats().Sent)*8, f.looks, "and asked for a flow once in many looks")
}

// checkLedger holds the crew's ledger against what the fake edge decided.
func checkLedger(t *testing.T, f *fakeEdge, raw []byte) {
	t.Helper()
	f.mu.Lock() // the last messages may still be on their way
	defer f.mu.Unlock()
	sent, settled := map[string]bool{}, map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		var e Entry
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		switch e.T {
		case "sent":
			sent[e.ID] = true
		case "verdict":
			require.True(t, sent[e.ID], "a verdict before its message")
			settled[e.ID] = true
			d, ok := f.seen[e.ID]
			require.True(t, ok)
			require.Equal(t, d.f.OK, e.OK)
			require.Equal(t, d.f.Code, e.Code)
			require.Equal(t, d.f.Receipt.Seq, e.Seq)
		default:
			t.Fatalf("ledger: %s", lines.Text())
		}
	}
	for id := range f.seen {
		require.True(t, sent[id], "decided, and not in the ledger")
	}
	require.Greater(t, len(settled), 100)
	require.LessOrEqual(t, len(sent)-len(settled), 6, "unknown: at most what was on its way at the end")
}

func TestBadBadgeKeepsTrying(t *testing.T) {
	f, url := newFakeEdge(t, 0)
	cfg := site(url, f)
	cfg.Workers = []Worker{{Badge: "W-BAD", Flows: []string{"pack"}}}
	cfg.StopAfter = 200 * time.Millisecond
	require.Zero(t, work(t, cfg).Stats().Sent)
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestLedgerFailureEndsTheRun(t *testing.T) {
	f, url := newFakeEdge(t, 5)
	cfg := site(url, f)
	cfg.Ledger = brokenWriter{}
	c, err := New(cfg)
	require.NoError(t, err)
	require.ErrorIs(t, c.Run(t.Context()), ErrLedger)
}

func TestNewRefuses(t *testing.T) {
	good := Config{URL: "http://x", Workers: []Worker{{Badge: "a", Flows: []string{"pack"}}}}
	_, err := New(good)
	require.NoError(t, err)
	for name, change := range map[string]func(*Config){
		"NoURL":      func(c *Config) { c.URL = "" },
		"NoWorkers":  func(c *Config) { c.Workers = nil },
		"Twice":      func(c *Config) { c.Workers = append(c.Workers, c.Workers[0]) },
		"NoFlow":     func(c *Config) { c.Workers = []Worker{{Badge: "a"}} },
		"OtherFlow":  func(c *Config) { c.Workers = []Worker{{Badge: "a", Flows: []string{"dance"}}} },
		"NoTotes":    func(c *Config) { c.Workers = []Worker{{Badge: "a", Flows: []string{"pick"}}} },
		"Rate":       func(c *Config) { c.Traits.Wrong = 1.5 },
		"SpeedBelow": func(c *Config) { c.Speed = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := good
			change(&cfg)
			_, err := New(cfg)
			require.ErrorIs(t, err, ErrConfig)
		})
	}
}

func TestSlips(t *testing.T) {
	s := Slip{Texts: []string{"주문 ORD-12 (1/1)", "x536365y"}, Codes: []string{"4W44", "651234567890", "651234567890", "99999999999999"}}
	require.Equal(t, "651234567890", s.waybill())
	require.True(t, s.says("ORD-12"))
	require.False(t, s.says("ORD-1"))
	require.False(t, s.says("536365"))
	require.False(t, s.says(""))
}

func TestHTTPPaper(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("since") != "4" {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		_, _ = w.Write([]byte(`[{"n":5,"texts":["a"],"comments":["b"],"barcodes":[{"text":"123"}]}]`))
	}))
	defer server.Close()
	slips, err := HTTPPaper{URL: server.URL}.Slips(t.Context(), 4)
	require.NoError(t, err)
	require.Equal(t, []Slip{{N: 5, Texts: []string{"a", "b"}, Codes: []string{"123"}}}, slips)
	_, err = HTTPPaper{URL: server.URL}.Slips(t.Context(), 1)
	require.Error(t, err)
}

func TestNewID(t *testing.T) {
	at := time.UnixMilli(0x0123456789ab)
	id := newID(at)
	require.Equal(t, "01234567-89ab-7", id[:15])
	require.Contains(t, "89ab", id[19:20])
	require.NotEqual(t, id, newID(at))
}
