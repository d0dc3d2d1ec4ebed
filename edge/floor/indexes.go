package floor

import (
	"math"
	"time"

	"dcedge/edge"
)

// indexes are computed from the rows and never stored. They follow every event
// and every drop, through reindex.
type indexes struct {
	pick      *ordered            // orders that a picker may start
	loose     *ordered            // those of them that stand on no list
	zones     map[string]*ordered // by zone: those of which something lies there
	pack      *ordered            // orders that a desk may start
	parked    *ordered            // parked orders, oldest first
	closed    *ordered            // closed orders, by the time of closing
	trucks    *ordered            // closed trucks, by the time of closing
	load      map[string]*ordered // by lane: boxes that may go on a truck, and lie in no container
	waiting   map[string]*ordered // by lane: closed boxes that are on no truck
	boxAt     map[string]string   // lane under which a box is in load, stowed or waiting
	offered   map[string]string   // tote -> work of the desk that it is offered to
	offers    map[string]string   // work -> tote
	loaders   map[string]string   // load work -> truck
	docks     map[string]string   // dock -> the truck that stands open there
	clients   map[string]int      // of the orders
	carriers  map[string]int      // of the waybills
	stock     map[string][]string // client NUL SKU -> keys of what is known of it, sorted
	waves     map[string]bool     // the totes of waves
	left      map[string]bool     // waves that were put down: work in nobody's hands
	waits     *ordered            // held orders that wait for goods, by the end of it
	alike     map[string][]string // client NUL Order.Like -> keys of orders, sorted
	groups    map[string][]string // by groupOf: keys of the orders that go into one box, sorted
	owner     map[string]string   // waybill key -> carrier: what carriers holds
	sold      map[uint64]int      // hashes of serial numbers that were shipped
	soldOf    map[string][]uint64 // by row: what sold holds of it
	soldHours *ordered            // the rows, the oldest first
	lists     map[string]*ordered // by mode: lists with orders
	later     map[string]*ordered // by mode: those of lists that have a time to be given out at
	listed    map[string]int      // by mode: orders on lists
	listMode  map[string]listMark // list key -> what lists and listed hold
	unknown   map[string][]string // list key -> order keys that it awaits
	awaited   map[string]string   // order key -> list key
	unseen    *ordered            // packed boxes that no belt has seen, by the time of packing
	held      int                 // orders that are held and not at their end
	owed      int                 // orders of waves, of more than one piece, that have no cell yet

	outIndexes
}

func newIndexes() indexes {
	return indexes{pick: newOrdered(), loose: newOrdered(), zones: map[string]*ordered{}, sold: map[uint64]int{}, soldOf: map[string][]uint64{}, soldHours: newOrdered(), lists: map[string]*ordered{}, later: map[string]*ordered{}, listed: map[string]int{},
		listMode: map[string]listMark{}, unknown: map[string][]string{}, awaited: map[string]string{}, pack: newOrdered(), parked: newOrdered(), closed: newOrdered(), trucks: newOrdered(),
		load: map[string]*ordered{}, waiting: map[string]*ordered{}, boxAt: map[string]string{},
		offered: map[string]string{}, offers: map[string]string{}, loaders: map[string]string{}, docks: map[string]string{},
		clients: map[string]int{}, carriers: map[string]int{}, owner: map[string]string{},
		stock: map[string][]string{}, groups: map[string][]string{}, alike: map[string][]string{}, waits: newOrdered(), unseen: newOrdered(), waves: map[string]bool{}, left: map[string]bool{},
		outIndexes: newOutIndexes()}
}

// orderMark is what the indexes hold of an order: while it stays the same they
// need not be looked at.
type orderMark struct {
	rank   rank // without key
	stage  edge.OrderStage
	free   bool // neither in hand nor held
	held   bool
	totes  bool // and not among other orders' goods
	wave   bool
	closed int64
	boxes  int
	box    string // the last of them
	client string
	until  int64
	faulty bool
	back   bool // its goods were sent back
	list   string
	alone  bool // given out by its list alone
	zone   string
	zones  uint64
	group  string
	like   string // with its client
	route  string
	stuck  bool // counts in held
	owed   bool
}

