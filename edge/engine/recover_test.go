package engine

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
	"dcedge/edge/store"
)

func TestRecoverRebuildsAStoreOfAnotherHistory(t *testing.T) {
	s := newSite(t)
	s.one(order(1))
	want := stateHash(t, s.e.state)
	s.end()
	other, err := store.Open(store.Options{Dir: t.TempDir(), Logger: quietLog(), NoSync: true})
	require.NoError(t, err)
	require.NoError(t, other.Bind("ANOTHER"))
	l, err := journal.Open(journal.Options{FS: s.disk, Dir: logDir, SegmentBytes: s.segment, Logger: quietLog(), Inline: true})
	require.NoError(t, err)
	rec, err := Recover(l, other, quietLog())
	require.NoError(t, err)
	assert.Equal(t, want, stateHash(t, rec.State))
	assert.Equal(t, store.Emptied, other.Origin())
	assert.Equal(t, l.Head(), other.Mark().Place)
	require.NoError(t, l.Close())
	require.NoError(t, other.Close())
}

// A store whose state is not the one at its mark is found out by the next
// checkpoint and rebuilt.
func TestRecoverComparesCheckpoints(t *testing.T) {
	s := newSite(t)
	s.one(order(1))
	require.NoError(t, s.store.Flush())
	mark := s.store.Mark()
	s.one(order(2))
	require.NoError(t, s.e.checkpoint())
	require.NoError(t, s.store.Flush())
	want := stateHash(t, s.e.state)
	ev := s.events()
	assert.Equal(t, edge.EvCheckpoint, ev[len(ev)-1].Type)
	assert.Equal(t, want, s.replayed())
	s.end()

	dir := t.TempDir()
	bad, err := store.Open(store.Options{Dir: dir, Logger: quietLog(), NoSync: true})
	require.NoError(t, err)
	require.NoError(t, bad.Bind(mark.Epoch))
	bad.Take(edge.Step{Pos: mark.Pos, Seq: mark.Seq, Hash: mark.Hash, At: mark.At, Changes: []edge.Change{
		{Table: edge.TableSite, Key: "site", Value: &edge.Site{Seq: mark.Seq, Works: 77}}}})
	require.NoError(t, bad.Flush())
	l, err := journal.Open(journal.Options{FS: s.disk, Dir: logDir, SegmentBytes: s.segment, Logger: quietLog(), Inline: true})
	require.NoError(t, err)
	_, err = recoverFrom(l, bad, quietLog())
	require.ErrorIs(t, err, ErrDiverged)
	rec, err := Recover(l, bad, quietLog())
	require.NoError(t, err)
	assert.Equal(t, want, stateHash(t, rec.State))
	require.NoError(t, l.Close())
	require.NoError(t, bad.Close())
}

// places is a journal of which only the ends are known.
type places struct {
	History
	head   journal.Place
	oldest uint64
}

func (p places) Head() journal.Place     { return p.head }
func (p places) Epochs() []journal.Epoch { return []journal.Epoch{{ID: "E", Oldest: p.oldest}} }
func (p places) HashIn(_ string, seq uint64) ([32]byte, error) {
	if seq < p.oldest-1 {
		return [32]byte{}, journal.ErrGone
	}
	return p.head.Hash, nil
}

func TestAgree(t *testing.T) {
	at := func(pos, seq uint64, h byte) store.Mark {
		return store.Mark{Place: journal.Place{Pos: pos, Seq: seq, Hash: [32]byte{h}}}
	}
	log := places{head: journal.Place{Pos: 100, Seq: 50, Hash: [32]byte{1}}, oldest: 20}
	assert.NoError(t, agree(log, at(100, 50, 1)))
	assert.ErrorIs(t, agree(log, at(101, 50, 1)), ErrDiverged, "the store is ahead")
	assert.ErrorIs(t, agree(log, at(90, 45, 2)), ErrDiverged, "another history")
	assert.ErrorIs(t, agree(log, at(0, 0, 0)), ErrNoBase, "the journal's start is gone")
	assert.ErrorIs(t, agree(log, at(9, 5, 1)), ErrNoBase, "the store is older than the journal")
	log.oldest = 1
	assert.NoError(t, agree(log, at(0, 0, 0)))
}

func TestCheckpointInAQuietMoment(t *testing.T) {
	s := newSite(t, func(s *site) { s.tune = func(c *Config) { c.CheckpointEvery = 3 } })
	s.run()
	for n := range 3 {
		_, err := s.e.Submit(t.Context(), order(n))
		require.NoError(t, err)
	}
	require.NoError(t, s.log.Wait(t.Context(), 3)) // the fourth event is the checkpoint
	ev := s.events()
	c, ok := ev[3].Data.(*edge.Checkpoint)
	require.True(t, ok)
	assert.EqualValues(t, 3, c.UpTo)
	assert.NotEmpty(t, c.Hash)
}

