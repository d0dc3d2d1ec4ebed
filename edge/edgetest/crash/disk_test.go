package crash

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	page   = 4096
	sector = 512
)

// content is a file's bytes by page; a page is never written again, so a copy
// is cheap. What is not there is zero.
type content struct {
	pages map[int64]*[page]byte
	size  int64
}

func (c content) clone() content { return content{maps.Clone(c.pages), c.size} }

func (c *content) write(off int64, data []byte) {
	if c.pages == nil {
		c.pages = map[int64]*[page]byte{}
	}
	c.size = max(c.size, off+int64(len(data)))
	for len(data) > 0 {
		n, at := off/page, off%page
		k := min(int64(len(data)), page-at)
		fresh := new([page]byte)
		if old := c.pages[n]; old != nil {
			*fresh = *old
		}
		copy(fresh[at:], data[:k])
		c.pages[n] = fresh
		off, data = off+k, data[k:]
	}
}

func (c *content) resize(size int64) {
	for n := range c.pages {
		switch {
		case n*page >= size:
			delete(c.pages, n)
		case n*page+page > size:
			fresh := new([page]byte)
			copy(fresh[:size-n*page], c.pages[n][:])
			c.pages[n] = fresh
		}
	}
	c.size = size
}

func (c *content) apply(o *op) {
	switch {
	case o.what == opWrite:
		c.write(o.off, o.data)
	case !o.grow || o.off > c.size:
		c.resize(o.off)
	}
}

// put writes the file, with holes where nothing but zeros is.
func (c content) put(name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(c.size); err != nil {
		return err
	}
	var zero [page]byte
	for n, p := range c.pages {
		if *p == zero {
			continue
		}
		if _, err := f.WriteAt(p[:min(page, c.size-n*page)], n*page); err != nil {
			return err
		}
	}
	return nil
}

func (c content) bytes() []byte {
	out := make([]byte, c.size)
	for n, p := range c.pages {
		copy(out[n*page:], p[:])
	}
	return out
}

// inode is a file: what is surely on the disk, and what may be.
type inode struct {
	disk  content
	later []*change
	dir   bool
}

type change struct {
	op   *op
	done bool // the call has returned
}

// disk is the watched folder at one instant of a trace.
type disk struct {
	names  map[string]*inode // as the process sees them
	kept   map[string]*inode // as a power cut surely leaves them
	moves  []*op             // changes of names that may be lost, oldest first
	made   map[*op]*inode    // of creating moves
	syncs  map[*op][]*change // what a running flush covers
	dirs   map[*op][]*op
	claims []claim
}

func newDisk() *disk {
	root := &inode{dir: true}
	return &disk{names: map[string]*inode{".": root}, kept: map[string]*inode{".": root}, made: map[*op]*inode{},
		syncs: map[*op][]*change{}, dirs: map[*op][]*op{}}
}

// take goes one step of the trace on.
func (d *disk) take(s step) error {
	o := s.op
	switch o.what {
	case opAnswer:
		if !s.end { // whoever is told is told from the first byte on
			d.claims = append(d.claims, o.claim...)
		}
	case opCreate, opRename, opUnlink, opMkdir:
		if s.end {
			d.move(o)
		}
	case opWrite, opSize:
		n := d.names[o.path]
		if n == nil {
			return fmt.Errorf("%s is written but was never made", o.path)
		}
		if !s.end {
			n.later = append(n.later, &change{op: o})
			return nil
		}
		for _, c := range n.later {
			c.done = c.done || c.op == o
		}
	case opSync:
		d.flush(o, s.end)
	}
	return nil
}

func (d *disk) move(o *op) {
	if o.what == opCreate {
		if n := d.names[o.path]; n != nil { // there already: emptied or as it is
			if !o.grow {
				n.later = append(n.later, &change{op: &op{what: opSize, path: o.path}, done: true})
			}
			return
		}
	}
	if o.what == opCreate || o.what == opMkdir {
		d.made[o] = &inode{dir: o.what == opMkdir}
	}
	d.apply(d.names, o)
	d.moves = append(d.moves, o)
}

func (d *disk) apply(names map[string]*inode, o *op) {
	switch o.what {
	case opCreate, opMkdir:
		names[o.path] = d.made[o]
	case opUnlink:
		delete(names, o.path)
	case opRename:
		if n := names[o.path]; n != nil {
			names[o.to] = n
			delete(names, o.path)
		}
	}
}

