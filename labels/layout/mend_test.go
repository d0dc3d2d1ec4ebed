package layout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Zero written out is no key left out.
func TestZeroIsNoDefault(t *testing.T) {
	const at = "at = [1, 1]\nsize = [30, 10]\n"
	for keys, says := range map[string]string{
		"kind = \"text\"\nvalue = \"a\"\nheight = 3\nlines = 0\n": "lines: want 1 to 60", "kind = \"text\"\nvalue = \"a\"\nheight = 3\nmin = 0\n": "min: want 1 mm",
		"kind = \"code128\"\nvalue = \"a\"\nminModule = 0.0\n": "module: want 0.1 to 5 mm", "kind = \"code128\"\nvalue = \"a\"\nmodule = 0\n": "module: want 0.1 to 5 mm",
	} {
		_, err := Parse("t", []byte(frame+at+keys))
		assert.ErrorContains(t, err, says, keys)
	}
}

// A GTIN is filled to the 14 digits that its AI wants; one that is wrong is to be
// corrected where it came from, as is an SSCC: nothing was scanned.
func TestNumbersOfData(t *testing.T) {
	r := renderer(t)
	tpl, ok := shipped(t).Template("gs1-logistic-105x148")
	require.True(t, ok)
	whole, err := tpl.ZPL(tpl.Sample(), 203, r)
	require.NoError(t, err)
	l := tpl.Sample()
	require.Equal(t, "09521234543213", l.GTIN)
	l.GTIN = "9521234543213"
	short, err := tpl.ZPL(l, 203, r)
	require.NoError(t, err)
	assert.Equal(t, string(whole), string(short))
	for field, change := range map[string]func(*Label){
		"gtin": func(l *Label) { l.GTIN = "9521234543214" },
		"sscc": func(l *Label) { l.SSCC = l.SSCC[:17] + string('0'+(l.SSCC[17]-'0'+1)%10) },
	} {
		l := tpl.Sample()
		change(&l)
		_, err := tpl.ZPL(l, 203, r)
		var fe *FieldError
		require.ErrorAs(t, err, &fe)
		assert.Equal(t, field, fe.Field)
		assert.Contains(t, err.Error(), "the other digits want")
		assert.Contains(t, err.Error(), "correct it in the data")
		assert.NotContains(t, err.Error(), "scan again")
	}
	when, err := parseCondition("gtin = 9521234543213")
	require.NoError(t, err)
	assert.True(t, when.holds(&Label{GTIN: "09521234543213"}))
}

// A text shows no blanks at the ends of a code, so its barcode must not have them.
func TestBlanksAtTheEndsOfACode(t *testing.T) {
	r := renderer(t)
	tpl, ok := shipped(t).Template("tote-100x50")
	require.True(t, ok)
	for code, good := range map[string]bool{"T1": true, "T 1": true, " T1": false, "T1 ": false, "T1\n": false} {
		l := tpl.Sample()
		l.Code = code
		_, err := tpl.ZPL(l, 203, r)
		if good {
			assert.NoError(t, err, "%q", code)
			continue
		}
		assert.ErrorContains(t, err, "code has a blank at an end", "%q", code)
	}
}

// What a symbol cannot hold is told by the first such character and its place.
func TestWhyASymbolCannotHoldIt(t *testing.T) {
	for _, c := range []struct{ kind, data, says string }{
		{"code128", "AB홍", "code128 cannot hold the data: character 3 is U+D64D, which it does not have; qr would hold it"},
		{"itf", "12A4", "character 3 is U+0041, which it does not have; code128 would hold it"}, {"itf", "123", "3 digits, and it wants an even number"},
		{"code39", "Ab", "character 2 is U+0062"}, {"codabar", "1X", "character 2 is U+0058"}, {"datamatrix", "é", "character 1 is U+00E9, which it does not have; qr would hold it"},
		{"ean13", "123", "3 digits, 13 are wanted"}, {"ean13", "8801234567894", "read 4, the other digits want 3: correct it in the data"},
	} {
		tpl, err := Parse("t", []byte(frame+"kind = \""+c.kind+"\"\nat = [1, 1]\nsize = [45, 20]\nvalue = \"{code}\"\n"))
		require.NoError(t, err)
		_, err = tpl.ZPL(Label{Code: c.data}, 600, nil)
		assert.ErrorContains(t, err, c.says)
	}
}

// Every member that no label has is told, each once.
func TestAllStrangersAreTold(t *testing.T) {
	err := Members(map[string]any{"titel": "a", "noet": "b", "items": []any{map[string]any{"qty": 1.0}, map[string]any{"qty": 2.0}}})
	assert.EqualError(t, err, `unknownMember: no label has the member "items.qty"; nor "noet": is note meant?; nor "titel": is title meant?`)
}

