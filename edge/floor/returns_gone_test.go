package floor_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// TestAGradeOfWhatIsPickedAgainStays: what was put to stock and has been picked since does
// not lie there any more, and no undo books it away a second time.
func TestAGradeOfWhatIsPickedAgainStays(t *testing.T) {
	gone := edge.Says("return.pickedAgain", edge.T("location", "L1"))
	take := func(x *site, n int) {
		x.record(order("o9", "cj", line{1, n}, line{2, 1}))
		x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o9"}})
		x.scan("p", "TOTE-00009")
		for range n {
			require.True(t, x.scan("p", "EA-1").OK)
		}
	}
	for _, c := range []struct {
		name  string
		known bool
		lay   int // before the two came back
		took  int
		want  edge.Say
	}{
		{"nothing was picked", true, 0, 0, edge.Says("undo.done")},
		{"one of them was", true, 0, 1, gone},
		{"both were", true, 0, 2, gone},
		{"one of others beside them was", true, 1, 1, edge.Says("undo.done")},
		{"nobody knows what lies there", false, 0, 2, edge.Says("undo.done")},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			back()(x)
			if c.known {
				stock(x, "S1", "L1", "", "", c.lay)
			}
			did(x, "EA-1", "EA-1", "GRADE-good", "LOC-L1")
			take(x, c.took)
			v := x.act("r", "undo", edge.Args{})
			assert.Equal(t, c.want, v.Say)
			if c.want.Key != "undo.done" {
				assert.Equal(t, edge.Unexpected, v.Code)
				assert.Len(t, x.live.Return("default", "RET-1").Graded, 1)
				for range c.took {
					require.True(t, x.act("p", "undo", edge.Args{}).OK)
				}
				assert.Equal(t, edge.Says("undo.done"), x.act("r", "undo", edge.Args{}).Say, "they lie there again")
			}
			rebuilt(t, x)
		})
	}
}

// TestUndoOfAGradeAmongLots: what was graded is booked out of the lot that it was booked
// into, and stays where that lot holds less.
func TestUndoOfAGradeAmongLots(t *testing.T) {
	for took, want := range map[int]string{0: "undo.done", 1: "undo.done", 2: "return.pickedAgain", 3: "return.pickedAgain"} {
		t.Run(fmt.Sprint(took, " picked"), func(t *testing.T) {
			x := newSite(t)
			x.deep = true
			crew(x)
			dozen(x)
			stock(x, "S1", "L1", "A1", "2027-01-31", 1)
			stock(x, "S1", "L1", "B2", "2027-06-30", 5)
			did(x, "EA-1", 3, "GRADE-good", "LOC-L1")
			if took > 0 {
				x.record(order("o1", "cj", line{1, took}, line{2, 1}))
				require.True(t, x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o1"}}).OK)
				x.scan("p", "TOTE-00001")
			}
			for range took {
				require.True(t, x.scan("p", "EA-1").OK)
			}
			require.Equal(t, want, x.act("r", "undo", edge.Args{}).Say.Key)
			left := 9 - took
			if want == "undo.done" {
				left -= 3
			}
			known := 0
			x.live.EachStock(func(s *edge.Stock) { known += s.Quantity })
			assert.Equal(t, left, known)
			rebuilt(t, x)
		})
	}
}

// TestAGradeOfASerialThatIsPickedAgainStays, also where nobody knows what lies on its place,
// and when the one that it was sold to has left.
func TestAGradeOfASerialThatIsPickedAgainStays(t *testing.T) {
	for name, sold := range map[string]bool{"in a picker's tote": false, "sold again": true} {
		t.Run(name, func(t *testing.T) {
			x := soldSerials(t, false)
			did(x, "SN-1", "GRADE-good", "LOC-L8")
			if sold {
				shipSerial(x, "o3", "TOTE-00003", "SN-1")
			} else {
				x.record(order("o3", "cj", line{8, 2}))
				x.act("p", "start", edge.Args{Flow: edge.Pick, Orders: []string{"o3"}})
				for _, c := range []string{"TOTE-00003", "EA-8", "SN-1"} {
					x.scan("p", c)
				}
				require.True(t, x.dec.Verdict.OK)
			}
			v := x.act("r", "undo", edge.Args{})
			assert.Equal(t, []any{edge.Unexpected, edge.Says("return.pickedAgain", edge.T("location", "L8"))}, []any{v.Code, v.Say})
			if !sold {
				require.True(t, x.act("p", "undo", edge.Args{}).OK)
				require.True(t, x.act("r", "undo", edge.Args{}).OK)
			}
			rebuilt(t, x)
		})
	}
}

// TestAGradeOfADefectIsTakenBack: its serial number stays one that was sold, and that
// keeps nobody from grading it once more.
func TestAGradeOfADefectIsTakenBack(t *testing.T) {
	x := soldSerials(t, true)
	did(x, "SN-1", "GRADE-defect", "LOC-Q1")
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
	did(x, "EA-8", "SN-1", "GRADE-good", "LOC-L8")
	require.True(t, x.act("r", "undo", edge.Args{}).OK)
}
