package layout

import (
	"encoding/json"
	"errors"
	"image/png"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The label's JSON is that of the device contract, section 3.
func TestLabelJSON(t *testing.T) {
	const contract = `{"carrier":"cj","waybill":"650000000011","copy":1,"order":"536365","box":{"n":1,"of":1,"weightGrams":1200},"sort":{"code":"4W44","sub":"24","branch":"b","zone":"P01","dest":"d"},"recipient":{"name":"n","phone":"p","postcode":"06236","address":"a","addressDetail":"ad","message":"m"},"sender":{"name":"s"},"goods":"g","pay":"credit","date":"2026-11-21"}`
	var l Label
	dec := json.NewDecoder(strings.NewReader(contract))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&l))
	out, err := json.Marshal(l)
	require.NoError(t, err)
	assert.JSONEq(t, contract, string(out))
}

func TestExpand(t *testing.T) {
	l := Label{Waybill: "650000000011", Order: "1Z999AA10123456784", Lot: "가나다라마", Expiry: "270131", Copy: 2, Box: Box{N: 1, Of: 3, WeightGrams: 1201}, Recipient: Party{Name: "홍길동", Phone: "010-1234-5678"},
		Items: []Item{{"A", "컵", 2}, {"B\nC", "접\r시", 1}}}
	for in, want := range map[string]string{
		"{waybill|group4}":             "6500-0000-0011",
		"{waybill|tail4}":              "0011",
		"{order|group4}":               "1Z 999 AA1 01 2345 6784",
		"{lot|group4}":                 "가나다라마",
		"{expiry|date}":                "2027-01-31",
		"a{carrier|comma}{copy|comma}": "a, 2",
		"{recipient.name|maskName}":    "홍*동",
		"{recipient.phone|maskPhone}":  "010-1234-****",
		"{box.n}/{box.of}":             "1/3",
		"{box.weight} kg":              "1.3 kg",
		"{{x}}":                        "{x}",
		"재출력 {copy}":                   "재출력 2",
		"{items}":                      "A  컵  x2\nB C  접 시  x1",
		"{recipient.postcode|paren}":   "", "{pay|paren}x{waybill|paren}": "x(650000000011)", "{carrier|postmark}{copy|postmark}": "〒2",
		"{sort.code|upper}": "",
		"no holder":         "no holder",
	} {
		ps, err := parseValue(in)
		require.NoError(t, err, in)
		got, empty := expand(ps, &l)
		assert.Equal(t, want, got, in)
		assert.Equal(t, in == "{sort.code|upper}" || in == "{recipient.postcode|paren}", empty, in)
	}
	for _, bad := range []string{"{", "}", "{nope}", "{waybill|nope}", "{recipient.nope}", "{nope.name}", "{waybill", "a}b"} {
		_, err := parseValue(bad)
		assert.Error(t, err, bad)
	}
	for in, want := range map[string]string{"남궁민수": "남**수", "홍": "*", "이산": "이*", "": "", "선우용녀님아": "선**아", "John Smith": "Jo*** Sm***", "Li Q": "L*** ***",
		"홍길동 김철수": "홍* 김*", "山田太郎": "山**郎", "홍*동": "홍*동", "Jo*** Sm***": "Jo*** Sm***",
		"홍길동*": "홍***", "홍길*동 김철수": "홍* 김*", "John*": "Jo***", "***홍길동": "***동"} {
		assert.Equal(t, want, maskName(in), in)
	}
	for in, want := range map[string]string{"": "", "01084771824": "0108477****", "1588-1234": "1588-****", "050-1234-5678": "050-1234-5678", "112": "***", "010-1234-****": "010-1234-****",
		"010-1234-5678*": "010-1234-*****", "*01012345678": "*0101234****", "010-****-5678": "***"} {
		assert.Equal(t, want, maskPhone(in), in)
	}
}

func TestConditions(t *testing.T) {
	l := Label{Copy: 2, Carrier: "cj"}
	for in, want := range map[string]bool{"": true, "carrier": true, "!carrier": false, "sort.code": false, "!sort.code": true,
		"copy > 1": true, "copy > 2": false, "carrier = cj": true, "carrier = x": false, "order > 1": false,
		"carrier & copy > 1": true, "carrier & !copy": false, "carrier = cj & copy > 1 & !order": true, "order & carrier": false} {
		c, err := parseCondition(in)
		require.NoError(t, err, in)
		assert.Equal(t, want, c.holds(&l), in)
	}
	for _, bad := range []string{"nope", "!nope", "copy > x", "copy < 1", "copy &", "& copy", "copy & nope"} {
		_, err := parseCondition(bad)
		assert.Error(t, err, bad)
	}
}

const frame = "name = \"t\"\nsize = [50, 30]\n[[field]]\nname = \"f\"\n"

