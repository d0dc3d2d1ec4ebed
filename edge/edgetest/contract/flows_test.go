package contract

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/edgetest/sitetest"
)

func change(id string, rev int, order, what, rest string) string {
	return fmt.Sprintf(`{"kind":"orderChange","id":%q,"rev":%d,"order":%q,"change":%q%s}`, id, rev, order, what, rest)
}

// ofType lists an order's events of a type.
func ofType(t *testing.T, s *sitetest.Site, order, kind string) (out []event) {
	t.Helper()
	for _, e := range events(t, s) {
		if e.Order == order && e.Type == kind {
			out = append(out, e)
		}
	}
	return out
}

// TestShortUndone: undone, it is a pick.short with missing negative.
func TestShortUndone(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	s.Push(sitetest.Order("O-1", sitetest.Line{SKU: "MUG", Quantity: 5, Location: "A01-01-1"}, sitetest.Line{SKU: "PEN", Quantity: 1, Location: "A01-01-1"}))
	w := s.Worker("W-001")
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order"}).OK)
	require.True(t, w.Scan("TOTE-00001").OK)
	f := w.Act("short", map[string]any{"found": 3, "reason": "none"})
	require.True(t, f.OK, says(f))
	_, code := f.Screen.First()
	assert.Equal(t, sitetest.Pen, code, "the line is done with it")
	f = w.Act("undo", nil)
	require.True(t, f.OK, says(f))
	shorts := ofType(t, s, "O-1", "pick.short")
	require.Len(t, shorts, 2)
	assert.EqualValues(t, 2, shorts[0].Data["missing"])
	assert.EqualValues(t, -2, shorts[1].Data["missing"])
	// whatever of it was booked as picked is taken back too
	sum := 0.0
	for _, kind := range []string{"pick.confirmed", "pick.undone"} {
		for _, e := range ofType(t, s, "O-1", kind) {
			sum += e.Data["quantity"].(float64)
		}
	}
	assert.Zero(t, sum)
	_, code = w.Screen().First()
	assert.Equal(t, sitetest.Mug, code)
	f = w.Act("skip", nil)
	require.True(t, f.OK, says(f))
	_, code = f.Screen.First()
	assert.Equal(t, sitetest.Pen, code, "put off")
	assert.Len(t, ofType(t, s, "O-1", "pick.skipped"), 1)
	f = w.Act("leave", nil)
	require.True(t, f.OK, says(f))
	assert.Equal(t, "idle", f.Screen.Flow)
}

// TestTwoTotesTwoBoxes: addTote at the pick; all totes at the desk; close
// before the last article begins another box.
func TestTwoTotesTwoBoxes(t *testing.T) {
	t.Parallel()
	s := site(t, 1)
	s.Push(sitetest.Order("O-1", sitetest.Line{SKU: "MUG", Quantity: 2, Location: "A01-01-1"}))
	w := s.Worker("W-001")
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order"}).OK)
	require.True(t, w.Scan("TOTE-00001").OK)
	require.True(t, w.Scan(sitetest.Mug).OK)
	f := w.Act("addTote", nil)
	require.True(t, f.OK, says(f))
	kind, code := f.Screen.First()
	assert.Equal(t, [...]string{"tote", ""}, [...]string{kind, code})
	assert.Equal(t, "duplicate", w.Scan("TOTE-00001").Code)
	require.True(t, w.Scan("TOTE-00002").OK)
	require.Equal(t, "done", w.Scan(sitetest.Mug).Code)

	require.True(t, w.Act("start", map[string]any{"flow": "pack"}).OK)
	require.True(t, w.Scan("TOTE-00001").OK)
	assert.Equal(t, "duplicate", w.Scan("TOTE-00001").Code)
	kind, code = w.Screen().First()
	assert.Equal(t, [...]string{"tote", "TOTE-00002"}, [...]string{kind, code}, "every tote is at the desk before an article")
	require.True(t, w.Scan("TOTE-00002").OK)
	assert.Equal(t, "unexpected", w.Act("close", nil).Code, "an empty box")
	require.True(t, w.Scan(sitetest.Mug).OK)
	f = w.Act("close", nil)
	require.True(t, f.OK, says(f))
	_, first := atStep(t, w, "waybill").First()
	require.Equal(t, "done", w.Scan(first).Code)
	kind, _ = w.Screen().First()
	assert.Equal(t, "item", kind, "the next box of the same order")
	require.Equal(t, "done", w.Scan(sitetest.Mug).Code)
	_, second := atStep(t, w, "waybill").First()
	assert.NotEqual(t, first, second, "every box has a number of its own")
	assert.Equal(t, "duplicate", w.Scan(first).Code, "a label that is on a box already")
	f = w.Scan(second)
	require.Equal(t, "done", f.Code)
	assert.Equal(t, "idle", f.Screen.Flow)
	boxes := ofType(t, s, "O-1", "box.closed")
	require.Len(t, boxes, 2)
	assert.Equal(t, []any{1.0, 2.0, 2.0}, []any{boxes[0].Data["n"], boxes[1].Data["n"], boxes[1].Data["of"]})
	assert.Len(t, ofType(t, s, "O-1", "tote.released"), 2)
	// both totes are free again
	s.Push(sitetest.Order("O-2", sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}))
	pick(t, w, "O-2", "TOTE-00002")
}

