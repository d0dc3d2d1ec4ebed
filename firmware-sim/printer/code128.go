package printer

import "strings"

// fnc1 stands for FNC1 inside the text of a read barcode, as scanners send it.
const fnc1 = '\x1d'

// invocation gives the text of the codes of ^BC mode N that stand for a
// character (manual, table of Code 128 invocation codes).
func invocation(c byte) (string, bool) {
	switch c {
	case '0':
		return ">", true
	case '<':
		return "^", true
	case '=':
		return "~", true
	case '1':
		return "\x7f", true
	case '8':
		return string(rune(fnc1)), true
	case '2', '3': // FNC3, FNC2: for the scanner, not part of the text
		return "", true
	}
	return "", false
}

// read128 gives the text that a scanner reads from ^BC field data.
// mode is the sixth parameter of ^BC: N none, U SSCC, A automatic, D UCC/EAN.
// gs1 says whether FNC1 stands first.
func read128(data, mode string) (text string, gs1 bool) {
	switch mode {
	case "U":
		return sscc(data), true
	case "D":
		plain := strings.NewReplacer("(", "", ")", "", " ", "", ">8", string(rune(fnc1))).Replace(data)
		return strings.TrimPrefix(plain, string(rune(fnc1))), true
	case "A":
		return data, false
	}
	r := reader128{set: 'B'}
	for i := 0; i < len(data); i++ {
		if data[i] == '>' && i+1 < len(data) && r.code(data[i+1], len(r.out) == 0) {
			i++
			continue
		}
		r.put(data[i])
	}
	return string(r.out), r.gs1
}

// reader128 follows the subsets of one symbol.
type reader128 struct {
	set   byte // A, B or C
	out   []byte
	gs1   bool
	shift bool
	digit byte // the first of a pair in subsets A and C
}

// code takes the character after '>'; false where it is no invocation code.
func (r *reader128) code(c byte, first bool) bool {
	switch c {
	case '9', '7':
		r.set = 'A'
	case ':', '6':
		r.set = 'B'
	case ';', '5':
		r.set = 'C'
	case '4':
		r.shift = true
	default:
		s, ok := invocation(c)
		if !ok {
			return false
		}
		if c == '8' && first {
			r.gs1 = true
			return true
		}
		r.out = append(r.out, s...)
	}
	r.digit = 0
	return true
}

func (r *reader128) put(b byte) {
	set := r.set
	if r.shift && set != 'C' {
		set = 'A' + 'B' - set
	}
	if set == 'B' {
		r.out, r.shift = append(r.out, b), false
		return
	}
	// Subsets A and C are programmed in pairs of digits; anything else in a
	// pair makes the printer leave the pair out.
	if b < '0' || b > '9' {
		r.digit = 0
		return
	}
	if r.digit == 0 {
		r.digit = b
		return
	}
	pair := []byte{r.digit, b}
	r.digit, r.shift = 0, false
	if set == 'C' {
		r.out = append(r.out, pair...)
		return
	}
	switch v := (pair[0]-'0')*10 + pair[1] - '0'; {
	case v < 64:
		r.out = append(r.out, v+32)
	case v < 96:
		r.out = append(r.out, v-64)
	}
}

// sscc is mode U: AI 00, 17 digits (cut or zero-filled on the right to 19 with
// the AI, as the manual says) and the check digit that the printer adds.
func sscc(data string) string {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, data)
	digits = (digits + strings.Repeat("0", 19))[:19]
	sum := 0
	for i := range 17 {
		weight := 3
		if i%2 == 1 {
			weight = 1
		}
		sum += weight * int(digits[18-i]-'0')
	}
	return digits + string(rune('0'+(10-sum%10)%10))
}
