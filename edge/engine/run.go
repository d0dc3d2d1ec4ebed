package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dcedge/edge"
	"dcedge/edge/journal"
)

// Run is the engine. When ctx ends it refuses what comes later, decides what is
// in the queue, writes a checkpoint, publishes everything and returns nil. Any
// error means that the process must end: what is on the disk is unknown.
func (e *Engine) Run(ctx context.Context) error {
	published := make(chan struct{})
	go func() {
		defer close(published)
		e.publish.run()
	}()
	err := e.loop(ctx)
	e.queue.Close()
	if err == nil {
		err = e.drain()
	}
	e.refuseRest(err)
	close(e.publish.commits)
	<-published
	return err
}

func (e *Engine) loop(ctx context.Context) error {
	tick := time.NewTicker(e.cfg.TickEvery)
	defer tick.Stop()
	var list []*request
	for ctx.Err() == nil {
		list = e.queue.Take(list[:0], e.cfg.MaxBatch)
		select {
		case <-tick.C:
			list = append(list, e.tick())
		default:
		}
		if len(list) == 0 && !e.refresh.Load() {
			if err := e.checkpointIfDue(); err != nil {
				return err
			}
			select {
			case <-e.queue.Ready():
				continue
			case <-tick.C:
				list = append(list, e.tick())
			case <-ctx.Done():
				return nil
			}
		}
		if err := e.serve(ctx, list); err != nil {
			return err
		}
		clear(list)
		e.window.Wait(e.queue.Len, e.queue.Ready())
	}
	return nil
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
	for {
		list := e.queue.Take(nil, e.cfg.MaxBatch)
		if len(list) == 0 {
			return e.checkpoint()
		}
		if err := e.serve(ctx, list); err != nil {
			return err
		}
	}
}

func (e *Engine) refuseRest(err error) {
	if err == nil {
		err = ErrStopped
	} else {
		err = fmt.Errorf("%w: %w", ErrFailed, err)
	}
	for _, q := range e.queue.Take(nil, 2*e.cfg.MaxBatch) {
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

// serve decides list in one or more flushes.
func (e *Engine) serve(ctx context.Context, list []*request) error {
	if err := e.deps.Follower.Room(ctx); err != nil {
		if ctx.Err() != nil {
			e.refuseAll(list, ErrStopped)
			return nil
		}
		e.refused = e.refresh.Swap(false) || e.refused
		e.log.Error("the store does not follow", "error", err)
		e.refuseAll(list, fmt.Errorf("%w: %w", ErrFull, err))
		return nil
	}
	if e.refresh.CompareAndSwap(true, false) {
		e.view.Catalogue = e.catalogue.Load()
		list = append([]*request{e.internal(edge.Refreshed)}, list...)
	}
	for len(list) > 0 {
		n, err := e.commit(list)
		if err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// commit decides as many of list as go into one flush, flushes and answers. It
// returns how many that were.
func (e *Engine) commit(list []*request) (int, error) {
	r := &e.round
	r.begin(e.deps.Log.Head(), e.time.now())
	e.batch.Reset()
	n := 0
	for n < len(list) && (n == 0 || e.batch.Bytes() < e.cfg.MaxBytes) {
		e.handle(r, list[n])
		n++
	}
	list = list[:n]
	e.refreshScreens(r)
	for _, q := range list {
		if q.worker != "" {
			e.giveScreen(r, q)
		}
	}
	e.writeRevs(r)
	place, err := e.flush(r)
	switch {
	case errors.Is(err, journal.ErrFull):
		e.takeBack(r)
		e.log.Error("disk full: refusing", "messages", n, "error", err)
		e.refuseAll(list, fmt.Errorf("%w: %w", ErrFull, err))
		return n, nil
	case err != nil:
		err = fmt.Errorf("%w: %w", ErrFailed, err)
		for _, q := range list {
			e.giveUp(q, err)
		}
		return n, err
	}
	e.conclude(r, place, list)
	return n, nil
}

// flush writes the batch; an empty one needs none.
func (e *Engine) flush(r *round) (journal.Place, error) {
	if e.batch.Len() == 0 {
		return r.head, nil
	}
	from := e.deps.Clock.Mono()
	place, err := e.deps.Log.Append(&e.batch)
	took := e.deps.Clock.Mono() - from
	e.window.Flushed(r.messages, took)
	e.statistics.flushed(r.messages, e.batch.Bytes(), took)
	return place, err
}

// conclude makes the batch the truth: state, store, answers, subscribers.
func (e *Engine) conclude(r *round, place journal.Place, list []*request) {
	if r.more {
		e.refresh.Store(true)
	}
	changes := e.state.CommitBatch()
	if place.Pos > r.head.Pos {
		e.deps.Follower.Take(edge.Step{Pos: place.Pos, Seq: place.Seq, Hash: place.Hash, At: r.now,
			Changes: changes, Privates: r.privates, Outcomes: r.outcomes, Revs: r.revs})
	}
	pushes := e.pushes(r)
	for _, q := range list {
		if q.internal {
			continue
		}
		if q.message != nil {
			e.memory.leave(q.turn)
		}
		if q.read != nil && q.dropped.CompareAndSwap(false, true) {
			q.read(e.present(r.now))
		}
		q.finish()
	}
	e.memory.turnOver(r.now, place.Pos, e.deps.Follower.Applied())
	if len(r.events)+len(changes)+len(pushes) > 0 {
		e.publish.commits <- &edge.Commit{Epoch: e.Epoch(), Head: place.Seq, Events: r.events, Changes: changes, Pushes: pushes}
	}
	r.handOver()
}

// takeBack undoes a batch that was not written.
func (e *Engine) takeBack(r *round) {
	e.state.DropBatch()
	for _, o := range r.outcomes {
		e.memory.remove(o.ID)
	}
	for _, s := range r.saved {
		s.worker.revMark = s.before
	}
	r.handOver()
}

// refuseAll answers err to all but reads.
func (e *Engine) refuseAll(list []*request, err error) {
	for _, q := range list {
		if q.read != nil {
			if q.dropped.CompareAndSwap(false, true) {
				q.read(e.present(e.time.now()))
			}
			q.finish()
			continue
		}
		e.giveUp(q, err)
	}
}
