package floor

import (
	"cmp"
	"slices"
	"strings"

	"dcedge/edge"
)

// Orders that the WMS gives one consolidation key (합포장) go into one box with
// one waybill, as long as client, carrier and recipient are the same. Which
// these are is open until a desk begins with them: then Order.Joined says it.

// groupOf names the orders that an order goes with; "" is none.
func groupOf(o *edge.Order) string {
	switch {
	case len(o.Joined) > 1:
		return "joined\x00" + o.Client + "\x00" + strings.Join(o.Joined, "\x00")
	case o.Together != "" && mayJoin(o):
		return openGroup(o.Client, o.Carrier, o.Route, o.Together)
	}
	return ""
}

// openGroup names those that may still go into one box: of one carrier and route.
func openGroup(client, carrier, route, together string) string {
	return strings.Join([]string{"open", client, carrier, route, together}, "\x00")
}

// mayJoin tells that no desk has begun with the order and that it has no label
// yet.
func mayJoin(o *edge.Order) bool {
	switch o.Stage {
	case edge.StageParked, edge.StageReceived, edge.StagePicking, edge.StagePicked:
		return len(o.Boxes) == 0
	case edge.StagePacking:
		return o.Work == "" && len(o.Boxes) == 0
	}
	return false
}

// together lists the orders that go into one box with an order, itself among
// them, by their places in the queue.
func (s *State) together(o *edge.Order) []*edge.Order {
	group := groupOf(o)
	if group == "" {
		return []*edge.Order{o}
	}
	var out []*edge.Order
	for _, key := range s.idx.groups[group] {
		if in := s.orders.get(key); in != nil {
			out = append(out, in)
		}
	}
	if len(out) == 0 { // not indexed yet: this message made it
		return []*edge.Order{o}
	}
	slices.SortFunc(out, byPlace)
	return out
}

func byPlace(a, b *edge.Order) int {
	x, y := orderRank(a), orderRank(b)
	x.key, y.key = a.ID, b.ID
	return x.compare(y)
}

// idsOf gives the ids of several orders; nil for one: it stands in the event's
// head.
func idsOf(orders []*edge.Order) []string {
	if len(orders) < 2 {
		return nil
	}
	out := make([]string, len(orders))
	for i, o := range orders {
		out[i] = o.ID
	}
	return out
}

// others gives the ids of a box's orders where they are several.
func others(b *edge.Box) []string {
	if len(b.With) == 0 {
		return nil
	}
	return b.Members()
}

// BoxOrder gives the order that stops a box, cancelled before less before held; where
// none does, the one that it is booked under.
func (s *State) BoxOrder(b *edge.Box) *edge.Order {
	own := s.Order(b.Client, b.Order)
	if len(b.With) == 0 {
		return own
	}
	var held, cancelled, less *edge.Order
	for _, id := range b.Members() {
		switch o := s.Order(b.Client, id); {
		case o == nil:
		case o.Stage == edge.StageCancelled && (cancelled == nil || cancelled.GoesBack == backCancelled) && holds(b, id):
			cancelled = o
		case less == nil && len(s.comesOut(b, o)) > 0:
			less = o
		case o.Held != "" && held == nil:
			held = o
		case own == nil || own.Stage == edge.StageCancelled:
			own = o
		}
	}
	switch {
	case cancelled != nil:
		return cancelled
	case less != nil:
		return less
	case held != nil:
		return held
	}
	return own
}

// holds tells that goods of an order lie in a box.
func holds(b *edge.Box, order string) bool {
	return slices.ContainsFunc(b.Items, func(it edge.BoxItem) bool { return b.OrderOf(&it) == order })
}

// wanted tells that an order of a box is not cancelled: the box is to leave.
func (s *State) wanted(b *edge.Box) bool {
	for _, id := range b.Members() {
		if o := s.Order(b.Client, id); o != nil && o.Stage != edge.StageCancelled {
			return true
		}
	}
	return false
}

// membersOf gives the orders of a box.
func (s *State) membersOf(b *edge.Box) []*edge.Order {
	out := make([]*edge.Order, 0, 1+len(b.With))
	for _, id := range b.Members() {
		if o := s.Order(b.Client, id); o != nil {
			out = append(out, o)
		}
	}
	return out
}

