package gs1

import "strings"

// contentDetail says for people what is wrong with a part of a value, and what may stand
// there; wrong is the span at fault.
func contentDetail(fault, part, wrong string) string {
	if fault == codeCheckDigit {
		last := part[len(part)-1]
		for want := byte('0'); want <= '9'; want++ {
			if code, _, _ := csum(part[:len(part)-1] + string(want)); code == "" {
				return WrongCheck(last, want)
			}
		}
	}
	text := contentTexts()[fault]
	switch {
	case text != "":
		return strings.ReplaceAll(text, "{wrong}", wrong)
	case strings.HasPrefix(fault, "coupon"):
		return "the coupon's data breaks off, or a number in it is none"
	}
	return "the content of the value is wrong"
}

// contentTexts are what the checks' codes mean. {wrong} stands only where a check has
// seen to it that the span is printable.
func contentTexts() map[string]string {
	return map[string]string{
		codeNonDigit:             "only digits may stand here",
		"invalidCset82Character": "only A-Z, a-z, 0-9 and !\"%&'()*+,-./:;<=>?_ may stand here",
		"invalidCset39Character": "only A-Z, 0-9, #, - and / may stand here",
		"invalidCset64Character": "only A-Z, a-z, 0-9, - and _ may stand here, and = at the end",
		"invalidCset64Padding":   "the = at the end do not fill the value up to a multiple of three",

		"incorrectCheckPair":        "the two check characters at the end do not belong to the rest" + ScanAgain,
		"invalidGcpPrefix":          "a company prefix stands here: four digits at least",
		"tooShortForGcp":            "a company prefix stands here: four digits at least",
		"requiresNonDigitCharacter": "a character that is no digit is wanted",

		"illegalMonth":  "there is no month {wrong}",
		"illegalDay":    "there is no day {wrong}",
		"illegalHour":   "there is no hour {wrong}",
		"illegalMinute": "there is no minute {wrong}",
		"illegalSecond": "there is no second {wrong}",

		"notIso3166":             "there is no country {wrong} (ISO 3166, three digits)",
		"notIso3166Or999":        "there is no country {wrong} (ISO 3166, three digits; 999 for several)",
		"notIso3166Alpha2":       "two capitals of a country are wanted (ISO 3166)",
		"notIso4217":             "there is no currency {wrong} (ISO 4217, three digits)",
		"illegalIbanCountryCode": "an IBAN begins with the two capitals of a country",
		"invalidIbanCharacter":   "only A-Z and 0-9 may stand in an IBAN",
		"incorrectIbanChecksum":  "the check digits of the IBAN do not belong to the rest",
		"ibanTooShort":           "the IBAN is too short",
		"ibanTooLong":            "the IBAN is too long",

		"illegalZeroValue":   "zeros alone may not stand here",
		codeZeroPrefix:       "no zero may stand in front",
		"notZero":            "only 0 may stand here",
		"notZeroOrOne":       "0 (no) or 1 (yes) is wanted",
		"notHyphen":          "only - may stand here (below zero)",
		"invalidLatitude":    "beyond 1800000000, which is 90 degrees north",
		"invalidLongitude":   "beyond 3600000000, which is 180 degrees east",
		"zeroPieceNumber":    "pieces are counted from 01",
		"zeroTotalPieces":    "a total of 00 pieces",
		"positionExceedsEnd": "the position is beyond the end",

		"pieceNumberExceedsTotal":     "the piece is beyond the total",
		"positionInSequenceMalformed": "position and end are wanted, as 1/2",
		"invalidPercentSequence":      "a % wants two hexadecimal digits behind it",
		"invalidWindingDirection":     "0, 1 or 9 is wanted (direction of winding)",
		"invalidBiologicalSexCode":    "0, 1, 2 or 9 is wanted (ISO 5218)",
		"invalidMediaType":            "01 to 10, or 80 to 99, is wanted (AIDC media type)",
		"invalidPackageType":          "there is no such type of package (UN/ECE recommendation 21)",
		"invalidImportIdxCharacter":   "only A-Z, a-z, 0-9, - and _ may stand here",
	}
}
