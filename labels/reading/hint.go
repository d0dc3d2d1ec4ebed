package reading

import (
	"fmt"
	"strings"

	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
)

// hint tells what an unknown code nearly is; nil where it is like nothing, or known to
// the site.
func (r *Reader) hint(s, carrier string) *Hint {
	if r.Known != nil && r.Known(s) {
		return nil
	}
	if carrier != "" {
		if _, err := r.waybill(s, carrier); err != nil {
			f := faultOf(err)
			return &Hint{Code: f.Code, As: "waybill", At: f.At}
		}
	}
	code := s
	if len(s) > 3 && s[0] == ']' {
		code = s[3:]
	}
	if gs1.IsLink(code) {
		_, err := gs1.ParseLink(code, r.options())
		if err == nil {
			return nil
		}
		if f := faultOf(err); f.AI != "" && f.Code != gs1.CodeURINoKey {
			return &Hint{Code: f.Code, As: "digital-link", AI: f.AI, At: f.At}
		}
		return nil
	}
	as, ok := map[int]string{8: "ean8", 12: "upca", 13: "ean13", 14: "itf14", 18: "sscc"}[len(s)]
	if !ok || strings.Trim(s, "0123456789") != "" {
		return nil
	}
	if _, err := symbology.Canonical(symbology.Kind(as), s); err != nil {
		f := faultOf(err)
		return &Hint{Code: f.Code, As: as, At: f.At}
	}
	return nil
}

// dated adds the last good day of GS1 data, and whether it is over.
func (r *Reader) dated(out Output) (Output, error) {
	if r.Now.IsZero() || out.Kind != KindGS1 {
		return out, nil
	}
	var m gs1.Message
	for _, e := range out.Elements {
		m.Elements = append(m.Elements, gs1.Element{AI: e.AI, Value: e.Value})
	}
	day, ok, err := m.Expiry(r.Now, false)
	if err != nil || !ok {
		return out, nil // a date that is none has been told by the parser
	}
	out.LastGoodDay = fmt.Sprintf("%04d-%02d-%02d", day.Year, day.Month, day.Day)
	if day.Passed(r.Now) {
		out.Warnings = append(out.Warnings, WarnExpired)
	}
	return out, nil
}
