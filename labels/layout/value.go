package layout

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"dcedge/labels/raster"
)

// piece is a part of a field's value: text as it stands, or a placeholder.
type piece struct {
	text    string
	path    string // placeholder where not empty
	masked  bool   // by one of its filters
	filters []func(string) string
}

// parseValue reads "번호 {waybill|group4}". A brace that stands for itself is doubled.
func parseValue(s string) ([]piece, error) {
	if len(s) > maxText {
		return nil, fmt.Errorf("value: %d bytes, at most %d", len(s), maxText)
	}
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
			return nil, fmt.Errorf("value: a brace without its other: %.20q", s[i:])
		}
		if i > 0 {
			out = append(out, piece{text: s[:i]})
		}
		f := strings.Split(s[i+1:end], "|")
		if _, ok := new(Label).value(f[0]); !ok {
			return nil, fmt.Errorf("value: no such field of a label: %.60q%s", f[0], meant(f[0], dataKeys()))
		}
		p := piece{path: f[0]}
		for _, name := range f[1:] {
			i := slices.IndexFunc(filters(), func(f filter) bool { return f.name == name })
			if i < 0 {
				return nil, fmt.Errorf("value: no such filter: %.60q; there are %s", name, filterNames())
			}
			p.masked = p.masked || strings.HasPrefix(name, "mask")
			p.filters = append(p.filters, filters()[i].write)
		}
		out = append(out, p)
		s = s[end+1:]
	}
	return out, nil
}

// expand fills the placeholders. empty is true where there are placeholders and all
// of them are empty.
func expand(ps []piece, l *Label) (s string, empty bool) { return expandAs(ps, l, false) }

// expandAs is expand, for a text or for a barcode, whose data stays to the byte.
func expandAs(ps []piece, l *Label, text bool) (s string, empty bool) {
	if len(ps) == 1 && ps[0].path != "" { // most fields: nothing is put together
		v, full := ps[0].value(l)
		if text {
			v = ps[0].written(v)
		}
		return v, !full
	}
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
	clean, err := raster.Clean(v) // what cannot be drawn is told where it is drawn
	full = err != nil || clean != ""
	if len(p.filters) > 0 && err == nil {
		v = clean
	}
	for _, f := range p.filters {
		v = f(v)
	}
	return v, full
}

// given reports whether a value is something: blanks are nothing.
func given(v string) bool {
	clean, err := raster.Clean(v)
	return err != nil || clean != ""
}

// hidden finds a value that cannot be drawn and that a filter could hide, as a mask does.
func hidden(ps []piece, l *Label) error {
	for i := range ps {
		if len(ps[i].filters) == 0 {
			continue
		}
		v, _ := l.value(ps[i].path)
		if _, err := raster.Clean(v); err != nil {
			return err
		}
	}
	return nil
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

// filter changes how a value is written. It gets composed text without blanks at its
// ends; nothing stays nothing.
type filter struct {
	name  string
	write func(string) string
}

// filters are those that a value may name.
func filters() []filter {
	around := func(before, after string) func(string) string {
		return func(v string) string {
			if v == "" {
				return v
			}
			return before + v + after
		}
	}
	return []filter{
		{"group4", group4},
		{"upper", strings.ToUpper},
		{"tail4", tail4},
		{"paren", around("(", ")")},
		{"postmark", around("〒", "")},
		{"comma", around(", ", "")}, // what follows something else on a line
		{"date", isoDate},
		{"maskName", maskName},
		{"maskPhone", maskPhone},
	}
}

func filterNames() string {
	var out []string
	for _, f := range filters() {
		out = append(out, f.name)
	}
	return strings.Join(out, ", ")
}

// tail4 keeps the last four characters.
func tail4(v string) string {
	r := []rune(v)
	return string(r[max(0, len(r)-4):])
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
	b.Grow(len(v) + len(v)/4)
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

// ErrData is returned when label data is beyond any label: a field of more than
// 4,096 characters.
var ErrData = errors.New("layout: label data too long")

const maxValue = 4096

func checkLength(s string) error {
	if len(s) <= maxValue {
		return nil
	}
	if n := utf8.RuneCountInString(s); n > maxValue {
		return fmt.Errorf("%w: %d characters, at most %d", ErrData, n, maxValue)
	}
	return nil
}
