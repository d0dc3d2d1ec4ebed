package layout

import (
	"slices"
	"strings"
	"unicode"
)

// The masks of a label are those of the whole site (package vault keeps the rule):
// two forms of one name must not complete each other. A value that comes masked stays.

// maskName hides the middle of a name of one word. Of several words the first letter
// stays, of one in Latin letters the first two.
func maskName(name string) string {
	words := strings.Fields(name)
	if len(words) > 0 && !slices.ContainsFunc(words, unmasked) {
		return name
	}
	for i, w := range words {
		r := []rune(w)
		n := len(r)
		switch {
		case latinOnly(r):
			words[i] = string(r[:min(2, n-1)]) + "***"
		case n == 1 && len(words) == 1:
			words[i] = "*"
		case len(words) > 1 || n == 2:
			words[i] = string(r[0]) + "*"
		case n == 3:
			words[i] = string(r[0]) + "*" + string(r[2])
		default: // two stars for any length: the length tells too
			words[i] = string(r[0]) + "**" + string(r[n-1])
		}
	}
	return strings.Join(words, " ")
}

// unmasked reports whether a word shows more of a name than a mask does: a star in it
// alone says nothing.
func unmasked(word string) bool {
	head, rest, ok := strings.Cut(word, "*")
	tail := []rune(strings.TrimLeft(rest, "*"))
	before := []rune(head)
	if latinOnly([]rune(head)) && len(tail) == 0 {
		return !ok || len(before) > 2
	}
	return !ok || len(before) > 1 || len(tail) > 1 || len(before) == 0
}

func latinOnly(r []rune) bool {
	for _, c := range r {
		if c > unicode.MaxASCII && !unicode.Is(unicode.Latin, c) {
			return false
		}
	}
	return true
}

// maskPhone hides the last four digits; a safe number (050x) is an alias and shown
// whole; anything shorter than a phone number is hidden whole.
func maskPhone(phone string) string {
	digits := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, phone)
	switch {
	case phone == "" || maskedPhone(phone):
		return phone
	case strings.HasPrefix(digits, "050") && len(digits) >= 11 && len(digits) <= 12:
		return phone
	case len(digits) < 8:
		return "***"
	}
	b := []byte(phone)
	for i, n := len(b)-1, 0; i >= 0 && n < 4; i-- {
		if b[i] >= '0' && b[i] <= '9' {
			b[i] = '*'
			n++
		}
	}
	return string(b)
}

// maskedPhone reports whether the last four places are hidden, or all are.
func maskedPhone(phone string) bool {
	places := strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c == '*' {
			return c
		}
		return -1
	}, phone)
	return places == "***" || strings.HasSuffix(places, "****") && strings.Trim(places[:len(places)-4], "0123456789") == ""
}
