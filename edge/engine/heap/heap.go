package heap

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Headroom is a good headroom for an edge: 32 MiB.
const Headroom = 32 << 20

const (
	leastPercent = 60 // of what lives, also when that is much
	mostPercent  = 800
	slack        = 10 // a change of less than a tenth is not worth stopping for
)

// Tuner keeps the collector's setting in step with what lives.
type Tuner struct {
	headroom uint64
	percent  int
}

// New makes a tuner with so many bytes of headroom, at least 1 MiB.
func New(headroom int64) (*Tuner, error) {
	if headroom < 1<<20 {
		return nil, fmt.Errorf("heap: headroom of %d bytes, want at least 1 MiB", headroom)
	}
	return &Tuner{headroom: uint64(headroom)}, nil
}

// Run looks after every collection until ctx ends, then puts the setting back.
func (t *Tuner) Run(ctx context.Context) error {
	was := debug.SetGCPercent(100)
	defer debug.SetGCPercent(was)
	t.percent = 100
	collected := make(chan struct{}, 1)
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	watch(ctx, collected)
	for {
		metrics.Read(sample)
		if p := percentOf(t.headroom, sample[0].Value.Uint64()); differs(p, t.percent) {
			debug.SetGCPercent(p)
			t.percent = p
		}
		select {
		case <-collected:
		case <-ctx.Done():
			return nil
		}
	}
}

// percentOf is the share of live by which the heap may grow.
func percentOf(headroom, live uint64) int {
	if live == 0 {
		return mostPercent
	}
	return int(min(mostPercent, max(leastPercent, headroom*100/live)))
}

func differs(a, b int) bool { return max(a-b, b-a)*slack > b }

// sentinel is garbage from the start: that its finalizer runs means that a
// collection has ended.
type sentinel struct{ _ [16]byte }

func watch(ctx context.Context, collected chan<- struct{}) {
	runtime.SetFinalizer(new(sentinel), func(*sentinel) {
		select {
		case collected <- struct{}{}:
		default:
		}
		if ctx.Err() == nil {
			watch(ctx, collected)
		}
	})
}
