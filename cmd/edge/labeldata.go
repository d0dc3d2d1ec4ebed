package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"unicode"

	"dcedge/labels/layout"
	"dcedge/labels/reading"
)

// read takes the data. A member that no label has is refused: it is a name spelt wrong,
// and the label would lack what it holds.
func (c *labelCmd) read(in io.Reader) (data layout.Label, err error) {
	var text []byte
	switch c.Data {
	case "":
		return data, fmt.Errorf("%w: --data is needed; --sample %s prints data that fits", errUse, c.Template)
	case "-":
		text, err = io.ReadAll(io.LimitReader(in, mostData+1))
	default:
		text, err = readData(c.Data)
	}
	if err != nil {
		return data, err
	}
	if len(text) > mostData {
		return data, fmt.Errorf("label data: %s: more than %d bytes", reading.CodeLarge, mostData)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := json.Unmarshal(text, &data); err != nil {
		return data, fmt.Errorf("label data: %w", noJSON(err, text))
	}
	var members any
	if err := json.Unmarshal(text, &members); err != nil {
		return data, fmt.Errorf("label data: %s: %w", codeMalformed, err)
	}
	if members == nil { // which reads as data without a member
		return data, fmt.Errorf("label data: %s: want an object, got a JSON null; --sample prints one that fits", codeType)
	}
	if err := layout.Members(members); err != nil {
		return data, fmt.Errorf("label data: %w", err)
	}
	if name, twice := repeated(json.NewDecoder(bytes.NewReader(text))); twice {
		return data, fmt.Errorf("label data: %s: the member %q stands twice in one object: leave one out", codeMalformed, name)
	}
	if err := countable(text); err != nil {
		return data, fmt.Errorf("label data: %s: %w", codeRange, err)
	}
	return data, nil
}

// countable wants what counts to begin at one: a zero that is written out is no number
// left out.
func countable(text []byte) error {
	var said struct {
		Copy *int
		Box  struct{ N, Of, WeightGrams *int }
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return err
	}
	n, of, grams := said.Box.N, said.Box.Of, said.Box.WeightGrams
	switch {
	case grams != nil && (*grams < 0 || *grams > mostGrams):
		return fmt.Errorf("box.weightGrams: want 0 to %d", mostGrams)
	case said.Copy != nil && *said.Copy < 1:
		return errors.New("copy: want 1 or more: 1 is the first print")
	case n != nil && *n < 1:
		return errors.New("box.n: want 1 or more")
	case of != nil && *of < 1:
		return errors.New("box.of: want 1 or more")
	case of != nil && n == nil:
		return errors.New("box.n: missing beside box.of: want which box of them it is")
	case of != nil && *n > *of:
		return fmt.Errorf("box.n: box %d of %d: want no more than box.of", *n, *of)
	}
	return nil
}

// Codes of faults of label data that are not a waybill's or the layout's own; they are
// stable. [codeMalformed] is that of data that is no JSON.
const (
	codeType  = "type"  // a member of another type
	codeRange = "range" // a number that none can be
)

// noJSON says where text is no JSON, or which member is of the wrong type.
func noJSON(err error, text []byte) error {
	e, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return fmt.Errorf("%s: %w", codeType, inWords(err))
	}
	cut := strings.HasPrefix(e.Error(), "unexpected end")
	read := text
	if !cut { // the offset is behind the byte that is wrong
		read = text[:max(0, min(int(e.Offset), len(text))-1)]
	}
	line, at := bytes.Count(read, []byte("\n"))+1, len(read)-bytes.LastIndexByte(read, '\n')
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		return fmt.Errorf("%s: it is empty; --sample prints one that fits", codeMalformed)
	case cut:
		return fmt.Errorf("%s: it ends in line %d behind byte %d, before the JSON is whole: was it cut? --sample prints one that fits", codeMalformed, line, at-1)
	}
	return fmt.Errorf("%s: line %d, byte %d: %s; --sample prints one that fits", codeMalformed, line, at, wanted(e.Error()))
}

// wanted says what JSON wants where it is none, by the words of its reader.
func wanted(said string) string {
	for _, w := range [...]struct{ said, want string }{
		{"in string literal", `a text holds a control character: a line end in it is written \n, or is its closing quote missing`},
		{"escape", `no such character behind a backslash: a backslash in a text is written \\`},
		{"object key string", "want the name of a member in quotes; behind the last member stands no comma"},
		{"after object key:value pair", "want a comma or } behind a member"},
		{"after object key", "want a colon behind the name of a member"},
		{"after array element", "want a comma or ] behind a value"},
		{"after top-level value", "more stands behind the end of the JSON"},
	} {
		if strings.Contains(said, w.said) {
			return w.want
		}
	}
	return "want a text in quotes, a number in digits, an object or a list"
}

// inWords says which member is of the wrong type without the words of the program.
func inWords(err error) error {
	var e *json.UnmarshalTypeError
	if !errors.As(err, &e) {
		return err
	}
	want := map[reflect.Kind]string{reflect.String: "a text", reflect.Int: "a whole number", reflect.Struct: "an object", reflect.Slice: "a list"}[e.Type.Kind()]
	if e.Field == "" {
		return fmt.Errorf("want %s, got a JSON %s; --sample prints one that fits", want, e.Value)
	}
	return fmt.Errorf("%s: want %s, got a JSON %s", e.Field, want, e.Value)
}

// repeated finds a member that stands twice in one object of a JSON value, whatever its
// case: the reader would take the last without a word.
func repeated(d *json.Decoder) (name string, twice bool) {
	t, err := d.Token()
	if err != nil {
		return "", false
	}
	open, ok := t.(json.Delim)
	if !ok {
		return "", false
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			key, err := d.Token()
			if err != nil {
				return "", false
			}
			k, _ := key.(string)
			if seen[folded(k)] {
				return k, true
			}
			seen[folded(k)] = true
		}
		if name, twice := repeated(d); twice {
			return name, true
		}
	}
	_, _ = d.Token() // the end of it
	return "", false
}

// folded gives one form to all spellings of a name that encoding/json takes for the same:
// by letter case of Unicode, where s, S and the long s are one.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				return next
			}
			r = next
		}
	}, name)
}

// mostGrams bounds what a box may weigh: a thousand tonnes, more than any scale shows.
const mostGrams = 1_000_000_000

// mostData bounds the data of one label, in bytes.
const mostData = 1 << 20

// readData reads a file of label data. A pipe or a device, which may never end, is none.
func readData(name string) ([]byte, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, fmt.Errorf("label data: %s: %w", name, bare(err))
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("label data: %s is no regular file; --data - reads standard input", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, mostData+1))
	return text, errors.Join(err, f.Close())
}
