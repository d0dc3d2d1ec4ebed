package journaltest

import (
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"syscall"

	"dcedge/edge/journal"
)

type file struct {
	disk   *Disk
	node   *inode
	write  bool
	closed bool
}

var _ journal.File = (*file)(nil)

// ReadAt reads what the cache shows.
func (f *file) ReadAt(b []byte, off int64) (int, error) {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return 0, ErrPower
	}
	if f.closed {
		return 0, fs.ErrClosed
	}
	d.counts.Reads++
	if off >= int64(len(f.node.cache)) {
		return 0, io.EOF
	}
	n := copy(b, f.node.cache[off:])
	if d.counts.Reads == d.faults.FlipReadAt && n > 0 {
		b[d.rng.IntN(n)] ^= 1 << d.rng.IntN(8)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt writes into the cache.
func (f *file) WriteAt(b []byte, off int64) (int, error) {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	if f.closed || !f.write {
		return 0, fs.ErrClosed
	}
	d.counts.Writes++
	d.counts.WritesOf[d.nameOf(f.node)]++
	// A write that the power or the disk cuts may have come part of the way.
	was := d.dead
	if err := d.change(); err != nil {
		if !was {
			f.node.put(b[:d.part(len(b), off)], off)
		}
		return 0, err
	}
	grow := off + int64(len(b)) - int64(len(f.node.cache))
	if d.faults.Capacity > 0 && grow > 0 && d.used()+grow > d.faults.Capacity {
		n := max(0, min(int64(len(b)), int64(len(b))-(d.used()+grow-d.faults.Capacity)))
		f.node.put(b[:n], off)
		return int(n), noSpace(d.nameOf(f.node))
	}
	if d.counts.Writes == d.faults.FailWriteAt {
		n := d.part(len(b), off)
		f.node.put(b[:n], off)
		return n, syscall.EIO
	}
	f.node.put(b, off)
	return len(b), nil
}

// part is how far a write came: whole sectors, for no disk tears one.
func (d *Disk) part(n int, off int64) int {
	return max(0, d.rng.IntN(n+1)/sector*sector-int(off%sector))
}

// Truncate sets the size.
func (f *file) Truncate(size int64) error {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.change(); err != nil {
		return err
	}
	w := write{off: size, trim: true}
	f.node.cache = w.land(f.node.cache, nil)
	f.node.writes = append(f.node.writes, w)
	return nil
}

// Size is that of the cache.
func (f *file) Size() (int64, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.dead {
		return 0, ErrPower
	}
	return int64(len(f.node.cache)), nil
}

// Datasync moves the writes to the platter, or fails as Faults say.
func (f *file) Datasync() error {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts.Flushes++
	d.counts.FlushesOf[d.nameOf(f.node)]++
	if err := d.change(); err != nil {
		return err
	}
	if d.faults.LieOnFlush {
		return nil
	}
	if d.counts.Flushes == d.faults.FailFlushAt {
		// Some of it landed; the rest is marked clean and never written.
		f.node.disk = f.node.survivors(d.rng)
		f.node.writes = nil
		return syscall.EIO
	}
	for _, w := range f.node.writes {
		f.node.disk = w.land(f.node.disk, nil)
	}
	f.node.writes = nil
	return nil
}

// Close ends the handle.
func (f *file) Close() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.closed {
		return fs.ErrClosed
	}
	f.closed = true
	return nil
}

func (d *Disk) nameOf(n *inode) string {
	for name, node := range d.names {
		if node == n {
			return filepath.Base(name)
		}
	}
	return ""
}

func (n *inode) put(b []byte, off int64) {
	w := write{off: off, data: append([]byte(nil), b...)}
	n.cache = w.land(n.cache, nil)
	n.writes = append(n.writes, w)
}

// land applies a write; with keep only the sectors for which it says yes.
func (w *write) land(to []byte, keep func() bool) []byte {
	if w.trim {
		if int(w.off) <= len(to) {
			return to[:w.off:w.off]
		}
		return append(to, make([]byte, int(w.off)-len(to))...)
	}
	for at := 0; at < len(w.data); {
		off := int(w.off) + at
		n := min(sector-off%sector, len(w.data)-at)
		if keep == nil || keep() {
			if grow := off + n - len(to); grow > 0 {
				to = append(to, make([]byte, grow)...)
			}
			copy(to[off:], w.data[at:at+n])
		}
		at += n
	}
	return to
}

// survivors is what a power cut leaves: any sectors of the writes since the
// last flush, in any order.
func (n *inode) survivors(rng *rand.Rand) []byte {
	out := append([]byte(nil), n.disk...)
	mode := rng.IntN(4) // all gone, all there, or sector by sector
	order := rng.Perm(len(n.writes))
	if mode == 1 {
		for i := range order {
			order[i] = i
		}
	}
	for _, i := range order {
		switch {
		case mode == 0:
		case mode == 1:
			out = n.writes[i].land(out, nil)
		case !n.writes[i].trim || rng.IntN(2) == 0:
			out = n.writes[i].land(out, func() bool { return rng.IntN(2) == 0 })
		}
	}
	return out
}
