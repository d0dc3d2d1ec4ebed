package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
	"dcedge/edge/store"
)

func flushes(d *journaltest.Disk) int { return d.Counts().Flushes }

// One flush of the journal's file per batch, however many messages are in it.
func TestOneFlushPerBatch(t *testing.T) {
	s := newSite(t)
	defer s.end()
	s.one(order(1)) // the first one may begin a segment
	s.disk.SetFaults(journaltest.Faults{})
	var list []*edge.Message
	for i := range 50 {
		list = append(list, s.scan(fmt.Sprintf("w-%d", i), "nothing"))
	}
	out := s.decide(list...)
	require.Len(t, out, 50)
	assert.Equal(t, 1, flushes(s.disk))
	for i := range out {
		assert.Equal(t, list[i].ID, out[i].v.ID)
		assert.NotZero(t, out[i].v.Receipt.Seq)
	}
	for _, m := range list { // repeats write nothing
		assert.True(t, s.one(m).Repeat)
	}
	assert.Equal(t, 1, flushes(s.disk))
}

func TestPickAnOrder(t *testing.T) {
	s := newSite(t)
	defer s.end()
	v := s.one(order(4)) // two lines
	assert.Equal(t, edge.Accepted, v.Code)
	scr := s.one(s.scan("w-1", "TOTE-00001")).Screen
	for range 40 {
		if scr.Flow == edge.Idle {
			break
		}
		require.NotEmpty(t, scr.Expect)
		v := s.one(s.scan("w-1", scr.Expect[0].Code))
		require.True(t, v.OK, "%+v", v)
		require.Greater(t, v.Screen.Rev, scr.Rev)
		scr = v.Screen
	}
	assert.Equal(t, edge.Idle, scr.Flow)
	assert.Equal(t, edge.StagePicked, s.e.state.Order("default", "O0004").Stage)
	assert.Equal(t, s.replayed(), stateHash(t, s.e.state))
}

// I2: the same id gets the same answer and causes nothing: in the same batch,
// later, after a restart, from the store, and with the state rebuilt.
func TestI2OneMessageOneDecision(t *testing.T) {
	s := newSite(t)
	m := s.scan("w-1", "nothing of this site")
	again := *m
	out := s.decide(m, &again)
	require.Len(t, out, 2)
	first := out[0].v
	same := func(name string, v edge.Verdict) {
		t.Helper()
		assert.True(t, v.Repeat, name)
		assert.Equal(t, first.ID, v.ID, name)
		assert.Equal(t, first.OK, v.OK, name)
		assert.Equal(t, first.Code, v.Code, name)
		assert.Equal(t, first.Say, v.Say, name)
		assert.Equal(t, first.Receipt.Seq, v.Receipt.Seq, name)
		assert.Equal(t, first.Receipt.Epoch, v.Receipt.Epoch, name)
		assert.True(t, first.Receipt.At.Equal(v.Receipt.At), name)
		require.NotNil(t, v.Screen, name)
		assert.Equal(t, first.Screen.Rev, v.Screen.Rev, name)
	}
	same("same batch", out[1].v)
	m2 := *m
	same("later", s.one(&m2))
	s.restart()
	m3 := *m
	same("after a restart", s.one(&m3))
	require.NoError(t, s.store.Flush())
	s.clock.pass(2 * time.Hour)
	s.restart()
	m4 := *m
	same("from the store", s.one(&m4))
	s.clock.pass(69 * time.Hour)
	m5 := *m
	same("just before it may be forgotten", s.one(&m5))
	require.NoError(t, s.store.Reset())
	s.restart()
	m6 := *m
	same("rebuilt from the journal", s.one(&m6))
	n := 0
	for _, e := range s.events() {
		if e.Scan == m.ID {
			n++
		}
	}
	assert.Equal(t, 1, n)
	s.end()
}

