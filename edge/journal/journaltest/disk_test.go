package journaltest_test

import (
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
)

func create(t *testing.T, d *journaltest.Disk, durable bool) journal.File {
	t.Helper()
	f, err := d.Create("a/f")
	require.NoError(t, err)
	if durable {
		require.NoError(t, d.SyncDir("a"))
	}
	return f
}

func write(t *testing.T, f journal.File, text string, off int64) {
	t.Helper()
	n, err := f.WriteAt([]byte(text), off)
	require.NoError(t, err)
	require.Equal(t, len(text), n)
}

func TestCrash(t *testing.T) {
	old, fresh := strings.Repeat("o", 2048), strings.Repeat("n", 2048)
	seen := map[string]bool{}
	named := 0
	for seed := range uint64(200) {
		d := journaltest.New(seed)
		f := create(t, d, true)
		write(t, f, old, 0)
		require.NoError(t, f.Datasync())
		write(t, f, fresh, 0)
		_, err := d.Create("a/g")
		require.NoError(t, err)
		after := d.Crash(seed)
		got := string(after.Bytes("a/f"))
		require.Len(t, got, 2048)
		for s := 0; s < 2048; s += 512 {
			require.Contains(t, []string{old[:512], fresh[:512]}, got[s:s+512], "sectors are whole")
		}
		seen[got] = true
		names, err := after.List("a")
		require.NoError(t, err)
		named += len(names) - 1
		_, err = f.WriteAt([]byte("x"), 0)
		require.ErrorIs(t, err, journaltest.ErrPower)
	}
	assert.True(t, seen[old] && seen[fresh])
	assert.Greater(t, len(seen), 10, "torn in many ways")
	assert.True(t, 20 < named && named < 180, "a name not flushed may be there or not: %d", named)
}

func TestFailedFlushLies(t *testing.T) {
	lost := 0
	for seed := range uint64(50) {
		d := journaltest.New(seed)
		f := create(t, d, true)
		write(t, f, "gone", 0)
		d.SetFaults(journaltest.Faults{FailFlushAt: 1})
		require.ErrorIs(t, f.Datasync(), syscall.EIO)
		require.NoError(t, f.Datasync(), "the next one says all is well")
		d = d.Kill(seed)
		require.Equal(t, "gone", string(d.Bytes("a/f")), "and the cache shows it")
		if d = d.Crash(seed); string(d.Bytes("a/f")) != "gone" {
			lost++
		}
	}
	assert.True(t, lost > 5 && lost < 50, "%d", lost)
}

func TestFaults(t *testing.T) {
	d := journaltest.New(1)
	f := create(t, d, true)
	d.SetFaults(journaltest.Faults{Capacity: 1000})
	_, err := f.WriteAt(make([]byte, 1001), 0)
	require.ErrorIs(t, err, syscall.ENOSPC)
	write(t, f, "within", 0)
	d.SetFaults(journaltest.Faults{FailWriteAt: 1, FlipReadAt: 1})
	_, err = f.WriteAt([]byte("x"), 0)
	require.ErrorIs(t, err, syscall.EIO)
	var one, two [6]byte
	_, err = f.ReadAt(one[:], 0)
	require.NoError(t, err)
	_, err = f.ReadAt(two[:], 0)
	require.NoError(t, err)
	assert.NotEqual(t, one, two)
	d.SetFaults(journaltest.Faults{PowerAt: 2})
	require.NoError(t, d.SyncDir("a"))
	require.ErrorIs(t, d.Remove("a/f"), journaltest.ErrPower)
	_, err = d.List("a")
	require.ErrorIs(t, err, journaltest.ErrPower)

	d = journaltest.New(2)
	_, err = d.Open("a/none", false)
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorIs(t, d.Rename("a/none", "a/x"), fs.ErrNotExist)
	d.SetFaults(journaltest.Faults{LieOnFlush: true})
	f = create(t, d, true)
	write(t, f, strings.Repeat("x", 512), 0)
	require.NoError(t, f.Datasync())
	assert.Equal(t, 1, d.Counts().FlushesOf["f"])
	require.NoError(t, f.Truncate(3))
	size, err := f.Size()
	require.NoError(t, err)
	assert.Equal(t, int64(3), size)
	require.NoError(t, f.Close())
	require.ErrorIs(t, f.Close(), fs.ErrClosed)
	c := d.Copy(1)
	assert.Equal(t, "xxx", string(c.Bytes("a/f")))
}
