package catalogue

import "dcedge/labels/symbology"

// Canonical is the form in which codes are compared: a GTIN of 8, 12, 13 or 14
// digits with a right check digit as 14 digits, anything else as it is. So an
// EAN-13 and the same number as UPC-A or GTIN-14 are one code, and a GTIN-14
// with indicator 1 to 9 is another (GS1 General Specifications, 4.2.1). An SSCC
// with the AI 00 in front is the SSCC.
func Canonical(code string) string {
	switch len(code) {
	case 8, 12, 13, 14:
	case 20:
		if code[:2] == "00" && symbology.Valid(code[2:]) {
			return code[2:]
		}
		return code
	default:
		return code
	}
	if !symbology.Valid(code) {
		return code
	}
	return "00000000000000"[len(code):] + code
}
