package crew

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// Faults of the line that a worker acts on.
var (
	errLogin    = errors.New("crew: login refused")        // 401: badge, PIN or token
	errReplaced = errors.New("crew: replaced by a login")  // closed with 4409
	errLine     = errors.New("crew: line lost")            // anything else on the socket
	errBusy     = errors.New("crew: edge asks to wait")    // 429, 503
	errDenied   = errors.New("crew: login not allowed")    // 403 and other refusals
	errSlow     = errors.New("crew: no verdict in time")   // the line is dropped then
	errStopped  = errors.New("crew: nothing more happens") // StopAfter
)

// line is one worker's session and its socket.
type line struct {
	url    string
	client *http.Client
	worker Worker

	practice bool // nothing is real

	token   string
	session string
	offset  time.Duration // edge time minus ours
	conn    *websocket.Conn
	frames  chan frame
	failed  chan error
}

// login asks for a token; on errBusy wait says for how long not to ask again.
func (l *line) login(ctx context.Context) (wait time.Duration, err error) {
	body := map[string]any{"badge": l.worker.Badge, "device": l.worker.Device}
	if l.practice {
		body["practice"] = true
	}
	if l.worker.PIN != "" {
		body["pin"] = l.worker.PIN
	}
	if l.worker.Key != "" {
		body["deviceKey"] = l.worker.Key
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, fmt.Errorf("crew: login: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+"/floor/v1/login", bytes.NewReader(raw))
	if err != nil {
		return 0, fmt.Errorf("crew: login: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := l.client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("%w: login: %w", errLine, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if err != nil {
		return 0, fmt.Errorf("%w: login: %w", errLine, err)
	}
	seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
	switch {
	case res.StatusCode == http.StatusUnauthorized:
		return 0, fmt.Errorf("%w: %s", errLogin, l.worker.Badge)
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return time.Duration(max(seconds, 1)) * time.Second, fmt.Errorf("%w: %s", errBusy, res.Status)
	case res.StatusCode != http.StatusOK:
		return 0, fmt.Errorf("%w: %s: %s", errDenied, res.Status, answer)
	}
	var ok struct {
		Token   string `json:"token"`
		Session string `json:"session"`
	}
	if err := json.Unmarshal(answer, &ok); err != nil || ok.Token == "" {
		return 0, fmt.Errorf("%w: no token in the answer", errDenied)
	}
	l.token, l.session = ok.Token, ok.Session
	return 0, nil
}

// open dials the socket and returns when hello and the first screen are there.
func (l *line) open(ctx context.Context) (*screen, error) {
	address := "ws" + strings.TrimPrefix(l.url, "http") + "/floor/v1/socket"
	dialer := websocket.Dialer{HandshakeTimeout: 10 * time.Second}
	if t, ok := l.client.Transport.(*http.Transport); ok {
		dialer.TLSClientConfig = t.TLSClientConfig
	}
	conn, res, err := dialer.DialContext(ctx, address, http.Header{"Authorization": {"Bearer " + l.token}})
	if err != nil {
		if res != nil && res.StatusCode == http.StatusUnauthorized {
			return nil, fmt.Errorf("%w: token", errLogin)
		}
		return nil, fmt.Errorf("%w: %w", errLine, err)
	}
	l.conn = conn
	l.frames, l.failed = make(chan frame, 256), make(chan error, 1)
	go read(conn, l.frames, l.failed)
	for {
		f, err := l.next(ctx, 15*time.Second)
		if err != nil {
			l.close()
			return nil, err
		}
		switch f.T {
		case "hello":
			l.offset = time.Until(f.EdgeTime)
		case "screen":
			if f.Screen != nil {
				return f.Screen, nil
			}
		}
	}
}

// look reads the present screen over plain HTTP.
func (l *line) look(ctx context.Context) (*screen, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.url+"/floor/v1/screen", nil)
	if err != nil {
		return nil, fmt.Errorf("crew: screen: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+l.token)
	res, err := l.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: screen: %w", errLine, err)
	}
	defer res.Body.Close()
	var body struct {
		Screen *screen `json:"screen"`
	}
	err = json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&body)
	if err != nil || res.StatusCode != http.StatusOK || body.Screen == nil {
		return nil, fmt.Errorf("%w: screen: %s", errLine, res.Status)
	}
	return body.Screen, nil
}

// read passes frames on until the socket ends. The buffer holds far more than
// an edge sends to one worker at a time; if it is full the socket is given up,
// as a device does that cannot keep up.
func read(conn *websocket.Conn, frames chan<- frame, failed chan<- error) {
	for {
		var f frame
		if err := conn.ReadJSON(&f); err != nil {
			failed <- err
			return
		}
		select {
		case frames <- f:
		default:
			failed <- errSlow
			return
		}
	}
}

// next gives the next frame. errSlow after the time-out, which is no fault of
// the line.
func (l *line) next(ctx context.Context, timeout time.Duration) (frame, error) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case f := <-l.frames:
		return f, nil
	default:
	}
	select {
	case f := <-l.frames:
		return f, nil
	case err := <-l.failed:
		return frame{}, lineFault(err)
	case <-timer.C:
		return frame{}, errSlow
	case <-ctx.Done():
		return frame{}, ctx.Err()
	}
}

func lineFault(err error) error {
	switch {
	case websocket.IsCloseError(err, 4401):
		return fmt.Errorf("%w: %w", errLogin, err)
	case websocket.IsCloseError(err, 4409):
		return fmt.Errorf("%w: %w", errReplaced, err)
	}
	return fmt.Errorf("%w: %w", errLine, err)
}

func (l *line) send(m message) error {
	if err := l.conn.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return fmt.Errorf("%w: %w", errLine, err)
	}
	if err := l.conn.WriteJSON(m); err != nil {
		return fmt.Errorf("%w: %w", errLine, err)
	}
	return nil
}

// close drops the socket without a word, as a dead battery does.
func (l *line) close() {
	if l.conn != nil {
		_ = l.conn.Close()
		l.conn = nil
	}
}

// now is the edge's time, by which ids are made.
func (l *line) now() time.Time { return time.Now().Add(l.offset) }
