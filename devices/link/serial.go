package link

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"go.bug.st/serial"

	"dcedge/devices"
)

const (
	// writeStall ends a Write for which no deadline was set: a device that holds
	// the flow for this long is not going to take the bytes.
	writeStall = 10 * time.Second
	// drainWait bounds how long Close lets the last bytes leave.
	drainWait = 500 * time.Millisecond
)

type serialLink struct {
	device  string
	path    string
	mode    serial.Mode
	flow    flow
	timeout time.Duration
}

var _ devices.Opener = (*serialLink)(nil)

// Open opens whatever tty the path leads to now and throws away what it had
// received before. Its errors are faults: transient where plugging something in
// can help.
func (l *serialLink) Open(ctx context.Context) (devices.Conn, error) {
	type opened struct {
		conn *serialConn
		err  error
	}
	// A tty that is still being closed, or a driver in trouble, can hold open(2)
	// for many seconds, and nothing wakes it.
	got := make(chan opened, 1)
	go func() {
		c, err := l.open()
		got <- opened{c, err}
	}()
	t := time.NewTimer(l.timeout)
	defer t.Stop()
	var err error
	select {
	case o := <-got:
		if o.err == nil {
			return o.conn, nil
		}
		return nil, l.fault(o.err)
	case <-ctx.Done():
		err = ctx.Err()
	case <-t.C:
		err = os.ErrDeadlineExceeded
	}
	go func() {
		if o := <-got; o.err == nil {
			_ = o.conn.Abort()
		}
	}()
	return nil, l.fault(fmt.Errorf("link: opening %s: %w", l.path, err))
}

func (l *serialLink) open() (*serialConn, error) {
	// Both descriptors must be of the same tty, also while the adapter changes.
	path, err := filepath.EvalSymlinks(l.path)
	if err != nil {
		return nil, fmt.Errorf("link: %w", err)
	}
	f, err := openTTY(path)
	if err != nil {
		return nil, fmt.Errorf("link: %s: %w", l.named(path), err)
	}
	port, err := serial.Open(path, &l.mode)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("link: %s: %w", l.named(path), err)
	}
	c := &serialConn{device: l.device, path: l.named(path), f: f, port: port}
	if err := errors.Join(f.setFlow(l.flow), port.ResetInputBuffer()); err != nil {
		_ = c.Abort()
		return nil, fmt.Errorf("link: %s: %w", l.named(path), err)
	}
	return c, nil
}

// named is the line as the configuration says it, and which tty that is now.
func (l *serialLink) named(tty string) string {
	if tty == l.path {
		return tty
	}
	return l.path + " (now " + tty + ")"
}

func (l *serialLink) fault(err error) error {
	f := &devices.Fault{Device: l.device, Op: "open", Class: devices.Transient, Err: err}
	pe, _ := errors.AsType[*serial.PortError](err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Hint = "plug the device in: there is no " + l.path
	case errors.Is(err, errNoLine) || pe != nil && pe.Code() == serial.InvalidSerialPort:
		f.Hint, f.Class = l.path+" is no serial line: correct `link` of this device", devices.Permanent
	case errors.Is(err, fs.ErrPermission) || pe != nil && pe.Code() == serial.PermissionDenied:
		f.Hint = "let the edge's user open " + l.path + ": usually by adding it to the group dialout"
	case errors.Is(err, syscall.EBUSY) || pe != nil && pe.Code() == serial.PortBusy:
		f.Hint = "another program holds " + l.path + ": end it"
	case pe != nil:
		f.Hint, f.Class = "the line cannot be set up like this: correct baud, bits, parity or stop in `link`", devices.Permanent
	default:
		f.Hint = "unplug the adapter and plug it in again"
	}
	return f
}

// serialConn is one open line. Reads and writes go over f; port holds the line's settings and its exclusive use.
type serialConn struct {
	device, path string // path: for people
	f            *tty
	port         serial.Port

	mu       sync.Mutex
	deadline bool // a write deadline was set by the user
	closed   bool
	gather   int // bytes that wake a Read; 0: one
}

var (
	_ devices.Aborter     = (*serialConn)(nil)
	_ devices.Midstreamer = (*serialConn)(nil)
	_ devices.Gatherer    = (*serialConn)(nil)
)

// Midstream: the device does not know that it was not being listened to.
func (c *serialConn) Midstream() bool { return true }

// Read blocks until bytes come. Its error is a fault: os.ErrClosed after an own
// Close, anything else means that the adapter is gone.
func (c *serialConn) Read(p []byte) (int, error) {
	n, err := c.f.Read(p)
	return n, c.fault("read", err)
}

// Gather implements devices.Gatherer, by the line's VMIN: the kernel's poll looks
// at it too, so that bytes which come one by one cost one wake-up.
func (c *serialConn) Gather(n int) error {
	if n < 1 || n > 255 {
		return fmt.Errorf("link: gather %d bytes: %w", n, errors.ErrUnsupported)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if n == max(c.gather, 1) {
		return nil
	}
	err := c.f.setLeast(n)
	if err == nil {
		c.gather = n
	}
	return err
}

// Write takes all of p, or fails by the write deadline (10 s where none is set).
func (c *serialConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	own := !c.deadline
	c.mu.Unlock()
	if own {
		if err := c.f.SetWriteDeadline(time.Now().Add(writeStall)); err != nil {
			return 0, c.fault("write", err)
		}
	}
	n, err := c.f.Write(p)
	return max(n, 0), c.fault("write", err)
}

// SetWriteDeadline implements devices.Conn; the zero time brings the default back.
func (c *serialConn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	c.deadline = !t.IsZero()
	c.mu.Unlock()
	return c.fault("write", c.f.SetWriteDeadline(t))
}

// Close lets what was taken leave for at most half a second, then drops it: a
// close with bytes in hand would otherwise hold for up to 30 s in the kernel.
func (c *serialConn) Close() error {
	end := time.Now().Add(drainWait)
	for c.f.outstanding() > 0 && time.Now().Before(end) {
		time.Sleep(2 * time.Millisecond)
	}
	return c.Abort()
}

// Abort closes at once; what the line still holds is thrown away.
func (c *serialConn) Abort() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = true
	_ = c.port.ResetOutputBuffer() // fails where the adapter is gone, and then nothing is left either
	err := c.f.Close()
	if perr := c.port.Close(); err == nil {
		err = perr
	}
	if err != nil {
		return fmt.Errorf("link: close: %w", err)
	}
	return nil
}

func (c *serialConn) fault(op string, err error) error {
	if err == nil {
		return nil
	}
	f := &devices.Fault{Device: c.device, Op: op, Class: devices.Transient, Err: err}
	c.mu.Lock()
	own := c.closed
	c.mu.Unlock()
	switch {
	case own:
		f.Hint, f.Err = "the edge closed this line itself", os.ErrClosed
	case errors.Is(err, os.ErrDeadlineExceeded):
		f.Hint = "the device takes no bytes: check its power and flow control (flow= in `link`)"
	default:
		f.Hint = "plug the adapter or cable back in: it was pulled, or the device lost its power"
		f.Err = fmt.Errorf("%s is gone: %w", c.path, err)
	}
	return f
}
