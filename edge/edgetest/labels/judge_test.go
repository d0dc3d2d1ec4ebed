package labels

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/configs"
	"dcedge/edge/edgetest/sitetest"
	sim "dcedge/firmware-sim/printer"
	"dcedge/labels/layout"
	"dcedge/labels/raster"
)

// The three barcodes of korea-100x150: the sort code, and the number twice.
const sortCode = "4W44"

// addresses as they come: plain, long with a message, and without routing.
func addresses() map[string]string {
	order := func(id, recipient, routing string) string {
		return fmt.Sprintf(`{"kind":"order","id":%q,"carrier":"cj","recipient":%s,%s"lines":[{"id":"1","sku":"MUG","quantity":1,"location":"A01-01-1"},{"id":"2","sku":"PEN","quantity":2,"location":"A01-01-2"}]}`, id, recipient, routing)
	}
	routing := `"routing":{"sortCode":"4W44","subCode":"24","branch":"강남역삼","zone":"P01","addressShort":"강남 A"},`
	return map[string]string{
		"plain":     order("536365", `{"name":"홍길동","phone":"010-1234-5678","safeNumber":"0503-7123-4567","postcode":"06236","address":"서울특별시 강남구 테헤란로 152","addressDetail":"강남파이낸스센터 21층"}`, routing),
		"long":      order("536366-20261122-0001", `{"name":"남궁선우김수한무거북이와두루미삼천갑자","phone":"010-9876-5432","postcode":"63644","address":"제주특별자치도 서귀포시 성산읍 성산중앙로37번길 12-34 햇살가득한바다마을아파트단지 제1관리사무소","addressDetail":"제103동 1204호 (성산포항 종합여객터미널 맞은편 파란 지붕 건물 뒤쪽 출입구)","message":"부재 시 경비실에 맡겨 주시고, 공동현관 비밀번호는 #1234* 입니다. 배송 전 꼭 전화 주세요!"}`, routing),
		"noRouting": order("536367", `{"name":"이영희","phone":"010-2222-3333","postcode":"48058","address":"부산광역시 해운대구 센텀중앙로 97"}`, ""),
	}
}

// printed works an order until its label has come out of the printer.
func printed(t *testing.T, s *sitetest.Site, name, order string) (sim.Label, string) {
	t.Helper()
	s.Push(order)
	w := s.Worker("W-001")
	before := s.Printers[0].Status().Odometer
	require.True(t, w.Act("start", map[string]any{"flow": "pick", "mode": "order"}).OK)
	require.True(t, w.Scan("TOTE-"+map[string]string{"plain": "00001", "long": "00002", "noRouting": "00003"}[name]).OK)
	for sc := w.Screen(); sc.Flow == "pick"; sc = w.Screen() {
		_, code := sc.First()
		require.True(t, w.Scan(code).OK)
	}
	require.True(t, w.Act("start", map[string]any{"flow": "pack"}).OK)
	for sc := w.Screen(); sc.Step != "printing" && sc.Step != "waybill"; sc = w.Screen() {
		_, code := sc.First()
		require.True(t, w.Scan(code).OK, "%+v", w.Last)
	}
	var out []sim.Label
	require.Eventually(t, func() bool { out = s.Printers[0].Labels(before); return len(out) == 1 }, 30*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool { return w.Screen().Step == "waybill" }, 30*time.Second, 20*time.Millisecond)
	_, waybill := w.Screen().First()
	require.True(t, w.Scan(waybill).OK)
	return out[0], waybill
}

func TestLabelByIndependentJudges(t *testing.T) {
	s := sitetest.Start(t, sitetest.Options{Printers: 1, Clock: 100})
	s.Basics()
	for name, order := range addresses() {
		t.Run(name, func(t *testing.T) {
			label, waybill := printed(t, s, name, order)
			require.Empty(t, label.Faults)
			require.Contains(t, string(label.ZPL()), ":Z64:", "the printer names itself as one that reads it")
			want := []string{sortCode, waybill, waybill}
			if name == "noRouting" {
				want = want[1:]
			}
			t.Run("renderer", func(t *testing.T) { judge(t, name+"-renderer", render(t, label.ZPL()), want) })
			t.Run("printer", func(t *testing.T) {
				var b bytes.Buffer
				require.NoError(t, label.PNG(&b))
				judge(t, name+"-printer", b.Bytes(), want)
			})
		})
	}
}

