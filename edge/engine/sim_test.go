package engine

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
	"dcedge/edge/store"
)

// sim is a crew on a site whose disk fails: what its members were told is kept
// outside the edge.
type sim struct {
	*site
	rnd     *rand.Rand
	screens map[string]*edge.Screen
	told    map[edge.ID]answer // verdicts that left the engine
	sent    []*edge.Message    // with an id, in the order of sending
	orders  int
	saw     struct{ crashes, failed, repeats, refused, rebuilt, full, overlapped, epochs, opened int }
}

func newSim(t *testing.T, seed uint64) *sim {
	return &sim{site: newSite(t, func(s *site) { s.disk, s.segment = journaltest.New(seed), 12<<10 }), rnd: rand.New(rand.NewPCG(seed, 99)),
		screens: map[string]*edge.Screen{}, told: map[edge.ID]answer{}}
}

// message is what somebody does next.
func (s *sim) message() *edge.Message {
	w := fmt.Sprintf("w-%d", s.rnd.IntN(5))
	if s.rnd.IntN(10) == 0 || s.orders < 4 {
		s.orders++
		return order(s.orders)
	}
	if s.rnd.IntN(25) == 0 {
		kinds := []string{"cancel", "hold", "release", "priority"}
		n := 5
		c := &edge.OrderChange{ID: fmt.Sprintf("chg-%d", s.rnd.IntN(1000)), Rev: int64(s.rnd.IntN(1000)), Client: "default",
			Order: fmt.Sprintf("O%04d", 1+s.rnd.IntN(s.orders)), Change: kinds[s.rnd.IntN(len(kinds))], Priority: &n}
		return &edge.Message{Kind: edge.Record, Body: c}
	}
	scr := s.screens[w]
	if scr != nil && scr.Step == "closed" && s.rnd.IntN(3) == 0 { // the WMS tells and pushes again
		if s.rnd.IntN(3) == 0 {
			return reconcile(edge.Reconcile{Epoch: s.log.Epoch(), Done: true})
		}
		return order(1 + s.rnd.IntN(s.orders))
	}
	if scr == nil || s.rnd.IntN(8) == 0 {
		return s.scan(w, []string{"LOC-L3", "CODE-2", "TOTE-00001", "rubbish"}[s.rnd.IntN(4)])
	}
	if s.rnd.IntN(10) == 0 && len(scr.Actions) > 0 {
		n, a := s.rnd.IntN(4), scr.Actions[s.rnd.IntN(len(scr.Actions))]
		return s.act(w, a, scr.Rev, edge.Args{Flow: edge.Pick, N: &n, Found: &n, Reason: "missing"})
	}
	if len(scr.Expect) == 0 {
		return s.act(w, "start", scr.Rev, edge.Args{Flow: edge.Pick})
	}
	code := scr.Expect[0].Code
	if code == "" {
		code = fmt.Sprintf("TOTE-%05d", 1+s.rnd.IntN(99998))
	}
	return s.scan(w, code)
}

// again gives a message that was sent before, unchanged.
func (s *sim) again() *edge.Message {
	if n := len(s.sent); n > 0 {
		c := *s.sent[n-1-s.rnd.IntN(min(n, 40))]
		return &c
	}
	return s.message()
}

// batch sends some messages together and books what comes back.
func (s *sim) batch() (ended bool) {
	var list []*edge.Message
	for range 1 + s.rnd.IntN(6) {
		if s.rnd.IntN(6) == 0 {
			list = append(list, s.again())
		} else {
			list = append(list, s.message())
		}
	}
	split := len(list) // the rest is decided while that is being flushed
	if split > 1 && s.rnd.IntN(2) == 0 {
		split = 1 + s.rnd.IntN(split-1)
		s.saw.overlapped++
	}
	out := s.decideIn(list[:split], list[split:])
	require.Len(s.t, out, len(list), "everybody is answered")
	for i, a := range out {
		require.Equal(s.t, list[i], a.m, "in order")
		if !a.m.ID.IsZero() {
			s.sent = append(s.sent, a.m)
		}
		ended = s.book(a) || ended
	}
	s.quiet()
	return ended
}

