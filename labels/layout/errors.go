package layout

import (
	"errors"
	"strconv"

	"dcedge/labels/raster"
)

// Codes of a [FieldError]; those of [raster.TextError] are passed on as they are.
const (
	CodeFit     = "fit"      // text longer than its box, even at its smallest
	CodeEmpty   = "empty"    // a barcode or a required text without data
	CodeBarcode = "barcode"  // data that the symbology cannot hold
	CodeQuiet   = "quiet"    // the barcode and its quiet zone are wider than the field
	CodeDPI     = "dpi"      // a resolution that no printer here has
	CodeNumber  = "number"   // a number below zero
	CodeDate    = "date"     // no day of the calendar
	CodeMissing = "required" // the recipient's name where there is a recipient
	CodeOverlap = "overlap"  // it lies on a barcode, in its quiet zone or on a text
	CodeSample  = "sample"   // no sample to try the template with, or no value in it to try a barcode with
)

// FieldError says which field of a template cannot be drawn, and why. Its text never
// holds the data.
type FieldError struct {
	Template, Field string
	Code            string
	Detail          string
	Line            int // of the template's file, where the field begins; 0 not known
	err             error
}

func (e *FieldError) Error() string {
	where := "layout: template " + e.Template
	if e.Line > 0 {
		where += ", line " + strconv.Itoa(e.Line)
	}
	if e.Field != "" {
		where += ", field " + e.Field
	}
	return where + ": " + e.Code + ": " + e.Detail
}

func (e *FieldError) Unwrap() error { return e.err }

func (d *drawing) fail(f *field, code, detail string, err error) error {
	var text *raster.TextError
	if errors.As(err, &text) {
		code, detail = text.Code, text.Detail()
	}
	return &FieldError{Template: d.t.name, Field: f.Name, Code: code, Detail: detail, Line: f.line, err: err}
}
