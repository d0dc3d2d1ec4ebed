package main

import (
	"encoding/binary"
	"maps"
	"slices"
	"unicode/utf16"
)

// be is bytes in the order of a font file.
type be []byte

func (b *be) u16(values ...int) {
	for _, v := range values {
		*b = binary.BigEndian.AppendUint16(*b, uint16(v))
	}
}

func (b *be) u32(values ...uint32) {
	for _, v := range values {
		*b = binary.BigEndian.AppendUint32(*b, v)
	}
}

func (b *be) pad() {
	for len(*b)%4 != 0 {
		*b = append(*b, 0)
	}
}

// box is the room that ink takes.
type box struct{ x0, y0, x1, y1 int }

func (g *glyph) box() box {
	first := g.shape[0][0]
	b := box{first.x, first.y, first.x, first.y}
	for _, c := range g.shape {
		for _, p := range c {
			b = box{min(b.x0, p.x), min(b.y0, p.y), max(b.x1, p.x), max(b.y1, p.y)}
		}
	}
	return b
}

// encode writes the font: TrueType outlines, no hints. Glyph 0
// is empty; it stands for what is not there.
func (f *cutFont) encode() []byte {
	glyf, loca := f.outlines()
	all := f.glyphs[0].box()
	points, lines, widest := 0, 0, 0
	for i := range f.glyphs {
		g := &f.glyphs[i]
		b, n := g.box(), 0
		all = box{min(all.x0, b.x0), min(all.y0, b.y0), max(all.x1, b.x1), max(all.y1, b.y1)}
		for _, c := range g.shape {
			n += len(c)
		}
		points, lines, widest = max(points, n), max(lines, len(g.shape)), max(widest, g.advance)
	}
	count := len(f.glyphs) + 1
	var head, hhea, maxp, post be
	head.u32(0x10000, 0x10000, 0, 0x5F0F3CF5) // the sum of the whole is put in by file
	head.u16(3, f.unitsPerEm)
	head.u32(0, 0, 0, 0) // made and changed at no time: the same fonts give the same file
	head.u16(all.x0, all.y0, all.x1, all.y1, 0, 8, 2, 1, 0)
	hhea.u32(0x10000)
	hhea.u16(f.ascent, f.descent, 0, widest, 0, 0, all.x1, 1, 0, 0, 0, 0, 0, 0, 0, count)
	maxp.u32(0x10000)
	maxp.u16(count, points, lines, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
	post.u32(0x30000, 0, 0, 0, 0, 0, 0, 0)
	return file(map[string]be{"head": head, "hhea": hhea, "maxp": maxp, "post": post, "glyf": glyf, "loca": loca,
		"hmtx": f.widths(), "cmap": f.characters(), "name": f.nameTable(), "OS/2": f.metrics()})
}

func (f *cutFont) outlines() (glyf, loca be) {
	loca.u32(0, 0)
	for i := range f.glyphs {
		glyf = append(glyf, f.glyphs[i].outline()...)
		glyf.pad()
		loca.u32(uint32(len(glyf)))
	}
	return glyf, loca
}

// Flags of a point of an outline.
const (
	flagOn     = 1
	flagShortX = 2
	flagShortY = 4
	flagSameX  = 16 // or, of a short one, above zero
	flagSameY  = 32
)

func (g *glyph) outline() be {
	b := g.box()
	var out, xs, ys, flags be
	out.u16(len(g.shape), b.x0, b.y0, b.x1, b.y1)
	last, n := point{}, 0
	for _, c := range g.shape {
		n += len(c)
		out.u16(n - 1)
		for _, p := range c {
			flag := byte(0)
			if p.on {
				flag = flagOn
			}
			flag |= step(&xs, p.x-last.x, flagShortX, flagSameX) | step(&ys, p.y-last.y, flagShortY, flagSameY)
			flags = append(flags, flag)
			last = p
		}
	}
	out.u16(0) // no instructions
	return slices.Concat(out, flags, xs, ys)
}

// step writes how far a point lies from the one before, and gives its flags.
func step(b *be, d int, short, same byte) byte {
	switch {
	case d == 0:
		return same
	case d > 0 && d < 256:
		*b = append(*b, byte(d))
		return short | same
	case d < 0 && d > -256:
		*b = append(*b, byte(-d))
		return short
	}
	b.u16(d)
	return 0
}

func (f *cutFont) widths() (out be) {
	out.u16(f.unitsPerEm, 0)
	for i := range f.glyphs {
		out.u16(f.glyphs[i].advance, f.glyphs[i].box().x0)
	}
	return out
}

// stretch is characters that follow each other, and the glyph of the first: as the glyphs
// do.
type stretch struct {
	from, to rune
	glyph    int
}

func (f *cutFont) runs() (out []stretch) {
	for i := 0; i < len(f.glyphs); {
		j := i + 1
		for j < len(f.glyphs) && f.glyphs[j].char == f.glyphs[j-1].char+1 {
			j++
		}
		out = append(out, stretch{f.glyphs[i].char, f.glyphs[j-1].char, i + 1})
		i = j
	}
	return out
}

// characters maps characters to glyphs (cmap): all of them in format 12, and in format 4
// those of 16 bits, which is what makers of PDF read.
func (f *cutFont) characters() (out be) {
	runs := f.runs()
	short := basic(runs)
	out.u16(0, 2)
	out.u16(3, 1) // Windows, the characters of 16 bits
	out.u32(20)
	out.u16(3, 10) // Windows, all of Unicode
	out.u32(uint32(20 + len(short)))
	out = append(out, short...)
	out.u16(12, 0)
	out.u32(uint32(16+12*len(runs)), 0, uint32(len(runs)))
	for _, r := range runs {
		out.u32(uint32(r.from), uint32(r.to), uint32(r.glyph))
	}
	return out
}

// basic is the map of the characters of 16 bits (format 4). Its length has 16 bits too:
// what does not fit is in the other map alone.
func basic(runs []stretch) (out be) {
	const most = (0xFFFF - 16) / 8
	var ends, starts, deltas, offsets be
	n := 0
	add := func(from, to, delta int) {
		starts.u16(from)
		ends.u16(to)
		deltas.u16(delta)
		offsets.u16(0)
		n++
	}
	for _, r := range runs {
		if r.from < 0xFFFF && n < most-1 {
			add(int(r.from), min(int(r.to), 0xFFFE), r.glyph-int(r.from))
		}
	}
	add(0xFFFF, 0xFFFF, 1) // the last of every such map
	power, log := 1, 0
	for power*2 <= n {
		power, log = power*2, log+1
	}
	out.u16(4, 16+8*n, 0, 2*n, 2*power, log, 2*(n-power))
	out = append(out, ends...)
	out.u16(0)
	return slices.Concat(out, starts, deltas, offsets)
}

// metrics is the table that says how heavy and tall the letters are (OS/2, version 2).
// The font may be embedded anywhere, as its licence says.
func (f *cutFont) metrics() (out be) {
	wide := 0
	for i := range f.glyphs {
		wide += f.glyphs[i].advance
	}
	out.u16(2, wide/len(f.glyphs), 700, 5, 0)
	out.u16(make([]int, 11)...) // small letters above and below, strike-out, class
	out.u16(make([]int, 5)...)  // panose
	out.u32(0, 0, 0, 0)
	out = append(out, "    "...)
	first, last := f.glyphs[0].char, f.glyphs[len(f.glyphs)-1].char
	out.u16(1<<5, min(int(first), 0xFFFF), min(int(last), 0xFFFF)) // bold
	out.u16(f.ascent, f.descent, 0, f.ascent, -f.descent)
	out.u32(0, 0)
	return append(out, f.heights()...)
}

// heights are those of x and H, where the font has them.
func (f *cutFont) heights() (out be) {
	of := map[rune]int{}
	for i := range f.glyphs {
		if c := f.glyphs[i].char; c == 'x' || c == 'H' {
			of[c] = f.glyphs[i].box().y1
		}
	}
	out.u16(of['x'], of['H'], 0, 0x20, 0)
	return out
}

func (f *cutFont) nameTable() (out be) {
	var text be
	ids := slices.Sorted(maps.Keys(f.names))
	out.u16(0, len(ids), 6+12*len(ids))
	for _, id := range ids {
		from := len(text)
		for _, u := range utf16.Encode([]rune(f.names[id])) {
			text.u16(int(u))
		}
		out.u16(3, 1, 0x409, id, len(text)-from, from)
	}
	return append(out, text...)
}

// file puts tables together, with their sums.
func file(tables map[string]be) []byte {
	tags := slices.Sorted(maps.Keys(tables))
	power, log := 1, 0
	for power*2 <= len(tags) {
		power, log = power*2, log+1
	}
	var out, body be
	out.u32(0x10000)
	out.u16(len(tags), 16*power, log, 16*(len(tags)-power))
	start, headAt := 12+16*len(tags), 0
	for _, tag := range tags {
		t := tables[tag]
		if tag == "head" {
			headAt = start + len(body)
		}
		out = append(out, tag...)
		out.u32(sum(t), uint32(start+len(body)), uint32(len(t)))
		body = append(body, t...)
		body.pad()
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[headAt+8:], 0xB1B0AFBA-sum(out))
	return out
}

// sum adds up a table in words of four bytes.
func sum(b be) (s uint32) {
	for chunk := range slices.Chunk(b, 4) {
		var w [4]byte
		copy(w[:], chunk)
		s += binary.BigEndian.Uint32(w[:])
	}
	return s
}
