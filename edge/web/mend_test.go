package web

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

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
	require.Eventually(t, slow.Ready, 5*time.Second, time.Millisecond)
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
