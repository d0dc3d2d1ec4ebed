package waybill

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Codes of errors and warnings; they are stable.
const (
	CodeCarrier = "carrierUnknown" // no rules for this carrier
	CodeShape   = "shape"          // length or characters fit no rule of the carrier
	CodeCheck   = "checkDigit"     // the check character is wrong
	CodeCountry = "country"        // the country of an S10 number does not exist
	CodeRange   = "range"          // a serial has more digits than the format
	CodeFormat  = "format"         // no numbers can be made in this format
)

// Error is a number refused.
type Error struct {
	Code   string // one of the Code constants
	At     int    // offset in bytes in the normalised number
	Detail string // for people; never holds the number
}

func (e *Error) Error() string { return "waybill: " + e.Code + ": " + e.Detail }

// Result is a number accepted.
type Result struct {
	Carrier    string
	Rule       string     // name of the rule that fits
	Number     string     // normalised
	Confidence Confidence // of that rule
	Warnings   []string   // codes: "checkDigit" where a doubtful rule failed
	Doubt      *Error     // what that rule found
}

// Check tests a number by the built-in rules; see [Rules.Check].
func Check(carrier, number string) (Result, error) { return Standard().Check(carrier, number) }

// Sure reports whether every rule of a carrier is sure: a number that fits none
// of them is none of its numbers.
func (r *Rules) Sure(carrier string) bool {
	return r.Known(carrier) && !slices.ContainsFunc(r.byCarrier[carrier], func(rl rule) bool { return rl.confidence != Sure })
}

// Normalize brings a scanned number into its plain form by the built-in rules; see
// [Rules.Normalize].
func Normalize(carrier, scanned string) string { return Standard().Normalize(carrier, scanned) }

// Normalize takes blanks and hyphens away, raises letters to upper case and strips
// one Codabar start and stop letter (A-D) where the carrier prints its numbers in
// that symbology. It does not check anything.
func (r *Rules) Normalize(carrier, scanned string) string {
	if len(scanned) > 4*maxNumber {
		return scanned // nothing that can be a number; Check says so
	}
	s := strings.Map(func(c rune) rune {
		switch {
		case hyphen(c), c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\u3000' || c == '\u00a0':
			return -1
		case c >= 'a' && c <= 'z':
			return c - 'a' + 'A'
		}
		return c
	}, scanned)
	if !slices.ContainsFunc(r.byCarrier[carrier], func(rl rule) bool { return rl.codabar }) || r.shaped(carrier, s) {
		return s
	}
	t := s
	if n := len(t); n > 2 && codabarLetter(t[0]) && isDigit(t[1]) {
		t = t[1:]
	}
	if n := len(t); n > 2 && codabarLetter(t[n-1]) && isDigit(t[n-2]) {
		t = t[:n-1]
	}
	if r.shaped(carrier, t) {
		return t
	}
	return s
}

// Twin gives the other form of a plain number that its symbol and its paper show
// differently, "" where both show the same: a licence plate with and without the
// data identifier J of its symbol.
func (r *Rules) Twin(carrier, number string) string {
	if number == "" || number[0] != 'J' {
		return ""
	}
	for i := range r.byCarrier[carrier] {
		switch rl := &r.byCarrier[carrier][i]; {
		case !rl.plate:
		case rl.takes(number):
			return "J" + number
		case rl.takes(number[1:]):
			return number[1:]
		}
	}
	return ""
}

// hyphen knows those of keyboards, word processors, mail and input methods.
func hyphen(c rune) bool {
	return c == '-' || c >= '\u2010' && c <= '\u2015' || c == '\u2212' || c == '\uff0d' || c == '\u30fc' || c == '\uff70'
}

func codabarLetter(c byte) bool { return c >= 'A' && c <= 'D' }
func isDigit(c byte) bool       { return c >= '0' && c <= '9' }

func (r *Rules) shaped(carrier, s string) bool {
	return slices.ContainsFunc(r.byCarrier[carrier], func(rl rule) bool { return rl.takes(s) })
}

func (r *rule) takes(s string) bool {
	_, ok := r.match(s)
	return ok
}

