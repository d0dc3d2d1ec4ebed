package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// Run is the engine. When ctx ends it refuses what comes later, decides what is
// in the queue, writes a checkpoint, publishes everything and returns nil. Any
// error means that the process must end: what is on the disk is unknown.
func (e *Engine) Run(ctx context.Context) error {
	published, flown := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(published)
		e.publish.run()
	}()
	go func() {
		defer close(flown)
		for r := range e.takeOff {
			e.fly(r)
			e.landed <- r
		}
	}()
	err := e.loop(ctx)
	e.queue.Close()
	if err == nil {
		err = e.drain()
	}
	e.refuseRest(err)
	close(e.takeOff)
	<-flown
	close(e.publish.commits)
	<-published
	return err
}

// loop decides while a batch is being flushed: one round is open, at most one
// is flying.
func (e *Engine) loop(ctx context.Context) error {
	tick := time.NewTicker(e.cfg.TickEvery)
	defer tick.Stop()
	for ctx.Err() == nil {
		e.fill(ctx)
		switch {
		case e.broken != nil:
			return e.broken
		case e.flying == nil && e.open.on:
			if e.brimful() || e.stuck || e.window.Over(len(e.open.list)) {
				e.launch()
			} else if !e.waits() {
				e.window.Pause(e.queue.Ready())
			}
		case e.flying == nil && len(e.pending) > 0: // reads: the floor stands still for them
			e.readFirst()
		default:
			if err := e.await(ctx, tick.C); err != nil {
				return err
			}
		}
	}
	return nil
}

// await looks for something to do; it waits while there is nothing to decide.
func (e *Engine) await(ctx context.Context, tick <-chan time.Time) error {
	if e.flying == nil && !e.waits() {
		if err := e.checkpointIfDue(); err != nil {
			return err
		}
	}
	ready := e.queue.Ready()
	if e.brimful() || e.stuck {
		ready = nil
	} else if e.waits() {
		select {
		case r := <-e.landed:
			return e.land(r)
		default:
			return nil
		}
	}
	select {
	case <-ready:
	case r := <-e.landed:
		return e.land(r)
	case <-tick:
		e.pending = append(e.pending, e.tick())
	case <-ctx.Done():
	}
	return nil
}

// waits tells that something waits to be decided.
func (e *Engine) waits() bool { return len(e.pending) > 0 || e.queue.Len() > 0 || e.refresh.Load() }

// decides tells that the next fill decides something into the open round.
func (e *Engine) decides() bool { return e.waits() && !e.brimful() && !e.stuck }

// brimful tells that what waits is not for the open round: that is full, or a
// read is to come first.
func (e *Engine) brimful() bool {
	return len(e.pending) > 0 && (e.pending[0].read != nil || !e.open.fits(&e.cfg))
}

// launch sends the open round to the disk and opens the other one.
func (e *Engine) launch() {
	r := e.open
	e.seal(r)
	e.flying, e.open = r, &e.rounds[0]
	if e.open == r {
		e.open = &e.rounds[1]
	}
	e.takeOff <- r
}

func (e *Engine) tick() *request {
	if e.refused {
		e.refused = false
		e.refresh.Store(true)
	}
	return e.internal(edge.Tick)
}

// drainTime bounds the wait for a store that is far behind.
const drainTime = 10 * time.Second

// drain decides what got into the queue before it was closed.
func (e *Engine) drain() error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	if e.flying != nil {
		if err := e.land(<-e.landed); err != nil {
			return err
		}
	}
	if err := e.serve(ctx, nil); err != nil {
		return err
	}
	return e.checkpoint()
}

// serve decides what waits and then list, in one or more flushes, and returns
// when all of it is answered. Nothing may be flying.
func (e *Engine) serve(ctx context.Context, list []*request) error {
	e.pending = append(e.pending, list...)
	for {
		e.fill(ctx)
		switch {
		case e.broken != nil:
			return e.broken
		case e.open.on && e.decides():
		case e.open.on:
			if err := e.alone(); err != nil {
				return err
			}
		case len(e.pending) > 0:
			e.readFirst()
		default:
			return nil
		}
	}
}

// alone sends the open round to the disk and waits for it.
func (e *Engine) alone() error {
	r := e.open
	e.seal(r)
	e.fly(r)
	return e.land(r)
}

