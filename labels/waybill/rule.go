package waybill

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed rules.txt
var standardText string

// Confidence says how far a rule may be trusted.
type Confidence string

// The three degrees: a failed check refuses, warns, or there is none to fail.
const (
	Sure     Confidence = "sure"
	Doubtful Confidence = "doubtful"
	Shape    Confidence = "shape"
)

// rule is one line of the rules text.
type rule struct {
	carrier, name string
	shape         []atom
	least, most   int // characters of the shape
	check         algorithm
	country       bool // letters 12-13 name a country that must exist (S10)
	confidence    Confidence
	issue         bool // numbers can be made from a serial
	zip           bool // a 420 + ZIP may stand in front (USPS)
	codabar       bool // start and stop letters are taken away
	plate         bool // the symbol holds a J more in front
}

// Rules is a validated set of number rules by carrier. It is immutable.
type Rules struct {
	byCarrier map[string][]rule
	carriers  []string         // sorted
	named     map[string]*rule // those that numbers are made by
}

// index finds the issuing rules by their names; of two with one name that of the
// carrier that sorts first, so that the same text always gives the same numbers.
func (r *Rules) index() *Rules {
	r.named = map[string]*rule{}
	r.carriers = slices.Sorted(maps.Keys(r.byCarrier))
	for _, c := range r.carriers {
		for i := range r.byCarrier[c] {
			if rl := &r.byCarrier[c][i]; rl.issue && r.named[rl.name] == nil {
				r.named[rl.name] = rl
			}
		}
	}
	return r
}

// Standard gives the built-in rules.
func Standard() *Rules { return standard() }

// standard is computed once and never changed.
var standard = sync.OnceValue(func() *Rules {
	r, err := Parse(standardText)
	if err != nil {
		panic("waybill: built-in rules: " + err.Error()) // a test parses them
	}
	return r
})

// mostFaults bounds the lines that are told of one file.
const mostFaults = 50

// Parse reads rules in the line format of rules.txt. All faults are reported
// together, joined; each begins with its line, and the rules are those of the others.
func Parse(text string) (*Rules, error) {
	out := &Rules{byCarrier: map[string][]rule{}}
	var faults []error
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		r, err := parseRule(f)
		if err != nil {
			faults = append(faults, &lineError{i + 1, err})
			continue
		}
		out.byCarrier[r.carrier] = append(out.byCarrier[r.carrier], r)
	}
	if n := len(faults) - mostFaults; n > 0 {
		faults = append(faults[:mostFaults], fmt.Errorf("and %d lines more", n))
	}
	return out.index(), errors.Join(faults...)
}

// lineError is a fault of one line of rules.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }

func (e *lineError) Unwrap() error { return e.err }

// Place is where in the text the fault stands; no column is told.
func (e *lineError) Place() (line, column int) { return e.line, 0 }

func parseRule(f []string) (rule, error) {
	if len(f) < 5 {
		return rule{}, fmt.Errorf("%d columns, want carrier, rule, shape, check, confidence, as: nb nb-12 (d{11})! mod7 sure", len(f))
	}
	for _, name := range f[:2] {
		if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
			return rule{}, fmt.Errorf("%s: no name: want visible characters in UTF-8", short(name))
		}
	}
	r := rule{carrier: f[0], name: f[1], confidence: Confidence(f[4]), country: f[3] == "s10"}
	var err error
	if r.shape, err = parseShape(f[2]); err != nil {
		return rule{}, err
	}
	for i := range r.shape {
		r.least, r.most = r.least+r.shape[i].min, r.most+r.shape[i].max
	}
	if r.check, err = parseCheck(f[3]); err != nil {
		return rule{}, err
	}
	if err := r.fits(f[3]); err != nil {
		return rule{}, fmt.Errorf("rule %s: %w", r.name, err)
	}
	hasCheck := slices.ContainsFunc(r.shape, func(a atom) bool { return a.check })
	if hasCheck != (r.check != nil) || hasCheck == (r.confidence == Shape) {
		return rule{}, fmt.Errorf("rule %s: a check character (! or ?) in the shape, an algorithm and the confidence sure or doubtful go together; without a check want - and shape", r.name)
	}
	if r.confidence != Sure && r.confidence != Doubtful && r.confidence != Shape {
		return rule{}, fmt.Errorf("rule %s: confidence %s: want sure, doubtful or shape", r.name, short(string(r.confidence)))
	}
	for i, opt := range f[5:] {
		if slices.Contains(f[5:5+i], opt) {
			return rule{}, fmt.Errorf("rule %s: option %s stands twice: leave one out", r.name, short(opt))
		}
		switch opt {
		case "issue":
			r.issue = true
		case "zip":
			r.zip = true
		case "codabar":
			r.codabar = true
		case "plate":
			r.plate = true
		default:
			return rule{}, fmt.Errorf("rule %s: unknown option %s: there are issue, zip, codabar, plate", r.name, short(opt))
		}
	}
	if r.issue {
		if err := r.issuable(); err != nil {
			return rule{}, fmt.Errorf("rule %s: %w", r.name, err)
		}
	}
	return r, nil
}

