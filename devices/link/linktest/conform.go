package linktest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
)

// Wire opens a connection and gives its far end; each call makes a new one.
type Wire func(t *testing.T) (devices.Conn, io.ReadWriteCloser)

// patience bounds what must happen at once.
const patience = 5 * time.Second

// Conform holds a devices.Conn to what drivers rely on. fills says that the wire
// has a buffer that a device which takes nothing fills up.
func Conform(t *testing.T, wire Wire, fills bool) {
	t.Run("carries both ways", func(t *testing.T) {
		c, far := wire(t)
		there, back := bytes.Repeat([]byte("\x00\x1d\xff]C1"), 40), bytes.Repeat([]byte("\x02\x03\r\n\x80"), 40)
		carry(t, c, far, there)
		carry(t, far, c, back)
		require.NoError(t, c.Close())
	})
	t.Run("an own close wakes the reader", func(t *testing.T) {
		c, _ := wire(t)
		read := reading(c)
		require.NoError(t, c.Close())
		ends(t, read)
	})
	t.Run("an abort wakes the reader", func(t *testing.T) {
		c, _ := wire(t)
		read := reading(c)
		require.NoError(t, devices.Abort(c))
		ends(t, read)
	})
	t.Run("the device's end wakes the reader", func(t *testing.T) {
		c, far := wire(t)
		read := reading(c)
		require.NoError(t, far.Close())
		ends(t, read)
		_ = c.Close()
	})
	t.Run("a device that takes nothing ends a write by its deadline", func(t *testing.T) {
		c, _ := wire(t)
		require.NoError(t, c.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
		big := make([]byte, 32<<20)
		n, err := c.Write(big)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Less(t, n, len(big))
		assert.Equal(t, fills, n > 0)
		n, err = c.Write([]byte("x"))
		require.Error(t, err)
		assert.Zero(t, n, "proof that nothing of it left")
		require.NoError(t, devices.Abort(c))
	})
	t.Run("a write after the close fails with nothing taken", func(t *testing.T) {
		c, _ := wire(t)
		require.NoError(t, c.Close())
		n, err := c.Write([]byte("x"))
		require.Error(t, err)
		assert.Zero(t, n)
	})
}

// carry sends text from one end to the other while both are served.
func carry(t *testing.T, from io.Writer, to io.Reader, text []byte) {
	t.Helper()
	sent := make(chan error, 1)
	go func() {
		_, err := from.Write(text)
		sent <- err
	}()
	got := make([]byte, len(text))
	_, err := io.ReadFull(to, got)
	require.NoError(t, err)
	require.NoError(t, <-sent)
	require.Equal(t, text, got)
}

func reading(c devices.Conn) <-chan error {
	read := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, 8))
		read <- err
	}()
	return read
}

func ends(t *testing.T, read <-chan error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	select {
	case err := <-read:
		require.Error(t, err)
		require.False(t, errors.Is(err, io.ErrNoProgress))
	case <-ctx.Done():
		t.Fatal("the reader was not woken")
	}
}
