package edgetest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"dcedge/edge/edgetest"
)

// TestOracleSeesTheDesks: each of its faults of returns, of the hospital and of shifts
// can be had, and what people left open is listed.
func TestOracleSeesTheDesks(t *testing.T) {
	by := func(scan, kind, data string) string {
		return fmt.Sprintf(`"type":%q,"scan":%q,"worker":"w-1","data":{%s}`, kind, scan, data)
	}
	told := by("1", "return.received", `"return":"R","lines":[{"line":"1","sku":"S","quantity":2},{"line":"2","sku":"T","quantity":1}]`)
	open := by("2", "return.opened", `"return":"R","work":"T-1"`)
	graded := func(scan, line, sku, grade, place string, n int) string {
		return by(scan, "return.graded", fmt.Sprintf(`"return":"R","line":%q,"sku":%q,"quantity":%d,"grade":%q,"place":%q`, line, sku, n, grade, place))
	}
	moved := func(scan, sku, place string, n int) string {
		return by(scan, "stock.moved", fmt.Sprintf(`"sku":%q,"quantity":%d,"to":%q,"reason":"return"`, sku, n, place))
	}
	good, put := graded("3", "1", "S", "good", "A1", 2), moved("3", "S", "A1", 2)
	bad, away := graded("4", "2", "T", "defect", "Q", 1), moved("4", "T", "Q", 1)
	closed := by("5", "return.closed", `"return":"R","came":3`)
	back := by("6", "return.graded", `"return":"R","line":"1","sku":"S","quantity":-2,"grade":"good","place":"A1","undone":true`)
	taken := by("6", "stock.moved", `"location":"A1","sku":"S","quantity":2,"reason":"return"`)
	in := func(work string) string {
		return by(work, "hospital.in", fmt.Sprintf(`"box":"B","why":"nothing","work":%q`, work))
	}
	out := func(how string) string {
		return by("8", "hospital.out", fmt.Sprintf(`"box":"B","outcome":%q,"reason":"held","work":"T-2"`, how))
	}
	load := `"type":"box.loaded","order":"o","data":{"box":"B","truck":"K","waybill":"W"}`
	unknown := by("9", "return.unknown", `"case":"C","place":"U","due":"2026-11-22T09:00:00Z"`)
	start, home := by("10", "shift.started", `"of":"worker"`), by("11", "shift.ended", `"of":"worker","handedOver":"T-3"`)
	guest := func(what string) string {
		return fmt.Sprintf(`"type":%q,"worker":"tmp-1","data":{"of":"worker"}`, what)
	}
	signs := `"type":"shift.ended","worker":"l-1","data":{"of":"site"}`
	onto := func(to string) string { return by("12", "work.moved", fmt.Sprintf(`"work":"T-3","to":%q`, to)) }
	for name, tt := range map[string]struct {
		fault, open string
		events      []string
	}{
		"as it should be":                  {"", "", []string{told, open, good, put, bad, away, closed, start, home, onto("w-2"), unknown, by("13", "case.owned", `"case":"C","owner":"l-1"`)}},
		"less came":                        {"", "", []string{told, open, good, put, by("5", "return.closed", `"return":"R","came":2,"missing":[{"line":"2","quantity":1}]`)}},
		"taken off again":                  {"", "", []string{told, open, good, put, back, taken, good, put, bad, away, closed}},
		"put down and taken up":            {"", "", []string{in("T-1"), by("x", "step.confirmed", `"kind":"putDown","work":"T-1"`), in("T-2"), out("inducted")}},
		"graded twice":                     {"3 graded of 2", "", []string{told, open, good, put, graded("7", "1", "S", "good", "A1", 1), moved("7", "S", "A1", 1)}},
		"graded and put nowhere":           {"lie nowhere", "", []string{told, open, good, bad, away}},
		"put where nothing was graded":     {"in the hand are 0", "", []string{told, open, put}},
		"put elsewhere":                    {"go to A2", "", []string{told, open, good, moved("3", "S", "A2", 2)}},
		"less put than graded":             {"1 of S were graded and lie nowhere", "", []string{told, open, good, moved("3", "S", "A1", 1), bad, away}},
		"without a grade":                  {"without grade", "", []string{told, open, graded("3", "1", "S", "", "A1", 1)}},
		"broken beside what may be sold":   {"A1 holds", "", []string{told, open, good, put, graded("4", "2", "T", "defect", "A1", 1), moved("4", "T", "A1", 1)}},
		"more back than came":              {"taken back", "", []string{told, open, back, taken}},
		"graded when closed":               {"after it was closed", "", []string{told, open, good, put, bad, away, closed, good, put}},
		"opened when closed":               {"opened after", "", []string{told, open, good, put, bad, away, closed, open}},
		"closed twice":                     {"closed twice", "", []string{told, open, good, put, bad, away, closed, by("6", "return.closed", `"return":"R","came":3`)}},
		"closed by another sum":            {"closed with 3 pieces, 2 came", "", []string{told, open, good, put, closed}},
		"a missing piece that nobody told": {"1 came and 0 are missing of 2", "", []string{told, open, graded("3", "1", "S", "good", "A1", 1), moved("3", "S", "A1", 1), bad, away, by("5", "return.closed", `"return":"R","came":2`)}},
		"on two tables":                    {"lies before T-1", "", []string{in("T-1"), in("T-2")}},
		"loaded from the shelf":            {"put aside in the hospital", "", []string{in("T-2"), out("aside"), load}},
		"nobody's, and no day to find it":  {"without case", "", []string{by("9", "return.unknown", `"case":"C","place":"U"`)}},
		"came twice":                       {"did not end the one before", "", []string{start, start}},
		"home and never came":              {"never came", "", []string{home}},
		"a guest who goes as a lead signs": {"", "", []string{guest("shift.started"), signs, guest("shift.ended")}},
		"a guest who goes twice":           {"never came", "", []string{guest("shift.started"), signs, guest("shift.ended"), guest("shift.ended")}},
		"a shift of other minutes":         {"the event says 9 minutes", "", []string{start, by("11", "shift.ended", `"of":"worker","minutes":9`)}},
		"a return left open":               {"", "return R was opened", []string{told, open, good, put}},
		"a case of nobody's":               {"", "case C", []string{unknown}},
		"an owner who gave it back":        {"", "case C", []string{unknown, by("13", "case.owned", `"case":"C"`)}},
		"handed over to nobody":            {"", "work T-3 was handed over", []string{start, home}},
		"handed over to oneself":           {"", "work T-3 was handed over", []string{start, home, onto("w-1")}},
	} {
		o := edgetest.NewOracle("E")
		for i, e := range tt.events {
			o.Line([]byte(fmt.Sprintf(`{"seq":%d,"at":"2026-11-21T09:00:00Z","v":1,%s}`, i+1, e)))
		}
		left := strings.Join(o.Unfinished(), "; ")
		faults := []string{}
		for _, f := range o.Faults() {
			if !strings.Contains(f, "not contiguous") && !strings.Contains(f, "bound false") {
				faults = append(faults, f)
			}
		}
		if tt.fault == "" {
			assert.Empty(t, faults, name)
			assert.Equal(t, tt.open == "", left == "", "%s: %s", name, left)
			assert.Contains(t, left, tt.open, name)
			continue
		}
		assert.Contains(t, strings.Join(faults, "; "), tt.fault, name)
	}
}

