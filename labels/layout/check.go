package layout

import (
	"errors"
	"fmt"

	"dcedge/labels/raster"
)

// resolutions are those of the print heads in use, in dpi.
func resolutions() []int { return []int{203, 300, 600} }

// Check draws the template's sample and reports every field that does not fit, by
// name, as *FieldError, and every field that lies on a barcode. dpi are the printers' resolutions; none means all. A
// barcode that the sample's conditions leave out is tried too: some label will
// have it. Without fonts (r is nil) only barcodes and boxes are tried.
func (t *Template) Check(r *raster.Renderer, dpi ...int) error {
	if len(dpi) == 0 {
		dpi = resolutions()
	}
	faults := t.overlaps()
	if t.sample == nil {
		return errors.Join(append(faults, &FieldError{Template: t.name, Code: CodeSample, Detail: "no sample: there is nothing to try it with; add a [sample]"})...)
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
			faults = append(faults, fmt.Errorf("%d dpi: %w", n, err))
		}
	}
	return errors.Join(faults...)
}

// try draws one field of the sample.
func (d *drawing) try(f *field) error {
	switch f.Kind {
	case kindText:
		if d.r == nil || !f.when.holds(d.l) {
			return nil
		}
	case kindBox:
	default:
		if _, empty := expand(f.pieces, d.l); empty && !f.when.holds(d.l) {
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
