package main

import (
	"math"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// tolerance is how far a quadratic curve may lie from the cubic one, in font units.
const tolerance = 0.4

// point is a point of a contour; between two that are off the curve lies one on it.
type point struct {
	x, y int
	on   bool
}

type contour []point

type vec struct{ x, y float64 }

func (a vec) add(b vec) vec           { return vec{a.x + b.x, a.y + b.y} }
func (a vec) sub(b vec) vec           { return vec{a.x - b.x, a.y - b.y} }
func (a vec) by(k float64) vec        { return vec{a.x * k, a.y * k} }
func (a vec) to(b vec, t float64) vec { return a.add(b.sub(a).by(t)) }

// of brings a point of a segment to font units, y upwards.
func of(p fixed.Point26_6) vec { return vec{float64(p.X) / 64, -float64(p.Y) / 64} }

// contours writes the segments of a glyph as closed lines of quadratic curves.
func contours(segments sfnt.Segments) []contour {
	var out []contour
	var c contour
	var at vec
	end := func() {
		if c = c.closed(); len(c) > 2 {
			out = append(out, c)
		}
		c = nil
	}
	on := func(p vec) { c, at = c.put(p, true), p }
	for _, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			end()
			on(of(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			on(of(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			c = c.put(of(s.Args[0]), false)
			on(of(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			for _, q := range quads(at, of(s.Args[0]), of(s.Args[1]), of(s.Args[2])) {
				c = c.put(q[0], false)
				on(q[1])
			}
		}
	}
	end()
	return out
}

// quads writes a cubic curve as so many quadratic ones, each as control and end, as
// the tolerance asks.
func quads(a, b, c, d vec) [][2]vec {
	// The distance of a cubic curve from its best quadratic one falls with the third
	// power of the number of pieces.
	bow := d.sub(c.by(3)).add(b.by(3)).sub(a)
	n := max(1, int(math.Ceil(math.Cbrt(math.Hypot(bow.x, bow.y)*math.Sqrt(3)/36/tolerance))))
	out := make([][2]vec, n)
	for i := range n {
		p, q, r, s := piece(a, b, c, d, float64(i)/float64(n), float64(i+1)/float64(n))
		out[i] = [2]vec{q.add(r).by(3).sub(p).sub(s).by(0.25), s}
	}
	return out
}

// piece cuts a cubic curve from t to u.
func piece(a, b, c, d vec, t, u float64) (p, q, r, s vec) {
	blossom := func(x, y, z float64) vec {
		ab, bc, cd := a.to(b, x), b.to(c, x), c.to(d, x)
		return ab.to(bc, y).to(bc.to(cd, y), z)
	}
	return blossom(t, t, t), blossom(t, t, u), blossom(t, u, u), blossom(u, u, u)
}

// put adds a point in whole units; the same point on the curve twice is one.
func (c contour) put(v vec, on bool) contour {
	p := point{int(math.Round(v.x)), int(math.Round(v.y)), on}
	if n := len(c); on && n > 0 && c[n-1] == p {
		return c
	}
	return append(c, p)
}

// closed takes the last point off where it is the first again: a contour closes by
// itself.
func (c contour) closed() contour {
	if n := len(c); n > 1 && c[n-1] == c[0] {
		return c[:n-1]
	}
	return c
}
