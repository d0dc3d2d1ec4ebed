package printer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"dcedge/devices"
)

// Errors of Print and CancelAll that are no faults of the wire.
var (
	// ErrOffline is returned when there is no connection; nothing was sent.
	ErrOffline = errors.New("printer: offline")
	// ErrNotReady is returned when the printer did not report itself ready with
	// an empty buffer; no byte of the label was sent.
	ErrNotReady = errors.New("printer: not ready")
	// ErrLabel is returned for bytes that are not exactly one format.
	ErrLabel = errors.New("printer: not one format")
	// ErrNoProof is returned when every byte was taken and no proof came in time.
	ErrNoProof = errors.New("printer: no proof of the print")
	// ErrNotEmpty is returned when the printer could not be proven empty.
	ErrNotEmpty = errors.New("printer: not proven empty")
)

// Config of one printer; zero durations take the defaults.
type Config struct {
	Name  string
	Model string // when set, the beginning of the model that ~HI must give, else no label is sent

	// Serial, when set, is the serial number that ~HQSN must give. Where it is not,
	// the printer that was trusted last belongs here (Trust), else the first one.
	Serial string
	// Questions are those that this printer answers (Ask…); nil: all of them. What
	// is not answered costs AnswerWait at every connection, and some emulations
	// print a question that they do not know.
	Questions []string

	Piece       int           // bytes of a label given to the wire at once, default 4096; a slow wire must take one well within WriteStall
	IdlePoll    time.Duration // between two ~HS while idle, default 1 s
	BusyPoll    time.Duration // between two ~HS while printing, default 150 ms
	AnswerWait  time.Duration // for one answer, default 500 ms: IdlePoll + 2 of it stay under 2 s
	WriteStall  time.Duration // longest wait for the wire to take a piece, default 5 s
	ReadyWait   time.Duration // how long a label waits for an empty buffer, default 3 s
	SettleWait  time.Duration // for a printer to tell what became of an earlier label, default 30 s
	Still       time.Duration // how long nothing may move until that label is held to be none, default 2 s: the slowest label
	ProofWait   time.Duration // for proof while no fault is known, default 10 s
	HoldWait    time.Duration // for a person to clear a fault under a label, default 3 min
	Grace       time.Duration // for the label in hand when Run's context ends, default 4 s
	SilentLimit int           // unanswered rounds until the connection is given up, default 10
}

func (c Config) withDefaults() Config {
	for _, d := range []struct {
		at  *time.Duration
		def time.Duration
	}{
		{&c.IdlePoll, time.Second}, {&c.BusyPoll, 150 * time.Millisecond}, {&c.AnswerWait, 500 * time.Millisecond},
		{&c.WriteStall, 5 * time.Second}, {&c.ReadyWait, 3 * time.Second}, {&c.ProofWait, 10 * time.Second},
		{&c.SettleWait, 30 * time.Second}, {&c.Still, 2 * time.Second}, {&c.HoldWait, 3 * time.Minute}, {&c.Grace, 4 * time.Second},
	} {
		if *d.at <= 0 {
			*d.at = d.def
		}
	}
	if c.SilentLimit <= 0 {
		c.SilentLimit = 10
	}
	if c.Piece <= 0 {
		c.Piece = 4096
	}
	return c
}

// The questions of Config.Questions. ~HS is none of them: without it there is no
// proof of anything.
const (
	AskHealth     = "hqes"       // ~HQES, where ~HS was not answered
	AskIdentity   = "hi"         // ~HI
	AskSerial     = "hqsn"       // ~HQSN
	AskOdometer   = "hqod"       // ~HQOD
	AskLabelCount = "labelCount" // the SGD variable odometer.total_label_count
)

// Questions lists what Config.Questions may hold.
func Questions() []string {
	return []string{AskHealth, AskIdentity, AskSerial, AskOdometer, AskLabelCount}
}

func (c Config) asks(question string) bool {
	return c.Questions == nil || slices.Contains(c.Questions, question)
}

