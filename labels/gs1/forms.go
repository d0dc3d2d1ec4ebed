package gs1

import "strings"

// ParseBracketed reads (01)09521234543213(10)ABC; | stands in front of a composite
// part. A literal ( in a value is written \(.
func ParseBracketed(s string, o Options) (Message, error) {
	if len(s) > maxInput {
		return Message{}, &Error{Code: CodeTooLarge, Len: len(s), Detail: "more data than a symbol holds"}
	}
	linear, composite, hasCC := strings.Cut(s, "|")
	var m Message
	if hasCC && !strings.HasPrefix(linear, "(") {
		m.Primary = linear
	} else if err := m.bracketed(linear, 0, &o); err != nil {
		return Message{}, err
	}
	if hasCC {
		m.Split = len(m.Elements)
		if err := m.bracketed(composite, len(linear)+1, &o); err != nil {
			return Message{}, err
		}
	}
	// Lengths were tested first: a wrong check digit is no help where a value is too long.
	for i := range m.Elements {
		if err := m.Elements[i].whole(); err != nil {
			return Message{}, err
		}
	}
	if err := m.associations(&o); err != nil {
		return Message{}, err
	}
	return m, nil
}

func (m *Message) bracketed(s string, base int, o *Options) error {
	if s == "" {
		return &Error{Code: CodeEmpty, At: base, Detail: "no data"}
	}
	for p := 0; p < len(s); {
		if s[p] != '(' {
			return &Error{Code: CodeBrackets, At: base + p, Detail: "an AI in brackets begins here"}
		}
		end := strings.IndexByte(s[p:], ')')
		if end < 0 {
			return &Error{Code: CodeBrackets, At: base + p, Detail: "the bracket is not closed"}
		}
		code := s[p+1 : p+end]
		ai := o.table().exact(code, o)
		if ai == nil {
			return &Error{Code: CodeUnknownAI, AI: shown(code), At: base + p + 1, Len: len(code), Detail: `no such AI; a bracket within a value is written \(`}
		}
		start := p + end + 1
		v, n := unbracket(s[start:])
		if err := ai.checkLength(code, v, base+start); err != nil {
			return err
		}
		if len(m.Elements) == maxElements {
			return &Error{Code: CodeTooManyAIs, At: base + p, Detail: "more than 64 AIs"}
		}
		m.Elements = append(m.Elements, Element{AI: code, Value: v, entry: ai, at: base + start})
		p = start + n
	}
	return nil
}

// shown keeps an error's AI short, whatever stood between the brackets: eight characters,
// none of them cut.
func shown(code string) string {
	n := 0
	for at := range code {
		if n++; n > 8 {
			return code[:at]
		}
	}
	return code
}

// unbracket reads a value up to the next AI; n is how much of s it took.
func unbracket(s string) (v string, n int) {
	from, escaped := 0, false
	for {
		i := strings.IndexByte(s[from:], '(')
		if i < 0 {
			n = len(s)
			break
		}
		i += from
		if i > 0 && s[i-1] == '\\' {
			from, escaped = i+1, true
			continue
		}
		n = i
		break
	}
	v = s[:n]
	if escaped {
		v = strings.ReplaceAll(v, `\(`, "(")
	}
	return v, n
}

// exact finds an AI given whole.
func (t *Table) exact(code string, o *Options) *AI {
	if ai, ok := t.Lookup(code); ok {
		return ai
	}
	if _, ok := number(code); !ok || !o.PermitUnknown || len(code) < 2 || len(code) > 4 {
		return nil
	}
	if l := t.LengthOf(code[:2]); l != 0 && l != len(code) {
		return nil
	}
	return unknownAI(code)
}

// String gives the message form: ^ for FNC1.
func (m Message) String() string { return m.join('^', "^", "|^") }

// ElementString gives what a scanner sends behind its identifier: GS (0x1D) as
// separator, a composite part as part of the same string.
func (m Message) ElementString() string {
	return m.join(0x1D, "", "")
}

func (m Message) join(sep byte, first, composite string) string {
	var b strings.Builder
	needSep := false
	if m.Primary != "" {
		b.WriteString(m.Primary)
		first = composite
	}
	for i := range m.Elements {
		e := &m.Elements[i]
		switch {
		case i == 0:
			b.WriteString(first)
		case i == m.Split && m.Split > 0 && composite != "":
			b.WriteString(composite)
		case needSep:
			b.WriteByte(sep)
		}
		b.WriteString(e.AI)
		b.WriteString(e.Value)
		needSep = !e.entry.Fixed
	}
	return b.String()
}

// Bracketed gives (01)...(10)... .
func (m Message) Bracketed() string {
	var b strings.Builder
	b.WriteString(m.Primary)
	for i := range m.Elements {
		e := &m.Elements[i]
		if i == m.Split && m.Split > 0 || i == 0 && m.Primary != "" {
			b.WriteByte('|')
		}
		b.WriteString("(" + e.AI + ")" + strings.ReplaceAll(e.Value, "(", `\(`))
	}
	return b.String()
}

// HRI gives the human-readable lines, one an element: "(01) 09521234543213".
func (m Message) HRI() []string {
	out := make([]string, len(m.Elements))
	for i := range m.Elements {
		out[i] = "(" + m.Elements[i].AI + ") " + m.Elements[i].Value
	}
	return out
}
