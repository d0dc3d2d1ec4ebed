package journal_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
)

// BenchmarkStart opens a log of a million events and their verdicts, then
// replays all of it, then verifies it.
func BenchmarkStart(b *testing.B) {
	on := func(o *journal.Options) {
		o.Dir, o.SegmentBytes, o.Inline = filepath.Join(b.TempDir(), "j"), 32<<20, false
	}
	o := options(journal.OSFS{})
	on(&o)
	l, err := journal.Open(o)
	require.NoError(b, err)
	var batch journal.Batch
	for range 10_000 {
		batch.Event(benchLine)
		batch.Outcome(benchLine[:100])
		batch.EndMessage()
	}
	for range 100 {
		_, err := l.Append(&batch)
		require.NoError(b, err)
	}
	require.NoError(b, l.Close())
	var opened, replayed, verified time.Duration
	for b.Loop() {
		t := time.Now()
		l, err := journal.Open(o)
		require.NoError(b, err)
		opened += time.Since(t)
		t = time.Now()
		n := 0
		require.NoError(b, l.ReadFrames(0, func(journal.Frame) error { n++; return nil }))
		replayed += time.Since(t)
		require.Equal(b, 2_000_000, n)
		require.NoError(b, l.Close())
		t = time.Now()
		r, err := journal.Verify(o.FS, o.Dir)
		require.NoError(b, err)
		require.True(b, r.OK())
		verified += time.Since(t)
	}
	for unit, d := range map[string]time.Duration{"ms-open": opened, "ms-replay": replayed, "ms-verify": verified} {
		b.ReportMetric(float64(d.Milliseconds())/float64(b.N), unit)
	}
}
