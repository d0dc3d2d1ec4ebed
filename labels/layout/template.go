package layout

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"reflect"
	"slices"
	"strings"
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
	Name     string            `toml:"name"`
	Title    map[string]string `toml:"title"`
	Language string            `toml:"language"` // that the label is written in
	Size     []float64         `toml:"size"`     // width, height
	Fields   []fileField       `toml:"field"`
	Sample   *Label            `toml:"sample"`
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
	japanese      bool
	fields        []field
	names         string         // the field that shows the recipient's name, empty where none does
	sample        *Label         // nil where the file has none
	lines         map[string]int // of the file, of its keys
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
type Set struct {
	byName map[string]*Template
	faulty []*Template
}

// Load reads every *.toml of fsys (its root only). All faults of all files are
// reported together, joined; each begins with its file and has its line and field. The
// set then holds the templates without a fault.
func Load(fsys fs.FS) (*Set, error) {
	files, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("layout: %w", err)
	}
	s := &Set{byName: map[string]*Template{}}
	var faults []error
	for _, file := range files {
		n := file.Name()
		if !strings.EqualFold(path.Ext(n), ".toml") {
			continue
		}
		raw, err := readFile(fsys, n)
		if err != nil {
			faults = append(faults, &FileError{n, err})
			continue
		}
		t, bad := parse(strings.TrimSuffix(n, ".toml"), raw)
		for _, err := range bad {
			faults = append(faults, &FileError{n, err})
		}
		switch {
		case len(bad) == 0:
			s.byName[t.name] = t
		case t != nil:
			s.faulty = append(s.faulty, t)
		}
	}
	return s, errors.Join(faults...)
}

// Faulty are templates that no label is drawn by, for [Template.Check] to tell what
// else is wrong with them.
func (s *Set) Faulty() []*Template { return s.faulty }

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

// Parse reads one template. An unknown key is an error. All faults are told, joined,
// each with its line.
func Parse(name string, raw []byte) (*Template, error) {
	t, faults := parse(name, raw)
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return t, nil
}

// The largest label, in millimetres.
const (
	maxWidth  = 220
	maxHeight = 320
)

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

// keyLines gives the lines of the template's own keys and of its sample's, by path; of a
// key that stands twice or in a table in one line, where its table is.
func keyLines(raw []byte) map[string]int {
	out, table, n := map[string]int{}, "", 0
	for l := range strings.Lines(string(raw)) {
		n++
		l = strings.TrimSpace(l)
		if head, ok := strings.CutPrefix(l, "["); ok {
			table, _, _ = strings.Cut(strings.Trim(head, "["), "]")
			if table = strings.TrimSpace(table); table != "field" {
				out[table] = n
				table += "."
			}
			continue
		}
		key, _, ok := strings.Cut(l, "=")
		if key = table + strings.TrimSpace(key); ok && !strings.HasPrefix(l, "#") && table != "field" && out[key] == 0 {
			out[key] = n
		}
	}
	return out
}

// lineOf gives the line of a key of the template or, as sample.date, of its sample; 0
// where it is not known.
func (t *Template) lineOf(key string) int {
	for key != "" && t.lines[key] == 0 { // box.n in a table in one line: that of the table
		key = key[:max(0, strings.LastIndexByte(key, '.'))]
	}
	return t.lines[key]
}

// Placed gives a fault of a key the line of the key, as the faults of [Parse] have it.
func (t *Template) Placed(key string, err error) error { return placed(t.lineOf(key), 0, err) }

