package gs1

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func dataDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("CONFORMANCE_DATA")
	if dir == "" {
		t.Skip("CONFORMANCE_DATA IS NOT SET: conformance vectors were NOT run")
	}
	return dir
}

// vector is any case of the five GS1 files.
type vector struct {
	Kind, Linter, Error, Marked, Rule, Markup, Pattern, Symbology, Stem, URI, Path, Query, Message, Bracketed string
	Raw                                                                                                       json.RawMessage `json:"input"`
	Input                                                                                                     string          `json:"-"`
	Inputs                                                                                                    []string        `json:"-"`
	Valid                                                                                                     bool
	Element                                                                                                   string  `json:"element_string"`
	ScanData                                                                                                  string  `json:"scan_data"`
	Ignore                                                                                                    *string `json:"ignore"`
	Matched                                                                                                   string  `json:"matched_ai"`
	Length                                                                                                    int     `json:"ai_length"`
	HRI                                                                                                       []string
	Ignored                                                                                                   []string
	Options                                                                                                   map[string]bool
	LinkElement                                                                                               string `json:"dl_element_string"`
}

func (v *vector) options() Options {
	o := Options{PermitUnknown: v.Options["permitUnknownAIs"], ShortGTIN: v.Options["permitZeroSuppressedGTINinDLuris"], ConvenienceAlphas: v.Options["permitConvenienceAlphas"]}
	if on, set := v.Options["validation.REQUISITE_AIS"]; set {
		o.SkipRequisites = !on
	}
	if on, set := v.Options["validation.UNKNOWN_AI_NOT_DL_ATTR"]; set {
		o.UnknownAttributes = !on
	}
	return o
}

func load(t *testing.T, name string) []vector {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dataDir(t), "vectors", name))
	require.NoError(t, err)
	var f struct{ Vectors []vector }
	require.NoError(t, json.Unmarshal(raw, &f))
	require.NotEmpty(t, f.Vectors)
	for i := range f.Vectors {
		v := &f.Vectors[i]
		if json.Unmarshal(v.Raw, &v.Input) != nil {
			require.NoError(t, json.Unmarshal(v.Raw, &v.Inputs))
		}
	}
	return f.Vectors
}

// table prints what passed and what differs on purpose, and why.
type tally struct {
	t      *testing.T
	name   string
	passed map[string]int
	differ []string
}

func newTally(t *testing.T, name string) *tally {
	c := &tally{t: t, name: name, passed: map[string]int{}}
	t.Cleanup(func() {
		total := 0
		kinds := make([]string, 0, len(c.passed))
		for k, n := range c.passed {
			total += n
			kinds = append(kinds, fmt.Sprintf("%s %d", k, n))
		}
		slices.Sort(kinds)
		t.Logf("%-28s passed %d (%s), differing on purpose %d\n%s", c.name, total, strings.Join(kinds, ", "), len(c.differ), strings.Join(c.differ, "\n"))
	})
	return c
}

func (c *tally) check(v vector, ok bool, got any) {
	if !ok {
		c.t.Errorf("%s %s %q rule=%s: got %v, want valid=%v %s%s%s%s%s", c.name, v.Kind, v.Input, v.Rule, got, v.Valid, v.Error, v.Element, v.ScanData, v.URI, v.Message)
		return
	}
	c.passed[v.Kind]++
}

