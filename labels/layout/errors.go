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

// Place is where in the template's file the fault stands; 0 not known.
func (e *FieldError) Place() (line, column int) { return e.Line, 0 }

// FileError is a fault of one file of a folder of templates.
type FileError struct {
	File string // as the folder has it
	Err  error
}

func (e *FileError) Error() string { return e.File + ": " + e.Err.Error() }

func (e *FileError) Unwrap() error { return e.Err }

// placedError is a fault of a template's file with the place where it stands.
type placedError struct {
	line, column int // from 1; column 0: not known
	err          error
}

// placed gives a fault its place; without a line it stays as it is.
func placed(line, column int, err error) error {
	if line == 0 {
		return err
	}
	return &placedError{line, column, err}
}

func (e *placedError) Error() string { return "line " + strconv.Itoa(e.line) + ": " + e.err.Error() }

func (e *placedError) Unwrap() error { return e.err }

// Place is where in the file it stands.
func (e *placedError) Place() (line, column int) { return e.line, e.column }

func (d *drawing) fail(f *field, code, detail string, err error) error {
	var text *raster.TextError
	if errors.As(err, &text) {
		code, detail = text.Code, text.Detail()
	}
	return &FieldError{Template: d.t.name, Field: f.Name, Code: code, Detail: detail, Line: f.line, err: err}
}
