package floor

import (
	"strconv"
	"strings"

	"dcedge/edge"
)

// Practice is work of a state of its own, by the same rules and on the same
// catalogue: nothing of it reaches the real state, nothing real reaches it, and
// no label or number of it is good for anything.

// leasePractice stands where the lease of a number does.
const leasePractice = "practice"

// NewPractice makes an empty state to practise in. It takes events that are
// marked so and no others. Ids in it begin behind seq, so that none comes twice
// in one history.
func NewPractice(seq uint64) *State {
	s := NewState()
	s.practice = true
	*s.site.rows[siteKey].now = edge.Site{Works: seq, Boxes: seq, Attempts: seq, Trucks: seq, Counts: seq, Moves: seq, Lists: seq}
	return s
}

// Practice tells that the state is one to practise in.
func (s *State) Practice() bool { return s.practice }

// assignPractice gives a box a number that is no carrier's.
func (d *decider) assignPractice(b *edge.Box) {
	n := len(b.Voided) + 1
	if b.Waybill != "" { // which is given up now
		n++
	}
	number := "PRACTICE-" + strings.TrimPrefix(b.ID, "B-") + "-" + strconv.Itoa(n)
	d.event(edge.EvAssigned, b.Client, b.Order, &edge.WaybillEvent{Box: b.ID, Waybill: number, Carrier: b.Carrier, Lease: leasePractice,
		Space: differs(d.space(b.Carrier), b.Carrier), Orders: others(b)})
}

// Goods is an article at its place, as an order that waits wants it.
type Goods struct {
	Client, SKU, Location string
}

// WaitingGoods gives articles with their places from the orders that wait to be
// picked: at most most, of the first orders in the queue.
func (s *State) WaitingGoods(most int) []Goods {
	var out []Goods
	seen := map[Goods]bool{}
	s.idx.pick.each(func(r rank) bool {
		o := s.orders.get(r.key)
		for _, l := range o.Lines {
			g := Goods{Client: o.Client, SKU: l.SKU, Location: l.Location}
			if len(out) < most && !seen[g] {
				seen[g] = true
				out = append(out, g)
			}
		}
		return len(out) < most
	})
	return out
}

// Queues tells how many orders wait to be picked, to be packed, and how many
// boxes to be loaded.
func (s *State) Queues() (pick, pack, load int) {
	return s.idx.pick.len(), s.toPack(), s.loadable()
}
