package belt

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dcedge/devices"
	"dcedge/devices/conveyor"
	"dcedge/devices/mqtt"
	"dcedge/edge"
	"dcedge/edge/sorter"
)

// Floor is the engine: nil means that a message's events are on disk.
type Floor interface {
	Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error)
	SubmitFunc(ctx context.Context, m *edge.Message, done func(edge.Verdict, error)) error
}

// Wire tells devices. It does not block; what cannot be delivered is lost.
type Wire interface {
	Send(c mqtt.Command) error
}

// Config is one belt.
type Config struct {
	Layout     sorter.Layout
	Speed      int64  // mm a second; with an encoder the most that it can do
	Encoder    string // eye whose every change is so much belt:
	Pulse      int64  // mm
	Motor      string // eye that is blocked while the belt runs; without it and an encoder it always runs
	StackLight string
	Eyes       map[string]conveyor.EyeConfig // of eyes behind a broker; those on pins are clean already
	Key        []byte                        // of content hashes
}

// Deps is what a belt works with.
type Deps struct {
	Floor Floor
	Wire  Wire
	// Outputs are those on pins; nil: none.
	Outputs Outputs
	// Open lists the parcels of this belt whose end was not told.
	Open func(ctx context.Context) ([]sorter.Open, error)
	Now  func() time.Time // edge time
	Log  *slog.Logger
}

// Line is one belt. Take, Change, Lost and Committed may be called from any
// goroutine; Run is for one at a time.
type Line struct {
	cfg    Config
	deps   Deps
	in     chan input
	failed chan error // of a fact that nobody waits for

	mu   sync.Mutex
	lost map[string]int // changes of an eye that found no room, since its last one
	back []withdrawn    // boxes whose order was cancelled or held
	wake chan struct{}  // holds one
	st   Status
	free map[string]bool // diverts on pins that may be fired by hand

	// Of Run.
	run     context.Context
	ids     edge.DeviceIDs
	tracker *sorter.Tracker
	belt    *conveyor.Belt
	eyes    map[string]*conveyor.Eye
	missed  map[string]int // changes shed before the next one, by eye
	away    map[string]bool
	weigher conveyor.Weigher
	diverts conveyor.Diverts
	light   conveyor.StackLight
	pulses  uint64
	level   bool // of the encoder behind a broker
	dry     int  // changes of the induct eye since the last pulse
	flush   bool
	fresh   map[string]bool // eyes in lanes that nothing was heard of yet; over all runs
	silent  map[string]bool
	looked  int64 // where the belt was at the last look; written under mu
	stood   int64 // where the belt was seen last, and since when
	stoodAt time.Time
}

// Delivery is a message of a device behind a broker; one of Ack and Fail is
// called for a durable one.
type Delivery struct {
	mqtt.Message
	Ack, Fail func()
}

// input is one thing that a device told.
type input struct {
	msg    Delivery
	eye    string // set: a change of an eye on a pin, or that it was lost
	change conveyor.Change
	gone   bool
}

type withdrawn struct {
	box string
	why edge.Reason
}

// Bounds.
const (
	queued      = 512                   // inputs that wait
	lookEvery   = 25 * time.Millisecond // at the belt's position and at what is overdue, while there is any
	answerFor   = 5 * time.Second       // for the floor's answer
	divertGrace = 3 * time.Second       // for a divert's answer, beyond the way to it
	withdrawals = 4096
	burst       = 20 // times the belt's speed that pulses may come at
)

