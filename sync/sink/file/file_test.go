package file

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/sync/batch"
)

// next makes a batch behind a place.
func next(at *batch.Stored, n int) (*batch.Head, []byte) {
	var b []byte
	hash := at.Hash
	for i := range n {
		line := fmt.Appendf(nil, `{"seq":%d,"type":"x"}`, at.Seq+uint64(i)+1)
		hash = batch.Link(hash, line)
		b = append(append(b, line...), '\n')
	}
	last := at.Seq + uint64(n)
	return &batch.Head{Site: "ICN1", Epoch: "E1", First: at.Seq + 1, Last: last, Count: n, SHA256: batch.Hex(sha256.Sum256(b)),
		PrevHash: batch.Hex(at.Hash), LastHash: batch.Hex(hash), Next: fmt.Sprintf("cursor-%d", last)}, b
}

func start() *batch.Stored { return &batch.Stored{Epoch: "E1", Hash: batch.Origin("E1")} }

func store(t *testing.T, s *Sink, n int) {
	t.Helper()
	at, err := s.Place(t.Context())
	require.NoError(t, err)
	if at == nil {
		at = start()
	}
	h, lines := next(at, n)
	require.NoError(t, batch.Check(h, lines, &batch.Place{Epoch: at.Epoch, Seq: at.Seq, Hash: at.Hash}))
	require.NoError(t, s.Store(t.Context(), h, lines, behind(t, h)))
}

// behind is the place that a puller stores with a batch.
func behind(t *testing.T, h *batch.Head) batch.Stored {
	t.Helper()
	hash, err := batch.ParseHex(h.LastHash)
	require.NoError(t, err)
	return batch.Stored{Site: h.Site, Epoch: h.Epoch, Seq: h.Last, Hash: hash, Cursor: h.Next}
}

func events(t *testing.T, dir string) string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "events-*.ndjson"))
	require.NoError(t, err)
	var all strings.Builder
	for _, n := range names { // sorted by first event
		b, err := os.ReadFile(n)
		require.NoError(t, err)
		all.Write(b)
	}
	return all.String()
}

func wanted(n int) string {
	_, lines := next(start(), n)
	return string(lines)
}

func open(t *testing.T, dir string, segment int64) *Sink {
	t.Helper()
	s, err := Open(dir, segment)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStoreAndReopen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ICN1")
	s := open(t, dir, 0)
	at, err := s.Place(t.Context())
	require.NoError(t, err)
	assert.Nil(t, at)
	store(t, s, 3)
	store(t, s, 4)
	_, err = Open(dir, 0)
	assert.ErrorIs(t, err, ErrInUse)
	require.NoError(t, s.Close())
	s = open(t, dir, 0)
	at, err = s.Place(t.Context())
	require.NoError(t, err)
	assert.Equal(t, uint64(7), at.Seq)
	assert.Equal(t, "cursor-7", at.Cursor)
	assert.Equal(t, "ICN1", at.Site)
	store(t, s, 1)
	assert.Equal(t, wanted(8), events(t, dir))
}

func TestRotation(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 100)
	for range 10 {
		store(t, s, 3)
		require.NoError(t, s.Close())
		s = open(t, dir, 100)
	}
	names, err := filepath.Glob(filepath.Join(dir, "events-*.ndjson"))
	require.NoError(t, err)
	assert.Greater(t, len(names), 3)
	assert.Equal(t, "events-E1-00000000000000000001.ndjson", filepath.Base(names[0]))
	assert.Equal(t, wanted(30), events(t, dir))
}

// A kill between any two system calls of Store leaves a folder that opens at
// the place before or behind the batch, and never shows a half one.
func TestKilledAnywhere(t *testing.T) {
	_, lines := next(&batch.Stored{Epoch: "E1", Seq: 5, Hash: [32]byte{}}, 2)
	for name, leave := range map[string]func(t *testing.T, dir string, s *Sink){
		"lines written": func(t *testing.T, _ string, s *Sink) {
			_, err := s.events.WriteAt(lines, s.at.Size)
			require.NoError(t, err)
		},
		"half a line written": func(t *testing.T, _ string, s *Sink) {
			_, err := s.events.WriteAt(lines[:9], s.at.Size)
			require.NoError(t, err)
		},
		"zeros written": func(t *testing.T, _ string, s *Sink) {
			_, err := s.events.WriteAt(make([]byte, 512), s.at.Size)
			require.NoError(t, err)
		},
		"place half written": func(t *testing.T, dir string, _ *Sink) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, placeFile+".tmp"), []byte(`{"site":"IC`), 0o600))
		},
		"next file begun": func(t *testing.T, dir string, _ *Sink) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, eventsFile("E1", 6)), lines, 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, 0)
			store(t, s, 5)
			leave(t, dir, s)
			require.NoError(t, s.Close())
			s = open(t, dir, 0)
			assert.Equal(t, wanted(5), events(t, dir))
			store(t, s, 2)
			assert.Equal(t, wanted(7), events(t, dir))
		})
	}
	t.Run("first file begun", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, eventsFile("E1", 1)), lines, 0o600))
		s := open(t, dir, 0)
		assert.Empty(t, events(t, dir))
		store(t, s, 2)
		assert.Equal(t, wanted(2), events(t, dir))
	})
}

func TestI10DamageIsRefused(t *testing.T) {
	make1 := func(t *testing.T) (dir string, size int) {
		dir = t.TempDir()
		s := open(t, dir, 0)
		store(t, s, 5)
		store(t, s, 5)
		require.NoError(t, s.Close())
		return dir, len(wanted(10))
	}
	path := func(dir string) string { return filepath.Join(dir, eventsFile("E1", 1)) }
	dir, size := make1(t)
	good, err := os.ReadFile(path(dir))
	require.NoError(t, err)
	for i := range size {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		require.NoError(t, os.WriteFile(path(dir), bad, 0o600))
		_, err := Open(dir, 0)
		require.ErrorIs(t, err, ErrDamaged, "byte %d", i)
	}
	for _, n := range []int{0, 1, size / 2, size - 1} {
		require.NoError(t, os.WriteFile(path(dir), good[:n], 0o600))
		_, err := Open(dir, 0)
		require.ErrorIs(t, err, ErrDamaged, "cut at %d", n)
	}
	require.NoError(t, os.Remove(path(dir)))
	_, err = Open(dir, 0)
	require.ErrorIs(t, err, ErrDamaged)
	require.NoError(t, os.WriteFile(path(dir), good, 0o600))
	require.NoError(t, open(t, dir, 0).Close())
	for _, text := range []string{"", "{}", `{"file":"../../x","size":1}`, "null"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, placeFile), []byte(text), 0o600))
		_, err = Open(dir, 0)
		require.ErrorIs(t, err, ErrDamaged, text)
	}
}

func TestNamesCannotLeaveTheFolder(t *testing.T) {
	for _, site := range []string{"", "..", ".", "a/b", "-x", "한국", strings.Repeat("x", 65), "a\x00"} {
		_, err := Dir("/tmp/x", site)
		assert.ErrorIs(t, err, ErrSite, site)
	}
	dir, err := Dir("/tmp/x", "ICN1")
	require.NoError(t, err)
	assert.Equal(t, "/tmp/x/ICN1", dir)
	s := open(t, t.TempDir(), 0)
	h, lines := next(start(), 1)
	h.Epoch = "../E1"
	assert.Error(t, s.Store(t.Context(), h, lines, behind(t, h)))
}
