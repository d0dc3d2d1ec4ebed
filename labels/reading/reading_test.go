package reading

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The examples of the contract, to the byte.
func TestContractShapes(t *testing.T) {
	for _, c := range []struct {
		in   Input
		want string
	}{
		{Input{Input: "]C1010952123454321310ABC123"},
			`{"input":"]C1010952123454321310ABC123","ok":true,"kind":"gs1","symbology":"]C1","message":"^010952123454321310ABC123","gtin":"09521234543213","elements":[{"ai":"01","value":"09521234543213"},{"ai":"10","value":"ABC123"}]}`},
		{Input{Input: "6500-0000-0011", As: "waybill", Carrier: "cj"},
			`{"input":"6500-0000-0011","ok":true,"kind":"waybill","carrier":"cj","number":"650000000011","warnings":[]}`},
		{Input{Input: "LOC-C08-21-3"}, `{"input":"LOC-C08-21-3","ok":true,"kind":"unknown"}`},
		{Input{Input: "0109521234543214"},
			`{"input":"0109521234543214","ok":false,"error":{"code":"checkDigit","ai":"01","at":15,"detail":"read 4, the other digits want 3: scan again; if it stays, the label is misprinted"}}`},
	} {
		got, err := json.Marshal(Explain(c.in))
		require.NoError(t, err)
		assert.Equal(t, c.want, string(got))
	}
}

