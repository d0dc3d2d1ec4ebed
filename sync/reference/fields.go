package reference

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dcedge/edge"
)

// Bounds of what a record may hold, in bytes or pieces.
const (
	maxID    = 128
	maxText  = 4 << 10
	maxCount = 1_000_000_000
)

// refusal is why a record is refused: a code and the field, never its value.
type refusal struct {
	code   edge.Code
	detail string
}

// fields reads an object's members; the first fault is kept and ends reading.
type fields struct {
	v    *value
	path string
	bad  *refusal // shared with those of inner objects
	asks *sketch  // what is asked for, where that is to be written down; else nil
}

func newFields(v *value) *fields {
	return &fields{v: v, bad: &refusal{}}
}

func (f *fields) fail(code edge.Code, name string) {
	if f.bad.code == "" {
		*f.bad = refusal{code, f.path + name}
	}
}

// failed tells whether to go no further; a sketch has no values to work on.
func (f *fields) failed() bool { return f.bad.code != "" || f.asks != nil }

// find gives a member; null counts as left out.
func (f *fields) find(name string, k kind) *value {
	v := f.v.get(name)
	if v == nil || v.kind == null {
		return nil
	}
	if v.kind != k {
		f.fail(edge.FieldType, name)
		return nil
	}
	return v
}

func (f *fields) need(name string, there bool) {
	switch {
	case there:
	case f.asks != nil:
		f.asks.need(name)
	default:
		f.fail(edge.FieldMissing, name)
	}
}

// str reads text of at most max bytes without control characters but newlines.
func (f *fields) str(name string, max int) string {
	f.asks.note(name, schema{"type": "string", "maxLength": max})
	v := f.find(name, text)
	if v == nil {
		return ""
	}
	if len(v.str) > max || strings.ContainsFunc(v.str, func(r rune) bool { return r < 0x20 && r != '\n' && r != '\t' || r == 0x7f }) {
		f.fail(edge.FieldType, name)
		return ""
	}
	return v.str
}

// id reads an identifier: no white space at its ends, no newline.
func (f *fields) id(name string) string {
	s := f.str(name, maxID)
	if s != strings.TrimSpace(s) || strings.ContainsAny(s, "\n\t") {
		f.fail(edge.FieldType, name)
		return ""
	}
	return s
}

func (f *fields) needID(name string) string {
	s := f.id(name)
	f.need(name, s != "")
	return s
}

// client reads the optional client.
func (f *fields) client() string {
	if c := f.id("client"); c != "" {
		return c
	}
	return "default"
}

// whole reads a whole number within bounds; nil: left out.
func (f *fields) whole(name string, least, most int64) *int64 {
	f.asks.note(name, schema{"type": "integer", "minimum": least, "maximum": most})
	v := f.find(name, number)
	if v == nil {
		return nil
	}
	n, err := strconv.ParseInt(v.str, 10, 64)
	if err != nil || n < least || n > most {
		f.fail(edge.FieldType, name)
		return nil
	}
	return &n
}

// number reads a whole number from 0; nil: left out.
func (f *fields) number(name string, most int64) *int {
	n := f.whole(name, 0, most)
	if n == nil {
		return nil
	}
	out := int(*n)
	return &out
}

// count reads a number of pieces, grams or such; 0: left out.
func (f *fields) count(name string, least int64) int {
	if n := f.whole(name, least, maxCount); n != nil {
		return int(*n)
	}
	return 0
}

func (f *fields) rev() *int64 { return f.whole("rev", 0, 1<<53) }

func (f *fields) flag(name string) bool {
	f.asks.note(name, schema{"type": "boolean"})
	v := f.find(name, boolean)
	return v != nil && v.yes
}

// serial reads a waybill serial: decimal digits as text.
func (f *fields) serial(name string) uint64 {
	s := f.str(name, 20)
	f.asks.add(name, "pattern", "^[0-9]{1,19}$")
	if s == "" {
		f.need(name, false)
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 63)
	if err != nil {
		f.fail(edge.FieldType, name)
	}
	return n
}

// instant reads an RFC 3339 time. Years that no floor means (the 9999 of a
// database's "never" among them) are refused: moved to another zone or written
// into an event they would be no RFC 3339 time any more.
func (f *fields) instant(name string) time.Time {
	s := f.str(name, 64)
	f.asks.add(name, "format", "date-time")
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 1970 || t.Year() > 2199 {
		f.fail(edge.FieldType, name)
		return time.Time{}
	}
	return t
}

// date reads a calendar date, kept as text.
func (f *fields) date(name string) string {
	s := f.str(name, 10)
	f.asks.add(name, "format", "date")
	if _, err := time.Parse(time.DateOnly, s); s != "" && err != nil {
		f.fail(edge.FieldType, name)
	}
	return s
}

// clock reads "HH:MM", to "47:59": past 24:00 is after midnight of the same
// business day. It gives minutes.
func clock(s string) (int, bool) {
	h, m, ok := strings.Cut(s, ":")
	if !ok || len(h) < 1 || len(h) > 2 || len(m) != 2 {
		return 0, false
	}
	hours, err1 := strconv.ParseUint(h, 10, 8)
	minutes, err2 := strconv.ParseUint(m, 10, 8)
	if err1 != nil || err2 != nil || hours > 47 || minutes > 59 {
		return 0, false
	}
	return int(hours*60 + minutes), true
}

