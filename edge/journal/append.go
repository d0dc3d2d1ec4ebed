package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// room kept free at the end of a segment so that a mark always fits
const markRoom = frameHead

// Append writes the batch with one write and flushes it with one fdatasync.
// It returns the last place, which is then on disk and readable.
//
// ErrBatch: the batch cannot be written, nothing happened. ErrFull: there is
// no room for the next segment, nothing was written, the log stays usable.
// ErrFailed: the batch may or may not be on disk, and every later call fails:
// give no verdict and end the process.
func (l *Log) Append(b *Batch) (Place, error) {
	if err := b.check(); err != nil {
		return Place{}, err
	}
	l.w.Lock()
	defer l.w.Unlock()
	if err := l.usable(); err != nil {
		return Place{}, err
	}
	size := int64(b.Bytes())
	if limit := l.opts.SegmentBytes - headerSize - markRoom; size > limit {
		return Place{}, fmt.Errorf("%w: %d bytes, a segment holds %d", ErrBatch, size, limit)
	}
	cur := stamp(b.buf[headerSize:], l.cur, l.tag)
	active := l.segs[len(l.segs)-1] // only the writer changes segs
	out, off := b.buf[headerSize:], l.off
	if l.off+size+markRoom > int64(active.size) {
		next, err := l.rotate()
		if err != nil {
			return Place{}, err
		}
		active, off = next, headerSize
		next.put(b.buf)
		if err := l.write(b.buf, 0); err != nil {
			return Place{}, err
		}
	} else if err := l.write(out, off); err != nil {
		return Place{}, err
	}
	active.noteAll(out, off)
	l.proven, l.cur, l.off = l.cur.pos, cur, off+size
	l.publish(active, cur.place())
	return cur.place(), nil
}

func (l *Log) usable() error {
	switch {
	case l.failed != nil:
		return l.failed
	case l.closed:
		return ErrClosed
	}
	return nil
}

// write is the one write and the one flush of a batch.
func (l *Log) write(b []byte, off int64) error {
	n, err := l.file.WriteAt(b, off)
	if err == nil && n != len(b) {
		err = fmt.Errorf("%d of %d bytes written", n, len(b))
	}
	if err == nil {
		err = flush(l.file)
	}
	if err != nil {
		l.failed = fmt.Errorf("%w: after frame %d: %w", ErrFailed, l.cur.pos, err)
	}
	return l.failed
}

// rotate takes the prepared segment into use; its header is written with the
// first batch.
func (l *Log) rotate() (*segment, error) {
	l.prepare("")
	m := <-l.next
	l.next = nil
	if m.fatal {
		l.failed = fmt.Errorf("%w: after frame %d: %w", ErrFailed, l.cur.pos, m.err)
		return nil, l.failed
	}
	if m.err != nil {
		return nil, fmt.Errorf("%w: next segment: %w", ErrFull, m.err)
	}
	old := l.file
	l.file = m.file
	s := newSegment(l.headerOf(m.number, m.size, l.cur), true)
	if err := old.Close(); err != nil {
		l.opts.Logger.Warn("journal: closing a full segment", "error", err)
	}
	l.keep(l.segs[len(l.segs)-1], s)
	l.startPrepare(m.number+1, "")
	return s, nil
}

// headerOf makes the header of a segment that begins at a place.
func (l *Log) headerOf(number uint64, size int64, at cursor) header {
	return header{number: number, size: uint64(size), basePos: at.pos, baseSeq: at.seq,
		event: at.event, other: at.other, epoch: l.epoch, origin: l.origin}
}

// prepare asks for the next segment unless that is under way.
func (l *Log) prepare(left string) {
	if l.next == nil {
		l.startPrepare(l.segs[len(l.segs)-1].number+1, left)
	}
}

func (l *Log) startPrepare(number uint64, left string) {
	next := make(chan made, 1)
	l.next = next
	if l.opts.Inline {
		next <- l.opts.blank(number, left)
		return
	}
	go func() { next <- l.opts.blank(number, left) }()
}

// Prove writes and flushes a mark: it says that everything is flushed, so that
// damage to the last batch is told from a torn write and the next Open has
// nothing to rewrite. For quiet times; Close does it too.
func (l *Log) Prove() error {
	l.w.Lock()
	defer l.w.Unlock()
	if err := l.usable(); err != nil {
		return err
	}
	return l.prove()
}

func (l *Log) prove() error {
	active := l.segs[len(l.segs)-1]
	if l.proven == l.cur.pos || l.off+markRoom > int64(active.size) {
		return nil
	}
	raw := appendFrame(nil, mark, nil)
	raw[offFlags] = flagLast
	stamp(raw, l.cur, l.tag)
	if err := l.write(raw, l.off); err != nil {
		return err
	}
	l.off += int64(len(raw))
	l.proven = l.cur.pos
	return nil
}

// Close proves what is written and lets the files go. It waits for the segment
// being prepared. A failed log is only let go.
func (l *Log) Close() error {
	l.w.Lock()
	defer l.w.Unlock()
	if l.closed {
		return nil
	}
	var errs []error
	if l.failed == nil {
		errs = append(errs, l.prove())
	}
	l.closed = true
	if l.next != nil {
		if m := <-l.next; m.err == nil {
			errs = append(errs, m.file.Close())
		}
		l.next = nil
	}
	errs = append(errs, l.file.Close())
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close journal: %w", err)
	}
	return nil
}

// noteAll indexes the events of a flushed batch that begins at off.
func (s *segment) noteAll(frames []byte, off int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := int64(-indexEvery)
	if n := len(s.index); n > 0 {
		last = s.index[n-1].off
	}
	le := binary.LittleEndian
	for at := 0; at < len(frames); at += frameSize(int(le.Uint32(frames[at+offLen:]))) {
		f := frames[at:]
		if o := off + int64(at); Kind(f[offKind]) == Event && o >= last+indexEvery {
			s.index = append(s.index, indexEntry{seq: le.Uint64(f[offSeq:]), pos: le.Uint64(f[offPos:]), off: o})
			last = o
		}
	}
}
