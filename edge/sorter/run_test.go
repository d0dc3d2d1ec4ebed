package sorter

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type tape struct {
	log  []string
	fail error
}

func (p *tape) Commit(_ context.Context, e []Event) error {
	p.log = append(p.log, "commit "+e[len(e)-1].Type)
	return p.fail
}
func (p *tape) Divert(c Command)            { p.log = append(p.log, "divert "+c.Lane) }
func (p *tape) Answer(v Verdict, _ []Event) { p.log = append(p.log, "answer "+v.Code) }
func (p *tape) Alarm(a Alarm)               { p.log = append(p.log, "alarm "+string(a.What)) }

func TestFactsFirst(t *testing.T) {
	b := newBelt(t)
	b.put(6000)
	var p tape
	d, err := NewDesk(t.Context(), b.Tracker, Step{Events: []Event{{Type: Lost}}}, &p, &p)
	require.NoError(t, err)
	in := func(id string) func(*Tracker) Step {
		return func(tr *Tracker) Step {
			return tr.Read(Read{ID: id, Code: "w1", Pos: 6650, Clock: true, Now: noon}, 6660)
		}
	}
	require.NoError(t, d.Do(t.Context(), in("r")))
	require.NoError(t, d.Do(t.Context(), in("r")), "a repeat makes no event, and is answered")
	assert.Equal(t, []string{"commit parcel.lost", "commit parcel.read", "divert cj-a", "answer ok", "answer ok"}, p.log)

	p.fail = errors.New("disk")
	p.log = nil
	require.ErrorIs(t, d.Do(t.Context(), in("r2")), p.fail)
	p.fail = nil
	assert.ErrorContains(t, d.Do(t.Context(), in("r2")), "disk", "the tracker is ahead of the journal: it must start anew")
	assert.Equal(t, []string{"commit parcel.read"}, p.log, "nothing is published that is not on disk")

	_, err = NewDesk(t.Context(), nil, Step{}, &p, &p)
	assert.Error(t, err)
}

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
		b.Read(Read{ID: fmt.Sprint("q", i), Code: "w2", Pos: at + 650, Clock: true, Now: noon}, at+660)
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("read to decision: p50 %v p99 %v", took[len(took)/2], took[len(took)*99/100])
}
