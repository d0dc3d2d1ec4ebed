package link_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices/link"
	"dcedge/firmware-sim/wire"
)

// TestPinsOfTheSimulator: firmware-sim's board, written from doc.go's lines and
// sharing no code with this package, is a pin like any other; it goes and comes
// back.
func TestPinsOfTheSimulator(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pins.sock")
	board := func() (*wire.Pins, func()) {
		p, err := wire.NewPins(path, "eye-1", "divert-1")
		require.NoError(t, err)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- p.Run(ctx) }()
		<-p.Ready()
		return p, func() { stop(); <-done }
	}
	eyeOpener, err := link.NewPin("gpio+sim://"+path+"?pin=eye-1&debounce=1ms", link.Options{Device: "eye-1"})
	require.NoError(t, err)
	armOpener, err := link.NewPin("gpio+sim://"+path, link.Options{Device: "divert-1"})
	require.NoError(t, err)
	for range 2 {
		sim, end := board()
		eye, err := eyeOpener.Open(t.Context())
		require.NoError(t, err)
		require.NoError(t, eye.Input())
		arm, err := armOpener.Open(t.Context())
		require.NoError(t, err)
		active, changed, _ := eye.Wait(time.Second)
		assert.True(t, !active && changed)

		sim.Set("eye-1", true)
		active, changed, _ = eye.Wait(5 * time.Second)
		assert.True(t, active && changed)
		require.NoError(t, arm.Drive(true))
		require.Eventually(t, func() bool { return sim.Level("divert-1") }, 30*time.Second, time.Millisecond)

		end()
		_, changed, _ = eye.Wait(10 * time.Second)
		assert.False(t, changed)
		require.Error(t, eye.Fault())
		require.NoError(t, eye.Close())
		require.NoError(t, arm.Close())
	}
}
