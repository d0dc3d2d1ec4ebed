package layout

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parsed(t *testing.T, text string) *Template {
	t.Helper()
	tpl, err := Parse("k", []byte("name = \"k\"\nsize = [60, 60]\n"+text))
	require.NoError(t, err)
	return tpl
}

func codeOf(t *testing.T, err error) (field, code string) {
	t.Helper()
	var fe *FieldError
	require.ErrorAs(t, err, &fe)
	return fe.Field, fe.Code
}

// A value of blanks alone is no value: no hole where the word for "missing" belongs, and
// no barcode of a blank.
func TestBlankIsNothing(t *testing.T) {
	r := renderer(t)
	tpl := parsed(t, `[[field]]
name = "sort"
kind = "text"
at = [1, 1]
size = [58, 10]
height = 4
value = "{sort.code}"
when = "sort.code"
[[field]]
name = "missing"
kind = "text"
at = [1, 1]
size = [58, 10]
height = 4
value = "none"
when = "!sort.code"
[[field]]
name = "zone"
kind = "text"
at = [1, 12]
size = [58, 10]
height = 4
value = "zone {sort.zone|paren}"
`)
	for _, blank := range []string{"", " ", "\u3000", "\u3164 \t", "\u200b"} {
		d, err := tpl.compose(&Label{Sort: Sort{Code: blank, Zone: blank}, Recipient: Party{Phone: blank}}, 203, r, true)
		require.NoError(t, err, "%q", blank)
		require.Len(t, d.out, 1, "%q", blank)
		assert.Equal(t, "none", d.out[0].text, "%q", blank)
	}
	for _, value := range []string{"{code}", "{code|upper}", "A{code}"} {
		bars := parsed(t, "[[field]]\nname = \"b\"\nkind = \"code128\"\nat = [1, 1]\nsize = [58, 10]\nvalue = \""+value+"\"\n")
		_, err := bars.ZPL(Label{Code: " "}, 203, r)
		field, code := codeOf(t, err)
		assert.Equal(t, []string{"b", CodeEmpty}, []string{field, code}, value)
	}
}

// Lengths are those that people count.
func TestLengthsAreCharacters(t *testing.T) {
	assert.NoError(t, checkLength(strings.Repeat("홍", maxValue)))
	assert.ErrorIs(t, checkLength(strings.Repeat("홍", maxValue+1)), ErrData)
	assert.Equal(t, "길동전집", tail4("홍길동전집"))
	assert.Equal(t, "홍", tail4("홍"))
	name := strings.Repeat("홍", maxName)
	field := "[[field]]\nname = \"" + name + "\"\nkind = \"box\"\nat = [1, 1]\nsize = [5, 5]\nthickness = 1\n"
	parsed(t, field)
	_, err := Parse("k", []byte("name = \"k\"\nsize = [60, 60]\n"+strings.Replace(field, name, name+"홍", 1)))
	assert.ErrorContains(t, err, "at most 60 visible characters")
}

// A mask hides the middle of a name; it does not hide what could not be printed there.
func TestMasksHideNoFault(t *testing.T) {
	r := renderer(t)
	for _, value := range []string{"{recipient.name|maskName}", "{recipient.name|maskPhone}", "{recipient.name|tail4}"} {
		tpl := parsed(t, "[[field]]\nname = \"f\"\nkind = \"text\"\nat = [1, 1]\nsize = [58, 58]\nheight = 4\nvalue = \""+value+"\"\n")
		for bad, want := range map[string]string{"홍\x00길동": "control", "홍\x1b[2J길동": "control", "홍\ufffd길동": "utf8", "홍😀길동": "glyph"} {
			_, err := tpl.ZPL(Label{Recipient: Party{Name: bad}}, 203, r)
			field, code := codeOf(t, err)
			assert.Equal(t, []string{"f", want}, []string{field, code}, "%s of %q", value, bad)
		}
	}
}

func TestDateIsADay(t *testing.T) {
	r := renderer(t)
	tpl, ok := shipped(t).Template("korea-100x150")
	require.True(t, ok)
	for date, fine := range map[string]bool{"2026-11-21": true, "": true, " ": true, "2028-02-29": true, "2026-13-45": false, "2027-02-29": false, "21.11.2026": false, "2026-11-21 ": false} {
		l := tpl.Sample()
		l.Date = date
		_, err := tpl.ZPL(l, 203, r)
		if fine {
			assert.NoError(t, err, date)
			continue
		}
		field, code := codeOf(t, err)
		assert.Equal(t, []string{"date", CodeDate}, []string{field, code}, date)
	}
}

