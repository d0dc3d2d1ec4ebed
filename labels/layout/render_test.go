package layout

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"dcedge/labels/zpl"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// independent finds the renderer of tools/zplrender, or the folder that
// ZPL_RENDERER names, and zbarimg.
func independent(t *testing.T) (dir, node, zbar string) {
	t.Helper()
	dir = os.Getenv("ZPL_RENDERER")
	if dir == "" {
		dir = filepath.Join("..", "..", "tools", "zplrender", "node_modules", "zpl-renderer-js")
	}
	dir, err := filepath.Abs(dir)
	require.NoError(t, err)
	_, err0 := os.Stat(dir)
	node, err1 := exec.LookPath("node")
	zbar, err2 := exec.LookPath("zbarimg")
	if err0 != nil || err1 != nil || err2 != nil {
		t.Skip("NOT PROVEN HERE: the independent renderer, node or zbarimg is missing; `make setup-test` installs them")
	}
	return dir, node, zbar
}

// drawnBy has labels drawn by the independent renderer; the files are named
// template.dots.png.
func drawnBy(t *testing.T, dir, node string, dpi int) string {
	t.Helper()
	r, s, tmp := renderer(t), shipped(t), t.TempDir()
	dots, err := dotsPerMM(dpi)
	require.NoError(t, err)
	args := []string{"testdata/render.mjs", dir}
	for _, n := range s.Names() {
		tpl, _ := s.Template(n)
		b, err := tpl.ZPL(awkward(tpl.Sample()), dpi, r)
		require.NoError(t, err)
		p := filepath.Join(tmp, fmt.Sprintf("%s.%d.zpl", n, dots))
		require.NoError(t, os.WriteFile(p, b, 0o600))
		args = append(args, p)
	}
	out, err := exec.Command(node, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return tmp
}

// The ZPL back end of every template, drawn by an independent renderer and read by
// two decoders. What that renderer is known to do otherwise, and is not judged by:
// it does not draw Codabar; in GS1 symbols it keeps no FNC1, so what is read lacks it.
func TestIndependentRenderer(t *testing.T) {
	dir, node, zbar := independent(t)
	s := shipped(t)
	for _, dpi := range judgedAt() {
		tmp := drawnBy(t, dir, node, dpi)
		tally := map[string][3]int{} // symbols, read by gozxing, by zbarimg
		for _, n := range s.Names() {
			tpl, _ := s.Template(n)
			l := awkward(tpl.Sample())
			d, err := tpl.compose(&l, dpi, renderer(t), true)
			require.NoError(t, err)
			file := filepath.Join(tmp, fmt.Sprintf("%s.%d.png", n, d.dpmm))
			img := black(t, file)
			out, _ := exec.Command(zbar, "-q", "--raw", file).Output() // exit code 4: none found
			lines := strings.Split(string(out), "\n")
			for i := range d.out {
				st := d.out[i]
				if st.data == "" || st.kind == kindCodabar {
					continue
				}
				k := tally[st.kind]
				k[0]++
				plain := strings.ReplaceAll(st.data, "\x1d", "")
				one, two := seen(img, st) == plain, slices.ContainsFunc(lines, func(l string) bool { return strings.ReplaceAll(l, "\x1d", "") == plain })
				if one {
					k[1]++
				}
				if two {
					k[2]++
				}
				if !one && !two && mixed(st) {
					t.Logf("known: %s at %d dpi: %q: the renderer draws it wider than its field", n, dpi, st.data)
				} else {
					assert.True(t, one || two, "%s at %d dpi: %s %q is read by neither", n, dpi, st.kind, st.data)
				}
				tally[st.kind] = k
			}
		}
		for _, k := range slices.Sorted(keysOf(tally)) {
			t.Logf("independent renderer, %d dpi: %-15s %d symbols, gozxing reads %d, zbarimg %d", dpi, k, tally[k][0], tally[k][1], tally[k][2])
		}
		assert.GreaterOrEqual(t, len(tally), 3)
	}
}

// mixed tells that a Code 128 changes its code set half way: the renderer draws
// such a symbol wider than the standard, at the cost of its quiet zone.
func mixed(st step) bool {
	sym, err := zpl.Plan128(st.data, st.kind == kindGS1128)
	return err == nil && slices.ContainsFunc(sym.Values[1:], func(v int) bool { return v == 99 || v == 100 || v == 101 })
}

// seen reads a symbol where the template has it; a renderer may draw it wider.
func seen(img *image.Paletted, st step) string {
	for _, wider := range []int{0, st.w / 8, st.w / 3} {
		s := st
		s.w += wider
		if s.kind == kindQR { // drawn ten dots down, as many firmwares do
			s.h += qrShift
		}
		if got, err := decode(img, &s); err == nil {
			return strings.ReplaceAll(strings.TrimPrefix(got, "]C1"), "\x1d", "")
		}
	}
	return ""
}

// black reads a picture as two colours.
func black(t *testing.T, file string) *image.Paletted {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close() //nolint:errcheck // only read
	img, err := png.Decode(f)
	require.NoError(t, err)
	out := image.NewPaletted(img.Bounds(), color.Palette{color.White, color.Black})
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			if g := color.GrayModel.Convert(img.At(x, y)).(color.Gray); g.Y < 128 {
				out.SetColorIndex(x, y, 1)
			}
		}
	}
	return out
}

func keysOf(m map[string][3]int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}
