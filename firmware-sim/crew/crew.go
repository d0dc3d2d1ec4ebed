package crew

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Crew is the people of one site.
type Crew struct {
	cfg    Config
	ledger ledger
	trays  map[string]*tray
	count  counters

	toteMu sync.Mutex
	tote   int

	opened    sync.Once
	doors     chan struct{}      // closed when the first worker is in
	dusk      chan struct{}      // closed when everybody is to go home
	allHome   chan struct{}      // closed when all have, but for whoever leads
	wanted    chan chan<- string // guests who ask for a badge
	practised atomic.Bool        // by somebody

	gone   gone
	cages  cages
	places places
	shelf  shelf
	idle   reasons

	progress atomic.Int64 // unix nanoseconds of the last unit, label or box
	busy     atomic.Int64 // workers with picking or packing in hand
}

// Stats is what the crew did so far.
type Stats struct {
	Sent     int64 // messages, repeats not counted
	OK       int64
	Refused  map[string]int64 // by the verdict's code
	Errors   int64            // not decided by the edge
	Resent   int64            // ids sent again
	Repeats  int64            // verdicts marked repeat
	Broken   int64            // repeats answered otherwise than the first time
	Wrong    int64            // planned wrong scans
	Doubled  int64
	Cuts     int64
	Shorts   int64
	Undone   int64
	Items    int64 // accepted item scans
	Waybills int64 // accepted waybill scans
	Unseen   int64 // waybills read off the screen for want of a label
	Doubts   int64 // prints in doubt answered
	Trucks   int64 // trucks closed
	Cages    int64 // cages loaded, each with one scan
	Logins   int64

	Parcels     int64 // that came back and were opened
	Unannounced int64 // of them, without a word before
	Patients    int64 // boxes that left the hospital
	Shifts      int64 // begun
	Rests       int64
	Handed      int64 // shifts that ended with work handed over
	Taken       int64 // work taken over from the one before on a device
	Guests      int64 // badges given for a day
	Cases       int64 // owned or closed by a lead
	Signed      int64 // ends of shifts
}

type counters struct {
	sent, ok, errs, resent, repeats, broken, wrong, doubled, cuts, shorts atomic.Int64
	undone, items, waybills, unseen, doubts, trucks, cages, logins        atomic.Int64

	parcels, unannounced, patients, shifts, rests, handed, taken, guests, cases, signed atomic.Int64

	mu      sync.Mutex
	refused map[string]int64
}

// New checks the configuration; ErrConfig names everything wrong with it.
func New(cfg Config) (*Crew, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Crew{cfg: cfg, trays: map[string]*tray{}, doors: make(chan struct{}), dusk: make(chan struct{}),
		allHome: make(chan struct{}), wanted: make(chan chan<- string)}
	c.ledger.w = cfg.Ledger
	c.count.refused = map[string]int64{}
	for name, paper := range cfg.Printer {
		c.trays[name] = &tray{paper: paper, taken: map[string]bool{}}
	}
	if n := len(cfg.Totes); n > 0 {
		c.tote = int(cfg.Seed % uint64(n))
	}
	return c, nil
}

// Run lets everybody work until ctx ends or StopAfter is reached, and returns
// nil then. A worker whose login is refused tries again; ErrLedger ends all.
func (c *Crew) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c.progress.Store(time.Now().UnixNano())
	var staff, leads sync.WaitGroup
	for i, w := range c.cfg.Workers {
		if w.Device == "" {
			w.Device = "pda-" + w.Badge
		}
		one := newWorker(c, w, c.cfg.Seed+uint64(i))
		run, of := one.run, &staff
		if w.leads() {
			run, of = one.lead, &leads
		}
		of.Go(func() {
			if i > 0 && !c.queueUp(ctx) {
				return
			}
			if err := run(ctx); err != nil && ctx.Err() == nil {
				c.cfg.Log.Warn("worker went home", "badge", w.Badge, "err", err)
			}
			c.open()
		})
	}
	go c.watch(ctx, cancel)
	staff.Wait()
	close(c.allHome)
	leads.Wait()
	if err := c.ledger.failure(); err != nil {
		return fmt.Errorf("%w: %w", ErrLedger, err)
	}
	return nil
}

