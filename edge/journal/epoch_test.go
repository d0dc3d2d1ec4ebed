package journal_test

import (
	"crypto/sha256"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
)

// named gives the epochs of a log the names, one after another.
func named(names ...string) func(*journal.Options) {
	return func(o *journal.Options) {
		o.NewEpoch = func() string {
			name := names[0]
			names = names[1:]
			return name
		}
	}
}

func TestForkGoesOnInANewEpoch(t *testing.T) {
	d := disk(1)
	l := open(t, d, named("E1", "E2", "E3"))
	appendScans(t, l, 1, 20)
	seal := l.Head()
	home := [32]byte{7}
	require.NoError(t, l.Fork(journal.Birth{Reason: "restored", Home: home}))
	assert.Equal(t, "E2", l.Epoch())
	assert.Equal(t, journal.Place{Pos: seal.Pos, Hash: sha256.Sum256([]byte("E2"))}, l.Head(), "seq and chain begin anew, pos goes on")
	assert.EqualValues(t, 1, l.Oldest())
	_, err := l.ReadEvents(1, 10, 1<<20, nil)
	assert.ErrorIs(t, err, journal.ErrAhead)
	appendScans(t, l, 1, 3)
	require.NoError(t, l.Fork(journal.Birth{Reason: "copied"}), "and again")
	appendScans(t, l, 1, 30)

	check := func(l *journal.Log) {
		list := l.Epochs()
		require.Len(t, list, 3)
		assert.Equal(t, journal.Epoch{ID: "E1", Oldest: 1, Head: seal, Sealed: true}, list[0])
		assert.Equal(t, "E1", list[1].Parent)
		assert.Equal(t, seal, list[1].At)
		assert.Equal(t, "restored", list[1].Reason)
		assert.Equal(t, home, list[1].Home)
		assert.EqualValues(t, 3, list[1].Head.Seq)
		assert.Equal(t, list[1].Head, list[2].At)
		assert.False(t, list[2].Sealed)
		assert.EqualValues(t, 30, list[2].Head.Seq)

		for _, e := range list {
			past, err := l.In(e.ID)
			require.NoError(t, err)
			assert.Equal(t, e.Head, past.Head())
			got, err := past.ReadEvents(0, 1000, 1<<20, nil)
			require.NoError(t, err)
			assert.EqualValues(t, e.Head.Seq, got.Count, e.ID)
			assert.Equal(t, sha256.Sum256([]byte(e.ID)), got.Prev, "its own chain")
			assert.Equal(t, e.Head.Hash, got.Last)
			got, err = past.ReadEvents(e.Head.Seq, 10, 1<<20, nil)
			require.NoError(t, err)
			assert.Zero(t, got.Count, "nothing behind the seal")
			_, err = past.ReadEvents(e.Head.Seq+1, 10, 1<<20, nil)
			assert.ErrorIs(t, err, journal.ErrAhead)
			hash, err := past.HashAt(e.Head.Seq)
			require.NoError(t, err)
			assert.Equal(t, e.Head.Hash, hash)
		}
		_, err := l.In("E9")
		assert.ErrorIs(t, err, journal.ErrEpoch)
		all, err := frames(l)
		require.NoError(t, err)
		require.Len(t, all, 2*(20+3+30), "frames are read across")
		assert.Equal(t, "E2", all[40].Epoch)
		assert.EqualValues(t, 1, all[40].Seq)
		assert.EqualValues(t, 41, all[40].Pos)
	}
	check(l)
	require.NoError(t, l.Close())
	check(open(t, d))
	peeked, err := journal.Peek(d, dir)
	require.NoError(t, err)
	check(peeked)

	r, err := journal.Verify(d, dir)
	require.NoError(t, err)
	assert.True(t, r.OK() && !r.Torn, "%+v", r)
	assert.Equal(t, "E3", r.Epoch)
	require.Len(t, r.Epochs, 3)
	assert.Equal(t, seal, r.Epochs[0].Head)
	assert.EqualValues(t, 3, r.Epochs[1].Head.Seq)
	assert.True(t, r.Epochs[1].Sealed && !r.Epochs[2].Sealed)
	outsideCheck(t, d, 53)
}

func TestForkRefuses(t *testing.T) {
	l := open(t, disk(1), named("E1", "E1", "E2"))
	require.Error(t, l.Fork(journal.Birth{}), "no reason")
	require.ErrorIs(t, l.Fork(journal.Birth{Reason: "copied"}), journal.ErrFailed, "an epoch's name is used once")
	_, err := l.Append(batchOf(scan(1)))
	assert.ErrorIs(t, err, journal.ErrFailed)
}

// The power goes, or the process, at every change of a Fork: the old epoch is
// there whole or the new one is, and the log goes on.
func TestI5ForkCutAtEveryStep(t *testing.T) {
	if !journal.Flushing {
		t.Skip("built without flush")
	}
	for _, grown := range []int{0, 3, 17} { // an empty log, one segment, several
		old, begun := 0, 0
		for at := 1; ; at++ {
			d := disk(uint64(at))
			l := open(t, d, named("E1"))
			appendScans(t, l, 1, grown)
			require.NoError(t, l.Close())
			d = d.Crash(uint64(at))
			l = open(t, d, named("E2"))
			d.SetFaults(journaltest.Faults{PowerAt: at})
			err := l.Fork(journal.Birth{Reason: "copied"})
			done := err == nil
			if at%2 == 0 {
				d = d.Kill(uint64(at))
			} else {
				d = d.Crash(uint64(at))
			}
			l = open(t, d, named("E3"))
			all, err := frames(l)
			require.NoError(t, err)
			require.Len(t, all, 2*grown)
			list := l.Epochs()
			if len(list) == 1 {
				old++
				require.False(t, done, "a Fork that returned well stands")
			} else {
				begun++
				require.Equal(t, "E2", l.Epoch())
				require.EqualValues(t, grown, list[1].At.Seq)
			}
			appendScans(t, l, 1, 5)
			require.NoError(t, l.Close())
			outsideCheck(t, d, grown+5)
			if done {
				break
			}
		}
		assert.Positive(t, old)
		assert.Positive(t, begun)
	}
}

