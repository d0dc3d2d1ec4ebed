package practice

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/floor"
)

// Floor is the engine as this package uses it.
type Floor interface {
	Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error)
	PracticeScreen(ctx context.Context, worker string, roles []edge.Role) (*edge.Screen, error)
	Read(ctx context.Context, fn func(floor.View)) error
	ReadPractice(ctx context.Context, fn func(floor.View)) error
	RenewPractice(ctx context.Context) error
	Catalogue() *catalogue.Snapshot
}

// Config of a Service; zero values take the defaults.
type Config struct {
	Stations []edge.Station
	Waiting  int           // orders kept waiting for each kind of work; 0 is 3
	Tick     time.Duration // between two looks while nothing happens; 0 is 15 s
	Patience time.Duration // for one answer of the engine; 0 is 10 s
}

// Deps is what a Service works with; all are required.
type Deps struct {
	Floor    Floor
	Trainees func() [][]edge.Role // of the sessions that practise now
	Now      func() time.Time     // edge time
	Log      *slog.Logger
}

// Service keeps something to practise on.
type Service struct {
	cfg   Config
	deps  Deps
	woken chan struct{} // holds one

	// Of Run.
	used   bool // there is something to be forgotten
	turn   int
	goods  []floor.Goods
	of     *catalogue.Snapshot // goods are of it
	failed time.Time
}

// New makes a service; Run works.
func New(cfg Config, deps Deps) (*Service, error) {
	if deps.Floor == nil || deps.Trainees == nil || deps.Now == nil || deps.Log == nil {
		return nil, errors.New("practice: a dependency is missing")
	}
	if cfg.Waiting <= 0 {
		cfg.Waiting = 3
	}
	if cfg.Tick <= 0 {
		cfg.Tick = 15 * time.Second
	}
	if cfg.Patience <= 0 {
		cfg.Patience = 10 * time.Second
	}
	return &Service{cfg: cfg, deps: deps, woken: make(chan struct{}, 1)}, nil
}

// Committed follows the engine: practised events may want a label or leave less
// to do. It does not block.
func (s *Service) Committed(c *edge.Commit) {
	for i := range c.Events {
		if c.Events[i].Practice {
			s.Wake()
			return
		}
	}
}

// Wake has the service look at once: somebody begins to practise.
func (s *Service) Wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// Run looks whenever somebody practised, and now and then, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(s.cfg.Tick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.woken:
		case <-tick.C:
		}
		if err := s.look(ctx); err != nil && ctx.Err() == nil {
			s.deps.Log.Warn("practice: not prepared; tried again", "error", err)
		}
	}
}

// look prints what is wanted and keeps enough to do for who practises.
func (s *Service) look(ctx context.Context) error {
	trainees := s.deps.Trainees()
	if len(trainees) == 0 {
		if !s.used {
			return nil
		}
		if err := s.deps.Floor.RenewPractice(ctx); err != nil {
			return err
		}
		s.used = false
		return nil
	}
	s.used = true
	if err := s.print(ctx); err != nil {
		return err
	}
	var pick, pack, load int
	if err := s.deps.Floor.ReadPractice(ctx, func(v floor.View) { pick, pack, load = v.State.Queues() }); err != nil {
		return err
	}
	wants := func(r edge.Role) bool {
		return slices.ContainsFunc(trainees, func(roles []edge.Role) bool { return slices.Contains(roles, r) || slices.Contains(roles, edge.Lead) })
	}
	if wants(edge.Picker) {
		for ; pick < s.cfg.Waiting; pick++ {
			if _, err := s.order(ctx); err != nil {
				return err
			}
		}
	}
	if pick >= waitingMost { // what is prepared does not get on: no tote, or a desk that wants more
		return nil
	}
	for ; wants(edge.Packer) && pack < s.cfg.Waiting; pack++ {
		if err := s.prepare(ctx, edge.Pick); err != nil {
			return err
		}
	}
	for ; wants(edge.Loader) && load < s.cfg.Waiting && len(s.cfg.Stations) > 0; load++ {
		if err := s.prepare(ctx, edge.Pick, edge.Pack); err != nil {
			return err
		}
	}
	return nil
}

// waitingMost bounds the orders that wait to be picked.
const waitingMost = 20

// submit sends one message, marked as practice.
func (s *Service) submit(ctx context.Context, m *edge.Message) (edge.Verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Patience)
	defer cancel()
	m.Practice = true
	return s.deps.Floor.Submit(ctx, m)
}

// printerName stands where a printer's name does: there is none.
const printerName = "practice"

// print answers for the printer of every label that is wanted.
func (s *Service) print(ctx context.Context) error {
	var boxes []string
	err := s.deps.Floor.ReadPractice(ctx, func(v floor.View) {
		v.State.EachBox(func(b *edge.Box) {
			if b.Print.Wanted && b.Waybill != "" {
				boxes = append(boxes, b.ID)
			}
		})
	})
	for _, box := range boxes {
		if err != nil {
			break
		}
		err = s.label(ctx, box)
	}
	return err
}

func (s *Service) label(ctx context.Context, box string) error {
	r := edge.PrintReport{Stage: edge.StageIntent, Box: box, Printer: printerName}
	for _, stage := range []edge.Stage{edge.StageIntent, edge.StageSent, edge.StagePrinted} {
		report := r
		report.Stage = stage
		v, err := s.submit(ctx, &edge.Message{Kind: edge.Print, Body: &report})
		switch {
		case err != nil:
			return fmt.Errorf("practice: label of %s: %w", box, err)
		case !v.OK:
			return nil // held, cancelled or settled meanwhile
		case stage == edge.StageIntent:
			r.Attempt = v.Answer
		}
	}
	return nil
}

func (s *Service) messageID() edge.ID {
	var random [10]byte
	_, _ = rand.Read(random[:]) // never returns an error
	return edge.NewID(s.deps.Now(), random)
}
