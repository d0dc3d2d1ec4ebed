package floor

import "dcedge/edge"

// A return may be announced before its order has left: the buyer was faster than the house.
// Nothing of it can have come back, so it is no work until the first box is on its way.

// stays gives the order of a return of which nothing has left yet; nil: something did, or
// this site does not know. One that was graded in part is worked at to its end.
func (s *State) stays(r *edge.ReturnCase) *edge.Order {
	o := s.Order(r.Client, r.Order)
	if r.Order == "" || o == nil || o.Stage == edge.StageShipped || len(r.Graded) > 0 {
		return nil
	}
	for _, id := range o.Boxes {
		if b := s.boxes.get(id); b != nil && b.Shipped {
			return nil
		}
	}
	return o
}

// indexComing keeps the returns that somebody may take in hand.
func (s *State) indexComing(key string, c *edge.ReturnCase) {
	s.idx.returns.set(key, rank{seq: c.Seq}, c.Closed.IsZero() && c.Work == "" && s.stays(c) == nil)
}

// returnsOf gives the keys of the returns that name an order.
func (s *State) returnsOf(client, order string) []string {
	if len(s.idx.comes) == 0 {
		return nil
	}
	var room [keyRoom]byte
	return s.idx.comes[string(appendKey(append(room[:0], 0), client, order))] // as orderCode
}

// indexReturnsOf looks at the returns of an order again, of which something may have left.
func (s *State) indexReturnsOf(client, order string) {
	for _, key := range s.returnsOf(client, order) {
		if c := s.returns.get(key); c != nil {
			s.indexComing(key, c)
		}
	}
}

// touchReturns has the screens of returns desks look again where an order comes that a
// return names, or one that never left is about to be forgotten.
func (d *decider) touchReturns() {
	if len(d.s.idx.comes) == 0 {
		return
	}
	n, limit := 0, d.Now.Add(-keep).UnixMilli()
	d.s.idx.closed.each(func(r rank) bool {
		if r.cutoff > limit || n >= expireAtOnce*max(1, len(d.out.Events)) {
			return false
		}
		n++
		o := d.s.orders.get(r.key)
		if o != nil && o.Stage == edge.StageCancelled && len(d.s.returnsOf(o.Client, o.ID)) > 0 {
			d.touch(Everyone)
			return false
		}
		return true
	})
	if d.m.Kind != edge.Record {
		return
	}
	for _, e := range d.out.Events {
		if (e.Type == edge.EvOrderReceived || e.Type == edge.EvOrderParked || e.Type == edge.EvOrderTold || e.Type == edge.EvBoxTold) && len(d.s.returnsOf(e.Client, e.Order)) > 0 {
			d.touch(Everyone)
			return
		}
	}
}
