package gs1

import (
	"strings"
)

// IsLink reports whether text is a web address that may be a Digital Link.
func IsLink(s string) bool {
	for _, scheme := range [...]string{"https://", "HTTPS://", "http://", "HTTP://"} {
		if strings.HasPrefix(s, scheme) {
			return true
		}
	}
	return false
}

// ParseLink reads a Digital Link URI (uncompressed, GS1 Digital Link 1.x). Elements
// come in the order of the URI.
func ParseLink(uri string, o Options) (Message, error) {
	if len(uri) > maxInput {
		return Message{}, &Error{Code: CodeTooLarge, Len: len(uri), Detail: "a URI longer than any symbol holds"}
	}
	path, query, at, err := splitURI(uri)
	if err != nil {
		return Message{}, err
	}
	m := Message{}
	if err := m.fromPath(path, at, &o); err != nil {
		return Message{}, err
	}
	inPath := len(m.Elements)
	if err := m.fromQuery(query, at+len(path)+1, &o); err != nil {
		return Message{}, err
	}
	if err := m.linkRules(inPath, &o); err != nil {
		return Message{}, err
	}
	for i := range m.Elements {
		e := &m.Elements[i]
		if err := e.whole(); err != nil {
			return Message{}, err
		}
	}
	if err := m.associations(&o); err != nil {
		return Message{}, err
	}
	return m, nil
}

