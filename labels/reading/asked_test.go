package reading

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
	"dcedge/labels/waybill"
)

// TestAskedWithIdentifier: what is asked for is read out of what a scanner sends, and a
// symbol that cannot carry it is told.
func TestAskedWithIdentifier(t *testing.T) {
	for _, c := range []struct{ as, in, carrier, number, code, ai string }{
		{as: "gtin", in: "]E08801234567893", number: "8801234567893"},
		{as: "gtin", in: "]C08801234567893\r\n", number: "8801234567893"},
		{as: "gtin", in: "]C1010880123456789310LOT-7", number: "08801234567893"},
		{as: "gtin", in: "]Q1https://a.example/01/08801234567893?17=261130", number: "08801234567893"},
		{as: "gtin", in: "]E08801234567893|]e010LOT-7", number: "8801234567893"},
		{as: "gtin", in: "]E3880123456789312", number: "8801234567893"},
		{as: "gtin", in: "]E496385074", number: "96385074"},
		{as: "gtin", in: "]I118801234567890", number: "18801234567890"},
		{as: "gtin", in: "]E08801234567894", code: symbology.CodeCheck},
		{as: "gtin", in: "]E212345", code: gs1.CodeIdentifier},
		{as: "gtin", in: "]C110LOT7", code: gs1.CodeRequisite, ai: "01"},
		{as: "gtin", in: "]C10108801234567894", code: "checkDigit", ai: "01"},
		{as: "ean13", in: "]E08801234567893", number: "8801234567893"},
		{as: "ean13", in: "]C08801234567893", code: gs1.CodeIdentifier},
		{as: "ean8", in: "]E496385074", number: "96385074"},
		{as: "ean8", in: "]E096385074", code: gs1.CodeIdentifier},
		{as: "upca", in: "]E00036000291452", number: "036000291452"},
		{as: "upca", in: "]E08801234567893", code: symbology.CodeLength},
		{as: "upca", in: "]E00036000291453", code: symbology.CodeCheck},
		{as: "upce", in: "]E00042100005264", number: "04252614"},
		{as: "upce", in: "]E00036000291452", code: symbology.CodeLength},
		{as: "itf14", in: "]I118801234567890", number: "18801234567890"},
		{as: "itf14", in: "]E08801234567893", code: gs1.CodeIdentifier},
		{as: "sscc", in: "]C0106141412345678908", number: "106141412345678908"},
		{as: "sscc", in: "]C100106141412345678908", number: "106141412345678908"},
		{as: "sscc", in: "]E08801234567893", code: gs1.CodeIdentifier},
		{as: "gln", in: "]C14149520123456788", number: "9520123456788"},
		{as: "gln", in: "]E09520123456788", code: gs1.CodeIdentifier},
		{as: "gln", in: "]C1414952012345678A", code: "nonDigitCharacter", ai: "414"},
		{as: "waybill", in: "]C0650000000011", carrier: "cj", number: "650000000011"},
		{as: "waybill", in: "]F0A225300099640A", carrier: "yamato", number: "225300099640"},
		{as: "waybill", in: "]C142090210\x1d9400111202555842332669", carrier: "usps", number: "420902109400111202555842332669"},
		{as: "gtin", in: "]F0225300099640", code: gs1.CodeIdentifier},
		{as: "gtin", in: "]L08801234567893", code: gs1.CodeIdentifier},
		{as: "gtin", in: "]A08801234567893", number: "8801234567893"},
		{as: "gtin", in: "]X08801234567893", number: "8801234567893"},
		{as: "sscc", in: "]F0106141412345678908", code: gs1.CodeIdentifier},
		{as: "gln", in: "]U09520123456788", code: gs1.CodeIdentifier},
		{as: "waybill", in: "]F0225300099640", carrier: "yamato", number: "225300099640"},
		{as: "waybill", in: "]E0225300099640", carrier: "yamato", code: gs1.CodeIdentifier},
		{as: "waybill", in: "]C0225300099641", carrier: "yamato", code: waybill.CodeCheck},
		{as: "scan", in: "]C142090210\x1d9400111202555842332669", carrier: "usps", number: "420902109400111202555842332669"},
		{as: "auto", in: "]C1420902109400111202555842332669", carrier: "usps", number: "420902109400111202555842332669"},
	} {
		o := Explain(Input{Input: c.in, As: c.as, Carrier: c.carrier})
		if c.code != "" {
			require.NotNil(t, o.Error, "%s %q: %+v", c.as, c.in, o)
			assert.Equal(t, []string{c.code, c.ai}, []string{o.Error.Code, o.Error.AI}, "%s %q", c.as, c.in)
			if c.code == symbology.CodeCheck && !strings.HasPrefix(c.in, "]F") {
				assert.Equal(t, len(c.in)-4, o.Error.At, "the last digit behind the identifier: %s %q", c.as, c.in)
			}
		} else {
			require.Nil(t, o.Error, "%s %q: %+v", c.as, c.in, o.Error)
			assert.Equal(t, c.number, o.Number, "%s %q", c.as, c.in)
		}
		assert.Equal(t, c.in[:3], o.Symbology, "%s %q", c.as, c.in)
	}
}

