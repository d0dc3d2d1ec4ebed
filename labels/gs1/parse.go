package gs1

import "strings"

// Bounds of what is taken in.
const (
	maxInput    = 8 << 10 // bytes; the largest DataMatrix holds 3,116 digits
	maxElements = 64
	maxValue    = 90 // characters of one value
)

// Options change what is accepted. The zero value is the rule.
type Options struct {
	PermitUnknown     bool // take AIs that are not in the table, of a length known by their first digits
	SkipRequisites    bool // a scan may be one of several on a carton
	ShortGTIN         bool // a Digital Link may hold a GTIN of 8, 12 or 13 digits
	ConvenienceAlphas bool // /gtin/ and /lot/ in a Digital Link (withdrawn by GS1)
	KeepsSeparators   bool // the device is known to send separators: none can have been lost
	UnknownAttributes bool // an unknown AI may be a query attribute
	Table             *Table
}

func (o *Options) table() *Table {
	if o.Table != nil {
		return o.Table
	}
	return Standard()
}

// Element is one AI with its value. Both are parts of the input.
type Element struct {
	AI    string
	Value string

	entry *AI
	at    int // where the value begins in the input
	path  int // 1-based place in the path of a Digital Link; 0 elsewhere
}

// At is where the value begins in the input, in bytes behind the identifier or the
// leading FNC1.
func (e Element) At() int { return e.at }

// Entry is what the table says of the AI.
func (e Element) Entry() AI { return *e.entry }

// Message is GS1 data taken apart and checked.
type Message struct {
	Elements []Element
	// Primary is the EAN or UPC data in front of a composite; empty elsewhere.
	Primary string
	// Split is how many elements stand before the composite part; 0 where there is none
	// or where Primary holds the linear part.
	Split int
	// Ignored are query parameters of a Digital Link that are no AIs, as they stand.
	Ignored []string
}

// Value gives the value of an AI.
func (m *Message) Value(ai string) (string, bool) {
	for i := range m.Elements {
		if m.Elements[i].AI == ai {
			return m.Elements[i].Value, true
		}
	}
	return "", false
}

// Parse reads an element string as a scanner sends it, without its identifier: GS
// (0x1D) separates. It checks every value and what must and must not stand together.
func Parse(data string, o Options) (Message, error) {
	m, err := parseElements(data, 0x1D, 0, &o)
	if err != nil {
		return Message{}, err
	}
	if err := m.associations(&o); err != nil {
		return Message{}, err
	}
	return m, nil
}

// ParseMessage reads the message form: ^ in front and as separator, | in front of a
// composite part. Data that does not begin with ^ is the primary message of an EAN
// or UPC composite.
func ParseMessage(s string, o Options) (Message, error) {
	linear, composite, hasCC := strings.Cut(s, "|")
	var m Message
	rest, isGS1 := strings.CutPrefix(linear, "^")
	switch {
	case isGS1:
		var err error
		if m, err = parseElements(rest, '^', 0, &o); err != nil {
			return Message{}, err
		}
		m.Split = len(m.Elements)
	case hasCC:
		m.Primary = linear
	default:
		return Message{}, &Error{Code: CodeNoFNC1, Detail: "GS1 data begins with FNC1 (^)"}
	}
	if !hasCC {
		m.Split = 0
	} else if err := m.addComposite(composite, len(linear)+1, &o); err != nil {
		return Message{}, err
	}
	if err := m.associations(&o); err != nil {
		return Message{}, err
	}
	return m, nil
}

func (m *Message) addComposite(s string, at int, o *Options) error {
	rest, ok := strings.CutPrefix(s, "^")
	if !ok {
		return &Error{Code: CodeNoFNC1, At: at, Detail: "the composite part begins with FNC1 (^)"}
	}
	cc, err := parseElements(rest, '^', at+1, o)
	if err != nil {
		return err
	}
	if len(m.Elements)+len(cc.Elements) > maxElements {
		return &Error{Code: CodeTooManyAIs, Detail: "more than 64 AIs"}
	}
	m.Elements = append(m.Elements, cc.Elements...)
	return nil
}

// parseElements cuts data into elements and checks their contents. base is added to
// the places told in errors.
func parseElements(data string, sep byte, base int, o *Options) (Message, error) {
	if len(data) > maxInput {
		return Message{}, &Error{Code: CodeTooLarge, Len: len(data), Detail: "more data than a symbol holds"}
	}
	if data == "" {
		return Message{}, &Error{Code: CodeEmpty, At: base, Detail: "no data"}
	}
	if sep != '^' {
		if i := strings.IndexByte(data, '^'); i >= 0 {
			return Message{}, &Error{Code: CodeCaret, At: base + i, Len: 1, Detail: "^ would be taken for FNC1"}
		}
	}
	t := o.table()
	els := make([]Element, 0, 8)
	for p := 0; p < len(data); {
		ai := t.find(data[p:], o)
		if ai == nil {
			return Message{}, noAI(data, p, base, sep)
		}
		if len(els) == maxElements {
			return Message{}, &Error{Code: CodeTooManyAIs, At: base + p, Detail: "more than 64 AIs"}
		}
		code := data[p : p+len(ai.Code)]
		p += len(code)
		end := len(data)
		if i := strings.IndexByte(data[p:], sep); i >= 0 {
			end = p + i
		}
		n, err := ai.validate(code, data[p:end], base+p)
		if err != nil {
			return Message{}, err
		}
		els = append(els, Element{AI: code, Value: data[p : p+n], entry: ai, at: base + p})
		p += n
		switch {
		case p < end && !ai.Fixed:
			return Message{}, &Error{Code: CodeTooLong, AI: code, At: base + p, Len: end - p, Detail: "more data than the AI takes, and no separator"}
		case p < len(data) && data[p] == sep:
			p++
		}
	}
	return Message{Elements: els}, nil
}

