package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"dcedge/devices"
	"dcedge/devices/conveyor"
	"dcedge/devices/ipp"
	"dcedge/devices/link"
	"dcedge/devices/printer"
	"dcedge/devices/scale"
	"dcedge/devices/scanner"
	"dcedge/edge/config"
	"dcedge/edge/supervise"
)

// Bounds of devices.
const (
	backAfter    = 2 * time.Second        // longest wait between two tries to open a device
	requiredWait = 5 * time.Second        // how long a required device may take to be there at the start
	requiredTry  = 500 * time.Millisecond // between two looks for it
)

// device is one configured device: its driver, whom it tells, and what is known
// of it. One of printer, scanner, scale, pin, divert, tower and a4 is set, or none of
// a device behind the broker, which has no driver of its own.
type device struct {
	cfg     config.Device
	wire    *watchedWire
	driver  devices.Driver // nil: behind the broker
	status  func() devices.Status
	note    func(error) // of a Run that ended; nil: the driver keeps it itself
	printer *printer.Printer
	scanner *scanner.Scanner
	scale   *scale.Scale
	pin     *conveyor.PinEye
	divert  *conveyor.PinDivert
	tower   *conveyor.PinLight
	seen    func(conveyor.Change) // who looks at the pin
	a4      *ipp.Printer

	sink    devices.Sink
	skipped atomic.Bool // absent = "ignore", and it was not there at the start
}

// watchedWire notes that the wire was open once, and lets a monitor count on it.
type watchedWire struct {
	devices.Opener
	count  func(devices.Conn) devices.Conn // nil: the driver counts itself
	opened atomic.Bool
}

// Open implements devices.Opener.
func (w *watchedWire) Open(ctx context.Context) (devices.Conn, error) {
	c, err := w.Opener.Open(ctx)
	if err != nil {
		return nil, err
	}
	w.opened.Store(true)
	if w.count != nil {
		c = w.count(c)
	}
	return c, nil
}

// openDevices makes the configured devices. What this version cannot drive is
// told at once, every device of it.
func (a *Agent) openDevices() error {
	a.printers = map[string]*printer.Printer{}
	var faults []error
	for _, c := range a.cfg.Devices {
		d, err := newDevice(c, a.log)
		if behindBroker(c) {
			d, err = a.brokerDevice(c)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("agent: device %s: %w", c.Name, err))
			continue
		}
		a.attach(d)
		a.devices = append(a.devices, d)
	}
	return errors.Join(faults...)
}

// newDevice makes a device that tells nobody yet.
func newDevice(c config.Device, log *slog.Logger) (*device, error) {
	u, err := url.Parse(c.Link)
	if err != nil {
		return nil, err
	}
	if c.OnPin() {
		return newOnPin(c)
	}
	build := map[string]func(*device, *slog.Logger) error{"zebra": newPrinter, "scanner": newScanner, "scale": newScale}[c.Driver]
	if c.Driver == "ipp" {
		return newA4(c, log)
	}
	if build == nil || u.Scheme != "tcp" && u.Scheme != "serial" {
		return nil, fmt.Errorf("driver %q on %s: is not built yet: take it out of the configuration", c.Driver, u.Scheme)
	}
	open, err := link.New(c.Link, link.Options{Device: c.Name})
	if err != nil {
		return nil, err
	}
	d := &device{cfg: c, wire: &watchedWire{Opener: open}}
	return d, build(d, log)
}

// brokerDevice makes a device behind the broker: what is known of it stands in
// the inbox.
func (a *Agent) brokerDevice(c config.Device) (*device, error) {
	d := &device{cfg: c, wire: &watchedWire{}}
	d.status = func() devices.Status {
		st, _ := a.inbox.Status(c.Name)
		if st.Condition.Works() {
			d.wire.opened.Store(true)
		} else if st.Hint == "" {
			st.Hint = notAtBroker(c)
		}
		return st
	}
	return d, nil
}

