package vault

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"go.etcd.io/bbolt"

	"dcedge/edge"
)

// Purpose is who reads personal data, and why. It goes into the access record
// as it is: it must hold no personal data itself.
type Purpose struct {
	Who    string `json:"who"`              // worker, or the part of the program
	Where  string `json:"where,omitempty"`  // device or address
	What   string `json:"what"`             // print, reveal, ...
	Why    string `json:"why"`              // reason code or attempt
	Client string `json:"client,omitempty"` // whose order
	Order  string `json:"order,omitempty"`
}

// access is the record of one read.
type access struct {
	At string `json:"at"`
	Purpose
	Ref     string `json:"ref"`
	Version int    `json:"version"`
}

// Get gives one version of a record. The access record is on disk before
// anything is opened; if it cannot be written nothing leaves.
func (v *Vault) Get(ctx context.Context, ref edge.PersonalRef, why Purpose) (edge.Personal, error) {
	if v.Locked() {
		return edge.Personal{}, ErrLocked
	}
	if why.Who == "" || why.What == "" || why.Why == "" {
		return edge.Personal{}, ErrPurpose
	}
	at := v.opts.Now().UTC()
	value, err := json.Marshal(access{At: at.Format(edge.TimeLayout), Purpose: why, Ref: ref.Ref, Version: ref.Version})
	if err != nil {
		return edge.Personal{}, fmt.Errorf("vault: access record: %w", err)
	}
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	key := at.Format("20060102T150405.000Z") + "-" + hex.EncodeToString(id[:])
	if err := v.opts.Recorder.Record(ctx, edge.Private{Kind: KindAccess, Key: key, Value: value}); err != nil {
		return edge.Personal{}, fmt.Errorf("vault: access record: %w", err)
	}
	return v.read(ref)
}

// Masked gives what a screen may show of a recipient: no access record, since
// nothing leaves that could name a person.
func (v *Vault) Masked(ref edge.PersonalRef) (edge.Masked, error) {
	if v.Locked() {
		return edge.Masked{}, ErrLocked
	}
	p, err := v.read(ref)
	if err != nil || p.Recipient == nil {
		return edge.Masked{}, err
	}
	return Mask(*p.Recipient), nil
}

// WorkerName gives a worker's masked name, "" where there is none.
func (v *Vault) WorkerName(id string) (string, error) {
	if v.Locked() {
		return "", ErrLocked
	}
	ref, err := v.newest(&edge.PersonalItem{Worker: id})
	if err != nil || ref.Ref == "" {
		return "", err
	}
	p, err := v.read(ref)
	return maskName(p.WorkerName), err
}

// Whole gives the newest content of a worker's name or a note as it is. The
// access record is on disk before anything is opened. ErrNotFound: there is none.
func (v *Vault) Whole(ctx context.Context, it edge.PersonalItem, why Purpose) (edge.Personal, error) {
	if v.Locked() {
		return edge.Personal{}, ErrLocked
	}
	ref, err := v.newest(&it)
	if err != nil {
		return edge.Personal{}, err
	}
	if ref.Ref == "" {
		return edge.Personal{}, ErrNotFound
	}
	return v.Get(ctx, ref, why)
}

// newest finds the last version of a subject; an empty one where there is none.
func (v *Vault) newest(it *edge.PersonalItem) (ref edge.PersonalRef, err error) {
	err = v.view(func(tx *bbolt.Tx) error {
		s, err := parseSubject(tx.Bucket([]byte(bucketSubjects)).Get(subjectKey(it)))
		if err == nil && s.ref != "" {
			ref = edge.PersonalRef{Ref: s.ref, Version: len(s.hashes)}
		}
		return err
	})
	return ref, err
}

func (v *Vault) read(ref edge.PersonalRef) (edge.Personal, error) {
	var value []byte
	err := v.view(func(tx *bbolt.Tx) error {
		value = append(value, tx.Bucket([]byte(bucketRecords)).Get(recordKey(ref))...)
		return nil
	})
	if err != nil {
		return edge.Personal{}, fmt.Errorf("vault: %w", err)
	}
	if value == nil {
		return edge.Personal{}, ErrNotFound
	}
	day, err := recordDay(value)
	if err != nil {
		return edge.Personal{}, err
	}
	key, err := v.keys.day(day, false)
	if err != nil {
		return edge.Personal{}, err
	}
	plain, err := openRecord(key, value, v.opts.Site, ref.Ref, strconv.Itoa(ref.Version))
	if err != nil {
		return edge.Personal{}, err
	}
	defer clear(plain)
	var p edge.Personal
	if err := json.Unmarshal(plain, &p); err != nil {
		return edge.Personal{}, ErrSealed // the cause might quote the data
	}
	return p, nil
}
