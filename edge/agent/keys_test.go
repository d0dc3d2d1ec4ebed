package agent

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestKeyFileDamage: every flipped bit and every cut of the key file is found;
// another key would silently make every PIN wrong.
func TestKeyFileDamage(t *testing.T) {
	dir := t.TempDir()
	first, err := openKeys(dir)
	require.NoError(t, err)
	again, err := openKeys(dir)
	require.NoError(t, err)
	assert.Equal(t, first.root, again.root)

	file := filepath.Join(dir, "keys", "edge.key")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	for i := range len(text) * 8 {
		bad := append([]byte(nil), text...)
		bad[i/8] ^= 1 << (i % 8)
		require.NoError(t, os.WriteFile(file, bad, 0o600))
		_, err := openKeys(dir)
		assert.ErrorIs(t, err, errKey, "bit %d", i)
	}
	for n := range len(text) {
		_, err := parseKey(string(text[:n]))
		assert.ErrorIs(t, err, errKey, "cut to %d bytes", n)
	}
}
