package journal_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
)

var benchLine = bytes.Repeat([]byte("x"), 250)

// BenchmarkAppend compares a batch of 128 events with a bare append of the same
// bytes to a growing file and one fdatasync. Compare within one run.
func BenchmarkAppend(b *testing.B) {
	var batch journal.Batch
	for range 128 {
		batch.Event(benchLine)
		batch.EndMessage()
	}
	b.Run("journal", func(b *testing.B) {
		l := open(b, journal.OSFS{}, func(o *journal.Options) {
			o.Dir, o.SegmentBytes, o.Inline = filepath.Join(b.TempDir(), "j"), 32<<20, false
		})
		b.SetBytes(int64(batch.Bytes()))
		b.ReportAllocs()
		for b.Loop() {
			_, err := l.Append(&batch)
			require.NoError(b, err)
		}
	})
	b.Run("raw", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
		require.NoError(b, err)
		defer func() { _ = f.Close() }()
		data := make([]byte, batch.Bytes())
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := f.Write(data); err != nil {
				b.Fatal(err)
			}
			if err := syscall.Fdatasync(int(f.Fd())); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDrain reads events as a pull does, 10,000 at a time.
func BenchmarkDrain(b *testing.B) {
	l := open(b, journal.OSFS{}, func(o *journal.Options) {
		o.Dir, o.SegmentBytes, o.Inline = filepath.Join(b.TempDir(), "j"), 32<<20, false
	})
	var batch journal.Batch
	for range 10_000 {
		batch.Event(benchLine)
		batch.EndMessage()
	}
	for range 20 {
		_, err := l.Append(&batch)
		require.NoError(b, err)
	}
	var buf []byte
	at := uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		e, err := l.ReadEvents(at, 10_000, 4<<20, buf)
		require.NoError(b, err)
		require.NotZero(b, e.Count)
		b.SetBytes(int64(len(e.Lines)))
		if buf, at = e.Lines, at+uint64(e.Count); at == l.Head().Seq {
			at = 0
		}
	}
}
