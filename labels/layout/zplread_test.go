package layout

import (
	"fmt"
	"image"
	"image/color"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/codabar"
	"github.com/boombuler/barcode/code39"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/qr"
	"github.com/boombuler/barcode/twooffive"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/labels/zpl"
)

// reader draws a ZPL label from its commands alone, by the programming guide: what
// ^BC mode N, ^BX with FNC1, ^BK with its letters say, and graphics. It reads no
// other part of the encoder and draws no text of the printer's own.
type reader struct {
	picture
	x, y, module, height int
	bar                  string   // the barcode command that waits for its data
	args                 []string // its parameters
	symbols              []step   // what was drawn
}

func readZPL(b []byte) (*reader, error) {
	tokens, err := tokenize(b)
	if err != nil {
		return nil, err
	}
	r := &reader{}
	size := map[string]int{}
	for _, t := range tokens {
		args := strings.Split(t.params, ",")
		n := func(i int) int {
			if i >= len(args) {
				return 0
			}
			v, _ := strconv.Atoi(args[i])
			return v
		}
		switch t.name {
		case "^PW", "^LL":
			size[t.name] = n(0)
			r.picture = picture{image.NewPaletted(image.Rect(0, 0, size["^PW"], size["^LL"]), color.Palette{color.White, color.Black})}
		case "^FO":
			r.x, r.y, r.bar = n(0), n(1), ""
		case "^GB":
			s := step{kind: kindBox, x: r.x, y: r.y, w: n(0), h: n(1), thickness: n(2)}
			s.picture(&r.picture)
		case "^GF":
			f := strings.SplitN(t.params, ",", 5)
			stride := n(3)
			bits, err := zpl.DecodeGraphic(f[4], n(1), stride)
			if err != nil {
				return nil, err
			}
			for i := range bits {
				for k := range 8 {
					if bits[i]&(0x80>>k) != 0 {
						r.bar1(r.x+i%stride*8+k, r.y+i/stride)
					}
				}
			}
		case "^BY":
			r.module, r.height = n(0), n(2)
		case "^BC", "^BK", "^BX", "^BQ", "^BE", "^B2", "^B3":
			r.bar, r.args = t.name, args
		case "^FD":
			if r.bar == "" {
				continue
			}
			if err := r.symbol(unhex(t.params)); err != nil {
				return nil, fmt.Errorf("%s: %w", r.bar, err)
			}
		}
	}
	return r, nil
}

func (r *reader) bar1(x, y int) {
	if image.Pt(x, y).In(r.Rect) {
		r.Pix[r.PixOffset(x, y)] = 1
	}
}

