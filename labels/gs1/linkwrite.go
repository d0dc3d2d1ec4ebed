package gs1

import "strings"

// CanonicalStem is the stem of a Digital Link where a company names none of its own.
const CanonicalStem = "https://id.gs1.org"

// Link writes a message as a Digital Link URI: the first key AI found becomes the
// path with its qualifiers, the rest are query attributes, those of fixed length
// first. An empty stem is the canonical one.
//
// Errors: [*Error] with CodeNoKey, or CodeURIAttribute where an AI can stand in
// neither.
func (m Message) Link(stem string, o Options) (string, error) {
	if stem == "" {
		stem = CanonicalStem
	}
	key := -1
	for i := range m.Elements {
		if m.Elements[i].entry.Key {
			key = i
			break
		}
	}
	if key < 0 {
		return "", &Error{Code: CodeNoKey, Detail: "no AI that a Digital Link can begin with"}
	}
	path := append([]string{m.Elements[key].AI}, m.bestPath(m.Elements[key].entry)...)
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(stem, "/"))
	for _, ai := range path {
		v, _ := m.Value(ai)
		b.WriteString("/" + ai + "/" + escape(v, false))
	}
	sep := byte('?')
	for _, fixed := range [...]bool{true, false} {
		for i := range m.Elements {
			e := &m.Elements[i]
			if e.entry.Fixed != fixed || contains(path, e.AI) || m.first(e.AI) != i {
				continue
			}
			if !e.entry.mayBeAttribute(&o) {
				return "", &Error{Code: CodeURIAttribute, AI: e.AI, Detail: "the AI can stand neither in the path nor in the query"}
			}
			b.WriteByte(sep)
			b.WriteString(e.AI + "=" + escape(e.Value, true))
			sep = '&'
		}
	}
	return b.String(), nil
}

// bestPath gives the qualifiers at hand, of the alternative with the most of them.
func (m *Message) bestPath(key *AI) []string {
	var best []string
	for _, alt := range key.Paths {
		var have []string
		for _, q := range alt {
			if m.first(q) >= 0 {
				have = append(have, q)
			}
		}
		if len(have) > len(best) {
			best = have
		}
	}
	return best
}

// first gives the place of the first element with an AI, -1 where there is none.
func (m *Message) first(ai string) int {
	for i := range m.Elements {
		if m.Elements[i].AI == ai {
			return i
		}
	}
	return -1
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// unescape undoes percent coding; in a query + is a blank. A broken sequence stays
// as it is; ok is false for %00.
func unescape(s string, query bool) (out string, ok bool) {
	if !strings.ContainsAny(s, "%+") {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			c := nibble(s[i+1])<<4 | nibble(s[i+2])
			if c == 0 {
				return "", false
			}
			b = append(b, c)
			i += 2
		case s[i] == '+' && query:
			b = append(b, ' ')
		default:
			b = append(b, s[i])
		}
	}
	return string(b), true
}

func nibble(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// escape codes all but the unreserved characters of RFC 3986.
func escape(s string, query bool) string {
	const hex = "0123456789ABCDEF"
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z', c == '-', c == '.', c == '_', c == '~':
			b = append(b, c)
		case c == ' ' && query:
			b = append(b, '+')
		default:
			b = append(b, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(b)
}
