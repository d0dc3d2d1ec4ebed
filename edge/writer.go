package edge

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// writer appends the members of one JSON object. str, int, bool, strs and time
// leave out what is empty; nothing is escaped that JSON does not ask for.
type writer struct {
	b     []byte
	first bool
}

func object(b []byte) writer { return writer{b: append(b, '{'), first: true} }

func (w *writer) end() []byte { return append(w.b, '}') }

func (w *writer) key(k string) {
	if w.first {
		w.b = append(append(w.b, '"'), k...)
		w.first = false
	} else {
		w.b = append(append(w.b, ',', '"'), k...)
	}
	w.b = append(w.b, '"', ':')
}

func (w *writer) str(k, v string) {
	if v == "" {
		return
	}
	w.key(k)
	w.b = AppendQuoted(w.b, v)
}

func (w *writer) strs(k string, v []string) {
	if len(v) == 0 {
		return
	}
	w.key(k)
	w.b = append(w.b, '[')
	for i, s := range v {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		w.b = AppendQuoted(w.b, s)
	}
	w.b = append(w.b, ']')
}

func (w *writer) uint(k string, v uint64) {
	w.key(k)
	w.b = strconv.AppendUint(w.b, v, 10)
}

func (w *writer) uintIf(k string, v uint64) {
	if v != 0 {
		w.uint(k, v)
	}
}

// int writes also a zero.
func (w *writer) int(k string, v int) {
	w.key(k)
	w.b = strconv.AppendInt(w.b, int64(v), 10)
}

func (w *writer) intIf(k string, v int) {
	if v != 0 {
		w.int(k, v)
	}
}

func (w *writer) yes(k string, v bool) {
	if v {
		w.key(k)
		w.b = append(w.b, "true"...)
	}
}

func (w *writer) time(k string, t time.Time) {
	if t.IsZero() {
		return
	}
	w.key(k)
	w.b = append(w.b, '"')
	w.b = AppendTime(w.b, t)
	w.b = append(w.b, '"')
}

// AppendTime appends t in TimeLayout, as t.AppendFormat does and in a third of
// the time.
func AppendTime(b []byte, t time.Time) []byte {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	_, off := t.Zone()
	if year < 0 || year > 9999 || off%60 != 0 {
		return t.AppendFormat(b, TimeLayout)
	}
	b = twoDigits(twoDigits(b, year/100), year%100)
	b = twoDigits(append(twoDigits(append(b, '-'), int(month)), '-'), day)
	b = twoDigits(append(twoDigits(append(twoDigits(append(b, 'T'), hour), ':'), minute), ':'), second)
	ms := t.Nanosecond() / 1e6
	b = twoDigits(append(b, '.', byte('0'+ms/100)), ms%100)
	if off == 0 {
		return append(b, 'Z')
	}
	sign := byte('+')
	if off < 0 {
		sign, off = '-', -off
	}
	off /= 60
	return twoDigits(append(twoDigits(append(b, sign), off/60), ':'), off%60)
}

// twoDigits appends 0 <= n <= 99.
func twoDigits(b []byte, n int) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

const hexDigits = "0123456789abcdef"

// AppendQuoted appends s as a JSON string; bytes that are no UTF-8 become
// U+FFFD.
func AppendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, s[from:i]...), "\ufffd"...)
				from = i + 1
			}
			i += n
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[from:i]...)
		if c == '"' || c == '\\' {
			b = append(b, '\\', c)
		} else {
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	return append(append(b, s[from:]...), '"')
}
