package main

import (
	"fmt"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	shiftjis "golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
)

// blocks are where Unicode keeps ideographs.
func blocks() [][2]rune {
	return [][2]rune{{0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x323AF}}
}

// glyph is one outline in font units, y upwards.
type glyph struct {
	char    rune
	advance int
	shape   []contour
}

// cutFont is what goes into the small font.
type cutFont struct {
	unitsPerEm      int
	ascent, descent int // descent is below zero
	names           map[int]string
	glyphs          []glyph // in the order of their characters
}

// japanese lists what Japanese text is written with and a font has: the characters of
// Shift JIS with the extensions of its makers, which hold the Kanji of names, and ASCII.
func japanese(source *sfnt.Font) []rune {
	var buf sfnt.Buffer
	encoder := shiftjis.ShiftJIS.NewEncoder()
	var out []rune
	for c := rune(0x21); c <= 0xFFFF; c++ {
		_, err := encoder.String(string(c))
		if (err == nil || punctuation(c)) && has(source, &buf, c) && norm.NFC.IsNormalString(string(c)) {
			out = append(out, c)
		}
	}
	return out
}

// punctuation is where Unicode has more than one of a sign that Shift JIS has once, such
// as the wave dash.
func punctuation(c rune) bool {
	return c >= 0x2010 && c <= 0x2027 || c == 0x2212 || c >= 0x3001 && c <= 0x30FF
}

func has(f *sfnt.Font, buf *sfnt.Buffer, c rune) bool {
	i, err := f.GlyphIndex(buf, c)
	return err == nil && i != 0
}

// wanted lists the ideographs that a font has, none of the others has, and that
// text in NFC can hold.
func wanted(source *sfnt.Font, others []*sfnt.Font) []rune {
	var buf sfnt.Buffer
	var out []rune
	for _, b := range blocks() {
	next:
		for c := b[0]; c <= b[1]; c++ {
			if !has(source, &buf, c) || !norm.NFC.IsNormalString(string(c)) {
				continue
			}
			for _, f := range others {
				if has(f, &buf, c) {
					continue next
				}
			}
			out = append(out, c)
		}
	}
	return out
}

// cut takes the outlines of characters out of a font.
func cut(source *sfnt.Font, chars []rune) (*cutFont, error) {
	var buf sfnt.Buffer
	upem := fixed.I(int(source.UnitsPerEm()))
	m, err := source.Metrics(&buf, upem, font.HintingNone)
	if err != nil {
		return nil, err
	}
	f := &cutFont{unitsPerEm: int(source.UnitsPerEm()), ascent: m.Ascent.Round(), descent: -m.Descent.Round(), names: names(source, &buf)}
	for _, c := range chars {
		i, err := source.GlyphIndex(&buf, c)
		if err != nil {
			return nil, fmt.Errorf("U+%04X: %w", c, err)
		}
		advance, err := source.GlyphAdvance(&buf, i, upem, font.HintingNone)
		if err != nil {
			return nil, fmt.Errorf("U+%04X: %w", c, err)
		}
		segments, err := source.LoadGlyph(&buf, i, upem, nil)
		if err != nil {
			return nil, fmt.Errorf("U+%04X: %w", c, err)
		}
		if len(segments) == 0 {
			continue // a letter without ink is none
		}
		f.glyphs = append(f.glyphs, glyph{char: c, advance: advance.Round(), shape: contours(segments)})
	}
	return f, nil
}

// Identifiers of the name table.
const (
	nameCopyright   = 0
	nameFamily      = 1
	nameStyle       = 2
	nameFull        = 4
	namePostScript  = 6
	nameDescription = 10
	nameLicence     = 13
	nameLicenceURL  = 14
)

// names gives the small font a name of its own, and keeps whose work it is and under
// which licence.
func names(source *sfnt.Font, buf *sfnt.Buffer) map[int]string {
	of := func(id sfnt.NameID) string {
		s, err := source.Name(buf, id)
		if err != nil {
			return ""
		}
		return s
	}
	out := map[int]string{
		nameCopyright: of(sfnt.NameIDCopyright), nameFamily: "Label CJK", nameStyle: "Regular", nameFull: "Label CJK", namePostScript: "LabelCJK",
		nameDescription: "Cut out of " + of(sfnt.NameIDFull) + "; outlines written as quadratic curves",
		nameLicence:     of(sfnt.NameIDLicense), nameLicenceURL: of(sfnt.NameIDLicenseURL),
	}
	for id, s := range out {
		if s == "" {
			delete(out, id)
		}
	}
	return out
}
