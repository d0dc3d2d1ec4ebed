package layout

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"dcedge/labels/raster"
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
			return nil, fmt.Errorf("value: no such field of a label: %.60q", f[0])
		}
		for _, name := range f[1:] {
			if _, ok := filter(name, ""); !ok {
				return nil, fmt.Errorf("value: no such filter: %.60q", name)
			}
		}
		out = append(out, piece{path: f[0], filters: f[1:]})
		s = s[end+1:]
	}
	return out, nil
}

// expand fills the placeholders. empty is true where there are placeholders and all
// of them are empty.
func expand(ps []piece, l *Label) (s string, empty bool) { return expandAs(ps, l, false) }

// expandAs is expand, for a text or for a barcode, whose data stays to the byte.
func expandAs(ps []piece, l *Label, text bool) (s string, empty bool) {
	var b strings.Builder
	holders, filled := 0, 0
	for i := range ps {
		v, full := ps[i].value(l)
		if ps[i].path != "" {
			holders++
		}
		if full {
			filled++
		}
		if text {
			v = ps[i].written(v)
		}
		b.WriteString(v)
	}
	return b.String(), holders > 0 && filled == 0
}

// value is what a piece becomes; full is false where it is a placeholder and there is
// nothing. Names come composed and without invisible marks before they are masked.
func (p *piece) value(l *Label) (v string, full bool) {
	if p.path == "" {
		return p.text, false
	}
	v, _ = l.value(p.path)
	full = v != ""
	if len(p.filters) > 0 {
		if clean, err := raster.Clean(v); err == nil {
			v = clean // what cannot be drawn is told where it is drawn
		}
	}
	for _, f := range p.filters {
		v, _ = filter(f, v)
	}
	return v, full
}

// written is a value in a text: a line end inside it is a blank. Only the list of items is several lines.
func (p *piece) written(v string) string {
	if p.path == "" || p.path == "items" || !strings.ContainsAny(v, "\r\n") {
		return v
	}
	return strings.NewReplacer("\r", " ", "\n", " ").Replace(v)
}

// lacks names the first placeholder without a value.
func lacks(ps []piece, l *Label) (path string, found bool) {
	for i := range ps {
		if ps[i].path == "" {
			continue
		}
		if _, full := ps[i].value(l); !full {
			return ps[i].path, true
		}
	}
	return "", false
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
	case "comma": // what follows something else on a line
		if v != "" {
			v = ", " + v
		}
		return v, true
	case "date": // YYMMDD of a GS1 date; anything else stays as it is
		return isoDate(v), true
	case "maskName":
		return maskName(v), true
	case "maskPhone":
		return maskPhone(v), true
	}
	return "", false
}

// isoDate writes the date of a GS1 AI for people: YYYY-MM-DD, or the month alone where
// the day is 00. A label tells a date near its own: years 00 to 99 are of this century.
func isoDate(v string) string {
	if len(v) != 6 || strings.Trim(v, "0123456789") != "" {
		return v
	}
	s := "20" + v[:2] + "-" + v[2:4]
	if v[4:] != "00" {
		s += "-" + v[4:]
	}
	return s
}

// group4 writes a number as carriers print theirs: in groups of four; those of UPS
// (1Z and 16 more) in the groups of its own labels. Anything but ASCII stays.
func group4(v string) string {
	cuts := []int{4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44}
	mark := "-"
	if len(v) == 18 && strings.HasPrefix(v, "1Z") {
		cuts, mark = []int{2, 5, 8, 10, 14}, " "
	}
	if onlyASCII(v) != nil || len(v) > 48 {
		return v
	}
	var b strings.Builder
	from := 0
	for _, at := range cuts {
		if at >= len(v) {
			break
		}
		b.WriteString(v[from:at] + mark)
		from = at
	}
	return b.String() + v[from:]
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
				return t, fmt.Errorf("when: %.60q is no number", f[2])
			}
			t.number = n
		}
	}
	if _, ok := new(Label).value(t.path); !ok {
		return t, fmt.Errorf("when: no such field of a label: %.60q", t.path)
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