func (f *fields) clock(name string) string {
	s := f.str(name, 5)
	f.asks.add(name, "pattern", "^[0-9]{1,2}:[0-9]{2}$")
	if _, ok := clock(s); s != "" && !ok {
		f.fail(edge.FieldType, name)
	}
	return s
}

// cutoff reads an instant, a local date and time, or a clock time of the
// business day of base; the last two are in the site's zone.
func (f *fields) cutoff(name string, zone *time.Location, base time.Time) time.Time {
	s := f.str(name, 64)
	f.asks.add(name, "description", "RFC 3339, or without an offset, or \"HH:MM\" of the business day; in the site's zone")
	if s == "" {
		return time.Time{}
	}
	if m, ok := clock(s); ok {
		y, mo, d := base.In(zone).Date()
		return time.Date(y, mo, d, 0, m, 0, 0, zone)
	}
	if t, err := time.ParseInLocation("2006-01-02T15:04:05", s, zone); err == nil {
		return t
	}
	return f.instant(name)
}

// list calls fn for each item of an array of a kind; it tells whether the
// member is there.
func (f *fields) list(name string, k kind, most int, fn func(i int, v *value)) bool {
	f.asks.note(name, schema{"type": "array", "maxItems": most, "items": schema{"type": k.schema()}})
	v := f.find(name, array)
	if v == nil {
		return false
	}
	if len(v.items) > most {
		f.fail(edge.FieldType, name)
		return true
	}
	for i := range v.items {
		if v.items[i].kind != k {
			f.fail(edge.FieldType, fmt.Sprintf("%s[%d]", name, i))
			return true
		}
		fn(i, &v.items[i])
	}
	return true
}

// objects calls fn for each object of an array.
func (f *fields) objects(name string, most int, fn func(in *fields)) bool {
	if f.asks != nil {
		one := f.sketched()
		fn(one)
		f.asks.note(name, schema{"type": "array", "maxItems": most, "items": one.asks.schema()})
		return false
	}
	return f.list(name, object, most, func(i int, v *value) {
		fn(&fields{v: v, path: fmt.Sprintf("%s%s[%d].", f.path, name, i), bad: f.bad})
	})
}

// inner reads a member that is an object; nil: left out.
func (f *fields) inner(name string) *fields {
	if f.asks != nil {
		one := f.sketched()
		f.asks.note(name, schema{"type": "object", "properties": one.asks.members, "required": &one.asks.required})
		return one
	}
	v := f.find(name, object)
	if v == nil {
		return nil
	}
	return &fields{v: v, path: f.path + name + ".", bad: f.bad}
}

// needInner reads a member that is an object and must be there; nil: it is not.
func (f *fields) needInner(name string) *fields {
	in := f.inner(name)
	f.need(name, in != nil && f.asks == nil)
	return in
}

// some reads an array of texts out of a fixed set.
func (f *fields) some(name string, most int, set ...string) []string {
	var out []string
	f.list(name, text, most, func(_ int, v *value) {
		if !slices.Contains(set, v.str) {
			f.fail(edge.FieldType, name)
		}
		out = append(out, v.str)
	})
	f.asks.add(name, "items", schema{"enum": set})
	return out
}

// ids reads an array of identifiers.
func (f *fields) ids(name string, most int) []string {
	var out []string
	f.list(name, text, most, func(i int, v *value) {
		if v.str == "" || len(v.str) > maxID || strings.ContainsFunc(v.str, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
			f.fail(edge.FieldType, fmt.Sprintf("%s[%d]", name, i))
			return
		}
		out = append(out, v.str)
	})
	return out
}

// oneOf reads text out of a fixed set; "" is left out.
func (f *fields) oneOf(name string, set ...string) string {
	s := f.str(name, maxID)
	f.asks.add(name, "enum", set)
	if s != "" && !slices.Contains(set, s) {
		f.fail(edge.FieldType, name)
		return ""
	}
	return s
}

// languages reads a text in several languages, by language code.
func (f *fields) languages(name string) edge.Text {
	in := f.inner(name)
	f.asks.replace(name, schema{"type": "object", "description": "by language code", "maxProperties": 32, "additionalProperties": schema{"type": "string", "maxLength": maxText}})
	if in == nil || len(in.v.names) == 0 {
		return nil
	}
	out := make(edge.Text, len(in.v.names))
	for _, lang := range in.v.names {
		if len(lang) < 2 || len(lang) > 12 || len(in.v.names) > 32 {
			f.fail(edge.FieldType, name)
			return nil
		}
		if s := in.str(lang, maxText); s != "" {
			out[lang] = s
		}
	}
	return out
}

// reason reads a reason, which goes into events: a short code stays, prose
// or digits might name a person and become "other".
func (f *fields) reason() string {
	s := f.str("reason", maxText)
	f.asks.add("reason", "description", "a short code stays, prose becomes \"other\"")
	if s == "" {
		return ""
	}
	if c := s[0] | 0x20; c < 'a' || c > 'z' || len(s) > 64 || strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	}) {
		return "other"
	}
	return s
}
