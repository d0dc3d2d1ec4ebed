//go:build linux

package link_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"dcedge/devices"
	"dcedge/devices/link"
)

// adapter plays a USB adapter: a pty whose slave is reached by a by-id link.
type adapter struct {
	t      testing.TB
	byID   string
	master *os.File
	slave  *os.File // held, as the master reads EIO while nobody has the slave open
}

func plug(t testing.TB, byID string) *adapter {
	t.Helper()
	master, slave, err := pty.Open()
	require.NoError(t, err)
	raw(t, slave)
	a := &adapter{t: t, byID: byID, master: master, slave: slave}
	require.NoError(t, os.Symlink(slave.Name(), byID))
	t.Cleanup(func() { _, _ = master.Close(), slave.Close() })
	return a
}

// raw: a pty echoes and edits lines unless told otherwise.
func raw(t testing.TB, f *os.File) {
	t.Helper()
	x, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	require.NoError(t, err)
	x.Lflag &^= unix.ECHO | unix.ICANON | unix.ISIG
	x.Iflag &^= unix.ICRNL
	require.NoError(t, unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, x))
}

// pull takes the adapter out: the tty is gone, and so is its link.
func (a *adapter) pull() {
	a.t.Helper()
	_ = a.slave.Close()
	require.NoError(a.t, a.master.Close())
	require.NoError(a.t, os.Remove(a.byID))
}

func serialOpener(t testing.TB, byID, options string) devices.Opener {
	t.Helper()
	o, err := link.New("serial://"+byID+options, link.Options{Device: "scan-1"})
	require.NoError(t, err)
	return o
}

func open(t testing.TB, o devices.Opener) devices.Conn {
	t.Helper()
	c, err := o.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = devices.Abort(c) })
	return c
}

func TestSerialCarriesEveryByte(t *testing.T) {
	a := plug(t, filepath.Join(t.TempDir(), "usb-scanner"))
	c := open(t, serialOpener(t, a.byID, "?baud=115200&parity=even&stop=2&flow=xonxoff"))
	assert.True(t, devices.Midstream(c))
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	// XON and XOFF are eaten under flow=xonxoff, which is what it is for.
	sent := bytes.ReplaceAll(bytes.ReplaceAll(all, []byte{0x11}, nil), []byte{0x13}, nil)
	for _, way := range []struct{ from, to io.ReadWriter }{{a.master, c}, {c, a.master}} {
		_, err := way.from.Write(sent)
		require.NoError(t, err)
		got := make([]byte, len(sent))
		_, err = io.ReadFull(way.to, got)
		require.NoError(t, err)
		assert.Equal(t, sent, got)
	}
}

func TestSerialThrowsStaleBytesAway(t *testing.T) {
	a := plug(t, filepath.Join(t.TempDir(), "usb-scanner"))
	_, err := a.master.Write([]byte("8801234567893\r")) // scanned while the edge was down
	require.NoError(t, err)
	c := open(t, serialOpener(t, a.byID, ""))
	_, err = a.master.Write([]byte("fresh\r"))
	require.NoError(t, err)
	b := make([]byte, 64)
	n, err := io.ReadAtLeast(c, b, 6)
	require.NoError(t, err)
	assert.Equal(t, "fresh\r", string(b[:n]))
}

// TestR1PulledAdapterComesBackAsAnotherTTY: noticed at once, told apart from an
// own close, opened again under the new name, nothing left behind.
func TestR1PulledAdapterComesBackAsAnotherTTY(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	byID := filepath.Join(t.TempDir(), "usb-scanner")
	o := serialOpener(t, byID, "?baud=9600")

	_, err := o.Open(t.Context())
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.Contains(t, devices.HintOf(err), "plug the device in")
	assert.Equal(t, devices.Transient, devices.ClassOf(err))

	first := plug(t, byID)
	name := first.slave.Name()
	c := open(t, o)
	read := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, 8))
		read <- err
	}()
	first.pull()
	select {
	case err := <-read:
		require.Error(t, err)
		assert.NotErrorIs(t, err, os.ErrClosed, "not our own close")
		assert.Contains(t, devices.HintOf(err), "pulled")
		assert.Contains(t, err.Error(), byID+" (now "+name+") is gone", "by the configured name first")
	case <-time.After(2 * time.Second):
		t.Fatal("a pulled adapter was not noticed")
	}
	_, err = c.Write([]byte("x"))
	require.Error(t, err)
	require.NoError(t, c.Close())

	hold, holdSlave, err := pty.Open() // so that the number is taken
	require.NoError(t, err)
	defer func() { _, _ = hold.Close(), holdSlave.Close() }()
	second := plug(t, byID)
	require.NotEqual(t, name, second.slave.Name())
	c = open(t, o)
	_, err = second.master.Write([]byte("back\r"))
	require.NoError(t, err)
	b := make([]byte, 5)
	_, err = io.ReadFull(c, b)
	require.NoError(t, err)
	assert.Equal(t, "back\r", string(b))
	require.NoError(t, c.Close())
}

