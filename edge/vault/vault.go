package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"dcedge/edge"
)

// File is the vault's name in the data folder, Keys that of its keys' folder.
const (
	File = "vault.db"
	Keys = "keys"
)

// KindAccess is the kind of the private record that a read leaves.
const KindAccess = "access"

// Recorder puts private records on disk before it returns.
type Recorder interface {
	Record(ctx context.Context, records ...edge.Private) error
}

// Orders tells whether an order that was received or parked names a ref.
type Orders interface {
	HasRecipient(ctx context.Context, client, order, ref string) (bool, error)
}

// Options are what Open needs. Retain is how long a day's key lives (default 90
// days; negative: for ever).
type Options struct {
	Dir      string // the data folder
	Site     string
	KEK      KEK
	Recorder Recorder
	Orders   Orders
	Now      func() time.Time // edge time
	Retain   time.Duration
	Logger   *slog.Logger
}

// Vault keeps personal data. Its methods may be called from any goroutine.
type Vault struct {
	opts  Options
	keys  *keyring
	hash  []byte // key of keyed hashes
	path  string
	mu    sync.RWMutex // write-locked while the file is swapped by a compaction
	db    *bbolt.DB
	dirty atomic.Bool // something was shredded since the last compaction
	seenM sync.Mutex
	seen  map[string]struct{} // refs that became orders, to be taken off the pending list
}

const (
	bucketRecords  = "records"  // ref version -> sealed record
	bucketSubjects = "subjects" // subject -> ref and the keyed hashes of its versions
	bucketPending  = "pending"  // ref version -> time, subject: put, not yet an order
	bucketMeta     = "meta"
)

// Open opens the vault in the data folder, or makes it, and tries its key. The
// caller ends with Close.
func Open(opts Options) (*Vault, error) {
	if opts.Dir == "" || opts.Site == "" || opts.Recorder == nil || opts.Now == nil || opts.Logger == nil {
		return nil, errors.New("vault: folder, site, recorder, clock and logger are all needed")
	}
	if opts.Retain == 0 {
		opts.Retain = 90 * 24 * time.Hour
	}
	keys, err := openKeyring(filepath.Join(opts.Dir, Keys), opts.Site, opts.KEK)
	if err != nil {
		return nil, err
	}
	v := &Vault{opts: opts, keys: keys, path: filepath.Join(opts.Dir, File), seen: map[string]struct{}{}}
	if opts.KEK.given {
		if v.hash, err = keys.loadOrMake(hashFile); err != nil {
			return nil, err
		}
	}
	if err := create(v.path); err != nil {
		return nil, err
	}
	v.db, err = openDB(v.path)
	return v, err
}

func openDB(path string) (db *bbolt.DB, err error) {
	if err := whole(path); err != nil {
		return nil, err
	}
	// What else is damaged may make bbolt panic or touch what is not mapped.
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			db, err = nil, fmt.Errorf("%w (%v)", ErrDamaged, r)
		}
	}()
	db, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, fmt.Errorf("vault: open %s: %w", filepath.Base(path), err)
	}
	return db, nil
}

// create makes an empty vault.db under a temporary name first: a power cut at
// its birth leaves none, not half of one.
func create(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tmp := path + ".tmp"
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("vault: %w", err)
	}
	db, err := openDB(tmp)
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range []string{bucketRecords, bucketSubjects, bucketPending, bucketMeta} {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		return tx.Bucket([]byte(bucketMeta)).Put([]byte("format"), []byte("1"))
	})
	if err := errors.Join(err, db.Sync(), db.Close()); err != nil {
		return fmt.Errorf("vault: create: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// Close ends the use of the vault.
func (v *Vault) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.db.Close()
}

// Locked tells that there is no key: labels cannot be printed.
func (v *Vault) Locked() bool { return !v.opts.KEK.given }

func (v *Vault) update(fn func(*bbolt.Tx) error) error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.db.Update(fn)
}

func (v *Vault) view(fn func(*bbolt.Tx) error) error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.db.View(fn)
}
