package printer

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"dcedge/firmware-sim/wire"
)

// Printer is one simulated printer. Its methods may be called from any
// goroutine; the connection and the motor live in Run.
type Printer struct {
	cfg     Config
	ready   chan struct{} // closed when Addr and ControlURL are known
	line    *wire.Line
	control *wire.HTTP

	mu       sync.Mutex
	change   chan struct{} // closed and replaced whenever something changed
	stream   *stream
	settings settings
	queue    []*format
	queued   int // bytes in queue
	left     int // labels of the present batch not out yet
	stop     int // raised by ~JA: the batch in print ends after its label
	power    int // raised by a power cut: the label in motion does not come out
	paper    int // -1: endless
	paperOut bool
	headOpen bool
	ribbon   bool // out
	paused   bool
	waiting  bool // a label stands at the peel bar
	faults   Faults

	odometer    int64
	millimetres float64
	labelsZero  int64 // what of odometer and millimetres earlier printers in its place have done
	lengthZero  float64
	labels      []Label
	conns       int64
	received    int64
}

// New checks the configuration and takes up what the folder holds. It returns
// ErrConfig for values that cannot be used.
func New(cfg Config) (*Printer, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	p := &Printer{
		cfg: cfg, ready: make(chan struct{}), change: make(chan struct{}),
		stream: newStream(cfg.BufferBytes), settings: newSettings(cfg.Dots, cfg.Peel), paper: cfg.Paper,
	}
	var err error
	if p.line, err = wire.NewLine(cfg.Listen, wire.Options{Clock: cfg.Clock, Log: cfg.Log}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	p.control = wire.NewHTTP(cfg.Control, p.Handler())
	if cfg.Paper == 0 {
		p.paper = -1
	}
	return p, p.load()
}

// load reads the labels that an earlier run left in the folder.
func (p *Printer) load() error {
	if p.cfg.Folder == "" {
		return nil
	}
	if err := os.MkdirAll(p.cfg.Folder, 0o700); err != nil {
		return fmt.Errorf("printer: folder: %w", err)
	}
	names, err := filepath.Glob(filepath.Join(p.cfg.Folder, "*.zpl"))
	if err != nil {
		return fmt.Errorf("printer: folder: %w", err)
	}
	sort.Strings(names)
	for _, name := range names {
		n, err := strconv.ParseInt(strings.TrimSuffix(filepath.Base(name), ".zpl"), 10, 64)
		if err != nil {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return fmt.Errorf("printer: folder: %w", err)
		}
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("printer: folder: %w", err)
		}
		p.odometer = n
		p.keep(Parse(raw), n, info.ModTime())
	}
	return nil
}

// Parse gives the first label that a fresh printer would print of these bytes;
// where it would print none, the label is empty.
func Parse(zpl []byte) Label {
	s, set := newStream(maxFormatBytes), newSettings(defaultDots, false)
	for _, b := range zpl {
		if e, ok := s.feed(b); ok && e.format != nil {
			if l, n := layout(e.format, &set); n > 0 {
				return l
			}
		}
	}
	return Label{}
}

// Ready is closed when Run listens and Addr is known.
func (p *Printer) Ready() <-chan struct{} { return p.ready }

// Addr is the host:port of the ZPL port, or the path of its serial line; ""
// before Ready.
func (p *Printer) Addr() string { return p.line.Name() }

// ControlURL is the base address of the HTTP port; "" where there is none.
func (p *Printer) ControlURL() string { return p.control.URL() }

// Name is the configured name.
func (p *Printer) Name() string { return p.cfg.Name }

// changed wakes everybody who waits. The caller holds mu.
func (p *Printer) changed() {
	close(p.change)
	p.change = make(chan struct{})
}

// status is the present state. The caller holds mu.
func (p *Printer) status() Status {
	return Status{
		Name: p.cfg.Name, Addr: p.line.Name(), PaperOut: p.paperOut, HeadOpen: p.headOpen, Paused: p.paused,
		RibbonOut: p.ribbon, Waiting: p.waiting, Peel: p.settings.peel,
		Partial: p.stream.partial(), Formats: len(p.queue), Left: p.left,
		Buffered: p.queued + p.stream.held(), Paper: p.paper, Odometer: p.odometer,
		Dropped: p.stream.dropped, Conns: p.conns, Received: p.received, Faults: p.faults,
	}
}

// Status is the present state.
func (p *Printer) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status()
}

