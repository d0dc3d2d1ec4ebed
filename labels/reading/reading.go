package reading

import (
	"errors"
	"strings"
	"time"

	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
	"dcedge/labels/waybill"
)

// Input is one question: a code, how to read it, and whose number it may be.
type Input struct {
	Input   string `json:"input"`
	As      string `json:"as,omitempty"`      // empty is auto
	Carrier string `json:"carrier,omitempty"` // of a waybill
	With    string `json:"with,omitempty"`    // another code of the same item, as scanned before; the answer is for both
}

// Element is one GS1 element.
type Element struct {
	AI    string `json:"ai"`
	Value string `json:"value"`
}

// Fault says why a code is refused. At is the offset in bytes, counted behind the
// symbology identifier or the leading FNC1.
type Fault struct {
	Code   string `json:"code"`
	Of     string `json:"of,omitempty"` // of two codes of one item the one at fault, "input" or "with"; empty where they do not fit together
	AI     string `json:"ai,omitempty"`
	At     int    `json:"at"`
	Detail string `json:"detail"`
}

// Output is the answer, in the shape of `edge barcode`.
type Output struct {
	Input     string    `json:"input"`
	OK        bool      `json:"ok"`
	Kind      string    `json:"kind,omitempty"` // gs1, gtin, sscc, gln, waybill, unknown
	Symbology string    `json:"symbology,omitempty"`
	Message   string    `json:"message,omitempty"` // ^ stands for FNC1
	GTIN      string    `json:"gtin,omitempty"`    // 14 digits
	Elements  []Element `json:"elements,omitempty"`
	Carrier   string    `json:"carrier,omitempty"`
	Number    string    `json:"number,omitempty"`
	// AlsoWaybill names the carriers whose number this may be, first those whose check
	// digit holds. Whose it is the job says, never the number.
	AlsoWaybill []string `json:"alsoWaybill,omitempty"`
	// AlsoGTIN is the other article that eight digits without an identifier may be: GTIN
	// is that of the EAN-8, this that of the UPC-E (warning eightDigits).
	AlsoGTIN string `json:"alsoGTIN,omitempty"`
	// LastGoodDay is the last day on which the item is good, YYYY-MM-DD, day 00 resolved.
	LastGoodDay string `json:"lastGoodDay,omitempty"`
	// LastGoodTime is the time of that day until which it is good, HH:MM to 24:00, where
	// the item names one (AI 7003).
	LastGoodTime string `json:"lastGoodTime,omitempty"`
	Hint         *Hint  `json:"hint,omitempty"` // of an unknown code
	// Candidate is what a spoilt code was probably sent as, where nothing proves it (error
	// unproven): for setting the scanner up, never to be worked with.
	Candidate *Candidate `json:"candidate,omitempty"`
	Repaired  string     `json:"repaired,omitempty"` // what the keyboard or reader had done
	Warnings  []string   `json:"warnings,omitzero"`
	Error     *Fault     `json:"error,omitempty"`
}

// Hint says of an unknown code what it nearly is: it has the shape of As, but for the
// fault Code.
type Hint struct {
	Code string `json:"code"`
	As   string `json:"as"` // as Input.As
	AI   string `json:"ai,omitempty"`
	At   int    `json:"at"` // offset in bytes

	Detail string `json:"detail,omitempty"` // of a wrong check digit: the one that the others ask for
}

// hintOf makes a hint of a fault.
func hintOf(err error, as string) *Hint {
	f := faultOf(err)
	h := &Hint{Code: f.Code, As: as, AI: f.AI, At: f.At}
	if f.Code == symbology.CodeCheck {
		h.Detail = f.Detail
	}
	return h
}

// Candidate is a code that cannot be proven. Its letters may have lost their case.
type Candidate struct {
	Code  string `json:"code"`
	Cause string `json:"cause"` // hangul, kana, wide
}

// Kinds of codes.
const (
	KindGS1     = "gs1"
	KindGTIN    = "gtin"
	KindSSCC    = "sscc"
	KindGLN     = "gln"
	KindWaybill = "waybill"
	KindUnknown = "unknown"
)

// Codes of faults that come from here.
const (
	CodeAs      = "as"       // no such way of reading
	CodeEmpty   = "empty"    // nothing to read
	CodeLarge   = "tooLarge" // longer than any symbol
	CodeNotLink = "noLink"   // no web address
	CodeCarrier = "carrierUnknown"
	CodeBlank   = "blank" // of a hint: a character that nobody sees stands in front or behind
	CodeUTF8    = "utf8"  // of a hint: a character was lost on the way here
)

