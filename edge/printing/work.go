package printing

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"dcedge/devices"
	"dcedge/edge"
	"dcedge/labels/layout"
)

// Codes of what this package itself finds; printers' codes are in devices.
const (
	codeRestart  = "restart"        // found open after a start
	codeUnknown  = "intentUnknown"  // the engine did not tell whether the intent is on disk; nothing was sent
	codeAttempt  = "attemptDiffers" // the engine began another attempt than the label bears; nothing was sent
	codeRender   = "render"
	codeHeld     = "held"
	codeRefused  = "intentRefused"
	codeNotClean = "notClean"
	codeNumber   = "renumberRefused"
)

// work is the goroutine of one printer. hard outlives ctx by the grace period.
func (s *Service) work(ctx, hard context.Context, printer string, wake <-chan struct{}) {
	tick := time.NewTicker(s.cfg.Tick)
	defer tick.Stop()
	for ctx.Err() == nil {
		s.settleDoubts(hard, printer)
		box, ok := s.next(printer)
		if ok {
			s.finish(box, printer, s.attempt(hard, box, printer))
			continue
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-tick.C:
		}
	}
}

// end is how one try ended for the box's next one.
type end struct {
	after   uint64 // the state must have come this far
	retry   bool   // wait before trying again
	printer bool   // it was this printer's fault: another one may try at once
	problem string
}

// finish gives the box free and remembers what its next try has to respect.
func (s *Service) finish(box *edge.Box, printer string, e end) {
	now := time.Now()
	s.mu.Lock()
	delete(s.book.running, box.ID)
	if e.after > s.book.head || e.retry {
		t := s.book.trail(box.ID)
		t.after, t.problem = e.after, e.problem
		if e.retry {
			wait := min(s.cfg.RetryMax, s.cfg.RetryMin<<min(t.fails, 16))
			t.fails++
			if e.printer {
				s.refusedBy(t, printer, now, wait)
			} else {
				t.wait = now.Add(wait)
			}
		}
	} else if s.book.wanted[box.ID] == nil {
		delete(s.book.trails, box.ID)
	}
	s.mu.Unlock()
	s.wake()
}

// attempt tries to print one label.
func (s *Service) attempt(ctx context.Context, box *edge.Box, printer string) end {
	if e, ok := s.clean(ctx, box, printer); !ok {
		return e
	}
	id := box.Print.NextAttempt
	st := s.printers[printer].Status()
	label, err := s.render.Render(ctx, Want{Box: box, Attempt: id, Copy: box.Print.Copy, Printer: printer, DotsMM: st.DotsMM, Model: st.Model})
	if errors.Is(err, ErrHeld) {
		return end{retry: true, problem: codeHeld}
	}
	if err != nil {
		s.log.Error("label not made", "box", box.ID, "attempt", id, "error", err)
		return s.cannot(ctx, box, printer, err)
	}
	report := edge.PrintReport{Stage: edge.StageIntent, Attempt: id, Box: box.ID, Printer: printer, Copy: box.Print.Copy,
		Hash: s.hash(label.ZPL), RecipientVersion: label.RecipientVersion, Template: label.Template, Meter: meterOf(st.Meter)}
	s.own(id, true)
	v, err := s.submit(ctx, report)
	switch {
	case err != nil:
		// Perhaps on disk, perhaps not; certainly no byte has left.
		return s.giveBack(ctx, report, id, codeUnknown)
	case !v.OK:
		s.own(id, false)
		s.log.Warn("intent refused", "box", box.ID, "attempt", id, "code", string(v.Code), "say", v.Say.Key)
		return end{retry: true, problem: codeRefused}
	case v.Answer != id:
		s.own(id, false)
		s.own(v.Answer, true)
		return s.giveBack(ctx, report, v.Answer, codeAttempt)
	}
	return s.send(ctx, report, label.ZPL)
}

