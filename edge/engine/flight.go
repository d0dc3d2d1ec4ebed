package engine

import (
	"errors"
	"fmt"
	"slices"

	"dcedge/edge"
	"dcedge/edge/journal"
)

// seal ends a round: nothing is decided into it any more, and what it tells
// stands. The next round may be made on top of it.
func (e *Engine) seal(r *round) {
	e.refreshScreens(r)
	for _, q := range r.list {
		if q.worker != "" {
			e.giveScreen(r, q)
		}
	}
	e.writeRevs(r)
	r.changes = e.state.SealBatch()
	e.practice.SealBatch() // nobody keeps what was practised
	r.place, e.seq = e.place, r.seq
	for _, s := range r.saved {
		s.worker.saved, s.worker.late = false, false
	}
	for _, w := range r.touched {
		w.touched, w.shown = false, false
	}
}

// fly flushes a sealed round and, when it is on the disk, answers. It runs
// beside the engine's goroutine, which makes the next round meanwhile: of the
// engine's own state it touches the round alone.
func (e *Engine) fly(r *round) {
	if r.batch.Len() > 0 { // an empty one needs no flush
		from := e.deps.Clock.Mono()
		r.place, r.err = e.deps.Log.Append(&r.batch)
		r.took = e.deps.Clock.Mono() - from
	}
	if r.err == nil {
		e.conclude(r)
	}
}

// conclude makes the round the truth: store, answers, subscribers.
func (e *Engine) conclude(r *round) {
	if r.batch.Len() > 0 {
		e.statistics.flushed(r.messages, r.batch.Bytes(), r.took)
		e.deps.Follower.Take(edge.Step{Epoch: e.Epoch(), Pos: r.place.Pos, Seq: r.place.Seq, Hash: r.place.Hash, At: r.now,
			Changes: r.changes, Privates: r.privates, Outcomes: r.outcomes, Revs: r.revs})
	}
	pushes := r.allPushes()
	tells := len(r.events)+len(r.changes)+len(pushes) > 0
	if tells {
		e.publish.expect() // before anybody is answered: see Told
	}
	for _, q := range r.list {
		if q.internal {
			continue
		}
		if q.message != nil {
			e.memory.leave(q.turn)
		}
		q.finish()
	}
	if tells {
		e.publish.commits <- &edge.Commit{Epoch: e.Epoch(), Head: r.place.Seq, Events: r.events, Changes: r.changes, Pushes: pushes}
	}
}

// land takes a round back from the disk.
func (e *Engine) land(r *round) error {
	if e.flying == r {
		e.flying = nil
	}
	switch {
	case errors.Is(r.err, journal.ErrFull):
		e.takeBack(r)
		return nil
	case r.err != nil:
		err := fmt.Errorf("%w: %w", ErrFailed, r.err)
		e.refuse(r.list, err)
		if e.open != r {
			e.refuse(e.open.list, err)
		}
		return err
	}
	if r.more {
		e.refresh.Store(true)
	}
	if r.batch.Len() > 0 {
		e.full = false
	}
	e.place = r.place
	e.state.SettleBatch()
	e.practice.SettleBatch()
	e.memory.turnOver(r.now, r.place.Pos, e.deps.Follower.Applied())
	messages, took := r.messages, r.took
	r.reset()
	e.window.Landed(messages, e.open.messages+e.queue.Len(), took, e.each)
	return nil
}

// takeBack undoes a sealed round that was not written, and the open one that
// was made on top of it: all of it is refused.
func (e *Engine) takeBack(r *round) {
	err := fmt.Errorf("%w: %w", ErrFull, r.err)
	rounds := []*round{r}
	if e.open != r {
		rounds = []*round{e.open, r} // the newest first
	}
	e.state.DropBatch()
	e.practice.DropBatch()
	e.seq = e.place.Seq
	for _, r := range rounds {
		for _, o := range r.outcomes {
			e.memory.remove(o.ID)
		}
		for _, s := range r.saved {
			s.worker.revMark, s.worker.saved, s.worker.late = s.before, false, false
		}
		for _, w := range r.touched {
			w.touched, w.shown = false, false
		}
	}
	slices.Reverse(rounds) // who came first is told first
	e.tellFull(err)
	for _, r := range rounds {
		e.refuse(r.list, err)
		r.reset()
	}
}
