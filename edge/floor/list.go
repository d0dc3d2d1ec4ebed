package floor

import (
	"math"
	"slices"
	"time"

	"dcedge/edge"
)

// listMost bounds how many orders one walk begins with.
const listMost = 200

func listKey(client, id string) string { return edge.ListPrefix + client + "\x00" + id }

// waits tells that nobody has begun an order: it can stand on a list.
func waits(o *edge.Order) bool {
	return o.Stage == edge.StageReceived && o.Work == "" && len(o.Totes) == 0 && o.Wave == ""
}

// applyList takes a list; the orders that it names leave the one that they were
// on. What the WMS sends again stands in the place of what it sent before.
func (s *State) applyList(e *edge.Event, d *edge.PickListReceived) {
	own := e.Type == edge.EvPickListFormed
	if own {
		bump(&s.site.edit(siteKey).Lists, d.PickList)
	}
	key := listKey(e.Client, d.PickList)
	s.endList(key)
	mode, at := d.Mode, norm(d.ReleaseAt)
	if mode == "" {
		mode = modeOrder
	}
	if mode == modeOrder && at.IsZero() {
		return // orders that are picked one by one need no list
	}
	s.lists.put(key, &edge.List{ID: d.PickList, Client: e.Client, Mode: mode, Own: own, ReleaseAt: at, Seq: e.Seq})
	for i, id := range d.Orders {
		switch o := s.Order(e.Client, id); {
		case slices.Contains(d.Orders[:i], id): // named twice
		case o != nil && waits(o):
			s.joinList(key, s.editOrder(e.Client, id))
		case o == nil || o.Stage == edge.StageParked:
			l := s.lists.edit(key)
			l.Unknown = grow(l.Unknown, id)
		}
	}
	s.dropEmptyList(key)
}

// joinList puts an order on a list.
func (s *State) joinList(key string, o *edge.Order) {
	s.offList(o)
	l := s.lists.edit(key)
	l.Orders = grow(l.Orders, o.ID)
	l.Priority = max(l.Priority, o.Priority)
	if !o.Cutoff.IsZero() && (l.Cutoff.IsZero() || o.Cutoff.Before(l.Cutoff)) {
		l.Cutoff = o.Cutoff
	}
	t := termsOf(o)
	t.List, t.Reserved = l.ID, !l.Own
}

// awaited puts an order that was just taken up on the list that names it.
func (s *State) awaited(o *edge.Order) {
	key, ok := s.idx.awaited[OrderKey(o.Client, o.ID)]
	if !ok || o.Stage != edge.StageReceived {
		return
	}
	l := s.lists.edit(key)
	l.Unknown = without(l.Unknown, o.ID)
	s.joinList(key, o)
}

// offList takes an order's new version off its list.
func (s *State) offList(o *edge.Order) {
	if o.List == "" {
		return
	}
	key := listKey(o.Client, o.List)
	t := termsOf(o)
	t.List, t.Reserved = "", false
	if l := s.lists.edit(key); l != nil {
		l.Orders = without(l.Orders, o.ID)
		s.dropEmptyList(key)
	}
}

func (s *State) dropEmptyList(key string) {
	if l := s.lists.get(key); l != nil && len(l.Orders)+len(l.Unknown) == 0 {
		s.lists.remove(key)
	}
}

// endList ends a list; who still stands on it is free.
func (s *State) endList(key string) {
	l := s.lists.get(key)
	if l == nil {
		return
	}
	s.lists.remove(key)
	for _, id := range l.Orders {
		if o := s.editOrder(l.Client, id); o != nil {
			t := termsOf(o)
			t.List, t.Reserved = "", false
		}
	}
}

// indexList keeps the lists of a mode in the order in which they are given out,
// how many orders wait on them, and who awaits which order.
func (s *State) indexList(r *row[edge.List]) {
	x := &s.idx
	for _, id := range x.unknown[r.key] {
		if x.awaited[id] == r.key {
			delete(x.awaited, id)
		}
	}
	delete(x.unknown, r.key)
	if was, had := x.listMode[r.key]; had {
		queue(x.lists, was.mode).set(r.key, rank{}, false)
		queue(x.later, was.mode).set(r.key, rank{}, false)
		add(x.listed, was.mode, -was.orders)
		delete(x.listMode, r.key)
	}
	l := r.now
	if l == nil {
		return
	}
	at := rank{cutoff: math.MaxInt64, urgent: -l.Priority, seq: l.Seq}
	if !l.Cutoff.IsZero() {
		at.cutoff = l.Cutoff.UnixMilli()
	}
	queue(x.lists, l.Mode).set(r.key, at, len(l.Orders) > 0)
	queue(x.later, l.Mode).set(r.key, rank{cutoff: l.ReleaseAt.UnixMilli(), seq: l.Seq}, len(l.Orders) > 0 && !l.ReleaseAt.IsZero())
	add(x.listed, l.Mode, len(l.Orders))
	x.listMode[r.key] = listMark{mode: l.Mode, orders: len(l.Orders)}
	for _, id := range l.Unknown {
		key := OrderKey(l.Client, id)
		x.unknown[r.key] = append(x.unknown[r.key], key)
		x.awaited[key] = r.key
	}
}