func (e *Engine) refuseRest(err error) {
	if err == nil {
		err = ErrStopped
	} else {
		err = fmt.Errorf("%w: %w", ErrFailed, err)
	}
	e.refuse(append(e.pending, e.queue.Take(nil, 2*e.cfg.MaxBatch)...), err)
	e.pending = nil
}

// refuse answers err to all of list.
func (e *Engine) refuse(list []*request, err error) {
	for _, q := range list {
		e.giveUp(q, err)
	}
}

func (e *Engine) giveUp(q *request, err error) {
	if q.internal {
		e.refused = e.refused || q.message.Kind == edge.Refreshed
		return
	}
	if q.message != nil {
		e.memory.leave(q.turn)
	}
	q.verdict, q.screen, q.err = edge.Verdict{}, nil, err
	q.finish()
}

// internal makes a request that nobody waits for.
func (e *Engine) internal(kind edge.Kind) *request {
	return &request{message: &edge.Message{Kind: kind}, internal: true}
}

// fillMost is how many messages are decided before the engine looks whether the
// disk is ready for them.
const fillMost = 16

// fill takes from the queue and decides some of it into the open round. What
// does not fit, and what comes behind a read, stays in pending.
func (e *Engine) fill(ctx context.Context) {
	if len(e.pending) == 0 && e.queue.Len() > 0 {
		e.pending = e.queue.Take(e.pending, e.cfg.MaxBatch)
	}
	refresh := e.refresh.Load()
	e.stuck = false
	if len(e.pending) == 0 && !refresh {
		return
	}
	err := e.deps.Follower.Room(ctx)
	switch {
	case err != nil && (e.flying != nil || e.open.on):
		e.stuck = true // those before them are answered first
		return
	case err != nil:
		e.noRoom(ctx, err)
		return
	}
	if refresh {
		e.refresh.Store(false)
		e.view.Catalogue = e.catalogue.Load()
		e.pending = append([]*request{e.internal(edge.Refreshed)}, e.pending...)
	}
	if e.unopened() && e.pending[0].kind() != edge.Opened {
		e.pending = append([]*request{e.openEpoch()}, e.pending...)
	}
	r, n, from := e.open, 0, e.deps.Clock.Mono()
	for ; n < len(e.pending) && n < fillMost && e.pending[n].read == nil && r.fits(&e.cfg); n++ {
		if n == 0 {
			r.begin(e.seq, e.time.now())
		}
		e.handle(r, e.pending[n])
		if n == 0 && e.unopened() {
			e.broken = errUnopened
			return
		}
		r.list = append(r.list, e.pending[n])
	}
	if n == 0 {
		return
	}
	e.pending = slices.Delete(e.pending, 0, n)
	e.each += ((e.deps.Clock.Mono()-from)/time.Duration(n) - e.each) / 8
}

// noRoom refuses what waits while the store does not follow; reads go on.
func (e *Engine) noRoom(ctx context.Context, err error) {
	if ctx.Err() != nil {
		err = ErrStopped
	} else {
		e.refused = e.refresh.Swap(false) || e.refused
		e.tellFull(err)
		err = fmt.Errorf("%w: %w", ErrFull, err)
	}
	var reads []*request
	for _, q := range e.pending {
		if q.read != nil {
			reads = append(reads, q)
		} else {
			e.giveUp(q, err)
		}
	}
	e.pending = reads
}

// tellFull logs a full disk once, until something could be decided again.
func (e *Engine) tellFull(err error) {
	if !e.full {
		e.full = true
		e.log.Error("disk full: scans are refused until there is room", "error", err)
	}
}

// readFirst answers the reads at the head of what waits: everything that was
// decided is on the disk.
func (e *Engine) readFirst() {
	n := 0
	for ; n < len(e.pending) && e.pending[n].read != nil; n++ {
		q := e.pending[n]
		if q.dropped.CompareAndSwap(false, true) {
			v := e.present(e.time.now())
			if q.renew {
				e.practice = floor.NewPractice(e.seq)
			}
			if q.practice {
				v.State = e.practice
			}
			q.read(v)
		}
		q.finish()
	}
	e.pending = slices.Delete(e.pending, 0, n)
}
