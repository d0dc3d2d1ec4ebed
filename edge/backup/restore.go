package backup

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"dcedge/edge"
	"dcedge/edge/journal"
)

// asideSuffix marks the folder in which a restore is made.
const asideSuffix = ".restoring"

// Restored is what a restore came to.
type Restored struct {
	Manifest
	NewEpoch string
}

// Read reads the manifest of a backup.
func Read(from string) (*Manifest, error) {
	text, err := os.ReadFile(filepath.Join(from, manifestFile))
	if err != nil {
		return nil, fmt.Errorf("%w in %s: %w", ErrNoBackup, from, err)
	}
	m := &Manifest{}
	if err := json.Unmarshal(text, m); err != nil || m.Format < 1 || m.Site == "" || m.Epoch == "" {
		return nil, fmt.Errorf("%w: %s cannot be read", ErrDamaged, manifestFile)
	}
	if m.Format > format {
		return nil, fmt.Errorf("backup: made by a newer version (format %d, this one knows %d)", m.Format, format)
	}
	return m, nil
}

// Restore lays a backup down as the data folder of a site, which must not be
// there or be empty. try, which may be nil, is called with the folder before it
// has its name; an error of its ends the restore.
func Restore(from, keys, data, site string, try func(dir string) error, log *slog.Logger) (*Restored, error) {
	m, err := Read(from)
	if err != nil {
		return nil, err
	}
	if m.Site != site {
		return nil, fmt.Errorf("backup: of site %s, the configuration is of %s", m.Site, site)
	}
	if err := emptyFolder(data); err != nil {
		return nil, err
	}
	dir := strings.TrimRight(data, "/") + asideSuffix
	if err := os.RemoveAll(dir); err != nil { // of a restore that was cut off
		return nil, fmt.Errorf("backup: %w", err)
	}
	if err := m.layDown(from, keys, dir); err != nil {
		return nil, err
	}
	if _, err := prove(dir, m); err != nil {
		return nil, err
	}
	out := &Restored{Manifest: *m}
	if out.NewEpoch, err = fork(filepath.Join(dir, "journal"), log); err != nil {
		return nil, err
	}
	if try != nil {
		if err := try(dir); err != nil {
			return nil, err
		}
	}
	if err := syncDir(dir); err != nil {
		return nil, err
	}
	if err := os.Remove(data); err != nil { // it is empty; os.Rename takes the place of no folder
		return nil, fmt.Errorf("backup: %w", err)
	}
	if err := os.Rename(dir, data); err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return out, syncDir(filepath.Dir(data))
}

// layDown copies and proves every file.
func (m *Manifest) layDown(from, keys, dir string) error {
	for _, name := range logs() {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
	}
	for name, want := range m.Files {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("%w: %s names a file outside", ErrDamaged, manifestFile)
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		if err := copyFile(filepath.Join(from, filepath.FromSlash(name)), to); err != nil {
			return err
		}
		if have, err := sumOf(to); err != nil || have != want {
			return fmt.Errorf("%w: %s is not as it was written (%v)", ErrDamaged, name, err)
		}
	}
	for _, name := range logs() {
		if err := syncDir(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	if _, err := os.Stat(filepath.Join(keys, "edge.key")); err != nil {
		return fmt.Errorf("backup: the keys that were copied with it are needed: %w", err)
	}
	return copyFolder(keys, filepath.Join(dir, keysFolder))
}

// fork seals the epoch of before and begins the new one.
func fork(dir string, log *slog.Logger) (epoch string, err error) {
	l, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: dir, Logger: log})
	if err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	err = l.Fork(journal.Birth{Reason: edge.EpochRestored})
	epoch = l.Epoch()
	if e := l.Close(); err == nil {
		err = e
	}
	if err != nil {
		return "", fmt.Errorf("backup: %w", err)
	}
	return epoch, nil
}