func TestForeignAndReusedIDs(t *testing.T) {
	s := newSite(t)
	defer s.end()
	m := s.scan("w-1", "a")
	s.one(m)
	head := s.log.Head()
	other := *m
	other.Worker = "w-2"
	v := s.one(&other)
	assert.Equal(t, edge.NotYours, v.Code)
	assert.Zero(t, v.Receipt)
	reused := *m
	reused.Hash = hashOf("b")
	v = s.one(&reused)
	assert.Equal(t, edge.IDReused, v.Code)
	assert.False(t, v.OK)
	assert.Zero(t, v.Receipt)
	assert.Equal(t, head.Seq, s.log.Head().Seq, "they cause nothing")
	third := *m
	assert.True(t, s.one(&third).Repeat, "what is known of the id stays")
	assert.EqualValues(t, 1, s.e.Stats().NotYours)
	assert.EqualValues(t, 1, s.e.Stats().IDReused)
}

func TestStale(t *testing.T) {
	s := newSite(t)
	defer s.end()
	for _, c := range []struct {
		off   time.Duration
		stale bool
	}{{-72*time.Hour - time.Second, true}, {-72*time.Hour + time.Second, false}, {5*time.Minute + time.Second, true}, {5*time.Minute - time.Second, false}} {
		m := s.scan("w-1", "x")
		m.ID = s.idAt(s.clock.wall.Add(c.off))
		v := s.one(m)
		assert.Equal(t, c.stale, v.Code == edge.Stale, "%v", c.off)
		assert.NotZero(t, v.Receipt.Seq, "recorded as scan.refused")
		again := *m
		assert.True(t, s.one(&again).Repeat, "%v", c.off)
	}
}

// An id that was too far ahead when it was refused is known when its time has
// come, also after restarts.
func TestIDFromTheFutureStaysDecided(t *testing.T) {
	s := newSite(t)
	m := s.scan("w-1", "x")
	m.ID = s.idAt(s.clock.wall.Add(3 * time.Hour))
	assert.Equal(t, edge.Stale, s.one(m).Code)
	require.NoError(t, s.store.Flush())
	for range 3 {
		s.restart()
		s.clock.pass(time.Hour)
		again := *m
		v := s.one(&again)
		assert.True(t, v.Repeat)
		assert.Equal(t, edge.Stale, v.Code)
	}
	s.end()
}

// failing are the real rules, but for codes that make them panic.
type failing struct {
	realRules
	in string
}

func (f failing) Decide(v floor.View, m *edge.Message) floor.Decision {
	d := f.realRules.Decide(v, m)
	if m.Code != "boom" {
		return d
	}
	switch f.in {
	case "decide":
		panic("boom")
	case "apply": // an event that does not fit, after one that does
		d.Events = append(d.Events, edge.Event{Type: edge.EvPicked, Client: "x", Order: "none", Data: &edge.PickEvent{Line: "1", Quantity: 1}})
	case "line":
		d.Events = append(d.Events, edge.Event{Type: edge.EvRefused, Data: &edge.Refused{What: string(make([]byte, edge.MaxLine))}})
	case "none":
		d.Events = nil
	}
	return d
}

type kept struct{ messages []edge.Message }

func (k *kept) Keep(m edge.Message, _ any, _ []byte) { k.messages = append(k.messages, m) }

func TestARuleThatFailsRefusesItsMessageAlone(t *testing.T) {
	for _, in := range []string{"decide", "apply", "line", "none"} {
		t.Run(in, func(t *testing.T) {
			study := &kept{}
			s := newSite(t, func(s *site) { s.rules, s.study = failing{in: in}, study })
			defer s.end()
			s.one(order(4))
			before := stateHash(t, s.e.state)
			orders := s.e.state.Order("default", "O0004")
			bad := s.scan("w-2", "boom")
			out := s.decide(s.scan("w-1", "TOTE-00001"), bad, s.scan("w-3", "nothing"))
			require.Len(t, out, 3)
			assert.True(t, out[0].v.OK)
			assert.Equal(t, edge.Internal, out[1].v.Code)
			assert.False(t, out[1].v.OK)
			assert.Equal(t, out[0].v.Receipt.Seq+1, out[1].v.Receipt.Seq, "one scan.refused")
			assert.Equal(t, edge.Unknown, out[2].v.Code)
			require.NotEmpty(t, study.messages)
			assert.Equal(t, bad.ID, study.messages[0].ID)
			assert.NotEqual(t, before, stateHash(t, s.e.state))
			assert.Equal(t, edge.StageReceived, orders.Stage, "a committed entity does not change")
			assert.Equal(t, s.replayed(), stateHash(t, s.e.state))
			again := *bad
			assert.True(t, s.one(&again).Repeat)
			assert.EqualValues(t, 1, s.e.Stats().Panics)
		})
	}
}

