package zpl

import (
	"fmt"
	"strings"
)

// Symbol128 is a planned Code 128 symbol: which code sets are used where. Both back
// ends draw the same plan, so both have the same width.
type Symbol128 struct {
	// Values are the symbol characters from the start character to the last data
	// character; check and stop are not among them (ISO/IEC 15417).
	Values []int
	zpl    string // the same for ^BC in mode N
}

// Modules is the width in modules, start, check and stop included, quiet zones not.
func (s Symbol128) Modules() int { return (len(s.Values)+1)*11 + 13 }

// Symbol characters of Code 128 that are no data.
const (
	codeC, codeB, codeA    = 99, 100, 101
	fnc1                   = 102
	startA, startB, startC = 103, 104, 105
)

// max128 is the most characters taken; a label of 100 mm holds far fewer.
const max128 = 128

// Plan128 chooses the code sets for data (ASCII, 0-127). With gs1 FNC1 stands first
// and GS (0x1D) becomes FNC1.
func Plan128(data string, gs1 bool) (Symbol128, error) {
	if data == "" || len(data) > max128 {
		return Symbol128{}, fmt.Errorf("zpl: Code 128 of %d characters, want 1 to %d", len(data), max128)
	}
	for i := range len(data) {
		if data[i] > 127 {
			return Symbol128{}, fmt.Errorf("zpl: Code 128 cannot hold the byte %#02x at %d", data[i], i)
		}
	}
	p := planner{data: data, gs1: gs1, values: make([]int, 0, len(data)+4)}
	p.out.Grow(2*len(data) + 4)
	p.run()
	return Symbol128{Values: p.values, zpl: p.out.String()}, nil
}

// planner walks over the data and keeps the set in use.
type planner struct {
	data   string
	gs1    bool
	set    int // 0 none, else codeA, codeB or codeC
	values []int
	out    strings.Builder
}

func (p *planner) run() {
	p.start()
	for i := 0; i < len(p.data); {
		c := p.data[i]
		if p.gs1 && c == 0x1D {
			p.put(fnc1, ">8")
			i++
			continue
		}
		n := p.digits(i)
		switch {
		case p.set == codeC && n >= 2:
			p.values = append(p.values, int(c-'0')*10+int(p.data[i+1]-'0'))
			p.out.WriteString(p.data[i : i+2])
			i += 2
			continue
		case p.set != codeC && p.worthC(i, n):
			if n%2 == 1 { // the odd digit goes first, in the set in use
				p.char(c)
				i++
			}
			p.to(codeC)
			continue
		case c < 0x20 && p.set != codeA:
			p.to(codeA)
		case c >= 0x60 && p.set != codeB, p.set == codeC:
			p.to(p.letters(i))
		}
		p.char(p.data[i])
		i++
	}
}

func (p *planner) start() {
	n := p.digits(0)
	all := n == len(p.data)
	switch {
	case n >= 4 || all && n == 2 || p.gs1 && n >= 2:
		p.set = codeC
		if n%2 == 1 && !p.gs1 {
			p.set = codeB
		}
	default:
		p.set = p.letters(0)
	}
	switch p.set {
	case codeA:
		p.put(startA, ">9")
	case codeB:
		p.put(startB, ">:")
	default:
		p.put(startC, ">;")
	}
	if p.gs1 {
		p.put(fnc1, ">8")
	}
}

// worthC says whether a run of n digits at i is long enough to switch for: six in
// the middle, four at the end.
func (p *planner) worthC(i, n int) bool {
	if i+n == len(p.data) {
		return n >= 4
	}
	return n >= 6
}

// letters says which of A and B takes the next character that only one of them has.
func (p *planner) letters(i int) int {
	for ; i < len(p.data); i++ {
		switch c := p.data[i]; {
		case p.gs1 && c == 0x1D:
		case c < 0x20:
			return codeA
		case c >= 0x60:
			return codeB
		}
	}
	return codeB
}

func (p *planner) digits(i int) int {
	n := 0
	for i+n < len(p.data) && p.data[i+n] >= '0' && p.data[i+n] <= '9' {
		n++
	}
	return n
}

func (p *planner) to(set int) {
	p.set = set
	switch set {
	case codeA:
		p.put(codeA, ">7")
	case codeB:
		p.put(codeB, ">6")
	default:
		p.put(codeC, ">5")
	}
}

func (p *planner) put(value int, s string) {
	p.values = append(p.values, value)
	p.out.WriteString(s)
}

// char writes one character in set A or B. In mode N of ^BC set A is programmed in
// pairs of digits (ZPL II manual, ^BC, "Code 128 Subset A"), and in set B three
// characters stand for commands and are written as invocations.
func (p *planner) char(c byte) {
	v := int(c) - 32
	if p.set == codeA && c < 0x20 {
		v = int(c) + 64
	}
	p.values = append(p.values, v)
	switch {
	case p.set == codeA: // programmed in pairs of digits, the symbol character's value
		p.out.WriteByte(byte('0' + v/10))
		p.out.WriteByte(byte('0' + v%10))
	case c == '>':
		p.out.WriteString(">0")
	case c == '^':
		p.out.WriteString("><")
	case c == '~':
		p.out.WriteString(">=")
	case c == 0x7F:
		p.out.WriteString(">1")
	default:
		p.out.WriteByte(c)
	}
}
