package raster

import (
	"fmt"
	"image"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// Face is the font that a text is drawn in, from line to line: the first font that
// has all of it, so that a name does not change its face half way. Where none has,
// it is the first of all, and others fill in. The zero value is the first font.
type Face int

// Face chooses the face of a text that is of no known language. The text must have
// gone through [Clean].
//
// Errors: [*TextError] with CodeGlyph; a size out of range.
func (r *Renderer) Face(text string, size int) (Face, error) { return r.FaceFor(false, text, size) }

// FaceFor is [Renderer.Face] for a text that may be known to be Japanese, as one with
// kana is: the Japanese font is then the first, so that kana and Kanji are of one hand
// and weight. Text with more Hangul than kana and Kanji stays Korean.
func (r *Renderer) FaceFor(japanese bool, text string, size int) (Face, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := checkSize(size); err != nil {
		return 0, err
	}
	first, beside := 0, false // beside: Hangul stands in Japanese, and is drawn as Korean in it
	if r.japanese > 0 {
		has := strings.ContainsFunc(text, kana)
		beside = has && strings.ContainsFunc(text, kanji) && mostlyJapanese(text)
		if japanese || beside || has && !strings.ContainsFunc(text, hangul) {
			first = r.japanese
		}
	}
	set := r.set(size, first)
	mixed, n := false, 0
	for _, c := range text {
		g := set.get(c)
		if g == nil {
			var err *TextError
			if g, err = r.glyph(set, c, size, first); err != nil {
				err.At = n
				return 0, err
			}
		}
		mixed = mixed || g.font != first && !neutral(c) && !(beside && hangul(c))
		n++
	}
	for from := 0; mixed && from < len(r.fonts); from++ {
		if from != first && r.whole(text, size, from) {
			return Face(from), nil
		}
	}
	return Face(first), nil
}

// whole reports whether one font has all of a text. r.mu is held.
func (r *Renderer) whole(text string, size, from int) bool {
	set := r.set(size, from)
	for _, c := range text {
		if g, err := r.glyph(set, c, size, from); err != nil || g.font != from && !neutral(c) {
			return false
		}
	}
	return true
}

// neutral knows the characters that look the same whichever font draws them.
func neutral(c rune) bool { return blank(c) || c == '\\' }

// kana knows the letters that only Japanese is written with.
func kana(c rune) bool {
	return c >= 0x3041 && c <= 0x30FF || c >= 0x31F0 && c <= 0x31FF || c >= 0xFF66 && c <= 0xFF9F
}

func kanji(c rune) bool { return unicode.Is(unicode.Han, c) }

// mostlyJapanese tells a Japanese text behind a Korean caption from a Korean one with
// some Japanese in it, whose figures and marks are to look like its Hangul.
func mostlyJapanese(text string) bool {
	n := 0
	for _, c := range text {
		switch {
		case kana(c) || kanji(c):
			n++
		case hangul(c):
			n--
		}
	}
	return n > 0
}

func hangul(c rune) bool { return c >= 0xAC00 && c <= 0xD7A3 }

// Measure gives the width of a line in dots, in the [Face] of its text. The text must
// have gone through [Clean].
//
// Errors: as [Renderer.Face].
func (r *Renderer) Measure(text string, size int) (int, error) {
	face, err := r.Face(text, size)
	if err != nil {
		return 0, err
	}
	e, err := r.MeasureIn(face, text, size)
	return e.Width, err
}

// LeastEm is a width that a text cannot be drawn below, in thousandths of its size,
// found without drawing: each letter in the narrowest font that has it. What no font
// has counts for nothing.
func (r *Renderer) LeastEm(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	const em = 1000
	sum := 0
	for _, c := range text {
		least := fixed.Int26_6(0)
		for _, f := range r.fonts {
			index, err := f.font.GlyphIndex(&r.buf, c)
			if err != nil || index == 0 {
				continue
			}
			if w, err := f.font.GlyphAdvance(&r.buf, index, fixed.I(em), font.HintingNone); err == nil && (least == 0 || w < least) {
				least = w
			}
		}
		sum += least.Floor()
	}
	return sum
}

// Extent is what a line takes, in dots.
type Extent struct {
	Width int // that its letters ask for
	Ink   int // width of its ink, which can be a dot or two more
	Above int // ink over the line's top: accents on capitals
	Below int // ink under its bottom
}

// MeasureIn gives what a line takes in a face.
func (r *Renderer) MeasureIn(face Face, text string, size int) (Extent, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set, err := r.inFace(face, text, size)
	if err != nil {
		return Extent{}, err
	}
	var e extent
	for _, c := range text {
		e.add(set.get(c))
	}
	return Extent{Width: e.pen, Ink: e.ink.Dx(), Above: max(0, -e.ink.Min.Y), Below: max(0, e.ink.Max.Y-LineHeight(size))}, nil
}

// FitIn gives how many bytes of a text, whole characters, fit into a width in dots:
// no longer beginning of it does. Blanks behind the last letter count for nothing.
func (r *Renderer) FitIn(face Face, text string, size, width int) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set, err := r.inFace(face, text, size)
	if err != nil {
		return 0, err
	}
	var e extent
	for i, c := range text {
		e.add(set.get(c))
		if c != ' ' && max(e.pen, e.ink.Dx()) > width {
			return i, nil
		}
	}
	return len(text), nil
}

// extent is how far the letters of a line reach.
type extent struct {
	pen int
	ink image.Rectangle
}

func (e *extent) add(g *glyph) {
	if g.width > 0 {
		e.ink = e.ink.Union(image.Rect(e.pen+g.left, g.top, e.pen+g.left+g.width, g.top+g.height))
	}
	e.pen += g.advance
}

func checkSize(size int) error {
	if size < MinSize || size > MaxSize {
		return fmt.Errorf("raster: text of %d dots, want %d to %d", size, MinSize, MaxSize)
	}
	return nil
}

// inFace gives a set that holds every glyph of a text. r.mu is held.
func (r *Renderer) inFace(face Face, text string, size int) (*glyphSet, error) {
	if err := checkSize(size); err != nil {
		return nil, err
	}
	if face < 0 || int(face) >= len(r.fonts) {
		return nil, fmt.Errorf("raster: face %d of %d", face, len(r.fonts))
	}
	set, n := r.set(size, int(face)), 0
	for _, c := range text {
		if set.get(c) == nil {
			if _, err := r.glyph(set, c, size, int(face)); err != nil {
				err.At = n
				return nil, err
			}
		}
		n++
	}
	return set, nil
}
