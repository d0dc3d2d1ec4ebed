package waybill

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// maxNumber is the longest number looked at, in bytes. The longest of any rule is 41.
const maxNumber = 64

// atom is one element of a shape: a set of bytes and how often it may repeat.
type atom struct {
	set      [4]uint64 // bit per byte value
	min, max int
	payload  bool // inside ( ): the check runs over it
	check    bool // the check character itself
}

func (a *atom) add(lo, hi byte) {
	for c := int(lo); c <= int(hi); c++ {
		a.set[c>>6] |= 1 << (c & 63)
	}
}

func (a *atom) has(c byte) bool { return a.set[c>>6]&(1<<(c&63)) != 0 }

func (a *atom) plainDigit() bool { d := single('d', false); return a.set == d.set }

// fixed gives the one character that an atom stands for; ok is false where there are
// several.
func (a *atom) fixed() (c byte, ok bool) {
	n := 0
	for i, word := range a.set {
		n += bits.OnesCount64(word)
		if word != 0 {
			c = byte(i<<6 + bits.TrailingZeros64(word))
		}
	}
	return c, n == 1
}

// parseShape compiles the small shape language described in rules.txt.
func parseShape(s string) ([]atom, error) {
	var out []atom
	payload := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '(':
			payload = true
		case ')':
			payload = false
		case '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 || len(out) == 0 {
				return nil, fmt.Errorf("shape %q: bad repeat at %d", s, i)
			}
			if err := setRepeat(&out[len(out)-1], s[i+1:i+end]); err != nil {
				return nil, fmt.Errorf("shape %q: %w", s, err)
			}
			i += end
		case '[':
			end := strings.IndexByte(s[i:], ']')
			if end < 0 {
				return nil, fmt.Errorf("shape %q: set not closed", s)
			}
			a := atom{min: 1, max: 1, payload: payload}
			addSet(&a, s[i+1:i+end])
			out = append(out, a)
			i += end
		default:
			out = append(out, single(c, payload))
		}
	}
	if payload || len(out) == 0 {
		return nil, fmt.Errorf("shape %q: empty, or group not closed", s)
	}
	return out, nil
}

func single(c byte, payload bool) atom {
	a := atom{min: 1, max: 1, payload: payload}
	switch c {
	case 'd':
		a.add('0', '9')
	case 'a':
		a.add('A', 'Z')
	case 'x':
		a.add('0', '9')
		a.add('A', 'Z')
	case '!':
		a.add('0', '9')
		a.check = true
	case '?':
		a.add('0', '9')
		a.add('A', 'Z')
		a.check = true
	default:
		if 'a' <= c && c <= 'z' { // numbers are read in capitals
			c -= 'a' - 'A'
		}
		a.add(c, c)
	}
	return a
}

func setRepeat(a *atom, s string) error {
	lo, hi, ranged := strings.Cut(s, ",")
	if !ranged {
		hi = lo
	}
	var err1, err2 error
	a.min, err1 = strconv.Atoi(lo)
	a.max, err2 = strconv.Atoi(hi)
	if err1 != nil || err2 != nil || a.min < 0 || a.max < a.min || a.max > maxNumber {
		return fmt.Errorf("bad repeat {%s}", s)
	}
	return nil
}

func addSet(a *atom, s string) {
	for i := 0; i < len(s); i++ {
		if i+2 < len(s) && s[i+1] == '-' {
			a.add(s[i], s[i+2])
			i += 2
			continue
		}
		a.add(s[i], s[i])
	}
}

// match is what a shape found in a number.
type match struct {
	payload string // what the check runs over
	check   byte   // 0 where the shape has none
	checkAt int    // offset of the check character in the number
}

// matchShape reports whether the whole of s has the shape.
func matchShape(atoms []atom, s string) (match, bool) {
	var m match
	var buf [maxNumber]byte
	n, ok := matchFrom(atoms, s, 0, buf[:0], &m)
	if !ok {
		return match{}, false
	}
	m.payload = string(n)
	return m, true
}

func matchFrom(atoms []atom, s string, at int, payload []byte, m *match) ([]byte, bool) {
	if len(atoms) == 0 {
		return payload, at == len(s)
	}
	a := &atoms[0]
	n := 0
	for n < a.max && at+n < len(s) && a.has(s[at+n]) {
		n++
	}
	for ; n >= a.min; n-- {
		next := payload
		if a.payload {
			next = append(next, s[at:at+n]...)
		}
		if a.check {
			m.check, m.checkAt = s[at], at
		}
		if out, ok := matchFrom(atoms[1:], s, at+n, next, m); ok {
			return out, true
		}
	}
	return nil, false
}
