package conveyor

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"dcedge/devices"
)

// Output is an open pin that is driven, as devices/link's is.
type Output interface {
	Drive(active bool) error
	Lost() <-chan struct{} // closed when the pin is gone; nil: it cannot be
	Fault() error          // why
	Close() error
}

// OutputOpener opens a pin as an output that is at rest.
type OutputOpener interface {
	OpenOutput(ctx context.Context) (Output, error)
}

// ErrAway is returned when an output cannot be driven now. Nothing is kept for
// later: a pulse that comes late is worse than none.
var ErrAway = errors.New("conveyor: the pin is away, or still busy")

// PinDivert is the driver of a divert on a pin. It is at rest whenever nobody fires
// it: before it is used, between pulses and when it is left.
type PinDivert struct {
	mon   *devices.Monitor
	info  devices.Info
	open  OutputOpener
	pulse time.Duration
	fire  chan struct{} // holds one

	mu sync.Mutex
	on bool // it can be fired
}

var _ devices.Driver = (*PinDivert)(nil)

// NewPinDivert makes the driver; pulse is how long it is driven.
func NewPinDivert(name string, open OutputOpener, pulse time.Duration) (*PinDivert, error) {
	if name == "" || open == nil || pulse <= 0 {
		return nil, errors.New("conveyor: a pin divert wants a name, a pin and how long it is driven")
	}
	info := devices.Info{Name: name, Class: "divert", Driver: "divert"}
	return &PinDivert{mon: devices.NewMonitor(info), info: info, open: open, pulse: pulse, fire: make(chan struct{}, 1)}, nil
}

// Info implements devices.Driver.
func (p *PinDivert) Info() devices.Info { return p.info }

// Status is what is known of it now; Readings counts its pulses.
func (p *PinDivert) Status() devices.Status { return p.mon.Status() }

// Fire drives the divert for one pulse from now on, or fails. It does not block.
func (p *PinDivert) Fire() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.on {
		return ErrAway
	}
	select {
	case p.fire <- struct{}{}:
		return nil
	default:
		return ErrAway
	}
}

// accept lets it be fired, or not; what was asked for before is forgotten.
func (p *PinDivert) accept(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on = on
	select {
	case <-p.fire:
	default:
	}
}

// Run implements devices.Driver.
func (p *PinDivert) Run(ctx context.Context, to devices.Sink) error {
	pin, err := p.open.OpenOutput(ctx)
	if err != nil {
		return p.mon.Fail(to, "open", "check the pin and its wiring", err)
	}
	defer pin.Close()
	defer func() { _ = pin.Drive(false) }() // a pin that is gone is at rest by its wiring
	p.accept(true)
	defer p.accept(false)
	p.mon.Set(to, devices.Ready, "", "")
	rest := time.NewTimer(p.pulse)
	rest.Stop()
	defer rest.Stop()
	for err == nil {
		select {
		case <-ctx.Done():
			p.mon.Set(to, devices.Offline, "stopped", "")
			return nil
		case <-pin.Lost():
			err = pin.Fault()
		case <-p.fire:
			p.mon.Stored()
			err = pin.Drive(true)
			rest.Reset(p.pulse)
		case <-rest.C:
			err = pin.Drive(false)
		}
	}
	p.accept(false)
	return p.mon.Fail(to, "drive", "check the pin and its wiring", err)
}

// The pins of a stack light: its colours, and what is heard.
const Buzzer = "buzzer"

// Lamps are the names of the pins that a stack light may have.
func Lamps() []string { return []string{Red, Amber, Green, Buzzer} }

// buzzFor is how long red is heard: whoever is there has heard it by then.
const buzzFor = 10 * time.Second

// PinLight is the driver of a stack light on pins. It is dark while nobody drives it:
// a dark light means that the edge does not run.
type PinLight struct {
	mon   *devices.Monitor
	info  devices.Info
	open  map[string]OutputOpener
	woken chan struct{} // holds one

	mu    sync.Mutex
	shows Signal
	set   uint64 // how often something else was to be shown
}

var _ devices.Driver = (*PinLight)(nil)

// NewPinLight makes the driver; the pins are those of Lamps, one at least.
func NewPinLight(name string, open map[string]OutputOpener) (*PinLight, error) {
	if name == "" || len(open) == 0 {
		return nil, errors.New("conveyor: a pin light wants a name and a pin")
	}
	info := devices.Info{Name: name, Class: "stacklight", Driver: "stacklight"}
	return &PinLight{mon: devices.NewMonitor(info), info: info, open: open, woken: make(chan struct{}, 1)}, nil
}

// Info implements devices.Driver.
func (p *PinLight) Info() devices.Info { return p.info }

// Status is what is known of it now.
func (p *PinLight) Status() devices.Status { return p.mon.Status() }

// Show has it show a signal from now on, also when its pins come back later. It does
// not block.
func (p *PinLight) Show(s Signal) {
	p.mu.Lock()
	if s != p.shows {
		p.shows = s
		p.set++
	}
	p.mu.Unlock()
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

// Run implements devices.Driver.
func (p *PinLight) Run(ctx context.Context, to devices.Sink) error {
	pins := map[string]Output{}
	defer func() {
		for _, pin := range pins {
			_, _ = pin.Drive(false), pin.Close() // one that is gone is dark already
		}
	}()
	lost := make(chan error, len(p.open))
	ended, end := context.WithCancel(ctx)
	defer end()
	for name, open := range p.open {
		pin, err := open.OpenOutput(ctx)
		if err != nil {
			return p.mon.Fail(to, "open", "check the pins and their wiring", fmt.Errorf("%s: %w", name, err))
		}
		pins[name] = pin
		if gone := pin.Lost(); gone != nil {
			go func() {
				select {
				case <-gone:
					lost <- fmt.Errorf("%s: %w", name, pin.Fault())
				case <-ended.Done():
				}
			}()
		}
	}
	p.mon.Set(to, devices.Ready, "", "")
	if err := p.shine(ctx, pins, lost); err != nil {
		return p.mon.Fail(to, "drive", "check the pins and their wiring", err)
	}
	p.mon.Set(to, devices.Offline, "stopped", "")
	return nil
}

// shine drives the pins until ctx ends (nil) or one of them fails.
func (p *PinLight) shine(ctx context.Context, pins map[string]Output, lost <-chan error) error {
	quiet := time.NewTimer(buzzFor)
	quiet.Stop()
	defer quiet.Stop()
	heard := uint64(0) // the signal that was heard
	for loud := false; ; {
		p.mu.Lock()
		now, set := p.shows, p.set
		p.mu.Unlock()
		if now.Colour != Red {
			loud = false
		} else if set != heard {
			loud = true
			quiet.Reset(buzzFor)
		}
		heard = set
		for name, pin := range pins {
			if err := pin.Drive(name == now.Colour || name == Buzzer && loud); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-lost:
			return err
		case <-quiet.C:
			loud = false
		case <-p.woken:
		}
	}
}
