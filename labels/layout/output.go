package layout

import (
	"fmt"
	"image"
	"image/color"

	"dcedge/labels/raster"
	"dcedge/labels/zpl"
)

// ZPL draws the label for a printer of 203, 300 or 600 dpi. Barcodes are the
// printer's own; text is a picture but where the template leaves it to the printer.
//
// Errors: [*FieldError] naming the field that cannot be drawn.
func (t *Template) ZPL(data Label, dpi int, r *raster.Renderer) ([]byte, error) {
	return t.ZPLWith(data, dpi, r, Printer{})
}

// Printer is what a printer's settings change in a label. Zero values leave its own
// settings alone.
type Printer struct {
	Z64      bool // it reads graphics as zlib in base64 (Zebra does; emulations may not)
	Inverted bool // print upside down
	Speed    int  // inches a second
	Darkness int  // -30 to 30, relative
	Tracking byte // N continuous, Y gap, M mark
	Transfer byte // T ribbon, D direct
	Mode     byte // T tear, P peel, R rewind, C cut
}

// ZPLWith is [Template.ZPL] for a printer with settings of its own.
func (t *Template) ZPLWith(data Label, dpi int, r *raster.Renderer, p Printer) ([]byte, error) {
	d, err := t.compose(&data, dpi, r, true)
	if err != nil {
		return nil, err
	}
	out, err := zpl.New(zpl.Setup{Width: d.dots(t.width), Length: d.dots(t.height), Z64: p.Z64, Inverted: p.Inverted,
		Speed: p.Speed, Darkness: p.Darkness, Tracking: p.Tracking, Transfer: p.Transfer, Mode: p.Mode})
	if err != nil {
		return nil, err
	}
	out.Comment(fmt.Sprintf("%s %s %d", t.name, data.Attempt, data.Copy))
	for i := range d.out {
		d.out[i].zpl(out)
	}
	b, err := out.Bytes()
	if err != nil {
		return nil, fmt.Errorf("layout: template %s: %w", t.name, err)
	}
	return b, nil
}

func (s *step) zpl(out *zpl.Label) {
	if s.graphic {
		s.asGraphic(out)
		return
	}
	bars := zpl.Bars{Module: s.module, Height: s.h}
	switch s.kind {
	case kindBox:
		out.Box(s.x, s.y, s.w, s.h, s.thickness)
	case kindText:
		if s.printer {
			out.Text(s.x, s.y+(s.h-s.size)/2, s.size, 0, s.text)
		} else if s.line.Bitmap.Width > 0 {
			out.Graphic(s.x+s.line.Left, s.y+s.line.Top, zpl.Bitmap(s.line.Bitmap))
		}
	case kindCode128:
		out.Code128(s.x, s.y, bars, s.data)
	case kindGS1128:
		out.GS1128(s.x, s.y, bars, s.data)
	case kindCodabar:
		out.Codabar(s.x, s.y, bars, s.data, s.start, s.stop)
	case kindITF:
		out.ITF(s.x, s.y, bars, s.data)
	case kindEAN13:
		out.EAN13(s.x, s.y, bars, s.data)
	case kindCode39:
		out.Code39(s.x, s.y, bars, s.data)
	case kindQR:
		out.QR(s.x, s.y, s.module, s.data)
	case kindDataMatrix:
		out.DataMatrix(s.x, s.y, s.module, s.data, false)
	case kindGS1Matrix:
		out.DataMatrix(s.x, s.y, s.module, s.data, true)
	}
}

// asGraphic sends a barcode as a picture of itself.
func (s *step) asGraphic(out *zpl.Label) {
	at := *s
	at.x, at.y = 0, 0
	p := &picture{image.NewPaletted(image.Rect(0, 0, s.w, s.h), color.Palette{color.White, color.Black})}
	at.picture(p)
	b := zpl.Bitmap{Width: s.w, Height: s.h, Stride: (s.w + 7) / 8}
	b.Bits = make([]byte, b.Stride*b.Height)
	for i, black := range p.Pix {
		if x := i % p.Stride; black == 1 {
			b.Bits[i/p.Stride*b.Stride+x/8] |= 0x80 >> (x % 8)
		}
	}
	out.Graphic(s.x, s.y, b)
}

// Image draws the label as a picture of two colours, one pixel a dot.
//
// Errors: as [Template.ZPL].
func (t *Template) Image(data Label, dpi int, r *raster.Renderer) (image.Image, error) {
	d, err := t.compose(&data, dpi, r, false)
	if err != nil {
		return nil, err
	}
	p := &picture{image.NewPaletted(image.Rect(0, 0, d.dots(t.width), d.dots(t.height)), color.Palette{color.White, color.Black})}
	for i := range d.out {
		d.out[i].picture(p)
	}
	return p.Paletted, nil
}

// picture paints in black (palette index 1) on white.
type picture struct{ *image.Paletted }

func (p *picture) bar(x, y, w, h int) {
	area := image.Rect(x, y, x+w, y+h).Intersect(p.Rect)
	for y := area.Min.Y; y < area.Max.Y; y++ {
		row := p.Pix[p.PixOffset(area.Min.X, y):]
		for i := range area.Dx() {
			row[i] = 1
		}
	}
}

func (p *picture) bitmap(x, y int, b raster.Bitmap) {
	area := image.Rect(x, y, x+b.Width, y+b.Height).Intersect(p.Rect)
	for py := area.Min.Y; py < area.Max.Y; py++ {
		row := p.Pix[p.PixOffset(0, py):]
		bits := b.Bits[(py-y)*b.Stride:]
		for px := area.Min.X; px < area.Max.X; px++ {
			if dx := px - x; bits[dx/8]&(0x80>>(dx%8)) != 0 {
				row[px] = 1
			}
		}
	}
}

func (s *step) picture(p *picture) {
	switch {
	case s.kind == kindBox:
		t := min(s.thickness, s.w, s.h)
		p.bar(s.x, s.y, s.w, t)
		p.bar(s.x, s.y+s.h-t, s.w, t)
		p.bar(s.x, s.y, t, s.h)
		p.bar(s.x+s.w-t, s.y, t, s.h)
	case s.kind == kindText:
		p.bitmap(s.x+s.line.Left, s.y+s.line.Top, s.line.Bitmap)
	case s.grid.w > 0:
		for i, dark := range s.grid.dark {
			if dark {
				p.bar(s.x+i%s.grid.w*s.module, s.y+i/s.grid.w*s.module, s.module, s.module)
			}
		}
	default:
		x := s.x
		for i, n := range s.runs {
			if i%2 == 0 {
				p.bar(x, s.y, n*s.module, s.h)
			}
			x += n * s.module
		}
	}
}