func TestParseRefuses(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"unknown key": {frame + "kind = \"text\"\nat = [1,1]\nsize = [10,5]\nvalue = \"a\"\nheight = 3\ncolour = 1", "colour"},
		"outside":     {frame + "kind = \"text\"\nat = [45,1]\nsize = [10,5]\nvalue = \"a\"\nheight = 3", "outside"},
		"kind":        {frame + "kind = \"video\"\nat = [1,1]\nsize = [10,5]", "kind: there is no"},
		"no place":    {frame + "kind = \"text\"", "two numbers"},
		"no value":    {frame + "kind = \"qr\"\nat = [1,1]\nsize = [10,5]", "wants one"},
		"height":      {frame + "kind = \"text\"\nat = [1,1]\nsize = [10,5]\nvalue = \"a\"", "height"},
		"min":         {frame + "kind = \"text\"\nat = [1,1]\nsize = [10,5]\nvalue = \"a\"\nheight = 3\nmin = 4", "min"},
		"lines":       {frame + "kind = \"text\"\nat = [1,1]\nsize = [10,5]\nvalue = \"a\"\nheight = 3\nlines = 99", "lines"},
		"align":       {frame + "kind = \"text\"\nat = [1,1]\nsize = [10,5]\nvalue = \"a\"\nheight = 3\nalign = \"up\"", "align"},
		"module":      {frame + "kind = \"qr\"\nat = [1,1]\nsize = [10,5]\nvalue = \"a\"\nmodule = 9", "module"},
		"letters":     {frame + "kind = \"codabar\"\nat = [1,1]\nsize = [10,5]\nvalue = \"1\"\nstart = \"E\"", "letters"},
		"box":         {frame + "kind = \"box\"\nat = [1,1]\nsize = [10,5]", "thickness"},
		"condition":   {frame + "kind = \"text\"\nat = [1,1]\nsize = [10,5]\nvalue = \"a\"\nheight = 3\nwhen = \"nope\"", "when"},
		"placeholder": {frame + "kind = \"text\"\nat = [1,1]\nsize = [10,5]\nvalue = \"{nope}\"\nheight = 3", "no such field"},
		"no size":     {"name = \"t\"", "size"},
		"size":        {"name = \"t\"\nsize = [5, 5]", "size"},
		"no fields":   {"name = \"t\"\nsize = [50, 30]", "no fields"},
		"other name":  {"name = \"x\"\nsize = [50, 30]", "file is"},
		"no TOML":     {"=", ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("t", []byte(c.in))
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
		})
	}
	_, err := Load(fstest.MapFS{"a.toml": {Data: []byte("size = 1")}, "b.toml": {Data: []byte(frame)}})
	require.Error(t, err)
	assert.Contains(t, err.Error(), "a.toml")
	assert.Contains(t, err.Error(), "b.toml", "all faults of all files at once")
	own, err := Load(fstest.MapFS{"tote-100x50.toml": {Data: []byte(strings.Replace(frame, "\"t\"", "\"tote-100x50\"", 1) + "kind = \"box\"\nat = [1,1]\nsize = [10,5]\nthickness = 1")}})
	require.NoError(t, err)
	both := shipped(t).With(own)
	assert.Len(t, both.Names(), len(shipped(t).Names()))
	mine, ok := both.Template("tote-100x50")
	require.True(t, ok)
	assert.Len(t, mine.fields, 1, "a client's own template comes first")
}

// What cannot be drawn faithfully is an error with the field's name.
func TestRefusesByField(t *testing.T) {
	r := renderer(t)
	tpl, ok := shipped(t).Template("korea-100x150")
	require.True(t, ok)
	for name, c := range map[string]struct {
		change func(*Label)
		field  string
		code   string
	}{
		"kanji of no font":   {func(l *Label) { l.Recipient.Name = "山\U00030000" }, "recipient-name", "glyph"},
		"emoji":              {func(l *Label) { l.Recipient.Message = "감사합니다 🛸🧿" }, "recipient-message", "glyph"},
		"control":            {func(l *Label) { l.Recipient.Name = "홍\x1b[2J" }, "recipient-name", "control"},
		"broken UTF-8":       {func(l *Label) { l.Sender.Name = "\xed\xa0\x80" }, "sender-name", "utf8"},
		"right to left":      {func(l *Label) { l.Recipient.Name = "שלום" }, "recipient-name", "script"},
		"a novel":            {func(l *Label) { l.Recipient.Address = strings.Repeat("가나다라 ", 400) }, "recipient-address", CodeFit},
		"no number":          {func(l *Label) { l.Waybill = "" }, "waybill-top", CodeEmpty},
		"number in Hangul":   {func(l *Label) { l.Waybill = "가나다" }, "waybill-top", CodeBarcode},
		"number too long":    {func(l *Label) { l.Waybill = strings.Repeat("A1", 20) }, "waybill-top", CodeQuiet},
		"sort code too long": {func(l *Label) { l.Sort.Code = strings.Repeat("X", 12) }, "sort", CodeFit},
		"beyond any label":   {func(l *Label) { l.Goods = strings.Repeat("a", 5000) }, "goods", CodeFit},
	} {
		t.Run(name, func(t *testing.T) {
			l := tpl.Sample()
			c.change(&l)
			for _, draw := range []func() error{
				func() error { _, err := tpl.ZPL(l, 203, r); return err },
				func() error { _, err := tpl.Image(l, 203, r); return err },
			} {
				err := draw()
				var fe *FieldError
				require.ErrorAs(t, err, &fe)
				assert.Equal(t, c.field, fe.Field)
				assert.Equal(t, c.code, fe.Code)
				assert.Equal(t, "korea-100x150", fe.Template)
				assert.NotContains(t, fe.Error(), l.Recipient.Phone, "a fault never holds the data")
			}
		})
	}
	_, err := tpl.ZPL(tpl.Sample(), 204, r)
	assert.ErrorContains(t, err, CodeDPI)
}

