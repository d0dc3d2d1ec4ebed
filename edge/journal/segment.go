package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

const (
	segmentSuffix = ".seg"
	tempSuffix    = ".tmp"
	zeroChunk     = 1 << 20
	flushEvery    = 4 << 20 // of zeros, so that a commit's flush never waits behind a whole segment
	indexEvery    = 32 << 10
)

func segmentName(n uint64) string { return fmt.Sprintf("%012d%s", n, segmentSuffix) }

// segmentNumber reads a segment's name.
func segmentNumber(name string) (uint64, bool) {
	text, ok := strings.CutSuffix(name, segmentSuffix)
	if !ok || len(text) != 12 {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil && n > 0
}

// indexEntry is one event frame of a segment.
type indexEntry struct {
	seq, pos uint64
	off      int64
}

// segment is one segment in use. Only its index changes.
type segment struct {
	header
	name string
	tag  uint64 // of its epoch

	mu    sync.Mutex
	index []indexEntry // events at least indexEvery bytes apart; nil = not built
	built bool
}

func newSegment(h header, built bool) *segment {
	return &segment{header: h, name: segmentName(h.number), tag: epochTag(h.epoch), built: built}
}

// before gives the last indexed event that stands at or before what is asked.
func (s *segment) before(holds func(indexEntry) bool) (indexEntry, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lo, hi := 0, len(s.index)
	for lo < hi {
		if mid := (lo + hi) / 2; holds(s.index[mid]) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == 0 {
		return indexEntry{}, false
	}
	return s.index[lo-1], true
}

// made is a zero-filled segment without a header, ready to be written.
type made struct {
	file   File
	number uint64
	size   int64
	err    error
	fatal  bool // the folder's flush failed: what names are on disk is unknown
}

// fill makes a file of size zeros under a temporary name and flushes it.
func fill(fs FS, name string, size int64) (File, error) {
	f, err := fs.Create(name)
	if err != nil {
		return nil, err
	}
	if err := fillZeros(f, size); err != nil {
		return nil, errors.Join(err, f.Close(), fs.Remove(name))
	}
	return f, nil
}

func fillZeros(f File, size int64) error {
	if r, ok := f.(Reserver); ok {
		if err := r.Reserve(size); err != nil {
			return fmt.Errorf("reserve %d bytes: %w", size, err)
		}
	}
	zeros := make([]byte, min(size, zeroChunk))
	dirty := int64(0)
	for off := int64(0); off < size; {
		n, err := f.WriteAt(zeros[:min(int64(len(zeros)), size-off)], off)
		if err != nil {
			return err
		}
		off += int64(n)
		if dirty += int64(n); dirty >= flushEvery || off == size {
			if err := flush(f); err != nil {
				return err
			}
			dirty = 0
		}
	}
	return nil
}

// blank makes segment n ready, out of a blank left by the process before if
// there is one that is really all zeros.
func (o *Options) blank(n uint64, left string) made {
	name := filepath.Join(o.Dir, segmentName(n))
	if left != "" {
		if m, ok := o.adopt(n, filepath.Join(o.Dir, left), name); ok {
			return m
		}
	}
	m := made{number: n, size: o.SegmentBytes}
	temp := name + tempSuffix
	if m.file, m.err = fill(o.FS, temp, m.size); m.err != nil {
		return m
	}
	err, fatal := o.FS.Rename(temp, name), false
	if err == nil {
		err = o.FS.SyncDir(o.Dir)
		fatal = err != nil
	}
	if err != nil {
		return made{err: errors.Join(err, m.file.Close()), fatal: fatal}
	}
	return m
}

func (o *Options) adopt(n uint64, left, name string) (made, bool) {
	f, err := o.FS.Open(left, true)
	if err != nil {
		return made{}, false
	}
	size, err := f.Size()
	if err == nil && size == o.SegmentBytes {
		var l leftover
		l, err = newWalker(f, size, 0, 0, nil).survey(0)
		if err == nil && !l.dirty {
			if left != name {
				err = o.FS.Rename(left, name)
			}
			if err == nil {
				if err = o.FS.SyncDir(o.Dir); err != nil {
					return made{err: errors.Join(err, f.Close()), fatal: true}, true
				}
				return made{file: f, number: n, size: size}, true
			}
		}
	}
	o.Logger.Warn("journal: a prepared segment cannot be used and is made anew", "segment", left, "error", err)
	_ = f.Close()         // nothing was written
	_ = o.FS.Remove(left) // made anew under a temporary name and renamed over it
	return made{}, false
}
