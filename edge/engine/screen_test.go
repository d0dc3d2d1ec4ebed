package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// scripted are rules under a test's control: what a worker's screen says is
// text, and a scan of "touch" touches another worker.
type scripted struct{ text map[string]string }

func (r *scripted) Decide(_ floor.View, m *edge.Message) floor.Decision {
	d := refuse(edge.Unknown, "x")
	switch m.Code {
	case "touch":
		d.Touched = []string{"w-2", "w-unknown"}
		d.Notices = []edge.Notice{{Worker: "w-2", Code: edge.Cancelled, Say: edge.Says("gone")}}
	case "show":
		d.Shown = []string{"w-2", "w-unknown"}
	case "everyone":
		d.Touched = []string{floor.Everyone}
	}
	return d
}

func (r *scripted) Screen(_ floor.View, worker string, _ []edge.Role) *edge.Screen {
	return &edge.Screen{Flow: edge.Idle, Step: r.text[worker], Expect: []edge.Expect{}, Actions: []string{}}
}

func (s *site) screen(worker string) *edge.Screen {
	s.t.Helper()
	q := &request{worker: worker, wake: make(chan struct{}, 1)}
	require.NoError(s.t, s.e.serve(s.t.Context(), []*request{q}))
	require.NoError(s.t, q.err)
	return q.screen
}

// rev grows exactly when the screen changes, whoever sees it first, and over
// restarts.
func TestRev(t *testing.T) {
	rules := &scripted{text: map[string]string{}}
	s := newSite(t, func(s *site) { s.rules = rules })
	assert.EqualValues(t, 1, s.screen("w-1").Rev)
	assert.EqualValues(t, 1, s.one(s.scan("w-1", "a")).Screen.Rev)
	rules.text["w-1"] = "b"
	assert.EqualValues(t, 2, s.screen("w-1").Rev)
	head := s.log.Head()
	assert.EqualValues(t, 2, s.screen("w-1").Rev)
	assert.Equal(t, head, s.log.Head(), "the same screen needs no flush")
	s.restart()
	assert.EqualValues(t, 2, s.screen("w-1").Rev, "from a private record, after a restart")
	rules.text["w-1"] = "c"
	assert.EqualValues(t, 3, s.one(s.scan("w-1", "a")).Screen.Rev)
	s.restart()
	assert.EqualValues(t, 3, s.screen("w-1").Rev, "from an outcome, after a restart")
	rules.text["w-1"] = "d"
	require.NoError(t, s.store.Reset())
	s.restart()
	assert.EqualValues(t, 4, s.screen("w-1").Rev, "from the journal alone")
	s.end()
}

func TestPushesToTouchedWorkers(t *testing.T) {
	rules := &scripted{text: map[string]string{}}
	s := newSite(t, func(s *site) { s.rules = rules })
	defer s.end()
	s.screen("w-2")
	s.screen("w-3")
	s.quiet()
	s.one(s.scan("w-1", "touch"))
	c := s.commit()
	require.Len(t, c.Pushes, 1, "the screen is the same: only the notice")
	assert.Equal(t, "w-2", c.Pushes[0].Worker)
	assert.Nil(t, c.Pushes[0].Screen)
	assert.Equal(t, "gone", c.Pushes[0].Notice.Say.Key)
	s.one(s.scan("w-1", "show"))
	c = s.commit()
	require.Len(t, c.Pushes, 1, "what a person reads changed, though not the rev")
	assert.EqualValues(t, 1, c.Pushes[0].Screen.Rev)
	s.one(s.scan("w-1", "touch"))
	assert.Len(t, s.commit().Pushes, 1, "shown once")
	rules.text["w-2"], rules.text["w-3"] = "new", "new"
	s.one(s.scan("w-1", "touch"))
	c = s.commit()
	require.Len(t, c.Pushes, 2)
	assert.EqualValues(t, 2, c.Pushes[0].Screen.Rev)
	assert.Len(t, c.Events, 1)
	s.one(s.scan("w-1", "everyone"))
	c = s.commit()
	require.Len(t, c.Pushes, 1, "w-2 was told already")
	assert.Equal(t, "w-3", c.Pushes[0].Worker)
	s.restart()
	assert.EqualValues(t, 2, s.screen("w-2").Rev, "the rev of a pushed screen is kept")
}

// A worker whose own verdict in the same batch shows the newest screen gets no
// older push behind it.
func TestNoPushBehindANewerVerdict(t *testing.T) {
	rules := &scripted{text: map[string]string{}}
	s := newSite(t, func(s *site) { s.rules = rules })
	defer s.end()
	s.screen("w-2")
	s.quiet()
	rules.text["w-2"] = "new"
	out := s.decide(s.scan("w-1", "touch"), s.scan("w-2", "a"))
	assert.EqualValues(t, 2, out[1].v.Screen.Rev)
	c := s.commit()
	require.Len(t, c.Pushes, 1)
	assert.NotNil(t, c.Pushes[0].Notice)
}

