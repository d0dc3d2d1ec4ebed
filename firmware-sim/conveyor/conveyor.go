package conveyor

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/lights"
	"dcedge/firmware-sim/scanner"
	"dcedge/firmware-sim/wire"
)

// Config says which line to play.
type Config struct {
	Name    string // of the line, for fault scripts ("conveyor" where empty)
	Broker  wire.Broker
	Site    string
	Layout  Layout
	Pins    string // socket of the eyes and the encoder that are on pins; empty: none
	Control string // host:port of the HTTP port; empty: none
	Seed    uint64
	Clock   float64   // how many times faster the belt runs
	Patient bool      // the belt waits for verdicts and until everything is told, up to 2 s each: for runs much faster than life
	Ledger  io.Writer // an entry a line (NDJSON) when a parcel is in a lane, the rest at the end; nil: none
	Log     *slog.Logger
}

// Faults are what a script switches on: the belt's Trouble, and what its devices
// do wrong.
type Faults struct {
	Trouble
	Late int  `json:"late"` // milliseconds that confirmations come late
	Off  int  `json:"off"`  // grams that the weigher is wrong by
	Pins bool `json:"pins"` // the board with the pins is away
}

const (
	tick       = 2 * time.Millisecond // how often the belt is looked at in real time
	quick      = 100 * time.Microsecond
	grace      = time.Millisecond // that a patient belt gives commands after the last verdict
	patientFor = 2 * time.Second
)

// Conveyor is a belt and its devices. Its methods may be called from any goroutine.
type Conveyor struct {
	cfg     Config
	tunnel  *scanner.Tunnel // nil where there is none
	light   *lights.Light   // nil where there is none
	pins    *wire.Pins      // nil where there are none
	control *wire.HTTP
	devices []*station
	out     map[string]*outbox // by device
	eyes    map[string]Eye

	mu     sync.Mutex
	belt   *Belt
	faults Faults
	change chan struct{}
	ledger *json.Encoder
	failed error // of the ledger
	quiet  time.Time
	waited time.Time
}

var _ fault.Device = (*Conveyor)(nil)

