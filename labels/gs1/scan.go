package gs1

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Scan is what a scanner sent, taken apart.
type Scan struct {
	AIM     string  // identifier; empty where there was none
	Message Message // elements, or the primary data of EAN and UPC
	IsGS1   bool    // Message holds elements
	IsLink  bool    // they came from a Digital Link
	Text    string  // plain data
}

// ParseScan reads scanner output that begins with an AIM identifier: ]C1 ]e0 ]d2 ]Q3
// ]J1 carry GS1 data, ]E0 and ]E4 EAN and UPC (with |]e0 in front of a composite
// part), the rest is plain. A plain web address must be a Digital Link.
//
// GS1 data that holds no separator at all, but would also make sense with one, is
// refused as [CodeAmbiguous]: a keyboard wedge may have eaten it.
func ParseScan(s string, o Options) (Scan, error) {
	if len(s) < 3 || s[0] != ']' {
		return Scan{}, &Error{Code: CodeIdentifier, Detail: "no symbology identifier"}
	}
	if !Identifier(s[:3]) {
		return Scan{}, &Error{Code: CodeIdentifier, At: 1, Len: 2, Detail: "no such symbology identifier"}
	}
	out := Scan{AIM: s[:3]}
	data := s[3:]
	switch out.AIM {
	case "]C1", "]e0", "]e1", "]e2", "]d2", "]d5", "]Q3", "]Q4", "]J1", "]J4":
		m, err := ParseKeyed(data, o)
		if err != nil {
			return Scan{}, err
		}
		out.Message, out.IsGS1 = m, true
		return out, nil
	case "]E0":
		return out.ean(data, 13, &o)
	case "]E4":
		return out.ean(data, 8, &o)
	}
	out.Text = data
	if IsLink(data) {
		m, err := ParseLink(data, o)
		if err != nil {
			return Scan{}, err
		}
		out.Message, out.IsGS1, out.IsLink = m, true, true
	}
	return out, nil
}

// Identifier reports whether text is an AIM identifier: a letter that ISO/IEC 15424
// gives to a symbology, with a modifier that it has. Where makers disagree on the
// modifiers every digit is taken.
func Identifier(text string) bool {
	if len(text) != 3 || text[0] != ']' {
		return false
	}
	letter, modifier := text[1], text[2]
	few := map[byte]string{'A': "01234578", 'C': "0124", 'E': "01234", 'I': "013", 'J': "012345", 'Q': "0123456", 'd': "0123456", 'e': "0123",
		'z': "0123456789ABC"}
	if allowed := few[letter]; allowed != "" {
		return strings.IndexByte(allowed, modifier) >= 0
	}
	return strings.IndexByte("BDFGHKLMNOPRSTUXYZchops", letter) >= 0 && modifier >= '0' && modifier <= '9'
}

// ean reads the digits of an EAN or UPC symbol and its composite part.
func (s Scan) ean(data string, digits int, o *Options) (Scan, error) {
	primary, composite, hasCC := strings.Cut(data, "|]e0")
	if len(primary) != digits {
		return Scan{}, &Error{Code: CodePrimary, At: min(len(primary), digits), Len: len(primary), Detail: "the symbol carries another number of digits"}
	}
	if code, at, n := csum(primary); code != "" {
		return Scan{}, &Error{Code: code, At: at, Len: n, Detail: contentDetail(code, primary, "")}
	}
	s.Message.Primary, s.Text = primary, primary
	if !hasCC {
		return s, nil
	}
	if err := lostSeparator(composite, digits+4, o); err != nil {
		return Scan{}, err
	}
	m, err := parseElements(composite, 0x1D, digits+4, o)
	if err != nil {
		return Scan{}, err
	}
	m.Primary = primary
	if err := m.associations(o); err != nil {
		return Scan{}, err
	}
	s.Message, s.IsGS1 = m, true
	return s, nil
}

// ParseKeyed is [Parse] for data that may have come through a keyboard: where it
// holds no separator and a separator within its last value would also make good
// data, it is refused as [CodeAmbiguous], never split by guess. A separator is looked
// for in front of lots, serials and digits that prove themselves ([AI.follows]).
func ParseKeyed(data string, o Options) (Message, error) {
	if err := lostSeparator(data, 0, &o); err != nil {
		return Message{}, err
	}
	m, err := Parse(data, o)
	if err != nil {
		return Message{}, otherSeparator(data, err, &o)
	}
	return m, nil
}

// otherSeparator says of data at fault whether they would be right with another character
// taken for the separator: a scanner or a keyboard wedge that is set up so sends all its
// codes so, and nothing is wrong with the label.
func otherSeparator(data string, err error, o *Options) error {
	e, ok := err.(*Error)
	if !ok || e.At >= len(data) || inSet82(data[e.At]) || data[e.At] == 0x1D {
		return err
	}
	rest := data[e.At:]
	_, n := utf8.DecodeRuneInString(rest)
	sent := rest[:n]
	for _, name := range [...]string{"{GS}", "[GS]", "^]"} {
		if strings.HasPrefix(rest, name) {
			sent = name
		}
	}
	if _, bad := Parse(strings.ReplaceAll(data, sent, "\x1d"), *o); bad != nil {
		return err
	}
	told := *e
	told.Detail = "the scanner sends " + strconv.Quote(sent) + " for the separator (GS, 0x1D): set it up to send GS; all else is right"
	return &told
}

// lostSeparator refuses data that may have lost a separator. base is added to the place
// told.
func lostSeparator(data string, base int, o *Options) error {
	if o.KeepsSeparators || strings.IndexByte(data, 0x1D) >= 0 || len(data) > maxInput {
		return nil
	}
	if at := newSplitter(data, o).place(0); at >= 0 {
		return &Error{Code: CodeAmbiguous, At: base + at, Detail: "a separator may be missing here; read the code with a scanner that sends it"}
	}
	return nil
}