// SetCatalogue is seen by the next message and pushes what it changed.
func TestCatalogueIsSwapped(t *testing.T) {
	s := newSite(t)
	defer s.end()
	assert.Equal(t, edge.Unknown, s.one(s.scan("w-1", "NEW-CODE")).Code)
	edit := s.e.Catalogue().Edit()
	_, err := edit.Put(&edge.SKURecord{Client: "default", ID: "NEW", Barcodes: []edge.Barcode{{Code: "NEW-CODE"}}}, false)
	require.NoError(t, err)
	parked := order(9)
	parked.Body.(*edge.OrderRecord).Lines[0].SKU = "NEW"
	parked.Body.(*edge.OrderRecord).Lines[0].Location = ""
	assert.Equal(t, edge.Accepted, s.one(parked).Code)
	assert.Equal(t, edge.StageParked, s.e.state.Order("default", "O0009").Stage)
	s.e.SetCatalogue(edit.Snapshot())
	assert.Equal(t, edge.Unexpected, s.one(s.scan("w-1", "NEW-CODE")).Code)
	assert.Equal(t, edge.StageReceived, s.e.state.Order("default", "O0009").Stage, "it was taken up")
	assert.Equal(t, s.replayed(), stateHash(t, s.e.state))
}

func TestOutdatedButton(t *testing.T) {
	s := newSite(t)
	defer s.end()
	s.one(order(4))
	scr := s.one(s.scan("w-1", "TOTE-00001")).Screen
	v := s.one(s.act("w-1", "skip", scr.Rev-1, edge.Args{}))
	assert.Equal(t, edge.Unexpected, v.Code)
	assert.Equal(t, "screen.changed", v.Say.Key)
	assert.True(t, s.one(s.act("w-1", "skip", scr.Rev, edge.Args{})).OK)
}

// Edge time is the later of the last journalled time and the wall, carried by
// the monotonic clock.
func TestEdgeTimeNeverGoesBack(t *testing.T) {
	s := newSite(t)
	at := func() time.Time { return s.one(s.scan("w-1", "x")).Receipt.At }
	t1 := at()
	s.clock.wall = s.clock.wall.Add(-3 * time.Hour)
	assert.True(t, t1.Equal(at()))
	s.clock.pass(10 * time.Second)
	assert.Equal(t, 10*time.Second, at().Sub(t1), "carried by the monotonic clock")
	s.clock.wall = t1.Add(30 * time.Minute)
	assert.Equal(t, 30*time.Minute, at().Sub(t1), "a small jump forward is followed")
	t2 := at()
	s.clock.wall = s.clock.wall.Add(2 * time.Hour)
	s.clock.mono += time.Second
	assert.Equal(t, time.Second, at().Sub(t2), "a jump of more than an hour is held")
	assert.Equal(t, 2*time.Hour-time.Second, s.e.TimeHeld())
	s.e.ConfirmTime()
	assert.Zero(t, s.e.TimeHeld())
	assert.Equal(t, 2*time.Hour, at().Sub(t2))
	t3 := at()
	s.clock.wall = t1
	s.restart()
	assert.True(t, t3.Equal(at()), "not back after a restart")
	s.clock.wall = t3.Add(60 * time.Hour)
	s.restart()
	assert.Equal(t, 60*time.Hour, at().Sub(t3), "closed over the weekend")
	s.end()
}

func TestUntrustedClockAtStart(t *testing.T) {
	trusted := false
	s := newSite(t, func(s *site) { s.tune = func(c *Config) { c.TimeTrusted = func() bool { return trusted } } })
	t1 := s.one(s.scan("w-1", "x")).Receipt.At
	s.clock.wall = s.clock.wall.Add(60 * time.Hour)
	s.restart()
	assert.True(t, t1.Equal(s.one(s.scan("w-1", "y")).Receipt.At))
	trusted = true
	assert.Equal(t, 60*time.Hour, s.one(s.scan("w-1", "z")).Receipt.At.Sub(t1))
	s.end()
}

// Many parked orders are taken up a part at a time, without anybody scanning
// and long before the next tick.
func TestAllParkedOrdersAreTakenUp(t *testing.T) {
	s := newSite(t, func(s *site) { s.segment = 1 << 20 })
	edit := s.e.Catalogue().Edit()
	_, err := edit.Put(&edge.SKURecord{Client: "default", ID: "NEW", Barcodes: []edge.Barcode{{Code: "NEW-CODE"}}}, false)
	require.NoError(t, err)
	const many = 1001
	for n := range many {
		m := order(3 * n)
		m.Body.(*edge.OrderRecord).Lines[0].SKU = "NEW"
		require.Equal(t, edge.Accepted, s.one(m).Code)
		s.quiet()
	}
	all, largest, left := make(chan struct{}), 0, many
	s.e.Subscribe(func(c *edge.Commit) {
		largest = max(largest, len(c.Events))
		if left -= len(c.Events); left == 0 {
			close(all)
		}
	})
	s.run()
	s.e.SetCatalogue(edit.Snapshot())
	select {
	case <-all:
	case <-time.After(20 * time.Second):
		t.Fatal("not all were taken up")
	}
	require.NoError(t, s.e.Read(t.Context(), func(v floor.View) {
		v.State.EachOrder(func(o *edge.Order) { assert.Equal(t, edge.StageReceived, o.Stage) })
	}))
	assert.Less(t, largest, many/2, "scans go between")
}
