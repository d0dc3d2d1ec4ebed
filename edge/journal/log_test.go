package journal_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
)

func TestAppendAndRead(t *testing.T) {
	d := disk(1)
	l := open(t, d)
	assert.True(t, l.Recovery().Created)
	assert.Equal(t, uint64(1), l.Oldest())
	zero, err := l.HashAt(0)
	require.NoError(t, err)
	assert.Equal(t, sha256.Sum256([]byte("01JTESTEPOCH")), zero)

	appendScans(t, l, 1, 300) // several segments of 4 KiB
	require.Equal(t, uint64(600), l.Head().Pos)
	require.Equal(t, uint64(300), l.Head().Seq)
	check := func(l *journal.Log) {
		hash := zero
		for n := uint64(1); n <= 300; n++ {
			line := fmt.Sprintf(`{"seq":%d,"type":"pick.confirmed","v":1}`, n)
			e, err := l.ReadEvents(n-1, 1, 1, nil)
			require.NoError(t, err)
			require.Equal(t, line+"\n", string(e.Lines))
			require.Equal(t, hash, e.Prev)
			hash = sha256.Sum256(append(hash[:], line...))
			require.Equal(t, hash, e.Last)
			at, err := l.HashAt(n)
			require.NoError(t, err)
			require.Equal(t, hash, at)
		}
		assert.Equal(t, hash, l.Head().Hash)
		e, err := l.ReadEvents(0, 1000, 1<<20, nil)
		require.NoError(t, err)
		assert.Equal(t, 300, e.Count)
		assert.Equal(t, 300, strings.Count(string(e.Lines), "\n"))
		e, err = l.ReadEvents(300, 10, 1<<20, nil)
		require.NoError(t, err)
		assert.Zero(t, e.Count)
		assert.Equal(t, e.Prev, e.Last)
		assert.Equal(t, hash, e.Last)
		for _, from := range []uint64{0, 1, 77, 599, 600} {
			next := from
			require.NoError(t, l.ReadFrames(from, func(f journal.Frame) error {
				next++
				require.Equal(t, next, f.Pos)
				require.Equal(t, f.Kind == journal.Outcome, f.Last)
				return nil
			}))
			require.Equal(t, uint64(600), next)
		}
	}
	check(l)
	require.NoError(t, l.Close())
	again := open(t, d)
	check(again)
	assert.Zero(t, again.Recovery().Rewritten, "a log that was closed is proven")
	outsideCheck(t, d, 300)
}

func TestReadBounds(t *testing.T) {
	l := open(t, disk(1))
	appendScans(t, l, 1, 50)
	_, err := l.ReadEvents(51, 10, 1<<20, nil)
	require.ErrorIs(t, err, journal.ErrAhead)
	_, err = l.HashAt(51)
	require.ErrorIs(t, err, journal.ErrAhead)
	require.ErrorIs(t, l.ReadFrames(101, nil), journal.ErrAhead)
	one, err := l.ReadEvents(0, 1, 1<<20, nil)
	require.NoError(t, err)
	three, err := l.ReadEvents(0, 100, 3*len(one.Lines)+2, nil)
	require.NoError(t, err)
	assert.Equal(t, 3, three.Count, "ends before maxBytes")
	dst := make([]byte, 3, 4096)
	e, err := l.ReadEvents(0, 2, 1<<20, dst)
	require.NoError(t, err)
	assert.Same(t, &dst[:1][0], &e.Lines[0], "uses the caller's memory")
}

// One fdatasync on the segment per Append, also where a segment begins.
func TestOneFlushPerAppend(t *testing.T) {
	d := disk(1)
	l := open(t, d)
	_, seg := activeSegment(t, d)
	for n := 1; n <= 200; n++ {
		d.SetFaults(journaltest.Faults{})
		_, err := l.Append(batchOf(scan(n), message{{journal.Private, "x"}}))
		require.NoError(t, err)
		c := d.Counts()
		now := lastWritten(t, d, l)
		if journal.Flushing {
			require.Equal(t, 1, c.FlushesOf[now], "batch %d", n)
		}
		require.Equal(t, 1, c.WritesOf[now], "batch %d", n)
		if now == seg && journal.Flushing {
			require.Equal(t, 1, c.Flushes, "nothing else is flushed within a segment")
		}
		seg = now
	}
}

