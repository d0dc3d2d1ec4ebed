package ipp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"dcedge/devices"
)

// PDF is the one format that is sent; every queue of CUPS and every IPP Everywhere
// printer of the last ten years takes it.
const PDF = "application/pdf"

// Errors of Print.
var (
	// ErrRefused is returned when the printer did not take the document.
	ErrRefused = errors.New("ipp: refused")
	// ErrLost is returned when the document left and its answer did not come.
	ErrLost = errors.New("ipp: no answer after the document")
	// ErrNotPrinted is returned when the printer gave the job up.
	ErrNotPrinted = errors.New("ipp: given up by the printer")
	// ErrSlow is returned when the job was not done in time; it may still come out.
	ErrSlow = errors.New("ipp: not done in time")
)

// Config of one printer; zero durations take the defaults.
type Config struct {
	Name string
	URI  string // ipp://host/path or ipps://

	Poll    time.Duration // between two looks at its state, default 5 s
	Watch   time.Duration // between two looks at a job, default 500 ms
	Answer  time.Duration // for one answer, default 10 s
	JobWait time.Duration // for a job to be done while no fault is known, default 2 min
}

// Printer is one A4 printer. Its methods may be called from any goroutine.
type Printer struct {
	cfg    Config
	at     string // over HTTP
	client *http.Client
	log    *slog.Logger
	mon    *devices.Monitor
	next   atomic.Uint32
}

var _ devices.Driver = (*Printer)(nil)

// New makes a printer that is looked at once Run is called.
func New(cfg Config, log *slog.Logger) (*Printer, error) {
	u, err := url.Parse(cfg.URI)
	if err != nil || u.Host == "" || u.Scheme != "ipp" && u.Scheme != "ipps" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, &devices.Fault{Device: cfg.Name, Op: "link", Class: devices.Permanent, Hint: `correct link, such as "ipp://10.0.0.9/ipp/print"`,
			Err: fmt.Errorf("ipp: %q is no printer's address", cfg.URI)}
	}
	if cfg.Name == "" || log == nil {
		return nil, errors.New("ipp: name and logger are required")
	}
	for _, d := range []struct {
		at  *time.Duration
		def time.Duration
	}{{&cfg.Poll, 5 * time.Second}, {&cfg.Watch, 500 * time.Millisecond}, {&cfg.Answer, 10 * time.Second}, {&cfg.JobWait, 2 * time.Minute}} {
		if *d.at <= 0 {
			*d.at = d.def
		}
	}
	h := *u
	h.Scheme = map[string]string{"ipp": "http", "ipps": "https"}[u.Scheme]
	if h.Port() == "" {
		h.Host += ":631"
	}
	p := &Printer{cfg: cfg, at: h.String(), log: log.With("device", cfg.Name),
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	p.mon = devices.NewMonitor(p.Info())
	return p, nil
}

// Info names the device.
func (p *Printer) Info() devices.Info {
	return devices.Info{Name: p.cfg.Name, Class: "documents", Driver: "ipp"}
}

// Status is what is known now. It never blocks on the wire.
func (p *Printer) Status() devices.Status { return p.mon.Status() }

// Run looks at the printer's state until it is lost (a *devices.Fault) or ctx ends
// (nil).
func (p *Printer) Run(ctx context.Context, to devices.Sink) error {
	tick := time.NewTicker(p.cfg.Poll)
	defer tick.Stop()
	for {
		if err := p.look(ctx, to); err != nil {
			if ctx.Err() != nil {
				p.mon.Set(to, devices.Offline, "", "")
				return nil
			}
			return p.mon.Fail(to, "status", cmp.Or(devices.NameHint(err), "check power, network and address of the printer"), err)
		}
		select {
		case <-ctx.Done():
			p.mon.Set(to, devices.Offline, "", "")
			return nil
		case <-tick.C:
		}
	}
}

// look asks the printer how it is.
func (p *Printer) look(ctx context.Context, to devices.Sink) error {
	w := newRequest(opGetPrinterAttributes, p.next.Add(1), p.cfg.URI)
	w.text(tagKeyword, "requested-attributes", "printer-state", "printer-state-reasons", "printer-state-message", "printer-make-and-model",
		"printer-is-accepting-jobs", "document-format-supported", "printer-firmware-string-version", "printer-device-id")
	m, err := p.call(ctx, w.done(), nil)
	if err != nil {
		return err
	}
	if m.code > statusOKMost {
		return fmt.Errorf("ipp: status %04x: %s", m.code, m.text("status-message"))
	}
	p.mon.Identify(m.text("printer-make-and-model"), serialOf(m.text("printer-device-id")), m.text("printer-firmware-string-version"))
	c, detail := condition(m)
	if formats := m.texts("document-format-supported"); len(formats) > 0 && !slices.Contains(formats, PDF) && !slices.Contains(formats, "application/octet-stream") {
		c, detail = devices.Faulty, "it takes no PDF: "+strings.Join(formats[:min(len(formats), 8)], " ")
	}
	p.mon.Set(to, c, detail, hintFor(c))
	return nil
}

// serialOf finds the serial number in an IEEE 1284 device id.
func serialOf(id string) string {
	for _, part := range strings.Split(id, ";") {
		for _, key := range []string{"SN:", "SERN:", "SERIALNUMBER:"} {
			if rest, ok := strings.CutPrefix(strings.ToUpper(part), key); ok {
				return part[len(part)-len(rest):]
			}
		}
	}
	return ""
}

// call posts one request, with a document behind it, and reads the answer.
func (p *Printer) call(ctx context.Context, head, document []byte) (*message, error) {
	ctx, stop := context.WithTimeout(ctx, p.cfg.Answer)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.at, bytes.NewReader(slices.Concat(head, document)))
	if err != nil {
		return nil, fmt.Errorf("ipp: %w", err)
	}
	req.Header.Set("Content-Type", "application/ipp")
	p.mon.Gave(len(head) + len(document))
	res, err := p.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ipp: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxMessage+1))
	p.mon.Took(len(raw))
	switch {
	case err != nil:
		return nil, fmt.Errorf("ipp: %w", err)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%w: HTTP %d", ErrRefused, res.StatusCode)
	case len(raw) > maxMessage:
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrMessage, maxMessage)
	}
	return parse(raw)
}
