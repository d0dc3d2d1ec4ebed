package raster

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// TextError is text that cannot be drawn as it is meant.
type TextError struct {
	Code string // "glyph", "control", "script", "utf8"
	Rune rune
	At   int // characters before it
}

// Codes of a [TextError]; they are stable.
const (
	CodeGlyph   = "glyph"   // no font has the character
	CodeControl = "control" // a control character
	CodeScript  = "script"  // writing that needs shaping or runs right to left
	CodeUTF8    = "utf8"    // broken UTF-8, or a character lost to it earlier (U+FFFD)
)

// Error names the character by its number only: text on a label is personal data.
func (e *TextError) Error() string { return "raster: " + e.Code + ": " + e.Detail() }

// Detail says it for people.
func (e *TextError) Detail() string {
	why := map[string]string{CodeGlyph: "no font here has it", CodeControl: "a control character", CodeScript: "its writing cannot be set",
		CodeUTF8: "broken UTF-8, or a character lost to it"}[e.Code]
	if e.Rune >= 0x1F000 && e.Rune <= 0x1FAFF {
		why = "an emoji"
	}
	return fmt.Sprintf("character U+%04X, after %d others: %s", e.Rune, e.At, why)
}

// Clean brings text into the form that is measured and drawn: NFC; runs of blanks,
// tabs, line ends and fillers as one blank, none at the ends; invisible characters that change nothing
// (zero-width, direction marks, variation selectors) taken out.
//
// Errors: [*TextError] for control characters, broken UTF-8, and writing that this
// package cannot set.
func Clean(s string) (string, error) {
	if plain(s) {
		return s, nil
	}
	if at, bad := lost(s); bad {
		return "", &TextError{Code: CodeUTF8, Rune: unicode.ReplacementChar, At: at}
	}
	var b strings.Builder
	blank, n := true, 0
	for _, r := range norm.NFC.String(strings.Map(seen, s)) { // an invisible one between two keeps them from being composed
		switch {
		case blankLike(r):
			if !blank {
				b.WriteByte(' ')
				n++
			}
			blank = true
			continue
		case unicode.IsControl(r), r >= 0x206A && r <= 0x206F, r >= 0xFFF9 && r <= 0xFFFC:
			return "", &TextError{Code: CodeControl, Rune: r, At: n}
		case r >= 0x1F000 && r <= 0x1FAFF: // pictures: one font has a few of them, in black
			return "", &TextError{Code: CodeGlyph, Rune: r, At: n}
		case !settable(r):
			return "", &TextError{Code: CodeScript, Rune: r, At: n}
		}
		b.WriteRune(r)
		n++
		blank = false
	}
	return strings.Trim(b.String(), " \u3000"), nil
}

// blankLike knows what is written as one blank: blanks, tabs, ends of lines and
// paragraphs, and the Hangul fillers that stand for nothing. The wide blank of Japanese
// text keeps its width.
func blankLike(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', 0x2028, 0x2029, 0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800:
		return true
	case 0x3000:
		return false
	}
	return unicode.Is(unicode.Zs, r)
}

// plain reports whether s is ASCII and whole Hangul syllables without anything for
// Clean to do: such text is in NFC as it stands.
func plain(s string) bool {
	for i, c := range s {
		if c < 0x20 || c >= 0x7F && (c < 0xAC00 || c > 0xD7A3) || c == ' ' && (i == 0 || i == len(s)-1 || s[i+1] == ' ') {
			return false
		}
	}
	return true
}

// lost finds broken UTF-8, and the replacement character that every decoder writes
// for it (encoding/json for a lone surrogate): what stood there is gone. at counts
// the characters before it.
func lost(s string) (at int, found bool) {
	for _, r := range s {
		if r == unicode.ReplacementChar {
			return at, true
		}
		at++
	}
	return 0, false
}

// invisible knows the characters that are meant to leave no trace.
func invisible(r rune) bool {
	switch {
	case r == 0x034F, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2069,
		r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF, r == 0xFEFF, r == 0x00AD, r == 0x180E:
		return true
	}
	return false
}

// seen drops what is invisible.
func seen(r rune) rune {
	if invisible(r) {
		return -1
	}
	return r
}

// settable reports whether a character stands for itself when set from left to
// right: no shaping, no mark that has to sit on its neighbour.
func settable(r rune) bool {
	if r < 0x300 {
		return true
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) {
		return false
	}
	return unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana,
		unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common, unicode.Bopomofo) &&
		(r < 0x1100 || r > 0x11FF)
}
