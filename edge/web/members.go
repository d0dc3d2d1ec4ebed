package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var (
	errNoObject  = errors.New("web: no JSON object")
	errFieldType = errors.New("web: a field has the wrong type")
)

// object is the members of one JSON object, raw, with their exact names. Unlike
// encoding/json it takes no name for another's and no null for a value, and
// refuses a name that stands twice or more than 256 of them.
type object []member

type member struct {
	name string
	raw  []byte
}

// maxMembers bounds the search for names that stand twice.
const maxMembers = 256

func (o object) get(name string) (raw []byte, there bool) {
	for i := range o {
		if o[i].name == name {
			return o[i].raw, true
		}
	}
	return nil, false
}

// members reads one JSON object in UTF-8 with nothing behind it. Half a surrogate
// pair in a text is refused: encoding/json makes U+FFFD of it, and what stood there
// would be lost.
func members(b []byte) (object, error) { return membersIn(make(object, 0, 8), b) }

// membersIn is members with room that the caller has.
func membersIn(out object, b []byte) (object, error) {
	if !utf8.Valid(b) || !json.Valid(b) {
		return nil, errNoObject
	}
	p := walker{b: b}
	p.space()
	if p.b[p.i] != '{' {
		return nil, errNoObject
	}
	p.i++
	for {
		p.space()
		switch p.b[p.i] {
		case '}':
			if p.halved {
				return nil, errNoObject
			}
			return out, nil
		case ',':
			p.i++
			continue
		}
		name, err := nameOf(p.value())
		if err != nil {
			return nil, errNoObject
		}
		p.space()
		p.i++ // the colon
		p.space()
		if _, twice := out.get(name); twice || len(out) == maxMembers {
			return nil, errNoObject
		}
		out = append(out, member{name, p.value()})
	}
}

// walker steps over JSON that is known to be valid.
type walker struct {
	b      []byte
	i      int
	halved bool // a text had half a surrogate pair
}

func (p *walker) space() {
	for p.i < len(p.b) && (p.b[p.i] == ' ' || p.b[p.i] == '\t' || p.b[p.i] == '\n' || p.b[p.i] == '\r') {
		p.i++
	}
}

// value steps over one value and gives its bytes.
func (p *walker) value() []byte {
	from, depth := p.i, 0
	for p.i < len(p.b) {
		switch p.b[p.i] {
		case '"':
			p.text()
			if depth == 0 {
				return p.b[from:p.i]
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return p.b[from:p.i]
			}
			depth--
			if depth == 0 {
				p.i++
				return p.b[from:p.i]
			}
		case ',', ' ', '\t', '\n', '\r', ':':
			if depth == 0 {
				return p.b[from:p.i]
			}
		}
		p.i++
	}
	return p.b[from:p.i]
}

func (p *walker) text() {
	high := false // the first half of a pair stood just before
	for p.i++; p.b[p.i] != '"'; p.i++ {
		unit := p.escape()
		low := utf16.IsSurrogate(unit) && unit >= 0xDC00
		p.halved = p.halved || high != low
		high = utf16.IsSurrogate(unit) && !low
	}
	p.halved = p.halved || high
	p.i++
}

// escape steps to the last byte of an escape and gives the unit of a \u; 0: what
// stands here is none.
func (p *walker) escape() rune {
	if p.b[p.i] != '\\' {
		return 0
	}
	if p.i++; p.b[p.i] != 'u' {
		return 0
	}
	unit, _ := strconv.ParseUint(string(p.b[p.i+1:p.i+5]), 16, 16) // valid JSON: it cannot fail
	p.i += 4
	return rune(unit)
}

// nameOf reads a member's name; those of every scan are not made anew.
func nameOf(raw []byte) (string, error) {
	switch string(raw) {
	case `"t"`:
		return "t", nil
	case `"id"`:
		return "id", nil
	case `"code"`:
		return "code", nil
	case `"at"`:
		return "at", nil
	case `"source"`:
		return "source", nil
	case `"symbology"`:
		return "symbology", nil
	case `"action"`:
		return "action", nil
	case `"args"`:
		return "args", nil
	case `"rev"`:
		return "rev", nil
	}
	return unquote(raw)
}

