package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
)

// Open opens or creates the log in opts.Dir and proves it: when it returns,
// everything that can be read is on disk. Damage to what was flushed is
// refused (ErrDamaged) before anything is changed; the older segments' frames
// are checked when they are read, or all at once by Verify. The caller holds
// Lock on the data folder.
func Open(opts Options) (*Log, error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	if err := opts.FS.MkdirAll(opts.Dir); err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	l, err := open(opts)
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", opts.Dir, err)
	}
	for _, f := range opts.Floors {
		if err := l.agrees(f); err != nil {
			return nil, errors.Join(fmt.Errorf("open journal %s: %w", opts.Dir, err), l.abandon())
		}
	}
	return l, nil
}

func open(opts Options) (*Log, error) {
	d, err := lookInto(opts.FS, opts.Dir)
	if err != nil {
		return nil, err
	}
	if err := d.connected(opts.Purged); err != nil {
		return nil, err
	}
	l := newLog(opts)
	if len(d.used) == 0 {
		return l, l.create(d)
	}
	last := d.used[len(d.used)-1]
	l.take(d.used)
	t, err := l.readTail(last, d.rest)
	if err != nil {
		return nil, err
	}
	if err := l.reaches(&t); err != nil {
		return nil, err
	}
	l.recovery = Recovery{Proven: t.proven, Cut: t.torn(), CutFrames: t.cutFrames}
	// The names seen here may be in the cache only: the process before may have
	// ended between a rename and the folder's flush.
	if err := opts.FS.SyncDir(opts.Dir); err != nil {
		return nil, err
	}
	if err := l.drop(d.temps...); err != nil {
		return nil, err
	}
	if t.proven == t.end.pos && !t.torn() {
		err = l.goOn(t, d.rest)
	} else {
		err = l.rewrite(t, d.rest)
	}
	if err != nil {
		return nil, err
	}
	l.cur, l.head = t.end, t.end.place()
	l.recovery.Segments = len(l.segs)
	if err := l.prove(); err != nil {
		return nil, errors.Join(err, l.abandon())
	}
	return l, nil
}

func newLog(opts Options) *Log {
	l := &Log{opts: opts}
	l.buffers.New = func() any { b := make([]byte, walkBuffer); return &b }
	return l
}

// take makes the log's list of the segments found; the last one's epoch is the
// present one.
func (l *Log) take(used []found) {
	for i := range used {
		l.segs = append(l.segs, newSegment(used[i].header, false))
	}
	last := &used[len(used)-1]
	l.epoch, l.origin, l.tag = last.epoch, last.origin, epochTag(last.epoch)
	l.first = len(l.segs) - 1
	for l.first > 0 && l.segs[l.first-1].epoch == l.epoch {
		l.first--
	}
}

// create makes the first segment. A power cut leaves only a temporary file or
// the whole segment.
func (l *Log) create(d folder) error {
	for _, f := range l.opts.Floors {
		if (f.Pos > 0 || f.Seq > 0) && !f.Rollback {
			return damage(segmentName(1), 0, cursor{}, fmt.Sprintf("the folder is empty, but %s knows frame %d, event %d", f.Who, f.Pos, f.Seq))
		}
	}
	l.epoch = l.opts.NewEpoch()
	if len(l.epoch) == 0 || len(l.epoch) > maxEpoch {
		return fmt.Errorf("epoch of %d bytes (1 to %d)", len(l.epoch), maxEpoch)
	}
	if err := l.drop(d.temps...); err != nil {
		return err
	}
	l.origin.home = l.opts.Home
	l.tag, l.cur = epochTag(l.epoch), startCursor(l.epoch)
	if err := l.begin(1, l.opts.SegmentBytes, l.cur, nil); err != nil {
		return err
	}
	l.head = l.cur.place()
	l.recovery = Recovery{Created: true, Segments: 1}
	l.prepare("")
	return nil
}

// begin makes a segment that is flushed whole, with frames in it, before it
// has its name, and takes it into use.
func (l *Log) begin(number uint64, size int64, base cursor, frames []byte) error {
	s := newSegment(l.headerOf(number, size, base), true)
	name := filepath.Join(l.opts.Dir, s.name)
	temp := name + tempSuffix
	f, err := fill(l.opts.FS, temp, size)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: first segment of this start: %w", ErrFull, err)
	}
	if err != nil {
		return err
	}
	block := make([]byte, headerSize, headerSize+len(frames))
	s.put(block)
	_, err = f.WriteAt(append(block, frames...), 0)
	if err == nil {
		err = flush(f)
	}
	if err == nil {
		err = l.opts.FS.Rename(temp, name)
	}
	if err == nil {
		err = l.opts.FS.SyncDir(l.opts.Dir)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	s.noteAll(frames, headerSize)
	l.file, l.off = f, headerSize+int64(len(frames))
	l.segs = append(l.segs, s)
	return nil
}