// TestAlsoWaybill: digits that are right as a carrier's are told as such, never taken for
// one: the carrier comes from the job.
func TestAlsoWaybill(t *testing.T) {
	sevens := "hanjin japanpost lotte sagawa yamato"
	for in, want := range map[string]struct{ kind, hint, as, also string }{
		"225300099651":                          {KindUnknown, CodeCarrier, "waybill", sevens + " kyungdong"},
		"]C0225300099651":                       {KindUnknown, CodeCarrier, "waybill", sevens + " kyungdong"},
		"]F0A225300099651A":                     {KindUnknown, CodeCarrier, "waybill", "japanpost sagawa yamato"},
		"]F0225300099640":                       {KindUnknown, CodeCarrier, "waybill", sevens + " kyungdong"},
		"]H0225300099640":                       {KindUnknown, CodeCarrier, "waybill", sevens + " kyungdong"},
		"]M0225300099640":                       {KindUnknown, CodeCarrier, "waybill", sevens + " kyungdong"},
		"]U0225300099640":                       {KindUnknown, CodeCarrier, "waybill", sevens + " kyungdong"},
		"]F0880123456789":                       {KindUnknown, CodeCarrier, "waybill", "kyungdong"},
		"]F088012345":                           {KindUnknown, "", "", ""},
		"JD014600004591190131":                  {KindUnknown, CodeCarrier, "waybill", "dhl"},
		"2253-0009-9651":                        {KindUnknown, CodeCarrier, "waybill", sevens + " kyungdong"},
		"12345678901":                           {KindUnknown, CodeCarrier, "waybill", "japanpost kyungdong logen"},
		"8801234567894":                         {KindUnknown, "checkDigit", "ean13", "daesin koreapost kyungdong"},
		"1Z5R89390357567127":                    {KindUnknown, CodeCarrier, "waybill", "ups"},
		"1Z5R89390357567128":                    {KindUnknown, "checkDigit", "waybill", ""},
		"EM966331020KR":                         {KindUnknown, CodeCarrier, "waybill", "japanpost koreapost s10 usps"},
		"EM966331021KR":                         {KindUnknown, "checkDigit", "waybill", ""},
		"EM966331020QQ":                         {KindUnknown, "country", "waybill", ""},
		"9400111202555842332669":                {KindUnknown, CodeCarrier, "waybill", "usps"},
		"9400111202555842332668":                {KindUnknown, "checkDigit", "waybill", ""},
		"225300099640":                          {KindGTIN, "", "", sevens},
		"]C0225300099640":                       {KindGTIN, "", "", sevens},
		"]E00225300099640":                      {KindGTIN, "", "", ""},
		"8801234567893":                         {KindGTIN, "", "", ""},
		"]C142090210\x1d940011120254":           {KindGS1, "", "", ""},
		"]C142090210\x1d9400111202555842332669": {KindGS1, "", "", "usps"},
		"LOC-C08-21-3":                          {KindUnknown, "", "", ""},
		"]C010LOT":                              {KindUnknown, "", "", ""},
	} {
		o := Explain(Input{Input: in})
		require.Nil(t, o.Error, "%q: %+v", in, o.Error)
		assert.Equal(t, want.kind, o.Kind, in)
		assert.Equal(t, want.also, strings.Join(o.AlsoWaybill, " "), in)
		if want.hint == "" {
			assert.Nil(t, o.Hint, in)
		} else if assert.NotNil(t, o.Hint, in) {
			assert.Equal(t, []string{want.hint, want.as}, []string{o.Hint.Code, o.Hint.As}, in)
		}
		assert.Equal(t, want.kind == KindGTIN && want.also != "", strings.Contains(strings.Join(o.Warnings, " "), WarnWaybill), in)
		assert.Empty(t, o.Carrier, in)
	}
	site := &Reader{Known: func(c string) bool { return c == "00225300099640" || c == "12345678901" }}
	assert.Empty(t, site.Explain(Input{Input: "225300099640"}).Warnings, "the site's own article")
	assert.Empty(t, site.Explain(Input{Input: "12345678901"}).AlsoWaybill, "a code of the site")
	o := Explain(Input{Input: "225300099651", Carrier: "fedex"})
	assert.Equal(t, "checkDigit", o.Hint.Code)
	assert.Contains(t, o.AlsoWaybill, "yamato", "perhaps another carrier's")
}