// Three Code 128 symbols with routing; without it the label says so and has two.
func TestKoreanWaybill(t *testing.T) {
	r := renderer(t)
	for _, name := range []string{"korea-100x150", "cj-123x100", "hanjin-100x150", "lotte-100x150", "logen-100x150"} {
		tpl, ok := shipped(t).Template(name)
		require.True(t, ok)
		l := tpl.Sample()
		b, err := tpl.ZPL(l, 203, r)
		require.NoError(t, err)
		assert.Equal(t, 3, strings.Count(string(b), "^BC"), name)
		l.Sort = Sort{}
		bare, err := tpl.ZPL(l, 203, r)
		require.NoError(t, err)
		assert.Equal(t, 2, strings.Count(string(bare), "^BC"), name)
		assert.NotEqual(t, strings.Count(string(b), "^FO"), strings.Count(string(bare), "^FO"))
		l.Copy = 2
		again, err := tpl.ZPL(l, 203, r)
		require.NoError(t, err)
		assert.Equal(t, strings.Count(string(bare), "^GFA")+1, strings.Count(string(again), "^GFA"), "the copy is told")
	}
}

// An order may come without a recipient; its label then has none.
func TestNoRecipient(t *testing.T) {
	r := renderer(t)
	for _, name := range []string{"korea-100x150", "cj-123x100", "hanjin-100x150", "lotte-100x150", "logen-100x150", "yamato-100x150", "sagawa-100x150", "international-102x152"} {
		tpl, ok := shipped(t).Template(name)
		require.True(t, ok)
		_, err := tpl.ZPL(Label{Carrier: "x", Waybill: tpl.Sample().Waybill, Copy: 1, Attempt: "a", Order: "1"}, 203, r)
		require.NoError(t, err, name)
	}
}

// NFD from a Mac prints as NFC.
func TestNFDPrintsTheSame(t *testing.T) {
	r := renderer(t)
	tpl, _ := shipped(t).Template("korea-100x150")
	l := tpl.Sample()
	l.Recipient.Name = "각하"
	one, err := tpl.ZPL(l, 203, r)
	require.NoError(t, err)
	l.Recipient.Name = "\u1100\u1161\u11a8\u1112\u1161"
	two, err := tpl.ZPL(l, 203, r)
	require.NoError(t, err)
	assert.Equal(t, string(one), string(two))
}

// A printer with Z64 draws the same: same fields, other bytes.
func TestPrinterSettings(t *testing.T) {
	r := renderer(t)
	tpl, _ := shipped(t).Template("korea-100x150")
	b, err := tpl.ZPLWith(tpl.Sample(), 203, r, Printer{Z64: true, Inverted: true, Speed: 4, Darkness: -5, Tracking: 'Y', Transfer: 'D', Mode: 'T'})
	require.NoError(t, err)
	for _, want := range []string{"^POI", "^MNY", "^MTD", "^MMT", "^PR4", "^MD-5", ":Z64:"} {
		assert.Contains(t, string(b), want)
	}
	_, err = tpl.ZPLWith(tpl.Sample(), 203, r, Printer{Tracking: '^'})
	assert.Error(t, err)
}

