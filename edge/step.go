package edge

import (
	"encoding/hex"
	"strconv"
	"time"
)

// Step is what one flush of the journal made true, as the store gets it.
// Everything in it is immutable.
type Step struct {
	Epoch    string   // of Pos, Seq and Hash
	Pos      uint64   // journal place: last frame of the flush
	Seq      uint64   // last event of it
	Hash     [32]byte // of the events' chain at Seq
	At       time.Time
	Changes  []Change
	Privates []Private
	Outcomes []Remembered
	Revs     []Rev
}

// RevKind is the kind of the private records that hold workers' revs.
const RevKind = "rev"

// Rev is the rev of a worker's screen and the key of that screen.
type Rev struct {
	Worker string
	Rev    uint64
	Key    [16]byte
}

// Private gives it as a private record.
func (r Rev) Private() Private {
	v := strconv.AppendUint([]byte(`{"rev":`), r.Rev, 10)
	v = hex.AppendEncode(append(v, `,"key":"`...), r.Key[:])
	return Private{Kind: RevKind, Key: r.Worker, Value: append(v, `"}`...)}
}

// Remembered is the verdict on one message, kept so that a repeat of it gets
// the same answer. Data is the engine's own form.
type Remembered struct {
	ID   ID
	At   time.Time // edge time of the decision
	Data []byte
}