// TestHolds: a held order is nobody's to begin, and stops at the desk.
func TestHolds(t *testing.T) {
	t.Parallel()
	s := site(t, 1)
	line := sitetest.Line{SKU: "MUG", Quantity: 1, Location: "A01-01-1"}
	s.Push(sitetest.Order("O-1", line), sitetest.Order("O-2", line))
	w := s.Worker("W-001")
	s.Push(change("h1", 1, "O-1", "hold", `,"reason":"fraudCheck"`))
	assert.Equal(t, "unexpected start.noWork", says(w.Act("start", map[string]any{"flow": "pick", "mode": "order", "orders": []string{"O-1"}})))
	s.Push(change("h2", 2, "O-1", "release", ""))
	pick(t, w, "O-1", "TOTE-00001")
	pick(t, w, "O-2", "TOTE-00002")
	// a new address without routing holds the order: no stale sort code
	s.Push(change("r1", 3, "O-1", "readdress", `,"recipient":{"name":"이몽룡","phone":"010-1111-2222","postcode":"06000","address":"서울특별시 중구 세종대로 110"}`))
	f := w.Scan("TOTE-00001")
	assert.Equal(t, "hold", f.Code, says(f))
	assert.Equal(t, "idle", w.Screen().Flow)
	s.Push(change("r2", 4, "O-1", "readdress", `,"recipient":{"name":"이몽룡","phone":"010-1111-2222","postcode":"06000","address":"서울특별시 중구 세종대로 110"},"routing":{"sortCode":"9Z99","subCode":"1"}`))
	s.Push(change("r3", 5, "O-1", "release", ""))
	f = w.Scan("TOTE-00001")
	require.True(t, f.OK, says(f))
	require.Equal(t, "done", w.Scan(sitetest.Mug).Code)
	_, code := atStep(t, w, "waybill").First()
	labels := s.Printers[0].Labels(0)
	require.Len(t, labels, 1)
	texts := ""
	for _, b := range labels[0].Barcodes {
		texts += b.Text + " "
	}
	assert.Contains(t, texts, "9Z99")
	assert.NotContains(t, texts, "4W44", "a stale sort code is never printed")
	require.Equal(t, "done", w.Scan(code).Code)
	for _, id := range []string{"h1", "h2", "r1", "r2", "r3"} {
		n := 0
		for _, e := range events(t, s) {
			if e.Data["change"] == id {
				n++
			}
		}
		assert.Equal(t, 1, n, "exactly one event names change %s", id)
	}
	// an order cancelled with its box packed is the siren at the truck
	s.Push(change("c1", 6, "O-1", "cancel", ""))
	require.Eventually(t, func() bool { return len(ofType(t, s, "O-1", "order.cancelStopped")) == 1 }, 30*time.Second, 20*time.Millisecond)
	loader := s.Worker("W-002")
	if f := loader.Scan("DOCK-D1"); f.OK {
		f = loader.Scan(code)
		assert.Equal(t, "cancelled", f.Code, says(f))
	}
	assert.Empty(t, ofType(t, s, "O-1", "box.loaded"))
}

// TestUnknownScansLeaveNoText: length and keyed hash, the same for the same text.
func TestUnknownScansLeaveNoText(t *testing.T) {
	t.Parallel()
	s := site(t, 0)
	w := s.Worker("W-001")
	w.Scan("HELLO WORLD 12345")
	w.Scan("HELLO WORLD 12345")
	w.Scan("HELLO WORLD 12346")
	var what []any
	for _, e := range events(t, s) {
		if e.Type == "scan.refused" {
			assert.NotContains(t, e.Raw, "HELLO")
			assert.EqualValues(t, len("HELLO WORLD 12345"), e.Data["length"])
			what = append(what, e.Data["hash"])
		}
	}
	require.Len(t, what, 3)
	assert.Equal(t, what[0], what[1])
	assert.NotEqual(t, what[0], what[2])
}
