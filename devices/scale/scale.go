package scale

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"dcedge/devices"
)

// Config of one scale; zero values take the defaults.
type Config struct {
	Name     string
	Protocol string // see Protocols; default cas
	Unit     string // of cas10, which tells none: without it its weights are not used

	Ask  string        // sent at each Poll; default "SI\r\n" for sics, else nothing: the scale streams
	Poll time.Duration // between two questions, default 200 ms

	Agree       int           // equal stable readings that make a weight, default 2; 1 for a scale that sends once per key
	AgreeMore   int           // the same for cas10, which does not call them stable, default 5
	AgreeFor    time.Duration // and how long those last at least, default 300 ms
	ZeroBelow   string        // grams up to which the scale counts as empty, default "5"
	SilentAfter time.Duration // without a frame, default 3 s; negative: never, for a scale that sends once per key
	WriteStall  time.Duration // longest wait for the wire to take a question, default 1 s
}

func (c Config) withDefaults() Config {
	if c.Protocol == "sics" && c.Ask == "" {
		c.Ask = "SI\r\n"
	}
	for _, d := range []struct {
		at  *time.Duration
		def time.Duration
	}{{&c.Poll, 200 * time.Millisecond}, {&c.SilentAfter, 3 * time.Second}, {&c.WriteStall, time.Second}, {&c.AgreeFor, 300 * time.Millisecond}} {
		if *d.at == 0 {
			*d.at = d.def
		}
	}
	if c.Agree == 0 {
		c.Agree = 2
	}
	if c.AgreeMore == 0 {
		c.AgreeMore = max(5, c.Agree)
	}
	if c.ZeroBelow == "" {
		c.ZeroBelow = "5"
	}
	return c
}

// validate tells every fault at once.
func (c Config) validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("scale: "+format, args...)) }
	if c.Name == "" {
		fault("name is required")
	}
	if _, err := parsers(c.Protocol); err != nil {
		faults = append(faults, err)
	}
	if _, ok := perGram(c.Unit); c.Unit != "" && !ok {
		fault("unit %q is not known", c.Unit)
	}
	if g, err := Grams(c.ZeroBelow, "g"); err != nil || compare(g, "0") < 0 {
		fault("zeroBelow %q is no weight in grams", c.ZeroBelow)
	}
	if c.Agree < 1 || c.AgreeMore < c.Agree || c.Poll < 0 || c.WriteStall < 0 {
		fault("agree %d, agreeMore %d, poll %v, writeStall %v: want 1 or more, not less than agree, not negative", c.Agree, c.AgreeMore, c.Poll, c.WriteStall)
	}
	return errors.Join(faults...)
}

// Scale is one scale on a stream.
type Scale struct {
	cfg  Config
	open devices.Opener
	log  *slog.Logger
	mon  *devices.Monitor

	running sync.Mutex // held by Run
	judge   *Judge     // of Run
	handed  Weight     // of Run: what was stored last

	mu    sync.Mutex
	last  Weight
	heard time.Time // last frame that could be read
	still []byte    // the frame whose repeat says nothing new; nil: each is looked at
	turn  uint64    // of those that were not such a repeat
}

var _ devices.Driver = (*Scale)(nil)

// New makes a scale that connects through open once Run is called.
func New(cfg Config, open devices.Opener, log *slog.Logger) (*Scale, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	if open == nil || log == nil {
		return nil, errors.New("scale: opener and logger are required")
	}
	s := &Scale{cfg: cfg, open: open, log: log.With("device", cfg.Name), last: Weight{Verdict: NoWeight},
		judge: NewJudge(JudgeConfig{Unit: cfg.Unit, Agree: cfg.Agree, AgreeMore: cfg.AgreeMore, AgreeFor: cfg.AgreeFor, ZeroBelow: cfg.ZeroBelow})}
	s.mon = devices.NewMonitor(s.Info())
	return s, nil
}

// Info names the device.
func (s *Scale) Info() devices.Info {
	return devices.Info{Name: s.cfg.Name, Class: "scale", Driver: "scale"}
}

// Status is what is known of the scale; it never waits for the wire.
func (s *Scale) Status() devices.Status { return s.mon.Status() }

// Weight is what is on the scale now, as of its At; it never waits for the wire.
// A caller that has used a Load does not use it for another parcel.
func (s *Scale) Weight() Weight {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

func (s *Scale) show(w Weight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.still = w, nil
}

// repeats takes frames that say what the last one said: the weight is of now, and
// nobody has to look. Anything else ends that, and gets the number of its turn.
func (s *Scale) repeats(frames [][]byte, at time.Time) (turn uint64, same bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range frames {
		if s.still == nil || !bytes.Equal(f, s.still) {
			s.turn++
			s.still = nil
			return s.turn, false
		}
	}
	s.last.At, s.heard = at, at
	return 0, true
}

// rests notes the frame whose repeats say nothing new, unless others came since.
func (s *Scale) rests(frame []byte, turn uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if turn == s.turn {
		s.still = frame
	}
}

// Run connects and hands over each load's weight once it counts, until the
// connection is lost (a *devices.Fault) or ctx ends (nil). It does not reconnect.
func (s *Scale) Run(ctx context.Context, to devices.Sink) error {
	if !s.running.TryLock() {
		return &devices.Fault{Device: s.cfg.Name, Op: "run", Class: devices.Permanent,
			Hint: "one connection serves a scale", Err: errors.New("scale: already running")}
	}
	defer s.running.Unlock()
	conn, err := s.open.Open(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return s.mon.Fail(to, "open", "check power, cable and `link` of this device", err)
	}
	s.judge.Restart()
	r := &run{Scale: s, conn: s.mon.Wire(conn), to: to, batches: make(chan batch, maxBatches), readErr: make(chan error, 1), stop: make(chan struct{})}
	r.parse, _ = parsers(s.cfg.Protocol) // checked by New
	s.mon.Set(to, devices.Ready, "", "")
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.read()
	}()
	err = r.serve(ctx)
	close(r.stop)
	_ = r.conn.Close()
	<-done
	s.show(Weight{Verdict: NoWeight, At: time.Now()})
	if ctx.Err() != nil {
		s.mon.Set(to, devices.Offline, "", "")
		return nil
	}
	return s.mon.Fail(to, "session", "check power and cable of the scale", err)
}
