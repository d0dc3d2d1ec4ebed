package engine

import (
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
	HashAt(seq uint64) ([32]byte, error)
	Extent
}

// Extent is where a journal begins and ends.
type Extent interface {
	Epoch() string
	Head() journal.Place
	Oldest() uint64
}

// Base is the store as a recovery needs it.
type Base interface {
	Loader
	Writer
	Keeper
}

// Loader is what the recovery begins with.
type Loader interface {
	Bind(epoch string) error
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

	revs map[string]revMark
}

const (
	replayBatch = 1 << 10 // frames between two CommitBatch
	replayFlush = 32 << 10
)

// Recover computes the state from the store and the journal behind it, and
// brings the store up to the journal's head. A store of another history, or one
// with which the journal's checkpoints do not agree, is emptied and everything
// computed from the journal alone. After a Reset the catalogue is gone from the
// store: open the store.Reference after Recover. ErrDiverged, ErrNoBase: call a
// person.
func Recover(log History, base Base, logger *slog.Logger) (*Recovered, error) {
	err := base.Bind(log.Epoch())
	if errors.Is(err, store.ErrEpoch) {
		logger.Warn("the store is of another history and is rebuilt", "error", err)
		if err = base.Reset(); err == nil {
			err = base.Bind(log.Epoch())
		}
	}
	if err != nil {
		return nil, fmt.Errorf("recover: %w", err)
	}
	rec, err := recoverFrom(log, base)
	if err != nil && base.Mark().Pos > 0 && (errors.Is(err, ErrDiverged) || errors.Is(err, store.ErrDamaged) || errors.Is(err, floor.ErrEvent)) {
		logger.Error("the store does not agree with the journal and is rebuilt", "error", err)
		if err = errors.Join(base.Reset(), base.Bind(log.Epoch())); err == nil {
			rec, err = recoverFrom(log, base)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("recover: %w", err)
	}
	return rec, nil
}

func recoverFrom(log History, base Base) (*Recovered, error) {
	mark := base.Mark()
	if err := agree(log, mark); err != nil {
		return nil, err
	}
	p := &replay{base: base, state: floor.NewState(), at: mark.At, hash: mark.Hash}
	if err := base.Load(p.state.Load); err != nil {
		return nil, err
	}
	if err := log.ReadFrames(mark.Pos, p.frame); err != nil {
		return nil, err
	}
	p.commit(log.Head())
	if err := base.Flush(); err != nil {
		return nil, err
	}
	rec := &Recovered{State: p.state, At: p.at, revs: make(map[string]revMark), Replayed: p.frames}
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
		if log.Oldest() > 1 {
			return ErrNoBase
		}
		return nil
	}
	head := log.Head()
	if mark.Pos > head.Pos || mark.Seq > head.Seq {
		return fmt.Errorf("%w: the store stands at frame %d, the journal ends at %d", ErrDiverged, mark.Pos, head.Pos)
	}
	hash, err := log.HashAt(mark.Seq)
	switch {
	case errors.Is(err, journal.ErrGone):
		return ErrNoBase
	case err != nil:
		return err
	case hash != mark.Hash:
		return fmt.Errorf("%w: event %d", ErrDiverged, mark.Seq)
	}
	return nil
}

// replay applies frames and hands them to the store.
type replay struct {
	base   Base
	state  *floor.State
	at     time.Time
	step   edge.Step
	hash   [32]byte
	frames int
	since  int // frames in step
	behind int // frames not flushed
	open   bool
}

func (p *replay) frame(f journal.Frame) error {
	if !p.open {
		p.state.BeginMessage()
		p.open = true
	}
	p.frames++
	p.since++
	p.behind++
	if err := p.one(f); err != nil {
		return fmt.Errorf("frame %d, event %d: %w", f.Pos, f.Seq, err)
	}
	if !f.Last {
		return nil
	}
	p.state.AcceptMessage()
	p.open = false
	if p.since < replayBatch {
		return nil
	}
	p.commit(journal.Place{Pos: f.Pos, Seq: f.Seq, Hash: p.hash})
	if p.behind < replayFlush {
		return nil
	}
	p.behind = 0
	return p.base.Flush()
}

func (p *replay) one(f journal.Frame) error {
	switch f.Kind {
	case journal.Event:
		p.hash = f.Chain
		ev, err := edge.ParseEvent(f.Line)
		if err != nil {
			return err
		}
		p.later(ev.At)
		if c, ok := ev.Data.(*edge.Checkpoint); ok && ev.Type == edge.EvCheckpoint {
			if err := p.compare(c); err != nil {
				return err
			}
		}
		return floor.Apply(p.state, &ev)
	case journal.Outcome:
		o, err := parseOutcome(f.Line)
		if err != nil {
			return err
		}
		p.later(o.at)
		data := append([]byte(nil), f.Line...)
		p.step.Outcomes = append(p.step.Outcomes, edge.Remembered{ID: o.id, At: o.at, Data: data})
		p.step.Revs = append(p.step.Revs, revMark{rev: o.rev, key: o.key}.of(o.worker))
	case journal.Private:
		r, err := parsePrivate(f.Line)
		if err != nil {
			return err
		}
		if r.Kind != edge.RevKind {
			p.step.Privates = append(p.step.Privates, r)
			return nil
		}
		m, err := parseRev(r.Value)
		p.step.Revs = append(p.step.Revs, m.of(r.Key))
		return err
	}
	return nil
}

func (p *replay) later(at time.Time) {
	if at.After(p.at) {
		p.at = at
	}
}

func (p *replay) compare(c *edge.Checkpoint) error {
	hash, err := p.state.Hash()
	if err != nil {
		return err
	}
	if hash != c.Hash {
		return fmt.Errorf("%w: checkpoint at event %d", ErrDiverged, c.UpTo)
	}
	return nil
}

// commit hands what was replayed since the last time to the store.
func (p *replay) commit(at journal.Place) {
	changes := p.state.CommitBatch()
	if p.since == 0 {
		return
	}
	p.step.Pos, p.step.Seq, p.step.Hash, p.step.At, p.step.Changes = at.Pos, at.Seq, at.Hash, p.at, changes
	p.base.Take(p.step)
	p.step, p.since = edge.Step{}, 0
}
