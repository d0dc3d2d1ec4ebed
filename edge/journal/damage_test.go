package journal_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge/journal"
	"dcedge/edge/journal/journaltest"
)

// grown makes a closed log of several segments, one of them from a recovery,
// and two epochs.
func grown(t testing.TB) (*journaltest.Disk, []journal.Frame, journal.Place) {
	t.Helper()
	d := disk(3)
	appendScans(t, open(t, d), 1, 30)
	d = d.Kill(4)
	l := open(t, d)
	require.Equal(t, 2, l.Recovery().Rewritten)
	appendScans(t, l, 31, 44)
	require.NoError(t, l.Close())
	l = open(t, d, func(o *journal.Options) { o.NewEpoch = func() string { return "01JNEXT" } })
	require.NoError(t, l.Fork(journal.Birth{Reason: "restored"}))
	appendScans(t, l, 45, 60)
	require.NoError(t, l.Close())
	l = open(t, d)
	all, err := frames(l)
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return d, all, l.Head()
}

// used gives the files with a header and how many bytes of each are read.
func used(t testing.TB, d *journaltest.Disk) map[string]int {
	t.Helper()
	names, err := d.List(dir)
	require.NoError(t, err)
	out := map[string]int{}
	le := binary.LittleEndian
	for i, n := range names {
		b := d.Bytes(filepath.Join(dir, n))
		if !strings.HasSuffix(n, ".seg") || b[0] == 0 {
			continue
		}
		limit := ^uint64(0)
		if i+1 < len(names) {
			if next := d.Bytes(filepath.Join(dir, names[i+1])); next[0] != 0 {
				limit = le.Uint64(next[32:])
			}
		}
		at, pos := 512, le.Uint64(b[32:])
		for at+72 <= len(b) && le.Uint32(b[at:]) != 0 && pos < limit {
			pos = le.Uint64(b[at+24:])
			at += (72 + int(le.Uint32(b[at+4:])) + 7) / 8 * 8
		}
		out[n] = at
	}
	return out
}

// serve opens and reads all. What it gives must be the beginning of want; if
// it is not all, the loss is told.
func serve(d *journaltest.Disk, want []journal.Frame, floors ...journal.Floor) error {
	o := options(d)
	o.Floors = floors
	l, err := journal.Open(o)
	if err != nil {
		return err
	}
	got, err := frames(l)
	for i, f := range got {
		w := want[i]
		if f.Epoch != w.Epoch || f.Pos != w.Pos || f.Seq != w.Seq || f.Kind != w.Kind || f.Last != w.Last || f.Chain != w.Chain || string(f.Line) != string(w.Line) {
			return fmt.Errorf("SERVED BAD frame %d", f.Pos)
		}
	}
	if err == nil && len(got) < len(want) && !l.Recovery().Cut {
		return fmt.Errorf("LOST %d frames without a word", len(want)-len(got))
	}
	if err == nil && len(got) < len(want) {
		err = errCut
	}
	return err
}

var errCut = errors.New("cut off and said so")

func TestI10EveryByteFlipped(t *testing.T) {
	d, want, head := grown(t)
	floor := journal.Floor{Who: "store", Place: head}
	for name, end := range used(t, d) {
		for off := range end {
			c := d.Copy(1)
			require.NoError(t, c.Flip(filepath.Join(dir, name), int64(off), 1<<(off%8)))
			r, err := journal.Verify(c, dir)
			require.True(t, err != nil || !r.OK() || r.Torn, "verify: %s byte %d", name, off)
			if off%5 != 0 && off > 512 {
				continue
			}
			// Without an error all of it was served, as it was.
			if err = serve(c.Copy(1), want); err != nil {
				refused(t, err, name, off)
			}
			if err := serve(c, want, floor); err != nil {
				require.NotErrorIs(t, err, errCut, "a floor is never cut: %s byte %d", name, off)
				refused(t, err, name, off)
			}
		}
	}
}

