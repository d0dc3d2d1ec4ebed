package scanner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"dcedge/firmware-sim/fault"
	"dcedge/firmware-sim/wire"
)

// Sent is one trigger pull and what became of it.
type Sent struct {
	N       int64     `json:"n"`
	Code    string    `json:"code"` // "" for a pull that read nothing
	AIM     string    `json:"aim,omitempty"`
	At      time.Time `json:"at"`
	Times   int       `json:"times"`           // how often it went out; 0: not yet, or not at all
	Acked   bool      `json:"acked"`           // ssi, ack
	Refused int       `json:"refused"`         // answered by NAK
	Done    bool      `json:"done"`            // nothing more will be sent of it
	Spoilt  string    `json:"fault,omitempty"` // what a fault did to it
}

// Status is the scanner as a person sees it.
type Status struct {
	Name    string `json:"name"`
	Addr    string `json:"addr"`
	Waiting int    `json:"waiting"` // pulls not done
	Pulls   int64  `json:"pulls"`
	Beeps   int    `json:"beeps"`   // that the host asked for
	Enabled bool   `json:"enabled"` // ssi: scanning allowed
	LED     bool   `json:"led"`
	Faults  Faults `json:"faults"`
}

// Scanner is one scanner on a stream of bytes. Its methods may be called from
// any goroutine.
type Scanner struct {
	cfg     Config
	line    *wire.Line
	control *wire.HTTP

	mu     sync.Mutex
	change chan struct{}
	chance *rand.Rand
	faults Faults
	sent   []*Sent // the oldest leaves first
	first  int     // index of the first that is not done
	pulls  int64
	beeps  int
	off    bool // ssi: disabled
	led    bool
}

var _ fault.Device = (*Scanner)(nil)

// New checks the configuration; it returns ErrConfig.
func New(cfg Config) (*Scanner, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &Scanner{cfg: cfg, change: make(chan struct{}), chance: rand.New(rand.NewPCG(cfg.Reader, 0x5ca))}
	var err error
	if s.line, err = wire.NewLine(cfg.Listen, wire.Options{Clock: cfg.Clock, Log: cfg.Log}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	s.control = wire.NewHTTP(cfg.Control, s.Handler())
	return s, nil
}

// Name is the configured name.
func (s *Scanner) Name() string { return s.cfg.Name }

// Addr is where the host reaches it; "" before Ready.
func (s *Scanner) Addr() string { return s.line.Name() }

// ControlURL is the base address of the HTTP port.
func (s *Scanner) ControlURL() string { return s.control.URL() }

// Ready is closed when the host can reach it.
func (s *Scanner) Ready() <-chan struct{} { return s.line.Ready() }

// Run plays until ctx ends and returns nil then.
func (s *Scanner) Run(ctx context.Context) error {
	err := wire.Together(ctx, s.control.Run, s.control.Before(func(ctx context.Context) error { return s.line.Run(ctx, s.serve) }))
	if err != nil {
		return fmt.Errorf("scanner %s: %w", s.cfg.Name, err)
	}
	return nil
}

// Pull pulls the trigger before a code; aim is its AIM identifier ("]C1"), ""
// where nobody cares. An empty code is a pull that reads nothing. It gives the
// number of the pull.
func (s *Scanner) Pull(code, aim string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pulls++
	e := &Sent{N: s.pulls, Code: code, AIM: aim, At: time.Now()}
	if s.faults.Silent || s.faults.Away {
		e.Done, e.Spoilt = true, "silent or away"
	} else if s.chance.Float64() < s.faults.NoRead {
		e.Code, e.Spoilt = "", "noRead"
	}
	if len(s.sent) >= s.cfg.Keep {
		s.sent = append(s.sent[:0:0], s.sent[1:]...)
		s.first = max(0, s.first-1)
	}
	s.sent = append(s.sent, e)
	s.changed()
	return e.N
}

// Sent gives the pulls that are remembered, with N above since.
func (s *Scanner) Sent(since int64) []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Sent
	for _, e := range s.sent {
		if e.N > since {
			out = append(out, *e)
		}
	}
	return out
}

// Wait waits until a pull is done, or ctx ends.
func (s *Scanner) Wait(ctx context.Context, n int64) (Sent, error) {
	var found Sent
	err := s.wait(ctx, func() bool {
		for _, e := range s.sent {
			if e.N == n && e.Done {
				found = *e
				return true
			}
		}
		return false
	})
	return found, err
}

