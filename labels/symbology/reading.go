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
	s := strings.TrimRight(string(code), "\r\n")
	var r Reading
	if sym, ok := Identify(aim); ok {
		r.Symbology = sym
		s = strings.TrimPrefix(s, aim)
	} else if len(s) >= 3 {
		if sym, ok := Identify(s[:3]); ok {
			r.Symbology, s = sym, s[3:]
		}
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
	if sym.GS1 {
		return "", ""
	}
	kinds := []Kind{GTIN, UPCE}
	promised := false
	switch {
	case sym.AIM == "]E0" || sym.AIM == "]E3":
		kinds, promised = []Kind{EAN13}, true
		s = beforeAddOn(s)
	case sym.AIM == "]E4":
		kinds, promised = []Kind{EAN8}, true
		s, _, _ = strings.Cut(s, "|")
	case sym.AIM == "]E1" || sym.AIM == "]E2" || sym.AIM == "]I3":
		return "", "" // an add-on alone, or a check digit that was taken off
	case sym.Family == "itf":
		kinds = []Kind{ITF14}
	case sym.AIM != "":
		kinds = []Kind{GTIN}
	}
	var first error
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

// beforeAddOn cuts the composite part and the digits of an add-on off an EAN-13.
func beforeAddOn(s string) string {
	s, _, _ = strings.Cut(s, "|")
	if len(s) == 15 || len(s) == 18 {
		return s[:13]
	}
	return s
}