func TestFloorsOfEpochs(t *testing.T) {
	d := disk(1)
	l := open(t, d, named("E1", "E2"))
	appendScans(t, l, 1, 20)
	sealed := journal.Floor{Who: "store", Epoch: "E1", Place: l.Head()}
	require.NoError(t, l.Fork(journal.Birth{Reason: "copied"}))
	appendScans(t, l, 1, 2)
	present := journal.Floor{Who: "store", Epoch: "E2", Place: l.Head()}
	require.NoError(t, l.Close())
	with := func(f journal.Floor) error {
		o := options(d)
		o.Floors = []journal.Floor{f}
		l, err := journal.Open(o)
		if err == nil {
			err = l.Close()
		}
		return err
	}
	change := func(f journal.Floor, fn func(*journal.Floor)) journal.Floor { fn(&f); return f }
	require.NoError(t, with(sealed))
	require.NoError(t, with(present))
	require.ErrorIs(t, with(change(sealed, func(f *journal.Floor) { f.Seq++ })), journal.ErrDamaged, "beyond the seal")
	require.ErrorIs(t, with(change(sealed, func(f *journal.Floor) { f.Hash[0]++ })), journal.ErrDamaged)
	require.ErrorIs(t, with(change(present, func(f *journal.Floor) { f.Seq++ })), journal.ErrDamaged)
	require.NoError(t, with(change(present, func(f *journal.Floor) { f.Seq++; f.Rollback = true })), "for the caller to find out")
	require.NoError(t, with(change(present, func(f *journal.Floor) { f.Epoch = "E9"; f.Seq = 99 })), "another history's")
}

// A torn end below what a witness knows is damage, not a folder put back.
func TestI10TornBelowAWitnessIsDamage(t *testing.T) {
	d := disk(1)
	l := open(t, d)
	appendScans(t, l, 1, 5)
	floor := journal.Floor{Who: "witness", Place: l.Head(), Rollback: true}
	name := "000000000001.seg"
	at := offsetOfFrame(d.Bytes(filepath.Join(dir, name)), floor.Pos)
	for how, spoil := range map[string]func(b []byte) []byte{
		"flipped": func(b []byte) []byte { b[at+80] ^= 1; return b },
		"zeroed":  func(b []byte) []byte { clear(b[at:]); return b },
	} {
		c := d.Copy(1)
		require.NoError(t, c.Damage(filepath.Join(dir, name), spoil))
		o := options(c)
		o.Floors = []journal.Floor{floor}
		_, err := journal.Open(o)
		assert.ErrorIs(t, err, journal.ErrDamaged, how)
	}
}

// Whoever looks while another appends sees a beginning of what is there, whole
// and flushed, and so does a copy.
func TestPeekAndCopyWhileAnotherAppends(t *testing.T) {
	root := t.TempDir()
	from := filepath.Join(root, "journal")
	quiet := slog.New(slog.DiscardHandler)
	l, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: from, Logger: quiet, SegmentBytes: 16 << 10})
	require.NoError(t, err)
	_, err = l.Append(batchOf(scan(1)))
	require.NoError(t, err)
	stop, written := make(chan struct{}), make(chan journal.Place, 1)
	var wg sync.WaitGroup
	wg.Go(func() {
		var last journal.Place
		for n := 2; ; n++ {
			select {
			case <-stop:
				written <- last
				return
			default:
			}
			if last, err = l.Append(batchOf(scan(n))); err != nil {
				t.Error(err)
			}
		}
	})
	seen := uint64(0)
	for i := range 30 {
		before := l.Head()
		p, err := journal.Peek(journal.OSFS{}, from)
		require.NoError(t, err)
		head := p.Head()
		require.GreaterOrEqual(t, head.Seq+1, before.Seq, "all but the batch that nothing proves yet")
		require.GreaterOrEqual(t, head.Seq, seen)
		seen = head.Seq
		hash, err := l.HashAt(head.Seq)
		require.NoError(t, err)
		require.Equal(t, hash, head.Hash)
		if i%5 != 0 {
			continue
		}
		to := filepath.Join(root, fmt.Sprint("copy", i))
		copied, err := journal.Copy(journal.OSFS{}, from, to, nil)
		require.NoError(t, err)
		r, err := journal.Verify(journal.OSFS{}, to)
		require.NoError(t, err)
		require.True(t, r.OK() && !r.Torn, "%+v", r)
		again, err := journal.Open(journal.Options{FS: journal.OSFS{}, Dir: to, Logger: quiet, SegmentBytes: 16 << 10})
		require.NoError(t, err)
		require.Equal(t, copied.Head(), again.Head())
		_, err = again.Append(batchOf(scan(1)))
		require.NoError(t, err, "it goes on")
		require.NoError(t, again.Close())
	}
	close(stop)
	wg.Wait()
	require.NoError(t, l.Close())
	p, err := journal.Peek(journal.OSFS{}, from)
	require.NoError(t, err)
	require.Equal(t, <-written, p.Head(), "a closed log shows all")
	_, err = p.Append(batchOf(scan(1)))
	require.ErrorIs(t, err, journal.ErrClosed)
}
