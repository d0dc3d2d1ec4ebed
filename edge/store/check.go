package store

import (
	"bytes"

	bolt "go.etcd.io/bbolt"
)

// checkBuckets reads whole buckets and compares every checksum, and the
// buckets' tallies.
func checkBuckets(tx *bolt.Tx, names []string) error {
	if _, err := readMark(tx); err != nil {
		return err
	}
	if _, err := readPosition(tx); err != nil {
		return err
	}
	for _, name := range names {
		if err := checkBucket(tx, name); err != nil {
			return err
		}
	}
	return nil
}

func checkBucket(tx *bolt.Tx, name string) error {
	b := tx.Bucket([]byte(name))
	if b == nil {
		return damaged("bucket %s is missing", name)
	}
	want := tally{}
	raw, err := readMeta(tx, tallyPrefix+name)
	if err != nil {
		return err
	}
	if raw != nil {
		if want, err = parseTally(raw); err != nil {
			return err
		}
	}
	var got tally
	var last []byte
	err = b.ForEach(func(k, v []byte) error {
		if _, err := open(name, k, v); err != nil {
			return err
		}
		if last != nil && bytes.Compare(last, k) >= 0 {
			return damaged("bucket %s: keys out of order at %q", name, k)
		}
		last = append(last[:0], k...)
		got.add(v)
		return nil
	})
	if err == nil && got != want {
		err = damaged("bucket %s holds %d values, %d were written, or their sums differ", name, got.n, want.n)
	}
	return err
}

// Check reads the whole store: every checksum, every tally, and bbolt's own
// page structure. ErrDamaged says what is wrong. It takes as long as reading
// the file and holds nothing up.
func (s *Store) Check() error { return checkAll(s.db) }

func checkAll(db *bolt.DB) error {
	return guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			if err := checkBuckets(tx, every()); err != nil {
				return err
			}
			if err := checkTrees(db, tx); err != nil {
				return err
			}
			// tx.Check works on a goroutine of its own where a fault could not be
			// caught; by now everything that it reads was found within its page.
			// All of it is waited for: it must not read on when the file is closed.
			var first error
			for err := range tx.Check() {
				if first == nil {
					first = damaged("%v", err)
				}
			}
			return first
		})
	})
}
