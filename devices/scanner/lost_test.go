package scanner_test

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"dcedge/devices"
	"dcedge/devices/scanner"
)

// lines opens the pipes that it holds, one after the other.
type lines struct{ ends []net.Conn }

func (l *lines) Open(context.Context) (devices.Conn, error) {
	c := l.ends[0]
	l.ends = l.ends[1:]
	return c, nil
}

type stored struct{ codes []string }

func (s *stored) Read(_ context.Context, r devices.Reading) error {
	s.codes = append(s.codes, r.Code)
	return nil
}
func (s *stored) State(devices.State) {}

// TestAnAnswerThatWasLostWithTheLine: the scanner sends the read again as a new
// one once the line is back; it was stored already.
func TestAnAnswerThatWasLostWithTheLine(t *testing.T) {
	for name, c := range map[string]struct {
		protocol string
		rest     time.Duration // between the read and the loss
		codes    []string      // on the second line
		want     []string
	}{
		"lost at once":        {"ack", 0, []string{"A", "B"}, []string{"A", "B"}},
		"and then pulled":     {"ack", 0, []string{"A", "A"}, []string{"A", "A"}},
		"another code":        {"ack", 0, []string{"B", "A"}, []string{"A", "B", "A"}},
		"the line lived on":   {"ack", 2 * time.Second, []string{"A"}, []string{"A", "A"}},
		"waits for no answer": {"stx", 0, []string{"A"}, []string{"A", "A"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one, far1 := net.Pipe()
				two, far2 := net.Pipe()
				disk := &stored{}
				s, err := scanner.New(scanner.Config{Name: "s", Protocol: c.protocol}, &lines{[]net.Conn{one, two}}, slog.New(slog.DiscardHandler))
				assert.NoError(t, err)
				send := func(far net.Conn, code string) {
					go func() { _, _ = far.Read(make([]byte, 16)) }() // the answer, if one comes
					_, err := far.Write([]byte("\x02" + code + "\x03"))
					assert.NoError(t, err)
					synctest.Wait()
				}
				done := make(chan error, 1)
				go func() { done <- s.Run(t.Context(), disk) }()
				send(far1, "A")
				time.Sleep(c.rest)
				assert.NoError(t, far1.Close())
				assert.Error(t, <-done)
				time.Sleep(time.Second)
				go func() { done <- s.Run(t.Context(), disk) }()
				for _, code := range c.codes {
					send(far2, code)
					time.Sleep(time.Second) // longer than the bounce window
				}
				assert.NoError(t, far2.Close())
				assert.Error(t, <-done)
				assert.Equal(t, c.want, disk.codes)
			})
		})
	}
}