// Printer is one Zebra-type printer. Print and CancelAll may be called from any
// goroutine; one at a time is served.
type Printer struct {
	cfg  Config
	open devices.Opener
	log  *slog.Logger

	mu     sync.Mutex
	status devices.PrinterStatus
	cur    *session // nil while offline

	flooded time.Time // when it did so last

	trusted string // the serial number that belongs here, where the configuration names none
	stuck   bool   // its count stood still while nothing kept a label from coming out: of the session's goroutine
}

var _ devices.Driver = (*Printer)(nil)

// New makes a printer that connects through open once Run is called.
func New(cfg Config, open devices.Opener, log *slog.Logger) (*Printer, error) {
	if cfg.Name == "" || open == nil || log == nil {
		return nil, fmt.Errorf("printer: name, opener and logger are required")
	}
	p := &Printer{cfg: cfg.withDefaults(), open: open, log: log.With("device", cfg.Name)}
	p.status = devices.PrinterStatus{Name: cfg.Name, Condition: devices.Offline, Since: time.Now()}
	return p, nil
}

// Info names the device.
func (p *Printer) Info() devices.Info {
	return devices.Info{Name: p.cfg.Name, Class: "printer", Driver: "zebra"}
}

// Status is what is known now. It never blocks on the wire.
func (p *Printer) Status() devices.PrinterStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// Run connects, serves jobs and status until the connection is lost (a
// *devices.Fault) or ctx ends (nil). It does not reconnect.
func (p *Printer) Run(ctx context.Context, to devices.Sink) error {
	conn, err := p.open.Open(ctx)
	if err != nil {
		if _, ok := errors.AsType[*devices.Fault](err); !ok {
			err = p.fault("open", devices.Transient, hintFor(devices.Offline), err)
		}
		p.lost(to, err) // the link knows best what a person can do
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	s := newSession(p, conn, to)
	if !p.take(s) {
		_ = conn.Close()
		return p.fault("run", devices.Permanent, "one connection to a printer serves everything", errors.New("printer: already running"))
	}
	err = s.run(ctx)
	p.leave(s)
	if !errors.Is(err, errIdentity) { // else it is another printer until this one is met
		p.lost(to, err)
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// Print sends one label and waits for proof that it came out; see
// devices.PrintResult for what its outcomes promise. The bytes are written at
// most once. It returns at the latest after the sum of the configured waits.
func (p *Printer) Print(ctx context.Context, job devices.PrintJob) devices.PrintResult {
	if err := oneFormat(job.ZPL); err != nil {
		return devices.PrintResult{Code: devices.CodeBadLabel, Err: err}
	}
	req := &request{zpl: job.ZPL, id: job.ID, sent: make(chan struct{}), done: make(chan devices.PrintResult, 1)}
	if err := p.ask(ctx, req); err != nil {
		code := devices.CodeBusy
		if errors.Is(err, ErrOffline) {
			code = devices.CodeOffline
		}
		return devices.PrintResult{Code: code, Err: err}
	}
	// From here on the session owns the request and always answers, so nothing
	// is given up when ctx ends: the session hears of that itself.
	sent := req.sent
	for {
		select {
		case <-sent:
			sent = nil
			if job.Sent != nil {
				job.Sent()
			}
		case r := <-req.done:
			if sent != nil && job.Sent != nil && r.Bytes == len(job.ZPL) {
				job.Sent()
			}
			return r
		}
	}
}

// CancelAll throws away every format in the printer (~JA) and proves by ~HS
// that nothing is left that could come out. Errors wrap ErrOffline or
// ErrNotEmpty: the printer may still print.
func (p *Printer) CancelAll(ctx context.Context) error {
	req := &request{cancel: true, sent: make(chan struct{}), done: make(chan devices.PrintResult, 1)}
	if err := p.ask(ctx, req); err != nil {
		return err
	}
	return (<-req.done).Err
}

// Settle asks what became of an earlier label whose bytes left, from what the
// printer has counted since before them. Printed and NotPrinted are proven; of
// Unknown, CodeNoMeter and CodeOther stay so, everything else may be asked again.
// No other label may have been sent to this printer in between.
func (p *Printer) Settle(ctx context.Context, before devices.Meter) devices.PrintResult {
	req := &request{settle: &before, sent: make(chan struct{}), done: make(chan devices.PrintResult, 1)}
	if err := p.ask(ctx, req); err != nil {
		return devices.PrintResult{Outcome: devices.Unknown, Code: devices.CodeOffline, Err: err}
	}
	return <-req.done
}

// Trust names the serial number of the printer that belongs here from now on, for
// a printer without Config.Serial; "" takes the next one that answers.
func (p *Printer) Trust(serial string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trusted = serial
}

// Trusted is the serial number of the printer that belongs here; "" where none is
// known yet.
func (p *Printer) Trusted() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cfg.Serial != "" {
		return p.cfg.Serial
	}
	return p.trusted
}

// ask hands a request to the session; an error proves that it was not taken.
func (p *Printer) ask(ctx context.Context, req *request) error {
	p.mu.Lock()
	s := p.cur
	p.mu.Unlock()
	if s == nil {
		return fmt.Errorf("%w: %s", ErrOffline, p.cfg.Name)
	}
	req.ctx = ctx
	select {
	case s.requests <- req:
		return nil
	case <-s.gone:
		return fmt.Errorf("%w: %s", ErrOffline, p.cfg.Name)
	case <-ctx.Done():
		return fmt.Errorf("printer: %s is busy: %w", p.cfg.Name, ctx.Err())
	}
}

func (p *Printer) take(s *session) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cur != nil {
		return false
	}
	p.cur = s
	return true
}

func (p *Printer) leave(s *session) {
	p.mu.Lock()
	p.cur = nil
	p.mu.Unlock()
	close(s.gone)
}

// lost keeps why there is no connection any more; nil: it was ended.
func (p *Printer) lost(to devices.Sink, err error) {
	p.update(to, func(st *devices.PrinterStatus) {
		st.Condition, st.Detail = devices.Offline, ""
		if f, ok := errors.AsType[*devices.Fault](err); ok {
			st.Condition, st.Detail, st.Hint = f.Left(), f.Err.Error(), f.Hint
			if st.Condition == devices.Flooding {
				p.flooded = time.Now()
			}
		}
	})
}

// update keeps the present condition and tells the sink of a change.
func (p *Printer) update(to devices.Sink, change func(*devices.PrinterStatus)) {
	p.mu.Lock()
	before := p.status
	change(&p.status)
	if p.status.Condition != before.Condition {
		p.status.Since = time.Now()
	}
	after := p.status
	p.mu.Unlock()
	if before.Condition == after.Condition && before.Detail == after.Detail {
		return
	}
	p.log.Info("printer state", "condition", string(after.Condition), "detail", after.Detail)
	to.State(devices.State{Device: after.Name, Condition: after.Condition, Detail: after.Detail, Hint: after.Hint})
}

func (p *Printer) fault(op string, c devices.Class, hint string, err error) error {
	return &devices.Fault{Device: p.cfg.Name, Op: op, Class: c, Hint: hint, Err: err}
}

// hintFor says what a person can do.
func hintFor(c devices.Condition) string {
	switch c {
	case devices.Offline:
		return "check power, network cable and address of the printer"
	case devices.NoPaper:
		return "load labels and close the head"
	case devices.NoRibbon:
		return "load ribbon"
	case devices.HeadOpen:
		return "close the print head"
	case devices.Paused:
		return "press PAUSE on the printer"
	case devices.Hot:
		return "let the print head come to its temperature"
	case devices.Silent:
		return "look at the printer's display: it is connected and answers nothing"
	case devices.OtherPrinter:
		return "another printer answers at this address: correct the configuration, or press test if this one belongs here"
	case devices.Flooding:
		return "switch it off and on: it sends without end, and gets no label until it was well for " + devices.Calm.String()
	case devices.Faulty:
		return "look at the printer's display"
	}
	return ""
}