func (s *sim) book(a answer) (ended bool) {
	id := a.m.ID
	if a.e != nil {
		require.Zero(s.t, a.v)
		if errors.Is(a.e, ErrFull) {
			s.saw.full++
			return errors.Is(a.e, journaltest.ErrPower) // there was no next segment, and never will be
		}
		require.ErrorIs(s.t, a.e, ErrFailed)
		s.saw.failed++
		return true
	}
	if id.IsZero() {
		if _, ok := a.m.Body.(*edge.Reconcile); ok && a.v.Code == edge.Accepted {
			s.saw.opened++
		}
		return false
	}
	if old, ok := s.told[id]; ok { // I2
		s.saw.repeats++
		require.True(s.t, a.v.Repeat, "I2: %s decided twice", id)
		require.Equal(s.t, old.v.Code, a.v.Code)
		require.Equal(s.t, old.v.Say, a.v.Say)
		require.Equal(s.t, old.v.Receipt.Seq, a.v.Receipt.Seq)
		require.Equal(s.t, old.v.Receipt.Epoch, a.v.Receipt.Epoch)
	} else {
		s.told[id] = a
	}
	if !a.v.OK {
		s.saw.refused++
	}
	if a.v.Screen != nil {
		if old := s.screens[a.m.Worker]; old != nil {
			require.GreaterOrEqual(s.t, a.v.Screen.Rev, old.Rev, "rev went back")
		}
		s.screens[a.m.Worker] = a.v.Screen
	}
	return false
}

// same compares the live state with the one replayed from nothing, and with
// the one that a store which lies behind gives.
func (s *sim) same() {
	live := stateHash(s.t, s.e.state)
	require.Equal(s.t, live, s.replayed(), "live and replayed state differ")
	b := &laggingBase{site: s.site}
	require.Equal(s.t, live, stateHash(s.t, s.replay(b).State), "live state and the store's with its tail differ")
	if s.rnd.IntN(3) == 0 {
		require.NoError(s.t, s.store.Flush())
	}
	if s.rnd.IntN(20) == 0 {
		_, err := s.store.Snapshot(s.t.Context())
		require.NoError(s.t, err)
	}
}

// laggingBase reads the real store and writes nothing.
type laggingBase struct {
	emptyBase
	*site
}

func (b *laggingBase) Mark() store.Mark { return b.store.Mark() }

func (b *laggingBase) Load(fn func(string, string, []byte) error) error { return b.store.Load(fn) }

// crash loses the power, or kills the process, or loses the store, and starts
// again.
func (s *sim) crash(ended bool) {
	s.saw.crashes++
	old := s.disk
	if seed := s.rnd.Uint64(); s.rnd.IntN(2) == 0 || ended {
		s.disk = old.Crash(seed)
	} else {
		s.disk = old.Kill(seed)
	}
	s.end()
	switch s.rnd.IntN(6) {
	case 0: // the store is lost: the snapshot or nothing
		require.NoError(s.t, os.Remove(filepath.Join(s.dir, "store.db")))
		s.saw.rebuilt++
	case 1: // it is damaged
		require.NoError(s.t, os.WriteFile(filepath.Join(s.dir, "store.db"), []byte("no bbolt"), 0o600))
		s.saw.rebuilt++
	}
	if s.rnd.IntN(3) == 0 {
		s.fork = edge.EpochCopied
		s.saw.epochs++
	}
	s.start()
}

// ledger looks for what the crew was told in the events (I1), and counts (I2).
func (s *sim) ledger() {
	last, count := map[edge.ID]edge.Receipt{}, map[edge.ID]int{}
	runs := map[edge.ID]int{}
	var before edge.ID
	at, epoch, seq := time.Time{}, "", uint64(0)
	require.NoError(s.t, s.log.ReadFrames(0, func(f journal.Frame) error {
		if f.Kind != journal.Event {
			return nil
		}
		e, err := edge.ParseEvent(f.Line)
		require.NoError(s.t, err)
		if f.Epoch != epoch {
			epoch, seq = f.Epoch, 0
			require.Equal(s.t, epoch != s.log.Epochs()[0].ID, e.Type == edge.EvEpochOpened, "an epoch begins with its opening")
		}
		seq++
		require.Equal(s.t, seq, e.Seq)
		require.False(s.t, e.At.Before(at), "edge time went back at event %d", e.Seq)
		at = e.At
		if !e.Scan.IsZero() {
			last[e.Scan] = edge.Receipt{Epoch: epoch, Seq: e.Seq}
			count[e.Scan]++
			if e.Scan != before {
				runs[e.Scan]++
			}
		}
		before = e.Scan
		return nil
	}))
	for id, a := range s.told {
		require.NotZero(s.t, count[id], "I1: the verdict on %s is not in the journal", id)
		require.Equal(s.t, edge.Receipt{Epoch: a.v.Receipt.Epoch, Seq: a.v.Receipt.Seq}, last[id], "the receipt names the last event")
		require.Equal(s.t, 1, runs[id], "the events of one message follow one another")
	}
	_, err := journal.Verify(s.disk, logDir)
	require.NoError(s.t, err)
}

