package layout

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"dcedge/labels/raster"
)

// text puts a value into its box: at its height if it fits, else smaller down to the
// field's least height, wrapped by measured width into the lines allowed.
func (d *drawing) text(f *field, s step, v string) error {
	var paras []string
	for p := range strings.SplitSeq(v, "\n") {
		c, err := raster.Clean(p)
		if err != nil {
			return d.fail(f, "", "", err)
		}
		if c != "" {
			paras = append(paras, c)
		}
	}
	if len(paras) == 0 {
		if f.Required {
			return d.fail(f, CodeEmpty, "nothing to print", nil)
		}
		return nil
	}
	s.printer = f.Printer && allASCII(paras)
	least := max(d.dots(f.Min), raster.MinSize)
	for size := max(d.dots(f.Height), least); ; size = max(size-max(1, size/16), least) {
		lines, fits, err := d.wrap(paras, size, s.w, min(f.Lines, s.h/raster.LineHeight(size)), s.printer)
		if err != nil {
			return d.fail(f, "", "", err)
		}
		if !fits && size == least && f.Cut {
			if lines, err = d.cut(lines, size, s.w, min(f.Lines, s.h/raster.LineHeight(size)), s.printer); err != nil {
				return d.fail(f, "", "", err)
			}
			fits = len(lines) > 0
		}
		if fits {
			return d.place(f, s, lines, size)
		}
		if size == least {
			return d.fail(f, CodeFit, fmt.Sprintf("%d characters do not fit at %g mm", utf8.RuneCountInString(v), f.Min), nil)
		}
	}
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
func (d *drawing) place(f *field, s step, lines []string, size int) error {
	lh := raster.LineHeight(size)
	for i, text := range lines {
		st := s
		st.text, st.size, st.y, st.h = text, size, s.y+i*lh, lh
		var err error
		if st.printer && d.native {
			st.w, err = d.measure(text, size, true)
		} else {
			st.line, err = d.r.Line(text, size)
			st.w = st.line.Width
			if err == nil && st.printer { // the place is that of the printed text
				st.w, err = d.measure(text, size, true)
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
		// Ink may reach a dot beyond the advance width; it stays inside the box.
		if over := st.x + st.line.Left + st.line.Bitmap.Width - (s.x + s.w); over > 0 {
			st.x = max(s.x, st.x-over)
		}
		if before := s.x - (st.x + st.line.Left); st.line.Bitmap.Width > 0 && before > 0 {
			st.x += before
		}
		if st.line.Bitmap.Width > s.w { // marks without an advance of their own draw wider than they measure
			return d.fail(f, CodeFit, "the ink is wider than the field", nil)
		}
		d.out = append(d.out, st)
	}
	return nil
}

// measure gives the width of a line. For the printer's own font, whose measures are
// not known exactly, it is the larger of the drawn width and a width that the font
// does not exceed.
func (d *drawing) measure(text string, size int, printer bool) (int, error) {
	w, err := d.r.Measure(text, size)
	if err != nil || !printer {
		return w, err
	}
	em := 0
	for i := range len(text) {
		em += printerWidth(text[i])
	}
	return max(w, (em*size+99)/100), nil
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
// than the box. fits is false where more lines than limit are needed; lines then
// holds those that were made so far.
func (d *drawing) wrap(paras []string, size, width, limit int, printer bool) (lines []string, fits bool, err error) {
	for _, p := range paras {
		for p != "" {
			if len(lines) >= limit {
				return append(lines, p), false, nil
			}
			w, err := d.measure(p, size, printer)
			if err != nil {
				return nil, false, err
			}
			if w <= width {
				lines = append(lines, p)
				break
			}
			n, err := d.breakAt(p, size, width, printer)
			if err != nil {
				return nil, false, err
			}
			if n == 0 {
				return append(lines, p), false, nil // not one character fits
			}
			lines = append(lines, strings.TrimRight(p[:n], " "))
			p = strings.TrimLeft(p[n:], " ")
		}
	}
	return lines, true, nil
}

// breakAt gives how many bytes of p make the first line: up to the last blank that
// fits, or as many characters as fit where there is none.
func (d *drawing) breakAt(p string, size, width int, printer bool) (int, error) {
	fit, blank := 0, 0
	x := 0
	for i, r := range p {
		end := i + utf8.RuneLen(r)
		w, err := d.measure(p[i:end], size, printer)
		if err != nil {
			return 0, err
		}
		if r == ' ' {
			blank = i
		}
		if x += w; x > width {
			break
		}
		fit = end
	}
	if blank > 0 && fit < len(p) && p[fit] != ' ' {
		return blank, nil
	}
	return together(p, fit), nil
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

// cut keeps the lines that fit and ends the last of them in an ellipsis.
func (d *drawing) cut(lines []string, size, width, limit int, printer bool) ([]string, error) {
	if limit < 1 || len(lines) == 0 {
		return nil, nil
	}
	lines = lines[:min(limit, len(lines))]
	mark := "…"
	if printer {
		mark = "..."
	}
	last := lines[len(lines)-1]
	for last != "" {
		w, err := d.measure(last+mark, size, printer)
		if err != nil {
			return nil, err
		}
		if w <= width {
			break
		}
		_, n := utf8.DecodeLastRuneInString(last)
		last = last[:len(last)-n]
	}
	lines[len(lines)-1] = last + mark
	return lines, nil
}
