package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"dcedge/edge"
)

// Source is the engine as the board sees it. Entities calls fn for everything
// in the state at one instant; Subscribe calls fn after each flush, in order.
type Source interface {
	Subscribe(fn func(*edge.Commit)) (cancel func())
	Entities(ctx context.Context, fn func(edge.Change)) error
}

// Config is what a board needs.
type Config struct {
	Source    Source
	Consumers func() []Consumer // nil: none; called on each beat, must be quick
	Devices   func() []Device   // nil: none; likewise
	Now       func() time.Time  // edge time
	Beat      time.Duration     // between two looks for changes; 0 is 500 ms
}

// Consumer is one reader of the events and how far behind it is.
type Consumer struct {
	Name       string  `json:"name"`
	Required   bool    `json:"required"`
	Acked      uint64  `json:"acked"`
	LagEvents  uint64  `json:"lagEvents"`
	LagSeconds float64 `json:"lagSeconds"`
}

// Device is one supervised part of the site.
type Device struct {
	Name  string    `json:"name"`
	OK    bool      `json:"ok"`
	Error string    `json:"error,omitempty"` // a code
	Since time.Time `json:"since"`
}

// Board is the live picture. Its methods may be called from any goroutine.
type Board struct {
	cfg Config

	noteMu sync.Mutex
	noted  map[entityKey]any // newest value of what changed since the last beat
	events []edge.Event
	epoch  string
	head   uint64

	mu    sync.RWMutex
	view  view
	n     uint64
	items map[string]string // key -> JSON, as of number n
	subs  map[*subscriber]struct{}
	ready bool
}

type entityKey struct{ table, key string }

// New makes a board; Run fills it.
func New(cfg Config) (*Board, error) {
	if cfg.Source == nil || cfg.Now == nil {
		return nil, errors.New("board: source and clock are required")
	}
	if cfg.Beat < 0 {
		return nil, errors.New("board: negative beat")
	}
	if cfg.Beat == 0 {
		cfg.Beat = 500 * time.Millisecond
	}
	if cfg.Consumers == nil {
		cfg.Consumers = func() []Consumer { return nil }
	}
	if cfg.Devices == nil {
		cfg.Devices = func() []Device { return nil }
	}
	return &Board{cfg: cfg, noted: map[entityKey]any{}, view: newView(cfg.Now()), items: map[string]string{},
		subs: map[*subscriber]struct{}{}}, nil
}

// Run follows the engine until ctx ends.
func (b *Board) Run(ctx context.Context) error {
	cancel := b.cfg.Source.Subscribe(b.note)
	defer cancel()
	var first []edge.Change
	if err := b.cfg.Source.Entities(ctx, func(c edge.Change) { first = append(first, c) }); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("board: read the state: %w", err)
	}
	b.mu.Lock()
	for _, c := range first {
		b.view.put(c)
	}
	b.ready, b.view.live = true, true
	b.mu.Unlock()
	b.beat()
	t := time.NewTicker(b.cfg.Beat)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			b.closeSubscribers()
			return nil
		case <-t.C:
			b.beat()
		}
	}
}

// eventsKept bounds what is noted between two beats; beyond it the hourly
// figures lose events and say so (Dropped).
const eventsKept = 1 << 16

// note runs on the engine's publisher and only remembers.
func (b *Board) note(c *edge.Commit) {
	b.noteMu.Lock()
	defer b.noteMu.Unlock()
	for _, ch := range c.Changes {
		b.noted[entityKey{ch.Table, ch.Key}] = ch.Value
	}
	if len(b.events)+len(c.Events) <= eventsKept {
		b.events = append(b.events, c.Events...)
	} else {
		b.events = b.events[:0]
	}
	b.epoch, b.head = c.Epoch, c.Head
}

// beat takes over what was noted and tells the subscribers what changed.
func (b *Board) beat() {
	consumers, devices, now := b.cfg.Consumers(), b.cfg.Devices(), b.cfg.Now()
	b.noteMu.Lock()
	noted, events, epoch, head := b.noted, b.events, b.epoch, b.head
	b.noted, b.events = map[entityKey]any{}, nil
	b.noteMu.Unlock()

	b.mu.Lock()
	defer b.mu.Unlock()
	if b.n > 0 && len(noted) == 0 && len(events) == 0 && (head == 0 || head == b.view.head) && slices.Equal(consumers, b.view.consumers) && slices.Equal(devices, b.view.devices) {
		return
	}
	b.view.now = now
	for k, v := range noted {
		b.view.put(edge.Change{Table: k.table, Key: k.key, Value: v})
	}
	for i := range events {
		b.view.count(&events[i])
	}
	if head != 0 {
		b.view.epoch, b.view.head = epoch, head
	}
	b.view.consumers, b.view.devices = consumers, devices
	b.publish()
}

// Ready tells whether the state was read.
func (b *Board) Ready() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.ready
}
