package reference

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"dcedge/sync/batch"
)

// idle is how long a body may stand still.
const idle = time.Minute

// ServeHTTP takes a body of any size and answers after the flush.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		fail(w, batch.NewProblem(http.StatusUnsupportedMediaType, batch.Encoding, "no content encoding is taken", "send the lines as they are"))
		return
	}
	select {
	case h.room <- struct{}{}:
		defer func() { <-h.room }()
	default:
		fail(w, batch.NewProblem(http.StatusTooManyRequests, batch.TooMany, "too many pushes at once", "wait for another to end"))
		return
	}
	s := newSession(r.Context(), h)
	err := s.takeAll(&paced{r: r.Body, rc: http.NewResponseController(w)})
	if err != nil {
		fail(w, h.problem(err))
		return
	}
	body, err := json.Marshal(s.answer())
	if err != nil {
		fail(w, h.problem(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(body, '\n')) // the caller has gone: nothing to do
}

// errCut is returned when the body ended before its end.
var errCut = errors.New("reference: the body was cut")

// errLocked is returned when personal data comes and the vault has no key.
var errLocked = errors.New("reference: the vault is locked")

// problem says what kept a push from the disk; the cause stays in the log.
func (h *Handler) problem(err error) *batch.Problem {
	const again = "what came before is kept; send it again whole"
	switch {
	case errors.Is(err, errCut):
		return batch.NewProblem(http.StatusBadRequest, batch.BadRequest, "the body was cut", again)
	case errors.Is(err, errLocked):
		return batch.NewProblem(http.StatusServiceUnavailable, batch.VaultLocked, "the edge runs without its key and takes no personal data", again+" when the key is there")
	case h.cfg.Full(err):
		return batch.NewProblem(http.StatusServiceUnavailable, batch.StoreFull, "the edge's disk is full", again+" when there is space")
	}
	h.cfg.Logger.Error("reference data not taken", "error", err)
	return batch.NewProblem(http.StatusServiceUnavailable, batch.Unavailable, "the edge cannot take reference data now", again)
}

func fail(w http.ResponseWriter, p *batch.Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		http.Error(w, p.Code, p.Status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "2")
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the caller has gone: nothing to do
}

// paced gives every read of a body its own deadline: a body of any size may
// come, one that stands still may not.
type paced struct {
	r  io.Reader
	rc *http.ResponseController
}

func (p *paced) Read(b []byte) (int, error) {
	_ = p.rc.SetReadDeadline(time.Now().Add(idle)) // unsupported under httptest recorders
	return p.r.Read(b)
}