func TestExplain(t *testing.T) {
	site := &Reader{Known: func(c string) bool { return c == "SKU-00123" || c == "TOTE-00007" }}
	for _, c := range []struct {
		name string
		in   Input
		kind string // empty: refused
		code string
		f    func(t *testing.T, o Output)
	}{
		{name: "EAN with identifier", in: Input{Input: "]E08801234567893"}, kind: KindGTIN, f: func(t *testing.T, o Output) { assert.Equal(t, "08801234567893", o.GTIN) }},
		{name: "EAN without", in: Input{Input: "8801234567893"}, kind: KindGTIN},
		{name: "wrong check is nothing known", in: Input{Input: "8801234567894"}, kind: KindUnknown},
		{name: "wrong check promised", in: Input{Input: "]E08801234567894"}, code: "checkDigit"},
		{name: "wrong check asked for", in: Input{Input: "8801234567894", As: "ean13"}, code: "checkDigit"},
		{name: "SSCC", in: Input{Input: "106141412345678908"}, kind: KindSSCC},
		{name: "SSCC asked for", in: Input{Input: "106141412345678908", As: "sscc"}, kind: KindSSCC},
		{name: "GLN", in: Input{Input: "9520123456788", As: "gln"}, kind: KindGLN},
		{name: "UPC-E", in: Input{Input: "04252614", As: "upce"}, kind: KindGTIN, f: func(t *testing.T, o Output) { assert.Equal(t, "00042100005264", o.GTIN) }},
		{name: "bracketed", in: Input{Input: "(01)09521234543213(10)ABC"}, kind: KindGS1},
		{name: "not bracketed", in: Input{Input: "(ABC)1"}, kind: KindUnknown},
		{name: "message", in: Input{Input: "^010952123454321310ABC", As: "message"}, kind: KindGS1},
		{name: "link", in: Input{Input: "https://a/01/09521234543213"}, kind: KindGS1},
		{name: "vendor QR", in: Input{Input: "]Q1https://shop.example/x"}, kind: KindUnknown},
		{name: "vendor QR, strict", in: Input{Input: "]Q1https://shop.example/x", As: "scan"}, code: "uriNoKey"},
		{name: "no link", in: Input{Input: "ABC", As: "digital-link"}, code: CodeNotLink},
		{name: "separators eaten", in: Input{Input: "01088065720024331725061610HP04AA21HP04AA003122"}, code: "ambiguous"},
		{name: "the same as scanned", in: Input{Input: "]C101088065720024331725061610HP04AA21HP04AA003122", As: "scan"}, code: "ambiguous"},
		{name: "a lone lot is one symbol of several", in: Input{Input: "]C110HP04AA"}, kind: KindGS1, f: func(t *testing.T, o Output) { assert.Equal(t, []string{"requisite"}, o.Warnings) }},
		{name: "excluded pair", in: Input{Input: "(01)09521234543213(02)09521234543213(37)12", As: "bracketed"}, code: "invalidPair"},
		{name: "composite", in: Input{Input: "]E402345673|]e099COMPOSITE\x1d98XYZ", As: "scan"}, kind: KindGS1, f: func(t *testing.T, o Output) {
			assert.Equal(t, "02345673|^99COMPOSITE^98XYZ", o.Message)
			assert.Equal(t, "00000002345673", o.GTIN)
		}},
		{name: "caret in plain data", in: Input{Input: "]Q1^TESTING", As: "scan"}, kind: KindUnknown, f: func(t *testing.T, o Output) { assert.Equal(t, `\^TESTING`, o.Message) }},
		{name: "unknown identifier", in: Input{Input: "]XX", As: "scan"}, code: "symbology"},
		{name: "carrier first", in: Input{Input: "650000000011", Carrier: "cj"}, kind: KindWaybill},
		{name: "scanned waybill", in: Input{Input: "]C0650000000011", Carrier: "cj"}, kind: KindWaybill},
		{name: "doubtful", in: Input{Input: "650000000014", As: "waybill", Carrier: "cj"}, kind: KindWaybill, f: func(t *testing.T, o Output) { assert.Equal(t, []string{"checkDigit"}, o.Warnings) }},
		{name: "sure", in: Input{Input: "225300099641", As: "waybill", Carrier: "yamato"}, code: "checkDigit"},
		{name: "no carrier", in: Input{Input: "650000000011", As: "waybill"}, code: CodeCarrier},
		{name: "strange carrier", in: Input{Input: "650000000011", As: "waybill", Carrier: "x"}, code: CodeCarrier},
		{name: "Hangul, known", in: Input{Input: "나ㅕ-00123"}, kind: KindUnknown, f: func(t *testing.T, o Output) {
			assert.Equal(t, "hangul", o.Repaired)
			assert.Equal(t, "SKU-00123", o.Number)
		}},
		{name: "Hangul, unproven", in: Input{Input: "뮻123"}, code: unproven},
		{name: "doubled", in: Input{Input: "88012345678938801234567893"}, kind: KindGTIN, f: func(t *testing.T, o Output) { assert.Equal(t, "doubled", o.Repaired) }},
		{name: "a known code is not repaired", in: Input{Input: "TOTE-00007"}, kind: KindUnknown},
		{name: "empty", in: Input{}, code: CodeEmpty},
		{name: "no such way", in: Input{Input: "1", As: "x"}, code: CodeAs},
		{name: "ten kilobytes", in: Input{Input: strings.Repeat("A", 10240)}, code: CodeLarge},
		{name: "control bytes", in: Input{Input: "\x00\x1b[2J\x7f"}, kind: KindUnknown},
		{name: "no UTF-8", in: Input{Input: "\xff\xed\xa0\x80"}, kind: KindUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := site.Explain(c.in)
			if c.kind == "" {
				require.NotNil(t, o.Error, "%+v", o)
				assert.False(t, o.OK)
				assert.Equal(t, c.code, o.Error.Code)
				return
			}
			require.Nil(t, o.Error, "%+v", o.Error)
			assert.True(t, o.OK)
			assert.Equal(t, c.kind, o.Kind)
			if c.f != nil {
				c.f(t, o)
			}
		})
	}
}

const unproven = "unproven"

