package layout

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Kinds of symbols that no shipped template has, for those that clients bring: each is
// decoded to the exact bytes, GS1 with FNC1 in front and between.
func TestEveryKindDecodes(t *testing.T) {
	r := renderer(t)
	for _, c := range []struct{ kind, value, want, zpl string }{
		{kindEAN13, "8801234567893", "8801234567893", "^BEN"},
		{kindITF, "10012345678902", "10012345678902", "^B2N"},
		{kindCode39, "AB-12 $", "AB-12 $", "^B3N"},
		{kindCodabar, "12-34$:/.+5", "12-34$:/.+5", "^BKN"},
		{kindCode128, "Aa\u0001>~^_9876543210zZ", "Aa\u0001>~^_9876543210zZ", "^BCN"},
		{kindGS1128, "010880657200243310AB\u001d21XY9", "]C1010880657200243310AB\u001d21XY9", "^BCN"},
		{kindQR, "한글 https://a/01/1 ^XZ", "한글 https://a/01/1 ^XZ", "^BQN"},
		{kindDataMatrix, "A_B~1^2 abc", "A_B~1^2 abc", "^BXN"},
		{kindGS1Matrix, "010880657200243310AB\u001d21XY9", "\u001d010880657200243310AB\u001d21XY9", "^BXN"},
	} {
		t.Run(c.kind, func(t *testing.T) {
			toml := "name = \"k\"\nsize = [100, 60]\n[[field]]\nname = \"f\"\nkind = \"" + c.kind + "\"\nat = [1, 1]\nsize = [98, 58]\nvalue = \"{code}\"\nmodule = 0.4\n"
			tpl, err := Parse("k", []byte(toml))
			require.NoError(t, err)
			l := Label{Code: c.value}
			for _, dpi := range []int{203, 300} {
				img, err := tpl.Image(l, dpi, r)
				require.NoError(t, err)
				d, err := tpl.compose(&l, dpi, r, false)
				require.NoError(t, err)
				require.Len(t, d.out, 1)
				got, err := decode(img, &d.out[0])
				require.NoError(t, err)
				assert.Equal(t, c.want, strings.TrimPrefix(got, "]d2"))
			}
			b, err := tpl.ZPL(l, 203, r)
			require.NoError(t, err)
			assert.Contains(t, string(b), c.zpl)
		})
	}
}

// Any ASCII data without a blank at an end decodes to itself, whatever code sets the planner takes.
func TestCode128DecodesAnything(t *testing.T) {
	r := renderer(t)
	tpl, err := Parse("k", []byte("name = \"k\"\nsize = [200, 20]\n[[field]]\nname = \"f\"\nkind = \"code128\"\nat = [1, 1]\nsize = [198, 18]\nvalue = \"{code}\"\nmodule = 0.25\n"))
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		l := Label{Code: rapid.StringMatching(`[!-~][ -~]{0,5}[0-9]{0,9}[\x01-\x1f]{0,2}[A-Za-z>^~]{0,4}[0-9]{0,7}[!-~\x01-\x08]`).Draw(t, "data")}
		img, err := tpl.Image(l, 203, r)
		if err != nil {
			t.Fatal(err)
		}
		d, err := tpl.compose(&l, 203, r, false)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(img, &d.out[0])
		if err != nil || got != l.Code {
			t.Fatalf("%q decodes to %q: %v", l.Code, got, err)
		}
	})
}
