package layout

import (
	"fmt"
	"slices"
	"strings"

	"dcedge/labels/gs1"
)

// elementString turns a value that begins with an AI in brackets, "(10){lot}(21){order}",
// into what the symbol holds: without brackets, a separator behind each value whose
// length is not fixed by its AI. Any other value is an element string already.
func elementString(ps []piece) ([]piece, error) {
	if len(ps) == 0 || ps[0].path != "" || !strings.HasPrefix(ps[0].text, "(") {
		return ps, nil
	}
	out, separate := slices.Clone(ps), false
	for i := range out {
		if out[i].path != "" {
			continue
		}
		var b strings.Builder
		rest, found := out[i].text, true
		for {
			var before, code string
			before, rest, found = strings.Cut(rest, "(")
			b.WriteString(before)
			if !found {
				break
			}
			code, rest, found = strings.Cut(rest, ")")
			ai, known := gs1.Standard().Lookup(code)
			if !found || !known {
				return nil, fmt.Errorf("value: no AI in brackets: (%.20s", code)
			}
			if separate {
				b.WriteByte(0x1D)
			}
			b.WriteString(code)
			separate = !ai.Fixed
		}
		out[i].text = b.String()
	}
	return out, nil
}

// checkGS1 refuses GS1 symbols whose data no scanner's host could take apart (an AI
// without its value, a wrong check digit), and data that changes which AIs there are:
// a date with a serial behind it stays a date that is wrong. What an AI needs beside
// it may stand in another symbol of the label.
func (d *drawing) checkGS1(f *field, v string) error {
	if f.Kind != kindGS1128 && f.Kind != kindGS1Matrix {
		return nil
	}
	m, err := gs1.Parse(v, gs1.Options{SkipRequisites: true})
	if err != nil {
		return err
	}
	if len(f.pieces) == 1 {
		return nil // the data is an element string as a whole
	}
	at := 0
	for i := range f.pieces {
		p := &f.pieces[i]
		s, _ := p.value(d.l)
		el, from, to := elementAt(&m, v, at)
		switch {
		case p.path != "" && (el == nil || at < from || at+len(s) > to || strings.IndexByte(s, 0x1D) >= 0):
			return fmt.Errorf("%s reaches beyond the value of its AI", p.path)
		case p.path == "" && el != nil && el.Entry().Fixed && at > from && at < to:
			return fmt.Errorf("the value of AI (%s) is too short", el.AI)
		case p.path == "" && el != nil && at > from && at < to && i+1 < len(f.pieces) && isAI(p.text):
			return fmt.Errorf("AI (%s) is read as a part of the value of AI (%s), whose length varies: write both in brackets", p.text, el.AI)
		}
		at += len(s)
	}
	return nil
}

func isAI(code string) bool {
	_, known := gs1.Standard().Lookup(code)
	return known
}

// elementAt finds the element to which a place of the data belongs, and where its
// value begins and ends.
func elementAt(m *gs1.Message, data string, at int) (el *gs1.Element, from, to int) {
	p := 0
	for i := range m.Elements {
		el = &m.Elements[i]
		from = p + len(el.AI)
		to = from + len(el.Value)
		if at < to {
			return el, from, to
		}
		if p = to; p < len(data) && data[p] == 0x1D {
			p++
		}
	}
	return nil, 0, 0
}
