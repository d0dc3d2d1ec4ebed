package link

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"periph.io/x/conn/v3/gpio"
)

// fakePin is a pin whose edges a test plays; like periph's own fake, its Halt
// does not wake WaitForEdge.
type fakePin struct {
	gpio.PinIO
	mu    sync.Mutex
	level gpio.Level
	edges chan gpio.Level
}

func newFakePin() *fakePin { return &fakePin{edges: make(chan gpio.Level)} }

func (p *fakePin) Halt() error { return nil }

func (p *fakePin) In(pull gpio.Pull, _ gpio.Edge) error {
	if pull == gpio.PullUp {
		p.set(gpio.High)
	}
	return nil
}

func (p *fakePin) set(l gpio.Level) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.level = l
}

func (p *fakePin) Read() gpio.Level {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.level
}

func (p *fakePin) WaitForEdge(timeout time.Duration) bool {
	select {
	case l := <-p.edges:
		p.set(l)
		return true
	case <-time.After(timeout):
		return false
	}
}

type change struct {
	Active bool
	At     time.Duration
}

// watch plays edges (times since the start, alternating from Low) on a fake pin
// and gives the changes that Wait told within a second.
func watch(t *testing.T, options string, edges ...time.Duration) []change {
	t.Helper()
	o, err := NewPin("gpio://FAKE"+options, Options{Device: "eye-1"})
	require.NoError(t, err)
	fake := newFakePin()
	p := &Pin{PinIO: fake, opts: o, close: fake.Halt}
	require.NoError(t, p.Input())
	began := time.Now()
	go func() {
		level := gpio.Low
		for _, at := range edges {
			time.Sleep(time.Until(began.Add(at)))
			level = !level
			select {
			case fake.edges <- level:
			case <-time.After(time.Millisecond):
				fake.set(level) // nobody waits for an edge just now
			}
		}
	}()
	var out []change
	for time.Since(began) < time.Second {
		active, changed, at := p.Wait(100 * time.Millisecond)
		if changed {
			out = append(out, change{active, at.Sub(began)})
		}
	}
	synctest.Wait()
	return out
}

const ms = time.Millisecond

// TestR5Bounce: a contact that bounces is one change each way; noise is none.
func TestR5Bounce(t *testing.T) {
	for name, c := range map[string]struct {
		options string
		edges   []time.Duration
		want    []change
	}{
		"clean": {"", []time.Duration{100 * ms, 200 * ms}, []change{{false, 0}, {true, 100 * ms}, {false, 200 * ms}}},
		"debounce": {"?debounce=20ms", []time.Duration{100 * ms, 102 * ms, 105 * ms, 300 * ms, 301 * ms, 303 * ms},
			[]change{{false, 0}, {true, 100 * ms}, {false, 300 * ms}}},
		"a change that holds after debounce is told": {"?debounce=20ms", []time.Duration{100 * ms, 110 * ms},
			[]change{{false, 0}, {true, 100 * ms}, {false, 110 * ms}}},
		"denoise": {"?denoise=5ms", []time.Duration{100 * ms, 102 * ms, 200 * ms, 203 * ms, 204 * ms, 300 * ms},
			[]change{{false, 0}, {true, 204 * ms}, {false, 300 * ms}}},
		"noise alone": {"?denoise=5ms", []time.Duration{100 * ms, 102 * ms, 104 * ms, 107 * ms, 300 * ms, 301 * ms},
			[]change{{false, 0}}},
		"inverted":  {"?invert=true", []time.Duration{100 * ms}, []change{{true, 0}, {false, 100 * ms}}},
		"pulled up": {"?pull=up", nil, []change{{true, 0}}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				assert.Equal(t, c.want, watch(t, c.options, c.edges...))
			})
		})
	}
}

// TestR5StuckSensor: a pin that never changes costs no more than its time-outs,
// and Wait says that nothing changed, so that its user can raise the alarm.
func TestR5StuckSensor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, err := NewPin("gpio://FAKE?debounce=5ms", Options{Device: "divert-1"})
		require.NoError(t, err)
		fake := newFakePin()
		fake.set(gpio.High)
		p := &Pin{PinIO: fake, opts: o, close: fake.Halt}
		require.NoError(t, p.Input())
		_, changed, _ := p.Wait(time.Second)
		require.True(t, changed)
		for range 10 {
			began := time.Now()
			active, changed, _ := p.Wait(time.Second)
			assert.Equal(t, []any{true, false, time.Second}, []any{active, changed, time.Since(began)})
		}
	})
}
