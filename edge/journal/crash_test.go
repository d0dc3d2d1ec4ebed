package journal_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
)

// sim is one schedule: a log on a disk that fails, and what must be in it.
type sim struct {
	rng    *rand.Rand
	disk   *journaltest.Disk
	lie    bool // the disk only says that it flushed
	change func(*journal.Options)

	sure   []message // answered for
	maybe  []message // of the batch whose Append did not return well
	n      int
	floor  journal.Floor // the head last seen
	epochs []uint64      // pos behind which each begins
	fork   bool          // one whose Fork did not return well may be there
	saw    counts
	events int
}

// counts prove that a run met what it is about.
type counts struct{ opens, cut, rewritten, failed, full, openFailed, forks, forkFailed int }

// violation is a broken promise, as opposed to a fault that was asked for.
type violation struct{ error }

func violated(format string, args ...any) error { return violation{fmt.Errorf(format, args...)} }

func simulate(seed uint64, lie bool, change func(*journal.Options)) (counts, error) {
	s := &sim{rng: rand.New(rand.NewPCG(seed, 7)), disk: journaltest.New(seed), lie: lie, change: change}
	for range 3 + s.rng.IntN(5) {
		if err := s.round(); err != nil {
			return s.saw, fmt.Errorf("seed %d: %w", seed, err)
		}
	}
	s.disk.SetFaults(journaltest.Faults{LieOnFlush: lie})
	if _, err := s.open(); err != nil {
		return s.saw, fmt.Errorf("seed %d: last open: %w", seed, err)
	}
	return s.saw, s.wholeCheck(seed)
}

func (s *sim) wholeCheck(seed uint64) error {
	r, err := journal.Verify(s.disk, dir)
	if err != nil || !r.OK() || r.Torn || r.Proven != r.Head.Pos {
		return violated("seed %d: verify: %w %+v", seed, err, r)
	}
	lines, err := outsider(s.disk)
	if err != nil || len(lines) != s.events {
		return violated("seed %d: outside check: %d lines of %d, %w", seed, len(lines), s.events, err)
	}
	return nil
}

// round starts the log under some faults, appends, and ends it in some way.
func (s *sim) round() error {
	f := journaltest.Faults{LieOnFlush: s.lie}
	switch s.rng.IntN(6) {
	case 0, 1:
		f.PowerAt = 1 + s.rng.IntN(40)
	case 2:
		f.FailFlushAt = 1 + s.rng.IntN(20)
	case 3:
		f.FailWriteAt = 1 + s.rng.IntN(20)
	case 4:
		f.Capacity = int64(6+s.rng.IntN(40)) << 10
	}
	s.disk.SetFaults(f)
	l, err := s.open()
	if err != nil {
		var v violation
		if errors.As(err, &v) || errors.Is(err, journal.ErrDamaged) {
			return violated("open: %w", err)
		}
		s.saw.openFailed++
	} else {
		if s.rng.IntN(4) == 0 {
			s.forkIt(l)
		}
		s.appendSome(l)
		if s.rng.IntN(4) == 0 {
			_ = l.Close() // may meet a fault; what it had appended stands
		}
	}
	if s.rng.IntN(3) == 0 {
		s.disk = s.disk.Kill(s.rng.Uint64())
	} else {
		s.disk = s.disk.Crash(s.rng.Uint64())
	}
	return nil
}

