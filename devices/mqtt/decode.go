package mqtt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// The bounds of a payload and of what stands in it, in bytes.
const (
	maxPayload = 64 << 10
	maxID      = 64
	maxField   = 128
)

// clocks before this year are taken as none: a device without a battery says 1970
const firstYear = 2020

// value is a JSON value that is not nested.
type value struct {
	kind byte // 's'tring, 'n'umber, 'b'ool, '0' for null, '?' for a text that is none
	text string
}

// decode reads a payload of the topic what. The id is given back with an error
// too, where it could be made out, so that a verdict can name it.
func decode(what string, payload []byte) (Message, error) {
	m := Message{What: what}
	if what == Online {
		switch string(bytes.TrimSpace(payload)) {
		case "true":
			m.Online = true
		case "false":
		default:
			return m, fmt.Errorf("%w: online is true or false", ErrMalformed)
		}
		return m, nil
	}
	o, err := object(payload)
	if id := o["id"]; id.kind == 's' && isID(id.text) {
		m.ID = id.text
	}
	switch {
	case err != nil:
		return m, err
	case m.ID == "":
		return m, fmt.Errorf("%w: id", ErrMalformed)
	}
	if m.At, err = at(o["at"]); err != nil {
		return m, err
	}
	return m, m.fields(o)
}

func (m *Message) fields(o map[string]value) error {
	switch m.What {
	case Read:
		code, there := o["code"]
		m.NoRead = code.kind == '0'
		m.Code, m.Symbology = code.text, o["symbology"].text
		if !there || !m.NoRead && (code.kind != 's' || code.text == "") {
			return fmt.Errorf("%w: code", ErrMalformed)
		}
		if s, ok := o["symbology"]; ok && s.kind != '0' && (s.kind != 's' || s.text != "" && (len(s.text) != 3 || s.text[0] != ']')) {
			return fmt.Errorf("%w: symbology", ErrMalformed)
		}
	case State:
		if o["blocked"].kind != 'b' {
			return fmt.Errorf("%w: blocked", ErrMalformed)
		}
		m.Blocked = o["blocked"].text == "true"
	case Done:
		m.Box, m.Lane = o["box"].text, o["lane"].text
		for _, name := range []string{"box", "lane"} {
			if v := o[name]; v.kind != 's' || !isID(v.text) {
				return fmt.Errorf("%w: %s", ErrMalformed, name)
			}
		}
	case Pressed:
		if v, ok := o["re"]; ok && v.kind != '0' && v.text != "" {
			if m.Re = v.text; v.kind != 's' || !isID(v.text) {
				return fmt.Errorf("%w: re", ErrMalformed)
			}
		}
	case Weight:
		g := o["grams"]
		if g.kind != 's' || !isDecimal(g.text) {
			return fmt.Errorf("%w: grams", ErrMalformed)
		}
		if o["stable"].kind != 'b' {
			return fmt.Errorf("%w: stable", ErrMalformed)
		}
		m.Grams, m.Stable = g.text, o["stable"].text == "true"
	}
	return nil
}

// at reads a device's time: RFC 3339, or null (and whatever a clock without a
// battery says) for none.
func at(v value) (time.Time, error) {
	if v.kind == '0' {
		return time.Time{}, nil
	}
	if v.kind != 's' || len(v.text) > maxField {
		return time.Time{}, fmt.Errorf("%w: at", ErrMalformed)
	}
	t, err := time.Parse(time.RFC3339Nano, v.text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%w: at", ErrMalformed)
	}
	if t.Year() < firstYear {
		return time.Time{}, nil
	}
	return t, nil
}

// isID tells 1 to 64 bytes of printable ASCII without blank, quote and backslash.
func isID(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return len(s) >= 1 && len(s) <= maxID
}

// isDecimal tells a decimal number of at most nine digits before the point and
// six after it.
func isDecimal(s string) bool {
	whole, frac, point := bytes.Cut([]byte(s), []byte("."))
	if len(whole) > 1 && whole[0] == '-' {
		whole = whole[1:]
	}
	digits := func(b []byte) bool { return len(bytes.Trim(b, "0123456789")) == 0 }
	return len(whole) >= 1 && len(whole) <= 9 && digits(whole) && digits(frac) && len(frac) <= 6 && point == (len(frac) > 0)
}

// object reads a flat JSON object: no value is nested, no name stands twice. With an
// error it gives what stood before the fault.
func object(b []byte) (map[string]value, error) {
	if len(b) > maxPayload {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrMalformed, maxPayload)
	}
	if !utf8.Valid(b) || !json.Valid(b) {
		return nil, fmt.Errorf("%w: no JSON", ErrMalformed)
	}
	b = bytes.TrimSpace(b)
	if b[0] != '{' {
		return nil, fmt.Errorf("%w: no object", ErrMalformed)
	}
	out := make(map[string]value, 6)
	for b = skip(b[1:]); b[0] != '}'; {
		key, rest, err := scalar(b)
		if err != nil {
			return out, err
		}
		v, rest, err := scalar(skip(skip(rest)[1:])) // the colon: it is valid JSON
		if err != nil {
			return out, err
		}
		if _, twice := out[key.text]; twice {
			return out, fmt.Errorf("%w: %q stands twice", ErrMalformed, key.text)
		}
		out[key.text] = v
		if b = skip(rest); b[0] == ',' {
			b = skip(b[1:])
		}
	}
	return out, nil
}

// halved tells half a surrogate pair in a quoted text, which encoding/json reads as
// U+FFFD: what stood there would be lost. b is valid JSON.
func halved(b []byte) bool {
	high := false // the escape just before was the first half of a pair
	for len(b) > 0 {
		n, unit := 1, rune(0)
		if b[0] == '\\' {
			if n = 2; b[1] == 'u' {
				n = 6
				x, _ := strconv.ParseUint(string(b[2:6]), 16, 16) // valid JSON: it cannot fail
				unit = rune(x)
			}
		}
		low := utf16.IsSurrogate(unit) && unit >= 0xDC00
		if high != low {
			return true
		}
		high, b = utf16.IsSurrogate(unit) && !low, b[n:]
	}
	return false
}

func skip(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// scalar reads the value at the start of b, which is valid JSON.
func scalar(b []byte) (value, []byte, error) {
	switch b[0] {
	case '{', '[':
		return value{}, nil, fmt.Errorf("%w: a nested value", ErrMalformed)
	case '"':
		end := 1
		plain := true
		for ; b[end] != '"'; end++ {
			if b[end] == '\\' {
				plain = false
				end++
			}
		}
		end++
		if plain {
			return value{'s', string(b[1 : end-1])}, b[end:], nil
		}
		var s string
		if err := json.Unmarshal(b[:end], &s); err != nil {
			return value{}, nil, fmt.Errorf("%w: %w", ErrMalformed, err)
		}
		if halved(b[:end]) {
			return value{'?', ""}, b[end:], nil
		}
		return value{'s', s}, b[end:], nil
	}
	end := bytes.IndexAny(b, ",} \t\r\n")
	if end < 0 {
		end = len(b)
	}
	text := string(b[:end])
	switch text {
	case "null":
		return value{kind: '0'}, b[end:], nil
	case "true", "false":
		return value{'b', text}, b[end:], nil
	}
	return value{'n', text}, b[end:], nil
}
