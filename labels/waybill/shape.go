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

// maxAtoms bounds the elements of a shape: more than a number has characters are
// none that somebody meant.
const maxAtoms = maxNumber

// parseShape compiles the small shape language described in rules.txt.
func parseShape(s string) ([]atom, error) {
	var out []atom
	payload := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '(', ')':
			if payload == (c == '(') {
				return nil, fmt.Errorf("shape %s: bracket at %d out of step: want ( before ), and none inside another", short(s), i)
			}
			payload = !payload
		case '{':
			end := strings.IndexByte(s[i:], '}')
			if end < 0 || len(out) == 0 {
				return nil, fmt.Errorf("shape %s: bad repeat at %d: want {9} or {9,12} behind what repeats", short(s), i)
			}
			if err := setRepeat(&out[len(out)-1], s[i+1:i+end]); err != nil {
				return nil, fmt.Errorf("shape %s: %w", short(s), err)
			}
			i += end
		case '[':
			end := strings.IndexByte(s[i:], ']')
			if end < 0 {
				return nil, fmt.Errorf("shape %s: set not closed: ] is missing", short(s))
			}
			a := atom{min: 1, max: 1, payload: payload}
			if !addSet(&a, s[i+1:i+end]) {
				return nil, fmt.Errorf("shape %s: nothing fits the set %s: want characters or ranges, as [A-Z09]", short(s), short(s[i:i+end+1]))
			}
			out = append(out, a)
			i += end
		default:
			if c <= ' ' || c > '~' {
				return nil, fmt.Errorf("shape %s: no number holds the character at %d: want visible ASCII", short(s), i)
			}
			out = append(out, single(c, payload))
		}
	}
	return out, shapeFaults(s, out, payload)
}

// shapeFaults tells why a shape cannot be used, nil where it can.
func shapeFaults(s string, atoms []atom, open bool) error {
	least, checks := 0, 0
	for i := range atoms {
		least += atoms[i].min
		if atoms[i].check {
			if checks++; atoms[i].min != 1 || atoms[i].max != 1 {
				checks = 2
			}
		}
	}
	switch {
	case open || len(atoms) == 0:
		return fmt.Errorf("shape %s: empty, or ) is missing", short(s))
	case len(atoms) > maxAtoms, least > maxNumber:
		return fmt.Errorf("shape %s: longer than a number, which has at most %d characters", short(s), maxNumber)
	case checks > 1:
		return fmt.Errorf("shape %s: there is one check character, and it never repeats", short(s))
	}
	return nil
}

// short quotes what a rule says, as much as a message should hold.
func short(s string) string {
	if len(s) > 40 {
		s = s[:40] + "..."
	}
	return strconv.Quote(s)
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
		return fmt.Errorf("bad repeat %s: want {9} or {9,12}, of at most %d", short("{"+s+"}"), maxNumber)
	}
	return nil
}

// addSet adds the characters of a set, in capitals as numbers are read; false where
// there are none, a range runs from behind, or a number holds no such character.
func addSet(a *atom, s string) bool {
	for i := 0; i < len(s); i++ {
		lo, hi := s[i], s[i]
		if i+2 < len(s) && s[i+1] == '-' {
			hi = s[i+2]
			i += 2
		}
		if lo > hi || lo <= ' ' || hi > '~' {
			return false
		}
		for c := lo; c <= hi; c++ {
			if 'a' <= c && c <= 'z' {
				a.add(c-'a'+'A', c-'a'+'A')
				continue
			}
			a.add(c, c)
		}
	}
	return s != ""
}

// match is what a shape found in a number.
type match struct {
	payload string // what the check runs over
	check   byte   // 0 where the shape has none
	checkAt int    // offset of the check character in the number
}

// manyWays is how many ways of cutting a number into a shape may be tried one after
// the other; of more it is remembered what led nowhere.
const manyWays = 64

// matchShape reports whether the whole of s, at most maxNumber bytes, has the shape.
func matchShape(atoms []atom, s string) (match, bool) {
	var buf [maxNumber]byte
	m := matcher{s: s, payload: buf[:0]}
	ways := 1
	for i := range atoms {
		if ways *= atoms[i].max - atoms[i].min + 1; ways > manyWays {
			m.dead = make([]bool, (len(atoms)+1)*(len(s)+1))
			break
		}
	}
	if !m.from(atoms, 0) {
		return match{}, false
	}
	m.match.payload = string(m.payload)
	return m.match, true
}

// matcher cuts one number into a shape.
type matcher struct {
	match
	s       string
	payload []byte
	dead    []bool // by the atoms left and the place: from there nothing fits
}

func (m *matcher) from(atoms []atom, at int) bool {
	if len(atoms) == 0 {
		return at == len(m.s)
	}
	state := len(atoms)*(len(m.s)+1) + at
	if m.dead != nil && m.dead[state] {
		return false
	}
	a, n, had := &atoms[0], 0, len(m.payload)
	for n < a.max && at+n < len(m.s) && a.has(m.s[at+n]) {
		n++
	}
	for ; n >= a.min; n-- {
		m.payload = m.payload[:had]
		if a.payload && !a.check { // which never runs over itself
			m.payload = append(m.payload, m.s[at:at+n]...)
		}
		if a.check {
			m.check, m.checkAt = m.s[at], at
		}
		if m.from(atoms[1:], at+n) {
			return true
		}
	}
	if m.dead != nil {
		m.dead[state] = true
	}
	return false
}
