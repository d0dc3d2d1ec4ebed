package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"sort"
)

// keptIndexes bounds the memory of indexes: about 24 bytes per 32 KiB of the
// segments read last.
const keptIndexes = 32

// Events are events that follow one another.
type Events struct {
	First uint64 // seq of the first; afterSeq+1 also when Count is 0
	Count int
	Lines []byte // the exact lines, each with a newline behind it
	Prev  [32]byte
	Last  [32]byte // chain hash of the last; Prev when Count is 0
}

// ReadEvents gives up to limit flushed events behind afterSeq whose lines and
// newlines come to at most maxBytes (but always one, if there is one). Lines
// are appended to dst[:0]; nothing is held when it returns. ErrAhead,
// ErrGone: no such place. ErrDamaged: the event behind afterSeq is damaged; what
// stands before a damage is served, nothing behind it.
func (l *Log) ReadEvents(afterSeq uint64, limit, maxBytes int, dst []byte) (Events, error) {
	return l.readEvents(l.view(), afterSeq, limit, maxBytes, dst)
}

func (l *Log) readEvents(v view, afterSeq uint64, limit, maxBytes int, dst []byte) (Events, error) {
	i, err := v.find(afterSeq)
	if err != nil {
		return Events{}, err
	}
	out := Events{First: afterSeq + 1, Lines: dst[:0]}
	if s := v.segs[i]; s.baseSeq == afterSeq {
		out.Prev = s.event
	}
	out.Last = out.Prev
	if limit < 1 || afterSeq == v.head.Seq && v.segs[i].baseSeq == afterSeq {
		return out, nil
	}
	at, err := l.start(v, i, func(e indexEntry) bool { return e.seq <= afterSeq })
	if err != nil {
		return Events{}, err
	}
	err = l.scan(v, at, func(f *frame) error {
		switch {
		case f.Kind != Event || f.Seq < afterSeq:
			return nil
		case f.Seq == afterSeq:
			out.Prev, out.Last = f.Chain, f.Chain
			return stopIf(afterSeq == v.head.Seq)
		case out.Count > 0 && len(out.Lines)+len(f.Line)+1 > maxBytes:
			return errStop
		}
		out.Lines = append(append(out.Lines, f.Line...), '\n')
		out.Last = f.Chain
		out.Count++
		return stopIf(out.Count == limit || f.Seq == v.head.Seq)
	})
	if err != nil && !(errors.Is(err, ErrDamaged) && out.Count > 0) {
		return Events{}, err
	}
	return out, nil
}

// ReadFrames calls fn for every flushed frame behind afterPos, all kinds and
// epochs, in order, up to the head at the time of the call. fn's error ends it
// and is returned; the frame's line is valid only within fn.
func (l *Log) ReadFrames(afterPos uint64, fn func(Frame) error) error {
	v := l.view()
	v.from = 0
	if afterPos > v.head.Pos {
		return fmt.Errorf("%w: frame %d, the last is %d", ErrAhead, afterPos, v.head.Pos)
	}
	if afterPos < v.segs[0].basePos {
		return fmt.Errorf("%w: frame %d, the oldest is %d", ErrGone, afterPos+1, v.segs[0].basePos+1)
	}
	i := sort.Search(len(v.segs), func(i int) bool { return v.segs[i].basePos > afterPos }) - 1
	at, err := l.start(v, i, func(e indexEntry) bool { return e.pos <= afterPos })
	if err != nil {
		return err
	}
	return l.scan(v, at, func(f *frame) error {
		if f.Pos <= afterPos || f.Kind == mark {
			return nil
		}
		return fn(f.Frame)
	})
}

// HashAt gives the event chain's hash at a flushed seq of the present epoch; at
// 0 that of the epoch.
func (l *Log) HashAt(seq uint64) ([32]byte, error) { return l.hashAt(l.view(), seq) }

func (l *Log) hashAt(v view, seq uint64) ([32]byte, error) {
	i, err := v.find(seq)
	if err != nil {
		return [32]byte{}, err
	}
	hash := v.segs[i].event
	if v.segs[i].baseSeq == seq {
		return hash, nil
	}
	at, err := l.start(v, i, func(e indexEntry) bool { return e.seq <= seq })
	if err != nil {
		return hash, err
	}
	return hash, l.scan(v, at, func(f *frame) error {
		if f.Kind != Event || f.Seq != seq {
			return nil
		}
		hash = f.Chain
		return errStop
	})
}

var errStop = errors.New("stop")

func stopIf(yes bool) error {
	if yes {
		return errStop
	}
	return nil
}

// view is what is flushed at one moment of one epoch: the segments from..to.
type view struct {
	segs     []*segment
	from, to int
	head     Place
}

func (l *Log) view() view {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return view{segs: l.segs, from: l.first, to: len(l.segs), head: l.head}
}

