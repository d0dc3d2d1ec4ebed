package linktest

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"dcedge/devices"
)

// Step is one piece of a conversation: bytes written to the device, or bytes
// that it sent.
type Step struct {
	Write bool
	Data  string
}

// Recorder is an Opener that notes what passes.
type Recorder struct {
	next  devices.Opener
	mu    sync.Mutex
	steps []Step
}

// Record notes what passes on the connections that next opens.
func Record(next devices.Opener) *Recorder { return &Recorder{next: next} }

// Steps gives what has passed so far; neighbours of one direction are joined.
func (r *Recorder) Steps() []Step {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.steps)
}

func (r *Recorder) note(write bool, p []byte) {
	if len(p) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.steps); n > 0 && r.steps[n-1].Write == write {
		r.steps[n-1].Data += string(p)
		return
	}
	r.steps = append(r.steps, Step{Write: write, Data: string(p)})
}

// Open opens the next wire and listens on it.
func (r *Recorder) Open(ctx context.Context) (devices.Conn, error) {
	c, err := r.next.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &recordConn{Conn: c, to: r}, nil
}

type recordConn struct {
	devices.Conn
	to *Recorder
}

func (c *recordConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.to.note(false, p[:n])
	return n, err
}

func (c *recordConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.to.note(true, p[:n])
	return n, err
}

// Playback is an Opener with one connection that follows a script: it demands
// the writes byte for byte and answers with the reads.
type Playback struct {
	t testing.TB

	mu     sync.Mutex
	steps  []Step
	closed chan struct{}
	turn   chan struct{} // a token: something may have become readable
}

// NewPlayback makes a Playback of the steps; the test fails if some are left
// over at its end.
func NewPlayback(t testing.TB, steps ...Step) *Playback {
	t.Helper()
	p := &Playback{t: t, steps: slices.Clone(steps), closed: make(chan struct{}), turn: make(chan struct{}, 1)}
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.steps) > 0 {
			t.Errorf("linktest: %d steps of the script were not used, next %+v", len(p.steps), p.steps[0])
		}
	})
	return p
}

// Open gives the scripted connection.
func (p *Playback) Open(ctx context.Context) (devices.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Read gives the bytes of the next read step, once the writes before it came.
func (p *Playback) Read(b []byte) (int, error) {
	for {
		p.mu.Lock()
		if len(p.steps) > 0 && !p.steps[0].Write {
			n := copy(b, p.steps[0].Data)
			p.steps[0].Data = p.steps[0].Data[n:]
			p.drop()
			p.mu.Unlock()
			return n, nil
		}
		p.mu.Unlock()
		select {
		case <-p.closed:
			return 0, io.EOF
		case <-p.turn:
		}
	}
}

// Write checks b against the next write step.
func (p *Playback) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for done := 0; done < len(b); {
		if len(p.steps) == 0 || !p.steps[0].Write {
			p.t.Errorf("linktest: write of %q is not in the script", b[done:])
			return done, fmt.Errorf("linktest: write not in the script")
		}
		n := min(len(p.steps[0].Data), len(b)-done)
		if want := p.steps[0].Data[:n]; want != string(b[done:done+n]) {
			p.t.Errorf("linktest: wrote %q, the script has %q", b[done:done+n], want)
			return done, fmt.Errorf("linktest: write differs from the script")
		}
		p.steps[0].Data = p.steps[0].Data[n:]
		p.drop()
		done += n
	}
	return len(b), nil
}

// drop removes used-up steps; p.mu is held.
func (p *Playback) drop() {
	for len(p.steps) > 0 && p.steps[0].Data == "" {
		p.steps = p.steps[1:]
	}
	select {
	case p.turn <- struct{}{}:
	default:
	}
}

// SetWriteDeadline has no effect: a Playback never blocks a write.
func (p *Playback) SetWriteDeadline(time.Time) error { return nil }

// Close ends the connection.
func (p *Playback) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.closed:
	default:
		close(p.closed)
	}
	return nil
}
