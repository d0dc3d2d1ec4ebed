package scale

import (
	"fmt"
	"math/big"
	"strings"
)

// perGram gives a unit's mass in nanograms: exact for all of them (the pound is
// 453.59237 g since 1959, the ounce its sixteenth, the carat 0.2 g).
func perGram(unit string) (int64, bool) {
	n, ok := map[string]int64{
		"mg": 1e6, "g": 1e9, "kg": 1e12, "t": 1e15,
		"lb": 453_592_370_000, "oz": 28_349_523_125, "ct": 200_000_000,
	}[unit]
	return n, ok
}

// Grams turns a value of Frame into grams, as decimal text without trailing
// zeros, exactly.
func Grams(value, unit string) (string, error) {
	nano, ok := perGram(unit)
	if !ok {
		return "", fmt.Errorf("scale: unit %q is not known", unit)
	}
	v, ok := decimal(value)
	if !ok {
		return "", fmt.Errorf("scale: %q is no decimal number", value)
	}
	whole, frac, _ := strings.Cut(v, ".")
	n, _ := new(big.Int).SetString(whole+frac, 10) // digits only, as decimal said
	n.Mul(n, big.NewInt(nano))
	return shift(n, len(frac)+9), nil
}

// shift writes n / 10^places.
func shift(n *big.Int, places int) string {
	sign := ""
	if n.Sign() < 0 {
		sign = "-"
	}
	s := new(big.Int).Abs(n).String()
	if len(s) <= places {
		s = strings.Repeat("0", places-len(s)+1) + s
	}
	whole, frac := s[:len(s)-places], strings.TrimRight(s[len(s)-places:], "0")
	if frac != "" {
		whole += "." + frac
	}
	return sign + whole
}

// compare gives which of two texts of Grams is more: -1, 0 or 1.
func compare(a, b string) int {
	x, _ := new(big.Rat).SetString(a)
	y, _ := new(big.Rat).SetString(b)
	return x.Cmp(y)
}

// within says whether two texts of Grams differ by at most slack.
func within(a, b, slack string) bool {
	x, _ := new(big.Rat).SetString(a)
	y, _ := new(big.Rat).SetString(b)
	s, _ := new(big.Rat).SetString(slack)
	return x.Sub(x, y).Abs(x).Cmp(s) <= 0
}
