package reading

import (
	"slices"
	"strings"

	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
)

// auto finds out by itself what a code is. Only data that says of itself that it is
// GS1 data (an identifier, FNC1, brackets, a separator, a key of the right length in
// front) can be at fault; anything else that is nothing known is unknown. With
// forms also the written forms are taken, not only what a scanner sends.
func (r *Reader) auto(s, carrier string, forms bool) (Output, error) {
	s = strings.TrimRight(s, "\r\n")
	if strings.TrimSpace(s) == "" {
		return Output{}, refuse(CodeEmpty, "nothing was read")
	}
	if len(s) >= 3 && s[0] == ']' {
		if _, ok := symbology.Identify(s[:3]); ok {
			return r.marked(s, carrier)
		}
	}
	if carrier != "" {
		if out, err := r.waybill(s, carrier); err == nil {
			return out, nil
		}
	}
	if forms && strings.HasPrefix(s, "^") && len(s) > 1 && digit(s[1]) {
		return fromMessage(gs1.ParseMessage(s, r.options()))
	}
	if forms && bracketed(s) {
		return fromMessage(gs1.ParseBracketed(s, r.options()))
	}
	if gs1.IsLink(s) {
		if out, err := fromMessage(gs1.ParseLink(s, r.options())); err == nil {
			return out, nil
		}
		return Output{Kind: KindUnknown}, nil
	}
	if elementString(s) {
		return fromMessage(gs1.ParseKeyed(s, r.options()))
	}
	if g := symbology.Clean([]byte(s), ""); g.GTIN != "" {
		return r.eight(Output{Kind: KindGTIN, GTIN: g.GTIN, Number: g.Data}, g.Also), nil
	}
	if out, err := r.number(symbology.SSCC, s); err == nil {
		return out, nil
	}
	return r.damaged(s, carrier, forms)
}

// marked reads a code with an identifier; a web address that is no Digital Link is
// unknown here, not a fault.
func (r *Reader) marked(s, carrier string) (Output, error) {
	out, err := r.identified(s, carrier)
	if err != nil && gs1.IsLink(s[3:]) {
		return Output{Kind: KindUnknown, Symbology: s[:3]}, nil
	}
	return out, err
}

// damaged looks for what a keyboard or a doubled read has made of a code.
func (r *Reader) damaged(s, carrier string, forms bool) (Output, error) {
	if r.Known != nil && r.Known(s) {
		return Output{Kind: KindUnknown}, nil
	}
	known := func(code string) bool {
		if r.Known != nil && r.Known(code) || r.identifiedDigits(code) {
			return true
		}
		return carrier != "" && r.proves(carrier, code) || s == code+code && r.carried(code, carrier)
	}
	rep, err := symbology.Repair(s, known)
	if err != nil {
		if symbology.Spoilt(s) {
			return Output{}, err
		}
		return Output{Kind: KindUnknown}, nil
	}
	if rep.Code == s {
		return Output{Kind: KindUnknown}, nil
	}
	out, err := r.auto(rep.Code, carrier, forms)
	if err != nil {
		return Output{}, err
	}
	out.Repaired = rep.Cause
	if out.Number == "" {
		out.Number = rep.Code
	}
	return out, nil
}

// carried reports whether a check digit of the job's carrier, or of any where it is not
// known, proves a number that was read twice.
func (r *Reader) carried(code, carrier string) bool {
	if len(code) < symbology.LongHalf {
		return false
	}
	checked, _, _ := r.rules().Whose(code)
	return checked != nil && (carrier == "" || slices.Contains(checked, carrier))
}

// identifiedDigits reports whether a code is GS1 data or an article's number behind an
// identifier, digits only: its check digits and the identifier prove it, and no letter's
// case is guessed.
func (r *Reader) identifiedDigits(code string) bool {
	if len(code) < 11 || code[0] != ']' || strings.Trim(code[3:], "0123456789\x1d") != "" {
		return false
	}
	if sym, _ := symbology.Take(code); sym.AIM != "" && !sym.GS1 {
		_, err := r.number(symbology.GTIN, code)
		return err == nil
	}
	sc, err := gs1.ParseScan(code, r.options())
	return err == nil && sc.IsGS1 && len(code) >= 17
}

// eight settles eight digits that two articles may have: by what the site knows, else
// both are told.
func (r *Reader) eight(out Output, also string) Output {
	if also == "" {
		return out
	}
	if r.Known != nil {
		switch first, second := r.Known(out.GTIN), r.Known(also); {
		case first && !second:
			return out
		case second && !first:
			out.GTIN = also
			return out
		}
	}
	out.AlsoGTIN, out.Warnings = also, append(out.Warnings, WarnEight)
	return out
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// bracketed reports whether a code begins like bracketed GS1 text: an AI of two to
// four digits in brackets.
func bracketed(s string) bool {
	end := strings.IndexByte(s, ')')
	if !strings.HasPrefix(s, "(") || end < 3 || end > 5 {
		return false
	}
	for i := 1; i < end; i++ {
		if !digit(s[i]) {
			return false
		}
	}
	return true
}

// elementString reports whether a code without an identifier says that it is GS1
// data: it holds a separator, or begins with a key AI and all its digits.
func elementString(s string) bool {
	if strings.IndexByte(s, 0x1D) > 0 && digit(s[0]) {
		return true
	}
	want := 0
	switch {
	case strings.HasPrefix(s, "00"):
		want = 20
	case strings.HasPrefix(s, "01"), strings.HasPrefix(s, "02"):
		want = 16
	}
	if want == 0 || len(s) < want {
		return false
	}
	for i := range want {
		if !digit(s[i]) {
			return false
		}
	}
	// Digits only, and no more than a number of its own: an SSCC of 18 digits is not
	// (01) with two digits behind it.
	return len(s) != 18 || !symbology.Valid(s)
}
