package layout

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"dcedge/labels/raster"
)

// text puts a value into its box: at its height if it fits, else smaller down to the
// field's least height, wrapped by measured width into the lines allowed.
func (d *drawing) text(f *field, s step, v string) error {
	paras := d.paras[:0]
	for p := range strings.SplitSeq(v, "\n") {
		c, err := raster.Clean(p)
		if err != nil {
			return d.fail(f, "", "", err)
		}
		if c != "" {
			paras = append(paras, c)
		}
	}
	d.paras = paras
	if len(paras) == 0 {
		if f.Required {
			return d.fail(f, CodeEmpty, "nothing to print", nil)
		}
		return nil
	}
	s.printer = f.Printer && allASCII(paras)
	least := max(d.dots(f.Min), raster.MinSize)
	hopeless := d.hopeless(f, &s, paras)
	for size := min(max(d.dots(f.Height), least), raster.MaxSize); ; size = max(size-max(1, size/16), least) {
		if hopeless != nil && hopeless(size) {
			if size > least {
				continue
			}
			if !f.Cut {
				return d.fail(f, CodeFit, fmt.Sprintf("%d characters do not fit at %g mm", utf8.RuneCountInString(v), f.Min), nil)
			}
			paras = shorten(paras, f.Lines*(4*s.w/least+1)) // more cannot be seen
		}
		b, err := d.set(f, s, paras, size, size <= least)
		if err != nil {
			return d.fail(f, "", "", err)
		}
		if b.lines != nil {
			return d.place(f, s, b)
		}
		if size <= least {
			return d.fail(f, CodeFit, fmt.Sprintf("%d characters do not fit at %g mm", utf8.RuneCountInString(v), f.Min), nil)
		}
	}
}

// hopeless tells the sizes at which a long text cannot fit by the widths of its letters
// alone, so that a thousand rare letters, or forty large ones, are not drawn in every
// size to find out; nil for a text short and small enough to try.
func (d *drawing) hopeless(f *field, s *step, paras []string) func(size int) bool {
	const long, large = 100, 400 // characters; and times their height in mm
	letters, em := 0, 0
	for _, p := range paras {
		letters += utf8.RuneCountInString(p)
	}
	if letters <= long && float64(letters)*f.Height <= large {
		return nil
	}
	for _, p := range paras {
		em += d.r.LeastEm(p)
	}
	width, height, lines := s.w, s.h, f.Lines
	return func(size int) bool {
		least := em*size/1000 - letters // each width is rounded
		return least > width*min(lines, height/raster.LineHeight(size))
	}
}

// shorten keeps the first letters of paragraphs, so many of each.
func shorten(paras []string, letters int) []string {
	out := slices.Clone(paras)
	for i, p := range out {
		n := 0
		for at := range p {
			if n++; n > letters {
				out[i] = p[:at]
				break
			}
		}
	}
	return out
}

// set puts paragraphs into lines of a size; no lines where they do not fit. At the
// last, the smallest size, words are broken too and, where the field may, the end is cut.
func (d *drawing) set(f *field, s step, paras []string, size int, last bool) (block, error) {
	w := writing{size: size, width: s.w, limit: min(f.Lines, s.h/raster.LineHeight(size)), printer: s.printer}
	lines, fits, err := d.wrap(d.lines[:0], paras, w)
	if err != nil {
		return block{}, err
	}
	d.lines = lines
	if fits {
		if b, err := d.stack(lines, w, s.h); b.lines != nil || err != nil || !last {
			return b, err
		}
	}
	if !last {
		return block{}, nil
	}
	w.tight = true
	tight, fits, err := d.wrap(nil, paras, w)
	if err != nil {
		return block{}, err
	}
	if fits {
		if b, err := d.stack(tight, w, s.h); b.lines != nil || err != nil {
			return b, err
		}
	}
	for w.tight = false; f.Cut && w.limit > 0; w.limit-- {
		lines, err := d.cut(paras, w)
		if lines == nil || err != nil {
			return block{}, err
		}
		if b, err := d.stack(lines, w, s.h); b.lines != nil || err != nil {
			return b, err
		}
	}
	return block{}, nil
}

// line is one line of text and the face that its paragraph is drawn in.
type line struct {
	text string
	face raster.Face
}

// block is lines one below the other, in dots.
type block struct {
	lines       []line
	size        int
	pitch, rise int // from line to line; room above each for accents on capitals
}

// stack gives each line the height that its ink wants; no lines where all together
// are higher than the box.
func (d *drawing) stack(lines []line, w writing, height int) (block, error) {
	b := block{lines: lines, size: w.size}
	below := 0
	for _, l := range lines {
		if w.printer {
			break
		}
		e, err := d.r.MeasureIn(l.face, l.text, w.size)
		if err != nil {
			return block{}, err
		}
		b.rise, below = max(b.rise, e.Above), max(below, e.Below)
	}
	b.pitch = raster.LineHeight(w.size) + b.rise + below
	if b.pitch*len(lines) > height {
		return block{}, nil
	}
	return b, nil
}

// writing is how a text is set: dots, lines at most, whether the printer draws it, and
// whether words may be broken to save lines.
type writing struct {
	size, width, limit int
	printer, tight     bool
}

func allASCII(paras []string) bool {
	for _, p := range paras {
		for i := range len(p) {
			if p[i] >= 0x7F {
				return false
			}
		}
	}
	return true
}

