package printer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"dcedge/devices"
)

// oneFormat refuses what could leave the printer in a state between formats.
func oneFormat(zpl []byte) error {
	z := bytes.TrimSpace(zpl)
	if !bytes.HasPrefix(z, []byte("^XA")) || !bytes.HasSuffix(z, []byte("^XZ")) || bytes.Count(z, []byte("^XZ")) != 1 {
		return ErrLabel
	}
	return nil
}

// print serves one label; an error ends the session.
func (s *session) print(ctx context.Context, req *request) (devices.PrintResult, error) {
	if err := s.becomeReady(ctx); err != nil {
		r := devices.PrintResult{Code: devices.CodeNotReady, Err: err}
		if errors.Is(err, ErrNotReady) {
			return r, nil
		}
		r.Err = fmt.Errorf("%w: %w", ErrNotReady, err)
		return r, err
	}
	before := s.mark()
	n, err := s.writeLabel(req.zpl)
	r := devices.PrintResult{Bytes: n, Before: before}
	if err != nil {
		r.Code, r.Err = devices.CodeWire, fmt.Errorf("printer: %d of %d bytes taken: %w", n, len(req.zpl), err)
		if n > 0 {
			r.Outcome = devices.Unknown
		}
		return r, err
	}
	close(req.sent)
	s.note(devices.Printing, "")
	r.Evidence, err = s.prove(ctx, before.Count)
	if err == nil {
		r.Outcome = devices.Printed
		return r, nil
	}
	r.Outcome, r.Code, r.Err = devices.Unknown, devices.CodeWire, fmt.Errorf("printer: all %d bytes taken: %w", n, err)
	switch {
	case errors.Is(err, ErrNoProof):
		r.Code = devices.CodeNoProof
		return r, nil
	case errors.Is(err, context.Canceled):
		r.Code = devices.CodeStopped
	}
	return r, err
}

// becomeReady waits until the printer says that it is ready and empty, so that
// the next label to come out is the one that follows. ErrNotReady when it does
// not, or not in time.
func (s *session) becomeReady(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, s.p.cfg.ReadyWait)
	defer stop()
	for {
		h, fresh, err := s.look(ctx)
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return fmt.Errorf("%w: %s", ErrNotReady, s.p.Status().Condition)
		case err != nil:
			return err
		case fresh && h.Ready() && h.Empty():
			return s.readOdometer(ctx)
		case fresh && h.fault() != "":
			return fmt.Errorf("%w: %s", ErrNotReady, h.fault())
		case fresh && h.Partial:
			// Half a format that is none of ours: between labels nothing may lie here.
			if err := s.send("~JX"); err != nil {
				return err
			}
		}
		if err := s.pause(ctx); errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("%w: %s", ErrNotReady, s.p.Status().Condition)
		} else if err != nil {
			return err
		}
	}
}

// readOdometer takes the total before a label. A printer that has an odometer
// and does not tell it now is not ready.
func (s *session) readOdometer(ctx context.Context) error {
	if s.meter == nil {
		return nil
	}
	switch _, fresh, err := s.count(ctx); {
	case errors.Is(err, context.DeadlineExceeded), err == nil && !fresh:
		return fmt.Errorf("%w: odometer does not answer", ErrNotReady)
	case err != nil:
		return err
	}
	return nil
}

// writeLabel gives the label to the wire, piece by piece, once.
func (s *session) writeLabel(zpl []byte) (int, error) {
	done := 0
	for done < len(zpl) {
		n, err := s.write(zpl[done:min(done+s.p.cfg.Piece, len(zpl))])
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// prove waits for evidence that the label came out, whose meter stood at before.
// ErrNoProof where none came in time; other errors end the session.
func (s *session) prove(ctx context.Context, before uint64) (string, error) {
	proof := time.NewTimer(s.p.cfg.ProofWait)
	defer proof.Stop()
	hold := time.NewTimer(s.p.cfg.HoldWait)
	defer hold.Stop()
	empty, undisturbed := 0, true
	for {
		h, fresh, err := s.look(ctx)
		if err != nil {
			return "", err
		}
		undisturbed = undisturbed && fresh && h.fault() == ""
		evidence := ""
		if fresh && h.Empty() && h.fault() == "" {
			empty++
			if evidence, err = s.evidence(ctx, empty, before); err != nil {
				return "", err
			}
		} else {
			empty = 0
		}
		if evidence != "" {
			return evidence, nil
		}
		if c := s.p.Status().Condition; !c.Works() && c != devices.Silent {
			// The printer says why nothing comes out, and the label comes out
			// by itself once a person has helped: wait longer for that.
			proof.Reset(s.p.cfg.ProofWait)
		}
		select {
		case <-proof.C:
			s.p.stuck = s.meter != nil && undisturbed && empty > 0
			return "", fmt.Errorf("%w in %s", ErrNoProof, s.p.cfg.ProofWait)
		case <-hold.C:
			return "", fmt.Errorf("%w: %s for %s", ErrNoProof, s.p.Status().Condition, s.p.cfg.HoldWait)
		default:
		}
		if err := s.pause(ctx); err != nil {
			return "", err
		}
	}
}

// evidence is called with how many times in a row the buffer was seen empty.
// The odometer must have moved where there is one, and one that went back tells
// nothing any more; without one the buffer must be seen empty twice, since a format
// just received may not be counted yet.
func (s *session) evidence(ctx context.Context, empty int, before uint64) (string, error) {
	if s.meter == nil {
		if empty >= 2 {
			return devices.EvidenceBuffer, nil
		}
		return "", nil
	}
	n, fresh, err := s.count(ctx)
	switch {
	case err != nil || !fresh || n == before:
		return "", err
	case n < before:
		return "", fmt.Errorf("%w: %w", ErrNoProof, wentBack(before, n))
	}
	s.p.stuck = false
	return devices.EvidenceOdometer, nil
}

// cancelAll empties the printer and proves it: seen empty twice in a row, with
// an odometer (where there is one) that stands still in between.
func (s *session) cancelAll(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, s.p.cfg.ReadyWait)
	defer stop()
	if err := s.send("~JA"); err != nil {
		return err
	}
	empty, before := 0, uint64(0)
	for {
		h, fresh, err := s.look(ctx)
		total := before
		if err == nil && fresh && h.Empty() && h.fault() == "" {
			if s.meter != nil {
				var a Answer
				a, fresh, err = s.ask(ctx, s.meter.question, s.meter.kind)
				total = a.Odometer
			}
			if empty++; total != before {
				empty = 1
			}
			before = total
		} else {
			fresh = false
		}
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			return fmt.Errorf("%w: %s", ErrNotEmpty, s.p.Status().Condition)
		case err != nil && !errors.Is(err, errNoAnswer):
			return err
		case err != nil || !fresh:
			empty = 0
		case empty >= 2:
			return nil
		}
		if err := s.pause(ctx); errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("%w: %s", ErrNotEmpty, s.p.Status().Condition)
		} else if err != nil {
			return err
		}
	}
}

// pause waits until the next look.
func (s *session) pause(ctx context.Context) error {
	t := time.NewTimer(s.p.cfg.BusyPoll)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case err := <-s.readErr:
		s.readErr <- err
		return err
	}
}
