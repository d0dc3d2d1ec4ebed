package raster

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func renderer(t testing.TB) *Renderer {
	t.Helper()
	r, err := Default()
	if err != nil {
		t.Skipf("NO FONTS BUILT IN (run tools/fonts.sh): text tests were NOT run: %v", err)
	}
	return r
}

// latin has one font without Hangul, always there.
func latin(t testing.TB) *Renderer {
	t.Helper()
	f, err := ParseFont("Go Bold", gobold.TTF, 0)
	require.NoError(t, err)
	r, err := New(f)
	require.NoError(t, err)
	return r
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain ASCII 1":              "plain ASCII 1",
		"  two   blanks\t\r\n here ": "two blanks here",
		norm.NFD.String("홍길동 각"):     "홍길동 각",
		"e\u0301":                    "é",
		"\u202eabc\u200b\ufeff":      "abc",
		"가\u3000나":                   "가\u3000나",
		"홍\u034f길동":                  "홍길동", "\u1112\u034f\u1161": "하", "e\u200d\u0301": "é",
		"":  "",
		" ": "",
	} {
		got, err := Clean(in)
		require.NoError(t, err, "%q", in)
		assert.Equal(t, want, got)
	}
	for in, code := range map[string]string{
		"a\x00": CodeControl, "\x1b[2J": CodeControl, "a\x7f": CodeControl, "\u0085": CodeControl,
		"\xff": CodeUTF8, "\xed\xa0\x80": CodeUTF8, "홍\uFFFD동": CodeUTF8, // what JSON makes of a lone surrogate
		"مرحبا": CodeScript, "שלום": CodeScript, "ก้": CodeScript, "x\u0338": CodeScript, "\u1112\u1161\u302e": CodeScript,
	} {
		_, err := Clean(in)
		var e *TextError
		require.ErrorAs(t, err, &e, "%q", in)
		assert.Equal(t, code, e.Code, "%q", in)
		assert.NotContains(t, e.Error(), in, "text is personal data")
	}
}

func TestMissingGlyphIsFoundFirst(t *testing.T) {
	r := latin(t)
	_, err := r.Measure("abc 홍", 28)
	var e *TextError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, CodeGlyph, e.Code)
	assert.Equal(t, '홍', e.Rune)
	assert.Equal(t, 4, e.At)
	_, err = r.Line("abc 홍", 28)
	require.ErrorAs(t, err, &e)
	_, err = r.Measure("a", MinSize-1)
	assert.Error(t, err)
	_, err = r.Line("a", MaxSize+1)
	assert.Error(t, err)
}

func TestLine(t *testing.T) {
	r := latin(t)
	w, err := r.Measure("Box 1/2", 28)
	require.NoError(t, err)
	line, err := r.Line("Box 1/2", 28)
	require.NoError(t, err)
	assert.Equal(t, w, line.Width)
	b := line.Bitmap
	assert.LessOrEqual(t, line.Top+b.Height, LineHeight(28))
	assert.GreaterOrEqual(t, line.Top, 0)
	assert.Len(t, b.Bits, b.Stride*b.Height)
	black := 0
	for y := range b.Height {
		for x := range b.Stride * 8 {
			if b.Bits[y*b.Stride+x/8]&(0x80>>(x%8)) != 0 {
				black++
				require.Less(t, x, b.Width, "ink in the padding")
			}
		}
	}
	assert.Greater(t, black, 300)
	blank, err := r.Line("   ", 28)
	require.NoError(t, err)
	assert.Empty(t, blank.Bitmap.Bits)
	assert.Positive(t, blank.Width)
}