// open opens the log and compares all of it with the model.
func (s *sim) open() (*journal.Log, error) {
	o := options(s.disk)
	o.NewEpoch = func() string { return fmt.Sprintf("01JTEST%X", s.rng.Uint64()) }
	if s.rng.IntN(2) == 0 {
		o.Floors = []journal.Floor{s.floor}
	}
	if s.change != nil {
		s.change(&o)
	}
	l, err := journal.Open(o)
	if err != nil {
		return nil, err
	}
	s.saw.opens++
	if l.Recovery().Cut {
		s.saw.cut++
	}
	if l.Recovery().Rewritten > 0 {
		s.saw.rewritten++
	}
	all, err := frames(l)
	if err != nil {
		if errors.Is(err, journaltest.ErrPower) {
			return nil, err // it went while the next segment was prepared
		}
		return nil, violated("read after open: %w", err)
	}
	got, err := messages(all)
	if err == nil {
		err = s.sameEpochs(l, all)
	}
	if err != nil {
		return nil, violated("%w", err)
	}
	if len(got) < len(s.sure) || len(got) > len(s.sure)+len(s.maybe) {
		return nil, violated("%d messages, %d are sure, %d may be", len(got), len(s.sure), len(s.maybe))
	}
	want := slices.Concat(s.sure, s.maybe)[:len(got)]
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			return nil, violated("message %d is %v, was %v", i, got[i], want[i])
		}
	}
	// What a started log shows is there for ever, also what was unknown.
	s.sure, s.maybe, s.floor, s.events = want, nil, journal.Floor{Who: "store", Epoch: l.Epoch(), Place: l.Head()}, 0
	for _, m := range want {
		for _, e := range m {
			if e.kind == journal.Event {
				s.events++
			}
		}
	}
	return l, nil
}

// forkIt begins a new epoch where the log stands.
func (s *sim) forkIt(l *journal.Log) {
	s.fork = true
	if err := l.Fork(journal.Birth{Reason: "copied"}); err != nil {
		s.saw.forkFailed++
		return
	}
	s.saw.forks++
	s.fork, s.epochs = false, append(s.epochs, l.Head().Pos)
}

// sameEpochs compares the log's epochs with those that were begun: one whose
// Fork failed is there whole or not at all.
func (s *sim) sameEpochs(l *journal.Log, all []journal.Frame) error {
	list := l.Epochs()
	if s.epochs == nil {
		s.epochs = []uint64{0}
	}
	if s.fork && len(list) == len(s.epochs)+1 {
		s.epochs = append(s.epochs, list[len(list)-1].At.Pos)
	}
	s.fork = false
	if len(list) != len(s.epochs) || list[len(list)-1].ID != l.Epoch() {
		return fmt.Errorf("%d epochs, %d were begun", len(list), len(s.epochs))
	}
	for i, e := range list {
		if e.At.Pos != s.epochs[i] || i > 0 && (e.Parent != list[i-1].ID || e.At != list[i-1].Head || !list[i-1].Sealed) {
			return fmt.Errorf("epoch %d begins behind frame %d of %q, was begun behind %d", i, e.At.Pos, e.Parent, s.epochs[i])
		}
	}
	at, seq := 0, uint64(0)
	for _, f := range all {
		for at+1 < len(list) && f.Pos > s.epochs[at+1] {
			at, seq = at+1, 0
		}
		if f.Kind == journal.Event {
			seq++
		}
		if f.Epoch != list[at].ID || f.Seq != seq {
			return fmt.Errorf("frame %d is event %d of %s, want %d of %s", f.Pos, f.Seq, f.Epoch, seq, list[at].ID)
		}
	}
	return nil
}

func messages(all []journal.Frame) ([]message, error) {
	var out []message
	var m message
	for i, f := range all {
		if f.Pos != uint64(i+1) {
			return nil, fmt.Errorf("frame %d has pos %d", i+1, f.Pos)
		}
		m = append(m, entry{f.Kind, string(f.Line)})
		if f.Last {
			out, m = append(out, m), nil
		}
	}
	if len(m) > 0 {
		return nil, fmt.Errorf("the last message is not whole")
	}
	return out, nil
}

func (s *sim) appendSome(l *journal.Log) {
	for range s.rng.IntN(12) {
		var batch []message
		for range 1 + s.rng.IntN(4) {
			batch = append(batch, s.message())
		}
		p, err := l.Append(batchOf(batch...))
		switch {
		case err == nil:
			s.sure, s.floor = append(slices.Clip(s.sure), batch...), journal.Floor{Who: "store", Epoch: l.Epoch(), Place: p}
		case errors.Is(err, journal.ErrFull):
			s.saw.full++
			return
		default:
			s.saw.failed++
			s.maybe = batch
			return
		}
		if s.rng.IntN(8) == 0 && l.Prove() != nil {
			return
		}
	}
}

