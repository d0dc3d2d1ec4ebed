package link

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"dcedge/devices"
)

type tcp struct {
	device string
	addr   string
	dialer net.Dialer
}

var _ devices.Opener = (*tcp)(nil)

func newTCP(u *url.URL, o Options) (*tcp, error) {
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	switch {
	case u.Hostname() == "":
		err = fmt.Errorf("%w: host missing in %q", ErrURL, u.Redacted())
	case err != nil || port == 0:
		err = fmt.Errorf("%w: port missing or not 1 to 65535 in %q", ErrURL, u.Redacted())
	case u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "":
		err = fmt.Errorf("%w: tcp takes host and port only, not %q", ErrURL, u.Redacted())
	}
	if err != nil {
		return nil, badURL(o.Device, err)
	}
	d := net.Dialer{Timeout: o.DialTimeout, Resolver: o.Resolver}
	// A printer that lost its power sends nothing, not even a reset: only the
	// probes tell. Three unanswered ones end the connection.
	d.KeepAliveConfig = net.KeepAliveConfig{Enable: true, Idle: o.KeepAlive, Interval: 2 * time.Second, Count: 3}
	return &tcp{device: o.Device, addr: net.JoinHostPort(u.Hostname(), u.Port()), dialer: d}, nil
}

// Open dials, asking anew where a name leads; its errors are transient faults.
func (t *tcp) Open(ctx context.Context) (devices.Conn, error) {
	c, err := t.dialer.DialContext(ctx, "tcp", t.addr)
	if err != nil {
		return nil, &devices.Fault{Device: t.device, Op: "open", Class: devices.Transient,
			Hint: cmp.Or(devices.NameHint(err), "check power, network cable and address "+t.addr), Err: err}
	}
	return tcpConn{c.(*net.TCPConn)}, nil
}

// tcpConn adds Abort.
type tcpConn struct{ *net.TCPConn }

var _ devices.Aborter = tcpConn{}

// Abort resets the connection: what the kernel still holds is thrown away.
func (c tcpConn) Abort() error {
	if err := c.SetLinger(0); err != nil {
		_ = c.Close()
		return fmt.Errorf("link: abort: %w", err)
	}
	return c.Close()
}
