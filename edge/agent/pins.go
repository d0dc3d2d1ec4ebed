package agent

import (
	"context"
	"sync/atomic"

	"dcedge/devices"
	"dcedge/devices/conveyor"
	"dcedge/devices/link"
	"dcedge/edge/belt"
	"dcedge/edge/config"
)

// newOnPin makes a device on pins: a photo-eye, a divert or a stack light.
func newOnPin(c config.Device) (*device, error) {
	d := &device{cfg: c, wire: &watchedWire{}, seen: func(conveyor.Change) {}}
	o := link.Options{Device: c.Name, Changes: c.Changes}
	switch c.Driver {
	case "divert":
		open, pulse, err := link.NewPulse(c.Link, o)
		if err != nil {
			return nil, err
		}
		if d.divert, err = conveyor.NewPinDivert(c.Name, pinOpener{open, &d.wire.opened}, pulse); err != nil {
			return nil, err
		}
		d.driver, d.status = d.divert, d.divert.Status
	case "stacklight":
		lamps, err := link.NewLamps(c.Link, o, conveyor.Lamps()...)
		if err != nil {
			return nil, err
		}
		open := map[string]conveyor.OutputOpener{}
		for name, p := range lamps {
			open[name] = pinOpener{p, &d.wire.opened}
		}
		if d.tower, err = conveyor.NewPinLight(c.Name, open); err != nil {
			return nil, err
		}
		d.driver, d.status = d.tower, d.tower.Status
	default:
		open, err := link.NewPin(c.Link, o)
		if err != nil {
			return nil, err
		}
		if d.pin, err = conveyor.NewPinEye(c.Name, pinOpener{open, &d.wire.opened}, func(x conveyor.Change) { d.seen(x) }); err != nil {
			return nil, err
		}
		d.driver, d.status = d.pin, d.pin.Status
	}
	return d, nil
}

// pinOpener opens a pin, and notes that it was there once.
type pinOpener struct {
	*link.PinOpener
	opened *atomic.Bool
}

// OpenInput implements conveyor.PinOpener.
func (o pinOpener) OpenInput(ctx context.Context) (conveyor.Pin, error) {
	p, err := o.Open(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.Input(); err != nil {
		_ = p.Close() // the first error says more
		return nil, err
	}
	o.opened.Store(true)
	return p, nil
}

// OpenOutput implements conveyor.OutputOpener: the pin is at rest.
func (o pinOpener) OpenOutput(ctx context.Context) (conveyor.Output, error) {
	p, err := o.Open(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.Drive(false); err != nil {
		_ = p.Close() // the first error says more
		return nil, err
	}
	o.opened.Store(true)
	return p, nil
}

// pinSink passes a photo-eye's loss on to the belt that looks at it.
type pinSink struct {
	eye   string
	belts []*belt.Line
}

// Read implements devices.Sink; an eye on a pin has no readings.
func (pinSink) Read(context.Context, devices.Reading) error { return nil }

// State implements devices.Sink.
func (s pinSink) State(x devices.State) {
	if x.Condition.Works() {
		return
	}
	for _, l := range s.belts {
		l.Lost(s.eye)
	}
}

// outputs are the diverts and stack lights on pins, for the belts.
type outputs struct{ a *Agent }

var _ belt.Outputs = outputs{}

func (o outputs) divert(name string) *conveyor.PinDivert {
	for _, d := range o.a.devices {
		if d.cfg.Name == name {
			return d.divert
		}
	}
	return nil
}

// Fire implements belt.Outputs.
func (o outputs) Fire(name string) error {
	if d := o.divert(name); d != nil {
		return d.Fire()
	}
	return conveyor.ErrAway
}

// There implements belt.Outputs.
func (o outputs) There(name string) bool {
	d := o.divert(name)
	return d != nil && d.Status().Condition.Works()
}

// Show implements belt.Outputs.
func (o outputs) Show(light string, s conveyor.Signal) bool {
	for _, d := range o.a.devices {
		if d.cfg.Name == light && d.tower != nil {
			d.tower.Show(s)
			return true
		}
	}
	return false
}
