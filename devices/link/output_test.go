package link_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices/link"
)

func TestOutputURLs(t *testing.T) {
	o := link.Options{Device: "d-1"}
	p, pulse, err := link.NewPulse("gpio://GPIO22?invert=true", o)
	require.NoError(t, err)
	assert.Equal(t, []any{"GPIO22", 150 * time.Millisecond}, []any{p.Place(), pulse})
	p, pulse, err = link.NewPulse("gpio+sim:///run/pins.sock?pulse=1s", o)
	require.NoError(t, err)
	assert.Equal(t, []any{"/run/pins.sock d-1", time.Second}, []any{p.Place(), pulse})
	lamps, err := link.NewLamps("gpio+sim:///run/pins.sock?red=r&buzzer=b", o, "red", "green", "buzzer")
	require.NoError(t, err)
	assert.Len(t, lamps, 2)
	assert.Equal(t, "/run/pins.sock b", lamps["buzzer"].Place())

	for _, bad := range []string{"gpio://", "gpio://GPIO22?pulse=9ms", "gpio://GPIO22?pulse=6s", "gpio://GPIO22?pulse=1", "gpio://GPIO22?debounce=1ms", "gpio://GPIO22/x", "tcp://10.0.0.1:1", "gpio+sim://?pin=x"} {
		_, _, err := link.NewPulse(bad, o)
		require.ErrorIs(t, err, link.ErrURL, bad)
	}
	for _, bad := range []string{"gpio://", "gpio://GPIO5", "gpio://?red=GPIO5&green=GPIO5", "gpio://?blue=GPIO5", "gpio://?red=GPIO/5", "gpio://?red=G&invert=no", "gpio+sim://?red=r", "mqtt:?red=r", "gpio://u@?red=G"} {
		_, err := link.NewLamps(bad, o, "red", "green", "buzzer")
		require.ErrorIs(t, err, link.ErrURL, bad)
	}
}
