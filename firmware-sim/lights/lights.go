package lights

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/wire"
)

// Classes of lamps.
const (
	Put   = "light"      // with a number and a button
	Stack = "stacklight" // with colours only
)

// Config says which lamp to play.
type Config struct {
	Broker wire.Broker
	Site   string
	Name   string
	Class  string        // Put or Stack
	Press  time.Duration // somebody presses so long after a quantity is shown; 0: nobody
	Clock  float64
	Log    *slog.Logger
}

// Faults are what a script switches on.
type Faults struct {
	Away bool `json:"away"` // network cable pulled
	Dead bool `json:"dead"` // the button does nothing
}

// Shown is what a lamp shows.
type Shown struct {
	ID       string    `json:"id"` // of the command; "" for nothing yet
	Quantity int       `json:"quantity"`
	Colour   string    `json:"colour"`
	Reason   string    `json:"reason,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// ErrConfig is returned by New for values that cannot be used.
var ErrConfig = errors.New("lights: bad configuration")

// Light is one lamp.
type Light struct {
	cfg     Config
	station *wire.Station
	presses chan press

	mu      sync.Mutex
	change  chan struct{}
	faults  Faults
	shown   Shown
	past    []Shown // every command, in order
	bad     int
	pressed int
}

type press struct{ id, re string }

var _ fault.Device = (*Light)(nil)

// New checks the configuration; it returns ErrConfig.
func New(cfg Config) (*Light, error) {
	if cfg.Class != Put && cfg.Class != Stack {
		return nil, fmt.Errorf("%w: class %q: %s or %s", ErrConfig, cfg.Class, Put, Stack)
	}
	if cfg.Clock <= 0 {
		cfg.Clock = 1
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	l := &Light{cfg: cfg, presses: make(chan press, 64), change: make(chan struct{})}
	var err error
	l.station, err = wire.NewStation(wire.StationConfig{Broker: cfg.Broker, Site: cfg.Site, Class: cfg.Class, Name: cfg.Name, Log: cfg.Log})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	l.station.Handle("set", l.set)
	return l, nil
}

// Name is the configured name.
func (l *Light) Name() string { return l.cfg.Name }

// Ready is closed when the broker was reached.
func (l *Light) Ready() <-chan struct{} { return l.station.Ready() }

// Run plays until ctx ends and returns nil then.
func (l *Light) Run(ctx context.Context) error {
	return wire.Together(ctx, l.station.Run, l.publish)
}

// set takes a command.
func (l *Light) set(payload []byte) {
	var c Shown
	err := json.Unmarshal(payload, &c)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil || c.ID == "" {
		l.bad++
		return
	}
	c.At = time.Now()
	again := l.shown.ID == c.ID // a command that came twice is one
	l.shown = c
	if !again {
		l.past = append(l.past, c)
	}
	close(l.change)
	l.change = make(chan struct{})
	if l.cfg.Class == Put && c.Quantity > 0 && !again && l.cfg.Press > 0 {
		time.AfterFunc(time.Duration(float64(l.cfg.Press)/l.cfg.Clock), func() { l.pressIf(c.ID) })
	}
}

// pressIf presses where the lamp still shows that command.
func (l *Light) pressIf(id string) {
	l.mu.Lock()
	still := l.shown.ID == id
	l.mu.Unlock()
	if still {
		l.Press()
	}
}

// Press presses the button; false where it is dead, or there is none.
func (l *Light) Press() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.faults.Dead || l.cfg.Class != Put {
		return false
	}
	select {
	case l.presses <- press{id: wire.NewID(), re: l.shown.ID}:
		l.pressed++
		return true
	default:
		return false // the lamp's memory is full
	}
}

// publish sends presses until ctx ends, each until the broker has it.
func (l *Light) publish(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-l.presses:
			body := map[string]any{"id": p.id, "at": wire.Stamp(time.Now()), "re": p.re}
			for l.station.Publish("pressed", body) != nil {
				select {
				case <-ctx.Done():
					return nil
				case <-time.After(20 * time.Millisecond):
				}
			}
		}
	}
}

// Shown is what the lamp shows.
func (l *Light) Shown() Shown {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shown
}

// Past gives every command that was taken, in order, and how many could not be
// read.
func (l *Light) Past() (taken []Shown, unread int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Shown(nil), l.past...), l.bad
}

// Wait waits until the lamp shows what ok wants, or ctx ends.
func (l *Light) Wait(ctx context.Context, ok func(Shown) bool) error {
	for {
		l.mu.Lock()
		shown, change := l.shown, l.change
		l.mu.Unlock()
		if ok(shown) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-change:
		}
	}
}

// Faults are the present faults.
func (l *Light) Faults() Faults {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.faults
}

// SetFaults replaces the faults.
func (l *Light) SetFaults(f Faults) {
	l.mu.Lock()
	l.faults = f
	if f.Away {
		l.shown = Shown{}
	}
	l.mu.Unlock()
	l.station.Pull(f.Away)
}

// Prepare implements fault.Device: the keys of Faults.
func (l *Light) Prepare(what json.RawMessage) (func() func(), error) {
	return fault.Prepare(what, l.Faults, l.SetFaults)
}

// Handler serves several lamps on one control port:
//
//	GET  /lights              what each one shows
//	POST /lights/NAME/press   its button
func Handler(lamps ...*Light) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /lights", func(w http.ResponseWriter, _ *http.Request) {
		all := map[string]Shown{}
		for _, l := range lamps {
			all[l.Name()] = l.Shown()
		}
		wire.Reply(w, all)
	})
	mux.HandleFunc("POST /lights/{name}/press", func(w http.ResponseWriter, r *http.Request) {
		for _, l := range lamps {
			if l.Name() == r.PathValue("name") {
				wire.Reply(w, map[string]bool{"pressed": l.Press()})
				return
			}
		}
		http.NotFound(w, r)
	})
	return mux
}
