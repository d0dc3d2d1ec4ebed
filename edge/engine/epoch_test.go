package engine

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/floor"
	"dcedge/edge/journal"
	"dcedge/edge/store"
)

// restartIn restarts in a new epoch, and decides nothing.
func (s *site) restartIn(reason string) {
	s.fork = reason
	s.restart()
}

// reconcile tells the floor what the WMS saw.
func reconcile(r edge.Reconcile) *edge.Message { return &edge.Message{Kind: edge.Record, Body: &r} }

func TestANewEpochIsOpenedBeforeAnythingElse(t *testing.T) {
	s := newSite(t)
	defer s.end()
	s.one(order(1))
	first := s.log.Epoch()
	s.restartIn(edge.EpochRestored)
	second := s.log.Epoch()
	require.NotEqual(t, first, second)

	m := s.scan("w", "TOTE-00001")
	v := s.one(m)
	assert.Equal(t, edge.Hold, v.Code)
	assert.Equal(t, "floor.closed", v.Say.Key)
	assert.Equal(t, []edge.Arg{edge.T("reason", edge.EpochRestored)}, v.Say.Args)
	assert.Equal(t, second, v.Receipt.Epoch)
	assert.EqualValues(t, 2, v.Receipt.Seq, "the epoch's first event is its opening")
	assert.Equal(t, "closed", v.Screen.Step)
	assert.Equal(t, []string{"help"}, v.Screen.Actions)

	ev := s.events()
	opened, ok := ev[len(ev)-2].Data.(*edge.EpochEvent)
	require.True(t, ok)
	assert.Equal(t, first, opened.Parent)
	assert.EqualValues(t, 1, opened.ParentSeq)
	assert.Equal(t, edge.EpochRestored, opened.Reason)
	assert.Equal(t, 1, opened.Held)
	assert.EqualValues(t, 1, ev[len(ev)-2].Seq)

	s.restart()
	assert.Equal(t, second, s.log.Epoch())
	assert.True(t, s.one(m).Repeat)
	assert.Len(t, s.events(), len(ev), "an epoch is opened once")
	assert.Equal(t, stateHash(t, s.e.state), s.replayed())
}

// A disk that is full at the epoch's beginning, or a kill, must not let anybody
// work before it is decided.
func TestAnEpochIsNotWorkedInBeforeItsOpeningIsWritten(t *testing.T) {
	s := newSite(t)
	defer s.end()
	s.one(order(1))
	s.restartIn(edge.EpochCopied)
	s.e.deps.Log = &fullAtFirst{Log: s.log}
	out := s.decide(s.scan("w", "TOTE-00001"))
	require.ErrorIs(t, out[0].e, ErrFull)
	assert.Empty(t, s.e.state.Site().Epoch)
	assert.Equal(t, edge.Hold, s.one(s.scan("w", "TOTE-00001")).Code, "the first that is decided finds the floor closed")
	ev := s.events()
	assert.Equal(t, edge.EvEpochOpened, ev[1].Type)
	s.restartIn(edge.EpochCopied)
	s.restart() // it ended before anything was decided
	assert.Equal(t, edge.Hold, s.one(s.scan("w", "TOTE-00001")).Code)
	assert.EqualValues(t, 2, s.e.state.Site().Eras)
}

// fullAtFirst has no room for the first batch.
type fullAtFirst struct {
	Log
	once bool
}

func (l *fullAtFirst) Append(b *journal.Batch) (journal.Place, error) {
	if !l.once {
		l.once = true
		return journal.Place{}, journal.ErrFull
	}
	return l.Log.Append(b)
}

// unopening are rules that panic on the beginning of an epoch.
type unopening struct{ realRules }

func (f unopening) Decide(v floor.View, m *edge.Message) floor.Decision {
	if m.Kind == edge.Opened {
		panic("no")
	}
	return f.realRules.Decide(v, m)
}

func TestAnEpochThatCannotBeOpenedEndsTheEngine(t *testing.T) {
	s := newSite(t)
	s.one(order(1))
	s.rules = unopening{}
	s.restartIn(edge.EpochCopied)
	defer s.end()
	ended := make(chan error, 1)
	go func() { ended <- s.e.Run(context.Background()) }()
	_, err := s.e.Submit(t.Context(), s.scan("w", "TOTE-00001"))
	assert.Error(t, err)
	assert.ErrorIs(t, <-ended, errUnopened)
	assert.EqualValues(t, 0, s.log.Head().Seq)
}

