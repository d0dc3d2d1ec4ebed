package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/engine/group"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
)

// Log is the journal that the engine writes.
type Log interface {
	Append(*journal.Batch) (journal.Place, error)
	Head() journal.Place
	Epoch() string
}

// Follower takes what was made true, in order, and writes it behind the
// journal. Room waits while it is too far behind; Applied is the journal pos
// up to which it has written.
type Follower interface {
	Take(edge.Step)
	Room(ctx context.Context) error
	Applied() uint64
}

// Past finds the outcome of an id that was decided before this start or more
// than an hour ago.
type Past interface {
	Outcome(id edge.ID) (data []byte, found bool, err error)
}

// Rules are the rules of the floor; nil in Deps: those of edge/floor.
type Rules interface {
	Decide(floor.View, *edge.Message) floor.Decision
	Screen(v floor.View, worker string, roles []edge.Role) *edge.Screen
}

// Study keeps the input on which a rule panicked. It must not block.
type Study interface {
	Keep(m edge.Message, panicked any, stack []byte)
}

// Config of an engine.
type Config struct {
	Policy *edge.Policy
	// MaxBatch is the most messages of one flush, at least the number of
	// scanners; 0 = 1024. The queue holds twice as many.
	MaxBatch int
	// MaxBytes ends a batch early; 0 = 1 MiB.
	MaxBytes int
	// NoWindow switches the come-back window off.
	NoWindow bool
	// CheckpointEvery is the number of events after which the next quiet moment
	// gets a state.checkpoint; 0 = 500,000.
	CheckpointEvery uint64
	// TickEvery is the pause between edge.Tick messages; 0 = a minute.
	TickEvery time.Duration
	// TimeTrusted tells that the wall clock is synchronised (NTP); nil: not
	// known, then a jump forward of over an hour waits for ConfirmTime.
	TimeTrusted func() bool
}

// Deps of an engine. Log, Follower, Past, Recovered, Catalogue and Logger are
// required.
type Deps struct {
	Log       Log
	Follower  Follower
	Past      Past
	Recovered *Recovered
	Catalogue *catalogue.Snapshot
	Logger    *slog.Logger
	Clock     Clock // nil: the machine's
	Rules     Rules // nil: edge/floor
	Study     Study // nil: nothing is kept but a log line without the input
}

// Engine is the one writer. Two goroutines work on it: its own decides, and
// beside it one flushes what was decided before. Its methods may be called from any goroutine, Run
// once.
type Engine struct {
	cfg  Config
	deps Deps
	log  *slog.Logger
	time *edgeTime

	queue     *group.Queue[*request]
	window    group.Window
	catalogue atomic.Pointer[catalogue.Snapshot]
	refresh   atomic.Bool
	pool      sync.Pool // of *request
	publish   *publisher
	memory    *memory

	// The engine goroutine's own.
	state      *floor.State
	practice   *floor.State // of those who practise; it does not outlast a restart
	view       floor.View   // State, Catalogue and Policy stand; Now and Rev are set per message
	workers    map[string]*worker
	rounds     [2]round
	open       *round        // the one being made
	flying     *round        // the one on its way to the disk, or nil
	place      journal.Place // of the last round that landed
	seq        uint64        // of the last event of the last sealed round
	pending    []*request    // taken from the queue, not decided
	each       time.Duration // what one message costs before its flush, on average
	lines      []byte        // scratch: the event lines of one message
	ends       []int         // in lines
	room       []edge.Event  // scratch: of one decision
	checked    uint64        // seq of the last checkpoint
	hashing    bool          // a checkpoint is being computed
	hashed     chan hashed
	stuck      bool        // something waits, and the store has no room for it
	full       bool        // it was told that the disk is full
	takeOff    chan *round // sealed
	landed     chan *round
	refused    bool   // a Refreshed was refused: the next tick sends it again
	first      string // the journal's first epoch
	broken     error  // the present epoch could not be opened
	statistics statistics
}

// worker is what the engine remembers of a worker: not what the floor does.
type worker struct {
	id string
	revMark
	roles []edge.Role
	seen  bool // asked for a screen or sent a message since this start

	practises bool // the last session seen is one to practise

	// Within one batch.
	saved   bool // its rev before the batch is in round.saved
	late    bool // no frame of the batch holds its rev yet
	touched bool
	shown   bool // pushed although its rev may stay
}

type realRules struct{}

func (realRules) Decide(v floor.View, m *edge.Message) floor.Decision { return floor.Decide(v, m) }
func (realRules) Screen(v floor.View, worker string, roles []edge.Role) *edge.Screen {
	return floor.Screen(v, worker, roles)
}

