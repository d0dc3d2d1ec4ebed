package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
)

const (
	formatVersion = 2 // of an epoch that follows another; the first of a log is of version 1
	firstVersion  = 1
	headerSize    = 512
	headerCRCAt   = headerSize - 4
	maxEpoch      = 64

	frameHead  = 72
	frameAlign = 8
	frameMagic = 0xDCED
	offLen     = 4
	offTag     = 8
	offKind    = 16
	offFlags   = 17
	offMagic   = 18
	offBack    = 20
	offPos     = 24
	offSeq     = 32
	offChain   = 40
	flagLast   = 1

	// MaxLine is the longest line in bytes.
	MaxLine = 1 << 20
)

const headerMagic = "DCEJRNL\x00"

// Kind says what a frame holds.
type Kind uint8

// The kinds of frames.
const (
	Event     Kind = 1 // numbered, in the feed
	Private   Kind = 2 // sessions, lockouts, places, audit: never in the feed
	Outcome   Kind = 3 // the verdict on one message, for deduplication
	Reference Kind = 4 // a reference record
	mark      Kind = 5 // "flushed up to here"; takes no pos and is never shown to a reader
)

// Frame is one record as read. Line is valid until the callback returns.
type Frame struct {
	Epoch    string
	Pos, Seq uint64
	Kind     Kind
	Last     bool // last of its message
	Line     []byte
	Chain    [32]byte
}

// Place is a place in the log. Pos counts through all epochs, Seq within one;
// Hash is the event chain's at Seq.
type Place struct {
	Pos, Seq uint64
	Hash     [32]byte
}

// frame is a Frame with what only this package needs.
type frame struct {
	Frame
	back uint32
	raw  []byte // the whole frame with padding, in the reader's buffer
}

func (f *frame) synced() uint64 { return f.Pos - uint64(f.back) }

var (
	errZero  = errors.New("zeros")
	errShort = errors.New("frame is cut off")
	errFrame = errors.New("no frame of this epoch")
	errCRC   = errors.New("checksum does not match")
)

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

func frameSize(line int) int { return (frameHead + line + frameAlign - 1) &^ (frameAlign - 1) }

// sizeAt reads the size of the frame that begins in head (at least frameHead
// bytes) without trusting anything else of it.
func sizeAt(head []byte, tag uint64) (int, error) {
	n := binary.LittleEndian.Uint32(head[offLen:])
	switch {
	case isZero(head[:frameHead]):
		return 0, errZero
	case binary.LittleEndian.Uint64(head[offTag:]) != tag,
		binary.LittleEndian.Uint16(head[offMagic:]) != frameMagic,
		n > MaxLine:
		return 0, errFrame
	}
	return frameSize(int(n)), nil
}

// decodeFrame parses the frame at the start of b. Its slices point into b.
func decodeFrame(b []byte, tag uint64) (frame, error) {
	if len(b) < frameHead {
		return frame{}, errShort
	}
	size, err := sizeAt(b, tag)
	if err != nil {
		return frame{}, err
	}
	if len(b) < size {
		return frame{}, errShort
	}
	b = b[:size]
	if crc32.Update(0, castagnoli(), b[offLen:]) != binary.LittleEndian.Uint32(b) {
		return frame{}, errCRC
	}
	n := int(binary.LittleEndian.Uint32(b[offLen:]))
	f := frame{back: binary.LittleEndian.Uint32(b[offBack:]), raw: b}
	f.Kind, f.Last = Kind(b[offKind]), b[offFlags]&flagLast != 0
	f.Pos, f.Seq = binary.LittleEndian.Uint64(b[offPos:]), binary.LittleEndian.Uint64(b[offSeq:])
	f.Line = b[frameHead : frameHead+n]
	copy(f.Chain[:], b[offChain:])
	if f.Kind < Event || f.Kind > mark || uint64(f.back) > f.Pos || (f.Kind == mark) != (f.back == 0) {
		return frame{}, errFrame
	}
	return f, nil
}

// chainOf computes a frame's chain value in place: the chain field first holds
// the hash before, the result is left to the caller.
func chainOf(raw []byte, kind Kind, line int, prev *[32]byte) [32]byte {
	copy(raw[offChain:], prev[:])
	if kind == Event {
		return sha256.Sum256(raw[offChain : frameHead+line])
	}
	return sha256.Sum256(raw[offKind : frameHead+line])
}

// header is the first block of a segment.
type header struct {
	number  uint64
	size    uint64 // of the file when it was made
	basePos uint64 // of the last frame before this segment
	baseSeq uint64
	event   [32]byte // chains at the start
	other   [32]byte
	epoch   string
	origin  origin // the same in all segments of an epoch
}

func (h *header) cursor() cursor {
	return cursor{pos: h.basePos, seq: h.baseSeq, event: h.event, other: h.other, whole: true}
}

func (h *header) place() Place { return Place{Pos: h.basePos, Seq: h.baseSeq, Hash: h.event} }

// put writes the header into b[:headerSize].
func (h *header) put(b []byte) {
	b = b[:headerSize]
	clear(b)
	copy(b, headerMagic)
	le := binary.LittleEndian
	le.PutUint32(b[8:], firstVersion)
	if h.origin.parent != "" {
		le.PutUint32(b[8:], formatVersion) // an older program would take the seam for damage
	}
	le.PutUint64(b[16:], h.number)
	le.PutUint64(b[24:], h.size)
	le.PutUint64(b[32:], h.basePos)
	le.PutUint64(b[40:], h.baseSeq)
	copy(b[48:], h.event[:])
	copy(b[80:], h.other[:])
	b[112] = byte(len(h.epoch))
	copy(b[113:113+maxEpoch], h.epoch)
	h.origin.put(b)
	le.PutUint32(b[headerCRCAt:], crc32.Update(0, castagnoli(), b[:headerCRCAt]))
}

// parseHeader reads a header. errZero: never used. A *VersionError has no
// segment name yet.
func parseHeader(b []byte) (header, error) {
	le := binary.LittleEndian
	switch {
	case len(b) < headerSize:
		return header{}, errShort
	case isZero(b[:headerSize]):
		return header{}, errZero
	case !bytes.HasPrefix(b, []byte(headerMagic)):
		return header{}, errFrame
	}
	if v := le.Uint32(b[8:]); v > formatVersion {
		return header{}, &VersionError{Found: v, Known: formatVersion}
	}
	if crc32.Update(0, castagnoli(), b[:headerCRCAt]) != le.Uint32(b[headerCRCAt:]) {
		return header{}, errCRC
	}
	n := int(b[112])
	from, ok := parseOrigin(b)
	if n == 0 || n > maxEpoch || !ok || (from.parent != "") != (le.Uint32(b[8:]) == formatVersion) || le.Uint32(b[8:]) == 0 {
		return header{}, errFrame
	}
	h := header{number: le.Uint64(b[16:]), size: le.Uint64(b[24:]), basePos: le.Uint64(b[32:]),
		baseSeq: le.Uint64(b[40:]), epoch: string(b[113 : 113+n]), origin: from}
	copy(h.event[:], b[48:])
	copy(h.other[:], b[80:])
	return h, nil
}

func epochTag(epoch string) uint64 {
	h := sha256.Sum256([]byte(epoch))
	return binary.LittleEndian.Uint64(h[:])
}

// isZero counts: a segment's 32 MiB are looked at at every start, and this runs at
// the speed of memory, under the race detector too.
func isZero(b []byte) bool { return bytes.Count(b, []byte{0}) == len(b) }
