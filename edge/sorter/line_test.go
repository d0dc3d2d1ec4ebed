package sorter

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	sim "dcedge/firmware-sim/conveyor"
)

// line drives the simulator's belt, whose ledger knows nothing of the Tracker,
// with the Tracker: reads and confirmations are some milliseconds on their way.
type line struct {
	t      *testing.T
	rng    *rand.Rand
	belt   *sim.Belt
	tr     *office
	boxes  shelf
	want   map[string]string // code -> the lane that is its own
	ticks  int64             // 5 mm each
	run    int
	reads  int
	late   []post
	events map[string]int
	said   map[string]string // box -> lane, confirmed and not taken back
	begun  map[string]bool
	ends   map[string]int
}

func newLine(t *testing.T, seed uint64) *line {
	t.Helper()
	l := &line{t: t, rng: rand.New(rand.NewPCG(seed, 1)), boxes: shelf{}, want: map[string]string{}, events: map[string]int{}, said: map[string]string{},
		begun: map[string]bool{}, ends: map[string]int{}}
	var err error
	l.belt, err = sim.NewBelt(sim.Layout{Length: 5300, Eyes: []sim.Eye{{Name: "in", At: 1000}, {Name: "end", At: 5000}}, Tunnel: sim.Place{Name: "tunnel-1", At: 1650},
		Diverts: []sim.Divert{{Name: "d-1", At: 2500, Lanes: []string{"cj-a"}}, {Name: "d-2", At: 3000, Lanes: []string{"cj-b"}}, {Name: "d-3", At: 3500, Lanes: []string{"hanjin"}},
			{Name: "d-4", At: 4000, Lanes: []string{"loop"}}}, Lanes: []sim.Lane{{Name: "loop", Loop: 1000}}})
	require.NoError(t, err)
	l.start()
	return l
}

func (l *line) start() {
	lay := layout()
	lay.LoopLength = 0 // this loop keeps no places: what cannot be read goes straight to hospital
	var open []Open
	if l.tr != nil {
		open = l.tr.Open()
	}
	l.run++
	tr, s, err := newOffice(fmt.Sprint("run", l.run), lay, lanePlan(), l.boxes, open)
	require.NoError(l.t, err)
	tr.pos = l.pos() // the test's belt has one scale; a run may begin anywhere on it
	tr.until += l.pos()
	l.tr, l.late = tr, nil
	l.take(s)
}

func (l *line) pos() int64 { return 5 * l.ticks }

func (l *line) put(i int) {
	code, carrier, trip := fmt.Sprint("W", i), []string{"cj", "hanjin"}[i%2], fmt.Sprint(1+i/2%2)
	l.boxes[code] = Box{ID: fmt.Sprint("B-", i), Carrier: carrier, Trip: trip, Packed: true}
	switch {
	case carrier == "hanjin":
		l.want[code] = "hanjin"
	case trip == "1":
		l.want[code] = "cj-a"
	default:
		l.want[code] = "cj-b"
	}
	p := sim.Parcel{Codes: []string{code}, Length: 260 + 5*l.rng.IntN(49), Gap: 250 + 5*l.rng.IntN(60)}
	if l.rng.IntN(50) == 0 {
		p.Gap = -1
	}
	l.belt.Put(p)
}

func (l *line) mail(after int64, f func(*office) Step) {
	l.late = append(l.late, post{l.ticks + after, f})
}

func (l *line) tick() {
	l.ticks++
	for _, e := range l.belt.Step(5 * time.Millisecond) {
		switch e.Kind {
		case sim.EyeChanged:
			l.take(l.tr.Eye(e.Name, e.Blocked, l.pos(), false))
		case sim.AtTunnel:
			l.tunnel(e)
		case sim.Diverted:
			id := fmt.Sprint("done-", l.ticks, "-", e.Parcel)
			l.mail(2+l.rng.Int64N(8), func(t *office) Step { return t.Done(id, e.Name, e.Command.Box, e.Command.Lane, l.pos()) })
		}
	}
	keep := l.late[:0]
	var due []post
	for _, m := range l.late {
		if m.at > l.ticks {
			keep = append(keep, m)
		} else {
			due = append(due, m)
		}
	}
	l.late = keep
	for _, m := range due {
		l.take(m.send(l.tr))
	}
	if l.ticks%20 == 0 {
		l.take(l.tr.Moved(l.pos()))
	}
}