// New makes a belt. It tells every fault of its layout.
func New(cfg Config, deps Deps) (*Line, error) {
	if deps.Floor == nil || deps.Wire == nil || deps.Open == nil || deps.Now == nil || deps.Log == nil {
		return nil, errors.New("belt: floor, wire, open parcels, clock and log are required")
	}
	if deps.Outputs == nil {
		deps.Outputs = noOutputs{}
	}
	if _, _, err := sorter.New("check", cfg.Layout, nil); err != nil {
		return nil, err
	}
	l := &Line{cfg: cfg, deps: deps, in: make(chan input, queued), failed: make(chan error, 1), lost: map[string]int{}, wake: make(chan struct{}, 1), fresh: map[string]bool{}, free: map[string]bool{}}
	for _, a := range cfg.Layout.Lanes {
		if a.Confirm != "" {
			l.fresh[a.Confirm], l.free[a.Divert] = true, false
		}
	}
	if _, err := l.newBelt(); err != nil {
		return nil, err
	}
	for _, e := range cfg.Eyes {
		if _, err := conveyor.NewEye(e); err != nil {
			return nil, err
		}
	}
	l.st = Status{Condition: Stopped, Since: time.Now(), Info: devices.Info{Name: cfg.Layout.Name, Class: "belt", Driver: "belt"}}
	return l, nil
}

func (l *Line) newBelt() (*conveyor.Belt, error) {
	c := conveyor.BeltConfig{MMPerSecond: l.cfg.Speed}
	if l.cfg.Encoder != "" { // pulses may come in a burst behind a wait; noise is faster still
		c.MicronsPerPulse, c.MMPerSecond = 1000*l.cfg.Pulse, burst*l.cfg.Speed
	}
	return conveyor.NewBelt(c)
}

// Name is the belt's.
func (l *Line) Name() string { return l.cfg.Layout.Name }

// Take hands over what a device behind a broker sent. A durable message waits
// for room until ctx ends, and is failed then; a state that finds none is shed.
func (l *Line) Take(ctx context.Context, r Delivery) {
	in := input{msg: r}
	if !r.Durable() {
		select {
		case l.in <- in:
		default:
			l.shed(r.Device, 1+r.Missed)
		}
		return
	}
	select {
	case l.in <- in:
	case <-ctx.Done():
		r.Fail()
	}
}

// Change hands over a clean change of an eye on a pin. It does not block.
func (l *Line) Change(eye string, c conveyor.Change) {
	select {
	case l.in <- input{eye: eye, change: c}:
	default:
		l.shed(eye, 1)
	}
}

// Lost says that an eye on a pin was lost. It does not block: with no room the
// changes that are missed say the same.
func (l *Line) Lost(eye string) {
	select {
	case l.in <- input{eye: eye, gone: true}:
	default:
		l.shed(eye, 1)
	}
}

func (l *Line) shed(eye string, n int) {
	l.mu.Lock()
	l.lost[eye] += n
	l.mu.Unlock()
}

// Shine has a stack light, if it is this belt's, told again what it should show.
// It does not block.
func (l *Line) Shine(light string) {
	if light != l.cfg.StackLight || light == "" {
		return
	}
	select {
	case l.in <- input{msg: Delivery{Message: mqtt.Message{Device: light, What: mqtt.Online, Online: true}}}:
	default: // it is told with the next change
	}
}

// Committed follows the engine: what is cancelled or held while it lies on the
// belt does not go to a truck. It does not block.
func (l *Line) Committed(c *edge.Commit) {
	for i := range c.Changes {
		o, _ := c.Changes[i].Value.(*edge.Order)
		if o == nil {
			continue
		}
		boxes, why := o.Boxes, edge.ReasonCancelled
		switch {
		case o.Held != "":
			why = edge.ReasonHold
		case o.Stage != edge.StageCancelled:
			boxes = lessIn(c, o)
		}
		if len(boxes) == 0 {
			continue
		}
		l.mu.Lock()
		for _, box := range boxes {
			if len(l.back) < withdrawals { // else the truck's scan is the next fence
				l.back = append(l.back, withdrawn{box, why})
			}
		}
		l.mu.Unlock()
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// lessIn lists the boxes of an order that pieces are to come out of: their labels went
// out of force with this commit.
func lessIn(c *edge.Commit, o *edge.Order) []string {
	if !slices.ContainsFunc(o.Lines, func(l *edge.Line) bool { return l.Packed > l.Wanted }) {
		return nil
	}
	var out []string
	for i := range c.Changes {
		if b, _ := c.Changes[i].Value.(*edge.Box); b != nil && b.Closed && b.Bound == "" && slices.Contains(o.Boxes, b.ID) {
			out = append(out, b.ID)
		}
	}
	return out
}
