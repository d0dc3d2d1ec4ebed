package engine

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
)

func TestOutcomeRoundTrip(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String()
		o := outcome{seq: rapid.Uint64().Draw(rt, "seq"), at: time.UnixMilli(rapid.Int64Range(0, 1<<47).Draw(rt, "at")),
			rev: rapid.Uint64().Draw(rt, "rev"), worker: text.Draw(rt, "worker"), code: edge.Code(text.Draw(rt, "code")),
			say: edge.Say{Key: text.Draw(rt, "key")}}
		copy(o.id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "id"))
		copy(o.hash[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "hash"))
		copy(o.key[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(rt, "screen"))
		for range rapid.IntRange(0, 4).Draw(rt, "args") {
			if rapid.Bool().Draw(rt, "number") {
				o.say.Args = append(o.say.Args, edge.Arg{Name: text.Draw(rt, "name"), N: rapid.Int64().Draw(rt, "n"), IsNum: true})
			} else {
				o.say.Args = append(o.say.Args, edge.T(text.Draw(rt, "name"), text.Draw(rt, "text")))
			}
		}
		b := o.append(nil)
		assert.LessOrEqual(rt, len(b), o.size())
		back, err := parseOutcome(b)
		require.NoError(rt, err)
		assert.Equal(rt, o, back)
		for n := range b {
			_, err := parseOutcome(b[:n])
			require.ErrorIs(rt, err, errOutcome, "cut at %d", n)
		}
	})
}

func FuzzParseOutcome(f *testing.F) {
	o := outcome{worker: "w-1", code: edge.Wrong, say: edge.Says("pick.wrongItem", edge.T("expected", "A"), edge.N("n", 3))}
	f.Add(o.append(nil))
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := parseOutcome(b)
		if err != nil {
			require.ErrorIs(t, err, errOutcome)
			return
		}
		again, err := parseOutcome(o.append(nil))
		require.NoError(t, err)
		assert.Equal(t, o, again)
	})
}

func FuzzParsePrivate(f *testing.F) {
	f.Add(appendPrivate(nil, edge.Private{Kind: "session", Key: "k\x00\"", Value: []byte(`{"a":1}`)}))
	f.Add(appendPrivate(nil, edge.Rev{Worker: "w-1", Rev: 7, Key: [16]byte{1, 2}}.Private()))
	f.Fuzz(func(t *testing.T, line []byte) {
		p, err := parsePrivate(line)
		if err != nil {
			require.ErrorIs(t, err, errPrivate)
			return
		}
		if _, err := parseRev(p.Value); err != nil {
			require.ErrorIs(t, err, errPrivate)
		}
		again, err := parsePrivate(appendPrivate(nil, p))
		require.NoError(t, err)
		assert.Equal(t, p.Kind, again.Kind)
		assert.Equal(t, p.Key, again.Key)
	})
}

// Ids leave the memory only when the store has them and nobody who looked into
// the store before that still waits for a decision.
func TestMemoryLetsGoInTime(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	m := newMemory(at, at.Add(-time.Minute))
	id := func(off time.Duration, n byte) edge.ID { return edge.NewID(at.Add(off), [10]byte{9: n}) }
	assert.False(t, m.covers(id(-2*time.Minute, 0)), "it may have been decided before the start")
	assert.True(t, m.covers(id(0, 0)))
	add := func(off time.Duration, n byte) { m.add(&outcome{id: id(off, n), at: at.Add(off)}) }
	add(0, 1)
	m.turnOver(at.Add(2*time.Hour), 10, 0) // the first generation is closed: the one before it was empty
	m.turnOver(at.Add(2*time.Hour), 10, 0)
	add(2*time.Hour, 2)
	m.turnOver(at.Add(4*time.Hour), 20, 9)
	m.turnOver(at.Add(4*time.Hour), 20, 9)
	assert.NotNil(t, m.get(id(0, 1)), "the store does not have it yet")
	turn := m.enter()
	assert.True(t, m.covers(id(0, 1)))
	m.turnOver(at.Add(4*time.Hour), 20, 19)
	assert.True(t, m.covers(id(0, 1)), "the round that was open when its generation closed reached to 20")
	m.turnOver(at.Add(4*time.Hour), 20, 20)
	assert.False(t, m.covers(id(0, 1)), "from now on the store is asked")
	m.turnOver(at.Add(4*time.Hour), 20, 20)
	assert.NotNil(t, m.get(id(0, 1)), "somebody did not ask the store")
	m.leave(turn)
	m.turnOver(at.Add(4*time.Hour), 20, 20)
	assert.Nil(t, m.get(id(0, 1)))
	assert.NotNil(t, m.get(id(2*time.Hour, 2)))
	assert.True(t, m.covers(id(2*time.Hour, 2)))
}