// The hash is computed beside the engine: what is decided meanwhile comes
// between the mark and the checkpoint.
func TestCheckpointOfAStateThatHasMovedOn(t *testing.T) {
	s := newSite(t, func(s *site) { s.tune = func(c *Config) { c.CheckpointEvery = 1 } })
	defer s.end()
	s.one(order(1))
	want := stateHash(t, s.e.state)
	require.NoError(t, s.e.checkpointIfDue())
	s.one(order(2))
	for s.e.hashing {
		require.NoError(t, s.e.checkpointIfDue())
	}
	ev := s.events()
	c, ok := ev[len(ev)-1].Data.(*edge.Checkpoint)
	require.True(t, ok)
	assert.Equal(t, want, c.Hash)
	assert.EqualValues(t, 1, c.UpTo)
	assert.Equal(t, s.replayed(), stateHash(t, s.e.state), "a replay agrees")
	require.ErrorIs(t, s.e.Record(t.Context(), edge.Private{Kind: markKind, Key: "1"}), ErrMessage)
	require.NoError(t, s.e.writeCheckpoint(hashed{upTo: 1, hash: "of another state"}))
	_, err := Recover(s.log, &emptyBase{}, quietLog())
	assert.ErrorIs(t, err, ErrDiverged)
}

// fakeFollower is a store that takes everything at once.
type fakeFollower struct{ pos uint64 }

func (f *fakeFollower) Take(s edge.Step)                                { f.pos = s.Pos }
func (f *fakeFollower) Room(context.Context) error                      { return nil }
func (f *fakeFollower) Applied() uint64                                 { return f.pos }
func (f *fakeFollower) Outcome(edge.ID) (data []byte, ok bool, e error) { return nil, false, nil }

// ticking counts ticks.
type ticking struct {
	scripted
	ticks int
}

func (r *ticking) Decide(v floor.View, m *edge.Message) floor.Decision {
	if m.Kind != edge.Tick {
		return r.scripted.Decide(v, m)
	}
	r.ticks++
	return floor.Decision{}
}

// Ticks come once a minute, through the same queue; an hour passes in no time.
func TestTickOnceAMinute(t *testing.T) {
	s := newSite(t)
	s.end()
	synctest.Test(t, func(t *testing.T) {
		rules := &ticking{}
		f := &fakeFollower{}
		e, err := New(Config{Policy: policy(), NoWindow: true}, Deps{Log: &fakeLog{}, Follower: f, Past: f, Recovered: s.rec,
			Catalogue: testCatalogue(), Logger: quietLog(), Rules: rules})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- e.Run(ctx) }()
		time.Sleep(time.Hour + time.Second)
		cancel()
		require.NoError(t, <-done)
		assert.Equal(t, 60, rules.ticks)
	})
}

// fakeLog takes batches and keeps nothing.
type fakeLog struct{ head journal.Place }

func (l *fakeLog) Append(b *journal.Batch) (journal.Place, error) {
	l.head.Pos += uint64(b.Len())
	return l.head, nil
}
func (l *fakeLog) Head() journal.Place { return l.head }
func (l *fakeLog) Epoch() string       { return "FAKE" }

// stuck is a store that does not follow.
type stuck struct {
	fakeFollower
	err error
}

func (s *stuck) Room(ctx context.Context) error {
	if s.err != nil {
		return s.err
	}
	<-ctx.Done()
	return ctx.Err()
}

// A store that cannot follow because the disk is full refuses messages and
// keeps reads; one that is merely slow makes the engine wait.
func TestEngineWaitsForItsStore(t *testing.T) {
	s := newSite(t)
	defer s.end()
	s.one(order(1))
	full := &stuck{err: store.ErrFull}
	s.e.deps.Follower = full
	out := s.decide(s.scan("w-1", "x"))
	require.ErrorIs(t, out[0].e, ErrFull)
	require.ErrorIs(t, out[0].e, store.ErrFull)
	ran := false
	q := &request{wake: make(chan struct{}, 1), read: func(floor.View) { ran = true }}
	require.NoError(t, s.e.serve(t.Context(), []*request{q}))
	assert.True(t, ran)
	s.e.SetCatalogue(testCatalogue())
	require.NoError(t, s.e.serve(t.Context(), nil))
	assert.False(t, s.e.refresh.Load(), "no spinning on a full disk")
	s.e.tick()
	assert.True(t, s.e.refresh.Load(), "the next minute tries again")
	s.e.refresh.Store(false)
	full.err = nil
	ctx, cancel := context.WithCancel(context.Background())
	q = &request{message: s.scan("w-1", "y"), turn: s.e.memory.enter(), wake: make(chan struct{}, 1)}
	done := make(chan error, 1)
	go func() { done <- s.e.serve(ctx, []*request{q}) }()
	assert.Empty(t, done, "it waits")
	cancel()
	require.NoError(t, <-done)
	require.ErrorIs(t, q.err, ErrStopped)
	assert.EqualValues(t, 1, s.log.Head().Seq)
}

// Another version's checkpoint says nothing of the state that this one makes; with
// its own number it would be a fault.
func TestACheckpointOfOtherRulesIsNotCompared(t *testing.T) {
	p := &replay{state: floor.NewState()}
	require.ErrorIs(t, p.compare(&edge.Checkpoint{UpTo: 1, Hash: "of another state", Rules: floor.Rules}, 2), ErrDiverged)
	require.Zero(t, p.others)
	for _, rules := range []int{0, floor.Rules + 1} {
		require.NoError(t, p.compare(&edge.Checkpoint{UpTo: 1, Hash: "of another state", Rules: rules}, 2))
	}
	assert.Equal(t, 2, p.others)
}
