package store

import (
	"errors"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBulkWritesWhatGenerationsWould(t *testing.T) {
	dir, plain := t.TempDir(), openStore(t, t.TempDir())
	s := openStore(t, dir)
	require.NoError(t, s.Bulk(func() error {
		for pos := range uint64(5) {
			st := step(pos+1, int(pos)*300, 900, int(pos))
			s.Take(st)
			plain.Take(st)
			if err := errors.Join(s.Flush(), plain.Flush()); err != nil {
				return err
			}
		}
		assert.FileExists(t, s.path(bulkName))
		s.Take(step(6, 0, 10, 9))
		plain.Take(step(6, 0, 10, 9))
		return nil
	}))
	require.NoError(t, plain.Flush())
	assert.NoFileExists(t, s.path(bulkName))
	assert.EqualValues(t, 6, s.Mark().Pos)
	assert.Equal(t, loaded(t, plain), loaded(t, s))
	require.NoError(t, s.Close())
	s = openStore(t, dir)
	assert.Equal(t, Kept, s.Origin())
	assert.Equal(t, loaded(t, plain), loaded(t, s))
	require.NoError(t, s.Check())
}

// A bulk that did not come to its end leaves a file that nobody trusts.
func TestUnfinishedBulkIsThrownAway(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	broken := errors.New("broken")
	err := s.Bulk(func() error {
		s.Take(step(1, 0, 300, 1))
		return errors.Join(s.Flush(), broken)
	})
	require.ErrorIs(t, err, broken)
	require.NoError(t, s.Close())
	s = openStore(t, dir)
	assert.Equal(t, Created, s.Origin())
	assert.Zero(t, s.Mark().Pos)
	assert.Empty(t, loaded(t, s))
	_, err = os.Stat(s.path(bulkName))
	assert.ErrorIs(t, err, os.ErrNotExist)

	require.ErrorIs(t, s.Bulk(func() error { return broken }), broken)
	require.NoError(t, s.Reset())
	assert.NoFileExists(t, s.path(bulkName))
	require.NoError(t, s.Bind(testEpoch))
	s.Take(step(1, 0, 300, 1))
	require.NoError(t, s.Flush())
	require.NoError(t, s.Close())
	assert.Equal(t, Kept, openStore(t, dir).Origin())
}