// A full disk refuses loudly, keeps reads, and goes on when there is room.
func TestFullDiskRefusesAndGoesOn(t *testing.T) {
	s := newSite(t)
	s.one(order(4))
	s.disk.SetFaults(journaltest.Faults{Capacity: 1})
	var refused *edge.Message
	var hash string
	for range 2000 {
		hash = stateHash(t, s.e.state)
		m := s.scan("w-1", "nothing")
		out := s.decide(m)
		require.Len(t, out, 1)
		if out[0].e != nil {
			require.ErrorIs(t, out[0].e, ErrFull)
			assert.Zero(t, out[0].v)
			refused = m
			break
		}
		s.quiet()
	}
	require.NotNil(t, refused, "the disk never got full")
	assert.Equal(t, hash, stateHash(t, s.e.state), "nothing was decided")
	ran := false
	q := &request{wake: make(chan struct{}, 1), read: func(v floor.View) { ran = v.State.Order("default", "O0004") != nil }}
	require.NoError(t, s.e.serve(t.Context(), []*request{q}))
	assert.True(t, ran, "reads go on")
	s.disk.SetFaults(journaltest.Faults{})
	v := s.one(refused)
	assert.False(t, v.Repeat)
	assert.Equal(t, s.replayed(), stateHash(t, s.e.state))
	s.restart()
	assert.Equal(t, s.replayed(), stateHash(t, s.e.state))
	s.end()
}

// I1: nobody gets a verdict that a failed flush leaves unknown, and the engine
// ends.
func TestI1FailedFlushAnswersNobody(t *testing.T) {
	s := newSite(t)
	s.one(order(4))
	s.disk.SetFaults(journaltest.Faults{FailFlushAt: 1})
	m1, m2 := s.scan("w-1", "a"), s.scan("w-2", "b")
	out := s.decide(m1, m2)
	require.Len(t, out, 2)
	for _, a := range out {
		require.ErrorIs(t, a.e, ErrFailed)
		assert.Zero(t, a.v)
	}
	out = s.decide(s.scan("w-1", "c"))
	require.ErrorIs(t, out[0].e, ErrFailed, "never tried again")
	s.disk = s.disk.Crash(3)
	s.restart()
	for _, m := range []*edge.Message{m1, m2} {
		c := *m
		v := s.one(&c)
		assert.NotZero(t, v.Receipt.Seq)
		n := 0
		for _, e := range s.events() {
			if e.Scan == m.ID {
				n++
			}
		}
		assert.Equal(t, 1, n, "decided before or now, but once")
	}
	s.end()
}

func TestRunEndsWithAFailedFlush(t *testing.T) {
	s := newSite(t)
	s.disk.SetFaults(journaltest.Faults{FailFlushAt: 1})
	done := make(chan error, 1)
	go func() { done <- s.e.Run(context.Background()) }()
	_, err := s.e.Submit(t.Context(), s.scan("w-1", "a"))
	require.ErrorIs(t, err, ErrFailed)
	require.ErrorIs(t, <-done, ErrFailed)
	_, err = s.e.Submit(t.Context(), s.scan("w-1", "b"))
	require.ErrorIs(t, err, ErrStopped)
	s.end()
}

