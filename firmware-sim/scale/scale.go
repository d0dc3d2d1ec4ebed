package scale

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/wire"
)

// Config says which scale to play. Zero values take the defaults.
type Config struct {
	Name     string
	Listen   string        // a place of wire: host:port or pty:/name
	Control  string        // host:port of the HTTP port; empty: none
	Protocol string        // of the package; cas where empty
	Unit     string        // kg (default), g, lb, t
	Rate     float64       // frames a second where it streams (10)
	Ask      bool          // does not stream, answers only
	Settle   time.Duration // until a load rests (800 ms)
	Capacity int64         // grams (60,000); above is overload
	Device   int           // number that CAS and Dini tell
	Seed     uint64
	Clock    float64
	Log      *slog.Logger
}

// Faults are what a script switches on. The zero value is a healthy scale.
type Faults struct {
	Away   bool    `json:"away"`   // cable pulled
	Silent bool    `json:"silent"` // sends nothing
	Stuck  bool    `json:"stuck"`  // shows what it showed, as stable, whatever lies on it
	Shake  int64   `json:"shake"`  // grams that the load swings by, for ever unstable
	Drift  int64   `json:"drift"`  // grams a minute that the zero runs away by
	Unit   string  `json:"unit"`   // somebody pressed the unit key
	Noise  float64 `json:"noise"`  // rate of frames with rubbish before them
	Half   float64 `json:"half"`   // rate of frames that break off
	Bit7   bool    `json:"bit7"`   // a line set to 7 bits: the eighth is lost
	Point  bool    `json:"point"`  // the decimal point is lost
}

// ErrConfig is returned by New for values that cannot be used.
var ErrConfig = errors.New("scale: bad configuration")

const milligram = 1000 // in a gram

// Scale is one scale. Its methods may be called from any goroutine.
type Scale struct {
	cfg     Config
	line    *wire.Line
	control *wire.HTTP

	mu     sync.Mutex
	chance *rand.Rand
	faults Faults
	load   int64 // milligrams on the platform
	was    int64 // shown when the load changed
	since  time.Time
	tare   int64
	zero   int64
	driftT time.Time
	stuck  Reading
	told   []string
	frames int64
}

var _ fault.Device = (*Scale)(nil)

