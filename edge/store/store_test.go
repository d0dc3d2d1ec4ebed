package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"dcedge/edge"
)

const testEpoch = "EPOCH-1"

func testOptions(dir string) Options {
	return Options{Dir: dir, Logger: slog.New(slog.DiscardHandler), NoSync: true}
}

func openStore(t testing.TB, dir string) *Store {
	t.Helper()
	s, err := Open(testOptions(dir))
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() }) // closed twice where a test closes it
	if s.Mark().Epoch == "" {
		require.NoError(t, s.Bind(testEpoch))
	}
	return s
}

func testID(at time.Time, n int) edge.ID {
	var r [10]byte
	copy(r[2:], fmt.Sprintf("%08d", n))
	return edge.NewID(at, r)
}

var start = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// step makes a step that writes n orders beginning with from, one private
// record and one outcome.
func step(pos uint64, from, n, version int) edge.Step {
	at := start.Add(time.Duration(pos) * time.Second)
	st := edge.Step{Pos: pos, Seq: pos, Hash: [32]byte{byte(pos)}, At: at}
	for i := from; i < from+n; i++ {
		key := fmt.Sprintf("default\x00%05d", i)
		o := &edge.Order{ID: key[8:], Client: "default", Priority: version, Stage: edge.StageReceived, Hash: "h"}
		st.Changes = append(st.Changes, edge.Change{Table: edge.TableOrders, Key: key, Value: o})
	}
	st.Privates = []edge.Private{{Kind: "session", Key: fmt.Sprint(version), Value: []byte(`{"v":1}`)}}
	st.Outcomes = []edge.Remembered{{ID: testID(at, int(pos)), At: at, Data: fmt.Appendf(nil, "outcome %d", pos)}}
	return st
}

func loaded(t testing.TB, s *Store) map[string]int {
	t.Helper()
	out := map[string]int{}
	require.NoError(t, s.Load(func(table, key string, value []byte) error {
		var o edge.Order
		if err := json.Unmarshal(value, &o); err != nil {
			return err
		}
		out[table+"/"+key] = o.Priority
		return nil
	}))
	return out
}

func TestStoreKeepsWhatItTook(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	assert.Equal(t, Created, s.Origin())
	for i := range 5 {
		s.Take(step(uint64(10*i+10), 0, 3, i))
	}
	require.NoError(t, s.Flush())
	require.NoError(t, s.Check())
	require.NoError(t, s.Close())

	s = openStore(t, dir)
	assert.Equal(t, Kept, s.Origin())
	assert.Equal(t, testEpoch, s.Mark().Epoch)
	assert.EqualValues(t, 50, s.Mark().Pos)
	assert.Equal(t, [32]byte{50}, s.Mark().Hash)
	assert.Len(t, loaded(t, s), 3)
	assert.Equal(t, 4, loaded(t, s)["orders/default\x0000001"])
	list, err := s.Privates("session")
	require.NoError(t, err)
	assert.Len(t, list, 5)
	for i := range 5 {
		pos := 10*i + 10
		data, found, err := s.Outcome(testID(start.Add(time.Duration(pos)*time.Second), pos))
		require.NoError(t, err)
		assert.True(t, found)
		assert.Equal(t, fmt.Sprintf("outcome %d", pos), string(data))
	}
	_, found, err := s.Outcome(testID(start, 99))
	require.NoError(t, err)
	assert.False(t, found)
	newest, err := s.Newest()
	require.NoError(t, err)
	assert.True(t, newest.After(start.Add(50*time.Second)))
	assert.ErrorIs(t, s.Bind("EPOCH-2"), ErrEpoch)
}

func TestPrivatesEndWithNil(t *testing.T) {
	s := openStore(t, t.TempDir())
	s.Take(step(1, 0, 1, 1))
	require.NoError(t, s.Flush())
	st := step(2, 0, 1, 2)
	st.Privates = []edge.Private{{Kind: "session", Key: "1"}, {Kind: "audit", Key: "x", Value: []byte("1")}}
	s.Take(st)
	require.NoError(t, s.Flush())
	list, err := s.Privates("session")
	require.NoError(t, err)
	assert.Empty(t, list)
	require.NoError(t, s.Check())
}

