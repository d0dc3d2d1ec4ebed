package contract

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// says is code and key of a verdict.
func says(f sitetest.Frame) string { return f.Code + " " + f.Say.Key }

func TestIdle(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	w := s.Worker("W-001")
	sc := w.Screen()
	assert.Equal(t, "idle", sc.Flow)
	assert.NotContains(t, sc.Actions, "close")
	assert.Contains(t, sc.Actions, "start")
	for _, e := range sc.Expect {
		assert.Contains(t, []string{"tote", "cell", "dock"}, e.Kind)
	}
	for _, args := range []map[string]any{{"flow": "pick", "mode": "order"}, {"flow": "pack"}, {"flow": "load"}, {"flow": "pick", "mode": "order", "orders": []string{"NOT-THERE"}}} {
		assert.Equal(t, "unexpected start.noWork", says(w.Act("start", args)), "%v", args)
	}
	assert.Equal(t, sc.Rev, w.Screen().Rev, "a refusal changes no screen")
	s.Push(sitetest.Order("O-1", sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}))
	sc2 := w.Screen()
	assert.Equal(t, sc.Rev, sc2.Rev, "counts do not raise rev")
	require.Len(t, sc2.Work, 1)
	assert.Equal(t, "pick", sc2.Work[0].Flow)
	assert.Equal(t, 1, sc2.Work[0].Waiting)
	for code, badge := range map[string]string{"pack": "W-P", "load": "W-P", "pick": "W-L"} {
		f := s.Worker(badge).Act("start", map[string]any{"flow": code, "mode": "order"})
		assert.Equal(t, "denied", f.Code, "%s starts %s: %s", badge, code, f.Say.Key)
	}
	assert.Equal(t, "unexpected", w.Act("close", nil).Code)
	assert.Equal(t, "unexpected", w.Act("dance", nil).Code)
}

func TestPick(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	s.Push(sitetest.Order("O-1", sitetest.Line{SKU: "MUG", Quantity: 14, Location: "A01-01-1"}, sitetest.Line{SKU: "PEN", Quantity: 2, Location: "A01-01-2"}),
		sitetest.Order("O-2", sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}))
	w, other := s.Worker("W-001"), s.Worker("W-002")
	f := w.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{"O-1"}})
	require.True(t, f.OK, says(f))
	assert.Equal(t, "unexpected start.noWork", says(other.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{"O-1"}})))
	kind, code := f.Screen.First()
	assert.Equal(t, "tote", kind)
	assert.Empty(t, code, "a free tote has no code")
	assert.Equal(t, "pick", f.Screen.Flow)
	assert.Equal(t, []string{"O-1"}, f.Screen.Task.Orders)
	assert.Equal(t, 2, f.Screen.Task.Of)

	f = w.Scan("TOTE-00001")
	require.Equal(t, "ok", f.Code, says(f))
	kind, code = f.Screen.First()
	assert.Equal(t, [...]string{"item", sitetest.Mug}, [...]string{kind, code}, "its first barcode with quantity 1; a plain bin is not asked for")
	assert.Equal(t, 14, f.Screen.Expect[0].Remaining)
	assert.Equal(t, "A01-01-1", f.Screen.Expect[0].Location)
	assert.False(t, f.Screen.Quantity.Typing, "the first unit is scanned")
	// another worker, the same tote
	require.True(t, other.Act("start", map[string]any{"flow": "pick", "mode": "order"}).OK)
	assert.Equal(t, "duplicate", other.Scan("TOTE-00001").Code)

	rev := w.Screen().Rev
	f = w.Scan(sitetest.Pen)
	assert.Equal(t, "wrong", f.Code, "another line's article")
	assert.Contains(t, f.Say.Args, "expected")
	assert.Contains(t, f.Say.Args, "scanned")
	assert.Equal(t, "unknown", w.Scan("2900000000026").Code, "a check digit that fails")
	assert.Equal(t, "unknown", w.Scan("PAPER").Code)
	assert.Equal(t, "unknown", w.Scan("").Code, "an empty code")
	f = w.Scan("TOTE-00002")
	assert.Contains(t, []string{"unexpected", "wrong"}, f.Code, "a tote where an article is expected: %s", says(f))
	assert.Equal(t, "unexpected", w.Scan("DOCK-D1").Code)
	assert.Equal(t, rev, w.Screen().Rev)

	f = w.Scan(sitetest.MugCase)
	assert.Equal(t, "ok", f.Code, "twelve at once")
	assert.Equal(t, 12, f.Screen.Quantity.Have)
	assert.Equal(t, "over", w.Scan(sitetest.MugCase).Code, "twelve more than the two that remain")
	assert.True(t, w.Screen().Quantity.Typing)
	f = w.Act("undo", map[string]any{"of": f.ID})
	require.True(t, f.OK, says(f))
	assert.Equal(t, 0, f.Screen.Quantity.Have)
	require.True(t, w.Scan(sitetest.Mug).OK)
	assert.Equal(t, "over", w.Act("quantity", map[string]any{"n": 15}).Code)
	assert.Equal(t, "ok", w.Act("quantity", map[string]any{"n": 9}).Code, "absolute")
	assert.Equal(t, 9, w.Screen().Quantity.Have)
	f = w.Act("quantity", map[string]any{"n": 14})
	assert.Equal(t, "done", f.Code)
	kind, code = f.Screen.First()
	assert.Equal(t, [...]string{"location", "LOC-A01-01-2"}, [...]string{kind, code}, "a mixed bin is asked for, by what a scanner reads")
	f = w.Scan(sitetest.Pen)
	assert.False(t, f.OK, "a location scan is not implied by the article: %s", says(f))
	f = w.Scan("LOC-A01-01-1")
	assert.Equal(t, "wrong", f.Code)
	require.Equal(t, "ok", w.Scan("LOC-A01-01-2").Code)
	f = w.Act("short", map[string]any{"found": 1, "reason": "none"})
	require.True(t, f.OK, says(f))
	assert.Equal(t, "idle", f.Screen.Flow, "the work is done")
	var short event
	for _, e := range events(t, s) {
		if e.Type == "pick.short" {
			short = e
		}
	}
	assert.EqualValues(t, 1, short.Data["missing"])
	assert.EqualValues(t, 1, short.Data["found"])
}

