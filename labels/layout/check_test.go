package layout

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

const bars = `name = "t"
size = [100, 50]
[[field]]
name = "number"
kind = "code128"
when = "sort.code"
at = [10, 10]
size = [60, 20]
value = "{waybill}"
`

const sampled = `
[sample]
waybill = "650000000011"
sort = { code = "4W44" }
title = "a"
`

func textAt(at, when string) string {
	return bars + "[[field]]\nname = \"words\"\nkind = \"text\"\nat = " + at + "\nsize = [20, 5]\nheight = 3\nvalue = \"{title}\"\n" + when + sampled
}

// A field on a barcode or in its quiet zone is refused where a label can have both.
func TestOverlapWithBarcode(t *testing.T) {
	r := renderer(t)
	for name, c := range map[string]struct {
		toml string
		bad  bool
	}{
		"on the bars":         {textAt("[30, 15]", ""), true},
		"in the quiet zone":   {textAt("[68, 25]", ""), true},
		"touching":            {textAt("[70, 10]", ""), false},
		"below":               {textAt("[10, 30]", ""), false},
		"never together":      {textAt("[30, 15]", "when = \"!sort.code\"\n"), false},
		"its own fact":        {textAt("[30, 15]", "when = \"copy > 1 & sort.code = X\"\n"), true},
		"frame around":        {bars + "[[field]]\nname = \"words\"\nkind = \"box\"\nat = [8, 8]\nsize = [64, 24]\nthickness = 1\n" + sampled, false},
		"frame through":       {bars + "[[field]]\nname = \"words\"\nkind = \"box\"\nat = [30, 8]\nsize = [64, 24]\nthickness = 1\n" + sampled, true},
		"another barcode":     {bars + "[[field]]\nname = \"words\"\nkind = \"code128\"\nat = [40, 10]\nsize = [60, 20]\nvalue = \"{waybill}\"\n" + sampled, true},
		"left out when empty": {strings.Replace(textAt("[30, 15]", ""), "when = \"sort.code\"", "when = \"!title\"", 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			tpl, err := Parse("t", []byte(c.toml))
			require.NoError(t, err)
			err = tpl.Check(r, 203)
			if !c.bad {
				require.NoError(t, err)
				return
			}
			var fe *FieldError
			require.ErrorAs(t, err, &fe)
			assert.Equal(t, []any{CodeOverlap, "words", 10}, []any{fe.Code, fe.Field, fe.Line})
			assert.Contains(t, fe.Detail, "number")
		})
	}
}

func TestConditionsThatExclude(t *testing.T) {
	for _, c := range []struct {
		a, b string
		both bool
	}{
		{"copy > 1", "copy > 2", true}, {"copy = 1", "copy > 1", false}, {"copy = 2", "copy > 1", true}, {"carrier = a", "carrier = b", false},
		{"carrier = a", "carrier = a", true}, {"carrier", "!carrier", false}, {"!carrier", "!carrier", true}, {"carrier = x", "!carrier", false},
		{"copy > 1", "!copy", false}, {"", "carrier", true}, {"order & carrier", "!carrier & order", false}, {"carrier = x", "carrier > 1", false},
	} {
		a, err := parseCondition(c.a)
		require.NoError(t, err)
		b, err := parseCondition(c.b)
		require.NoError(t, err)
		assert.Equal(t, c.both, a.meets(b), "%q and %q", c.a, c.b)
		assert.Equal(t, c.both, b.meets(a), "%q and %q", c.b, c.a)
	}
}

// All faults at once, each with its line; a template without a sample says just that.
func TestFaultsHaveTheirLine(t *testing.T) {
	r := renderer(t)
	_, err := Parse("t", []byte(bars+"[[field]]\nname = \"words\"\nkind = \"text\"\nat = [1, 1]\nsize = [20, 5]\nvalue = \"{nope}\"\n[[field]]\nname = \"more\"\nkind = \"video\"\nat = [1, 1]\nsize = [20, 5]\n"))
	require.Error(t, err)
	assert.Contains(t, err.Error(), "line 10: field \"words\"")
	assert.Contains(t, err.Error(), "line 16: field \"more\"")
	_, err = Parse("t", []byte("name = \"t\"\nsize = [1\n"))
	require.ErrorContains(t, err, "line ")

	tpl, err := Parse("t", []byte(bars))
	require.NoError(t, err)
	var fe *FieldError
	require.ErrorAs(t, tpl.Check(r), &fe)
	assert.Equal(t, CodeSample, fe.Code)
	assert.Contains(t, fe.Error(), "no sample")
}