func TestClosedOrdersStayKnown(t *testing.T) {
	s := openStore(t, t.TempDir())
	st := step(1, 7, 1, 1)
	st.Changes[0].Value.(*edge.Order).Stage = edge.StageShipped
	s.Take(st)
	require.NoError(t, s.Flush())
	s.Take(edge.Step{Pos: 2, Seq: 2, At: start, Changes: []edge.Change{{Table: edge.TableOrders, Key: st.Changes[0].Key}}})
	require.NoError(t, s.Flush())
	assert.Empty(t, loaded(t, s))
	c, found, err := s.Closed(st.Changes[0].Key)
	require.NoError(t, err)
	assert.True(t, found)
	assert.Equal(t, Closed{Hash: "h", Stage: edge.StageShipped}, c)
	_, found, err = s.Closed("default\x00other")
	require.NoError(t, err)
	assert.False(t, found)
}

func TestOutcomesArePurgedAfter72Hours(t *testing.T) {
	s := openStore(t, t.TempDir())
	s.Take(step(1, 0, 1, 1))
	require.NoError(t, s.Flush())
	young := step(2, 0, 1, 1)
	young.At = start.Add(80 * time.Hour)
	old := testID(start, 5) // an old id that arrived late: remembered from its arrival
	young.Outcomes = []edge.Remembered{{ID: old, At: young.At, Data: []byte("late")}}
	s.Take(young)
	require.NoError(t, s.Flush())
	_, found, err := s.Outcome(testID(start.Add(time.Second), 1))
	require.NoError(t, err)
	assert.False(t, found, "72 h after the id and its arrival it is forgotten")
	_, found, err = s.Outcome(old)
	require.NoError(t, err)
	assert.True(t, found, "it arrived just now")
	require.NoError(t, s.Check())
}

// A generation of more than MaxCommit keys is cut off after every commit: what
// is opened then is the state at the mark before, whole.
func TestHalfWrittenGenerationIsRolledBack(t *testing.T) {
	for commits := range 9 {
		t.Run(fmt.Sprint(commits), func(t *testing.T) {
			dir := t.TempDir()
			s := openStore(t, dir)
			s.Take(step(1, 0, 500, 1))
			require.NoError(t, s.Flush())
			want := loaded(t, s)
			big := step(2, 100, 900, 2)
			big.Changes = append(big.Changes, edge.Change{Table: edge.TableOrders, Key: "default\x0000001"})
			s.Take(big)
			g := s.begun()
			ahead, state, err := g.items()
			require.NoError(t, err)
			require.Len(t, state, 901)
			require.NoError(t, s.commit(ahead, false, nil))
			for i := range commits {
				part := state[i*100 : min(len(state), i*100+100)]
				require.NoError(t, s.commit(part, true, nil))
			}
			require.NoError(t, s.Close())

			s = openStore(t, dir)
			assert.Equal(t, Kept, s.Origin())
			assert.EqualValues(t, 1, s.Mark().Pos)
			assert.Equal(t, want, loaded(t, s))
			require.NoError(t, s.Check())
			s.Take(big)
			require.NoError(t, s.Flush())
			assert.Len(t, loaded(t, s), 999)
			require.NoError(t, s.Check())
		})
	}
}

func TestCommitsAreSmall(t *testing.T) {
	s := openStore(t, t.TempDir())
	for i := range 20 {
		s.Take(step(uint64(i+1), i*100, 700, i))
	}
	before := commits(t, s)
	require.NoError(t, s.Flush())
	keys := 2*2600 + 20 + 20 // state and what it overwrites, privates, outcomes
	assert.GreaterOrEqual(t, commits(t, s)-before, keys/MaxCommit)
	assert.Len(t, loaded(t, s), 2600)
}

// commits counts the commits of the file so far.
func commits(t *testing.T, s *Store) (id int) {
	t.Helper()
	require.NoError(t, s.db.View(func(tx *bolt.Tx) error { id = tx.ID(); return nil }))
	return id
}

