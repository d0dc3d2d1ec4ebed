package floor_test

import (
	"bufio"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
	"dcedge/edge/floor"
)

var update = flag.Bool("update", false, "write the days of the present rules anew")

// dayKinds are the random crews whose days are kept, and how many of each.
var dayKinds = map[string]struct {
	days int
	draw func(*rapid.T) *site
}{
	"floor":    {8, func(r *rapid.T) *site { return crewDay(r, &tally{}, false) }},
	"waves":    {8, func(r *rapid.T) *site { return waveDay(r, &tally{}, false) }},
	"packing":  {8, func(r *rapid.T) *site { return packingDay(r, &tally{}, false) }},
	"restored": {4, func(r *rapid.T) *site { _, _, _, y := lostAndRestored(r, &tally{}); return y }},
}

// TestDaysOfBeforeAreReplayed: the events of days that were written once, by the rules
// of then (testdata/days/RULES-KIND.ndjson.gz, each day ends with its checkpoint), are
// still taken, and by the same rules they make the same state. Where this fails after
// a change of Apply, an edge that is updated would meet it: let events of before do
// what they did (a new meaning in an added field), or raise floor.Rules and write the
// days of the new number with -update. The files of before stay.
func TestDaysOfBeforeAreReplayed(t *testing.T) {
	if *update {
		writeDays(t)
	}
	names, err := filepath.Glob("testdata/days/*.ndjson.gz")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	types, present := map[edge.Type]bool{}, 0
	for _, name := range names {
		var rules, days, compared int
		_, err := fmt.Sscanf(filepath.Base(name), "%d-", &rules)
		require.NoError(t, err, name)
		s := floor.NewState()
		readDay(t, name, func(e *edge.Event) {
			types[e.Type] = true
			c, end := e.Data.(*edge.Checkpoint)
			if !end {
				require.NoError(t, floor.Apply(s, e), "%s, day %d: %s", name, days, e.AppendLine(nil))
				s.AcceptMessage()
				s.CommitBatch()
				return
			}
			if c.Rules == floor.Rules {
				hash, err := s.Hash()
				require.NoError(t, err)
				assert.Equal(t, c.Hash, hash, "%s, day %d: its events make another state than then", name, days)
				compared++
			}
			s, days = floor.NewState(), days+1
		})
		require.NotZero(t, days, name)
		if rules == floor.Rules {
			require.Equal(t, days, compared, name)
			present++
		}
	}
	assert.Equal(t, len(dayKinds), present, "days of rules %d; write them with -update", floor.Rules)
	assert.Greater(t, len(types), 60, "kinds of events in all days")
}

func writeDays(t *testing.T) {
	require.NoError(t, os.MkdirAll("testdata/days", 0o755))
	for kind, k := range dayKinds {
		f, err := os.Create(fmt.Sprintf("testdata/days/%d-%s.ndjson.gz", floor.Rules, kind))
		require.NoError(t, err)
		z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
		require.NoError(t, err)
		for seed := range k.days {
			x := rapid.Custom(k.draw).Example(seed + 1)
			for _, events := range [][]edge.Event{x.past, x.events} {
				for i := range events {
					_, err = z.Write(append(events[i].AppendLine(nil), '\n'))
					require.NoError(t, err)
				}
			}
			end := edge.Event{Type: edge.EvCheckpoint, V: 1, Seq: x.seq, At: x.now, Data: &edge.Checkpoint{UpTo: x.seq, Hash: x.hash(x.live), Rules: floor.Rules}}
			_, err = z.Write(append(end.AppendLine(nil), '\n'))
			require.NoError(t, err)
		}
		require.NoError(t, z.Close())
		require.NoError(t, f.Close())
	}
}

func readDay(t *testing.T, name string, fn func(*edge.Event)) {
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(bufio.NewReader(f))
	require.NoError(t, err)
	lines := bufio.NewReader(z)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		require.NoError(t, err)
		e, err := edge.ParseEvent(line[:len(line)-1])
		require.NoError(t, err, "%s: %s", name, line)
		fn(&e)
	}
}
