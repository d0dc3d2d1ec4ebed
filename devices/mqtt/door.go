package mqtt

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/mochi-mqtt/server/v2/listeners"
)

const (
	firstPacket = 10 * time.Second       // for a new connection's CONNECT; with it the server sets the deadline of its own keep-alive
	doorRest    = 100 * time.Millisecond // after a connection could not be accepted (no file descriptor is left)
)

// door is where the embedded server's devices come in. The server's own listener
// (mochi 2.7.9) is not used: it ends its connections by Clients.GetByListener, which
// takes a read lock twice and waits for ever where a device leaves in between; a
// connection that comes in meanwhile it lets lie, and that device would wait for a
// CONNACK for ever; and it hears nobody any more after one failed Accept.
type door struct {
	l    net.Listener
	tls  *tls.Config // nil: plain
	wait sync.WaitGroup

	mu    sync.Mutex
	open  map[net.Conn]struct{}
	ended bool
}

func newDoor(l net.Listener, t *tls.Config) *door {
	return &door{l: l, tls: t, open: map[net.Conn]struct{}{}}
}

// Init implements listeners.Listener.
func (d *door) Init(*slog.Logger) error { return nil }

// ID implements listeners.Listener.
func (d *door) ID() string { return "devices" }

// Address implements listeners.Listener.
func (d *door) Address() string { return d.l.Addr().String() }

// Protocol implements listeners.Listener.
func (d *door) Protocol() string { return d.l.Addr().Network() }

// Serve implements listeners.Listener: it hands over whoever comes, until Close.
func (d *door) Serve(establish listeners.EstablishFn) {
	for {
		c, err := d.l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			<-time.After(doorRest)
		case !d.enter(c, establish):
			_ = c.Close()
		}
	}
}

// enter runs a connection's life; false where nobody comes in any more.
func (d *door) enter(c net.Conn, establish listeners.EstablishFn) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ended || c.SetDeadline(time.Now().Add(firstPacket)) != nil {
		return false
	}
	d.open[c] = struct{}{}
	d.wait.Go(func() {
		wire := c
		if d.tls != nil {
			wire = tls.Server(c, d.tls)
		}
		_ = establish(d.ID(), wire) // the inbox has heard of its devices' end
		_ = c.Close()
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.open, c)
	})
	return true
}

// Close implements listeners.Listener: whoever is connected hears the end, and what
// the server does with a connection has ended when it returns.
func (d *door) Close(listeners.CloseFn) {
	_ = d.l.Close()
	d.mu.Lock()
	d.ended = true
	for c := range d.open {
		_ = c.Close()
	}
	d.mu.Unlock()
	d.wait.Wait()
}