// camel turns the dictionary's error names into the codes of this package.
func camel(name string) string {
	if name == "INCORRECT_CHECK_DIGIT" {
		return codeCheckDigit
	}
	var b strings.Builder
	for i, w := range strings.Split(strings.ToLower(name), "_") {
		if i > 0 && w != "" {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		b.WriteString(w)
	}
	return b.String()
}

func latin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

func TestLinterVectors(t *testing.T) {
	c := newTally(t, "gs1_linters.json")
	for _, v := range load(t, "gs1_linters.json") {
		f, ok := checkFor(v.Linter)
		if !ok {
			t.Fatalf("no check %q", v.Linter)
		}
		in := latin1(v.Input)
		code, at, n := f(in)
		if v.Valid {
			c.check(v, code == "", code)
			continue
		}
		marked := in[:at] + "*" + in[at:at+n] + "*" + in[at+n:]
		c.check(v, code == camel(v.Error) && marked == latin1(v.Marked), code+" "+marked)
	}
}

func TestAIVectors(t *testing.T) {
	c := newTally(t, "gs1_ai.json")
	for _, v := range load(t, "gs1_ai.json") {
		o := v.options()
		switch v.Kind {
		case "ai_length_by_prefix":
			c.check(v, Standard().LengthOf(v.Input) == v.Length, Standard().LengthOf(v.Input))
		case "element_string":
			o.SkipRequisites = true // the file judges parsing alone
			m, err := ParseMessage(v.Input, o)
			c.check(v, (err == nil) == v.Valid, fmt.Sprint(m, err))
		case "bracketed":
			o.SkipRequisites = true
			m, err := ParseBracketed(v.Input, o)
			c.check(v, (err == nil) == v.Valid && (!v.Valid || m.String() == v.Element), fmt.Sprint(m, err))
		case "ai_linter", "error_markup":
			o.SkipRequisites = true
			m, err := ParseBracketed(v.Input, o)
			c.check(v, (err == nil) == v.Valid && (v.Valid || linterFits(v, err)), fmt.Sprint(m, err))
		case "association":
			c.check(v, association(t, v, o) == v.Valid, "")
		case "ai_pattern":
			o.SkipRequisites = true
			m, err := ParseBracketed(v.Input, o)
			require.NoError(t, err)
			ignore := ""
			if v.Ignore != nil {
				ignore = *v.Ignore
			}
			got := m.has(v.Pattern, ignore)
			c.check(v, got == v.Matched, got)
		default:
			t.Fatalf("kind %q", v.Kind)
		}
	}
}

func linterFits(v vector, err error) bool {
	e, ok := err.(*Error)
	if !ok {
		return false
	}
	if v.Error != "" {
		return e.Code == camel(v.Error)
	}
	at := strings.IndexByte(v.Markup, '|')
	return e.At == at // places in bracketed text are those of the text itself
}

// association applies the one rule that a case names.
func association(t *testing.T, v vector, o Options) bool {
	t.Helper()
	var m Message
	require.NoError(t, m.bracketed(v.Input, 0, &o))
	switch v.Rule {
	case "repeats":
		return m.repeats() == nil
	case "mutex":
		return m.pairs() == nil
	case "requisites":
		return m.requisites() == nil
	case "digsig_serialised_key":
		return m.serialKey() == nil
	}
	t.Fatalf("rule %q", v.Rule)
	return false
}

func TestScanVectors(t *testing.T) {
	c := newTally(t, "gs1_scandata.json")
	for _, v := range load(t, "gs1_scandata.json") {
		o := v.options()
		switch v.Kind {
		case "check_digit":
			code, _, _ := csum(v.Input)
			c.check(v, (code == "") == v.Valid, code)
		case "generate_scan_data":
			in := v.Input
			if v.Options["addCheckDigit"] { // not a thing that this package does by itself
				linear, _, _ := strings.Cut(in, "|")
				if d, ok := withCheckDigit(linear); ok {
					in = d
				}
			}
			got, err := WriteScan(v.Symbology, in, o)
			c.check(v, (err == nil) == v.Valid && (!v.Valid || got == v.ScanData), fmt.Sprintf("%q %v", got, err))
		case "process_scan_data":
			s, err := ParseScan(v.Input, o)
			c.check(v, (err == nil) == v.Valid && (!v.Valid || scanFits(v, s)), fmt.Sprintf("%+v %v", s, err))
		default:
			t.Fatalf("kind %q", v.Kind)
		}
	}
}

func withCheckDigit(s string) (string, bool) {
	for d := '0'; d <= '9'; d++ {
		if code, _, _ := csum(s + string(d)); code == "" {
			return s + string(d), true
		}
	}
	return s, false
}

func scanFits(v vector, s Scan) bool {
	if v.LinkElement != "" {
		return s.IsLink && s.Message.String() == v.LinkElement
	}
	if s.IsGS1 {
		return s.Message.String() == v.Message
	}
	return s.Text == unescapeCaret(v.Message)
}

func TestLinkVectors(t *testing.T) {
	c := newTally(t, "gs1_digital_link.json")
	for _, v := range load(t, "gs1_digital_link.json") {
		o := v.options()
		o.SkipRequisites = true // the file judges the URI alone
		switch v.Kind {
		case "dl_parse":
			m, err := ParseLink(v.Input, o)
			c.check(v, (err == nil) == v.Valid && (!v.Valid || m.String() == v.Element), fmt.Sprint(m, err))
		case "dl_generate", "dl_generate_from_message":
			parse := ParseBracketed
			if v.Kind == "dl_generate_from_message" {
				parse = ParseMessage
			}
			m, err := parse(v.Input, o)
			require.NoError(t, err, v.Input)
			got, err := m.Link(v.Stem, o)
			c.check(v, (err == nil) == v.Valid && (!v.Valid || got == v.URI), fmt.Sprint(got, err))
		case "uri_escape":
			in := latin1(v.Input)
			c.check(v, escape(in, false) == v.Path && escape(in, true) == v.Query, escape(in, false))
		case "uri_unescape":
			p, ok1 := unescape(v.Input, false)
			q, ok2 := unescape(v.Input, true)
			c.check(v, ok1 == v.Valid && ok2 == v.Valid && (!v.Valid || p == latin1(v.Path) && q == latin1(v.Query)), p)
		case "dl_path_sequence":
			ai, ok := Standard().Lookup(v.Inputs[0])
			got := ok && ai.sequence(v.Inputs)
			c.check(v, got == v.Valid, v.Inputs)
		default:
			t.Fatalf("kind %q", v.Kind)
		}
	}
}

func TestAPIVectors(t *testing.T) {
	c := newTally(t, "gs1_api.json")
	for _, v := range load(t, "gs1_api.json") {
		o := v.options()
		if o.PermitUnknown {
			o.UnknownAttributes = true
		}
		m, err := anyForm(v, o)
		switch v.Kind {
		case "hri":
			c.check(v, err == nil && slices.Equal(m.HRI(), v.HRI), fmt.Sprint(m.HRI(), err))
		case "to_bracketed":
			c.check(v, err == nil && m.Bracketed() == v.Bracketed, fmt.Sprint(m.Bracketed(), err))
		case "dl_ignored_params":
			c.check(v, err == nil && slices.Equal(append([]string{}, m.Ignored...), v.Ignored), m.Ignored)
		default:
			if v.Input == "" && v.Valid {
				c.differ = append(c.differ, "  set_message \"\": an empty message is not data here; the engine clears its state by it")
				continue
			}
			c.check(v, (err == nil) == v.Valid, err)
		}
	}
}

func anyForm(v vector, o Options) (Message, error) {
	o.SkipRequisites = o.SkipRequisites || v.Kind == "hri" || v.Kind == "to_bracketed"
	switch {
	case IsLink(v.Input):
		return ParseLink(v.Input, o)
	case strings.HasPrefix(v.Input, "("):
		return ParseBracketed(v.Input, o)
	}
	return ParseMessage(v.Input, o)
}

// TestTableAgainstDictionary holds the project's table against the dictionary, line
// by line: every AI, part, check, rule and title.
func TestTableAgainstDictionary(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(dataDir(t), "gs1-syntax-dictionary.txt"))
	require.NoError(t, err)
	dict, err := FromDictionary(string(raw))
	require.NoError(t, err)
	ours, theirs := Standard().All(), dict.All()
	require.Len(t, ours, 541)
	require.Len(t, theirs, 541)
	for i := range theirs {
		if !reflect.DeepEqual(plainAI(ours[i]), plainAI(theirs[i])) {
			t.Errorf("AI %s:\nours   %+v\ntheirs %+v", theirs[i].Code, plainAI(ours[i]), plainAI(theirs[i]))
		}
	}
	lines := 0
	for line := range strings.SplitSeq(string(raw), "\n") {
		if line != "" && line[0] != '#' {
			lines++
		}
	}
	t.Logf("gs1-syntax-dictionary.txt    %d lines, %d AIs, all equal", lines, len(theirs))
}

// plainAI leaves out the functions, which cannot be compared.
func plainAI(a AI) AI {
	a.Parts = slices.Clone(a.Parts)
	for i := range a.Parts {
		a.Parts[i].run = nil
	}
	return a
}
