package layout

import (
	"errors"
	"fmt"

	"dcedge/labels/raster"
)

// resolutions are those of the print heads in use, in dpi.
func resolutions() []int { return []int{203, 300, 600} }

// Check draws the template's sample and reports every field that does not fit, by
// name, as *FieldError, and every field that lies on a barcode or a text. dpi are the
// printers' resolutions; none means all. What the sample's conditions leave out is
// tried too: some label will have it. So the sample holds a value for every barcode.
// Without fonts (r is nil) only barcodes and boxes are tried.
func (t *Template) Check(r *raster.Renderer, dpi ...int) error {
	if len(dpi) == 0 {
		dpi = resolutions()
	}
	faults := t.overlaps()
	if len(faults) > mostWrong { // no label; hundreds of large symbols would take minutes to draw
		return errors.Join(faults...)
	}
	if t.sample == nil {
		return errors.Join(append(faults, &FieldError{Template: t.name, Code: CodeSample, Detail: "no sample: there is nothing to try it with; add a [sample]"})...)
	}
	for i := range t.fields {
		f := &t.fields[i]
		if path, found := lacks(f.pieces, t.sample); found && f.rank() == ofBarcode {
			faults = append(faults, &FieldError{Template: t.name, Field: f.Name, Code: CodeSample, Line: f.line,
				Detail: fmt.Sprintf("[sample] has no %s: give it one as long as can be, for the barcode to be tried", path)})
		}
	}
	for _, n := range dpi {
		dpmm, err := dotsPerMM(n)
		if err != nil {
			return err
		}
		l := *t.sample
		d := &drawing{t: t, l: &l, r: r, dpmm: dpmm, native: true}
		for i := range t.fields {
			if err := d.try(&t.fields[i]); err != nil {
				faults = append(faults, fmt.Errorf("%d dpi: %w", n, err))
			}
		}
		if len(faults) > 0 || r == nil { // the whole label would only say one of them again
			continue
		}
		if _, err := t.ZPL(l, n, r); err != nil { // what only the whole label shows
			faults = append(faults, fmt.Errorf("%d dpi: %w", n, t.ofSample(err)))
		}
	}
	return errors.Join(faults...)
}

// ofSample gives a fault of a member of the sample its line.
func (t *Template) ofSample(err error) error {
	if e, ok := errors.AsType[*FieldError](err); ok && e.Line == 0 {
		said := *e
		said.Line = t.lineOf("sample." + e.Field)
		return &said
	}
	return err
}

// try draws one field of the sample.
func (d *drawing) try(f *field) error {
	switch f.Kind {
	case kindText:
		if _, empty := expand(f.pieces, d.l); d.r == nil || empty && !f.when.holds(d.l) {
			return nil
		}
	case kindBox:
	default:
		if _, found := lacks(f.pieces, d.l); found {
			return nil
		}
	}
	return d.field(f)
}

// Check checks every template; see [Template.Check].
func (s *Set) Check(r *raster.Renderer, dpi ...int) error {
	var faults []error
	for _, n := range s.Names() {
		faults = append(faults, s.byName[n].Check(r, dpi...))
	}
	return errors.Join(faults...)
}
