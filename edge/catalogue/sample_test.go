package catalogue

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

func TestSamples(t *testing.T) {
	e := New().Edit()
	for _, r := range []any{&edge.SKURecord{Client: "b", ID: "1"}, &edge.SKURecord{Client: "a", ID: "2"}, &edge.SKURecord{Client: "a", ID: "1"},
		&edge.ToteRange{ID: "r", First: "T-000", Last: "T-003"}, &edge.ToteRange{ID: "odd", First: "X", Last: "X"}, &edge.ToteRecord{ID: "T-002"}, &edge.ToteRecord{ID: "CRATE"}} {
		_, err := e.Put(r, false)
		require.NoError(t, err)
	}
	s := e.Snapshot()
	var skus []string
	for _, r := range s.SKUs() {
		skus = append(skus, r.Client+r.ID)
	}
	assert.Equal(t, []string{"a1", "a2", "b1"}, skus)
	assert.Equal(t, []string{"T-003", "T-002", "T-001", "T-000", "CRATE"}, s.LastTotes(9))
	assert.Equal(t, []string{"T-003", "T-002"}, s.LastTotes(2))
	for _, code := range s.LastTotes(9) {
		m := s.Resolve(code)
		require.NotEmpty(t, m, code)
		assert.Equal(t, "tote", m[0].Kind)
	}
	assert.Empty(t, New().LastTotes(3))
}
