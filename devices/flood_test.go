package devices_test

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"dcedge/devices"
)

// TestAFloodIsOverOnceItWasWell: a device that floods at each connection is told once,
// and is well again when it has been so for a while, also if it says nothing then.
func TestAFloodIsOverOnceItWasWell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, to := devices.NewMonitor(devices.Info{Name: "scan-1"}), &sink{}
		flood := &devices.Fault{Device: "scan-1", Op: "read", Class: devices.Corrupt, Hint: "switch it off", Err: devices.ErrFlood}
		conditions := func() (out []devices.Condition) {
			to.mu.Lock()
			defer to.mu.Unlock()
			for _, s := range to.states {
				out = append(out, s.Condition)
			}
			return out
		}
		m.Set(to, devices.Ready, "", "")
		for range 20 {
			assert.ErrorIs(t, m.Fail(to, "read", "", flood), devices.ErrFlood)
			time.Sleep(2500 * time.Millisecond) // the longest wait for the next try
			m.Set(to, devices.Ready, "", "")
			time.Sleep(time.Second)
		}
		assert.Equal(t, []devices.Condition{devices.Ready, devices.Flooding}, conditions())
		assert.Equal(t, "switch it off", m.Status().Hint)
		time.Sleep(devices.Calm)
		synctest.Wait()
		assert.Equal(t, []devices.Condition{devices.Ready, devices.Flooding, devices.Ready}, conditions())
		assert.Empty(t, m.Status().Hint)

		_ = m.Fail(to, "read", "", flood)
		m.Set(to, devices.Ready, "", "")
		_ = m.Fail(to, "read", "", io.EOF) // it was pulled
		time.Sleep(2 * devices.Calm)
		synctest.Wait()
		assert.Equal(t, devices.Offline, m.Status().Condition, "an earlier word does not count")
		m.Set(to, devices.Ready, "", "")
		assert.Equal(t, devices.Ready, m.Status().Condition, "it was long ago")
	})
}
