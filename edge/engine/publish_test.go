package engine

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// Who was answered finds the subscribers told, however slow they are; a wait that
// is too long ends with an error.
func TestToldWaitsForSubscribers(t *testing.T) {
	s := newSite(t)
	s.run()
	var heard atomic.Uint64
	hold := make(chan struct{})
	s.e.Subscribe(func(c *edge.Commit) {
		<-hold
		heard.Store(c.Head)
	})
	v, err := s.e.Submit(t.Context(), s.scan("w-1", "a"))
	require.NoError(t, err)
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	require.ErrorIs(t, s.e.Told(short), context.DeadlineExceeded)
	assert.Zero(t, heard.Load(), "answered, and nobody told: what Told is for")
	close(hold)
	require.NoError(t, s.e.Told(t.Context()))
	assert.Equal(t, v.Receipt.Seq, heard.Load())
	require.NoError(t, s.e.Told(t.Context()), "nothing to wait for")
}
