package devices

import (
	"errors"
	"time"
)

// Calm is how long a device that flooded must have been well before it is believed
// again: longer than any wait between two tries to open it.
const Calm = 10 * time.Second

// CalmIn is how long a device that flooded last at a time is not believed yet; a zero
// time is that of one that never did.
func CalmIn(flooded time.Time) time.Duration {
	if flooded.IsZero() {
		return 0
	}
	return time.Until(flooded.Add(Calm))
}

// Rate counts what comes from a device, and tells when that is more in a second than
// there can be. It is for one goroutine.
type Rate struct {
	Most  int // a second; 0: any
	since time.Time
	n     int
}

// Over counts n more at a time; true: that are more than Most.
func (r *Rate) Over(n int, at time.Time) bool {
	if at.Sub(r.since) >= time.Second {
		r.since, r.n = at, 0
	}
	r.n += n
	return r.Most > 0 && r.n > r.Most
}

// mostIn is the most bytes that a device may send within a second: no scanner, scale
// or printer has as much to say. One that sends more would keep a core busy, and what
// it says now would wait behind what it said long ago.
const mostIn = 256 << 10

// ErrFlood ends the connection of a device that sends more than any has to say.
var ErrFlood = errors.New("it sends without end")

// Wire counts what passes over c, and ends a flood with a fault that wraps ErrFlood.
func (m *Monitor) Wire(c Conn) Conn { return &counted{Conn: c, m: m, came: Rate{Most: mostIn}} }

type counted struct {
	Conn
	m *Monitor

	came Rate // of the one goroutine that reads
}

var (
	_ Aborter     = (*counted)(nil)
	_ Midstreamer = (*counted)(nil)
	_ Gatherer    = (*counted)(nil)
)

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n <= 0 {
		return n, err
	}
	now := time.Now()
	c.m.in.Add(uint64(n))
	c.m.lastIn.Store(now.UnixNano())
	if c.came.Over(n, now) && err == nil {
		err = &Fault{Device: c.m.name(), Op: "read", Class: Corrupt, Err: ErrFlood,
			Hint: "switch it off and on; if it stays, see that `link` leads to this device and to nothing else"}
	}
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.m.out.Add(uint64(max(n, 0)))
	return n, err
}

// Abort implements Aborter.
func (c *counted) Abort() error { return Abort(c.Conn) }

// Midstream implements Midstreamer.
func (c *counted) Midstream() bool { return Midstream(c.Conn) }

// Gather implements Gatherer.
func (c *counted) Gather(n int) error {
	if !Gather(c.Conn, n) {
		return errors.ErrUnsupported
	}
	return nil
}
