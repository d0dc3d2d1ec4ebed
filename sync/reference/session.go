package reference

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"dcedge/edge"
	"dcedge/sync/batch"
)

const (
	perRun   = 256  // records that go to the vault or the catalogue in one commit
	listed   = 1000 // refusals in the answer
	buffered = 8 * listed

	patience = 5 * time.Minute // with the engine: it answers or dies long before
)

// session is one push. Records wait in one run, of ordered or of catalogue
// records, never of both.
type session struct {
	h    *Handler
	ctx  context.Context
	list []*record

	flying sync.WaitGroup // messages at the engine

	mu        sync.Mutex // guards the rest: the engine's callbacks come from elsewhere
	accepted  int
	unchanged int
	refused   int
	rejected  []batch.Rejected
	fault     error
}

// newSession outlives its caller: what came before a cut is kept.
func newSession(ctx context.Context, h *Handler) *session {
	return &session{h: h, ctx: context.WithoutCancel(ctx)}
}

// takeAll takes the whole body. An error: the store or the vault could not take a
// record, or the body was cut; what came before is kept.
func (s *session) takeAll(body io.Reader) error {
	lines := newLineReader(body)
	var end error
	for end == nil {
		line, err := lines.next()
		switch {
		case errors.Is(err, errLong):
			s.reject(lines.n, refusal{edge.Malformed, fmt.Sprintf("line longer than %d bytes", MaxLine)})
			continue
		case errors.Is(err, io.EOF):
			return cmp.Or(s.flush(), s.wait())
		case err != nil:
			end = err
			continue
		}
		r, bad := s.h.reader.read(line)
		if bad != nil {
			s.reject(lines.n, *bad)
			continue
		}
		r.line = lines.n
		end = s.take(r)
	}
	// even so what came before is kept, and its outcome waited for
	if errors.Is(end, errCut) {
		end = cmp.Or(s.flush(), end)
	}
	return cmp.Or(s.wait(), end)
}

// take puts a record into the run, after sending off a run that is full or of
// the other sort.
func (s *session) take(r *record) error {
	if len(s.list) > 0 && (len(s.list) >= perRun || s.list[0].ordered != r.ordered) {
		if err := s.flush(); err != nil {
			return err
		}
	}
	s.list = append(s.list, r)
	return nil
}

func (s *session) flush() error {
	list := s.list
	s.list = s.list[:0]
	switch {
	case len(list) == 0:
		return nil
	case list[0].ordered:
		return s.submit(list)
	}
	return s.catalogue(list)
}

// wait returns when the engine has answered everything, with its first fault.
func (s *session) wait() error {
	done := make(chan struct{})
	go func() { s.flying.Wait(); close(done) }()
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	select {
	case <-done:
	case <-ctx.Done():
		return fmt.Errorf("reference: the engine does not answer: %w", ctx.Err())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

func (s *session) reject(line int, why refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused++
	if len(s.rejected) < buffered { // callbacks come a little out of order: the first ones are among these
		s.rejected = append(s.rejected, batch.Rejected{Line: line, Code: why.code, Detail: why.detail})
	}
}

func (s *session) count(changed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if changed {
		s.accepted++
	} else {
		s.unchanged++
	}
}

func (s *session) answer() batch.Pushed {
	s.mu.Lock()
	defer s.mu.Unlock()
	slices.SortFunc(s.rejected, func(a, b batch.Rejected) int { return a.Line - b.Line })
	out := batch.Pushed{Accepted: s.accepted, Unchanged: s.unchanged, Rejected: []batch.Rejected{}, RejectedTotal: s.refused,
		Revision: s.h.cfg.Catalogue.Revision()}
	out.Rejected = append(out.Rejected, s.rejected[:min(listed, len(s.rejected))]...)
	return out
}
