package store

import (
	"bytes"

	bolt "go.etcd.io/bbolt"
)

// keepOld writes what stands at it now into the undo bucket, under "bucket NUL
// key": the stored value as it is, or nothing where there is none. A
// generation that is tried again after a full disk keeps what it found first.
func (t *txn) keepOld(it item) error {
	if kept, err := t.get(bucketUndo, joined(it.bucket, it.key)); err != nil || kept != nil {
		return err
	}
	old, err := t.get(it.bucket, []byte(it.key))
	if err != nil {
		return err
	}
	return t.put(bucketUndo, joined(it.bucket, it.key), append([]byte{}, old...))
}

// rollBack takes a half-written generation back.
func rollBack(db *bolt.DB) error {
	half := false
	err := db.View(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(bucketUndo))
		if b == nil {
			return damaged("bucket %s is missing", bucketUndo)
		}
		half = !vacant(b)
		return checkBucket(tx, bucketUndo)
	})
	if err != nil || !half {
		return err
	}
	return update(db, func(t *txn) error {
		c := t.tx.Bucket([]byte(bucketUndo)).Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			old, err := open(bucketUndo, k, v)
			if err != nil {
				return err
			}
			bucket, key, ok := bytes.Cut(k, []byte{0})
			if !ok {
				return damaged("bucket %s: key %q", bucketUndo, k)
			}
			if len(old) == 0 {
				old = nil
			}
			if err := t.raw(string(bucket), key, bytes.Clone(old)); err != nil {
				return err
			}
		}
		return t.empty(bucketUndo)
	})
}

func vacant(b *bolt.Bucket) bool {
	k, _ := b.Cursor().First()
	return k == nil
}

func (t *txn) forgetUndo() error {
	o, err := t.bucket(bucketUndo)
	if err != nil || vacant(o.b) {
		return err
	}
	return t.empty(bucketUndo)
}
