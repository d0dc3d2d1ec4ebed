package waybill

import (
	"errors"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, carrier, in, number, code string
		warn                            bool
	}{
		{name: "cj", carrier: "cj", in: "6500-0000-0014", number: "650000000014", warn: true},
		{name: "cj right check", carrier: "cj", in: "650000000011", number: "650000000011"},
		{name: "cj legacy", carrier: "cj", in: "1234567890", number: "1234567890"},
		{name: "cj letters", carrier: "cj", in: "65000000001X", code: CodeShape},
		{name: "lotte wrong check", carrier: "lotte", in: "261152189726", code: CodeCheck},
		{name: "yamato codabar", carrier: "yamato", in: "A225300099640A", number: "225300099640"},
		{name: "sagawa lower codabar", carrier: "sagawa", in: "d600078420325d", number: "600078420325"},
		{name: "hyphens of a text", carrier: "yamato", in: "22\u201053\u2011000\u20139\u22129\uff0d6\u30fc40", number: "225300099640"},
		{name: "dhl piece as printed", carrier: "dhl", in: "JD01 4600 0045 9119 0131", number: "JD014600004591190131"},
		{name: "dhl piece as scanned", carrier: "dhl", in: "JJD014600004591190131", number: "JJD014600004591190131"},
		{name: "no dhl piece", carrier: "dhl", in: "JD0146000045911901", code: CodeShape},
		{name: "only one letter", carrier: "yamato", in: "a2253-0009-9640", number: "225300099640"},
		{name: "letters inside stay", carrier: "yamato", in: "22530009964B0", code: CodeShape},
		{name: "amazon keeps its letter", carrier: "amazon", in: "C1004444444", number: "C1004444444"},
		{name: "s10", carrier: "koreapost", in: "em966331020kr", number: "EM966331020KR"},
		{name: "s10 country", carrier: "s10", in: "EM966331020QQ", code: CodeCountry},
		{name: "carrier", carrier: "nobody", in: "1", code: CodeCarrier},
		{name: "empty", carrier: "cj", in: "", code: CodeShape},
		{name: "ten kilobytes", carrier: "cj", in: string(make([]byte, 10240)), code: CodeShape},
		{name: "usps with zip", carrier: "usps", in: "420 22153 9101026837331000039521", number: "420221539101026837331000039521"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := Check(c.carrier, c.in)
			if c.code != "" {
				var e *Error
				require.ErrorAs(t, err, &e)
				assert.Equal(t, c.code, e.Code)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.number, res.Number)
			assert.Equal(t, c.warn, len(res.Warnings) > 0, "%v", res.Warnings)
		})
	}
}

// A licence plate is printed without the data identifier that its symbol begins
// with: one number, however it was read.
func TestTwin(t *testing.T) {
	for _, c := range []struct{ carrier, paper, symbol string }{
		{"dhl", "JD014600004591190131", "JJD014600004591190131"},
		{"yodel", "JD0002255380054291", "JJD0002255380054291"},
	} {
		assert.Equal(t, c.symbol, Standard().Twin(c.carrier, c.paper))
		assert.Equal(t, c.paper, Standard().Twin(c.carrier, c.symbol))
	}
	for _, none := range [][2]string{{"dhl", ""}, {"dhl", "J"}, {"dhl", "JJD0099999999"}, {"dhl", "JVGL0620912345678"}, {"dhl", "1234567891"},
		{"yodel", "JD014600004591190131"}, {"cj", "JD014600004591190131"}, {"nobody", "JD0002255380054291"}} {
		assert.Empty(t, Standard().Twin(none[0], none[1]), none)
	}
	own, err := Parse("own plate JD[0-9A-F]{6} - shape plate\nown bare Jd{4} - shape")
	require.NoError(t, err)
	assert.Equal(t, "JJD00AB12", own.Twin("own", "JD00AB12"), "a site's own")
	assert.Empty(t, own.Twin("own", "J1234"))
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		format string
		serial uint64
		want   string
		code   string
	}{
		{"cj", 65000000000, "650000000000", ""},
		{"cj", 65000000001, "650000000011", ""},
		{"cj", 7, "000000000070", ""},
		{"lotte", 26115218972, "261152189723", ""},
		{"logen", 12345678901, "12345678901", ""},
		{"koreapost", 6012345678901, "6012345678901", ""},
		{"yamato", 22530009964, "225300099640", ""},
		{"yamato", 22530009965, "225300099651", ""},
		{"s10:EM:KR", 96633102, "EM966331020KR", ""},
		{"ups:1Z5R893903", 5756712, "1Z5R89390357567127", ""},
		{"cj", 100000000000, "", CodeRange},
		{"usps", 1, "", CodeFormat},
		{"", 1, "", CodeFormat},
		{"s10:E1:KR", 1, "", CodeFormat},
		{"s10:EM:QQ", 1, "", CodeFormat},
		{"ups:1Z5R89^903", 1, "", CodeFormat},
		{"s10:EM:KR", 100000000, "", CodeRange},
	} {
		t.Run(c.format+"/"+strconv.FormatUint(c.serial, 10), func(t *testing.T) {
			got, err := Number(c.format, c.serial)
			var e *Error
			if errors.As(err, &e) {
				assert.Equal(t, c.code, e.Code)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
			assert.Empty(t, c.code)
		})
	}
}

