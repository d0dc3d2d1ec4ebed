package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"
)

// Snapshot makes a verified copy of the store beside it: written under a
// temporary name while the store works on, flushed, opened and checked whole,
// then renamed over the one before. The place that it returns is the oldest
// that the journal has to keep.
func (s *Store) Snapshot(ctx context.Context) (Mark, error) {
	temp := s.path(snapshotName + ".new")
	if err := s.copyTo(ctx, temp); err != nil {
		return Mark{}, fmt.Errorf("snapshot: %w", err)
	}
	mark, err := verifyFile(temp)
	if err != nil {
		return Mark{}, errors.Join(fmt.Errorf("snapshot: %w", err), os.Remove(temp))
	}
	if err := os.Rename(temp, s.path(snapshotName)); err != nil {
		return Mark{}, fmt.Errorf("snapshot: %w", err)
	}
	return mark, s.syncDir()
}

// copyTo begins its read transaction between two generations.
func (s *Store) copyTo(ctx context.Context, name string) (err error) {
	s.gen.Lock()
	tx, err := s.db.Begin(false)
	s.gen.Unlock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = guard(func() error {
		_, err := tx.WriteTo(&stoppable{ctx: ctx, w: f})
		return err
	})
	return errors.Join(err, s.flushFile(f), f.Close())
}

func (s *Store) flushFile(f *os.File) error {
	if s.opts.NoSync {
		return nil
	}
	return f.Sync()
}

type stoppable struct {
	ctx context.Context
	w   io.Writer
}

func (s *stoppable) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(b)
}

// verifyFile opens a store read-only and checks all of it.
func verifyFile(name string) (mark Mark, err error) {
	opts := boltOptions(true)
	opts.ReadOnly, opts.PreLoadFreelist = true, true
	db, err := openBolt(name, opts)
	if err != nil {
		return Mark{}, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := guard(func() error { return checkFormat(db) }); err != nil {
		return Mark{}, err
	}
	if err := checkAll(db); err != nil {
		return Mark{}, err
	}
	err = db.View(func(tx *bolt.Tx) error {
		mark, err = readMark(tx)
		return err
	})
	return mark, err
}

// useSnapshot copies the snapshot into the store's place if there is one and
// it is sound.
func (s *Store) useSnapshot() (bool, error) {
	from, err := os.Open(s.path(snapshotName))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = from.Close() }() // only read from
	temp := s.path(fileName + ".new")
	to, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return false, err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, s.flushFile(to), to.Close()); err != nil {
		return false, err
	}
	if _, err := verifyFile(temp); err != nil {
		if errors.Is(err, ErrDamaged) {
			s.opts.Logger.Error("snapshot of the store is damaged too", "error", err)
			return false, nil
		}
		return false, err
	}
	if err := os.Rename(temp, s.path(fileName)); err != nil {
		return false, err
	}
	return true, s.syncDir()
}
