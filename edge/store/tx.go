package store

import (
	bolt "go.etcd.io/bbolt"
)

// txn is one bbolt transaction that keeps the tallies of the buckets that it
// touches.
type txn struct {
	tx      *bolt.Tx
	buckets map[string]*openBucket
}

type openBucket struct {
	b *bolt.Bucket
	t tally
}

// update runs fn in one transaction: one commit.
func update(db *bolt.DB, fn func(*txn) error) error {
	return db.Update(func(tx *bolt.Tx) error {
		t := &txn{tx: tx, buckets: make(map[string]*openBucket)}
		if err := fn(t); err != nil {
			return err
		}
		for name, o := range t.buckets {
			if err := t.meta(tallyPrefix+name, o.t.bytes()); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *txn) bucket(name string) (*openBucket, error) {
	if o, ok := t.buckets[name]; ok {
		return o, nil
	}
	o := &openBucket{b: t.tx.Bucket([]byte(name))}
	if o.b == nil {
		return nil, damaged("bucket %s is missing", name)
	}
	raw, err := readMeta(t.tx, tallyPrefix+name)
	if err != nil {
		return nil, err
	}
	if raw != nil {
		if o.t, err = parseTally(raw); err != nil {
			return nil, err
		}
	}
	t.buckets[name] = o
	return o, nil
}

// put seals and writes payload; a nil payload removes the key.
func (t *txn) put(name string, key, payload []byte) error {
	if payload == nil {
		return t.raw(name, key, nil)
	}
	return t.raw(name, key, seal(name, key, payload))
}

// raw writes a value that is sealed already; nil removes the key.
func (t *txn) raw(name string, key, value []byte) error {
	o, err := t.bucket(name)
	if err != nil {
		return err
	}
	if old := o.b.Get(key); old != nil {
		o.t.drop(old)
	}
	if value == nil {
		return o.b.Delete(key)
	}
	o.t.add(value)
	return o.b.Put(key, value)
}

// get returns the stored value with its checksum; nil: none.
func (t *txn) get(name string, key []byte) ([]byte, error) {
	o, err := t.bucket(name)
	if err != nil {
		return nil, err
	}
	return o.b.Get(key), nil
}

// empty removes everything from a bucket.
func (t *txn) empty(name string) error {
	if err := t.tx.DeleteBucket([]byte(name)); err != nil {
		return err
	}
	b, err := t.tx.CreateBucket([]byte(name))
	if err != nil {
		return err
	}
	t.buckets[name] = &openBucket{b: b}
	return nil
}

func (t *txn) meta(key string, payload []byte) error {
	b := t.tx.Bucket([]byte(bucketMeta))
	if b == nil {
		return damaged("bucket %s is missing", bucketMeta)
	}
	return b.Put([]byte(key), seal(bucketMeta, []byte(key), payload))
}

func readMeta(tx *bolt.Tx, key string) ([]byte, error) {
	b := tx.Bucket([]byte(bucketMeta))
	if b == nil {
		return nil, damaged("bucket %s is missing", bucketMeta)
	}
	v := b.Get([]byte(key))
	if v == nil {
		return nil, nil
	}
	return open(bucketMeta, []byte(key), v)
}
