package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"dcedge/edge/journal"
)

// Errors of backups.
var (
	// ErrNotEmpty is returned for a folder that holds something already.
	ErrNotEmpty = errors.New("backup: the folder is not empty")
	// ErrNoBackup is returned for a folder without a whole backup.
	ErrNoBackup = errors.New("backup: no whole backup")
	// ErrDamaged is returned for a backup that is not what backup.json says.
	ErrDamaged = errors.New("backup: damaged")
)

const (
	manifestFile = "backup.json"
	format       = 1
	vaultFile    = "vault.db"
	vaultCopy    = "vault.snap" // made by a running edge
	keysFolder   = "keys"
)

// logs are the folders with a log.
func logs() []string { return []string{"journal", "reference"} }

// Manifest is backup.json.
type Manifest struct {
	Format int             `json:"format"`
	Site   string          `json:"site"`
	At     time.Time       `json:"at"`
	Epoch  string          `json:"epoch"`
	Seq    uint64          `json:"seq"`  // last event in it
	Hash   string          `json:"hash"` // chain's hash there
	Vault  time.Time       `json:"vault,omitzero"`
	Files  map[string]File `json:"files"` // by path, slashes
}

// File is a file of a backup.
type File struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Make copies the data folder of an edge into the empty folder to, and its keys
// into the empty folder keys. The edge may be running.
func Make(data, site, to, keys string, now time.Time) (*Manifest, error) {
	if _, err := os.Stat(filepath.Join(data, "journal")); err != nil {
		return nil, fmt.Errorf("backup: no data of an edge: %w", err)
	}
	for _, dir := range []string{to, keys} {
		if err := emptyFolder(dir); err != nil {
			return nil, err
		}
	}
	lock, err := journal.Lock(data) // held: the edge is not started meanwhile
	running := new(journal.LockedError)
	switch {
	case err == nil:
		defer func() { _ = lock.Unlock() }() // closes a file that nothing was written to
	case !errors.As(err, &running):
		return nil, fmt.Errorf("backup: %w", err)
	}
	m := &Manifest{Format: format, Site: site, At: now, Files: map[string]File{}}
	for _, name := range logs() {
		l, err := journal.Copy(journal.OSFS{}, filepath.Join(data, name), filepath.Join(to, name), nil)
		if err != nil {
			return nil, fmt.Errorf("backup: %w", err)
		}
		if name == "journal" {
			head := l.Head()
			m.Epoch, m.Seq, m.Hash = l.Epoch(), head.Seq, hex.EncodeToString(head.Hash[:])
		}
	}
	if err := m.copyVault(data, to, err == nil); err != nil {
		return nil, err
	}
	if err := copyFolder(filepath.Join(data, keysFolder), keys); err != nil {
		return nil, err
	}
	if err := m.note(to); err != nil {
		return nil, err
	}
	if _, err := prove(to, m); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	return m, writeWhole(filepath.Join(to, manifestFile), append(text, '\n'))
}

// copyVault takes the vault as it is where the edge stands still, else the copy
// that the running edge made last.
func (m *Manifest) copyVault(data, to string, still bool) error {
	from := filepath.Join(data, vaultCopy)
	if still {
		from = filepath.Join(data, vaultFile)
	}
	info, err := os.Stat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the caller says so
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	m.Vault = info.ModTime()
	return copyFile(from, filepath.Join(to, vaultFile))
}

// note lists the files of a folder.
func (m *Manifest) note(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := sumOf(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		m.Files[filepath.ToSlash(rel)] = f
		return err
	})
}

func sumOf(path string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, fmt.Errorf("backup: %w", err)
	}
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err := errors.Join(err, f.Close()); err != nil {
		return File{}, fmt.Errorf("backup: %w", err)
	}
	return File{Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}

// prove reads both logs whole; the journal must end where m says.
func prove(dir string, m *Manifest) (head journal.Place, err error) {
	for _, name := range logs() {
		r, err := journal.Verify(journal.OSFS{}, filepath.Join(dir, name))
		if err != nil {
			return head, fmt.Errorf("backup: %s: %w", name, err)
		}
		if !r.OK() {
			return head, fmt.Errorf("%w: %s: %w", ErrDamaged, name, r.Damaged[0])
		}
		if name == "journal" {
			head = r.Head
			if r.Epoch != m.Epoch || head.Seq != m.Seq || hex.EncodeToString(head.Hash[:]) != m.Hash {
				return head, fmt.Errorf("%w: the journal ends at event %d of %s, not at %d of %s", ErrDamaged, head.Seq, r.Epoch, m.Seq, m.Epoch)
			}
		}
	}
	return head, nil
}
