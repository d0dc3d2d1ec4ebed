package layout

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Kinds of fields.
const (
	kindText       = "text"
	kindBox        = "box"
	kindCode128    = "code128"
	kindGS1128     = "gs1-128"
	kindCodabar    = "codabar"
	kindITF        = "itf"
	kindEAN13      = "ean13"
	kindCode39     = "code39"
	kindQR         = "qr"
	kindDataMatrix = "datamatrix"
	kindGS1Matrix  = "gs1-datamatrix"
)

// fileTemplate is a template as its file holds it. Lengths are millimetres.
type fileTemplate struct {
	Name   string            `toml:"name"`
	Title  map[string]string `toml:"title"`
	Size   []float64         `toml:"size"` // width, height
	Fields []fileField       `toml:"field"`
	Sample *Label            `toml:"sample"`
}

// fileField is one field of a template.
type fileField struct {
	Name  string    `toml:"name"`
	Kind  string    `toml:"kind"`
	At    []float64 `toml:"at"`   // left, top
	Size  []float64 `toml:"size"` // width, height: nothing of the field lies outside
	Value string    `toml:"value"`
	When  string    `toml:"when"`

	// Text.
	Height   float64 `toml:"height"` // of the letters
	Min      float64 `toml:"min"`    // text may shrink to this; default: not at all
	Lines    int     `toml:"lines"`  // default 1
	Align    string  `toml:"align"`  // left, center, right
	Required bool    `toml:"required"`
	Cut      bool    `toml:"cut"`     // what does not fit ends in an ellipsis
	Printer  bool    `toml:"printer"` // ASCII text in the printer's own font

	// Boxes.
	Thickness float64 `toml:"thickness"`

	// Barcodes.
	Module    float64 `toml:"module"`    // widest bar module, default 0.5
	MinModule float64 `toml:"minModule"` // narrowest, default 0.19
	Start     string  `toml:"start"`     // Codabar letters, default A A
	Stop      string  `toml:"stop"`
}

// Template is one label design, validated. It is immutable.
type Template struct {
	name          string
	title         map[string]string
	width, height float64 // mm
	fields        []field
	names         string // the field that shows the recipient's name, empty where none does
	sample        *Label // nil where the file has none
}

// field is a fileField with its value and condition parsed.
type field struct {
	fileField
	pieces []piece
	when   condition
	line   int // of the file, where the field begins
}

// maxName bounds the name of a field, which stands in every error about it.
const maxName = 60

// maxThickness, in millimetres, fills any box; far above it dots have no number.
const maxThickness = 320

// Set is the templates of a folder.
type Set struct{ byName map[string]*Template }

// Load reads every *.toml of fsys (its root only). All faults of all files are
// reported together; each names its file, line and field. The set then holds the
// templates without a fault.
func Load(fsys fs.FS) (*Set, error) {
	names, err := fs.Glob(fsys, "*.toml")
	if err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	s := &Set{byName: map[string]*Template{}}
	var faults []error
	for _, n := range names {
		raw, err := fs.ReadFile(fsys, n)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		t, err := Parse(strings.TrimSuffix(path.Base(n), ".toml"), raw)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", n, err))
			continue
		}
		s.byName[t.name] = t
	}
	if err := errors.Join(faults...); err != nil {
		return s, fmt.Errorf("layout: %w", err)
	}
	return s, nil
}

// Template finds a template by name.
func (s *Set) Template(name string) (*Template, bool) {
	t, ok := s.byName[name]
	return t, ok
}