func refused(t *testing.T, err error, name string, off int) {
	t.Helper()
	ok := errors.Is(err, journal.ErrDamaged) || errors.Is(err, journal.ErrVersion) || errors.Is(err, errCut)
	require.True(t, ok, "%s byte %d: %v", name, off, err)
}

func TestI10ZeroedCutAndGarbled(t *testing.T) {
	d, want, head := grown(t)
	ends := used(t, d)
	var names []string
	for n := range ends {
		names = append(names, n)
	}
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom(names).Draw(rt, "name")
		from := rapid.IntRange(0, ends[name]-1).Draw(rt, "from")
		how := rapid.SampledFrom([]string{"zero", "cut", "garble", "remove", "copy"}).Draw(rt, "how")
		n := rapid.SampledFrom([]int{1, 8, 72, 512, 4096}).Draw(rt, "n")
		c := d.Copy(1)
		path := filepath.Join(dir, name)
		before := string(c.Bytes(path))
		if how == "remove" {
			require.NoError(rt, c.Remove(path))
		} else {
			require.NoError(rt, c.Damage(path, func(b []byte) []byte { return garble(b, how, from, n) }))
		}
		if string(c.Bytes(path)) == before {
			return
		}
		err := serve(c, want, journal.Floor{Who: "store", Place: head})
		if err == nil {
			return // nothing of it is ever read
		}
		if !errors.Is(err, journal.ErrDamaged) && !errors.Is(err, journal.ErrVersion) {
			rt.Fatalf("%s %s at %d: %v", how, name, from, err)
		}
	})
}

func garble(b []byte, how string, from, n int) []byte {
	to := min(len(b), from+n)
	switch how {
	case "zero":
		clear(b[from:to])
	case "cut":
		return b[:from]
	case "garble":
		for i := from; i < to; i++ {
			b[i] = byte(i * 131)
		}
	case "copy": // an old frame over a newer one
		copy(b[from&^7:], b[512:min(len(b), to-from+512)])
	}
	return b
}

