package gs1

import "strings"

// check tests the content of a part. code is empty where it is fine; at and n mark
// the span at fault. The checks are those of the Syntax Dictionary, under its names;
// codes are its error names in camel case, but "checkDigit" for a wrong check digit.
type check func(s string) (code string, at, n int)

// Codes that several checks give.
const (
	codeNonDigit   = "nonDigitCharacter"
	codeCheckDigit = "checkDigit"
	codeZeroPrefix = "illegalZeroPrefix"
)

func checkFor(name string) (check, bool) {
	c, ok := map[string]check{
		"csetnumeric": csetNumeric, "cset39": cset39, "cset64": cset64, "cset82": cset82,
		"csum": csum, "csumalpha": csumAlpha, "gcppos1": gcpPos1, "gcppos2": gcpPos2,
		"nonzero": nonZero, "nozeroprefix": noZeroPrefix, "zero": zero, "hasnondigit": hasNonDigit,
		"hyphen": hyphen, "yesno": yesNo, "winding": winding, "importeridx": importerIndex,
		"pcenc": percentEncoding, "pieceoftotal": pieceOfTotal, "posinseqslash": positionInSequence,
		"yymmdd": yymmdd, "yymmd0": yymmd0, "yyyymmdd": yyyymmdd, "yyyymmd0": yyyymmd0,
		"hh": hour, "mi": minute, "ss": second, "hhmi": hourMinute,
		"iso3166": iso3166, "iso3166999": iso3166or999, "iso3166alpha2": iso3166alpha2,
		"iso4217": iso4217, "iso5218": iso5218, "iban": iban, "mediatype": mediaType, "packagetype": packageType,
		"latitude": latitude, "longitude": longitude,
		"couponcode": couponCode, "couponposoffer": couponPositiveOffer,
	}[name]
	return c, ok
}

func whole(code, s string) (string, int, int) { return code, 0, len(s) }

func csetNumeric(s string) (string, int, int) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return codeNonDigit, i, 1
		}
	}
	return "", 0, 0
}

// inSet82 is the invariant set of ISO/IEC 646 that GS1 takes (General
// Specifications, figure 7.11-1).
func inSet82(c byte) bool {
	return c >= '%' && c <= '?' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c == '!' || c == '"' || c == '_'
}

func cset82(s string) (string, int, int) {
	for i := range len(s) {
		if !inSet82(s[i]) {
			return "invalidCset82Character", i, 1
		}
	}
	return "", 0, 0
}

func cset39(s string) (string, int, int) {
	for i := range len(s) {
		c := s[i]
		if c != '#' && c != '-' && c != '/' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return "invalidCset39Character", i, 1
		}
	}
	return "", 0, 0
}

