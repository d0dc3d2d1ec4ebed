package agent

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices/mqtt"
)

// TestDeskLamps: a lamp is told once, again while it shows something, and after it
// was away.
func TestDeskLamps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var got []string
		away := true
		l := newDeskLamps(func(c mqtt.Command) error {
			mu.Lock()
			defer mu.Unlock()
			if away {
				return mqtt.ErrNotConnected
			}
			got = append(got, c.Device+" "+string(c.Payload))
			return nil
		}, func() string { return "id" })
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.Run(ctx) }()
		taken := func() []string {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			out := got
			got = nil
			return out
		}
		l.Light("lamp-1", "blue", "guestLabel")
		assert.Empty(t, taken(), "it is not there")
		mu.Lock()
		away = false
		mu.Unlock()
		time.Sleep(lampAgain)
		assert.Equal(t, []string{`lamp-1 {"id":"id","quantity":1,"colour":"blue"}`}, taken())
		time.Sleep(lampAgain)
		assert.Len(t, taken(), 1, "it may have been away")
		l.Light("lamp-1", "", "guestLabel")
		assert.Equal(t, []string{`lamp-1 {"id":"id","quantity":0,"colour":""}`}, taken())
		time.Sleep(3 * lampAgain)
		assert.Empty(t, taken(), "a dark lamp needs no reminder")
		cancel()
		require.NoError(t, <-ended)
	})
}
