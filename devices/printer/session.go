package printer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"dcedge/devices"
)

// request is a job or a cancel on its way through the session.
type request struct {
	ctx    context.Context
	id     string
	zpl    []byte
	cancel bool
	settle *devices.Meter           // what was counted before the label that is asked about
	sent   chan struct{}            // closed when every byte was taken
	done   chan devices.PrintResult // holds one; always answered once the request was taken
}

// session is one connection: a reader goroutine turns bytes into answers, the
// goroutine of run owns everything else.
type session struct {
	p        *Printer
	conn     devices.Conn
	to       devices.Sink
	requests chan *request
	gone     chan struct{} // closed after run
	answers  chan Answer
	readErr  chan error
	in, out  atomic.Uint64

	owed     [KindSerial + 1]int // questions whose answers may still come late
	silent   int                 // rounds without any answer
	meter    *meter              // nil where the printer counts nothing that it tells
	odometer uint64              // the meter's total before the label in hand
	identity Identity
	serial   string // empty where it tells none
	looks    int    // idle ones
}

// maxAnswers bounds the answers that wait to be looked at; more are dropped, so
// that the wire is always drained, also while a label is being written.
const maxAnswers = 64

func newSession(p *Printer, conn devices.Conn, to devices.Sink) *session {
	return &session{p: p, conn: conn, to: to, requests: make(chan *request), gone: make(chan struct{}),
		answers: make(chan Answer, maxAnswers), readErr: make(chan error, 1)}
}

// run serves the connection until it is lost or ctx ends.
func (s *session) run(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.read()
	}()
	err := s.serve(ctx)
	if err != nil { // what the wire still holds of a label must not come out behind its doubt
		_ = devices.Abort(s.conn)
	} else {
		_ = s.conn.Close()
	}
	<-done
	if err == nil || ctx.Err() != nil {
		return nil
	}
	if _, ok := errors.AsType[*devices.Fault](err); ok {
		return err
	}
	class, hint := devices.Transient, hintFor(devices.Offline)
	if errors.Is(err, errIdentity) {
		class, hint = devices.Permanent, hintFor(devices.OtherPrinter)
	}
	return s.p.fault("session", class, hint, err)
}

func (s *session) serve(ctx context.Context) error {
	if err := s.greet(ctx); err != nil {
		return err
	}
	timer := time.NewTimer(devices.Together(s.p.cfg.IdlePoll))
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.readErr:
			return err
		case req := <-s.requests:
			r, err := s.handle(ctx, req)
			req.done <- r
			if err != nil {
				return err
			}
			timer.Reset(0)
		case <-timer.C:
			if err := s.idle(ctx); err != nil {
				return err
			}
			timer.Reset(devices.Together(s.p.cfg.IdlePoll))
		}
	}
}

// countEvery is how many idle looks lie between two looks at the meter.
const countEvery = 5

// idle looks how the printer is, and now and then what it has counted: a person
// may have fed labels by hand.
func (s *session) idle(ctx context.Context) error {
	h, fresh, err := s.look(ctx)
	if err != nil {
		return err
	}
	if s.looks++; s.looks%countEvery != 0 || !fresh || !h.Empty() {
		return nil
	}
	_, _, err = s.count(ctx)
	return err
}

// greet makes a connection of unknown state a known one.
func (s *session) greet(ctx context.Context) error {
	if err := s.send("~JX"); err != nil {
		return err
	}
	if err := s.who(ctx); err != nil {
		return err
	}
	if _, _, err := s.look(ctx); err != nil {
		return err
	}
	return s.findMeter(ctx)
}

