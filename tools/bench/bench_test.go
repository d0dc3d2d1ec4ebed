package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
)

func TestSample(t *testing.T) {
	assert.Equal(t, 2.0, sample{3, 1, 2}.median())
	assert.Equal(t, 2.5, sample{4, 1, 2, 3}.median())
	assert.Equal(t, "2.0 (1.0..3.0)", sample{3, 1, 2}.spread("%.1f"))
	assert.Equal(t, "-", sample(nil).spread("%.1f"))
	assert.Equal(t, sample{2, 0.5}, over(sample{4, 1}, sample{2, 2}))
	took := make([]time.Duration, 1000)
	for i := range took {
		took[i] = time.Duration(i) * time.Millisecond
	}
	assert.Equal(t, 500.0, percentile(took, .5))
	assert.Equal(t, 999.0, percentile(took, .999))
	assert.Zero(t, percentile(nil, .5))
}

func TestOrdersAreRecords(t *testing.T) {
	text := orders("O", 500, 1)
	lines := 0
	for line := range strings.Lines(string(text)) {
		var r struct {
			Kind, ID, Carrier string
			Lines             []struct{ ID, SKU string }
		}
		require.NoError(t, json.Unmarshal([]byte(line), &r))
		require.Equal(t, "order", r.Kind)
		require.NotEmpty(t, r.Lines)
		lines += len(r.Lines)
	}
	assert.InDelta(t, 4.3, float64(lines)/500, 1.5, "lines an order")
	assert.Equal(t, text, orders("O", 500, 1), "the same seed makes the same orders")
}

// TestEcho holds the limit to what it says: every frame that came back was
// appended before.
func TestEcho(t *testing.T) {
	addr, err := freeAddress()
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "appended")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- echo(ctx, []string{"-listen", addr, "-file", file, "-bytes", "300"}, t.Output()) }()
	p := &process{url: "http://" + addr, done: make(chan struct{})}
	require.NoError(t, p.ready(t.Context(), 10*time.Second))
	c, err := connectPlain(t.Context(), p, 3)
	require.NoError(t, err)
	closed, err := c.load(t.Context(), 0, .1, 1)
	require.NoError(t, err)
	open, err := c.load(t.Context(), 200, .3, 1)
	require.NoError(t, err)
	assert.InDelta(t, 60, len(open.took), 3, "an open loop sends what is due")
	c.close()
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.EqualValues(t, 300*(len(closed.took)+len(open.took)), info.Size())
	stop()
	require.NoError(t, <-done)
}

func TestGrowGoesOn(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	var totes atomic.Int64
	for i, want := range []uint64{3000, 8000} {
		g := growth{dir: dir, prefix: string(rune('A' + i)), events: want, orders: 20, from: now.Add(time.Duration(i-60) * time.Hour),
			to: now.Add(time.Duration(i-59) * time.Hour), totes: &totes}
		require.NoError(t, g.grow(t.Context()))
		log, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(dir, "journal"), Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		head := log.Head()
		require.NoError(t, log.Close())
		assert.InEpsilon(t, want, head.Seq, .1)
	}
}

func TestRefusesNonsense(t *testing.T) {
	for _, args := range [][]string{{"-rounds", "0"}, {"-pdas", "201"}, {"-parts", "nothing"}, {"-what"}, {"-events", "5", "-many", "9"}} {
		assert.Error(t, run(t.Context(), args, t.Output(), t.Output()), "%v", args)
	}
}
