package waybill

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// algorithm computes the check character of a payload. ok is false where the
// payload holds a character that the algorithm has no value for.
type algorithm func(payload string) (check byte, ok bool)

// parseCheck turns the check column of a rule into an algorithm; "-" is none.
func parseCheck(s string) (algorithm, error) {
	name, param, given := strings.Cut(s, ":")
	if given && name != "mod10" && name != "mod10left" && name != "weighted" {
		return nil, fmt.Errorf("check %s takes nothing behind a colon", short(s))
	}
	switch name {
	case "-":
		return nil, nil
	case "mod7":
		return mod7, nil
	case "mod10":
		if given && (param == "" || !allDigits(param) || len(param) > maxNumber) {
			return nil, fmt.Errorf("check %s: want digits to put in front", short(s))
		}
		return func(p string) (byte, bool) {
			if param != "" && !strings.HasPrefix(p, param) {
				p = param + p
			}
			return mod10(p)
		}, nil
	case "mod10left":
		weights, prefix, _ := strings.Cut(param, ";")
		w, err := ints(weights)
		if err != nil || !allDigits(prefix) || len(prefix) > maxNumber {
			return nil, fmt.Errorf("check %s: want weights of 0 to %d with commas, then perhaps ; and digits to put in front", short(s), mostWeight)
		}
		return func(p string) (byte, bool) {
			if prefix != "" && !strings.HasPrefix(p, prefix) {
				p = prefix + p
			}
			return mod10left(p, w)
		}, nil
	case "weighted":
		weights, mod, _ := strings.Cut(param, "/")
		w, err := ints(weights)
		m, bad := strconv.Atoi(mod)
		if err != nil || bad != nil || m < 2 || m > mostWeight {
			return nil, fmt.Errorf("check %s: want weights of 0 to %d with commas, / and a modulus of 2 to %d", short(s), mostWeight, mostWeight)
		}
		return func(p string) (byte, bool) { return weighted(p, w, m) }, nil
	case "luhn":
		return luhn, nil
	case "s10":
		return s10, nil
	case "mod37":
		return mod37, nil
	}
	return nil, fmt.Errorf("check %s: unknown algorithm: there are -, mod7, mod10, mod10left, weighted, luhn, s10, mod37", short(s))
}

// mostWeight bounds weights and moduli: carriers' are below 40.
const mostWeight = 1000

func ints(s string) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > mostWeight || len(out) == maxNumber {
			return nil, errors.New("no weights")
		}
		out = append(out, n)
	}
	return out, nil
}

// mod7 is the remainder of the whole number by 7, taken digit by digit so that
// eleven digits need no wide integer.
func mod7(p string) (byte, bool) {
	r := 0
	for i := range len(p) {
		d, ok := digit(p[i])
		if !ok {
			return 0, false
		}
		r = (r*10 + d) % 7
	}
	return byte('0' + r), true
}

// mod10 weights 3,1,3,... from the right (GS1 and USPS).
func mod10(p string) (byte, bool) {
	sum, w := 0, 3
	for i := len(p) - 1; i >= 0; i-- {
		d, ok := digit(p[i])
		if !ok {
			return 0, false
		}
		sum += d * w
		w = 4 - w
	}
	return byte('0' + (10-sum%10)%10), true
}

// mod10left weights from the left; letters count as (ASCII - 3) mod 10 (UPS).
func mod10left(p string, weights []int) (byte, bool) {
	sum := 0
	for i := range len(p) {
		d, ok := digit(p[i])
		if !ok {
			if p[i] < 'A' || p[i] > 'Z' {
				return 0, false
			}
			d = (int(p[i]) - 3) % 10
		}
		sum += d * weights[i%len(weights)]
	}
	return byte('0' + (10-sum%10)%10), true
}

// weighted is a weighted sum modulo m, then modulo 10 (FedEx).
func weighted(p string, weights []int, m int) (byte, bool) {
	sum := 0
	for i := range len(p) {
		d, ok := digit(p[i])
		if !ok {
			return 0, false
		}
		sum += d * weights[i%len(weights)]
	}
	return byte('0' + sum%m%10), true
}

func luhn(p string) (byte, bool) {
	sum, double := 0, true
	for i := len(p) - 1; i >= 0; i-- {
		d, ok := digit(p[i])
		if !ok {
			return 0, false
		}
		if double {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return byte('0' + (10-sum%10)%10), true
}

// s10 is the check of UPU standard S10: weights 8 6 4 2 3 5 9 7, modulo 11.
func s10(p string) (byte, bool) {
	weights := [...]int{8, 6, 4, 2, 3, 5, 9, 7}
	if len(p) != len(weights) {
		return 0, false
	}
	sum := 0
	for i, w := range weights {
		d, ok := digit(p[i])
		if !ok {
			return 0, false
		}
		sum += d * w
	}
	switch c := 11 - sum%11; c {
	case 10:
		return '0', true
	case 11:
		return '5', true
	default:
		return byte('0' + c), true
	}
}

// mod37 is ISO 7064 MOD 37,36 over digits and letters (DPD).
func mod37(p string) (byte, bool) {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	c := 36
	for i := range len(p) {
		v := strings.IndexByte(alphabet, p[i])
		if v < 0 {
			return 0, false
		}
		c += v
		if c > 36 {
			c -= 36
		}
		c *= 2
		if c >= 37 {
			c -= 37
		}
	}
	v := 37 - c
	if v == 36 {
		v = 0
	}
	return alphabet[v], true
}

func digit(c byte) (int, bool) { return int(c) - '0', c >= '0' && c <= '9' }