func (s *sim) step() {
	if s.rnd.IntN(12) == 0 {
		f := journaltest.Faults{}
		switch s.rnd.IntN(4) {
		case 0:
			f.FailFlushAt = 1 + s.rnd.IntN(3)
		case 1:
			f.FailWriteAt = 1 + s.rnd.IntN(3)
		case 2:
			f.PowerAt = 1 + s.rnd.IntN(6)
		case 3:
			f.Capacity = 1
		}
		s.disk.SetFaults(f)
	}
	s.clock.pass(time.Duration(s.rnd.IntN(5000)) * time.Millisecond)
	if s.rnd.IntN(40) == 0 {
		s.clock.wall = s.clock.wall.Add(-time.Hour) // the machine's clock is set back
	}
	ended := s.batch()
	if !ended && s.disk.Counts().Flushes > 0 {
		s.same()
	}
	if ended || s.rnd.IntN(15) == 0 {
		s.crash(ended)
		s.same()
		s.ledger()
	}
}

// A crew works on a disk that loses, tears and reorders writes, fails flushes
// while the cache lies, and gets full; the process is killed, the power cut,
// the store lost. At every step the live state is the one that a replay from
// nothing gives, and the one that the store and the tail behind it give; no
// verdict is lost (I1), no message decided twice (I2).
func TestSimulationI1I2(t *testing.T) {
	seeds := 8
	if n, err := strconv.Atoi(os.Getenv("SIM_SEEDS")); err == nil {
		seeds = n
	}
	if testing.Short() {
		seeds = 3
	}
	var crashes, failed, repeats, rebuilt, full, overlapped, epochs, opened, told int
	for seed := range uint64(seeds) {
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) {
			s := newSim(t, seed)
			for range 80 {
				s.step()
			}
			s.disk.SetFaults(journaltest.Faults{})
			s.ledger()
			s.end()
			crashes, failed, repeats = crashes+s.saw.crashes, failed+s.saw.failed, repeats+s.saw.repeats
			rebuilt, full, told = rebuilt+s.saw.rebuilt, full+s.saw.full, told+len(s.told)
			overlapped, epochs, opened = overlapped+s.saw.overlapped, epochs+s.saw.epochs, opened+s.saw.opened
		})
		if !ok {
			t.Fatalf("seed %d", seed)
		}
	}
	t.Logf("%d seeds: %d verdicts, %d repeats, %d crashes, %d unknown, %d rebuilt stores, %d refused by a full disk, %d rounds on top of one in flight, %d epochs, %d times opened again",
		seeds, told, repeats, crashes, failed, rebuilt, full, overlapped, epochs, opened)
	for name, n := range map[string]int{"crashes": crashes, "failed flushes": failed, "full disks": full, "repeats": repeats, "rebuilt stores": rebuilt, "overlapping rounds": overlapped,
		"epochs": epochs, "reconciliations": opened} {
		assert.Positive(t, n, "no %s: this test proves nothing about them", name)
	}
}

// Negative control: on a disk that lies about flushes verdicts are lost, or the
// journal sees it and refuses to open.
func TestI1IsLostOnALyingDisk(t *testing.T) {
	lost := 0
	for seed := range uint64(20) {
		s := newSite(t, func(s *site) { s.disk = journaltest.New(seed) })
		s.disk.SetFaults(journaltest.Faults{LieOnFlush: true})
		for i := range 5 {
			s.one(s.scan("w-1", fmt.Sprint(i)))
		}
		disk := s.disk.Crash(seed)
		s.end()
		l, err := journal.Open(journal.Options{FS: disk, Dir: logDir, SegmentBytes: s.segment, Logger: quietLog(), Inline: true})
		if err != nil {
			require.ErrorIs(t, err, journal.ErrDamaged)
			lost++
			continue
		}
		if l.Head().Seq < 5 {
			lost++
		}
		require.NoError(t, l.Close())
	}
	assert.Positive(t, lost)
}
