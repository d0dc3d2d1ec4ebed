package layout

import (
	"fmt"
	"image"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"dcedge/labels/raster"

	"github.com/stretchr/testify/require"
)

// peopleWrite are names and addresses as people write them.
func peopleWrite() []string {
	return []string{
		"東京都立大学理学研究科化学専攻", "社会福祉法人恩賜財団済生会支部神奈川県済生会横浜市東部病院", "東京都千代田区千代田一丁目1番1号ハイツ峠ﾋﾞﾙ502号室",
		"株式会社髙島屋日本橋店 齋藤 菜々子", "北海道札幌市中央区北三条西六丁目 ガーデンキャッスル", "서울특별시 강남구 테헤란로 152 강남파이낸스센터 21층",
		"주식회사하늘과바람과별과시물류센터담당자 남궁뷁", "경기도 성남시 분당구 판교역로 166 (백현동, 카카오 판교아지트) B동 1203호", "Nguyễn Thị Hằng",
		"Trần Đình Trọng, 125 Lê Lợi, Phường Bến Thành, Quận 1, TP. Hồ Chí Minh", "김하늘 斎藤 Zoë Nguyễn Thị Hằng", "O'Neill-Müller, 4711 Straße der Ångström Œuvre",
		"WWWWWWWWWWWWMMMMMMMMMMMMwwwwwwwwwwwwmmmmmmmmmmmm@@@@@@@@@@", "a Supercalifragilisticexpialidocious 1 b",
		"ẤẾỄ ĐỖ THỊ ẨM, ÅÉÛ ŐŰ", "ẪÇĘǬg ẤŅŢ",
	}
}

// fewestLines is how many lines a text needs at least, by trying every way to break
// it: nothing here is taken from the code that breaks lines.
func fewestLines(t *testing.T, d *drawing, text string, size, width int, printer bool) int {
	face, err := d.r.FaceFor(d.t.japanese, text, size)
	require.NoError(t, err)
	runes := []rune(text)
	const none = 1 << 20
	best := make([]int, len(runes)+1)
	for i := len(runes) - 1; i >= 0; i-- {
		best[i] = none
		for j := i + 1; j <= len(runes); j++ {
			part := strings.Trim(string(runes[i:j]), " ")
			e, err := d.r.MeasureIn(face, part, size)
			require.NoError(t, err)
			w := e.Width
			if printer {
				em := 0
				for k := range len(part) {
					em += printerWidth(part[k])
				}
				w = max(w, (em*size+99)/100)
			}
			if max(w, e.Ink) > width {
				break
			}
			best[i] = min(best[i], 1+best[j])
		}
	}
	return best[0]
}

// textFields are the fields of all templates that differ in what they can hold.
func textFields(t *testing.T) map[string]field {
	out := map[string]field{}
	s := shipped(t)
	for _, n := range s.Names() {
		tpl, _ := s.Template(n)
		for _, f := range tpl.fields {
			if f.Kind == kindText {
				key := fmt.Sprint(f.Size, f.Height, f.Min, f.Lines, f.Align, f.Cut, f.Printer)
				if _, there := out[key]; !there {
					f.Name = n + "/" + f.Name
					out[key] = f
				}
			}
		}
	}
	return out
}

