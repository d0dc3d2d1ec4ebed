package waybill

import (
	"strconv"
	"strings"
)

// Number makes a number by the built-in rules; see [Rules.Number].
func Number(format string, serial uint64) (string, error) { return Standard().Number(format, serial) }

// Number gives the full number of a serial. The serial does not hold the check
// digit and is filled with zeros on the left; the check digit is computed and put
// in its place.
//
// format is the name of a carrier or of a rule, whose first issuing rule is used
// ("cj", "dhl-express-10"), or, where a number has fixed parts around the serial,
// "s10:EM:KR" (service and country) and "ups:1Z12345E02" (all but the last seven
// digits and the check digit).
//
// Errors: [*Error] with CodeFormat or CodeRange.
func (r *Rules) Number(format string, serial uint64) (string, error) {
	name, fixed, _ := strings.Cut(format, ":")
	if fixed != "" {
		return fixedNumber(name, fixed, serial)
	}
	rl := r.issuing(name)
	if rl == nil {
		return "", &Error{Code: CodeFormat, Detail: "no numbers can be made in the format " + strconv.Quote(format)}
	}
	digits, err := serialDigits(serial, rl.width())
	if err != nil {
		return "", err
	}
	return rl.make(digits)
}

// make puts the digits of a serial, as many as the rule is wide, into its shape.
func (r *rule) make(digits string) (string, error) {
	out := make([]byte, 0, maxNumber)
	var payload []byte
	checkAt := -1
	for _, a := range r.shape {
		if a.check { // computed at the end: what it runs over may stand behind it
			checkAt = len(out)
			out = append(out, 0)
			continue
		}
		fixed, isFixed := a.fixed()
		for range a.min {
			c := fixed
			if !isFixed {
				c, digits = digits[0], digits[1:]
			}
			out = append(out, c)
			if a.payload {
				payload = append(payload, c)
			}
		}
	}
	if checkAt >= 0 {
		c, ok := r.check(string(payload))
		if !ok {
			return "", &Error{Code: CodeFormat, Detail: "the rule's algorithm takes no such characters"}
		}
		out[checkAt] = c
	}
	return string(out), nil
}

// SerialWidth gives the number of digits of a serial in a format, 0 where numbers
// cannot be made in it.
func (r *Rules) SerialWidth(format string) int {
	name, fixed, _ := strings.Cut(format, ":")
	switch {
	case fixed != "" && name == "s10":
		return 8
	case fixed != "" && name == "ups":
		return 7
	}
	rl := r.issuing(name)
	if rl == nil {
		return 0
	}
	return rl.width()
}

// issuing finds the rule that numbers are made by: of fixed length, digits and
// characters that stand for themselves.
func (r *Rules) issuing(name string) *rule {
	for i := range r.byCarrier[name] {
		if rl := &r.byCarrier[name][i]; rl.issue {
			return rl
		}
	}
	return r.named[name]
}

// width is the number of digits of the shape that the serial fills.
func (r *rule) width() int {
	n := 0
	for _, a := range r.shape {
		if _, fixed := a.fixed(); !a.check && !fixed {
			n += a.min
		}
	}
	return n
}

func serialDigits(serial uint64, width int) (string, error) {
	s := strconv.FormatUint(serial, 10)
	if len(s) > width {
		return "", &Error{Code: CodeRange, Detail: "the serial has more than " + strconv.Itoa(width) + " digits"}
	}
	return strings.Repeat("0", width-len(s)) + s, nil
}

func fixedNumber(name, fixed string, serial uint64) (string, error) {
	bad := &Error{Code: CodeFormat, Detail: "want s10:SS:CC or ups:1Z and eight characters"}
	switch name {
	case "s10":
		service, cc, ok := strings.Cut(fixed, ":")
		if !ok || len(service) != 2 || !allLetters(service) || !country(cc) {
			return "", bad
		}
		digits, err := serialDigits(serial, 8)
		if err != nil {
			return "", err
		}
		c, _ := s10(digits)
		return service + digits + string(c) + cc, nil
	case "ups":
		if len(fixed) != 10 || !strings.HasPrefix(fixed, "1Z") {
			return "", bad
		}
		digits, err := serialDigits(serial, 7)
		if err != nil {
			return "", err
		}
		c, ok := mod10left(fixed[2:]+digits, []int{1, 2})
		if !ok {
			return "", bad
		}
		return fixed + digits + string(c), nil
	}
	return "", bad
}

func allLetters(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return true
}

// Space names whose numbers a format makes: formats of one space may give the
// same number, so that no two parcels may have it. It is the carrier of the
// rules: of a carrier's name itself, of a rule's name the rule's carrier, of a
// format with fixed parts what stands before them; a name without rules is a
// space of its own.
func (r *Rules) Space(format string) string {
	name, _, _ := strings.Cut(format, ":")
	if len(r.byCarrier[name]) == 0 && r.named[name] != nil {
		return r.named[name].carrier
	}
	return name
}
