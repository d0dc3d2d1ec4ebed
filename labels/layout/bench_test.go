package layout

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// fourLines is a waybill of which four lines are Hangul: name, address, address,
// message, at the size of running text; the rest is the printer's own.
func fourLines(t testing.TB) (*Template, Label) {
	t.Helper()
	tpl, _ := shipped(t).Template("korea-100x150")
	l := tpl.Sample()
	keep := &Template{name: tpl.name, width: tpl.width, height: tpl.height}
	for _, f := range tpl.fields {
		switch f.Name {
		case "recipient-name", "recipient-address", "recipient-message": // the address takes two lines
		case "sort-missing", "branch", "dest", "order", "box", "reprint", "recipient-caption", "sender-caption", "sender-name", "sender-address", "goods", "pay":
			continue
		}
		keep.fields = append(keep.fields, f)
	}
	return keep, l
}

func benchmarkZPL(b *testing.B, tpl *Template, l Label, p Printer) {
	r := renderer(b)
	if _, err := tpl.ZPLWith(l, 203, r, p); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var out []byte
	for b.Loop() {
		var err error
		if out, err = tpl.ZPLWith(l, 203, r, p); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(textBytes(out)), "text-B")
	b.ReportMetric(float64(len(out)), "B")
}

// textBytes counts what the pictures of text take of a label.
func textBytes(label []byte) int {
	text := 0
	for part := range strings.SplitSeq(string(label), "^") {
		if strings.HasPrefix(part, "GFA") {
			text += len(part) + 1
		}
	}
	return text
}

// mostText is what four lines of Hangul may take at 203 dpi, in bytes.
const mostText = 4096

// Four lines of Hangul stay short as Z64, whoever the recipient is: names and streets
// are of any syllables, each line as long as those of the sample. As run lengths they
// do not, so the limit is one that tells.
func TestFourLinesStayShort(t *testing.T) {
	r := renderer(t)
	tpl, sample := fourLines(t)
	size := func(t require.TestingT, l Label, p Printer) int {
		out, err := tpl.ZPLWith(l, 203, r, p)
		require.NoError(t, err)
		require.Equal(t, 4, strings.Count(string(out), "^GFA"), "four lines")
		return textBytes(out)
	}
	require.Less(t, size(t, sample, Printer{Z64: true}), mostText)
	require.Greater(t, size(t, sample, Printer{}), mostText, "the control")
	most := 0
	rapid.Check(t, func(rt *rapid.T) {
		l := sample
		syllable := rapid.RuneFrom(nil, &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0xAC00, Hi: 0xD7A3, Stride: 1}}})
		other := func(s string) string {
			return strings.Map(func(c rune) rune {
				if unicode.Is(unicode.Hangul, c) {
					return syllable.Draw(rt, "syllable")
				}
				return c
			}, s)
		}
		l.Recipient.Name, l.Recipient.Address = other(l.Recipient.Name), other(l.Recipient.Address)
		l.Recipient.AddressDetail, l.Recipient.Message = other(l.Recipient.AddressDetail), other(l.Recipient.Message)
		n := size(rt, l, Printer{Z64: true})
		if most = max(most, n); n >= mostText {
			rt.Fatalf("%d bytes of text", n)
		}
	})
	t.Logf("at most %d bytes", most)
}

func BenchmarkWaybillFourLines(b *testing.B) {
	tpl, l := fourLines(b)
	b.Run("RunLength", func(b *testing.B) { benchmarkZPL(b, tpl, l, Printer{}) })
	b.Run("Z64", func(b *testing.B) { benchmarkZPL(b, tpl, l, Printer{Z64: true}) })
}

func BenchmarkWaybillWhole(b *testing.B) {
	tpl, _ := shipped(b).Template("korea-100x150")
	b.Run("RunLength", func(b *testing.B) { benchmarkZPL(b, tpl, tpl.Sample(), Printer{}) })
	b.Run("Z64", func(b *testing.B) { benchmarkZPL(b, tpl, tpl.Sample(), Printer{Z64: true}) })
}

func BenchmarkWaybillImage(b *testing.B) {
	r := renderer(b)
	tpl, _ := shipped(b).Template("korea-100x150")
	l := tpl.Sample()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tpl.Image(l, 203, r); err != nil {
			b.Fatal(err)
		}
	}
}
