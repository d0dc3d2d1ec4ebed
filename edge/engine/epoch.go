package engine

import (
	"encoding/hex"
	"fmt"

	"dcedge/edge"
	"dcedge/edge/journal"
)

// epoch is the journal's present epoch.
func (e *Engine) epoch() *journal.Epoch {
	list := e.deps.Recovered.Epochs
	return &list[len(list)-1]
}

// unopened tells that the present epoch follows another and its beginning is
// not decided: that comes before everything else, also when it was decided and
// could not be written.
func (e *Engine) unopened() bool {
	now := e.epoch()
	return now.Parent != "" && e.state.Site().Epoch != now.ID
}

// openEpoch makes the message that begins the present epoch.
func (e *Engine) openEpoch() *request {
	now := e.epoch()
	q := e.internal(edge.Opened)
	q.message.Body = &edge.EpochEvent{Epoch: now.ID, Parent: now.Parent, ParentSeq: now.At.Seq,
		ParentHash: hex.EncodeToString(now.At.Hash[:]), Reason: now.Reason}
	return q
}

// revsOfEpoch parts the revs of epochs: what a lost part showed is never shown
// again under the same rev.
const revsOfEpoch = 24 // bits

func (e *Engine) revFloor() uint64 { return e.state.Site().Eras << revsOfEpoch }

// lookUpTold takes out of what the WMS tells the ids whose verdicts are known.
func (e *Engine) lookUpTold(told *edge.Reconcile) error {
	var unknown []edge.ID
	for _, id := range told.Scans {
		if id.IsZero() {
			return fmt.Errorf("%w: a scan without an id", ErrMessage)
		}
		found := false
		if !e.memory.covers(id) {
			var err error
			if _, found, err = e.deps.Past.Outcome(id); err != nil {
				return fmt.Errorf("%w: %w", ErrLookup, err)
			}
		}
		if !found {
			unknown = append(unknown, id)
		}
	}
	told.Scans = unknown
	return nil
}
