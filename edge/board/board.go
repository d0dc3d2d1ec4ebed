package board

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/edge/wire"
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
	Labels    func() []Undrawn  // labels that do not come out; nil: none; likewise
	Strangers func() []Stranger // records that name what this site has not; nil: none; likewise, in one order
	Heard     func() Heard      // how old the knowledge of cancels is; nil: nobody asks; likewise
	Totes     time.Duration     // a tote that was picked and that nobody took up for so long is listed; 0: none is
	Calls     []PastCall        // for help, that were closed before this start
	Behind    []BehindSaid      // of boxes that stayed behind, what leads said before this start, the oldest first
	Past      Past              // the events before this start; nil: figures begin with it
	PastFault func(error)       // called once where Past cannot be read; nil: nobody is told
	Now       func() time.Time  // edge time
	Zone      *time.Location    // the site's; nil: that of Now
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

// Heard says that cancels may have been missed: the WMS has been silent for long,
// since when; the zero Since: since this start.
type Heard struct {
	Old   bool
	Since time.Time
}

// Device is one device of the site as the devices page shows it. It holds no
// keys: links are those of the configuration, which have none.
type Device struct {
	Name  string    `json:"name"`
	OK    bool      `json:"ok"`
	Error string    `json:"error,omitempty"` // a code
	Since time.Time `json:"since"`           // of the condition

	Class     string `json:"class,omitempty"`
	Driver    string `json:"driver,omitempty"`
	Link      string `json:"link,omitempty"`
	Protocol  string `json:"protocol,omitempty"`
	Stations  string `json:"stations,omitempty"` // that it belongs to, by blanks
	Condition string `json:"condition,omitempty"`
	Detail    string `json:"detail,omitempty"` // in English
	Hint      string `json:"hint,omitempty"`   // what a person can do, in English

	Model    string `json:"model,omitempty"` // as the device tells them
	Serial   string `json:"serial,omitempty"`
	Firmware string `json:"firmware,omitempty"`

	Odometer     uint64 `json:"odometer,omitempty"`     // of a printer, as it counts itself
	OdometerUnit string `json:"odometerUnit,omitempty"` // labels, length

	BytesIn  uint64    `json:"bytesIn"` // since the start
	BytesOut uint64    `json:"bytesOut"`
	Readings uint64    `json:"readings,omitempty"`
	Junk     uint64    `json:"junk,omitempty"` // that could not be read
	LastIn   time.Time `json:"lastIn,omitzero"`

	LastError     string    `json:"lastError,omitempty"`
	LastErrorCode string    `json:"lastErrorCode,omitempty"` // what screens have words for
	LastErrorHint string    `json:"lastErrorHint,omitempty"`
	LastErrorAt   time.Time `json:"lastErrorAt,omitzero"`
}

// Board is the live picture. Its methods may be called from any goroutine.
type Board struct {
	cfg Config

	noteMu sync.Mutex
	noted  map[entityKey]any // newest value of what changed since the last beat
	events []edge.Event
	epoch  string
	head   uint64
	from   uint64                  // events up to here are counted by the past
	shown  map[string]*edge.Screen // of workers who called for help
	wanted uint64                  // somebody waits for this event; 0: nobody
	now    chan struct{}           // asks for a beat at once

	mu      sync.RWMutex
	view    view
	n       uint64
	items   map[string]string // key -> JSON, as of number n
	worst   []string          // names of the exceptions of number n, the worst first
	subs    map[*subscriber]struct{}
	waiters map[*waiter]struct{}
	ready   bool
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
	if cfg.Zone == nil {
		cfg.Zone = cfg.Now().Location()
	}
	if cfg.Heard == nil {
		cfg.Heard = func() Heard { return Heard{} }
	}
	if cfg.Consumers == nil {
		cfg.Consumers = func() []Consumer { return nil }
	}
	if cfg.Devices == nil {
		cfg.Devices = func() []Device { return nil }
	}
	if cfg.Labels == nil {
		cfg.Labels = func() []Undrawn { return nil }
	}
	if cfg.Strangers == nil {
		cfg.Strangers = func() []Stranger { return nil }
	}
	b := &Board{cfg: cfg, noted: map[entityKey]any{}, shown: map[string]*edge.Screen{}, view: newView(cfg.Now()), items: map[string]string{},
		subs: map[*subscriber]struct{}{}, waiters: map[*waiter]struct{}{}, now: make(chan struct{}, 1)}
	b.view.toteWithin, b.view.zone, b.view.wire = cfg.Totes, cfg.Zone, wire.In(cfg.Zone)
	for _, c := range cfg.Calls {
		b.view.closedCalls[c.ID] = c.At
	}
	for _, said := range cfg.Behind {
		b.view.saidBehind(said)
	}
	return b, nil
}

// Run follows the engine until ctx ends.
func (b *Board) Run(ctx context.Context) error {
	cancel := b.cfg.Source.Subscribe(b.note)
	defer cancel()
	head := b.split()
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
	b.view.catching = head > 0
	b.mu.Unlock()
	b.beat()
	caught := make(chan struct{})
	go func() { defer close(caught); b.catchUp(ctx, head) }()
	defer func() { <-caught }()
	t := time.NewTicker(b.cfg.Beat)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			b.closeSubscribers()
			return nil
		case <-t.C:
			b.beat()
		case <-b.now:
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
	events := c.Events
	for len(events) > 0 && events[0].Seq != 0 && events[0].Seq <= b.from {
		events = events[1:] // the past counts it
	}
	if len(b.events)+len(events) <= eventsKept {
		b.events = append(b.events, events...)
	} else {
		b.events = b.events[:0]
	}
	b.epoch, b.head = c.Epoch, c.Head
	b.hurry()
}

// beat takes over what was noted and tells the subscribers what changed.
func (b *Board) beat() {
	consumers, devices, undrawn, now := b.cfg.Consumers(), b.cfg.Devices(), sortUndrawn(b.cfg.Labels()), b.cfg.Now()
	heard, unknown := b.cfg.Heard(), b.cfg.Strangers()
	b.noteMu.Lock()
	noted, events, epoch, head := b.noted, b.events, b.epoch, b.head
	b.noted, b.events = map[entityKey]any{}, nil
	shown := b.shown
	b.shown = map[string]*edge.Screen{}
	b.noteMu.Unlock()

	b.mu.Lock()
	defer b.mu.Unlock()
	same := heard == b.view.heard && slices.Equal(consumers, b.view.consumers) && slices.Equal(devices, b.view.devices) && slices.Equal(undrawn, b.view.undrawn) && slices.Equal(unknown, b.view.unknown)
	if b.n > 0 && len(noted) == 0 && len(events) == 0 && (head == 0 || head == b.view.head) && same {
		b.keepScreens(shown)
		return
	}
	b.view.now = now
	for k, v := range noted {
		b.view.put(edge.Change{Table: k.table, Key: k.key, Value: v})
	}
	for i := range events {
		b.view.count(&events[i])
	}
	b.keepScreens(b.view.showScreens(shown))
	if head != 0 {
		b.view.epoch, b.view.head = epoch, head
	}
	b.view.consumers, b.view.devices, b.view.undrawn, b.view.unknown, b.view.heard = consumers, devices, undrawn, unknown, heard
	b.publish()
	b.reached()
}

// Ready tells whether the state was read.
func (b *Board) Ready() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.ready
}
