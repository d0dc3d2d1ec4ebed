package gs1

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Who reads an error without the Dictionary at hand learns what may stand there.
func TestDetailsSayWhatIsWanted(t *testing.T) {
	for in, want := range map[string]string{
		"0109521234543X13":              "only digits may stand here",
		"10A B":                         `only A-Z, a-z, 0-9 and !"%&'()*+,-./:;<=>?_ may stand here`,
		"10\xed\x95\x9c":                `only A-Z, a-z, 0-9 and !"%&'()*+,-./:;<=>?_ may stand here`,
		"80109520a":                     "only A-Z, 0-9, #, - and / may stand here",
		"8030A+B":                       "only A-Z, a-z, 0-9, - and _ may stand here, and = at the end",
		"8030AB==":                      "the = at the end do not fill the value up to a multiple of three",
		"80131987654Ad4X4bL5ttr2310c2X": "the two check characters at the end do not belong to the rest" + ScanAgain,
		"401AB12":                       "a company prefix stands here: four digits at least",
		"422000":                        "there is no country 000 (ISO 3166, three digits)",
		"7030000A":                      "there is no country 000 (ISO 3166, three digits; 999 for several)",
		"4307kr":                        "two capitals of a country are wanted (ISO 3166)",
		"3910000100":                    "there is no currency 000 (ISO 4217, three digits)",
		"8007ZZ89370400440532013000":    "an IBAN begins with the two capitals of a country",
		"8007DE8937040044053201300a":    "only A-Z and 0-9 may stand in an IBAN",
		"8007DE88370400440532013000":    "the check digits of the IBAN do not belong to the rest",
		"43212":                         "0 (no) or 1 (yes) is wanted",
		"4330000100+":                   "only - may stand here (below zero)",
		"430918000000010000000000":      "beyond 1800000000, which is 90 degrees north",
		"430900000000003600000001":      "beyond 3600000000, which is 180 degrees east",
		"4300A%2":                       "a % wants two hexadecimal digits behind it",
		"7041ZZZZ":                      "there is no such type of package (UN/ECE recommendation 21)",
		"724179":                        "01 to 10, or 80 to 99, is wanted (AIDC media type)",
		"72523":                         "0, 1, 2 or 9 is wanted (ISO 5218)",
		"72582/1":                       "the position is beyond the end",
		"72581-2":                       "position and end are wanted, as 1/2",
		"800100000000100101":            "zeros alone may not stand here",
		"800100010000100101":            "",
		"800100010000100121":            "0, 1 or 9 is wanted (direction of winding)",
		"800314006381333931":            "only 0 may stand here",
		"8006095212345432130605":        "the piece is beyond the total",
		"8006095212345432130005":        "pieces are counted from 01",
		"8006095212345432130500":        "a total of 00 pieces",
		"801101":                        "no zero may stand in front",
		"70401AB!":                      "only A-Z, a-z, 0-9, - and _ may stand here",
		"81100":                         "the coupon's data breaks off, or a number in it is none",
	} {
		_, err := Parse(in, Options{SkipRequisites: true})
		if want == "" {
			assert.NoError(t, err, in)
			continue
		}
		var e *Error
		require.ErrorAs(t, err, &e, in)
		assert.Equal(t, want, e.Detail, "%s: %s", in, e.Code)
	}
}