func newPrinter(d *device, log *slog.Logger) error {
	p, err := printer.New(printer.Config{Name: d.cfg.Name, Piece: pieceFor(d.cfg.Link), Serial: d.cfg.Serial, Questions: d.cfg.Questions}, d.wire, log)
	if err != nil {
		return err
	}
	mon := devices.NewMonitor(p.Info())
	d.driver, d.printer, d.wire.count, d.sink = p, p, mon.Wire, &printerSink{mon: mon}
	d.note = func(err error) {
		if f, ok := errors.AsType[*devices.Fault](err); ok {
			mon.Note(f)
		}
	}
	d.status = func() devices.Status {
		st, now := mon.Status(), p.Status()
		st.Condition, st.Detail, st.Model, st.Firmware, st.Serial = now.Condition, now.Detail, now.Model, now.Firmware, now.Serial
		st.Count, st.CountUnit = now.Meter.Count, now.Meter.Unit
		return st
	}
	return nil
}

// newA4 makes a printer of documents; it has no wire of its own.
func newA4(c config.Device, log *slog.Logger) (*device, error) {
	p, err := ipp.New(ipp.Config{Name: c.Name, URI: c.Link}, log)
	if err != nil {
		return nil, err
	}
	d := &device{cfg: c, wire: &watchedWire{}, driver: p, a4: p, status: p.Status}
	d.sink = a4Sink{d.wire}
	return d, nil
}

// a4Sink notes that a printer of documents has answered.
type a4Sink struct{ wire *watchedWire }

// State implements devices.Sink.
func (s a4Sink) State(x devices.State) {
	if x.Condition != devices.Offline {
		s.wire.opened.Store(true)
	}
}

// Read implements devices.Sink.
func (a4Sink) Read(_ context.Context, r devices.Reading) error {
	return fmt.Errorf("agent: %s sent a reading, printers have none", r.Device)
}

func newScanner(d *device, log *slog.Logger) (err error) {
	d.scanner, err = scanner.New(scanner.Config{Name: d.cfg.Name, Protocol: d.cfg.Protocol, MaxLength: maxCode, Bell: d.cfg.Bell}, d.wire, log)
	if err == nil {
		d.driver, d.status = d.scanner, d.scanner.Status
	}
	return err
}

func newScale(d *device, log *slog.Logger) (err error) {
	d.scale, err = scale.New(scale.Config{Name: d.cfg.Name, Protocol: d.cfg.Protocol, Unit: d.cfg.Unit}, d.wire, log)
	if err == nil {
		d.driver, d.status = d.scale, d.scale.Status
	}
	return err
}

// attach says whom a device tells.
func (a *Agent) attach(d *device) {
	key, log := a.keys.derive("device content"), a.log.With("device", d.cfg.Name)
	atBelt, hospital := a.hospitalOf(d.cfg.Name)
	switch {
	case d.driver == nil && d.cfg.Driver == "scanner" && d.cfg.Station != "":
		s := &deskScanner{device: d.cfg.Name, station: d.cfg.Station, at: a.whoIsAt, floor: a.engine, shown: a.shown, key: key, now: a.engine.Now, log: log}
		a.listen(newBrokerScanner(d.cfg.Name, a.wire, log, s.ask))
	case hospital:
		h := &hand{device: d.cfg.Name, belt: atBelt, floor: a.engine, key: key, now: a.engine.Now}
		if d.sink = h; d.driver == nil {
			a.listen(newBrokerScanner(d.cfg.Name, a.wire, log, h.ask))
		}
	case d.pin != nil:
		lines := a.beltsOf(d.cfg.Name)
		d.sink = pinSink{d.cfg.Name, lines}
		d.seen = func(c conveyor.Change) {
			for _, l := range lines {
				l.Change(d.cfg.Name, c)
			}
		}
	case d.divert != nil, d.tower != nil:
		d.sink = pinSink{eye: d.cfg.Name} // the belt looks by itself
	case d.printer != nil:
		a.printers[d.cfg.Name] = d.printer // openPrinting says whom it tells
	case d.scanner != nil:
		d.sink = &deskScanner{device: d.cfg.Name, station: d.cfg.Station, at: a.whoIsAt, floor: a.engine, shown: a.shown,
			key: key, now: a.engine.Now, log: log}
	case d.scale != nil:
		w := newWeigher(d.cfg.Name, a.desks, a.engine, d.scale.Weight)
		w.shown, w.key, w.now, w.log = a.shown, key, a.engine.Now, log
		a.desks.weighers = append(a.desks.weighers, w)
		d.sink = w
	}
}