// indexDesk keeps an order in the queue of the desks, or the first of those that
// go into one box once all of them are there.
func (s *State) indexDesk(key string, o *edge.Order, was string, m *orderMark) {
	x := &s.idx
	if was != m.group {
		s.ungroup(was, key)
		if m.group != "" {
			list := x.groups[m.group]
			i, _ := slices.BinarySearch(list, key)
			x.groups[m.group] = slices.Insert(slices.Clip(list), i, key)
		}
	}
	if m.group == "" {
		x.pack.set(key, deskRank(m), atDesk(o, m))
		return
	}
	s.indexGroup(m.group)
}

// ungroup takes an order out of its group.
func (s *State) ungroup(group, key string) {
	if group == "" {
		return
	}
	list := s.idx.groups[group]
	if i, ok := slices.BinarySearch(list, key); ok {
		list = slices.Delete(slices.Clone(list), i, i+1)
	}
	if s.idx.groups[group] = list; len(list) == 0 {
		delete(s.idx.groups, group)
	}
	s.idx.pack.set(key, rank{}, false)
	s.indexGroup(group)
}

// indexGroup puts the first of a group into the queue, or none of it.
func (s *State) indexGroup(group string) {
	var first *row[edge.Order]
	ready := true
	for _, key := range s.idx.groups[group] {
		r := s.orders.rows[key]
		if r == nil || r.now == nil || r.mark == nil || r.now.Stage == edge.StageCancelled {
			continue // whoever opens the box meets a cancelled one there
		}
		ready = ready && atDesk(r.now, r.mark)
		if first == nil || byPlace(r.now, first.now) < 0 {
			first = r
		}
	}
	for _, key := range s.idx.groups[group] {
		in := ready && first != nil && first.key == key
		var at rank
		if in {
			at = deskRank(first.mark)
		}
		s.idx.pack.set(key, at, in)
	}
}

// atDesk tells that a desk may begin with an order.
func atDesk(o *edge.Order, m *orderMark) bool {
	return m.free && m.totes && (o.Stage == edge.StagePicked || o.Stage == edge.StagePacking)
}

// fillGroup makes the facts of a change of the recipient for those that an order
// goes into one box with: it leaves them, and goes with others where the change
// names them.
func (d *decider) fillGroup(o *edge.Order, r *edge.OrderChange, e *edge.OrderChanged) {
	e.Consolidate, e.Together = r.Consolidate, r.Together
	if d.s.inBoxes(o) != nil {
		e.Apart = true
	}
	e.Alone = e.Together == "" && o.Together != ""
}

// regrouped follows a change for those that an order was to go into one box with,
// and for those that it is to go with now.
func (d *decider) regrouped(o *edge.Order, e *edge.OrderChanged) {
	if w := d.s.Work(o.Work); w != nil && w.Flow == edge.Pack && len(w.Orders) > 1 && (e.Alone || e.Together != "") && !e.Apart && !e.Cancelled {
		d.part(w.ID, w.Station, o, d.s.ordersOf(w), e.Kind)
	}
	if e.Held != "" {
		for _, in := range d.s.together(o) {
			d.reoffer(in, "")
		}
	}
	to := e.Together
	if to == "" && !e.Alone && (e.Carrier != "" || e.Route != "") {
		to = o.Together // the key stays, those who have it are others
	}
	if to == "" {
		return
	}
	d.leavesQueue(o)
	d.reoffer(o, "") // it waits for those that it goes with now
	d.awaited(o.Client, cmp.Or(e.Carrier, o.Carrier), cmp.Or(e.Route, o.Route), to)
}

// awaited takes the totes of orders away from desks that were offered them: they
// go into one box with an order that has just come.
func (d *decider) awaited(client, carrier, route, together string) {
	if together == "" {
		return
	}
	for _, key := range slices.Clone(d.s.idx.groups[openGroup(client, carrier, route, together)]) {
		if o := d.s.orders.get(key); o != nil {
			d.reoffer(o, "")
		}
	}
}
