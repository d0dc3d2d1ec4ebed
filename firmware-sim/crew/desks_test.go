package crew

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What an open request was about is decided once: the same id goes out until there
// is an answer, and the ledger has each of its tries and no PIN.
func TestAnOpenRequestKeepsItsID(t *testing.T) {
	var ids []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ ID, PIN string }
		require.NoError(t, json.NewDecoder(r.Body).Decode(&body))
		require.Equal(t, "4711", body.PIN)
		if ids = append(ids, body.ID); len(ids) < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(`{"t":"verdict","id":"` + body.ID + `","ok":true,"code":"done"}`))
	}))
	t.Cleanup(server.Close)
	var ledger bytes.Buffer
	c, err := New(Config{URL: server.URL, Workers: []Worker{{Badge: "W-1", Flows: []string{"load"}}}, Speed: 1000, Ledger: &ledger})
	require.NoError(t, err)
	w := newWorker(c, c.cfg.Workers[0], 1)
	f, err := w.book(t.Context(), "/floor/v1/shift/end", map[string]any{"pin": "4711"})
	require.NoError(t, err)
	require.True(t, f.OK)
	require.Len(t, ids, 3)
	require.Equal(t, []string{ids[0], ids[0]}, ids[1:])
	require.Equal(t, 3, strings.Count(ledger.String(), `"t":"sent"`))
	require.NotContains(t, ledger.String(), "4711")
}

// Somebody else at the same place begins anew: revs and ids are a person's own. An
// order taken over on a device was worked with the screen of the one before.
func TestAReliefBeginsAnew(t *testing.T) {
	c, err := New(Config{URL: "http://127.0.0.1:1", Workers: []Worker{{Badge: "W-1", Relief: "W-2", Flows: []string{"load"}}}, Hours: Hours{Shift: time.Hour}})
	require.NoError(t, err)
	w := newWorker(c, c.cfg.Workers[0], 1)
	w.show(&screen{Rev: 900, Flow: "load"})
	w.pending = []message{{ID: "x"}}
	w.relieved()
	require.Equal(t, "W-2", w.me.Badge)
	require.Equal(t, "W-1", w.me.Relief)
	require.Equal(t, "W-2", w.line.worker.Badge)
	require.Empty(t, w.pending)
	w.show(&screen{Rev: 3, Flow: "idle"})
	require.EqualValues(t, 3, w.screen.Rev)
}

// The button of a cell's light puts the piece: the verdict on it, which this worker
// did not ask for, has the screen that comes next.
func TestTheButtonOfALightLeadsOn(t *testing.T) {
	c, err := New(Config{URL: "http://127.0.0.1:1", Workers: []Worker{{Badge: "W-1", Flows: []string{"put"}}}})
	require.NoError(t, err)
	for name, take := range map[string]func(*worker, frame) error{
		"while nothing is sent":     func(w *worker, f frame) error { w.take(f); return nil },
		"while a verdict is waited": (*worker).settle,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorker(c, c.cfg.Workers[0], 1)
			w.show(&screen{Rev: 3, Flow: "put", Step: "cell"})
			w.pending = []message{{ID: "own"}}
			require.NoError(t, take(w, frame{T: "verdict", ID: "of the light", OK: true, Screen: &screen{Rev: 4, Flow: "put", Step: "item"}}))
			require.Equal(t, "item", w.screen.Step)
			require.Len(t, w.pending, 1)
		})
	}
}

func TestBoxesComeBackOnceTheirTruckHasLeft(t *testing.T) {
	var g gone
	g.ride("T-1", "A")
	g.ride("T-2", "B")
	_, ok := g.back()
	require.False(t, ok, "nothing has left")
	g.leave("T-1")
	code, ok := g.back()
	require.True(t, ok)
	require.Equal(t, "A", code)
	_, ok = g.back()
	require.False(t, ok, "once")
	for range comeBack {
		g.ride("T-3", "C")
	}
	g.leave("T-3")
	_, ok = g.back()
	require.True(t, ok)
	_, ok = g.back()
	require.False(t, ok, "few come back")
}

func TestTheShelfIsLookedAtAgain(t *testing.T) {
	var s shelf
	here, _ := s.due("A", 0)
	require.False(t, here)
	s.put("A")
	here, due := s.due("A", time.Hour)
	require.True(t, here)
	require.False(t, due)
	_, due = s.due("A", 0)
	require.True(t, due)
	s.take("A")
	here, _ = s.due("A", 0)
	require.False(t, here)
}

// A test label says its code in letters, whatever comes out beside it.
func TestTheTestLabelIsTold(t *testing.T) {
	p := &fakePaper{}
	p.print(nil, "CHECK-OLD")
	tray := &tray{paper: p, taken: map[string]bool{}}
	require.NoError(t, tray.look(t.Context()))
	n := tray.newest()
	p.print([]string{"4W44"}, "4W44", "650000000000", "650000000000")
	p.print([]string{"CHECK-A"}, "MA,CHECK-A", "CHECK-A")
	require.NoError(t, tray.look(t.Context()))
	require.Equal(t, "CHECK-A", tray.single(n))
	require.Empty(t, tray.single(n), "it is scanned once")
}

func TestPeopleThatCannotBe(t *testing.T) {
	ok := []Worker{{Badge: "W-1", Flows: []string{"return", "hospital"}}, {Guest: true, Flows: []string{"load"}}, {Badge: "L", PIN: "1", Flows: []string{"lead"}}}
	_, err := New(Config{URL: "x", Workers: ok})
	require.NoError(t, err)
	for name, workers := range map[string][]Worker{
		"a lead without a PIN":       {{Badge: "L", Flows: []string{"lead"}}},
		"a lead who picks":           {{Badge: "L", PIN: "1", Flows: []string{"lead", "load"}}},
		"a guest without a lead":     ok[:2],
		"a relief with two places":   {{Badge: "W-1", Relief: "W-9", Flows: []string{"load"}}, {Badge: "W-2", Relief: "W-9", Flows: []string{"load"}}},
		"somebody without a badge":   {{Flows: []string{"load"}}},
		"a flow that nobody plays":   {{Badge: "W-1", Flows: []string{"sleep"}}},
		"the relief is there before": {{Badge: "W-1", Flows: []string{"load"}}, {Badge: "W-2", Relief: "W-1", Flows: []string{"load"}}},
	} {
		_, err := New(Config{URL: "x", Workers: workers})
		require.ErrorIs(t, err, ErrConfig, name)
	}
}
