package agent

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/config"
	"dcedge/edge/web"
)

const beltOfPins = plain + `
[mqtt]
listen = "127.0.0.1:0"
[[device]]
name = "eye-1"
driver = "photoeye"
link = "mqtt:"
[[device]]
name = "in-1"
driver = "photoeye"
link = "mqtt:"
[[device]]
name = "eye-9"
driver = "photoeye"
link = "mqtt:"
[[device]]
name = "enc-1"
driver = "photoeye"
link = "mqtt:"
[[device]]
name = "tunnel-1"
driver = "scanner"
link = "mqtt:"
[[device]]
name = "d-1"
driver = "divert"
link = "gpio+sim:///nowhere/pins.sock?pin=p1&pulse=200ms"
[[belt]]
name = "line-1"
speed = 1500
ENCODER
induct = "eye-1"
tunnel = "tunnel-1"
tunnelAt = 750
end = "eye-9"
endAt = 3500
minGap = 400
[[belt.lane]]
name = "L1"
divert = "d-1"
at = 1600
confirm = "in-1"
`

// A divert on a pin of a belt that nobody sees move is never fired for a test, and the
// page says why; one whose belt is seen is told to wait for it to stand.
func TestADivertIsNotFiredUnderABeltThatNobodySees(t *testing.T) {
	for encoder, code := range map[string]string{"": "beltUnseen", "encoder = \"enc-1\"\npulse = 20": "beltRuns"} {
		t.Run(code, func(t *testing.T) {
			text := beltOfPins
			if encoder != "" {
				text = strings.Replace(text, "speed = 1500\n", "", 1)
			}
			a, err := Open(configOf(t, text, "ENCODER", encoder), env, quiet(), nil)
			require.NoError(t, err)
			_, err = a.testDivert(&device{cfg: config.Device{Name: "d-1"}})
			var fault *web.DeviceFault
			require.ErrorAs(t, err, &fault)
			assert.Equal(t, code, fault.Code)
			ctx, stop := context.WithCancel(t.Context())
			stop()
			require.NoError(t, a.Run(ctx)) // it closes what it opened
		})
	}
}
