package plan_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"dcedge/edge/plan"
)

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func order(id string, pieces ...int) plan.Order {
	o := plan.Order{Client: "c", ID: id, Carrier: "cj", Cutoff: now.Add(5 * time.Hour), Since: now.Add(-time.Hour)}
	for i, n := range pieces {
		o.Lines = append(o.Lines, plan.Line{SKU: fmt.Sprint("s", i), Zone: "A", Walk: i, Pieces: n})
	}
	return o
}

func ids(lists []plan.List) [][]string {
	var out [][]string
	for _, l := range lists {
		out = append(out, l.Orders)
	}
	return out
}

func TestKinds(t *testing.T) {
	orders := []plan.Order{order("a1", 1), order("b1", 2, 1), order("a2", 1), order("c1", 1, 1, 1, 1), order("b2", 1, 1), order("c2", 5, 5, 5, 5), order("big", 99, 1), order("a3", 1)}
	c := plan.Config{Wave: 3, Cluster: 4, Pieces: 30}
	lists := plan.Lists(orders, c, now)
	assert.Equal(t, [][]string{{"a1", "a2", "a3"}, {"b1", "b2"}, {"c1", "c2"}}, ids(lists)[:3:3])
	assert.Len(t, lists, 3, "what no tote holds stands on none")
	assert.Equal(t, []bool{true, false, false}, []bool{lists[0].Single, lists[1].Single, lists[2].Single})
	assert.Equal(t, []string{plan.Total, plan.Total, plan.Cluster}, []string{lists[0].Mode, lists[1].Mode, lists[2].Mode})
	assert.Equal(t, "A", lists[1].Zone)
	assert.Empty(t, plan.Lists(orders, plan.Config{}, now))
}

func TestAListThatIsNotFullWaits(t *testing.T) {
	fresh := func(cutoff time.Duration) []plan.Order {
		a, b := order("a", 1), order("b", 1)
		a.Since, b.Since, a.Cutoff, b.Cutoff = now, now.Add(-time.Minute), now.Add(cutoff), now.Add(cutoff)
		return []plan.Order{a, b}
	}
	c := plan.Config{Wave: 3}
	assert.Empty(t, plan.Lists(fresh(5*time.Hour), c, now))
	assert.Len(t, plan.Lists(fresh(5*time.Hour), c, now.Add(time.Minute)), 1, "the oldest has waited")
	assert.Len(t, plan.Lists(fresh(50*time.Minute), c, now), 1, "the cut-off is near")
	assert.Len(t, plan.Lists(fresh(5*time.Hour), plan.Config{Wave: 2}, now), 1, "full")
}

func TestOrderOfLists(t *testing.T) {
	late, urgent, none := order("late", 1), order("urgent", 1), order("none", 1)
	late.Cutoff = now.Add(9 * time.Hour)
	urgent.Priority = 5
	none.Cutoff = time.Time{}
	twin := func(o plan.Order) plan.Order { o.ID += "2"; return o }
	lists := plan.Lists([]plan.Order{none, twin(none), late, twin(late), order("a", 1), urgent, twin(urgent), order("b", 1)}, plan.Config{Wave: 2}, now)
	assert.Equal(t, [][]string{{"urgent", "urgent2"}, {"a", "b"}, {"late", "late2"}, {"none", "none2"}}, ids(lists))
}

func TestListsProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := plan.Config{Wave: rapid.IntRange(0, 5).Draw(t, "wave"), Cluster: rapid.IntRange(0, 4).Draw(t, "cluster"), Pieces: rapid.SampledFrom([]int{0, 4}).Draw(t, "pieces")}
		byID := map[string]plan.Order{}
		var orders []plan.Order
		for i := range rapid.IntRange(0, 40).Draw(t, "orders") {
			o := plan.Order{Client: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "client"), ID: fmt.Sprint("o", i), Carrier: rapid.SampledFrom([]string{"cj", "hanjin"}).Draw(t, "carrier"),
				Cutoff: rapid.SampledFrom([]time.Time{{}, now.Add(time.Hour), now.Add(6 * time.Hour)}).Draw(t, "cutoff"), Priority: rapid.IntRange(0, 2).Draw(t, "priority"),
				Since: now.Add(-time.Duration(rapid.IntRange(0, 5).Draw(t, "since")) * time.Minute)}
			for range rapid.IntRange(1, 5).Draw(t, "lines") {
				o.Lines = append(o.Lines, plan.Line{Zone: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "zone"), Walk: rapid.IntRange(0, 9).Draw(t, "walk"), Pieces: rapid.IntRange(1, 3).Draw(t, "n")})
			}
			byID[o.ID], orders = o, append(orders, o)
		}
		lists := plan.Lists(orders, c, now)
		seen := map[string]bool{}
		for _, l := range lists {
			first := byID[l.Orders[0]]
			most := map[string]int{plan.Total: c.Wave, plan.Cluster: c.Cluster}[l.Mode]
			if len(l.Orders) < 2 || len(l.Orders) > most {
				t.Fatalf("%+v with %+v", l, c)
			}
			for _, id := range l.Orders {
				o := byID[id]
				n := 0
				for _, x := range o.Lines {
					n += x.Pieces
				}
				if seen[id] || o.Client != l.Client || o.Carrier != first.Carrier || !o.Cutoff.Equal(first.Cutoff) || l.Single != (n == 1 && l.Mode == plan.Total) ||
					n > 1 && c.Pieces > 0 && n > c.Pieces {
					t.Fatalf("%s on %+v: %+v", id, l, o)
				}
				seen[id] = true
			}
		}
		assert.Equal(t, lists, plan.Lists(orders, c, now), "the same orders, the same lists")
	})
}

// BenchmarkLists20000 is a night's orders at once.
func BenchmarkLists20000(b *testing.B) {
	var orders []plan.Order
	for i := range 20000 {
		o := plan.Order{Client: fmt.Sprint("c", i%5), ID: fmt.Sprint("o", i), Carrier: fmt.Sprint("k", i%4), Cutoff: now.Add(time.Duration(i%6) * time.Hour), Since: now.Add(-time.Hour)}
		for l := range 1 + i%7 {
			o.Lines = append(o.Lines, plan.Line{SKU: fmt.Sprint(i % 1300), Zone: fmt.Sprint(i % 6), Walk: i * 31 % 5000, Pieces: 1 + l})
		}
		orders = append(orders, o)
	}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = len(plan.Lists(orders, plan.Config{Wave: 30, Cluster: 6}, now))
	}
	b.ReportMetric(float64(n), "lists")
}