// A field's length is its own, not that of the text it stands in.
func TestLengthIsOfTheField(t *testing.T) {
	r := renderer(t)
	tpl, err := Parse("t", []byte(frame+"kind = \"text\"\nat = [1, 1]\nsize = [45, 20]\nvalue = \"No. {order}\"\nheight = 3\ncut = true\n"))
	require.NoError(t, err)
	_, err = tpl.ZPL(Label{Order: strings.Repeat("1", 4097)}, 203, r)
	assert.ErrorContains(t, err, "order: layout: label data too long: 4097 characters, at most 4096")
	_, err = tpl.ZPL(Label{Order: strings.Repeat("1", 4096)}, 203, r)
	assert.NoError(t, err)
}

// Faults of a template's own keys and of its sample have their lines.
func TestLinesOfKeys(t *testing.T) {
	_, err := Parse("t", []byte("# note\nname = \"u\"\nlanguage = \"fr\"\n\nsize = [5, 5]\n[[field]]\nname = \"f\"\nsize = [1, 1]\n"))
	for _, says := range []string{"line 2: name \"u\"", "line 3: language: ", "line 5: size: "} {
		assert.ErrorContains(t, err, says)
	}
	r := renderer(t)
	for sample, line := range map[string]int{"[sample]\norder = \"1\"\ndate = \"x\"\n": 9, "[sample]\norder = \"1\"\n[sample.box]\nof = 1\nn = -1\n": 11, "[sample]\norder = \"1\"\nbox = { of = 1, n = -1 }\n": 9} {
		text := frame + "kind = \"text\"\nat = [1, 1]\nsize = [45, 20]\nvalue = \"{order}\"\nheight = 3\n\n" + sample
		tpl, err := Parse("t", []byte(text))
		require.NoError(t, err)
		var fe *FieldError
		require.ErrorAs(t, tpl.Check(r, 203), &fe)
		assert.Equal(t, strings.Count(frame, "\n")+line, fe.Line, text)
	}
}

// A file that is no template says so, however long it is; looking through each of its
// keys took minutes.
func TestWhatIsTooLongForATemplate(t *testing.T) {
	for says, text := range map[string]string{
		"more than 2000 lines":            strings.Repeat("z = 1\n", maxLines+1),
		"value: 6000 bytes, at most 4096": frame + "at = [1, 1]\nsize = [30, 10]\nkind = \"text\"\nheight = 3\nvalue = \"" + strings.Repeat("{code}", 1000) + "\"\n",
		"when: 6998 bytes, at most 4096":  frame + "at = [1, 1]\nsize = [30, 10]\nkind = \"text\"\nheight = 3\nvalue = \"a\"\nwhen = \"" + strings.Repeat("note & ", 999) + "order\"\n",
	} {
		_, err := Parse("t", []byte(text))
		assert.ErrorContains(t, err, says)
	}
}

// Of very many unknown keys their number is told: each by itself took a gigabyte for a
// file of 60 KB.
func TestVeryManyUnknownKeys(t *testing.T) {
	keys := func(n int) (out string) {
		for i := range n {
			out += fmt.Sprintf("z%d = 1, ", i)
		}
		return "sample = { " + out + "order = \"1\" }\n"
	}
	_, err := Parse("t", []byte("name = \"t\"\n"+keys(maxUnknown)))
	require.ErrorContains(t, err, `line 2: unknown key "z199"`)
	_, err = Parse("t", []byte("name = \"t\"\n"+keys(maxUnknown+1)))
	require.ErrorContains(t, err, "201 keys that no template has")
	assert.NotContains(t, err.Error(), "z0")
}

// Large letters are not drawn in every size to find the one that fits: a template of rare
// ones kept its check busy for minutes.
func TestLargeLettersAreNotTriedInEverySize(t *testing.T) {
	f := &field{fileField: fileField{Name: "f", Height: 60, Min: 1, Lines: 60, Align: "left"}}
	d := &drawing{t: &Template{name: "t"}, l: &Label{}, r: renderer(t), dpmm: 8, native: true}
	s, text := step{kind: kindText, w: 720, h: 720}, strings.Repeat("가나다라", 10)
	hopeless := d.hopeless(f, &s, []string{text})
	require.NotNil(t, hopeless)
	assert.True(t, hopeless(480))
	require.NoError(t, d.text(f, s, text))
	assert.False(t, hopeless(d.out[0].size), "what fits is tried")
	assert.True(t, hopeless(2*d.out[0].size))
	f.Height = 5
	assert.Nil(t, d.hopeless(f, &s, []string{text}), "a label's usual texts are tried at once")
}