// I1 and order: many senders, many messages sent ahead; each gets its verdicts
// in its order, after its events are on the disk.
func TestI1VerdictsInOrderAndOnDisk(t *testing.T) {
	s := newSite(t)
	s.run()
	var published []uint64
	var mu sync.Mutex
	cancel := s.e.Subscribe(func(c *edge.Commit) {
		mu.Lock()
		defer mu.Unlock()
		for i := range c.Events {
			published = append(published, c.Events[i].Seq)
		}
	})
	defer cancel()
	const senders, each = 8, 60
	var wg sync.WaitGroup
	messages := make([][]*edge.Message, senders)
	for w := range senders {
		for i := range each {
			messages[w] = append(messages[w], s.scan(fmt.Sprintf("w-%d", w), fmt.Sprint(i)))
		}
	}
	for w := range senders {
		wg.Go(func() {
			answered := make(chan edge.ID, each)
			for _, m := range messages[w] {
				err := s.e.SubmitFunc(t.Context(), m, func(v edge.Verdict, err error) {
					if err == nil && v.Receipt.Seq > s.log.Head().Seq {
						err = errors.New("answered before it was flushed")
					}
					assert.NoError(t, err)
					answered <- v.ID
				})
				assert.NoError(t, err)
			}
			for _, m := range messages[w] {
				assert.Equal(t, m.ID, <-answered)
			}
		})
	}
	wg.Wait()
	require.NoError(t, s.e.Read(t.Context(), func(v floor.View) {
		assert.EqualValues(t, senders*each, v.State.Site().Seq)
	}))
	mu.Lock()
	defer mu.Unlock()
	for i, seq := range published {
		require.EqualValues(t, i+1, seq, "published in order, without a gap")
	}
}

func TestRecordIsOnDiskWhenItReturns(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.e.Run(ctx) }()
	require.NoError(t, s.e.Record(ctx, edge.Private{Kind: "session", Key: "1", Value: []byte(`{"a":1}`)},
		edge.Private{Kind: "session", Key: "2", Value: []byte(`{}`)}))
	require.NoError(t, s.e.Record(ctx, edge.Private{Kind: "session", Key: "2"}))
	require.ErrorIs(t, s.e.Record(ctx, edge.Private{Kind: "session", Key: "3", Value: []byte(`{`)}), ErrMessage)
	require.ErrorIs(t, s.e.Record(ctx, edge.Private{Kind: edge.RevKind, Key: "w"}), ErrMessage)
	s.disk = s.disk.Crash(5)
	cancel()
	<-done // the old disk is gone: what it says does not matter
	s.restart()
	list, err := s.store.Privates("session")
	require.NoError(t, err)
	assert.Equal(t, []edge.Private{{Kind: "session", Key: "1", Value: []byte(`{"a":1}`)}}, list)
	s.end()
}

func TestMessagesNobodyMaySend(t *testing.T) {
	s := newSite(t)
	s.run()
	for _, m := range []*edge.Message{{}, {Kind: edge.Scan}, {Kind: edge.Scan, ID: s.id()}, {Kind: edge.Record, ID: s.id()}, {Kind: 99}} {
		_, err := s.e.Submit(t.Context(), m)
		assert.ErrorIs(t, err, ErrMessage)
	}
	assert.ErrorIs(t, s.e.SubmitFunc(t.Context(), order(1), nil), ErrMessage)
	assert.Zero(t, s.log.Head().Seq)
}

func TestNewWantsEverything(t *testing.T) {
	_, err := New(Config{MaxBatch: -1}, Deps{})
	require.ErrorContains(t, err, "Policy")
	require.ErrorContains(t, err, "Recovered")
	require.ErrorContains(t, err, "MaxBatch")
}

var _ Log = (*journal.Log)(nil)

// fullAfter is a store that is full from some call of Room on.
type fullAfter struct {
	*store.Store
	left int
}

func (f *fullAfter) Room(context.Context) error {
	if f.left--; f.left < -1000 {
		panic("the engine asks in a circle")
	}
	if f.left < 0 {
		return store.ErrFull
	}
	return nil
}

// What was decided before the store was full is flushed and answered, what
// comes behind it is refused, and the engine ends.
func TestDrainWithoutRoom(t *testing.T) {
	s := newSite(t)
	s.e.deps.Follower = &fullAfter{Store: s.store, left: 1}
	var out []answer
	var list []*edge.Message
	for range fillMost + 4 {
		list = append(list, s.scan("w-1", "x"))
	}
	s.e.pending = s.requests(list, &out)
	s.e.fill(t.Context())
	require.Len(t, s.e.pending, 4)
	require.NoError(t, s.e.drain())
	require.Len(t, out, len(list))
	for i, a := range out {
		require.Equal(t, list[i], a.m, "in order")
		if i < fillMost {
			require.NoError(t, a.e)
		} else {
			require.ErrorIs(t, a.e, ErrFull)
		}
	}
	s.end()
}
