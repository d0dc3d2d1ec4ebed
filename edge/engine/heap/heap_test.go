package heap

import (
	"context"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPercent(t *testing.T) {
	assert.Equal(t, mostPercent, percentOf(Headroom, 0))
	assert.Equal(t, mostPercent, percentOf(Headroom, 1<<20))
	assert.Equal(t, 320, percentOf(Headroom, 10<<20))
	assert.Equal(t, leastPercent, percentOf(Headroom, 400<<20))
	assert.True(t, differs(111, 100))
	assert.False(t, differs(109, 100))
	assert.True(t, differs(80, 100))
	_, err := New(1000)
	assert.Error(t, err)
}

// TestFollowsWhatLives holds a large heap for a while and lets it go.
func TestFollowsWhatLives(t *testing.T) {
	tuner, err := New(8 << 20)
	require.NoError(t, err)
	gogc := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	present := func() int {
		metrics.Read(gogc)
		return int(gogc[0].Value.Uint64())
	}
	before := present()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- tuner.Run(ctx) }()
	large := make([][]byte, 64)
	for i := range large {
		large[i] = make([]byte, 1<<20)
	}
	eventually(t, func() bool { runtime.GC(); return !differs(leastPercent, present()) })
	runtime.KeepAlive(large)
	large = nil
	eventually(t, func() bool { runtime.GC(); return present() > 200 })
	cancel()
	require.NoError(t, <-ended)
	assert.Equal(t, before, present())
}

func eventually(t *testing.T, is func() bool) {
	t.Helper()
	require.Eventually(t, is, 30*time.Second, 5*time.Millisecond)
}