func TestPackAndLoad(t *testing.T) {
	t.Parallel()
	s := site(t, 1)
	s.Push(sitetest.Order("O-1", sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}))
	w, other := s.Worker("W-001"), s.Worker("W-002")
	pick(t, w, "O-1", "TOTE-00001")
	assert.Equal(t, "unexpected pack.noStation", says(w.Act("start", map[string]any{"flow": "pack", "station": "pack-99"})))
	f := w.Act("start", map[string]any{"flow": "pack", "station": "pack-1"})
	require.True(t, f.OK, says(f))
	kind, code := f.Screen.First()
	assert.Equal(t, [...]string{"tote", "TOTE-00001"}, [...]string{kind, code})
	assert.Equal(t, "wrong", w.Scan("TOTE-00077").Code, "a free tote at a desk")
	require.True(t, w.Scan("TOTE-00001").OK)
	f = w.Scan(sitetest.Pen)
	assert.Equal(t, "over", f.Code, "an article that the tote does not want")
	for _, e := range f.Screen.Expect {
		assert.NotEqual(t, "weight", e.Kind, "a station without a scale")
	}
	s.Printers[0].SetPause(true) // nothing comes out
	ws, _ := s.Socket(w.Token)
	ws.Until("screen")
	f = w.Scan(sitetest.Mug)
	require.Equal(t, "done", f.Code)
	assert.Equal(t, "printing", f.Screen.Step)
	kind, code = f.Screen.First()
	assert.Equal(t, [...]string{"waybill", ""}, [...]string{kind, code}, "no number before the paper")
	screen := s.Do("GET", "/floor/v1/screen", w.Token, nil)
	assert.NotContains(t, string(screen.Body), "650000000", "nor anywhere else on the screen")
	s.Printers[0].SetPause(false)
	pushed := ws.Until("screen")
	for kind, code = pushed.Screen.First(); code == ""; kind, code = pushed.Screen.First() {
		pushed = ws.Until("screen") // hello's screen, and printing's, may come first
	}
	assert.Equal(t, "waybill", kind)
	assert.Equal(t, "waybill", pushed.Screen.Step)
	assert.Equal(t, "unknown", w.Scan("650000000011").Code, "a number that was never given out")
	f = w.Scan(code)
	assert.Equal(t, "done", f.Code)
	assert.Equal(t, "idle", f.Screen.Flow)

	require.True(t, w.Act("start", map[string]any{"flow": "load"}).OK)
	assert.Equal(t, "unexpected", w.Scan(code).Code, "the dock first")
	f = w.Scan("DOCK-D1")
	require.True(t, f.OK, says(f))
	assert.Equal(t, "cj", f.Screen.Task.Carrier)
	require.Len(t, f.Screen.Expect, 1)
	assert.Equal(t, code, f.Screen.Expect[0].Code)
	joined := other.Scan("DOCK-D1")
	require.True(t, joined.OK, "a second loader joins: %s", says(joined))
	assert.Equal(t, f.Screen.Expect, joined.Screen.Expect, "the same for all")
	assert.Equal(t, "unexpected", w.Act("close", nil).Code, "not without a reason while boxes are left")
	assert.Equal(t, "done", w.Scan(code).Code)
	assert.Equal(t, "duplicate", other.Scan(code).Code)
	sc := w.Screen()
	assert.Empty(t, sc.Expect)
	assert.Contains(t, sc.Actions, "close")
	require.True(t, other.Act("close", nil).OK)
	assert.Equal(t, "idle", w.Screen().Flow, "closed by one, closed for all")
	closed := 0
	for _, e := range events(t, s) {
		if e.Type == "truck.closed" {
			closed++
		}
	}
	assert.Equal(t, 1, closed)
}