// Of two codes of one item, as Fault.Of.
const (
	ofInput = "input"
	ofWith  = "with"
)

// Warnings that come from here.
const (
	WarnExpired = "expired"     // the last good day is over
	WarnEight   = "eightDigits" // right as an EAN-8 and as a UPC-E
	WarnWaybill = "alsoWaybill" // right as an article's number and as a carrier's
)

// maxInput is the longest code read, in bytes.
const maxInput = 8 << 10

// Reader reads codes. The zero value uses the built-in tables.
type Reader struct {
	Rules *waybill.Rules         // nil is the standard
	Table *gs1.Table             // nil is the standard
	Known func(code string) bool // a code that the site knows; nil knows none
	// KeepsSeparators says that the device is known to send GS (0x1D): then nothing is
	// ambiguous for want of one.
	KeepsSeparators bool
	// Now is the time of the site, in its zone; the zero time tells no dates.
	Now time.Time
}

// Explain answers with the built-in tables; see [Reader.Explain].
func Explain(in Input) Output { return (&Reader{}).Explain(in) }

// Explain says what the system makes of one code.
func (r *Reader) Explain(in Input) Output {
	out, err := r.read(in)
	of := "" // which of two codes is at fault
	if in.With != "" {
		if of = ofInput; err == nil {
			out, of, err = r.withFirst(in, out)
		}
	}
	if err == nil {
		out, err = r.dated(out)
	}
	out.Input = in.Input
	if err != nil {
		out = Output{Input: in.Input, Symbology: out.Symbology, Error: faultOf(err)}
		out.Error.Of = of
		if out.Error.Code == symbology.CodeUnknown {
			out.Candidate = r.candidate(in, of)
		}
		return out
	}
	out.OK = true
	return out
}

// candidate shows what a spoilt code was probably sent as.
func (r *Reader) candidate(in Input, of string) *Candidate {
	s := in.Input
	if of == ofWith {
		s = in.With
	}
	keys, ok := symbology.Keys(strings.TrimRight(s, "\r\n"))
	switch {
	case !ok:
		return nil
	case in.As == asWaybill && of != ofWith:
		keys.Code = r.rules().Normalize(in.Carrier, keys.Code) // numbers are in capitals
	}
	return &Candidate{keys.Code, keys.Cause}
}

// refused is a fault of this package's own.
type refused struct{ Fault }

func (e *refused) Error() string { return "reading: " + e.Code + ": " + e.Detail }

func refuse(code, detail string) error { return &refused{Fault{Code: code, Detail: detail}} }

func faultOf(err error) *Fault {
	var g *gs1.Error
	var s *symbology.Error
	var w *waybill.Error
	var own *refused
	switch {
	case errors.As(err, &g):
		return &Fault{Code: g.Code, AI: g.AI, At: g.At, Detail: g.Detail}
	case errors.As(err, &s):
		return &Fault{Code: s.Code, At: s.At, Detail: s.Detail}
	case errors.As(err, &w):
		return &Fault{Code: w.Code, At: w.At, Detail: w.Detail}
	case errors.As(err, &own):
		return &own.Fault
	}
	return &Fault{Code: "internal", Detail: "the code could not be read"}
}

// options leaves out what an element needs beside it: a lone lot is good data of one
// symbol of several, told as a warning.
func (r *Reader) options() gs1.Options {
	return gs1.Options{Table: r.Table, SkipRequisites: true, KeepsSeparators: r.KeepsSeparators}
}

func (r *Reader) rules() *waybill.Rules {
	if r.Rules != nil {
		return r.Rules
	}
	return waybill.Standard()
}

