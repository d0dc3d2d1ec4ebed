package feedtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/sync/batch"
	"dcedge/sync/feed"
)

// Log is an event log in memory. Make it with New.
type Log struct {
	mu     sync.Mutex
	epoch  string
	lines  [][]byte
	hashes [][32]byte // hashes[n] is the chain's behind event n
	oldest uint64
	change chan struct{}
}

var (
	_ feed.Log      = (*Log)(nil)
	_ feed.Position = (*Log)(nil)
)

// New makes an empty log.
func New(epoch string) *Log {
	return &Log{epoch: epoch, hashes: [][32]byte{batch.Origin(epoch)}, oldest: 1, change: make(chan struct{})}
}

// Line is the event line that Add makes.
func Line(seq uint64, at time.Time, what string) []byte {
	e := edge.Event{Seq: seq, At: at, Type: edge.EvStep, Data: &edge.StepConfirmed{Kind: "help", What: what}}
	return e.AppendLine(nil)
}

// Add appends n events that say what.
func (l *Log) Add(n int, at time.Time, what string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range n {
		line := Line(uint64(len(l.lines)+1), at, what)
		l.hashes = append(l.hashes, batch.Link(l.hashes[len(l.lines)], line))
		l.lines = append(l.lines, line)
	}
	close(l.change)
	l.change = make(chan struct{})
}

// Purge drops events before oldest.
func (l *Log) Purge(oldest uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.oldest = oldest
}

// Cut drops events behind seq, as a roll-back would.
func (l *Log) Cut(seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines, l.hashes = l.lines[:seq], l.hashes[:seq+1]
}

// Epoch is the log's epoch.
func (l *Log) Epoch() string { return l.epoch }

// Head is the last event.
func (l *Log) Head() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.lines))
}

// Oldest is the oldest event kept.
func (l *Log) Oldest() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.oldest
}

func (l *Log) check(after uint64) error {
	switch {
	case after > uint64(len(l.lines)):
		return fmt.Errorf("%w: event %d", feed.ErrAhead, after)
	case after+1 < l.oldest:
		return fmt.Errorf("%w: event %d", feed.ErrGone, after+1)
	}
	return nil
}

// HashAt gives the chain's hash behind an event.
func (l *Log) HashAt(seq uint64) ([32]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(seq); err != nil {
		return [32]byte{}, err
	}
	return l.hashes[seq], nil
}

// Read gives events behind a place.
func (l *Log) Read(after uint64, limit, maxBytes int, dst []byte) (batch.Chunk, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.check(after); err != nil {
		return batch.Chunk{}, err
	}
	c := batch.Chunk{First: after + 1, Lines: dst[:0], Prev: l.hashes[after], Last: l.hashes[after]}
	for _, line := range l.lines[after:] {
		if c.Count == limit || c.Count > 0 && len(c.Lines)+len(line)+1 > maxBytes {
			break
		}
		c.Lines = append(append(c.Lines, line...), '\n')
		c.Count++
		c.Last = l.hashes[after+uint64(c.Count)]
	}
	return c, nil
}

// Wait returns when there is an event behind seq.
func (l *Log) Wait(ctx context.Context, seq uint64) error {
	for {
		l.mu.Lock()
		n, change := uint64(len(l.lines)), l.change
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
