package reading

import (
	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
)

// CodeParts is returned where two codes cannot be parts of one item's data: one of
// them is neither GS1 data nor an article's number.
const CodeParts = "notParts"

// withFirst joins a code with the one scanned before it: article and expiry above, lot
// and serial below, or an EAN with the rest beside it. What both hold must agree, else
// the second is another item's. of says which of the two is at fault.
func (r *Reader) withFirst(in Input, second Output) (out Output, of string, err error) {
	first, err := r.read(Input{Input: in.With})
	if err != nil {
		return Output{}, ofWith, err
	}
	a, err := r.part(in.With, first)
	if err != nil {
		return Output{}, ofWith, err
	}
	b, err := r.part(in.Input, second)
	if err != nil {
		return Output{}, ofInput, err
	}
	m, err := gs1.Combine(a, b, r.options())
	if err == nil {
		out, err = fromMessage(m, nil)
	}
	return out, "", err
}

// part gives what one code says of the item. It has been read once already, so
// nothing in it is ambiguous any more. Data that do not say what they are are taken as a
// pick takes them of an article that it knows.
func (r *Reader) part(code string, o Output) (gs1.Message, error) {
	switch {
	case o.Kind == KindGS1 && o.Message != "":
		return gs1.ParseMessage(o.Message, r.options())
	case o.Kind == KindGTIN:
		return gs1.ParseMessage("^01"+o.GTIN, r.options())
	case o.Kind == KindUnknown && o.Symbology == "" && !gs1.IsLink(code):
		m, err := symbology.Clean([]byte(code), "").Elements(r.options())
		if e, ok := err.(*gs1.Error); ok && e.Code == gs1.CodeAmbiguous || err == nil {
			return m, err
		}
	}
	return gs1.Message{}, refuse(CodeParts, "two codes of one item are GS1 data or an article's number each; a short text such as 10A may be a lot by itself: turn the scanner's identifiers on")
}