// parseField reads one field; given are its keys as they stand, zero values too.
func parseField(ff fileField, given map[string]any, t *Template) (f field, faults []error) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(ff.At) != 2 || len(ff.Size) != 2 {
		return f, []error{errors.New("at and size want two numbers each: [left, top] and [width, height] in millimetres")}
	}
	if !finite(ff.At[0], ff.At[1], ff.Size[0], ff.Size[1], ff.Height, ff.Min, ff.Thickness, ff.Module, ff.MinModule) {
		return f, []error{errors.New("a length is no number")}
	}
	if ff.At[0] < 0 || ff.At[1] < 0 || ff.Size[0] <= 0 || ff.Size[1] <= 0 ||
		ff.At[0]+ff.Size[0] > t.width+0.001 || ff.At[1]+ff.Size[1] > t.height+0.001 {
		fault("at, size: it lies outside the label of %g x %g mm", t.width, t.height)
	}
	f.fileField = ff
	var err error
	if f.pieces, err = parseValue(ff.Value); err != nil {
		fault("%w", err)
	}
	if ff.Kind == kindGS1128 || ff.Kind == kindGS1Matrix {
		if f.pieces, err = elementString(f.pieces); err != nil {
			fault("%w", err)
		}
	}
	if f.when, err = parseCondition(ff.When); err != nil {
		fault("%w", err)
	}
	if path := f.when.without(f.pieces); path != "" {
		fault("when: the field is for %s, and is left out where there is one", path)
	}
	for _, key := range ff.idle(given) {
		fault("%s: a field of kind %s has no such key", key, ff.Kind)
	}
	switch ff.Kind {
	case kindText:
		f.textDefaults(given, fault)
	case kindBox:
		if ff.Thickness <= 0 || ff.Thickness > maxThickness {
			fault("thickness: a box wants one, of at most %d mm", maxThickness)
		}
	case kindCode128, kindGS1128, kindCodabar, kindITF, kindEAN13, kindCode39, kindQR, kindDataMatrix, kindGS1Matrix:
		f.barcodeDefaults(given, fault)
	default:
		fault("kind: there is no %.60q; there are text, box, code128, gs1-128, codabar, itf, ean13, code39, qr, datamatrix, gs1-datamatrix", ff.Kind)
	}
	return f, faults
}

// idle names the keys that are given and mean nothing to the field's kind.
func (ff *fileField) idle(given map[string]any) (keys []string) {
	means := []string{"name", "kind", "at", "size", "when"}
	switch ff.Kind {
	case kindText:
		means = append(means, "value", "height", "min", "lines", "align", "required", "cut", "printer")
	case kindBox:
		means = append(means, "thickness")
	case kindCodabar:
		means = append(means, "value", "module", "minModule", "start", "stop")
	default:
		means = append(means, "value", "module", "minModule")
	}
	for _, key := range tomlKeys(reflect.TypeFor[fileField]()) {
		if _, stands := given[key]; stands && !slices.Contains(means, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// leftOut tells a key that does not stand from one that says nothing, as lines = 0.
func leftOut(given map[string]any, key string) bool {
	_, stands := given[key]
	return !stands
}

func (f *field) textDefaults(given map[string]any, fault func(string, ...any)) {
	if f.Height < 1 || f.Height > 60 {
		fault("height: want 1 to 60 mm")
	}
	if f.Min == 0 && leftOut(given, "min") {
		f.Min = f.Height
	}
	if f.Min > f.Height || f.Min < 1 {
		fault("min: want 1 mm up to the height")
	}
	if f.Lines == 0 && leftOut(given, "lines") {
		f.Lines = 1
	}
	if f.Lines < 1 || f.Lines > 60 {
		fault("lines: want 1 to 60")
	}
	if f.Align == "" {
		f.Align = "left"
	}
	if !slices.Contains([]string{"left", "center", "right"}, f.Align) {
		fault("align: want left, center or right")
	}
	if f.Value == "" {
		fault("value: a text wants one")
	}
}

// minBars is the least height of a barcode's field, in mm.
const minBars = 5

func (f *field) barcodeDefaults(given map[string]any, fault func(string, ...any)) {
	if f.Module == 0 && leftOut(given, "module") {
		f.Module = 0.5
	}
	if f.MinModule == 0 && leftOut(given, "minModule") {
		f.MinModule = 0.19
	}
	if f.MinModule > f.Module || f.MinModule < 0.1 || f.Module > 5 {
		fault("module: want 0.1 to 5 mm, minModule below it")
	}
	if slices.ContainsFunc(f.pieces, func(p piece) bool { return p.masked }) {
		fault("value: a mask hides what the barcode is read for")
	}
	if f.Size[1] < minBars {
		fault("size: a barcode of %g mm height cannot be scanned, want %d mm at least", f.Size[1], minBars)
	}
	if f.Value == "" {
		fault("value: a barcode wants one")
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
