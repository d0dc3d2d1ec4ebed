package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/signintech/gopdf"

	"dcedge/labels/raster"
)

// The page, in points (1/72 inch): A4 with margins that every printer reaches.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	margin     = 42.0
	bottom     = pageHeight - 56
	inner      = pageWidth - 2*margin
	lineGap    = 1.35 // of the size
	sizeText   = 9.5
	sizeTitle  = 22.0
	sizeHead   = 8.5
)

// Maker makes documents with a site's fonts. It may be used by many goroutines.
type Maker struct{ fonts *raster.Renderer }

// New makes a Maker over the fonts of the labels.
func New(fonts *raster.Renderer) (*Maker, error) {
	if fonts == nil {
		return nil, errors.New("paper: fonts are required")
	}
	return &Maker{fonts: fonts}, nil
}

// PDF sets a document. Errors: ErrDocument, *FieldError; others are of the fonts.
func (m *Maker) PDF(d Document) ([]byte, error) {
	doc, err := d.check(m.fonts)
	if err != nil {
		return nil, err
	}
	s := &setter{fonts: m.fonts, doc: &doc, loaded: map[int]bool{}}
	s.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: pageWidth, H: pageHeight}})
	s.pdf.SetInfo(gopdf.PdfInfo{Title: string(doc.Kind) + " " + doc.Number, Creator: "dcedge", Producer: "dcedge"})
	s.page()
	s.head()
	s.table()
	s.foot()
	if s.err != nil {
		return nil, s.err
	}
	s.numbers()
	var out bytes.Buffer
	if _, err := s.pdf.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return out.Bytes(), s.err
}

// setter sets one document. The first error ends all that follows.
type setter struct {
	pdf    gopdf.GoPdf
	fonts  *raster.Renderer
	doc    *Document
	loaded map[int]bool
	pages  int
	y      float64
	err    error
}

func (s *setter) page() {
	s.pdf.AddPage()
	s.pages++
	s.y = margin
}

// use makes a font of the labels ready at a size.
func (s *setter) use(font int, size float64) bool {
	if s.err != nil {
		return false
	}
	family := "f" + strconv.Itoa(font)
	if !s.loaded[font] {
		raw, err := s.fonts.FontFile(font)
		if err == nil {
			err = s.pdf.AddTTFFontData(family, raw)
		}
		if err != nil {
			s.err = fmt.Errorf("paper: font %s cannot be embedded (TrueType is wanted): %w", s.fonts.Fonts()[font], err)
			return false
		}
		s.loaded[font] = true
	}
	if err := s.pdf.SetFont(family, "", size); err != nil {
		s.err = fmt.Errorf("paper: %w", err)
		return false
	}
	return true
}

// width measures a text.
func (s *setter) width(text string, size float64) float64 {
	runs, err := s.fonts.Runs(text)
	if err != nil {
		s.err = errors.Join(s.err, err)
		return 0
	}
	sum := 0.0
	for _, r := range runs {
		if !s.use(r.Font, size) {
			return 0
		}
		w, err := s.pdf.MeasureTextWidth(r.Text)
		if err != nil {
			s.err = fmt.Errorf("paper: %w", err)
			return 0
		}
		sum += w
	}
	return sum
}

// text sets a text with its upper left corner at x, y.
func (s *setter) text(text string, x, y, size float64) {
	runs, err := s.fonts.Runs(text)
	if err != nil {
		s.err = errors.Join(s.err, err)
	}
	for _, r := range runs {
		if !s.use(r.Font, size) {
			return
		}
		w, err := s.pdf.MeasureTextWidth(r.Text)
		if err == nil {
			s.pdf.SetXY(x, y)
			err = s.pdf.Cell(nil, r.Text)
		}
		if err != nil {
			s.err = fmt.Errorf("paper: %w", err)
			return
		}
		x += w
	}
}

// fold breaks a text into lines that fit, at blanks where there are any.
func (s *setter) fold(text string, size, width float64) []string {
	if s.width(text, size) <= width {
		return []string{text}
	}
	var out []string
	line, cut := []rune{}, -1
	for _, c := range text {
		line = append(line, c)
		if c == ' ' {
			cut = len(line)
		}
		if len(line) < 2 || s.width(string(line), size) <= width || s.err != nil {
			continue
		}
		at := len(line) - 1
		if cut > 1 {
			at = cut
		}
		out = append(out, string(line[:at]))
		line, cut = append([]rune{}, line[at:]...), -1
	}
	return append(out, string(line))
}

// numbers writes number and page on every page, once it is known how many there are.
func (s *setter) numbers() {
	for n := 1; n <= s.pages && s.err == nil; n++ {
		if err := s.pdf.SetPage(n); err != nil {
			s.err = fmt.Errorf("paper: %w", err)
			return
		}
		left := title(s.doc.Language, s.doc.Kind) + "  " + s.doc.Number
		right := fmt.Sprintf("%s %d/%d", word(s.doc.Language, "page"), n, s.pages)
		s.text(left, margin, pageHeight-40, sizeHead)
		s.text(right, pageWidth-margin-s.width(right, sizeHead), pageHeight-40, sizeHead)
	}
}
