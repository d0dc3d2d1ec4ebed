package paper

import (
	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
)

// head sets title, number with its bars, addresses and facts.
func (s *setter) head() {
	d := s.doc
	s.text(title(d.Language, d.Kind), margin, s.y, sizeTitle)
	s.bars(d.Number, pageWidth-margin, s.y)
	s.y += sizeTitle * 1.6
	name := "No."
	if d.Kind == PackingSlip {
		name = word(d.Language, "order")
	}
	s.text(name, margin, s.y+2, sizeHead)
	s.text(d.Number, margin+70, s.y, 13)
	s.y += 20
	if d.Date != "" {
		s.text(word(d.Language, "date"), margin, s.y, sizeHead)
		s.text(d.Date, margin+70, s.y, sizeText)
		s.y += 16
	}
	s.y += 8
	top := s.y
	left := s.block("from", d.From, margin, top)
	right := s.block("to", d.To, margin+inner/2, top)
	s.y = max(left, right) + 4
	for _, f := range d.Facts {
		s.room(16)
		s.text(f.Name, margin, s.y, sizeHead)
		for _, l := range s.fold(f.Value, sizeText, inner-110) {
			s.room(14)
			s.text(l, margin+110, s.y, sizeText)
			s.y += sizeText * lineGap
		}
	}
	s.y += 8
}

// block sets an address and gives where it ends.
func (s *setter) block(name string, lines []string, x, y float64) float64 {
	if len(lines) == 0 {
		return y
	}
	s.text(word(s.doc.Language, name), x, y, sizeHead)
	y += 13
	for _, l := range lines {
		for _, part := range s.fold(l, sizeText, inner/2-12) {
			s.text(part, x, y, sizeText)
			y += sizeText * lineGap
		}
	}
	return y + 6
}

// bars draws the number as Code 128, its right end at x; a number that cannot be one
// has none.
func (s *setter) bars(number string, right, y float64) {
	code, err := code128.Encode(number)
	if err != nil {
		return
	}
	const module, height, most = 0.9, 34.0, 260.0
	width := float64(code.Bounds().Dx()) * module
	if width > most {
		return
	}
	s.pdf.SetGrayFill(0)
	x := right - width
	for i := 0; i < code.Bounds().Dx(); {
		n := 0
		for i+n < code.Bounds().Dx() && black(code, i+n) {
			n++
		}
		if n > 0 {
			s.pdf.RectFromUpperLeftWithStyle(x+float64(i)*module, y, float64(n)*module, height, "F")
			i += n
			continue
		}
		i++
	}
}

func black(code barcode.Barcode, x int) bool {
	r, _, _, _ := code.At(x, 0).RGBA()
	return r == 0
}

// room begins a page where not so much is left of this one; true then.
func (s *setter) room(height float64) bool {
	if s.y+height <= bottom {
		return false
	}
	s.page()
	return true
}

// table sets the rows; every page begins with the names of the columns.
func (s *setter) table() {
	d, shares := s.doc, 0.0
	for _, c := range d.Columns {
		shares += c.Share
	}
	widths := make([]float64, len(d.Columns))
	for i, c := range d.Columns {
		widths[i] = inner * c.Share / shares
	}
	s.room(40)
	s.names(widths)
	for _, row := range d.Rows {
		if s.err != nil {
			return
		}
		cells, lines := make([][]string, len(row)), 1
		for i, text := range row {
			cells[i] = s.fold(text, s.size(i), widths[i]-8)
			lines = max(lines, len(cells[i]))
		}
		height := float64(lines)*sizeText*lineGap + 6
		if s.room(height) {
			s.names(widths)
		}
		x := margin
		for i, cell := range cells {
			for n, l := range cell {
				at := x + 4
				if d.Columns[i].Right {
					at = x + widths[i] - 4 - s.width(l, s.size(i))
				}
				s.text(l, at, s.y+3+float64(n)*sizeText*lineGap, s.size(i))
			}
			x += widths[i]
		}
		s.y += height
		s.rule(0.3)
	}
}

func (s *setter) size(column int) float64 {
	if s.doc.Columns[column].Strong {
		return sizeText * 1.25
	}
	return sizeText
}

// names sets the names of the columns.
func (s *setter) names(widths []float64) {
	s.rule(1)
	x := margin
	for i, c := range s.doc.Columns {
		at := x + 4
		if c.Right {
			at = x + widths[i] - 4 - s.width(c.Name, sizeHead)
		}
		s.text(c.Name, at, s.y+4, sizeHead)
		x += widths[i]
	}
	s.y += sizeHead*lineGap + 8
	s.rule(1)
}

func (s *setter) rule(width float64) {
	s.pdf.SetLineWidth(width)
	s.pdf.Line(margin, s.y, pageWidth-margin, s.y)
}

// foot sets the notes, and on a manifest the place to sign.
func (s *setter) foot() {
	s.y += 10
	for _, note := range s.doc.Notes {
		for _, l := range s.fold(note, sizeText, inner) {
			s.room(14)
			s.text(l, margin, s.y, sizeText)
			s.y += sizeText * lineGap
		}
	}
	if s.doc.Kind == Manifest {
		s.room(60)
		s.y += 40
		s.text(word(s.doc.Language, "signature"), margin+inner/2, s.y+4, sizeHead)
		s.pdf.SetLineWidth(0.7)
		s.pdf.Line(margin+inner/2, s.y, pageWidth-margin, s.y)
	}
}
