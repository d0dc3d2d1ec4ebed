package web

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"dcedge/edge"
)

// TestNothingToPickWhileTheWMSIsSilent: an idle screen says so in place of "nothing was
// released"; another reason stays, and so does a practice.
func TestNothingToPickWhileTheWMSIsSilent(t *testing.T) {
	now := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	heard := now.Add(-OldAfter)
	s := &Server{}
	s.cfg.Zone, s.deps.Now, s.deps.Heard = time.UTC, func() time.Time { return now }, func() time.Time { return heard }
	idle := &edge.Screen{Flow: edge.Idle, Why: "nothing"}
	assert.Equal(t, "stale", s.dress(idle).Why)
	assert.Equal(t, "nothing", idle.Why, "the engine's screen is others' too")
	assert.Equal(t, "held", s.dress(&edge.Screen{Flow: edge.Idle, Why: "held"}).Why)
	assert.Equal(t, "nothing", s.dress(&edge.Screen{Flow: edge.Idle, Why: "nothing", Practice: true}).Why)
	at, silent := s.silent()
	assert.True(t, silent)
	assert.Equal(t, heard, at)
	heard = now
	assert.Equal(t, "nothing", s.dress(idle).Why)
	s.deps.Heard = nil
	_, silent = s.silent()
	assert.False(t, silent, "where nobody can tell nobody is said to be silent")
}