// motor prints queued formats until ctx ends.
func (p *Printer) motor(ctx context.Context) error {
	for {
		f, stop, err := p.next(ctx)
		if err != nil {
			return err
		}
		if err := p.print(ctx, f, stop); err != nil {
			return err
		}
	}
}

// wait blocks until ok, called with mu held, is true.
func (p *Printer) wait(ctx context.Context, ok func() bool) error {
	for {
		p.mu.Lock()
		if ok() {
			p.mu.Unlock()
			return nil
		}
		change := p.change
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-change:
		}
	}
}

// able says whether the motor may run. The caller holds mu.
func (p *Printer) able() bool {
	return !p.paused && !p.headOpen && !p.paperOut && !p.ribbon && !p.faults.Hot && !(p.waiting && p.settings.peel)
}

// next takes the oldest format once the motor may run, with the count of
// cancels at that instant.
func (p *Printer) next(ctx context.Context) (f *format, stop int, err error) {
	err = p.wait(ctx, func() bool {
		if len(p.queue) == 0 || !p.able() {
			return false
		}
		f, p.queue = p.queue[0], p.queue[1:]
		p.queued -= len(f.raw)
		stop = p.stop
		p.left = 1 // the real number is known once the format is laid out
		p.changed()
		return true
	})
	return f, stop, err
}

// print puts one format on paper, ^PQ times. Media that runs out, an open head
// or a pause holds the next label back; the format stays until it is printed.
func (p *Printer) print(ctx context.Context, f *format, stop int) error {
	p.mu.Lock()
	label, quantity := layout(f, &p.settings)
	p.left = quantity // 0: a format that only sets or stores something
	p.changed()
	p.mu.Unlock()
	for n := 1; n <= quantity; n++ {
		label.Copy, label.Again = n, false
		again, err := p.one(ctx, label, stop)
		for again && err == nil {
			label.Again = true
			again, err = p.one(ctx, label, stop)
		}
		if err != nil {
			return err
		}
		p.mu.Lock()
		over := p.stop != stop
		p.left--
		if over {
			p.left = 0
		}
		p.changed()
		p.mu.Unlock()
		if over {
			return nil
		}
	}
	return nil
}

// one moves one label out. It reports whether a fault asks for it again. A ~JA
// while it has not begun to move keeps it from coming out.
func (p *Printer) one(ctx context.Context, label Label, stop int) (again bool, err error) {
	cancelled, power := false, 0
	err = p.wait(ctx, func() bool {
		if p.stop != stop {
			cancelled = true
			return true
		}
		power = p.power
		if p.paper == 0 && !p.paperOut {
			p.paperOut = true
			p.changed()
		}
		return p.able()
	})
	if err != nil || cancelled {
		return false, err
	}
	mm := float64(label.Length) / float64(p.cfg.Dots)
	timer := time.NewTimer(time.Duration(mm / p.cfg.Speed / p.cfg.Clock * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-timer.C:
	}
	return p.out(label, mm, power)
}

// out records a label that has left the printer, unless the power went since.
func (p *Printer) out(label Label, mm float64, power int) (again bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.power != power {
		return false, nil
	}
	p.odometer++
	p.millimetres += mm
	if p.paper > 0 {
		p.paper--
	}
	if p.faults.Twice > 0 && !label.Again {
		p.faults.Twice--
		again = true
	}
	p.keep(label, p.odometer, time.Now())
	if p.settings.peel {
		p.waiting = true
		if p.cfg.TakeAfter > 0 {
			time.AfterFunc(time.Duration(float64(p.cfg.TakeAfter)/p.cfg.Clock), p.Take)
		}
	}
	p.changed()
	if p.cfg.Folder == "" {
		return again, nil
	}
	name := filepath.Join(p.cfg.Folder, fmt.Sprintf("%08d.zpl", p.odometer))
	if err := os.WriteFile(name, label.zpl, 0o600); err != nil {
		return false, fmt.Errorf("printer: keep label: %w", err)
	}
	return again, nil
}

// keep puts a label into the ring. The caller holds mu, or is New.
func (p *Printer) keep(label Label, n int64, at time.Time) {
	label.N, label.At, label.Printer = n, at, p.cfg.Name
	if len(p.labels) >= p.cfg.Keep {
		p.labels = append(p.labels[:0:0], p.labels[len(p.labels)-p.cfg.Keep+1:]...)
	}
	p.labels = append(p.labels, label)
}
