package supervise

import (
	"math/rand/v2"
	"time"
)

// Backoff gives the waits between tries: Min, doubled up to Max, each spread by
// a quarter either way so that a power cut does not make everybody return at
// once. The zero value waits between 250 ms and 30 s.
type Backoff struct {
	Min, Max time.Duration
	next     time.Duration
}

// Next gives the next wait.
func (b *Backoff) Next() time.Duration {
	if b.Min <= 0 {
		b.Min = 250 * time.Millisecond
	}
	if b.Max < b.Min {
		b.Max = max(30*time.Second, b.Min)
	}
	if b.next < b.Min {
		b.next = b.Min
	}
	d := b.next
	b.next = min(2*b.next, b.Max)
	return d - d/4 + time.Duration(rand.Int64N(int64(d)/2+1))
}

// Reset is called after a success.
func (b *Backoff) Reset() { b.next = 0 }