// New checks the configuration; it returns ErrConfig.
func New(cfg Config) (*Scale, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &Scale{cfg: cfg, chance: rand.New(rand.NewPCG(cfg.Seed, 0x5ca1e))}
	var err error
	if s.line, err = wire.NewLine(cfg.Listen, wire.Options{Clock: cfg.Clock, Log: cfg.Log}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	s.control = wire.NewHTTP(cfg.Control, s.Handler())
	return s, nil
}

func (c Config) withDefaults() Config {
	set := func(to *float64, v float64) {
		if *to == 0 {
			*to = v
		}
	}
	set(&c.Clock, 1)
	set(&c.Rate, 10)
	if c.Protocol == "" {
		c.Protocol = "cas"
	}
	if c.Unit == "" {
		c.Unit = "kg"
	}
	if c.Settle == 0 {
		c.Settle = 800 * time.Millisecond
	}
	if c.Capacity == 0 {
		c.Capacity = 60_000
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func (c Config) validate() error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if c.Name == "" {
		bad("name is empty")
	}
	if !slices.Contains(Protocols(), c.Protocol) {
		bad("protocol %q: one of %v", c.Protocol, Protocols())
	}
	if !knownUnit(c.Unit) {
		bad("unit %q: kg, g, lb or t", c.Unit)
	}
	if c.Clock <= 0 || c.Rate <= 0 || c.Rate > 1000 || c.Settle < 0 || c.Capacity < 1 {
		bad("clock, rate and capacity must be above 0, rate at most 1000")
	}
	if c.Device < 0 || c.Device > 46 {
		bad("device number %d: 0 to 46", c.Device)
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %w", ErrConfig, errors.Join(faults...))
	}
	return nil
}

func knownUnit(u string) bool { return slices.Contains([]string{"kg", "g", "lb", "t"}, u) }

// Name is the configured name.
func (s *Scale) Name() string { return s.cfg.Name }

// Addr is where the host reaches it; "" before Ready.
func (s *Scale) Addr() string { return s.line.Name() }

// ControlURL is the base address of the HTTP port.
func (s *Scale) ControlURL() string { return s.control.URL() }

// Ready is closed when the host can reach it.
func (s *Scale) Ready() <-chan struct{} { return s.line.Ready() }

// Run plays until ctx ends and returns nil then.
func (s *Scale) Run(ctx context.Context) error {
	err := wire.Together(ctx, s.control.Run, s.control.Before(func(ctx context.Context) error { return s.line.Run(ctx, s.serve) }))
	if err != nil {
		return fmt.Errorf("scale %s: %w", s.cfg.Name, err)
	}
	return nil
}

// Put lays a load of so many milligrams on the platform in place of what lay
// there; 0 clears it.
func (s *Scale) Put(milligrams int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.was, s.load, s.since = s.moving(now), milligrams, now
}

// moving is what presses on the platform now: the load swings in, most of it
// within a third of the settling time. The caller holds mu.
func (s *Scale) moving(now time.Time) int64 {
	t := s.age(now)
	if t >= s.cfg.Settle {
		return s.load
	}
	left := math.Exp(-6 * float64(t) / float64(s.cfg.Settle))
	return s.load + int64(float64(s.was-s.load)*left)
}

// age is how long the load has been there, in the scale's own time. The caller
// holds mu.
func (s *Scale) age(now time.Time) time.Duration {
	if s.since.IsZero() {
		return math.MaxInt64
	}
	return time.Duration(float64(now.Sub(s.since)) * s.cfg.Clock)
}

// drift is how far the zero has run away, in milligrams. The caller holds mu.
func (s *Scale) drift(now time.Time) int64 {
	if s.faults.Drift == 0 {
		return 0
	}
	return int64(float64(s.faults.Drift*milligram) * now.Sub(s.driftT).Minutes() * s.cfg.Clock)
}

// reading is what the display shows now. The caller holds mu.
func (s *Scale) reading() Reading {
	now := time.Now()
	if s.faults.Stuck {
		return s.stuck
	}
	r := Reading{Unit: s.cfg.Unit, Net: s.tare != 0, Device: s.cfg.Device, State: Stable}
	if s.faults.Unit != "" {
		r.Unit = s.faults.Unit
	}
	gross := s.moving(now) - s.zero + s.drift(now)
	if s.age(now) < s.cfg.Settle {
		r.State = Unstable
	}
	if s.faults.Shake > 0 {
		r.State = Unstable
		gross += int64((s.chance.Float64()*2 - 1) * float64(s.faults.Shake*milligram))
	}
	switch {
	case gross > s.cfg.Capacity*milligram:
		r.State = Overload
	case gross < -s.cfg.Capacity*milligram/20: // a platform taken off
		r.State = Underload
	}
	r.Zero = r.State == Stable && gross > -milligram/4 && gross < milligram/4
	r.Value = Decimal(gross-s.tare, r.Unit, places(r.Unit))
	if r.State == Overload || r.State == Underload {
		r.Value = Decimal(0, r.Unit, places(r.Unit))
	}
	return r
}

// Display is what the display shows now.
func (s *Scale) Display() Reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reading()
}

// Faults are the present faults.
func (s *Scale) Faults() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// SetFaults replaces the faults; a unit that is not known leaves the unit alone.
func (s *Scale) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Unit != "" && !knownUnit(f.Unit) {
		f.Unit = s.faults.Unit
	}
	if f.Stuck && !s.faults.Stuck {
		s.stuck = s.reading()
		if s.stuck.State == Unstable {
			s.stuck.State = Stable
		}
	}
	if f.Drift != s.faults.Drift {
		s.driftT = time.Now()
	}
	s.faults = f
	s.line.Pull(f.Away)
}

// Prepare implements fault.Device: the keys of Faults, and put = "1204" (grams)
// for what somebody lays on it meanwhile.
func (s *Scale) Prepare(what json.RawMessage) (func() func(), error) {
	var hands struct {
		Put  *string `json:"put"`
		Unit string  `json:"unit"`
	}
	var keys map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(what, &keys), json.Unmarshal(what, &hands)); err != nil {
		return nil, fmt.Errorf("%w: %w", fault.ErrScript, err)
	}
	if hands.Unit != "" && !knownUnit(hands.Unit) {
		return nil, fmt.Errorf("%w: unit %q: kg, g, lb or t", fault.ErrScript, hands.Unit)
	}
	var load int64
	if hands.Put != nil {
		var err error
		if load, err = ParseGrams(*hands.Put); err != nil {
			return nil, fmt.Errorf("%w: %w", fault.ErrScript, err)
		}
		delete(keys, "put")
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", fault.ErrScript, err)
	}
	breaks, err := fault.Prepare(text, s.Faults, s.SetFaults)
	if err != nil {
		return nil, err
	}
	return func() func() {
		undo := breaks()
		if hands.Put == nil {
			return undo
		}
		s.mu.Lock()
		before := s.load
		s.mu.Unlock()
		s.Put(load)
		return func() {
			undo()
			s.Put(before)
		}
	}, nil
}
