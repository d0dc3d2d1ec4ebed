package scanner

import (
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// Reasons for which bytes are left out; each is returned in Event.Fault.
var (
	// ErrCut is for a code whose beginning or end is missing.
	ErrCut = errors.New("scanner: cut code")
	// ErrLong is for a code longer than the configured maximum.
	ErrLong = errors.New("scanner: code too long")
	// ErrNoise is for bytes that no code has: control characters, broken UTF-8.
	ErrNoise = errors.New("scanner: noise")
	// ErrChecksum is for an SSI packet that does not add up.
	ErrChecksum = errors.New("scanner: checksum")
)

const (
	stx, etx = 0x02, 0x03
	ack, nak = 0x06, 0x15
	cr, lf   = '\r', '\n'
	bel      = 0x07
)

// framing says what ends a code.
type framing struct {
	ends     string // each of these bytes ends a code
	pair     bool   // only CR followed by LF ends one
	begin    bool   // a code begins with STX, what lies outside is noise
	stxFresh bool   // STX, where it comes, begins a code
	silence  bool   // a silence ends a code
	answers  bool   // ACK and NAK are expected
}

// lines cuts codes out of a stream of characters; see doc.go for its rules.
type lines struct {
	framing
	max          int           // bytes of a code
	idle, settle time.Duration // a gap inside a code; a silence that ends a loss of step

	buf    []byte
	inside bool          // STX was seen
	lost   time.Duration // out of step: waits for an end, or for a silence this long
	heard  int           // bytes dropped since the step was lost
}

func newLines(f framing, limit int, idle, settle time.Duration, midstream bool) *lines {
	l := &lines{framing: f, max: limit, idle: idle, settle: settle}
	if midstream && !f.begin {
		l.lost = idle
	}
	return l
}

// Feed takes the next bytes and gives what is whole with them.
func (l *lines) Feed(p []byte) []Event {
	var out []Event
	for _, b := range p {
		if e, ok := l.byte(b); ok {
			out = append(out, e)
		}
	}
	return out
}

func (l *lines) byte(b byte) (Event, bool) {
	switch {
	case b == stx && (l.stxFresh || l.begin):
		cut := len(l.buf) > 0 || l.heard > 0
		raw := slices.Clone(l.buf)
		l.reset()
		l.inside = true
		return Event{Raw: raw, Fault: ErrCut}, cut
	case l.begin && !l.inside:
		switch ends := b == cr || b == lf || b == etx; {
		case !ends:
			l.lost = l.settle
			return l.drop()
		case l.heard > 0: // it has ends of its own: something else speaks here
			l.reset()
			return Event{Fault: ErrCut}, true
		}
		return Event{}, false // CR and LF often follow ETX and mean nothing there
	case l.ended(b):
		return l.end()
	case l.lost > 0:
		return l.drop()
	case len(l.buf) >= l.max:
		raw := slices.Clone(l.buf)
		l.buf, l.inside, l.lost = l.buf[:0], false, l.settle
		return Event{Raw: raw, Fault: fmt.Errorf("%w: more than %d bytes", ErrLong, l.max)}, true
	}
	l.buf = append(l.buf, b)
	return Event{}, false
}

// drop counts a byte of noise. A line that is never silent is told of all the same:
// something else may stream on it.
func (l *lines) drop() (Event, bool) {
	if l.heard++; l.heard%l.max != 0 {
		return Event{}, false
	}
	return Event{Fault: fmt.Errorf("%w: %d bytes and no code", ErrLong, l.heard)}, true
}

// ended says whether b ends a code; it takes the CR of a CR LF off.
func (l *lines) ended(b byte) bool {
	if l.pair {
		n := len(l.buf) - 1
		if b == lf && l.lost > 0 {
			return true
		}
		if b != lf || n < 0 || l.buf[n] != cr {
			return false
		}
		l.buf = l.buf[:n]
		return true
	}
	for i := range len(l.ends) {
		if l.ends[i] == b {
			return true
		}
	}
	return false
}

func (l *lines) end() (Event, bool) {
	raw, cut := slices.Clone(l.buf), l.heard > 0
	wasLost := l.lost > 0
	l.reset()
	switch {
	case wasLost:
		return Event{Raw: raw, Fault: ErrCut}, cut
	case len(raw) == 0:
		return Event{}, false
	}
	return l.event(raw), true
}

func (l *lines) reset() {
	l.buf, l.inside, l.lost, l.heard = l.buf[:0], false, 0, 0
}

// event judges the characters of a whole code.
func (l *lines) event(raw []byte) Event {
	e := Event{Raw: raw}
	if l.answers {
		e.Answer, e.Refuse = []byte{ack}, []byte{nak}
	}
	if err := legible(raw); err != nil {
		e.Fault = err
		return e
	}
	e.Read = true
	e.Code, e.Symbology = splitAIM(string(raw))
	return e
}

// legible says whether raw can be a code: UTF-8 without control characters
// other than the separators of GS1 and ISO/IEC 15434 (EOT, FS, GS, RS, US).
func legible(raw []byte) error {
	for i, b := range raw {
		if (b < 0x20 && b != 0x04 && b < 0x1c) || b == 0x7f {
			return fmt.Errorf("%w: byte %02x at %d", ErrNoise, b, i)
		}
	}
	if !utf8.Valid(raw) {
		return fmt.Errorf("%w: not UTF-8", ErrNoise)
	}
	return nil
}

// Wants is the silence that Quiet should be told of next; 0: none.
func (l *lines) Wants() time.Duration {
	switch {
	case len(l.buf) > 0 || l.inside:
		return l.idle
	default:
		return l.lost
	}
}

// Quiet is told that nothing came for d.
func (l *lines) Quiet(d time.Duration) []Event {
	var out []Event
	switch {
	case (len(l.buf) > 0 || l.inside) && d >= l.idle && l.silence && !l.inside:
		raw := slices.Clone(l.buf)
		l.reset()
		return []Event{l.event(raw)}
	case (len(l.buf) > 0 || l.inside) && d >= l.idle:
		// What comes next may be the other half: out of step.
		out = append(out, Event{Raw: slices.Clone(l.buf), Fault: fmt.Errorf("%w: silence inside it", ErrCut)})
		l.buf, l.inside, l.lost = l.buf[:0], false, l.settle
	}
	if l.lost > 0 && d >= l.lost {
		if l.heard > 0 {
			out = append(out, Event{Fault: ErrCut})
		}
		l.reset()
	}
	return out
}

// splitAIM takes an AIM symbology identifier (ISO/IEC 15424: "]", a letter, a
// modifier) off a code.
func splitAIM(s string) (code, symbology string) {
	if len(s) < 3 || s[0] != ']' {
		return s, ""
	}
	letter, mod := s[1], s[2]
	isLetter := letter >= 'A' && letter <= 'Z' || letter >= 'a' && letter <= 'z'
	if !isLetter || !(mod >= '0' && mod <= '9' || mod >= 'A' && mod <= 'Z' || mod >= 'a' && mod <= 'z') {
		return s, ""
	}
	return s[3:], s[:3]
}
