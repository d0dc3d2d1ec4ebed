package main

import (
	"bytes"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"pgregory.net/rapid"
)

const large = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"

func source(t *testing.T) *sfnt.Font {
	t.Helper()
	if _, err := os.Stat(large); err != nil {
		t.Skip("SKIPPED, NOTHING PROVEN: install fonts-noto-cjk")
	}
	f, err := open(large, 0)
	require.NoError(t, err)
	return f
}

// TestQuadsStayByTheCubic: of any cubic curve, at a hundred places.
func TestQuadsStayByTheCubic(t *testing.T) {
	at := func(a, b, c, d vec, t float64) vec { _, _, _, s := piece(a, b, c, d, 0, t); return s }
	rapid.Check(t, func(t *rapid.T) {
		var p [4]vec
		for i := range p {
			p[i] = vec{float64(rapid.IntRange(-1000, 1000).Draw(t, "x")), float64(rapid.IntRange(-1000, 1000).Draw(t, "y"))}
		}
		qs := quads(p[0], p[1], p[2], p[3])
		from := p[0]
		for i, q := range qs {
			for k := range 100 {
				u := float64(k) / 100
				on := from.to(q[0], u).to(q[0].to(q[1], u), u)
				want := at(p[0], p[1], p[2], p[3], (float64(i)+u)/float64(len(qs)))
				if d := on.sub(want); math.Hypot(d.x, d.y) > tolerance+1e-6 {
					t.Fatalf("piece %d of %d at %.2f: %v, want %v", i, len(qs), u, on, want)
				}
			}
			from = q[1]
		}
		assert.InDelta(t, p[3].x, from.x, 1e-6)
		assert.InDelta(t, p[3].y, from.y, 1e-6)
	})
}

// TestCutFontDrawsTheSame: every ideograph beyond the basic plane in two sizes, beside the font that it was cut
// from; and none of the others is it.
func TestCutFontDrawsTheSame(t *testing.T) {
	from := source(t)
	chars := []rune("𠮷𡈽𠀋𣘺𥔎髙﨑一龘")
	for c := rune(0x20000); c < 0x32000; c++ {
		chars = append(chars, c)
	}
	var buf sfnt.Buffer
	chars = slices.DeleteFunc(chars, func(c rune) bool { g, err := from.GlyphIndex(&buf, c); return err != nil || g == 0 })
	slices.Sort(chars)
	chars = slices.Compact(chars)
	f, err := cut(from, chars)
	require.NoError(t, err)
	require.Greater(t, len(f.glyphs), 1500)
	small, err := opentype.Parse(f.encode())
	require.NoError(t, err)
	for _, size := range []float64{28, 84} {
		a, b := face(t, from, size), face(t, small, size)
		var before *image.Alpha
		for i, g := range f.glyphs {
			want, got := drawn(t, a, g.char), drawn(t, b, g.char)
			assert.LessOrEqual(t, apart(want, got), 64, "U+%04X at %v dots", g.char, size)
			if before != nil && i < 50 {
				assert.Greater(t, apart(before, got), 150, "U+%04X: the test tells glyphs apart", g.char)
			}
			before = want
		}
	}
}

func face(t *testing.T, f *sfnt.Font, size float64) font.Face {
	t.Helper()
	out, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72})
	require.NoError(t, err)
	return out
}

// drawn gives a character's dots on a sheet of three ems.
func drawn(t *testing.T, f font.Face, c rune) *image.Alpha {
	t.Helper()
	size := f.Metrics().Height.Ceil() * 2
	sheet := image.NewAlpha(image.Rect(0, 0, size, size))
	box, mask, at, _, ok := f.Glyph(fixed.P(size/4, size*2/3), c)
	require.True(t, ok, "U+%04X", c)
	require.True(t, box.In(sheet.Rect), "U+%04X is larger than the sheet", c)
	dots := mask.(*image.Alpha)
	for y := range box.Dy() { // a row at a time: dot by dot the race detector takes ten times as long
		row := dots.Pix[dots.PixOffset(at.X, at.Y+y):]
		copy(sheet.Pix[sheet.PixOffset(box.Min.X, box.Min.Y+y):], row[:box.Dx()])
	}
	return sheet
}

// apart is how much the coverage of one dot (of 255) differs at most.
func apart(a, b *image.Alpha) (most int) {
	if bytes.Equal(a.Pix, b.Pix) {
		return 0
	}
	for i := range a.Pix {
		d := int(a.Pix[i]) - int(b.Pix[i])
		most = max(most, d, -d)
	}
	return most
}

// TestCutFontHoldsWhatTheOthersLack: nothing that another font has, what NFC changes
// never, and whose work it is.
func TestCutFontHoldsWhatTheOthersLack(t *testing.T) {
	from := source(t)
	dir := t.TempDir()
	first, second := filepath.Join(dir, "first.ttf"), filepath.Join(dir, "second.ttf")
	f, err := cut(from, []rune("一髙𠮷"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(first, f.encode(), 0o600))
	var said bytes.Buffer
	require.NoError(t, run([]string{"--from", large, "--to", second, first}, &said, io.Discard))
	assert.Contains(t, said.String(), "characters")
	cutOut, err := open(second, 0)
	require.NoError(t, err)
	var buf sfnt.Buffer
	for c, want := range map[rune]bool{'一': false, '髙': false, '𠮷': false, '二': true, '𡈽': true, '﨑': true, 0xFA19: false, 'A': false, '가': false} {
		i, err := cutOut.GlyphIndex(&buf, c)
		require.NoError(t, err)
		assert.Equal(t, want, i != 0, "%c", c)
	}
	licence, err := cutOut.Name(&buf, sfnt.NameIDLicense)
	require.NoError(t, err)
	assert.Contains(t, licence, "SIL Open Font License")
	copyright, err := cutOut.Name(&buf, sfnt.NameIDCopyright)
	require.NoError(t, err)
	assert.Contains(t, copyright, "Adobe")

	was, err := os.ReadFile(second)
	require.NoError(t, err)
	require.NoError(t, run([]string{"--from", large, "--to", second, first}, io.Discard, io.Discard))
	is, err := os.ReadFile(second)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(was, is), "the same fonts give the same file")
	assert.Equal(t, uint32(0xB1B0AFBA), sum(is), "the sum that a font file adds up to")
}

func TestFontcutSaysWhatIsMissing(t *testing.T) {
	for _, args := range [][]string{{}, {"--from", "nowhere.ttf", "--to", "x"}, {"--from", "main.go", "--to", "x"}, {"--dance"}} {
		assert.Error(t, run(args, io.Discard, io.Discard), "%v", args)
	}
	source(t)
	assert.ErrorContains(t, run([]string{"--from", large, "--to", filepath.Join(t.TempDir(), "x.ttf"), large}, io.Discard, io.Discard), "no character")
}

// TestOutlineReadsBack: steps of every length, by an independent reader of fonts.
func TestOutlineReadsBack(t *testing.T) {
	shape := []contour{{{0, 0, true}, {300, 0, true}, {300, 255, true}, {44, -1, false}, {-700, 256, true}}}
	f := &cutFont{unitsPerEm: 1000, ascent: 800, descent: -200, glyphs: []glyph{{char: '一', advance: 1000, shape: shape}}}
	back, err := sfnt.Parse(f.encode())
	require.NoError(t, err)
	var buf sfnt.Buffer
	segments, err := back.LoadGlyph(&buf, 1, fixed.I(1000), nil)
	require.NoError(t, err)
	assert.Equal(t, shape, contours(segments))
}
