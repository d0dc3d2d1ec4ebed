package engine

import (
	"errors"
	"fmt"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
)

func (e *Engine) checkpointIfDue() error {
	if e.deps.Log.Head().Seq-e.checked < e.cfg.CheckpointEvery {
		return nil
	}
	return e.checkpoint()
}

// checkpoint writes the hash of the whole state as an event, so that a replay
// can be compared with it. A full disk only leaves it out.
func (e *Engine) checkpoint() error {
	head := e.deps.Log.Head()
	if head.Seq == e.checked {
		return nil
	}
	hash, err := e.state.Hash()
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	r := &e.round
	r.begin(head, e.time.now())
	e.batch.Reset()
	e.state.BeginMessage()
	events := []edge.Event{{Type: edge.EvCheckpoint, V: 1, Data: &edge.Checkpoint{UpTo: head.Seq, Hash: hash}}}
	m := &edge.Message{}
	if err := e.apply(r, m, events); err != nil {
		e.state.DropMessage()
		return fmt.Errorf("checkpoint: %w", err)
	}
	e.state.AcceptMessage()
	r.messages = 1
	e.write(r, m, nil, floor.Decision{Events: events})
	e.checked = r.seq
	place, err := e.flush(r)
	switch {
	case errors.Is(err, journal.ErrFull):
		e.takeBack(r)
		return nil
	case err != nil:
		return fmt.Errorf("%w: %w", ErrFailed, err)
	}
	e.conclude(r, place, nil)
	return nil
}