// Status is the present state.
func (s *Scanner) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting := 0
	for _, e := range s.sent {
		if !e.Done {
			waiting++
		}
	}
	return Status{
		Name: s.cfg.Name, Addr: s.line.Name(), Waiting: waiting, Pulls: s.pulls, Beeps: s.beeps,
		Enabled: !s.off, LED: s.led, Faults: s.faults,
	}
}

// SetFaults replaces the faults.
func (s *Scanner) SetFaults(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
	s.line.Pull(f.Away)
	s.changed()
}

// Prepare implements fault.Device: the keys of Faults.
func (s *Scanner) Prepare(what json.RawMessage) (func() func(), error) {
	return fault.Prepare(what, func() Faults { return s.Status().Faults }, s.SetFaults)
}

// changed wakes everybody who waits. The caller holds mu.
func (s *Scanner) changed() {
	close(s.change)
	s.change = make(chan struct{})
}

// wait blocks until ok, called with mu held, is true.
func (s *Scanner) wait(ctx context.Context, ok func() bool) error {
	for {
		s.mu.Lock()
		if ok() {
			s.mu.Unlock()
			return nil
		}
		change := s.change
		s.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-change:
		}
	}
}

// serve sends pulls on one connection until it breaks.
func (s *Scanner) serve(ctx context.Context, conn io.ReadWriteCloser) {
	ctx, cancel := context.WithCancel(ctx)
	heard := make(chan answer, 16)
	var group sync.WaitGroup
	shared := &whole{ReadWriter: conn}
	group.Go(func() {
		defer cancel()
		s.listen(ctx, shared, heard)
	})
	err := s.send(ctx, shared, heard)
	_ = conn.Close() // wakes the listener
	group.Wait()
	cancel()
	s.cfg.Log.Debug("scanner line ended", "scanner", s.cfg.Name, "err", err)
}

// whole keeps a code and an answer to the host from running into each other.
type whole struct {
	io.ReadWriter
	mu sync.Mutex
}

// Write writes all of b before the next one does.
func (w *whole) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ReadWriter.Write(b)
}

var errLine = errors.New("scanner: the line ended")

// send takes pull after pull. One that was under way when the line broke goes
// out again on the next one only where the scanner waits for answers; else it is
// lost, as on the floor.
func (s *Scanner) send(ctx context.Context, w io.Writer, heard <-chan answer) error {
	for {
		var e *Sent
		err := s.wait(ctx, func() bool {
			for s.first < len(s.sent) && s.sent[s.first].Done {
				s.first++
			}
			if s.first == len(s.sent) || s.off {
				return false
			}
			e = s.sent[s.first]
			return true
		})
		if err != nil {
			return errLine
		}
		if err := s.one(ctx, w, e, heard); err != nil {
			return err
		}
	}
}

// note changes a pull.
func (s *Scanner) note(e *Sent, f func(*Sent)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(e)
	s.changed()
}

// Handler serves the control port:
//
//	POST /scan    {"code":"…","aim":"]C1"} or {"code":""}: a pull that reads nothing
//	GET  /sent    the pulls (?since=N)
//	GET  /status  Status
//	POST /faults  Faults, replacing those there are
func (s *Scanner) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /scan", func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Code string `json:"code"`
			AIM  string `json:"aim"`
		}
		if wire.Take(w, r, &body) {
			wire.Reply(w, map[string]int64{"n": s.Pull(body.Code, body.AIM)})
		}
	})
	mux.HandleFunc("GET /sent", func(w http.ResponseWriter, r *http.Request) {
		var since int64
		if text := r.FormValue("since"); text != "" {
			if _, err := fmt.Sscan(text, &since); err != nil {
				http.Error(w, "since: a number is wanted", http.StatusBadRequest)
				return
			}
		}
		wire.Reply(w, s.Sent(since))
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { wire.Reply(w, s.Status()) })
	mux.HandleFunc("POST /faults", func(w http.ResponseWriter, r *http.Request) {
		var f Faults
		if wire.Take(w, r, &f) {
			s.SetFaults(f)
			wire.Reply(w, s.Status())
		}
	})
	return mux
}
