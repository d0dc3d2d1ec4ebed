package gs1

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sample makes a value of an AI as its checks want it.
func sample(t require.TestingT, ai *AI) string {
	fits := map[string]string{"yymmdd": "261130", "yymmd0": "261100", "yyyymmdd": "20261130", "yyyymmd0": "20261100", "hhmi": "1405", "hh": "14", "mi": "05",
		"ss": "09", "iso3166": "410", "iso3166999": "999", "iso3166alpha2": "KR", "iso4217": "410", "yesno": "1", "zero": "0", "winding": "1",
		"iso5218": "1", "mediatype": "01", "pieceoftotal": "0102", "latitude": "0900000000", "longitude": "1800000000", "hyphen": "-",
		"packagetype": "BX", "posinseqslash": "1/2", "importeridx": "A", "iban": "GB82WEST12345698765432", "csumalpha": "1987654Ad4X4bL5ttr2310c2K"}
	var b strings.Builder
	for _, p := range ai.Parts {
		if p.Optional {
			continue
		}
		v := map[byte]string{'n': strings.Repeat("1", p.Min), 'x': strings.Repeat("A", p.Min), 'y': strings.Repeat("A", p.Min), 'z': strings.Repeat("A", p.Min)}[p.Set]
		for _, check := range p.Checks {
			switch {
			case fits[check] != "":
				v = fits[check]
			case check == "csum":
				v, _ = withCheckDigit(strings.Repeat("9521", 5)[:p.Min-1])
			case check == "gcppos1" && p.Set != 'n':
				v = "9521A"
			case check == "hasnondigit", check == "couponcode", check == "couponposoffer":
				// settled with the check before, or no value that can be made up
			}
		}
		b.WriteString(v)
	}
	v := b.String()
	_, err := ai.validate(ai.Code, v, 0)
	if strings.HasPrefix(ai.Code, "81") {
		return v
	}
	require.NoError(t, err, "AI %s: %q", ai.Code, v)
	return v
}

// TestLostSeparatorOfTheWholeTable: within every AI whose value may be of many lengths,
// in front of every AI whose digits prove themselves, with and without what they need
// in front: a lost separator is told, never swallowed and never put back.
func TestLostSeparatorOfTheWholeTable(t *testing.T) {
	all := Standard().All()
	var heads, tails []*AI
	for i := range all {
		ai := &all[i]
		last := ai.Parts[len(ai.Parts)-1]
		switch {
		case !ai.Fixed && last.Set == 'x' && last.Max >= 20 && len(last.Checks) == 0:
			heads = append(heads, ai)
		case ai.follows():
			tails = append(tails, ai)
		}
	}
	require.Greater(t, len(heads), 30)
	require.Greater(t, len(tails), 250)
	for _, code := range []string{"7003", "4324", "4325", "4326", "7006", "7007", "7011", "8008", "402", "253", "422", "8017", "17", "3103", "8005", "7001"} {
		ai, _ := Standard().Lookup(code)
		assert.True(t, ai.follows(), "digits that prove themselves: %s", code)
	}
	gtin, _ := withCheckDigit("0952123454321")
	sscc, _ := withCheckDigit("10952123454321000")
	fronts := []string{"", "01" + gtin, "00" + sscc}
	told := 0
	rapid.Check(t, func(t *rapid.T) {
		head := heads[rapid.IntRange(0, len(heads)-1).Draw(t, "head")]
		front := rapid.SampledFrom(fronts).Draw(t, "front")
		text := rapid.StringMatching(`[A-Z]{1,6}`).Draw(t, "text")
		value := sample(t, head)
		value = value[:len(value)-1] + text // the last part takes what is there
		for _, tail := range tails {
			with := front + head.Code + value + "\x1d" + tail.Code + sample(t, tail)
			asSent, err := Parse(with, Options{SkipRequisites: true})
			if err != nil {
				continue // the two must not stand together
			}
			unsplit, err := Parse(strings.Replace(with, "\x1d", "", 1), Options{SkipRequisites: true})
			if err == nil && unsplit.Requisites() == nil && asSent.Requisites() != nil && !tail.certain() {
				continue // good data as it stands, and no good data with a separator
			}
			_, err = ParseKeyed(strings.Replace(with, "\x1d", "", 1), Options{SkipRequisites: true})
			e, ok := err.(*Error)
			if !ok || e.Code != CodeAmbiguous && unsplit.Elements != nil {
				t.Fatalf("%q is read as %v %v", with, unsplit, err)
			}
			told++
		}
	})
	require.Greater(t, told, 1000)
}

