package layout

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"dcedge/labels/gs1"
	"dcedge/labels/raster"
	"dcedge/labels/symbology"
	"dcedge/labels/zpl"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/codabar"
	"github.com/boombuler/barcode/code39"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/ean"
	"github.com/boombuler/barcode/qr"
	"github.com/boombuler/barcode/twooffive"
)

// Quiet zones in modules, on every side (ISO/IEC 15417, 15420, 15424, 18004, 16022).
const (
	quietLinear = 10
	quietEAN    = 11
	quietQR     = 4
	quietMatrix = 2
)

// qrShift is how far many firmwares draw a QR code below its place, in dots.
const qrShift = 10

// maxModule is the widest module of the printer's own barcodes, in dots.
const maxModule = 10

// grid is a symbol of square modules.
type grid struct {
	w, h int
	dark []bool
}

// barcode plans a symbol in its field: the widest module with which symbol and quiet
// zone fit, in the middle of the field.
func (d *drawing) barcode(f *field, s step, v string) error {
	quiet := quietLinear
	if !utf8.ValidString(v) || strings.ContainsRune(v, utf8.RuneError) {
		return d.fail(f, raster.CodeUTF8, "broken UTF-8", nil)
	}
	if err := d.checkGS1(f, v); err != nil {
		return d.fail(f, CodeBarcode, "not GS1 data: "+inData(err.Error()), err)
	}
	var err error
	switch f.Kind {
	case kindQR, kindDataMatrix, kindGS1Matrix:
		return d.matrix(f, s, v)
	case kindEAN13:
		quiet = quietEAN
		s.runs, err = eanRuns(v)
	case kindCode128, kindGS1128:
		var sym zpl.Symbol128
		if sym, err = zpl.Plan128(v, f.Kind == kindGS1128); err == nil {
			s.runs = runs128(sym.Values)
		}
	case kindCodabar:
		s.start, s.stop = f.Start[0], f.Stop[0]
		s.runs, err = boomRuns(codabar.Encode(f.Start + v + f.Stop))
	case kindITF:
		s.runs, err = boomRuns(twooffive.Encode(v, true))
	case kindCode39:
		s.runs, err = boomRuns(code39.Encode(v, false, false))
	}
	if err != nil {
		return d.fail(f, CodeBarcode, unheld(f.Kind, v), err)
	}
	modules := 0
	for _, n := range s.runs {
		modules += n
	}
	s.module = s.w / (modules + 2*quiet)
	if least := d.module(f, &s); s.module < least {
		return d.fail(f, CodeQuiet, fmt.Sprintf("%d modules and a quiet zone of %d on each side do not fit into %g mm with modules of %g mm: they need %.1f mm",
			modules, quiet, f.Size[0], f.MinModule, d.mm(least*(modules+2*quiet))), nil)
	}
	s.data = v
	s.x += (s.w - modules*s.module) / 2
	s.w = modules * s.module
	d.out = append(d.out, s)
	return nil
}

// module brings the module of a symbol, which is the widest that fits, down to what
// the field and the printer allow, and gives the least that may be.
func (d *drawing) module(f *field, s *step) (least int) {
	most := max(1, int(math.Floor(f.Module*float64(d.dpmm)+0.001)))
	least = int(math.Ceil(f.MinModule*float64(d.dpmm) - 0.001))
	if f.Kind != kindDataMatrix && f.Kind != kindGS1Matrix { // ^BY and ^BQ know no more
		if s.graphic = least > maxModule; !s.graphic {
			most = min(most, maxModule)
		}
	}
	s.module = min(max(most, least), s.module)
	return least
}

// mm is a length in dots in millimetres, not too short.
func (d *drawing) mm(dots int) float64 {
	return math.Ceil(float64(dots)/float64(d.dpmm)*10) / 10
}

func (d *drawing) matrix(f *field, s step, v string) error {
	var code barcode.Barcode
	var err error
	quiet, slack := quietMatrix, 0
	switch f.Kind {
	case kindQR:
		quiet, slack = quietQR, qrShift
		code, err = qr.Encode(v, qr.M, qr.Auto)
		if err != nil {
			code, err = qr.Encode(v, qr.M, qr.Unicode)
		}
	case kindDataMatrix:
		if err = onlyASCII(v); err == nil { // a byte E8 would be taken for FNC1
			code, err = datamatrix.Encode(v)
		}
	case kindGS1Matrix:
		fnc1 := string([]byte{datamatrix.FNC1})
		code, err = datamatrix.Encode(fnc1 + strings.ReplaceAll(v, "\x1d", fnc1))
	}
	if err != nil {
		return d.fail(f, CodeBarcode, unheld(f.Kind, v), err)
	}
	s.grid = gridOf(code)
	wide, high := s.grid.w+2*quiet, s.grid.h+2*quiet
	s.module = min(s.w/wide, (s.h-slack)/high)
	if least := d.module(f, &s); s.module < least {
		return d.fail(f, CodeQuiet, fmt.Sprintf("%d x %d modules and a quiet zone of %d do not fit into %g x %g mm with modules of %g mm: they need %.1f x %.1f mm",
			s.grid.w, s.grid.h, quiet, f.Size[0], f.Size[1], f.MinModule, d.mm(least*wide), d.mm(least*high+slack)), nil)
	}
	s.data = v
	s.x += (s.w - s.grid.w*s.module) / 2
	s.y += (s.h - slack - s.grid.h*s.module) / 2
	s.w, s.h = s.grid.w*s.module, s.grid.h*s.module
	d.out = append(d.out, s)
	return nil
}

