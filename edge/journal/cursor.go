package journal

import "crypto/sha256"

// cursor is the state of a log between two frames.
type cursor struct {
	pos, seq     uint64
	event, other [32]byte
	whole        bool // the frame before was the last of its message
}

func startCursor(epoch string) cursor {
	return cursor{event: sha256.Sum256([]byte(epoch)), other: sha256.Sum256([]byte("private\n" + epoch)), whole: true}
}

// from is the start of an epoch behind other frames of its log.
func (c cursor) from(pos uint64) cursor {
	c.pos = pos
	return c
}

func (c *cursor) place() Place { return Place{Pos: c.pos, Seq: c.seq, Hash: c.event} }

// take moves over f and returns what is wrong with it, or "". With deep the
// chain is computed anew; f.raw is scratched and restored.
func (c *cursor) take(f *frame, deep bool) string {
	if f.Kind == mark {
		switch {
		case f.Pos != c.pos || f.Seq != c.seq || !c.whole:
			return "mark out of place"
		case f.Chain != c.event:
			return "hash chain broken at mark"
		}
		return ""
	}
	seq, chain := c.seq, &c.other
	if f.Kind == Event {
		seq, chain = c.seq+1, &c.event
	}
	switch {
	case f.Pos != c.pos+1:
		return "frame out of order"
	case f.Seq != seq:
		return "event out of order"
	case len(f.Line) == 0:
		return "empty line"
	}
	if deep {
		sum := chainOf(f.raw, f.Kind, len(f.Line), chain)
		copy(f.raw[offChain:], f.Chain[:])
		if sum != f.Chain {
			return "hash chain broken"
		}
	}
	c.pos, c.seq, c.whole = f.Pos, seq, f.Last
	*chain = f.Chain
	return ""
}
