package store

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// filled makes a store file with state, outcomes and privates, and tells what
// is in it at each mark: with its newer meta page gone bbolt gives the commit
// before.
func filled(t *testing.T, dir string) map[uint64]map[string]int {
	t.Helper()
	s := openStore(t, dir)
	want := map[uint64]map[string]int{}
	for i := range 40 {
		s.Take(step(uint64(i+1), i*5, 40, i))
		if i%10 == 9 {
			require.NoError(t, s.Flush())
			want[s.Mark().Pos] = loaded(t, s)
		}
	}
	require.NoError(t, s.Check())
	require.NoError(t, s.Close())
	return want
}

// served opens a damaged store and returns whether anything was served as good
// that is not what was written.
func served(t *testing.T, dir string, all map[uint64]map[string]int) (origin Origin) {
	t.Helper()
	s, err := Open(testOptions(dir))
	if err != nil {
		return "refused"
	}
	defer func() { _ = s.Close() }() // its content was checked
	if s.Origin() != Kept {
		return s.Origin()
	}
	got, want := map[string]int{}, all[s.Mark().Pos]
	err = s.Load(func(table, key string, value []byte) error {
		var o edge.Order
		defer func() { got[table+"/"+key] = o.Priority }()
		return json.Unmarshal(value, &o)
	})
	if err != nil {
		return "reported"
	}
	if !assert.True(t, maps.Equal(want, got), "a damaged store served %d of %d entities", len(got), len(want)) {
		return "bad"
	}
	for i := range int(s.Mark().Pos) {
		pos := i + 1
		data, found, err := s.Outcome(testID(start.Add(time.Duration(pos)*time.Second), pos))
		if err != nil {
			return "reported"
		}
		if found {
			assert.Equal(t, "outcome "+itoa(pos), string(data))
		} else if assert.Error(t, s.Check(), "an outcome is lost and the check does not see it") {
			return "reported by the check"
		}
	}
	if s.Check() != nil {
		return "reported by the check"
	}
	return Kept
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

// I10: a byte flipped, zeroed or cut anywhere in the store is reported or
// rebuilt, never served.
func TestI10DamageIsNeverServed(t *testing.T) {
	dir := t.TempDir()
	want := filled(t, dir)
	whole, err := os.ReadFile(filepath.Join(dir, fileName))
	require.NoError(t, err)
	used := len(whole) // bbolt grows its file ahead: only what it holds is damaged
	for used > 0 && whole[used-1] == 0 {
		used--
	}
	whole = whole[:min(len(whole), (used/4096+2)*4096)]
	rnd := rand.New(rand.NewPCG(7, 11))
	count := map[Origin]int{}
	rounds := 200
	if testing.Short() {
		rounds = 60
	}
	for i := range rounds {
		image := append([]byte(nil), whole...)
		at := rnd.IntN(used)
		switch i % 4 {
		case 0:
			image[at] ^= 1 << rnd.IntN(8)
		case 1:
			clear(image[at&^511 : min(len(image), at&^511+512)])
		case 2:
			clear(image[at&^4095 : min(len(image), at&^4095+4096)])
		case 3:
			image = image[:at]
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, fileName), image, 0o600))
		for _, name := range []string{markerName, fileName + ".damaged"} {
			_ = os.Remove(filepath.Join(dir, name)) // may not be there
		}
		origin := served(t, dir, want)
		count[origin]++
		require.False(t, t.Failed(), "round %d at byte %d", i, at)
	}
	t.Log(count)
	assert.Greater(t, count[Emptied], rounds/5, "hardly any damage was found: this test proves little")
}

func TestDamagedStoreComesBackFromItsSnapshot(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	s.Take(step(1, 0, 300, 1))
	require.NoError(t, s.Flush())
	mark, err := s.Snapshot(t.Context())
	require.NoError(t, err)
	assert.EqualValues(t, 1, mark.Pos)
	want := loaded(t, s)
	s.Take(step(2, 0, 300, 2))
	require.NoError(t, s.Flush())
	require.NoError(t, s.Close())
	image, err := os.ReadFile(filepath.Join(dir, fileName))
	require.NoError(t, err)
	clear(image[:8192]) // both meta pages
	require.NoError(t, os.WriteFile(filepath.Join(dir, fileName), image, 0o600))

	s = openStore(t, dir)
	assert.Equal(t, Snapshot, s.Origin())
	assert.EqualValues(t, 1, s.Mark().Pos)
	assert.Equal(t, want, loaded(t, s))
	require.NoError(t, s.Close())

	snap, err := os.ReadFile(filepath.Join(dir, snapshotName))
	require.NoError(t, err)
	for i := range snap {
		if i%97 == 0 {
			snap[i] ^= 0x55
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, snapshotName), snap, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, fileName), image, 0o600))
	s = openStore(t, dir)
	assert.Equal(t, Emptied, s.Origin(), "a damaged snapshot is not used")
	assert.Empty(t, loaded(t, s))
}

func TestSnapshotGoesOnBesideWrites(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	s.Take(step(1, 0, 500, 1))
	require.NoError(t, s.Flush())
	done := make(chan error, 1)
	go func() {
		_, err := s.Snapshot(t.Context())
		done <- err
	}()
	for i := range 5 {
		s.Take(step(uint64(i+2), i*50, 400, i+2))
		require.NoError(t, s.Flush())
	}
	require.NoError(t, <-done)
	mark, err := verifyFile(s.path(snapshotName))
	require.NoError(t, err)
	assert.LessOrEqual(t, mark.Pos, uint64(6))
	assert.Equal(t, testEpoch, mark.Epoch)
}
