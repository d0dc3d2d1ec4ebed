package crash

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/firmware-sim/printer"
)

// paper looks at what came out of the printers, from outside.
type paper struct {
	mu       sync.Mutex
	printers []*printer.Printer
	last     []int64
	marks    map[string]int // labels by attempt
	waybills map[string]int
	total    int
}

func newPaper(r *rig) *paper {
	return &paper{printers: r.printers, last: make([]int64, len(r.printers)), marks: map[string]int{}, waybills: map[string]int{}}
}

// out tells whether a label with this attempt's mark came out.
func (p *paper) out(attempt string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, pr := range p.printers {
		for _, l := range pr.Labels(p.last[i]) {
			p.last[i] = l.N
			p.total++
			p.marks[mark(l)]++
		}
	}
	return p.marks[attempt] > 0
}

// mark is the attempt named on a label.
func mark(l printer.Label) string {
	for _, c := range append(l.Comments, l.Texts...) {
		for _, f := range strings.Fields(c) {
			if strings.HasPrefix(f, "A-") {
				return f
			}
		}
	}
	return "?"
}

// TestKillLoop is fault S1: kill -9 at any instant under load. After every
// restart nothing that was answered is missing (I1), every id that was sent is
// sent again and gets the same answer (I2), and the history pulled before is a
// prefix of the one served now (I5).
func TestKillLoop(t *testing.T) {
	rounds := count("KILL_ROUNDS", 60)
	r := newRig(t, program(t, ""), "")
	e := r.start()
	r.floor()
	r.orders(1, 400+rounds*12)
	out := newPaper(r)
	hands := []*hand{newHand(r, 1, "pick", false), newHand(r, 2, "pick", false), newHand(r, 3, "pick", false),
		newHand(r, 4, "pick", true), newHand(r, 5, "pack", false), newHand(r, 6, "pack", false)}
	for _, h := range hands {
		h.labels = out.out
	}
	p := newPuller(r)
	rng := rand.New(rand.NewPCG(uint64(rounds), uint64(os.Getpid())))
	began, known, unknown, again, slowest := time.Now(), 0, 0, 0, time.Duration(0)
	for round := range rounds {
		loadAndKill(t, e, hands, p, time.Duration(1+rng.IntN(80))*time.Millisecond)
		if rng.IntN(4) == 0 { // and once more while it starts
			half := r.spawn()
			<-time.After(time.Duration(rng.IntN(120)) * time.Millisecond)
			half.kill()
			again++
		}
		from := time.Now()
		e = r.start()
		slowest = max(slowest, time.Since(from))
		each(hands, func(h *hand) {
			before := h.round
			if err := errors.Join(h.enter(), h.sendAgain(20)); err != nil {
				h.fault("round %d: sending again: %v", round, err)
			}
			h.close()
			h.round = before
		})
		p.all(t)
		for _, h := range hands {
			k, u := p.check(h, h.round)
			known, unknown, h.round = known+k, unknown+u, len(h.ledger)
			require.Empty(t, h.faults, "round %d\n%s", round, e.said())
		}
		require.Empty(t, p.oracle.Faults(), "round %d", round)
	}
	conclude(t, r, e, hands, p, out)
	t.Logf("kill loop: %d rounds of kill -9 under load and %d while starting in %s, %d messages answered, %d unknown at the end, %d events, %d prints in doubt, %d labels out of the printers, slowest restart %s: %+v",
		rounds, again, time.Since(began).Round(time.Second), known, unknown, p.oracle.Seq(), p.doubts, out.total, slowest.Round(time.Millisecond), p.oracle.Totals())
}

func each(hands []*hand, fn func(*hand)) {
	var all sync.WaitGroup
	for _, h := range hands {
		all.Go(func() { fn(h) })
	}
	all.Wait()
}

// loadAndKill lets everybody work and a consumer pull, and kills the edge after
// a while of load.
func loadAndKill(t *testing.T, e *edge, hands []*hand, p *puller, after time.Duration) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var all sync.WaitGroup
	on := make(chan struct{}, len(hands))
	for _, h := range hands {
		all.Go(func() {
			err := h.enter()
			on <- struct{}{}
			if err == nil {
				_ = h.work(ctx) // the line is cut; what is not answered is unknown
			}
			h.close()
		})
	}
	var pulled error
	all.Go(func() {
		for ctx.Err() == nil && pulled == nil {
			if _, err := p.once(500, 1); errors.Is(err, errHistory) {
				pulled = err
			}
		}
	})
	for range hands {
		<-on
	}
	<-time.After(after)
	e.kill()
	stop()
	all.Wait()
	require.NoError(t, pulled)
}

// conclude ends the edge in order and compares everything once more from the
// very start.
func conclude(t *testing.T, r *rig, e *edge, hands []*hand, p *puller, out *paper) {
	t.Helper()
	whole := newPuller(r)
	for range 100 { // a printer may still have something to tell
		whole.all(t)
		if p.all(t); p.oracle.Seq() == whole.oracle.Seq() {
			break
		}
	}
	assert.Equal(t, p.oracle.Hash(), whole.oracle.Hash(), "the whole history is not the one pulled piece by piece")
	assert.Empty(t, whole.oracle.Faults())
	sent := map[string]bool{}
	for _, h := range hands {
		whole.check(h, 0)
		assert.Empty(t, h.faults)
		for _, m := range h.ledger {
			sent[m.id] = true
		}
	}
	for id := range whole.oracle.Scans() {
		assert.True(t, sent[id], "events of message %s, which nobody sent", id)
	}
	out.out("")
	tries := whole.oracle.Attempts()
	for mark, n := range out.marks {
		_, known := tries[mark]
		assert.True(t, known, "a label of attempt %q, which has no intent (I6)", mark)
		assert.Equal(t, 1, n, "labels of attempt %q (I6)", mark)
	}
	require.NoError(t, e.stop(t), "%s", e.said())
	verify(t, r, true)
}
