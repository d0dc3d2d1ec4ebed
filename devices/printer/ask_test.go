package printer

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/devices"
)

// scripted is a wire whose answers a test gives by hand.
type scripted struct{ closed chan struct{} }

func (c scripted) Read([]byte) (int, error)         { <-c.closed; return 0, context.Canceled }
func (c scripted) Write(p []byte) (int, error)      { return len(p), nil }
func (c scripted) Close() error                     { return nil }
func (c scripted) SetWriteDeadline(time.Time) error { return nil }

type deaf struct{}

func (deaf) Read(context.Context, devices.Reading) error { return nil }
func (deaf) State(devices.State)                         {}

func newTestSession(t *testing.T) *session {
	t.Helper()
	p, err := New(Config{Name: "p"}, openNothing{}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return newSession(p, scripted{}, deaf{})
}

type openNothing struct{}

func (openNothing) Open(context.Context) (devices.Conn, error) { return nil, ErrOffline }

// hostStatus is an answer to ~HS with n formats in the buffer.
func hostStatus(n int) Answer {
	return Answer{Kind: KindHostStatus, Host: HostStatus{Formats: n}}
}

// come has answers arrive after the question: what lies there before it is nobody's.
func come(s *session, answers ...Answer) {
	go func() {
		time.Sleep(time.Millisecond)
		for _, a := range answers {
			s.answers <- a
		}
	}()
}

// TestLateAnswerIsNoProof: an answer to a question that was given up is never
// taken for the answer to the next one.
func TestLateAnswerIsNoProof(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSession(t)
		ctx := t.Context()
		_, _, err := s.ask(ctx, "~HS", KindHostStatus)
		require.ErrorIs(t, err, errNoAnswer)

		// The late answer (empty) comes, then the true one (three formats).
		come(s, hostStatus(0), hostStatus(3))
		a, fresh, err := s.ask(ctx, "~HS", KindHostStatus)
		require.NoError(t, err)
		assert.True(t, fresh)
		assert.Equal(t, 3, a.Host.Formats)

		// One late answer only: it is shown, but it proves nothing.
		_, _, err = s.ask(ctx, "~HS", KindHostStatus)
		require.ErrorIs(t, err, errNoAnswer)
		come(s, hostStatus(0))
		a, fresh, err = s.ask(ctx, "~HS", KindHostStatus)
		require.NoError(t, err)
		assert.False(t, fresh)
		assert.Equal(t, 0, a.Host.Formats)

		// What was owed is written off then: the next answer is fresh.
		come(s, hostStatus(1))
		_, fresh, err = s.ask(ctx, "~HS", KindHostStatus)
		require.NoError(t, err)
		assert.True(t, fresh)
	})
}

// TestAnswersOfOtherKinds do not count as the one asked for.
func TestAnswersOfOtherKinds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestSession(t)
		go func() {
			s.answers <- Answer{Kind: KindOdometer, Odometer: 7}
			s.answers <- Answer{Kind: KindHealth}
		}()
		_, _, err := s.ask(t.Context(), "~HS", KindHostStatus)
		require.ErrorIs(t, err, errNoAnswer)
	})
}

func TestScannerLabelCount(t *testing.T) {
	var s Scanner
	var got []uint64
	for _, piece := range []string{"\"12", "34\"", goodStatus, "\"?\"", "\"1235\"\r\n", "\"-1\"", "\"9999999999999999999999\""} {
		for _, a := range s.Feed([]byte(piece)) {
			if a.Kind == KindLabelCount {
				got = append(got, a.Odometer)
			}
		}
	}
	assert.Equal(t, []uint64{1234, 1235}, got)
	assert.Equal(t, 3, s.Junk)
	assert.Empty(t, s.Feed([]byte(strings.Repeat("x", 3*maxFrame))))
}
