package printer

import (
	"context"
	"errors"
	"time"

	"dcedge/devices"
)

// ask puts one question and waits for its answer. errNoAnswer is no end of the
// session; other errors are. fresh is false when the answer may belong to an
// earlier question that was answered late: good for showing, no proof.
func (s *session) ask(ctx context.Context, question string, kind Kind) (a Answer, fresh bool, err error) {
	s.drain()
	if err := s.send(question); err != nil {
		return Answer{}, false, err
	}
	timer := time.NewTimer(s.p.cfg.AnswerWait)
	defer timer.Stop()
	var late *Answer
	for {
		select {
		case got := <-s.answers:
			if got.Kind != kind {
				s.settle(got.Kind)
				continue
			}
			if s.owed[kind] == 0 {
				return got, true, nil
			}
			s.owed[kind]--
			late = &got
		case err := <-s.readErr:
			s.readErr <- err // it stays the end of the session for whoever asks next
			return Answer{}, false, err
		case <-ctx.Done():
			s.owed[kind]++
			return Answer{}, false, ctx.Err()
		case <-timer.C:
			if late != nil {
				// Answers came and then stopped: what is still owed got lost.
				s.owed[kind] = 0
				return *late, false, nil
			}
			s.owed[kind]++
			return Answer{}, false, errNoAnswer
		}
	}
}

// drain takes answers that nobody waited for.
func (s *session) drain() {
	for {
		select {
		case a := <-s.answers:
			s.settle(a.Kind)
		default:
			return
		}
	}
}

func (s *session) settle(k Kind) { s.owed[k] = max(0, s.owed[k]-1) }

// look asks how the printer is and keeps the answer as its condition. fresh is
// true where host is a status that was measured after the call. After too many
// rounds of silence it ends the session.
func (s *session) look(ctx context.Context) (host HostStatus, fresh bool, err error) {
	a, fresh, err := s.ask(ctx, "~HS", KindHostStatus)
	if err == nil {
		err = s.heard(ctx)
	}
	if err == nil {
		s.noteHost(a.Host)
		return a.Host, fresh, nil
	}
	if !errors.Is(err, errNoAnswer) {
		return HostStatus{}, false, err
	}
	if !s.p.cfg.asks(AskHealth) {
		return HostStatus{}, false, s.silence("no answer to ~HS")
	}
	// Some firmware answers ~HS to nothing but a healthy printer; ~HQES is
	// answered always.
	h, _, err := s.ask(ctx, "~HQES", KindHealth)
	if err == nil {
		err = s.heard(ctx)
	}
	switch {
	case err == nil:
		s.noteHealth(h.Health)
		return HostStatus{}, false, nil
	case !errors.Is(err, errNoAnswer):
		return HostStatus{}, false, err
	}
	return HostStatus{}, false, s.silence("no answer to ~HS and ~HQES")
}

// heard ends a silence, in which another printer may have been plugged in.
func (s *session) heard(ctx context.Context) error {
	if s.silent == 0 {
		return nil
	}
	err := s.same(ctx)
	if err == nil {
		s.silent = 0
	}
	return err
}

// silence counts a round without an answer and ends the session after too many.
func (s *session) silence(detail string) error {
	if s.silent++; s.silent >= s.p.cfg.SilentLimit {
		return errSilent
	}
	s.note(devices.Silent, detail)
	return nil
}

func (s *session) noteHost(h HostStatus) {
	c := h.fault()
	if c == "" {
		c = devices.Ready
		if !h.Empty() || h.BufferFull {
			c = devices.Printing
		}
	}
	s.note(c, "")
	s.p.update(s.to, func(st *devices.PrinterStatus) { st.Formats, st.Remaining = h.Formats, h.Remaining })
}

// noteHealth keeps what ~HQES told after ~HS was not answered: a printer that
// says it is well and yet answers no ~HS is not ready for a label.
func (s *session) noteHealth(h Health) {
	c := h.condition()
	if c == devices.Ready {
		s.note(devices.Silent, "no answer to ~HS")
		return
	}
	s.note(c, joined(h.Flags))
}

func (s *session) note(c devices.Condition, detail string) {
	s.p.update(s.to, func(st *devices.PrinterStatus) {
		if c.Works() && devices.CalmIn(s.p.flooded) > 0 {
			c, detail = devices.Flooding, devices.ErrFlood.Error()
		}
		st.Condition, st.Detail, st.Hint = c, detail, hintFor(c)
		st.BytesIn, st.BytesOut = s.in.Load(), s.out.Load()
	})
}

func joined(flags []string) string {
	out := ""
	for i, f := range flags {
		if i > 0 {
			out += " "
		}
		out += f
	}
	return out
}
