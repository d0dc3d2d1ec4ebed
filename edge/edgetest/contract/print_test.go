package contract

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

// packed brings an order to the moment when its label is sent, and gives the
// worker at the desk.
func packed(t *testing.T, s *sitetest.Site, order string) *sitetest.Worker {
	t.Helper()
	s.Push(sitetest.Order(order, sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}))
	w := s.Worker("W-001")
	tote := "TOTE-0" + order[2:]
	pick(t, w, order, tote)
	require.True(t, w.Act("start", map[string]any{"flow": "pack"}).OK)
	require.True(t, w.Scan(tote).OK)
	require.Equal(t, "done", w.Scan(sitetest.Mug).Code)
	return w
}

// atStep waits until the worker's screen is at a step.
func atStep(t *testing.T, w *sitetest.Worker, step string) *sitetest.Screen {
	t.Helper()
	var sc *sitetest.Screen
	require.Eventually(t, func() bool { sc = w.Screen(); return sc.Step == step }, 30*time.Second, 20*time.Millisecond, "never came to %s", step)
	return sc
}

// TestPrinterSettles: a printer that counts tells by itself what became of a label
// that was on its way when its power went: nobody is asked, and one label comes out.
func TestPrinterSettles(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 1})
	s.Basics()
	p := s.Printers[0]
	for i, replay := range []bool{false, true} {
		order := [...]string{"O-0001", "O-0002"}[i]
		w := packed(t, s, order)
		require.Eventually(t, func() bool { return p.Status().Left > 0 || p.Status().Formats > 0 }, 30*time.Second, 2*time.Millisecond)
		p.PowerCycle(replay)
		atStep(t, w, "waybill")
		assert.EqualValues(t, i+1, p.Status().Odometer, "one label an order")
		finish(t, s, w)
	}
	settled := 0
	for _, e := range events(t, s) {
		assert.NotEqual(t, "label.inDoubt", e.Type, "nobody is asked")
		if e.Type == "label.settled" {
			settled++
			assert.Equal(t, []any{"printer", "no", "odometer"}, []any{e.Data["by"], e.Data["outcome"], e.Data["evidence"]})
		}
		if e.Type == "label.intent" {
			assert.Equal(t, "labels", e.Data["meter"].(map[string]any)["unit"])
			assert.EqualValues(t, 1, e.Data["copy"], "no paper came out: the copy number is free")
		}
	}
	assert.Equal(t, 1, settled)
}

// TestInDoubt: a printer that counts nothing, so nobody knows whether a label came
// out; a person says so.
func TestInDoubt(t *testing.T) {
	t.Parallel()
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 1, Device: `questions = ["hqes", "hi"]`}) // a label takes a second
	s.Basics()
	p := s.Printers[0]
	for _, c := range []struct{ order, answer string }{{"O-0001", "no"}, {"O-0002", "yes"}} {
		before := p.Status().Odometer
		w := packed(t, s, c.order)
		require.Eventually(t, func() bool { return p.Status().Left > 0 || p.Status().Formats > 0 }, 30*time.Second, 2*time.Millisecond)
		p.PowerCycle(false) // the label in motion does not come out
		sc := atStep(t, w, "inDoubt")
		kind, code := sc.First()
		assert.Equal(t, [...]string{"waybill", ""}, [...]string{kind, code}, "a waybill without code")
		for _, action := range []string{"printed", "reprint", "void"} {
			assert.Contains(t, sc.Actions, action)
		}
		assert.NotEmpty(t, sc.Task.Attempt)
		assert.NotEmpty(t, sc.Task.Box)
		assert.Equal(t, before, p.Status().Odometer, "nothing comes out by itself")
		f := w.Act("printed", map[string]any{"attempt": "A-999", "outcome": "no"})
		assert.False(t, f.OK, "another attempt's answer: %s", says(f))
		f = w.Act("printed", map[string]any{"attempt": sc.Task.Attempt, "outcome": c.answer})
		require.True(t, f.OK, says(f))
		atStep(t, w, "waybill")
		if c.answer == "no" {
			assert.Equal(t, before+1, p.Status().Odometer, "printed no grants one more")
		} else {
			assert.Equal(t, before, p.Status().Odometer, "printed yes prints nothing")
		}
		finish(t, s, w)
	}
	var doubts, settled, voided int
	for _, e := range events(t, s) {
		switch e.Type {
		case "label.inDoubt":
			doubts++
			assert.Empty(t, e.Scan)
			for _, name := range []string{"attempt", "box", "waybill"} {
				assert.Contains(t, e.Data, name)
			}
		case "label.settled":
			settled++
			assert.Contains(t, []any{"yes", "no"}, e.Data["outcome"])
		case "waybill.voided":
			voided++
		}
	}
	require.Positive(t, doubts, "no print was in doubt: this test proved nothing")
	assert.GreaterOrEqual(t, settled, doubts)
	t.Logf("%d in doubt, %d settled, %d numbers given up", doubts, settled, voided)
}

// finish scans the label that came out.
func finish(t *testing.T, s *sitetest.Site, w *sitetest.Worker) {
	t.Helper()
	_, code := atStep(t, w, "waybill").First()
	f := w.Scan(code)
	require.True(t, f.OK, says(f))
	require.Equal(t, "idle", f.Screen.Flow)
}

// TestVoid: a number given up is unknown for ever, and the box gets another.
func TestVoid(t *testing.T) {
	t.Parallel()
	s := site(t, 1)
	w := packed(t, s, "O-0003")
	_, old := atStep(t, w, "waybill").First()
	f := w.Act("void", map[string]any{"waybill": old, "reason": "torn"})
	if !f.OK {
		t.Logf("void is refused at waybill: %s", says(f))
		assert.True(t, strings.HasPrefix(f.Code, "un"), f.Code)
		return
	}
	var code string
	require.Eventually(t, func() bool { _, code = w.Screen().First(); return code != "" && code != old }, 30*time.Second, 20*time.Millisecond)
	assert.Equal(t, "unknown", w.Scan(old).Code, "a voided number")
	require.True(t, w.Scan(code).OK)
	assert.EqualValues(t, 2, s.Printers[0].Status().Odometer)
}

// TestReprint: one more copy, on a person's word, with its copy number.
func TestReprint(t *testing.T) {
	t.Parallel()
	s := site(t, 1)
	w := packed(t, s, "O-0004")
	sc := atStep(t, w, "waybill")
	_, code := sc.First()
	require.Contains(t, sc.Actions, "reprint")
	f := w.Act("reprint", map[string]any{"box": sc.Task.Box, "reason": "smeared"})
	require.True(t, f.OK, says(f))
	require.Eventually(t, func() bool { return s.Printers[0].Status().Odometer == 2 }, 30*time.Second, 20*time.Millisecond)
	_, again := atStep(t, w, "waybill").First()
	assert.Equal(t, code, again, "the same number")
	labels := s.Printers[0].Labels(0)
	assert.NotEqual(t, labels[0].ZPL(), labels[1].ZPL(), "no two attempts have the same bytes")
	finish(t, s, w)
	copies := []any{}
	for _, e := range events(t, s) {
		if e.Type == "label.intent" {
			copies = append(copies, e.Data["copy"])
		}
	}
	assert.Equal(t, []any{1.0, 2.0}, copies)
}