// who asks the printer for its model and serial number and refuses one that does
// not belong here, before a label can be sent.
func (s *session) who(ctx context.Context) error {
	if s.p.cfg.asks(AskIdentity) {
		switch a, _, err := s.ask(ctx, "~HI", KindIdentity); {
		case err == nil:
			s.identity = a.Identity
		case !errors.Is(err, errNoAnswer):
			return err
		}
	}
	if s.p.cfg.asks(AskSerial) {
		switch a, _, err := s.ask(ctx, "~HQSN", KindSerial); {
		case err == nil:
			s.serial = a.Serial
		case !errors.Is(err, errNoAnswer):
			return err
		}
	}
	s.p.update(s.to, func(st *devices.PrinterStatus) {
		st.Model, st.Firmware, st.DotsMM, st.Serial = s.identity.Model, s.identity.Firmware, s.identity.DotsMM, s.serial
		if st.Meter.Serial != s.serial { // what another one has counted
			st.Meter = s.mark()
		}
	})
	return s.checkIdentity()
}

// meter is how a printer is asked for what it has printed so far.
type meter struct {
	question string
	kind     Kind
	unit     string
}

// findMeter asks for the number of labels first: the length of media, which
// older printers tell instead, may stand still over a short label.
func (s *session) findMeter(ctx context.Context) error {
	for _, m := range []meter{
		{"! U1 getvar \"odometer.total_label_count\"\r\n", KindLabelCount, devices.MeterLabels},
		{"~HQOD", KindOdometer, devices.MeterLength},
	} {
		if !s.p.cfg.asks(map[string]string{devices.MeterLabels: AskLabelCount, devices.MeterLength: AskOdometer}[m.unit]) {
			continue
		}
		a, _, err := s.ask(ctx, m.question, m.kind)
		if err == nil {
			s.meter = &m
			s.counted(a.Odometer)
			return nil
		}
		if !errors.Is(err, errNoAnswer) {
			return err
		}
	}
	s.p.update(s.to, func(st *devices.PrinterStatus) { st.Meter = devices.Meter{Serial: s.serial} })
	return nil
}

// count asks the meter; fresh is false where it gave no answer that was measured
// after the call, or where there is no meter.
func (s *session) count(ctx context.Context) (n uint64, fresh bool, err error) {
	if s.meter == nil {
		return 0, false, nil
	}
	a, fresh, err := s.ask(ctx, s.meter.question, s.meter.kind)
	switch {
	case errors.Is(err, errNoAnswer):
		return 0, false, nil
	case err != nil || !fresh:
		return 0, false, err
	}
	s.counted(a.Odometer)
	return a.Odometer, true, nil
}

// counted keeps what the meter said.
func (s *session) counted(n uint64) {
	s.odometer = n
	s.p.update(s.to, func(st *devices.PrinterStatus) { st.Meter = s.mark() })
}

// mark is what the printer has counted, as it was told last.
func (s *session) mark() devices.Meter {
	if s.meter == nil {
		return devices.Meter{Serial: s.serial}
	}
	return devices.Meter{Serial: s.serial, Unit: s.meter.unit, Count: s.odometer}
}

// handle answers a request; an error ends the session.
func (s *session) handle(ctx context.Context, req *request) (devices.PrintResult, error) {
	// A request ends with its caller, or some time after the session was told to
	// end: a label that is coming out is better proven than left in doubt.
	running := ctx
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(running, func() {
		t := time.NewTimer(s.p.cfg.Grace)
		defer t.Stop()
		select {
		case <-t.C:
			stop()
		case <-ctx.Done():
		}
	})()
	defer context.AfterFunc(req.ctx, stop)()
	if err := s.same(ctx); err != nil {
		r := turnedAway(req, err)
		if errors.Is(err, errNoAnswer) {
			err = nil
		}
		return r, s.unlessAsked(req, err)
	}
	if req.cancel {
		err := s.cancelAll(ctx)
		if errors.Is(err, ErrNotEmpty) {
			return devices.PrintResult{Err: err}, nil
		}
		if err != nil {
			return devices.PrintResult{Err: fmt.Errorf("%w: %w", ErrNotEmpty, err)}, s.unlessAsked(req, err)
		}
		return devices.PrintResult{}, nil
	}
	serve := s.print
	if req.settle != nil {
		serve = s.settleLabel
	}
	r, err := serve(ctx, req)
	return r, s.unlessAsked(req, err)
}