// TestOracleListsTheHospital: what waits there is listed until it goes on, and whose
// shift did not end is named.
func TestOracleListsTheHospital(t *testing.T) {
	o := edgetest.NewOracle("E")
	for i, e := range []string{
		`"type":"parcel.rejected","data":{"box":"B1","reason":"hold"}`, `"type":"parcel.rejected","data":{"box":"B2","reason":"noLane"}`,
		`"type":"hospital.out","data":{"box":"B1","outcome":"aside","reason":"held"}`, `"type":"hospital.out","data":{"box":"B2","outcome":"inducted"}`,
		`"type":"parcel.rejected","data":{"box":"B3","reason":"laneFull"}`, `"type":"parcel.diverted","data":{"box":"B3"}`,
		`"type":"shift.started","worker":"w-1","data":{"of":"worker"}`, `"type":"shift.started","worker":"tmp-1","data":{"of":"worker"}`,
		`"type":"shift.ended","worker":"l-1","data":{"of":"site"}`, `"type":"box.closed","order":"o","data":{"box":"B4","of":1}`, `"type":"order.received","order":"o","data":{}`,
		`"type":"return.received","data":{"return":"R"}`,
	} {
		o.Line([]byte(fmt.Sprintf(`{"seq":%d,"at":"2026-11-21T09:00:00Z","v":1,%s}`, i+1, e)))
	}
	assert.Empty(t, o.Faults())
	assert.Equal(t, map[string]string{"B1": "held"}, o.Listed())
	assert.Equal(t, []string{"w-1"}, o.OnShift())
	assert.Equal(t, []string{"R"}, o.Waiting())
}
