package layout

import (
	"errors"
	"fmt"
	"image"
	"os/exec"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// awkward is data that labels meet on a bad day.
func awkward(l Label) Label {
	l.Copy, l.Attempt = 3, "0190a1b2-c3d4"
	if l.Recipient.Name != "" {
		l.Recipient.Name = "남궁뷁쀍 (주)하늘과바람과별과시 대표이사 Zoë"
	}
	if l.Recipient.Address != "" {
		l.Recipient.Address = strings.TrimSpace(strings.Repeat("서울특별시 강남구 테헤란로 152 강남파이낸스센터 ", 10)) // about 300 characters
		l.Recipient.AddressDetail = "가동 1203호 (역삼동, 𠮷髙﨑 ｶﾞｰﾃﾞﾝ)"
	}
	if l.Recipient.Message != "" {
		l.Recipient.Message = "^XZ 문 앞에 놓아 주세요 ~JA _5E"
	}
	return l
}

// judgedAt are the resolutions that pictures are judged at: all three; one where
// somebody asks for the race detector, without which tools/test.sh runs this package.
func judgedAt() []int {
	switch {
	case raced:
		return []int{203}
	case testing.Short():
		return []int{203, 300}
	}
	return []int{203, 300, 600}
}

// cases are the sample and the awkward data of every shipped template.
func cases(t *testing.T, f func(t *testing.T, tpl *Template, l Label, dpi int)) {
	s := shipped(t)
	for _, n := range s.Names() {
		tpl, _ := s.Template(n)
		for _, dpi := range judgedAt() {
			for name, l := range map[string]Label{"sample": tpl.Sample(), "awkward": awkward(tpl.Sample())} {
				if raced && name == "sample" {
					continue
				}
				t.Run(fmt.Sprintf("%s/%d/%s", n, dpi, name), func(t *testing.T) { f(t, tpl, l, dpi) })
			}
		}
	}
}

// Every barcode of every template decodes to the exact bytes; GS1 by a decoder that
// keeps FNC1.
func TestBarcodesDecode(t *testing.T) {
	r := renderer(t)
	cases(t, func(t *testing.T, tpl *Template, l Label, dpi int) {
		img, err := tpl.Image(l, dpi, r)
		require.NoError(t, err)
		d, err := tpl.compose(&l, dpi, r, false)
		require.NoError(t, err)
		n := 0
		for i := range d.out {
			if s := &d.out[i]; s.data != "" {
				got, err := decode(img, s)
				require.NoError(t, err, s.kind)
				assert.Equal(t, expected(s), got, s.kind)
				n++
			}
		}
		assert.Positive(t, n)
	})
}

// expected is what gozxing tells of a symbol: GS1 with its identifier in front, Codabar
// without its letters.
func expected(s *step) string {
	switch s.kind {
	case kindGS1128:
		return "]C1" + s.data
	}
	return s.data
}

// decode reads one symbol with its quiet zone, by gozxing.
func decode(img image.Image, s *step) (string, error) {
	quiet := 10 * s.module
	area := image.Rect(s.x-quiet, s.y, s.x+s.w+quiet, s.y+s.h)
	if s.grid.w > 0 {
		area = image.Rect(s.x-4*s.module, s.y-4*s.module, s.x+s.w+4*s.module, s.y+s.h+4*s.module)
	}
	sub, ok := img.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok {
		return "", errors.New("no sub-image")
	}
	bmp, err := gozxing.NewBinaryBitmapFromImage(gray(sub.SubImage(area)))
	if err != nil {
		return "", err
	}
	hints := map[gozxing.DecodeHintType]any{}
	var reader gozxing.Reader
	switch s.kind {
	case kindCode128:
		reader = oned.NewCode128Reader()
	case kindGS1128:
		reader, hints[gozxing.DecodeHintType_ASSUME_GS1] = oned.NewCode128Reader(), true
	case kindCodabar:
		reader = oned.NewCodaBarReader()
	case kindITF:
		reader = oned.NewITFReader()
	case kindEAN13:
		reader = oned.NewEAN13Reader()
	case kindCode39:
		reader = oned.NewCode39Reader()
	case kindQR:
		reader, hints[gozxing.DecodeHintType_PURE_BARCODE] = qrcode.NewQRCodeReader(), true
	default:
		reader, hints[gozxing.DecodeHintType_PURE_BARCODE] = datamatrix.NewDataMatrixReader(), true
	}
	res, err := reader.Decode(bmp, hints)
	if err != nil {
		return "", err
	}
	return res.GetText(), nil
}

// gray copies a part of a picture to the origin, with a white margin.
func gray(img image.Image) image.Image {
	const margin = 20
	p := img.(*image.Paletted)
	b := p.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx()+2*margin, b.Dy()+2*margin))
	for i := range out.Pix {
		out.Pix[i] = 0xFF
	}
	for y := range b.Dy() {
		row := p.Pix[y*p.Stride : y*p.Stride+b.Dx()]
		for x, v := range row {
			if v != 0 {
				out.Pix[(margin+y)*out.Stride+margin+x] = 0
			}
		}
	}
	return out
}

// The second decoder: zbarimg reads the whole picture.
func TestBarcodesByZbar(t *testing.T) {
	bin, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("NO zbarimg: the second decoder was NOT run")
	}
	r := renderer(t)
	s := shipped(t)
	for _, n := range s.Names() {
		tpl, _ := s.Template(n)
		for _, dpi := range judgedAt() {
			if dpi == 600 { // a picture of sixteen megabytes says nothing new
				continue
			}
			l := awkward(tpl.Sample())
			img, err := tpl.Image(l, dpi, r)
			require.NoError(t, err)
			out, err := exec.Command(bin, "-q", "--raw", save(t, n+".png", img)).Output()
			require.NoError(t, err, n)
			d, err := tpl.compose(&l, dpi, r, false)
			require.NoError(t, err)
			lines := strings.Split(strings.TrimRight(string(out), "\n"), "\n")
			for _, st := range d.out {
				want := st.data
				switch st.kind {
				case kindText, kindBox, kindDataMatrix, kindGS1Matrix:
					continue
				case kindCodabar:
					want = string(st.start) + st.data + string(st.stop)
				}
				assert.Contains(t, lines, want, "%s at %d dpi", n, dpi)
			}
		}
	}
}