// cannot tells the floor that a label cannot be made as the order and the
// template stand, and of which field: the packer waits for it. What may pass by
// itself, such as a vault that does not answer, is only tried again.
func (s *Service) cannot(ctx context.Context, box *edge.Box, printer string, why error) end {
	e := end{retry: true, problem: codeRender}
	field, ok := errors.AsType[*layout.FieldError](why)
	if !ok {
		return e
	}
	v, err := s.submit(ctx, edge.PrintReport{Stage: edge.StageCannot, Attempt: box.Print.NextAttempt, Box: box.ID, Printer: printer,
		Error: field.Code, Field: field.Field})
	switch {
	case err != nil:
		s.log.Error("the floor was not told of a label that cannot be made", "box", box.ID, "error", err)
	case v.Code == edge.OK:
		e.after = v.Receipt.Seq
	}
	return e
}

// giveBack reports an attempt of which no byte has left.
func (s *Service) giveBack(ctx context.Context, report edge.PrintReport, attempt, code string) end {
	report.Stage, report.Attempt, report.Error = edge.StageFailed, attempt, code
	after := s.report(ctx, report)
	return end{after: after, retry: true, problem: code}
}

// send prints; the intent is on disk.
func (s *Service) send(ctx context.Context, report edge.PrintReport, zpl []byte) end {
	r := s.printers[report.Printer].Print(ctx, devices.PrintJob{ID: report.Attempt, ZPL: zpl, Sent: func() {
		sent := report
		sent.Stage = edge.StageSent
		s.report(ctx, sent)
	}})
	switch r.Outcome {
	case devices.Printed:
		report.Stage, report.Evidence = edge.StagePrinted, r.Evidence
		return end{after: s.report(ctx, report)}
	case devices.NotSent:
		s.log.Warn("label not sent", "box", report.Box, "attempt", report.Attempt, "printer", report.Printer, "code", r.Code, "error", r.Err)
		report.Stage, report.Error = edge.StageFailed, r.Code
		return end{after: s.report(ctx, report), retry: true, printer: true, problem: r.Code}
	}
	s.log.Warn("label in doubt", "box", report.Box, "attempt", report.Attempt, "printer", report.Printer,
		"bytes", r.Bytes, "code", r.Code, "error", r.Err)
	return s.doubt(ctx, report, r)
}

// clean proves the printer of an earlier attempt empty where the state asks for
// that, or asks for a new number. ok is true when the label may be made.
func (s *Service) clean(ctx context.Context, box *edge.Box, printer string) (e end, ok bool) {
	first := box.Print.CleanFirst
	if first == "" {
		return end{}, true
	}
	s.mu.Lock()
	t := s.book.trails[box.ID]
	done := t != nil && t.cleaned == box.Print.Attempt
	s.mu.Unlock()
	if done {
		return end{}, true
	}
	err := errors.New("printing: that printer is not configured any more")
	if p := s.printers[first]; p != nil {
		cctx, stop := context.WithTimeout(ctx, s.cfg.CleanWait)
		err = p.CancelAll(cctx)
		stop()
	}
	if err == nil {
		s.mu.Lock()
		s.book.trail(box.ID).cleaned = box.Print.Attempt
		s.mu.Unlock()
		return end{}, true
	}
	s.log.Warn("printer not proven empty, number given up", "box", box.ID, "printer", first, "error", err)
	v, serr := s.submit(ctx, edge.PrintReport{Stage: edge.StageRenumber, Attempt: box.Print.Attempt, Box: box.ID, Printer: first, Error: codeNotClean})
	if serr != nil || !v.OK {
		s.log.Error("number not given up", "box", box.ID, "code", string(v.Code), "error", serr)
		return end{retry: true, problem: codeNumber}, false
	}
	return end{after: v.Receipt.Seq}, false
}

func (s *Service) own(attempt string, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if mine {
		s.book.owned[attempt] = true
	} else {
		delete(s.book.owned, attempt)
	}
}

// hash is the keyed hash that stands in the ledger: it proves later which bytes
// an attempt had without telling anything about the recipient.
func (s *Service) hash(zpl []byte) string {
	m := hmac.New(sha256.New, s.cfg.HashKey)
	m.Write(zpl)
	return hex.EncodeToString(m.Sum(nil))
}
