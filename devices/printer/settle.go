package printer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dcedge/devices"
)

// longLabel is the least length, in millimetres, of a label that a meter of
// length cannot miss: two of the largest unit that one counts in.
const longLabel = 51

// settleLabel serves Settle; an error ends the session.
func (s *session) settleLabel(ctx context.Context, req *request) (devices.PrintResult, error) {
	before := *req.settle
	unknown := func(code string, err error) devices.PrintResult {
		return devices.PrintResult{Outcome: devices.Unknown, Code: code, Err: err, Before: before}
	}
	switch {
	case before.Serial != s.serial:
		return unknown(devices.CodeOther, fmt.Errorf("printer: the label was sent to %q, %q stands here", before.Serial, s.serial)), nil
	case s.meter == nil || before.Unit != s.meter.unit:
		return unknown(devices.CodeNoMeter, errors.New("printer: it tells no count that the label could be seen by")), nil
	}
	ctx, stop := context.WithTimeout(ctx, s.p.cfg.SettleWait)
	defer stop()
	outcome, err := s.follow(ctx, before)
	r := devices.PrintResult{Outcome: outcome, Before: before, Evidence: devices.EvidenceOdometer}
	switch {
	case outcome == devices.NotPrinted:
		r.Code, r.Err = devices.CodeNotPrinted, errors.New("printer: empty, and its odometer has not moved")
	case errors.Is(err, errCount):
		return unknown(devices.CodeNoMeter, err), nil
	case errors.Is(err, context.DeadlineExceeded):
		return unknown(devices.CodeNoProof, fmt.Errorf("%w in %s: %s", ErrNoProof, s.p.cfg.SettleWait, s.p.Status().Condition)), nil
	case errors.Is(err, context.Canceled):
		return unknown(devices.CodeStopped, err), err
	case err != nil:
		return unknown(devices.CodeWire, err), err
	}
	return r, nil
}

// errCount is returned when the meter can never tell.
var errCount = errors.New("printer: its count does not tell")

func wentBack(before, n uint64) error {
	return fmt.Errorf("%w: it went back from %d to %d", errCount, before, n)
}

// follow watches the printer until its count has moved, or until nothing is left
// in it and the count has stood still. A printer with a fault is waited for: what
// was in work when it stopped may be printed again after it.
func (s *session) follow(ctx context.Context, before devices.Meter) (devices.PrintOutcome, error) {
	var still time.Time // since when nothing is left and the count is as before
	cancelled := false
	for {
		h, fresh, err := s.look(ctx)
		if err != nil {
			return devices.Unknown, err
		}
		if fresh && h.Partial {
			// Half a format from before the connection broke: it never comes out.
			if err := s.send("~JX"); err != nil {
				return devices.Unknown, err
			}
		}
		if !fresh || !h.Empty() || h.fault() != "" {
			still = time.Time{}
		} else {
			n, fresh, err := s.count(ctx)
			switch {
			case err != nil:
				return devices.Unknown, err
			case !fresh:
				still = time.Time{}
			case n < before.Count:
				return devices.Unknown, wentBack(before.Count, n)
			case n > before.Count:
				return devices.Printed, nil
			case before.Unit == devices.MeterLength && h.LabelLength < longLabel*max(s.identity.DotsMM, 8):
				return devices.Unknown, fmt.Errorf("%w: a label of %d dots may be too short for it", errCount, h.LabelLength)
			case still.IsZero():
				still = time.Now()
			case s.p.stuck:
				return devices.Unknown, fmt.Errorf("%w: it stood still when nothing kept a label from coming out", errCount)
			case time.Since(still) < s.p.cfg.Still:
			case cancelled:
				return devices.NotPrinted, nil
			default:
				// Whatever may still lie there unseen must not come out later.
				if err := s.send("~JA"); err != nil {
					return devices.Unknown, err
				}
				cancelled, still = true, time.Now()
			}
		}
		if err := s.pause(ctx); err != nil {
			return devices.Unknown, err
		}
	}
}
