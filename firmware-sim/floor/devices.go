package floor

import (
	"cmp"
	"context"
	"time"

	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/lights"
	"dcedge/firmware-sim/printer"
	"dcedge/firmware-sim/scale"
	"dcedge/firmware-sim/scanner"
)

// played is a device that runs and can be broken.
type played interface {
	fault.Device
	Run(ctx context.Context) error
}

// devices makes everything of the plan but printers and people.
func (f *Floor) devices() error {
	p, cfg := f.cfg.Plan, f.cfg
	add := func(d played, err error) error {
		if err == nil {
			f.others = append(f.others, d)
		}
		return err
	}
	for i, d := range p.Scanners {
		s, err := scanner.New(scanner.Config{
			Name: d.Name, Listen: d.Place, Control: "127.0.0.1:0", Protocol: d.Protocol, Reader: cfg.Seed + uint64(i), Clock: cfg.Speed, Log: cfg.Log,
		})
		if err := add(s, err); err != nil {
			return err
		}
	}
	for i, d := range p.Scales {
		s, err := scale.New(scale.Config{
			Name: d.Name, Listen: d.Place, Control: "127.0.0.1:0", Protocol: d.Protocol, Seed: cfg.Seed + uint64(i), Clock: cfg.Speed, Log: cfg.Log,
		})
		if err := add(s, err); err != nil {
			return err
		}
	}
	for _, name := range p.Lights {
		l, err := lights.New(lights.Config{
			Broker: p.Broker, Site: p.Site, Name: name, Class: lights.Put, Press: f.press(), Clock: cfg.Speed, Log: cfg.Log,
		})
		if err := add(l, err); err != nil {
			return err
		}
	}
	return f.belt(add)
}

// press is how long a hand takes to a light's button: the crew's. On a floor without
// people nobody presses but whoever came to.
func (f *Floor) press() time.Duration {
	if len(f.people()) == 0 {
		return 0
	}
	return f.cfg.Pace
}

// belt makes the line, where the plan has anything of one, and what stands apart.
func (f *Floor) belt(add func(played, error) error) error {
	p, cfg := f.cfg.Plan, f.cfg
	if len(p.Eyes)+len(p.Diverts)+len(p.Tunnels)+len(p.Weighers) > 0 && p.Broker.URL != "" {
		layout := conveyor.Line(p.Eyes, first(p.Tunnels), first(p.Weighers), p.Diverts, first(p.Stacks))
		clock := cfg.Speed
		switch {
		case cfg.Layout != nil:
			layout = *cfg.Layout
		case p.Belt != nil:
			layout, clock = *p.Belt, 1 // the edge knows how fast it is
		}
		var err error
		f.line, err = conveyor.New(conveyor.Config{
			Broker: p.Broker, Site: p.Site, Layout: layout, Pins: p.Pins, Control: cmp.Or(cfg.BeltControl, "127.0.0.1:0"), Seed: cfg.Seed, Clock: clock,
			Ledger: cfg.Parcels, Log: cfg.Log,
		})
		if err != nil {
			return err
		}
		if t := f.line.Tunnel(); t != nil && cfg.NoReads > 0 {
			t.SetFaults(scanner.TunnelFaults{NoRead: cfg.NoReads})
		}
	}
	apart, tunnels := p.Stacks, p.Tunnels
	if f.line != nil && p.Belt == nil {
		apart, tunnels = rest(apart), rest(tunnels)
	}
	for _, name := range apart {
		l, err := lights.New(lights.Config{Broker: p.Broker, Site: p.Site, Name: name, Class: lights.Stack, Log: cfg.Log})
		if err := add(l, err); err != nil {
			return err
		}
	}
	play := func(i int, name string) (*scanner.Tunnel, error) {
		t, err := scanner.NewTunnel(scanner.TunnelConfig{
			Broker: p.Broker, Site: p.Site, Name: name, Control: "127.0.0.1:0", Reader: cfg.Seed + uint64(i), Clock: cfg.Speed, Log: cfg.Log,
		})
		return t, add(t, err)
	}
	for i, name := range tunnels {
		if _, err := play(i, name); err != nil {
			return err
		}
	}
	if p.Belt == nil || f.line == nil {
		return nil
	}
	var hand *scanner.Tunnel
	if p.Hospital != "" {
		var err error
		if hand, err = play(len(tunnels), p.Hospital); err != nil {
			return err
		}
	}
	f.yard = newYard(f.line, hand, f.scaled(2*max(cfg.Pace, time.Second)), cfg.Seed)
	f.yard.staffed, f.yard.odd = cfg.hospital() > 0, cfg.Traits.Odd
	return nil
}

func first(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

func rest(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	return names[1:]
}

// breakable is everything that a fault script can name.
func (f *Floor) breakable() []fault.Device {
	var all []fault.Device
	for _, p := range f.printers {
		all = append(all, p)
	}
	for _, d := range f.others {
		all = append(all, d)
	}
	if f.line != nil {
		all = append(all, f.line.Devices()...)
	}
	return all
}

// Conveyor is the belt; nil where the plan has none.
func (f *Floor) Conveyor() *conveyor.Conveyor { return f.line }

// Device gives a scanner, scale, light or tunnel by its name; nil where there is
// none.
func (f *Floor) Device(name string) fault.Device {
	for _, d := range f.breakable() {
		if d.Name() == name {
			return d
		}
	}
	return nil
}

// tell says where each device is worked by hand.
func (f *Floor) tell(ctx context.Context) error {
	for _, d := range f.others {
		at, ok := d.(interface {
			Ready() <-chan struct{}
			ControlURL() string
		})
		if !ok {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-at.Ready():
		}
		f.cfg.Log.Info("device is played", "device", d.Name(), "control", at.ControlURL())
	}
	if f.line != nil && f.line.WaitReady(ctx) == nil {
		f.cfg.Log.Info("belt is played", "control", f.line.ControlURL())
	}
	return nil
}

// carry puts the parcels of a printer's labels on the belt, each waybill once.
func (f *Floor) carry(ctx context.Context, p *printer.Printer) error {
	if f.cfg.ToBelt <= 0 {
		return nil
	}
	seen, since := map[string]bool{}, p.Status().Odometer
	for {
		labels, err := p.WaitLabels(ctx, since)
		if err != nil {
			return nil
		}
		for _, l := range labels {
			since = l.N
			code := waybill(l)
			if code == "" || seen[code] {
				continue
			}
			seen[code] = true
			go func() { // a parcel walks to the belt by itself
				if pause(ctx, f.scaled(f.cfg.ToBelt)) == nil {
					f.line.Put(conveyor.Parcel{Codes: []string{code}})
				}
			}()
		}
	}
}

// waybill is the code that is on a label twice, else its longest.
func waybill(l printer.Label) string {
	count, best := map[string]int{}, ""
	for _, b := range l.Barcodes {
		count[b.Text]++
		if count[b.Text] > 1 {
			return b.Text
		}
		if len(b.Text) > len(best) {
			best = b.Text
		}
	}
	return best
}
