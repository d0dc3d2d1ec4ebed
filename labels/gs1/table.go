package gs1

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed ai.txt
var standardText string

// AI is what the table says of one application identifier.
type AI struct {
	Code  string // "01", "3103"
	Title string // data title, for people
	Fixed bool   // predefined length: no separator needed after the value
	Attr  bool   // may be a query attribute of a Digital Link
	Parts []Part
	Needs [][][]string // all of: one of: all of these AIs or patterns ("35nn")
	Bars  []string     // AIs or patterns that must not stand beside it
	Key   bool         // primary key of a Digital Link
	Paths [][]string   // its qualifiers in order, alternatives

	unknown bool // not in the table, taken because the caller permits it
}

// Part is one component of an AI's value.
type Part struct {
	Set      byte // n digits, x character set 82, y set 39, z base64url
	Min, Max int
	Optional bool
	Checks   []string // names, in order

	run []check
}

// Table is a validated set of AIs. It is immutable.
type Table struct {
	ais    []AI
	index  [3][]int16 // by number, for AIs of 2, 3 and 4 digits; -1 is none
	length [100]int8  // AI length by its first two digits; 0 is unknown
}

// Standard gives the built-in table (General Specifications as of the dictionary
// release of 2026-01-27).
func Standard() *Table { return standard() }

// standard is computed once and never changed.
var standard = sync.OnceValue(func() *Table {
	t, err := ParseTable(standardText)
	if err != nil {
		panic("gs1: built-in table: " + err.Error()) // a test parses it
	}
	return t
})

// Lookup finds an AI by its code.
func (t *Table) Lookup(code string) (*AI, bool) {
	n, ok := number(code)
	if !ok || len(code) < 2 || len(code) > 4 {
		return nil, false
	}
	i := t.index[len(code)-2][n]
	if i < 0 {
		return nil, false
	}
	return &t.ais[i], true
}

// All gives the AIs in the order of their codes.
func (t *Table) All() []AI { return slices.Clone(t.ais) }

// LengthOf gives the number of digits of the AIs that begin with two digits; 0 where
// none do.
func (t *Table) LengthOf(prefix string) int {
	n, ok := number(prefix)
	if !ok || len(prefix) != 2 {
		return 0
	}
	return int(t.length[n])
}

func number(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

// ParseTable reads a table in the form of ai.txt. All faults are reported together,
// each with its line.
func ParseTable(text string) (*Table, error) { return parseLines(text, parseLine) }

func parseLines(text string, parse func(string) (AI, string, error)) (*Table, error) {
	t := &Table{}
	var faults []error
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		ai, span, err := parse(line)
		if err == nil {
			err = t.add(ai, span)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("line %d: %w", i+1, err))
		}
	}
	if err := t.finish(); err != nil {
		faults = append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("gs1 table: %w", err)
	}
	return t, nil
}

// add takes in an AI for every code of a span ("01" or "3100-3105").
func (t *Table) add(ai AI, span string) error {
	first, last, ranged := strings.Cut(span, "-")
	if !ranged {
		last = first
	}
	lo, ok1 := number(first)
	hi, ok2 := number(last)
	if !ok1 || !ok2 || len(first) != len(last) || len(first) < 2 || len(first) > 4 || hi < lo {
		return fmt.Errorf("no AI or range: %q", span)
	}
	for i := range ai.Parts {
		if err := ai.Parts[i].resolve(); err != nil {
			return fmt.Errorf("AI %s: %w", span, err)
		}
	}
	for n := lo; n <= hi; n++ {
		one := ai
		one.Code = fmt.Sprintf("%0*d", len(first), n)
		t.ais = append(t.ais, one)
	}
	return nil
}

// resolve finds the checks that a part names.
func (p *Part) resolve() error {
	set, ok := checkFor(map[byte]string{'n': "csetnumeric", 'x': "cset82", 'y': "cset39", 'z': "cset64"}[p.Set])
	if !ok || p.Min < 1 || p.Max < p.Min || p.Max > maxValue {
		return fmt.Errorf("part of set %q, length %d to %d", p.Set, p.Min, p.Max)
	}
	p.run = []check{set}
	for _, name := range p.Checks {
		c, ok := checkFor(name)
		if !ok {
			return fmt.Errorf("no such check: %q", name)
		}
		p.run = append(p.run, c)
	}
	return nil
}

