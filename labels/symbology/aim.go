package symbology

import "strings"

// Symbology is what an AIM identifier says (ISO/IEC 15424).
type Symbology struct {
	AIM      string // "]C1"; empty where the scanner sent none
	Family   string // "code128", "gs1-128", "qr", ...; empty where unknown
	Modifier string // what the third character means, for people
	GS1      bool   // the data is a GS1 element string: FNC1 stood first
}

// Identify reads an identifier of three characters. ok is false where it is
// malformed or names nothing known.
func Identify(aim string) (Symbology, bool) {
	if len(aim) != 3 || aim[0] != ']' {
		return Symbology{}, false
	}
	s := Symbology{AIM: aim}
	m := aim[2]
	switch aim[1] {
	case 'A':
		return s.is("code39", m, "01234578", "no check, no full ASCII|check verified|check stripped|check verified and stripped|full ASCII|full ASCII, check verified||full ASCII, check verified and stripped|")
	case 'C':
		s.GS1 = m == '1'
		if s.GS1 {
			return s.is("gs1-128", m, "1", "|FNC1 in first position")
		}
		return s.is("code128", m, "024", "plain||FNC1 in second position||ISBT concatenation")
	case 'E':
		return identifyEAN(s, m)
	case 'e':
		s.GS1 = true
		if m == '0' {
			return s.is("gs1-databar / gs1 composite", m, "0", "")
		}
		return s.is("gs1 composite", m, "123", "|after escape|after escape|after escape")
	case 'd':
		if m == '2' {
			s.GS1 = true
			return s.is("gs1-datamatrix", m, "2", "||FNC1 first")
		}
		if m == '5' {
			s.GS1 = true
			return s.is("gs1-datamatrix", m, "5", "|||||FNC1 first + ECI")
		}
		return s.is("datamatrix", m, "01346", "ECC000-140|ECC200||FNC1 second|ECI||FNC1 second + ECI")
	case 'Q':
		if m == '3' || m == '4' {
			s.GS1 = true
			return s.is("gs1-qr", m, "34", "|||FNC1 first|FNC1 first + ECI")
		}
		return s.is("qr", m, "01256", "model 1|model 2|ECI|||FNC1 second|FNC1 second + ECI")
	case 'J':
		if m == '1' || m == '4' {
			s.GS1 = true
			return s.is("gs1-dotcode", m, "14", "|FNC1 first|||FNC1 first + ECI")
		}
		return s.is("dotcode", m, "0235", "plain||FNC1 second|ECI||FNC1 second + ECI")
	}
	return identifyPlain(s, aim[1], m)
}

func identifyEAN(s Symbology, m byte) (Symbology, bool) {
	switch m {
	case '0':
		return s.is("ean13/upc", m, "0", "13 digits")
	case '1':
		return s.is("upc/ean add-on 2", m, "1", "")
	case '2':
		return s.is("upc/ean add-on 5", m, "2", "")
	case '3':
		return s.is("upc/ean with add-on", m, "3", "")
	}
	return s.is("ean8", m, "4", "")
}

// identifyPlain knows the symbologies that carry no GS1 data. Makers disagree on
// the modifiers of Codabar, so they say nothing here.
func identifyPlain(s Symbology, letter, m byte) (Symbology, bool) {
	const any = "0123456789"
	switch letter {
	case 'F':
		return s.is("codabar", m, any, "standard")
	case 'G':
		return s.is("code93", m, any, "")
	case 'H':
		return s.is("code11", m, any, "")
	case 'I':
		return s.is("itf", m, "013", "no check|check verified (ITF-14)||check stripped")
	case 'L':
		return s.is("pdf417", m, any, "")
	case 'M':
		return s.is("msi", m, any, "")
	case 'O':
		return s.is("ocr", m, any, "")
	case 'S':
		return s.is("2of5", m, any, "")
	case 'R':
		return s.is("2of5 straight", m, any, "")
	case 'U':
		return s.is("maxicode", m, any, "")
	case 'X':
		return s.is("other / Bookland", m, any, "")
	case 'z':
		return s.is("aztec", m, any+"ABC", "")
	}
	return Symbology{}, false
}

// is fills in the family where the modifier is one of those allowed; texts holds
// what modifiers 0, 1, 2, ... mean, split by bars.
func (s Symbology) is(family string, m byte, allowed, texts string) (Symbology, bool) {
	if strings.IndexByte(allowed, m) < 0 {
		return Symbology{}, false
	}
	s.Family = family
	if t := strings.Split(texts, "|"); m >= '0' && int(m-'0') < len(t) {
		s.Modifier = t[m-'0']
	}
	return s, true
}
