package layout

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The ZPL back end, drawn by an independent renderer (zpl-renderer-js, named by
// ZPL_RENDERER) and read by zbarimg. What that renderer is known to do otherwise:
// it does not draw Codabar, it widens Code 128 that changes its set half way, and it
// keeps no FNC1.
func TestIndependentRenderer(t *testing.T) {
	dir := os.Getenv("ZPL_RENDERER")
	node, err1 := exec.LookPath("node")
	zbar, err2 := exec.LookPath("zbarimg")
	if dir == "" || err1 != nil || err2 != nil {
		t.Skip("ZPL_RENDERER (folder of the npm package zpl-renderer-js), node OR zbarimg IS MISSING: the independent renderer was NOT run")
	}
	r := renderer(t)
	s := shipped(t)
	tmp := t.TempDir()
	args := []string{"testdata/render.mjs", dir}
	for _, n := range s.Names() {
		tpl, _ := s.Template(n)
		b, err := tpl.ZPL(awkward(tpl.Sample()), 203, r)
		require.NoError(t, err)
		p := filepath.Join(tmp, n+".zpl")
		require.NoError(t, os.WriteFile(p, b, 0o600))
		args = append(args, p)
	}
	out, err := exec.Command(node, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	checked := 0
	for _, n := range s.Names() {
		tpl, _ := s.Template(n)
		l := awkward(tpl.Sample())
		d, err := tpl.compose(&l, 203, r, true)
		require.NoError(t, err)
		out, _ := exec.Command(zbar, "-q", "--raw", filepath.Join(tmp, n+".png")).Output() // exit code 4: none found
		lines := strings.Split(string(out), "\n")
		for _, st := range d.out {
			digits := strings.Trim(st.data, "0123456789") == ""
			if st.kind == kindQR || st.kind == kindCode128 && digits && len(st.data)%2 == 0 {
				assert.Contains(t, lines, st.data, n)
				checked++
			}
		}
	}
	t.Logf("independent renderer: %d symbols of %d templates read back", checked, len(s.Names()))
	assert.Greater(t, checked, 8)
}
