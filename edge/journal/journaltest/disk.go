package journaltest

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"sort"
	"sync"
	"syscall"

	"dcedge/edge/journal"
)

const sector = 512

// ErrPower is returned by every call after the power went (Faults.PowerAt), and
// by handles from before a Crash or Kill.
var ErrPower = errors.New("journaltest: the power is off")

// Faults say what fails. Counts are of calls on this Disk from 1; 0 = never.
type Faults struct {
	PowerAt     int   // from this changing call on (write, truncate, flush, names) the power is off
	FailFlushAt int   // this Datasync errors, and then the cache lies
	FailWriteAt int   // this WriteAt errors with EIO after part of it
	FlipReadAt  int   // this ReadAt gives one wrong bit
	Capacity    int64 // bytes; a write beyond fails with ENOSPC. 0 = no limit
	LieOnFlush  bool  // Datasync does nothing and says it did: the negative control
}

// Counts are calls so far.
type Counts struct {
	Changes, Flushes, Writes, Reads int
	FlushesOf                       map[string]int // by base name at the time of the call
	WritesOf                        map[string]int
}

// Disk is a journal.FS in memory. It is safe for several goroutines; with one,
// the same seed gives the same run.
type Disk struct {
	mu     sync.Mutex
	rng    *rand.Rand
	faults Faults
	counts Counts
	dead   bool

	names   map[string]*inode // as seen
	durable map[string]*inode // after a power cut
	pending []nameChange      // since the last SyncDir
}

var _ journal.FS = (*Disk)(nil)

type nameChange struct {
	dir  string
	name string
	to   string // rename
	node *inode // create
	kind byte   // 'c', 'r', 'd'
}

// inode is one file. cache is what reads show.
type inode struct {
	cache, disk []byte
	writes      []write // since the last flush
}

type write struct {
	off  int64
	data []byte
	trim bool // off is the new size
}

// New makes an empty disk.
func New(seed uint64) *Disk {
	return &Disk{rng: rand.New(rand.NewPCG(seed, 0x0d15c)), names: map[string]*inode{}, durable: map[string]*inode{},
		counts: Counts{FlushesOf: map[string]int{}, WritesOf: map[string]int{}}}
}

// SetFaults replaces the faults; the counts they refer to start again at 0.
func (d *Disk) SetFaults(f Faults) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = f
	d.counts = Counts{FlushesOf: map[string]int{}, WritesOf: map[string]int{}}
}

// Counts gives the calls since New or SetFaults.
func (d *Disk) Counts() Counts {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.counts
	c.FlushesOf, c.WritesOf = map[string]int{}, map[string]int{}
	for k, v := range d.counts.FlushesOf {
		c.FlushesOf[k] = v
	}
	for k, v := range d.counts.WritesOf {
		c.WritesOf[k] = v
	}
	return c
}

// change counts a call that changes something and is where the power goes.
func (d *Disk) change() error {
	if d.dead {
		return ErrPower
	}
	d.counts.Changes++
	if d.faults.PowerAt > 0 && d.counts.Changes >= d.faults.PowerAt {
		d.dead = true
		return ErrPower
	}
	return nil
}

// Create makes or empties a file.
func (d *Disk) Create(name string) (journal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.change(); err != nil {
		return nil, err
	}
	node := &inode{}
	d.names[name] = node
	d.pending = append(d.pending, nameChange{dir: filepath.Dir(name), name: name, node: node, kind: 'c'})
	return &file{disk: d, node: node, write: true}, nil
}

// Open opens a file that exists.
func (d *Disk) Open(name string, write bool) (journal.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return nil, ErrPower
	}
	node, ok := d.names[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &file{disk: d, node: node, write: write}, nil
}

// List gives the base names in dir, sorted.
func (d *Disk) List(dir string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return nil, ErrPower
	}
	var names []string
	for name := range d.names {
		if filepath.Dir(name) == filepath.Clean(dir) {
			names = append(names, filepath.Base(name))
		}
	}
	sort.Strings(names)
	return names, nil
}

// Rename moves a file over another.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.change(); err != nil {
		return err
	}
	if d.names[from] == nil {
		return &fs.PathError{Op: "rename", Path: from, Err: fs.ErrNotExist}
	}
	c := nameChange{dir: filepath.Dir(to), name: from, to: to, kind: 'r'}
	c.apply(d.names)
	d.pending = append(d.pending, c)
	return nil
}

// Remove unlinks a file.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.change(); err != nil {
		return err
	}
	if d.names[name] == nil {
		return &fs.PathError{Op: "remove", Path: name, Err: fs.ErrNotExist}
	}
	c := nameChange{dir: filepath.Dir(name), name: name, kind: 'd'}
	c.apply(d.names)
	d.pending = append(d.pending, c)
	return nil
}

// MkdirAll does nothing: folders are there.
func (d *Disk) MkdirAll(string) error { return nil }

// SyncDir makes the names in dir durable.
func (d *Disk) SyncDir(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.change(); err != nil {
		return err
	}
	var left []nameChange
	for _, c := range d.pending {
		if c.dir == filepath.Clean(dir) {
			c.apply(d.durable)
		} else {
			left = append(left, c)
		}
	}
	d.pending = left
	return nil
}

func (c *nameChange) apply(names map[string]*inode) {
	switch c.kind {
	case 'c':
		names[c.name] = c.node
	case 'd':
		delete(names, c.name)
	case 'r':
		if node := names[c.name]; node != nil {
			names[c.to] = node
			delete(names, c.name)
		}
	}
}

// Flip changes bits of one byte, on the platter and in the cache.
func (d *Disk) Flip(name string, off int64, mask byte) error {
	return d.Damage(name, func(b []byte) []byte { b[off] ^= mask; return b })
}

// Damage lets fn change a file behind everybody's back.
func (d *Disk) Damage(name string, fn func([]byte) []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	node := d.names[name]
	if node == nil {
		return fmt.Errorf("damage %s: %w", name, fs.ErrNotExist)
	}
	node.cache = fn(append([]byte(nil), node.cache...))
	node.disk = append([]byte(nil), node.cache...)
	node.writes = nil
	return nil
}

// Bytes gives a file as reads show it.
func (d *Disk) Bytes(name string) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	if node := d.names[name]; node != nil {
		return append([]byte(nil), node.cache...)
	}
	return nil
}

func (d *Disk) used() int64 {
	seen, sum := map[*inode]bool{}, int64(0)
	for _, n := range d.names {
		if !seen[n] {
			seen[n] = true
			sum += int64(len(n.cache))
		}
	}
	return sum
}

func noSpace(name string) error {
	return &fs.PathError{Op: "write", Path: name, Err: syscall.ENOSPC}
}