func TestOutcomesHoldAcrossASeal(t *testing.T) {
	s := newSite(t)
	defer s.end()
	s.one(order(1))
	m := s.act("w", "start", 1, edge.Args{Flow: edge.Pick})
	require.NoError(t, s.e.serve(t.Context(), []*request{{worker: "w", roles: m.Roles, wake: make(chan struct{}, 1)}}))
	before := s.one(m)
	require.True(t, before.OK, "%+v", before)
	first := before.Receipt.Epoch
	for i := range 3 { // from the memory, from the store, from a store rebuilt out of the journal
		s.restartIn(edge.EpochCopied)
		if i == 2 {
			require.NoError(t, s.store.Reset())
			rec, err := Recover(s.log, s.store, quietLog())
			require.NoError(t, err)
			assert.Equal(t, stateHash(t, s.e.state), stateHash(t, rec.State))
		}
		again := s.one(m)
		assert.True(t, again.Repeat)
		assert.Equal(t, before.Code, again.Code)
		assert.Equal(t, before.Receipt, again.Receipt, "what was answered in the old epoch names the old epoch")
		other := s.one(s.scan("w", "TOTE-00002"))
		require.NoError(t, s.store.Flush())
		assert.NotEqual(t, first, other.Receipt.Epoch)
		assert.Greater(t, again.Screen.Rev, before.Screen.Rev)
		assert.Greater(t, again.Screen.Rev, uint64(i+1)<<revsOfEpoch, "no rev of a lost part comes again")
	}
}

func TestToldScansAreRepeats(t *testing.T) {
	s := newSite(t)
	defer s.end()
	s.one(order(1))
	kept := s.scan("w", "NOTHING-0")
	known := s.one(kept)
	require.NoError(t, s.store.Flush())
	s.clock.pass(time.Minute)
	lost := s.scan("w", "NOTHING-1")
	s.restartIn(edge.EpochRestored)
	epoch := s.log.Epoch()
	s.decide() // opens the epoch
	tell := func(m *edge.Message) edge.Verdict { return s.one(m) }
	assert.Equal(t, edge.WrongEpoch, tell(reconcile(edge.Reconcile{Epoch: "01J", Done: true})).Code)
	v := tell(reconcile(edge.Reconcile{Epoch: epoch, Scans: []edge.ID{kept.ID, lost.ID}}))
	assert.Equal(t, edge.Accepted, v.Code)
	for range 2 {
		again := s.one(lost)
		assert.Equal(t, edge.Duplicate, again.Code)
		assert.Equal(t, "scan.beforeRestore", again.Say.Key)
		assert.True(t, again.Repeat)
		assert.Equal(t, epoch, again.Receipt.Epoch)
		again = s.one(kept)
		assert.Equal(t, known.Code, again.Code, "a verdict that is known stays what it was")
		assert.Equal(t, known.Receipt, again.Receipt)
		s.restart()
	}
	assert.Equal(t, edge.Accepted, tell(reconcile(edge.Reconcile{Epoch: epoch, Done: true})).Code)
	assert.Equal(t, edge.Unchanged, tell(reconcile(edge.Reconcile{Epoch: epoch, Done: true})).Code, "told again")
	assert.NotEqual(t, "floor.closed", s.one(s.scan("w", "TOTE-00001")).Say.Key)
	ev := s.events()
	told := 0
	for _, e := range ev {
		if d, ok := e.Data.(*edge.ReconciledScans); ok {
			told++
			assert.Equal(t, []string{lost.ID.String()}, d.Scans)
		}
	}
	assert.Equal(t, 1, told)
	assert.Equal(t, stateHash(t, s.e.state), s.replayed())
}

// Whatever of the store is lost at whatever moment around a seal, the journal
// gives the same state again.
func TestRecoverAcrossSeals(t *testing.T) {
	for cut := range 6 {
		t.Run(fmt.Sprint("flushed before step ", cut), func(t *testing.T) {
			s := newSite(t)
			step := func(n int, fn func()) {
				if n == cut {
					require.NoError(t, s.store.Flush())
				}
				fn()
			}
			step(0, func() { s.one(order(1)) })
			step(1, func() { s.restartIn(edge.EpochCopied) })
			step(2, func() { s.one(order(2)) })
			step(3, func() { s.restartIn(edge.EpochRolledBack) })
			step(4, func() { s.restartIn(edge.EpochRestored) }) // an epoch without an event
			step(5, func() { s.one(reconcile(edge.Reconcile{Epoch: s.log.Epoch(), Done: true})) })
			want := stateHash(t, s.e.state)
			mark := s.store.Mark()
			s.restart()
			assert.Equal(t, want, stateHash(t, s.e.state))
			assert.Equal(t, s.log.Epoch(), s.store.Mark().Epoch)
			assert.GreaterOrEqual(t, s.store.Mark().Pos, mark.Pos)
			assert.Equal(t, s.log.Head(), s.store.Mark().Place)
			assert.Equal(t, want, s.replayed())
			s.end()
		})
	}
}

func TestAgreeInASealedEpoch(t *testing.T) {
	s := newSite(t)
	defer s.end()
	s.one(order(1))
	seal := s.log.Head()
	first := s.log.Epoch()
	s.restartIn(edge.EpochCopied)
	s.one(order(2))
	at := func(seq uint64, hash [32]byte) store.Mark {
		return store.Mark{Epoch: first, Place: journal.Place{Pos: seal.Pos, Seq: seq, Hash: hash}}
	}
	assert.NoError(t, agree(s.log, at(seal.Seq, seal.Hash)))
	assert.ErrorIs(t, agree(s.log, at(seal.Seq, [32]byte{1})), ErrDiverged)
	assert.ErrorIs(t, agree(s.log, at(seal.Seq+1, seal.Hash)), ErrDiverged, "beyond the seal")
}