// One wrong bit on the way from the disk is refused, and reading again is fine.
func TestI10ReadFlip(t *testing.T) {
	d, want, _ := grown(t)
	l := open(t, d)
	for at := 1; at < 40; at++ {
		d.SetFaults(journaltest.Faults{FlipReadAt: at})
		got, err := frames(l)
		for i, f := range got {
			require.Equal(t, want[i], f)
		}
		if err != nil {
			require.ErrorIs(t, err, journal.ErrDamaged)
		}
		d.SetFaults(journaltest.Faults{})
		got, err = frames(l)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// The recovery table: what may stand at the end of a log, and what happens.
func TestRecoveryTable(t *testing.T) {
	cases := map[string]struct {
		close  bool
		harm   func(b []byte, last int) []byte // last: offset of the last message's first frame
		floor  uint64                          // seq
		damage bool
		events uint64
		cut    bool
	}{
		"OKKilled":             {events: 5},
		"OKClosed":             {close: true, events: 5},
		"CutTornLast":          {harm: func(b []byte, last int) []byte { b[last+80] ^= 1; return b }, events: 4, cut: true},
		"CutHalfMessage":       {harm: func(b []byte, last int) []byte { clear(b[last+112:]); return b }, events: 4, cut: true},
		"CutGarbageBehind":     {harm: func(b []byte, _ int) []byte { b[len(b)-9] = 7; return b }, events: 5, cut: true},
		"DamagedBelowSynced":   {harm: func(b []byte, _ int) []byte { b[600] ^= 1; return b }, damage: true},
		"DamagedBelowMark":     {close: true, harm: func(b []byte, last int) []byte { b[last+80] ^= 1; return b }, damage: true},
		"DamagedBelowFloor":    {harm: func(b []byte, last int) []byte { b[last+80] ^= 1; return b }, floor: 5, damage: true},
		"DamagedFileCut":       {harm: func(b []byte, _ int) []byte { return b[:len(b)-512] }, damage: true},
		"DamagedHeader":        {harm: func(b []byte, _ int) []byte { b[40] ^= 1; return b }, damage: true},
		"DamagedHeaderZeroed":  {harm: func(b []byte, _ int) []byte { clear(b[:512]); return b }, damage: true},
		"DamagedBehindTheHead": {floor: 6, damage: true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := disk(1)
			l := open(t, d)
			appendScans(t, l, 1, 5)
			if c.close {
				require.NoError(t, l.Close())
			}
			d = d.Kill(1)
			path := filepath.Join(dir, "000000000001.seg")
			if c.harm != nil {
				require.NoError(t, d.Damage(path, func(b []byte) []byte { return c.harm(b, offsetOfFrame(b, 9)) }))
			}
			before, names := d.Bytes(path), must(d.List(dir))
			o := options(d)
			if c.floor > 0 {
				o.Floors = []journal.Floor{{Who: "wms", Place: journal.Place{Seq: c.floor}}}
			}
			l, err := journal.Open(o)
			if c.damage {
				require.ErrorIs(t, err, journal.ErrDamaged)
				var de *journal.DamageError
				require.ErrorAs(t, err, &de)
				assert.NotEmpty(t, de.Remedy)
				assert.Equal(t, before, d.Bytes(path), "refused and not touched")
				assert.Equal(t, names, must(d.List(dir)))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, c.events, l.Head().Seq)
			assert.Equal(t, c.cut, l.Recovery().Cut)
			appendScans(t, l, int(c.events)+1, int(c.events)+3)
			require.NoError(t, l.Close())
			outsideCheck(t, d, int(c.events)+3)
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func offsetOfFrame(b []byte, pos uint64) int {
	for at := 512; at+72 <= len(b); at += (72 + int(binary.LittleEndian.Uint32(b[at+4:])) + 7) / 8 * 8 {
		if binary.LittleEndian.Uint64(b[at+24:]) == pos {
			return at
		}
	}
	panic("no such frame")
}

// A copied or exchanged folder: the place is there, the history is another.
func TestI10OtherHistoryIsRefused(t *testing.T) {
	d, _, head := grown(t)
	head.Hash[3] ^= 1
	o := options(d)
	o.Floors = []journal.Floor{{Who: "witness", Place: head}}
	_, err := journal.Open(o)
	require.ErrorIs(t, err, journal.ErrDamaged)
	require.ErrorContains(t, err, "witness knows another history")
	require.NoError(t, d.Remove(filepath.Join(dir, "000000000001.seg")))
	o.Floors = nil
	_, err = journal.Open(o)
	require.ErrorIs(t, err, journal.ErrDamaged, "the oldest segment is missing")
	empty := options(disk(1))
	empty.Floors = []journal.Floor{{Who: "store", Place: head}}
	_, err = journal.Open(empty)
	require.ErrorIs(t, err, journal.ErrDamaged, "an emptied folder is no new log")
}

// Found by seed 379: a mark whose flush failed was seen in the cache, the next
// start wrote behind it, and the power cut left a hole before acknowledged
// frames.
func TestI5MarkSeenInCacheOnlyIsWrittenAgain(t *testing.T) {
	if !journal.Flushing {
		t.Skip("built without flush")
	}
	for seed := range uint64(50) {
		d := disk(seed)
		l := open(t, d)
		appendScans(t, l, 1, 3)
		d.SetFaults(journaltest.Faults{FailFlushAt: 1})
		require.ErrorIs(t, l.Prove(), journal.ErrFailed)
		d = d.Kill(seed)
		appendScans(t, open(t, d), 4, 6)
		d = d.Crash(seed)
		require.Equal(t, uint64(6), open(t, d).Head().Seq, "seed %d", seed)
	}
}

// Found by seed 2: the flush of a segment's first batch failed, the start after
// it kept that segment for its header, which was in the cache only.
func TestI5SegmentWithNothingProvenIsReplaced(t *testing.T) {
	if !journal.Flushing {
		t.Skip("built without flush")
	}
	for seed := range uint64(50) {
		d := disk(seed)
		l := open(t, d)
		n := 1
		for d.Counts().WritesOf["000000000002.seg"] == 0 { // of zeros, under the temporary name, or the first batch
			_, before := activeSegment(t, d)
			d.SetFaults(journaltest.Faults{FailFlushAt: 2}) // 1 is that of the next segment's zeros
			_, err := l.Append(batchOf(scan(n)))
			if err != nil {
				require.Equal(t, "000000000001.seg", before)
				break
			}
			n++
		}
		d = d.Kill(seed)
		l = open(t, d)
		head := l.Head()
		require.GreaterOrEqual(t, head.Seq, uint64(n-1))
		d = d.Crash(seed)
		require.Equal(t, head, open(t, d).Head(), "seed %d", seed)
		outsideCheck(t, d, int(head.Seq))
	}
}

// Found by seed 6699: the process ended between a segment's rename and the
// folder's flush; the next one saw the name and answered for what it appended,
// and a power cut took the name away.
func TestI5NameSeenInCacheOnlyIsFlushed(t *testing.T) {
	for seed := range uint64(50) {
		d := disk(seed)
		for at := 1; ; at++ {
			d.SetFaults(journaltest.Faults{PowerAt: at})
			if _, err := journal.Open(options(d)); err == nil {
				break
			}
			d = d.Kill(seed)
			if len(d.Bytes(filepath.Join(dir, "000000000001.seg"))) > 0 {
				break // renamed, and then the end
			}
			d = disk(seed)
		}
		// The next segment cannot be made, so nothing else flushes the folder.
		d.SetFaults(journaltest.Faults{FailFlushAt: 1})
		appendScans(t, open(t, d), 1, 3)
		d = d.Crash(seed)
		if journal.Flushing {
			require.Equal(t, uint64(3), open(t, d).Head().Seq, "seed %d", seed)
		}
	}
}

// TestServedUpToDamage: what lies before a damage in a full segment can still be
// pulled, one batch at a time, and nothing behind it.
func TestServedUpToDamage(t *testing.T) {
	d, all, _ := grown(t)
	names, err := d.List(dir)
	require.NoError(t, err)
	name := filepath.Join(dir, names[1])
	end := used(t, d)[names[1]]
	require.NoError(t, d.Flip(name, int64(end)-100, 0x10))
	l, err := open(t, d).In("01JTESTEPOCH")
	require.NoError(t, err)
	var served []byte
	seq := uint64(0)
	for {
		got, err := l.ReadEvents(seq, 1000, 1<<20, nil)
		if err != nil {
			require.ErrorIs(t, err, journal.ErrDamaged)
			break
		}
		require.Positive(t, got.Count)
		served = append(served, got.Lines...)
		seq += uint64(got.Count)
		h, err := l.HashAt(seq)
		require.NoError(t, err)
		require.Equal(t, got.Last, h)
	}
	var want []byte
	last := uint64(0)
	for _, f := range all {
		if f.Epoch == "01JTESTEPOCH" && f.Kind == journal.Event && f.Seq <= seq {
			want = append(append(want, f.Line...), '\n')
			last = f.Seq
		}
	}
	assert.Equal(t, string(want), string(served))
	assert.Equal(t, seq, last)
	assert.Less(t, seq, l.Head().Seq)
	assert.Greater(t, seq, startOf(d, names[1])+1, "the events of the damaged segment before the damage are served")
}

// startOf is the seq that a segment begins behind.
func startOf(d *journaltest.Disk, name string) uint64 {
	return binary.LittleEndian.Uint64(d.Bytes(filepath.Join(dir, name))[40:])
}
