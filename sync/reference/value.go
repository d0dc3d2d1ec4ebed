package reference

import (
	"errors"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth bounds nesting.
const maxDepth = 16

// kind of a JSON value.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	array
	object
)

// value is a parsed JSON value. Numbers keep their literal.
type value struct {
	kind  kind
	yes   bool
	str   string // text, or a number's literal
	items []value
	names []string // of an object's members, beside items
}

// get finds a member of an object.
func (v *value) get(name string) *value {
	for i, n := range v.names {
		if n == name {
			return &v.items[i]
		}
	}
	return nil
}

// errJSON is returned for what is not one JSON text in UTF-8 (RFC 8259), or has
// a name twice in an object, half a surrogate pair, or is nested too deep.
var errJSON = errors.New("no JSON object, or a name twice in one")

// parse reads one JSON text. The input is not kept.
func parse(line []byte) (value, error) {
	if !utf8.Valid(line) {
		return value{}, errJSON
	}
	p := parser{b: line}
	v, ok := p.value(0)
	if p.space(); !ok || p.at != len(line) {
		return value{}, errJSON
	}
	return v, nil
}

type parser struct {
	b  []byte
	at int
}

func (p *parser) space() {
	for p.at < len(p.b) && (p.b[p.at] == ' ' || p.b[p.at] == '\t' || p.b[p.at] == '\r' || p.b[p.at] == '\n') {
		p.at++
	}
}

// take skips white space and then one expected byte.
func (p *parser) take(c byte) bool {
	p.space()
	if p.at < len(p.b) && p.b[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) word(w string, v value) (value, bool) {
	if len(p.b)-p.at < len(w) || string(p.b[p.at:p.at+len(w)]) != w {
		return value{}, false
	}
	p.at += len(w)
	return v, true
}

func (p *parser) value(depth int) (value, bool) {
	p.space()
	if p.at == len(p.b) || depth > maxDepth {
		return value{}, false
	}
	switch c := p.b[p.at]; c {
	case '{':
		p.at++
		return p.object(depth)
	case '[':
		p.at++
		return p.array(depth)
	case '"':
		p.at++
		s, ok := p.text()
		return value{kind: text, str: s}, ok
	case 't':
		return p.word("true", value{kind: boolean, yes: true})
	case 'f':
		return p.word("false", value{kind: boolean})
	case 'n':
		return p.word("null", value{})
	default:
		return p.number()
	}
}

func (p *parser) object(depth int) (value, bool) {
	v := value{kind: object}
	if p.take('}') {
		return v, true
	}
	var seen map[string]struct{} // only for many members
	for {
		if !p.take('"') {
			return v, false
		}
		name, ok := p.text()
		if !ok || !p.take(':') || repeated(&v, &seen, name) {
			return v, false
		}
		item, ok := p.value(depth + 1)
		if !ok {
			return v, false
		}
		v.names, v.items = append(v.names, name), append(v.items, item)
		if p.take('}') {
			return v, true
		}
		if !p.take(',') {
			return v, false
		}
	}
}

// repeated tells whether an object has a name already.
func repeated(v *value, seen *map[string]struct{}, name string) bool {
	const few = 32
	if len(v.names) < few {
		return v.get(name) != nil
	}
	if *seen == nil {
		*seen = make(map[string]struct{}, 2*few)
		for _, n := range v.names {
			(*seen)[n] = struct{}{}
		}
	}
	if _, had := (*seen)[name]; had {
		return true
	}
	(*seen)[name] = struct{}{}
	return false
}

func (p *parser) array(depth int) (value, bool) {
	v := value{kind: array}
	if p.take(']') {
		return v, true
	}
	for {
		item, ok := p.value(depth + 1)
		if !ok {
			return v, false
		}
		v.items = append(v.items, item)
		if p.take(']') {
			return v, true
		}
		if !p.take(',') {
			return v, false
		}
	}
}

// digits skips at least one digit.
func (p *parser) digits() bool {
	from := p.at
	for p.at < len(p.b) && p.b[p.at] >= '0' && p.b[p.at] <= '9' {
		p.at++
	}
	return p.at > from
}

func (p *parser) is(c string) bool {
	for i := range len(c) {
		if p.at < len(p.b) && p.b[p.at] == c[i] {
			p.at++
			return true
		}
	}
	return false
}

func (p *parser) number() (value, bool) {
	from := p.at
	p.is("-")
	if !p.is("0") && !p.digits() {
		return value{}, false
	}
	if p.is(".") && !p.digits() {
		return value{}, false
	}
	if p.is("eE") {
		p.is("+-")
		if !p.digits() {
			return value{}, false
		}
	}
	return value{kind: number, str: string(p.b[from:p.at])}, true
}

// text reads up to the closing quote; the opening one is taken.
func (p *parser) text() (string, bool) {
	from := p.at
	for p.at < len(p.b) {
		switch c := p.b[p.at]; {
		case c == '"':
			p.at++
			return string(p.b[from : p.at-1]), true
		case c == '\\':
			return p.escaped(from)
		case c < 0x20:
			return "", false
		}
		p.at++
	}
	return "", false
}

func (p *parser) escaped(from int) (string, bool) {
	out := append([]byte(nil), p.b[from:p.at]...)
	for p.at < len(p.b) {
		c := p.b[p.at]
		p.at++
		switch {
		case c == '"':
			return string(out), true
		case c < 0x20:
			return "", false
		case c != '\\':
			out = append(out, c)
			continue
		}
		r, ok := p.escape()
		if !ok {
			return "", false
		}
		out = utf8.AppendRune(out, r)
	}
	return "", false
}

// escape reads what stands behind a backslash.
func (p *parser) escape() (rune, bool) {
	if p.at == len(p.b) {
		return 0, false
	}
	c := p.b[p.at]
	p.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		r, ok := p.hex4()
		if !ok || !utf16.IsSurrogate(r) {
			return r, ok
		}
		if p.at+2 > len(p.b) || p.b[p.at] != '\\' || p.b[p.at+1] != 'u' {
			return 0, false
		}
		p.at += 2
		low, ok := p.hex4()
		r = utf16.DecodeRune(r, low)
		return r, ok && r != utf8.RuneError
	}
	return 0, false
}

func (p *parser) hex4() (rune, bool) {
	if p.at+4 > len(p.b) {
		return 0, false
	}
	var r rune
	for _, c := range p.b[p.at : p.at+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	p.at += 4
	return r, true
}
