package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"dcedge/edge"
	"dcedge/edge/plan"
)

// Forming is what scanners wait for their verdicts before and while orders are put
// on lists beside the engine.
type Forming struct {
	Before, While Result
	Lists         int
	Plan, Form    time.Duration // to think, and until every list is on the disk
}

// Form measures scanners beside the forming of lists of so many orders.
func Form(ctx context.Context, cfg Config, orders int) (res Forming, err error) {
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	r, err := newRig(cfg, cfg.Dir)
	if err != nil {
		return Forming{}, fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, r.end()) }()
	waiting, err := r.waiting(ctx, orders)
	if err != nil {
		return Forming{}, fmt.Errorf("bench: %w", err)
	}
	for range 2 * cfg.Scanners {
		if err := r.order(ctx); err != nil {
			return Forming{}, fmt.Errorf("bench: %w", err)
		}
	}
	if res.Before, err = r.beside(ctx, cfg.Scanners, func(ctx context.Context) error {
		quiet, cancel := context.WithTimeout(ctx, time.Duration(cfg.Seconds*float64(time.Second)))
		defer cancel()
		<-quiet.Done()
		return ctx.Err()
	}); err != nil {
		return Forming{}, err
	}
	res.While, err = r.beside(ctx, cfg.Scanners, func(ctx context.Context) error {
		from := time.Now()
		lists := plan.Lists(waiting, plan.Config{Wave: 30, Cluster: 6}, time.Now())
		res.Plan, res.Lists = time.Since(from), len(lists)
		defer func() { res.Form = time.Since(from) }()
		return r.form(ctx, lists)
	})
	return res, err
}

// beside has scanners scan while something runs; each takes up its own work again.
func (r *rig) beside(ctx context.Context, scanners int, run func(context.Context) error) (Result, error) {
	scanning, stop := context.WithCancel(ctx)
	defer stop()
	meters, errs := make([]meter, scanners), make([]error, scanners)
	first := int(r.crews.Add(1)) * scanners // new workers: those before stand in the middle of an order
	var all sync.WaitGroup
	from := time.Now()
	for i := range meters {
		all.Go(func() { errs[i] = r.scanner(scanning, first+i, &meters[i]) })
	}
	err := run(ctx)
	secs := time.Since(from).Seconds()
	stop()
	all.Wait()
	return summary(meters, secs), errors.Join(append(errs, err)...)
}

// form gives lists to the floor, one after the other, as the planner of edge/agent
// does.
func (r *rig) form(ctx context.Context, lists []plan.List) error {
	for _, l := range lists {
		v, err := r.engine.Submit(ctx, &edge.Message{Kind: edge.Plan, Body: &edge.PickList{Client: l.Client,
			PickListReceived: edge.PickListReceived{Mode: l.Mode, Orders: l.Orders, Zone: l.Zone, Single: l.Single}}})
		if err != nil || !v.OK {
			return fmt.Errorf("bench: a list was not taken: %s %w", v.Code, err)
		}
	}
	return nil
}

// waiting sends orders of one to five lines that nobody picks: their priority is
// below that of the scanners' own.
func (r *rig) waiting(ctx context.Context, n int) ([]plan.Order, error) {
	out := make([]plan.Order, 0, n)
	var all sync.WaitGroup
	var failed atomic.Pointer[error]
	for i := range n {
		o := &edge.OrderRecord{ID: fmt.Sprintf("W%08d", i), Client: client, Carrier: carrier, Hash: "h", Priority: -1}
		p := plan.Order{Client: client, ID: o.ID, Carrier: carrier, Priority: -1}
		for l := range 1 + i%5 {
			k := (i*7 + l*13) % places
			o.Lines = append(o.Lines, edge.OrderLine{Line: fmt.Sprint(l + 1), SKU: fmt.Sprintf("S%05d", k), Quantity: 1, Location: fmt.Sprintf("L%05d", k)})
			p.Lines = append(p.Lines, plan.Line{SKU: o.Lines[l].SKU, Walk: k, Pieces: 1})
		}
		out = append(out, p)
		all.Add(1)
		if err := r.engine.SubmitFunc(ctx, &edge.Message{Kind: edge.Record, Body: o}, func(_ edge.Verdict, err error) {
			if err != nil {
				failed.Store(&err)
			}
			all.Done()
		}); err != nil {
			return nil, err
		}
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	return out, nil
}
