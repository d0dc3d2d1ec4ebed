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

	opened   sync.Once
	doors    chan struct{} // closed when the first worker is in
	progress atomic.Int64  // unix nanoseconds of the last unit, label or box
	busy     atomic.Int64  // workers with picking or packing in hand
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
	Logins   int64
}

type counters struct {
	sent, ok, errs, resent, repeats, broken, wrong, doubled, cuts, shorts atomic.Int64
	undone, items, waybills, unseen, doubts, trucks, logins               atomic.Int64

	mu      sync.Mutex
	refused map[string]int64
}

// New checks the configuration; ErrConfig names everything wrong with it.
func New(cfg Config) (*Crew, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Crew{cfg: cfg, trays: map[string]*tray{}, doors: make(chan struct{})}
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
	var group sync.WaitGroup
	for i, w := range c.cfg.Workers {
		if w.Device == "" {
			w.Device = "pda-" + w.Badge
		}
		one := newWorker(c, w, c.cfg.Seed+uint64(i))
		group.Go(func() {
			if i > 0 && !c.queueUp(ctx) {
				return
			}
			if err := one.run(ctx); err != nil && ctx.Err() == nil {
				c.cfg.Log.Warn("worker went home", "badge", w.Badge, "err", err)
			}
			c.open()
		})
	}
	group.Go(func() { c.watch(ctx, cancel) })
	go func() { // nobody left: nothing to wait for
		group.Wait()
		cancel(errStopped)
	}()
	<-ctx.Done()
	group.Wait()
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

// watch ends the run on StopAfter or a broken ledger.
func (c *Crew) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		quiet := time.Since(time.Unix(0, c.progress.Load()))
		if c.cfg.StopAfter > 0 && c.busy.Load() == 0 && quiet > c.cfg.StopAfter {
			cancel(errStopped)
			return
		}
		if err := c.ledger.failure(); err != nil {
			cancel(err)
			return
		}
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
		Trucks: n.trucks.Load(), Logins: n.logins.Load(), Refused: map[string]int64{},
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
	case m.Action == "close" && m.kind == "load":
		n.trucks.Add(1)
		return
	case m.Action != "quantity":
		return
	}
	c.progress.Store(time.Now().UnixNano())
}
