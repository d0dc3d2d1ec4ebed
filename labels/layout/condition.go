package layout

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"dcedge/labels/gs1"
	"dcedge/labels/raster"
	"dcedge/labels/symbology"
)

// condition is "path", "!path", "path = text" or "path > number", or several of them
// joined by "&": then all must hold. None holds always.
type condition []test

type test struct {
	path, op, arg string
	number        float64
}

// parseCondition reads a condition and refuses one that no label can satisfy.
func parseCondition(s string) (condition, error) {
	switch {
	case strings.TrimSpace(s) == "":
		return nil, nil
	case len(s) > maxText:
		return nil, fmt.Errorf("when: %d bytes, at most %d", len(s), maxText)
	}
	var out condition
	for part := range strings.SplitSeq(s, "&") {
		if part = strings.TrimSpace(part); part == "" {
			return nil, fmt.Errorf("when: nothing stands on one side of &: %.60q", s)
		}
		t, err := parseTest(part)
		if err != nil {
			return nil, err
		}
		if a, found := out.excluding(t); found {
			return nil, fmt.Errorf("when: it never holds: %s and %s exclude each other", a, t)
		}
		out = append(out, t)
	}
	return out, nil
}

func parseTest(s string) (test, error) {
	t := test{path: s, op: "set"}
	if rest, ok := strings.CutPrefix(s, "!"); ok {
		t = test{path: rest, op: "unset"}
	} else if f := strings.Fields(s); len(f) == 3 && (f[1] == "=" || f[1] == ">") {
		t = test{path: f[0], op: f[1], arg: f[2]}
	}
	if _, ok := new(Label).value(t.path); !ok && strings.ContainsAny(t.path, " =<>") {
		return t, fmt.Errorf("when: want a field, !field, field = text or field > number: %.60q", t.path)
	} else if !ok {
		return t, fmt.Errorf("when: no such field of a label: %.60q%s", t.path, meant(t.path, dataKeys()))
	}
	if err := t.compare(); err != nil {
		return t, fmt.Errorf("when: %w", err)
	}
	return t, nil
}

// compare readies what a value is compared with: it is written as the field writes its
// own values. What no value of the field can be is told.
func (t *test) compare() error {
	if t.arg == "" {
		return nil
	}
	n, isNumber := decimal(t.arg)
	places, counts := placesOf(t.path)
	switch {
	case t.path == "items":
		return errors.New("items are lines and no number or word: want items or !items")
	case t.op == ">" && t.path == "date":
		return errors.New("date is no number: want date, !date or date = 2026-11-21")
	case (t.op == ">" || counts) && !isNumber:
		return fmt.Errorf("%s %s %.60q: want a number", t.path, t.op, t.arg)
	case counts && n >= math.MaxInt64:
		return fmt.Errorf("%s is never that large: %.60s", t.path, t.arg)
	case t.op == ">":
		t.number = n
	case counts:
		t.arg = strconv.FormatFloat(n, 'f', places, 64)
		if written, _ := decimal(t.arg); n <= 0 || written != n {
			return fmt.Errorf("%s is never %s: it is a number above zero with %d decimals", t.path, strconv.FormatFloat(n, 'f', -1, 64), places)
		}
	default:
		arg, err := raster.Clean(t.arg)
		if t.arg = plainNumber(t.path, arg); err != nil || t.arg == "" {
			return fmt.Errorf("%s = %.60q: no label has such a text", t.path, arg)
		}
		t.arg, err = numbered(t.path, t.arg)
		return err
	}
	return nil
}

