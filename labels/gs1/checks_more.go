package gs1

import (
	"strconv"
	"strings"
)

// percentEncoding asks for two hex digits behind every percent sign.
func percentEncoding(s string) (string, int, int) {
	for i := range len(s) {
		if s[i] != '%' {
			continue
		}
		if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
			return "invalidPercentSequence", i, min(3, len(s)-i)
		}
	}
	return "", 0, 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// pieceOfTotal takes two numbers of equal length: the piece, and of how many.
func pieceOfTotal(s string) (string, int, int) {
	if s == "" || len(s)%2 != 0 {
		return whole("invalidLengthForPieceOfTotal", s)
	}
	if code, at, n := csetNumeric(s); code != "" {
		return code, at, n
	}
	half := len(s) / 2
	piece, total := s[:half], s[half:]
	switch {
	case strings.Trim(piece, "0") == "":
		return "zeroPieceNumber", 0, half
	case strings.Trim(total, "0") == "":
		return "zeroTotalPieces", half, half
	case piece > total:
		return whole("pieceNumberExceedsTotal", s)
	}
	return "", 0, 0
}

// positionInSequence takes "2/3".
func positionInSequence(s string) (string, int, int) {
	pos, end, ok := strings.Cut(s, "/")
	if _, fine := number(pos); !ok || !fine {
		return whole("positionInSequenceMalformed", s)
	}
	if _, fine := number(end); !fine {
		return whole("positionInSequenceMalformed", s)
	}
	switch {
	case pos[0] == '0':
		return codeZeroPrefix, 0, len(pos)
	case end[0] == '0':
		return codeZeroPrefix, len(pos) + 1, len(end)
	case len(pos) > len(end) || len(pos) == len(end) && pos > end:
		return whole("positionExceedsEnd", s)
	}
	return "", 0, 0
}

// date tests digits of a date: a year of two or four digits, month, day. Day 00 is
// the last day of the month where zeroDay allows it.
func date(s string, yearDigits int, zeroDay bool) (string, int, int) {
	want := yearDigits + 4
	switch {
	case len(s) < want:
		return whole("dateTooShort", s)
	case len(s) > want:
		return whole("dateTooLong", s)
	}
	if code, at, n := csetNumeric(s); code != "" {
		return code, at, n
	}
	year, _ := number(s[:yearDigits])
	if yearDigits == 2 {
		// Only 29 February hangs on the century, and of the years that end in 00 within
		// the window of this century only 2000 comes up: a leap year.
		year += 2000
	}
	month, _ := number(s[yearDigits : yearDigits+2])
	day, _ := number(s[yearDigits+2:])
	if month < 1 || month > 12 {
		return "illegalMonth", yearDigits, 2
	}
	if day > daysIn(year, month) || day == 0 && !zeroDay {
		return "illegalDay", yearDigits + 2, 2
	}
	return "", 0, 0
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func yymmdd(s string) (string, int, int)   { return date(s, 2, false) }
func yymmd0(s string) (string, int, int)   { return date(s, 2, true) }
func yyyymmdd(s string) (string, int, int) { return date(s, 4, false) }
func yyyymmd0(s string) (string, int, int) { return date(s, 4, true) }

// clock tests two digits below a limit.
func clock(s, name string, limit int) (string, int, int) {
	switch {
	case len(s) < 2:
		return whole(name+"TooShort", s)
	case len(s) > 2:
		return whole(name+"TooLong", s)
	}
	if code, at, n := csetNumeric(s); code != "" {
		return code, at, n
	}
	if v, _ := number(s); v >= limit {
		return whole("illegal"+strings.ToUpper(name[:1])+name[1:], s)
	}
	return "", 0, 0
}

func hour(s string) (string, int, int)   { return clock(s, "hour", 24) }
func minute(s string) (string, int, int) { return clock(s, "minute", 60) }
func second(s string) (string, int, int) { return clock(s, "second", 60) }

func hourMinute(s string) (string, int, int) {
	switch {
	case len(s) < 4:
		return whole("hourWithMinuteTooShort", s)
	case len(s) > 4:
		return whole("hourWithMinuteTooLong", s)
	}
	if code, at, n := csetNumeric(s); code != "" {
		return code, at, n
	}
	if code, at, n := hour(s[:2]); code != "" {
		return code, at, n
	}
	code, at, n := minute(s[2:])
	return code, at + 2, n
}

// degrees tests ten digits up to a limit (ten-millionths of a degree, from zero).
func degrees(s, name string, limit int) (string, int, int) {
	if len(s) != 10 {
		return whole(name+"InvalidLength", s)
	}
	if code, at, n := csetNumeric(s); code != "" {
		return code, at, n
	}
	if v, err := strconv.Atoi(s); err != nil || v > limit {
		return whole("invalid"+strings.ToUpper(name[:1])+name[1:], s)
	}
	return "", 0, 0
}

func latitude(s string) (string, int, int)  { return degrees(s, "latitude", 1800000000) }
func longitude(s string) (string, int, int) { return degrees(s, "longitude", 3600000000) }

// iban tests country, length and check digits of a bank account (ISO 13616).
func iban(s string) (string, int, int) {
	if len(s) < 4 {
		return whole("ibanTooShort", s)
	}
	if code, _, _ := iso3166alpha2(s[:2]); code != "" {
		return "illegalIbanCountryCode", 0, 2
	}
	switch {
	case len(s) > 34:
		return whole("ibanTooLong", s)
	case len(s) <= 10:
		return whole("ibanTooShort", s)
	}
	rest := 0
	for i := range len(s) {
		at := (i + 4) % len(s)
		switch c := s[at]; {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return "invalidIbanCharacter", at, 1
		}
	}
	if rest != 1 {
		return "incorrectIbanChecksum", 2, 2
	}
	return "", 0, 0
}