func (r *Reader) read(in Input) (Output, error) {
	switch {
	case len(in.Input) > maxInput:
		return Output{}, refuse(CodeLarge, "longer than any symbol holds")
	case in.Carrier != "" && !r.rules().Known(in.Carrier):
		return Output{}, refuse(CodeCarrier, "no rules for this carrier")
	}
	switch in.As {
	case "", "auto", "scan":
		read := r.scan
		if in.As != "scan" {
			read = func(s, carrier string) (Output, error) { return r.auto(s, carrier, true) }
		}
		out, err := read(in.Input, in.Carrier)
		if err == nil {
			code := strings.TrimRight(in.Input, "\r\n")
			if out.Repaired != "" {
				code = out.Number
			}
			r.beside(&out, code, in.Carrier)
		}
		return out, err
	case "message":
		return fromMessage(gs1.ParseMessage(in.Input, r.options()))
	case "bracketed":
		return fromMessage(gs1.ParseBracketed(in.Input, r.options()))
	case "digital-link":
		if !gs1.IsLink(in.Input) {
			return Output{}, refuse(CodeNotLink, "want http:// or https://")
		}
		return fromMessage(gs1.ParseLink(in.Input, r.options()))
	case asWaybill:
		return r.asked(in.Input, func(s string) (Output, error) { return r.waybillScan(s, in.Carrier) })
	case "gtin", "ean13", "ean8", "upca", "upce", "itf14", "sscc", "gln":
		return r.asked(in.Input, func(s string) (Output, error) { return r.number(symbology.Kind(in.As), s) })
	}
	return Output{}, refuse(CodeAs, "no such way of reading: want one of "+strings.Join(Ways(), ", "))
}

const asWaybill = "waybill"

// Ways names the ways of reading, as Input.As.
func Ways() []string {
	return []string{"auto", "scan", "message", "bracketed", "digital-link", "gtin", "ean13", "ean8", "upca", "upce", "itf14", "sscc", "gln", asWaybill}
}

func fromMessage(m gs1.Message, err error) (Output, error) {
	if err != nil {
		return Output{}, err
	}
	out := Output{Kind: KindGS1, Message: m.String(), Elements: make([]Element, len(m.Elements))}
	for i, e := range m.Elements {
		out.Elements[i] = Element{e.AI, e.Value}
	}
	if m.Requisites() != nil {
		out.Warnings = []string{gs1.CodeRequisite}
	}
	at := 0
	for _, e := range m.Elements {
		if e.AI == "01" {
			out.GTIN, at = e.Value, e.At()
			break
		}
	}
	if out.GTIN != "" && strings.Trim(out.GTIN, "0") == "" {
		return Output{}, &refused{Fault{Code: symbology.CodeZero, AI: "01", At: at, Detail: "zeros only are nobody's number"}}
	}
	switch n, err := symbology.Canonical(symbology.GTIN, m.Primary); {
	case err == nil:
		out.GTIN = n.GTIN
	case m.Primary != "" && faultOf(err).Code != symbology.CodeDigits && faultOf(err).Code != symbology.CodeLength:
		return Output{}, err
	}
	return out, nil
}

// scan reads what a scanner sends. With an identifier its word is taken.
func (r *Reader) scan(s, carrier string) (Output, error) {
	s = strings.TrimRight(s, "\r\n")
	if strings.TrimSpace(s) == "" {
		return Output{}, refuse(CodeEmpty, "nothing was read")
	}
	if s[0] != ']' {
		return r.auto(s, carrier, false)
	}
	return r.identified(s, carrier)
}

// identified reads a code with an identifier.
func (r *Reader) identified(s, carrier string) (Output, error) {
	if out, ok := r.carriersOwn(s, carrier); ok {
		return out, nil
	}
	sc, err := gs1.ParseScan(s, r.options())
	if err == nil {
		var out Output
		if out, err = r.scanned(sc, carrier); err == nil {
			return out, nil
		}
	}
	return Output{Symbology: s[:min(3, len(s))]}, err
}

// scanned turns a scan with an identifier into an answer.
func (r *Reader) scanned(sc gs1.Scan, carrier string) (out Output, err error) {
	switch {
	case sc.IsGS1:
		out, err = fromMessage(sc.Message, nil)
	case sc.Message.Primary != "":
		out, err = r.number(symbology.GTIN, sc.Text)
		out.Message = sc.Text
	default:
		out = Output{Kind: KindUnknown, Message: plain(sc.Text)}
		if carrier != "" {
			if w, err := r.waybill(sc.Text, carrier); err == nil {
				out = w
			}
		}
		if out.Kind == KindUnknown {
			if g := symbology.Clean([]byte(sc.Text), sc.AIM); g.GTIN != "" {
				out.Kind, out.GTIN, out.Number = KindGTIN, g.GTIN, g.Data
			}
		}
	}
	out.Symbology = sc.AIM
	return out, err
}

// plain writes plain data in the message form: a leading caret takes a backslash.
func plain(s string) string {
	if strings.HasPrefix(strings.TrimLeft(s, `\`), "^") {
		return `\` + s
	}
	return s
}
