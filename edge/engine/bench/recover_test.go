package bench

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"dcedge/edge/engine"
	"dcedge/edge/journal"
	"dcedge/edge/store"
)

// BenchmarkRecover rebuilds a lost store from the journal of some seconds'
// scans.
func BenchmarkRecover(b *testing.B) {
	dir := b.TempDir()
	r, err := newRig(Config{Logger: slog.New(slog.DiscardHandler)}, dir)
	require.NoError(b, err)
	for range 512 {
		require.NoError(b, r.order(b.Context()))
	}
	ctx, cancel := context.WithTimeout(b.Context(), 6*time.Second)
	defer cancel()
	var scanners sync.WaitGroup
	for i := range 256 {
		scanners.Go(func() {
			var m meter
			if err := r.scanner(ctx, i, &m); err != nil {
				b.Error(err)
			}
		})
	}
	scanners.Wait()
	require.NoError(b, r.end())
	for b.Loop() {
		require.NoError(b, os.Remove(filepath.Join(dir, "store.db")))
		begin, cpu := time.Now(), spent(b)
		s, err := store.Open(store.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
		require.NoError(b, err)
		l, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(dir, "journal"), Logger: slog.New(slog.DiscardHandler)})
		require.NoError(b, err)
		opened := time.Since(begin)
		rec, err := engine.Recover(l, s, slog.New(slog.DiscardHandler))
		require.NoError(b, err)
		events := float64(l.Head().Seq)
		b.ReportMetric(events, "events")
		b.ReportMetric(float64(rec.Replayed), "frames")
		b.ReportMetric(opened.Seconds(), "open-s")
		b.ReportMetric(float64((spent(b)-cpu).Microseconds())/events, "us-cpu/event")
		b.ReportMetric(events/time.Since(begin).Seconds(), "events/s")
		require.NoError(b, l.Close())
		require.NoError(b, s.Close())
	}
}