// finish builds the indexes and looks for what contradicts itself.
func (t *Table) finish() error {
	for i, size := range [...]int{100, 1000, 10000} {
		t.index[i] = slices.Repeat([]int16{-1}, size)
	}
	if len(t.ais) == 0 {
		return errors.New("no AIs")
	}
	for i, ai := range t.ais {
		n, _ := number(ai.Code)
		if t.index[len(ai.Code)-2][n] >= 0 {
			return fmt.Errorf("AI %s stands twice", ai.Code)
		}
		t.index[len(ai.Code)-2][n] = int16(i)
		prefix, _ := number(ai.Code[:2])
		if l := t.length[prefix]; l != 0 && int(l) != len(ai.Code) {
			return fmt.Errorf("AIs that begin with %s have different lengths", ai.Code[:2])
		}
		t.length[prefix] = int8(len(ai.Code))
		for j, p := range ai.Parts {
			if p.Min != p.Max && j < len(ai.Parts)-1 {
				return fmt.Errorf("AI %s: only the last part may vary in length", ai.Code)
			}
			if j > 0 && ai.Parts[j-1].Optional && !p.Optional {
				return fmt.Errorf("AI %s: a part that must be there after one that may be missing", ai.Code)
			}
		}
	}
	return nil
}

// parseLine reads one line of this project's form.
func parseLine(line string) (AI, string, error) {
	f := strings.Split(line, "|")
	for len(f) < 7 {
		f = append(f, "")
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	ai := AI{Fixed: strings.Contains(f[1], "f"), Attr: strings.Contains(f[1], "q"), Title: strings.Join(f[6:], "|")}
	for _, s := range strings.Fields(f[2]) {
		p, err := parsePart(s)
		if err != nil {
			return AI{}, "", err
		}
		ai.Parts = append(ai.Parts, p)
	}
	if len(ai.Parts) == 0 {
		return AI{}, "", errors.New("no parts")
	}
	for group := range strings.SplitSeq(f[3], "&") {
		if group = strings.TrimSpace(group); group != "" {
			ai.Needs = append(ai.Needs, groups(group, "/"))
		}
	}
	if f[4] != "" {
		ai.Bars = strings.Fields(f[4])
	}
	if f[5] != "" {
		rest, ok := strings.CutPrefix(f[5], "key")
		if !ok {
			return AI{}, "", fmt.Errorf("link: %q", f[5])
		}
		ai.Key = true
		for alt := range strings.SplitSeq(strings.TrimSpace(rest), "/") {
			if alt != "" {
				ai.Paths = append(ai.Paths, strings.Split(alt, ">"))
			}
		}
	}
	return ai, f[0], nil
}

func groups(s, or string) [][]string {
	var out [][]string
	for one := range strings.SplitSeq(s, or) {
		out = append(out, strings.Split(one, "+"))
	}
	return out
}

func parsePart(s string) (Part, error) {
	spec, checks, checked := strings.Cut(s, ":")
	p := Part{}
	if checked {
		p.Checks = strings.Split(checks, ":")
	}
	spec, p.Optional = strings.CutSuffix(spec, "?")
	if spec == "" {
		return p, fmt.Errorf("part %q", s)
	}
	p.Set = spec[0]
	lo, hi, ranged := strings.Cut(spec[1:], "-")
	if !ranged {
		hi = lo
	}
	var err1, err2 error
	p.Min, err1 = strconv.Atoi(lo)
	p.Max, err2 = strconv.Atoi(hi)
	if err1 != nil || err2 != nil {
		return p, fmt.Errorf("part %q", s)
	}
	return p, nil
}

// matches reports whether an AI is the one meant by a pattern: digits, then n for any
// digit. A pattern begins with a digit.
func matches(code, pattern string) bool {
	if len(code) != len(pattern) || pattern[0] == 'n' {
		return false
	}
	for i := range len(pattern) {
		if pattern[i] != 'n' && pattern[i] != code[i] {
			return false
		}
	}
	return true
}