// TestPictureOfTheTemplate has the picture that the lead's page shows judged,
// at the three resolutions of printers.
func TestPictureOfTheTemplate(t *testing.T) {
	set, err := layout.Load(configs.Labels())
	require.NoError(t, err)
	template, ok := set.Template("korea-100x150")
	require.True(t, ok)
	fonts, err := raster.Default()
	require.NoError(t, err)
	data := template.Sample()
	for _, dpi := range []int{203, 300} {
		img, err := template.Image(data, dpi, fonts)
		require.NoError(t, err)
		var b bytes.Buffer
		require.NoError(t, png.Encode(&b, img))
		t.Run(fmt.Sprint(dpi), func(t *testing.T) {
			judge(t, fmt.Sprintf("sample-%d", dpi), b.Bytes(), []string{data.Sort.Code, data.Waybill, data.Waybill})
		})
	}
}

// render asks the renderer of tools/zplrender.
func render(t *testing.T, zpl []byte) []byte {
	t.Helper()
	dir, err := filepath.Abs("../../../tools/zplrender")
	require.NoError(t, err)
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "zpl-renderer-js")); err != nil {
		t.Skip("NOT PROVEN HERE: the independent renderer is not installed; `make setup-test` does it")
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("NOT PROVEN HERE: the independent renderer needs node")
	}
	c := exec.CommandContext(t.Context(), "node", filepath.Join(dir, "render.mjs"), "100", "150", "8")
	c.Stdin = bytes.NewReader(zpl)
	var complaint bytes.Buffer
	c.Stderr = &complaint
	picture, err := c.Output()
	require.NoError(t, err, "%s", complaint.String())
	return picture
}

// judge wants exactly these barcodes in a picture, by two readers.
func judge(t *testing.T, name string, picture []byte, want []string) {
	t.Helper()
	folder := os.Getenv("LABEL_PICTURES")
	if folder == "" {
		folder = t.TempDir()
	}
	file := filepath.Join(folder, name+".png")
	require.NoError(t, os.WriteFile(file, picture, 0o600))
	img, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	slices.Sort(want)
	t.Run("gozxing", func(t *testing.T) { assert.Equal(t, want, zxing(img)) })
	t.Run("zbarimg", func(t *testing.T) {
		if _, err := exec.LookPath("zbarimg"); err != nil {
			t.Skip("NOT PROVEN HERE: zbarimg is missing; `make setup-test` installs it")
		}
		out, err := exec.CommandContext(t.Context(), "zbarimg", "-q", "--raw", "-Sdisable", "-Scode128.enable", file).Output()
		require.NoError(t, err)
		got := strings.Fields(string(out))
		slices.Sort(got)
		// zbarimg gives one text once, however often it stands on the picture
		assert.Equal(t, slices.Compact(slices.Clone(want)), slices.Compact(got))
		for _, half := range halves(t, folder, name, img) {
			out, err := exec.CommandContext(t.Context(), "zbarimg", "-q", "--raw", "-Sdisable", "-Scode128.enable", half).Output()
			require.NoError(t, err, half)
			assert.Contains(t, strings.Fields(string(out)), want[slices.IndexFunc(want, digits)], half)
		}
	})
}

func digits(s string) bool { return len(s) > 4 && strings.Trim(s, "0123456789") == "" }

// halves cuts a label across, so that each half holds the number once.
func halves(t *testing.T, folder, name string, img image.Image) []string {
	t.Helper()
	b := img.Bounds()
	var files []string
	for i, r := range []image.Rectangle{image.Rect(b.Min.X, b.Min.Y, b.Max.X, b.Dy()/2), image.Rect(b.Min.X, b.Dy()/2, b.Max.X, b.Max.Y)} {
		var out bytes.Buffer
		require.NoError(t, png.Encode(&out, crop(img, r)))
		file := filepath.Join(folder, fmt.Sprintf("%s-half%d.png", name, i+1))
		require.NoError(t, os.WriteFile(file, out.Bytes(), 0o600))
		files = append(files, file)
	}
	return files
}

func crop(img image.Image, r image.Rectangle) image.Image {
	out := image.NewGray(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			out.Set(x, y, img.At(x, y))
		}
	}
	return out
}

// zxing reads a label strip by strip, its left two thirds and its right ones, and
// tells every barcode once for each unbroken run of strips that show it, sorted.
func zxing(img image.Image) []string {
	const strip = 24 // dots: thinner than any barcode here
	var all []string
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	for _, side := range [][2]int{{0, w * 64 / 100}, {w * 60 / 100, w}} {
		last, missed := "", 0
		for y := 0; y+strip <= h; y += strip / 2 {
			text := strings.TrimSpace(read(crop(img, image.Rect(side[0], y, side[1], y+strip))))
			if text == "" { // one strip may hold a barcode's edge only
				if missed++; missed > 1 {
					last = ""
				}
				continue
			}
			if text != last {
				all = append(all, text)
			}
			last, missed = text, 0
		}
	}
	slices.Sort(all)
	return all
}

func read(img image.Image) string {
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return ""
	}
	r, err := oned.NewCode128Reader().Decode(bmp, nil)
	if err != nil {
		return ""
	}
	return r.GetText()
}
