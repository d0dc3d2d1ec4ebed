package store

import (
	"encoding/binary"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A key size that points out of its page would make bbolt's own check read
// behind the file, on a goroutine where nobody can catch that.
func TestBranchThatPointsOutOfItsPage(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	s.Take(step(1, 0, 2000, 1))
	require.NoError(t, s.Flush())
	require.NoError(t, s.Check())
	size := s.db.Info().PageSize
	require.NoError(t, s.Close())
	name := s.path(fileName)
	sound, err := os.ReadFile(name)
	require.NoError(t, err)
	branches := 0
	for at := 2 * size; at+size <= len(sound); at += size {
		if binary.LittleEndian.Uint16(sound[at+8:]) != flagBranch {
			continue
		}
		for off, value := range map[int]uint32{0: 1 << 30, 4: 0x8000d, 8: 1 << 30} {
			bad := append([]byte(nil), sound...)
			binary.LittleEndian.PutUint32(bad[at+pageHead+off:], value)
			require.NoError(t, os.WriteFile(name, bad, 0o600))
			if _, err := verifyFile(name); err != nil { // a page that is free now may be bad
				assert.ErrorIs(t, err, ErrDamaged)
				branches++
			}
		}
	}
	assert.Positive(t, branches)
}
