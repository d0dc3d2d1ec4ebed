package layout

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// mostWrong bounds the values of another type, and the overlaps, that are told of one file.
const mostWrong = 50

// maxUnknown bounds the keys that no template has and are told one by one.
const maxUnknown = 200

// Bounds of a template: its file, in bytes and lines (the largest shipped has 6,000 bytes),
// and each value and condition in it, in bytes. Without them a file that is none keeps
// whoever checks it waiting for minutes.
const (
	maxFile  = 64 << 10
	maxLines = 2000
	maxText  = 4096
)

// readFile reads a template's file. A pipe or a device in the folder would be read for ever.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	switch {
	case err != nil:
		return nil, err
	case strings.ContainsFunc(name, unicode.IsControl):
		return nil, errors.New("the file's name holds a control character: rename it")
	case !info.Mode().IsRegular():
		return nil, errors.New("no regular file")
	case info.Size() > maxFile:
		return nil, fmt.Errorf("%d bytes, at most %d", info.Size(), maxFile)
	case !strings.HasSuffix(name, ".toml"):
		return nil, errors.New("not read: a template's name ends in .toml, in small letters")
	}
	return fs.ReadFile(fsys, name)
}

// decoded reads a template as far as it can be read and tells every fault of that: keys
// that no template has, values of another type (wrong has their lines), and what is no
// TOML, behind which nothing is read (ok is false).
func decoded(raw []byte) (f fileTemplate, faults []error, wrong []int, ok bool) {
	switch {
	case !utf8.Valid(raw):
		return f, []error{errors.New("not UTF-8: save the file as UTF-8")}, nil, false
	case bytes.Count(raw, []byte("\n")) > maxLines:
		return f, []error{fmt.Errorf("more than %d lines", maxLines)}, nil, false
	}
	for range mostWrong {
		f = fileTemplate{}
		var at *toml.DecodeError
		err := toml.Unmarshal(raw, &f)
		switch {
		case err == nil:
			return f, append(faults, unknownKeys(raw)...), wrong, true
		case !errors.As(err, &at):
			return f, append(faults, err), wrong, false
		}
		row, column := at.Position()
		if !aboutType(at) {
			if len(wrong) == 0 { // else what was taken out may be what is missed
				faults = append(faults, placed(row, column, errors.New(noTOML(at))))
			}
			return f, faults, wrong, false
		}
		faults, wrong = append(faults, placed(row, column, ofType(at))), append(wrong, row)
		lines := bytes.SplitAfter(raw, []byte("\n"))
		lines[row-1] = []byte("\n") // and on, without it
		raw = bytes.Join(lines, nil)
	}
	return f, faults, wrong, false
}

// fieldKeys gives the keys that stand in each field's table.
func fieldKeys(raw []byte, fields int) []map[string]any {
	var tables struct {
		Fields []map[string]any `toml:"field"`
	}
	if toml.Unmarshal(raw, &tables) != nil || len(tables.Fields) != fields {
		return make([]map[string]any, fields)
	}
	return tables.Fields
}

// unknownKeys names each key that no template has, with its line. Of very many only how
// many there are: the reader keeps the lines around each, which may be the whole file.
func unknownKeys(raw []byte) []error {
	var all map[string]any
	if toml.Unmarshal(raw, &all) == nil {
		if n := len(strangers(all, reflect.TypeFor[fileTemplate](), "")); n > maxUnknown {
			return []error{fmt.Errorf("%d keys that no template has: is it one?", n)}
		}
	}
	var strict *toml.StrictMissingError
	err := toml.NewDecoder(bytes.NewReader(raw)).DisallowUnknownFields().Decode(new(fileTemplate))
	if !errors.As(err, &strict) {
		return nil
	}
	var faults []error
	for i := range strict.Errors {
		row, column := strict.Errors[i].Position()
		faults = append(faults, placed(row, column, errors.New("unknown key "+unknownKey(strict.Errors[i].Key()))))
	}
	return faults
}

// parse is [Parse] that goes on behind a fault: t then holds what could be read, and is
// nil where its drawing would tell nothing new.
func parse(name string, raw []byte) (t *Template, faults []error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	f, faults, wrong, ok := decoded(raw)
	if !ok {
		return nil, faults
	}
	fault := func(line int, format string, args ...any) {
		faults = append(faults, placed(line, 0, fmt.Errorf(format, args...)))
	}
	begins, lines := fieldLines(raw), keyLines(raw)
	top := len(wrong) > 0 && (len(begins) == 0 || wrong[0] < begins[0]) // of the template itself
	switch {
	case top:
	case f.Name == "":
		fault(lines["name"], "name: want name = %.60q, as the file is called", name)
	case f.Name != name:
		fault(lines["name"], "name %.60q, but the file is %s.toml", f.Name, name)
	}
	t = &Template{name: name, title: f.Title, japanese: f.Language == "ja", sample: f.Sample, lines: lines}
	if t.width, t.height = maxWidth, maxHeight; sized(f.Size) {
		t.width, t.height = f.Size[0], f.Size[1]
	} else if !top {
		fault(lines["size"], "size: want [width, height] in millimetres, 10 to %d x %d", maxWidth, maxHeight)
	}
	switch f.Language {
	case "", "ko", "en", "ja":
	default:
		fault(lines["language"], "language: want ko, en or ja")
	}
	faults = append(faults, t.take(f.Fields, fieldKeys(raw, len(f.Fields)), begins, wrong)...)
	switch {
	case len(f.Fields) == 0:
		fault(0, "no fields: a template has [[field]] tables")
	case len(f.Fields) > maxFields:
		fault(0, "%d fields, at most %d", len(f.Fields), maxFields)
	}
	if len(wrong) > 0 || !sized(f.Size) || len(f.Fields) > maxFields {
		return nil, faults
	}
	return t, faults
}

// take puts the fields into a template that have no fault.
func (t *Template) take(fields []fileField, keys []map[string]any, begins, wrong []int) (faults []error) {
	seen := map[string]bool{}
	for i, ff := range fields {
		line := 0
		if len(begins) == len(fields) { // else they are written another way
			line = begins[i]
			if within(wrong, begins, i) {
				continue
			}
		}
		if ff.Name == "" || utf8.RuneCountInString(ff.Name) > maxName || seen[ff.Name] || strings.ContainsFunc(ff.Name, unicode.IsControl) {
			faults = append(faults, placed(line, 0, fmt.Errorf("field %d: a name that no other field has is needed, of at most %d visible characters (%.60q)", i+1, maxName, ff.Name)))
		}
		seen[ff.Name] = true
		fd, bad := parseField(ff, keys[i], t)
		for _, err := range bad {
			faults = append(faults, placed(line, 0, fmt.Errorf("field %.60q: %w", ff.Name, err)))
		}
		if len(bad) > 0 {
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
	return faults
}

// within reports whether one of the lines is of field i.
func within(lines, begins []int, i int) bool {
	for _, l := range lines {
		if l >= begins[i] && (i+1 == len(begins) || l < begins[i+1]) {
			return true
		}
	}
	return false
}

func sized(size []float64) bool {
	return len(size) == 2 && finite(size...) && size[0] >= 10 && size[0] <= maxWidth && size[1] >= 10 && size[1] <= maxHeight
}