// noAI refuses data at a place where no AI begins.
func noAI(data string, p, base int, sep byte) *Error {
	e := &Error{Code: CodeUnknownAI, At: base + p, Len: min(4, len(data)-p), Detail: "no AI begins here"}
	switch {
	case data[p] == sep && p == 0:
		e.Detail = "a separator stands in front of the first AI: set the scanner up to send the first FNC1 as its symbology identifier only"
	case data[p] == sep:
		e.Detail = "a separator stands where an AI should begin"
	}
	return e
}

// find gives the AI that data begins with, or nil.
func (t *Table) find(data string, o *Options) *AI {
	if len(data) < 2 || data[0] < '0' || data[0] > '9' || data[1] < '0' || data[1] > '9' {
		return nil
	}
	prefix := int(data[0]-'0')*10 + int(data[1]-'0')
	l := int(t.length[prefix])
	if l != 0 && l <= len(data) {
		n, ok := number(data[:l])
		if !ok {
			return nil
		}
		if i := t.index[l-2][n]; i >= 0 {
			return &t.ais[i]
		}
		if o.PermitUnknown {
			return unknownAI(data[:l])
		}
	}
	return nil
}

// unknownAI makes up an entry for an AI that is not in the table: its value is fixed
// in length where its first two digits say so (General Specifications, figure
// 7.8.5-2).
func unknownAI(code string) *AI {
	lo, hi := 1, maxValue
	prefix, _ := number(code[:2])
	switch {
	case prefix == 0:
		lo = 18
	case prefix <= 3:
		lo = 14
	case prefix == 4:
		lo = 16
	case prefix >= 11 && prefix <= 19, prefix >= 31 && prefix <= 36:
		lo = 6
	case prefix == 20:
		lo = 2
	case prefix == 41:
		lo = 13
	}
	if lo > 1 {
		hi = lo
	}
	return &AI{Code: code, Title: "UNKNOWN", Fixed: lo > 1, unknown: true,
		Parts: []Part{{Set: 'x', Min: lo, Max: hi, run: []check{cset82}}}}
}

// validate consumes a value part by part and checks each; it gives how many bytes
// the AI took. at is the place of the value in the input.
func (a *AI) validate(code, v string, at int) (int, error) {
	if v == "" {
		return 0, &Error{Code: CodeEmptyValue, AI: code, At: at, Detail: "no value"}
	}
	p := 0
	for i := range a.Parts {
		part := &a.Parts[i]
		n := min(part.Max, len(v)-p)
		if n == 0 && part.Optional {
			continue
		}
		if n < part.Min {
			return 0, &Error{Code: CodeTooShort, AI: code, At: at + p, Len: n, Detail: "the value is too short"}
		}
		for _, c := range part.run {
			if fault, pos, l := c(v[p : p+n]); fault != "" {
				return 0, &Error{Code: fault, AI: code, At: at + p + pos, Len: l, Detail: contentDetail(fault, v[p:p+n], v[p+pos:p+pos+l])}
			}
		}
		p += n
	}
	return p, nil
}

// whole checks a value that was given whole, not cut from a string.
func (e *Element) whole() error {
	n, err := e.entry.validate(e.AI, e.Value, e.at)
	if err == nil && n < len(e.Value) {
		err = &Error{Code: CodeTooLong, AI: e.AI, At: e.at + n, Len: len(e.Value) - n, Detail: "more data than the AI takes"}
	}
	return err
}

// checkLength tests a whole value against the lengths of its AI before its content.
func (a *AI) checkLength(code, v string, at int) error {
	lo, hi := 0, 0
	for _, p := range a.Parts {
		if !p.Optional {
			lo += p.Min
		}
		hi += p.Max
	}
	switch {
	case v == "":
		return &Error{Code: CodeEmptyValue, AI: code, At: at, Detail: "no value"}
	case len(v) < lo:
		return &Error{Code: CodeTooShort, AI: code, At: at, Len: len(v), Detail: "the value is too short"}
	case len(v) > hi:
		return &Error{Code: CodeTooLong, AI: code, At: at + hi, Len: len(v) - hi, Detail: "the value is too long"}
	}
	if i := strings.IndexByte(v, '^'); i >= 0 {
		return &Error{Code: CodeCaret, AI: code, At: at + i, Len: 1, Detail: "^ would be taken for FNC1"}
	}
	return nil
}
