package devices_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link/linktest"
)

// sink notes states; as a plain Sink it knows no cues.
type sink struct {
	mu     sync.Mutex
	states []devices.State
	err    error
}

func (s *sink) Read(context.Context, devices.Reading) error { return s.err }
func (s *sink) State(st devices.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.states = append(s.states, st)
}

// judge is a sink that knows what a reading came to.
type judge struct {
	sink
	cue devices.Cue
}

func (j *judge) Judge(context.Context, devices.Reading) (devices.Cue, error) { return j.cue, j.err }

func TestHand(t *testing.T) {
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		to   devices.Sink
		cue  devices.Cue
		fail bool
	}{
		"plain":         {&sink{}, devices.CueNone, false},
		"plain, failed": {&sink{err: boom}, devices.CueBad, true},
		"judge":         {&judge{cue: devices.CueGood}, devices.CueGood, false},
		"judge, failed": {&judge{sink: sink{err: boom}, cue: devices.CueGood}, devices.CueBad, true},
	} {
		cue, err := devices.Hand(t.Context(), c.to, devices.Reading{})
		assert.Equal(t, []any{c.cue, c.fail}, []any{cue, errors.Is(err, boom)}, name)
	}
}

func TestMonitor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, to := devices.NewMonitor(devices.Info{Name: "scan-1", Class: "scanner"}), &sink{}
		began := time.Now()
		assert.Equal(t, devices.Status{Info: devices.Info{Name: "scan-1", Class: "scanner"}, Condition: devices.Offline, Since: began}, m.Status())

		time.Sleep(time.Second)
		m.Set(to, devices.Ready, "", "")
		m.Set(to, devices.Ready, "", "")
		m.Identify("DS9308", "S1", "")
		m.Identify("", "", "v2")
		who := m.Status()
		assert.Equal(t, []string{"DS9308", "S1", "v2"}, []string{who.Model, who.Serial, who.Firmware})
		m.Stored()
		m.Junked(2)
		m.Repeated()
		time.Sleep(time.Second)
		err := m.Fail(to, "session", "plug it in", io.EOF)
		assert.Equal(t, devices.Transient, devices.ClassOf(err))
		require.EqualError(t, err, "scan-1: session: EOF")
		st := m.Status()
		assert.Equal(t, []any{devices.Offline, "EOF", "plug it in", began.Add(2 * time.Second), began.Add(2 * time.Second)},
			[]any{st.Condition, st.Detail, st.Hint, st.Since, st.LastErrorAt})
		assert.Equal(t, []string{"", "", ""}, []string{st.Model, st.Serial, st.Firmware}, "what comes back may be another one")
		assert.Equal(t, []uint64{1, 2, 1}, []uint64{st.Readings, st.Junk, st.Repeats})

		time.Sleep(time.Second)
		m.Set(to, devices.Ready, "", "")
		st = m.Status()
		assert.Equal(t, []any{"", "scan-1: session: EOF", "session", "plug it in"}, []any{st.Detail, st.LastError, st.LastErrorCode, st.LastErrorHint}, "the last error outlives the recovery")
		assert.Equal(t, []devices.State{{Device: "scan-1", Condition: devices.Ready}, {Device: "scan-1", Condition: devices.Offline, Detail: "EOF", Hint: "plug it in"},
			{Device: "scan-1", Condition: devices.Ready}}, to.states, "each change once")

		own := &devices.Fault{Device: "scan-1", Op: "open", Class: devices.Permanent, Hint: "correct it", Err: io.EOF}
		require.ErrorIs(t, m.Fail(to, "x", "y", own), own)
		assert.Equal(t, "correct it", m.Status().Hint)
	})
}

func TestMonitorCountsTheWire(t *testing.T) {
	m, pipe := devices.NewMonitor(devices.Info{Name: "scan-1"}), linktest.NewPipe(1)
	c, err := pipe.Open(t.Context())
	require.NoError(t, err)
	far := <-pipe.Accepted
	w := m.Wire(c)
	go func() { _, _ = io.Copy(far, far) }()
	_, err = w.Write([]byte("12345"))
	require.NoError(t, err)
	_, err = io.ReadFull(w, make([]byte, 5))
	require.NoError(t, err)
	st := m.Status()
	assert.Equal(t, []uint64{5, 5}, []uint64{st.BytesIn, st.BytesOut})
	assert.False(t, st.LastIn.IsZero())
	assert.False(t, devices.Midstream(w))
	require.NoError(t, devices.Abort(w))
}

// TestMonitorEndsAFlood, and only that.
func TestMonitorEndsAFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, pipe := devices.NewMonitor(devices.Info{Name: "scan-1"}), linktest.NewPipe(1)
		c, err := pipe.Open(t.Context())
		require.NoError(t, err)
		far := <-pipe.Accepted
		w := m.Wire(c)
		go func() {
			for range 20 {
				_, _ = far.Write(make([]byte, 200<<10))
				time.Sleep(time.Second)
			}
			_, _ = far.Write(make([]byte, 300<<10))
		}()
		n, err := io.Copy(io.Discard, w)
		assert.ErrorIs(t, err, devices.ErrFlood)
		assert.Equal(t, devices.Corrupt, devices.ClassOf(err))
		assert.InDelta(t, 20*200<<10+256<<10, n, 33<<10)
		require.NoError(t, devices.Abort(w))
		require.NoError(t, far.Close())
	})
}
