package vault

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"dcedge/edge"
)

// orphanAge is how long a record waits for its order.
const orphanAge = 24 * time.Hour

// Committed takes note of recipients that orders now name; it never blocks for
// I/O, so it may stand in the engine's subscription.
func (v *Vault) Committed(c *edge.Commit) {
	for i := range c.Events {
		var ref string
		switch d := c.Events[i].Data.(type) {
		case *edge.OrderReceived:
			ref = d.RecipientRef
		case *edge.OrderChanged:
			ref = d.RecipientRef
		}
		if ref != "" {
			v.seenM.Lock()
			v.seen[ref] = struct{}{}
			v.seenM.Unlock()
		}
	}
}

// Run keeps house until ctx ends: every hour it takes what became an order off
// the pending list, shreds what did not within 24 hours, destroys the keys of
// days past the retention, and compacts when anything was shredded. Then, and at
// its start, it makes the copy that a backup takes.
func (v *Vault) Run(ctx context.Context) error {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		if err := v.Snapshot(); err != nil {
			v.opts.Logger.Warn("no copy of the vault", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := v.Clean(ctx); err != nil && ctx.Err() == nil {
			v.opts.Logger.Warn("vault not cleaned", "error", err)
		}
	}
}

// Clean does what Run does every hour, once.
func (v *Vault) Clean(ctx context.Context) error {
	if err := v.settle(); err != nil {
		return err
	}
	orphans, err := v.orphans(ctx)
	if err != nil {
		return err
	}
	shredded := len(orphans)
	if err := v.drop(orphans); err != nil {
		return err
	}
	if v.opts.Retain > 0 {
		n, err := v.keys.dropBefore(v.opts.Now().UTC().Add(-v.opts.Retain).Format(dayLayout))
		if err != nil {
			return err
		}
		if n > 0 {
			if err := v.dropDead(); err != nil {
				return err
			}
		}
		shredded += n
	}
	if !v.dirty.Swap(false) && shredded == 0 {
		return nil
	}
	v.opts.Logger.Info("personal data shredded", "orphansAndDays", shredded)
	return v.Compact()
}

// pend is one entry of the pending list.
type pend struct {
	ref     edge.PersonalRef
	put     time.Time
	subject string
}

func parsePend(k, value []byte) (pend, bool) {
	if len(k) != refSize+4 || len(value) < 8 {
		return pend{}, false
	}
	return pend{put: time.UnixMilli(int64(binary.BigEndian.Uint64(value))), subject: string(value[8:]),
		ref: edge.PersonalRef{Ref: string(k[:refSize]), Version: int(binary.BigEndian.Uint32(k[refSize:]))}}, true
}

// settle takes refs that became orders off the pending list.
func (v *Vault) settle() error {
	v.seenM.Lock()
	seen := v.seen
	v.seen = map[string]struct{}{}
	v.seenM.Unlock()
	if len(seen) == 0 {
		return nil
	}
	err := v.update(func(tx *bbolt.Tx) error {
		c := tx.Bucket([]byte(bucketPending)).Cursor()
		for ref := range seen {
			for k, _ := c.Seek([]byte(ref)); bytes.HasPrefix(k, []byte(ref)); k, _ = c.Seek([]byte(ref)) {
				if err := c.Delete(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("vault: settle: %w", err)
	}
	return nil
}

// orphans finds what was put over 24 hours ago and never became an order. What
// turns out to be an order after all is taken off the list.
func (v *Vault) orphans(ctx context.Context) ([]pend, error) {
	limit := v.opts.Now().Add(-orphanAge)
	var old []pend
	err := v.view(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(bucketPending)).ForEach(func(k, value []byte) error {
			if p, ok := parsePend(k, value); ok && p.put.Before(limit) {
				old = append(old, p)
			}
			return nil
		})
	})
	if err != nil || v.opts.Orders == nil {
		return nil, err
	}
	var out []pend
	for _, p := range old {
		parts := strings.SplitN(p.subject, "\x00", 3)
		if len(parts) != 3 {
			continue
		}
		known, err := v.opts.Orders.HasRecipient(ctx, parts[1], parts[2], p.ref.Ref)
		if err != nil {
			return nil, fmt.Errorf("vault: orphans: %w", err)
		}
		if !known {
			out = append(out, p)
			continue
		}
		v.seenM.Lock()
		v.seen[p.ref.Ref] = struct{}{}
		v.seenM.Unlock()
	}
	return out, nil
}

// drop deletes records with their place in the pending list and, with a
// subject's last version, its index entry.
func (v *Vault) drop(list []pend) error {
	if len(list) == 0 {
		return nil
	}
	limit := v.opts.Now().Add(-orphanAge)
	err := v.update(func(tx *bbolt.Tx) error {
		records, pending := tx.Bucket([]byte(bucketRecords)), tx.Bucket([]byte(bucketPending))
		for _, p := range list {
			if now, ok := parsePend(recordKey(p.ref), pending.Get(recordKey(p.ref))); !ok || !now.put.Before(limit) {
				continue // pushed again meanwhile
			}
			err := errors.Join(records.Delete(recordKey(p.ref)), pending.Delete(recordKey(p.ref)))
			k, _ := records.Cursor().Seek([]byte(p.ref.Ref))
			if !bytes.HasPrefix(k, []byte(p.ref.Ref)) {
				err = errors.Join(err, tx.Bucket([]byte(bucketSubjects)).Delete([]byte(p.subject)))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("vault: shred: %w", err)
	}
	return nil
}

// Shred deletes every version of an order's recipient now. What is left of it
// in free pages goes with the compaction of the next Clean.
func (v *Vault) Shred(client, order string) error {
	key := subjectKey(&edge.PersonalItem{Client: client, Order: order})
	err := v.update(func(tx *bbolt.Tx) error {
		s, err := parseSubject(tx.Bucket([]byte(bucketSubjects)).Get(key))
		if err != nil || s.ref == "" {
			return err
		}
		for version := range s.hashes {
			k := recordKey(edge.PersonalRef{Ref: s.ref, Version: version + 1})
			err = errors.Join(err, tx.Bucket([]byte(bucketRecords)).Delete(k), tx.Bucket([]byte(bucketPending)).Delete(k))
		}
		return errors.Join(err, tx.Bucket([]byte(bucketSubjects)).Delete(key))
	})
	if err != nil {
		return fmt.Errorf("vault: shred: %w", err)
	}
	v.dirty.Store(true)
	return nil
}

// dropDead deletes records whose day's key is destroyed.
func (v *Vault) dropDead() error {
	err := v.update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(bucketRecords))
		var dead [][]byte
		err := b.ForEach(func(k, value []byte) error {
			day, err := recordDay(value)
			if err != nil {
				return nil // damaged: left for a person to see
			}
			if _, err := v.keys.day(day, false); errors.Is(err, ErrSealed) {
				dead = append(dead, bytes.Clone(k))
			}
			return nil
		})
		for _, k := range dead {
			err = errors.Join(err, b.Delete(k))
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("vault: shred: %w", err)
	}
	return nil
}

// Compact writes the vault anew without free pages, in which deleted values
// stay readable, and puts it in the place of the old one.
func (v *Vault) Compact() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	tmp := v.path + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("vault: %w", err)
	}
	to, err := openDB(tmp)
	if err != nil {
		return err
	}
	if err := errors.Join(bbolt.Compact(to, v.db, 1<<20), to.Sync(), to.Close()); err != nil {
		return fmt.Errorf("vault: compact: %w", err)
	}
	if err := os.Rename(tmp, v.path); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	if err := syncDir(filepath.Dir(v.path)); err != nil {
		return err
	}
	if err := v.db.Close(); err != nil {
		return fmt.Errorf("vault: compact: %w", err)
	}
	v.db, err = openDB(v.path)
	return err
}