// A frame that comes in pieces wakes whoever waits for it once, when it is whole;
// what is there already is given at once, and a wire that waits for fewer again
// gives what was held back.
func TestSerialGathersAFrame(t *testing.T) {
	byID := filepath.Join(t.TempDir(), "usb-scale")
	a := plug(t, byID)
	c := open(t, serialOpener(t, byID, ""))
	mon := devices.NewMonitor(devices.Info{Name: "scale-1"}).Wire(c) // as the driver sees it
	require.True(t, devices.Gather(mon, 22))
	lies := func(n int) (wakes bool) { // n bytes in the line, unread
		t.Helper()
		fd := int(a.slave.Fd())
		require.Eventually(t, func() bool {
			have, err := unix.IoctlGetInt(fd, unix.TIOCINQ)
			return err == nil && have == n
		}, 30*time.Second, time.Millisecond)
		ready, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
		require.NoError(t, err)
		return ready > 0
	}
	frame := []byte("ST,GS,1\xc4,000013.5 kg\r\n")
	for done := 0; done < 21; done += 7 {
		_, err := a.master.Write(frame[done : done+7])
		require.NoError(t, err)
		assert.False(t, lies(done+7))
	}
	_, err := a.master.Write(frame[21:])
	require.NoError(t, err)
	assert.True(t, lies(22))
	buf := make([]byte, 256)
	n, err := mon.Read(buf)
	require.NoError(t, err)
	assert.Equal(t, frame, buf[:n])

	_, err = a.master.Write(frame[:5])
	require.NoError(t, err)
	assert.False(t, lies(5))
	require.True(t, devices.Gather(mon, 3))
	assert.True(t, lies(5))
	n, err = mon.Read(buf)
	require.NoError(t, err)
	assert.Equal(t, frame[:5], buf[:n])
	assert.False(t, devices.Gather(mon, 0))
	assert.False(t, devices.Gather(mon, 256), "the kernel keeps a byte for it")
}

// A Read that waits is woken by the byte that it waits for, also one that came
// between two looks.
func TestSerialGatherWakes(t *testing.T) {
	byID := filepath.Join(t.TempDir(), "usb-scale")
	a := plug(t, byID)
	c := open(t, serialOpener(t, byID, ""))
	got := make(chan byte)
	go func() {
		buf := make([]byte, 256)
		for {
			n, err := c.Read(buf)
			if err != nil {
				close(got)
				return
			}
			for _, b := range buf[:n] {
				got <- b
			}
			devices.Gather(c, 1+int(buf[n-1])%5) // as many as are written next
		}
	}()
	for i := range 250 {
		piece := bytes.Repeat([]byte{byte(i)}, 1+(i+4)%5)
		_, err := a.master.Write(piece)
		require.NoError(t, err)
		for range piece {
			select {
			case b := <-got:
				require.Equal(t, byte(i), b)
			case <-time.After(5 * time.Second):
				t.Fatal("nobody was woken")
			}
		}
	}
	require.NoError(t, devices.Abort(c))
	_, more := <-got
	assert.False(t, more)
}

func TestSerialOwnCloseIsToldApart(t *testing.T) {
	a := plug(t, filepath.Join(t.TempDir(), "usb-scanner"))
	c := open(t, serialOpener(t, a.byID, ""))
	read := make(chan error, 1)
	go func() {
		_, err := c.Read(make([]byte, 8))
		read <- err
	}()
	require.NoError(t, c.Close())
	require.ErrorIs(t, <-read, os.ErrClosed)
	require.NoError(t, c.Close(), "twice is once")
	_, err := c.Write([]byte("x"))
	require.ErrorIs(t, err, os.ErrClosed)
}