// Data and templates that no label may be made of.
func TestRefusedWhatever(t *testing.T) {
	r := renderer(t)
	tpl, ok := shipped(t).Template("korea-100x150")
	require.True(t, ok)
	for name, c := range map[string]struct {
		change      func(*Label)
		field, code string
	}{
		"box":            {func(l *Label) { l.Box.N = -3 }, "box.n", CodeNumber},
		"copy":           {func(l *Label) { l.Copy = -1 }, "copy", CodeNumber},
		"weight":         {func(l *Label) { l.Box.WeightGrams = -1 }, "box.weightGrams", CodeNumber},
		"no name":        {func(l *Label) { l.Recipient.Name = "" }, "recipient-name", CodeMissing},
		"a filler":       {func(l *Label) { l.Recipient.Name = "\u3164" }, "recipient-name", CodeMissing},
		"wide blanks":    {func(l *Label) { l.Recipient.Name = "\u3000\u3000" }, "recipient-name", CodeMissing},
		"nothing drawn":  {func(l *Label) { l.Recipient.Name = "홍\ufffc" }, "recipient-name", "control"},
		"emoji":          {func(l *Label) { l.Goods = "😀" }, "goods", "glyph"},
		"rare, too many": {func(l *Label) { l.Recipient.Address = strings.Repeat("뷁쀍", 600) }, "recipient-address", CodeFit},
	} {
		l := tpl.Sample()
		c.change(&l)
		_, err := tpl.ZPL(l, 203, r)
		var fe *FieldError
		require.ErrorAs(t, err, &fe, name)
		assert.Equal(t, []string{c.field, c.code}, []string{fe.Field, fe.Code}, name)
	}
	for _, kind := range []string{kindDataMatrix, kindQR} {
		one, err := Parse("k", []byte("name = \"k\"\nsize = [60, 60]\n[[field]]\nname = \"f\"\nkind = \""+kind+"\"\nat = [1, 1]\nsize = [58, 58]\nvalue = \"{order}-{code}\"\nmodule = 0.4\n"))
		require.NoError(t, err)
		for data, code := range map[string]string{"西口": CodeBarcode, "a\ufffd": "utf8", "": CodeEmpty} {
			_, err := one.ZPL(Label{Code: data, Order: "1"}, 203, r)
			var fe *FieldError
			if kind == kindQR && data == "西口" {
				require.NoError(t, err)
				continue
			}
			require.ErrorAs(t, err, &fe, "%s %q", kind, data)
			assert.Equal(t, code, fe.Code, "%s %q", kind, data)
		}
	}
	for _, bad := range []string{"size = [nan, 50]", "size = [60, inf]"} {
		_, err := Parse("k", []byte("name = \"k\"\n"+bad))
		require.ErrorContains(t, err, "size", bad)
	}
	for _, bad := range []string{"at = [nan, 1]\nsize = [10, 10]", "at = [1, 1]\nsize = [nan, 10]", "at = [1, 1]\nsize = [10, 10]\nmodule = nan", "at = [1, 1]\nsize = [10, 10]\nthickness = -inf"} {
		_, err := Parse("k", []byte("name = \"k\"\nsize = [60, 60]\n[[field]]\nname = \"f\"\nkind = \"qr\"\nvalue = \"1\"\n"+bad))
		require.ErrorContains(t, err, "no number", bad)
	}
	_, err := Parse("t", []byte(strings.Replace(bars, "[60, 20]", "[60, 0.2]", 1)))
	require.ErrorContains(t, err, "height")
}

// Modules wider than the printer's command knows are drawn, not narrowed.
func TestWideModulesKeepTheirWidth(t *testing.T) {
	r := renderer(t)
	tpl, ok := shipped(t).Template("gs1-logistic-105x148")
	require.True(t, ok)
	l := tpl.Sample()
	d, err := tpl.compose(&l, 600, r, true)
	require.NoError(t, err)
	for _, s := range d.out {
		if s.data == "00"+l.SSCC {
			assert.True(t, s.graphic)
			assert.GreaterOrEqual(t, s.module, 12, "0.49 mm at 24 dots a millimetre")
			return
		}
	}
	t.Fatal("no SSCC")
}

// A decomposed name with direction marks is masked like the composed one, and a line
// end in a name is a blank.
func TestNamesAreComposedFirst(t *testing.T) {
	r := renderer(t)
	tpl, err := Parse("k", []byte("name = \"k\"\nsize = [60, 60]\n[[field]]\nname = \"f\"\nkind = \"text\"\nat = [1, 1]\nsize = [58, 58]\nvalue = \"{recipient.name|maskName}\"\nheight = 4\nlines = 3\n"))
	require.NoError(t, err)
	for in, want := range map[string]string{"\u202e" + norm.NFD.String("홍길동"): "홍*동", norm.NFD.String("각하"): "각*", "홍길동\n김철수": "홍* 김*"} {
		d, err := tpl.compose(&Label{Recipient: Party{Name: in}}, 203, r, false)
		require.NoError(t, err)
		require.Len(t, d.out, 1)
		assert.Equal(t, want, d.out[0].text)
	}
}

