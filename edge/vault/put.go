package vault

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"strconv"

	"go.etcd.io/bbolt"

	"dcedge/edge"
)

// subjectKey says whose data a record is.
func subjectKey(it *edge.PersonalItem) []byte {
	switch {
	case it.Worker != "":
		return []byte("worker\x00\x00" + it.Worker)
	case it.Note != "":
		return []byte("note\x00\x00" + it.Note)
	}
	return []byte("order\x00" + it.Client + "\x00" + it.Order)
}

// ofOrder tells whether a record is an order's: those are counted by version, and
// shredded where no order ever names them.
func ofOrder(it *edge.PersonalItem) bool { return it.Worker == "" && it.Note == "" }

// Hash is a keyed hash of a record's content: equal content, equal hash, and
// nobody without the KEK can try contents against it. 32 hex digits.
func (v *Vault) Hash(p edge.Personal) (string, error) {
	if v.Locked() {
		return "", ErrLocked
	}
	plain, err := json.Marshal(p)
	if err != nil {
		return "", errors.New("vault: record cannot be encoded")
	}
	sum := v.mac("content", plain)
	return hex.EncodeToString(sum[:16]), nil
}

func (v *Vault) mac(what string, b []byte) []byte {
	h := hmac.New(sha256.New, v.hash)
	h.Write([]byte(what + "\x00"))
	h.Write(b)
	return h.Sum(nil)
}

// Put stores records in one commit; on disk when it returns. A content that an
// order had before gives the version that it has (known), another one the next;
// of a worker only the last content counts.
func (v *Vault) Put(items []edge.PersonalItem) (refs []edge.PersonalRef, known []bool, err error) {
	if v.Locked() {
		return nil, nil, ErrLocked
	}
	if len(items) == 0 {
		return nil, nil, nil
	}
	now := v.opts.Now().UTC()
	day := now.Format(dayLayout)
	key, err := v.keys.day(day, true)
	if err != nil {
		return nil, nil, err
	}
	err = v.update(func(tx *bbolt.Tx) error {
		refs, known = refs[:0], known[:0]
		for i := range items {
			ref, had, err := v.putOne(tx, &items[i], key, day, uint64(now.UnixMilli()))
			if err != nil {
				return err
			}
			refs, known = append(refs, ref), append(known, had)
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("vault: put: %w", err)
	}
	return refs, known, nil
}

func (v *Vault) putOne(tx *bbolt.Tx, it *edge.PersonalItem, dayKey []byte, day string, now uint64) (ref edge.PersonalRef, known bool, err error) {
	plain, err := json.Marshal(it.Data)
	if err != nil {
		return ref, false, errors.New("record cannot be encoded")
	}
	defer clear(plain)
	subjects := tx.Bucket([]byte(bucketSubjects))
	s, err := parseSubject(subjects.Get(subjectKey(it)))
	if err != nil {
		return ref, false, err
	}
	sum := [32]byte(v.mac("content", plain))
	for i, h := range s.hashes {
		ref = edge.PersonalRef{Ref: s.ref, Version: i + 1}
		if h == sum && (ofOrder(it) || i == len(s.hashes)-1) && tx.Bucket([]byte(bucketRecords)).Get(recordKey(ref)) != nil {
			return ref, true, renew(tx, ref, now)
		}
	}
	if s.ref == "" {
		var random [16]byte
		_, _ = rand.Read(random[:]) // never fails (crypto/rand)
		s.ref = hex.EncodeToString(random[:])
	}
	s.hashes = append(s.hashes, sum)
	ref = edge.PersonalRef{Ref: s.ref, Version: len(s.hashes)}
	sealed, err := sealRecord(dayKey, day, v.opts.Site, ref.Ref, strconv.Itoa(ref.Version), plain)
	if err != nil {
		return ref, false, err
	}
	err = errors.Join(tx.Bucket([]byte(bucketRecords)).Put(recordKey(ref), sealed), subjects.Put(subjectKey(it), s.bytes()))
	if err == nil && ofOrder(it) {
		value := append(binary.BigEndian.AppendUint64(nil, now), subjectKey(it)...)
		err = tx.Bucket([]byte(bucketPending)).Put(recordKey(ref), value)
	}
	return ref, false, err
}

// renew gives what is pushed again before it became an order another 24 hours:
// else it could be shredded between this push and its order.
func renew(tx *bbolt.Tx, ref edge.PersonalRef, now uint64) error {
	b := tx.Bucket([]byte(bucketPending))
	old := b.Get(recordKey(ref))
	if len(old) < 8 {
		return nil
	}
	return b.Put(recordKey(ref), append(binary.BigEndian.AppendUint64(nil, now), old[8:]...))
}

// recordKey is the ref's text and the version.
func recordKey(r edge.PersonalRef) []byte {
	return binary.BigEndian.AppendUint32([]byte(r.Ref), uint32(r.Version))
}

// subject is the index entry of whose data it is: ref (32 hex digits), the hash of
// each version, CRC32C.
type subject struct {
	ref    string
	hashes [][32]byte
}

const refSize = 32

func (s subject) bytes() []byte {
	b := []byte(s.ref)
	for _, h := range s.hashes {
		b = append(b, h[:]...)
	}
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

func parseSubject(b []byte) (subject, error) {
	if b == nil {
		return subject{}, nil
	}
	n := len(b) - 4
	if n < refSize || (n-refSize)%32 != 0 || binary.BigEndian.Uint32(b[n:]) != crc32.Checksum(b[:n], crc32.MakeTable(crc32.Castagnoli)) {
		return subject{}, errors.New("an index entry is damaged: restore vault.db from a backup")
	}
	s := subject{ref: string(b[:refSize])}
	for at := refSize; at < n; at += 32 {
		s.hashes = append(s.hashes, [32]byte(b[at:at+32]))
	}
	return s, nil
}
