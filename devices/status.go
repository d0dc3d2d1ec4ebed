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

	mu      sync.Mutex
	st      Status
	flooded time.Time // when it did so last; zero: it is believed
	told    uint64    // how often a condition was told
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

// Set notes the condition and tells the sink of it where it is a new one. A device
// that flooded works again only once it was well for Calm: what is told of it before
// counts then, if nothing else was told since.
func (m *Monitor) Set(to Sink, c Condition, detail, hint string) {
	m.mu.Lock()
	m.told++
	if wait := CalmIn(m.flooded); c.Works() && wait > 0 {
		n := m.told
		time.AfterFunc(wait, func() { m.calm(n, to, c, detail, hint) })
		m.set(to, Flooding, ErrFlood.Error(), m.st.LastErrorHint)
		return
	}
	m.set(to, c, detail, hint)
}

// calm sets what was told of a device that flooded, unless more was told since.
func (m *Monitor) calm(n uint64, to Sink, c Condition, detail, hint string) {
	m.mu.Lock()
	if m.told != n {
		m.mu.Unlock()
		return
	}
	m.flooded = time.Time{}
	m.set(to, c, detail, hint)
}

// set is called with mu held, and gives it up.
func (m *Monitor) set(to Sink, c Condition, detail, hint string) {
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

// Fail notes a fault that ended a connection: the device is as Fault.Left says; what comes back may be another one, so that who it was is
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
	if errors.Is(f.Err, ErrFlood) {
		m.flooded = time.Now()
	}
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
