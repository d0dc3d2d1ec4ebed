package conveyor

import (
	"errors"
	"fmt"
	"time"
)

// BeltConfig says how a belt's movement is known: by an encoder on the belt, or
// by its speed and whether it runs.
type BeltConfig struct {
	MicronsPerPulse int64 // of belt; 0: no encoder
	CounterBits     int   // of the encoder's counter, 8 to 64; 0: 32
	MMPerSecond     int64 // of a belt without an encoder, and the most that one with can do
}

// Errors of a belt.
var (
	ErrBelt = errors.New("conveyor: a belt wants mm per second, and a counter of 8 to 64 bits")
	// ErrJump is returned for a counter that moved further than the belt can: it
	// was off, or was set. Whatever is on the belt must be forgotten.
	ErrJump = errors.New("conveyor: the encoder's counter jumped")
)

// Belt knows where a belt is, in mm since it was made. It remembers the last
// seconds, so that a message that tells when it was made can be given a place.
type Belt struct {
	cfg     BeltConfig
	microns int64 // position
	count   uint64
	counted bool
	at      time.Time
	running bool
	past    [4096]stop
	n       int
}

type stop struct {
	at  time.Time
	pos int64
}

// NewBelt makes a belt that stands at 0.
func NewBelt(cfg BeltConfig) (*Belt, error) {
	if cfg.CounterBits == 0 {
		cfg.CounterBits = 32
	}
	if cfg.MicronsPerPulse < 0 || cfg.MMPerSecond <= 0 || cfg.CounterBits < 8 || cfg.CounterBits > 64 {
		return nil, ErrBelt
	}
	return &Belt{cfg: cfg}, nil
}

// Count takes the encoder's counter at a time; it may have wrapped once. After
// ErrJump it goes on from the new count.
func (b *Belt) Count(count uint64, at time.Time) error {
	mask := ^uint64(0) >> (64 - b.cfg.CounterBits)
	count &= mask
	if !b.counted {
		b.count, b.counted, b.at = count, true, at
		b.note()
		return nil
	}
	pulses := (count - b.count) & mask
	gone := at.Sub(b.at)
	b.count = count
	// as far as the belt can go, and a tenth and 50 mm more
	most := b.cfg.MMPerSecond*gone.Milliseconds()*11/10 + 50_000
	if gone < 0 || pulses > uint64(most)/uint64(max(b.cfg.MicronsPerPulse, 1)) {
		b.at = at
		return fmt.Errorf("%w: %d pulses in %v", ErrJump, pulses, gone)
	}
	b.microns += int64(pulses) * b.cfg.MicronsPerPulse
	b.at = at
	b.note()
	return nil
}

// Run says that a belt without an encoder runs, or stands, from a time on.
func (b *Belt) Run(running bool, at time.Time) {
	b.tick(at)
	b.running = running
	b.at = at
	b.note()
}

// Runs tells that the belt moves on by time; one with an encoder moves by its pulses.
func (b *Belt) Runs() bool { return b.running && b.cfg.MicronsPerPulse == 0 }

// tick moves a belt without an encoder.
func (b *Belt) tick(at time.Time) {
	if b.cfg.MicronsPerPulse > 0 || at.Before(b.at) {
		return
	}
	if b.running {
		b.microns += b.cfg.MMPerSecond * at.Sub(b.at).Microseconds() / 1000
	}
	b.at = at
}

// note remembers a place: of an encoder each count, else one for each 5 ms at
// most: 20 s of a belt that is looked at all the time, minutes of one that is not.
func (b *Belt) note() {
	if b.cfg.MicronsPerPulse == 0 && b.n > 1 && b.at.Sub(b.past[(b.n-2)%len(b.past)].at) < 5*time.Millisecond {
		b.past[(b.n-1)%len(b.past)] = stop{b.at, b.microns}
		return
	}
	b.past[b.n%len(b.past)] = stop{b.at, b.microns}
	b.n++
}

// Pos is where the belt is, in mm. A belt with an encoder is where its last
// count was.
func (b *Belt) Pos(now time.Time) int64 {
	if b.cfg.MicronsPerPulse == 0 {
		b.tick(now)
		b.note()
	}
	return b.microns / 1000
}

// PosAt is where the belt was at a time that is not long past; false where that
// is not known any more.
func (b *Belt) PosAt(at time.Time) (int64, bool) {
	for i := b.n - 1; i >= 0 && i > b.n-1-len(b.past); i-- {
		s := b.past[i%len(b.past)]
		if s.at.After(at) {
			continue
		}
		if i == b.n-1 {
			return s.pos / 1000, true
		}
		next := b.past[(i+1)%len(b.past)]
		part := int64(0)
		if span := next.at.Sub(s.at).Microseconds(); span > 0 {
			part = (next.pos - s.pos) * at.Sub(s.at).Microseconds() / span
		}
		return (s.pos + part) / 1000, true
	}
	return 0, false
}