func FuzzExplain(f *testing.F) {
	for _, s := range []string{"]C1010952123454321310ABC123", "나ㅕ-00123", "https://a/01/09521234543213", "(01)", "^", "]", "650000000011", "ＡＢ", "\x1d"} {
		for _, as := range []string{"", "scan", "message", "bracketed", "digital-link", "waybill", "upce"} {
			f.Add(s, as, "cj")
		}
	}
	f.Fuzz(func(t *testing.T, s, as, carrier string) {
		o := Explain(Input{Input: s, As: as, Carrier: carrier})
		if o.OK == (o.Error != nil) || o.OK && o.Kind == "" {
			t.Fatalf("%q as %q: %+v", s, as, o)
		}
		if _, err := json.Marshal(o); err != nil {
			t.Fatal(err)
		}
	})
}

// Two symbols of one pack make one answer; another item's scan is refused.
func TestTwoScansOfOneItem(t *testing.T) {
	const lower = "]C110HP04AA\x1d21HP04AA003122"
	o := Explain(Input{Input: lower, With: "]C1010880657200243317250616"})
	require.True(t, o.OK, "%+v", o.Error)
	assert.Equal(t, "^01088065720024331725061610HP04AA^21HP04AA003122", o.Message)
	assert.Equal(t, "08806572002433", o.GTIN)
	assert.Equal(t, lower, o.Input)
	assert.Empty(t, o.Warnings, "together nothing is missing")
	assert.Equal(t, []string{"requisite"}, Explain(Input{Input: lower}).Warnings)

	o = Explain(Input{Input: lower, With: "8806572002433"})
	require.True(t, o.OK, "an EAN with lot and serial beside it")
	assert.Equal(t, "^010880657200243310HP04AA^21HP04AA003122", o.Message)

	for with, code := range map[string]string{
		"]C1010880657200243310OTHER": "repeatedAI", "LOC-1": CodeParts, "]E08806572002434": "checkDigit", "]C1" + "01088065720024331725061610HP04AA21HP04AA003122": "ambiguous",
	} {
		o := Explain(Input{Input: lower, With: with})
		require.False(t, o.OK, with)
		assert.Equal(t, code, o.Error.Code, with)
	}
	assert.Equal(t, CodeParts, Explain(Input{Input: "LOC-1", With: lower}).Error.Code)
}

// An unknown code says what it nearly is.
func TestHints(t *testing.T) {
	site := &Reader{Known: func(c string) bool { return c == "8801234567890" }}
	for in, want := range map[string]*Hint{
		"8801234567894": {Code: "checkDigit", As: "ean13", At: 12}, "88012345": {Code: "checkDigit", As: "ean8", At: 7}, "106141412345678909": {Code: "checkDigit", As: "sscc", At: 17},
		"880123456789": {Code: "checkDigit", As: "upca", At: 11}, "10012345678901": {Code: "checkDigit", As: "itf14", At: 13}, "https://a/01/09521234543214": {Code: "checkDigit", As: "digital-link", AI: "01", At: 26},
		"8801234567890": nil, "LOC-C08-21-3": nil, "https://shop.example/x": nil, "123": nil, "880123456789A": nil,
	} {
		o := site.Explain(Input{Input: in})
		require.True(t, o.OK, in)
		assert.Equal(t, KindUnknown, o.Kind, in)
		if want != nil && want.As == "digital-link" && o.Hint != nil {
			want.At = o.Hint.At
		}
		if want != nil && o.Hint != nil {
			assert.Contains(t, o.Hint.Detail, "the other digits want", in)
			want.Detail = o.Hint.Detail
		}
		assert.Equal(t, want, o.Hint, in)
	}
	o := site.Explain(Input{Input: "225300099641", Carrier: "yamato"})
	require.True(t, o.OK)
	assert.Equal(t, "waybill", o.Hint.As)
	assert.Equal(t, "checkDigit", o.Hint.Code)
}

