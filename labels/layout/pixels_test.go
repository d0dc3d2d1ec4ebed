package layout

import (
	"bytes"
	"image"
	"image/color"
	"testing"

	"github.com/stretchr/testify/require"
)

// sheet is a picture on which fields are drawn one after the other.
type sheet struct {
	t     *testing.T
	one   picture // the field at hand
	owner []byte  // which field a dot belongs to, counted from 1; 0 none

	fields []field
}

func newSheet(t *testing.T, d *drawing) *sheet {
	area := image.Rect(0, 0, d.dots(d.t.width), d.dots(d.t.height))
	return &sheet{t: t, one: picture{image.NewPaletted(area, color.Palette{color.White, color.Black})}, owner: make([]byte, area.Dx()*area.Dy()), fields: d.t.fields}
}

// add draws a field, wants every dot of it inside its box and on no other's ink, and
// takes it off again.
func (s *sheet) add(f *field, steps []step, n byte, box image.Rectangle) {
	s.t.Helper()
	for i := range steps {
		steps[i].picture(&s.one)
	}
	pix, stride := s.one.Pix, s.one.Stride
	for i := 0; i < len(pix); i++ { // IndexByte skips the white, which is nearly all
		k := bytes.IndexByte(pix[i:], 1)
		if k < 0 {
			break
		}
		i += k
		if at := image.Pt(i%stride, i/stride); !at.In(box) {
			s.t.Fatalf("field %s: ink at %v outside %v", f.Name, at, box)
		}
		if o := s.owner[i]; o != 0 && (f.Kind != kindBox || s.fields[o-1].Kind != kindBox) { // lines meet
			s.t.Fatalf("field %s: its ink at %d,%d lies on that of field %d", f.Name, i%stride, i/stride, s.owner[i])
		}
		s.owner[i], pix[i] = n, 0
	}
}

// quiet wants the zone beside a symbol free of the ink of others.
func (s *sheet) quiet(f *field, st *step, n byte) {
	s.t.Helper()
	modules := quietLinear
	zone := image.Rect(st.x-modules*st.module, st.y, st.x+st.w+modules*st.module, st.y+st.h)
	switch {
	case st.kind == kindQR:
		zone = image.Rect(st.x, st.y, st.x+st.w, st.y+st.h).Inset(-quietQR * st.module)
	case st.grid.w > 0:
		zone = image.Rect(st.x, st.y, st.x+st.w, st.y+st.h).Inset(-quietMatrix * st.module)
	}
	for y := zone.Min.Y; y < zone.Max.Y; y++ {
		for x := zone.Min.X; x < zone.Max.X; x++ {
			if !image.Pt(x, y).In(s.one.Rect) {
				s.t.Fatalf("field %s: its quiet zone leaves the label at %d,%d", f.Name, x, y)
			}
			if o := s.owner[y*s.one.Stride+x]; o != 0 && o != n {
				s.t.Fatalf("field %s: ink of field %d in its quiet zone at %d,%d", f.Name, o, x, y)
			}
		}
	}
}

// Every text and every symbol lies inside its field, no ink on that of another, no ink
// in a quiet zone: judged by the pixels of each field alone, at three resolutions.
func TestInkStaysInItsField(t *testing.T) {
	r := renderer(t)
	cases(t, func(t *testing.T, tpl *Template, l Label, dpi int) {
		dots, err := dotsPerMM(dpi)
		require.NoError(t, err)
		d := &drawing{t: tpl, l: &l, r: r, dpmm: dots}
		s := newSheet(t, d)
		drawn := map[byte][]step{}
		for i := range tpl.fields {
			f := &tpl.fields[i]
			if !f.when.holds(&l) {
				continue
			}
			d.out = nil
			require.NoError(t, d.field(f))
			x, y := d.dots(f.At[0]), d.dots(f.At[1])
			s.add(f, d.out, byte(i+1), image.Rect(x, y, d.dots(f.At[0]+f.Size[0]), d.dots(f.At[1]+f.Size[1])))
			drawn[byte(i+1)] = d.out
		}
		for n, steps := range drawn {
			for i := range steps {
				if steps[i].data != "" {
					s.quiet(&tpl.fields[n-1], &steps[i], n)
				}
			}
		}
	})
}
