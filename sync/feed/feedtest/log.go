package feedtest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/sync/batch"
	"dcedge/sync/feed"
)

// Log is an event log in memory. Make it with New.
type Log struct {
	mu     sync.Mutex
	epochs []*epoch // the oldest first
	change chan struct{}
}

type epoch struct {
	feed.Epoch
	lines  [][]byte
	hashes [][32]byte // hashes[n] is the chain's behind event n
}

var (
	_ feed.Log      = (*Log)(nil)
	_ feed.Position = (*Log)(nil)
)

// New makes an empty log.
func New(id string) *Log {
	return &Log{epochs: []*epoch{begin(feed.Epoch{ID: id, Oldest: 1})}, change: make(chan struct{})}
}

func begin(e feed.Epoch) *epoch {
	return &epoch{Epoch: e, hashes: [][32]byte{batch.Origin(e.ID)}}
}

// Line is the event line that Add makes.
func Line(seq uint64, at time.Time, what string) []byte {
	e := edge.Event{Seq: seq, At: at, Type: edge.EvStep, Data: &edge.StepConfirmed{Kind: "help", What: what}}
	return e.AppendLine(nil)
}

// now is the present epoch; l.mu is held.
func (l *Log) now() *epoch { return l.epochs[len(l.epochs)-1] }

// Add appends n events that say what.
func (l *Log) Add(n int, at time.Time, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.now()
	for range n {
		line := Line(uint64(len(e.lines)+1), at, what)
		e.hashes = append(e.hashes, batch.Link(e.hashes[len(e.lines)], line))
		e.lines = append(e.lines, line)
	}
	close(l.change)
	l.change = make(chan struct{})
}

// Purge drops events of the present epoch before oldest.
func (l *Log) Purge(oldest uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now().Oldest = oldest
}

// Cut drops events of the present epoch behind seq, as a roll-back would.
func (l *Log) Cut(seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.now()
	e.lines, e.hashes = e.lines[:seq:seq], e.hashes[:seq+1:seq+1]
}

// Fork seals the present epoch and begins another.
func (l *Log) Fork(id, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.now()
	n := uint64(len(e.lines))
	e.Sealed = true
	l.epochs = append(l.epochs, begin(feed.Epoch{ID: id, Parent: e.ID, ParentSeq: n, ParentHash: e.hashes[n], Reason: reason, Oldest: 1}))
}

// Copy gives the log as it is now, as a backup does.
func (l *Log) Copy() *Log {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &Log{change: make(chan struct{})}
	for _, e := range l.epochs {
		one := *e
		one.lines, one.hashes = slices.Clone(e.lines), slices.Clone(e.hashes)
		c.epochs = append(c.epochs, &one)
	}
	return c
}

// Epoch is the present epoch.
func (l *Log) Epoch() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now().ID
}

// Head is the last event of the present epoch.
func (l *Log) Head() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.now().lines))
}

// Epochs lists the lineage.
func (l *Log) Epochs() []feed.Epoch {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]feed.Epoch, len(l.epochs))
	for i, e := range l.epochs {
		out[i] = e.Epoch
		out[i].Head = uint64(len(e.lines))
	}
	return out
}

// find gives an epoch in which events behind a place may be asked for; l.mu is
// held.
func (l *Log) find(id string, after uint64) (*epoch, error) {
	for _, e := range l.epochs {
		switch {
		case e.ID != id:
		case after > uint64(len(e.lines)):
			return nil, fmt.Errorf("%w: event %d", feed.ErrAhead, after)
		case after+1 < e.Oldest:
			return nil, fmt.Errorf("%w: event %d", feed.ErrGone, after+1)
		default:
			return e, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", feed.ErrEpoch, id)
}

// HashAt gives the chain's hash behind an event.
func (l *Log) HashAt(id string, seq uint64) ([32]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, err := l.find(id, seq)
	if err != nil {
		return [32]byte{}, err
	}
	return e.hashes[seq], nil
}

// Read gives events behind a place.
func (l *Log) Read(id string, after uint64, limit, maxBytes int, dst []byte) (batch.Chunk, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, err := l.find(id, after)
	if err != nil {
		return batch.Chunk{}, err
	}
	c := batch.Chunk{First: after + 1, Lines: dst[:0], Prev: e.hashes[after], Last: e.hashes[after]}
	for _, line := range e.lines[after:] {
		if c.Count == limit || c.Count > 0 && len(c.Lines)+len(line)+1 > maxBytes {
			break
		}
		c.Lines = append(append(c.Lines, line...), '\n')
		c.Count++
		c.Last = e.hashes[after+uint64(c.Count)]
	}
	return c, nil
}

// Wait returns when there is an event of the present epoch behind seq.
func (l *Log) Wait(ctx context.Context, seq uint64) error {
	for {
		l.mu.Lock()
		n, change := uint64(len(l.now().lines)), l.change
		l.mu.Unlock()
		if n > seq {
			return nil
		}
		select {
		case <-change:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Recorder keeps the newest private record of each kind and key.
type Recorder struct {
	mu   sync.Mutex
	kept map[string]edge.Private
	Err  error // refuses records while it is set; set it only between calls
}

var _ feed.Recorder = (*Recorder)(nil)

// Record keeps records.
func (r *Recorder) Record(_ context.Context, records ...edge.Private) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Err != nil {
		return r.Err
	}
	if r.kept == nil {
		r.kept = map[string]edge.Private{}
	}
	for _, p := range records {
		if key := p.Kind + "\x00" + p.Key; p.Value == nil {
			delete(r.kept, key)
		} else {
			r.kept[key] = p
		}
	}
	return nil
}

// All gives what is kept, as a restart would find it.
func (r *Recorder) All() []edge.Private {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []edge.Private
	for _, p := range r.kept {
		out = append(out, p)
	}
	return out
}

// Copy gives what is kept now, as a backup does.
func (r *Recorder) Copy() *Recorder {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &Recorder{kept: maps.Clone(r.kept)}
}
