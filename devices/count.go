package devices

import "time"

// Took counts n bytes that arrived for a device without a wire of its own, such
// as one behind a broker.
func (m *Monitor) Took(n int) {
	m.in.Add(uint64(max(n, 0)))
	m.lastIn.Store(time.Now().UnixNano())
}

// Gave counts n bytes that left for a device without a wire of its own.
func (m *Monitor) Gave(n int) { m.out.Add(uint64(max(n, 0))) }
