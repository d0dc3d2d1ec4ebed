package catalogue_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

func walked(s *catalogue.Snapshot, ids []string, serpentine bool) []string {
	out := slices.Clone(ids)
	slices.SortStableFunc(out, func(a, b string) int { return cmp.Compare(s.Walk(a, serpentine), s.Walk(b, serpentine)) })
	return out
}

func TestWalk(t *testing.T) {
	e := catalogue.New().Edit()
	var ids []string
	for i, id := range []string{"A-1", "A-2", "A-3", "B-1", "B-2", "B-3", "C-1", "C-2"} {
		_, err := e.Put(&edge.LocationRecord{ID: id, Sequence: i + 1}, false)
		require.NoError(t, err)
		ids = append(ids, id)
	}
	_, err := e.Put(&edge.LocationRecord{ID: "Z9", Aisle: "B", Sequence: 6}, false)
	require.NoError(t, err)
	s := e.Snapshot()
	assert.Equal(t, ids, walked(s, ids, false))
	assert.Equal(t, []string{"A-1", "A-2", "A-3", "B-3", "B-2", "B-1", "C-1", "C-2"}, walked(s, ids, true))
	assert.Equal(t, s.Walk("B-3", true), s.Walk("Z9", true), "its record says that it is in aisle B")
	assert.Greater(t, s.Walk("nowhere", true), s.Walk("C-2", true))
	assert.Greater(t, s.Walk("nowhere", false), s.Walk("C-2", false))

	e = s.Edit()
	_, err = e.Put(&edge.LocationRecord{ID: "A-1", Sequence: 99, Aisle: "A"}, false)
	require.NoError(t, err)
	next := e.Snapshot()
	assert.Equal(t, 99, next.Walk("A-1", false))
	assert.Equal(t, 1, s.Walk("A-1", false), "a snapshot stays as it was")
}

func BenchmarkWalks(b *testing.B) {
	e := catalogue.New().Edit()
	for i := range 20000 {
		_, _ = e.Put(&edge.LocationRecord{ID: fmt.Sprintf("A%02d-%04d", i/200, i), Sequence: i}, false)
	}
	s, n := e.Snapshot(), 0
	for b.Loop() {
		n++
		e := s.Edit()
		_, _ = e.Put(&edge.LocationRecord{ID: "A00-0001", Sequence: n}, false)
		s = e.Snapshot()
	}
}