func (s *sim) message() message {
	var m message
	for range 1 + s.rng.IntN(4) {
		s.n++
		pad := make([]byte, s.rng.IntN(300))
		for i := range pad {
			pad[i] = byte('a' + s.rng.IntN(26))
		}
		m = append(m, entry{journal.Kind(1 + s.rng.IntN(3)), fmt.Sprintf("%d %s", s.n, pad)})
	}
	return m
}

func (c *counts) add(o counts) {
	c.opens += o.opens
	c.cut += o.cut
	c.rewritten += o.rewritten
	c.failed += o.failed
	c.full += o.full
	c.openFailed += o.openFailed
	c.forks += o.forks
	c.forkFailed += o.forkFailed
}

// howMany schedules: 2000, or JOURNAL_SCHEDULES in a long run.
func howMany(t *testing.T) int {
	text := os.Getenv("JOURNAL_SCHEDULES")
	if text == "" {
		return 2000
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, "JOURNAL_SCHEDULES")
	return n
}

// Every schedule of power cuts, kills, failed writes, lying caches and full
// disks keeps what was answered for, whole messages, and one chain.
func TestI5CrashSchedules(t *testing.T) {
	var sum counts
	schedules := howMany(t)
	for seed := range uint64(schedules) {
		saw, err := simulate(seed, !journal.Flushing, nil)
		sum.add(saw)
		if err != nil && !journal.Flushing {
			t.Logf("the negative control fails as it must: %v", err)
			return
		}
		require.NoError(t, err)
	}
	require.True(t, journal.Flushing, "without flushes something must be lost")
	t.Logf("%d schedules: %+v", schedules, sum)
	assert.Greater(t, sum.opens, schedules)
	assert.Greater(t, sum.cut, schedules/20)
	assert.Greater(t, sum.rewritten, schedules/2)
	assert.Greater(t, sum.failed, schedules/4)
	assert.Greater(t, sum.full, schedules/20)
	assert.Greater(t, sum.openFailed, schedules/20)
	assert.Greater(t, sum.forks, schedules/10)
	assert.Greater(t, sum.forkFailed, schedules/50)
}

// The same schedules on a disk that does not flush must be found out.
func TestI5NegativeControlNoFlush(t *testing.T) {
	bad := 0
	for seed := range uint64(200) {
		if _, err := simulate(seed, true, nil); err != nil {
			bad++
		}
	}
	t.Logf("%d of 200 schedules lose something without flushes", bad)
	assert.Greater(t, bad, 100)
}

// The power goes at every single change of a start that has a tail to prove,
// and again at every change of the start after: nothing is lost.
func TestI5SecondCrashInEveryStepOfStart(t *testing.T) {
	if !journal.Flushing {
		t.Skip("built without flush")
	}
	prepare := func(seed uint64) *sim {
		s := &sim{rng: rand.New(rand.NewPCG(seed, 9)), disk: journaltest.New(seed)}
		l, err := s.open()
		require.NoError(t, err)
		for s.maybe == nil {
			s.disk.SetFaults(journaltest.Faults{})
			if s.rng.IntN(5) == 0 {
				s.disk.SetFaults(journaltest.Faults{FailFlushAt: 1})
			}
			s.appendSome(l)
		}
		s.disk = s.disk.Kill(seed)
		return s
	}
	for seed := range uint64(2) {
		steps := 0
		for first := 1; first < 60; first++ {
			for second := 1; second < 60; second += 7 {
				s := prepare(seed)
				done := true
				for _, at := range []int{first, second} {
					s.disk.SetFaults(journaltest.Faults{PowerAt: at})
					_, err := s.open()
					if err != nil {
						done = false
						require.ErrorIs(t, err, journaltest.ErrPower, "seed %d, %d then %d", seed, first, second)
					}
					s.disk = s.disk.Crash(seed + uint64(first*100+second))
				}
				s.disk.SetFaults(journaltest.Faults{})
				_, err := s.open()
				require.NoError(t, err, "seed %d, %d then %d", seed, first, second)
				require.NoError(t, s.wholeCheck(seed))
				steps++
				if done {
					break
				}
			}
		}
		assert.Greater(t, steps, 25)
	}
}