// listMark is what the indexes hold of a list.
type listMark struct {
	mode   string
	orders int
}

// given is how many orders stand on lists of a mode that are given out by now.
func (v *View) given(mode string) int {
	n := v.State.idx.listed[mode]
	if q := v.State.idx.later[mode]; q != nil {
		q.past(v.Now.UnixMilli(), func(r rank) bool {
			n -= len(v.State.lists.get(r.key).Orders)
			return true
		})
	}
	return n
}

// releaseTold is how long after its time a list is told to idle screens: longer than a
// tick may be late.
const releaseTold = 2 * time.Minute

// givenOut has idle screens look again when the time of a list has come.
func (d *decider) givenOut() {
	for _, q := range d.s.idx.later {
		q.past(d.Now.Add(-releaseTold).UnixMilli(), func(r rank) bool {
			if r.cutoff <= d.Now.UnixMilli() {
				d.touch(Everyone)
			}
			return false
		})
	}
}

// EachList calls fn for every list.
func (s *State) EachList(fn func(*edge.List)) { s.lists.each(func(_ string, l *edge.List) { fn(l) }) }

// ready gives the orders of a list that may be begun now.
func (v *View) ready(l *edge.List) []*edge.Order {
	if l.ReleaseAt.After(v.Now) {
		return nil
	}
	out := make([]*edge.Order, 0, min(len(l.Orders), listMost))
	for _, id := range l.Orders {
		if o := v.State.Order(l.Client, id); o != nil && waits(o) && o.Held == "" && len(out) < listMost {
			out = append(out, o)
		}
	}
	return out
}

// givenAlone tells that the WMS has an order picked by itself, and that its list is given
// out by now.
func (v *View) givenAlone(o *edge.Order) bool {
	l := v.State.lists.get(listKey(o.Client, o.List))
	return o.Reserved && l != nil && l.Mode == modeOrder && !l.ReleaseAt.After(v.Now) && waits(o) && o.Held == ""
}

// nextList gives the list of a mode that is to be begun next, with the orders of
// it that may be; of those that fit, where fits is given.
func (v *View) nextList(mode string, fits func([]*edge.Order) bool) (list *edge.List, orders []*edge.Order) {
	queueOf(v.State.idx.lists, mode).each(func(r rank) bool {
		l := v.State.lists.get(r.key)
		if orders = v.ready(l); len(orders) > 0 && (fits == nil || fits(orders)) {
			list = l
		}
		return list == nil
	})
	return list, orders
}

// formList takes orders that were planned to be picked together, as far as they
// still may be: free, on no list, of one carrier and cut-off.
func (d *decider) formList() {
	r, ok := d.m.Body.(*edge.PickList)
	if !ok || r.Mode != modeTotal && r.Mode != modeCluster {
		d.reject(edge.Malformed, "")
		return
	}
	client := owner(r.Client)
	e := r.PickListReceived
	e.PickList, e.Orders = idOf("L-", d.s.Site().Lists+1), nil
	var first *edge.Order
	for _, id := range r.Orders {
		o := d.s.Order(client, id)
		if o == nil || !waits(o) || o.Held != "" || o.List != "" || slices.Contains(e.Orders, id) || len(e.Orders) >= listMost {
			continue
		}
		if first == nil {
			first = o
		}
		if o.Carrier == first.Carrier && o.Cutoff.Equal(first.Cutoff) {
			e.Orders = append(e.Orders, id)
		}
	}
	if len(e.Orders) < 2 {
		d.reject(edge.Unexpected, "orders: no two of them can be picked together any more")
		return
	}
	d.verdict(edge.OK, edge.Say{})
	d.event(edge.EvPickListFormed, client, "", &e)
}