// TestSerialStuckWriterIsGivenUp: nobody reads the other end, so the tty's
// buffer fills up. The write ends by its deadline, and no goroutine stays.
func TestSerialStuckWriterIsGivenUp(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	a := plug(t, filepath.Join(t.TempDir(), "usb-printer"))
	c := open(t, serialOpener(t, a.byID, ""))
	big := make([]byte, 1<<20)

	t.Run("by its deadline", func(t *testing.T) {
		require.NoError(t, c.SetWriteDeadline(time.Now().Add(50*time.Millisecond)))
		n, err := c.Write(big)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		assert.Contains(t, devices.HintOf(err), "flow control")
		assert.Positive(t, n)
		assert.Less(t, n, len(big))
		n, err = c.Write(big)
		require.Error(t, err)
		assert.Zero(t, n, "proof that nothing of this write left")
	})
	t.Run("by a close", func(t *testing.T) {
		require.NoError(t, c.SetWriteDeadline(time.Time{}))
		wrote := make(chan error, 1)
		go func() {
			_, err := c.Write(big)
			wrote <- err
		}()
		require.NoError(t, devices.Abort(c))
		require.ErrorIs(t, <-wrote, os.ErrClosed)
	})
}

// TestSerialBeyondSelect: a busy edge has more than 1,024 descriptors open, more
// than select(2) can wait for.
func TestSerialBeyondSelect(t *testing.T) {
	for range 1100 {
		f, err := os.Open(os.DevNull)
		if err != nil {
			t.Skipf("cannot open enough files: LINES BEYOND 1,024 DESCRIPTORS ARE NOT TRIED: %v", err)
		}
		t.Cleanup(func() { _ = f.Close() })
	}
	a := plug(t, filepath.Join(t.TempDir(), "usb-scanner"))
	c := open(t, serialOpener(t, a.byID, ""))
	_, err := a.master.Write([]byte("far\r"))
	require.NoError(t, err)
	b := make([]byte, 4)
	_, err = io.ReadFull(c, b)
	require.NoError(t, err)
	assert.Equal(t, "far\r", string(b))
	require.NoError(t, c.Close())
}

func TestSerialOpenTellsWhatToDo(t *testing.T) {
	plain := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(plain, nil, 0o600))
	_, err := serialOpener(t, plain, "").Open(t.Context())
	require.Error(t, err)
	assert.Equal(t, devices.Permanent, devices.ClassOf(err))
	assert.Contains(t, devices.HintOf(err), "no serial line")
	byID := filepath.Join(t.TempDir(), "by-id")
	require.NoError(t, os.Symlink(plain, byID))
	_, err = serialOpener(t, byID, "").Open(t.Context())
	assert.ErrorContains(t, err, byID+" (now "+plain+")")

	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = serialOpener(t, "/nowhere", "").Open(ctx)
	require.Error(t, err)
}

func TestBadSerialURLs(t *testing.T) {
	for raw, faults := range map[string]int{
		"serial://dev/ttyUSB0":                1,
		"serial:///":                          1,
		"serial://":                           1,
		"serial:ttyUSB0":                      1,
		"serial:///dev/x?baud=0":              1,
		"serial:///dev/x?baud=1e":             1,
		"serial:///dev/x?baud=12345":          1,
		"serial:///dev/x?speed=9":             1,
		"serial:///dev/x#f":                   1,
		"serial:///dev/x?baud=9600&baud=1200": 1,
		"serial:///dev/x?baud=x&bits=9&parity=no&stop=3&flow=on": 5,
		"serial://h/x?a=1&b=2": 3,
		"serial:///dev/x?%zz":  1,
	} {
		_, err := link.New(raw, link.Options{Device: "scan-1"})
		require.ErrorIs(t, err, link.ErrURL, raw)
		assert.Equal(t, devices.Permanent, devices.ClassOf(err), raw)
		var f *devices.Fault
		require.ErrorAs(t, err, &f)
		many, ok := f.Err.(interface{ Unwrap() []error })
		require.True(t, ok && errors.Is(err, link.ErrURL), raw)
		assert.Len(t, many.Unwrap(), faults, "%s: every fault at once", raw)
	}
	for _, raw := range []string{"serial:///dev/ttyUSB0", "serial:///dev/serial/by-id/usb-Honeywell?baud=9600",
		"serial:///dev/ttyS0?baud=115200&bits=7&parity=even&stop=2&flow=rtscts", "serial:///dev/x?stop=1.5&parity=mark&bits=5"} {
		_, err := link.New(raw, link.Options{Device: "scan-1"})
		require.NoError(t, err, raw)
	}
}