// TestDamageWhereAKindIsAsked: a check digit proves what the keyboard received, or it is
// refused and shown.
func TestDamageWhereAKindIsAsked(t *testing.T) {
	for _, c := range []struct{ as, in, carrier, number, candidate string }{
		{"waybill", "２２５３０００９９６５１", "yamato", "225300099651", ""},
		{"waybill", "ふふえあわわわよよおえぬ", "yamato", "225300099651", ""},
		{"waybill", "２２５３０００９９６５２", "yamato", "", "225300099652"},
		{"waybill", "６５００００００００１１", "cj", "", "650000000011"},
		{"waybill", "１２３４５６７８９０１", "logen", "", "12345678901"},
		{"waybill", "ㄸㅡ966331020ㅏㄲ", "koreapost", "EM966331020KR", ""},
		{"waybill", "1ㅋ5ㄲ89390357567127", "ups", "1Z5R89390357567127", ""},
		{"auto", "1ㅋ5ㄲ89390357567127", "ups", "1Z5R89390357567127", ""},
		{"waybill", "1ㅋ5ㄲ89390357567128", "ups", "", "1Z5R89390357567128"},
		{"waybill", "８８０１２３４５６７８９３", "cj", "", "8801234567893"},
		{"gtin", "８８０１２３４５６７８９３", "", "8801234567893", ""},
		{"gtin", "８８０１２３４５６７８９４", "", "", "8801234567894"},
		{"sscc", "１０６１４１４１２３４５６７８９０８", "", "106141412345678908", ""},
		{"ean13", "]ㄸ08801234567893", "", "8801234567893", ""},
	} {
		o := Explain(Input{Input: c.in, As: c.as, Carrier: c.carrier})
		if c.number != "" {
			require.Nil(t, o.Error, "%s %s: %+v", c.as, c.in, o.Error)
			assert.Equal(t, c.number, o.Number, c.in)
			assert.NotEmpty(t, o.Repaired, c.in)
			continue
		}
		require.NotNil(t, o.Error, "%s %s: %+v", c.as, c.in, o)
		assert.Equal(t, unproven, o.Error.Code, c.in)
		require.NotNil(t, o.Candidate, c.in)
		assert.Equal(t, c.candidate, o.Candidate.Code, c.in)
	}
}