// limit is the last pos to be read from segment i.
func (v *view) limit(i int) uint64 {
	if i+1 < len(v.segs) {
		return v.segs[i+1].basePos
	}
	return v.head.Pos
}

// find gives the last segment of the epoch that begins at or before an event.
func (v *view) find(afterSeq uint64) (int, error) {
	if afterSeq > v.head.Seq {
		return 0, fmt.Errorf("%w: event %d, the last is %d", ErrAhead, afterSeq, v.head.Seq)
	}
	of := v.segs[v.from:v.to]
	if afterSeq < of[0].baseSeq {
		return 0, fmt.Errorf("%w: event %d, the oldest is %d", ErrGone, afterSeq+1, of[0].baseSeq+1)
	}
	return v.from + sort.Search(len(of), func(i int) bool { return of[i].baseSeq > afterSeq }) - 1, nil
}

// spot is where a scan begins.
type spot struct {
	seg int
	off int64
	cur cursor
}

// start finds the nearest place in segment i from which what is asked can be
// reached.
func (l *Log) start(v view, i int, holds func(indexEntry) bool) (spot, error) {
	s := v.segs[i]
	// A damaged segment has no index; it is read from its start up to the damage.
	if err := l.buildIndex(v, i); err != nil && !errors.Is(err, ErrDamaged) {
		return spot{}, err
	}
	if e, ok := s.before(holds); ok {
		return spot{seg: i, off: e.off, cur: cursor{pos: e.pos - 1, seq: e.seq - 1, whole: true}}, nil
	}
	return spot{seg: i, off: headerSize, cur: s.cursor()}, nil
}

// scan calls fn for the frames from a spot to the head, each checked for its
// CRC and its place. errStop from fn ends it well.
func (l *Log) scan(v view, at spot, fn func(*frame) error) error {
	epoch := v.segs[at.seg].epoch
	for cur := at.cur; at.seg < v.to; at.seg, at.off = at.seg+1, headerSize {
		s := v.segs[at.seg]
		if at.off == headerSize {
			if what := s.follows(epoch, &cur); what != "" {
				return damage(s.name, 0, cur, what)
			}
			epoch, cur = s.epoch, s.cursor()
		}
		next, err := l.scanSegment(s, at.off, cur, v.limit(at.seg), fn)
		if errors.Is(err, errStop) {
			return nil
		}
		if err != nil {
			return err
		}
		cur = next
	}
	return nil
}

func (l *Log) scanSegment(s *segment, off int64, cur cursor, limit uint64, fn func(*frame) error) (_ cursor, err error) {
	if cur.pos >= limit {
		return cur, nil
	}
	file, err := l.opts.FS.Open(filepath.Join(l.opts.Dir, s.name), false)
	if err != nil {
		return cur, fmt.Errorf("read segment: %w", err)
	}
	defer func() {
		if e := file.Close(); err == nil && e != nil {
			err = e
		}
	}()
	size, err := file.Size()
	if err != nil {
		return cur, fmt.Errorf("read %s: %w", s.name, err)
	}
	buf := l.buffers.Get().(*[]byte)
	defer l.buffers.Put(buf)
	w := newWalker(file, size, s.tag, off, *buf)
	var f frame // one for all: it escapes through fn
	for cur.pos < limit {
		f, err = w.next()
		if err != nil {
			if isBad(err) || errors.Is(err, errZero) {
				err = damage(s.name, w.off, cur, err.Error())
			}
			return cur, err
		}
		if what := cur.take(&f, false); what != "" {
			return cur, damage(s.name, w.off-int64(len(f.raw)), cur, what)
		}
		f.Epoch = s.epoch
		if err := fn(&f); err != nil {
			return cur, err
		}
	}
	return cur, nil
}

// buildIndex reads a full segment once; the active one indexes what it appends.
func (l *Log) buildIndex(v view, i int) error {
	s := v.segs[i]
	s.mu.Lock()
	built := s.built
	s.mu.Unlock()
	if built {
		return nil
	}
	var index []indexEntry
	off := int64(headerSize)
	_, err := l.scanSegment(s, off, s.cursor(), v.limit(i), func(f *frame) error {
		if f.Kind == Event && (len(index) == 0 || off >= index[len(index)-1].off+indexEvery) {
			index = append(index, indexEntry{seq: f.Seq, pos: f.Pos, off: off})
		}
		off += int64(len(f.raw))
		return nil
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.index, s.built = index, true
	s.mu.Unlock()
	l.keep(s, v.segs[len(v.segs)-1])
	return nil
}

// keep remembers whose index is in memory and lets the oldest go.
func (l *Log) keep(s, active *segment) {
	l.keptMu.Lock()
	defer l.keptMu.Unlock()
	l.kept = append(l.kept, s)
	for len(l.kept) > keptIndexes {
		old := l.kept[0]
		l.kept = l.kept[1:]
		if old != active && old != s {
			old.mu.Lock()
			old.index, old.built = nil, false
			old.mu.Unlock()
		}
	}
}
