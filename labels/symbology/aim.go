package symbology

import (
	"strings"

	"dcedge/labels/gs1"
)

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
	if !gs1.Identifier(aim) {
		return Symbology{}, false
	}
	s := Symbology{AIM: aim}
	m := aim[2]
	switch aim[1] {
	case 'A':
		return s.is("code39", m, "no check, no full ASCII|check verified|check stripped|check verified and stripped|full ASCII|full ASCII, check verified||full ASCII, check verified and stripped|")
	case 'C':
		s.GS1 = m == '1'
		if s.GS1 {
			return s.is("gs1-128", m, "|FNC1 in first position")
		}
		return s.is("code128", m, "plain||FNC1 in second position||ISBT concatenation")
	case 'E':
		return identifyEAN(s, m)
	case 'e':
		s.GS1 = true
		if m == '0' {
			return s.is("gs1-databar / gs1 composite", m, "")
		}
		return s.is("gs1 composite", m, "|after escape|after escape|after escape")
	case 'd':
		if m == '2' {
			s.GS1 = true
			return s.is("gs1-datamatrix", m, "||FNC1 first")
		}
		if m == '5' {
			s.GS1 = true
			return s.is("gs1-datamatrix", m, "|||||FNC1 first + ECI")
		}
		return s.is("datamatrix", m, "ECC000-140|ECC200||FNC1 second|ECI||FNC1 second + ECI")
	case 'Q':
		if m == '3' || m == '4' {
			s.GS1 = true
			return s.is("gs1-qr", m, "|||FNC1 first|FNC1 first + ECI")
		}
		return s.is("qr", m, "model 1|model 2|ECI|||FNC1 second|FNC1 second + ECI")
	case 'J':
		if m == '1' || m == '4' {
			s.GS1 = true
			return s.is("gs1-dotcode", m, "|FNC1 first|||FNC1 first + ECI")
		}
		return s.is("dotcode", m, "plain||FNC1 second|ECI||FNC1 second + ECI")
	}
	return identifyPlain(s, aim[1], m)
}

func identifyEAN(s Symbology, m byte) (Symbology, bool) {
	switch m {
	case '0':
		return s.is("ean13/upc", m, "13 digits")
	case '1':
		return s.is("upc/ean add-on 2", m, "")
	case '2':
		return s.is("upc/ean add-on 5", m, "")
	case '3':
		return s.is("upc/ean with add-on", m, "")
	}
	return s.is("ean8", m, "")
}

// identifyPlain knows the symbologies that carry no GS1 data. Makers disagree on
// the modifiers of Codabar, so they say nothing here.
func identifyPlain(s Symbology, letter, m byte) (Symbology, bool) {
	if letter == 'I' {
		return s.is("itf", m, "no check|check verified (ITF-14)||check stripped")
	}
	if letter == 'F' {
		return s.is("codabar", m, "standard")
	}
	family := map[byte]string{'B': "telepen", 'D': "code one", 'G': "code93", 'H': "code11", 'K': "code16k", 'L': "pdf417", 'M': "msi", 'N': "anker",
		'O': "codablock", 'P': "plessey", 'R': "2of5 straight", 'S': "2of5", 'T': "code49", 'U': "maxicode",
		'X': "other / Bookland", 'Y': "system expansion", 'Z': "no barcode", 'c': "channel code", 'h': "han xin", 'o': "ocr", 'p': "posicode",
		's': "supercode", 'z': "aztec"}[letter]
	return s.is(family, m, "")
}

// is fills in the family; texts holds what modifiers 0, 1, 2, ... mean, split by bars.
func (s Symbology) is(family string, m byte, texts string) (Symbology, bool) {
	s.Family = family
	if t := strings.Split(texts, "|"); m >= '0' && int(m-'0') < len(t) {
		s.Modifier = t[m-'0']
	}
	return s, family != ""
}