// New checks the configuration; it returns ErrConfig.
func New(cfg Config) (*Conveyor, error) {
	if cfg.Clock <= 0 {
		cfg.Clock = 1
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Name == "" {
		cfg.Name = "conveyor"
	}
	belt, err := NewBelt(cfg.Layout)
	if err != nil {
		return nil, err
	}
	cfg.Layout = belt.layout
	c := &Conveyor{cfg: cfg, belt: belt, out: map[string]*outbox{}, eyes: map[string]Eye{}, change: make(chan struct{})}
	if cfg.Ledger != nil {
		c.ledger = json.NewEncoder(cfg.Ledger)
	}
	if err := c.wire(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	c.control = wire.NewHTTP(cfg.Control, c.Handler())
	return c, nil
}

// wire makes every device of the layout.
func (c *Conveyor) wire() error {
	l := c.cfg.Layout
	if names := l.pins(); len(names) > 0 {
		var err error
		if c.pins, err = wire.NewPins(c.cfg.Pins, names...); err != nil {
			return err
		}
		c.pins.OnSet(c.driven)
	}
	for _, e := range l.Eyes {
		c.eyes[e.Name] = e
		if e.Pin != "" {
			c.pins.Set(e.Pin, e.Invert)
			continue
		}
		if err := c.device("photoeye", e.Name, "state", false); err != nil {
			return err
		}
	}
	if l.Counter != "" {
		if err := c.device("photoeye", l.Counter, "state", false); err != nil {
			return err
		}
	}
	for _, d := range l.Diverts {
		if d.Pin != "" {
			c.pins.Set(d.Pin, d.Invert)
			continue
		}
		if err := c.device("divert", d.Name, "done", true); err != nil {
			return err
		}
	}
	if l.Weigher.Name != "" {
		if err := c.device("weigher", l.Weigher.Name, "weight", true); err != nil {
			return err
		}
	}
	var err error
	if l.Tunnel.Name != "" {
		c.tunnel, err = scanner.NewTunnel(scanner.TunnelConfig{
			Broker: c.cfg.Broker, Site: c.cfg.Site, Name: l.Tunnel.Name, Reader: c.cfg.Seed, Clock: c.cfg.Clock, Log: c.cfg.Log,
		})
		if err != nil {
			return err
		}
		c.tunnel.OnVerdict(func(scanner.Read) { c.answered() })
	}
	if l.Light != "" {
		c.light, err = lights.New(lights.Config{Broker: c.cfg.Broker, Site: c.cfg.Site, Name: l.Light, Class: lights.Stack, Log: c.cfg.Log})
	}
	return err
}

func (c *Conveyor) device(class, name, what string, keep bool) error {
	s, err := wire.NewStation(wire.StationConfig{Broker: c.cfg.Broker, Site: c.cfg.Site, Class: class, Name: name, Log: c.cfg.Log})
	if err != nil {
		return err
	}
	o := newOutbox(s, what, keep)
	c.out[name] = o
	switch class {
	case "divert":
		s.Handle("set", func(p []byte) { c.commanded(name, p) })
	case "photoeye":
		s.OnJoin(func() { // whoever was away is told the present state
			c.mu.Lock()
			blocked := c.belt.blocked[name] || name == c.cfg.Layout.Counter && c.belt.pulse
			c.mu.Unlock()
			o.say(map[string]any{"blocked": blocked}, 0)
		})
	}
	c.devices = append(c.devices, &station{Station: s})
	return nil
}

// Name is the line's name.
func (c *Conveyor) Name() string { return c.cfg.Name }

// ControlURL is the base address of the HTTP port.
func (c *Conveyor) ControlURL() string { return c.control.URL() }

// Tunnel is the line's scan tunnel; nil where it has none.
func (c *Conveyor) Tunnel() *scanner.Tunnel { return c.tunnel }

// Light is the line's stack light; nil where it has none.
func (c *Conveyor) Light() *lights.Light { return c.light }

// Devices are what a fault script can name: the line and each of its devices.
func (c *Conveyor) Devices() []fault.Device {
	all := []fault.Device{c}
	for _, d := range c.devices {
		all = append(all, d)
	}
	if c.tunnel != nil {
		all = append(all, c.tunnel)
	}
	if c.light != nil {
		all = append(all, c.light)
	}
	return all
}

// WaitReady waits until every device was at its broker, or ctx ends.
func (c *Conveyor) WaitReady(ctx context.Context) error {
	ready := []<-chan struct{}{c.control.Ready()}
	for _, d := range c.devices {
		ready = append(ready, d.Ready())
	}
	if c.tunnel != nil {
		ready = append(ready, c.tunnel.Ready())
	}
	if c.light != nil {
		ready = append(ready, c.light.Ready())
	}
	if c.pins != nil {
		ready = append(ready, c.pins.Ready())
	}
	for _, r := range ready {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-r:
		}
	}
	return nil
}

// Run plays until ctx ends and returns nil then; the ledger has every parcel by
// then. A ledger that cannot be written ends it with an error.
func (c *Conveyor) Run(ctx context.Context) error {
	parts := []func(context.Context) error{c.control.Run, c.loop}
	for _, d := range c.devices {
		parts = append(parts, d.Run)
	}
	for _, o := range c.out {
		parts = append(parts, o.run)
	}
	if c.tunnel != nil {
		parts = append(parts, c.tunnel.Run)
	}
	if c.light != nil {
		parts = append(parts, c.light.Run)
	}
	if c.pins != nil {
		parts = append(parts, c.pins.Run)
	}
	err := wire.Together(ctx, parts...)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.belt.Entries() {
		if e.Where == Waiting || e.Where == OnBelt {
			c.write(e)
		}
	}
	if err == nil {
		err = c.failed
	}
	if err != nil {
		return fmt.Errorf("conveyor %s: %w", c.cfg.Name, err)
	}
	return nil
}

// loop runs the belt.
func (c *Conveyor) loop(ctx context.Context) error {
	every := tick
	if c.cfg.Patient {
		every = quick
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		now := time.Now()
		d := min(time.Duration(float64(now.Sub(last))*c.cfg.Clock), time.Duration(float64(50*time.Millisecond)*c.cfg.Clock))
		last = now
		if c.cfg.Patient && c.mustWait(now) {
			continue
		}
		c.mu.Lock()
		c.step(d)
		err := c.failed
		c.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

// step runs the belt for d. A patient belt goes in small steps and stops at the
// first read. The caller holds mu.
func (c *Conveyor) step(d time.Duration) {
	for d > 0 {
		part := d
		if c.cfg.Patient {
			part = min(d, 5*time.Millisecond)
		}
		d -= part
		told := false
		for _, e := range c.belt.Step(part) {
			told = true
			c.saw(e)
		}
		if told && c.cfg.Patient {
			return
		}
	}
}

// mustWait says whether a read is still without its verdict and commands, or
// something is not told yet.
func (c *Conveyor) mustWait(now time.Time) bool {
	open := c.tunnel != nil && c.tunnel.Open() > 0
	for _, o := range c.out {
		open = open || o.waits()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !open {
		c.waited = time.Time{}
		return now.Sub(c.quiet) < grace
	}
	if c.waited.IsZero() {
		c.waited = now
	}
	return now.Sub(c.waited) < patientFor
}

func (c *Conveyor) answered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet = time.Now()
}

// saw tells the world what a device saw. The caller holds mu.
func (c *Conveyor) saw(e Event) {
	switch e.Kind {
	case EyeChanged:
		if eye := c.eyes[e.Name]; eye.Pin != "" {
			c.pins.Set(eye.Pin, e.Blocked != eye.Invert)
			return
		}
		c.out[e.Name].say(map[string]any{"blocked": e.Blocked}, 0)
	case Pulse:
		if e.Name != "" {
			c.pins.Set(e.Name, e.Blocked)
		}
		if o := c.out[c.cfg.Layout.Counter]; o != nil {
			o.say(map[string]any{"blocked": e.Blocked}, 0)
		}
	case AtWeigher:
		c.out[e.Name].say(map[string]any{"grams": plus(e.Grams, c.faults.Off), "stable": true}, 0)
	case AtTunnel:
		c.belt.Identify(e.Parcel, c.tunnel.Pass(e.Codes...))
	case Diverted:
		late := time.Duration(float64(c.faults.Late) / c.cfg.Clock * float64(time.Millisecond))
		o := c.out[e.Name]
		if o == nil {
			return // on a pin: it says nothing
		}
		o.say(map[string]any{"id": e.Command.ID, "box": e.Command.Box, "lane": e.Command.Lane}, late)
	case Left:
		c.write(c.belt.entries[e.Parcel-1].copied())
		close(c.change)
		c.change = make(chan struct{})
	}
}

// write puts an entry into the ledger. The caller holds mu.
func (c *Conveyor) write(e Entry) {
	if c.ledger != nil && c.failed == nil {
		if err := c.ledger.Encode(e); err != nil {
			c.failed = fmt.Errorf("ledger: %w", err)
		}
	}
}
