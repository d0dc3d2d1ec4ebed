package engine

import (
	"fmt"
	"strconv"

	"dcedge/edge"
	"dcedge/edge/floor"
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
	if e.hashing || head.Seq < e.checked+e.cfg.CheckpointEvery {
		return nil
	}
	r := e.beginAlone()
	e.lines = appendPrivate(e.lines[:0], edge.Private{Kind: markKind, Key: strconv.FormatUint(head.Seq, 10)})
	r.batch.Private(e.lines)
	r.batch.EndMessage()
	r.messages = 1
	e.checked = head.Seq
	if err := e.alone(); err != nil || e.deps.Log.Head() == head {
		return err // a full disk only leaves it out
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
	r := e.beginAlone()
	e.state.BeginMessage()
	events := []edge.Event{{Type: edge.EvCheckpoint, V: 1, Data: &edge.Checkpoint{UpTo: h.upTo, Hash: h.hash, Rules: floor.Rules}}}
	m := &edge.Message{}
	if err := e.apply(r, m, events); err != nil {
		e.state.DropMessage()
		r.reset()
		return fmt.Errorf("checkpoint: %w", err)
	}
	e.state.AcceptMessage()
	r.messages = 1
	e.write(r, m, nil, floor.Decision{Events: events})
	e.checked = r.seq
	return e.alone() // a full disk only leaves it out
}

// beginAlone opens a round without requests: nothing is open or flying.
func (e *Engine) beginAlone() *round {
	e.open.begin(e.seq, e.time.now())
	return e.open
}