func unquote(raw []byte) (string, error) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", errFieldType
	}
	for _, c := range raw[1 : len(raw)-1] {
		if c == '\\' {
			var s string
			err := json.Unmarshal(raw, &s)
			return s, err
		}
	}
	return string(raw[1 : len(raw)-1]), nil
}

// text reads a text; a missing one leaves to as it is.
func (o object) text(name string, to *string) error {
	raw, there := o.get(name)
	if !there {
		return nil
	}
	s, err := unquote(raw)
	if err != nil {
		return errFieldType
	}
	*to = s
	return nil
}

// mostDigits of a whole number: none that is read has more.
const mostDigits = 20

// whole gives a JSON number as one writes an integer: 1.0 and 10e-1 are 1. What is no
// whole number comes back so that no integer can be read of it.
func whole(raw []byte) string {
	number, exponent, _ := strings.Cut(strings.ToLower(string(raw)), "e")
	digits, minus := strings.CutPrefix(number, "-")
	digits, fraction, _ := strings.Cut(digits, ".")
	shift, err := strconv.Atoi(cmp.Or(exponent, "0"))
	if err != nil {
		return ""
	}
	if point := len(digits) + shift; fraction != "" || shift != 0 {
		digits += fraction
		switch {
		case strings.Trim(digits, "0") == "":
			digits = "0"
		case point <= 0 || point > mostDigits || strings.Trim(digits[min(point, len(digits)):], "0") != "":
			return ""
		default:
			digits = digits[:min(point, len(digits))] + strings.Repeat("0", max(0, point-len(digits)))
		}
	}
	if minus && strings.Trim(digits, "0") != "" {
		return "-" + digits
	}
	return digits
}

// integer reads a whole number that fits an int.
func (o object) integer(name string) (*int, error) {
	raw, there := o.get(name)
	if !there {
		return nil, nil
	}
	n, err := strconv.Atoi(whole(raw))
	if err != nil {
		return nil, errFieldType
	}
	return &n, nil
}

// yes reads true or false; a missing one is false.
func (o object) yes(name string) (bool, error) {
	raw, there := o.get(name)
	switch {
	case !there, string(raw) == "false":
		return false, nil
	case string(raw) == "true":
		return true, nil
	}
	return false, errFieldType
}

// objects reads a list of objects.
func (o object) objects(name string) ([]object, error) {
	raw, there := o.get(name)
	if !there {
		return nil, nil
	}
	var list []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
		return nil, errFieldType
	}
	out := make([]object, len(list))
	for i, x := range list {
		in, err := members(x)
		if err != nil {
			return nil, errFieldType
		}
		out[i] = in
	}
	return out, nil
}

// unsigned reads a whole number from 0.
func (o object) unsigned(name string) (uint64, error) {
	raw, there := o.get(name)
	if !there {
		return 0, nil
	}
	n, err := strconv.ParseUint(whole(raw), 10, 64)
	if err != nil {
		return 0, errFieldType
	}
	return n, nil
}

// texts reads a list of texts.
func (o object) texts(name string) ([]string, error) {
	raw, there := o.get(name)
	if !there {
		return nil, nil
	}
	var list []json.RawMessage
	if raw[0] != '[' || json.Unmarshal(raw, &list) != nil {
		return nil, errFieldType
	}
	out := make([]string, len(list))
	for i, x := range list {
		s, err := unquote(x)
		if err != nil {
			return nil, errFieldType
		}
		out[i] = s
	}
	return out, nil
}

// decimal reads a number, or a text that holds one, as its text.
func (o object) decimal(name string, to *string) error {
	raw, there := o.get(name)
	if !there {
		return nil
	}
	if c := raw[0]; c == '-' || c >= '0' && c <= '9' {
		*to = string(raw)
		return nil
	}
	return o.text(name, to)
}