// splitURI gives path and query of a web address; at is where the path begins.
func splitURI(uri string) (path, query string, at int, err error) {
	const allowed = "-._~:/?#[]@!$&'()*+,;=%"
	for i := range len(uri) {
		c := uri[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && strings.IndexByte(allowed, c) < 0 {
			return "", "", 0, &Error{Code: CodeURICharacters, At: i, Len: 1, Detail: "the character must not stand in a URI"}
		}
	}
	if !IsLink(uri) {
		return "", "", 0, &Error{Code: CodeURIScheme, Detail: "want http:// or https://"}
	}
	start := strings.Index(uri, "://") + 3
	slash := strings.IndexByte(uri[start:], '/')
	if slash < 1 || strings.ContainsAny(uri[start:start+slash], "_~?#@!$&'()*+,;=%") {
		return "", "", 0, &Error{Code: CodeURIDomain, At: start, Detail: "want a domain and a path"}
	}
	at = start + slash
	rest, _, _ := strings.Cut(uri[at:], "#")
	path, query, _ = strings.Cut(rest, "?")
	return path, query, at, nil
}

// pair is an AI and its value as they stand in a path.
type pair struct {
	code, value string
	ai          *AI
	at          int
}

// fromPath walks the path from its end: pairs of AI and value up to the right-most
// primary key. What stands before is the stem.
func (m *Message) fromPath(path string, base int, o *Options) error {
	var pairs []pair
	for end := len(path); ; {
		v := strings.LastIndexByte(path[:end], '/')
		if v < 0 {
			break
		}
		a := strings.LastIndexByte(path[:v], '/')
		if a < 0 {
			break
		}
		p := pair{code: path[a+1 : v], value: path[v+1 : end], at: base + v + 1}
		if p.ai = linkAI(p.code, o); p.ai == nil {
			break
		}
		pairs = append(pairs, p)
		if p.ai.Key {
			return m.addPairs(pairs, o)
		}
		end = a
	}
	return &Error{Code: CodeURINoKey, At: base, Len: len(path), Detail: "no GS1 key in the path"}
}

// addPairs takes over the pairs of a path, which were collected from its end.
func (m *Message) addPairs(pairs []pair, o *Options) error {
	for i := len(pairs) - 1; i >= 0; i-- {
		p := pairs[i]
		if p.value == "" {
			return &Error{Code: CodeEmptyValue, AI: p.ai.Code, At: p.at, Detail: "no value"}
		}
		v, ok := unescape(p.value, false)
		if !ok {
			return &Error{Code: CodeURINull, AI: p.ai.Code, At: p.at, Detail: "%00 must not stand in a value"}
		}
		if err := m.addLink(p.ai, p.ai.Code, v, p.at, len(m.Elements)+1, o); err != nil {
			return err
		}
	}
	return nil
}

func linkAI(code string, o *Options) *AI {
	if o.ConvenienceAlphas {
		names := map[string]string{"cpid": "8010", "cpsn": "8011", "cpv": "22", "gcn": "255", "gdti": "253", "giai": "8004", "ginc": "401",
			"gln": "414", "glnx": "254", "gmn": "8013", "grai": "8003", "gsin": "402", "gsrn": "8018", "gsrnp": "8017", "gtin": "01",
			"itip": "8006", "lot": "10", "party": "417", "refno": "8020", "ser": "21", "srin": "8019", "sscc": "00"}
		if ai, ok := names[code]; ok {
			code = ai
		}
	}
	return o.table().exact(code, o)
}

func (m *Message) addLink(ai *AI, code, v string, at, path int, o *Options) error {
	if o.ShortGTIN && code == "01" && (len(v) == 8 || len(v) == 12 || len(v) == 13) {
		v = "00000000000000"[len(v):] + v
	}
	if err := ai.checkLength(code, v, at); err != nil {
		return err
	}
	if len(m.Elements) == maxElements {
		return &Error{Code: CodeTooManyAIs, At: at, Detail: "more than 64 AIs"}
	}
	m.Elements = append(m.Elements, Element{AI: code, Value: v, entry: ai, at: at, path: path})
	return nil
}

func (m *Message) fromQuery(query string, base int, o *Options) error {
	at := base
	for param := range strings.SplitSeq(query, "&") {
		here := at
		at += len(param) + 1
		if param == "" {
			continue
		}
		code, raw, hasValue := strings.Cut(param, "=")
		_, numeric := number(code)
		if !hasValue || !numeric {
			m.Ignored = append(m.Ignored, param)
			continue
		}
		ai := o.table().exact(code, o)
		if ai == nil {
			return &Error{Code: CodeUnknownAI, AI: shown(code), At: here, Len: len(code), Detail: "no such AI"}
		}
		valueAt := here + len(code) + 1
		if raw == "" {
			return &Error{Code: CodeEmptyValue, AI: code, At: valueAt, Detail: "no value"}
		}
		v, ok := unescape(raw, true)
		if !ok {
			return &Error{Code: CodeURINull, AI: code, At: valueAt, Detail: "%00 must not stand in a value"}
		}
		if err := m.addLink(ai, code, v, valueAt, 0, o); err != nil {
			return err
		}
	}
	return nil
}

// linkRules tests the order of the qualifiers, and that no query attribute is one
// that may not be there.
func (m *Message) linkRules(inPath int, o *Options) error {
	seq := make([]string, 0, inPath+1)
	for _, e := range m.Elements[:inPath] {
		seq = append(seq, e.AI)
	}
	key := m.Elements[0].entry
	if !key.sequence(seq) {
		return &Error{Code: CodeURISequence, AI: seq[0], Detail: "the qualifiers in the path are not those of the key, or out of order"}
	}
	for i, e := range m.Elements[inPath:] {
		for _, other := range m.Elements[:inPath+i] {
			if other.AI == e.AI {
				return &Error{Code: CodeURIDuplicate, AI: e.AI, Detail: "the AI stands twice"}
			}
		}
		if !e.entry.mayBeAttribute(o) {
			return &Error{Code: CodeURIAttribute, AI: e.AI, Detail: "the AI must not stand in the query"}
		}
		for j := 1; j <= inPath; j++ {
			if key.sequence(insert(seq, j, e.AI)) {
				return &Error{Code: CodeURIInPath, AI: e.AI, Detail: "the AI belongs in the path"}
			}
		}
	}
	return nil
}

func insert(seq []string, at int, s string) []string {
	out := append([]string{}, seq[:at]...)
	out = append(out, s)
	return append(out, seq[at:]...)
}

func (a *AI) mayBeAttribute(o *Options) bool { return a.Attr || a.unknown && o.UnknownAttributes }

// sequence reports whether a path of AIs is the key with qualifiers of one of its
// alternatives, in order.
func (a *AI) sequence(seq []string) bool {
	if !a.Key || seq[0] != a.Code {
		return false
	}
	if len(seq) == 1 {
		return true
	}
	for _, alt := range a.Paths {
		rest := seq[1:]
		for _, q := range alt {
			if len(rest) > 0 && rest[0] == q {
				rest = rest[1:]
			}
		}
		if len(rest) == 0 {
			return true
		}
	}
	return false
}
