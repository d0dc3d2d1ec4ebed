package vault

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.etcd.io/bbolt"
)

// TestI10ACutFileIsRefused cuts a database page by page: bbolt itself would be
// ended by the operating system for most of them.
func TestI10ACutFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "v.db")
	db, err := bbolt.Open(path, 0o600, nil)
	require.NoError(t, err)
	for range 20 { // grows, so that the freelist lies far behind
		require.NoError(t, db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("b"))
			if err != nil {
				return err
			}
			n, _ := b.NextSequence()
			return b.Put([]byte{byte(n)}, make([]byte, 9000))
		}))
	}
	require.NoError(t, db.Close())
	require.NoError(t, whole(path))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	used := 0
	require.NoError(t, func() error {
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
		if err != nil {
			return err
		}
		defer db.Close()
		return db.View(func(tx *bbolt.Tx) error { used = int(tx.Size()); return nil })
	}())
	for size := 0; size < used; size += 4096 {
		require.NoError(t, os.WriteFile(path, text[:size], 0o600))
		_, err := openDB(path)
		assert.ErrorIs(t, err, ErrDamaged, "cut at %d of %d", size, used)
	}
}
