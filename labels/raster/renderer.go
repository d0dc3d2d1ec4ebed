package raster

import (
	"encoding/binary"
	"fmt"
	"image"
	"slices"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Bounds of what is kept.
const (
	maxGlyphs = 16384 // about 4 MB at 203 dpi
	maxFaces  = 256   // sizes in use, over all fonts
	maxSets   = 256   // sizes whose glyphs are kept
)

// Smallest and largest text, in dots of the em square. Below 12 dots (1.5 mm at 203
// dpi) letters lose their strokes.
const (
	MinSize = 12
	MaxSize = 600
)

// threshold is the coverage (of 255) from which a dot is black. Thermal paper bleeds
// a little, so it stays at the middle.
const threshold = 128

// Renderer draws text. It is safe for use by many goroutines.
type Renderer struct {
	fonts    []Font
	japanese int // which of them is the Japanese one; 0 where none is built in

	mu     sync.Mutex
	buf    sfnt.Buffer
	faces  map[faceKey]font.Face
	glyphs map[glyphKey]*glyphSet
	kept   int // glyphs in them
}

type faceKey struct{ font, size int }

type glyphKey struct {
	size int
	from int // the first font asked
}

// glyphSet is what was drawn in one size: two steps of an array for the letters of
// the basic plane, where nearly all text lies.
type glyphSet struct {
	pages  [256]*[256]*glyph // by the two bytes of the character
	others map[rune]*glyph   // beyond the basic plane
}

func (s *glyphSet) get(c rune) *glyph {
	if uint32(c) > 0xFFFF {
		return s.others[c]
	}
	if page := s.pages[c>>8]; page != nil {
		return page[c&0xFF]
	}
	return nil
}

func (s *glyphSet) keep(c rune, g *glyph) {
	if uint32(c) > 0xFFFF {
		if s.others == nil {
			s.others = map[rune]*glyph{}
		}
		s.others[c] = g
		return
	}
	if s.pages[c>>8] == nil {
		s.pages[c>>8] = new([256]*glyph)
	}
	s.pages[c>>8][c&0xFF] = g
}

// glyph is one character of one size, in one bit a dot.
type glyph struct {
	font          int // which drew it
	advance       int // dots
	left, top     int // of the picture, from the pen; top counts from the line's top
	width, height int
	stride        int
	bits          []byte // with spare bytes behind
}

// New makes a renderer over fonts in the order of preference.
//
// Errors: [ErrNoFont].
func New(fonts ...Font) (*Renderer, error) {
	if len(fonts) == 0 {
		return nil, ErrNoFont
	}
	for _, f := range fonts {
		if f.font == nil {
			return nil, fmt.Errorf("raster: font %q was not parsed", f.Name)
		}
	}
	return &Renderer{fonts: fonts, japanese: max(0, slices.IndexFunc(fonts, func(f Font) bool { return f.japanese })),
		faces: map[faceKey]font.Face{}, glyphs: map[glyphKey]*glyphSet{}}, nil
}

// Fonts names the fonts in use, in order.
func (r *Renderer) Fonts() []string {
	out := make([]string, len(r.fonts))
	for i, f := range r.fonts {
		out[i] = f.Name
	}
	return out
}

// LineHeight is the height in dots that every line of a size takes, whatever its
// letters: 1.2 times the size.
func LineHeight(size int) int { return size + (size+4)/5 }

// baseline is the distance from the line's top to the baseline.
func baseline(size int) int { return (size*95 + 50) / 100 }

// set gives the glyphs of a size; r.mu is held. What is kept is bounded: a full cache
// begins anew, and a set in use then lives on for its user alone.
func (r *Renderer) set(size, from int) *glyphSet {
	if r.kept >= maxGlyphs || len(r.glyphs) >= maxSets {
		clear(r.glyphs)
		r.kept = 0
	}
	key := glyphKey{size, from}
	s := r.glyphs[key]
	if s == nil {
		s = new(glyphSet)
		r.glyphs[key] = s
	}
	return s
}

// Bitmap is a picture of one bit a dot: 1 is black, the leftmost dot in the highest
// bit, rows padded to whole bytes.
type Bitmap struct {
	Width, Height int // dots
	Stride        int // bytes a row
	Bits          []byte
}

// Line is one drawn line, cut to its ink.
type Line struct {
	Bitmap    Bitmap // empty (no bits) where the text is blank
	Left, Top int    // of the bitmap, from the line's top left corner; dots
	Width     int    // as Measure gives it
}

// Line draws one line in the [Face] of its text, which must have gone through
// [Clean]. The ink may reach a dot or two beyond the line's left edge: then it is
// moved in. Width is as [Renderer.Measure] gives it.
//
// Errors: [*TextError] with CodeGlyph.
func (r *Renderer) Line(text string, size int) (Line, error) {
	face, err := r.Face(text, size)
	if err != nil {
		return Line{}, err
	}
	return r.LineIn(face, text, size)
}

// LineIn is [Renderer.Line] in a face chosen before.
func (r *Renderer) LineIn(face Face, text string, size int) (Line, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set, err := r.inFace(face, text, size)
	if err != nil {
		return Line{}, err
	}
	type placed struct {
		g    *glyph
		x, y int
	}
	var few [64]placed
	gs := few[:0]
	var ink image.Rectangle
	pen := 0
	for _, c := range text {
		g := set.get(c)
		if g.width > 0 {
			p := placed{g, pen + g.left, g.top}
			gs = append(gs, p)
			ink = ink.Union(image.Rect(p.x, p.y, p.x+g.width, p.y+g.height))
		}
		pen += g.advance
	}
	line := Line{Left: max(ink.Min.X, 0), Top: ink.Min.Y, Width: pen}
	if ink.Empty() {
		return line, nil
	}
	b := Bitmap{Width: ink.Dx(), Height: ink.Dy(), Stride: (ink.Dx() + 7) / 8}
	b.Bits = make([]byte, b.Stride*b.Height+spare)[:b.Stride*b.Height]
	for _, p := range gs {
		p.g.blit(b, p.x-ink.Min.X, p.y-ink.Min.Y)
	}
	line.Bitmap = b
	return line, nil
}

// spare is how many bytes behind its bits a bitmap has, so that eight can be taken at
// any place of them.
const spare = 7

// blit ors a glyph into a bitmap that is large enough: a row at once where it has at
// most 56 dots, else a byte at a time. Behind both lie spare bytes; the row's own end
// cuts what is taken too much.
func (g *glyph) blit(b Bitmap, x, y int) {
	shift := x & 7
	if g.stride <= 7 {
		keep := ^uint64(0) << (64 - 8*g.stride)
		at := y*b.Stride + x>>3
		bits := b.Bits[:len(b.Bits)+spare]
		for from := 0; from < g.height*g.stride; from += g.stride {
			dst := bits[at : at+8]
			binary.BigEndian.PutUint64(dst, binary.BigEndian.Uint64(dst)|binary.BigEndian.Uint64(g.bits[from:from+8])&keep>>shift)
			at += b.Stride
		}
		return
	}
	for row := range g.height {
		src := g.bits[row*g.stride : (row+1)*g.stride]
		dst := b.Bits[(y+row)*b.Stride+x>>3:]
		for i, v := range src {
			dst[i] |= v >> shift
			if low := v << (8 - shift); shift > 0 && low != 0 {
				dst[i+1] |= low
			}
		}
	}
}

// glyph finds or draws one character, asking the font from, then all in their order.
// r.mu is held.
func (r *Renderer) glyph(set *glyphSet, c rune, size, from int) (*glyph, *TextError) {
	if g := set.get(c); g != nil {
		return g, nil
	}
	for n := -1; n < len(r.fonts); n++ {
		i := n
		switch {
		case c == '\\': // Korean and Japanese fonts draw their currency there
			i = min(len(r.fonts)-1-n, len(r.fonts)-1)
		case n < 0:
			i = from
		}
		index, err := r.fonts[i].font.GlyphIndex(&r.buf, c)
		if err != nil || index == 0 {
			continue
		}
		g, err := r.draw(i, c, size)
		if err != nil || g.width == 0 && !blank(c) { // a letter without ink would be a hole
			continue
		}
		set.keep(c, g)
		r.kept++
		return g, nil
	}
	return nil, &TextError{Code: CodeGlyph, Rune: c}
}

// blank knows the characters that leave no ink and are meant to.
func blank(c rune) bool { return c == ' ' || c == '\u3000' }

// draw makes the one-bit picture of a character. r.mu is held.
func (r *Renderer) draw(i int, c rune, size int) (*glyph, error) {
	face, err := r.face(i, size)
	if err != nil {
		return nil, err
	}
	dot := fixed.P(0, baseline(size))
	box, mask, at, advance, ok := face.Glyph(dot, c)
	if !ok {
		return nil, fmt.Errorf("raster: font %s does not draw U+%04X", r.fonts[i].Name, c)
	}
	g := &glyph{font: i, advance: advance.Round(), left: box.Min.X, top: box.Min.Y}
	alpha, ok := mask.(*image.Alpha)
	if !ok {
		return nil, fmt.Errorf("raster: font %s gives a mask of %T", r.fonts[i].Name, mask)
	}
	g.take(alpha.SubImage(image.Rectangle{Min: at, Max: at.Add(box.Size())}).(*image.Alpha))
	return g, nil
}

// take keeps the dots of a mask that are dark enough, cut to the ink.
func (g *glyph) take(mask *image.Alpha) {
	w, h := mask.Rect.Dx(), mask.Rect.Dy()
	row := func(y int) []byte { return mask.Pix[y*mask.Stride:][:w] }
	darkest := byte(0)
	for y := range h {
		for _, a := range row(y) {
			darkest = max(darkest, a)
		}
	}
	limit := min(darkest/2+1, threshold) // thin strokes of small letters stay
	left, right, top, bottom := w, 0, h, 0
	for y := range h {
		for x, a := range row(y) {
			if a >= limit {
				left, right, top, bottom = min(left, x), max(right, x+1), min(top, y), y+1
			}
		}
	}
	if right == 0 { // a space
		left, top = 0, 0
	}
	g.left, g.top = g.left+left, g.top+top
	g.width, g.height, g.stride = right-left, bottom-top, (right-left+7)/8
	g.bits = make([]byte, g.stride*g.height+spare)
	for y := range g.height {
		for x, a := range row(top + y)[left:right] {
			if a >= limit {
				g.bits[y*g.stride+x/8] |= 0x80 >> (x % 8)
			}
		}
	}
}

func (r *Renderer) face(i, size int) (font.Face, error) {
	key := faceKey{i, size}
	if f := r.faces[key]; f != nil {
		return f, nil
	}
	f, err := opentype.NewFace(r.fonts[i].font, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("raster: font %s at %d dots: %w", r.fonts[i].Name, size, err)
	}
	if len(r.faces) >= maxFaces {
		clear(r.faces)
	}
	r.faces[key] = f
	return f, nil
}