// lastWritten is the segment that holds the head: the newest one with a header.
func lastWritten(t *testing.T, d *journaltest.Disk, _ *journal.Log) string {
	_, name := activeSegment(t, d)
	return name
}

func activeSegment(t testing.TB, d *journaltest.Disk) (data []byte, name string) {
	t.Helper()
	names, err := d.List(dir)
	require.NoError(t, err)
	for _, n := range names {
		if b := d.Bytes(filepath.Join(dir, n)); strings.HasSuffix(n, ".seg") && len(b) >= 512 && b[0] != 0 {
			data, name = b, n
		}
	}
	return data, name
}

func TestBatchErrors(t *testing.T) {
	l := open(t, disk(1))
	cases := map[string]func(b *journal.Batch){
		"empty":     func(*journal.Batch) {},
		"open":      func(b *journal.Batch) { b.Event([]byte("x")) },
		"emptyLine": func(b *journal.Batch) { b.Event(nil); b.EndMessage() },
		"tooLong":   func(b *journal.Batch) { b.Event(make([]byte, journal.MaxLine+1)); b.EndMessage() },
		"kind":      func(b *journal.Batch) { b.Add(9, []byte("x")); b.EndMessage() },
		"overSegment": func(b *journal.Batch) {
			b.Event(make([]byte, 4<<10))
			b.EndMessage()
		},
	}
	for name, fill := range cases {
		t.Run(name, func(t *testing.T) {
			var b journal.Batch
			fill(&b)
			_, err := l.Append(&b)
			require.ErrorIs(t, err, journal.ErrBatch)
			b.Reset()
			b.Event([]byte("fine"))
			b.EndMessage()
			_, err = l.Append(&b)
			require.NoError(t, err, "reset, the batch is good again")
		})
	}
}

func TestFullDisk(t *testing.T) {
	d := disk(1)
	l := open(t, d)
	d.SetFaults(journaltest.Faults{Capacity: 10 << 10})
	n := 0
	var err error
	for err == nil && n < 1000 {
		n++
		_, err = l.Append(batchOf(scan(n)))
	}
	require.ErrorIs(t, err, journal.ErrFull)
	head := l.Head()
	_, err = l.Append(batchOf(scan(n)))
	require.ErrorIs(t, err, journal.ErrFull)
	assert.Equal(t, head, l.Head())
	e, err := l.ReadEvents(0, 1000, 1<<20, nil)
	require.NoError(t, err, "pulls go on")
	assert.Equal(t, n-1, e.Count)
	// Killed while full, it opens and serves.
	full := d.Kill(2)
	full.SetFaults(journaltest.Faults{Capacity: 10 << 10})
	l = open(t, full)
	assert.Equal(t, head.Seq, l.Head().Seq)
	_, err = l.Append(batchOf(scan(n)))
	require.ErrorIs(t, err, journal.ErrFull, "no room was left for more than the tail")
	full.SetFaults(journaltest.Faults{})
	appendScans(t, l, n, n+300)
	require.NoError(t, l.Close())
	outsideCheck(t, full, n+300)
}

func TestFailedFlushIsForEver(t *testing.T) {
	for name, f := range map[string]journaltest.Faults{"flush": {FailFlushAt: 1}, "write": {FailWriteAt: 1}} {
		t.Run(name, func(t *testing.T) {
			if name == "flush" && !journal.Flushing {
				t.Skip("built without flush")
			}
			d := disk(1)
			l := open(t, d)
			appendScans(t, l, 1, 3)
			head := l.Head()
			d.SetFaults(f)
			_, err := l.Append(batchOf(scan(4)))
			require.ErrorIs(t, err, journal.ErrFailed)
			c := d.Counts()
			_, err = l.Append(batchOf(scan(5)))
			require.ErrorIs(t, err, journal.ErrFailed)
			require.ErrorIs(t, l.Prove(), journal.ErrFailed)
			require.NoError(t, l.Close())
			assert.Equal(t, c.Flushes, d.Counts().Flushes, "never flushed again")
			assert.Equal(t, head, l.Head(), "what is unknown is not shown")
		})
	}
}

