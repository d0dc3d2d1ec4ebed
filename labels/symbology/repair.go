package symbology

import "strings"

// Repaired is a code that a keyboard or a reader had spoilt.
type Repaired struct {
	Code  string // proven
	Cause string // hangul, kana, wide, capslock, doubled: what to tell about the device
}

// maxRepair is the longest text that a repair is tried on, in bytes.
const maxRepair = 512

// LongHalf is how long a number is that proves by standing twice that it was read twice.
// Of shorter ones one in ten has the check digit by chance: those the site must know.
const LongHalf = 12

// Spoilt reports whether a code bears the marks of an input method: letters that no
// code on a floor holds. Such a device needs set-up, whether or not the code can
// be repaired.
func Spoilt(text string) bool {
	for _, r := range text {
		switch {
		case r >= 0x1100 && r <= 0x11FF, r >= 0x3040 && r <= 0x30FF, r >= 0x3130 && r <= 0x318F,
			r >= 0xAC00 && r <= 0xD7A3, r >= 0xFF01 && r <= 0xFF9F:
			return true
		}
	}
	return false
}

// Repair finds the code that a spoilt text was made from. A candidate is given only
// when it is proven: known says that the site knows the code (may be nil), or it
// is a number with a right check digit. What cannot be proven is an [*Error] with
// the code "unproven", and so are two proven candidates that differ.
func Repair(text string, known func(code string) bool) (Repaired, error) {
	unproven := &Error{Code: CodeUnknown, Detail: "the code cannot be proven; the scanner's keyboard language needs set-up"}
	if len(text) > maxRepair {
		return Repaired{}, unproven
	}
	var found []Repaired
	for _, c := range candidates(text) {
		if c.Cause == "doubled" && len(c.Code) < LongHalf && (known == nil || !known(c.Code)) {
			continue
		}
		if !proven(c.Code, known) {
			continue
		}
		if len(found) > 0 && found[0].Code != c.Code {
			return Repaired{}, unproven
		}
		found = append(found, c)
	}
	if len(found) == 0 {
		return Repaired{}, unproven
	}
	return found[0], nil
}

// Keys gives the keys that an input method made a text from, unproven: what the
// scanner probably sent, for the person who sets it up. Letters without a shifted jamo
// or kana come back in lower case. ok is false where no input method has been at it.
func Keys(text string) (r Repaired, ok bool) {
	if len(text) > maxRepair || !Spoilt(text) {
		return Repaired{}, false
	}
	list := candidates(text)
	if len(list) == 0 {
		return Repaired{}, false
	}
	return list[0], true
}

// candidates lists what the text may have been, without the text itself.
func candidates(text string) []Repaired {
	var out []Repaired
	add := func(code, cause string) {
		if code != "" && code != text {
			out = append(out, Repaired{code, cause})
		}
	}
	if k, ok := UnHangul(text); ok {
		add(k, "hangul")
		add(strings.ToUpper(k), "hangul")
	}
	if k, ok := UnKana(text); ok {
		add(k, "kana")
		add(strings.ToUpper(k), "kana")
	}
	if k, ok := UnWide(text); ok {
		add(k, "wide")
		add(strings.ToUpper(k), "wide")
	}
	if !Spoilt(text) {
		add(swapCase(text), "capslock")
		if half, ok := Half(text); ok {
			add(half, "doubled")
		}
	}
	return out
}

// Half gives A where a code is AA: two reads that came without an end between them.
func Half(code string) (string, bool) {
	n := len(code)
	if n < 2 || n%2 != 0 || code[:n/2] != code[n/2:] {
		return "", false
	}
	return code[:n/2], true
}

func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, s)
}

func proven(code string, known func(string) bool) bool {
	if known != nil && known(code) {
		return true
	}
	for _, k := range [...]Kind{GTIN, SSCC} {
		if _, err := Canonical(k, code); err == nil {
			return true
		}
	}
	return provenS10(code)
}

// provenS10 knows the letters-and-digits number whose check digit can prove a
// repair: UPU S10 (weights 8 6 4 2 3 5 9 7, modulo 11).
func provenS10(code string) bool {
	if len(code) != 13 {
		return false
	}
	sum := 0
	for i, w := range [...]int{8, 6, 4, 2, 3, 5, 9, 7} {
		c := code[2+i]
		if c < '0' || c > '9' {
			return false
		}
		sum += int(c-'0') * w
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	for _, i := range [...]int{0, 1, 11, 12} {
		if code[i] < 'A' || code[i] > 'Z' {
			return false
		}
	}
	return int(code[10]-'0') == check && isCountry(code[11:])
}

// isCountry knows the letters of ISO 3166-1 that end an S10 number.
func isCountry(letters string) bool {
	const all = "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZ" +
		"ECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZ" +
		"LALBLCLILKLRLSLTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQA" +
		"RERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZW"
	for i := 0; i+2 <= len(all); i += 2 {
		if all[i:i+2] == letters {
			return true
		}
	}
	return false
}
