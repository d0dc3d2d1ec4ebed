package vault

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

const (
	dayLayout  = "2006-01-02"
	dayPrefix  = "day-"
	keySuffix  = ".key"
	canaryFile = "canary.key"
	hashFile   = "hash.key"
)

// keyring holds the wrapped keys of keys/. Each file is the KEK's id and one
// sealed key.
type keyring struct {
	dir  string
	site string
	kek  KEK

	mu   sync.Mutex
	days map[string][]byte // opened day keys
}

// openKeyring proves the KEK against the canary, or makes the canary of a new
// vault.
func openKeyring(dir, site string, kek KEK) (*keyring, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	k := &keyring{dir: dir, site: site, kek: kek, days: map[string][]byte{}}
	if !kek.given {
		return k, nil
	}
	_, err := k.load(canaryFile)
	if errors.Is(err, fs.ErrNotExist) {
		names, listErr := filepath.Glob(filepath.Join(dir, dayPrefix+"*"+keySuffix))
		if listErr != nil || len(names) > 0 {
			return nil, fmt.Errorf("vault: %s holds day keys but no %s: restore it from a backup", dir, canaryFile)
		}
		_, err = k.make(canaryFile)
	}
	return k, err
}

func (k *keyring) aad(name string) []byte { return bind("dcedge vault key", k.site, name) }

func (k *keyring) load(name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(k.dir, name))
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	id := k.kek.id()
	if len(b) != len(id)+wrapSize {
		return nil, fmt.Errorf("vault: %s has %d bytes, not %d: restore it from a backup", name, len(b), len(id)+wrapSize)
	}
	if [8]byte(b[:8]) != id {
		return nil, ErrWrongKEK
	}
	key, err := open(k.kek.key[:], b[8:], k.aad(name))
	if err != nil {
		return nil, fmt.Errorf("%w: key file %s is damaged or of another site", err, name)
	}
	return key, nil
}

func (k *keyring) make(name string) ([]byte, error) {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	id := k.kek.id()
	b, err := seal(append([]byte(nil), id[:]...), k.kek.key[:], key, k.aad(name))
	if err != nil {
		return nil, err
	}
	return key, writeFile(filepath.Join(k.dir, name), b)
}

// loadOrMake gives a key that is made when first asked for.
func (k *keyring) loadOrMake(name string) ([]byte, error) {
	key, err := k.load(name)
	if errors.Is(err, fs.ErrNotExist) {
		return k.make(name)
	}
	return key, err
}

// day gives the key of a day; create makes it on the day itself.
func (k *keyring) day(day string, create bool) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.days[day]; ok {
		return key, nil
	}
	if _, err := time.Parse(dayLayout, day); err != nil {
		return nil, ErrSealed
	}
	var key []byte
	var err error
	if create {
		key, err = k.loadOrMake(dayPrefix + day + keySuffix)
	} else if key, err = k.load(dayPrefix + day + keySuffix); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: the key of %s is destroyed", ErrSealed, day)
	}
	if err != nil {
		return nil, err
	}
	k.days[day] = key
	return key, nil
}

// dropBefore destroys the keys of days before a day: overwritten, unlinked, the
// folder flushed. Disks that level wear may keep old sectors: the KEK should
// not lie on the same medium.
func (k *keyring) dropBefore(day string) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	names, err := filepath.Glob(filepath.Join(k.dir, dayPrefix+"*"+keySuffix))
	if err != nil {
		return 0, fmt.Errorf("vault: %w", err)
	}
	n := 0
	for _, name := range names {
		of := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), dayPrefix), keySuffix)
		if of >= day {
			continue
		}
		if err := overwrite(name); err != nil {
			return n, err
		}
		if err := os.Remove(name); err != nil {
			return n, fmt.Errorf("vault: %w", err)
		}
		clear(k.days[of])
		delete(k.days, of)
		n++
	}
	if n == 0 {
		return 0, nil
	}
	return n, syncDir(k.dir)
}

func overwrite(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	_, err = f.Write(make([]byte, 8+wrapSize))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("vault: overwrite %s: %w", filepath.Base(name), err)
	}
	return nil
}

// writeFile makes a file whole or not at all, and durable.
func writeFile(path string, b []byte) error {
	tmp := path + ".tmp"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("vault: write %s: %w", filepath.Base(path), err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("vault: flush folder: %w", err)
	}
	return nil
}
