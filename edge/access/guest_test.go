package access

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func pickers(n int) Wanted {
	return Wanted{Count: n, Roles: []edge.Role{edge.Picker}, Language: "vi", Reason: "peak"}
}

// TestFiftyBadgesAtEight: day workers whom the WMS does not know get badges in
// one call; the badges work after a restart and end with the shift.
func TestFiftyBadgesAtEight(t *testing.T) {
	ctx := context.Background()
	site, a := floor(t)
	var named []string
	given, err := a.Give(ctx, "lead-1", pickers(50), func(ids []string) error { named = ids; return nil })
	require.NoError(t, err)
	require.Len(t, given, 50)
	assert.Len(t, named, 50)
	ids, badges := map[string]bool{}, map[string]bool{}
	for i, g := range given {
		ids[g.ID], badges[g.Badge] = true, true
		assert.Equal(t, named[i], g.ID)
		assert.True(t, edge.IsTemporary(g.ID))
		assert.Empty(t, g.PIN, "pickers of this site need none")
		assert.Equal(t, site.Now().Add(12*time.Hour), g.Until)
	}
	assert.Len(t, ids, 50)
	assert.Len(t, badges, 50)
	assert.Len(t, a.Trail(60), 50, "each is in the trail")

	a = site.open() // survives a restart
	s, token, err := login(a, given[7].Badge, "")
	require.NoError(t, err)
	assert.Equal(t, given[7].ID, s.Worker)
	_, roles, err := a.Authenticate(token)
	require.NoError(t, err)
	assert.Equal(t, []edge.Role{edge.Picker}, roles)
	assert.Equal(t, "vi", a.Worker(s.Worker).Language)
	for _, g := range given {
		assert.NotContains(t, site.written.String(), g.Badge, "no badge at rest")
		assert.True(t, a.IsBadge(g.ID, g.Badge))
		assert.False(t, a.IsBadge(g.ID, "TB-OTHER"))
	}
	for _, g := range a.Guests() {
		assert.Empty(t, g.Badge+g.PIN)
	}

	site.pass(12 * time.Hour)
	_, _, err = a.Authenticate(token)
	require.ErrorIs(t, err, ErrSession, "they end with the shift")
	_, _, err = login(a, given[8].Badge, "")
	require.ErrorIs(t, err, ErrRefused)
	assert.Empty(t, a.Guests())
	require.NoError(t, a.Sweep(ctx))
	for k := range site.saved {
		assert.False(t, strings.HasPrefix(k, kindGuest+"/"), k)
	}
}

// TestBadgeEndsSessionEarlier: a session on a temporary badge is never longer
// than the badge.
func TestBadgeEndsSessionEarlier(t *testing.T) {
	site, a := floor(t)
	w := pickers(1)
	w.Until = site.Now().Add(2 * time.Hour)
	given, err := a.Give(context.Background(), "lead-1", w, nil)
	require.NoError(t, err)
	s, _, err := login(a, given[0].Badge, "")
	require.NoError(t, err)
	assert.Equal(t, w.Until, s.Expires)
}

func TestBadgesAreNotForLeads(t *testing.T) {
	ctx := context.Background()
	site, a := floor(t)
	for name, c := range map[string]struct {
		change func(*Wanted)
		want   error
	}{
		"a lead's":             {func(w *Wanted) { w.Roles = []edge.Role{edge.Picker, edge.Lead} }, ErrRoles},
		"an admin's":           {func(w *Wanted) { w.Roles = []edge.Role{edge.Admin} }, ErrRoles},
		"an auditor's":         {func(w *Wanted) { w.Roles = []edge.Role{edge.Auditor} }, ErrRoles},
		"no role":              {func(w *Wanted) { w.Roles = nil }, ErrRoles},
		"a role there is not":  {func(w *Wanted) { w.Roles = []edge.Role{"boss"} }, ErrRoles},
		"none":                 {func(w *Wanted) { w.Count = 0 }, ErrMany},
		"too many":             {func(w *Wanted) { w.Count = guestsMost + 1 }, ErrMany},
		"longer than a shift":  {func(w *Wanted) { w.Until = site.Now().Add(12*time.Hour + time.Minute) }, ErrUntil},
		"over already":         {func(w *Wanted) { w.Until = site.Now() }, ErrUntil},
		"a badge that is used": {func(w *Wanted) { w.Badge = "W-001" }, ErrKnown},
		"in small letters":     {func(w *Wanted) { w.Badge = "w-001" }, ErrKnown},
		"two of one badge":     {func(w *Wanted) { w.Badge, w.Count = "NEW-1", 2 }, ErrMany},
	} {
		t.Run(name, func(t *testing.T) {
			w := pickers(1)
			c.change(&w)
			_, err := a.Give(ctx, "lead-1", w, nil)
			require.ErrorIs(t, err, c.want)
		})
	}
	assert.Empty(t, a.Guests())
	broken := errors.New("vault")
	_, err := a.Give(ctx, "lead-1", pickers(1), func([]string) error { return broken })
	require.ErrorIs(t, err, broken)
	site.broken = errors.New("disk")
	_, err = a.Give(ctx, "lead-1", pickers(1), nil)
	require.ErrorIs(t, err, site.broken)
	assert.Empty(t, a.Guests(), "nothing is half given")
}

