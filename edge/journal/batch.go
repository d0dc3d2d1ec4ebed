package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
)

// Batch gathers whole messages for one Append. It is reused: Reset keeps the
// buffer. The zero value is ready. Lines are copied in. Not for several
// goroutines at once.
type Batch struct {
	buf  []byte // headerSize bytes of room, then frames
	last int    // offset of the newest frame; 0 = none
	n    int
	open bool // frames since the last EndMessage
	err  error
}

// Event adds one event: the exact JSON line without its newline.
func (b *Batch) Event(line []byte) { b.Add(Event, line) }

// Private adds a record that is never in the feed.
func (b *Batch) Private(line []byte) { b.Add(Private, line) }

// Outcome adds the verdict on one message.
func (b *Batch) Outcome(line []byte) { b.Add(Outcome, line) }

// Reference adds a reference record.
func (b *Batch) Reference(line []byte) { b.Add(Reference, line) }

// Add adds a frame of a kind. A line that is empty or longer than MaxLine makes
// the whole batch fail in Append.
func (b *Batch) Add(kind Kind, line []byte) {
	if len(line) == 0 || len(line) > MaxLine || kind < Event || kind >= mark {
		b.err = fmt.Errorf("%w: frame of kind %d with %d bytes (1 to %d)", ErrBatch, kind, len(line), MaxLine)
		return
	}
	if len(b.buf) == 0 {
		b.buf = append(b.buf, make([]byte, headerSize)...)
	}
	b.buf = appendFrame(b.buf, kind, line)
	b.last, b.open = len(b.buf)-frameSize(len(line)), true
	b.n++
}

// EndMessage makes the frame before it the last of its message.
func (b *Batch) EndMessage() {
	if b.open {
		b.buf[b.last+offFlags] |= flagLast
		b.open = false
	}
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() {
	b.buf = b.buf[:min(len(b.buf), headerSize)]
	b.last, b.n, b.open, b.err = 0, 0, false, nil
}

// Len is the number of frames.
func (b *Batch) Len() int { return b.n }

// Bytes is the size of the batch on disk.
func (b *Batch) Bytes() int { return max(0, len(b.buf)-headerSize) }

func (b *Batch) check() error {
	switch {
	case b.err != nil:
		return b.err
	case b.n == 0:
		return fmt.Errorf("%w: empty", ErrBatch)
	case b.open:
		return fmt.Errorf("%w: the last message is not ended", ErrBatch)
	}
	return nil
}

// appendFrame lays a frame out without what stamp fills in.
func appendFrame(buf []byte, kind Kind, line []byte) []byte {
	at, size := len(buf), frameSize(len(line))
	buf = slices.Grow(buf, size)[:at+size]
	f := buf[at:]
	clear(f[:frameHead])
	binary.LittleEndian.PutUint32(f[offLen:], uint32(len(line)))
	f[offKind] = byte(kind)
	binary.LittleEndian.PutUint16(f[offMagic:], frameMagic)
	n := copy(f[frameHead:], line)
	clear(f[frameHead+n:])
	return buf
}

// stamp numbers, chains and sums the frames of a batch in place, starting at
// c, which is what is flushed. It may be done again after a failure.
func stamp(frames []byte, c cursor, tag uint64) cursor {
	le, table, synced := binary.LittleEndian, castagnoli(), c.pos
	for len(frames) > 0 {
		n := int(le.Uint32(frames[offLen:]))
		f := frames[:frameSize(n)]
		frames = frames[len(f):]
		kind, chain := Kind(f[offKind]), &c.other
		switch kind {
		case mark: // the chain it repeats is the events'
		case Event:
			c.seq++
			chain = &c.event
			c.pos++
		default:
			c.pos++
		}
		le.PutUint64(f[offTag:], tag)
		le.PutUint32(f[offBack:], uint32(c.pos-synced))
		le.PutUint64(f[offPos:], c.pos)
		le.PutUint64(f[offSeq:], c.seq)
		if kind == mark {
			copy(f[offChain:], c.event[:])
		} else {
			*chain = chainOf(f, kind, n, chain)
			copy(f[offChain:], chain[:])
		}
		le.PutUint32(f, crc32.Update(0, table, f[offLen:]))
	}
	c.whole = true
	return c
}
