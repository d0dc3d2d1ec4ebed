package layout

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"dcedge/configs"
	"dcedge/labels/raster"

	"github.com/stretchr/testify/require"
)

// renderer gives the fonts built in; without them label tests cannot run.
func renderer(t testing.TB) *raster.Renderer {
	t.Helper()
	r, err := raster.Default()
	if err != nil {
		t.Skipf("NO FONTS BUILT IN (run tools/fonts.sh): label tests were NOT run: %v", err)
	}
	return r
}

func shipped(t testing.TB) *Set {
	t.Helper()
	s, err := Load(configs.Labels())
	require.NoError(t, err)
	return s
}

func TestShippedFit(t *testing.T) { require.NoError(t, shipped(t).Check(renderer(t))) }

func save(t testing.TB, name string, img image.Image) string {
	t.Helper()
	dir := os.Getenv("LABEL_OUT")
	if dir == "" {
		dir = t.TempDir()
	}
	p := filepath.Join(dir, name)
	f, err := os.Create(p)
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, img))
	require.NoError(t, f.Close())
	return p
}

// TestPictures draws every template; LABEL_OUT keeps the pictures (those of docs/labels).
func TestPictures(t *testing.T) {
	r := renderer(t)
	s := shipped(t)
	for _, n := range s.Names() {
		tpl, _ := s.Template(n)
		for suffix, l := range map[string]Label{"": tpl.Sample(), "-awkward": awkward(tpl.Sample())} {
			if raced && suffix == "" {
				continue
			}
			img, err := tpl.Image(l, 203, r)
			require.NoError(t, err)
			save(t, n+suffix+".png", img)
		}
	}
}
