package layout

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// unknownKey writes a key that no template has, and which are meant perhaps.
func unknownKey(key []string) string {
	t := reflect.TypeFor[fileTemplate]()
	for _, k := range key[:len(key)-1] {
		for _, f := range reflect.VisibleFields(t) {
			if f.Tag.Get("toml") == k {
				t = f.Type
			}
		}
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct { // inside a title
			return fmt.Sprintf("%.60q", strings.Join(key, "."))
		}
	}
	name, known := fmt.Sprintf("%.60q", strings.Join(key, ".")), tomlKeys(t)
	if is := meant(key[len(key)-1], known); is != "" {
		return name + is
	}
	if key[0] == "sample" { // of a table in one line the key does not say in which
		return name
	}
	return name + ": there are " + strings.Join(known, ", ")
}

// tomlKeys lists what a table may hold; those of tables inside a sample too.
func tomlKeys(t reflect.Type) (out []string) {
	for _, f := range reflect.VisibleFields(t) {
		out = append(out, f.Tag.Get("toml"))
		if f.Type.Kind() == reflect.Struct {
			out = append(out, tomlKeys(f.Type)...)
		}
	}
	return out
}

// dataKeys are the names of what a label holds.
func dataKeys() []string { return tomlKeys(reflect.TypeFor[Label]()) }

// CodeMember is the fault of label data with a member that no label has; it is stable.
const CodeMember = "unknownMember"

// Members looks for members of label data (a JSON value as encoding/json reads it) that
// no label has: names spelt wrong, and what they hold would not be printed. All are told.
func Members(data any) error {
	found := strangers(data, reflect.TypeFor[Label](), "")
	slices.Sort(found)
	found = slices.Compact(found) // one of each line of a packing slip
	if len(found) == 0 {
		return nil
	}
	more := ""
	if n := len(found) - mostWrong; n > 0 {
		found, more = found[:mostWrong], fmt.Sprintf("; and %d more", n)
	}
	return fmt.Errorf("%s: no label has the member %s%s", CodeMember, strings.Join(found, "; nor "), more)
}

// strangers is [Members] of a part of the data, which stands at a path.
func strangers(v any, t reflect.Type, at string) (found []string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := v.(type) {
	case []any:
		if t.Kind() != reflect.Slice {
			return nil // of another type, which is told elsewhere
		}
		for _, e := range v {
			found = append(found, strangers(e, t.Elem(), at)...)
		}
	case map[string]any:
		if t.Kind() != reflect.Struct {
			return nil
		}
		fields := reflect.VisibleFields(t)
		for key := range v {
			i := slices.IndexFunc(fields, func(f reflect.StructField) bool { return strings.EqualFold(f.Tag.Get("toml"), key) })
			if i < 0 {
				found = append(found, fmt.Sprintf("%.60q%s", at+key, meant(at+key, dataKeys())))
				continue
			}
			found = append(found, strangers(v[key], fields[i].Type, at+key+".")...)
		}
	}
	return found
}

// meant asks whether a word, or what stands behind its dot, is one of those known with
// a letter wrong.
func meant(word string, known []string) string {
	dot := strings.LastIndexByte(word, '.') + 1
	for _, k := range known {
		if word[dot:] != k && near(strings.ToLower(word[dot:]), strings.ToLower(k)) {
			return ": is " + word[:dot] + k + " meant?"
		}
	}
	return ""
}

// near reports whether one word is another with a letter wrong, missing, too much, or
// two changed about.
func near(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i == len(a) || a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

// aboutType tells a value of another type, or a number that none can be, from what is no
// TOML.
func aboutType(at *toml.DecodeError) bool {
	return len(at.Key()) > 0 && (strings.Contains(at.Error(), " into ") || strings.Contains(at.Error(), "unable to parse") || tooLarge(at))
}

func tooLarge(at *toml.DecodeError) bool { return strings.Contains(at.Error(), "too large to fit") }

// noTOML says what is no TOML, and what to do where the reader's words are those of
// programs.
func noTOML(at *toml.DecodeError) string {
	said := strings.TrimPrefix(at.Error(), "toml: ")
	switch {
	case tooLarge(at):
		return "the number is too large"
	case strings.Contains(said, "unable to parse"):
		return "want a number in digits, as 12 or 3.5"
	case strings.HasSuffix(said, "strings cannot have new lines"), strings.HasPrefix(said, "unterminated"):
		return `the quote at the end of a text is missing: a text ends on the line that it begins on, and \n in it is a new line`
	case strings.HasSuffix(said, "strings cannot have control characters"):
		return "a text holds a control character: take it out"
	}
	return said
}

// ofType says what a key wants whose value is of another type, without the words of the
// program.
func ofType(at *toml.DecodeError) error {
	key := at.Key()
	if tooLarge(at) {
		return fmt.Errorf("%.60q: the number is too large", strings.Join(key, "."))
	}
	want := "a text in quotes"
	switch last := key[len(key)-1]; last {
	case "title":
		if len(key) > 1 { // of the sample
			break
		}
		want = `texts by language, as { ko = "…", en = "…" }`
	case "at", "size":
		want = "two numbers in millimetres, as [3, 10]"
	case "height", "min", "thickness", "module", "minModule":
		want = "a number of millimetres in digits, as 3.5"
	case "lines", "copy", "n", "of", "quantity", "count", "weightGrams":
		want = "a whole number in digits, as 12"
	case "required", "cut", "printer":
		want = "true or false"
	case "sample", "box", "sort", "recipient", "sender":
		want = "a table of its own"
	case "field", "items":
		want = "tables, each under its [[" + last + "]]"
	}
	return fmt.Errorf("%.60q: want %s", strings.Join(key, "."), want)
}
