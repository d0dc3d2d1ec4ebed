package sorter

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// play runs a belt: random boxes, noise, touching boxes, late reads, stuck and
// late diverts, a plan that changes, lanes that fill, restarts.
func play(t *testing.T, seed uint64, g guards, boxes int) *world {
	t.Helper()
	w := newWorld(seed, g)
	w.fill(t)
	for w.made < 2*boxes && w.pos < int64(boxes)*1400 {
		w.step()
		if w.pos%5000 == 0 {
			switch w.rng.IntN(12) {
			case 0:
				w.start() // killed and started again
			case 1, 2:
				eye := []string{"full-a", "full-b"}[w.rng.IntN(2)]
				w.full[eye] = !w.full[eye]
				w.take(w.t.Eye(eye, w.full[eye], w.p(), false))
			}
		}
	}
	w.next = w.pos + 1<<40 // no more boxes
	for range 5 * (w.l.End + 3000) / 5 {
		w.step()
	}
	w.take(w.t.Moved(w.p() + 10_000))
	return w
}

// wrong counts what must never be: a box in a truck's lane that is not its own,
// a box confirmed where it is not, one box confirmed twice.
func (w *world) wrong() (out []string) {
	where := map[string][]string{} // by physical box, the lanes
	for _, x := range w.all {
		if x.ended == "" || x.ended == "looped" || x.ended == "floor" {
			continue
		}
		where[x.id] = append(where[x.id], x.ended)
		if x.ended == Hospital {
			continue
		}
		if len(x.codes) > 1 && x.late {
			continue // one of two labels was told too late: nobody could know of it in time
		}
		if len(x.codes) != 1 {
			out = append(out, fmt.Sprintf("%s with labels %v is in %s", x.id, x.codes, x.ended))
			continue
		}
		b, ok := w.boxes[x.codes[0]]
		if !ok || !w.allowed[b.ID][x.ended] || b.Cancelled || !b.Packed {
			out = append(out, fmt.Sprintf("%s (%+v) is in %s", x.id, b, x.ended))
		}
	}
	confirmed, run, contradicted := map[string]string{}, map[string]int{}, map[string]bool{}
	for _, e := range w.events {
		if e.Reason == Contradicted {
			contradicted[e.Parcel] = true
		}
	}
	for i, e := range w.events {
		if e.Type != Diverted || e.Lane == w.l.Loop || contradicted[e.Parcel] {
			continue
		}
		if _, twice := confirmed[e.Box]; twice {
			out = append(out, e.Box+" is confirmed twice")
		}
		confirmed[e.Box], run[e.Box] = e.Lane, w.runOf[i]
	}
	for box, lane := range confirmed {
		there := false
		for _, x := range w.all {
			if x.ended == lane && len(x.codes) > 0 && w.boxes[x.codes[0]].ID == box {
				there = true
			}
			// a divert lied, and the edge died before the box came to the end: the
			// stranger at hospital is what tells of it
			if x.ended == Hospital && x.endRun != run[box] && len(x.codes) > 0 && w.boxes[x.codes[0]].ID == box {
				there = true
			}
		}
		if !there {
			out = append(out, fmt.Sprintf("%s is confirmed in %s and is not there (%v)", box, lane, where[box]))
		}
	}
	return out
}

func TestNoParcelOnAWrongLane(t *testing.T) {
	seeds := 20
	if s, err := strconv.Atoi(os.Getenv("SORTER_SEEDS")); err == nil {
		seeds = s
	}
	total, counts := 0, map[string]int{}
	for seed := range seeds {
		w := play(t, uint64(seed), guards{}, 170)
		require.Empty(t, w.wrong(), "seed %d", seed)
		assert.Empty(t, w.open, "seed %d: parcels without an end", seed)
		for p, n := range w.once {
			require.Equal(t, 1, n, "seed %d: %s ended %d times", seed, p, n)
		}
		for _, x := range w.all {
			require.NotEmpty(t, x.ended, "seed %d: %s is still on the belt", seed, x.id)
			counts["really "+x.ended]++
		}
		total += len(w.all)
		for _, e := range w.events {
			counts[string(e.Type)+" "+string(e.Reason)]++
		}
	}
	require.Greater(t, total, 100*seeds)
	for _, must := range []string{"parcel.diverted ", "parcel.rejected multiRead", "parcel.rejected noRead", "parcel.rejected contradicted", "parcel.lost lateConfirm",
		"parcel.lost missing", "parcel.lost restart", "parcel.read duplicate", "parcel.read lateRead", "parcel.read unknown", "parcel.read cancelled", "parcel.read notPacked",
		"parcel.read laneFull", "parcel.read restart", "parcel.diverted noRead", "parcel.rejected stranger"} {
		assert.NotZero(t, counts[must], "the simulation never came to: %s", must)
	}
	t.Logf("%d parcels over %d belts, none on a wrong lane: %v", total, seeds, counts)
}

// Negative controls: each guard off, and the same belts find it out.
func TestNoParcelOnAWrongLaneNegativeControl(t *testing.T) {
	for name, g := range map[string]guards{"touching boxes are believed": {length: true}, "late reads are believed": {late: true}, "twins are believed": {twin: true}} {
		t.Run(name, func(t *testing.T) {
			found := 0
			for seed := range 20 {
				found += len(play(t, uint64(seed), g, 170).wrong())
			}
			assert.NotZero(t, found, "the belts do not find that a guard is off")
			t.Logf("negative control: %d faults in 20 belts", found)
		})
	}
}