func base64url(c byte) bool {
	return c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// cset64 takes base64url; padding, where there is any, is one or two signs that
// fill the value to a multiple of three characters.
func cset64(s string) (string, int, int) {
	n := 0
	for n < len(s) && base64url(s[n]) {
		n++
	}
	pad := 0
	for n+pad < len(s) && s[n+pad] == '=' {
		pad++
	}
	if n+pad < len(s) {
		return "invalidCset64Character", n, 1
	}
	if pad > 2 || pad > 0 && len(s)%3 != 0 {
		return "invalidCset64Padding", n, pad
	}
	return "", 0, 0
}

func csum(s string) (string, int, int) {
	if s == "" {
		return whole("tooShortForCheckDigit", s)
	}
	sum, w := 0, 1
	for i := len(s) - 1; i >= 0; i-- {
		sum += int(s[i]-'0') * w
		w = 4 - w
	}
	if code, at, n := csetNumeric(s); code != "" {
		return code, at, n
	}
	if sum%10 != 0 {
		return codeCheckDigit, len(s) - 1, 1
	}
	return "", 0, 0
}

// ScanAgain is what to do about a number read wrong. Who has it from data says another.
const ScanAgain = ": scan again; if it stays, the label is misprinted"

// WrongCheck says for people what a wrong check digit is: the digit read, the one that
// the other digits ask for, and what to do.
func WrongCheck(read, want byte) string {
	return "read " + string(read) + ", the other digits want " + string(want) + ScanAgain
}

// csumAlpha tests the check character pair of a Global Model Number: the places of
// the characters in set 82 times the primes from the right, modulo 1021, written
// as two characters of 32 (General Specifications, section 7.9.5).
func csumAlpha(s string) (string, int, int) {
	const pairs = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
	if len(s) < 2 {
		return whole("tooShortForCheckPair", s)
	}
	data := s[:len(s)-2]
	if len(data) > 97 {
		return whole("tooLongForCheckPairImplementation", s)
	}
	if code, at, n := cset82(data); code != "" {
		return code, at, n
	}
	sum, prime := 0, 2
	for i := len(data) - 1; i >= 0; i-- {
		sum += place82(data[i]) * prime
		prime = nextPrime(prime)
	}
	sum %= 1021
	if s[len(s)-2] != pairs[sum>>5] || s[len(s)-1] != pairs[sum&31] {
		return "incorrectCheckPair", len(s) - 2, 2
	}
	return "", 0, 0
}

// place82 counts the characters of set 82 in the order of their codes.
func place82(c byte) int {
	switch {
	case c <= '"':
		return int(c - '!')
	case c <= '?':
		return int(c-'%') + 2
	case c <= 'Z':
		return int(c-'A') + 29
	case c == '_':
		return 55
	}
	return int(c-'a') + 56
}

func nextPrime(p int) int {
	for p++; ; p++ {
		prime := true
		for d := 2; d*d <= p; d++ {
			if p%d == 0 {
				prime = false
				break
			}
		}
		if prime {
			return p
		}
	}
}

// gcpPos1 asks for the least a company prefix can be, four digits, at the start. No
// list of prefixes is built in.
func gcpPos1(s string) (string, int, int) {
	if len(s) < 4 {
		return whole("tooShortForGcp", s)
	}
	for i := range 4 {
		if s[i] < '0' || s[i] > '9' {
			return "invalidGcpPrefix", i, 1
		}
	}
	return "", 0, 0
}

// gcpPos2 is gcpPos1 behind an indicator or extension digit.
func gcpPos2(s string) (string, int, int) {
	if s == "" {
		return whole("tooShortForGcp", s)
	}
	code, at, n := gcpPos1(s[1:])
	return code, at + 1, n
}

func nonZero(s string) (string, int, int) {
	if code, at, n := csetNumeric(s); code != "" {
		return code, at, n
	}
	if strings.Trim(s, "0") == "" {
		return whole("illegalZeroValue", s)
	}
	return "", 0, 0
}

func noZeroPrefix(s string) (string, int, int) {
	if strings.HasPrefix(s, "0") {
		return codeZeroPrefix, 0, 1
	}
	return csetNumeric(s)
}

func zero(s string) (string, int, int) {
	if s == "" || strings.Trim(s, "0") != "" {
		return whole("notZero", s)
	}
	return "", 0, 0
}

func hasNonDigit(s string) (string, int, int) {
	if code, _, _ := csetNumeric(s); code == "" {
		return whole("requiresNonDigitCharacter", s)
	}
	return "", 0, 0
}

func hyphen(s string) (string, int, int) {
	if s == "" || strings.Trim(s, "-") != "" {
		return whole("notHyphen", s)
	}
	return "", 0, 0
}

// oneOf is a check that takes single characters only.
func oneOf(code, allowed, s string) (string, int, int) {
	if len(s) != 1 || strings.IndexByte(allowed, s[0]) < 0 {
		return whole(code, s)
	}
	return "", 0, 0
}

func yesNo(s string) (string, int, int)   { return oneOf("notZeroOrOne", "01", s) }
func winding(s string) (string, int, int) { return oneOf("invalidWindingDirection", "019", s) }
func iso5218(s string) (string, int, int) { return oneOf("invalidBiologicalSexCode", "0129", s) }

func importerIndex(s string) (string, int, int) {
	if len(s) != 1 || !base64url(s[0]) {
		return whole("invalidImportIdxCharacter", s)
	}
	return "", 0, 0
}
