package link_test

import (
	"bufio"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"periph.io/x/conn/v3/gpio"

	"dcedge/devices"
	"dcedge/devices/link"
)

// pins plays a simulator's side as doc.go describes it: one connection at a
// time, its lines on heard.
type pins struct {
	t     testing.TB
	path  string
	l     net.Listener
	heard chan string
	conns chan net.Conn
}

func playPins(t testing.TB, answer string) *pins {
	t.Helper()
	p := &pins{t: t, path: filepath.Join(t.TempDir(), "pins.sock"), heard: make(chan string, 16), conns: make(chan net.Conn, 4)}
	l, err := net.Listen("unix", p.path)
	require.NoError(t, err)
	p.l = l
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.conns <- c
			s := bufio.NewScanner(c)
			for s.Scan() {
				if s.Text() == "pins" {
					_, _ = c.Write([]byte(answer))
				}
				p.heard <- s.Text()
			}
		}
	}()
	return p
}

func (p *pins) open(options string) (*link.Pin, net.Conn, error) {
	p.t.Helper()
	o, err := link.NewPin("gpio+sim://"+p.path+options, link.Options{Device: "eye-3", DialTimeout: 300 * time.Millisecond})
	require.NoError(p.t, err)
	pin, err := o.Open(p.t.Context())
	if err != nil {
		return nil, nil, err
	}
	require.Equal(p.t, "pins", <-p.heard)
	return pin, <-p.conns, nil
}

func TestSimulatedPin(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	p := playPins(t, "hello\nlevel eye-2 0\nlevel eye-3 1\nlevel eye-3 2\n")
	defer func() { _ = p.l.Close() }()
	pin, far, err := p.open("?debounce=1ms")
	require.NoError(t, err)
	var _ gpio.PinIO = pin
	require.NoError(t, pin.Input())
	assert.Equal(t, gpio.High, pin.Read())
	active, changed, _ := pin.Wait(time.Second)
	assert.True(t, active && changed, "the present level is told first")

	_, err = far.Write([]byte("level eye-2 1\nlevel eye-3 0\n"))
	require.NoError(t, err)
	active, changed, _ = pin.Wait(5 * time.Second)
	assert.True(t, !active && changed)
	_, changed, _ = pin.Wait(10 * time.Millisecond)
	assert.False(t, changed)

	require.NoError(t, pin.Drive(false))
	assert.Equal(t, "set eye-3 0", <-p.heard)
	require.NoError(t, pin.Fault())

	// The simulator goes: Wait returns at once, and Fault says why.
	require.NoError(t, far.Close())
	began := time.Now()
	_, changed, _ = pin.Wait(30 * time.Second)
	assert.False(t, changed)
	assert.Less(t, time.Since(began), 20*time.Second)
	require.Error(t, pin.Fault())
	assert.Contains(t, devices.HintOf(pin.Fault()), "start the simulator")
	require.NoError(t, pin.Close())
}

func TestSimulatedPinFaults(t *testing.T) {
	p := playPins(t, "level eye-1 0\n")
	_, _, err := p.open("")
	require.ErrorContains(t, err, `no pin "eye-3"`)
	pin, _, err := func() (*link.Pin, net.Conn, error) { <-p.heard; <-p.conns; return p.open("?pin=eye-1") }()
	require.NoError(t, err)
	require.NoError(t, pin.Close())

	o, err := link.NewPin("gpio+sim:///nowhere/pins.sock", link.Options{Device: "eye-3"})
	require.NoError(t, err)
	_, err = o.Open(t.Context())
	require.Error(t, err)
	assert.Equal(t, devices.Transient, devices.ClassOf(err))
}

// TestNoSuchPin: periph gives no error on a machine without GPIO; the missing
// pin is what counts.
func TestNoSuchPin(t *testing.T) {
	o, err := link.NewPin("gpio://NOPE17?pull=up", link.Options{Device: "eye-3"})
	require.NoError(t, err)
	_, err = o.Open(t.Context())
	require.ErrorContains(t, err, `no pin "NOPE17"`)
	assert.Equal(t, devices.Permanent, devices.ClassOf(err))
	assert.Contains(t, devices.HintOf(err), "correct the pin")
}

func TestBadPinURLs(t *testing.T) {
	for raw, faults := range map[string]int{
		"gpio://":                  1,
		"gpio://GPIO17/x":          1,
		"gpio://u@GPIO17":          1,
		"gpio://G?pull=high&x=1":   2,
		"gpio://G?debounce=5":      1,
		"gpio://G?denoise=2s":      1,
		"gpio://G?invert=1":        1,
		"gpio+sim://":              1,
		"gpio+sim:///p?pin=a%20b":  1,
		"gpio+sim:///p?debounce=x": 1,
	} {
		_, err := link.NewPin(raw, link.Options{Device: "eye-3"})
		require.ErrorIs(t, err, link.ErrURL, raw)
		assert.Equal(t, faults, strings.Count(err.Error(), link.ErrURL.Error()), "%s: %v", raw, err)
	}
	_, err := link.NewPin("tcp://h:1", link.Options{Device: "eye-3"})
	require.ErrorIs(t, err, link.ErrURL)
	_, err = link.New("gpio://GPIO17", link.Options{Device: "eye-3"})
	require.ErrorContains(t, err, "is a pin")
	for _, raw := range []string{"gpio://GPIO17?pull=up&debounce=5ms", "gpio+sim://run/pins.sock", "gpio+sim://path.sock"} {
		_, err := link.NewPin(raw, link.Options{Device: "eye-3"})
		require.NoError(t, err, raw)
	}
}

// A simulator that sends lines without end ends, whatever they are about.
func TestSimulatedPinsThatFlood(t *testing.T) {
	p := playPins(t, "level eye-3 0\n")
	pin, far, err := p.open("")
	require.NoError(t, err)
	require.NoError(t, pin.Input())
	flood := strings.Repeat("level other 0\nnoise\n", 1000)
	for err == nil {
		_, err = far.Write([]byte(flood)) // until it hangs up
	}
	_, changed, _ := pin.Wait(30 * time.Second) // the present level, or nothing more
	if changed {
		pin.Wait(30 * time.Second)
	}
	require.ErrorIs(t, pin.Fault(), devices.ErrFlood)
	require.NoError(t, pin.Close())
}
