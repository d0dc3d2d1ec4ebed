package printing

import (
	"context"
	"log/slog"
	"time"

	"dcedge/devices"
	"dcedge/edge"
	"dcedge/edge/supervise"
)

// submit tells the engine once.
func (s *Service) submit(ctx context.Context, r edge.PrintReport) (edge.Verdict, error) {
	ctx, stop := context.WithTimeout(ctx, s.cfg.Patience)
	defer stop()
	return s.engine.Submit(ctx, &edge.Message{Kind: edge.Print, Device: r.Printer, Body: &r})
}

// report tells the engine until it has answered, and gives the last event that
// the report caused. It gives up only when ctx ends: the attempt then stays open
// in the ledger and is in doubt at the next start.
func (s *Service) report(ctx context.Context, r edge.PrintReport) uint64 {
	wait := supervise.Backoff{Min: 50 * time.Millisecond, Max: 5 * time.Second}
	for {
		v, err := s.submit(ctx, r)
		if err == nil {
			if !v.OK {
				level := slog.LevelWarn
				if v.Say.Key == "label.settled" { // the label was scanned before its proof came: nothing is wrong
					level = slog.LevelDebug
				}
				s.log.Log(ctx, level, "report refused", "stage", string(r.Stage), "attempt", r.Attempt, "code", string(v.Code), "say", v.Say.Key)
				if r.Stage != edge.StageSent && r.Stage != edge.StagePrinter {
					// Not ours any more: if the state still has it open, a person is asked.
					s.own(r.Attempt, false)
				}
			}
			return v.Receipt.Seq
		}
		if ctx.Err() != nil {
			level := slog.LevelWarn
			if r.Stage == edge.StagePrinter { // a printer's state is asked for again at the next start
				level = slog.LevelDebug
			}
			s.log.Log(ctx, level, "report not taken", "stage", string(r.Stage), "attempt", r.Attempt, "error", err)
			return 0
		}
		if !sleep(ctx, wait.Next()) {
			return 0
		}
	}
}

// sleep waits; false when ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// clerk reports attempts that nobody here is working on, and printers that
// changed.
func (s *Service) clerk(ctx context.Context, wake <-chan struct{}) {
	tick := time.NewTicker(s.cfg.Tick)
	defer tick.Stop()
	began := time.Now()
	told := map[string]uint64{} // attempts reported, until the state shows it
	met := map[string]bool{}    // printers that were reached since the start
	for {
		s.forget()
		s.tellOrphans(ctx, told)
		s.tellStates(ctx, met, time.Since(began) < s.cfg.StartQuiet)
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-tick.C:
		}
	}
}

func (s *Service) tellOrphans(ctx context.Context, told map[string]uint64) {
	orphans := s.orphans()
	still := make(map[string]bool, len(orphans))
	for _, a := range orphans {
		still[a.ID] = true
		if _, done := told[a.ID]; done || ctx.Err() != nil {
			continue
		}
		s.log.Warn("label in doubt", "box", a.Box, "attempt", a.ID, "printer", a.Printer, "code", codeRestart)
		told[a.ID] = s.report(ctx, edge.PrintReport{Stage: edge.StageInDoubt, Attempt: a.ID, Box: a.Box, Printer: a.Printer,
			Copy: a.Copy, Error: codeRestart})
	}
	for id := range told {
		if !still[id] {
			delete(told, id)
		}
	}
}

func (s *Service) tellStates(ctx context.Context, met map[string]bool, quiet bool) {
	for _, name := range s.names {
		c := s.printers[name].Status().Condition
		if c != devices.Offline {
			met[name] = true
		} else if quiet && !met[name] {
			continue
		}
		state, code := stateOf(c)
		s.mu.Lock()
		had := s.book.printer[name]
		s.mu.Unlock()
		if ctx.Err() != nil || (had.State == state && had.Error == code) {
			continue
		}
		s.report(ctx, edge.PrintReport{Stage: edge.StagePrinter, Printer: name, State: state, Error: code})
		// The commit may come after the answer; do not tell it twice.
		s.mu.Lock()
		s.book.printer[name] = edge.PrinterStatus{Name: name, State: state, Error: code}
		s.mu.Unlock()
	}
}
