package symbology

import (
	"strings"
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
	CodeSystem  = "numberSystem" // UPC-E exists for number systems 0 and 1 only
	CodeKind    = "kindUnknown"
	CodeAIM     = "symbologyUnknown"
	CodeUnknown = "unproven"
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
	length, ok := lengthOf(kind)
	if !ok {
		return Number{}, &Error{Code: CodeKind, Detail: "no such kind of number"}
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return Number{}, &Error{Code: CodeDigits, At: i, Detail: "only digits may stand here"}
		}
	}
	if !strings.Contains(length, " "+itoa(len(s))+" ") {
		return Number{}, &Error{Code: CodeLength, At: len(s), Detail: itoa(len(s)) + " digits, want" + length}
	}
	full := s
	if kind == UPCE {
		a, err := ExpandUPCE(s)
		if err != nil {
			return Number{}, err
		}
		full = a
	}
	if !Valid(full) {
		return Number{}, &Error{Code: CodeCheck, At: len(s) - 1, Detail: "the check digit does not fit the number"}
	}
	n := Number{Kind: kind, Value: s}
	if kind != SSCC && kind != GLN {
		n.GTIN = zeros(full)
	}
	return n, nil
}

// lengthOf gives the lengths allowed, blank separated and with blanks around.
func lengthOf(kind Kind) (string, bool) {
	switch kind {
	case GTIN:
		return " 8 12 13 14 ", true
	case EAN13, GLN:
		return " 13 ", true
	case EAN8, UPCE:
		return " 8 ", true
	case UPCA:
		return " 12 ", true
	case ITF14:
		return " 14 ", true
	case SSCC:
		return " 18 ", true
	}
	return "", false
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
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
		return "", &Error{Code: CodeLength, At: len(s), Detail: itoa(len(s)) + " digits, want 8"}
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

// Restricted reports whether a canonical GTIN lies in the ranges for numbers that
// are given inside one company (prefixes 02, 04 and 20-29): not unique outside it.
func Restricted(gtin14 string) bool {
	if len(gtin14) != 14 {
		return false
	}
	p := gtin14[1:3]
	return gtin14[0] == '0' && (p[0] == '2' || p == "02" || p == "04") && gtin14[:6] != "000000"
}