// unheld says why a symbol cannot hold its data: the first character that it does not
// have, by number and place, and which symbol has all of them.
func unheld(kind, v string) string {
	says, better := kind+" cannot hold the data", kindCode128
	if onlyASCII(v) != nil {
		better = kindQR
	}
	has := func(r rune) bool { return r < utf8.RuneSelf }
	set := map[string]string{kindITF: digits, kindEAN13: digits, kindCodabar: digits + "-$:/.+", kindCode39: digits + "ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"}[kind]
	if set != "" {
		has = func(r rune) bool { return strings.ContainsRune(set, r) }
	}
	place := 0
	for _, r := range v {
		if place++; !has(r) && kind != kindQR {
			return fmt.Sprintf("%s: character %d is U+%04X, which it does not have; %s would hold it", says, place, r, better)
		}
	}
	switch {
	case kind == kindITF && len(v)%2 == 1:
		return fmt.Sprintf("%s: %d digits, and it wants an even number of them", says, len(v))
	case kind == kindEAN13 && len(v) != 13:
		return fmt.Sprintf("%s: %d digits, 13 are wanted", says, len(v))
	case kind == kindEAN13:
		want, _ := symbology.CheckDigit(v[:12])
		return says + ": " + inData(gs1.WrongCheck(v[12], want))
	}
	return says
}

const digits = "0123456789"

func onlyASCII(v string) error {
	for i := range len(v) {
		if v[i] >= utf8.RuneSelf {
			return errors.New("other characters than ASCII")
		}
	}
	return nil
}

func gridOf(code barcode.Barcode) grid {
	b := code.Bounds()
	g := grid{w: b.Dx(), h: b.Dy(), dark: make([]bool, b.Dx()*b.Dy())}
	for y := range g.h {
		for x := range g.w {
			g.dark[y*g.w+x] = isDark(code, b.Min.X+x, b.Min.Y+y)
		}
	}
	return g
}

func isDark(code barcode.Barcode, x, y int) bool {
	r, g, b, _ := code.At(x, y).RGBA()
	return r+g+b < 3*0x8000
}

// boomRuns turns a two-width symbol into runs, with wide bars of three modules, as
// ^BY asks of the printer. The library draws them two modules wide (Codabar, Code
// 39) or three (ITF).
func boomRuns(code barcode.Barcode, err error) ([]int, error) {
	if err != nil {
		return nil, err
	}
	runs := rawRuns(code)
	for i, n := range runs {
		if n > 1 {
			runs[i] = 3
		}
	}
	return runs, nil
}

func rawRuns(code barcode.Barcode) []int {
	var runs []int
	b := code.Bounds()
	was := false
	for x := b.Min.X; x < b.Max.X; x++ {
		dark := isDark(code, x, b.Min.Y)
		if len(runs) == 0 || dark != was {
			runs = append(runs, 0)
		}
		runs[len(runs)-1]++
		was = dark
	}
	return runs
}

func eanRuns(v string) ([]int, error) {
	if len(v) != 13 {
		return nil, errors.New("EAN-13 wants 13 digits")
	}
	code, err := ean.Encode(v)
	if err != nil {
		return nil, err
	}
	return rawRuns(code), nil
}

// runs128 draws the symbol characters of Code 128 with check and stop character
// (ISO/IEC 15417, table 1): six runs of 1 to 4 modules each, seven for the stop.
func runs128(values []int) []int {
	sum := values[0]
	for i, v := range values[1:] {
		sum += (i + 1) * v
	}
	out := make([]int, 0, 6*len(values)+13)
	draw := func(v int) {
		for _, c := range pattern128(v) {
			out = append(out, int(c-'0'))
		}
	}
	for _, v := range values {
		draw(v)
	}
	draw(sum % 103)
	draw(106)
	return out
}

func pattern128(v int) string {
	const table = "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221" +
		"223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321" +
		"112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131" +
		"311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114" +
		"122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141" +
		"214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
	if v == 106 {
		return "2331112"
	}
	return table[6*v : 6*v+6]
}