// Long names of branches shrink and break before a label is refused.
func TestLongRouting(t *testing.T) {
	r, s := renderer(t), shipped(t)
	for _, n := range s.Names() {
		tpl, _ := s.Template(n)
		for _, branch := range []string{"서울강남테헤란로역삼동지점", "東京都千代田区丸の内営業所", "Gangnam-Yeoksam Branch 2", "부산광역시강서구녹산산업단지물류허브터미널"} {
			l := tpl.Sample()
			if l.Sort.Code == "" {
				continue
			}
			l.Sort.Branch, l.Sort.Dest = branch, branch
			l.Sort.Sub, l.Sort.Zone = "제2권역 11조", "P01-B4"
			if len(branch) < 40 { // beside all of it
				l.Pay = "착불 3,500원"
			}
			for _, dpi := range resolutions() {
				_, err := tpl.ZPL(l, dpi, r)
				assert.NoError(t, err, "%s %s", n, branch)
			}
		}
	}
}

const over = `name = "t"
size = [100, 50]
[[field]]
name = "under"
kind = "text"
at = [10, 10]
size = [40, 6]
height = 4
value = "{order}"
when = "order"
[[field]]
name = "over"
kind = "%KIND%"
at = [30, 12]
size = [40, 6]
%KEYS%
when = "%WHEN%"
[sample]
order = "1"
`

// A text or a line over a text is refused where a label can have both.
func TestOverlapWithText(t *testing.T) {
	r := renderer(t)
	keys := map[string]string{"text": "height = 4\nvalue = \"a\"", "box": "thickness = 0.5"}
	for _, c := range []struct {
		kind, when string
		bad        bool
	}{{"text", "", true}, {"text", "copy > 1", true}, {"text", "!order", false}, {"box", "", true}, {"box", "!order", false}} {
		tpl, err := Parse("t", []byte(strings.NewReplacer("%KIND%", c.kind, "%WHEN%", c.when, "%KEYS%", keys[c.kind]).Replace(over)))
		require.NoError(t, err)
		err = tpl.Check(r, 203)
		if !c.bad {
			require.NoError(t, err, "%v", c)
			continue
		}
		field, code := codeOf(t, err)
		assert.Equal(t, []string{"over", CodeOverlap}, []string{field, code}, "%v", c)
		assert.ErrorContains(t, err, "the text under")
	}
}

// What a condition hides in the sample is tried too; a barcode that the sample has no
// value for cannot be, and that is said.
func TestHiddenFieldsAreTried(t *testing.T) {
	r := renderer(t)
	tpl := parsed(t, "[[field]]\nname = \"extra\"\nkind = \"code128\"\nat = [0, 40]\nsize = [12, 9]\nvalue = \"{lot}\"\nwhen = \"lot\"\n[sample]\norder = \"1\"\n")
	err := tpl.Check(r, 203)
	field, code := codeOf(t, err)
	assert.Equal(t, []string{"extra", CodeSample}, []string{field, code})
	assert.ErrorContains(t, err, "lot")
	tpl = parsed(t, "[[field]]\nname = \"again\"\nkind = \"text\"\nat = [0, 40]\nsize = [8, 9]\nheight = 5\nvalue = \"재출력\"\nwhen = \"copy > 1\"\n[sample]\ncopy = 1\n")
	field, code = codeOf(t, tpl.Check(r, 203))
	assert.Equal(t, []string{"again", CodeFit}, []string{field, code})
}

