package engine

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
	"dcedge/edge/store"
)

// History is the journal to be replayed.
type History interface {
	ReadFrames(afterPos uint64, fn func(journal.Frame) error) error
	HashIn(epoch string, seq uint64) ([32]byte, error)
	Extent
}

// Extent is where a journal begins and ends, and its epochs between, the oldest
// first.
type Extent interface {
	Head() journal.Place
	Epochs() []journal.Epoch
}

// Base is the store as a recovery needs it.
type Base interface {
	Loader
	Writer
	Keeper
	Bulker
}

// Bulker takes a long replay without a flush for every part of it.
type Bulker interface {
	Bulk(fn func() error) error
}

// Loader is what the recovery begins with.
type Loader interface {
	Bind(epochs ...string) error
	Mark() store.Mark
	Load(fn func(table, key string, value []byte) error) error
}

// Writer brings the store up to date.
type Writer interface {
	Take(edge.Step)
	Flush() error
	Reset() error
}

// Keeper is what the store remembers beside the state.
type Keeper interface {
	Newest() (time.Time, error)
	Privates(kind string) ([]edge.Private, error)
}

// Recovered is the floor as the last flush left it.
type Recovered struct {
	State    *floor.State
	At       time.Time // edge time of the last thing in the journal
	Newest   time.Time // no id of a later time was ever decided
	Replayed int       // frames behind the store's mark
	Epochs   []journal.Epoch

	revs map[string]revMark
}

const (
	replayBatch = 1 << 10   // frames between two CommitBatch
	replayFlush = 32 << 10  // frames between two Flush
	bulkFlush   = 256 << 10 // the same in a bulk
	bulkFrom    = 96 << 10  // frames behind the mark: a store that kept up is never so far behind
)

// Recover computes the state from the store and the journal behind it, and
// brings the store up to the journal's head. A store of another history, or one
// with which the journal's checkpoints do not agree, is emptied and everything
// computed from the journal alone. After a Reset the catalogue is gone from the
// store: open the store.Reference after Recover. ErrDiverged, ErrNoBase: call a
// person.
func Recover(log History, base Base, logger *slog.Logger) (*Recovered, error) {
	var epochs []string
	for _, e := range log.Epochs() {
		epochs = append(epochs, e.ID)
	}
	err := base.Bind(epochs...)
	if errors.Is(err, store.ErrEpoch) {
		logger.Warn("the store is of another history and is rebuilt", "error", err)
		if err = base.Reset(); err == nil {
			err = base.Bind(epochs...)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("recover: %w", err)
	}
	rec, err := recoverFrom(log, base, logger)
	if err != nil && base.Mark().Pos > 0 && (errors.Is(err, ErrDiverged) || errors.Is(err, store.ErrDamaged) || errors.Is(err, floor.ErrEvent)) {
		logger.Error("the store does not agree with the journal and is rebuilt", "error", err)
		if err = errors.Join(base.Reset(), base.Bind(epochs...)); err == nil {
			rec, err = recoverFrom(log, base, logger)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("recover: %w", err)
	}
	return rec, nil
}

func recoverFrom(log History, base Base, logger *slog.Logger) (*Recovered, error) {
	mark := base.Mark()
	if err := agree(log, mark); err != nil {
		return nil, err
	}
	epochs := log.Epochs()
	p := &replay{base: base, state: floor.NewState(), at: mark.At, hash: mark.Hash, epoch: cmp.Or(mark.Epoch, epochs[0].ID)}
	if err := base.Load(p.state.Load); err != nil {
		return nil, err
	}
	p.flush = replayFlush
	replayAll := func() error { return p.all(log, mark.Pos) }
	if log.Head().Pos-mark.Pos > bulkFrom {
		p.flush = bulkFlush
		if err := base.Bulk(replayAll); err != nil {
			return nil, err
		}
	} else if err := replayAll(); err != nil {
		return nil, err
	}
	if p.others > 0 {
		logger.Info("checkpoints of another version were not compared", "checkpoints", p.others, "rules", floor.Rules)
	}
	rec := &Recovered{State: p.state, At: p.at, revs: make(map[string]revMark), Replayed: p.frames, Epochs: epochs}
	var err error
	if rec.Newest, err = base.Newest(); err != nil {
		return nil, err
	}
	list, err := base.Privates(edge.RevKind)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		if rec.revs[r.Key], err = parseRev(r.Value); err != nil {
			return nil, err
		}
	}
	return rec, nil
}

// agree compares the store's mark with the journal.
func agree(log History, mark store.Mark) error {
	if mark.Pos == 0 {
		if first := log.Epochs()[0]; first.Oldest > 1 || first.Parent != "" {
			return ErrNoBase
		}
		return nil
	}
	head := log.Head()
	if mark.Pos > head.Pos {
		return fmt.Errorf("%w: the store stands at frame %d, the journal ends at %d", ErrDiverged, mark.Pos, head.Pos)
	}
	hash, err := log.HashIn(mark.Epoch, mark.Seq)
	switch {
	case errors.Is(err, journal.ErrAhead):
		return fmt.Errorf("%w: the store stands at event %d: %w", ErrDiverged, mark.Seq, err)
	case errors.Is(err, journal.ErrGone):
		return ErrNoBase
	case err != nil:
		return err
	case hash != mark.Hash:
		return fmt.Errorf("%w: event %d", ErrDiverged, mark.Seq)
	}
	return nil
}
