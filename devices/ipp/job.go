package ipp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"dcedge/devices"
)

// Operations and states (RFC 8011).
const (
	opPrintJob             = 0x0002
	opCancelJob            = 0x0008
	opGetJobAttributes     = 0x0009
	opGetPrinterAttributes = 0x000b
	statusOKMost           = 0x00ff

	printerIdle    = 3
	printerStopped = 5

	jobCanceled  = 7
	jobAborted   = 8
	jobCompleted = 9
)

// Job is one document.
type Job struct {
	Name   string // stands on the printer's display; nothing personal
	PDF    []byte
	Copies int // 0 is 1
}

// Result is the end of a Job.
type Result struct {
	Outcome devices.PrintOutcome
	Job     int    // number of the job at the printer; 0 where it took none
	Code    string // stable: offline, refused, wire, notPrinted, noProof, stopped
	Err     error
}

// Print hands one document over and waits until the printer says that it is done.
// It is handed over at most once.
func (p *Printer) Print(ctx context.Context, j Job) Result {
	w := newRequest(opPrintJob, p.next.Add(1), p.cfg.URI)
	w.text(tagName, "requesting-user-name", "dcedge")
	w.text(tagName, "job-name", clip(j.Name))
	w.text(tagMimeType, "document-format", PDF)
	w.group(tagJob)
	w.number(tagInteger, "copies", int32(max(j.Copies, 1)))
	w.text(tagKeyword, "media", "iso_a4_210x297mm")
	m, err := p.call(ctx, w.done(), j.PDF)
	switch {
	case errors.Is(err, ErrRefused):
		return Result{Code: "refused", Err: err}
	case err != nil:
		if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
			return Result{Code: devices.CodeOffline, Err: err} // nothing reached it
		}
		return Result{Outcome: devices.Unknown, Code: devices.CodeWire, Err: fmt.Errorf("%w: %w", ErrLost, err)}
	case m.code > statusOKMost:
		return Result{Code: "refused", Err: fmt.Errorf("%w: status %04x %s", ErrRefused, m.code, m.text("status-message"))}
	}
	id, ok := m.number("job-id")
	if !ok {
		return Result{Outcome: devices.Unknown, Code: devices.CodeNoProof, Err: fmt.Errorf("%w: it names no job", ErrMessage)}
	}
	p.log.Info("document handed over", "job", id, "bytes", len(j.PDF))
	return p.follow(ctx, id)
}

// clip bounds a job's name to what the protocol takes, at a character.
func clip(s string) string {
	const most = 255
	for len(s) > most {
		s = s[:len(s)-1]
		for len(s) > 0 && s[len(s)-1]&0xc0 == 0x80 {
			s = s[:len(s)-1]
		}
		if len(s) > 0 && s[len(s)-1] >= 0xc0 {
			s = s[:len(s)-1]
		}
	}
	return s
}

// follow watches a job until the printer has ended it.
func (p *Printer) follow(ctx context.Context, id int) Result {
	patience := time.NewTimer(p.cfg.JobWait)
	defer patience.Stop()
	tick := time.NewTicker(p.cfg.Watch)
	defer tick.Stop()
	unknown := func(code string, err error) Result {
		return Result{Outcome: devices.Unknown, Job: id, Code: code, Err: err}
	}
	for {
		state, why, err := p.job(ctx, id)
		switch {
		case err != nil: // asked again until patience ends
		case state == jobCompleted:
			return Result{Outcome: devices.Printed, Job: id}
		case state == jobCanceled, state == jobAborted:
			return Result{Outcome: devices.NotPrinted, Job: id, Code: devices.CodeNotPrinted, Err: fmt.Errorf("%w: %s", ErrNotPrinted, why)}
		}
		select {
		case <-ctx.Done():
			return unknown(devices.CodeStopped, ctx.Err())
		case <-patience.C:
			return unknown(devices.CodeNoProof, errors.Join(fmt.Errorf("%w: job %d is in state %d %s", ErrSlow, id, state, why), err))
		case <-tick.C:
		}
	}
}

// job asks for a job's state.
func (p *Printer) job(ctx context.Context, id int) (state int, why string, err error) {
	w := newRequest(opGetJobAttributes, p.next.Add(1), p.cfg.URI)
	w.number(tagInteger, "job-id", int32(id))
	w.text(tagName, "requesting-user-name", "dcedge")
	w.text(tagKeyword, "requested-attributes", "job-state", "job-state-reasons", "job-printer-state-message")
	m, err := p.call(ctx, w.done(), nil)
	if err != nil {
		return 0, "", err
	}
	state, ok := m.number("job-state")
	if m.code > statusOKMost || !ok {
		return 0, "", fmt.Errorf("ipp: job %d: status %04x %s", id, m.code, m.text("status-message"))
	}
	return state, strings.Join(m.texts("job-state-reasons"), " "), nil
}

// Cancel takes a job back.
func (p *Printer) Cancel(ctx context.Context, id int) error {
	w := newRequest(opCancelJob, p.next.Add(1), p.cfg.URI)
	w.number(tagInteger, "job-id", int32(id))
	w.text(tagName, "requesting-user-name", "dcedge")
	m, err := p.call(ctx, w.done(), nil)
	if err == nil && m.code > statusOKMost {
		err = fmt.Errorf("%w: status %04x %s", ErrRefused, m.code, m.text("status-message"))
	}
	return err
}

// condition reads printer-state and its reasons. Reasons end in -error, -warning or
// -report; a warning stops nothing.
func condition(m *message) (devices.Condition, string) {
	reasons := m.texts("printer-state-reasons")
	detail := strings.TrimSpace(strings.Join(reasons, " ") + " " + m.text("printer-state-message"))
	if detail == "none" {
		detail = ""
	}
	state, _ := m.number("printer-state")
	for _, r := range reasons {
		r, warning := strings.CutSuffix(r, "-warning")
		r, report := strings.CutSuffix(r, "-report")
		r = strings.TrimSuffix(r, "-error")
		if warning || report {
			continue
		}
		switch r {
		case "media-empty", "media-needed":
			return devices.NoPaper, detail
		case "cover-open", "door-open", "interlock-open":
			return devices.HeadOpen, detail
		case "offline", "shutdown", "timed-out":
			return devices.Offline, detail
		case "paused", "moving-to-paused":
			return devices.Paused, detail
		case "marker-supply-empty", "toner-empty", "media-jam", "other":
			return devices.Faulty, detail
		}
	}
	switch accepting, told := m.number("printer-is-accepting-jobs"); {
	case state == printerStopped:
		return devices.Faulty, detail
	case told && accepting == 0:
		return devices.Paused, detail
	case state > printerIdle:
		return devices.Printing, detail
	}
	return devices.Ready, detail
}

// hintFor says what a person can do.
func hintFor(c devices.Condition) string {
	switch c {
	case devices.NoPaper:
		return "load paper"
	case devices.HeadOpen:
		return "close the printer's cover"
	case devices.Paused:
		return "let the printer or its queue take jobs again (cupsenable, cupsaccept)"
	case devices.Offline:
		return "check power, network and address of the printer"
	case devices.Faulty:
		return "look at the printer's display"
	}
	return ""
}
