package paper

import (
	"errors"
	"fmt"

	"dcedge/labels/raster"
)

// Kind is what a document is.
type Kind string

// The kinds.
const (
	PackingSlip Kind = "packingSlip"
	Manifest    Kind = "manifest"
	PickList    Kind = "pickList"
)

// Bounds of a document.
const (
	maxRows    = 5000
	maxColumns = 8
	maxText    = 500 // characters of one cell or line
)

// ErrDocument is returned for a document that is no document: unknown kind or
// language, no number, too many rows or columns.
var ErrDocument = errors.New("paper: bad document")

// FieldError names the part of a document that cannot be set.
type FieldError struct {
	Field string // number, from[0], rows[3][1], ...
	Err   error
}

func (e *FieldError) Error() string { return "paper: " + e.Field + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *FieldError) Unwrap() error { return e.Err }

// Document is one document as data. Texts may be in any language that the fonts
// have; Language chooses the words that this package adds.
type Document struct {
	Kind     Kind
	Language string // ko, ja, en
	Number   string // of what it belongs to; also as a bar code where it can be one
	Date     string // as it is to stand there
	From     []string
	To       []string
	Facts    []Fact
	Columns  []Column
	Rows     [][]string
	Notes    []string
}

// Fact is a name and a value in the head of a document.
type Fact struct {
	Name  string // one of the words of this package (Words), or text
	Value string
}

// Column of the table.
type Column struct {
	Name   string  // likewise
	Share  float64 // of the width, beside the other columns
	Right  bool    // figures
	Strong bool
}

// check brings every text into the form that is set.
func (d *Document) check(r *raster.Renderer) (Document, error) {
	if words[d.Language] == nil || title(d.Language, d.Kind) == "" {
		return Document{}, fmt.Errorf("%w: kind %q in language %q", ErrDocument, d.Kind, d.Language)
	}
	if d.Number == "" || len(d.Columns) == 0 || len(d.Columns) > maxColumns || len(d.Rows) > maxRows {
		return Document{}, fmt.Errorf("%w: it wants a number, 1 to %d columns and at most %d rows", ErrDocument, maxColumns, maxRows)
	}
	out := *d
	var first error
	clean := func(field, text string) string {
		c, err := raster.Clean(text)
		if err == nil && len([]rune(c)) > maxText {
			err = fmt.Errorf("%w: longer than %d characters", ErrDocument, maxText)
		}
		if err == nil {
			_, err = r.Runs(c)
		}
		if err != nil && first == nil {
			first = &FieldError{Field: field, Err: err}
		}
		return c
	}
	list := func(field string, in []string) (out []string) {
		for i, s := range in {
			if c := clean(fmt.Sprintf("%s[%d]", field, i), s); c != "" {
				out = append(out, c)
			}
		}
		return out
	}
	out.Number, out.Date = clean("number", d.Number), clean("date", d.Date)
	out.From, out.To, out.Notes = list("from", d.From), list("to", d.To), list("notes", d.Notes)
	out.Facts, out.Columns, out.Rows = nil, nil, nil
	for i, f := range d.Facts {
		out.Facts = append(out.Facts, Fact{word(d.Language, f.Name), clean(fmt.Sprintf("facts[%d]", i), f.Value)})
	}
	for _, c := range d.Columns {
		if c.Share <= 0 {
			c.Share = 1
		}
		c.Name = word(d.Language, c.Name)
		out.Columns = append(out.Columns, c)
	}
	for i, row := range d.Rows {
		if len(row) != len(d.Columns) {
			return Document{}, fmt.Errorf("%w: row %d has %d cells for %d columns", ErrDocument, i, len(row), len(d.Columns))
		}
		cells := make([]string, len(row))
		for j, s := range row {
			cells[j] = clean(fmt.Sprintf("rows[%d][%d]", i, j), s)
		}
		out.Rows = append(out.Rows, cells)
	}
	return out, first
}