// Every number made from a serial is accepted without a warning, and no two serials
// give one number.
func TestNumberIsAccepted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		carrier := rapid.SampledFrom([]string{"cj", "hanjin", "lotte", "logen", "koreapost", "daesin", "yamato", "sagawa", "japanpost", "fedex", "dhl"}).Draw(t, "carrier")
		width := Standard().SerialWidth(carrier)
		serial := rapid.Uint64Range(0, pow10(width)-2).Draw(t, "serial")
		n, err := Number(carrier, serial)
		if err != nil {
			t.Fatal(err)
		}
		res, err := Check(carrier, n)
		if err != nil || len(res.Warnings) > 0 || res.Number != n {
			t.Fatalf("%s %d -> %s: %+v %v", carrier, serial, n, res, err)
		}
		next, err := Number(carrier, serial+1)
		if err != nil || next == n {
			t.Fatalf("%s and its successor are both %s (%v)", n, next, err)
		}
	})
}

func pow10(n int) uint64 {
	out := uint64(1)
	for range n {
		out *= 10
	}
	return out
}

// A check modulo 7 does not see a digit changed by 7; this is stated, not hidden.
func TestMod7Limits(t *testing.T) {
	res, err := Check("yamato", "925300099640")
	require.NoError(t, err)
	assert.Empty(t, res.Warnings)
}

func TestParseRefuses(t *testing.T) {
	_, err := Parse("x y d{ - shape\nx y (d{2})! nope sure\nx y d mod7 sure\nx y d - sure\nshort\nx y d - shape odd\nx y ad - shape issue\nx y [ - shape\n")
	require.Error(t, err)
	for _, line := range []string{"line 1:", "line 2:", "line 3:", "line 4:", "line 5:", "line 6:", "line 7:", "line 8:"} {
		assert.ErrorContains(t, err, line)
	}
	more, err := Parse("cj mine d{5} - shape")
	require.NoError(t, err)
	both := Standard().With(more)
	res, err := both.Check("cj", "12345")
	require.NoError(t, err)
	assert.Equal(t, "mine", res.Rule)
	assert.True(t, both.Known("lotte"))
	assert.Contains(t, both.Carriers(), "cj")
}

func FuzzCheck(f *testing.F) {
	f.Add("cj", "650000000011")
	f.Add("ups", "1Z5R89390357567127")
	f.Add("dhl", "GM 2951173225174494")
	f.Add("usps", "4201002334249200190132607600833457")
	f.Fuzz(func(t *testing.T, carrier, number string) {
		res, err := Check(carrier, number)
		if err != nil {
			return
		}
		again, err := Check(carrier, res.Number)
		if err != nil || again.Number != res.Number {
			t.Fatalf("%q normalises to %q, which is not stable: %v", number, res.Number, err)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	Standard()
	for b.Loop() {
		if _, err := Check("cj", "650000000011"); err != nil {
			b.Fatal(err)
		}
	}
}

// A site writes rules of its own: whatever stands in them, reading and using them ends.
func FuzzRules(f *testing.F) {
	f.Add("cj cj-12 dd(d{9})! mod7 doubtful issue", "650000000011")
	f.Add("x a [0-8]d{2,40}x{1,40}(a{1,3})? mod37 sure codabar zip", "A1234B")
	f.Add("j d7 doubtd{9})! mod7 doubtful issue", "9000031") // small letters in a shape
	f.Add("0 0 !!d{7} mod7 doubtful issue", "00a00000000")   // two check characters
	f.Add("x a (d{11})! weighted:3,1,7/11 sure\nx b d{12} - shape issue", "123456789012")
	f.Fuzz(func(t *testing.T, text, number string) {
		r, err := Parse(text)
		if err != nil {
			return
		}
		for _, c := range r.Carriers() {
			_, _ = r.Check(c, number)
			if w := r.SerialWidth(c); w > 0 {
				n, err := r.Number(c, 7)
				if err != nil {
					continue // the shape asks for more digits than a number may have
				}
				if res, err := r.Check(c, n); err != nil || len(res.Warnings) > 0 {
					t.Fatalf("%q makes %q, which it refuses: %v %v", text, n, err, res.Warnings)
				}
			}
		}
	})
}

// TestSpaceAndSure: formats of one carrier share its numbers.
func TestSpaceAndSure(t *testing.T) {
	r := Standard()
	for format, want := range map[string]string{"cj": "cj", "cj-12": "cj", "s10:EM:KR": "s10", "ups:1Z12345E02": "ups", "nobody": "nobody", "": ""} {
		if got := r.Space(format); got != want {
			t.Errorf("%q: %q, want %q", format, got, want)
		}
	}
	for carrier, want := range map[string]bool{"lotte": true, "cj": false, "nobody": false} {
		if r.Sure(carrier) != want {
			t.Errorf("%s: sure %v", carrier, !want)
		}
	}
}
