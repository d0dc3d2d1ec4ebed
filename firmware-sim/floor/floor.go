package floor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"dcedge/firmware-sim/conveyor"
	"dcedge/firmware-sim/crew"
	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/printer"
	"dcedge/firmware-sim/wire"
)

// Config says how a plan is played.
type Config struct {
	Plan    Plan
	Faults  []fault.Step
	Seed    uint64
	Speed   float64       // 1 by default: how much faster than people and motors are
	Pace    time.Duration // mean time of one hand movement at speed 1
	Staff                 // of the crew
	Traits  crew.Traits
	Hours   crew.Hours          // of their shifts
	Old     map[string][]string // labels that are still on parcels which come back, by the number of the way back
	Folder  string              // labels are kept in a folder per printer; empty: memory only
	Control int                 // a printer's control port is its ZPL port plus this; 0: a free one
	Refill  time.Duration       // after which paper is put in or a head closed, at speed 1; 0: never
	Ledger  io.Writer           // of the crew; nil: none
	Parcels io.Writer           // ledger of the belt: where every parcel went; nil: none
	NoReads float64             // rate of parcels that the belt's tunnel does not read
	ToBelt  time.Duration       // a printed label lies on the belt as a parcel after so long, at speed 1; 0: never
	Layout  *conveyor.Layout    // of the belt; nil: made of the devices that the plan names

	BeltControl string // host:port of the belt's control port; empty: a free one
	Hands       string // host:port of the port that breaks and pulls devices; empty: none

	Idle      time.Duration // of the crew; 0: its own
	StopAfter time.Duration // the crew goes home when nothing happened for so long; 0: never
	Log       *slog.Logger
}

// Floor is printers and crew of one site.
type Floor struct {
	cfg      Config
	printers []*printer.Printer
	crew     *crew.Crew         // nil where there are no people
	line     *conveyor.Conveyor // nil where there is none
	yard     *yard              // of a belt that the configuration describes; nil: boxes walk
	others   []played           // scanners, scales, lights, tunnels
	script   *fault.Player
}

// New checks the configuration and sets everything up; nothing listens yet.
func New(cfg Config) (*Floor, error) {
	if cfg.Speed == 0 {
		cfg.Speed = 1
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	f := &Floor{cfg: cfg}
	papers := map[string]crew.Paper{}
	for _, at := range cfg.Plan.Printers {
		folder := ""
		if cfg.Folder != "" {
			folder = filepath.Join(cfg.Folder, at.Name)
		}
		control, err := at.control(cfg.Control)
		if err != nil {
			return nil, err
		}
		p, err := printer.New(printer.Config{
			Name: at.Name, Listen: at.Addr, Control: control, Clock: cfg.Speed, Folder: folder, Log: cfg.Log,
		})
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrPlan, err)
		}
		f.printers = append(f.printers, p)
		papers[at.Name] = Paper{p}
	}
	if err := f.devices(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	var err error
	if f.script, err = fault.NewPlayer(cfg.Faults, f.breakable(), cfg.Speed, cfg.Log); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	if len(f.people()) == 0 {
		return f, nil
	}
	var boxes crew.Boxes
	if f.yard != nil {
		boxes = f.yard
	}
	f.crew, err = crew.New(crew.Config{
		URL: cfg.Plan.URL, Workers: f.people(), Totes: Totes(), Printer: papers, Boxes: boxes, Lights: len(cfg.Plan.Lights) > 0,
		Traits: cfg.Traits, Hours: cfg.Hours, Old: cfg.Old, Seed: cfg.Seed, Pace: cfg.Pace, Speed: cfg.Speed, Ledger: cfg.Ledger,
		Idle: cfg.Idle, StopAfter: cfg.StopAfter, Log: cfg.Log,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	return f, nil
}

// Totes are the codes of the demo site's stack.
func Totes() []string {
	all := make([]string, 9999)
	for i := range all {
		all[i] = fmt.Sprintf("TOTE-%05d", i+1)
	}
	return all
}

// Printers are the printers of the plan, in its order.
func (f *Floor) Printers() []*printer.Printer { return f.printers }

// Stats is what the crew did; zero without a crew.
func (f *Floor) Stats() crew.Stats {
	if f.crew == nil {
		return crew.Stats{}
	}
	return f.crew.Stats()
}

// Run plays until ctx ends, or the crew goes home, and returns nil then. An
// address that cannot be listened on ends it with an error.
func (f *Floor) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var group sync.WaitGroup
	play := func(run func(context.Context) error) {
		group.Go(func() {
			if err := run(ctx); err != nil {
				cancel(err)
			}
		})
	}
	for _, p := range f.printers {
		play(p.Run)
		if f.cfg.Refill > 0 {
			play(func(ctx context.Context) error { return f.mind(ctx, p) })
		}
	}
	for _, d := range f.others {
		play(d.Run)
	}
	if f.line != nil {
		play(f.line.Run)
		for _, p := range f.printers {
			play(func(ctx context.Context) error { return f.carry(ctx, p) })
		}
	}
	if f.yard != nil {
		play(f.yard.run)
	}
	if f.cfg.Hands != "" {
		play(wire.NewHTTP(f.cfg.Hands, f.Handler()).Run)
	}
	play(f.tell)
	for _, left := range f.cfg.Plan.Left {
		f.cfg.Log.Info("not played", "device", left)
	}
	play(f.script.Run)
	if f.crew != nil {
		play(f.news)
		group.Go(func() {
			err := f.crew.Run(ctx)
			if err == nil {
				err = errHome
			}
			cancel(err)
		})
	}
	<-ctx.Done()
	group.Wait()
	switch err := context.Cause(ctx); {
	case errors.Is(err, errHome), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	default:
		return err
	}
}

var errHome = errors.New("floor: the crew went home")

// news says now and then how far the crew is.
func (f *Floor) news(ctx context.Context) error {
	for pause(ctx, 30*time.Second) == nil {
		n := f.crew.Stats()
		f.cfg.Log.Info("crew at work", "items", n.Items, "waybills", n.Waybills, "trucks", n.Trucks, "returns", n.Parcels, "hospital", n.Patients,
			"shifts", n.Shifts, "rests", n.Rests, "handed", n.Handed, "cases", n.Cases, "refused", n.Refused)
	}
	return nil
}

// mind is the person who puts paper in and closes the head.
func (f *Floor) mind(ctx context.Context, p *printer.Printer) error {
	for {
		err := p.WaitStatus(ctx, func(s printer.Status) bool { return s.PaperOut || s.HeadOpen })
		if err != nil || pause(ctx, f.scaled(f.cfg.Refill)) != nil {
			return nil
		}
		s := p.Status()
		if s.PaperOut {
			p.SetPaper(500)
		}
		if s.HeadOpen {
			p.SetHead(false)
		}
		f.cfg.Log.Info("printer looked after", "printer", p.Name())
	}
}

func (f *Floor) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / f.cfg.Speed)
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Paper shows a crew the out tray of a printer in the same process.
type Paper struct{ Printer *printer.Printer }

var _ crew.Paper = Paper{}

// Slips gives the labels that came out after number since.
func (p Paper) Slips(_ context.Context, since int64) ([]crew.Slip, error) {
	labels := p.Printer.Labels(since)
	slips := make([]crew.Slip, len(labels))
	for i, l := range labels {
		slips[i] = crew.Slip{N: l.N, Texts: append(slices.Clone(l.Texts), l.Comments...)}
		for _, b := range l.Barcodes {
			slips[i].Codes = append(slips[i].Codes, b.Text)
		}
	}
	return slips, nil
}
