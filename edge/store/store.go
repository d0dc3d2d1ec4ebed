package store

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"dcedge/edge"
	"dcedge/edge/journal"
)

const (
	fileName     = "store.db"
	snapshotName = "store.snap"
	markerName   = "store.bad"  // written when damage was met while running
	bulkName     = "store.bulk" // there while nothing that is written is flushed

	// MaxCommit is the most keys that one commit writes.
	MaxCommit = 256
	// MaxBehind is the most frames that the store may be behind the journal
	// before it makes the engine wait.
	MaxBehind = 64 << 10
	// Remember is how long outcomes are kept.
	Remember = 72 * time.Hour
)

// Options of Open. Dir and Logger are required.
type Options struct {
	Dir    string // store.db and store.snap lie in it
	Logger *slog.Logger
	// Interval is the pause between generations while little is to be written;
	// 0 = 1 s. Half of MaxBehind ends the pause.
	Interval time.Duration
	// MaxBehind in frames; 0 = the constant.
	MaxBehind uint64
	// NoSync leaves out the flushes: for tests that do not cut the power.
	NoSync bool
}

// Origin tells where the content of an opened store comes from.
type Origin string

// The origins.
const (
	Kept     Origin = "kept"     // it was there and sound
	Created  Origin = "created"  // there was none, nor a snapshot
	Snapshot Origin = "snapshot" // missing or damaged: the newest verified snapshot
	Emptied  Origin = "emptied"  // damaged, and no snapshot: from the journal's start
)

// Store is an open store. Take, Room, Applied, Outcome and the readers may be
// called from any goroutine; Run is called once.
type Store struct {
	opts   Options
	origin Origin

	gen    sync.Mutex // held while a generation is written, a snapshot begins or the file changes
	db     *bolt.DB
	gently bool // rest between the commits of this generation
	bulk   bool // see Bulk
	next   *generation

	mu        sync.Mutex
	steps     []edge.Step       // taken, not yet folded into next
	spare     []edge.Step       // an array for them
	folded    uint64            // journal pos up to which they were
	catalogue map[string][]byte // the same of the catalogue: by key, nil = gone
	reference position          // of the reference log, with catalogue
	taken     uint64            // journal pos
	applied   Mark
	why       error         // why Room does not wait
	moved     chan struct{} // closed when applied or why change; nil: nobody waits
	kick      chan struct{}
	purgeAt   time.Time // edge time of the next purge of outcomes
}

// Open opens or makes the store in Options.Dir. What is damaged is moved aside
// and replaced by the newest verified snapshot, or by nothing: then the mark is
// older and the journal has to be replayed from it. ErrVersion: a newer format.
func Open(opts Options) (*Store, error) {
	if opts.Dir == "" || opts.Logger == nil {
		return nil, errors.New("store options: Dir and Logger are required")
	}
	if opts.Interval <= 0 {
		opts.Interval = time.Second
	}
	if opts.MaxBehind == 0 {
		opts.MaxBehind = MaxBehind
	}
	s := &Store{opts: opts, kick: make(chan struct{}, 1)}
	if err := s.openOrReplace(); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := s.begin(); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), s.db.Close())
	}
	return s, nil
}

// begin reads the mark after the file was opened or replaced.
func (s *Store) begin() error {
	var mark Mark
	var ref position
	err := s.db.View(func(tx *bolt.Tx) error {
		var err error
		if mark, err = readMark(tx); err != nil {
			return err
		}
		ref, err = readPosition(tx)
		return err
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = newGeneration()
	s.steps, s.catalogue = nil, make(map[string][]byte)
	s.applied, s.taken, s.folded, s.reference = mark, mark.Pos, mark.Pos, ref
	return nil
}

func readMark(tx *bolt.Tx) (Mark, error) {
	epoch, err := readMeta(tx, keyEpoch)
	if err != nil {
		return Mark{}, err
	}
	raw, err := readMeta(tx, keyMark)
	if err != nil || raw == nil {
		return Mark{Epoch: string(epoch)}, err
	}
	m, err := parseMark(raw)
	m.Epoch = string(epoch)
	return m, err
}

func readPosition(tx *bolt.Tx) (position, error) {
	raw, err := readMeta(tx, keyReference)
	if err != nil || raw == nil {
		return position{}, err
	}
	return parsePosition(raw)
}

// ReferenceFloor is how far the store's catalogue follows the reference log:
// pass it to journal.Open of that log, so that a shorter one is damage and not
// a smaller catalogue.
func (s *Store) ReferenceFloor() journal.Floor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return journal.Floor{Who: "the store's catalogue", Place: journal.Place{Pos: s.reference.pos}}
}

// Origin tells where the content comes from.
func (s *Store) Origin() Origin { return s.origin }

// Mark is the place of the journal at which the written state stands. The
// journal must reach it: pass it to journal.Open as a floor.
func (s *Store) Mark() Mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.applied
}

// Floor is the mark as a floor of journal.Open.
func (s *Store) Floor() journal.Floor {
	m := s.Mark()
	return journal.Floor{Who: "store.db", Epoch: m.Epoch, Place: m.Place}
}

// Applied is the journal pos of the mark.
func (s *Store) Applied() uint64 { return s.Mark().Pos }

// Bind ties a new store to the first of a journal's epochs. ErrEpoch: it belongs
// to none of them; see Reset.
func (s *Store) Bind(epochs ...string) error {
	s.gen.Lock()
	defer s.gen.Unlock()
	have, epoch := s.Mark().Epoch, epochs[0]
	switch {
	case slices.Contains(epochs, have):
		return nil
	case have != "":
		return fmt.Errorf("%w: the store is of %s, the journal of %s", ErrEpoch, have, strings.Join(epochs, ", "))
	}
	err := update(s.db, func(t *txn) error { return t.meta(keyEpoch, []byte(epoch)) })
	if err != nil {
		return fmt.Errorf("bind the store: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applied.Epoch = epoch
	return nil
}

// Reset throws the content away. The catalogue goes with it: open the
// Reference afterwards.
func (s *Store) Reset() error {
	s.gen.Lock()
	defer s.gen.Unlock()
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("reset the store: %w", err)
	}
	if err := errors.Join(s.create(), s.endBulk()); err != nil {
		return fmt.Errorf("reset the store: %w", err)
	}
	s.origin = Emptied
	return s.begin()
}

// Close closes the file. What Take got and no generation has written is in the
// journal.
func (s *Store) Close() error {
	s.gen.Lock()
	defer s.gen.Unlock()
	return s.db.Close()
}