// Cutting keeps what fits, of a last word too, and says that there was more.
func TestCut(t *testing.T) {
	r := renderer(t)
	for _, tc := range []struct{ template, goods string }{
		{"korea-100x150", strings.Repeat("머그컵 세트 ", 60)},
		{"korea-100x150", strings.Repeat("친환경대나무섬유행주", 60)},
		{"yamato-100x150", strings.Repeat("衣類・食品・雑貨・", 9)},
		{"international-102x152", "Mug " + strings.Repeat("Donaudampfschiffahrt", 9)},
	} {
		tpl, ok := shipped(t).Template(tc.template)
		require.True(t, ok)
		l := tpl.Sample()
		l.Goods = tc.goods
		d, err := tpl.compose(&l, 203, r, true)
		require.NoError(t, err)
		at := slices.IndexFunc(tpl.fields, func(f field) bool { return f.Name == "goods" })
		require.GreaterOrEqual(t, at, 0)
		wide, cut := d.dots(tpl.fields[at].Size[0]), 0
		for _, s := range d.out {
			if !strings.HasSuffix(s.text, "…") {
				continue
			}
			cut++
			assert.NotContains(t, s.text, " …")
			assert.Greater(t, s.w+2*s.size, wide, "%s: %q leaves room for more than a letter", tc.template, s.text)
		}
		assert.Equal(t, 1, cut, "%s %s", tc.template, tc.goods)
	}
}

func TestImageIsPNG(t *testing.T) {
	r := renderer(t)
	tpl, _ := shipped(t).Template("tote-100x50")
	img, err := tpl.Image(tpl.Sample(), 300, r)
	require.NoError(t, err)
	assert.Equal(t, 1200, img.Bounds().Dx())
	assert.Equal(t, 600, img.Bounds().Dy())
	f, err := os.Open(save(t, "tote.png", img))
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // read only
	_, err = png.Decode(f)
	require.NoError(t, err)
	w, h := tpl.SizeMM()
	assert.Equal(t, []float64{100, 50}, []float64{w, h})
	assert.Equal(t, "Tote label", tpl.Title()["en"])
	assert.False(t, errors.Is(err, ErrData))
}

// A line never begins with half a letter.
func TestBreaksKeepLettersTogether(t *testing.T) {
	for text, want := range map[string]int{
		"ﾋﾞﾙ|ｶﾞ": 9, "ﾋﾞ|ﾙ": 6, "ﾋ|ﾞﾙ": 3, // no earlier place: the letter breaks rather than the line stays empty
		"ガーデ|ン": 9, "ガ|ーデン": 3, "アガ|ーデン": 3, "キャ|ッスル": 6, "アキ|ャ": 3, "역삼동|(가)": 9, "역삼동(가|)": 10, "가나|다": 6, "가나다|": 9,
	} {
		at := strings.IndexByte(text, '|')
		assert.Equal(t, want, together(strings.Replace(text, "|", "", 1), at), text)
	}
}

// A GS1 symbol is drawn only from data that can be taken apart again.
func TestGS1SymbolsHoldGS1Data(t *testing.T) {
	r := renderer(t)
	tpl, ok := shipped(t).Template("gs1-logistic-105x148")
	require.True(t, ok)
	for name, c := range map[string]struct {
		change func(*Label)
		field  string
	}{
		"no article":       {func(l *Label) { l.GTIN = "" }, "content-dated"},
		"smuggled serial":  {func(l *Label) { l.Expiry = "27013121X" }, "content-dated"},
		"two articles":     {func(l *Label) { l.GTIN = "0952123454321315270131" }, "gtin"},
		"short article":    {func(l *Label) { l.GTIN = "0952123454321" }, "gtin"},
		"no count":         {func(l *Label) { l.Count = 0 }, "count-text"},
		"check digit":      {func(l *Label) { l.GTIN = "09521234543214" }, "gtin"},
		"check digit, SSC": {func(l *Label) { l.SSCC = "106141412345678909" }, "sscc"},
		"month 13":         {func(l *Label) { l.Expiry = "271331" }, "content-dated"},
		"lot too long":     {func(l *Label) { l.Lot = strings.Repeat("A", 21) }, "lot"},
		"lot in Hangul":    {func(l *Label) { l.Lot = "가" }, "lot"},
	} {
		t.Run(name, func(t *testing.T) {
			l := tpl.Sample()
			c.change(&l)
			_, err := tpl.ZPL(l, 203, r)
			var fe *FieldError
			require.ErrorAs(t, err, &fe)
			code := CodeBarcode
			if strings.HasPrefix(name, "no ") {
				code = CodeEmpty
			}
			assert.Equal(t, []string{c.field, code}, []string{fe.Field, fe.Code})
		})
	}
	l := tpl.Sample()
	l.Lot, l.Expiry = "", ""
	d, err := tpl.compose(&l, 203, r, true)
	require.NoError(t, err)
	var got []string
	for _, s := range d.out {
		if s.data != "" {
			got = append(got, s.data)
		}
	}
	assert.Equal(t, []string{"02095212345432133724", "00106141412345678908"}, got, "without lot and date their symbols are not there")
}
