package edge

import (
	"bytes"
	"strconv"
	"time"
)

// headReader reads an event's head in the form in which AppendLine writes it.
// Anything else, also where it is good JSON, is left to encoding/json.
type headReader struct {
	b   []byte
	bad bool
}

// readHead reads a line of AppendLine; ok is false where it is not one.
func readHead(line []byte) (h eventHead, ok bool) {
	r := headReader{b: line}
	r.want("{")
	r.want(`"seq":`)
	h.Seq = r.number()
	r.want(`,"at":`)
	h.At = r.time()
	r.want(`,"type":`)
	h.Type = Type(r.text())
	r.want(`,"v":`)
	h.V = int(r.number())
	h.Scan = r.textOf(`,"scan":`)
	h.Device = r.textOf(`,"device":`)
	h.Worker = r.textOf(`,"worker":`)
	h.Client = r.textOf(`,"client":`)
	h.Order = r.textOf(`,"order":`)
	if r.has(`,"deviceAt":`) {
		h.DeviceAt = r.time()
	}
	h.Practice = r.has(`,"practice":true`)
	h.Manual = r.has(`,"manual":true`)
	r.want(`,"data":`)
	if r.bad || len(r.b) < 3 || r.b[0] != '{' || r.b[len(r.b)-1] != '}' {
		return eventHead{}, false
	}
	h.Data = r.b[:len(r.b)-1]
	return h, true
}

func (r *headReader) has(s string) bool {
	if r.bad || len(r.b) < len(s) || string(r.b[:len(s)]) != s {
		return false
	}
	r.b = r.b[len(s):]
	return true
}

func (r *headReader) want(s string) { r.bad = !r.has(s) || r.bad }

func (r *headReader) number() uint64 {
	n := 0
	for n < len(r.b) && r.b[n] >= '0' && r.b[n] <= '9' {
		n++
	}
	v, err := strconv.ParseUint(string(r.b[:n]), 10, 63)
	if err != nil || n > 1 && r.b[0] == '0' {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

// raw gives a text of plain ASCII: no escape, nothing that may be bad UTF-8.
func (r *headReader) raw() []byte {
	if r.want(`"`); r.bad {
		return nil
	}
	n := bytes.IndexByte(r.b, '"')
	if n < 0 {
		r.bad = true
		return nil
	}
	for _, c := range r.b[:n] {
		if c < 0x20 || c >= 0x80 || c == '\\' {
			r.bad = true
			return nil
		}
	}
	out := r.b[:n]
	r.b = r.b[n+1:]
	return out
}

func (r *headReader) text() string { return string(r.raw()) }

func (r *headReader) textOf(key string) string {
	if r.has(key) {
		return r.text()
	}
	return ""
}

// time reads what AppendTime wrote.
func (r *headReader) time() (t time.Time) {
	s := r.raw()
	if r.bad || len(s) < len("2006-01-02T15:04:05.000Z") || t.UnmarshalText(s) != nil {
		r.bad = true
		return time.Time{}
	}
	return t
}