// follows reports whether an AI is one that a lost separator is looked for in front of:
// lot and serial, which stand side by side on every regulated pack, and values that
// begin with a fixed number of digits which prove themselves, by their content (dates,
// check digits, countries) or by the four digits of the AI. Any other two or three
// digits within a lot say nothing: nearly every lot holds some.
func (a *AI) follows() bool {
	first := &a.Parts[0]
	return a.Code == "10" || a.Code == "21" ||
		first.Set == 'n' && first.Min == first.Max && (len(first.Checks) > 0 || len(a.Code) == 4)
}

// certain reports whether an AI and its value are no chance within another value: four
// digits, then digits that prove themselves.
func (a *AI) certain() bool { return len(a.Code) == 4 && a.follows() && len(a.Parts[0].Checks) > 0 }

// exact reports whether all values of an AI are of one length.
func (a *AI) exact() bool {
	for i := range a.Parts {
		if p := &a.Parts[i]; p.Optional || p.Min != p.Max {
			return false
		}
	}
	return true
}

// sameTwice: a symbol does not hold one AI twice, so such a reading is no other one.
func sameTwice(els []Element) bool {
	for i := range els {
		for j := range i {
			if els[i].AI == els[j].AI {
				return true
			}
		}
	}
	return false
}

// WriteScan gives what a scanner sends for a message in a symbology: QR, DM,
// DotCode, GS1_128_CCA, GS1_128_CCC, DataBarExpanded, DataBarOmni,
// DataBarTruncated, DataBarStacked, DataBarStackedOmni, DataBarLimited, EAN13, EAN8,
// UPCA, UPCE. The message has the form of [ParseMessage]; plain data that begins
// with ^ is written \^ (a backslash more for each).
//
// It serves simulators and tests.
func WriteScan(symbology, message string, o Options) (string, error) {
	plainID, gs1ID := map[string]string{"QR": "]Q1", "DM": "]d1", "DotCode": "]J0"}[symbology],
		map[string]string{"QR": "]Q3", "DM": "]d2", "DotCode": "]J1"}[symbology]
	linear, composite, hasCC := strings.Cut(message, "|")
	isGS1 := strings.HasPrefix(message, "^")
	if isGS1 || hasCC && plainID == "" {
		if _, err := ParseMessage(message, o); err != nil {
			return "", err
		}
	}
	switch {
	case plainID != "" && !isGS1:
		return plainID + unescapeCaret(message), nil
	case plainID != "":
		return gs1ID + separators(linear[1:]), nil
	}
	switch symbology {
	case "GS1_128_CCA", "GS1_128_CCC", "DataBarExpanded":
		return writeGS1(symbology, linear, composite, hasCC, &o)
	}
	return writePrimary(symbology, linear, composite, hasCC)
}

func separators(s string) string { return strings.ReplaceAll(s, "^", "\x1d") }

// unescapeCaret takes one backslash off where backslashes and a caret begin the data.
func unescapeCaret(s string) string {
	if strings.HasPrefix(s, `\`) && strings.HasPrefix(strings.TrimLeft(s, `\`), "^") {
		return s[1:]
	}
	return s
}

func writeGS1(symbology, linear, composite string, hasCC bool, o *Options) (string, error) {
	if !strings.HasPrefix(linear, "^") {
		return "", &Error{Code: CodeNoFNC1, Detail: "the symbology carries GS1 data only"}
	}
	if !hasCC {
		id := "]C1"
		if symbology == "DataBarExpanded" {
			id = "]e0"
		}
		return id + separators(linear[1:]), nil
	}
	m, err := parseElements(linear[1:], '^', 0, o)
	if err != nil {
		return "", err
	}
	out := "]e0" + separators(linear[1:])
	if last := m.Elements[len(m.Elements)-1]; !last.entry.Fixed && !strings.HasSuffix(out, "\x1d") {
		out += "\x1d"
	}
	return out + separators(strings.TrimPrefix(composite, "^")), nil
}

// writePrimary writes symbols that carry one number and perhaps a composite part.
func writePrimary(symbology, linear, composite string, hasCC bool) (string, error) {
	digits, id, pad := 14, "]e0", "01"
	switch symbology {
	case "EAN13":
		digits, id, pad = 13, "]E0", ""
	case "EAN8":
		digits, id, pad = 8, "]E4", ""
	case "UPCA", "UPCE":
		digits, id, pad = 12, "]E0", "0"
	case "DataBarOmni", "DataBarTruncated", "DataBarStacked", "DataBarStackedOmni", "DataBarLimited":
	default:
		return "", &Error{Code: CodeIdentifier, Detail: "no such symbology"}
	}
	zeros := "^01" + strings.Repeat("0", 14-digits)
	n := strings.TrimPrefix(linear, zeros)
	if _, ok := number(n); !ok || len(n) != digits {
		return "", &Error{Code: CodePrimary, Detail: "the symbol carries another number of digits"}
	}
	if code, at, l := csum(n); code != "" {
		return "", &Error{Code: code, At: at, Len: l, Detail: "the number is wrong"}
	}
	if symbology == "DataBarLimited" && n[0] > '1' {
		return "", &Error{Code: CodePrimary, Detail: "the symbol carries indicators 0 and 1 only"}
	}
	out := id + pad + n
	switch {
	case !hasCC:
		return out, nil
	case digits == 14:
		return out + separators(strings.TrimPrefix(composite, "^")), nil
	}
	return out + "|]e0" + separators(strings.TrimPrefix(composite, "^")), nil
}
