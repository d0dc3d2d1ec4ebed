package belt

import (
	"context"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/scanner"
	"dcedge/firmware-sim/wire/wiretest"
)

// parcels is how many travel in a run: few by default, ten thousand in make soak.
func parcels(t *testing.T, few int) int {
	if n, err := strconv.Atoi(os.Getenv("BELT_PARCELS")); err == nil {
		return n
	}
	t.Logf("%d parcels; BELT_PARCELS=10000 for a day's", few)
	return few
}

// travel lets every box travel; under way happens at every so many that have
// left the belt.
func (r *rig) travel(labels []label, underWay func(part int)) {
	r.t.Helper()
	noRead := 0.01
	if len(labels) < 2000 { // of few parcels some are to be unread too, whatever is drawn
		noRead = 0.03
	}
	r.line.Tunnel().SetFaults(scanner.TunnelFaults{NoRead: noRead, Double: 0.02})
	for i, l := range labels {
		p := conveyor.Parcel{Codes: []string{l.code}, Length: 260 + 10*(i%24), Gap: 330 + 10*(i%7)}
		if i%97 == 96 {
			p.Gap = -1 // it touches the one ahead
		}
		r.line.Put(p)
	}
	const parts = 10
	for part := range parts {
		left := func() int {
			n := 0
			for _, e := range r.line.Entries() {
				if e.Where != conveyor.Waiting && e.Where != conveyor.OnBelt {
					n++
				}
			}
			return n
		}
		require.Eventually(r.t, func() bool { return left() >= part*len(labels)/parts }, 20*time.Minute, 20*time.Millisecond)
		if underWay != nil && part > 0 {
			underWay(part)
		}
	}
	ctx, done := context.WithTimeout(r.t.Context(), 10*time.Minute)
	defer done()
	require.NoError(r.t, r.line.WaitEmpty(ctx))
	require.Eventually(r.t, func() bool { return r.line.Tunnel().Open() == 0 }, time.Minute, 10*time.Millisecond, "reads without a verdict")
}

// reads are those that the broker has taken.
func (r *rig) reads() map[string]bool {
	out := map[string]bool{}
	for _, x := range r.line.Tunnel().Reads() {
		out[x.ID] = true
	}
	return out
}

// latency tells how long reads took from the tunnel to its verdict.
func (r *rig) latency() (p50, p99 time.Duration) {
	var all []time.Duration
	for _, x := range r.line.Tunnel().Reads() {
		if x.Verdicts > 0 && x.Times <= 2 {
			all = append(all, x.Answered.Sub(x.At))
		}
	}
	slices.Sort(all)
	return all[len(all)/2], all[len(all)*99/100]
}

// Must show: parcels over the simulated belt through the built edge with 1 %
// no-reads, touching boxes, jams and a kill -9 in the middle: none on a wrong
// lane, each accounted for.
func TestBeltThroughTheBuiltEdge(t *testing.T) {
	n := parcels(t, 600)
	r, labels := newRig(t, n, "")
	r.start()
	r.plan()
	r.devices(1)
	began := time.Now()
	r.travel(labels, func(part int) {
		switch part {
		case 2, 7:
			r.line.SetFaults(conveyor.Faults{Trouble: conveyor.Trouble{Jam: "eye-1"}})
			require.Eventually(t, func() bool { return r.line.Light().Shown().Colour == "red" }, 30*time.Second, 10*time.Millisecond, "a jam turns the stack light red")
			r.line.SetFaults(conveyor.Faults{})
			require.Eventually(t, func() bool { return r.line.Light().Shown().Colour != "red" }, 30*time.Second, 10*time.Millisecond)
		case 4:
			r.line.SetFaults(conveyor.Faults{Trouble: conveyor.Trouble{Dead: "d-1"}})
		case 5:
			r.line.SetFaults(conveyor.Faults{})
			r.kill()
			r.start()
		}
	})
	took := time.Since(began)
	p50, p99 := r.latency()
	events := r.accounted(labels)
	v := judge(labels, r.line.Entries(), events, r.reads())
	assert.Empty(t, v.faults)
	assert.Greater(t, v.sorted, n*6/10)
	assert.NotZero(t, v.counts["parcel.noRead noRead"])
	assert.NotZero(t, v.counts["parcel.lost restart"]+v.counts["parcel.read restart"])
	t.Logf("%d parcels in %v, %d sorted and confirmed; read to verdict p50 %v p99 %v: %v", n, took.Round(time.Second), v.sorted, p50, p99, v.counts)
}

// The oracle's negative control: a divert that pushes off whatever comes next
// does put boxes on wrong lanes, and it is seen; so is every event that is
// doubled, gone or changed.
func TestTheOracleSees(t *testing.T) {
	r, labels := newRig(t, 120, "")
	r.start()
	r.plan()
	r.devices(2)
	r.line.SetFaults(conveyor.Faults{Trouble: conveyor.Trouble{Blind: "d-1"}})
	for _, l := range labels {
		r.line.Put(conveyor.Parcel{Codes: []string{l.code}, Gap: 400})
	}
	ctx, done := context.WithTimeout(t.Context(), 2*time.Minute)
	defer done()
	require.NoError(t, r.line.WaitEmpty(ctx))
	events := pull(t, r.site)
	v := judge(labels, r.line.Entries(), events, r.reads())
	require.NotEmpty(t, v.faults)
	for _, f := range v.faults {
		assert.Contains(t, f, "is in L1, its lane is L2", "and none of them is said to be where it belongs")
	}
	faults := len(v.faults)
	for what, change := range map[string]func([]event) []event{
		"doubled": func(list []event) []event {
			i := slices.IndexFunc(list, func(e event) bool { return e.Type == "parcel.diverted" && e.Data.Lane == "L2" })
			return slices.Insert(list, i, list[i])
		},
		"gone": func(list []event) []event {
			return slices.DeleteFunc(list, func(e event) bool { return e.Type == "parcel.read" && e.Data.Reason == "" && e.Data.Lane == "L2" })
		},
		"changed": func(list []event) []event {
			for i := range list {
				if list[i].Type == "parcel.diverted" {
					list[i].Data.Lane = "L1"
				}
			}
			return list
		},
	} {
		assert.Greater(t, len(judge(labels, r.line.Entries(), change(slices.Clone(events)), r.reads()).faults), faults, what)
	}
}

// The same line at Debian's mosquitto, which is killed and started again under
// load and has forgotten everything then: no read is lost, none counts twice.
func TestBeltAtMosquittoThatIsKilled(t *testing.T) {
	n := parcels(t, 400)
	m := wiretest.Mosquitto(t)
	r, labels := newRig(t, n, m.URL)
	r.broker = m.URL
	r.start()
	r.plan()
	r.devices(3)
	r.travel(labels, func(part int) {
		if part%3 == 1 {
			m.Kill()
			m.Start()
		}
		if part == 5 { // and once both
			m.Kill()
			r.kill()
			m.Start()
			r.start()
		}
	})
	p50, p99 := r.latency()
	v := judge(labels, r.line.Entries(), r.accounted(labels), r.reads())
	assert.Empty(t, v.faults)
	assert.Greater(t, v.sorted, n/2)
	t.Logf("%d parcels, broker killed 4 times; %d sorted and confirmed; read to verdict p50 %v p99 %v: %v", n, v.sorted, p50, p99, v.counts)
}
