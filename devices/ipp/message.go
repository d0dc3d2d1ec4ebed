package ipp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrMessage is returned for bytes that are no IPP message (RFC 8010, 3).
var ErrMessage = errors.New("ipp: no IPP message")

// Bounds of a message that is read.
const (
	maxMessage    = 1 << 20 // bytes
	maxAttributes = 4096
	maxText       = 32767 // bytes of a value, as on the wire
)

// The tags that are written or read (RFC 8010, 3.5).
const (
	tagOperation = 0x01
	tagJob       = 0x02
	tagEnd       = 0x03
	tagPrinter   = 0x04
	tagInteger   = 0x21
	tagBoolean   = 0x22
	tagEnum      = 0x23
	tagText      = 0x41
	tagName      = 0x42
	tagKeyword   = 0x44
	tagURI       = 0x45
	tagCharset   = 0x47
	tagLanguage  = 0x48
	tagMimeType  = 0x49
	tagMember    = 0x4a // inside a collection
	tagBegin     = 0x34 // of a collection
	tagEndColl   = 0x37
)

// message is a request or an answer. Attributes are those of all groups by name;
// of several groups of one kind (Get-Jobs) only the first is kept.
type message struct {
	code       uint16 // operation, or status
	id         uint32
	attributes map[string][]value
}

// value is one value of an attribute; number of integers, enums and booleans, text
// of the rest.
type value struct {
	tag    byte
	number int
	text   string
}

// first gives the first number of an attribute.
func (m *message) number(name string) (int, bool) {
	v := m.attributes[name]
	if len(v) == 0 || v[0].tag != tagInteger && v[0].tag != tagEnum && v[0].tag != tagBoolean {
		return 0, false
	}
	return v[0].number, true
}

// texts gives the words of an attribute.
func (m *message) texts(name string) []string {
	var out []string
	for _, v := range m.attributes[name] {
		if v.text != "" {
			out = append(out, v.text)
		}
	}
	return out
}

func (m *message) text(name string) string {
	if t := m.texts(name); len(t) > 0 {
		return t[0]
	}
	return ""
}

// builder writes a request.
type builder struct{ b []byte }

// newRequest begins a request with what each of them has to begin with.
func newRequest(operation uint16, id uint32, uri string) *builder {
	w := &builder{b: []byte{2, 0}}
	w.b = binary.BigEndian.AppendUint16(w.b, operation)
	w.b = binary.BigEndian.AppendUint32(w.b, id)
	w.group(tagOperation)
	w.text(tagCharset, "attributes-charset", "utf-8")
	w.text(tagLanguage, "attributes-natural-language", "en")
	w.text(tagURI, "printer-uri", uri)
	return w
}

func (w *builder) group(tag byte) { w.b = append(w.b, tag) }

// text writes an attribute of text; further values have an empty name.
func (w *builder) text(tag byte, name string, values ...string) {
	for i, v := range values {
		if i > 0 {
			name = ""
		}
		w.head(tag, name, len(v))
		w.b = append(w.b, v...)
	}
}

func (w *builder) number(tag byte, name string, n int32) {
	w.head(tag, name, 4)
	w.b = binary.BigEndian.AppendUint32(w.b, uint32(n))
}

func (w *builder) head(tag byte, name string, size int) {
	w.b = append(w.b, tag)
	w.b = binary.BigEndian.AppendUint16(w.b, uint16(len(name)))
	w.b = append(w.b, name...)
	w.b = binary.BigEndian.AppendUint16(w.b, uint16(size))
}

// done ends the request; the document follows.
func (w *builder) done() []byte { return append(w.b, tagEnd) }

// parse reads an answer. Errors wrap ErrMessage.
func parse(raw []byte) (*message, error) {
	if len(raw) < 8 || raw[0] == 0 || raw[0] > 2 {
		return nil, fmt.Errorf("%w: head", ErrMessage)
	}
	m := &message{code: binary.BigEndian.Uint16(raw[2:]), id: binary.BigEndian.Uint32(raw[4:]), attributes: map[string][]value{}}
	r := reader{rest: raw[8:]}
	name, seen, group := "", map[byte]int{}, byte(0)
	for n := 0; ; n++ {
		tag, ok := r.byte()
		switch {
		case !ok:
			return nil, fmt.Errorf("%w: it ends in the middle", ErrMessage)
		case n > maxAttributes:
			return nil, fmt.Errorf("%w: more than %d attributes", ErrMessage, maxAttributes)
		case tag == tagEnd:
			return m, nil
		case tag < 0x10: // a group
			group, name = tag, ""
			seen[group]++
			continue
		}
		key, v, err := r.attribute(tag)
		if err != nil {
			return nil, err
		}
		if key != "" {
			name = key
		}
		if tag == tagBegin {
			if err := r.collection(0); err != nil {
				return nil, err
			}
			continue
		}
		if name != "" && seen[group] <= 1 {
			m.attributes[name] = append(m.attributes[name], v)
		}
	}
}

// reader takes values off the wire.
type reader struct{ rest []byte }

func (r *reader) byte() (byte, bool) {
	if len(r.rest) == 0 {
		return 0, false
	}
	b := r.rest[0]
	r.rest = r.rest[1:]
	return b, true
}

func (r *reader) field() ([]byte, bool) {
	if len(r.rest) < 2 {
		return nil, false
	}
	n := int(binary.BigEndian.Uint16(r.rest))
	if n > maxText || len(r.rest) < 2+n {
		return nil, false
	}
	f := r.rest[2 : 2+n]
	r.rest = r.rest[2+n:]
	return f, true
}

func (r *reader) attribute(tag byte) (name string, v value, err error) {
	key, ok := r.field()
	if !ok {
		return "", value{}, fmt.Errorf("%w: name", ErrMessage)
	}
	raw, ok := r.field()
	if !ok {
		return "", value{}, fmt.Errorf("%w: value", ErrMessage)
	}
	v.tag = tag
	switch tag {
	case tagInteger, tagEnum:
		if len(raw) != 4 {
			return "", value{}, fmt.Errorf("%w: a number of %d bytes", ErrMessage, len(raw))
		}
		v.number = int(int32(binary.BigEndian.Uint32(raw)))
	case tagBoolean:
		if len(raw) != 1 {
			return "", value{}, fmt.Errorf("%w: a truth value of %d bytes", ErrMessage, len(raw))
		}
		v.number = int(raw[0])
	default:
		if tag >= 0x40 { // text of some kind
			v.text = string(raw)
		}
	}
	return string(key), v, nil
}

// maxDepth bounds collections in collections.
const maxDepth = 16

// collection passes over one, whose begin was read.
func (r *reader) collection(depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: collections %d deep", ErrMessage, depth)
	}
	for range maxAttributes {
		tag, ok := r.byte()
		if !ok || tag < 0x10 {
			return fmt.Errorf("%w: a collection without an end", ErrMessage)
		}
		if _, _, err := r.attribute(tag); err != nil {
			return err
		}
		switch tag {
		case tagEndColl:
			return nil
		case tagBegin:
			if err := r.collection(depth + 1); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("%w: a collection without an end", ErrMessage)
}
