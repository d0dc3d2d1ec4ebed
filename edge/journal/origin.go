package journal

import "encoding/binary"

const (
	offParent     = 178 // length, then the text
	offParentPos  = 248
	offParentSeq  = 256
	offParentHash = 264
	offReason     = 296 // length, then the text
	offHome       = 336
	maxReason     = 32
)

// origin is where an epoch comes from: the last place of the epoch before it,
// which is that one's seal, why a new one began, and whose folder it is.
type origin struct {
	parent string // "" in a log's first epoch
	at     Place
	reason string
	home   [32]byte
}

func (o *origin) put(b []byte) {
	le := binary.LittleEndian
	b[offParent] = byte(len(o.parent))
	copy(b[offParent+1:offParent+1+maxEpoch], o.parent)
	le.PutUint64(b[offParentPos:], o.at.Pos)
	le.PutUint64(b[offParentSeq:], o.at.Seq)
	copy(b[offParentHash:], o.at.Hash[:])
	b[offReason] = byte(len(o.reason))
	copy(b[offReason+1:offReason+1+maxReason], o.reason)
	copy(b[offHome:], o.home[:])
}

// parseOrigin reads what put wrote. An epoch without a parent has no place in
// one.
func parseOrigin(b []byte) (o origin, ok bool) {
	n, m := int(b[offParent]), int(b[offReason])
	if n > maxEpoch || m > maxReason {
		return origin{}, false
	}
	le := binary.LittleEndian
	o.parent, o.reason = string(b[offParent+1:offParent+1+n]), string(b[offReason+1:offReason+1+m])
	o.at.Pos, o.at.Seq = le.Uint64(b[offParentPos:]), le.Uint64(b[offParentSeq:])
	copy(o.at.Hash[:], b[offParentHash:])
	copy(o.home[:], b[offHome:])
	return o, o.parent != "" || o.at == Place{}
}

// opens tells that a segment is the first of an epoch that follows another.
func (h *header) opens() bool {
	return h.origin.parent != "" && h.basePos == h.origin.at.Pos && h.baseSeq == 0
}

// follows says what keeps a segment from standing behind a place; "" where
// nothing does. A cursor without a chain is compared by its numbers alone.
func (h *header) follows(epoch string, c *cursor) string {
	want := c.place()
	have := Place{Pos: h.basePos, Seq: h.baseSeq, Hash: h.event}
	switch {
	case h.epoch == epoch:
	case h.opens() && h.origin.parent == epoch && h.cursor() == startCursor(h.epoch).from(h.basePos):
		have = h.origin.at
	default:
		return "belongs to another epoch"
	}
	if c.event == [32]byte{} {
		want.Hash = have.Hash
	}
	if have != want {
		return "does not continue the segment before it"
	}
	return ""
}
