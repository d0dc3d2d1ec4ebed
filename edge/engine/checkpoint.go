package engine

import (
	"errors"
	"fmt"
	"strconv"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
)

// markKind is the kind of the private record that stands where the state was
// frozen for a checkpoint; its key is the seq of the event before it. It is
// not handed to the store.
const markKind = "checkpoint"

// hashed is the hash of the state as it was behind an event.
type hashed struct {
	upTo uint64
	hash string
	err  error
}

// checkpointIfDue is for quiet moments. The hash of a large state takes longer
// than a scan may wait, so it is computed beside the engine: a mark in the
// journal says of which state, the checkpoint follows when it is ready.
func (e *Engine) checkpointIfDue() error {
	select {
	case h := <-e.hashed:
		e.hashing = false
		if h.err != nil {
			return fmt.Errorf("checkpoint: %w", h.err)
		}
		return e.writeCheckpoint(h)
	default:
	}
	head := e.deps.Log.Head()
	if e.hashing || head.Seq-e.checked < e.cfg.CheckpointEvery {
		return nil
	}
	r := &e.round
	r.begin(head, e.time.now())
	e.batch.Reset()
	e.lines = appendPrivate(e.lines[:0], edge.Private{Kind: markKind, Key: strconv.FormatUint(head.Seq, 10)})
	e.batch.Private(e.lines)
	e.batch.EndMessage()
	r.messages = 1
	e.checked = head.Seq
	if done, err := e.flushAlone(r); !done {
		return err
	}
	frozen := e.state.Freeze()
	e.hashing = true
	go func() {
		hash, err := frozen.Hash()
		e.hashed <- hashed{upTo: head.Seq, hash: hash, err: err}
		e.queue.Kick()
	}()
	return nil
}

// checkpoint is the last one: of the present state, while nobody waits.
func (e *Engine) checkpoint() error {
	if e.hashing {
		<-e.hashed // the present state says more
		e.hashing = false
	}
	head := e.deps.Log.Head()
	if head.Seq == e.checked {
		return nil
	}
	hash, err := e.state.Hash()
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return e.writeCheckpoint(hashed{upTo: head.Seq, hash: hash})
}

// writeCheckpoint writes the hash of the whole state as an event, so that a
// replay can be compared with it.
func (e *Engine) writeCheckpoint(h hashed) error {
	r := &e.round
	r.begin(e.deps.Log.Head(), e.time.now())
	e.batch.Reset()
	e.state.BeginMessage()
	events := []edge.Event{{Type: edge.EvCheckpoint, V: 1, Data: &edge.Checkpoint{UpTo: h.upTo, Hash: h.hash}}}
	m := &edge.Message{}
	if err := e.apply(r, m, events); err != nil {
		e.state.DropMessage()
		return fmt.Errorf("checkpoint: %w", err)
	}
	e.state.AcceptMessage()
	r.messages = 1
	e.write(r, m, nil, floor.Decision{Events: events})
	e.checked = r.seq
	_, err := e.flushAlone(r)
	return err
}

// flushAlone writes a round without requests. A full disk only leaves it out.
func (e *Engine) flushAlone(r *round) (done bool, err error) {
	place, err := e.flush(r)
	switch {
	case errors.Is(err, journal.ErrFull):
		e.takeBack(r)
		return false, nil
	case err != nil:
		return false, fmt.Errorf("%w: %w", ErrFailed, err)
	}
	e.conclude(r, place, nil)
	return true, nil
}
