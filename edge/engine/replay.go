package engine

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
)

// replay applies frames and hands them to the store.
type replay struct {
	base   Base
	state  *floor.State
	epoch  string // of the last frame
	at     time.Time
	step   edge.Step
	hash   [32]byte
	frames int
	since  int // frames in step
	behind int // frames not flushed
	others int // checkpoints by other rules
	flush  int // frames between two flushes
	open   bool

	mark     string // the newest mark of a checkpoint: seq
	markHash string // of the state there
}

// parsed is a frame that was read and understood, or not.
type parsed struct {
	journal.Frame
	event   edge.Event
	outcome outcome
	private edge.Private
	err     error
}

// part is some frames on their way from the reader through a parser.
type part struct {
	frames []parsed
	lines  []byte
	done   chan struct{} // closed when they are parsed
}

const partFrames = 512

// errQuit ends the reader when the one who applies has given up.
var errQuit = errors.New("engine: the replay was given up")

// all reads, parses and applies what lies behind a place. Parsing costs most:
// it is done by as many as there are processors.
func (p *replay) all(log History, after uint64) error {
	var (
		queue   = make(chan *part, 8) // in the order of the journal
		work    = make(chan *part, 8)
		quit    = make(chan struct{})
		read    error
		workers sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for b := range work {
				b.parse()
			}
		})
	}
	workers.Go(func() {
		defer close(work)
		defer close(queue)
		read = readParts(log, after, queue, work, quit)
	})
	err := p.parts(queue)
	close(quit)
	workers.Wait()
	if err == nil {
		err = read
	}
	if err != nil {
		return err
	}
	if epochs := log.Epochs(); p.epoch != epochs[len(epochs)-1].ID {
		p.enter(epochs[len(epochs)-1].ID) // nothing happened in it yet
	}
	p.commit(log.Head())
	return p.base.Flush()
}

// enter goes over the seam to the next epoch: its chain begins anew, and no
// checkpoint of it speaks of a state before.
func (p *replay) enter(epoch string) {
	p.epoch, p.hash, p.mark = epoch, sha256.Sum256([]byte(epoch)), ""
}

func (p *replay) parts(queue <-chan *part) error {
	for b := range queue {
		<-b.done
		for i := range b.frames {
			if err := p.frame(&b.frames[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// readParts copies the frames: a line is the journal's only while it is read.
func readParts(log History, after uint64, queue, work chan<- *part, quit <-chan struct{}) error {
	b := newPart()
	send := func() error {
		b.settle()
		for _, to := range []chan<- *part{queue, work} {
			select {
			case to <- b:
			case <-quit:
				return errQuit
			}
		}
		b = newPart()
		return nil
	}
	err := log.ReadFrames(after, func(f journal.Frame) error {
		b.lines = append(b.lines, f.Line...)
		b.frames = append(b.frames, parsed{Frame: f})
		if len(b.frames) < partFrames {
			return nil
		}
		return send()
	})
	if err == nil && len(b.frames) > 0 {
		err = send()
	}
	return err
}

func newPart() *part {
	return &part{frames: make([]parsed, 0, partFrames), lines: make([]byte, 0, partFrames*256), done: make(chan struct{})}
}

// settle points the frames to their copied lines.
func (b *part) settle() {
	from := 0
	for i := range b.frames {
		f := &b.frames[i]
		to := from + len(f.Line)
		f.Line, from = b.lines[from:to:to], to
	}
}

func (b *part) parse() {
	defer close(b.done)
	for i := range b.frames {
		f := &b.frames[i]
		switch f.Kind {
		case journal.Event:
			f.event, f.err = edge.ParseEvent(f.Line)
		case journal.Outcome:
			f.outcome, f.err = parseOutcome(f.Line)
		case journal.Private:
			f.private, f.err = parsePrivate(f.Line)
		}
	}
}

func (p *replay) frame(f *parsed) error {
	if !p.open {
		p.state.BeginMessage()
		p.open = true
	}
	if f.Epoch != p.epoch {
		p.enter(f.Epoch)
	}
	p.frames++
	p.since++
	p.behind++
	if err := p.one(f); err != nil {
		return fmt.Errorf("frame %d, event %d: %w", f.Pos, f.Seq, err)
	}
	if !f.Last {
		return nil
	}
	p.state.AcceptMessage()
	p.open = false
	if p.since < replayBatch {
		return nil
	}
	p.commit(journal.Place{Pos: f.Pos, Seq: f.Seq, Hash: p.hash})
	if p.behind < p.flush {
		return nil
	}
	p.behind = 0
	return p.base.Flush()
}

func (p *replay) one(f *parsed) error {
	if f.err != nil {
		return f.err
	}
	switch f.Kind {
	case journal.Event:
		p.hash = f.Chain
		p.later(f.event.At)
		if c, ok := f.event.Data.(*edge.Checkpoint); ok && f.event.Type == edge.EvCheckpoint {
			if err := p.compare(c, f.Seq); err != nil {
				return err
			}
		}
		return floor.Apply(p.state, &f.event)
	case journal.Outcome:
		o := &f.outcome
		p.later(o.at)
		p.step.Outcomes = append(p.step.Outcomes, edge.Remembered{ID: o.id, At: o.at, Data: append([]byte(nil), f.Line...)})
		if o.rev != 0 { // else a device's, which sees no screen, or told by the WMS
			p.step.Revs = append(p.step.Revs, revMark{rev: o.rev, key: o.key}.of(o.worker))
		}
	case journal.Private:
		return p.record(f.private)
	}
	return nil
}

func (p *replay) record(r edge.Private) error {
	switch r.Kind {
	case markKind:
		hash, err := p.state.Hash()
		p.mark, p.markHash = r.Key, hash
		return err
	case edge.RevKind:
		m, err := parseRev(r.Value)
		p.step.Revs = append(p.step.Revs, m.of(r.Key))
		return err
	}
	p.step.Privates = append(p.step.Privates, r)
	return nil
}

func (p *replay) later(at time.Time) {
	if at.After(p.at) {
		p.at = at
	}
}

// compare holds a checkpoint at seq to the state here, or to that at the mark
// that it speaks of. One whose mark lies before this replay cannot be held to
// anything, nor one that another version wrote, whose rules made another state of
// the same events.
func (p *replay) compare(c *edge.Checkpoint, seq uint64) error {
	if c.Rules != floor.Rules {
		p.others++
		return nil
	}
	hash := p.markHash
	if strconv.FormatUint(c.UpTo, 10) != p.mark {
		if c.UpTo != seq-1 {
			return nil
		}
		var err error
		if hash, err = p.state.Hash(); err != nil {
			return err
		}
	}
	if hash != c.Hash {
		return fmt.Errorf("%w: checkpoint of event %d", ErrDiverged, c.UpTo)
	}
	return nil
}

// commit hands what was replayed since the last time to the store.
func (p *replay) commit(at journal.Place) {
	changes := p.state.CommitBatch()
	if p.since == 0 {
		return
	}
	p.step.Epoch, p.step.Pos, p.step.Seq, p.step.Hash, p.step.At, p.step.Changes = p.epoch, at.Pos, at.Seq, at.Hash, p.at, changes
	p.base.Take(p.step)
	p.step, p.since = edge.Step{}, 0
}
