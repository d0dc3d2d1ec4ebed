package mqtt

import (
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A connection that the server accepted and let lie hears the broker's end: its
// device would wait for a CONNACK for ever.
func TestNobodyIsLeftAtTheDoor(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	door := &patient{Listener: l, open: map[*guest]struct{}{}}
	device, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer device.Close()
	_, err = door.Accept()
	require.NoError(t, err)
	late, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer late.Close()

	door.empty()
	_, err = door.Accept()
	require.ErrorIs(t, err, net.ErrClosed)
	for name, c := range map[string]net.Conn{"let lie": device, "too late": late} {
		require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
		_, err = c.Read(make([]byte, 1))
		require.Error(t, err, name)
		assert.NotErrorIs(t, err, os.ErrDeadlineExceeded, name)
	}
}
