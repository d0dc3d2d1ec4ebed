package symbology

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"dcedge/labels/gs1"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for _, c := range []struct {
		name, code, aim, data, gtin, fault string
	}{
		{name: "EAN-13 with identifier", code: "]E08801234567893", data: "8801234567893", gtin: "08801234567893"},
		{name: "EAN-13 without", code: "8801234567893\r\n", data: "8801234567893", gtin: "08801234567893"},
		{name: "identifier apart", code: "8801234567893", aim: "]E0", data: "8801234567893", gtin: "08801234567893"},
		{name: "identifier twice", code: "]C1011234", aim: "]C1", data: "011234"},
		{name: "UPC-A off", code: "036000291452", data: "036000291452", gtin: "00036000291452"},
		{name: "UPC-A on", code: "]E00036000291452", data: "0036000291452", gtin: "00036000291452"},
		{name: "UPC-E off", code: "04252614", data: "04252614", gtin: "00042100005264"},
		{name: "EAN-8", code: "]E496385074", data: "96385074", gtin: "00000096385074"},
		{name: "case is another item", code: "18801234567890", data: "18801234567890", gtin: "18801234567890"},
		{name: "ITF cut short", code: "]I1880123456789", data: "880123456789"},
		{name: "add-on", code: "]E3880123456789312", data: "880123456789312", gtin: "08801234567893"},
		{name: "wrong check promised", code: "]E08801234567894", data: "8801234567894", fault: CodeCheck},
		{name: "too short promised", code: "]E0880123", data: "880123", fault: CodeLength},
		{name: "letters promised", code: "]E4ABCDEFGH", data: "ABCDEFGH", fault: CodeDigits},
		{name: "GS1 is not for us", code: "]C10108801234567893", data: "0108801234567893"},
		{name: "location", code: "LOC-C08-21-3", data: "LOC-C08-21-3"},
		{name: "no identifier after all", code: "]ZZhello", data: "]ZZhello"},
		{name: "GS stays", code: "]d20108801234567893\x1d10A", data: "0108801234567893\x1d10A"},
		{name: "empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Clean([]byte(c.code), c.aim)
			assert.Equal(t, c.data, r.Data)
			assert.Equal(t, c.gtin, r.GTIN)
			assert.Equal(t, c.fault, r.Fault)
		})
	}
	each, long, box := Clean([]byte("8801234567893"), ""), Clean([]byte("08801234567893"), ""), Clean([]byte("18801234567890"), "")
	assert.Equal(t, each.Key(), long.Key())
	assert.NotEqual(t, each.Key(), box.Key())
	assert.Equal(t, "TOTE-1", Clean([]byte("TOTE-1"), "").Key())
}

func TestCanonicalRefuses(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		in   string
		code string
		at   int
	}{
		{EAN13, "8801234567894", CodeCheck, 12},
		{EAN13, "880123456789", CodeLength, 12},
		{EAN13, "88A1234567893", CodeDigits, 2},
		{UPCE, "24252614", CodeSystem, 0},
		{"nope", "1", CodeKind, 0},
		{SSCC, "", CodeLength, 0},
	} {
		_, err := Canonical(c.kind, c.in)
		var e *Error
		require.ErrorAs(t, err, &e, c.in)
		assert.Equal(t, c.code, e.Code)
		assert.Equal(t, c.at, e.At)
	}
	_, err := ExpandUPCE("1")
	assert.Error(t, err)
}

func TestRestricted(t *testing.T) {
	assert.True(t, Restricted("02912345678903"))
	assert.True(t, Restricted("00212345678900"))
	assert.False(t, Restricted("08801234567893"))
	assert.False(t, Restricted("12912345678900"), "the indicator makes it another number")
	assert.False(t, Restricted("1"))
}

func TestRepair(t *testing.T) {
	site := map[string]bool{"SKU-00123": true, "TOTE-GKR": true, "LOC-C08-21-3": true, "85123A": true, "A1": true, "a1": true}
	known := func(c string) bool { return site[c] }
	for _, c := range []struct{ name, in, code, cause string }{
		{"hangul", "나ㅕ-00123", "SKU-00123", "hangul"},
		{"hangul compound", "썠ㄸ-핚", "TOTE-GKR", "hangul"},
		{"hangul proven by S10", "뜨660717581ㅏㄲ", "", ""},
		{"hangul unknown", "뮻123", "", ""},
		{"kana", "りらそ-そわゆ-ふぬ-あ", "LOC-C08-21-3", "kana"},
		{"kana digits proven by check digit", "ゆゆわぬふあうえおやゆよあ", "8801234567893", "kana"},
		{"half-width kana", "ﾕﾕﾜﾇﾌｱｳｴｵﾔﾕﾖｱ", "8801234567893", "kana"},
		{"wide", "８８０１２３４５６７８９３", "8801234567893", "wide"},
		{"caps lock", "sku-00123", "SKU-00123", "capslock"},
		{"doubled", "88012345678938801234567893", "8801234567893", "doubled"},
		{"doubled known", "85123A85123A", "85123A", "doubled"},
		{"two answers", "ㅁ1", "", ""},
		{"nothing", "", "", ""},
		{"long", strings.Repeat("ㅁ", 5000), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Repair(c.in, known)
			if c.code == "" {
				if c.name == "hangul proven by S10" && err == nil {
					assert.Equal(t, "EM660717581KR", got.Code)
					return
				}
				var e *Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, CodeUnknown, e.Code)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, Repaired{c.code, c.cause}, got)
		})
	}
}

