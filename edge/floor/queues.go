package floor

import (
	"math"
	"slices"
	"strings"

	"dcedge/edge"
)

func queueOf(m map[string]*ordered, lane string) *ordered {
	if q := m[lane]; q != nil {
		return q
	}
	return newOrdered()
}

// queues gives those of m that hold boxes of some carriers and, where there is
// one, a route, in a fixed order.
func queues(m map[string]*ordered, carriers []string, route string) []*ordered {
	var names []string
	for name, q := range m {
		carrier, on, _ := strings.Cut(name, "\x00")
		if q.len() > 0 && slices.Contains(carriers, carrier) && (route == "" || on == "" || on == route) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := make([]*ordered, len(names))
	for i, name := range names {
		out[i] = m[name]
	}
	return out
}

// headOfQueues gives the first of several queues together, of those with a cut-off after
// one time and not after another (Unix milliseconds).
func headOfQueues(list []*ordered, after, upTo int64, most int) []rank {
	var out []rank
	for _, q := range list {
		n := 0
		q.past(after, func(r rank) bool {
			if r.cutoff > upTo || n >= most {
				return false
			}
			out = append(out, r)
			n++
			return true
		})
	}
	slices.SortFunc(out, rank.compare)
	return out[:min(len(out), most)]
}

// tripQueue gives the first of several queues for a truck: what belongs to its trip, which
// is also what has no cut-off, before what does not.
func tripQueue(list []*ordered, t *edge.Truck, most int) []rank {
	if t.Departs.IsZero() {
		return headOfQueues(list, math.MinInt64, math.MaxInt64, most)
	}
	out, departs := []rank(nil), t.Departs.UnixMilli()
	for _, span := range [][2]int64{{math.MinInt64, departs}, {math.MaxInt64 - 1, math.MaxInt64}, {departs, math.MaxInt64 - 1}} {
		out = append(out, headOfQueues(list, span[0], span[1], most-len(out))...)
	}
	return out
}
