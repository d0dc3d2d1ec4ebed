package reading

import "dcedge/labels/gs1"

// CodeParts is returned where two codes cannot be parts of one item's data: one of
// them is neither GS1 data nor an article's number.
const CodeParts = "notParts"

// combined joins the codes of one item that stand in two symbols: article and expiry
// above, lot and serial below, or an EAN with the rest beside it. What both hold must
// agree, else the second is another item's.
func (r *Reader) combined(first, second Output) (Output, error) {
	a, err := r.part(first)
	if err != nil {
		return Output{}, err
	}
	b, err := r.part(second)
	if err != nil {
		return Output{}, err
	}
	m, err := gs1.Combine(a, b, r.options())
	if err != nil {
		return Output{}, err
	}
	return fromMessage(m, nil)
}

// part gives what one code says of the item. It has been read once already, so
// nothing in it is ambiguous any more.
func (r *Reader) part(o Output) (gs1.Message, error) {
	switch {
	case o.Kind == KindGS1 && o.Message != "":
		return gs1.ParseMessage(o.Message, r.options())
	case o.Kind == KindGTIN:
		return gs1.ParseMessage("^01"+o.GTIN, r.options())
	}
	return gs1.Message{}, refuse(CodeParts, "two codes of one item are GS1 data or an article's number each")
}