// place adds a step for each line. Text that the printer draws is not drawn here.
func (d *drawing) place(f *field, s step, b block) error {
	size := b.size
	for i, l := range b.lines {
		st := s
		st.text, st.size, st.y, st.h = l.text, size, s.y+i*b.pitch+b.rise, raster.LineHeight(size)
		var err error
		if st.printer && d.native {
			st.w, err = d.measure(l, size, true)
		} else {
			st.line, err = d.r.LineIn(l.face, l.text, size)
			st.w = st.line.Width
			if err == nil && st.printer { // the place is that of the printed text
				st.w, err = d.measure(l, size, true)
			}
		}
		if err != nil {
			return d.fail(f, "", "", err)
		}
		switch f.Align {
		case "center":
			st.x += (s.w - st.w) / 2
		case "right":
			st.x += s.w - st.w
		}
		// Ink may reach a dot beyond the advance width; it stays inside the box, which is
		// as wide as the ink at least.
		if over := st.x + st.line.Left + st.line.Bitmap.Width - (s.x + s.w); over > 0 {
			st.x -= over
		}
		d.out = append(d.out, st)
	}
	return nil
}

// measure gives what a line takes: its ink too, which can reach beyond its letters'
// widths. For the printer's own font, whose measures are not known exactly, it is the
// larger of the drawn width and a width that the font does not exceed.
func (d *drawing) measure(l line, size int, printer bool) (int, error) {
	e, err := d.r.MeasureIn(l.face, l.text, size)
	if err != nil || !printer {
		return max(e.Width, e.Ink), err
	}
	em := 0
	for i := range len(l.text) {
		em += printerWidth(l.text[i])
	}
	return max(e.Width, e.Ink, (em*size+99)/100), nil
}

// printerWidth is what a character of ^A0 takes at most, in hundredths of its height
// (a condensed bold; measured values are below these).
func printerWidth(c byte) int {
	switch {
	case c == 'W' || c == 'M' || c == 'm' || c == 'w' || c == '@' || c == '%':
		return 95
	case c >= 'A' && c <= 'Z', c == '#', c == '&':
		return 70
	case c == ' ' || c == '.' || c == ',' || c == ':' || c == 'i' || c == 'l' || c == '\'' || c == '|':
		return 32
	}
	return 58
}

// wrap breaks paragraphs at blanks, and inside a word where the word alone is wider
// than the box or w is tight. fits is false where more lines than the limit are
// needed; lines then holds those that were made so far, in the place of into. A paragraph
// has one face, so a part of a line is never wider than the line.
func (d *drawing) wrap(into []line, paras []string, w writing) (lines []line, fits bool, err error) {
	lines = into
	for _, p := range paras {
		face, err := d.r.FaceFor(d.t.japanese, p, w.size)
		if err != nil {
			return nil, false, err
		}
		for p != "" {
			if len(lines) >= w.limit {
				return append(lines, line{p, face}), false, nil
			}
			n, err := d.breakAt(line{p, face}, w)
			if err != nil {
				return nil, false, err
			}
			if n == 0 {
				return append(lines, line{p, face}), false, nil // not one character fits
			}
			lines = append(lines, line{strings.TrimRight(p[:n], " "), face})
			p = strings.TrimLeft(p[n:], " ")
		}
	}
	return lines, true, nil
}

// breakAt gives how many bytes make the first line, measured as it will be drawn: up
// to the last blank that fits, or as many characters as fit where there is none.
func (d *drawing) breakAt(l line, w writing) (int, error) {
	p := l.text
	n, err := d.r.FitIn(l.face, p, w.size, w.width)
	if err != nil {
		return 0, err
	}
	for w.printer && n > 0 { // ASCII; the printer's letters may be wider than ours
		wide, err := d.measure(line{strings.TrimRight(p[:n], " "), l.face}, w.size, true)
		if err != nil {
			return 0, err
		}
		if wide <= w.width {
			break
		}
		n--
	}
	if n == len(p) || n == 0 || w.tight || p[n-1] == ' ' || p[n] == ' ' {
		return n, nil
	}
	if blank := strings.LastIndexByte(p[:n], ' '); blank > 0 {
		return blank, nil
	}
	return together(p, n), nil
}

// together moves a break inside a word back where the next line would begin with a
// letter that belongs to the one before it: a voicing mark of half-width kana, a
// small kana, a mark of length, closing punctuation (JIS X 4051).
func together(p string, at int) int {
	const never = "ﾞﾟｰｧｨｩｪｫｬｭｮｯ｡､｣ーぁぃぅぇぉゃゅょっァィゥェォャュョッ々、。，．・）」』】〉》？！,.)]}?!:;%"
	for n := at; n < len(p) && n > 0; {
		r, _ := utf8.DecodeRuneInString(p[n:])
		if !strings.ContainsRune(never, r) {
			return n
		}
		_, size := utf8.DecodeLastRuneInString(p[:n])
		n -= size
	}
	return at
}

// cut keeps the lines that fit and ends the last of them in an ellipsis, inside a word
// where one goes on beyond it.
func (d *drawing) cut(paras []string, w writing) ([]line, error) {
	before := w
	before.limit--
	lines, _, err := d.wrap(nil, paras, before) // the last is all that the others leave
	if len(lines) == 0 || err != nil {
		return nil, err
	}
	mark := "…"
	if w.printer {
		mark = "..."
	}
	last := &lines[len(lines)-1]
	for {
		wide, err := d.measure(line{last.text + mark, last.face}, w.size, w.printer)
		if err != nil {
			return nil, err
		}
		if wide <= w.width {
			break
		}
		if last.text == "" {
			return nil, nil // not even the mark fits
		}
		_, n := utf8.DecodeLastRuneInString(last.text)
		last.text = last.text[:len(last.text)-n]
	}
	last.text = strings.TrimRight(last.text, " ") + mark
	return lines, nil
}