// New makes an engine that goes on where Recover has got to.
func New(cfg Config, deps Deps) (*Engine, error) {
	var errs []error
	if cfg.Policy == nil || cfg.Policy.Zone == nil {
		errs = append(errs, errors.New("a Policy with a Zone is required"))
	}
	if deps.Log == nil || deps.Follower == nil || deps.Past == nil || deps.Recovered == nil || deps.Catalogue == nil || deps.Logger == nil {
		errs = append(errs, errors.New("a Log, Follower, Past, Recovered, Catalogue and Logger are required"))
	}
	if cfg.MaxBatch < 0 || cfg.MaxBytes < 0 || cfg.TickEvery < 0 {
		errs = append(errs, errors.New("none of MaxBatch, MaxBytes and TickEvery may be negative"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	setDefaults(&cfg, &deps)
	e := &Engine{cfg: cfg, deps: deps, log: deps.Logger, state: deps.Recovered.State,
		workers: make(map[string]*worker), publish: newPublisher(), hashed: make(chan hashed, 1), room: make([]edge.Event, 0, 16),
		queue: group.NewQueue[*request](2 * cfg.MaxBatch), place: deps.Log.Head(), takeOff: make(chan *round, 1), landed: make(chan *round, 1)}
	e.open, e.checked, e.seq, e.first = &e.rounds[0], e.place.Seq, e.place.Seq, deps.Recovered.Epochs[0].ID
	if e.unopened() {
		e.pending = append(e.pending, e.openEpoch())
	}
	e.time = newEdgeTime(deps.Clock, cfg.Policy.Zone, cfg.TimeTrusted, deps.Recovered.At)
	now := e.time.now()
	e.memory = newMemory(now, deps.Recovered.Newest)
	for id, m := range deps.Recovered.revs {
		e.workers[id] = &worker{id: id, revMark: m}
	}
	e.catalogue.Store(deps.Catalogue)
	e.practice = floor.NewPractice(e.seq)
	e.view = floor.View{State: e.state, Catalogue: deps.Catalogue, Policy: cfg.Policy, Now: now}
	if !cfg.NoWindow {
		e.window = group.Window{Mono: deps.Clock.Mono, Spin: runtime.GOMAXPROCS(0) > 1}
	}
	e.pool.New = func() any { return &request{wake: make(chan struct{}, 1)} }
	return e, nil
}

func setDefaults(cfg *Config, deps *Deps) {
	if cfg.MaxBatch == 0 {
		cfg.MaxBatch = 1024
	}
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = 1 << 20
	}
	if cfg.CheckpointEvery == 0 {
		cfg.CheckpointEvery = 500_000
	}
	if cfg.TickEvery == 0 {
		cfg.TickEvery = time.Minute
	}
	if deps.Clock == nil {
		deps.Clock = NewSystemClock()
	}
	if deps.Rules == nil {
		deps.Rules = realRules{}
	}
}

// Epoch is the journal's.
func (e *Engine) Epoch() string { return e.deps.Log.Epoch() }

// Now is the edge time, in the site's zone and whole milliseconds. It never
// goes back. Sessions, lockouts and cut-offs use it alone.
func (e *Engine) Now() time.Time { return e.time.now() }

// TimeHeld is by how much the wall clock has jumped ahead of edge time; 0: it
// has not. See ConfirmTime.
func (e *Engine) TimeHeld() time.Duration { return e.time.ahead() }

// ConfirmTime takes over the wall clock after a jump forward of more than an
// hour: an admin says that it is right.
func (e *Engine) ConfirmTime() { e.time.confirm() }

// SetCatalogue makes snap the catalogue of every later message. The swap is
// followed by an edge.Refreshed message: parked orders are looked at again, and
// screens that changed are pushed.
func (e *Engine) SetCatalogue(snap *catalogue.Snapshot) {
	e.catalogue.Store(snap)
	e.refresh.Store(true)
	e.queue.Kick()
}

// Catalogue is the newest catalogue.
func (e *Engine) Catalogue() *catalogue.Snapshot { return e.catalogue.Load() }

// Subscribe calls fn with every later commit, in order, on the publisher's
// goroutine. fn must not block and must not change what it gets. A verdict of a
// later flush may reach its sender before an earlier push does: who shows
// screens drops one with a smaller rev.
func (e *Engine) Subscribe(fn func(*edge.Commit)) (cancel func()) { return e.publish.subscribe(fn) }

// Told waits until the subscribers have been told of everything that was answered
// before the call, or until ctx ends. Never call it from a subscriber.
func (e *Engine) Told(ctx context.Context) error { return e.publish.caughtUp(ctx) }
