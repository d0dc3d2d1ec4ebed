package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices/mqtt"
	"dcedge/edge"
)

// film is a camera that notes its cues.
type film struct {
	mu   sync.Mutex
	away bool
	got  []string
	at   []time.Time
}

func (f *film) send(c mqtt.Command) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away {
		return mqtt.ErrNotConnected
	}
	var b mqtt.CueBody
	if err := json.Unmarshal(c.Payload, &b); err != nil {
		return err
	}
	f.got, f.at = append(f.got, fmt.Sprint(c.Device, " ", b.Cue, " ", b.Box)), append(f.at, b.At)
	return nil
}

func (f *film) set(away bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.away = away
}

func (f *film) taken() []string {
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.got
	f.got = nil
	return out
}

func packing(station, box string) *edge.Work {
	return &edge.Work{WorkHead: &edge.WorkHead{Flow: edge.Pack, Worker: "w-1", Station: station}, Box: box}
}

func worked(key string, w *edge.Work) edge.Commit {
	if w == nil {
		return edge.Commit{Changes: []edge.Change{{Table: edge.TableWork, Key: key}}}
	}
	return edge.Commit{Changes: []edge.Change{{Table: edge.TableWork, Key: key, Value: w}}}
}

// boundIn is the commit of a label's scan: the work still shows the box.
func boundIn(box string, practice bool, w *edge.Work) edge.Commit {
	c := worked("T-1", w)
	c.Events = []edge.Event{{Type: edge.EvBound, Practice: practice, Data: &edge.WaybillEvent{Box: box}}}
	return c
}

// counted gives ids, each another.
func counted() func() string {
	n := 0
	return func() string { n++; return fmt.Sprint("cue-", n) }
}

func withCameras(t *testing.T, do func(f *film, tell func(edge.Commit))) {
	synctest.Test(t, func(t *testing.T) {
		f := &film{}
		c := newCameras(map[string][]string{"pack-1": {"cam-1"}, "pack-2": {"cam-2", "cam-3"}}, f.send, counted(), time.Now, slog.New(slog.DiscardHandler))
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- c.Run(ctx) }()
		do(f, func(x edge.Commit) { c.Committed(&x) })
		stop()
		require.NoError(t, <-ended)
	})
}

// TestCamerasFollowABox: from its first piece to its bound label, once each.
func TestCamerasFollowABox(t *testing.T) {
	withCameras(t, func(f *film, tell func(edge.Commit)) {
		tell(worked("T-1", packing("pack-1", "")))
		assert.Empty(t, f.taken(), "no box yet")
		tell(worked("T-1", packing("pack-1", "B-1")))
		tell(worked("T-1", packing("pack-1", "B-1"))) // the next piece
		assert.Equal(t, []string{"cam-1 start B-1"}, f.taken())
		tell(boundIn("B-9", false, packing("pack-1", "B-1")))
		tell(boundIn("B-1", true, packing("pack-1", "B-1")))
		assert.Empty(t, f.taken(), "another's box, and practice, are nothing to it")
		tell(boundIn("B-1", false, packing("pack-1", "B-1")))
		tell(worked("T-1", packing("pack-1", "")))
		assert.Equal(t, []string{"cam-1 stop B-1"}, f.taken())
		tell(worked("T-1", packing("pack-1", "B-2"))) // the order's second box
		tell(worked("T-1", packing("pack-1", "B-3")))
		assert.Equal(t, []string{"cam-1 start B-2", "cam-1 stop B-2", "cam-1 start B-3"}, f.taken())
		tell(worked("T-1", nil))
		assert.Equal(t, []string{"cam-1 stop B-3"}, f.taken(), "left")
		tell(worked("T-2", packing("pack-1", "B-3")))
		assert.Equal(t, []string{"cam-1 start B-3"}, f.taken(), "and gone on with")

		tell(worked("T-3", packing("pack-2", "B-4")))
		assert.ElementsMatch(t, []string{"cam-2 start B-4", "cam-3 start B-4"}, f.taken(), "both cameras of the desk")
		tell(worked("T-4", packing("pack-3", "B-5")))
		tell(worked("T-5", &edge.Work{WorkHead: &edge.WorkHead{Flow: edge.Pick, Station: "pack-1"}, Box: "B-6"}))
		assert.Empty(t, f.taken(), "a desk without one, and who packs nothing")
	})
}

// TestACameraThatIsAway is told late, in order and with the instants at which it
// was; what waits is bounded.
// A broker that takes its time keeps nobody waiting: the engine goes on.
func TestASlowCameraHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		let, sent := make(chan struct{}), 0
		send := func(mqtt.Command) error {
			<-let
			sent++
			return nil
		}
		c := newCameras(map[string][]string{"pack-1": {"cam-1"}}, send, counted(), time.Now, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- c.Run(ctx) }()
		first := worked("T-1", packing("pack-1", "B-1"))
		c.Committed(&first)
		synctest.Wait()        // the cue is on its way
		free := c.mu.TryLock() // by whom the engine would be kept waiting
		assert.True(t, free, "locked while a cue is sent")
		if free {
			c.mu.Unlock()
			second := worked("T-1", packing("pack-1", "B-2"))
			c.Committed(&second)
		}
		close(let)
		time.Sleep(cueAgain)
		synctest.Wait()
		assert.True(t, !free || sent == 3, "start, stop, start: %d", sent)
		cancel()
		assert.NoError(t, <-done)
	})
}

func TestACameraThatIsAway(t *testing.T) {
	withCameras(t, func(f *film, tell func(edge.Commit)) {
		f.set(true)
		began := time.Now()
		tell(worked("T-1", packing("pack-1", "B-1")))
		time.Sleep(5 * time.Second)
		tell(boundIn("B-1", false, packing("pack-1", "B-1")))
		assert.Empty(t, f.taken())
		f.set(false)
		time.Sleep(cueAgain)
		assert.Equal(t, []string{"cam-1 start B-1", "cam-1 stop B-1"}, f.taken())
		assert.Equal(t, []time.Duration{0, 5 * time.Second}, []time.Duration{f.at[0].Sub(began), f.at[1].Sub(began)})
		f.set(true)
		for i := range maxCues {
			tell(worked("T-1", packing("pack-1", fmt.Sprint("C-", i))))
		}
		synctest.Wait() // no cue is on its way
		f.set(false)
		time.Sleep(cueAgain)
		got := f.taken()
		assert.Len(t, got, maxCues)
		assert.Equal(t, fmt.Sprint("cam-1 start C-", maxCues-1), got[len(got)-1], "the newest is kept")
	})
}
