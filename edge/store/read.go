package store

import (
	"bytes"
	"encoding/json"

	bolt "go.etcd.io/bbolt"

	"dcedge/edge"
)

// Load calls fn for every entity of the state at the mark, as JSON that is
// valid only within fn.
func (s *Store) Load(fn func(table, key string, value []byte) error) error {
	return s.noteDamage(guard(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			for _, table := range stateTables() {
				err := tx.Bucket([]byte(table)).ForEach(func(k, v []byte) error {
					payload, err := open(table, k, v)
					if err != nil {
						return err
					}
					return fn(table, string(k), payload)
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
	}))
}

// Privates gives the newest private records of a kind in the order of their
// keys. It knows what is written: call it after Flush or after a start.
func (s *Store) Privates(kind string) (out []edge.Private, err error) {
	prefix := joined(kind, "")
	err = s.noteDamage(guard(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			c := tx.Bucket([]byte(bucketPrivates)).Cursor()
			for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
				payload, err := open(bucketPrivates, k, v)
				if err != nil {
					return err
				}
				out = append(out, edge.Private{Kind: kind, Key: string(k[len(prefix):]), Value: bytes.Clone(payload)})
			}
			return nil
		})
	}))
	return out, err
}

// Closed is how an order ended.
type Closed struct {
	Hash  string          `json:"hash,omitempty"` // of its record: tells a repeated push
	Stage edge.OrderStage `json:"stage"`          // shipped or cancelled
}

func closedValue(o *edge.Order) []byte {
	b := append([]byte(`{"hash":`), edge.AppendQuoted(nil, o.Hash)...)
	b = append(b, `,"stage":`...)
	return append(edge.AppendQuoted(b, string(o.Stage)), '}')
}

// Closed tells whether an order has ended, ever; key is the order's key in the
// state.
func (s *Store) Closed(key string) (c Closed, found bool, err error) {
	err = s.noteDamage(guard(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			v := tx.Bucket([]byte(bucketClosed)).Get([]byte(key))
			if v == nil {
				return nil
			}
			payload, err := open(bucketClosed, []byte(key), v)
			if err != nil {
				return err
			}
			found = true
			return json.Unmarshal(payload, &c)
		})
	}))
	return c, found, err
}