// TestLostSeparatorBeforeDates: the cases of the floor, in figures.
func TestLostSeparatorBeforeDates(t *testing.T) {
	for in, at := range map[string]int{
		"010880123456789310LOT17003" + "2611221405":       22,
		"010880123456789310LOT14324" + "2611220900":       22,
		"010880123456789310LOT14325" + "2611220000":       22,
		"7003261122140510LOT1":                            14,
		"010880123456789310A7003" + "2611221405" + "240X": 19,
	} {
		_, err := ParseKeyed(in, Options{SkipRequisites: true})
		var e *Error
		require.ErrorAs(t, err, &e, in)
		assert.Equal(t, CodeAmbiguous, e.Code, in)
		assert.Equal(t, at, e.At, in)
	}
	for _, in := range []string{"010880123456789310LOT17003" + "2613051405", "010880123456789310LOT17003" + "2611222460", "010880123456789310L7003"} {
		_, err := ParseKeyed(in, Options{SkipRequisites: true})
		assert.NoError(t, err, in)
	}
	_, err := ParseScan("]E08801234567893|]e010LOT121SER1", Options{SkipRequisites: true})
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, []any{CodeAmbiguous, 13 + 4 + 6}, []any{e.Code, e.At}, "a composite part comes through the same keyboard")
}

// TestHonestLotsAreRead: what is looked for must not refuse the lots of every day.
func TestHonestLotsAreRead(t *testing.T) {
	refused, n := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			lot := rapid.StringMatching(`[A-Z]{1,2}[0-9]{6}`).Draw(t, "lot")
			n++
			if _, err := ParseKeyed("0108801234567893"+"10"+lot, Options{}); err != nil {
				refused++
			}
		}
	})
	assert.Less(t, refused*12, n, "%d of %d", refused, n)
}

// TestCompositeOfTwoArticles: the number beside a composite part and that in it are of
// one article, or the symbol is none.
func TestCompositeOfTwoArticles(t *testing.T) {
	for in, code := range map[string]string{
		"8801234567893|^010952123454321310A":   CodeRepeated,
		"8801234567893|^010880123456789310A":   "",
		"8801234567893|^10A":                   "",
		"8801234567893|^02095212345432133712":  CodePair,
		"8801234567893|(01)09521234543213":     CodeRepeated,
		"8801234567893|(01)08801234567893":     "",
		"]E08801234567893|]e00109521234543213": CodeRepeated,
		"]E08801234567893|]e00108801234567893": "",
		"]E402345673|]e00109521234543213":      CodeRepeated,
		"]E402345673|]e00100000002345673":      "",
	} {
		var m Message
		var err error
		switch {
		case in[0] == ']':
			var s Scan
			s, err = ParseScan(in, Options{})
			m = s.Message
		case strings.Contains(in, "("):
			m, err = ParseBracketed(in, Options{})
		default:
			m, err = ParseMessage(in, Options{})
		}
		if code == "" {
			require.NoError(t, err, in)
			assert.NoError(t, m.Requisites(), "%s: the article beside it is what the rest needs", in)
			continue
		}
		var e *Error
		require.ErrorAs(t, err, &e, in)
		assert.Equal(t, code, e.Code, in)
	}
}

// TestWrongCheckDigitSaysWhatToDo in words, with both digits.
func TestWrongCheckDigitSaysWhatToDo(t *testing.T) {
	const says = "read 4, the other digits want 3: scan again; if it stays, the label is misprinted"
	for _, in := range []string{"]C10108801234567894", "]E08801234567894", "]Q1https://a.example/01/08801234567894"} {
		_, err := ParseScan(in, Options{})
		var e *Error
		require.ErrorAs(t, err, &e, in)
		assert.Equal(t, says, e.Detail, in)
	}
	_, err := ParseBracketed("(😀😀😀😀😀😀😀😀😀)1", Options{})
	var e *Error
	require.ErrorAs(t, err, &e)
	assert.Equal(t, strings.Repeat("😀", 8), e.AI, "no character is cut")
}

// A content without its count (AI 02 wants 37) whose lot would hold one: a separator is
// missing in front of it. Where the count cannot be meant the lot is the lot.
func TestAWantedElementIsNoPartOfALot(t *testing.T) {
	for data, want := range map[string]string{
		"0010614141234567890802095212345432131727013110ABC3724": CodeAmbiguous,
		"020952123454321310ABC3724":                             CodeAmbiguous,
		"010952123454321310ABC3724":                             "", // beside 01 there is no count
		"10ABC3724":                                             "", // the count of nothing
	} {
		_, err := ParseKeyed(data, Options{SkipRequisites: true})
		var e *Error
		if want == "" {
			assert.NoError(t, err, data)
		} else if assert.ErrorAs(t, err, &e, data) {
			assert.Equal(t, want, e.Code, data)
		}
	}
}
