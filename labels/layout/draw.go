package layout

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"dcedge/labels/gs1"
	"dcedge/labels/raster"
	"dcedge/labels/symbology"
)

// step is one thing to draw, in dots. Which of its members count depends on kind.
type step struct {
	kind       string
	x, y, w, h int
	thickness  int // of a box

	text    string // one line
	size    int
	printer bool // in the printer's own font
	line    raster.Line

	data        string // of a barcode
	module      int    // dots
	graphic     bool   // modules wider than the printer's command knows: drawn as a picture
	start, stop byte
	runs        []int // bar, space, bar, ... in modules
	grid        grid
}

// drawing is a template being filled.
type drawing struct {
	t    *Template
	l    *Label
	r    *raster.Renderer
	dpmm int // dots a millimetre
	out  []step

	paras []string // of the text being set, and its lines: room for those of the next
	lines []line

	native bool // the printer draws text and barcodes itself
}

// dotsPerMM gives the resolution of the print heads in use: 203 dpi is 8 dots a
// millimetre, 300 is 12, 600 is 24 (the printers' own figures).
func dotsPerMM(dpi int) (int, error) {
	switch dpi {
	case 203:
		return 8, nil
	case 300:
		return 12, nil
	case 600:
		return 24, nil
	}
	return 0, fmt.Errorf("layout: %s: %d dpi, want 203, 300 or 600", CodeDPI, dpi)
}

func (d *drawing) dots(mm float64) int { return int(math.Round(mm * float64(d.dpmm))) }

// compose turns a template and its data into steps.
func (t *Template) compose(l *Label, dpi int, r *raster.Renderer, native bool) (*drawing, error) {
	dpmm, err := dotsPerMM(dpi)
	if err != nil {
		return nil, err
	}
	if err := t.checkData(l); err != nil {
		return nil, err
	}
	d := &drawing{t: t, l: l, r: r, dpmm: dpmm, native: native, out: make([]step, 0, len(t.fields)+len(t.fields)/4)}
	for i := range t.fields {
		f := &t.fields[i]
		if !f.when.holds(l) {
			continue
		}
		if err := d.field(f); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// checkData refuses data that is none whatever the template: counts below zero, a day
// that there is not, and a recipient without a name. An order may have no recipient at all.
func (t *Template) checkData(l *Label) error {
	for _, n := range []struct {
		path  string
		value int
	}{{"copy", l.Copy}, {"count", l.Count}, {"box.n", l.Box.N}, {"box.of", l.Box.Of}, {"box.weightGrams", l.Box.WeightGrams}} {
		if n.value < 0 {
			return &FieldError{Template: t.name, Field: n.path, Code: CodeNumber, Detail: "below zero"}
		}
	}
	for i := range l.Items {
		if l.Items[i].Quantity < 0 {
			return &FieldError{Template: t.name, Field: "items", Code: CodeNumber, Detail: "below zero"}
		}
	}
	if _, err := time.Parse(time.DateOnly, l.Date); given(l.Date) && err != nil {
		return &FieldError{Template: t.name, Field: "date", Code: CodeDate, Detail: "want a day that there is, as 2026-11-21"}
	}
	if err := t.checkUnit(l); err != nil {
		return err
	}
	if t.names == "" || !l.Recipient.any() {
		return nil
	}
	if !given(l.Recipient.Name) {
		return &FieldError{Template: t.name, Field: t.names, Code: CodeMissing, Detail: "the recipient has no name"}
	}
	return nil
}

// checkUnit refuses numbers of GS1 that are none. A GTIN of fewer than 14 digits is filled
// with zeros, as it is compared and as AI 01 and 02 want it.
func (t *Template) checkUnit(l *Label) error {
	for _, n := range []struct {
		path  string
		kind  symbology.Kind
		value *string
	}{{"sscc", symbology.SSCC, &l.SSCC}, {"gtin", symbology.GTIN, &l.GTIN}} {
		if !given(*n.value) {
			continue
		}
		found, err := symbology.Canonical(n.kind, *n.value)
		var e *symbology.Error
		if errors.As(err, &e) {
			return &FieldError{Template: t.name, Field: n.path, Code: CodeBarcode, Detail: e.Code + ": " + inData(e.Detail), err: err}
		}
		if n.kind == symbology.GTIN {
			*n.value = found.GTIN
		}
	}
	return nil
}

// inData says what to do about a number that was not scanned but came as data.
func inData(detail string) string {
	return strings.Replace(detail, gs1.ScanAgain, ": correct it in the data", 1)
}

func (d *drawing) field(f *field) error {
	s := step{kind: f.Kind, x: d.dots(f.At[0]), y: d.dots(f.At[1])}
	// Both edges are rounded, so fields that touch in millimetres touch in dots.
	s.w, s.h = d.dots(f.At[0]+f.Size[0])-s.x, d.dots(f.At[1]+f.Size[1])-s.y
	if f.Kind == kindBox {
		s.thickness = max(1, d.dots(f.Thickness))
		d.out = append(d.out, s)
		return nil
	}
	if err := hidden(f.pieces, d.l); err != nil {
		return d.fail(f, "", "", err)
	}
	for i := range f.pieces {
		v, _ := d.l.value(f.pieces[i].path)
		if err := checkLength(v); err != nil {
			return d.fail(f, CodeFit, f.pieces[i].path+": "+err.Error(), err)
		}
	}
	v, empty := expandAs(f.pieces, d.l, f.Kind == kindText)
	if f.Kind == kindText {
		if empty && !f.Required {
			return nil
		}
		return d.text(f, s, v)
	}
	if empty {
		return d.fail(f, CodeEmpty, "nothing to encode", nil)
	}
	if path, found := lacks(f.pieces, d.l); found { // a code with a part missing is another code
		return d.fail(f, CodeEmpty, path+" is missing", nil)
	}
	for i := range f.pieces { // a text shows none, and the code would be another than is read beside it
		if v, _ := f.pieces[i].value(d.l); f.pieces[i].path != "" && strings.TrimSpace(v) != v {
			return d.fail(f, CodeBarcode, f.pieces[i].path+" has a blank at an end: take it out of the data", nil)
		}
	}
	return d.barcode(f, s, v)
}
