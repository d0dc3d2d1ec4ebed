package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/supervise"
)

// devicePart begins the names of devices among the supervised parts.
const devicePart = "device "

// version is set when the binary is built.
var version = "unknown"

// Version is that of the binary.
func Version() string { return version }

// Run serves until its context ends or a part fails. The parts end before the engine,
// the engine before the store that follows it, so that what was decided last is
// taken along.
func (a *Agent) Run(parent context.Context) error {
	ctx, stop := context.WithCancel(parent)
	defer stop()
	below := context.WithoutCancel(ctx)
	storeDone, stopStore := part(below, stop, "store", a.store.Run)
	engineDone, stopEngine := part(below, stop, "engine", a.engine.Run)

	cancel, err := a.subscribe(ctx)
	if err == nil {
		err = a.group().Run(ctx)
		cancel()
	} else if parent.Err() != nil && errors.Is(err, context.Canceled) {
		err = nil // told to end before it had begun
	}

	stopEngine()
	err = errors.Join(err, <-engineDone)
	stopStore()
	return errors.Join(err, <-storeDone)
}

// subscribe gives the state as it stands to those who act on commits, and then
// every commit behind it: both within one turn of the engine, so that nothing
// lies between.
func (a *Agent) subscribe(ctx context.Context) (cancel func(), err error) {
	err = a.engine.Read(ctx, func(v floor.View) {
		first := &edge.Commit{Epoch: a.engine.Epoch()}
		v.State.Each(func(table, key string, value any) {
			first.Changes = append(first.Changes, edge.Change{Table: table, Key: key, Value: value})
		})
		follow := []func(*edge.Commit){a.printing.Committed, a.vault.Committed, a.desks.Committed, a.guests.Committed, a.documents.Committed, a.practice.Committed}
		if a.planner != nil {
			follow = append(follow, a.planner.Committed)
		}
		if a.lights != nil {
			follow = append(follow, a.lights.Committed)
		}
		if a.cameras != nil {
			follow = append(follow, a.cameras.Committed)
		}
		var ends []func()
		for _, l := range a.belts {
			ends = append(ends, a.engine.Subscribe(l.Committed))
		}
		for _, f := range follow {
			f(first)
			ends = append(ends, a.engine.Subscribe(f))
		}
		cancel = func() {
			for _, end := range ends {
				end()
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	return cancel, nil
}

// part runs one part beside; when it fails, fail is called.
func part(ctx context.Context, fail func(), name string, run func(context.Context) error) (done chan error, stop func()) {
	ctx, stop = context.WithCancel(ctx)
	done = make(chan error, 1)
	go func() {
		err := run(ctx)
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		if err != nil {
			err = fmt.Errorf("agent: %s: %w", name, err)
			fail()
		}
		done <- err
	}()
	return done, stop
}

func (a *Agent) group() *supervise.Group {
	var g supervise.Group
	for _, d := range a.devices {
		g.Add(devicePart+d.cfg.Name, a.supervised(d))
	}
	if a.wire != nil {
		g.Add(brokerPart, &supervise.Restart{Name: brokerPart, Log: a.log, Backoff: supervise.Backoff{Max: backAfter}, Part: supervise.RunFunc(a.serveBroker)})
		g.Add("post", supervise.RunFunc(a.post))
	}
	for _, s := range a.scanners {
		g.Add("scanner "+s.device, supervise.RunFunc(s.Run))
	}
	if a.lights != nil {
		g.Add("put lights", supervise.RunFunc(a.lights.Run))
	}
	for _, l := range a.belts {
		g.Add(beltPart+l.Name(), a.supervisedBelt(l))
	}
	for _, w := range a.desks.weighers {
		g.Add("weigher "+w.device, supervise.RunFunc(w.Run))
	}
	if a.planner != nil {
		g.Add("planner", supervise.RunFunc(a.planner.Run))
	}
	g.Add("printers' numbers", supervise.RunFunc(a.keepSerials))
	if a.cameras != nil {
		g.Add("cameras", supervise.RunFunc(a.cameras.Run))
	}
	if a.lamps != nil {
		g.Add("desk lamps", supervise.RunFunc(a.lamps.Run))
	}
	if a.cfg.Witnessed() {
		g.Add("witness", supervise.RunFunc(a.keepWitness))
	}
	g.Add("heap", supervise.RunFunc(a.heap.Run))
	g.Add("study", supervise.RunFunc(a.study.Run))
	g.Add("snapshots", supervise.RunFunc(a.snapshots))
	g.Add("printing", supervise.RunFunc(a.printing.Run))
	g.Add("practice", supervise.RunFunc(a.practice.Run))
	g.Add("documents", supervise.RunFunc(a.documents.Run))
	g.Add("vault", supervise.RunFunc(a.vault.Run))
	g.Add("access", supervise.RunFunc(a.access.Run))
	g.Add("feed", supervise.RunFunc(a.feed.Run))
	g.Add("board", supervise.RunFunc(a.board.Run))
	g.Add("web", supervise.RunFunc(a.web.Run))
	return &g
}

// snapshots copies the store twice a day: what a lost store is rebuilt from.
func (a *Agent) snapshots(ctx context.Context) error {
	every := time.NewTicker(12 * time.Hour)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-every.C:
			mark, err := a.store.Snapshot(ctx)
			if err != nil {
				a.log.Error("no snapshot of the store", "err", err)
				continue
			}
			a.log.Info("snapshot of the store", "upTo", mark.Seq)
		}
	}
}
