package journal

import (
	"errors"
	"fmt"
	"path/filepath"
)

// peekTries is how often a look is tried anew that met a segment just being
// taken into use.
const peekTries = 8

// Peek opens the log in dir for reading alone, also while another process
// appends to it. It shows what a later frame or mark proves to be flushed at the
// time of the call, changes nothing and needs no Close. A log of which nothing
// is used yet is ErrGone.
func Peek(fs FS, dir string) (*Log, error) {
	l, _, err := peek(fs, dir)
	if err != nil {
		return nil, fmt.Errorf("look into journal %s: %w", dir, err)
	}
	return l, nil
}

func peek(fs FS, dir string) (l *Log, t tail, err error) {
	for range peekTries {
		if l, t, err = peekOnce(fs, dir); !errors.Is(err, ErrDamaged) {
			break
		}
	}
	return l, t, err
}

func peekOnce(fs FS, dir string) (l *Log, t tail, err error) {
	d, err := lookInto(fs, dir)
	if err != nil {
		return nil, t, err
	}
	if err := d.connected(^uint64(0)); err != nil {
		return nil, t, err
	}
	if len(d.used) == 0 {
		return nil, t, fmt.Errorf("%w: no segment is in use", ErrGone)
	}
	l = newLog(Options{FS: fs, Dir: dir})
	l.closed = true
	l.take(d.used)
	last := d.used[len(d.used)-1]
	f, err := fs.Open(filepath.Join(dir, last.name), false)
	if err != nil {
		return nil, t, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	// What lies behind the good frames is not looked at: it may be being written.
	t = newTail(last)
	w := newWalker(f, last.size, l.tag, headerSize, nil)
	if err := t.walk(w); err != nil {
		return nil, t, err
	}
	if err := t.collect(newWalker(f, last.size, l.tag, headerSize, w.buf)); err != nil {
		return nil, t, err
	}
	l.cur, l.head = t.base, t.base.place()
	return l, t, nil
}

// Copy writes what Peek shows of a log into the folder to, which must be empty,
// and flushes it: it opens as a log that ended there. told is called with the
// bytes written so far; may be nil.
func Copy(fs FS, from, to string, told func(done int64)) (*Log, error) {
	l, t, err := peek(fs, from)
	if err != nil {
		return nil, fmt.Errorf("copy journal %s: %w", from, err)
	}
	if err := fs.MkdirAll(to); err != nil {
		return nil, fmt.Errorf("copy journal: %w", err)
	}
	done := int64(0)
	for i, s := range l.segs {
		size := int64(-1) // all of it
		if i == len(l.segs)-1 {
			size = t.baseOff
		}
		n, err := copySegment(fs, s, from, to, size)
		if err != nil {
			return nil, fmt.Errorf("copy journal: %s: %w", s.name, err)
		}
		if done += n; told != nil {
			told(done)
		}
	}
	if err := fs.SyncDir(to); err != nil {
		return nil, fmt.Errorf("copy journal: %w", err)
	}
	return l, nil
}

// copySegment copies the first bytes of a segment; the rest of the last one is
// made zeros.
func copySegment(fs FS, s *segment, from, to string, size int64) (n int64, err error) {
	in, err := fs.Open(filepath.Join(from, s.name), false)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := fs.Create(filepath.Join(to, s.name))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	active := size >= 0
	if !active {
		if size, err = in.Size(); err != nil {
			return 0, err
		}
	}
	buf := make([]byte, min(size, zeroChunk))
	for n < size {
		part := buf[:min(int64(len(buf)), size-n)]
		if _, err := in.ReadAt(part, n); err != nil {
			return n, err
		}
		if _, err := out.WriteAt(part, n); err != nil {
			return n, err
		}
		n += int64(len(part))
	}
	if active {
		if err := out.Truncate(int64(s.size)); err != nil {
			return n, err
		}
	}
	return n, flush(out)
}