// A line is what its letters are, wherever they begin within a byte.
func TestBlitAgrees(t *testing.T) {
	r := latin(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[A-Za-z0-9 ,.]{1,20}`).Draw(t, "text")
		size := rapid.IntRange(MinSize, 80).Draw(t, "size")
		line, err := r.Line(text, size)
		if err != nil {
			t.Fatal(err)
		}
		want, pen := map[[2]int]bool{}, 0
		for _, c := range text {
			g := r.glyphs[glyphKey{size, 0}].get(c)
			for y := range g.height {
				for x := range g.width {
					if g.bits[y*g.stride+x/8]&(0x80>>(x%8)) != 0 {
						want[[2]int{pen + g.left + x, g.top + y}] = true
					}
				}
			}
			pen += g.advance
		}
		got, b := 0, line.Bitmap
		minX := 1 << 30
		for at := range want {
			minX = min(minX, at[0])
		}
		for y := range b.Height {
			for x := range b.Width {
				if b.Bits[y*b.Stride+x/8]&(0x80>>(x%8)) != 0 {
					got++
					if !want[[2]int{minX + x, line.Top + y}] {
						t.Fatalf("%q at %d: ink at %d,%d that no letter has", text, size, x, y)
					}
				}
			}
		}
		if got != len(want) {
			t.Fatalf("%q: %d dots, its letters have %d", text, got, len(want))
		}
	})
}

func TestCoverage(t *testing.T) {
	r := renderer(t)
	for c := rune(0xAC00); c <= 0xD7A3; c++ {
		require.NotEqual(t, -1, has(r, c), "Hangul U+%04X", c)
	}
	for c := rune(0x3041); c <= 0x3094; c++ {
		require.NotEqual(t, -1, has(r, c), "Hiragana U+%04X", c)
	}
	for c := rune(0xFF66); c <= 0xFF9F; c++ {
		require.NotEqual(t, -1, has(r, c), "half-width Katakana U+%04X", c)
	}
	missing := 0
	for a := 0x88; a <= 0xEA; a++ { // the Kanji of JIS X 0208, by their Shift-JIS codes
		for b := 0x40; b <= 0xFC; b++ {
			s, err := japanese.ShiftJIS.NewDecoder().Bytes([]byte{byte(a), byte(b)})
			if rs := []rune(string(s)); err == nil && len(rs) == 1 && rs[0] >= 0x4E00 && rs[0] < 0xA000 && has(r, rs[0]) < 0 {
				missing++
			}
		}
	}
	if len(r.fonts) < 2 {
		t.Skipf("ONLY ONE FONT BUILT IN: %d Kanji of JIS X 0208 are missing (install fonts-droid-fallback)", missing)
	}
	assert.Zero(t, missing, "Kanji of JIS X 0208")
	for _, c := range "äöüßéèåøñçđœŁžőΑΩЖя" {
		assert.NotEqual(t, -1, has(r, c), "%c", c)
	}
}

// has gives the first font that has a character, -1 where none has.
func has(r *Renderer, c rune) int {
	for i := range r.fonts {
		if index, err := r.fonts[i].font.GlyphIndex(nil, c); err == nil && index != 0 {
			return i
		}
	}
	return -1
}

// A name is drawn in one face where one font has all of it.
func TestOneFace(t *testing.T) {
	r := renderer(t)
	if len(r.fonts) < 2 {
		t.Skip("ONLY ONE FONT BUILT IN")
	}
	from, err := r.Face("斎藤 花子", 28)
	require.NoError(t, err)
	assert.Positive(t, from, "斎 is not in the first font, so the second draws the whole name")
	from, err = r.Face("홍길동", 28)
	require.NoError(t, err)
	assert.Zero(t, from)
}

func TestOpen(t *testing.T) {
	p := filepath.Join(t.TempDir(), "go.ttf")
	require.NoError(t, os.WriteFile(p, gobold.TTF, 0o600))
	fonts, err := Open(p, p+"#0")
	require.NoError(t, err)
	require.Len(t, fonts, 2)
	_, err = Open(p + "#x")
	assert.Error(t, err)
	_, err = Open(p + "#9")
	assert.Error(t, err)
	_, err = Open(os.DevNull)
	assert.ErrorContains(t, err, "no regular file")
	_, err = Open(p + ".none")
	assert.Error(t, err)
	require.NoError(t, os.WriteFile(p, []byte("no font"), 0o600))
	_, err = Open(p)
	assert.Error(t, err)
	_, err = New()
	assert.True(t, errors.Is(err, ErrNoFont))
	_, err = New(Font{Name: "empty"})
	assert.Error(t, err)
	r := latin(t)
	assert.Equal(t, []string{"Go Bold"}, r.Fonts())
}

// The fonts are read where they lie in the program: 9 MB of them do not become heap.
func TestFontsStayInTheFile(t *testing.T) {
	renderer(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	fonts, err := Builtin()
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(3<<20), "bytes for %d fonts", len(fonts))
}

func TestManyAtOnce(t *testing.T) {
	r := latin(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for size := MinSize; size < 40; size++ {
				if _, err := r.Line(strings.Repeat(string(rune('A'+i)), 5)+"xyz", size); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"홍길동", "e\u0301", "\xff", "\u202e", "a\x00", "\u1112\u1161"} {
		f.Add(s)
	}
	r := latin(f)
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Clean(s)
		if err != nil {
			return
		}
		again, err := Clean(c)
		if err != nil || again != c {
			t.Fatalf("%q cleans to %q, then to %q: %v", s, c, again, err)
		}
		_, _ = r.Measure(c, 20)
	})
}

func BenchmarkLine(b *testing.B) {
	r := renderer(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Line("서울특별시 강남구 테헤란로 152", 28); err != nil {
			b.Fatal(err)
		}
	}
}

// What leaves no ink is a blank or an error, never a hole.
func TestNothingVanishes(t *testing.T) {
	r := renderer(t)
	for in, want := range map[string]string{
		"101\u2028202호": "101 202호", "101\u2029202": "101 202", "\u3164": "", "\u3000\u3000": "", "홍\u3164길동": "홍 길동", "\u2800\u115f": "",
	} {
		got, err := Clean(in)
		require.NoError(t, err, "%q", in)
		assert.Equal(t, want, got, "%q", in)
	}
	for _, bad := range []string{"a\u206a", "\u206f", "\ufff9b", "\ufffc"} {
		_, err := Clean(bad)
		var e *TextError
		require.ErrorAs(t, err, &e, "%q", bad)
		assert.Equal(t, CodeControl, e.Code)
	}
	every := rune(1)
	if raced { // all of them without the detector: tools/test.sh
		every = 11
	}
	for _, size := range []int{MinSize, 16, 28} {
		for c := rune(0x21); c <= 0xFFFF; c += every {
			clean, err := Clean(string(c))
			if err != nil || clean == "" || size > MinSize && c > 0x3FF {
				continue
			}
			line, err := r.Line(clean, size)
			if err == nil {
				require.NotZero(t, line.Bitmap.Width, "U+%04X leaves no ink at %d dots", c, size)
			}
		}
	}
}
