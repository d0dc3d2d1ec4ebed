package journal

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Epoch is one epoch of a log: a history of its own, in which seq and the
// events' chain begin anew.
type Epoch struct {
	ID     string
	Parent string // the epoch before it; "" for the first
	At     Place  // where in the parent it begins: the parent's seal
	Reason string // why; "" for the first
	Home   [32]byte
	Oldest uint64 // seq of the oldest event kept; Head.Seq+1 if there is none
	Head   Place  // the last flushed place; of a sealed epoch its seal
	Sealed bool   // another epoch follows
}

// Birth is what a new epoch is made for.
type Birth struct {
	Reason string // 1 to 32 bytes
	Home   [32]byte
}

// Past reads one epoch of a log. It may be used from any goroutine.
type Past struct {
	log *Log
	id  string
}

// Epochs lists what epochs the log keeps, the oldest first; the last is the
// present one.
func (l *Log) Epochs() []Epoch {
	v := l.view()
	var out []Epoch
	for from := 0; from < len(v.segs); {
		e := v.epoch(from)
		e.Oldest = v.segs[from].baseSeq + 1
		for from < len(v.segs) && v.segs[from].epoch == e.ID {
			from++
		}
		out = append(out, e)
	}
	return out
}

// epoch tells of the epoch that begins in segment from.
func (v *view) epoch(from int) Epoch {
	s := v.segs[from]
	e := Epoch{ID: s.epoch, Parent: s.origin.parent, At: s.origin.at, Reason: s.origin.reason, Home: s.origin.home, Head: v.head}
	for _, next := range v.segs[from+1:] {
		if next.epoch != s.epoch {
			e.Sealed, e.Head = true, next.origin.at
			break
		}
	}
	return e
}

// seals tells up to which event every epoch goes; of the present one 0.
func (l *Log) seals() map[string]uint64 {
	out := make(map[string]uint64)
	for _, e := range l.Epochs() {
		if out[e.ID] = 0; e.Sealed {
			out[e.ID] = e.Head.Seq
		}
	}
	return out
}

// In reads one epoch. ErrEpoch: the log never had it, or keeps nothing of it.
func (l *Log) In(epoch string) (*Past, error) {
	p := &Past{log: l, id: epoch}
	_, err := p.view()
	return p, err
}

// view is the epoch as it is now.
func (p *Past) view() (view, error) {
	v := p.log.view()
	if v.segs[v.from].epoch == p.id {
		return v, nil
	}
	for v.to = v.from; v.to > 0; v.to-- {
		if v.segs[v.to-1].epoch == p.id {
			v.head = v.segs[v.to].origin.at
			for v.from = v.to - 1; v.from > 0 && v.segs[v.from-1].epoch == p.id; v.from-- {
			}
			return v, nil
		}
	}
	return v, fmt.Errorf("%w: %s", ErrEpoch, p.id)
}

// Head is the epoch's last flushed place.
func (p *Past) Head() Place {
	v, _ := p.view() // it was there, and no epoch leaves an open log
	return v.head
}

// ReadEvents is Log.ReadEvents of this epoch.
func (p *Past) ReadEvents(afterSeq uint64, limit, maxBytes int, dst []byte) (Events, error) {
	v, err := p.view()
	if err != nil {
		return Events{}, err
	}
	return p.log.readEvents(v, afterSeq, limit, maxBytes, dst)
}

// HashAt is Log.HashAt of this epoch.
func (p *Past) HashAt(seq uint64) ([32]byte, error) {
	v, err := p.view()
	if err != nil {
		return [32]byte{}, err
	}
	return p.log.hashAt(v, seq)
}

// HashIn is HashAt of any epoch that the log keeps.
func (l *Log) HashIn(epoch string, seq uint64) ([32]byte, error) {
	p, err := l.In(epoch)
	if err != nil {
		return [32]byte{}, err
	}
	return p.HashAt(seq)
}

// Fork seals the present epoch where it ends and goes on in a new one. It is
// done or not: the new epoch's first segment has its name when it is whole on
// disk. Before anything reads or appends; after an error the log is dead.
func (l *Log) Fork(b Birth) error {
	l.w.Lock()
	defer l.w.Unlock()
	if err := l.usable(); err != nil {
		return err
	}
	if b.Reason == "" || len(b.Reason) > maxReason {
		return fmt.Errorf("a new epoch's reason has %d bytes (1 to %d)", len(b.Reason), maxReason)
	}
	if err := l.fork(b); err != nil {
		l.failed = fmt.Errorf("%w: new epoch after frame %d: %w", ErrFailed, l.cur.pos, err)
		return l.failed
	}
	return nil
}

func (l *Log) fork(b Birth) error {
	epoch := l.opts.NewEpoch()
	if len(epoch) == 0 || len(epoch) > maxEpoch || l.knows(epoch) {
		return fmt.Errorf("epoch of %d bytes (1 to %d, and no other's)", len(epoch), maxEpoch)
	}
	if err := errors.Join(l.prove(), l.proveHeader()); err != nil {
		return err
	}
	if l.next != nil { // the prepared segment's place is taken by the new epoch's first
		if m := <-l.next; m.err == nil {
			if err := m.file.Close(); err != nil {
				return err
			}
		}
		l.next = nil
	}
	sealed, file, end := l.segs[len(l.segs)-1], l.file, l.off
	parent := origin{parent: l.epoch, at: l.cur.place(), reason: b.Reason, home: b.Home}
	was, tag, from := l.epoch, l.tag, l.origin
	l.epoch, l.tag, l.origin = epoch, epochTag(epoch), parent
	cur := startCursor(epoch).from(l.cur.pos)
	if err := l.begin(sealed.number+1, l.opts.SegmentBytes, cur, nil); err != nil {
		l.epoch, l.tag, l.origin = was, tag, from
		return err
	}
	l.mu.Lock()
	l.first, l.cur, l.head = len(l.segs)-1, cur, cur.place()
	l.mu.Unlock()
	if err := errors.Join(file.Truncate(end), file.Close()); err != nil {
		l.opts.Logger.Warn("journal: the sealed segment keeps its room", "segment", filepath.Base(sealed.name), "error", err)
	}
	l.prepare("")
	return nil
}

// proveHeader writes the active segment's header again: where no frame followed
// it, it may stand in the cache alone.
func (l *Log) proveHeader() error {
	block := make([]byte, headerSize)
	l.segs[len(l.segs)-1].put(block)
	return l.write(block, 0)
}

func (l *Log) knows(epoch string) bool {
	_, known := l.seals()[epoch]
	return known
}
