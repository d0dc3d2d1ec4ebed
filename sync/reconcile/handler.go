package reconcile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"dcedge/edge"
	"dcedge/sync/batch"
)

// MaxBody bounds a request: its events are one message of the journal. More is
// told in further requests.
const MaxBody = 1 << 20

const (
	readTime = 30 * time.Second
	patience = time.Minute // with the engine
)

// Submitter hands a message to the engine; what it answers is on disk.
type Submitter interface {
	Submit(ctx context.Context, m *edge.Message) (edge.Verdict, error)
}

// Config is everything that a Handler needs.
type Config struct {
	Engine Submitter
	Full   func(error) bool // tells "disk full" from other errors; may be nil
	Logger *slog.Logger
}

// Handler serves POST /sync/v1/reconcile; whoever mounts it checks the key.
type Handler struct {
	cfg  Config
	room chan struct{} // one at a time: parts are told in their order
}

// New proves the configuration.
func New(cfg Config) (*Handler, error) {
	if cfg.Engine == nil || cfg.Logger == nil {
		return nil, errors.New("reconcile: engine and logger are both needed")
	}
	if cfg.Full == nil {
		cfg.Full = func(error) bool { return false }
	}
	return &Handler{cfg: cfg, room: make(chan struct{}, 1)}, nil
}

// ServeHTTP takes one part of what the WMS saw.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case h.room <- struct{}{}:
		defer func() { <-h.room }()
	default:
		fail(w, batch.NewProblem(http.StatusTooManyRequests, batch.TooMany, "another part is being told", "wait for its answer: the parts come one after another"))
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTime)) // unsupported under httptest recorders
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
			fail(w, batch.NewProblem(http.StatusRequestEntityTooLarge, batch.BadRequest, "body too long", fmt.Sprintf("at most %d bytes: tell the rest in further requests, done in the last", MaxBody)))
			return
		}
		fail(w, batch.NewProblem(http.StatusBadRequest, batch.BadRequest, "the body was cut", "send it again whole"))
		return
	}
	told, err := parse(text)
	if err != nil {
		fail(w, batch.NewProblem(http.StatusBadRequest, batch.BadRequest, "the request cannot be read", strings.TrimPrefix(err.Error(), errBody.Error()+": ")))
		return
	}
	h.tell(w, told)
}

func (h *Handler) tell(w http.ResponseWriter, told *edge.Reconcile) {
	epoch, done := told.Epoch, told.Done
	ctx, cancel := context.WithTimeout(context.Background(), patience) // a caller who hangs up does not undo it
	defer cancel()
	v, err := h.cfg.Engine.Submit(ctx, &edge.Message{Kind: edge.Record, Body: told})
	switch {
	case err != nil && h.cfg.Full(err):
		fail(w, batch.NewProblem(http.StatusServiceUnavailable, batch.StoreFull, "the edge's disk is full", "nothing was taken; send it again when there is space"))
	case err != nil:
		h.cfg.Logger.Error("reconciliation not taken", "error", err)
		fail(w, batch.NewProblem(http.StatusServiceUnavailable, batch.Unavailable, "the edge cannot take this now", "send it again: what was taken changes nothing then"))
	case v.Code == edge.WrongEpoch:
		fail(w, batch.NewProblem(http.StatusConflict, batch.WrongEpoch, "not the edge's present epoch", "GET /sync/v1/status tells it; nothing was taken"))
	case v.Code != edge.Accepted && v.Code != edge.Unchanged:
		h.cfg.Logger.Error("reconciliation refused", "code", v.Code)
		fail(w, batch.NewProblem(http.StatusServiceUnavailable, batch.Unavailable, "the edge cannot take this now", "nothing was taken; look at the edge's log"))
	default:
		answer(w, batch.Reconciled{Epoch: epoch, Taken: v.Code == edge.Accepted, Open: done || v.Code == edge.Unchanged})
	}
}

func fail(w http.ResponseWriter, p *batch.Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	if p.Status == http.StatusServiceUnavailable || p.Status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "2")
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the caller has gone: nothing to do
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller has gone: nothing to do
}