func TestRoomIsBackPressure(t *testing.T) {
	dir := t.TempDir()
	opts := testOptions(dir)
	opts.MaxBehind = 100
	s, err := Open(opts)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	s.Take(step(100, 0, 1, 1))
	require.NoError(t, s.Room(t.Context()))
	s.Take(step(101, 0, 1, 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Room(ctx), context.Canceled)
	done := make(chan error, 1)
	go func() { done <- s.Room(t.Context()) }()
	require.NoError(t, s.Flush())
	require.NoError(t, <-done)

	s.Take(step(300, 0, 1, 1))
	s.setWhy(ErrFull)
	require.ErrorIs(t, s.Room(t.Context()), ErrFull)
}

func TestRunWritesTheRestWhenItEnds(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	s.Take(step(5, 0, 10, 1))
	cancel()
	require.NoError(t, <-done)
	assert.EqualValues(t, 5, s.Applied())
	assert.Len(t, loaded(t, s), 10)
}

func TestOpenRefusesANewerFormat(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	require.NoError(t, update(s.db, func(tx *txn) error { return tx.meta(keyFormat, []byte{0, 0, 0, 2}) }))
	require.NoError(t, s.Close())
	_, err := Open(testOptions(dir))
	require.ErrorIs(t, err, ErrVersion)
	require.ErrorContains(t, err, "format 2")
}

func TestDamageMetWhileRunningIsNotTrustedAgain(t *testing.T) {
	dir := t.TempDir()
	s := openStore(t, dir)
	s.Take(step(1, 0, 1, 1))
	require.NoError(t, s.Flush())
	require.NoError(t, s.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(bucketOutcomes))
		k, v := b.Cursor().First()
		bad := append([]byte(nil), v...)
		bad[9] ^= 1
		return b.Put(k, bad)
	}))
	_, _, err := s.Outcome(testID(start.Add(time.Second), 1))
	require.ErrorIs(t, err, ErrDamaged)
	require.NoError(t, s.Close())
	s = openStore(t, dir)
	assert.Equal(t, Emptied, s.Origin())
	assert.NoFileExists(t, filepath.Join(dir, markerName))
	assert.FileExists(t, filepath.Join(dir, fileName+".damaged"))
}

// The store agrees with a map after any series of steps, restarts and
// generations.
func TestStoreAgainstAModel(t *testing.T) {
	base := t.TempDir()
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		dir := filepath.Join(base, fmt.Sprint(run))
		require.NoError(rt, os.Mkdir(dir, 0o700))
		opts := testOptions(dir)
		s, err := Open(opts)
		require.NoError(rt, err)
		model, written := map[string]int{}, map[string]int{}
		pos, mark := uint64(0), uint64(0)
		for range rapid.IntRange(1, 8).Draw(rt, "rounds") {
			switch rapid.IntRange(0, 3).Draw(rt, "what") {
			case 0, 1:
				pos++
				st := step(pos, rapid.IntRange(0, 50).Draw(rt, "from"), rapid.IntRange(0, 300).Draw(rt, "n"), int(pos))
				for i := range st.Changes {
					c := &st.Changes[i]
					if rapid.IntRange(0, 9).Draw(rt, "gone") == 0 {
						c.Value = nil
						delete(model, "orders/"+c.Key)
					} else {
						model["orders/"+c.Key] = int(pos)
					}
				}
				s.Take(st)
			case 2:
				require.NoError(rt, s.Flush())
				mark, written = pos, clone(model)
				require.NoError(rt, s.Check())
			case 3:
				require.NoError(rt, s.Close())
				s, err = Open(opts)
				require.NoError(rt, err)
				assert.Equal(rt, mark, s.Mark().Pos)
				pos, model = mark, clone(written)
			}
		}
		require.NoError(rt, s.Flush())
		got := map[string]int{}
		require.NoError(rt, s.Load(func(table, key string, value []byte) error {
			var o edge.Order
			got[table+"/"+key] = 0
			if err := json.Unmarshal(value, &o); err != nil {
				return err
			}
			got[table+"/"+key] = o.Priority
			return nil
		}))
		assert.Equal(rt, model, got)
		require.NoError(rt, errors.Join(s.Check(), s.Close(), os.RemoveAll(dir)))
	})
}

func clone(m map[string]int) map[string]int {
	out := make(map[string]int, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}