func markOf(o *edge.Order) orderMark {
	m := orderMark{rank: orderRank(o), stage: o.Stage, free: o.Work == "" && o.Held == "", totes: len(o.Totes) > 0 && o.Wave == "", wave: o.Wave != "", held: o.Held != "",
		closed: o.Closed.UnixMilli(), boxes: len(o.Boxes), client: o.Client, faulty: o.Faulty, group: groupOf(o), route: o.Route}
	m.stuck = m.held && o.Closed.IsZero() && o.Stage != edge.StageCancelled
	m.owed = m.wave && len(o.Totes) == 0 && o.Stage != edge.StageCancelled && pieces(o) > 1
	m.list, m.alone, m.zone, m.back = o.List, o.Reserved, o.Zone, o.GoesBack == backCancelled
	_, m.zones = openZones(o)
	if o.Like != "" {
		m.like = o.Client + "\x00" + o.Like
	}
	if o.Held == heldWait {
		m.until = o.Until.UnixMilli()
	}
	if m.boxes > 0 {
		m.box = o.Boxes[m.boxes-1]
	}
	return m
}

// indexNumber keeps which carriers have numbers.
func (s *State) indexNumber(r *row[edge.WaybillUse]) {
	carrier := ""
	if r.now != nil {
		carrier = r.key[:len(r.key)-len(r.now.Number)-1]
	}
	count(s.idx.carriers, s.idx.owner, r.key, carrier)
}

func (s *State) indexTruck(r *row[edge.Truck]) {
	t := r.now
	in := t != nil && t.Closed
	var place rank
	if in {
		place.cutoff = t.At.UnixMilli()
	}
	s.idx.trucks.set(r.key, place, in)
	s.indexDock(r.key, t)
}

// mark keeps a key while it is in.
func mark(set map[string]bool, key string, in bool) {
	if in {
		set[key] = true
	} else if len(set) > 0 {
		delete(set, key)
	}
}

// count keeps how many rows name a carrier; now "" is none.
func count(counts map[string]int, owner map[string]string, key, now string) {
	was, had := owner[key]
	if had && was == now {
		return
	}
	if had {
		add(counts, was, -1)
		delete(owner, key)
	}
	if now != "" {
		counts[now]++
		owner[key] = now
	}
}

func add(counts map[string]int, name string, n int) {
	if counts[name] += n; counts[name] == 0 {
		delete(counts, name)
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

// deskRank is an order's place in the queue of the desks: one whose label cannot
// be made is offered last.
func deskRank(m *orderMark) rank {
	at := m.rank
	if m.faulty {
		at.cutoff, at.urgent = math.MaxInt64, math.MaxInt
	}
	return at
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

func (s *State) indexOrder(r *row[edge.Order]) {
	x, key, o := &s.idx, r.key, r.now
	if o == nil {
		if r.mark != nil {
			s.ungroup(r.mark.group, key)
			s.indexLike(key, r.mark.like, "")
			x.pick.set(key, rank{}, false)
			x.loose.set(key, rank{}, false)
			s.indexZones(key, nil, rank{}, false)
			x.pack.set(key, rank{}, false)
			x.parked.set(key, rank{}, false)
			x.closed.set(key, rank{}, false)
			x.waits.set(key, rank{}, false)
			add(x.clients, r.mark.client, -1)
			x.held, x.owed = x.held-btoi(r.mark.stuck), x.owed-btoi(r.mark.owed)
			r.mark = nil
		}
		return
	}
	m, was := markOf(o), orderMark{}
	if r.mark != nil {
		was = *r.mark
	}
	switch {
	case r.mark == nil:
		r.mark = new(orderMark)
		add(x.clients, m.client, 1)
	case *r.mark == m:
		return
	}
	*r.mark = m
	x.held, x.owed = x.held+btoi(m.stuck)-btoi(was.stuck), x.owed+btoi(m.owed)-btoi(was.owed)
	pick := m.free && !m.wave && !m.alone && (o.Stage == edge.StageReceived || o.Stage == edge.StagePicking)
	x.pick.set(key, m.rank, pick)
	x.loose.set(key, m.rank, pick && m.list == "")
	if m.zones != 0 || m.zone != "" || len(x.zones) > 0 {
		s.indexZones(key, o, m.rank, pick)
	}
	s.indexDesk(key, o, was.group, r.mark)
	s.indexLike(key, was.like, m.like)
	x.parked.set(key, rank{seq: o.Seq}, o.Stage == edge.StageParked)
	x.closed.set(key, rank{cutoff: m.closed, seq: o.Seq}, !o.Closed.IsZero())
	x.waits.set(key, rank{cutoff: m.until, seq: o.Seq}, m.until != 0)
	for _, id := range o.Boxes {
		s.indexBox(id, s.boxes.get(id))
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
	mark(x.left, id, w != nil && w.Worker == "")
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
