package floor

import (
	"math"
	"time"

	"dcedge/edge"
)

// indexes are computed from the rows and never stored. They follow every event
// and every drop, through reindex.
type indexes struct {
	pick     *ordered            // orders that a picker may start
	pack     *ordered            // orders that a desk may start
	parked   *ordered            // parked orders, oldest first
	closed   *ordered            // closed orders, by the time of closing
	trucks   *ordered            // closed trucks, by the time of closing
	load     map[string]*ordered // by carrier: boxes that may go on a truck
	waiting  map[string]*ordered // by carrier: closed boxes that are on no truck
	boxAt    map[string]string   // carrier under which a box is in load or waiting
	offered  map[string]string   // tote -> work of the desk that it is offered to
	offers   map[string]string   // work -> tote
	loaders  map[string]string   // load work -> truck
	docks    map[string]string   // dock -> the truck that stands open there
	clients  map[string]int      // of the orders
	carriers map[string]int      // of the waybills
	owner    map[string]string   // order key -> client, waybill key -> carrier: what the counts hold
}

func newIndexes() indexes {
	return indexes{pick: newOrdered(), pack: newOrdered(), parked: newOrdered(), closed: newOrdered(), trucks: newOrdered(),
		load: map[string]*ordered{}, waiting: map[string]*ordered{}, boxAt: map[string]string{},
		offered: map[string]string{}, offers: map[string]string{}, loaders: map[string]string{}, docks: map[string]string{},
		clients: map[string]int{}, carriers: map[string]int{}, owner: map[string]string{}}
}

// reindex brings the indexes up to date with the rows touched since last time.
func (s *State) reindex() {
	for _, k := range s.orders.dirty {
		s.indexOrder(k, s.orders.rows[k])
	}
	s.orders.dirty = s.orders.dirty[:0]
	for _, k := range s.boxes.dirty {
		s.indexBox(k, s.boxes.rows[k])
	}
	s.boxes.dirty = s.boxes.dirty[:0]
	for _, k := range s.work.dirty {
		s.indexWork(k, s.work.rows[k])
	}
	s.work.dirty = s.work.dirty[:0]
	for _, k := range s.waybills.dirty {
		var carrier string
		if s.waybills.rows[k] != nil {
			carrier = k[:len(k)-len(s.waybills.rows[k].Number)-1]
		}
		count(s.idx.carriers, s.idx.owner, "w"+k, carrier)
	}
	s.waybills.dirty = s.waybills.dirty[:0]
	for _, k := range s.trucks.dirty {
		t := s.trucks.rows[k]
		in := t != nil && t.Closed
		var r rank
		if in {
			r.cutoff = t.At.UnixMilli()
		}
		s.idx.trucks.set(k, r, in)
		s.indexDock(k, t)
	}
	s.trucks.dirty = s.trucks.dirty[:0]
	s.totes.dirty, s.workers.dirty, s.attempts.dirty = s.totes.dirty[:0], s.workers.dirty[:0], s.attempts.dirty[:0]
	s.leases.dirty, s.printers.dirty = s.leases.dirty[:0], s.printers.dirty[:0]
	s.returns.dirty, s.site.dirty = s.returns.dirty[:0], s.site.dirty[:0]
}

// count keeps how many rows name a client or a carrier; now "" is none.
func count(counts map[string]int, owner map[string]string, key, now string) {
	was, had := owner[key]
	if had && was == now {
		return
	}
	if had {
		if counts[was]--; counts[was] == 0 {
			delete(counts, was)
		}
		delete(owner, key)
	}
	if now != "" {
		counts[now]++
		owner[key] = now
	}
}

// indexDock keeps which truck stands open at which dock.
func (s *State) indexDock(id string, t *edge.Truck) {
	if t != nil && !t.Closed {
		s.idx.docks[t.Dock] = id
		return
	}
	for dock, truck := range s.idx.docks {
		if truck == id {
			delete(s.idx.docks, dock)
		}
	}
}

func orderRank(o *edge.Order) rank {
	r := rank{cutoff: math.MaxInt64, urgent: -o.Priority, age: o.Received.UnixMilli(), seq: o.Seq}
	if !o.Cutoff.IsZero() {
		r.cutoff = o.Cutoff.UnixMilli()
	}
	if !o.OrderedAt.IsZero() {
		r.age = o.OrderedAt.UnixMilli()
	}
	return r
}

func (s *State) indexOrder(key string, o *edge.Order) {
	x := &s.idx
	if o == nil {
		for _, q := range []*ordered{x.pick, x.pack, x.parked, x.closed} {
			q.set(key, rank{}, false)
		}
		count(x.clients, x.owner, "o"+key, "")
		return
	}
	r := orderRank(o)
	free := o.Work == "" && o.Held == ""
	x.pick.set(key, r, free && (o.Stage == edge.StageReceived || o.Stage == edge.StagePicking))
	x.pack.set(key, r, free && (o.Stage == edge.StagePicked || o.Stage == edge.StagePacking))
	x.parked.set(key, rank{seq: o.Seq}, o.Stage == edge.StageParked)
	x.closed.set(key, rank{cutoff: o.Closed.UnixMilli(), seq: o.Seq}, !o.Closed.IsZero())
	count(x.clients, x.owner, "o"+key, o.Client)
	for _, id := range o.Boxes {
		s.indexBox(id, s.boxes.rows[id])
	}
}

func (s *State) indexBox(id string, b *edge.Box) {
	x := &s.idx
	if was, had := x.boxAt[id]; had && (b == nil || b.Carrier != was) {
		queue(x.load, was).set(id, rank{}, false)
		queue(x.waiting, was).set(id, rank{}, false)
		delete(x.boxAt, id)
	}
	if b == nil {
		return
	}
	o := s.orders.rows[OrderKey(b.Client, b.Order)]
	here := b.Closed && b.Truck == "" && o != nil && o.Stage != edge.StageCancelled
	if !here && x.boxAt[id] == "" {
		return
	}
	var r rank
	if o != nil {
		r = orderRank(o)
	}
	queue(x.waiting, b.Carrier).set(id, r, here)
	queue(x.load, b.Carrier).set(id, r, here && b.Bound != "" && o.Held == "")
	x.boxAt[id] = b.Carrier
	if !here {
		delete(x.boxAt, id)
	}
}

func queue(m map[string]*ordered, carrier string) *ordered {
	q := m[carrier]
	if q == nil {
		q = newOrdered()
		m[carrier] = q
	}
	return q
}

func (s *State) indexWork(id string, w *edge.Work) {
	x := &s.idx
	if tote, had := x.offers[id]; had && (w == nil || w.Offered != tote) {
		if x.offered[tote] == id {
			delete(x.offered, tote)
		}
		delete(x.offers, id)
	}
	if w == nil {
		delete(x.loaders, id)
		return
	}
	if w.Offered != "" {
		x.offered[w.Offered] = id
		x.offers[id] = w.Offered
	}
	if w.Flow == edge.Load {
		x.loaders[id] = w.Truck
	}
}

// keep is how long a closed order and what belongs to it stay in the state.
const keep = 48 * time.Hour
