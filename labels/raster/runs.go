package raster

import (
	"errors"
	"fmt"
	"io"
)

// Run is a stretch of text of one font.
type Run struct {
	Font int // in the order of Fonts
	Text string
}

// runSize is the size at which it is looked whether a font has a character: the
// answer is the same at every size.
const runSize = 24

// Runs parts text by the font that has it, for whoever sets it otherwise than as a
// picture. The text must have gone through [Clean].
//
// Errors: [*TextError] with CodeGlyph.
func (r *Renderer) Runs(text string) ([]Run, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set := r.set(runSize, 0)
	var out []Run
	n := 0
	for _, c := range text {
		g := set.get(c)
		if g == nil {
			var err *TextError
			if g, err = r.glyph(set, c, runSize, 0); err != nil {
				err.At = n
				return nil, err
			}
		}
		n++
		if last := len(out) - 1; last >= 0 && (out[last].Font == g.font || blank(c)) {
			out[last].Text += string(c)
			continue
		}
		out = append(out, Run{Font: g.font, Text: string(c)})
	}
	return out, nil
}

// FontFile gives the file of a font, by its place in Fonts.
func (r *Renderer) FontFile(font int) ([]byte, error) {
	if font < 0 || font >= len(r.fonts) || r.fonts[font].file == nil {
		return nil, errors.New("raster: no such font")
	}
	raw, err := io.ReadAll(io.NewSectionReader(r.fonts[font].file, 0, maxFont))
	if err != nil {
		return nil, fmt.Errorf("raster: font %s: %w", r.fonts[font].Name, err)
	}
	return raw, nil
}
