package sorter

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// A belt on which nothing goes wrong sorts everything: the guards cost nothing.
func TestCalmBeltSortsEverything(t *testing.T) {
	w := newWorld(1, guards{})
	w.calm, w.clocky = true, true
	w.fill(t)
	w.next = 2000 // the flush is over
	for w.made < 1000 {
		w.step()
	}
	w.next = 1 << 50
	for range 2000 {
		w.step()
	}
	require.Empty(t, w.wrong())
	sorted, hospital := 0, 0
	for _, x := range w.all {
		b := w.boxes[x.codes[0]]
		switch {
		case x.ended == Hospital && (b.Carrier == "lotte" || b.Carrier == "cj" && b.Trip == "2"):
			hospital++ // no lane at that time of the plan
		case w.sorted[x.id]:
			sorted++
		default:
			assert.Fail(t, "not sorted", "%+v %+v", x, b)
		}
	}
	assert.Greater(t, sorted, 600)
	t.Logf("%d sorted and confirmed, %d without a lane", sorted, hospital)
}

// The decision itself, apart from the wires: far below the 20 ms that a read may take.
func TestDecisionIsQuick(t *testing.T) {
	b := newBelt(t)
	var took []time.Duration
	for i := range 5000 {
		at := int64(6000 + 600*i)
		b.put(at)
		began := time.Now()
		b.Read(reading{Read{ID: fmt.Sprint("q", i), Pos: at + 650, Clock: true}, "w2"}, at+660)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("read to decision: p50 %v p99 %v", took[len(took)/2], took[len(took)*99/100])
}

// A cancel or a hold that comes while a box is on the belt takes its lane back.
func TestWithdrawnOnTheBelt(t *testing.T) {
	b := newBelt(t)
	b.put(6000)
	first, _ := b.read(6000, "w1")
	s := b.Withdraw("B1", edge.ReasonCancelled)
	assert.Equal(t, []Command{{Divert: "d-1", Re: first.Read, Box: "B1", Lane: Hospital}}, s.Commands)
	assert.Empty(t, b.Withdraw("B1", edge.ReasonCancelled), "told once")
	assert.Empty(t, b.Withdraw("", edge.ReasonCancelled))
	end := b.Eye("end", true, 10_000, false)
	require.Len(t, end.Events, 1)
	assert.Equal(t, []any{Rejected, "B1", edge.ReasonCancelled}, []any{end.Events[0].Type, end.Events[0].Box, end.Events[0].Reason})

	b = newBelt(t)
	b.put(6000)
	b.read(6000, "w1")
	b.Done("d", "d-1", "B1", "cj-a", 7600)
	assert.Empty(t, b.Withdraw("B1", edge.ReasonCancelled), "it is in its lane: the truck's scan is the next fence")
}

// Without its eyes or its encoder the belt knows nothing of what lies on it.
func TestBlindBelt(t *testing.T) {
	b := newBelt(t)
	b.put(6000)
	b.put(6600)
	b.read(6000, "w1")
	s := b.Blind(7000)
	require.Len(t, s.Events, 2)
	for _, e := range s.Events {
		assert.Equal(t, []any{Lost, Sensor}, []any{e.Type, e.Reason})
	}
	why, on := b.Flushing()
	assert.True(t, on)
	assert.Equal(t, Sensor, why)
	b.put(7100)
	v, s := b.read(7100, "w2")
	assert.Equal(t, string(Sensor), v.Code, "nothing is decided yet")
	assert.Empty(t, s.Commands)
	s = b.Done("d", "d-1", "B1", "cj-a", 7760)
	require.NotNil(t, s.Own)
	assert.Equal(t, []any{Rejected, "B1", "cj-a", LateConfirm}, []any{s.Own.Type, s.Own.Box, s.Own.Place, s.Own.Reason}, "a person looks, and is told where")
	b.put(9000)
	v, _ = b.read(9000, "w2")
	assert.True(t, v.OK)
}

// H17, B6: an induct eye that sees nothing is noticed by the reads of strangers.
func TestB6InductEyeThatSeesNothing(t *testing.T) {
	b := newBelt(t)
	var alarms []Alarm
	for i := range 8 {
		_, s := b.read(int64(6000+600*i), "w1")
		alarms = append(alarms, s.Alarms...)
	}
	assert.Equal(t, []Alarm{{Stranger, "in", true}}, alarms)
	b.put(20_000)
	_, s := b.read(20_000, "w2")
	assert.Equal(t, []Alarm{{Stranger, "in", false}}, s.Alarms)
}

// An answer that the engine remembers from before this run moves nothing.
func TestARememberedAnswerMovesNothing(t *testing.T) {
	b := newBelt(t)
	b.put(6000)
	_, ask := b.Tracker.Read(Read{ID: "old", Pos: 6650, Clock: true}, 6660)
	require.NotNil(t, ask)
	s := b.Decided(edge.ParcelAnswer{Box: "B1", Lane: "cj-a"}, true)
	assert.Equal(t, Step{Verdicts: []Verdict{{Read: "old", Code: "ok", OK: true, Lane: "cj-a", Repeat: true}}}, s)
	assert.Empty(t, b.Decided(edge.ParcelAnswer{}, false), "nothing was asked")
	v, _ := b.read(6000, "w2")
	assert.Equal(t, "cj-b", v.Lane, "the parcel is as it was")
}