// match finds the shape in s, with or without a ZIP in front where that is allowed.
func (r *rule) match(s string) (match, bool) {
	if len(s) > maxNumber || len(s) < r.least || len(s) > r.most && !r.zip {
		return match{}, false
	}
	if m, ok := matchShape(r.shape, s); ok {
		return m, true
	}
	if !r.zip || !strings.HasPrefix(s, "420") {
		return match{}, false
	}
	for _, zip := range [...]int{5, 9} {
		rest := len(s) - 3 - zip
		// A nine-digit ZIP stands before 22 digits only, a five-digit one before 20 to 26.
		if rest < 20 || rest > 26 || zip == 9 && rest > 22 || !allDigits(s[3:3+zip]) {
			continue
		}
		if m, ok := matchShape(r.shape, s[3+zip:]); ok {
			m.checkAt += 3 + zip
			return m, true
		}
	}
	return match{}, false
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// Check tests a number of a carrier, normalised first. A check of a sure rule that
// fails is an [*Error]; of a doubtful one it is a warning in the result. Several
// rules may fit a number: one that holds is enough.
func (r *Rules) Check(carrier, number string) (Result, error) {
	rules := r.byCarrier[carrier]
	if len(rules) == 0 {
		return Result{}, &Error{Code: CodeCarrier, Detail: "no rules for this carrier"}
	}
	s := r.Normalize(carrier, number)
	var worst *Error
	var warned *Result
	for i := range rules {
		m, ok := rules[i].match(s)
		if !ok {
			continue
		}
		res := Result{Carrier: carrier, Rule: rules[i].name, Number: s, Confidence: rules[i].confidence, Warnings: []string{}}
		fault := rules[i].verify(s, m)
		switch {
		case fault == nil:
			return res, nil
		case rules[i].confidence == Doubtful:
			res.Warnings, res.Doubt = append(res.Warnings, fault.Code), fault
			warned = &res
		case worst == nil:
			worst = fault
		}
	}
	if warned != nil {
		return *warned, nil
	}
	if worst != nil {
		return Result{}, worst
	}
	return Result{}, &Error{Code: CodeShape, Detail: fmt.Sprintf("%d characters fit no number of %s", utf8.RuneCountInString(s), carrier)}
}

// Whose names the carriers of which a number may be one, sorted: checked are those whose
// check character holds, shaped those of whom nothing but the shape is known. Where
// no check holds, near is the fault of a rule that the number has the shape of.
//
// It never tells whose a number is: that comes from the job.
func (r *Rules) Whose(number string) (checked, shaped []string, near *Error) {
	if len(number) > 4*maxNumber {
		return nil, nil, nil // nothing that can be a number
	}
	digits := allDigits(number) // which no carrier writes otherwise
	for _, carrier := range r.carriers {
		s := number
		if !digits {
			s = r.Normalize(carrier, number)
		}
		if !r.shaped(carrier, s) {
			continue // most of them; an error in words costs more than the look
		}
		switch res, err := r.Check(carrier, number); {
		case err != nil:
			if e, ok := err.(*Error); ok && near == nil && e.Code != CodeShape {
				near = e
			}
		case len(res.Warnings) > 0:
		case res.Confidence == Shape:
			shaped = append(shaped, carrier)
		default:
			checked = append(checked, carrier)
		}
	}
	if checked != nil {
		near = nil
	}
	return checked, shaped, near
}

// ScanAgain is what to do about a number read wrong. Who has it from data says another.
const ScanAgain = ": scan again; if it stays, the label is misprinted or another carrier's"

func (r *rule) verify(s string, m match) *Error {
	if r.check == nil {
		return nil
	}
	want, ok := r.check(m.payload)
	if !ok || want != m.check {
		why := fmt.Sprintf("read %c, the rule %s wants ", m.check, r.name)
		if ok {
			why += string(want)
		} else {
			why += "other characters"
		}
		return &Error{Code: CodeCheck, At: m.checkAt, Detail: why + ScanAgain}
	}
	if r.country && !country(s[len(s)-2:]) {
		return &Error{Code: CodeCountry, At: len(s) - 2, Detail: "no such country"}
	}
	return nil
}

// country reports whether a two-letter code is assigned in ISO 3166-1 (state of
// 2024), which UPU S10 takes its countries from.
func country(cc string) bool {
	const codes = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ" +
		" CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR" +
		" GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP" +
		" KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ" +
		" NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW" +
		" SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ" +
		" UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "
	return len(cc) == 2 && strings.Contains(codes, " "+cc+" ")
}
