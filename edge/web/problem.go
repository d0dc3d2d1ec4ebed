package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"dcedge/edge/access"
)

// problem is an RFC 9457 document with a stable code. Its detail says what to
// do and never quotes what was sent.
type problem struct {
	status  int
	code    string
	detail  string
	retry   time.Duration   // Retry-After
	verdict json.RawMessage // of a message that was refused with 409
	allow   string
}

func (p *problem) Error() string { return p.code + ": " + p.detail }

func (p *problem) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.retry > 0 {
		h.Set("Retry-After", strconv.Itoa(int((p.retry+time.Second-1)/time.Second)))
	}
	if p.allow != "" {
		h.Set("Allow", p.allow)
	}
	if p.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="edge"`)
	}
	body, err := json.Marshal(struct {
		Type    string          `json:"type"`
		Title   string          `json:"title"`
		Status  int             `json:"status"`
		Code    string          `json:"code"`
		Detail  string          `json:"detail,omitempty"`
		Verdict json.RawMessage `json:"verdict,omitempty"`
	}{"about:blank", http.StatusText(p.status), p.status, p.code, p.detail, p.verdict})
	if err != nil {
		body = []byte(`{"type":"about:blank","status":500,"code":"internal"}`)
	}
	w.WriteHeader(p.status)
	_, _ = w.Write(body) // the peer may be gone; there is nobody else to tell
}

// NotReady says which part of the edge keeps scans out: a stable code, and what
// it is and to do. Err goes to the log only.
type NotReady struct {
	Code   string
	Detail string
	Err    error
}

func (e *NotReady) Error() string { return e.Code + ": " + e.Detail }
func (e *NotReady) Unwrap() error { return e.Err }

func forbidden(code, detail string) *problem {
	return &problem{status: http.StatusForbidden, code: code, detail: detail}
}

func bad(code, detail string) *problem {
	return &problem{status: http.StatusBadRequest, code: code, detail: detail}
}

func notFound() *problem { return &problem{status: http.StatusNotFound, code: "notFound"} }

// unavailable is an outcome that is unknown: the caller repeats with the same
// id.
func unavailable(code string) *problem {
	detail := "nothing was decided: try it again later"
	if code == "" {
		code, detail = "unavailable", "the outcome is not known: send it again with the same id"
	}
	return &problem{status: http.StatusServiceUnavailable, code: code, retry: time.Second, detail: detail}
}

// fromAccess turns an error of access into a problem.
func (s *Server) fromAccess(err error) *problem {
	var locked *access.LockedError
	switch {
	case errors.As(err, &locked):
		return &problem{status: http.StatusTooManyRequests, code: "locked", retry: locked.RetryAfter, detail: "too many failures"}
	case errors.Is(err, access.ErrReplaced):
		return &problem{status: http.StatusUnauthorized, code: "sessionMoved", detail: "a newer login of this worker took over"}
	case errors.Is(err, access.ErrSession):
		return &problem{status: http.StatusUnauthorized, code: "session", detail: "log in"}
	case errors.Is(err, access.ErrRefused):
		return &problem{status: http.StatusUnauthorized, code: "login", detail: "badge, PIN or device key is not accepted"}
	case errors.Is(err, access.ErrName):
		return bad("deviceName", "a device's name is 1 to 64 letters, digits, '.', '_' or '-'")
	case errors.Is(err, access.ErrHours):
		return bad("hours", "a temporary badge lasts 1 to 24 hours")
	case errors.Is(err, access.ErrRoles):
		return bad("roles", "a temporary badge is for picker, packer, loader or returns")
	case errors.Is(err, access.ErrUntil):
		return bad("until", "a temporary badge ends with the shift")
	case errors.Is(err, access.ErrMany):
		return &problem{status: http.StatusConflict, code: "tooMany", detail: "at most 200 temporary badges at once"}
	case errors.Is(err, access.ErrKnown):
		return &problem{status: http.StatusConflict, code: "known", detail: "the badge belongs to somebody: log in with it"}
	case errors.Is(err, access.ErrUnknown):
		return notFound()
	}
	if code := s.deps.ErrorCode(err); code != "" {
		return unavailable(code)
	}
	return &problem{status: http.StatusServiceUnavailable, code: "unavailable", retry: time.Second, detail: "the edge cannot take this now: try again"}
}
