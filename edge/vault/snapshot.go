package vault

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Copy is the name of the copy that a backup takes while the edge runs.
const Copy = "vault.snap"

// Snapshot copies vault.db beside it, whole and flushed, in the place of the
// copy before. What was shredded since stays in that until then.
func (v *Vault) Snapshot() error {
	dir := filepath.Dir(v.path)
	tmp := filepath.Join(dir, Copy+".tmp")
	f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("vault: copy: %w", err)
	}
	err = v.view(func(tx *bbolt.Tx) error {
		_, err := tx.WriteTo(f)
		return err
	})
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("vault: copy: %w", err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, Copy)); err != nil {
		return fmt.Errorf("vault: copy: %w", err)
	}
	return syncDir(dir)
}
