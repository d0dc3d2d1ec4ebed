package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

// heldDuplicate is the reason of a hold: the same goods for the same recipient
// came a short while ago.
const heldDuplicate = "duplicate"

// suspect gives the order that another one may be a second copy of; "" is none.
func (d *decider) suspect(client, order, like string) string {
	hours := d.Policy.Orders.DuplicateHours
	if c := d.Catalogue.Client(client); c != nil && c.DuplicateHours != nil {
		hours = *c.DuplicateHours
	}
	if like == "" || hours <= 0 {
		return ""
	}
	own := d.s.Order(client, order)
	var found *edge.Order
	for _, key := range d.s.idx.alike[client+"\x00"+like] {
		o := d.s.orders.get(key)
		if o == nil || o.ID == order || o.Stage == edge.StageCancelled || o.HeldOf == order ||
			o.Stage == edge.StageParked && own != nil && own.Seq < o.Seq || d.Now.Sub(o.Received) > time.Duration(hours)*time.Hour {
			continue
		}
		if found == nil || o.Received.After(found.Received) {
			found = o
		}
	}
	if found == nil {
		return ""
	}
	return found.ID
}

// holdDuplicate holds an order that has just been taken up where it looks like
// another one.
func (d *decider) holdDuplicate(client, order, like, held string) {
	if other := d.suspect(client, order, like); other != "" && held == "" {
		d.event(edge.EvOrderChanged, client, order, &edge.OrderChanged{Held: heldDuplicate, Of: other, Step: string(edge.StageReceived)})
	}
}

// indexLike keeps which orders look alike.
func (s *State) indexLike(key, was, now string) {
	if was == now {
		return
	}
	x := &s.idx
	if was != "" {
		list := x.alike[was]
		if i, ok := slices.BinarySearch(list, key); ok {
			list = slices.Delete(slices.Clone(list), i, i+1)
		}
		if x.alike[was] = list; len(list) == 0 {
			delete(x.alike, was)
		}
	}
	if now != "" {
		list := x.alike[now]
		i, _ := slices.BinarySearch(list, key)
		x.alike[now] = slices.Insert(slices.Clip(list), i, key)
	}
}