// Every fault of every file in one go, each with its file, line and key; what is spelt
// wrong does not hide the rest, and a byte-order mark is none.
func TestAllFaultsAtOnce(t *testing.T) {
	many := "\ufeffname = \"many\"\nsize = [100, 50]\nlanguage = \"fr\"\n[[field]]\nname = \"a\"\nkind = \"code128\"\nat = [1, 1]\nsize = [60, 20]\nvalue = \"{waybil}\"\nmodul = 0.5\n" +
		"[[field]]\nname = \"b\"\nkind = \"text\"\nat = \"1, 1\"\nsize = [60, 20]\nvalue = \"x\"\nheight = \"4\"\n[[field]]\nname = \"c\"\nkind = \"text\"\nat = [1, 1]\nsize = [120, 20]\nvalue = \"x\"\nheight = 0.2\n[sample]\nrecipient = { nmae = \"x\" }\n"
	s, err := Load(fstest.MapFS{"many.toml": {Data: []byte(many)}, "worse.toml": {Data: []byte("name = \"worse\"\nsize = [1\n")}, "latin.toml": {Data: []byte("name = \"\xe9\"")},
		"fine.toml": {Data: []byte("\ufeff" + strings.Replace(bars, `"t"`, `"fine"`, 1))}})
	require.Error(t, err)
	assert.Equal(t, []string{"fine"}, s.Names())
	lines := strings.Split(err.Error(), "\n")
	for _, want := range []string{`latin.toml: not UTF-8`, `many.toml: line 14: "field.at": want two numbers`, `many.toml: line 17: "field.height": want a number of millimetres`,
		`many.toml: line 10: unknown key "field.modul": is module meant?`, `many.toml: line 26: unknown key "sample.nmae": is name meant?`, `many.toml: line 3: language`,
		`many.toml: line 4: field "a": value: no such field of a label: "waybil": is waybill meant?`, `many.toml: line 18: field "c": at, size: it lies outside`, `many.toml: line 18: field "c": height`,
		`worse.toml: line 2: array`} {
		assert.True(t, slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, want) }), "%s\nin %s", want, err)
	}
	assert.Len(t, lines, 10+1, err.Error()) // and that min is not above the height
	for _, l := range lines {
		assert.Contains(t, l, ".toml: ")
	}
}

// table gives the first two columns of a table of the manual, without their ticks.
func table(t *testing.T, head string) (rows [][2]string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/labels.md")
	require.NoError(t, err)
	_, rest, ok := strings.Cut(string(text), "\n"+head+"\n")
	require.True(t, ok, head)
	for l := range strings.Lines(rest) {
		if !strings.HasPrefix(l, "| ") {
			break
		}
		if cells := strings.Split(l, "|"); !strings.Contains(cells[1], "---") {
			rows = append(rows, [2]string{strings.Trim(cells[1], " `"), strings.Trim(cells[2], " `")})
		}
	}
	require.NotEmpty(t, rows, head)
	return rows
}

func firsts(rows [][2]string) (out []string) {
	for _, r := range rows {
		out = append(out, r[0])
	}
	return out
}

// members lists what a struct reads, by its tags, with what is inside.
func members(v reflect.Type, tag, before string) (out []string) {
	for _, f := range reflect.VisibleFields(v) {
		name, _, _ := strings.Cut(f.Tag.Get(tag), ",")
		inner := f.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			out = append(out, members(inner, tag, before+name+".")...)
		} else {
			out = append(out, before+name)
		}
	}
	return out
}

// The manual lists what there is: keys, data, placeholders, filters.
func TestManualIsWhole(t *testing.T) {
	data := table(t, "| data | in a template | what it is |")
	assert.Equal(t, members(reflect.TypeFor[Label](), "json", ""), firsts(data))
	assert.Equal(t, firsts(data), members(reflect.TypeFor[Label](), "toml", ""), "a sample has the names of the data")
	for _, row := range data {
		if row[1] != "" {
			_, ok := new(Label).value(row[1])
			assert.True(t, ok, row[1])
		} else {
			_, ok := new(Label).value(row[0])
			assert.False(t, ok, row[0])
		}
	}
	var names []string
	for _, f := range filters() {
		names = append(names, f.name)
	}
	assert.Equal(t, names, firsts(table(t, "| filter | gives |")))

	text, err := os.ReadFile("../../docs/labels.md")
	require.NoError(t, err)
	template, field, ok := strings.Cut(string(text), "\nOf a field:\n")
	require.True(t, ok)
	for _, k := range members(reflect.TypeFor[fileField](), "toml", "") {
		assert.Contains(t, field, "\n| `"+k+"` |", "key of a field")
	}
	for _, k := range []string{"name", "title", "language", "size", "[[field]]", "[sample]"} {
		assert.Contains(t, template, "\n| `"+k+"` |", "key of a template")
	}
}
