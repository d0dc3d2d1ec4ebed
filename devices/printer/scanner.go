package printer

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

const (
	stx = 0x02
	etx = 0x03
	// maxFrame bounds a frame and a stretch of text between frames, in bytes;
	// the longest answer read here has about 300.
	maxFrame = 2048
)

// Kind says what an Answer is.
type Kind uint8

// The kinds of answers.
const (
	KindHostStatus Kind = iota + 1
	KindHealth
	KindIdentity
	KindOdometer
	KindLabelCount
	KindSerial
)

// Answer is one whole answer; the field that Kind names is set.
type Answer struct {
	Kind     Kind
	Host     HostStatus
	Health   Health
	Identity Identity
	Odometer uint64 // of KindOdometer and KindLabelCount
	Serial   string
}

// Scanner finds answers in what a printer sends, in whatever pieces it comes.
// Answers may be glued together and other text may stand between them. The zero
// value is ready. Junk counts what was left out.
type Scanner struct {
	Junk int // frames or stretches of text that were no answer

	buf   []byte
	frame bool
	host  []string // the status strings collected so far
	fault error    // why the last frame or answer was left out
}

// Feed takes the next bytes and gives the answers that are whole with them.
func (s *Scanner) Feed(p []byte) []Answer {
	var out []Answer
	for _, b := range p {
		switch {
		case b == stx:
			// A frame inside a frame: the first one lost its end.
			if a, ok := s.flush(false); ok {
				out = append(out, a)
			}
			s.frame = true
		case b == etx && s.frame:
			if a, ok := s.flush(true); ok {
				out = append(out, a)
			}
		case len(s.buf) >= maxFrame:
			s.drop(fmt.Errorf("%w: longer than %d bytes", ErrAnswer, maxFrame))
			s.frame = false
		default:
			s.buf = append(s.buf, b)
			if a, ok := s.bare(b); ok {
				out = append(out, a)
			}
		}
	}
	return out
}

// flush ends the present frame (whole) or stretch of text and reads it.
func (s *Scanner) flush(whole bool) (Answer, bool) {
	text := string(bytes.TrimSpace(s.buf))
	wasFrame := s.frame
	s.buf, s.frame = s.buf[:0], false
	switch {
	case text == "" && !wasFrame:
		return Answer{}, false
	case !wasFrame || !whole:
		s.Junk++
		return Answer{}, false
	}
	a, done, err := s.read(text)
	if err != nil {
		s.drop(err)
	}
	return a, done
}

// read takes the content of one frame.
func (s *Scanner) read(text string) (a Answer, done bool, err error) {
	switch {
	case strings.HasPrefix(text, healthTitle):
		a.Kind = KindHealth
		a.Health, err = ParseHealth([]byte(text))
		return a, err == nil, err
	case strings.HasPrefix(text, odometerTitle):
		a.Kind = KindOdometer
		a.Odometer, err = ParseOdometer([]byte(text))
		return a, err == nil, err
	case strings.HasPrefix(text, serialTitle):
		a.Kind = KindSerial
		a.Serial, err = ParseSerial([]byte(text))
		return a, err == nil, err
	}
	if id, err := ParseIdentity([]byte(text)); err == nil {
		return Answer{Kind: KindIdentity, Identity: id}, true, nil
	}
	return s.readHost(text)
}

// readHost collects the three status strings; they are told apart by their
// number of fields and only count in their order.
func (s *Scanner) readHost(text string) (Answer, bool, error) {
	place := map[int]int{12: 0, 11: 1, 2: 2}
	i, known := place[strings.Count(text, ",")+1]
	if !known {
		return Answer{}, false, fmt.Errorf("%w: unknown frame", ErrAnswer)
	}
	if i == 0 {
		s.host = s.host[:0]
	}
	if i != len(s.host) {
		s.host = s.host[:0]
		return Answer{}, false, fmt.Errorf("%w: status string %d out of order", ErrAnswer, i+1)
	}
	s.host = append(s.host, text)
	if i < 2 {
		return Answer{}, false, nil
	}
	h, err := parseStatus([3]string(s.host))
	s.host = s.host[:0]
	return Answer{Kind: KindHostStatus, Host: h}, err == nil, err
}

// bare finds answers that come without STX and ETX; b is the byte just added:
// a quoted number is the answer to labelCount, and some firmware sends the
// answer to ~HQES as mere text.
func (s *Scanner) bare(b byte) (Answer, bool) {
	switch {
	case s.frame:
	case b == '"':
		return s.quoted()
	case b == '\n':
		return s.bareHealth()
	}
	return Answer{}, false
}

// quoted looks at text that a quotation mark may just have ended.
func (s *Scanner) quoted() (Answer, bool) {
	text := s.buf[:len(s.buf)-1]
	i := bytes.LastIndexByte(text, '"')
	if i < 0 {
		return Answer{}, false
	}
	n, err := strconv.ParseUint(string(text[i+1:]), 10, 63)
	s.buf = s.buf[:0]
	if err != nil {
		s.Junk++
		return Answer{}, false
	}
	return Answer{Kind: KindLabelCount, Odometer: n}, true
}

func (s *Scanner) bareHealth() (Answer, bool) {
	i := bytes.LastIndex(s.buf, []byte(healthTitle))
	if i < 0 {
		if len(bytes.TrimSpace(s.buf)) == 0 {
			s.buf = s.buf[:0]
		}
		return Answer{}, false
	}
	h, err := ParseHealth(s.buf[i:])
	if err != nil {
		return Answer{}, false
	}
	s.buf = s.buf[:0]
	return Answer{Kind: KindHealth, Health: h}, true
}

func (s *Scanner) drop(err error) {
	s.Junk++
	s.fault = err
	s.buf = s.buf[:0]
}