func TestKanaTables(t *testing.T) {
	for _, p := range [][2]string{{kanaTyped, kanaKeys}, {shiftKana, shiftKeys}, {voicedKana, plainKana}, {halfVoiced, halfPlain}} {
		assert.Equal(t, utf8.RuneCountInString(p[0]), utf8.RuneCountInString(p[1]), p[0])
	}
	assert.Len(t, strings.Fields(hangulFirst), 19)
	assert.Len(t, strings.Fields(hangulVowel), 21)
	assert.Len(t, strings.Fields(hangulFinal), 27)
	assert.Len(t, strings.Fields(hangulCompat), 51)
	k, ok := UnKana("ガパー")
	assert.False(t, ok, k)
	k, ok = UnKana("ガぱ")
	assert.True(t, ok)
	assert.Equal(t, "t[f]", k)
	assert.True(t, Spoilt("뮻"))
	assert.True(t, Spoilt("１"))
	assert.False(t, Spoilt("SKU-1"))
}

// Whatever one digit of a number becomes, the check digit sees it.
func TestCheckDigitSeesEveryDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{7,17}`).Draw(t, "body")
		c, ok := CheckDigit(body)
		if !ok {
			t.Fatal("digits refused")
		}
		s := []byte(body + string(c))
		if !Valid(string(s)) {
			t.Fatalf("%s is not valid", s)
		}
		at := rapid.IntRange(0, len(s)-1).Draw(t, "at")
		by := rapid.IntRange(1, 9).Draw(t, "by")
		s[at] = '0' + (s[at]-'0'+byte(by))%10
		if Valid(string(s)) {
			t.Fatalf("%s passes after a change", s)
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add([]byte("]E08801234567893"), "")
	f.Add([]byte("04252614"), "")
	f.Add([]byte("\xff]\x1d"), "]d2")
	f.Fuzz(func(t *testing.T, code []byte, aim string) {
		r := Clean(code, aim)
		if r.GTIN != "" && (len(r.GTIN) != 14 || !Valid(r.GTIN)) {
			t.Fatalf("%q: GTIN %q", code, r.GTIN)
		}
		if rep, err := Repair(string(code), nil); err == nil && rep.Code == "" {
			t.Fatalf("%q repaired to nothing", code)
		}
	})
}

// TestIdentifiersOfTheStandard: what ISO/IEC 15424 gives to symbologies, and nothing
// else; both readers of scans know the same ones.
func TestIdentifiersOfTheStandard(t *testing.T) {
	for _, c := range []struct {
		aim string
		ok  bool
	}{
		{"]B0", true}, {"]C0", true}, {"]C3", false}, {"]C9", false}, {"]D0", true}, {"]E5", false}, {"]I2", false}, {"]J6", false}, {"]K0", true},
		{"]L2", true}, {"]N0", true}, {"]O4", true}, {"]P0", true}, {"]Q7", false}, {"]T0", true}, {"]Z0", true}, {"]W0", false}, {"]a0", false},
		{"]c0", true}, {"]d6", true}, {"]d7", false}, {"]e4", false}, {"]h1", true}, {"]o1", true}, {"]p0", true}, {"]s0", true}, {"]zC", true},
		{"]zD", false}, {"]CA", false}, {"]\x00\x00", false}, {"C1", false}, {"]C1 ", false},
	} {
		_, ok := Identify(c.aim)
		assert.Equal(t, c.ok, ok, c.aim)
	}
	for a := range 256 {
		for b := range 256 {
			aim := string([]byte{']', byte(a), byte(b)})
			_, ok := Identify(aim)
			_, err := gs1.ParseScan(aim+"0", gs1.Options{})
			var e *gs1.Error
			assert.Equal(t, ok, !(errors.As(err, &e) && e.Code == gs1.CodeIdentifier), "%q", aim)
		}
	}
}
