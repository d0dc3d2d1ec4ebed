package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"dcedge/sync/batch"
)

const (
	maxSmallBody = 4 << 10
	writeTime    = 2 * time.Minute // for 4 MiB on a slow line
	readTime     = 30 * time.Second
)

func harden(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
}

// fail answers with a problem document (RFC 9457).
func fail(w http.ResponseWriter, p *batch.Problem) {
	body, err := json.Marshal(p)
	if err != nil {
		http.Error(w, p.Code, p.Status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "2")
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body) // the caller has gone: nothing to do
}

func answer(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		fail(w, unavailable(err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(body, '\n')) // the caller has gone: nothing to do
}

// unavailable hides the cause: it may hold paths.
func unavailable(error) *batch.Problem {
	return batch.NewProblem(http.StatusServiceUnavailable, batch.Unavailable, "the edge cannot do this now", "try again; if it stays, look at the edge's log")
}

func badRequest(detail string) *batch.Problem {
	return batch.NewProblem(http.StatusBadRequest, batch.BadRequest, "the request cannot be read", detail)
}

// readBody decodes a small JSON object; an empty body is an empty object.
func readBody(w http.ResponseWriter, r *http.Request, into any) *batch.Problem {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readTime)) // unsupported under httptest recorders
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSmallBody))
	if err != nil {
		if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
			return batch.NewProblem(http.StatusRequestEntityTooLarge, batch.BadRequest, "body too long", fmt.Sprintf("at most %d bytes", maxSmallBody))
		}
		return badRequest("the body was cut")
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return badRequest("the body is no JSON object of the right types")
	}
	return nil
}
