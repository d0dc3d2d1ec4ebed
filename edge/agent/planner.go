package agent

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/plan"
)

// Pauses of a planner: plans are made when orders have come, not more often than
// planEvery, and at least once in planLook, as what waits becomes due.
const (
	planEvery  = time.Second
	planLook   = 15 * time.Second
	planWithin = 10 * time.Second // for the floor's answer to one list
)

// planner has orders that nobody has begun put on lists, beside the engine: it
// follows the commits and reads rows that nobody changes any more.
type planner struct {
	config     plan.Config
	serpentine bool
	floor      floorSubmit
	catalogue  func() *catalogue.Snapshot
	now        func() time.Time
	log        *slog.Logger
	woken      chan struct{} // holds one

	mu   sync.Mutex
	free map[string]*edge.Order // that may be put on a list, by their keys
}

func newPlanner(p edge.PickPolicy, floor floorSubmit, catalogue func() *catalogue.Snapshot, now func() time.Time, log *slog.Logger) *planner {
	return &planner{config: plan.Config{Wave: p.Wave, Lines: p.Lines, Pieces: p.Pieces, Cluster: p.Cluster}, serpentine: p.Walk == "serpentine",
		floor: floor, catalogue: catalogue, now: now, log: log, woken: make(chan struct{}, 1), free: map[string]*edge.Order{}}
}

// Committed follows the engine. It does not block.
func (p *planner) Committed(c *edge.Commit) {
	came := false
	p.mu.Lock()
	for _, x := range c.Changes {
		if x.Table != edge.TableOrders {
			continue
		}
		o, _ := x.Value.(*edge.Order)
		if o == nil || o.Stage != edge.StageReceived || o.Work != "" || o.Held != "" || o.List != "" || len(o.Totes) > 0 {
			delete(p.free, x.Key)
			continue
		}
		came = came || p.free[x.Key] == nil
		p.free[x.Key] = o
	}
	p.mu.Unlock()
	if !came {
		return
	}
	select {
	case p.woken <- struct{}{}:
	default:
	}
}

// Run plans until ctx ends.
func (p *planner) Run(ctx context.Context) error {
	look := time.NewTicker(planLook)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.woken:
		case <-look.C:
		}
		p.plan(ctx)
		pause := time.NewTimer(planEvery)
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil
		case <-pause.C:
		}
	}
}

// plan makes lists and gives them to the floor, one after the other: scans go
// between. A list that is not taken was overtaken, and is made anew later.
func (p *planner) plan(ctx context.Context) {
	for _, l := range plan.Lists(p.orders(), p.config, p.now()) {
		m := &edge.Message{Kind: edge.Plan, Body: &edge.PickList{Client: l.Client,
			PickListReceived: edge.PickListReceived{Mode: l.Mode, Orders: l.Orders, Zone: l.Zone, Single: l.Single}}}
		in, cancel := context.WithTimeout(ctx, planWithin)
		_, err := p.floor.Submit(in, m)
		cancel()
		if err != nil {
			if ctx.Err() == nil {
				p.log.Warn("a pick list was not taken; it is made again", "err", err)
			}
			return
		}
	}
}

// orders gives what may be put on a list as the planner wants it.
func (p *planner) orders() []plan.Order {
	p.mu.Lock()
	rows := make([]*edge.Order, 0, len(p.free))
	for _, o := range p.free {
		rows = append(rows, o)
	}
	p.mu.Unlock()
	cat := p.catalogue()
	out := make([]plan.Order, 0, len(rows))
	for _, o := range rows {
		x := plan.Order{Client: o.Client, ID: o.ID, Carrier: o.Carrier, Cutoff: o.Cutoff, Priority: o.Priority, Since: o.Received,
			Lines: make([]plan.Line, 0, len(o.Lines))}
		for _, l := range o.Lines {
			if l.Wanted == 0 {
				continue
			}
			at := plan.Line{SKU: l.SKU, Walk: cat.Walk(l.Location, p.serpentine), Pieces: l.Wanted}
			if r := cat.Location(l.Location); r != nil {
				at.Zone = r.Zone
			}
			x.Lines = append(x.Lines, at)
		}
		if len(x.Lines) > 0 {
			out = append(out, x)
		}
	}
	return out
}
