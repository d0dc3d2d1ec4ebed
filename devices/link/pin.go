package link

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"time"

	"periph.io/x/conn/v3/gpio"

	"dcedge/devices"
)

// PinOpener opens one pin.
type PinOpener struct {
	device           string
	name             string // of the pin
	socket           string // of the simulator; empty: a pin of this machine
	wait             time.Duration
	changes          int // most in a second
	pull             gpio.Pull
	invert           bool
	denoise, settled time.Duration
}

// Pin is an open pin: periph's interface and what the URL says of it. One
// goroutine uses it.
type Pin struct {
	gpio.PinIO
	opts  *PinOpener
	lost  func() error // nil for pins that cannot be lost
	close func() error

	known   bool // level is what Wait told last
	level   bool
	told    time.Time // when it was told
	pending bool      // a change that denoise still watches
	since   time.Time

	edges  devices.Rate
	floods bool
}

var pinName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// NewPin makes the opener for a pin's URL, gpio://GPIO17?pull=up&debounce=5ms or
// gpio+sim:///run/pins.sock?pin=eye-3; the pin of a simulator has the device's
// name unless pin= is given. Options: pull=none|up|down, invert=false|true (the
// sensor is dark-on, or a PNP one), denoise= and debounce= (0 to 1s, see Wait).
// Errors wrap ErrURL inside a permanent *devices.Fault and tell every fault.
func NewPin(rawURL string, o Options) (*PinOpener, error) {
	p, q, u, err := newPin(rawURL, o)
	if err != nil {
		return nil, err
	}
	p.options(q, u)
	if err := q.end(); err != nil {
		return nil, badURL(o.Device, err)
	}
	return p, nil
}

// newPin says which pin it is; its options are still to be read.
func newPin(rawURL string, o Options) (*PinOpener, *query, *url.URL, error) {
	u, o, err := parse(rawURL, o)
	if err != nil {
		return nil, nil, nil, err
	}
	q := newQuery(u)
	p := &PinOpener{device: o.Device, wait: o.DialTimeout, changes: o.Changes}
	switch u.Scheme {
	case "gpio":
		p.name = u.Host
		if u.Path != "" && u.Path != "/" {
			q.fault("gpio takes the name of a pin, as in gpio://GPIO17, not %q", u.Redacted())
		}
	case "gpio+sim":
		p.socket, p.name = u.Host+u.Path, q.take("pin", o.Device)
		if p.socket == "" || u.Port() != "" {
			q.fault("gpio+sim wants the path of a socket, as in gpio+sim:///run/pins.sock")
		}
	default:
		return nil, nil, nil, badURL(o.Device, fmt.Errorf("%w: scheme %q is no pin (gpio, gpio+sim)", ErrURL, u.Scheme))
	}
	return p, q, u, nil
}

// named checks what every pin has.
func (p *PinOpener) named(q *query, u *url.URL) {
	if u.User != nil || u.Fragment != "" {
		q.fault("%s takes a pin and options only", u.Scheme)
	}
	if !pinName.MatchString(p.name) {
		q.fault("the pin is %q, wants 1 to 64 letters, digits and . _ -", p.name)
	}
}

func (p *PinOpener) options(q *query, u *url.URL) {
	p.named(q, u)
	p.pull = []gpio.Pull{gpio.PullNoChange, gpio.PullUp, gpio.PullDown}[q.choose("pull", "none", "up", "down")]
	p.invert = q.choose("invert", "false", "true") == 1
	for key, at := range map[string]*time.Duration{"denoise": &p.denoise, "debounce": &p.settled} {
		d, err := time.ParseDuration(q.take(key, "0s"))
		if err != nil || d < 0 || d > time.Second {
			q.fault("%s is %q, wants 0s to 1s, as in 5ms", key, q.values.Get(key))
		}
		*at = d
	}
}

// Open gives the pin, not yet set up as an input or output. Its errors are
// faults: permanent where this machine has no such pin.
func (p *PinOpener) Open(ctx context.Context) (*Pin, error) {
	if p.socket != "" {
		s, err := dialSim(ctx, p)
		if errors.Is(err, devices.ErrFlood) {
			return nil, p.flood()
		}
		if err != nil {
			return nil, &devices.Fault{Device: p.device, Op: "open", Class: devices.Transient,
				Hint: "start the simulator that plays the pins at " + p.socket, Err: err}
		}
		pin := p.pin(s)
		pin.lost = s.fault
		return pin, nil
	}
	pin, err := hostPin(p.name)
	if err != nil {
		return nil, &devices.Fault{Device: p.device, Op: "open", Class: devices.Permanent,
			Hint: "correct the pin in `link`, or run where there are GPIO lines and the edge's user may open them (group gpio)", Err: err}
	}
	return p.pin(pin), nil
}

// pin is an open one that cannot be lost.
func (p *PinOpener) pin(io gpio.PinIO) *Pin {
	return &Pin{PinIO: io, opts: p, close: io.Halt, edges: devices.Rate{Most: p.changes}}
}

// Input sets the pin up as an input with the pull of the URL and edges both ways.
func (p *Pin) Input() error {
	if err := p.In(p.opts.pull, gpio.BothEdges); err != nil {
		return &devices.Fault{Device: p.opts.device, Op: "input", Class: devices.Permanent,
			Hint: "choose a pin that can be an input with edges and this pull", Err: err}
	}
	return nil
}

// Active is the present level, turned round where the URL says invert.
func (p *Pin) Active() bool { return bool(p.Read()) != p.opts.invert }

// Drive sets the pin as an output, turned round where the URL says invert.
func (p *Pin) Drive(active bool) error {
	if err := p.Out(gpio.Level(active != p.opts.invert)); err != nil {
		return &devices.Fault{Device: p.opts.device, Op: "drive", Class: devices.Transient,
			Hint: "check that the pin is still there and can be an output", Err: err}
	}
	return nil
}

// Fault is why the pin can no longer be trusted, or nil.
func (p *Pin) Fault() error {
	if p.floods {
		return p.opts.flood()
	}
	if p.lost == nil {
		return nil
	}
	err := p.lost()
	if errors.Is(err, devices.ErrFlood) {
		return p.opts.flood()
	}
	if err != nil {
		return &devices.Fault{Device: p.opts.device, Op: "read", Class: devices.Transient,
			Hint: "start the simulator that plays the pins at " + p.opts.socket, Err: err}
	}
	return nil
}

func (p *PinOpener) flood() error {
	return &devices.Fault{Device: p.device, Op: "read", Class: devices.Corrupt, Err: devices.ErrFlood,
		Hint: "clean and align it, and look at its wiring: it changes without end, and is not believed until it was well for " + devices.Calm.String()}
}

// Close gives the pin back.
func (p *Pin) Close() error {
	if err := p.close(); err != nil && !errors.Is(err, errSimClosed) {
		return fmt.Errorf("link: close: %w", err)
	}
	return nil
}
