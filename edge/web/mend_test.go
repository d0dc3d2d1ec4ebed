package web

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/board"
)

// Who reads right after a write sees it, however seldom the board looks.
func TestALeadReadsTheirOwnWrite(t *testing.T) {
	var slow *board.Board
	s := newSite(t, func(_ *Config, d *Deps) {
		var err error
		slow, err = board.New(board.Config{Source: d.Floor.(*engine), Now: d.Now, Beat: time.Hour})
		require.NoError(t, err)
		d.Board = slow
	})
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = slow.Run(ctx) })
	t.Cleanup(func() { cancel(); wg.Wait() })
	require.Eventually(t, slow.Ready, 30*time.Second, time.Millisecond)
	lead := s.login("L-001", "135790")
	read := func() string {
		_, _, body := s.do("GET", "/site/v1/orders/536365", lead, "")
		return body
	}
	for n, hold := range []bool{true, false, true} {
		what, body := "release", `{"id":"`+newID(40+n)+`"}`
		if hold {
			what, body = "hold", `{"id":"`+newID(40+n)+`","reason":"payment"}`
		}
		status, _, answer := s.do("POST", "/site/v1/orders/536365/"+what, lead, body)
		require.Equal(t, 200, status, answer)
		if hold {
			assert.Contains(t, read(), `"held":"payment"`)
		} else {
			assert.NotContains(t, read(), `"held"`)
		}
	}
}

// The worker is told that the lead has closed the call, and nobody else is.
func TestTheWorkerHearsThatTheCallIsClosed(t *testing.T) {
	s := newSite(t)
	token, lead := s.login("W-001", ""), s.login("L-001", "135790")
	mine, other := s.greet(token), s.greet(s.login("W-002", ""))
	s.e.commit(&edge.Commit{Epoch: "ep", Head: 7, Events: []edge.Event{{Seq: 7, At: s.e.clock, Type: edge.EvStep, Worker: "w-1",
		Data: &edge.StepConfirmed{Kind: "help", Step: "item"}}}})
	require.Eventually(t, func() bool { _, open := s.b.Help("7"); return open }, 30*time.Second, time.Millisecond)
	status, _, body := s.do("POST", "/site/v1/helps/7/close", lead, `{}`)
	require.Equal(t, 204, status, body)
	assert.Equal(t, map[string]any{"t": "notice", "code": "ok", "say": map[string]any{"key": "help.closed"}}, mine.read())
	other.send(websocket.TextMessage, scanBody(1, "A"))
	assert.Equal(t, "verdict", other.read()["t"], "nothing came before it")
}

// A PIN that nobody set is no key, and a badge typed in small letters is one.
func TestBadgesAndPINsAsTyped(t *testing.T) {
	s := newSite(t)
	for body, want := range map[string]int{`{"badge":"W-001","pin":"1234"}`: 401, `{"badge":"w-001"}`: 200, `{"badge":"l-001","pin":"135790"}`: 200} {
		status, _, answer := s.do("POST", "/floor/v1/login", "", body)
		assert.Equal(t, want, status, body+answer)
	}
}
