//go:build linux

package scale_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices/link"
	"dcedge/devices/scale"
)

// TestR3OverASerialLine: a shift in frames on a tty: noise, drift, movement,
// overload, another unit, a parcel laid on another one's heels.
func TestR3OverASerialLine(t *testing.T) {
	master, slave, err := pty.Open()
	require.NoError(t, err)
	defer func() { _, _ = slave.Close(), master.Close() }()
	o, err := link.New("serial://"+slave.Name()+"?baud=9600", link.Options{Device: "scale-1"})
	require.NoError(t, err)
	s, err := scale.New(scale.Config{Name: "scale-1"}, o, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	d, done := &disk{}, make(chan error, 1)
	ctx, stop := context.WithCancel(t.Context())
	go func() { done <- s.Run(ctx, d) }()
	require.Eventually(t, func() bool { return s.Status().Condition == "ready" }, 30*time.Second, time.Millisecond)

	zero := "ST,GS,1\xc5,     0.0 kg\r\n"
	script := []string{
		"\x00\xff\xf8", zero, zero, // the first one is spoilt by noise
		zero, "US,GS,1\x84,     7.1 kg\r\n", "ST,GS,1\xc4,    13.5 kg\r\n", "ST,GS,1\xc4,    13.5 kg\r\n", "ST,GS,1\xc4,    13.5 kg\r\n",
		"US,GS,1\x84,     2.0 kg\r\n", "ST,GS,1\xc5,     0.0 kg\r\n", zero,
		"OL,GS,1\x84,000000.0 kg\r\n", "ST,GS,1\x84,    99.9 kg\r\n", "ST,GS,1\x84,    99.9 kg\r\n", // lamp says unstable
		"ST,GS,1\xc4,   -13.5 kg\r\n", "ST,GS,1\xc4,   -13.5 kg\r\n", "ST,GS,1\xc4,     8.0 kg\r\n", "ST,GS,1\xc4,     8.0 kg\r\n", // not empty before
		zero, zero, "ST,GS,1\xc4,  1204.0  g\r\n", "ST,GS,1\xc4,  1204.0  g\r\n",
	}
	for _, piece := range script {
		_, err := master.WriteString(piece)
		require.NoError(t, err)
	}
	require.Eventually(t, func() bool { return s.Weight().Verdict == scale.OK && s.Weight().Unit == "g" }, 30*time.Second, time.Millisecond)
	assert.Equal(t, []string{"13500", "1204"}, d.grams())
	assert.Equal(t, []uint64{1, 2}, []uint64{d.reads[0].Load, d.reads[1].Load})
	assert.EqualValues(t, 1, s.Status().Junk)
	stop()
	require.NoError(t, <-done)
}
