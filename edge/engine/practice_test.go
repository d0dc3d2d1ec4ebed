package engine

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/journal/journaltest"
)

func practised(m *edge.Message) *edge.Message { m.Practice = true; return m }

// screenAs asks as the session of a picker and packer does.
func (s *site) screenAs(worker string, practises bool) *edge.Screen {
	s.t.Helper()
	q := &request{worker: worker, roles: []edge.Role{edge.Picker, edge.Packer}, practice: practises, wake: make(chan struct{}, 1)}
	require.NoError(s.t, s.e.serve(s.t.Context(), []*request{q}))
	require.NoError(s.t, q.err)
	return q.screen
}

func (s *site) practiceScreen(worker string) *edge.Screen {
	s.t.Helper()
	return s.screenAs(worker, true)
}

// withoutCount is the hash of the state without how far the history has come.
func withoutCount(t *testing.T, e *Engine) string {
	out := ""
	e.state.Each(func(table, key string, v any) {
		if s, ok := v.(*edge.Site); ok {
			c := *s
			c.Seq = 0
			v = &c
		}
		b, err := json.Marshal(v)
		require.NoError(t, err)
		out += fmt.Sprintf("%s %q %s\n", table, key, b)
	})
	return out
}

// TestPracticeIsJournalledAndNotReal: practised messages have receipts, verdicts
// that repeat and marked events; of the state they move the count of events
// alone, also in a replay of the journal.
func TestPracticeIsJournalledAndNotReal(t *testing.T) {
	s := newSite(t)
	s.one(order(1))
	before := withoutCount(t, s.e)
	s.one(practised(order(2)))
	assert.Equal(t, edge.Idle, s.practiceScreen("w-1").Flow)
	start := practised(s.act("w-1", "start", s.practiceScreen("w-1").Rev, edge.Args{Flow: edge.Pick}))
	v := s.one(start)
	require.Equal(t, edge.OK, v.Code)
	assert.True(t, v.Screen.Practice)
	assert.NotZero(t, v.Receipt.Seq)
	again := *start
	assert.Equal(t, v.Receipt.Seq, s.one(&again).Receipt.Seq, "a repeat is a repeat")
	assert.Equal(t, edge.Idle, s.screenAs("w-2", false).Flow)
	assert.Equal(t, before, withoutCount(t, s.e))
	assert.Equal(t, stateHash(t, s.e.state), s.replayed(), "the journal alone makes the same state")
	marked := 0
	for _, e := range s.events() {
		if e.Practice {
			marked++
			assert.NotEqual(t, "O0001", e.Order)
		}
	}
	assert.Equal(t, 2, marked)

	real := s.act("w-1", "start", s.screenAs("w-1", false).Rev, edge.Args{Flow: edge.Pick})
	assert.Equal(t, []string{"O0001"}, s.one(real).Screen.Task.Orders, "after practice stands the real work")
	assert.Equal(t, []string{"O0002"}, s.practiceScreen("w-1").Task.Orders)

	s.restart()
	assert.Equal(t, edge.Idle, s.practiceScreen("w-1").Flow, "practice does not outlast a restart")
	again = *start
	v = s.one(&again)
	assert.True(t, v.Repeat, "its ids do")
	assert.Equal(t, []string{"O0001"}, s.screenAs("w-1", false).Task.Orders)
	s.end()
}

// TestPracticeIsTakenBackWithItsRound: a practised round that the disk had no
// room for leaves nothing, and a renewed state begins empty behind all ids.
func TestPracticeIsTakenBackWithItsRound(t *testing.T) {
	s := newSite(t)
	defer s.end()
	s.one(practised(order(2)))
	in := func() (pick int) {
		q := &request{practice: true, read: func(v floor.View) { pick, _, _ = v.State.Queues() }, wake: make(chan struct{}, 1)}
		require.NoError(t, s.e.serve(t.Context(), []*request{q}))
		return pick
	}
	assert.Equal(t, 1, in())
	s.disk.SetFaults(journaltest.Faults{Capacity: 1})
	n, refused := 3, false
	for ; !refused && n < 2000; n++ {
		out := s.decide(practised(order(n)))
		refused = out[0].e != nil
		s.quiet()
	}
	require.True(t, refused, "the disk never got full")
	assert.Equal(t, n-3, in(), "all but the one that had no room")
	s.disk.SetFaults(journaltest.Faults{})
	s.one(practised(order(n)))
	assert.Equal(t, n-2, in())
	q := &request{practice: true, renew: true, read: func(floor.View) {}, wake: make(chan struct{}, 1)}
	require.NoError(t, s.e.serve(t.Context(), []*request{q}))
	assert.Zero(t, in())
	assert.Equal(t, s.log.Head().Seq, s.e.practice.Site().Works)
}

// TestPracticeNoticesGoToThoseWhoPractise: a notice about real work does not
// stand on a screen of practice, nor the other way round.
func TestPracticeNoticesGoToThoseWhoPractise(t *testing.T) {
	s := newSite(t, func(s *site) { s.rules = &scripted{text: map[string]string{}} })
	defer s.end()
	notices := func(m *edge.Message) (n int) {
		s.quiet()
		s.one(m)
		for len(s.e.publish.commits) > 0 {
			n += len((<-s.e.publish.commits).Pushes)
		}
		return n
	}
	s.screen("w-2")
	assert.Equal(t, 1, notices(s.scan("w-1", "touch")))
	assert.Zero(t, notices(practised(s.scan("w-1", "touch"))))
	s.practiceScreen("w-2")
	assert.Zero(t, notices(s.scan("w-1", "touch")))
	assert.Equal(t, 1, notices(practised(s.scan("w-1", "touch"))))
}
