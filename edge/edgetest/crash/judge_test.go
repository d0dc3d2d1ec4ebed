package crash

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"

	words "dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/engine"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
	"dcedge/edge/store"
)

// smallSegment is what a binary of the tag smallsegments makes.
const smallSegment = 512 << 10

// history is what really happened, to compare what is left with.
type history struct {
	epoch    string
	chain    [][32]byte        // by seq, from 0
	states   map[uint64]string // hash of the state where a message ends, by seq
	outcomes map[string]uint64 // seq by message
	private  [][32]byte        // chain of the other frames, by how many there were
	refs     [][32]byte        // the same of the reference log
}

// left is what a restart finds.
type left struct {
	epoch    string
	head     journal.Place
	state    string
	outcomes map[string]uint64
	chain    [][32]byte
	others   [][32]byte
	refs     [][32]byte
	store    *store.Store
	askAll   bool // of the store too
	closes   []func() error
}

func (l *left) close() error {
	var errs []error
	for i := len(l.closes) - 1; i >= 0; i-- {
		errs = append(errs, l.closes[i]())
	}
	return errors.Join(errs...)
}

// reopen does what the program does at its start, as edge/agent has it.
func reopen(dir string) (_ *left, err error) {
	l := &left{}
	quiet := slog.New(slog.DiscardHandler)
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	s, err := store.Open(store.Options{Dir: dir, Logger: quiet})
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	l.store, l.closes = s, append(l.closes, s.Close)
	open := func(name string, floors ...journal.Floor) (*journal.Log, error) {
		j, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(dir, name), Logger: quiet,
			Floors: floors, SegmentBytes: smallSegment, Inline: true})
		if err == nil {
			l.closes = append(l.closes, j.Close)
		}
		return j, err
	}
	j, err := open("journal", s.Floor())
	if err != nil {
		return nil, err
	}
	rec, err := engine.Recover(j, s, quiet)
	if err != nil {
		return nil, err
	}
	refs, err := open("reference", s.ReferenceFloor())
	if err != nil {
		return nil, err
	}
	if _, err := store.NewReference(refs, s, func(*catalogue.Snapshot) {}); err != nil {
		return nil, err
	}
	l.epoch, l.head = j.Epoch(), j.Head()
	if l.state, err = rec.State.Hash(); err != nil {
		return nil, err
	}
	if l.chain, l.others, l.outcomes, err = walk(j, nil); err != nil {
		return nil, err
	}
	_, l.refs, _, err = walk(refs, nil)
	return l, err
}

// walk reads a log from its start and computes its chains by itself.
func walk(j *journal.Log, each func(journal.Frame) error) (chain, others [][32]byte, outcomes map[string]uint64, err error) {
	chain = [][32]byte{sha256.Sum256([]byte(j.Epoch()))}
	outcomes = map[string]uint64{}
	err = j.ReadFrames(0, func(f journal.Frame) error {
		if f.Kind == journal.Event {
			h := sha256.Sum256(append(append([]byte(nil), chain[len(chain)-1][:]...), f.Line...))
			chain = append(chain, h)
			if h != f.Chain || f.Seq != uint64(len(chain)-1) {
				return fmt.Errorf("event %d: the chain breaks (I5)", f.Seq)
			}
		} else {
			others = append(others, sha256.Sum256(f.Line))
		}
		if f.Kind == journal.Outcome && len(f.Line) > 57 { // version, id 16, hash 16, key 16, seq
			outcomes[words.ID(f.Line[1:17]).String()] = binary.BigEndian.Uint64(f.Line[49:])
		}
		if each != nil {
			return each(f)
		}
		return nil
	})
	return chain, others, outcomes, err
}

// historyOf reads the folder of an edge that ended in order.
func historyOf(dir string) (*history, error) {
	l, err := reopen(dir)
	if err != nil {
		return nil, err
	}
	if err := l.close(); err != nil {
		return nil, err
	}
	h := &history{epoch: l.epoch, chain: l.chain, private: l.others, refs: l.refs, outcomes: l.outcomes, states: map[uint64]string{}}
	j, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: filepath.Join(dir, "journal"), Logger: slog.New(slog.DiscardHandler),
		SegmentBytes: smallSegment, Inline: true})
	if err != nil {
		return nil, err
	}
	defer j.Close()
	state := floor.NewState()
	if h.states[0], err = state.Hash(); err != nil {
		return nil, err
	}
	_, _, _, err = walk(j, func(f journal.Frame) error {
		if f.Kind == journal.Event {
			ev, err := words.ParseEvent(f.Line)
			if err == nil {
				err = floor.Apply(state, &ev)
			}
			if err != nil {
				return err
			}
		}
		if !f.Last {
			return nil
		}
		state.AcceptMessage()
		state.CommitBatch()
		state.BeginMessage()
		h.states[f.Seq], err = state.Hash()
		return err
	})
	return h, err
}

// contradicts says how what was found is not what happened: it has to be a
// beginning of the history, whole, with all that was told to anybody.
func (l *left) contradicts(h *history, told []claim) error {
	if l.epoch != h.epoch {
		if len(told) > 0 {
			return fmt.Errorf("I1: %d answers were given, and the log begins anew", len(told))
		}
		return nil // the cut came before the first log had its name
	}
	if len(l.chain) > len(h.chain) || l.chain[len(l.chain)-1] != h.chain[len(l.chain)-1] {
		return fmt.Errorf("I5: %d events found are no beginning of the history", len(l.chain)-1)
	}
	if !begins(l.others, h.private) || !begins(l.refs, h.refs) {
		return errors.New("I5: private or reference frames are no beginning of the history")
	}
	if want := h.states[l.head.Seq]; want != l.state {
		return fmt.Errorf("the state at event %d is not the one that its events make", l.head.Seq)
	}
	for i, c := range told {
		switch seq, ok := l.outcomes[c.id]; {
		case !ok:
			return fmt.Errorf("I1: message %s was answered at event %d and is gone; the log ends at %d", c.id, c.seq, l.head.Seq)
		case seq != c.seq || c.seq > l.head.Seq:
			return fmt.Errorf("I2: message %s was answered at event %d, now it is %d", c.id, c.seq, seq)
		}
		if !l.askAll && i%16 != int(l.head.Pos%16) && i < len(told)-8 {
			continue // the store is asked for a part, and for the newest
		}
		data, found, err := l.store.Outcome(idOf(c.id))
		if err != nil {
			return err
		}
		if !found || binary.BigEndian.Uint64(data[49:]) != c.seq {
			return fmt.Errorf("I2: the store does not know message %s", c.id)
		}
	}
	return nil
}

func idOf(text string) words.ID {
	id, _ := words.ParseID(text) // a zero id is not found
	return id
}

func begins(part, whole [][32]byte) bool {
	if len(part) > len(whole) {
		return false
	}
	return len(part) == 0 || part[len(part)-1] == whole[len(part)-1]
}

func place(seq uint64) journal.Place { return journal.Place{Pos: seq, Seq: seq} }

// judge opens an image and says what is wrong with it.
func judge(dir string, h *history, told []claim) error {
	l, err := reopen(dir)
	if err != nil {
		return fmt.Errorf("refused: %w", err)
	}
	return errors.Join(l.contradicts(h, told), l.close())
}
