package layout

import (
	"fmt"
	"strconv"
)

// overlaps finds the fields that lie on a barcode's box, which holds its quiet zone
// too, on some label: the conditions of both can hold together.
func (t *Template) overlaps() []error {
	var out []error
	for i := range t.fields {
		for j := range t.fields {
			f, bars := &t.fields[i], &t.fields[j]
			if i == j || !bars.isBarcode() || f.isBarcode() && i < j { // of two barcodes the later is told
				continue
			}
			c := f.condition()
			if f.touches(bars) && c.meets(c) && c.meets(bars.condition()) {
				out = append(out, &FieldError{Template: t.name, Field: f.Name, Code: CodeOverlap, Line: f.line,
					Detail: fmt.Sprintf("it lies on the barcode %s or in its quiet zone", bars.Name)})
			}
		}
	}
	return out
}

func (f *field) isBarcode() bool { return f.Kind != kindText && f.Kind != kindBox }

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

// meets reports whether some label satisfies both conditions.
func (c condition) meets(other condition) bool {
	for _, a := range c {
		for _, b := range other {
			if a.path == b.path && (a.excludes(b) || b.excludes(a)) {
				return false
			}
		}
	}
	return true
}

func (t test) excludes(o test) bool {
	switch t.op {
	case "unset":
		return o.op != "unset"
	case "=":
		n, err := strconv.Atoi(t.arg)
		return o.op == "=" && o.arg != t.arg || o.op == ">" && (err != nil || n <= o.number)
	}
	return false
}
