package floor

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// Every row of the state comes back from a store into the table that it was of: a
// parcel that lay on a belt when the edge ended is known to whoever begins again.
func TestRowsComeBackWhereTheyWere(t *testing.T) {
	s := NewState()
	for _, name := range []string{"line-1.mx17ikmr-2", "serial", "site.1-1"} {
		s.parcels.put(name, &edge.Parcel{Name: name, Belt: "line-1"})
	}
	s.lists.put(edge.ListPrefix+"l1", &edge.List{ID: "l1"})
	s.sold.put(edge.SoldPrefix+"x", &edge.SoldSerials{})
	s.serials.put(edge.SerialPrefix+"x", &edge.SerialUse{Serial: "x"})
	s.weights.put(edge.WeightPrefix+"x", &edge.LearnedWeight{})
	back := NewState()
	s.Each(func(table, key string, v any) {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		require.NoError(t, back.Load(table, key, text))
	})
	for i, table := range s.tables {
		assert.Equal(t, table.size(), back.tables[i].size(), "%s %T", table.named(), table)
	}
	assert.Equal(t, "line-1", back.parcels.get("line-1.mx17ikmr-2").Belt)
	want, err := s.Hash()
	require.NoError(t, err)
	got, err := back.Hash()
	require.NoError(t, err)
	assert.Equal(t, want, got)
}
