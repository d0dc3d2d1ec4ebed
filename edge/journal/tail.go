package journal

import (
	"errors"
	"fmt"
	"path/filepath"
)

// tail is what recovery learns from the last used segment and what is behind.
type tail struct {
	in     found
	end    cursor // behind the last whole message
	endOff int64
	proven uint64 // last pos known to have been flushed

	base    cursor // at proven
	baseOff int64
	frames  []byte // proven+1 to end, byte for byte

	why       string // what stands at the end of good frames
	badOff    int64
	bad       cursor // there
	dirty     bool
	cutFrames int
	index     []indexEntry
	marks     []byte // behind the last record: true, but perhaps not on disk
	marksOff  int64
	marked    uint64 // proven by the log itself, without the floors
}

func (t *tail) torn() bool { return t.dirty || t.cutFrames > 0 }

// readTail walks the last used segment, chains and all, and looks at every
// byte behind its good frames for proof that something is missing.
func (l *Log) readTail(last found, rest []found) (t tail, err error) {
	f, err := l.opts.FS.Open(filepath.Join(l.opts.Dir, last.name), false)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	t = newTail(last)
	w := newWalker(f, last.size, l.tag, headerSize, nil)
	if err := t.walk(w); err != nil {
		return t, err
	}
	behind, err := w.survey(t.badOff)
	if err != nil {
		return t, err
	}
	t.dirty = behind.dirty
	t.cutFrames += behind.frames
	claim := max(t.proven, behind.synced)
	for _, r := range rest {
		more, err := l.surveyFile(r)
		if err != nil {
			return t, err
		}
		t.dirty = t.dirty || more.dirty
		t.cutFrames += more.frames
		claim = max(claim, more.synced)
	}
	if claim > t.end.pos {
		return t, damage(last.name, t.badOff, t.bad, fmt.Sprintf("%s, but frames up to %d were flushed", t.why, claim))
	}
	t.proven = claim
	t.marked = claim
	for _, fl := range l.opts.Floors {
		if fl.Pos <= t.end.pos && !fl.Rollback { // a folder put back may lack what it counts
			t.proven = max(t.proven, fl.Pos)
		}
	}
	return t, t.collect(newWalker(f, last.size, l.tag, headerSize, w.buf))
}

func newTail(last found) tail {
	return tail{in: last, end: last.cursor(), endOff: headerSize, marksOff: headerSize, proven: last.basePos}
}

// walk goes over the good frames and finds where whole messages end and what
// they prove.
func (t *tail) walk(w *walker) error {
	cur, since := t.end, 0
	for {
		f, err := w.next()
		if err == nil {
			// A write that was torn leaves no frame whole and yet out of place.
			if what := cur.take(&f, true); what != "" {
				return damage(t.in.name, w.off-int64(len(f.raw)), cur, what)
			}
		}
		if err != nil {
			if !isBad(err) && !errors.Is(err, errZero) {
				return err
			}
			t.why, t.badOff, t.bad, t.cutFrames = err.Error(), w.off, cur, since
			return nil
		}
		t.proven = max(t.proven, f.synced())
		if at := w.off - int64(len(f.raw)); f.Kind == Event && (len(t.index) == 0 || at >= t.index[len(t.index)-1].off+indexEvery) {
			t.index = append(t.index, indexEntry{seq: f.Seq, pos: f.Pos, off: at})
		}
		since++
		if cur.whole {
			t.end, t.endOff, since = cur, w.off, 0
			if f.Kind != mark {
				t.marks, t.marksOff = t.marks[:0], w.off
			} else {
				t.marks = append(t.marks, f.raw...)
			}
		}
	}
}

// collect copies the frames behind the proven one.
func (t *tail) collect(w *walker) error {
	cur := t.in.cursor()
	t.base, t.baseOff = cur, headerSize
	for w.off < t.endOff {
		f, err := w.next()
		if err != nil {
			return fmt.Errorf("second reading of %s: %w", t.in.name, err)
		}
		if what := cur.take(&f, false); what != "" {
			return damage(t.in.name, w.off, cur, "second reading differs: "+what)
		}
		if f.Kind != mark {
			t.frames = append(t.frames, f.raw...)
		}
		if cur.pos <= t.proven && cur.whole {
			t.base, t.baseOff, t.frames = cur, w.off, t.frames[:0]
		}
	}
	return nil
}

// reaches checks the floors' places; their hashes are compared later.
func (l *Log) reaches(t *tail) error {
	seals := l.seals()
	for _, f := range l.opts.Floors {
		seq, known := seals[f.in(l.epoch)]
		if f.in(l.epoch) == l.epoch {
			seq = t.end.seq
		}
		if !known || f.Pos <= t.end.pos && f.Seq <= seq || f.Rollback && !t.torn() {
			continue
		}
		return damage(t.in.name, t.badOff, t.bad, fmt.Sprintf("%s; the log ends at frame %d, event %d, but %s knows frame %d, event %d",
			t.why, t.end.pos, seq, f.Who, f.Pos, f.Seq))
	}
	return nil
}

func (l *Log) surveyFile(r found) (lo leftover, err error) {
	f, err := l.opts.FS.Open(filepath.Join(l.opts.Dir, r.name), false)
	if err != nil {
		return lo, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return newWalker(f, r.size, l.tag, 0, nil).survey(0)
}
