package layout

import "fmt"

// overlaps finds the fields that lie on a barcode's box, which holds its quiet zone
// too, or on a text's, on some label: the conditions of both can hold together. Of a heap
// of fields the first [mostWrong] are told and one more, that there are others.
func (t *Template) overlaps() []error {
	var out []error
	for i := range t.fields {
		for j := range t.fields {
			f, under := &t.fields[i], &t.fields[j]
			if f.rank() > under.rank() || f.rank() == under.rank() && i <= j || under.Kind == kindBox { // of two alike the later is told
				continue
			}
			c := f.condition()
			if !f.touches(under) || !c.meets(c) || !c.meets(under.condition()) {
				continue
			}
			if len(out) == mostWrong {
				return append(out, &FieldError{Template: t.name, Code: CodeOverlap, Detail: "and more fields that lie on others: part these first, nothing is tried before"})
			}
			detail := "it lies on the text " + under.Name
			if under.rank() == ofBarcode {
				detail = fmt.Sprintf("it lies on the barcode %s or in its quiet zone", under.Name)
			}
			out = append(out, &FieldError{Template: t.name, Field: f.Name, Code: CodeOverlap, Line: f.line, Detail: detail})
		}
	}
	return out
}

// What lies on what: a fault is told of the lower of two.
const (
	ofBox = iota
	ofText
	ofBarcode
)

func (f *field) rank() int {
	switch f.Kind {
	case kindBox:
		return ofBox
	case kindText:
		return ofText
	}
	return ofBarcode
}

// Carriers are those that conditions of the template name.
func (t *Template) Carriers() (out []string) {
	for i := range t.fields {
		for _, c := range t.fields[i].when {
			if c.path == "carrier" && c.op == "=" {
				out = append(out, c.arg)
			}
		}
	}
	return out
}

// area is left, top, right, bottom in mm.
type area [4]float64

func (f *field) area() area {
	return area{f.At[0], f.At[1], f.At[0] + f.Size[0], f.At[1] + f.Size[1]}
}

func (a area) meets(b area) bool {
	const touch = 0.001 // mm: edges may meet
	return a[0] < b[2]-touch && b[0] < a[2]-touch && a[1] < b[3]-touch && b[1] < a[3]-touch
}

// touches reports whether a field can have ink in the box of another. A box is its
// four lines: what stands inside it is free.
func (f *field) touches(other *field) bool {
	a, b := f.area(), other.area()
	if f.Kind != kindBox || 2*f.Thickness >= f.Size[0] || 2*f.Thickness >= f.Size[1] {
		return a.meets(b)
	}
	w := f.Thickness
	return area{a[0], a[1], a[2], a[1] + w}.meets(b) || area{a[0], a[3] - w, a[2], a[3]}.meets(b) ||
		area{a[0], a[1], a[0] + w, a[3]}.meets(b) || area{a[2] - w, a[1], a[2], a[3]}.meets(b)
}

// condition is what must hold for a field to be drawn: its own condition and, of a
// text that is one placeholder, that there is something.
func (f *field) condition() condition {
	out := append(condition(nil), f.when...)
	path := ""
	for _, p := range f.pieces {
		if p.path == "" {
			continue
		}
		if path != "" && path != p.path {
			return out
		}
		path = p.path
	}
	if f.Kind == kindText && path != "" && !f.Required {
		out = append(out, test{path: path, op: "set"})
	}
	return out
}
