package layout

import (
	"strings"
	"testing"
)

// fourLines is a waybill of which four lines are Hangul: name, address, address,
// message, at the size of running text; the rest is the printer's own.
func fourLines(b *testing.B) (*Template, Label) {
	b.Helper()
	tpl, _ := shipped(b).Template("korea-100x150")
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
	text := 0
	for part := range strings.SplitSeq(string(out), "^") {
		if strings.HasPrefix(part, "GFA") {
			text += len(part) + 1
		}
	}
	b.ReportMetric(float64(text), "text-B")
	b.ReportMetric(float64(len(out)), "B")
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
