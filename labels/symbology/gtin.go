package symbology

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"dcedge/labels/gs1"
)

// Kind names a number by the symbol it is printed in.
type Kind string

// Kinds that [Canonical] knows. GTIN takes 8, 12, 13 or 14 digits.
const (
	GTIN  Kind = "gtin"
	EAN13 Kind = "ean13"
	EAN8  Kind = "ean8"
	UPCA  Kind = "upca"
	UPCE  Kind = "upce"
	ITF14 Kind = "itf14"
	SSCC  Kind = "sscc"
	GLN   Kind = "gln"
)

// Codes of an [Error]; they are stable.
const (
	CodeLength  = "length"
	CodeDigits  = "notDigits"
	CodeCheck   = "checkDigit"
	CodeZero    = "illegalZeroValue" // zeros only: nobody's number
	CodeSystem  = "numberSystem"     // UPC-E exists for number systems 0 and 1 only
	CodeKind    = "kindUnknown"
	CodeAIM     = "symbologyUnknown"
	CodeUnknown = "unproven"
	CodePlain   = "plain" // no GS1 data
)

// Error is a number or an identifier refused.
type Error struct {
	Code   string
	At     int // offset in bytes
	Detail string
}

func (e *Error) Error() string { return "symbology: " + e.Code + ": " + e.Detail }

// CheckDigit computes the GS1 check digit of digits without one: weights 3,1,3,...
// from the right, modulo 10 (GS1 General Specifications, section 7.9.1). ok is
// false where a character is no digit or there is none.
func CheckDigit(payload string) (digit byte, ok bool) {
	sum, w := 0, 3
	for i := len(payload) - 1; i >= 0; i-- {
		c := payload[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		sum += int(c-'0') * w
		w = 4 - w
	}
	return byte('0' + (10-sum%10)%10), payload != ""
}

// Valid reports whether the last digit of s is the right GS1 check digit.
func Valid(s string) bool {
	if len(s) < 2 {
		return false
	}
	c, ok := CheckDigit(s[:len(s)-1])
	return ok && c == s[len(s)-1]
}

// Number is a number of the GS1 family, its check digit proven.
type Number struct {
	Kind  Kind
	Value string // as given; a UPC-E stays in its short form
	GTIN  string // 14 digits; empty for SSCC and GLN
}

// Canonical checks a number and gives it as 14 digits where it is a GTIN.
func Canonical(kind Kind, s string) (Number, error) {
	lengths := lengthsOf(kind)
	if lengths == nil {
		return Number{}, &Error{Code: CodeKind, Detail: "no such kind of number"}
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return Number{}, &Error{Code: CodeDigits, At: i, Detail: "only digits may stand here"}
		}
	}
	if !slices.Contains(lengths, len(s)) {
		e := wrongLength(s, lengths...)
		if kind == UPCE { // scanners can be set to send fewer
			e.Detail += ": number system 0 or 1, the six digits, check digit"
		}
		return Number{}, e
	}
	full := s
	if kind == UPCE {
		a, err := ExpandUPCE(s)
		if err != nil {
			return Number{}, err
		}
		full = a
	}
	switch want, _ := CheckDigit(full[:len(full)-1]); {
	case want != full[len(full)-1]:
		return Number{}, &Error{Code: CodeCheck, At: len(s) - 1, Detail: gs1.WrongCheck(full[len(full)-1], want)}
	case strings.Trim(s, "0") == "":
		return Number{}, &Error{Code: CodeZero, Detail: "zeros only are nobody's number"}
	}
	n := Number{Kind: kind, Value: s}
	if kind != SSCC && kind != GLN {
		n.GTIN = zeros(full)
	}
	return n, nil
}

// lengthsOf gives the numbers of digits that a kind has; nil of a kind that is none.
func lengthsOf(kind Kind) []int {
	switch kind {
	case GTIN:
		return []int{8, 12, 13, 14}
	case EAN13, GLN:
		return []int{13}
	case EAN8, UPCE:
		return []int{8}
	case UPCA:
		return []int{12}
	case ITF14:
		return []int{14}
	case SSCC:
		return []int{18}
	}
	return nil
}

// wrongLength counts characters, as people do.
func wrongLength(s string, want ...int) *Error {
	text := ""
	for i, n := range want {
		switch {
		case i > 0 && i == len(want)-1:
			text += " or "
		case i > 0:
			text += ", "
		}
		text += strconv.Itoa(n)
	}
	return &Error{Code: CodeLength, At: len(s), Detail: strconv.Itoa(utf8.RuneCountInString(s)) + " digits, want " + text}
}

func zeros(s string) string {
	const z = "00000000000000"
	if len(s) >= len(z) {
		return s
	}
	return z[len(s):] + s
}

// ExpandUPCE gives the UPC-A number (12 digits) of a UPC-E number of 8 digits
// (number system, six digits, check digit). The sixth digit of the six says where
// the zeros were (GS1 General Specifications, section 5.2.2.4). The check digit is
// carried over, not tested.
func ExpandUPCE(s string) (string, error) {
	if len(s) != 8 {
		return "", wrongLength(s, 8)
	}
	if s[0] != '0' && s[0] != '1' {
		return "", &Error{Code: CodeSystem, Detail: "UPC-E begins with 0 or 1"}
	}
	d := s[1:7]
	var body string
	switch d[5] {
	case '0', '1', '2':
		body = d[:2] + d[5:6] + "0000" + d[2:5]
	case '3':
		body = d[:3] + "00000" + d[3:5]
	case '4':
		body = d[:4] + "00000" + d[4:5]
	default:
		body = d[:5] + "0000" + d[5:6]
	}
	return s[:1] + body + s[7:], nil
}

// ShortUPCE gives the UPC-E form of a UPC-A number, which is what a reader sends of a
// UPC-E symbol with its identifier on; ok is false where the number has none.
func ShortUPCE(upca string) (upce string, ok bool) {
	if len(upca) != 12 {
		return "", false
	}
	maker, item := upca[1:6], upca[6:11]
	for _, six := range [...]string{
		maker[:2] + item[2:] + maker[2:3], maker[:3] + item[3:] + "3", maker[:4] + item[4:] + "4", maker + item[4:],
	} {
		upce = upca[:1] + six + upca[11:]
		if full, err := ExpandUPCE(upce); err == nil && full == upca {
			return upce, true
		}
	}
	return "", false
}

// Restricted reports whether a canonical GTIN lies in the ranges for numbers that
// are given inside one company (prefixes 02, 04 and 20-29): not unique outside it.
func Restricted(gtin14 string) bool {
	if len(gtin14) != 14 {
		return false
	}
	p := gtin14[1:3]
	return gtin14[0] == '0' && (p[0] == '2' || p == "02" || p == "04") && gtin14[:6] != "000000"
}