// unhex undoes ^FH_.
func unhex(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '_' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (r *reader) symbol(data string) error {
	s := step{x: r.x, y: r.y, module: r.module, h: r.height}
	var code barcode.Barcode
	var err error
	switch r.bar {
	case "^BC":
		s.kind = kindCode128
		values, gs1, err := values128(data)
		if err != nil {
			return err
		}
		if gs1 {
			s.kind = kindGS1128
		}
		s.runs = runs128(values)
	case "^BK":
		s.kind, s.start, s.stop = kindCodabar, r.args[5][0], r.args[6][0]
		s.runs, err = boomRuns(codabar.Encode(r.args[5] + data + r.args[6]))
	case "^B2":
		s.kind = kindITF
		s.runs, err = boomRuns(twooffive.Encode(data, true))
	case "^B3":
		s.kind = kindCode39
		s.runs, err = boomRuns(code39.Encode(data, false, false))
	case "^BE":
		s.kind = kindEAN13
		if code, err = ean.Encode(data); err == nil { // twelve digits: the printer adds the check
			s.runs = rawRuns(code)
		}
	case "^BQ":
		s.kind = kindQR
		text, ok := strings.CutPrefix(data, "MA,")
		if !ok {
			return fmt.Errorf("data %q", data)
		}
		if code, err = qr.Encode(text, qr.M, qr.Auto); err != nil {
			code, err = qr.Encode(text, qr.M, qr.Unicode)
		}
	case "^BX":
		s.kind = kindDataMatrix
		text, gs1 := matrixText(data, r.args[6][0])
		if gs1 {
			s.kind = kindGS1Matrix
		}
		code, err = datamatrix.Encode(text)
	}
	if err != nil {
		return err
	}
	if r.bar == "^BQ" || r.bar == "^BX" {
		s.grid = gridOf(code)
		at := 2
		if r.bar == "^BX" {
			at = 1
		}
		if s.module, err = strconv.Atoi(r.args[at]); err != nil {
			return err
		}
		s.w, s.h = s.grid.w*s.module, s.grid.h*s.module
	} else {
		for _, n := range s.runs {
			s.w += n * s.module
		}
	}
	s.picture(&r.picture)
	r.symbols = append(r.symbols, s)
	return nil
}

// values128 reads the data of ^BC in mode N (guide, "Code 128 invocation codes").
func values128(s string) (values []int, gs1 bool, err error) {
	set := byte('B')
	starts := map[string]struct {
		value int
		set   byte
	}{">9": {103, 'A'}, ">:": {104, 'B'}, ">;": {105, 'C'}}
	if st, ok := starts[s[:min(2, len(s))]]; ok {
		values, set, s = []int{st.value}, st.set, s[2:]
	} else {
		values = []int{104}
	}
	codes := map[byte]int{'0': 30, '<': 62, '=': 94, '1': 95, '8': 102, '5': 99, '6': 100, '7': 101}
	for s != "" {
		if s[0] == '>' && len(s) > 1 {
			v, ok := codes[s[1]]
			if !ok {
				return nil, false, fmt.Errorf("invocation >%c", s[1])
			}
			gs1 = gs1 || v == 102 && len(values) == 1
			switch v {
			case 99:
				set = 'C'
			case 100:
				set = 'B'
			case 101:
				set = 'A'
			}
			values, s = append(values, v), s[2:]
			continue
		}
		if set == 'B' {
			values, s = append(values, int(s[0])-32), s[1:]
			continue
		}
		if len(s) < 2 {
			return nil, false, fmt.Errorf("half a pair in set %c", set)
		}
		v, err := strconv.Atoi(s[:2])
		if err != nil {
			return nil, false, err
		}
		values, s = append(values, v), s[2:]
	}
	return values, gs1, nil
}

// matrixText reads the data of ^BX with an escape letter: _1 is FNC1, __ the letter.
func matrixText(s string, esc byte) (text string, gs1 bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != esc || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if s[i] == '1' {
			gs1 = gs1 || b.Len() == 0
			b.WriteByte(datamatrix.FNC1)
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String(), gs1
}

// drawnAlone is a template without what the printer writes in its own font.
func drawnAlone(t *Template) *Template {
	out := *t
	out.fields = nil
	for _, f := range t.fields {
		if !f.Printer {
			out.fields = append(out.fields, f)
		}
	}
	return &out
}

// The ZPL of every template, read back by the guide, is the picture dot for dot, in
// either form of graphics; and every symbol on it decodes to the exact bytes by a
// decoder that keeps FNC1, and by zbarimg.
func TestZPLIsThePicture(t *testing.T) {
	r := renderer(t)
	zbar, errBar := exec.LookPath("zbarimg")
	kinds := map[string]int{}
	cases(t, func(t *testing.T, tpl *Template, l Label, dpi int) {
		tpl = drawnAlone(tpl)
		want, err := tpl.Image(l, dpi, r)
		require.NoError(t, err)
		d, err := tpl.compose(&l, dpi, r, true)
		require.NoError(t, err)
		for _, p := range []Printer{{}, {Z64: true}} {
			b, err := tpl.ZPLWith(l, dpi, r, p)
			require.NoError(t, err)
			got, err := readZPL(b)
			require.NoError(t, err)
			require.Equal(t, want.Bounds(), got.Bounds())
			require.Equal(t, string(want.(*image.Paletted).Pix), string(got.Pix), "dot for dot")
			if p.Z64 {
				continue
			}
			var data []string
			for _, s := range d.out {
				if s.data != "" && !s.graphic { // a picture has been compared
					data = append(data, s.data)
				}
			}
			require.Len(t, got.symbols, len(data))
			for i := range got.symbols {
				s := &got.symbols[i]
				text, err := decode(got.Paletted, s)
				require.NoError(t, err, s.kind)
				s.data = data[i]
				assert.Equal(t, expected(s), strings.TrimPrefix(text, "]d2"), s.kind)
				kinds[s.kind]++
			}
			if errBar == nil && dpi == 203 {
				out, err := exec.Command(zbar, "-q", "--raw", save(t, "zpl.png", got.Paletted)).Output()
				require.NoError(t, err)
				for _, s := range got.symbols {
					if s.kind != kindDataMatrix && s.kind != kindGS1Matrix && s.kind != kindCodabar {
						assert.Contains(t, strings.Split(string(out), "\n"), s.data, s.kind)
					}
				}
			}
		}
	})
	t.Logf("read back from ZPL: %v", kinds)
	for _, k := range []string{kindCode128, kindGS1128, kindCodabar, kindQR} {
		assert.Positive(t, kinds[k], k)
	}
}

// The same for the kinds that no shipped template has.
func TestZPLOfEveryKind(t *testing.T) {
	r := renderer(t)
	for kind, value := range map[string]string{
		kindEAN13: "8801234567893", kindITF: "10012345678902", kindCode39: "AB-12 $", kindCodabar: "12-34$:/.+5", kindCode128: "Aa\x01>~^_9876543210zZ\x7f",
		kindGS1128: "010880657200243310AB\x1d21XY9", kindQR: "한글 https://a/01/1 ^XZ", kindDataMatrix: "A_B~1^2 _1abc", kindGS1Matrix: "010880657200243310A_1B\x1d21XY9",
	} {
		t.Run(kind, func(t *testing.T) {
			tpl, err := Parse("k", []byte("name = \"k\"\nsize = [100, 60]\n[[field]]\nname = \"f\"\nkind = \""+kind+"\"\nat = [1, 1]\nsize = [98, 58]\nvalue = \"{code}\"\nmodule = 0.3\n"))
			require.NoError(t, err)
			l := Label{Code: value}
			b, err := tpl.ZPL(l, 203, r)
			require.NoError(t, err)
			got, err := readZPL(b)
			require.NoError(t, err)
			want, err := tpl.Image(l, 203, r)
			require.NoError(t, err)
			require.Equal(t, string(want.(*image.Paletted).Pix), string(got.Pix))
			require.Len(t, got.symbols, 1)
			s := &got.symbols[0]
			text, err := decode(got.Paletted, s)
			require.NoError(t, err)
			s.data = value
			if kind == kindGS1Matrix {
				s.data = "\x1d" + value // FNC1 in front
			}
			assert.Equal(t, expected(s), strings.TrimPrefix(text, "]d2"))
		})
	}
}
