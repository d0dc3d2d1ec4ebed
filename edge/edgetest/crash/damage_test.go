package crash

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/journal"
	"dcedge/edge/store"
)

// day lets the real edge work a little and end in order.
func day(t *testing.T) (*rig, *history, image) {
	t.Helper()
	r := newRig(t, program(t, "smallsegments"), "")
	e := r.start()
	r.floor()
	r.orders(1, 150)
	hands := []*hand{newHand(r, 1, "pick", false), newHand(r, 2, "pick", true), newHand(r, 3, "pack", false)}
	ctx, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	each(hands, func(h *hand) {
		if err := errors.Join(h.enter(), h.work(ctx)); err != nil {
			h.fault("work: %v", err)
		}
		h.close()
	})
	for _, h := range hands {
		require.Empty(t, h.faults)
	}
	require.NoError(t, e.stop(t), "%s", e.said())
	im, err := imageOf(r.data)
	require.NoError(t, err)
	h, err := historyOf(r.data)
	require.NoError(t, err)
	require.Greater(t, len(h.outcomes), 50)
	return r, h, im
}

// spoil damages one of the files that match at a place that holds something.
func spoil(rng *rand.Rand, im image, match func(string) bool) (image, string) {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(im)) {
		if len(im[name].pages) > 0 && match(name) {
			names = append(names, name)
		}
	}
	name := names[rng.IntN(len(names))]
	c := im[name].clone()
	var used []int64
	for n, p := range c.pages {
		if *p != ([page]byte{}) {
			used = append(used, n)
		}
	}
	at := int64(0)
	if len(used) > 0 {
		slices.Sort(used)
		at = used[rng.IntN(len(used))]*page + rng.Int64N(page)
	}
	at = min(at, c.size-1)
	what := ""
	switch rng.IntN(4) {
	case 0, 1:
		var b byte
		if p := c.pages[at/page]; p != nil {
			b = p[at%page]
		}
		c.write(at, []byte{b ^ 1<<rng.IntN(8)})
		what = "bit flipped"
	case 2:
		n := min(1<<rng.IntN(13), int(c.size-at))
		c.write(at, make([]byte, n))
		what = fmt.Sprintf("%d bytes zeroed", n)
	case 3:
		c.resize(at)
		what = "cut"
	}
	out := maps.Clone(im)
	out[name] = c
	return out, fmt.Sprintf("%s at %d of %s", what, at, name)
}

// TestDamage is faults S11 and S12: whatever byte of journal or store is bad,
// it is reported or refused; nothing but the true history is ever served (I10).
func TestDamage(t *testing.T) {
	t.Parallel()
	damages := count("DAMAGES", 400)
	_, h, im := day(t)
	var told []claim
	for id, seq := range h.outcomes {
		told = append(told, claim{id, seq})
	}
	dir, rng := scratch(t), rand.New(rand.NewPCG(uint64(damages), uint64(os.Getpid())))
	refused, whole, reported := 0, 0, 0
	for i := range damages {
		part := []string{"journal/", "journal/", "reference/", "store.db"}[i%4]
		bad, where := spoil(rng, im, func(n string) bool { return strings.HasPrefix(n, part) })
		folder := filepath.Join(dir, fmt.Sprint(i))
		require.NoError(t, bad.put(folder))
		if i%4 < 3 {
			if r, err := journal.Verify(journal.OSFS{}, filepath.Join(folder, part)); err != nil || !r.OK() || r.Torn {
				reported++
			}
		}
		l, err := reopen(folder)
		switch {
		case err != nil:
			refused++
		case l.epoch != h.epoch, len(l.chain) != len(h.chain), len(l.refs) != len(h.refs):
			assert.Fail(t, "I10", "%s: %d of %d events and %d of %d reference records are served as if they were all",
				where, len(l.chain)-1, len(h.chain)-1, len(l.refs), len(h.refs))
		default:
			l.askAll = true
			if err := l.contradicts(h, told); errors.Is(err, store.ErrDamaged) {
				refused++
			} else if assert.NoError(t, err, "I10: %s", where) {
				whole++
			}
		}
		if l != nil {
			_ = l.close() // a damaged file may not close well
		}
		require.NoError(t, os.RemoveAll(folder))
	}
	assert.Greater(t, refused, damages/8)
	t.Logf("damage: %d files spoilt, %d refused, %d opened with the whole history (rebuilt, or nothing was there), verify reported %d", damages, refused, whole, reported)
}

// TestDamageProgram does the same through the program: what "edge run" serves
// of a damaged folder is the true history or an error, and "edge verify" does
// not call a damaged journal whole.
func TestDamageProgram(t *testing.T) {
	t.Parallel()
	r, h, im := day(t)
	rng := rand.New(rand.NewPCG(3, uint64(os.Getpid())))
	r.epoch = h.epoch
	for i := range count("DAMAGES", 400) / 40 {
		bad, where := spoil(rng, im, func(n string) bool { return !strings.HasPrefix(n, "lock") })
		require.NoError(t, os.RemoveAll(r.data))
		require.NoError(t, bad.put(r.data))
		e := r.spawn()
		switch err := r.ready(e, 20*time.Second); {
		case errors.Is(err, errEnded):
			assert.Error(t, e.err, "%s", where)
			assert.Regexp(t, `(?i)damage|cannot be read|does not|keys?`, e.said(), "%s: refuses without saying why", where)
			t.Logf("%d: %s: refused: %.200s", i, where, lastLine(e.said()))
		case err != nil:
			assert.NoError(t, err, "%s\n%s", where, e.said())
			e.kill()
		default:
			p := newPuller(r)
			n, err := 0, error(nil)
			for n, err = p.once(200, 0); n > 0 && err == nil; n, err = p.once(200, 0) {
			}
			seq := p.oracle.Seq()
			assert.Equal(t, h.chain[min(seq, uint64(len(h.chain)-1))], p.oracle.Chain, "%s: another history is served up to %d", where, seq)
			assert.Empty(t, p.oracle.Faults())
			if err == nil {
				assert.GreaterOrEqual(t, seq, uint64(len(h.chain)-1), "%s: less is served, and no error", where)
			}
			t.Logf("%d: %s: serves up to %d of %d, %v", i, where, seq, len(h.chain)-1, err)
			e.kill()
		}
	}
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}