// numbered gives a text as its field holds it, and tells one that it never holds: no day
// of the calendar, or a number of GS1 that is none. An expiry's years 00 to 99 are of this century, as [isoDate] has them.
func numbered(path, arg string) (string, error) {
	var n symbology.Number
	var err error
	switch path {
	case "date":
		if _, err = time.Parse(time.DateOnly, arg); err != nil {
			err = errors.New("want a day that there is, as 2026-11-21")
		}
	case "expiry":
		if _, _, _, _, err = gs1.Date(arg, 2049); err != nil {
			err = errors.New("want a day that there is, as 261121, or 00 for the day")
		}
	case "sscc":
		_, err = symbology.Canonical(symbology.SSCC, arg)
	case "gtin":
		n, err = symbology.Canonical(symbology.GTIN, arg)
	}
	if err != nil {
		return "", fmt.Errorf("%s = %.60q: %w", path, arg, err)
	}
	return cmp.Or(n.GTIN, arg), nil
}

// placesOf gives the decimals of a field that is a number.
func placesOf(path string) (places int, counts bool) {
	switch path {
	case "copy", "count", "box.n", "box.of", "box.weightGrams":
		return 0, true
	case "box.weight":
		return 1, true
	}
	return 0, false
}

// decimal reads a number as people write it: neither 1e3 nor inf.
func decimal(s string) (float64, bool) {
	if strings.Trim(s, "0123456789.-") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// plainNumber takes out of a waybill's number what it may be typed with: whether it was
// taken out of the data already depends on its carrier.
func plainNumber(path, v string) string {
	if path != "waybill" || !strings.ContainsAny(v, "- ") {
		return v
	}
	return strings.NewReplacer("-", "", " ", "").Replace(v)
}

func (t test) String() string {
	switch t.op {
	case "set":
		return t.path
	case "unset":
		return "!" + t.path
	}
	return fmt.Sprintf("%s %s %.60s", t.path, t.op, t.arg)
}

func (c condition) holds(l *Label) bool {
	for _, t := range c {
		if !t.holds(l) {
			return false
		}
	}
	return true
}

// holds compares a value as a text would show it: composed, without invisible
// characters and blanks at its ends.
func (t test) holds(l *Label) bool {
	v, _ := l.value(t.path)
	if clean, err := raster.Clean(v); err == nil {
		v = clean
	} // else it is something, and told where it is drawn
	switch t.op {
	case "unset":
		return v == ""
	case "=":
		return plainNumber(t.path, v) == t.arg
	case ">":
		n, ok := decimal(v)
		return ok && n > t.number
	}
	return v != ""
}

// without names the first placeholder of a value that the condition wants to be nothing:
// the value never stands whole. It is empty where there is none.
func (c condition) without(ps []piece) string {
	for i := range ps {
		if _, denied := c.excluding(test{path: ps[i].path, op: "set"}); ps[i].path != "" && denied {
			return ps[i].path
		}
	}
	return ""
}

// meets reports whether some label satisfies both conditions.
func (c condition) meets(other condition) bool {
	for _, b := range other {
		if _, found := c.excluding(b); found {
			return false
		}
	}
	return true
}

// excluding finds the test that cannot hold together with another.
func (c condition) excluding(b test) (test, bool) {
	for _, a := range c {
		if a.subject() == b.subject() && (a.excludes(b) || b.excludes(a)) {
			return a, true
		}
	}
	return test{}, false
}

// heaviest is a label of the most grams that an equation of a weight leaves.
func (t test) heaviest() *Label {
	n, _ := decimal(t.arg)
	if t.path == "box.weight" {
		n *= 1000
	}
	return &Label{Box: Box{WeightGrams: int(math.Round(n))}}
}

// subject is the member of the data that a test is about: a weight in kilograms is that
// in grams, written another way.
func (t test) subject() string {
	if t.path == "box.weight" {
		return "box.weightGrams"
	}
	return t.path
}

func (t test) excludes(o test) bool {
	switch t.op {
	case "unset":
		return o.op != "unset"
	case "=":
		switch {
		case t.path == o.path:
		case t.path == "box.weight" && o.op == "=":
			return false // the grams tell
		default: // kilograms beside grams
			return o.op != "unset" && !o.holds(t.heaviest())
		}
		n, ok := decimal(t.arg)
		return o.op == "=" && o.arg != t.arg || o.op == ">" && (!ok || n <= o.number)
	}
	return false
}
