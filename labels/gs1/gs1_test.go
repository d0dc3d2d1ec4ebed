package gs1

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const medicine = "0108806572002433" + "17250616" + "10HP04AA" + "\x1d" + "21HP04AA003122"

func TestParse(t *testing.T) {
	m, err := Parse(medicine, Options{})
	require.NoError(t, err)
	assert.Equal(t, "^01088065720024331725061610HP04AA^21HP04AA003122", m.String())
	assert.Equal(t, medicine, m.ElementString())
	assert.Equal(t, "(01)08806572002433(17)250616(10)HP04AA(21)HP04AA003122", m.Bracketed())
	assert.Equal(t, []string{"(01) 08806572002433", "(17) 250616", "(10) HP04AA", "(21) HP04AA003122"}, m.HRI())
	uri, err := m.Link("", Options{})
	require.NoError(t, err)
	assert.Equal(t, "https://id.gs1.org/01/08806572002433/10/HP04AA/21/HP04AA003122?17=250616", uri)
	assert.Equal(t, "GTIN", m.Elements[0].Entry().Title)
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name, in, code, ai string
		at                 int
	}{
		{"check digit", "0109521234543214", "checkDigit", "01", 15},
		{"month", "010952123454321317251301", "illegalMonth", "17", 20},
		{"day", "010952123454321317250231", "illegalDay", "17", 22},
		{"unknown AI", "010952123454321305123", CodeUnknownAI, "", 16},
		{"too short", "01095212345", CodeTooShort, "01", 2},
		{"no value", "010952123454321310", CodeEmptyValue, "10", 18},
		{"too long", "010952123454321310" + strings.Repeat("X", 21), CodeTooLong, "10", 38},
		{"set 82", "010952123454321310A B", "invalidCset82Character", "10", 19},
		{"caret", "0109521234543213^10A", CodeCaret, "", 16},
		{"alone", "10ABC", CodeRequisite, "10", 2},
		{"pair", "010952123454321302095212345432133712", CodePair, "01", 2},
		{"repeated", "010952123454321310A\x1d10B", CodeRepeated, "10", 22},
		{"empty", "", CodeEmpty, "", 0},
		{"large", strings.Repeat("9", maxInput+1), CodeTooLarge, "", 0},
		{"many", strings.Repeat("11010101", 65), CodeTooManyAIs, "", 512},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse(c.in, Options{})
			var e *Error
			require.ErrorAs(t, err, &e)
			assert.Equal(t, c.code, e.Code)
			assert.Equal(t, c.ai, e.AI)
			assert.Equal(t, c.at, e.At)
			assert.NotEmpty(t, e.Error())
		})
	}
}

// The trap of the Korean medicine pack: the keyboard ate the separator.
func TestAmbiguous(t *testing.T) {
	for _, c := range []struct {
		name, in  string
		ambiguous bool
	}{
		{"separator eaten", strings.ReplaceAll(medicine, "\x1d", ""), true},
		{"separator there", medicine, false},
		{"a lot that looks like a year", "010880657200243310L20240115", false},
		{"a lot of digits", "0108806572002433109900374", false},
		{"a date eaten", "010880657200243310HP04AA17250616", true},
		{"no date", "010880657200243310HP04AA17259916", false},
		{"the lower symbol of two", "10HP04AA21HP04AA003122", true},
		{"nothing after", "010880657200243310HP04AA", false},
		{"lot with digits", "010952123454321310ABC123", false},
		{"two eaten, too long for one", "0108806572002433" + "10" + strings.Repeat("A", 15) + "21" + strings.Repeat("B", 18), true},
		{"the same AI again is no other reading", "010880657200243310A10B", false},
		{"fixed only", "0108806572002433" + "17250616", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ParseKeyed(c.in, Options{SkipRequisites: true})
			_, trusted := ParseKeyed(c.in, Options{SkipRequisites: true, KeepsSeparators: true})
			var e *Error
			if !c.ambiguous {
				require.NoError(t, err)
				return
			}
			require.ErrorAs(t, err, &e)
			assert.Equal(t, CodeAmbiguous, e.Code)
			var kept *Error
			assert.False(t, errors.As(trusted, &kept) && kept.Code == CodeAmbiguous, "a device that sends separators has lost none")
			_, err = ParseScan("]C1"+c.in, Options{})
			require.ErrorAs(t, err, &e)
			assert.Equal(t, CodeAmbiguous, e.Code)
		})
	}
}

func TestDate(t *testing.T) {
	for _, c := range []struct {
		in                    string
		now, year, month, day int
		zero                  bool
		code                  string
	}{
		{"250200", 2026, 2025, 2, 28, true, ""},
		{"240200", 2026, 2024, 2, 29, true, ""},
		{"750101", 2026, 2075, 1, 1, false, ""},
		{"770101", 2026, 1977, 1, 1, false, ""},
		{"760101", 2026, 2076, 1, 1, false, ""},
		{"010101", 2050, 2001, 1, 1, false, ""},
		{"010101", 2051, 2101, 1, 1, false, ""},
		{"000229", 2060, 0, 0, 0, false, "illegalDay"},
		{"251301", 2026, 0, 0, 0, false, "illegalMonth"},
	} {
		y, m, d, z, err := Date(c.in, c.now)
		if c.code != "" {
			var e *Error
			require.ErrorAs(t, err, &e, c.in)
			assert.Equal(t, c.code, e.Code)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, []int{c.year, c.month, c.day}, []int{y, m, d}, c.in)
		assert.Equal(t, c.zero, z)
	}
}

func TestTableRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":          "# empty",
		"no parts":         "01 | f |  |",
		"check":            "01 | f | n14:nosuch |",
		"set":              "01 | f | q14 |",
		"range":            "05-01 | f | n2 |",
		"twice":            "01 | f | n2 |\n01 | f | n2 |",
		"lengths":          "01 | f | n2 |\n012 | f | n2 |",
		"variable first":   "01 | | n1-2 n3 |",
		"optional first":   "01 | | n2? n3 |",
		"link":             "01 | | n2 | | | nokey",
		"too long":         "01 | | n91 |",
		"length no number": "01 | | nX |",
	} {
		_, err := ParseTable(text)
		assert.Error(t, err, name)
	}
	_, err := FromDictionary("01 * N14,nosuch")
	assert.Error(t, err)
	_, err = FromDictionary("01")
	assert.Error(t, err)
}

// Writing a message and reading it back gives the same, in every form.
func TestRoundTrip(t *testing.T) {
	text := rapid.StringMatching(`[!-"%-?A-Z_a-z]{1,20}`)
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.StringMatching(`[0-9]{13}`).Draw(t, "gtin")
		gtin, _ := withCheckDigit(body)
		b := "(01)" + gtin
		if rapid.Bool().Draw(t, "expiry") {
			b += "(17)2" + rapid.StringMatching(`[0-9]`).Draw(t, "y") + "0" + rapid.StringMatching(`[1-9]`).Draw(t, "m") + "00"
		}
		b += "(10)" + strings.ReplaceAll(text.Draw(t, "lot"), "(", `\(`)
		b += "(21)" + strings.ReplaceAll(text.Draw(t, "serial"), "(", `\(`)
		m, err := ParseBracketed(b, Options{})
		if err != nil {
			if e := err.(*Error); strings.HasPrefix(e.AI, "0") && e.Code == "invalidGcpPrefix" || strings.Contains(b, `\\(`) {
				return
			}
			t.Fatalf("%s: %v", b, err)
		}
		again, err := ParseMessage(m.String(), Options{})
		if err != nil || again.Bracketed() != b {
			t.Fatalf("%s -> %s -> %s %v", b, m.String(), again.Bracketed(), err)
		}
		again, err = Parse(m.ElementString(), Options{})
		if err != nil || again.Bracketed() != b {
			t.Fatalf("%s -> %q -> %s %v", b, m.ElementString(), again.Bracketed(), err)
		}
		uri, err := m.Link("https://example.com/x", Options{})
		if err != nil {
			t.Fatal(err)
		}
		linked, err := ParseLink(uri, Options{})
		if err != nil {
			t.Fatalf("%s: %v", uri, err)
		}
		for _, e := range m.Elements {
			if v, _ := linked.Value(e.AI); v != e.Value {
				t.Fatalf("%s: AI %s is %q, was %q", uri, e.AI, v, e.Value)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{medicine, "^01095212345432131^", "(01)09521234543213(10)A\\(B", "https://a/01/09521234543213/10/A?17=250101#f",
		"]E02112345678900|]e099A", "]C1" + medicine, "8110106141416543213500110000310123196000", "\xff\x00\x1d(01)%00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := Parse(s, Options{}); err == nil {
			if again, err := Parse(m.ElementString(), Options{}); err != nil || again.String() != m.String() {
				t.Fatalf("%q: %v", s, err)
			}
		}
		_, _ = ParseKeyed(s, Options{PermitUnknown: true})
		if m, err := ParseMessage(s, Options{}); err == nil {
			if again, err := ParseMessage(m.String(), Options{}); err != nil || again.String() != m.String() {
				t.Fatalf("%q: %v", s, err)
			}
		}
		_, _ = ParseBracketed(s, Options{PermitUnknown: true})
		_, _ = ParseScan(s, Options{})
		if m, err := ParseLink(s, Options{}); err == nil {
			if _, err := m.Link("", Options{}); err != nil {
				t.Fatalf("%q read as a link but not written: %v", s, err)
			}
		}
		_, _ = FromDictionary(s)
		_, _ = ParseTable(s)
	})
}

func BenchmarkParse(b *testing.B) {
	Standard()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(medicine, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// The table is data that a site may replace.
func FuzzTable(f *testing.F) {
	f.Add("01 | f | n14:csum |", "0109521234543213")
	f.Add("10 | | x1-20 | |", "10ABC")
	f.Add("01 *? N14,csum,gcppos2 ex=255,37 dlpkey=22,10,21|235 # GTIN", "0109521234543213")
	f.Fuzz(func(t *testing.T, text, data string) {
		for _, read := range []func(string) (*Table, error){ParseTable, FromDictionary} {
			if table, err := read(text); err == nil {
				_, _ = Parse(data, Options{Table: table})
				_, _ = ParseKeyed(data, Options{Table: table})
			}
		}
	})
}