// turnedAway answers a request that nothing was done for.
func turnedAway(req *request, err error) devices.PrintResult {
	switch {
	case req.cancel:
		return devices.PrintResult{Err: fmt.Errorf("%w: %w", ErrNotEmpty, err)}
	case req.settle != nil:
		return devices.PrintResult{Outcome: devices.Unknown, Code: devices.CodeWire, Before: *req.settle, Err: err}
	}
	return devices.PrintResult{Code: devices.CodeNotReady, Err: fmt.Errorf("%w: %w", ErrNotReady, err)}
}

// unlessAsked drops an error that only says that the caller gave up.
func (s *session) unlessAsked(req *request, err error) error {
	if err != nil && errors.Is(err, context.Canceled) && req.ctx.Err() != nil {
		return nil
	}
	return err
}

// read turns bytes into answers until the wire ends. It never waits for run.
func (s *session) read() {
	var sc Scanner
	buf := make([]byte, 4096)
	for {
		n, err := s.conn.Read(buf)
		s.in.Add(uint64(n))
		for _, a := range sc.Feed(buf[:n]) {
			select {
			case s.answers <- a:
			default:
			}
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = errors.New("printer: connection closed by the printer")
			}
			s.readErr <- err
			return
		}
	}
}

// send writes a short command.
func (s *session) send(command string) error {
	_, err := s.write([]byte(command))
	return err
}

// write gives bytes to the wire and says how many it took.
func (s *session) write(b []byte) (int, error) {
	if err := s.conn.SetWriteDeadline(time.Now().Add(s.p.cfg.WriteStall)); err != nil {
		return 0, fmt.Errorf("printer: write deadline: %w", err)
	}
	n, err := s.conn.Write(b)
	s.out.Add(uint64(n))
	if err != nil {
		return n, fmt.Errorf("printer: write failed: %w", err)
	}
	return n, nil
}

var (
	errNoAnswer = errors.New("printer: no answer in time")
	errIdentity = errors.New("printer: another printer than the one that belongs here")
	errSilent   = errors.New("printer: answers nothing")
)

// checkIdentity holds model and serial number to what belongs here. Where nothing
// is known of it yet, the first one that answers is.
func (s *session) checkIdentity() error {
	if want := s.p.cfg.Model; want != "" && !strings.HasPrefix(s.identity.Model, want) {
		return s.other("model %.64q instead of %q", s.identity.Model, want)
	}
	s.p.mu.Lock()
	want := s.p.cfg.Serial
	if want == "" {
		want = s.p.trusted
	}
	if want == "" {
		s.p.trusted = s.serial
	}
	s.p.mu.Unlock()
	switch {
	case want == "" || want == s.serial:
		return nil
	case s.serial == "":
		return s.p.fault("identify", devices.Transient, "switch it off and on: it is connected and answers nothing that can be read",
			fmt.Errorf("printer: it tells no serial number, %q belongs here", want))
	}
	return s.other("serial number %q instead of %q", s.serial, want)
}

// same makes sure that it is still the printer of the connection's start: a plug can
// be moved without the line noticing. errNoAnswer: it does not tell now.
func (s *session) same(ctx context.Context) error {
	if s.serial == "" {
		return nil
	}
	switch a, fresh, err := s.ask(ctx, "~HQSN", KindSerial); {
	case err != nil:
		return err
	case !fresh:
		return errNoAnswer
	case a.Serial != s.serial:
		return fmt.Errorf("printer: %q answers where %q was", a.Serial, s.serial)
	}
	return nil
}

func (s *session) other(format string, args ...any) error {
	err := fmt.Errorf("%w: "+format, append([]any{errIdentity}, args...)...)
	s.note(devices.OtherPrinter, err.Error())
	return err
}