// pick works an order of mugs into a tote.
func pick(t *testing.T, w *sitetest.Worker, order, tote string) {
	t.Helper()
	f := w.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{order}})
	require.True(t, f.OK, says(f))
	require.True(t, w.Scan(tote).OK)
	for sc := w.Screen(); sc.Flow == "pick"; sc = w.Screen() {
		_, code := sc.First()
		require.True(t, w.Scan(code).OK, says(w.Last))
	}
}

// TestCancelled: while picking a quiet notice and another screen; at the desk
// the siren, then ack.
func TestCancelled(t *testing.T) {
	t.Parallel()
	s := site(t, 1)
	line := sitetest.Line{SKU: "MUG", Quantity: 2, Location: "A01-01-1"}
	s.Push(sitetest.Order("O-1", line), sitetest.Order("O-2", line))
	cancel := func(order string) string {
		return fmt.Sprintf(`{"kind":"orderChange","id":"c-%s","rev":1,"order":%q,"change":"cancel","reason":"customer"}`, order, order)
	}
	w := s.Worker("W-001")
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{"O-1"}}).OK)
	ws, _ := s.Socket(w.Token)
	ws.Until("screen")
	s.Push(cancel("O-1"))
	seen := map[string]bool{}
	for deadline := time.Now().Add(5 * time.Second); !(seen["notice"] && seen["screen"]) && time.Now().Before(deadline); {
		f := ws.Next()
		seen[f.T] = true
		if f.T == "screen" {
			assert.NotContains(t, f.Screen.Task.Orders, "O-1")
		}
	}
	assert.True(t, seen["notice"] && seen["screen"], "%v", seen)

	pick(t, w, "O-2", "TOTE-00002")
	s.Push(cancel("O-2"))
	f := w.Scan("TOTE-00002")
	assert.Equal(t, "cancelled", f.Code, "scanned on the idle screen: %s", says(f))
	if slices.Contains(w.Screen().Actions, "ack") {
		f = w.Act("ack", nil)
		assert.True(t, f.OK, says(f))
	}
	assert.Equal(t, "idle", w.Screen().Flow)
	// nothing of them is left to do
	for _, flow := range []string{"pick", "pack", "load"} {
		assert.Equal(t, "unexpected start.noWork", says(w.Act("start", map[string]any{"flow": flow, "mode": "order"})), flow)
	}
	assert.False(t, strings.Contains(string(s.Do("GET", "/floor/v1/screen", w.Token, nil).Body), "null"))
}
