package reading

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
)

// beside adds to an answer what else the code may be: the carriers whose number it
// may be, and of an unknown code what it nearly is. What the site knows is what it is.
func (r *Reader) beside(out *Output, s, carrier string) {
	if r.Known != nil && (r.Known(s) || out.GTIN != "" && r.Known(out.GTIN)) {
		return
	}
	sym, code := symbology.Take(s)
	switch out.Kind {
	case KindUnknown:
		out.Hint, out.AlsoWaybill = r.hint(s, code, carrier)
	case KindGTIN, KindSSCC:
		if sym.ArticleOnly() || sym.Family == "itf" {
			return // an article's symbol
		}
		if checked, _, _ := r.rules().Whose(code); checked != nil {
			out.AlsoWaybill, out.Warnings = checked, append(out.Warnings, WarnWaybill)
		}
	case KindGS1:
		if forCarriers(code) {
			out.AlsoWaybill, _, _ = r.rules().Whose(strings.ReplaceAll(code, "\x1d", ""))
		}
	}
}

// hint tells what an unknown code nearly is, nil where it is like nothing, and the
// carriers whose number it may be. code is s without its identifier.
func (r *Reader) hint(s, code, carrier string) (*Hint, []string) {
	if at := strings.IndexRune(code, utf8.RuneError); at >= 0 { // what is no UTF-8 too
		return &Hint{Code: CodeUTF8, As: "auto", At: at, Detail: "no UTF-8, or half of a surrogate pair: set the character set of the scanner or of the program that sent it"}, nil
	}
	if bare := strings.TrimLeft(strings.TrimFunc(code, unseen), "\x1d"); bare != code && bare != "" {
		return r.blank(s, code, bare, carrier)
	}
	if gs1.IsLink(code) {
		return r.linkHint(code), nil
	}
	checked, shaped, near := r.rules().Whose(code)
	also := append(checked, shaped...)
	if carrier != "" {
		if _, err := r.waybill(code, carrier); err != nil {
			return hintOf(err, asWaybill), also
		}
	}
	sym, _ := symbology.Take(s)
	own := carriersShape(code)
	article := articleHint(sym, code)
	if article == nil {
		article = r.itemHint(s)
	}
	switch {
	case len(checked) > 0, own && len(shaped) > 0, article == nil && len(shaped) > 0:
		return &Hint{Code: CodeCarrier, As: asWaybill}, also
	case own && near != nil:
		return hintOf(near, asWaybill), also
	default:
		return article, also
	}
}

// carriersShape reports whether a code looks like a carrier's number and nothing else:
// letters among its digits (other than the start and stop letters of Codabar), or more
// digits than any other number has.
func carriersShape(code string) bool {
	inner := code
	if n := len(inner); n > 2 && strings.IndexByte("ABCD", inner[0]) >= 0 && digit(inner[1]) {
		inner = inner[1:]
	}
	if n := len(inner); n > 2 && strings.IndexByte("ABCD", inner[n-1]) >= 0 && digit(inner[n-2]) {
		inner = inner[:n-1]
	}
	return len(code) >= 20 || strings.Trim(inner, "0123456789 -") != ""
}

// articleHint tells what is wrong with digits that are as many as a number of the GS1
// family has.
func articleHint(sym symbology.Symbology, code string) *Hint {
	as, ok := map[int]string{8: "ean8", 12: "upca", 13: "ean13", 14: "itf14", 18: "sscc"}[len(code)]
	if !ok || !sym.Carries(symbology.GTIN) || strings.Trim(code, "0123456789") != "" {
		return nil
	}
	if _, err := symbology.Canonical(symbology.Kind(as), code); err != nil {
		return hintOf(err, as)
	}
	return nil
}

// itemHint tells of lot, expiry or serial without the identifier that would say so. At a
// pick of an article that wants them they are taken, unless a separator may be missing.
func (r *Reader) itemHint(s string) *Hint {
	read := symbology.Clean([]byte(s), "")
	o := r.options()
	if _, err := read.Elements(o); err != nil {
		f := faultOf(err)
		o.KeepsSeparators = true
		if m, bad := read.Elements(o); f.Code == gs1.CodeAmbiguous && bad == nil && read.OfItem(&m) {
			return &Hint{Code: f.Code, As: "scan", At: f.At}
		}
		return nil
	}
	if m, _ := read.Elements(o); read.OfItem(&m) {
		return &Hint{Code: gs1.CodeRequisite, As: "scan"}
	}
	return nil
}

func (r *Reader) linkHint(code string) *Hint {
	_, err := gs1.ParseLink(code, r.options())
	if err == nil {
		return nil
	}
	if f := faultOf(err); f.AI != "" && f.Code != gs1.CodeURINoKey {
		return hintOf(err, "digital-link")
	}
	return nil
}

// unseen reports whether a character is one that a scanner or an input method puts
// beside a code and nobody sees: blanks, control characters, marks of direction. The
// separator (GS) is data.
func unseen(c rune) bool {
	return c != 0x1D && (unicode.IsSpace(c) || unicode.IsControl(c) || unicode.Is(unicode.Cf, c))
}

// blank tells of what nobody sees in front of a code or behind it, and what the code
// would be without: a scanner that is set to send it makes every code unknown.
func (r *Reader) blank(s, code, bare, carrier string) (*Hint, []string) {
	at := len(strings.TrimRightFunc(code, unseen))
	if !strings.HasPrefix(code, bare) {
		at = 0
	}
	h := &Hint{Code: CodeBlank, As: "auto", At: at}
	without, err := r.auto(s[:len(s)-len(code)]+bare, carrier, true)
	if err != nil {
		return h, nil
	}
	r.beside(&without, bare, carrier)
	switch {
	case without.Kind == KindGS1:
		h.As = "scan"
	case without.Kind != KindUnknown:
		h.As = without.Kind
	case without.Hint != nil && without.Hint.Code == CodeCarrier:
		h.As = asWaybill
	}
	return h, without.AlsoWaybill
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
	if day.Timed {
		out.LastGoodTime = fmt.Sprintf("%02d:%02d", day.Hour, day.Minute)
	}
	if day.Passed(r.Now) {
		out.Warnings = append(out.Warnings, WarnExpired)
	}
	return out, nil
}
