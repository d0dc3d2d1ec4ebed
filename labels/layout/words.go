package layout

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// unknownKeys names each key that no template has, with its line.
func unknownKeys(strict *toml.StrictMissingError) error {
	var faults []error
	for i := range strict.Errors {
		row, _ := strict.Errors[i].Position()
		faults = append(faults, fmt.Errorf("line %d: unknown key %.60q", row, strings.Join(strict.Errors[i].Key(), ".")))
	}
	return errors.Join(faults...)
}

// ofType says what a key wants whose value is of another type, without the words of the
// program; what is no TOML is told as it came.
func ofType(at *toml.DecodeError) error {
	key := at.Key()
	if len(key) == 0 || !strings.Contains(at.Error(), " into ") {
		return at
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
		want = "a number of millimetres"
	case "lines", "copy", "n", "of", "quantity", "count", "weightGrams":
		want = "a whole number"
	case "required", "cut", "printer":
		want = "true or false"
	case "sample", "box", "sort", "recipient", "sender":
		want = "a table of its own"
	case "field", "items":
		want = "tables, each under its [[" + last + "]]"
	}
	return fmt.Errorf("%.60q: want %s", strings.Join(key, "."), want)
}
