package layout

import (
	"errors"

	"dcedge/labels/raster"
)

// Codes of a [FieldError]; those of [raster.TextError] are passed on as they are.
const (
	CodeFit     = "fit"     // text longer than its box, even at its smallest
	CodeEmpty   = "empty"   // a barcode or a required text without data
	CodeBarcode = "barcode" // data that the symbology cannot hold
	CodeQuiet   = "quiet"   // the barcode and its quiet zone are wider than the field
	CodeDPI     = "dpi"     // a resolution that no printer here has
)

// FieldError says which field of a template cannot be drawn, and why. Its text never
// holds the data.
type FieldError struct {
	Template, Field string
	Code            string
	Detail          string
	err             error
}

func (e *FieldError) Error() string {
	return "layout: template " + e.Template + ", field " + e.Field + ": " + e.Code + ": " + e.Detail
}

func (e *FieldError) Unwrap() error { return e.err }

func (d *drawing) fail(f *field, code, detail string, err error) error {
	var text *raster.TextError
	if errors.As(err, &text) {
		code, detail = text.Code, text.Error()
	}
	return &FieldError{Template: d.t.name, Field: f.Name, Code: code, Detail: detail, err: err}
}