// goOn takes the last segment into use where it ends. The mark at its end says
// that the records are flushed but may itself be in the cache only, and a frame
// behind a hole is lost: so it is written and flushed again.
func (l *Log) goOn(t tail, rest []found) error {
	f, err := l.opts.FS.Open(filepath.Join(l.opts.Dir, t.in.name), true)
	if err != nil {
		return err
	}
	l.file, l.off, l.proven = f, t.endOff, t.marked
	active := l.segs[len(l.segs)-1]
	active.index, active.built = t.index, true
	if len(t.marks) > 0 {
		if err := l.write(t.marks, t.marksOff); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	left, err := l.keepOneBlank(rest)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.prepare(left)
	return nil
}

// rewrite copies the frames behind the last proven one into a new segment,
// flushed before it has a name, and takes that into use. The old copies are
// cut off afterwards; until then they are hidden by the new segment's base. A
// segment of which nothing is proven is replaced whole.
func (l *Log) rewrite(t tail, rest []found) error {
	frames := appendFrame(t.frames, mark, nil)
	m := frames[len(t.frames):]
	m[offFlags] = flagLast
	stamp(m, t.end, l.tag)
	left, err := l.keepOneBlank(rest)
	if err != nil {
		return err
	}
	number, replaces := t.in.number+1, t.base.pos == t.in.basePos
	if replaces {
		// Nothing of the segment is proven, not even its header.
		number = t.in.number
		l.segs = l.segs[:len(l.segs)-1]
	}
	if left == segmentName(number) {
		// Out of the way; it becomes the segment after.
		to := segmentName(number+1) + tempSuffix
		if err := l.opts.FS.Rename(filepath.Join(l.opts.Dir, left), filepath.Join(l.opts.Dir, to)); err != nil {
			return err
		}
		left = to
	}
	left, err = l.beginSomehow(number, t, frames, left)
	if err != nil {
		return err
	}
	l.proven = t.end.pos
	l.recovery.Rewritten = int(t.end.pos - t.base.pos)
	l.opts.Logger.Info("journal: frames past the last proven flush written anew", "frames", l.recovery.Rewritten,
		"cut", t.torn(), "cutFrames", t.cutFrames, "head", t.end.pos, "segment", segmentName(number))
	if !replaces {
		l.trim(t)
	}
	l.prepare(left)
	return nil
}

// beginSomehow makes the segment of the tail. A full disk must not keep the log
// from being read: then the prepared segment goes, and if that is not enough
// the new one gets no room for more than the tail.
func (l *Log) beginSomehow(number uint64, t tail, frames []byte, left string) (string, error) {
	least := int64(headerSize + len(frames))
	sizes := []int64{least + markRoom + min(l.opts.SegmentBytes, recoveryRoom), least}
	var err error
	for _, size := range sizes {
		size = (size + headerSize - 1) / headerSize * headerSize
		if err = l.begin(number, size, t.base, frames); !errors.Is(err, ErrFull) {
			return left, err
		}
		if left != "" {
			if e := l.drop(left); e != nil {
				return "", errors.Join(err, e)
			}
			left = ""
			if err = l.begin(number, size, t.base, frames); !errors.Is(err, ErrFull) {
				return left, err
			}
		}
	}
	return left, err
}

// trim gives back the room of the old copy of the tail. It may stay.
func (l *Log) trim(t tail) {
	f, err := l.opts.FS.Open(filepath.Join(l.opts.Dir, t.in.name), true)
	if err == nil {
		err = errors.Join(f.Truncate(t.baseOff), f.Close())
	}
	if err != nil {
		l.opts.Logger.Warn("journal: old copy of the tail stays", "segment", t.in.name, "error", err)
	}
}

// keepOneBlank removes what lies behind the last used segment, newest first,
// but for the first blank; it gives that one's name.
func (l *Log) keepOneBlank(rest []found) (string, error) {
	left := ""
	for i := len(rest) - 1; i >= 0; i-- {
		if i == 0 && errors.Is(rest[i].err, errZero) {
			left = rest[i].name
			break
		}
		if err := l.drop(rest[i].name); err != nil {
			return "", err
		}
	}
	return left, nil
}

func (l *Log) drop(names ...string) error {
	for _, name := range names {
		if err := l.opts.FS.Remove(filepath.Join(l.opts.Dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// agrees compares a floor's hash with the log's.
func (l *Log) agrees(f Floor) error {
	if f.Hash == ([32]byte{}) || f.Rollback {
		return nil
	}
	past, err := l.In(f.in(l.epoch))
	if err != nil {
		return nil // of another history: whose floor it is finds out
	}
	h, err := past.HashAt(f.Seq)
	if errors.Is(err, ErrGone) {
		return nil
	}
	if err == nil && h != f.Hash {
		s := l.segs[len(l.segs)-1]
		err = damage(s.name, 0, cursor{pos: f.Pos, seq: f.Seq}, f.Who+" knows another history here")
	}
	return err
}

// abandon lets a log go that Open refuses.
func (l *Log) abandon() error {
	l.failed = ErrClosed
	return l.Close()
}