// TestWideIdentifiers: what an input method widened with its identifier is read as the
// narrow one is, where digits prove it.
func TestWideIdentifiers(t *testing.T) {
	wide := func(s string) string {
		return strings.Map(func(c rune) rune { return c - '!' + 0xFF01 }, s)
	}
	for _, in := range []string{"]C10109521234543213", "]C100106141412345678908", "]E08801234567893", "]E496385074", "]I118801234567890", "]d20109521234543213", "]C1010952123454321317261130"} {
		for _, as := range []string{"auto", "scan", "gtin", "sscc", "ean13"} {
			narrow := Explain(Input{Input: in, As: as})
			for _, s := range []string{wide(in), strings.Replace(in, "]", "\uff3d", 1)} {
				o := Explain(Input{Input: s, As: as})
				assert.Equal(t, narrow.OK, o.OK, "%s %q", as, s)
				if !narrow.OK {
					continue
				}
				assert.Equal(t, "wide", o.Repaired, s)
				if narrow.Kind == KindGS1 { // where a repaired code tells what it was repaired to
					assert.Equal(t, in, o.Number)
					o.Number = ""
				}
				o.Input, o.Repaired = narrow.Input, ""
				assert.Equal(t, narrow, o, "%s %q", as, s)
			}
		}
	}
	for _, in := range []string{"\uff3dE08801234567894", "\uff3dE0880123456789A", "\uff3dE0", "\uff3dC0LOT7", "\uff3dE0000000000000"} {
		o := Explain(Input{Input: in})
		require.NotNil(t, o.Error, in)
		assert.Equal(t, unproven, o.Error.Code, in)
	}
}

// TestErrorsCountCharacters, as people do, and name what to do.
func TestErrorsCountCharacters(t *testing.T) {
	for _, c := range []struct{ as, in, carrier, says string }{
		{"waybill", "택배-1호😀", "cj", "5 characters fit no number of cj"},
		{"upca", "1234", "", "4 digits, want 12"},
		{"gtin", "1234", "", "4 digits, want 8, 12, 13 or 14"},
		{"upce", "042526", "", "6 digits, want 8: number system 0 or 1, the six digits, check digit"},
		{"gtin", "8801234567894", "", "read 4, the other digits want 3: scan again; if it stays, the label is misprinted"},
		{"upce", "04252615", "", "read 5, the other digits want 4: scan again; if it stays, the label is misprinted"},
		{"waybill", "225300099641", "yamato", "read 1, the rule yamato-12 wants 0: scan again; if it stays, the label is misprinted or another carrier's"},
		{"sscc", "106141412345678909", "", "read 9, the other digits want 8: scan again; if it stays, the label is misprinted"},
		{"bracketed", "(0108801234567893", "", "the bracket is not closed"},
		{"nosuch", "1", "", "no such way of reading: want one of auto, scan, message, bracketed, digital-link, gtin, ean13, ean8, upca, upce, itf14, sscc, gln, waybill"},
	} {
		o := Explain(Input{Input: c.in, As: c.as, Carrier: c.carrier})
		require.NotNil(t, o.Error, c.in)
		assert.Equal(t, c.says, o.Error.Detail, c.in)
	}
	long := Explain(Input{Input: "(" + strings.Repeat("😀", 30) + ")1", As: "bracketed"})
	assert.Equal(t, strings.Repeat("😀", 8), long.Error.AI)
}

// TestWhichOfTwoCodes is at fault is told.
func TestWhichOfTwoCodes(t *testing.T) {
	const good = "]C110HP04AA\x1d21HP04AA003122"
	for _, c := range []struct{ in, with, of, code string }{
		{good, "]E08806572002434", "with", "checkDigit"},
		{"]E08806572002434", good, "input", "checkDigit"},
		{good, "LOC-1", "with", CodeParts},
		{"LOC-1", good, "input", CodeParts},
		{good, strings.Repeat("A", maxInput+1), "with", CodeLarge},
		{good, "]C1010880657200243310OTHER", "", "repeatedAI"},
		{good, "뮻123", "with", unproven},
	} {
		o := Explain(Input{Input: c.in, With: c.with})
		require.NotNil(t, o.Error, "%q with %q", c.in, c.with)
		assert.Equal(t, []string{c.of, c.code}, []string{o.Error.Of, o.Error.Code}, "%q with %q", c.in, c.with)
		assert.Equal(t, c.code == unproven, o.Candidate != nil)
	}
	assert.Empty(t, Explain(Input{Input: "]E08806572002434"}).Error.Of, "of one code there is nothing to tell apart")
}