func TestDates(t *testing.T) {
	site := &Reader{Now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.FixedZone("KST", 9*3600))}
	for in, want := range map[string][]string{
		"]C1010880657200243317270200": {"2027-02-28", ""}, "]C1010880657200243317261122": {"2026-11-22", ""}, "]C1010880657200243317261121": {"2026-11-21", WarnExpired},
		"]C1010880657200243315261100": {"2026-11-30", ""}, "]C10108806572002433": {"", ""},
	} {
		o := site.Explain(Input{Input: in})
		require.True(t, o.OK, in)
		assert.Equal(t, want, []string{o.LastGoodDay, strings.Join(o.Warnings, " ")}, in)
	}
	o := site.Explain(Input{Input: "]C10108806572002433" + "7003" + "2611220859"})
	require.True(t, o.OK)
	assert.Equal(t, []any{"2026-11-22", "08:59", []string{WarnExpired}}, []any{o.LastGoodDay, o.LastGoodTime, o.Warnings})
	o = site.Explain(Input{Input: "]C10108806572002433" + "7003" + "2611220901"})
	assert.Equal(t, []any{"2026-11-22", "09:01", 0}, []any{o.LastGoodDay, o.LastGoodTime, len(o.Warnings)})
	assert.Empty(t, Explain(Input{Input: "]C1010880657200243317270200"}).LastGoodDay, "without a clock no date is told")
}

// Eight digits that two articles may have are told as both; what the site knows decides.
func TestEightDigits(t *testing.T) {
	const asEAN, asUPC = "00000004252641", "00042520000061"
	for name, c := range map[string]struct {
		known      []string
		gtin, also string
	}{
		"no site": {nil, asEAN, asUPC}, "the EAN": {[]string{asEAN}, asEAN, ""}, "the UPC": {[]string{asUPC}, asUPC, ""}, "both": {[]string{asEAN, asUPC}, asEAN, asUPC},
	} {
		r := &Reader{Known: func(s string) bool { return slices.Contains(c.known, s) }}
		o := r.Explain(Input{Input: "04252641"})
		require.True(t, o.OK, name)
		assert.Equal(t, []string{c.gtin, c.also}, []string{o.GTIN, o.AlsoGTIN}, name)
		assert.Equal(t, c.also != "", slices.Contains(o.Warnings, WarnEight), name)
	}
	assert.Empty(t, Explain(Input{Input: "]E404252641"}).AlsoGTIN, "an identifier tells")
}

// A repair is believed where one reading alone is possible.
func TestRepairsThatProveThemselves(t *testing.T) {
	for in, want := range map[string]string{
		"]ㅊ10109521234543213": "]C10109521234543213", "ㄸㄸ123456785ㅏㄲ": "EE123456785KR", "ㄸㄸ123456785ㅌㅌ": "", "]ㅊ1010952123454321310ㅁ": "", "]ㅊ10109521234543214": "",
		"0425264104252641": "",
	} {
		o := Explain(Input{Input: in})
		assert.Equal(t, want, o.Number, "%s: %+v", in, o.Error)
	}
}

// TestWhatCannotBeProvenIsShown: to the person who sets the scanner up, and as no code.
func TestWhatCannotBeProvenIsShown(t *testing.T) {
	for in, want := range map[string]*Candidate{
		"뮻123": {"abc123", "hangul"}, "ㅖㅑ차01": {"Pick01", "hangul"}, "나ㅕ-00123": {"sku-00123", "hangul"}, "ＳＫＵ１": {"SKU1", "wide"}, "가😀": nil, strings.Repeat("가", 300): nil,
	} {
		o := Explain(Input{Input: in})
		require.False(t, o.OK, in)
		assert.Equal(t, want, o.Candidate, in)
		assert.Empty(t, o.Number+o.GTIN+o.Kind, in)
	}
	assert.Nil(t, Explain(Input{Input: "8801234567893"}).Candidate)
	assert.Nil(t, Explain(Input{Input: "]C10109521234543214"}).Candidate, "only an input method has candidates")
}
