package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// boltOptions: the map free list and a large first map keep commits flat
// (no remapping while readers stand in the way).
func boltOptions(noSync bool) *bolt.Options {
	return &bolt.Options{Timeout: time.Second, FreelistType: bolt.FreelistMapType,
		InitialMmapSize: 256 << 20, NoSync: noSync}
}

func (s *Store) path(name string) string { return filepath.Join(s.opts.Dir, name) }

// openOrReplace opens the file that is there, else the snapshot, else makes an
// empty one.
func (s *Store) openOrReplace() error {
	log := s.opts.Logger
	if err := s.dropBulk(); err != nil {
		return err
	}
	err := s.openFile()
	switch {
	case err == nil:
		s.origin = Kept
		return nil
	case errors.Is(err, ErrVersion):
		return err
	case errors.Is(err, os.ErrNotExist):
		s.origin = Created
	case errors.Is(err, ErrDamaged):
		log.Error("store is damaged and will be rebuilt", "error", err)
		s.origin = Emptied
		if err := s.moveAside(); err != nil {
			return err
		}
	default:
		return err
	}
	used, err := s.useSnapshot()
	if err != nil {
		return err
	}
	if used {
		s.origin = Snapshot
		return s.openFile()
	}
	return s.create()
}

// moveAside keeps the damaged file for study; the one before it goes.
func (s *Store) moveAside() error {
	if err := os.Rename(s.path(fileName), s.path(fileName+".damaged")); err != nil {
		return fmt.Errorf("move the damaged store aside: %w", err)
	}
	if err := os.Remove(s.path(markerName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove the damage marker: %w", err)
	}
	return s.syncDir()
}

func (s *Store) openFile() error {
	if _, err := os.Stat(s.path(fileName)); err != nil {
		return err
	}
	if why, err := os.ReadFile(s.path(markerName)); err == nil {
		return damaged("met while running: %s", why)
	}
	db, err := openBolt(s.path(fileName), boltOptions(s.opts.NoSync))
	if err != nil {
		return err
	}
	err = guard(func() error {
		if err := checkFormat(db); err != nil {
			return err
		}
		if err := rollBack(db); err != nil {
			return err
		}
		return db.View(func(tx *bolt.Tx) error {
			if err := checkTrees(db, tx); err != nil {
				return err
			}
			return checkBuckets(tx, bounded())
		})
	})
	if err != nil {
		return errors.Join(err, db.Close())
	}
	s.db = db
	return nil
}

// openBolt opens a file; what bbolt cannot make sense of is ErrDamaged.
func openBolt(path string, opts *bolt.Options) (db *bolt.DB, err error) {
	err = guard(func() error {
		var err error
		db, err = bolt.Open(path, 0o600, opts)
		var pe *os.PathError
		if err == nil || errors.As(err, &pe) || errors.Is(err, bolterrors.ErrTimeout) {
			return err
		}
		return damaged("%v", err)
	})
	return db, err
}

// guard runs fn and makes a panic of bbolt, or a read behind the end of the
// mapped file, an ErrDamaged.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = damaged("%v", r)
		}
	}()
	return fn()
}

func checkFormat(db *bolt.DB) error {
	return db.View(func(tx *bolt.Tx) error {
		raw, err := readMeta(tx, keyFormat)
		if err != nil {
			return err
		}
		if len(raw) != 4 {
			return damaged("no format version")
		}
		if v := binary.BigEndian.Uint32(raw); v > formatVersion {
			return fmt.Errorf("%w: format %d, this program knows up to %d: start the newer program", ErrVersion, v, formatVersion)
		}
		return nil
	})
}

// create makes an empty store under a temporary name and puts it in place.
func (s *Store) create() error {
	temp := s.path(fileName + ".new")
	if err := os.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	db, err := openBolt(temp, boltOptions(s.opts.NoSync))
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range append(every(), bucketMeta) {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		t := &txn{tx: tx}
		return t.meta(keyFormat, binary.BigEndian.AppendUint32(nil, formatVersion))
	})
	if err == nil && !s.opts.NoSync {
		err = db.Sync()
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("make the store: %w", err)
	}
	if err := os.Rename(temp, s.path(fileName)); err != nil {
		return err
	}
	if err := s.syncDir(); err != nil {
		return err
	}
	return s.openFile()
}

// syncDir flushes the names in the folder.
func (s *Store) syncDir() error {
	if s.opts.NoSync {
		return nil
	}
	d, err := os.Open(s.opts.Dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