func (l *line) tunnel(e sim.Event) {
	l.reads++
	r := reading{Read{ID: fmt.Sprint("r-", l.reads), Pos: l.pos(), Clock: true}, e.Codes[0]}
	if l.rng.IntN(100) == 0 {
		r.Code, r.NoRead = "", true
	}
	l.belt.Identify(e.Parcel, []string{r.ID})
	at := l.ticks
	l.mail(1+l.rng.Int64N(5), func(t *office) Step {
		r.Age = time.Duration(l.ticks-at) * 5 * time.Millisecond
		return t.Read(r, l.pos())
	})
}

func (l *line) take(s Step) {
	for _, e := range s.Events {
		l.events[string(e.Type)+" "+string(e.Reason)]++
		switch {
		case e.Type == Inducted:
			l.begun[e.Parcel] = true
		case e.Type == Diverted && e.Lane != "loop":
			l.said[e.Box] = e.Lane
		case e.Reason == Contradicted:
			delete(l.said, e.Box)
		}
		if e.Parcel != "" && e.Reason != Contradicted && (e.Type == Diverted || e.Type == Rejected || e.Type == Lost) {
			l.ends[e.Parcel]++
		}
	}
	for _, c := range s.Commands {
		l.belt.Command(c.Divert, sim.Command{ID: "c", Re: c.Re, Box: c.Box, Lane: c.Lane})
	}
}

// finish runs until nothing is on the belt, and compares with the ledger.
func (l *line) finish() (misplaced int) {
	for range 200_000 {
		if w, on := l.belt.Left(); w+on == 0 {
			break
		}
		l.tick()
	}
	for range 3000 {
		l.tick()
	}
	l.take(l.tr.Moved(l.pos() + 10_000))
	where := map[string]string{}
	for _, e := range l.belt.Entries() {
		where["B-"+e.Codes[0][1:]] = e.Where
		require.NotContains(l.t, []string{sim.Waiting, sim.OnBelt}, e.Where)
		if e.Where != Hospital && e.Where != l.want[e.Codes[0]] {
			misplaced++
		}
	}
	for box, lane := range l.said {
		require.Equal(l.t, where[box], lane, "%s was confirmed where it is not", box)
	}
	for p := range l.begun {
		require.Equal(l.t, 1, l.ends[p], p)
	}
	return misplaced
}

// Ten thousand parcels over the simulator's belt with 1 % no-reads, touching
// boxes, jams, a divert that does not move, and restarts in the middle: none on a
// wrong lane, each accounted for.
func TestTenThousandParcelsOverTheSimulatedBelt(t *testing.T) {
	l := newLine(t, 1)
	const parcels = 10_000
	for i := range parcels {
		l.put(i)
	}
	troubles := []sim.Trouble{{Jam: "in"}, {}, {Dead: "d-1"}, {}, {Jam: "d-2"}, {}, {Stop: true}, {}, {Touching: true}, {}}
	for i := 0; ; i++ {
		if w, _ := l.belt.Left(); w == 0 {
			break
		}
		l.tick()
		if i%8000 == 7999 {
			l.belt.SetTrouble(troubles[i/8000%len(troubles)])
		}
		if i%8000 == 500 {
			l.belt.SetTrouble(sim.Trouble{})
		}
		if i%100_000 == 60_000 {
			l.start() // killed in the middle, and started again
		}
	}
	l.belt.SetTrouble(sim.Trouble{})
	assert.Zero(t, l.finish(), "parcels on a wrong lane")
	assert.Greater(t, len(l.said), parcels*8/10)
	t.Logf("%d parcels, %d confirmed, %d runs: %v", parcels, len(l.said), l.run, l.events)
}

// A divert that pushes off whatever comes next puts boxes on wrong lanes; it does
// not make the edge say that they are where they belong.
func TestABlindDivertIsNotBelieved(t *testing.T) {
	l := newLine(t, 2)
	for i := range 1000 {
		l.put(i)
	}
	l.belt.SetTrouble(sim.Trouble{Blind: "d-3"})
	misplaced := l.finish()
	assert.NotZero(t, misplaced, "the negative control: this divert does put boxes on wrong lanes")
	t.Logf("%d on a wrong lane, none of them confirmed; %d confirmed: %v", misplaced, len(l.said), l.events)
}
