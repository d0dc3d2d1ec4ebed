package store

import (
	"encoding/binary"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"dcedge/edge"
)

// Outcomes lie in blocks of the ids of one slice of time (by the ids' own
// time), so that ids append at the end of the bucket and one key serves many.
// Key: slice u64, journal pos u64, number u16. Value: the newest decision's
// time u64 (ms), then per outcome: id, length u32, data.
const (
	sliceBits = 10 // 2^10 ms: about a second
	blockMax  = 256
	purgeGap  = time.Hour
)

func sliceOf(id edge.ID) uint64 { return uint64(id.Time().UnixMilli()) >> sliceBits }

func blocks(outcomes []edge.Remembered, pos uint64) []item {
	bySlice := make(map[uint64][]edge.Remembered)
	for _, o := range outcomes {
		k := sliceOf(o.ID)
		bySlice[k] = append(bySlice[k], o)
	}
	var items []item
	for k, list := range bySlice {
		n := uint16(0)
		for part := range slices.Chunk(list, blockMax) {
			key := binary.BigEndian.AppendUint64(nil, k)
			key = binary.BigEndian.AppendUint64(key, pos)
			key = binary.BigEndian.AppendUint16(key, n)
			items = append(items, item{bucket: bucketOutcomes, key: string(key), payload: block(part)})
			n++
		}
	}
	return items
}

func block(part []edge.Remembered) []byte {
	newest, size := int64(0), 8
	for _, o := range part {
		newest = max(newest, o.At.UnixMilli())
		size += 20 + len(o.Data)
	}
	b := binary.BigEndian.AppendUint64(make([]byte, 0, size), uint64(newest))
	for _, o := range part {
		b = append(b, o.ID[:]...)
		b = binary.BigEndian.AppendUint32(b, uint32(len(o.Data)))
		b = append(b, o.Data...)
	}
	return b
}

// find looks for id in a block's payload.
func find(b []byte, id edge.ID) ([]byte, bool, error) {
	if len(b) < 8 {
		return nil, false, damaged("a block of outcomes has %d bytes", len(b))
	}
	for b = b[8:]; len(b) > 0; {
		if len(b) < 20 {
			return nil, false, damaged("a block of outcomes ends early")
		}
		n := uint64(binary.BigEndian.Uint32(b[16:]))
		if uint64(len(b)) < 20+n {
			return nil, false, damaged("a block of outcomes ends early")
		}
		if edge.ID(b[:16]) == id {
			return b[20 : 20+n], true, nil
		}
		b = b[20+n:]
	}
	return nil, false, nil
}

// Outcome finds what was decided on a message; the bytes are the caller's. It
// knows what is written, see Applied. ErrDamaged: it cannot be known; Run ends
// too and the next Open rebuilds.
func (s *Store) Outcome(id edge.ID) (data []byte, found bool, err error) {
	err = guard(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			prefix := binary.BigEndian.AppendUint64(nil, sliceOf(id))
			c := tx.Bucket([]byte(bucketOutcomes)).Cursor()
			for k, v := c.Seek(prefix); len(k) >= 8 && string(k[:8]) == string(prefix) && !found; k, v = c.Next() {
				payload, err := open(bucketOutcomes, k, v)
				if err != nil {
					return err
				}
				var d []byte
				if d, found, err = find(payload, id); err != nil {
					return err
				}
				if found {
					data = slices.Clone(d)
				}
			}
			return nil
		})
	})
	return data, found, s.noteDamage(err)
}

// Newest is the end of the time slice of the newest id that the store
// remembers: an id of a later time is not in it. Zero: it remembers none.
func (s *Store) Newest() (at time.Time, err error) {
	err = guard(func() error {
		return s.db.View(func(tx *bolt.Tx) error {
			if k, _ := tx.Bucket([]byte(bucketOutcomes)).Cursor().Last(); len(k) >= 8 {
				at = sliceEnd(k)
			}
			return nil
		})
	})
	return at, err
}

func sliceEnd(key []byte) time.Time {
	return time.UnixMilli(int64((binary.BigEndian.Uint64(key) + 1) << sliceBits))
}

// purge forgets outcomes 72 h after the later of the id's own time and the
// decision, once an hour, in commits of at most MaxCommit keys.
func (s *Store) purge(now time.Time) error {
	if now.Before(s.purgeAt) {
		return nil
	}
	old := now.Add(-Remember)
	for {
		var keys [][]byte
		err := s.db.View(func(tx *bolt.Tx) error {
			c := tx.Bucket([]byte(bucketOutcomes)).Cursor()
			for k, v := c.First(); len(k) >= 8 && len(keys) < MaxCommit && sliceEnd(k).Before(old); k, v = c.Next() {
				payload, err := open(bucketOutcomes, k, v)
				if err != nil {
					return err
				}
				if len(payload) >= 8 && time.UnixMilli(int64(binary.BigEndian.Uint64(payload))).Before(old) {
					keys = append(keys, slices.Clone(k))
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(keys) == 0 {
			s.purgeAt = now.Add(purgeGap)
			return nil
		}
		err = update(s.db, func(t *txn) error {
			for _, k := range keys {
				if err := t.put(bucketOutcomes, k, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
