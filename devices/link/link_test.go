package link_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link"
)

func TestBadURLs(t *testing.T) {
	for _, raw := range []string{
		"", "10.0.0.21:9100", "tcp://", "tcp://10.0.0.21", "tcp://:9100", "tcp://h:0", "tcp://h:70000", "tcp://h:x",
		"tcp://u:p@h:1", "tcp://h:1/path", "tcp://h:1?q=1", "tcp://h:1#f", "udp://h:1", "http://h:80", "tcp://h:1 ", "\x7f",
	} {
		_, err := link.New(raw, link.Options{Device: "printer-1"})
		require.ErrorIs(t, err, link.ErrURL, "%q", raw)
		assert.Equal(t, devices.Permanent, devices.ClassOf(err), "%q", raw)
		assert.NotEmpty(t, devices.HintOf(err))
		assert.NotContains(t, err.Error(), "u:p@", "a password in a URL is not repeated")
	}
	_, err := link.New("tcp://h:1", link.Options{})
	assert.ErrorIs(t, err, link.ErrURL)
}

func TestTCP(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	far := make(chan net.Conn, 2)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			far <- c
		}
	}()
	o, err := link.New("tcp://"+l.Addr().String(), link.Options{Device: "printer-1", DialTimeout: 5 * time.Second})
	require.NoError(t, err)

	t.Run("OK", func(t *testing.T) {
		c, err := o.Open(t.Context())
		require.NoError(t, err)
		there := <-far
		_, err = c.Write([]byte("~HS"))
		require.NoError(t, err)
		require.NoError(t, c.Close())
		got, err := io.ReadAll(there)
		require.NoError(t, err)
		assert.Equal(t, "~HS", string(got))
	})
	t.Run("Abort resets", func(t *testing.T) {
		c, err := o.Open(t.Context())
		require.NoError(t, err)
		there := <-far
		require.NoError(t, devices.Abort(c))
		_, err = io.ReadAll(there)
		require.Error(t, err, "a reset, not an end")
	})
	t.Run("Refused", func(t *testing.T) {
		require.NoError(t, l.Close())
		_, err := o.Open(t.Context())
		require.Error(t, err)
		assert.Equal(t, devices.Transient, devices.ClassOf(err))
		assert.NotEmpty(t, devices.HintOf(err))
	})
}
