package layout

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// piece is a part of a field's value: text as it stands, or a placeholder.
type piece struct {
	text    string
	path    string // placeholder where not empty
	filters []string
}

// parseValue reads "번호 {waybill|group4}". A brace that stands for itself is doubled.
func parseValue(s string) ([]piece, error) {
	var out []piece
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			return append(out, piece{text: s}), nil
		}
		if i+1 < len(s) && s[i+1] == s[i] {
			out = append(out, piece{text: s[:i+1]})
			s = s[i+2:]
			continue
		}
		end := strings.IndexByte(s, '}')
		if s[i] == '}' || end < 0 {
			return nil, fmt.Errorf("value: a brace without its other at %d", i)
		}
		if i > 0 {
			out = append(out, piece{text: s[:i]})
		}
		f := strings.Split(s[i+1:end], "|")
		if _, ok := new(Label).value(f[0]); !ok {
			return nil, fmt.Errorf("value: no such field of a label: %q", f[0])
		}
		for _, name := range f[1:] {
			if _, ok := filter(name, ""); !ok {
				return nil, fmt.Errorf("value: no such filter: %q", name)
			}
		}
		out = append(out, piece{path: f[0], filters: f[1:]})
		s = s[end+1:]
	}
	return out, nil
}

// expand fills the placeholders. empty is true where there are placeholders and all
// of them are empty.
func expand(ps []piece, l *Label) (s string, empty bool) {
	var b strings.Builder
	holders, filled := 0, 0
	for _, p := range ps {
		if p.path == "" {
			b.WriteString(p.text)
			continue
		}
		v, _ := l.value(p.path)
		holders++
		if v != "" {
			filled++
		}
		for _, f := range p.filters {
			v, _ = filter(f, v)
		}
		b.WriteString(v)
	}
	return b.String(), holders > 0 && filled == 0
}

// filter changes how a value is written; ok is false for an unknown name.
func filter(name, v string) (out string, ok bool) {
	switch name {
	case "group4":
		return group4(v), true
	case "upper":
		return strings.ToUpper(v), true
	case "tail4":
		return v[max(0, len(v)-4):], true
	case "paren": // nothing stays nothing
		if v != "" {
			v = "(" + v + ")"
		}
		return v, true
	case "postmark":
		if v != "" {
			v = "〒" + v
		}
		return v, true
	case "maskName":
		return maskName(v), true
	case "maskPhone":
		return maskPhone(v), true
	}
	return "", false
}

// group4 writes digits in groups of four, as carriers print their numbers.
func group4(v string) string {
	var b strings.Builder
	for i := range len(v) {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(v[i])
	}
	return b.String()
}

// condition is "path", "!path", "path = text" or "path > number", or several of them
// joined by "&": then all must hold. None holds always.
type condition []test

type test struct {
	path, op, arg string
	number        int
}

func parseCondition(s string) (condition, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	var out condition
	for part := range strings.SplitSeq(s, "&") {
		t, err := parseTest(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

func parseTest(s string) (test, error) {
	t := test{path: s, op: "set"}
	if rest, ok := strings.CutPrefix(s, "!"); ok {
		t = test{path: rest, op: "unset"}
	} else if f := strings.Fields(s); len(f) == 3 && (f[1] == "=" || f[1] == ">") {
		t = test{path: f[0], op: f[1], arg: f[2]}
		if f[1] == ">" {
			n, err := strconv.Atoi(f[2])
			if err != nil {
				return t, fmt.Errorf("when: %q is no number", f[2])
			}
			t.number = n
		}
	}
	if _, ok := new(Label).value(t.path); !ok {
		return t, fmt.Errorf("when: no such field of a label: %q", t.path)
	}
	return t, nil
}

func (c condition) holds(l *Label) bool {
	for _, t := range c {
		if !t.holds(l) {
			return false
		}
	}
	return true
}

func (t test) holds(l *Label) bool {
	v, _ := l.value(t.path)
	switch t.op {
	case "unset":
		return v == ""
	case "=":
		return v == t.arg
	case ">":
		n, err := strconv.Atoi(v)
		return err == nil && n > t.number
	}
	return v != ""
}

// ErrData is returned when label data is beyond any label: a field of more than
// 4,096 bytes.
var ErrData = errors.New("layout: label data too long")

const maxValue = 4096

func checkLength(s string) error {
	if len(s) > maxValue {
		return fmt.Errorf("%w: %d characters", ErrData, utf8.RuneCountInString(s))
	}
	return nil
}
