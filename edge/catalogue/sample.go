package catalogue

import (
	"fmt"
	"slices"
	"strconv"

	"dcedge/edge"
)

// SKUs lists all articles in the order of their keys: client, then id. It sorts:
// not for who is in a hurry.
func (s *Snapshot) SKUs() []*edge.SKURecord { return sorted(s.skus) }

// LastTotes gives up to n codes of totes: the last of each range first, backwards,
// then those of single records.
func (s *Snapshot) LastTotes(n int) []string {
	var out []string
	for _, r := range s.ranges {
		i := len(r.Last)
		for i > 0 && r.Last[i-1] >= '0' && r.Last[i-1] <= '9' {
			i--
		}
		width := len(r.Last) - i
		last, err1 := strconv.ParseUint(r.Last[i:], 10, 64)
		first, err2 := strconv.ParseUint(r.First[min(i, len(r.First)):], 10, 64)
		if err1 != nil || err2 != nil {
			continue
		}
		for v := last; v >= first && len(out) < n; v-- {
			out = append(out, fmt.Sprintf("%s%0*d", r.Last[:i], width, v))
			if v == 0 {
				break
			}
		}
	}
	for _, t := range sorted(s.totes) {
		if len(out) < n && !slices.Contains(out, t.ID) {
			out = append(out, t.ID)
		}
	}
	return out[:min(n, len(out))]
}
