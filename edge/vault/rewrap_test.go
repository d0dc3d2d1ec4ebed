package vault

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func kekOf(b byte) KEK {
	k := KEK{given: true}
	for i := range k.key {
		k.key[i] = b
	}
	return k
}

// ring is a keyring with two days and the key of the hashes, and what they open to.
func ring(t *testing.T, kek KEK) (dir string, keys map[string][]byte) {
	t.Helper()
	dir = t.TempDir()
	k, err := openKeyring(filepath.Join(dir, Keys), "ICN1", kek)
	require.NoError(t, err)
	keys = map[string][]byte{}
	for _, name := range []string{dayPrefix + "2026-11-20" + keySuffix, dayPrefix + "2026-11-21" + keySuffix, hashFile} {
		keys[name], err = k.loadOrMake(name)
		require.NoError(t, err)
	}
	keys[canaryFile], err = k.load(canaryFile)
	require.NoError(t, err)
	return dir, keys
}

func opensTo(t *testing.T, dir string, kek KEK, keys map[string][]byte) {
	t.Helper()
	k := &keyring{dir: filepath.Join(dir, Keys), site: "ICN1", kek: kek}
	for name, want := range keys {
		got, err := k.load(name)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
	left, err := filepath.Glob(filepath.Join(dir, Keys, "*"+oldSuffix))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestRewrap(t *testing.T) {
	old, next := kekOf(1), kekOf(2)
	dir, keys := ring(t, old)
	n, err := Rewrap(dir, "ICN1", old, next)
	require.NoError(t, err)
	assert.Equal(t, 4, n)
	opensTo(t, dir, next, keys)
	_, err = openKeyring(filepath.Join(dir, Keys), "ICN1", old)
	assert.ErrorIs(t, err, ErrWrongKEK)
	_, err = Rewrap(dir, "ICN1", old, kekOf(3))
	assert.ErrorIs(t, err, ErrWrongKEK, "the old key rotates nothing any more")
	opensTo(t, dir, next, keys)
	_, err = Rewrap(dir, "ICN1", next, next)
	assert.ErrorIs(t, err, ErrKEK)
	_, err = Rewrap(dir, "ICN1", next, KEK{})
	assert.ErrorIs(t, err, ErrKEK)
	_, err = Rewrap(t.TempDir(), "ICN1", old, next)
	assert.ErrorIs(t, err, os.ErrNotExist, "no vault")
	dir, keys = ring(t, old)
	_, err = Rewrap(dir, "OTHER", old, next)
	assert.Error(t, err, "of another site")
	opensTo(t, dir, old, keys)
}

// TestRewrapCutOff: wherever it ends, nothing is lost, and called again it finishes.
func TestRewrapCutOff(t *testing.T) {
	old, next := kekOf(1), kekOf(2)
	for cut := range 4 {
		dir, keys := ring(t, old)
		k := &keyring{dir: filepath.Join(dir, Keys), site: "ICN1", kek: old}
		names, err := k.names()
		require.NoError(t, err)
		assert.Equal(t, canaryFile, names[len(names)-1])
		for _, name := range names[:cut] {
			require.NoError(t, k.moveTo(&keyring{dir: k.dir, site: "ICN1", kek: next}, name))
		}
		// cut off behind the link, before the new file has the name
		half := filepath.Join(k.dir, names[cut])
		require.NoError(t, os.Link(half, half+oldSuffix))
		_, err = Rewrap(dir, "ICN1", old, next)
		require.NoError(t, err, "cut %d", cut)
		opensTo(t, dir, next, keys)
	}
	// cut off behind the rename, before the old one was destroyed
	dir, keys := ring(t, old)
	before, err := os.ReadFile(filepath.Join(dir, Keys, hashFile))
	require.NoError(t, err)
	_, err = Rewrap(dir, "ICN1", old, next)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, Keys, hashFile+oldSuffix), before, 0o600))
	_, err = Rewrap(dir, "ICN1", old, next)
	require.NoError(t, err)
	opensTo(t, dir, next, keys)
}
