//go:build linux

package link_test

import (
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"dcedge/devices"
	"dcedge/devices/link"
	"dcedge/devices/link/linktest"
)

// TestEveryLinkConforms: drivers cannot tell one wire from another.
func TestEveryLinkConforms(t *testing.T) {
	t.Run("tcp", func(t *testing.T) {
		linktest.Conform(t, func(t *testing.T) (devices.Conn, io.ReadWriteCloser) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer func() { _ = l.Close() }()
			o, err := link.New("tcp://"+l.Addr().String(), link.Options{Device: "d"})
			require.NoError(t, err)
			c := open(t, o)
			far, err := l.Accept()
			require.NoError(t, err)
			t.Cleanup(func() { _ = far.Close() })
			return c, far
		}, true)
	})
	t.Run("serial", func(t *testing.T) {
		linktest.Conform(t, func(t *testing.T) (devices.Conn, io.ReadWriteCloser) {
			a := plug(t, filepath.Join(t.TempDir(), "usb"))
			return open(t, serialOpener(t, a.byID, "")), pulled{a.master, a.slave}
		}, true)
	})
	t.Run("pipe", func(t *testing.T) {
		linktest.Conform(t, func(t *testing.T) (devices.Conn, io.ReadWriteCloser) {
			p := linktest.NewPipe(1)
			return open(t, p), <-p.Accepted
		}, false)
	})
}

// pulled closes the whole adapter.
type pulled struct {
	*os.File
	slave *os.File
}

func (p pulled) Close() error {
	_ = p.slave.Close()
	return p.File.Close()
}
