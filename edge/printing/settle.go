package printing

import (
	"context"
	"slices"
	"time"

	"dcedge/devices"
	"dcedge/edge"
)

// askAgain is how long it takes until a printer that is not there is asked again
// what became of a label.
const askAgain = 250 * time.Millisecond

// settleWithin bounds one question to a printer about an earlier label: longer than
// a proof takes, and short enough that a cancel has its turn.
const settleWithin = 7 * time.Second

// doubt follows a label whose bytes left and of which nothing is known. The
// printer's own count tells in most cases, once it answers again; meanwhile no
// other label goes to it. Only then a person is asked, and the printer still is.
// One that counts nothing is not waited for.
func (s *Service) doubt(ctx context.Context, report edge.PrintReport, r devices.PrintResult) end {
	s.mu.Lock()
	s.book.marks[report.Attempt] = r.Before
	s.mu.Unlock()
	began := time.Now()
	for r.Code != devices.CodeStopped && ctx.Err() == nil && s.isOpen(report.Attempt) {
		got := s.ask(ctx, report.Printer, r.Before)
		if e, ok := s.settled(ctx, report, got); ok {
			return e
		}
		if final(got) {
			s.setMute(report.Attempt)
			break
		}
		patience := s.cfg.AskAfter / 2
		switch c := s.printers[report.Printer].Status().Condition; {
		case c == devices.Offline: // it may be starting
			patience = s.cfg.AskAfter
		case c.Stands() && r.Code != devices.CodeNoProof: // its display says why nothing comes out: nobody needs to be asked
			patience = s.cfg.HoldWait
		}
		if time.Since(began) >= patience || !sleep(ctx, askAgain) {
			break
		}
	}
	report.Stage, report.Error = edge.StageInDoubt, r.Code
	return end{after: s.report(ctx, report)}
}

// ask asks a printer once what became of an earlier label.
func (s *Service) ask(ctx context.Context, printer string, before devices.Meter) devices.PrintResult {
	if before.Unit == "" {
		return devices.PrintResult{Outcome: devices.Unknown, Code: devices.CodeNoMeter}
	}
	ctx, stop := context.WithTimeout(ctx, settleWithin)
	defer stop()
	return s.printers[printer].Settle(ctx, before)
}

// settled reports what a printer has proven of a label; false: it has not.
func (s *Service) settled(ctx context.Context, report edge.PrintReport, got devices.PrintResult) (end, bool) {
	report.Stage, report.Evidence, report.Outcome = edge.StageSettled, got.Evidence, "yes"
	switch got.Outcome {
	case devices.Printed:
		s.log.Info("label found by the printer's count", "box", report.Box, "attempt", report.Attempt, "printer", report.Printer)
		return end{after: s.report(ctx, report)}, true
	case devices.NotPrinted:
		s.log.Warn("no label came out, by the printer's count", "box", report.Box, "attempt", report.Attempt, "printer", report.Printer)
		report.Outcome = "no"
		return end{after: s.report(ctx, report), retry: true, printer: true, problem: got.Code}, true
	}
	return end{}, false
}

// final tells that asking again is of no use.
func final(r devices.PrintResult) bool {
	return r.Code == devices.CodeNoMeter || r.Code == devices.CodeOther
}

// settleDoubts asks the printer of labels in doubt, those of an earlier process
// too, before it is given another one.
func (s *Service) settleDoubts(ctx context.Context, printer string) {
	for _, a := range s.doubtsOf(printer) {
		if c := s.printers[printer].Status().Condition; c == devices.Offline || c == devices.OtherPrinter {
			return
		}
		got := s.ask(ctx, printer, s.markOf(a))
		report := edge.PrintReport{Attempt: a.ID, Box: a.Box, Printer: printer, Copy: a.Copy}
		if _, ok := s.settled(ctx, report, got); ok || final(got) {
			s.setMute(a.ID) // told, or never to be told: not asked again
		}
	}
}

// doubtsOf lists the doubts that a printer can still tell of, oldest first.
func (s *Service) doubtsOf(printer string) []edge.Attempt {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []edge.Attempt
	for id, a := range s.book.doubts {
		if a.Printer == printer && !s.book.mute[id] {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b edge.Attempt) int { return a.At.Compare(b.At) })
	return out
}

// markOf is what the printer had counted before an attempt: measured right before
// its first byte by this process, else as its intent says.
func (s *Service) markOf(a edge.Attempt) devices.Meter {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m, ok := s.book.marks[a.ID]; ok {
		return m
	}
	if a.Meter == nil {
		return devices.Meter{}
	}
	return devices.Meter{Serial: a.Meter.Serial, Unit: a.Meter.Unit, Count: a.Meter.Count}
}

// isOpen tells that nobody has settled the attempt meanwhile, such as by scanning
// its label. An intent that the commits have not told of yet counts as open.
func (s *Service) isOpen(attempt string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.book.owned[attempt]
}

func (s *Service) setMute(attempt string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, doubted := s.book.doubts[attempt]; doubted || s.book.owned[attempt] {
		s.book.mute[attempt] = true
	}
}

// meterOf is a printer's count as the ledger keeps it; nil where it tells none.
func meterOf(m devices.Meter) *edge.PrintMeter {
	if m.Unit == "" {
		return nil
	}
	return &edge.PrintMeter{Serial: m.Serial, Unit: m.Unit, Count: m.Count}
}
