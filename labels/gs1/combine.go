package gs1

import (
	"slices"
	"strings"
)

// Combine joins two scans of one item, in whatever order they came: article and expiry
// above, lot and serial below, or an EAN with the rest beside it. What both hold must
// agree, else the second is another item's: an [*Error] with CodeRepeated, the AI, and
// both values in its detail. The result is checked as a whole.
//
// A day that one scan names and of which the other knows the month only (day 00) is
// the same where it is the month's last; the named day stays.
func Combine(a, b Message, o Options) (Message, error) {
	out := Message{Elements: a.withPrimary(&o)}
	for _, e := range b.withPrimary(&o) {
		i := out.find(e.AI)
		switch {
		case i < 0 && len(out.Elements) == maxElements:
			return Message{}, &Error{Code: CodeTooManyAIs, Detail: "more than 64 AIs"}
		case i < 0:
			out.Elements = append(out.Elements, e)
		case out.Elements[i].Value == e.Value:
		case sameDay(&out.Elements[i], &e):
			out.Elements[i].Value = max(out.Elements[i].Value, e.Value)
		default:
			return Message{}, &Error{Code: CodeRepeated, AI: e.AI, At: e.at, Len: len(e.Value),
				Detail: "the first scan has " + out.Elements[i].Value + ", the second " + e.Value}
		}
	}
	if err := out.associations(&o); err != nil {
		return Message{}, err
	}
	return out, nil
}

// Of makes a message of values that came from no symbol, such as a lot that a person
// typed, given as AI, value, AI, value. Empty values are left out. What an AI may hold
// is not checked.
//
// It panics on an AI that is not in the table.
func Of(o Options, values ...string) Message {
	var m Message
	for pair := range slices.Chunk(values, 2) {
		ai, ok := o.table().Lookup(pair[0])
		if !ok {
			panic("gs1: no AI " + pair[0])
		}
		if pair[1] != "" {
			m.Elements = append(m.Elements, Element{AI: pair[0], Value: pair[1], entry: ai})
		}
	}
	return m
}

// withPrimary gives the elements with the number of an EAN or UPC symbol as an
// element of its own.
func (m *Message) withPrimary(o *Options) []Element {
	ai, ok := o.table().Lookup("01")
	if m.Primary == "" || !ok || len(m.Primary) > 14 {
		return slices.Clone(m.Elements)
	}
	n := strings.Repeat("0", 14-len(m.Primary)) + m.Primary
	return append([]Element{{AI: "01", Value: n, entry: ai}}, m.Elements...)
}

// sameDay tells whether two dates of one AI are one day though one says day 00.
func sameDay(a, b *Element) bool {
	if len(a.Value) != 6 || len(b.Value) != 6 || !slices.Contains(a.entry.Parts[0].Checks, "yymmd0") {
		return false
	}
	month, named := min(a.Value, b.Value), max(a.Value, b.Value)
	if month[:4] != named[:4] || month[4:] != "00" {
		return false
	}
	_, _, last, _, err := Date(month, 2000) // of any century: only leap years matter
	_, _, day, _, bad := Date(named, 2000)
	return err == nil && bad == nil && day == last
}
