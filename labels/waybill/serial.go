package waybill

import (
	"strconv"
	"strings"
)

// Serial gives back the serial of a number that [Rules.Number] makes in a format;
// ok is false for any other number.
func (r *Rules) Serial(format, number string) (serial uint64, ok bool) {
	name, fixed, _ := strings.Cut(format, ":")
	digits := ""
	switch rl := r.issuing(name); {
	case fixed != "" && name == "s10" && len(number) == 13:
		digits = number[2:10]
	case fixed != "" && name == "ups" && len(number) == 18:
		digits = number[10:17]
	case fixed == "" && rl != nil:
		digits = rl.digitsOf(number)
	}
	serial, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0, false
	}
	made, err := r.Number(format, serial)
	return serial, err == nil && made == number
}

// digitsOf takes the digits of the serial out of a number of the rule's length.
func (r *rule) digitsOf(number string) string {
	var out []byte
	at := 0
	for _, a := range r.shape {
		_, fixed := a.fixed()
		n := a.min
		if a.check {
			n = 1
		}
		if at+n > len(number) {
			return ""
		}
		if !a.check && !fixed {
			out = append(out, number[at:at+n]...)
		}
		at += n
	}
	if at != len(number) {
		return ""
	}
	return string(out)
}