// TestBadgeWithPIN: where the site asks a role for a PIN, the badge has one, told
// once and kept sealed.
func TestBadgeWithPIN(t *testing.T) {
	ctx := context.Background()
	site, a := floor(t)
	w := pickers(1)
	w.Roles = []edge.Role{edge.Loader} // this site's policy does not name it: a PIN is needed
	given, err := a.Give(ctx, "lead-1", w, nil)
	require.NoError(t, err)
	require.Regexp(t, `^\d{6}$`, given[0].PIN)
	assert.NotContains(t, site.written.String(), given[0].PIN)
	_, _, err = login(a, given[0].Badge, "")
	require.ErrorIs(t, err, ErrRefused)
	_, _, err = login(a, given[0].Badge, given[0].PIN)
	require.NoError(t, err)
}

// TestApprovedBadge: a badge that nobody knows is let in by a lead, and belongs
// to its owner once the WMS has told of them.
func TestApprovedBadge(t *testing.T) {
	ctx := context.Background()
	site, a := floor(t)
	w := pickers(1)
	w.Badge = "W-777"
	given, err := a.Give(ctx, "lead-1", w, nil)
	require.NoError(t, err)
	s, _, err := login(a, "W-777", "")
	require.NoError(t, err)
	assert.Equal(t, given[0].ID, s.Worker)
	_, err = a.Give(ctx, "lead-1", w, nil)
	require.ErrorIs(t, err, ErrKnown)
	site.worker(a, "w-777", "W-777", "", edge.Picker)
	s, _, err = login(a, "W-777", "")
	require.NoError(t, err)
	assert.Equal(t, "w-777", s.Worker, "the WMS's word counts")
}

func TestWithdraw(t *testing.T) {
	ctx := context.Background()
	site, a := floor(t)
	given, err := a.Give(ctx, "lead-1", pickers(2), nil)
	require.NoError(t, err)
	_, token, err := login(a, given[0].Badge, "")
	require.NoError(t, err)
	var ended []Ended
	a.Watch(func(e Ended) { ended = append(ended, e) })
	require.NoError(t, a.Withdraw(ctx, "lead-1", given[0].ID, "went home"))
	require.Len(t, ended, 1)
	for _, x := range []*Access{a, site.open()} {
		_, _, err = x.Authenticate(token)
		require.ErrorIs(t, err, ErrSession)
		_, _, err = login(x, given[0].Badge, "")
		require.ErrorIs(t, err, ErrRefused)
		assert.Len(t, x.Guests(), 1)
	}
	require.ErrorIs(t, a.Withdraw(ctx, "lead-1", given[0].ID, ""), ErrUnknown)
	require.ErrorIs(t, a.Withdraw(ctx, "lead-1", "w-1", ""), ErrUnknown, "a worker of the WMS is no guest")
}

// TestRest is O3's clock: a rest that is too long lasts until the badge is shown.
func TestRest(t *testing.T) {
	ctx := context.Background()
	site, _ := floor(t)
	s, _, err := login(site.open(), "W-001", "")
	require.NoError(t, err)
	assert.False(t, site.open().Rest(s), "where the site does not ask")
	site.cfg.Idle = 5 * time.Minute
	a := site.open()
	for range 10 {
		site.pass(4 * time.Minute)
		assert.False(t, a.Rest(s), "who works does not rest")
	}
	site.pass(5*time.Minute + time.Second)
	assert.True(t, a.Rest(s))
	assert.True(t, a.Rest(s), "doing something does not end it")
	assert.False(t, a.OwnBadge(s, "W-002"))
	assert.True(t, a.OwnBadge(s, "W-001"))
	require.ErrorIs(t, a.Confirm(ctx, s, "W-002", "246810", "x"), ErrRefused, "another's badge")
	assert.True(t, a.Rest(s))
	require.NoError(t, a.Confirm(ctx, s, "W-001", "", "x"))
	assert.False(t, a.Rest(s))
	assert.Equal(t, "badge.confirm", a.Trail(1)[0].What)

	again := site.open()
	assert.True(t, again.Rest(s), "nobody knows how long they rested before a restart")
	require.NoError(t, again.Logout(ctx, s))
	require.NoError(t, again.Sweep(ctx))
	assert.Empty(t, again.active)
}

func TestLastOnADevice(t *testing.T) {
	ctx := context.Background()
	site, a := floor(t)
	on := func(badge, device string) *Session {
		s, _, err := a.Login(ctx, Attempt{Badge: badge, Device: device, Source: "x"})
		require.NoError(t, err)
		return s
	}
	who := func(a *Access, device, but string) string { w, _ := a.LastOn(device, but); return w }
	assert.Empty(t, who(a, "pda-1", "w-2"))
	on("W-001", "pda-1")
	on("W-002", "pda-1")
	assert.Equal(t, "w-1", who(a, "pda-1", "w-2"))
	assert.Equal(t, "w-2", who(site.open(), "pda-1", "w-1"), "after a restart too")
	assert.Empty(t, who(a, "pda-2", "w-1"))
	assert.Empty(t, who(a, "", "w-1"))
	assert.False(t, a.LiveElsewhere("w-1", "pda-1"))
	on("W-001", "pda-2")
	assert.True(t, a.LiveElsewhere("w-1", "pda-1"))
}

// TestPracticeSession: a session to practise is one after a restart too.
func TestPracticeSession(t *testing.T) {
	site, a := floor(t)
	s, token, err := a.Login(context.Background(), Attempt{Badge: "W-001", Device: "pda-1", Source: "x", Practice: true})
	require.NoError(t, err)
	assert.True(t, s.Practice)
	s, _, err = site.open().Authenticate(token)
	require.NoError(t, err)
	assert.True(t, s.Practice)
}
