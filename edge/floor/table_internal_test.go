package floor

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"dcedge/edge"
)

// TestTableOnTopOfASealedBatch drives one table with messages and batches, of
// which one is on its way to the disk, against a map that is copied whole.
func TestTableOnTopOfASealedBatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tab := newTable(new(ledger), "t", "", shallow[int])
		now, message, batch := map[string]int{}, map[string]int{}, map[string]int{}
		follower, onDisk, changes := map[string]int{}, true, []string(nil)
		take := func(list []edge.Change) {
			for _, c := range list {
				changes = append(changes, c.Key)
				if v, ok := c.Value.(*int); ok {
					follower[c.Key] = *v
				} else {
					delete(follower, c.Key)
				}
			}
		}
		settled := map[string]int{}
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			key := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "key")
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0, 1:
				v := rapid.IntRange(0, 99).Draw(t, "put")
				tab.put(key, &v)
				now[key] = v
			case 2, 3:
				v := tab.edit(key)
				_, is := now[key]
				require.Equal(t, is, v != nil)
				if is {
					*v++
					now[key]++
				}
			case 4:
				tab.remove(key)
				delete(now, key)
			case 5:
				tab.accept()
				message = maps.Clone(now)
			case 6:
				tab.dropMessage()
				now = maps.Clone(message)
			case 7:
				if !onDisk {
					break
				}
				tab.dropMessage()
				now = maps.Clone(message)
				sealed := maps.Clone(message)
				take(tab.seal(nil))
				require.Equal(t, sealed, follower, "what a seal tells adds up")
				batch, onDisk = sealed, false
			case 8:
				if !onDisk {
					tab.settle()
					settled, onDisk = batch, true
				}
			case 9:
				tab.dropMessage()
				tab.dropBatch()
				now, message, follower, onDisk = maps.Clone(settled), maps.Clone(settled), maps.Clone(settled), true
			}
			got := map[string]int{}
			tab.each(func(k string, v *int) { got[k] = *v })
			require.Equal(t, now, got)
			for k := range now {
				require.NotNil(t, tab.get(k))
			}
		}
		tab.dropMessage()
		tab.dropBatch()
		assert.Len(t, tab.rows, len(settled), "no row of a key that is gone stays")
	})
}