// TestQuietSaysWhatIsNeeded: a field of the size that the refusal asks for holds the
// symbol, one a little smaller does not.
func TestQuietSaysWhatIsNeeded(t *testing.T) {
	r := renderer(t)
	for kind, data := range map[string]string{"code128": "650000000011", "codabar": "225300099640", "itf": "18801234567890", "ean13": "8801234567893",
		"code39": "TOTE-1", "qr": "https://example.com/x", "datamatrix": strings.Repeat("TOTE-00001", 9),
		"gs1-datamatrix": "010880123456789310ABCDEFGHIJKLMNOPQRST\x1d21ABCDEFGHIJKLMNOPQRST\x1d240ABCDEFGHIJKLMNOPQRST", "gs1-128": "00088012345678901239"} {
		for _, dpi := range []int{203, 300, 600} {
			try := func(w, h float64) error {
				text := fmt.Sprintf("name = \"k\"\nsize = [200, 100]\n[[field]]\nname = \"f\"\nkind = %q\nat = [1, 1]\nsize = [%g, %g]\nvalue = \"{order}\"\n", kind, w, h)
				if kind == "codabar" {
					text += "start = \"A\"\nstop = \"A\"\n"
				}
				tpl, err := Parse("k", []byte(text))
				require.NoError(t, err, kind)
				_, err = tpl.compose(&Label{Order: data}, dpi, r, true)
				return err
			}
			var e *FieldError
			require.ErrorAs(t, try(5, 5), &e, kind)
			require.Equal(t, CodeQuiet, e.Code, "%s: %v", kind, e)
			_, need, _ := strings.Cut(e.Error(), "they need ")
			w, h := 0.0, 5.0
			if _, err := fmt.Sscanf(need, "%g x %g mm", &w, &h); err != nil {
				_, err := fmt.Sscanf(need, "%g mm", &w)
				require.NoError(t, err, e.Error())
			}
			assert.NoError(t, try(w+0.1, h+0.1), "%s at %d: %v", kind, dpi, e)
			assert.Error(t, try(w-0.3, h), "%s at %d: %v", kind, dpi, e)
		}
	}
}

// What a template says wrong is quoted in short, by line.
func TestFaultsAreShort(t *testing.T) {
	long := strings.Repeat("x", 100000)
	for _, bad := range [][2]string{
		{`kind = "code128"`, `kind = "` + long + `"`}, {`value = "{waybill}"`, `value = "{` + long + `}"`}, {`value = "{waybill}"`, `value = "{waybill|` + long + `}"`},
		{`when = "sort.code"`, `when = "` + long + `"`}, {`name = "number"`, `name = "` + long + `"`}, {`name = "t"`, `name = "` + long + `"`},
		{`kind = "code128"`, long + " = 1\nkind = \"code128\"\nheigth = 3"},
	} {
		_, err := Parse("t", []byte(strings.Replace(bars, bad[0], bad[1], 1)))
		require.Error(t, err, bad[0])
		assert.Less(t, len(err.Error()), 400, bad[0])
	}
	_, err := Parse("t", []byte(strings.Replace(bars, `kind = "code128"`, "kind = \"code128\"\nheigth = 3", 1)))
	require.ErrorContains(t, err, `line 6: unknown key "field.heigth"`)
}

// A value of the wrong type is told by its key and what it wants, in words.
func TestWrongTypesInWords(t *testing.T) {
	for _, bad := range [][3]string{
		{`size = [100, 50]`, `size = 100`, `"size": want two numbers`}, {`name = "t"`, `name = 7`, `"name": want a text`},
		{`kind = "code128"`, "kind = \"code128\"\nmodule = \"a\"", `"field.module": want a number of millimetres`},
		{`kind = "code128"`, "kind = \"code128\"\nlines = 1.5", `"field.lines": want a whole number`},
		{`kind = "code128"`, "kind = \"code128\"\nprinter = \"yes\"", `"field.printer": want true or false`},
		{`kind = "code128"`, "kind = \"code128\"\nat = [\"1\", 2]", `"field.at": want two numbers`},
	} {
		require.Contains(t, bars, bad[0])
		_, err := Parse("t", []byte(strings.Replace(bars, bad[0], bad[1], 1)))
		require.ErrorContains(t, err, bad[2])
		assert.Contains(t, err.Error(), "line ")
		assert.NotContains(t, err.Error(), "struct")
	}
}

// A thickness beyond all numbers was drawn as one dot.
func TestThicknessIsBounded(t *testing.T) {
	_, err := Parse("t", []byte(bars+"[[field]]\nname = \"b\"\nkind = \"box\"\nat = [1, 1]\nsize = [5, 5]\nthickness = 1e20\n"))
	require.ErrorContains(t, err, "thickness")
}

// A heap of fields that lie on each other is told in short, and none of it is drawn: 200
// large symbols took minutes and told 20,000 lines.
func TestAHeapOfFieldsIsToldInShort(t *testing.T) {
	text := "name = \"t\"\nsize = [100, 50]\n[sample]\ncode = \"" + strings.Repeat("A", 90) + "\"\n"
	for i := range 60 {
		text += fmt.Sprintf("[[field]]\nname = \"q%d\"\nkind = \"qr\"\nat = [1, 1]\nsize = [5, 5]\nvalue = \"{code}\"\n", i)
	}
	tpl, err := Parse("t", []byte(text))
	require.NoError(t, err)
	err = tpl.Check(nil)
	require.ErrorContains(t, err, "and more fields that lie on others")
	assert.Len(t, strings.Split(err.Error(), "\n"), mostWrong+1)
	assert.NotContains(t, err.Error(), CodeQuiet+":", "nothing is drawn")
}
