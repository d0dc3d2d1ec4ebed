package journal

import (
	"fmt"
	"os"
	"path/filepath"
)

// OSFS is the file system of the machine. Files are made 0600, folders 0700.
type OSFS struct{}

var _ FS = OSFS{}

// Create makes or empties a file.
func (OSFS) Create(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// Open opens a file that exists.
func (OSFS) Open(name string, write bool) (File, error) {
	flag := os.O_RDONLY
	if write {
		flag = os.O_RDWR
	}
	f, err := os.OpenFile(name, flag, 0)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// List returns the base names in dir.
func (OSFS) List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

// Rename moves a file over another.
func (OSFS) Rename(from, to string) error { return os.Rename(from, to) }

// Remove unlinks a file.
func (OSFS) Remove(name string) error { return os.Remove(name) }

// MkdirAll makes dir and flushes its name in its parent.
func (fs OSFS) MkdirAll(dir string) error {
	if st, err := os.Stat(dir); err == nil && st.IsDir() {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return fs.SyncDir(filepath.Dir(dir))
}

// SyncDir flushes the names in dir.
func (OSFS) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	if err := d.Sync(); err != nil {
		_ = d.Close() // the flush error is the one that matters
		return fmt.Errorf("flush folder %s: %w", dir, err)
	}
	return d.Close()
}

type osFile struct{ *os.File }

var (
	_ File     = osFile{}
	_ Reserver = osFile{}
)

func (f osFile) Size() (int64, error) {
	st, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return st.Size(), nil
}