// Every beginning of a text is drawn inside its field, whole, or refused where no way of
// breaking it would do at the smallest size.
func TestEveryPrefixFitsOrCannot(t *testing.T) {
	r := renderer(t)
	tpl, _ := shipped(t).Template("korea-100x150")
	drawn, refused := 0, 0
	every := map[int]int{203: 19, 300: 89, 600: 211} // which beginnings are tried: all would take many minutes
	if os.Getenv("FIT_DENSE") != "" {                // make soak
		every = map[int]int{203: 2, 300: 9, 600: 17}
	}
	if testing.Short() {
		every = map[int]int{203: 11}
	}
	if raced {
		every = map[int]int{203: 101}
	}
	for _, f := range textFields(t) {
		for dpi, nth := range every {
			dpmm, err := dotsPerMM(dpi)
			require.NoError(t, err)
			for _, text := range peopleWrite() {
				n := len(f.Name) // begins elsewhere in every field
				for i, c := range text {
					if n++; n%nth != 0 {
						continue
					}
					v := text[:i+utf8.RuneLen(c)]
					d := &drawing{t: tpl, l: &Label{}, r: r, dpmm: dpmm}
					s := step{kind: kindText, w: d.dots(f.Size[0]), h: d.dots(f.Size[1])}
					if err := d.text(&f, s, v); err != nil {
						var fe *FieldError
						require.ErrorAs(t, err, &fe)
						require.Equal(t, CodeFit, fe.Code, "%s: %q", f.Name, v)
						cannot(t, d, &f, s, v)
						refused++
						continue
					}
					inside(t, d, &f, s, v)
					drawn++
				}
			}
		}
	}
	if raced {
		return
	}
	require.Greater(t, drawn, 500)
	require.Greater(t, refused, 100)
}

func cannot(t *testing.T, d *drawing, f *field, s step, v string) {
	t.Helper()
	least := max(d.dots(f.Min), raster.MinSize)
	clean, err := raster.Clean(v)
	require.NoError(t, err)
	need := fewestLines(t, d, clean, least, s.w, f.Printer && allASCII([]string{clean}))
	face, err := d.r.FaceFor(d.t.japanese, clean, least)
	require.NoError(t, err)
	e, err := d.r.MeasureIn(face, clean, least)
	require.NoError(t, err)
	require.Greater(t, need, min(f.Lines, s.h/(raster.LineHeight(least)+e.Above+e.Below)), "%s refused %q at %d dots a millimetre", f.Name, v, d.dpmm)
	require.False(t, f.Cut && need < 1<<20 && s.w > 4*least, "%s may cut, and refused %q", f.Name, v)
}

func inside(t *testing.T, d *drawing, f *field, s step, v string) {
	t.Helper()
	box := image.Rect(0, 0, s.w, s.h)
	var text strings.Builder
	for i := range d.out {
		st := &d.out[i]
		b := st.line.Bitmap
		ink := image.Rect(st.x+st.line.Left, st.y+st.line.Top, st.x+st.line.Left+b.Width, st.y+st.line.Top+b.Height)
		require.True(t, ink.In(box), "%s: %q: ink %v outside %v at %d dots a millimetre", f.Name, v, ink, box, d.dpmm)
		text.WriteString(strings.ReplaceAll(st.text, " ", ""))
	}
	clean, err := raster.Clean(v)
	require.NoError(t, err)
	got, want := text.String(), strings.ReplaceAll(clean, " ", "")
	if f.Cut && got != want {
		got = strings.TrimSuffix(strings.TrimSuffix(got, "…"), "...")
		require.True(t, strings.HasPrefix(want, got), f.Name)
		return
	}
	require.Equal(t, want, got, f.Name)
}

// What was refused on ordinary labels though it fits.
func TestOrdinaryNamesAreDrawn(t *testing.T) {
	r := renderer(t)
	for _, name := range []string{"korea-100x150", "cj-123x100", "hanjin-100x150", "lotte-100x150", "logen-100x150", "yamato-100x150", "sagawa-100x150", "international-102x152"} {
		tpl, ok := shipped(t).Template(name)
		require.True(t, ok)
		for _, who := range []string{"東京都立大学理学研究科化学専攻", "Nguyễn Thị Hằng", "齋藤 菜々子", "ẤẾỄ ĐỖ"} {
			for i, c := range who {
				for _, dpi := range judgedAt() {
					l := tpl.Sample()
					l.Recipient.Name, l.Recipient.Address = who[:i+utf8.RuneLen(c)], who[:i+utf8.RuneLen(c)]
					_, err := tpl.ZPL(l, dpi, r)
					require.NoError(t, err, "%s at %d dpi: %q", name, dpi, l.Recipient.Name)
				}
			}
		}
	}
}
