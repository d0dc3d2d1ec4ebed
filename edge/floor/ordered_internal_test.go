package floor

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestOrderedAgainstSlice holds the queue to a sorted slice.
func TestOrderedAgainstSlice(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		q, model := newOrdered(), map[string]rank{}
		size := rapid.SampledFrom([]int{5, 2000}).Draw(r, "size")
		for range rapid.IntRange(1, 3*size).Draw(r, "n") {
			x := rank{key: fmt.Sprint(rapid.IntRange(0, size).Draw(r, "key")), cutoff: int64(rapid.IntRange(0, 9).Draw(r, "cutoff")), seq: 1}
			in := rapid.IntRange(0, 3).Draw(r, "in") > 0
			q.set(x.key, x, in)
			if in {
				model[x.key] = x
			} else {
				delete(model, x.key)
			}
		}
		want := make([]rank, 0, len(model))
		for _, x := range model {
			want = append(want, x)
		}
		slices.SortFunc(want, rank.compare)
		var got []rank
		q.each(func(x rank) bool { got = append(got, x); return true })
		if !slices.Equal(want, got) && len(want) > 0 || q.len() != len(want) {
			r.Fatalf("want %v got %v", want, got)
		}
		first, ok := q.first()
		if ok != (len(want) > 0) || ok && first != want[0] {
			r.Fatalf("first %v", first)
		}
		limit := int64(rapid.IntRange(-1, 10).Draw(r, "limit"))
		n := 0
		for _, x := range want {
			if x.cutoff <= limit {
				n++
			}
		}
		if q.upTo(limit) != n {
			r.Fatalf("upTo %d: %d, not %d", limit, q.upTo(limit), n)
		}
	})
}
