package conveyor

import (
	"context"
	"errors"
	"time"

	"dcedge/devices"
)

// Pin is an open input that gives settled levels, as devices/link's does:
// denoise and debounce are done there. Wait blocks for at most timeout.
type Pin interface {
	Wait(timeout time.Duration) (active, changed bool, at time.Time)
	Fault() error
	Close() error
}

// PinOpener opens the pin and sets it up as an input.
type PinOpener interface {
	OpenInput(ctx context.Context) (Pin, error)
}

// PinEye is the driver of a photo-eye on a pin.
type PinEye struct {
	mon    *devices.Monitor
	info   devices.Info
	open   PinOpener
	change func(Change)
}

// NewPinEye makes the driver. change is called for each settled change, with the
// present level first, from Run's goroutine: it must not block.
func NewPinEye(name string, open PinOpener, change func(Change)) (*PinEye, error) {
	if name == "" || open == nil || change == nil {
		return nil, errors.New("conveyor: a pin eye wants a name, a pin and who takes its changes")
	}
	info := devices.Info{Name: name, Class: "photoeye", Driver: "photoeye"}
	return &PinEye{mon: devices.NewMonitor(info), info: info, open: open, change: change}, nil
}

var _ devices.Driver = (*PinEye)(nil)

// Info implements devices.Driver.
func (p *PinEye) Info() devices.Info { return p.info }

// Status is what is known of it now.
func (p *PinEye) Status() devices.Status { return p.mon.Status() }

// finite waits: a pin may not be able to end one. It is how long the end of Run may
// take, and no change waits for it.
const look = 500 * time.Millisecond

// Run implements devices.Driver.
func (p *PinEye) Run(ctx context.Context, to devices.Sink) error {
	pin, err := p.open.OpenInput(ctx)
	if err != nil {
		return p.mon.Fail(to, "open", "check the pin and its wiring", err)
	}
	defer pin.Close()
	p.mon.Set(to, devices.Ready, "", "")
	var kept *Change // of an eye that flooded, and is not believed yet
	for ctx.Err() == nil {
		active, changed, at := pin.Wait(devices.Together(look))
		if err := pin.Fault(); err != nil {
			return p.mon.Fail(to, "read", "check the pin and its wiring", err)
		}
		if changed {
			kept = &Change{Blocked: active, At: at}
		}
		if kept != nil && p.mon.Status().Condition.Works() {
			p.mon.Stored()
			p.change(*kept)
			kept = nil
		}
	}
	p.mon.Set(to, devices.Offline, "stopped", "")
	return nil
}
