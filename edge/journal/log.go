package journal

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"sync"
)

const (
	minSegmentBytes = 4 << 10
	// recoveryRoom is what a segment made at start has left for new frames.
	recoveryRoom = 1 << 20
)

// Floor is a place that somebody outside the log knows to be flushed: the
// store's applied mark, the witness, a consumer. A log that does not reach it,
// or has another history there, is damaged.
type Floor struct {
	Who   string
	Epoch string // "": the present one; a floor of an epoch that the log never had is not looked at
	// Pos or Seq may be 0 (not known); a zero Hash is not compared.
	Place
	// Rollback tells that a log which ends whole below it, or elsewhere, may have
	// been put back: that is for the caller to find out. A torn end below it is
	// damage all the same.
	Rollback bool
}

func (f *Floor) in(present string) string { return cmp.Or(f.Epoch, present) }

// Options of Open. FS, Dir and Logger are required.
type Options struct {
	FS     FS
	Dir    string
	Logger *slog.Logger
	// SegmentBytes is the size of a segment, 4 KiB to 1 GiB; 0 = 32 MiB.
	SegmentBytes int64
	Floors       []Floor
	// Purged is the last pos that was let go on purpose (archived); the oldest
	// segment must begin at or before it. 0: nothing has left.
	Purged uint64
	// NewEpoch names a new epoch, 1 to 64 bytes; nil = random.
	NewEpoch func() string
	// Home names whose folder it is; the segments of an epoch that begins bear it.
	Home [32]byte
	// Inline prepares the next segment within Append and not beside it, so that
	// a simulation is the same in every run.
	Inline bool
}

func (o *Options) check() error {
	var errs []error
	if o.FS == nil || o.Dir == "" || o.Logger == nil {
		errs = append(errs, errors.New("FS, Dir and Logger are required"))
	}
	if o.SegmentBytes == 0 {
		o.SegmentBytes = defaultSegmentBytes
	}
	if o.SegmentBytes < minSegmentBytes || o.SegmentBytes > 1<<30 || o.SegmentBytes%headerSize != 0 {
		errs = append(errs, fmt.Errorf("SegmentBytes %d: 4 KiB to 1 GiB, a multiple of 512", o.SegmentBytes))
	}
	if o.NewEpoch == nil {
		o.NewEpoch = rand.Text
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("journal options: %w", err)
	}
	return nil
}

// Recovery tells what Open found and did.
type Recovery struct {
	Created   bool   // a new log with a new epoch
	Proven    uint64 // last pos that was proven flushed before
	Rewritten int    // frames behind it, now in a new segment and flushed
	Cut       bool   // a torn tail was cut off
	CutFrames int    // whole frames in it, of messages that were not all there
	Segments  int
}

// Log is an open segment log. Append, Prove and Close are the writer's; reads
// may run beside them from any goroutine.
type Log struct {
	opts     Options
	epoch    string // the present one; Fork alone changes it
	origin   origin
	tag      uint64
	recovery Recovery
	buffers  sync.Pool // of *[]byte, walkBuffer long

	w      sync.Mutex // held by the writer
	file   File       // of the active segment
	off    int64      // next byte to write in it
	cur    cursor     // flushed
	proven uint64     // last pos that a flushed frame's `synced` covers
	next   chan made  // the segment being prepared; nil = none asked for
	failed error
	closed bool

	mu     sync.RWMutex // what readers see
	segs   []*segment   // oldest first; the last is active
	first  int          // in segs: where the present epoch begins
	head   Place
	change chan struct{} // closed at the next head; nil = nobody waits

	keptMu sync.Mutex
	kept   []*segment // full segments with an index in memory, oldest first
}

// Epoch is the id of this log's present epoch.
func (l *Log) Epoch() string { return l.epoch }

// Recovery tells what Open did.
func (l *Log) Recovery() Recovery { return l.recovery }

// Head is the last flushed place.
func (l *Log) Head() Place {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.head
}

// Oldest is the seq of the oldest event kept of the present epoch; head+1 if
// there is none.
func (l *Log) Oldest() uint64 {
	v := l.view()
	return v.segs[v.from].baseSeq + 1
}

// Wait returns when there is an event behind seq, or with ctx's error.
func (l *Log) Wait(ctx context.Context, seq uint64) error {
	for {
		l.mu.Lock()
		if l.head.Seq > seq {
			l.mu.Unlock()
			return nil
		}
		if l.change == nil {
			l.change = make(chan struct{})
		}
		change := l.change
		l.mu.Unlock()
		select {
		case <-change:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (l *Log) publish(active *segment, head Place) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if active != l.segs[len(l.segs)-1] {
		segs := make([]*segment, len(l.segs), len(l.segs)+1)
		copy(segs, l.segs)
		l.segs = append(segs, active)
	}
	l.head = head
	if l.change != nil {
		close(l.change)
		l.change = nil
	}
}
