package reading

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/labels/gs1"
)

// TestTwoCodesWithoutIdentifiers: what a pick takes of an article is taken here, in either
// order, and a lone part says what it lacks.
func TestTwoCodesWithoutIdentifiers(t *testing.T) {
	for _, c := range []struct{ article, part, want string }{
		{"8801234567893", "1727063010A", "01 08801234567893 10 A 17 270630"},
		{"0108801234567893", "1727063010A", "01 08801234567893 10 A 17 270630"},
		{"]E08801234567893", "10LOT7", "01 08801234567893 10 LOT7"},
		{"8801234567893", "1727063010A\x1d21B", "01 08801234567893 10 A 17 270630 21 B"},
	} {
		for _, in := range []Input{{Input: c.part, With: c.article}, {Input: c.article, With: c.part}} {
			o := Explain(in)
			require.True(t, o.OK, "%+v: %+v", in, o.Error)
			said := ""
			for _, ai := range []string{"01", "10", "17", "21"} {
				for _, e := range o.Elements {
					if e.AI == ai {
						said += " " + ai + " " + e.Value
					}
				}
			}
			assert.Equal(t, c.want, said[1:], "%+v", in)
			assert.Equal(t, "08801234567893", o.GTIN)
		}
	}
	for part, code := range map[string]string{
		"10A": CodeParts, "LOC-1": CodeParts, "17990010A": CodeParts, "1727063010A21B": gs1.CodeAmbiguous, "]C010LOT7": CodeParts,
	} {
		o := Explain(Input{Input: part, With: "8801234567893"})
		require.False(t, o.OK, part)
		assert.Equal(t, []string{code, ofInput}, []string{o.Error.Code, o.Error.Of}, part)
		o = Explain(Input{Input: "8801234567893", With: part})
		require.False(t, o.OK, part)
		assert.Equal(t, []string{code, ofWith}, []string{o.Error.Code, o.Error.Of}, part)
	}
	for in, want := range map[string]*Hint{
		"1727063010A21B": {Code: gs1.CodeAmbiguous, As: "scan", At: 11}, "1727063010A": {Code: gs1.CodeRequisite, As: "scan"},
		"10A": nil, "10LOT7": nil, "10-21-03": nil, "]C01727063010A": nil, "17270630": {Code: "checkDigit", As: "ean8", At: 7, Detail: gs1.WrongCheck('0', '2')},
		"\x1d0108801234567893": {Code: CodeBlank, As: "scan"}, "\x1d8801234567893": {Code: CodeBlank, As: KindGTIN}, "\x1d": nil,
	} {
		o := Explain(Input{Input: in})
		require.True(t, o.OK, "%q", in)
		assert.Equal(t, KindUnknown, o.Kind, "%q", in)
		assert.Equal(t, want, o.Hint, "%q", in)
	}
}

// TestAnotherSeparator: a scanner that sends another character for GS is told from a label
// with a wrong value.
func TestAnotherSeparator(t *testing.T) {
	const set = "set it up to send GS"
	for _, sep := range []string{"|", "#", "~", "@", "\x1e", "{GS}", "[GS]", "^", "^]", "§"} {
		for _, in := range []string{"]C1010880123456789310A" + sep + "21B", "010880123456789310A" + sep + "21B" + sep, "]d2010880123456789317270630" + sep + "10A" + sep + "21B"} {
			o := Explain(Input{Input: in})
			require.NotNil(t, o.Error, "%q: %+v", in, o)
			assert.Contains(t, o.Error.Detail, set, "%q", in)
			assert.Contains(t, o.Error.Detail, "the scanner sends \"", "%q", in)
		}
	}
	for _, in := range []string{"]C1010880123456789310A|B", "]C1010880123456789410A|21B", "]C1010880123456789310A|21", "]C137A|10B"} {
		o := Explain(Input{Input: in})
		require.NotNil(t, o.Error, "%q: %+v", in, o)
		assert.NotContains(t, o.Error.Detail, set, "%q", in)
	}
	o := Explain(Input{Input: "]d2\x1d0108801234567893"})
	require.NotNil(t, o.Error)
	assert.Equal(t, gs1.CodeUnknownAI, o.Error.Code)
	assert.Contains(t, o.Error.Detail, "in front of the first AI")
}

// TestAskedReadTwice: what was asked for by name is told as read twice by the same proof.
func TestAskedReadTwice(t *testing.T) {
	for _, c := range []struct{ in, as, carrier, number string }{
		{"651234567891", "waybill", "cj", "651234567891"}, {"6512-3456-7891", "waybill", "cj", "651234567891"}, {"A225300099651A", "waybill", "yamato", "225300099651"},
		{"]C0651234567891", "waybill", "cj", "651234567891"}, {"8801234567893", "gtin", "", "8801234567893"},
		{"651234567894", "waybill", "cj", ""}, {"651234567891", "waybill", "ups", ""}, {"96385074", "ean8", "", ""}, {"8801234567894", "gtin", "", ""},
	} {
		o := Explain(Input{Input: c.in + c.in + "\r\n", As: c.as, Carrier: c.carrier})
		if c.number == "" {
			assert.False(t, o.OK, "%+v", o)
			continue
		}
		require.True(t, o.OK, "%+v of %s", o.Error, c.in)
		assert.Equal(t, []string{c.number, "doubled"}, []string{o.Number, o.Repaired})
	}
}

// TestWaybillReadTwice: standing twice with a right check digit proves a number of the
// length of an article's, of the job's carrier where there is one.
func TestWaybillReadTwice(t *testing.T) {
	for _, c := range []struct{ number, carrier, kind string }{
		{"651234567891", "", KindUnknown}, {"651234567891", "cj", KindWaybill}, {"225300099651", "yamato", KindWaybill}, {"1Z5R89390357567127", "", KindUnknown},
	} {
		o := Explain(Input{Input: c.number + c.number, Carrier: c.carrier})
		require.True(t, o.OK, "%+v", o.Error)
		assert.Equal(t, []string{c.kind, c.number, "doubled"}, []string{o.Kind, o.Number, o.Repaired}, c.number)
		if c.carrier == "" {
			require.NotNil(t, o.Hint)
			assert.Equal(t, CodeCarrier, o.Hint.Code)
			assert.NotEmpty(t, o.AlsoWaybill)
		}
	}
	for _, c := range []struct{ number, carrier string }{
		{"651234567894", ""}, {"651234567891", "ups"}, {"12345678901", ""}, {"8801234567894", ""},
	} {
		assert.Empty(t, Explain(Input{Input: strings.Repeat(c.number, 2), Carrier: c.carrier}).Repaired, c.number)
	}
}