// fits refuses a check that the shape gives nothing to run over.
func (r *rule) fits(check string) error {
	digits, whole, fixed, letter := 0, 0, true, false
	for i := range r.shape {
		a := &r.shape[i]
		fixed, letter = fixed && a.min == a.max, letter || a.check && a.has('A')
		if whole += a.max; a.payload && !a.check {
			digits += a.max
		}
	}
	switch {
	case r.check == nil:
		return nil
	case digits == 0:
		return errors.New("the check runs over nothing: put ( ) around what it runs over")
	case check == "s10" && (!fixed || digits != 8 || whole < 11):
		return errors.New("s10 is the check of aa(d{8})!aa: eight digits, and two letters of a country at the end")
	case check == "mod37" && !letter:
		return errors.New("mod37 gives a letter or a digit: its check character is ? in the shape")
	}
	return nil
}

// issuable refuses a rule that a serial alone does not make a number of.
func (r *rule) issuable() error {
	if slices.ContainsFunc(r.shape, func(a atom) bool {
		c, fixed := a.fixed()
		fixed = fixed && ('0' <= c && c <= '9' || 'A' <= c && c <= 'Z') // all else is taken away or never read
		return !a.check && (a.min != a.max || !a.plainDigit() && !fixed)
	}) {
		return errors.New("numbers can be issued from a fixed length of digits (d) and characters that stand for themselves only")
	}
	n := r.width()
	if n == 0 || n > 19 {
		return fmt.Errorf("numbers can be issued from 1 to 19 digits, the shape has %d", n)
	}
	made, err := r.make(strings.Repeat("0", n))
	if err != nil {
		return err
	}
	m, ok := r.match(made)
	switch fault := r.verify(made, m); {
	case strings.ContainsAny(made, " -"):
		return errors.New("the shape holds a character that is taken away in reading (a blank, a hyphen)")
	case !ok || fault != nil && fault.Code == CodeCheck:
		return errors.New("it would not take its own numbers")
	case fault != nil:
		return fmt.Errorf("it would not take its own numbers: %s: %s", fault.Code, fault.Detail)
	}
	return nil
}

// With gives a set that holds the rules of both; a carrier named in more replaces
// that carrier's rules, so that a site can correct what is built in.
func (r *Rules) With(more *Rules) *Rules {
	out := &Rules{byCarrier: map[string][]rule{}}
	for c, rs := range r.byCarrier {
		out.byCarrier[c] = rs
	}
	for c, rs := range more.byCarrier {
		out.byCarrier[c] = rs
	}
	return out.index()
}

// Carriers names the carriers that have rules, sorted.
func (r *Rules) Carriers() []string { return slices.Clone(r.carriers) }

// Known reports whether the carrier has rules.
func (r *Rules) Known(carrier string) bool { return len(r.byCarrier[carrier]) > 0 }
