package gs1

import "strings"

// associations tests what must and must not stand together over the whole message
// (General Specifications, section 4.13 and 4.14).
func (m *Message) associations(o *Options) error {
	if m.Primary != "" { // the number of the EAN or UPC beside the composite part is an article's too
		m = &Message{Elements: m.withPrimary(o)}
	}
	if err := m.repeats(); err != nil {
		return err
	}
	if err := m.pairs(); err != nil {
		return err
	}
	if !o.SkipRequisites {
		if err := m.requisites(); err != nil {
			return err
		}
	}
	return m.serialKey()
}

// Requisites reports what a message lacks: an [*Error] with CodeRequisite, or nil. A
// scan that fails it alone may be one of several on a carton; see [Combine].
func (m *Message) Requisites() error {
	if m.Primary != "" {
		m = &Message{Elements: m.withPrimary(&Options{})}
	}
	return m.requisites()
}

func (m *Message) repeats() error {
	for i := range m.Elements {
		for j := i + 1; j < len(m.Elements); j++ {
			a, b := &m.Elements[i], &m.Elements[j]
			if a.AI == b.AI && a.Value != b.Value {
				return &Error{Code: CodeRepeated, AI: b.AI, At: m.Elements[j].at, Detail: "the AI stands twice with different values"}
			}
		}
	}
	return nil
}

func (m *Message) pairs() error {
	for i := range m.Elements {
		e := &m.Elements[i]
		for _, bar := range e.entry.Bars {
			if other := m.has(bar, e.AI); other != "" {
				return &Error{Code: CodePair, AI: e.AI, At: e.at, Detail: "must not stand beside AI (" + other + ")"}
			}
		}
	}
	return nil
}

func (m *Message) requisites() error {
	for i := range m.Elements {
		e := &m.Elements[i]
		for _, need := range e.entry.Needs {
			if !m.meets(need, e.AI) {
				return &Error{Code: CodeRequisite, AI: e.AI, At: e.at, Detail: "needs " + needText(need)}
			}
		}
	}
	return nil
}

func (m *Message) meets(need [][]string, ignore string) bool {
	for _, group := range need {
		all := true
		for _, pattern := range group {
			if m.has(pattern, ignore) == "" {
				all = false
				break
			}
		}
		if all {
			return true
		}
	}
	return false
}

func needText(need [][]string) string {
	alternatives := make([]string, len(need))
	for i, g := range need {
		alternatives[i] = "(" + strings.Join(g, ") with (") + ")"
	}
	return strings.Join(alternatives, " or ")
}

// has gives an AI of the message that a pattern means, other than ignore.
func (m *Message) has(pattern, ignore string) string {
	for i := range m.Elements {
		if ai := m.Elements[i].AI; ai != ignore && matches(ai, pattern) {
			return ai
		}
	}
	return ""
}

// serialKey asks that a signature (8030) goes with a serialised key: keys whose
// serial part may be missing must have it.
func (m *Message) serialKey() error {
	if _, signed := m.Value("8030"); !signed {
		return nil
	}
	for i := range m.Elements {
		e := &m.Elements[i]
		bare := map[string]int{"253": 13, "255": 13, "8003": 14}[e.AI]
		if bare != 0 && len(e.Value) <= bare {
			return &Error{Code: CodeSerialKey, AI: e.AI, At: e.at, Detail: "a signature needs the serial part of the key"}
		}
	}
	return nil
}
