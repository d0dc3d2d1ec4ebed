package crew

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// errRefused is an answer that repeating does not change.
var errRefused = errors.New("crew: refused")

// ask makes one request over plain HTTP and reads the answer where there is one.
// A refusal is errRefused with its status; errLine and errBusy leave it open what
// became of the request.
func (l *line) ask(ctx context.Context, method, path string, body, into any) (status int, err error) {
	raw := []byte(nil)
	if body != nil {
		if raw, err = json.Marshal(body); err != nil {
			return 0, fmt.Errorf("crew: %s: %w", path, err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, l.url+path, bytes.NewReader(raw))
	if err != nil {
		return 0, fmt.Errorf("crew: %s: %w", path, err)
	}
	req.Header.Set("Authorization", "Bearer "+l.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := l.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("%w: %s: %w", errLine, path, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	switch {
	case err != nil:
		return 0, fmt.Errorf("%w: %s: %w", errLine, path, err)
	case res.StatusCode == http.StatusUnauthorized:
		return res.StatusCode, fmt.Errorf("%w: token", errLogin)
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return res.StatusCode, fmt.Errorf("%w: %s: %s", errBusy, path, res.Status)
	case res.StatusCode >= 300:
		return res.StatusCode, fmt.Errorf("%w: %s: %s: %.200s", errRefused, path, res.Status, answer)
	case into == nil:
		return res.StatusCode, nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return res.StatusCode, fmt.Errorf("%w: %s: %w", errLine, path, err)
	}
	return res.StatusCode, nil
}

// mostTries bounds how often an open request is sent again before the line is
// given up.
const mostTries = 20

// insist sends a request with an id of its own until it is decided, always the
// same one. It stands in the ledger like any other message.
func (w *worker) insist(ctx context.Context, path string, body map[string]any, into any) (message, error) {
	now := w.line.now()
	m := message{T: "act", ID: newID(now), Action: path, kind: "shift"} // the body may hold a PIN
	whole := map[string]any{"id": m.ID}
	for k, v := range body {
		whole[k] = v
	}
	for n := 1; ; n++ {
		w.tries[m.ID] = n
		w.note(m)
		_, err := w.line.ask(ctx, http.MethodPost, path, whole, into)
		open := errors.Is(err, errLine) || errors.Is(err, errBusy)
		if !open || n == mostTries {
			delete(w.tries, m.ID)
			return m, err
		}
		if err := w.sleep(ctx, w.scaled(time.Second, 200*time.Millisecond)); err != nil {
			return m, err
		}
	}
}

// book sends one of the acts that no screen has a button for, and takes its
// verdict.
func (w *worker) book(ctx context.Context, path string, body map[string]any) (frame, error) {
	var f frame
	m, err := w.insist(ctx, path, body, &f)
	if err != nil {
		return f, err
	}
	if f.T == "" {
		f.T = "verdict"
	}
	w.decided(m, f)
	return f, nil
}
