package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"

	bolt "go.etcd.io/bbolt"

	"dcedge/edge/catalogue"
	"dcedge/edge/journal"
)

// ReferenceLog is the journal of reference records: a journal.Log of its own.
type ReferenceLog interface {
	Append(*journal.Batch) (journal.Place, error)
	Prove() error
	Head() journal.Place
	ReferenceReader
}

// ReferenceReader reads it back.
type ReferenceReader interface {
	Epoch() string
	ReadFrames(afterPos uint64, fn func(journal.Frame) error) error
}

// RecordChange is one upsert of the catalogue: Record is a pointer to one of
// the catalogue's record types of package edge.
type RecordChange struct {
	Record any
	Gone   bool   // retire it
	Rev    *int64 // an older one than what is held changes nothing; nil: the last write wins
}

// Reference owns the catalogue: its log, its copy in the store, and the
// snapshot that the engine reads. Its methods may be called from any
// goroutine.
type Reference struct {
	log   ReferenceLog
	store *Store
	swap  func(*catalogue.Snapshot)

	mu    sync.Mutex
	snap  *catalogue.Snapshot
	revs  map[string]int64 // by kind NUL key, where one was given
	batch journal.Batch
}

// NewReference reads the catalogue from the store and replays what the log
// holds beyond it. swap is called with every later snapshot, in order; it must
// not call back.
func NewReference(log ReferenceLog, s *Store, swap func(*catalogue.Snapshot)) (*Reference, error) {
	if log == nil || s == nil || swap == nil {
		return nil, errors.New("store reference: log, store and swap are required")
	}
	r := &Reference{log: log, store: s, swap: swap, revs: make(map[string]int64)}
	edit := catalogue.New().Edit()
	after, err := r.load(edit)
	if err != nil {
		return nil, fmt.Errorf("load the catalogue: %w", err)
	}
	replayed := make(map[string][]byte)
	err = log.ReadFrames(after, func(f journal.Frame) error {
		if f.Kind != journal.Reference {
			return nil
		}
		key, line, err := r.take(edit, f.Line)
		replayed[key] = line
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("replay the reference log: %w", err)
	}
	r.snap = edit.Snapshot()
	s.takeCatalogue(replayed, position{epoch: log.Epoch(), pos: log.Head().Pos})
	return r, nil
}

// load reads the store's copy and tells up to where in the log it reaches. A
// copy of another log, or of a longer one, is not used.
func (r *Reference) load(edit *catalogue.Edit) (uint64, error) {
	s := r.store
	s.mu.Lock()
	at := s.reference
	s.mu.Unlock()
	if at.epoch != r.log.Epoch() || at.pos > r.log.Head().Pos {
		if at.epoch != "" {
			s.opts.Logger.Warn("the store's catalogue is of another reference log and is read anew", "epoch", at.epoch, "pos", at.pos)
		}
		return 0, update(s.db, func(t *txn) error { return t.empty(bucketCatalogue) })
	}
	err := s.noteDamage(guard(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			return tx.Bucket([]byte(bucketCatalogue)).ForEach(func(k, v []byte) error {
				line, err := open(bucketCatalogue, k, v)
				if err != nil {
					return err
				}
				_, _, err = r.take(edit, line)
				return err
			})
		})
	}))
	return at.pos, err
}

// take applies one line and gives its key and what the store keeps for it: nil
// for a retired record that had no rev and is no article.
func (r *Reference) take(edit *catalogue.Edit, line []byte) (string, []byte, error) {
	rec, err := parseRecord(line)
	if err != nil {
		return "", nil, err
	}
	if _, err := edit.Put(rec.record, rec.Gone); err != nil {
		return "", nil, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	if rec.Rev == nil {
		if rec.forgotten() {
			return rec.key, nil, nil
		}
	} else {
		r.revs[rec.key] = *rec.Rev
	}
	return rec.key, bytes.Clone(line), nil
}

// Put writes the changes to the reference log with one flush, makes the next
// snapshot and hands it to swap. changed tells for each whether it changed
// anything; revision names the catalogue after it. An error of the log
// (journal.ErrFull, journal.ErrFailed) means that nothing was taken. ErrRecord:
// one of them is no catalogue record; nothing was taken.
func (r *Reference) Put(ctx context.Context, list []RecordChange) (changed []bool, revision string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	edit := r.snap.Edit()
	changed = make([]bool, len(list))
	kept, revs := make(map[string][]byte), make(map[string]int64)
	r.batch.Reset()
	for i, c := range list {
		c.Record = edit.After(c.Record, c.Gone)
		rec, err := newRecord(c)
		if err != nil {
			return nil, "", err
		}
		if r.older(rec, revs) {
			continue
		}
		if changed[i], err = edit.Put(c.Record, c.Gone); err != nil {
			return nil, "", fmt.Errorf("%w: %w", ErrRecord, err)
		}
		if !changed[i] && c.Rev == nil {
			continue
		}
		line, err := json.Marshal(rec)
		if err != nil {
			return nil, "", fmt.Errorf("%w: %w", ErrRecord, err)
		}
		r.batch.Reference(line)
		r.batch.EndMessage()
		if kept[rec.key] = line; rec.forgotten() {
			kept[rec.key] = nil
		}
		if c.Rev != nil {
			revs[rec.key] = *c.Rev
		}
	}
	if r.batch.Len() > 0 {
		if err := r.commit(edit, kept, revs); err != nil {
			return nil, "", err
		}
	}
	return changed, r.revision(), nil
}

// older tells that a newer or equal rev of the record is held.
func (r *Reference) older(rec record, batch map[string]int64) bool {
	if rec.Rev == nil {
		return false
	}
	held, ok := batch[rec.key]
	if !ok {
		held, ok = r.revs[rec.key]
	}
	return ok && *rec.Rev < held
}

func (r *Reference) commit(edit *catalogue.Edit, kept map[string][]byte, revs map[string]int64) error {
	place, err := r.log.Append(&r.batch)
	if err == nil {
		err = r.log.Prove() // a backup of a running edge takes what is proven, and nothing may follow for weeks
	}
	if err != nil {
		return fmt.Errorf("reference log: %w", err)
	}
	for k, v := range revs {
		r.revs[k] = v
	}
	r.snap = edit.Snapshot()
	r.store.takeCatalogue(kept, position{epoch: r.log.Epoch(), pos: place.Pos})
	r.swap(r.snap)
	return nil
}

// Snapshot is the present catalogue.
func (r *Reference) Snapshot() *catalogue.Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.snap
}

// Revision names the present catalogue.
func (r *Reference) Revision() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.revision()
}

func (r *Reference) revision() string {
	epoch := r.log.Epoch()
	return epoch[:min(8, len(epoch))] + "-" + strconv.FormatUint(r.log.Head().Pos, 10)
}

// takeCatalogue hands changes of the catalogue to the next generation.
func (s *Store) takeCatalogue(kept map[string][]byte, at position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, v := range kept {
		s.catalogue[k] = v
	}
	s.reference = at
}
