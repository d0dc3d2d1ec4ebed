package journaltest

import (
	"maps"
	"slices"
)

// Crash gives the disk that a power cut now would leave, chosen by seed. The
// old Disk and its handles are dead.
func (d *Disk) Crash(seed uint64) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
	next := New(seed)
	names := maps.Clone(d.durable)
	for _, c := range d.pending[:next.rng.IntN(len(d.pending)+1)] {
		c.apply(names)
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		data := names[name].survivors(next.rng)
		node := &inode{disk: data, cache: append([]byte(nil), data...)}
		next.names[name], next.durable[name] = node, node
	}
	return next
}

// Kill gives the disk that the end of the process leaves: what the cache shows
// stays, flushed or not, lost on the platter or not. The old handles are dead.
func (d *Disk) Kill(seed uint64) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
	next := New(seed)
	next.durable = d.durable
	next.names = d.names
	next.pending = d.pending
	return next
}

// Copy gives a second disk with what this one shows, all of it flushed. This
// one stays alive.
func (d *Disk) Copy(seed uint64) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	next := New(seed)
	for name, n := range d.names {
		node := &inode{disk: slices.Clone(n.cache), cache: slices.Clone(n.cache)}
		next.names[name], next.durable[name] = node, node
	}
	return next
}
