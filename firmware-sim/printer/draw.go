package printer

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/qr"
	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// maxSide bounds a drawn label, in dots.
const maxSide = 6000

// PNG draws the label as far as the simulator knows the commands: upright
// text in Latin letters (as resident fonts have no others: a box stands for
// each), Code 128, QR codes, DataMatrix without FNC1, boxes and graphics. Rotated
// fields and other barcodes show as an outline.
func (l Label) PNG(w io.Writer) error {
	if err := png.Encode(w, l.Image()); err != nil {
		return fmt.Errorf("printer: draw label %d: %w", l.N, err)
	}
	return nil
}

// Image is the drawn label, one pixel a dot.
func (l Label) Image() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, min(max(l.Width, 1), maxSide), min(max(l.Length, 1), maxSide)))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	for _, d := range l.draw {
		d.on(img)
	}
	return img
}

func (d drawn) on(img *image.Gray) {
	switch {
	case d.kind == 'o':
		d.box(img)
	case d.kind == 'g':
		d.bitmap(img)
	case d.rotation != 'N' && d.rotation != 0:
		outline(img, image.Rect(d.x, d.y, d.x+d.height, d.y+d.height*max(1, len(d.text))/2))
	case d.kind == 'b':
		d.bars(img)
	default:
		d.letters(img)
	}
}

func fill(img *image.Gray, r image.Rectangle) {
	r = r.Intersect(img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			img.SetGray(x, y, color.Gray{})
		}
	}
}

func outline(img *image.Gray, r image.Rectangle) {
	fill(img, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+1))
	fill(img, image.Rect(r.Min.X, r.Max.Y-1, r.Max.X, r.Max.Y))
	fill(img, image.Rect(r.Min.X, r.Min.Y, r.Min.X+1, r.Max.Y))
	fill(img, image.Rect(r.Max.X-1, r.Min.Y, r.Max.X, r.Max.Y))
}

func (d drawn) top() int {
	if d.baseline {
		return d.y - d.height
	}
	return d.y
}

func (d drawn) box(img *image.Gray) {
	r := image.Rect(d.x, d.top(), d.x+d.width, d.top()+d.height)
	t := min(d.thick, d.width, d.height)
	fill(img, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+t))
	fill(img, image.Rect(r.Min.X, r.Max.Y-t, r.Max.X, r.Max.Y))
	fill(img, image.Rect(r.Min.X, r.Min.Y, r.Min.X+t, r.Max.Y))
	fill(img, image.Rect(r.Max.X-t, r.Min.Y, r.Max.X, r.Max.Y))
}

func (d drawn) bitmap(img *image.Gray) {
	rows := len(d.graphic.bits) / d.graphic.row
	top := d.graphic.y
	if d.baseline {
		top -= rows
	}
	for y := range rows {
		for x := range d.graphic.row * 8 {
			if d.graphic.bits[y*d.graphic.row+x/8]&(0x80>>(x%8)) != 0 {
				fill(img, image.Rect(d.graphic.x+x, top+y, d.graphic.x+x+1, top+y+1))
			}
		}
	}
}

func (d drawn) bars(img *image.Gray) {
	code, err := d.symbol()
	if err != nil {
		outline(img, image.Rect(d.x, d.top(), d.x+d.height, d.top()+d.height))
		return
	}
	rows, height := code.Bounds().Dy(), d.module
	if rows == 1 {
		height = d.height
	}
	for n := range rows * code.Bounds().Dx() {
		x, y := n/rows, n%rows
		if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
			fill(img, image.Rect(d.x+x*d.module, d.top()+y*height, d.x+(x+1)*d.module, d.top()+(y+1)*height))
		}
	}
	if d.readable {
		t := drawn{x: d.x, y: d.top() + d.height + 2, kind: 't', text: d.text, height: 9 * d.module}
		t.letters(img)
	}
}

// symbol makes the barcode, in modules.
func (d drawn) symbol() (barcode.Barcode, error) {
	switch d.bar {
	case "code128":
		return code128.Encode(d.text)
	case "^BQ": // error level, A for automatic mode, comma, data
		level, known := map[byte]qr.ErrorCorrectionLevel{'H': qr.H, 'Q': qr.Q, 'M': qr.M, 'L': qr.L}[(d.text + " ")[0]]
		if text, ok := strings.CutPrefix(d.text[min(1, len(d.text)):], "A,"); ok && known {
			return qr.Encode(text, level, qr.Auto)
		}
	case "^BX":
		once := string(rune(d.escape))
		text := strings.Split(d.text, once+once) // written twice it is itself
		if d.escape == 0 {
			return datamatrix.Encode(d.text)
		}
		if !strings.Contains(strings.Join(text, ""), once) { // else FNC1 and the like
			return datamatrix.Encode(strings.Join(text, once))
		}
	}
	return nil, errors.New("shown as an outline")
}

// letters draws with a 7 by 13 bitmap font scaled to the asked height and
// width, which is how the resident bitmap fonts grow too.
func (d drawn) letters(img *image.Gray) {
	face := basicfont.Face7x13
	small := image.NewGray(image.Rect(0, 0, max(1, font.MeasureString(face, d.text).Ceil()), 13))
	for i := range small.Pix {
		small.Pix[i] = 0xff
	}
	if small.Rect.Dx() > maxSide {
		return
	}
	pen := font.Drawer{Dst: small, Src: image.Black, Face: face, Dot: fixed.P(0, 10)}
	pen.DrawString(d.text)
	width := d.width
	if width == 0 {
		width = d.height * 7 / 13
	}
	to := image.Rect(d.x, d.top(), d.x+small.Rect.Dx()*width/7, d.top()+d.height)
	if to.Empty() || !to.Overlaps(img.Rect) || to.Dx() > 4*maxSide || to.Dy() > 4*maxSide {
		return
	}
	xdraw.NearestNeighbor.Scale(img, to, small, small.Rect, xdraw.Over, nil)
}
