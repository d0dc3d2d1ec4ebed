package devices_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"dcedge/devices"
)

// Devices that begin at different times do what they do every second at the same
// instants, and none waits longer than it would alone.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		woken := make(chan time.Time, 300)
		for i := range 100 {
			go func() {
				time.Sleep(time.Duration(i) * 37 * time.Millisecond / 10)
				for range 3 {
					wait := devices.Together(time.Second)
					assert.Positive(t, wait)
					assert.LessOrEqual(t, wait, time.Second)
					time.Sleep(wait)
					woken <- time.Now()
				}
			}()
		}
		at := map[time.Time]int{}
		for range 300 {
			at[<-woken]++
		}
		assert.Len(t, at, 3)
	})
}
