package link

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"periph.io/x/conn/v3/gpio"

	"dcedge/devices"
)

// TestAPinThatChattersEnds, also where denoise keeps its changes from being told; one
// that is merely busy does not.
func TestAPinThatChattersEnds(t *testing.T) {
	for name, c := range map[string]struct {
		options string
		most    int
		every   time.Duration
		floods  bool
	}{
		"parcels":           {"", 0, 10 * time.Millisecond, false},
		"chatter":           {"", 0, 300 * time.Microsecond, true},
		"chatter, denoised": {"?denoise=2ms", 0, 300 * time.Microsecond, true},
		"chatter, debounce": {"?debounce=20ms", 0, 300 * time.Microsecond, true},
		"an encoder":        {"", 5000, 300 * time.Microsecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o, err := NewPin("gpio://FAKE"+c.options, Options{Device: "eye-1", Changes: c.most})
				require.NoError(t, err)
				fake, over := newFakePin(), make(chan struct{})
				p := o.pin(fake)
				require.NoError(t, p.Input())
				go func() {
					level := gpio.Low
					for {
						level = !level
						select {
						case fake.edges <- level:
						case <-over:
							return
						}
						select {
						case <-time.After(c.every):
						case <-over:
							return
						}
					}
				}()
				for began := time.Now(); time.Since(began) < 3*time.Second && p.Fault() == nil; {
					p.Wait(500 * time.Millisecond)
				}
				close(over)
				err = p.Fault()
				assert.Equal(t, c.floods, err != nil, "%v", err)
				if c.floods {
					assert.ErrorIs(t, err, devices.ErrFlood)
					assert.Contains(t, devices.HintOf(err), "clean and align")
				}
			})
		})
	}
}
