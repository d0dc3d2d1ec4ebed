package devices

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// Status is what is known of a device, for the devices page and for doctor.
type Status struct {
	Info
	Condition Condition
	Since     time.Time // since when it is in this condition
	Detail    string    // more about the condition, in English
	Hint      string    // what a person can do about the condition

	Model    string // as the device tells them itself; empty where it cannot
	Serial   string
	Firmware string

	Count     uint64 // a printer's own count of what it has printed
	CountUnit string // MeterLabels, MeterLength; empty where it tells none

	BytesIn  uint64 // over all connections since the start
	BytesOut uint64
	Readings uint64    // handed over and stored
	Junk     uint64    // frames and stretches of bytes that were left out
	Repeats  uint64    // repeats of a reading that were left out on purpose
	LastIn   time.Time // when the last byte arrived

	LastError     string // stays after a recovery
	LastErrorCode string // of the fault, for screens
	LastErrorHint string
	LastErrorAt   time.Time
}

// Monitor keeps the Status of one device over all its connections. Its methods
// may be called from any goroutine; none of them blocks on a wire.
type Monitor struct {
	in, out, readings, junk, repeats atomic.Uint64
	lastIn                           atomic.Int64 // Unix nanoseconds

	mu sync.Mutex
	st Status
}

// NewMonitor makes the monitor of a device that is offline.
func NewMonitor(i Info) *Monitor {
	return &Monitor{st: Status{Info: i, Condition: Offline, Since: time.Now()}}
}

// Status is what is known now.
func (m *Monitor) Status() Status {
	m.mu.Lock()
	st := m.st
	m.mu.Unlock()
	st.BytesIn, st.BytesOut, st.Readings = m.in.Load(), m.out.Load(), m.readings.Load()
	st.Junk, st.Repeats = m.junk.Load(), m.repeats.Load()
	if ns := m.lastIn.Load(); ns != 0 {
		st.LastIn = time.Unix(0, ns)
	}
	return st
}

// Set notes the condition and tells the sink of it where it is a new one.
func (m *Monitor) Set(to Sink, c Condition, detail, hint string) {
	m.mu.Lock()
	changed := m.st.Condition != c || m.st.Detail != detail
	if m.st.Condition != c {
		m.st.Since = time.Now()
	}
	m.st.Condition, m.st.Detail, m.st.Hint = c, detail, hint
	name := m.st.Name
	m.mu.Unlock()
	if changed && to != nil {
		to.State(State{Device: name, Condition: c, Detail: detail, Hint: hint})
	}
}

// Fail notes a fault that ended a connection: the device is offline, or Faulty where
// what it sent is why; what comes back may be another one, so that who it was is
// forgotten. It gives the fault as a *Fault; one that is none yet becomes a transient
// one of op.
func (m *Monitor) Fail(to Sink, op, hint string, err error) error {
	f, ok := errors.AsType[*Fault](err)
	if !ok {
		f = &Fault{Device: m.name(), Op: op, Class: Transient, Hint: hint, Err: err}
	}
	m.Note(f)
	m.mu.Lock()
	m.st.Model, m.st.Serial, m.st.Firmware = "", "", ""
	m.mu.Unlock()
	m.Set(to, f.Left(), f.Err.Error(), f.Hint)
	return f
}

// Note keeps a fault as the last error without changing the condition.
func (m *Monitor) Note(f *Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.st.LastError, m.st.LastErrorCode, m.st.LastErrorHint, m.st.LastErrorAt = f.Error(), f.Code(), f.Hint, time.Now()
}

// Identify keeps what the device told of itself; empty words change nothing.
func (m *Monitor) Identify(model, serial, firmware string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range []struct {
		at  *string
		now string
	}{{&m.st.Model, model}, {&m.st.Serial, serial}, {&m.st.Firmware, firmware}} {
		if w.now != "" {
			*w.at = w.now
		}
	}
}

// Stored, Junked and Repeated count.
func (m *Monitor) Stored() { m.readings.Add(1) }

// Junked counts n frames or stretches that were left out.
func (m *Monitor) Junked(n int) { m.junk.Add(uint64(n)) }

// Repeated counts a repeat that was left out on purpose.
func (m *Monitor) Repeated() { m.repeats.Add(1) }

func (m *Monitor) name() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.st.Name
}

// mostIn is the most bytes that a device may send within a second: no scanner, scale
// or printer has as much to say. One that sends more would keep a core busy, and what
// it says now would wait behind what it said long ago.
const mostIn = 256 << 10

// ErrFlood ends the connection of a device that sends more than any has to say.
var ErrFlood = errors.New("it sends without end")

// Wire counts what passes over c, and ends a flood with a fault that wraps ErrFlood.
func (m *Monitor) Wire(c Conn) Conn { return &counted{Conn: c, m: m} }

type counted struct {
	Conn
	m *Monitor

	// Of the one goroutine that reads.
	since time.Time
	came  int // bytes since then
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
	if now.Sub(c.since) >= time.Second {
		c.since, c.came = now, 0
	}
	if c.came += n; c.came > mostIn && err == nil {
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
