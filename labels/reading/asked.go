package reading

import (
	"strings"

	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
	"dcedge/labels/waybill"
)

// asked reads a code as what the question says it is. Where a keyboard has been at it, or
// a reader sent it twice, what comes out is taken only if its check digit proves it.
func (r *Reader) asked(s string, read func(string) (Output, error)) (Output, error) {
	out, err := read(s)
	if err == nil {
		return out, nil
	}
	if half, twice := symbology.Half(strings.TrimRight(s, "\r\n")); twice {
		o, bad := read(half)
		if bad == nil && len(o.Number) >= symbology.LongHalf && (o.Kind != KindWaybill || r.carried(o.Number, o.Carrier)) {
			o.Repaired = "doubled"
			return o, nil
		}
	}
	if !symbology.Spoilt(s) {
		return out, err
	}
	if _, typed := symbology.Keys(strings.TrimRight(s, "\r\n")); !typed {
		return out, err // no keyboard writes this
	}
	rep, err := symbology.Repair(strings.TrimRight(s, "\r\n"), func(code string) bool {
		o, err := read(code)
		return err == nil && (o.Kind != KindWaybill || r.proves(o.Carrier, code))
	})
	if err != nil {
		return Output{}, err
	}
	if out, err = read(rep.Code); err != nil { // proven as something else than was asked for
		return Output{}, &symbology.Error{Code: symbology.CodeUnknown, Detail: "the keyboard's text is no such number; the scanner's keyboard language needs set-up"}
	}
	out.Repaired = rep.Cause
	return out, nil
}

// proves reports whether a carrier's check proves a code that a keyboard had spoilt:
// a sure rule's check digit, and capitals, as numbers are printed.
func (r *Reader) proves(carrier, code string) bool {
	res, err := r.rules().Check(carrier, code)
	return err == nil && len(res.Warnings) == 0 && res.Confidence == waybill.Sure && strings.ToUpper(code) == code
}

// number reads a number of the GS1 family out of whatever symbol may carry it: its own,
// GS1 data, or a Digital Link.
func (r *Reader) number(kind symbology.Kind, s string) (Output, error) {
	sym, data := symbology.Take(s)
	out := Output{Symbology: sym.AIM}
	if !sym.Carries(kind) {
		return out, refuse(gs1.CodeIdentifier, "a symbol of "+sym.AIM+" ("+sym.Family+") carries no "+string(kind))
	}
	digits, off := sym.Digits(data), 0 // off is what was taken off in front
	switch {
	case sym.GS1, sym.AIM != "" && gs1.IsLink(data):
		sc, err := gs1.ParseScan(sym.AIM+data, r.options())
		if err != nil {
			return out, err
		}
		var ai string
		if ai, digits = keyOf(&sc.Message, kind); digits == "" {
			return out, &refused{Fault{Code: gs1.CodeRequisite, AI: ai, Detail: "the GS1 data hold no AI (" + ai + ")"}}
		}
	case sym.AIM != "" && (kind == symbology.UPCA || kind == symbology.UPCE) && len(digits) == 13 && digits[0] == '0':
		digits, off = digits[1:], 1 // an EAN symbol is sent with 13 digits, whatever is printed
		if short, ok := symbology.ShortUPCE(digits); ok && kind == symbology.UPCE {
			digits, off = short, 5
		}
	}
	n, err := symbology.Canonical(kind, digits)
	if e, ok := err.(*symbology.Error); ok {
		e.At += off
		return out, e
	}
	out.Kind, out.GTIN, out.Number = KindGTIN, n.GTIN, n.Value
	switch kind {
	case symbology.SSCC:
		out.Kind = KindSSCC
	case symbology.GLN:
		out.Kind = KindGLN
	}
	return out, nil
}

// keyOf gives the number of a kind that GS1 data hold, and its AI; digits are empty where
// there is none.
func keyOf(m *gs1.Message, kind symbology.Kind) (ai, digits string) {
	list := []string{"01"}
	switch kind {
	case symbology.SSCC:
		list = []string{"00"}
	case symbology.GLN:
		list = []string{"414", "410", "411", "412", "413", "415", "416", "417"}
	}
	for _, ai := range list {
		if v, ok := m.Value(ai); ok {
			return ai, v
		}
	}
	return list[0], ""
}

// waybillScan reads a carrier's number, with the identifier of its symbol or without.
func (r *Reader) waybillScan(s, carrier string) (Output, error) {
	sym, data := symbology.Take(s)
	if sym.ArticleOnly() {
		return Output{Symbology: sym.AIM}, refuse(gs1.CodeIdentifier, "a symbol of "+sym.AIM+" ("+sym.Family+") carries an article's number and no waybill")
	}
	if sym.GS1 { // carriers print ZIP and number as GS1-128, with FNC1 between them
		data = strings.ReplaceAll(data, "\x1d", "")
	}
	out, err := r.waybill(data, carrier)
	if err != nil && sym.GS1 && len(data) == 20 && strings.HasPrefix(data, "00") {
		if w, bad := r.waybill(data[2:], carrier); bad == nil { // an SSCC that is the carrier's number
			out, err = w, nil
		}
	}
	out.Symbology = sym.AIM
	return out, err
}

func (r *Reader) waybill(s, carrier string) (Output, error) {
	if carrier == "" {
		return Output{}, refuse(CodeCarrier, "a number does not tell whose it is: name the carrier, as the job does")
	}
	res, err := r.rules().Check(carrier, s)
	if err != nil {
		return Output{}, err
	}
	out := Output{Kind: KindWaybill, Carrier: carrier, Number: res.Number, Warnings: res.Warnings}
	if res.Doubt != nil {
		out.Hint = hintOf(res.Doubt, asWaybill)
	}
	return out, nil
}

// carriersOwn gives the carrier's number in GS1 data that are made for carriers (ZIP in
// front, or a company's own AI), where the job's carrier has a sure rule for it.
func (r *Reader) carriersOwn(s, carrier string) (Output, bool) {
	sym, data := symbology.Take(s)
	if carrier == "" || !sym.GS1 || !forCarriers(data) {
		return Output{}, false
	}
	out, err := r.waybillScan(s, carrier)
	return out, err == nil && r.proves(carrier, out.Number)
}

func forCarriers(data string) bool {
	return strings.HasPrefix(data, "420") || strings.HasPrefix(data, "421") || len(data) > 2 && data[0] == '9' && digit(data[1])
}
