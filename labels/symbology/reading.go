package symbology

import "strings"

// Reading is one code as a scanner gave it, brought into a form that can be
// compared.
type Reading struct {
	Symbology Symbology
	// Data is the code without identifier and without the line end, GS (0x1D) kept.
	Data string
	// GTIN is the number in 14 digits where the code is an EAN, UPC or ITF-14 with a
	// right check digit. A GTIN inside GS1 data is for package gs1 to find.
	GTIN string
	// Also is the other GTIN of eight digits that are right both as an EAN-8 (GTIN) and as
	// a UPC-E: only an identifier or the site's catalogue tells which it is.
	Also string
	// Fault is a code (checkDigit, length, ...) where the identifier promises a number
	// that the data is not. Empty where all is well or nothing is promised.
	Fault string
}

// Key is what two readings of one trade item have in common: the GTIN where there
// is one, else the data.
func (r Reading) Key() string {
	if r.GTIN != "" {
		return r.GTIN
	}
	return r.Data
}

// Clean takes the AIM identifier off a code and finds its GTIN. aim is the
// identifier where the device delivers it apart ("" where it does not); one in
// front of the code is known by itself. With identifiers off (the usual case)
// GS1-128 and Code 128 look alike, and digits of the right length with a right
// check digit are taken for a GTIN.
func Clean(code []byte, aim string) Reading {
	var r Reading
	var s string
	if sym, ok := Identify(aim); ok {
		r.Symbology = sym
		s = strings.TrimPrefix(strings.TrimRight(string(code), "\r\n"), aim)
	} else {
		r.Symbology, s = Take(string(code))
	}
	r.Data = s
	r.GTIN, r.Fault = gtinOf(r.Symbology, s)
	if r.Symbology.AIM == "" && len(s) == 8 && r.GTIN != "" {
		if n, err := Canonical(UPCE, s); err == nil && n.GTIN != r.GTIN {
			r.Also = n.GTIN
		}
	}
	return r
}

func gtinOf(sym Symbology, s string) (gtin, fault string) {
	if sym.GS1 || !sym.Carries(GTIN) {
		return "", ""
	}
	kinds := []Kind{GTIN, UPCE}
	promised := false
	switch {
	case sym.AIM == "]E0" || sym.AIM == "]E3":
		kinds, promised = []Kind{EAN13}, true
	case sym.AIM == "]E4":
		kinds, promised = []Kind{EAN8}, true
	case sym.AIM == "]I3":
		return "", "" // its check digit was taken off
	case sym.Family == "itf":
		kinds = []Kind{ITF14}
	case sym.AIM != "":
		kinds = []Kind{GTIN}
	}
	var first error
	s = sym.Digits(s)
	for _, k := range kinds {
		n, err := Canonical(k, s)
		if err == nil {
			return n.GTIN, ""
		}
		if first == nil {
			first = err
		}
	}
	if e, ok := first.(*Error); promised && ok {
		return "", e.Code
	}
	return "", ""
}

// Digits gives the number in the data of a symbol: that of an EAN or UPC without its
// composite part and add-on, of others the data itself.
func (s Symbology) Digits(data string) string {
	if s.letter() != 'E' {
		return data
	}
	data, _, _ = strings.Cut(data, "|")
	if s.AIM != "]E4" && (len(data) == 15 || len(data) == 18) {
		return data[:13]
	}
	return data
}

// Carries reports whether a symbol can hold a number of a kind: an EAN or UPC symbol
// holds its own article number and nothing else, and those that are named after a
// symbol stand in no other. Without an identifier nothing is known, so all may be.
func (s Symbology) Carries(kind Kind) bool {
	switch kind {
	case EAN13, UPCA, UPCE:
		return s.AIM == "" || s.AIM == "]E0" || s.AIM == "]E3"
	case EAN8:
		return s.AIM == "" || s.AIM == "]E4"
	case ITF14:
		return s.AIM == "" || s.Family == "itf"
	case GTIN:
		return s.AIM != "]E1" && s.AIM != "]E2" && s.holdsKeys() // ]E1 and ]E2 are an add-on alone
	}
	return !s.ArticleOnly() && s.holdsKeys()
}

// holdsKeys reports whether numbers of the GS1 family stand in such symbols: in those that
// GS1 has, and in Code 39 in houses of their own. Twelve digits in a Codabar are a waybill
// that has the check digit by chance. ]X and ]Z name no symbology and promise nothing.
func (s Symbology) holdsKeys() bool {
	return s.AIM == "" || strings.IndexByte("ACEIJQXZde", s.letter()) >= 0
}

// ArticleOnly reports whether a symbol holds an article's number and nothing else: EAN
// and UPC.
func (s Symbology) ArticleOnly() bool { return s.letter() == 'E' }

// letter is the second character of the identifier, 0 without one.
func (s Symbology) letter() byte {
	if s.AIM == "" {
		return 0
	}
	return s.AIM[1]
}

// Take parts a code as a scanner sent it into identifier and data, without the line end;
// the zero Symbology where there is none.
func Take(code string) (Symbology, string) {
	code = strings.TrimRight(code, "\r\n")
	if len(code) >= 3 {
		if sym, ok := Identify(code[:3]); ok {
			return sym, code[3:]
		}
	}
	return Symbology{}, code
}
