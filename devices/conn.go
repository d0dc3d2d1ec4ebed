package devices

import (
	"context"
	"io"
	"time"
)

// Conn is an open wire to a device. Read blocks until bytes arrive or the wire
// is closed. Write returns how many bytes were taken: zero together with an
// error proves that nothing of that write left.
type Conn interface {
	io.ReadWriteCloser
	SetWriteDeadline(t time.Time) error
}

// Aborter is implemented by a Conn that can be closed so that bytes taken by
// Write but not yet on the wire are thrown away instead of delivered later.
type Aborter interface {
	Abort() error
}

// Opener opens the wire to one device.
type Opener interface {
	Open(ctx context.Context) (Conn, error)
}

// Abort closes c at once, without delivering what is still buffered where the
// wire can do that.
func Abort(c Conn) error {
	if a, ok := c.(Aborter); ok {
		return a.Abort()
	}
	return c.Close()
}

// Midstreamer is implemented by a Conn that may be opened while the device is
// in the middle of sending, as a serial line may: the first bytes that come can
// be the end of something whose beginning is lost.
type Midstreamer interface {
	Midstream() bool
}

// Midstream says whether c may begin in the middle of what the device sends.
func Midstream(c Conn) bool {
	m, ok := c.(Midstreamer)
	return ok && m.Midstream()
}

// Gatherer is implemented by a Conn that can let bytes come together before it
// wakes whoever waits in Read, as a serial line can.
type Gatherer interface {
	// Gather has a Read that finds nothing wait until n bytes have come, 1 to 255;
	// it stays so. What is there already is given at once.
	Gather(n int) error
}

// Gather says whether c lets n bytes come together.
func Gather(c Conn, n int) bool {
	g, ok := c.(Gatherer)
	return ok && g.Gather(n) == nil
}
