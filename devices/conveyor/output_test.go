package conveyor_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/conveyor"
)

// wired is a pin that a test watches and pulls.
type wired struct {
	mu     sync.Mutex
	level  bool
	since  time.Time
	pulses []time.Duration // how long it was driven
	gone   chan struct{}
	closed bool
	refuse error
}

func newWired() *wired { return &wired{gone: make(chan struct{})} }

func (w *wired) OpenOutput(context.Context) (conveyor.Output, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.level = false
	return w, w.refuse
}

func (w *wired) Drive(on bool) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.gone:
		return errors.New("gone")
	default:
	}
	if w.level && !on {
		w.pulses = append(w.pulses, time.Since(w.since))
	}
	if !w.level && on {
		w.since = time.Now()
	}
	w.level = on
	return nil
}

func (w *wired) Lost() <-chan struct{} { return w.gone }
func (w *wired) Fault() error          { return errors.New("the board was pulled") }
func (w *wired) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	return nil
}

func (w *wired) on() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.level
}

// driven are the pulses so far.
func (w *wired) driven() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]time.Duration(nil), w.pulses...)
}

type nothing struct{}

func (nothing) Read(context.Context, devices.Reading) error { return nil }
func (nothing) State(devices.State)                         {}

func run(t *testing.T, d devices.Driver) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx, nothing{}) }()
	synctest.Wait()
	return func() error { cancel(); return <-done }
}

func TestPinDivert(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := newWired()
		d, err := conveyor.NewPinDivert("d-1", pin, 150*time.Millisecond)
		require.NoError(t, err)
		require.ErrorIs(t, d.Fire(), conveyor.ErrAway, "not before it is there")
		stop := run(t, d)
		assert.Equal(t, devices.Ready, d.Status().Condition)
		assert.False(t, pin.on())
		require.NoError(t, d.Fire())
		synctest.Wait()
		assert.True(t, pin.on())
		time.Sleep(100 * time.Millisecond)
		require.NoError(t, d.Fire(), "the next one comes close: it stays out for it")
		time.Sleep(time.Second)
		assert.Equal(t, []time.Duration{250 * time.Millisecond}, pin.driven())
		require.NoError(t, d.Fire())
		time.Sleep(time.Second)
		assert.Equal(t, 150*time.Millisecond, pin.driven()[1])
		assert.EqualValues(t, 3, d.Status().Readings)

		require.NoError(t, d.Fire())
		synctest.Wait()
		require.NoError(t, stop())
		assert.False(t, pin.on(), "it is left at rest")
		assert.True(t, pin.closed)
		require.ErrorIs(t, d.Fire(), conveyor.ErrAway)
	})
}

// R5: the board is pulled and comes back; a pulse of before is not made up for.
func TestR5PinDivertPulled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pin := newWired()
		d, err := conveyor.NewPinDivert("d-1", pin, 150*time.Millisecond)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- d.Run(ctx, nothing{}) }()
		synctest.Wait()
		close(pin.gone)
		err = <-done
		require.ErrorContains(t, err, "pulled")
		assert.NotEmpty(t, devices.HintOf(err))
		assert.Equal(t, devices.Offline, d.Status().Condition)
		require.ErrorIs(t, d.Fire(), conveyor.ErrAway)
		pin.gone = make(chan struct{})
		stop := run(t, d)
		assert.False(t, pin.on())
		assert.Equal(t, devices.Ready, d.Status().Condition)
		require.NoError(t, stop())
	})
}

func TestPinLight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pins := map[string]*wired{}
		open := map[string]conveyor.OutputOpener{}
		for _, name := range conveyor.Lamps() {
			pins[name] = newWired()
			open[name] = pins[name]
		}
		l, err := conveyor.NewPinLight("tower-1", open)
		require.NoError(t, err)
		lit := func() (out []string) {
			synctest.Wait()
			for _, name := range conveyor.Lamps() {
				if pins[name].on() {
					out = append(out, name)
				}
			}
			return out
		}
		l.Show(conveyor.Signal{Colour: conveyor.Green})
		assert.Empty(t, lit(), "dark while nobody drives it")
		stop := run(t, l)
		assert.Equal(t, []string{"green"}, lit())
		l.Show(conveyor.Signal{Colour: conveyor.Red, Reason: "jam"})
		assert.Equal(t, []string{"red", "buzzer"}, lit())
		time.Sleep(11 * time.Second)
		assert.Equal(t, []string{"red"}, lit(), "heard by now")
		l.Show(conveyor.Signal{Colour: conveyor.Red, Reason: "jam"})
		assert.Equal(t, []string{"red"}, lit(), "the same again")
		l.Show(conveyor.Signal{Colour: conveyor.Amber, Reason: "laneFull"})
		assert.Equal(t, []string{"amber"}, lit())
		l.Show(conveyor.Signal{Colour: conveyor.Red, Reason: "jam"})
		assert.Equal(t, []string{"red", "buzzer"}, lit(), "anew")
		require.NoError(t, stop())
		assert.Empty(t, lit())

		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan error, 1)
		go func() { done <- l.Run(ctx, nothing{}) }()
		synctest.Wait()
		close(pins["amber"].gone)
		require.ErrorContains(t, <-done, "amber")
		assert.Equal(t, devices.Offline, l.Status().Condition)
		assert.Empty(t, lit(), "the others are dark too")

		pins["green"].refuse = errors.New("no such pin")
		require.ErrorContains(t, l.Run(t.Context(), nothing{}), "green")
	})
}

func TestOutputsWantEverything(t *testing.T) {
	_, err := conveyor.NewPinDivert("", newWired(), time.Second)
	require.Error(t, err)
	_, err = conveyor.NewPinDivert("d", newWired(), 0)
	require.Error(t, err)
	_, err = conveyor.NewPinLight("l", nil)
	require.Error(t, err)
}
