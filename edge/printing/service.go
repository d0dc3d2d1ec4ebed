package printing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dcedge/devices"
	"dcedge/edge"
)

// Submitter is the engine: it returns nil once the message's events are on disk.
type Submitter interface {
	Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error)
}

// Printer prints one label at a time and proves itself empty.
type Printer interface {
	Print(ctx context.Context, job devices.PrintJob) devices.PrintResult
	CancelAll(ctx context.Context) error
	Settle(ctx context.Context, before devices.Meter) devices.PrintResult
	Status() devices.PrinterStatus
}

// ErrHeld is returned by a Renderer for an order that is held or cancelled: not a
// fault, the label waits. Nothing should be read of the recipient then.
var ErrHeld = errors.New("printing: order is held or cancelled")

// Renderer makes a box's label. The same Want always gives the same bytes, and
// no two attempts have the same bytes: the attempt's mark stands on the label.
type Renderer interface {
	Render(ctx context.Context, w Want) (Label, error)
}

// Want is one label to be made.
type Want struct {
	Box     *edge.Box
	Attempt string // printed on the label as its mark
	Copy    int    // from 1
	Printer string // that it is for
	DotsMM  int    // of the printer; 0 where not known
	Model   string // as the printer names itself; empty where not known
}

// Label is a label ready for a printer.
type Label struct {
	ZPL              []byte
	RecipientVersion int    // which version of the recipient stands on it
	Template         string // that it is made by
}

// Config of the service; zero durations take the defaults.
type Config struct {
	Stations []edge.Station
	HashKey  []byte // of the keyed hash in label.intent, at least 16 bytes

	Tick       time.Duration // how often waiting labels are looked at again, default 1 s
	Patience   time.Duration // for one answer of the engine, default 10 s
	CleanWait  time.Duration // for proving a printer empty, default 10 s
	RetryMin   time.Duration // first wait after a failed print on the same printer, default 1 s
	RetryMax   time.Duration // longest such wait, default 30 s
	Failover   time.Duration // how long a label waits for a printer of its desk that stands still, default 8 s
	Gone       time.Duration // the same for one that cannot be reached, default 2 s: a connection that broke comes back
	AskAfter   time.Duration // how long a printer that counts and is gone may take to tell what became of a label before a person is asked, default 40 s: most have started again by then; half of it where it is there and silent
	HoldWait   time.Duration // the same where it says that it stands still, default 3 min
	Grace      time.Duration // for labels in hand when the service is stopped, default 5 s
	StartQuiet time.Duration // a printer not yet reached after start is no news, default 3 s
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		at  *time.Duration
		def time.Duration
	}{
		{&c.Tick, time.Second}, {&c.Patience, 10 * time.Second}, {&c.CleanWait, 10 * time.Second},
		{&c.Failover, 8 * time.Second}, {&c.Gone, 2 * time.Second}, {&c.AskAfter, 40 * time.Second}, {&c.HoldWait, 3 * time.Minute},
		{&c.RetryMin, time.Second}, {&c.RetryMax, 30 * time.Second}, {&c.Grace, 5 * time.Second}, {&c.StartQuiet, 3 * time.Second},
	} {
		if *d.at <= 0 {
			*d.at = d.def
		}
	}
	return c
}

// Service prints what the floor wants.
type Service struct {
	cfg      Config
	engine   Submitter
	render   Renderer
	printers map[string]Printer
	names    []string // of printers, sorted
	stations map[string][]string
	log      *slog.Logger
	wakes    []chan struct{} // one per goroutine of Run, each holds one token

	mu   sync.Mutex
	book book
}

// New makes a service for the printers by name. Every printer that a station
// names must be there.
func New(cfg Config, engine Submitter, render Renderer, printers map[string]Printer, log *slog.Logger) (*Service, error) {
	if engine == nil || render == nil || log == nil {
		return nil, errors.New("printing: engine, renderer and logger are required")
	}
	if len(cfg.HashKey) < 16 {
		return nil, errors.New("printing: hash key under 16 bytes")
	}
	s := &Service{cfg: cfg.withDefaults(), engine: engine, render: render, printers: map[string]Printer{},
		stations: map[string][]string{}, log: log, book: newBook()}
	for name, p := range printers {
		if name == "" || p == nil {
			return nil, fmt.Errorf("printing: printer %q is not usable", name)
		}
		s.printers[name] = p
		s.names = append(s.names, name)
	}
	slices.Sort(s.names)
	for _, st := range cfg.Stations {
		for _, name := range st.Printers {
			if s.printers[name] == nil {
				return nil, fmt.Errorf("printing: station %q names printer %q, which is not configured", st.Name, name)
			}
		}
		s.stations[st.Name] = slices.Clone(st.Printers)
	}
	for range len(s.names) + 1 {
		s.wakes = append(s.wakes, make(chan struct{}, 1))
	}
	return s, nil
}

// Run prints until ctx ends; labels in hand then have Config.Grace to be proven.
// It should end before the printers' drivers and the engine do. What was open in
// the state must have been given to Committed before.
func (s *Service) Run(ctx context.Context) error {
	hard, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		t := time.NewTimer(s.cfg.Grace)
		defer t.Stop()
		select {
		case <-t.C:
			cancel()
		case <-hard.Done():
		}
	})()
	var wg sync.WaitGroup
	for i, name := range s.names {
		wg.Go(func() { s.work(ctx, hard, name, s.wakes[i]) })
	}
	wg.Go(func() { s.clerk(ctx, s.wakes[len(s.names)]) })
	wg.Wait()
	return nil
}

// wake lets every goroutine look again. It never blocks.
func (s *Service) wake() {
	for _, w := range s.wakes {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// Statuses tells how every printer is now, by name.
func (s *Service) Statuses() []devices.PrinterStatus {
	out := make([]devices.PrinterStatus, 0, len(s.names))
	for _, name := range s.names {
		st := s.printers[name].Status()
		st.Name = name
		out = append(out, st)
	}
	return out
}

// State implements devices.Sink for the printers' drivers: a changed printer may
// free or stop a label.
func (s *Service) State(devices.State) { s.wake() }

// Read implements devices.Sink; printers read nothing.
func (s *Service) Read(_ context.Context, r devices.Reading) error {
	return fmt.Errorf("printing: %s sent a reading, printers have none", r.Device)
}

var _ devices.Sink = (*Service)(nil)
