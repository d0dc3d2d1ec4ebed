package access

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLend(t *testing.T) {
	ctx := context.Background()
	site, a := floor(t)
	badge, until, err := a.Lend(ctx, "lead-1", "w-1", 2*time.Hour, "forgotten")
	require.NoError(t, err)
	assert.Equal(t, site.Now().Add(2*time.Hour), until)
	forLead, _, err := a.Lend(ctx, "lead-2", "lead-1", time.Hour, "forgotten")
	require.NoError(t, err)

	a = site.open() // survives a restart
	s, _, err := login(a, badge, "")
	require.NoError(t, err)
	assert.Equal(t, "w-1", s.Worker)
	_, _, err = login(a, forLead, "")
	require.ErrorIs(t, err, ErrRefused, "a lead's needs the PIN")
	_, _, err = login(a, forLead, "135790")
	require.NoError(t, err)
	assert.NotContains(t, site.written.String(), badge)

	site.pass(2 * time.Hour)
	_, _, err = login(a, badge, "")
	require.ErrorIs(t, err, ErrRefused)
	require.NoError(t, a.Sweep(ctx))
	for k := range site.saved {
		assert.NotContains(t, k, kindBadge+"/")
	}
	for _, d := range []time.Duration{0, 25 * time.Hour} {
		_, _, err = a.Lend(ctx, "lead-1", "w-1", d, "")
		require.ErrorIs(t, err, ErrHours)
	}
	_, _, err = a.Lend(ctx, "lead-1", "nobody", time.Hour, "")
	require.ErrorIs(t, err, ErrUnknown)
}

func TestKinds(t *testing.T) {
	assert.ElementsMatch(t, []string{"session", "lockout", "device", "badge", "guest", "audit"}, Kinds())
}