func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, disk(1))
		done := make(chan error, 1)
		go func() { done <- l.Wait(context.Background(), 0) }()
		synctest.Wait()
		select {
		case <-done:
			t.Fatal("nothing was appended")
		default:
		}
		_, err := l.Append(batchOf(message{{journal.Private, "no event"}}))
		require.NoError(t, err)
		synctest.Wait()
		require.Empty(t, done)
		appendScans(t, l, 1, 1)
		require.NoError(t, <-done)
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		require.ErrorIs(t, l.Wait(ctx, 1), context.Canceled)
	})
}

func TestNewerFormatIsRefused(t *testing.T) {
	d := disk(1)
	require.NoError(t, open(t, d).Close())
	name := filepath.Join(dir, "000000000001.seg")
	require.NoError(t, d.Damage(name, func(b []byte) []byte {
		binary.LittleEndian.PutUint32(b[8:], 7)
		binary.LittleEndian.PutUint32(b[508:], crc32.Checksum(b[:508], crc32.MakeTable(crc32.Castagnoli)))
		return b
	}))
	before := d.Bytes(name)
	_, err := journal.Open(options(d))
	var v *journal.VersionError
	require.ErrorAs(t, err, &v)
	assert.Equal(t, uint32(7), v.Found)
	assert.ErrorContains(t, err, "format 7")
	assert.Equal(t, before, d.Bytes(name))
}

func TestLock(t *testing.T) {
	data := t.TempDir()
	held, err := journal.Lock(data)
	require.NoError(t, err)
	_, err = journal.Lock(data)
	var locked *journal.LockedError
	require.ErrorAs(t, err, &locked)
	require.ErrorIs(t, err, journal.ErrLocked)
	assert.Equal(t, os.Getpid(), locked.PID)
	require.NoError(t, held.Unlock())
	held, err = journal.Lock(data)
	require.NoError(t, err)
	require.NoError(t, held.Unlock())
	_, err = journal.Lock(filepath.Join(data, "nowhere"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestOptionsAreChecked(t *testing.T) {
	_, err := journal.Open(journal.Options{})
	require.ErrorContains(t, err, "FS, Dir and Logger")
	o := options(disk(1))
	o.SegmentBytes = 100
	_, err = journal.Open(o)
	require.ErrorContains(t, err, "SegmentBytes")
	o = options(disk(1))
	o.NewEpoch = func() string { return strings.Repeat("e", 65) }
	_, err = journal.Open(o)
	require.ErrorContains(t, err, "epoch of 65 bytes")
}

// The real file system, the background preparation and readers beside the
// writer.
func TestOnTheMachine(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "journal")
	on := func(o *journal.Options) { o.Dir, o.Inline, o.SegmentBytes = folder, false, 64<<10 }
	l := open(t, journal.OSFS{}, on)
	done := make(chan error, 1)
	go func() {
		var buf []byte
		for at := uint64(0); at < 2000; {
			if err := l.Wait(context.Background(), at); err != nil {
				done <- err
				return
			}
			e, err := l.ReadEvents(at, 100, 1<<20, buf)
			if err != nil || e.Count == 0 {
				done <- fmt.Errorf("after %d: %d events, %w", at, e.Count, err)
				return
			}
			at, buf = at+uint64(e.Count), e.Lines
		}
		done <- nil
	}()
	for n := 1; n <= 2000; n += 20 {
		var msgs []message
		for i := n; i < n+20; i++ {
			msgs = append(msgs, scan(i))
		}
		_, err := l.Append(batchOf(msgs...))
		require.NoError(t, err)
	}
	require.NoError(t, <-done)
	require.NoError(t, l.Close())
	r, err := journal.Verify(journal.OSFS{}, folder)
	require.NoError(t, err)
	require.True(t, r.OK(), "%v", r.Damaged)
	assert.Equal(t, uint64(2000), r.Events)
	assert.Equal(t, uint64(4000), r.Proven)
	l = open(t, journal.OSFS{}, on)
	assert.Equal(t, uint64(2000), l.Head().Seq)
	st, err := os.Stat(filepath.Join(folder, "000000000001.seg"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), st.Mode())
}

func TestReferenceLog(t *testing.T) {
	d := disk(1)
	l := open(t, d)
	_, err := l.Append(batchOf(message{{journal.Reference, `{"kind":"sku"}`}}))
	require.NoError(t, err)
	require.NoError(t, l.Close())
	l = open(t, d)
	all, err := frames(l)
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, journal.Reference, all[0].Kind)
	assert.Zero(t, all[0].Seq)
}
