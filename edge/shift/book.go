package shift

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"dcedge/edge"
)

// Kind is the kind of the private records. It is also the store's bucket key:
// never rename it.
const Kind = "shift"

const kept = 60 // entries: three weeks of three shifts

// ErrUnknown is returned for an end that is not there, or not signed.
var ErrUnknown = errors.New("shift: no such end of a shift")

// Recorder writes private records; nil error means that they are on disk.
type Recorder interface {
	Record(ctx context.Context, records ...edge.Private) error
}

// Entry is one end of a shift. It holds ids and counts, never a name.
type Entry struct {
	ID     string          `json:"id"` // of the message that signed it: a UUIDv7
	By     string          `json:"by"` // worker id
	At     time.Time       `json:"at"`
	Seq    uint64          `json:"seq,omitempty"` // of its shift.ended; 0: not signed
	Facts  edge.ShiftEvent `json:"facts"`
	Note   bool            `json:"note,omitempty"` // there is one in the vault
	SeenBy string          `json:"seenBy,omitempty"`
	SeenAt time.Time       `json:"seenAt,omitzero"`
}

// Book is the ends of the site's shifts. Its methods may be called from any
// goroutine.
type Book struct {
	recorder Recorder
	now      func() time.Time
	writing  chan struct{} // held while an entry is written

	mu   sync.Mutex
	list []Entry // oldest first
}

// New makes the book from what was recorded before; records of other kinds are
// passed over.
func New(recorder Recorder, now func() time.Time, saved []edge.Private) (*Book, error) {
	if recorder == nil || now == nil {
		return nil, errors.New("shift: recorder and clock are required")
	}
	b := &Book{recorder: recorder, now: now, writing: make(chan struct{}, 1)}
	for _, p := range saved {
		if p.Kind != Kind || p.Value == nil {
			continue
		}
		var e Entry
		if err := json.Unmarshal(p.Value, &e); err != nil {
			return nil, fmt.Errorf("shift: saved %s: %w", p.Key, err)
		}
		b.list = append(b.list, e)
	}
	b.sort()
	return b, nil
}

func (b *Book) sort() {
	slices.SortFunc(b.list, func(x, y Entry) int { return strings.Compare(x.ID, y.ID) })
}

// Begin writes an end of a shift down that is about to be signed. The same one
// again changes nothing.
func (b *Book) Begin(ctx context.Context, e Entry) error {
	e.At = b.now()
	return b.write(ctx, e.ID, func(was *Entry) (Entry, error) {
		if was != nil {
			return *was, nil
		}
		return e, nil
	})
}

// Signed notes the event of the signature.
func (b *Book) Signed(ctx context.Context, id string, seq uint64) error {
	return b.change(ctx, id, func(e *Entry) bool {
		if e.Seq == 0 {
			e.Seq = seq
		}
		return true
	})
}

// Seen notes that the next lead has read an end of a shift. The first one
// counts.
func (b *Book) Seen(ctx context.Context, id, by string) error {
	return b.change(ctx, id, func(e *Entry) bool {
		if e.SeenBy == "" {
			e.SeenBy, e.SeenAt = by, b.now()
		}
		return e.Seq != 0
	})
}

func (b *Book) change(ctx context.Context, id string, edit func(*Entry) bool) error {
	return b.write(ctx, id, func(was *Entry) (Entry, error) {
		if was == nil {
			return Entry{}, ErrUnknown
		}
		e := *was
		if !edit(&e) {
			return e, ErrUnknown
		}
		return e, nil
	})
}

// write puts an entry on disk, then into the list; what is too old goes.
func (b *Book) write(ctx context.Context, id string, next func(was *Entry) (Entry, error)) error {
	select {
	case b.writing <- struct{}{}:
		defer func() { <-b.writing }()
	case <-ctx.Done():
		return ctx.Err()
	}
	list := b.List()
	slices.Reverse(list)
	at := slices.IndexFunc(list, func(e Entry) bool { return e.ID == id })
	var was *Entry
	if at >= 0 {
		was = &list[at]
	}
	e, err := next(was)
	if err != nil {
		return err
	}
	if was != nil && was.Seq == e.Seq && was.SeenBy == e.SeenBy {
		return nil
	}
	value, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("shift: %w", err)
	}
	records := []edge.Private{{Kind: Kind, Key: e.ID, Value: value}}
	if at >= 0 {
		list[at] = e
	} else {
		list = append(list, e)
	}
	for len(list) > kept {
		records = append(records, edge.Private{Kind: Kind, Key: list[0].ID})
		list = list[1:]
	}
	if err := b.recorder.Record(ctx, records...); err != nil {
		return fmt.Errorf("shift: record: %w", err)
	}
	b.mu.Lock()
	b.list = list
	b.sort()
	b.mu.Unlock()
	return nil
}

// List gives the ends of shifts, the newest first.
func (b *Book) List() []Entry {
	b.mu.Lock()
	out := slices.Clone(b.list)
	b.mu.Unlock()
	slices.Reverse(out)
	return out
}

// Find gives one end of a shift.
func (b *Book) Find(id string) (Entry, bool) {
	for _, e := range b.List() {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}