// flush: what had returned before the flush began is on the disk when it ends.
func (d *disk) flush(o *op, end bool) {
	n := d.names[o.path]
	if n == nil {
		return
	}
	switch {
	case n.dir && !end:
		d.dirs[o] = slices.Clone(d.moves)
	case n.dir:
		var left []*op
		for _, m := range d.moves {
			if slices.Contains(d.dirs[o], m) && filepath.Dir(m.path) == o.path {
				d.apply(d.kept, m)
			} else {
				left = append(left, m)
			}
		}
		d.moves = left
	case !end:
		for _, c := range n.later {
			if c.done {
				d.syncs[o] = append(d.syncs[o], c)
			}
		}
	default:
		var left []*change
		for _, c := range n.later {
			if slices.Contains(d.syncs[o], c) {
				n.disk.apply(c.op)
			} else {
				left = append(left, c)
			}
		}
		n.later = left
	}
	if end {
		delete(d.syncs, o)
		delete(d.dirs, o)
	}
}

// image is a folder that a power cut could leave.
type image map[string]content // a folder ends in "/"

// loss says how much of what was not flushed is lost.
type loss int

const (
	nothingLost loss = iota // as kill -9 leaves it
	allLost
	someLost // any subset, so in any order
	torn     // and sectors of 512 bytes of it
	firstLost
	losses
)

// cut gives what a power cut now leaves.
func (d *disk) cut(rng *rand.Rand, l loss) image {
	names := maps.Clone(d.kept)
	keep := len(d.moves)
	switch l {
	case nothingLost:
	case allLost:
		keep = 0
	default:
		keep = rng.IntN(keep + 1)
	}
	for _, m := range d.moves[:keep] {
		d.apply(names, m)
	}
	out := image{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		n := names[name]
		if name == "." || !there(names, name) {
			continue
		}
		if n.dir {
			out[name+"/"] = content{}
			continue
		}
		c := n.disk.clone()
		for i, ch := range n.later {
			survive(rng, &c, ch.op, l, i, len(n.later))
		}
		out[name] = c
	}
	return out
}

// there tells that every folder above a name is there too.
func there(names map[string]*inode, name string) bool {
	for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
		if n := names[dir]; n == nil || !n.dir {
			return false
		}
	}
	return true
}

func survive(rng *rand.Rand, c *content, o *op, l loss, i, of int) {
	switch l {
	case nothingLost:
	case allLost:
		return
	case firstLost:
		if i < of-1 {
			return
		}
	case someLost, torn:
		if rng.IntN(2) == 0 {
			return
		}
	}
	if l != torn || o.what != opWrite {
		c.apply(o)
		return
	}
	for at := 0; at < len(o.data); {
		next := min(len(o.data), at+sector-int(o.off+int64(at))%sector)
		if rng.IntN(2) == 0 {
			c.write(o.off+int64(at), o.data[at:next])
		}
		at = next
	}
}

// put writes an image as the folder dir.
func (im image) put(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(im)) {
		var err error
		if path, isDir := strings.CutSuffix(name, "/"); isDir {
			err = os.Mkdir(filepath.Join(dir, path), 0o700)
		} else {
			err = im[name].put(filepath.Join(dir, name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// diskOf is a disk that holds an image, all of it flushed.
func diskOf(im image) *disk {
	d := newDisk()
	for name, c := range im {
		n := &inode{disk: c}
		if path, isDir := strings.CutSuffix(name, "/"); isDir {
			name, n.dir = path, true
		}
		d.names[name], d.kept[name] = n, n
	}
	return d
}

// differs compares an image with a folder, byte for byte.
func (im image) differs(dir string) error {
	seen := 0
	for name, c := range im {
		if strings.HasSuffix(name, "/") {
			continue
		}
		seen++
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if !bytes.Equal(b, c.bytes()) {
			return fmt.Errorf("%s: %d bytes replayed, %d in the file, or they differ", name, c.size, len(b))
		}
	}
	files := 0
	err := filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files++
		}
		return err
	})
	if err == nil && files != seen {
		err = fmt.Errorf("%d files replayed, %d there", seen, files)
	}
	return err
}
