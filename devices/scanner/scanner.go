package scanner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"dcedge/devices"
)

// ErrOffline is returned by Signal while there is no connection.
var ErrOffline = errors.New("scanner: offline")

// Config of one scanner; zero values take the defaults.
type Config struct {
	Name     string
	Protocol string // see Protocols; default auto

	MaxLength  int           // of a code in bytes, default 4096
	Idle       time.Duration // a gap that no scanner leaves inside a code, default 100 ms
	Settle     time.Duration // silence after which a lost step is found again, default 500 ms
	Bounce     time.Duration // window of a bouncing code, default 400 ms; negative: none
	WriteStall time.Duration // longest wait for the wire to take an answer, default 1 s
	NoRead     []string      // what a fixed scanner sends when it could read nothing; nil: NOREAD, NO READ, ?, ERROR
	GoodBeep   bool          // beep for an accepted read too, not for refused ones only
	Bell       bool          // the scanner beeps on BEL (07); ssi beeps without it
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		at  *time.Duration
		def time.Duration
	}{
		{&c.Idle, 100 * time.Millisecond}, {&c.Settle, 500 * time.Millisecond},
		{&c.Bounce, 400 * time.Millisecond}, {&c.WriteStall, time.Second},
	} {
		if *d.at == 0 {
			*d.at = d.def
		}
	}
	if c.MaxLength == 0 {
		c.MaxLength = 4096
	}
	if c.NoRead == nil {
		c.NoRead = []string{"NOREAD", "NO READ", "?", "ERROR"}
	}
	return c
}

// Scanner is one scanner on a stream.
type Scanner struct {
	cfg  Config
	open devices.Opener
	log  *slog.Logger
	mon  *devices.Monitor
	cues chan devices.Cue

	running sync.Mutex // held by Run
	last    taken      // of Run
	marks   marks      // of Run
}

var _ devices.Driver = (*Scanner)(nil)

// New makes a scanner that connects through open once Run is called.
func New(cfg Config, open devices.Opener, log *slog.Logger) (*Scanner, error) {
	if cfg.Name == "" || open == nil || log == nil {
		return nil, errors.New("scanner: name, opener and logger are required")
	}
	cfg = cfg.withDefaults()
	if _, err := NewFramer(cfg.Protocol, cfg.MaxLength, cfg.Idle, cfg.Settle, false); err != nil {
		return nil, err
	}
	s := &Scanner{cfg: cfg, open: open, log: log.With("device", cfg.Name), cues: make(chan devices.Cue, 4)}
	s.mon = devices.NewMonitor(s.Info())
	return s, nil
}

// Info names the device.
func (s *Scanner) Info() devices.Info {
	return devices.Info{Name: s.cfg.Name, Class: "scanner", Driver: "scanner"}
}

// Status is what is known now; it never waits for the wire.
func (s *Scanner) Status() devices.Status { return s.mon.Status() }

// Signal tells a person at the scanner something, as far as it can: a test beep,
// or a verdict that came later. It does not wait for the wire.
func (s *Scanner) Signal(c devices.Cue) error {
	if s.mon.Status().Condition == devices.Offline {
		return ErrOffline
	}
	select {
	case s.cues <- c:
		return nil
	default:
		return fmt.Errorf("scanner: %d signals wait already", cap(s.cues))
	}
}

// Run connects and hands over reads until the connection is lost (a
// *devices.Fault) or ctx ends (nil). It does not reconnect.
func (s *Scanner) Run(ctx context.Context, to devices.Sink) error {
	if !s.running.TryLock() {
		return &devices.Fault{Device: s.cfg.Name, Op: "run", Class: devices.Permanent,
			Hint: "one connection serves a scanner", Err: errors.New("scanner: already running")}
	}
	defer s.running.Unlock()
	conn, err := s.open.Open(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return s.mon.Fail(to, "open", "check power, cable and `link` of this device", err)
	}
	r := &run{Scanner: s, conn: s.mon.Wire(conn), to: to, chunks: make(chan chunk, maxChunks), readErr: make(chan error, 1), stop: make(chan struct{}),
		reads: devices.Rate{Most: mostReads}}
	// The protocol was checked by New.
	r.framer, _ = NewFramer(s.cfg.Protocol, s.cfg.MaxLength, s.cfg.Idle, s.cfg.Settle, devices.Midstream(conn))
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
	if ctx.Err() != nil {
		s.mon.Set(to, devices.Offline, "", "")
		return nil
	}
	s.marks.clear, s.marks.lost = false, true // another one may come back
	answers := s.cfg.Protocol == "ssi" || s.cfg.Protocol == "ack"
	s.last.open = answers && time.Since(s.last.at) < lostAnswer
	return s.mon.Fail(to, "session", "check power and cable of the scanner", err)
}

// noRead says whether a code is what the scanner sends when it could read none.
func (s *Scanner) noRead(code string) bool {
	return slices.ContainsFunc(s.cfg.NoRead, func(w string) bool { return strings.EqualFold(w, code) })
}