// listen has a scanner behind the broker served.
func (a *Agent) listen(s *brokerScanner) {
	a.mail[s.device] = s.take
	a.scanners = append(a.scanners, s)
}

// printerSink passes a printer's changes on, and keeps since when it is so.
type printerSink struct {
	mon  *devices.Monitor
	next devices.Sink
}

// State implements devices.Sink.
func (s *printerSink) State(x devices.State) {
	s.mon.Set(nil, x.Condition, x.Detail, x.Hint)
	s.next.State(x)
}

// Read implements devices.Sink.
func (s *printerSink) Read(ctx context.Context, r devices.Reading) error { return s.next.Read(ctx, r) }

// tells sets whom a device tells, behind what keeps its state.
func (d *device) tells(to devices.Sink) {
	if s, ok := d.sink.(*printerSink); ok {
		s.next = to
		return
	}
	d.sink = to
}

// pieceFor is how many bytes of a label go to the wire at once: what a serial
// line carries in half a second (ten bits a byte), at most 4096.
func pieceFor(wire string) int {
	const most = 4096
	u, err := url.Parse(wire)
	if err != nil || u.Scheme != "serial" {
		return most
	}
	baud, err := strconv.Atoi(u.Query().Get("baud"))
	if err != nil {
		baud = 9600 // the default of devices/link
	}
	return min(most, max(64, baud/10/2))
}

// run serves the device once, until it is lost. One behind the broker is served
// there: here it is only waited for.
func (d *device) run(ctx context.Context) error {
	if d.driver == nil {
		return d.waited(ctx)
	}
	err := d.driver.Run(ctx, d.sink)
	if err != nil && d.note != nil {
		d.note(err)
	}
	return err
}

// waited looks whether a device behind the broker has come.
func (d *device) waited(ctx context.Context) error {
	look := time.NewTicker(requiredTry)
	defer look.Stop()
	for began := time.Now(); ; {
		if st := d.status(); st.Condition.Works() {
			return nil
		}
		if time.Since(began) > requiredWait {
			return &devices.Fault{Device: d.cfg.Name, Op: "wait", Hint: "switch it on, and see that it finds the broker", Err: errors.New("it did not come to the broker")}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// supervised runs a device for good: it comes back by itself. At the start a
// device that is not there ends the edge (required), or is left out until the
// next start (ignore).
func (a *Agent) supervised(d *device) supervise.Runner {
	again := &supervise.Restart{Name: devicePart + d.cfg.Name, Log: a.log, Backoff: supervise.Backoff{Max: backAfter}, Part: supervise.RunFunc(d.run)}
	return supervise.RunFunc(func(ctx context.Context) error {
		switch d.cfg.Absent {
		case "required":
			if err := d.mustBeThere(ctx); err != nil {
				return err
			}
		case "ignore":
			err := d.run(ctx)
			if ctx.Err() == nil && !d.wire.opened.Load() {
				d.skipped.Store(true)
				a.log.Info("device is not there and left out until the next start", "device", d.cfg.Name, "err", err)
				<-ctx.Done()
			}
		}
		if d.driver == nil { // the broker serves it
			<-ctx.Done()
			return nil
		}
		return again.Run(ctx)
	})
}

// mustBeThere serves a required device for the first time; an error means that
// its wire could not be opened in time.
func (d *device) mustBeThere(ctx context.Context) error {
	began := time.Now()
	for {
		err := d.run(ctx)
		switch {
		case ctx.Err() != nil || d.wire.opened.Load():
			return nil
		case time.Since(began) > requiredWait:
			return fmt.Errorf(`agent: device %s is absent = "required" and not there: %w: %s`, d.cfg.Name, err, devices.HintOf(err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(requiredTry):
		}
	}
}
