package symbology

import (
	"strings"

	"dcedge/labels/gs1"
)

// Elements reads the GS1 data of a code; [CodePlain] where it says of itself that it
// holds none. Data whose device keeps no identifiers are read as such only where they
// begin with an AI that is looked for on an article: number, lot, expiry, serial.
func (r Reading) Elements(o gs1.Options) (gs1.Message, error) {
	switch {
	case r.Symbology.GS1:
		s, err := gs1.ParseScan(r.Symbology.AIM+r.Data, o)
		return s.Message, err
	case gs1.IsLink(r.Data):
		return gs1.ParseLink(r.Data, o)
	case r.Symbology.AIM == "" && marked(r.Data):
		return gs1.ParseKeyed(r.Data, o)
	}
	return gs1.Message{}, &Error{Code: CodePlain, Detail: "no application identifiers"}
}

// marked: a code of three characters is no data but a code that begins so.
func marked(data string) bool {
	if len(data) < 4 {
		return false
	}
	switch data[:2] {
	case "01", "10", "17", "15", "21":
		return true
	}
	return data[:4] == "7003"
}

// OfItem tells that elements read from a code are surely the lot, expiry or serial of some
// article: they came with an identifier or a separator, or are several elements that are
// no number of something else.
func (r Reading) OfItem(m *gs1.Message) bool {
	for _, key := range [...]string{"00", "01", "02"} {
		if _, ok := m.Value(key); ok {
			return false
		}
	}
	said := false
	for _, ai := range [...]string{"10", "21", "17", "7003", "15"} {
		_, ok := m.Value(ai)
		said = said || ok
	}
	return said && (r.Symbology.GS1 || strings.ContainsRune(r.Data, '\x1d') ||
		len(m.Elements) > 1 && strings.ContainsFunc(r.Data, func(c rune) bool { return c < '0' || c > '9' }))
}