// Names lists the templates, sorted.
func (s *Set) Names() []string {
	out := make([]string, 0, len(s.byName))
	for n := range s.byName {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// With gives a set that holds the templates of both; one of more's takes the place of
// one of the same name.
func (s *Set) With(more *Set) *Set {
	out := &Set{byName: map[string]*Template{}}
	for _, from := range []*Set{s, more} {
		for n, t := range from.byName {
			out.byName[n] = t
		}
	}
	return out
}

// Name is what the template is called.
func (t *Template) Name() string { return t.name }

// Title is what people call it, by language (ko, en, ja).
func (t *Template) Title() map[string]string { return t.title }

// SizeMM is the label's width and height in millimetres.
func (t *Template) SizeMM() (width, height float64) { return t.width, t.height }

// Sample is data that fits the template; empty where its file has none.
func (t *Template) Sample() Label {
	if t.sample == nil {
		return Label{}
	}
	return *t.sample
}

// Parse reads one template. An unknown key is an error.
func Parse(name string, raw []byte) (*Template, error) {
	var f fileTemplate
	dec := toml.NewDecoder(bytes.NewReader(raw)).DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) {
			return nil, unknownKeys(strict)
		}
		var at *toml.DecodeError
		if errors.As(err, &at) {
			row, _ := at.Position()
			return nil, fmt.Errorf("line %d: %w", row, ofType(at))
		}
		return nil, err
	}
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if f.Name != name {
		fault("name %.60q, but the file is %s.toml", f.Name, name)
	}
	if len(f.Size) != 2 || !finite(f.Size...) || f.Size[0] < 10 || f.Size[0] > 220 || f.Size[1] < 10 || f.Size[1] > 320 {
		return nil, errors.Join(append(faults, errors.New("size: want [width, height] in millimetres, 10 to 220 x 320"))...)
	}
	t := &Template{name: f.Name, title: f.Title, width: f.Size[0], height: f.Size[1], sample: f.Sample}
	seen, lines := map[string]bool{}, fieldLines(raw)
	for i, ff := range f.Fields {
		line := 0
		if len(lines) == len(f.Fields) { // else they are written another way
			line = lines[i]
		}
		if ff.Name == "" || len(ff.Name) > maxName || seen[ff.Name] {
			fault("%sfield %d: a name that no other field has is needed, of at most %d bytes (%.60q)", lineWord(line), i+1, maxName, ff.Name)
		}
		seen[ff.Name] = true
		fd, err := parseField(ff, t)
		if err != nil {
			fault("%sfield %.60q: %w", lineWord(line), ff.Name, err)
			continue
		}
		fd.line = line
		for _, p := range fd.pieces {
			if p.path == "recipient.name" && t.names == "" {
				t.names = ff.Name
			}
		}
		t.fields = append(t.fields, fd)
	}
	switch {
	case len(f.Fields) == 0:
		fault("no fields")
	case len(f.Fields) > maxFields:
		fault("%d fields, at most %d", len(f.Fields), maxFields)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return t, nil
}

// maxFields bounds the fields of a template; the largest shipped has 41.
const maxFields = 200

// finite reports whether all are numbers: TOML has nan and inf too.
func finite(v ...float64) bool {
	return !slices.ContainsFunc(v, func(f float64) bool { return math.IsNaN(f) || math.IsInf(f, 0) })
}

// fieldLines gives the lines on which fields begin.
func fieldLines(raw []byte) []int {
	var out []int
	n := 0
	for l := range strings.Lines(string(raw)) {
		n++
		if strings.HasPrefix(strings.TrimSpace(l), "[[field]]") {
			out = append(out, n)
		}
	}
	return out
}

// lineWord is how a fault begins that has a line.
func lineWord(line int) string {
	if line == 0 {
		return ""
	}
	return fmt.Sprintf("line %d: ", line)
}

func parseField(ff fileField, t *Template) (field, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(ff.At) != 2 || len(ff.Size) != 2 {
		return field{}, errors.New("at and size want two numbers each")
	}
	if !finite(ff.At[0], ff.At[1], ff.Size[0], ff.Size[1], ff.Height, ff.Min, ff.Thickness, ff.Module, ff.MinModule) {
		return field{}, errors.New("a length is no number")
	}
	if ff.At[0] < 0 || ff.At[1] < 0 || ff.Size[0] <= 0 || ff.Size[1] <= 0 ||
		ff.At[0]+ff.Size[0] > t.width+0.001 || ff.At[1]+ff.Size[1] > t.height+0.001 {
		fault("lies outside the label of %g x %g mm", t.width, t.height)
	}
	f := field{fileField: ff}
	var err error
	if f.pieces, err = parseValue(ff.Value); err != nil {
		fault("%w", err)
	}
	if f.when, err = parseCondition(ff.When); err != nil {
		fault("%w", err)
	}
	switch ff.Kind {
	case kindText:
		f.textDefaults(fault)
	case kindBox:
		if ff.Thickness <= 0 || ff.Thickness > maxThickness {
			fault("a box wants a thickness, of at most %d mm", maxThickness)
		}
	case kindCode128, kindGS1128, kindCodabar, kindITF, kindEAN13, kindCode39, kindQR, kindDataMatrix, kindGS1Matrix:
		f.barcodeDefaults(fault)
	default:
		fault("no such kind: %.60q; there are text, box, code128, gs1-128, codabar, itf, ean13, code39, qr, datamatrix, gs1-datamatrix", ff.Kind)
	}
	return f, errors.Join(faults...)
}

func (f *field) textDefaults(fault func(string, ...any)) {
	if f.Height < 1 || f.Height > 60 {
		fault("height: want 1 to 60 mm")
	}
	if f.Min == 0 {
		f.Min = f.Height
	}
	if f.Min > f.Height || f.Min < 1 {
		fault("min: want 1 mm up to the height")
	}
	if f.Lines == 0 {
		f.Lines = 1
	}
	if f.Lines < 0 || f.Lines > 60 {
		fault("lines: want 1 to 60")
	}
	if f.Align == "" {
		f.Align = "left"
	}
	if !slices.Contains([]string{"left", "center", "right"}, f.Align) {
		fault("align: want left, center or right")
	}
	if f.Value == "" {
		fault("a text wants a value")
	}
}

// minBars is the least height of a barcode's field, in mm.
const minBars = 5

func (f *field) barcodeDefaults(fault func(string, ...any)) {
	if f.Module == 0 {
		f.Module = 0.5
	}
	if f.MinModule == 0 {
		f.MinModule = 0.19
	}
	if f.MinModule > f.Module || f.MinModule < 0.1 || f.Module > 5 {
		fault("module: want 0.1 to 5 mm, minModule below it")
	}
	if f.Size[1] < minBars {
		fault("a barcode of %g mm height cannot be scanned, want %d mm at least", f.Size[1], minBars)
	}
	if f.Value == "" {
		fault("a barcode wants a value")
	}
	if f.Start == "" {
		f.Start = "A"
	}
	if f.Stop == "" {
		f.Stop = "A"
	}
	if len(f.Start) != 1 || len(f.Stop) != 1 || !strings.Contains("ABCD", f.Start) || !strings.Contains("ABCD", f.Stop) {
		fault("start and stop are letters A to D")
	}
}
