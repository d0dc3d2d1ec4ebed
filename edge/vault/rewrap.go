package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// oldSuffix marks a key file that hung from the former KEK and is to be destroyed.
const oldSuffix = ".old"

// Rewrap has every key of a vault that is not open hang from another KEK: each is
// sealed anew, proven by opening it, and takes the place of the old file, which is
// overwritten. Records are not touched. Cut off anywhere it is called again with the
// same two keys; the canary goes last, so that until all is done the vault asks for the
// old one. It tells how many keys hang from the new one.
func Rewrap(dir, site string, from, to KEK) (n int, err error) {
	if !from.given || !to.given {
		return 0, ErrKEK
	}
	if from.id() == to.id() {
		return 0, fmt.Errorf("%w: it is the present one", ErrKEK)
	}
	old := &keyring{dir: filepath.Join(dir, Keys), site: site, kek: from}
	next := &keyring{dir: old.dir, site: site, kek: to}
	names, err := filepath.Glob(filepath.Join(old.dir, "*"+keySuffix+oldSuffix))
	if err != nil {
		return 0, fmt.Errorf("vault: %w", err)
	}
	for _, name := range names { // of a call that was cut off
		if err := destroy(name); err != nil {
			return 0, err
		}
	}
	list, err := old.names()
	if err != nil {
		return 0, err
	}
	for _, name := range list {
		if err := old.moveTo(next, name); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// names lists the files of wrapped keys, the canary last.
func (k *keyring) names() ([]string, error) {
	files, err := filepath.Glob(filepath.Join(k.dir, dayPrefix+"*"+keySuffix))
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	for _, name := range []string{hashFile, canaryFile} {
		switch _, err := os.Stat(filepath.Join(k.dir, name)); {
		case err == nil:
			files = append(files, name)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("vault: %w", err)
		case name == canaryFile:
			return nil, fmt.Errorf("vault: %s holds no vault's keys: %w", k.dir, err)
		}
	}
	return files, nil
}

// moveTo has one key hang from another KEK; one that does already stays.
func (k *keyring) moveTo(next *keyring, name string) error {
	if _, err := next.load(name); err == nil {
		return nil
	}
	key, err := k.load(name)
	if err != nil {
		return err
	}
	id := next.kek.id()
	b, err := seal(append([]byte(nil), id[:]...), next.kek.key[:], key, next.aad(name))
	if err != nil {
		return err
	}
	proof, err := open(next.kek.key[:], b[len(id):], next.aad(name))
	if err != nil || !bytes.Equal(proof, key) {
		return fmt.Errorf("vault: %s cannot be opened with the new key: nothing was changed", name)
	}
	path := filepath.Join(k.dir, name)
	if err := os.Link(path, path+oldSuffix); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	if err := writeFile(path, b); err != nil {
		return err
	}
	return destroy(path + oldSuffix)
}

// destroy overwrites a file of a wrapped key and takes it away. Where the new one did
// not take its place it is still the key, by its other name.
func destroy(name string) error {
	kept, err := os.Stat(strings.TrimSuffix(name, oldSuffix))
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	this, err := os.Stat(name)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	if !os.SameFile(kept, this) {
		if err := overwrite(name); err != nil {
			return err
		}
	}
	if err := os.Remove(name); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	return syncDir(filepath.Dir(name))
}