// TestZerosAreNobodysNumber in whatever form.
func TestZerosAreNobodysNumber(t *testing.T) {
	for as, in := range map[string]string{"gtin": "0000000000000", "ean8": "00000000", "upce": "00000000", "sscc": strings.Repeat("0", 18), "scan": "]E00000000000000",
		"auto": "]E400000000", "bracketed": "(01)00000000000000", "message": "^0100000000000000", "digital-link": "https://a.example/01/00000000000000"} {
		o := Explain(Input{Input: in, As: as})
		require.NotNil(t, o.Error, "%s %s: %+v", as, in, o)
		assert.Equal(t, symbology.CodeZero, o.Error.Code, in)
	}
	o := Explain(Input{Input: "000000000000"})
	assert.Equal(t, KindUnknown, o.Kind)
	require.NotNil(t, o.Hint)
}

// TestBlanksAreTold: a scanner that sends a blank makes every code unknown; so does what
// loses a character on its way.
func TestBlanksAreTold(t *testing.T) {
	for in, want := range map[string]Hint{
		"8801234567893 ": {Code: CodeBlank, As: "gtin", At: 13}, " 8801234567893": {Code: CodeBlank, As: "gtin", At: 0}, "\u30008801234567893": {Code: CodeBlank, As: "gtin", At: 0},
		"8801234567893\t\r\n": {Code: CodeBlank, As: "gtin", At: 13}, " 010952123454321310ABC": {Code: CodeBlank, As: "scan", At: 0}, "LOC-1 ": {Code: CodeBlank, As: "auto", At: 5},
		"225300099651 ": {Code: CodeBlank, As: "waybill", At: 12}, "\x028801234567893\x03": {Code: CodeBlank, As: "gtin", At: 0}, "8801234567893\x00": {Code: CodeBlank, As: "gtin", At: 13}, "\u202e8801234567893": {Code: CodeBlank, As: "gtin", At: 0},
		"88\ufffd": {Code: CodeUTF8, As: "auto", At: 2}, "]C0\xff12": {Code: CodeUTF8, As: "auto"}, " \ufffd ": {Code: CodeUTF8, As: "auto", At: 1},
		"\ufeff8801234567893": {Code: CodeBlank, As: "gtin", At: 0}, "]C0 8801234567893": {Code: CodeBlank, As: "gtin", At: 0}, " 0109521234543214": {Code: CodeBlank, As: "auto", At: 0},
	} {
		o := Explain(Input{Input: in})
		require.Nil(t, o.Error, "%q", in)
		require.NotNil(t, o.Hint, "%q: %+v", in, o)
		o.Hint.Detail = ""
		assert.Equal(t, want, *o.Hint, "%q", in)
	}
	assert.Equal(t, CodeEmpty, Explain(Input{Input: " \u3000\t"}).Error.Code)
}

// A wrong check digit says which the others ask for, also where it is only a warning or
// a hint.
func TestWantedDigit(t *testing.T) {
	out := (&Reader{}).Explain(Input{Input: "8801234567894"})
	require.NotNil(t, out.Hint)
	assert.Contains(t, out.Hint.Detail, "the other digits want 3")
	out = (&Reader{}).Explain(Input{Input: "123456789012", As: "waybill", Carrier: "cj"})
	assert.Equal(t, []string{"checkDigit"}, out.Warnings)
	require.NotNil(t, out.Hint)
	assert.Regexp(t, `^read 2, the rule \S+ wants [0-9]`, out.Hint.Detail)
}