// queueUp waits until the first worker is in: where the site does not know its
// people yet, one badge is refused, not two hundred. After a minute they try
// all the same.
func (c *Crew) queueUp(ctx context.Context) bool {
	timer := time.NewTimer(time.Minute)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-c.doors:
	case <-timer.C:
	}
	return true
}

func (c *Crew) open() { c.opened.Do(func() { close(c.doors) }) }

// ErrLedger is returned by Run when the ledger could not be written: what it
// holds is no oracle then.
var ErrLedger = errors.New("crew: ledger")

// goingHome is how long people may take to finish what they have in hand.
const goingHome = time.Minute

// watch ends the run on StopAfter, or a broken ledger. Where there are shifts people
// end theirs first.
func (c *Crew) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.ledger.failure(); err != nil {
			cancel(err)
			return
		}
		quiet := time.Since(time.Unix(0, c.progress.Load()))
		switch {
		case c.cfg.StopAfter == 0:
		case c.evening():
			if quiet > c.cfg.StopAfter+goingHome {
				cancel(errStopped)
				return
			}
		case c.busy.Load() > 0 || quiet <= c.cfg.StopAfter:
		case c.cfg.Hours.Shift == 0:
			cancel(errStopped)
			return
		default:
			close(c.dusk)
		}
	}
}

// evening tells that everybody is to go home.
func (c *Crew) evening() bool {
	select {
	case <-c.dusk:
		return true
	default:
		return false
	}
}

// freeTote is the next tote of the stack. Whether the edge knows it as free is
// for the edge to say.
func (c *Crew) freeTote() string {
	c.toteMu.Lock()
	defer c.toteMu.Unlock()
	code := c.cfg.Totes[c.tote%len(c.cfg.Totes)]
	c.tote++
	return code
}

// Stats may be called at any time.
func (c *Crew) Stats() Stats {
	n := &c.count
	s := Stats{
		Sent: n.sent.Load(), OK: n.ok.Load(), Errors: n.errs.Load(), Resent: n.resent.Load(),
		Repeats: n.repeats.Load(), Broken: n.broken.Load(), Wrong: n.wrong.Load(), Doubled: n.doubled.Load(),
		Cuts: n.cuts.Load(), Shorts: n.shorts.Load(), Undone: n.undone.Load(), Items: n.items.Load(),
		Waybills: n.waybills.Load(), Unseen: n.unseen.Load(), Doubts: n.doubts.Load(),
		Trucks: n.trucks.Load(), Cages: n.cages.Load(), Logins: n.logins.Load(), Refused: map[string]int64{},
		Parcels: n.parcels.Load(), Unannounced: n.unannounced.Load(), Patients: n.patients.Load(), Shifts: n.shifts.Load(),
		Rests: n.rests.Load(), Handed: n.handed.Load(), Taken: n.taken.Load(), Guests: n.guests.Load(), Cases: n.cases.Load(),
		Signed: n.signed.Load(),
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for code, k := range n.refused {
		s.Refused[code] = k
	}
	return s
}

// seen counts a verdict.
func (c *Crew) seen(m message, f frame) {
	n := &c.count
	if f.Repeat {
		n.repeats.Add(1)
	}
	if m.again {
		return
	}
	if !f.OK {
		n.mu.Lock()
		n.refused[f.Code]++
		n.mu.Unlock()
		return
	}
	n.ok.Add(1)
	switch {
	case m.kind == "item":
		n.items.Add(1)
	case m.kind == "waybill":
		n.waybills.Add(1)
	case m.Action == "short":
		n.shorts.Add(1)
	case m.Action == "undo":
		n.undone.Add(1)
	case m.Action == "printed":
		n.doubts.Add(1)
	case m.kind == "box", m.kind == "parcel": // in the hospital, at the returns desk
	case m.Action == "close" && m.kind == "load":
		n.trucks.Add(1)
		return
	case m.Action != "quantity":
		return
	}
	c.progress.Store(time.Now().UnixNano())
}
