package web

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"hash"
	"maps"
	"slices"
	"strconv"

	"dcedge/edge"
)

// contentHash is a keyed hash of what makes two frames with one id the same
// message: t, code or codeB64, symbology, action and args
// count, compared as JSON values: names in any order, numbers by value. A PIN
// counts as being there, never by what it is: six digits would be found from
// their hash.
func (s *Server) contentHash(kind edge.Kind, o object) [16]byte {
	k, ok := s.hashes.Get().(*keyedHash)
	if !ok {
		k = &keyedHash{mac: hmac.New(sha256.New, s.cfg.HashKey)}
	}
	defer s.hashes.Put(k)
	k.b = append(k.b[:0], byte(kind))
	for _, name := range [...]string{"code", "codeB64", "symbology", "action", "args"} {
		raw, there := o.get(name)
		if !there {
			continue
		}
		k.b = append(append(k.b, name...), 0)
		k.b = append(append(k.b, canonical(raw)...), 0)
	}
	k.mac.Reset()
	k.mac.Write(k.b)
	k.b = k.mac.Sum(k.b[:0])
	return [16]byte(k.b[:16])
}

// keyedHash is the MAC with its key taken in, and room for what it is of.
type keyedHash struct {
	mac hash.Hash
	b   []byte
}

// canonical writes a valid JSON value in one form.
func canonical(raw []byte) []byte {
	if raw[0] == '"' && bytes.IndexByte(raw, '\\') < 0 {
		return raw // nothing is escaped that need not be
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return raw
	}
	return appendCanonical(nil, v, "")
}

func appendCanonical(b []byte, v any, name string) []byte {
	switch x := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		return strconv.AppendBool(b, x)
	case string:
		if name == "pin" {
			x = ""
		}
		return edge.AppendQuoted(b, x)
	case json.Number:
		return appendNumber(b, string(x))
	case []any:
		b = append(b, '[')
		for i, e := range x {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(b, e, "")
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, k := range slices.Sorted(maps.Keys(x)) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(edge.AppendQuoted(b, k), ':')
			b = appendCanonical(b, x[k], k)
		}
		return append(b, '}')
	}
	return b
}

// appendNumber writes equal numbers equally: whole ones that fit an int64 as
// such, others as the nearest float64, and those beyond as they came.
func appendNumber(b []byte, text string) []byte {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return strconv.AppendInt(b, n, 10)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return append(b, text...)
	}
	if f == float64(int64(f)) && f > -1<<53 && f < 1<<53 {
		return strconv.AppendInt(b, int64(f), 10)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}
