package floor

import (
	"slices"

	"dcedge/edge"
)

// State is everything that is open on the floor, as the events made it. Use
// NewState. It belongs to one goroutine.
//
// Per message: BeginMessage, Apply for each event, then AcceptMessage or
// DropMessage. What was not accepted is dropped by BeginMessage. Per batch:
// SealBatch when it goes to the disk, then SettleBatch or DropBatch; meanwhile
// the next batch may be made on top of the sealed one.
type State struct {
	orders   *table[edge.Order] // by OrderKey
	totes    *table[edge.Tote]
	boxes    *table[edge.Box]
	work     *table[edge.Work]
	workers  *table[edge.WorkerState]
	attempts *table[edge.Attempt]
	trucks   *table[edge.Truck]
	leases   *table[edge.Lease]
	waybills *table[edge.WaybillUse] // by WaybillKey
	printers *table[edge.PrinterStatus]
	returns  *table[edge.ReturnCase] // by OrderKey
	site     *table[edge.Site]
	stock    *table[edge.Stock]     // by stockKey; this and those below stand in the table of site
	serials  *table[edge.SerialUse] // by serialKey
	counts   *table[edge.CountTask] // by edge.CountPrefix + id
	moves    *table[edge.MoveTask]  // by edge.MovePrefix + id
	weights  *table[edge.LearnedWeight]

	idx  indexes
	room rooms
}

// siteKey is the key of the one row of the site table.
const siteKey = "site"

// OrderKey is the key of an order or a return in its table.
func OrderKey(client, id string) string { return client + "\x00" + id }

// WaybillKey is the key of a number of a space: a carrier's id, or whose numbers
// the carriers of several ids share.
func WaybillKey(space, number string) string { return space + "\x00" + number }

// NewState makes the state before the first event.
func NewState() *State {
	s := &State{
		orders:   withIndex(newTable(edge.TableOrders, cloneOrder)),
		totes:    withIndex(newTable(edge.TableTotes, shallow[edge.Tote])),
		boxes:    withIndex(newTable(edge.TableBoxes, cloneBox)),
		work:     withIndex(newTable(edge.TableWork, shallow[edge.Work])),
		workers:  newTable(edge.TableWorkers, shallow[edge.WorkerState]),
		attempts: newTable(edge.TableAttempts, shallow[edge.Attempt]),
		trucks:   withIndex(newTable(edge.TableTrucks, shallow[edge.Truck])),
		leases:   newTable(edge.TableLeases, shallow[edge.Lease]),
		waybills: withIndex(newTable(edge.TableWaybills, shallow[edge.WaybillUse])),
		printers: newTable(edge.TablePrinters, shallow[edge.PrinterStatus]),
		returns:  newTable(edge.TableReturns, shallow[edge.ReturnCase]),
		site:     newTable(edge.TableSite, shallow[edge.Site]),
		stock:    withIndex(newTable(edge.TableSite, shallow[edge.Stock])),
		serials:  newTable(edge.TableSite, shallow[edge.SerialUse]),
		counts:   newTable(edge.TableSite, shallow[edge.CountTask]),
		moves:    newTable(edge.TableSite, shallow[edge.MoveTask]),
		weights:  newTable(edge.TableSite, shallow[edge.LearnedWeight]),
		idx:      newIndexes(),
	}
	s.site.inPlace = true
	s.site.rows[siteKey] = &row[edge.Site]{key: siteKey, now: &edge.Site{}}
	return s
}

func shallow[V any](v *V) *V { c := *v; return &c }

// The clones copy the slices that Apply writes into. Of the others, Work.Undo
// and Truck.Boxes are appended to in place: the history of a row is a line, so
// what lies beyond the length of an older row belongs to the newest alone. All
// else grows through grow, which never writes into a shared array.
func cloneOrder(o *edge.Order) *edge.Order {
	r := &orderRoom{order: *o}
	r.order.Lines = append(r.lines[:0], o.Lines...)
	return &r.order
}

// orderRoom is an order with room for the list of few lines: one piece of
// memory, as most orders have few.
type orderRoom struct {
	order edge.Order
	lines [4]*edge.Line
}

func cloneBox(b *edge.Box) *edge.Box {
	c := *b
	c.Items = slices.Clone(b.Items)
	return &c
}

// grow appends without writing into an array that others may share.
func grow(list []string, s string) []string { return append(slices.Clip(list), s) }

// without gives list without s, in a new array where it changes.
func without(list []string, s string) []string {
	i := slices.Index(list, s)
	if i < 0 {
		return list
	}
	out := make([]string, 0, len(list)-1)
	return append(append(out, list[:i]...), list[i+1:]...)
}

// BeginMessage drops what the last message left unaccepted.
func (s *State) BeginMessage() { s.DropMessage() }

// AcceptMessage makes the message's changes part of the batch.
func (s *State) AcceptMessage() {
	accept(s.orders)
	accept(s.totes)
	accept(s.boxes)
	accept(s.work)
	accept(s.workers)
	accept(s.attempts)
	accept(s.trucks)
	accept(s.leases)
	accept(s.waybills)
	accept(s.printers)
	accept(s.returns)
	accept(s.site)
	accept(s.stock)
	accept(s.serials)
	accept(s.counts)
	accept(s.moves)
	accept(s.weights)
}

func accept[V any](t *table[V]) {
	if len(t.msg) > 0 {
		t.accept()
	}
}

// DropMessage takes the message's changes back.
func (s *State) DropMessage() {
	s.orders.dropMessage()
	s.totes.dropMessage()
	s.boxes.dropMessage()
	s.work.dropMessage()
	s.workers.dropMessage()
	s.attempts.dropMessage()
	s.trucks.dropMessage()
	s.leases.dropMessage()
	s.waybills.dropMessage()
	s.printers.dropMessage()
	s.returns.dropMessage()
	s.site.dropMessage()
	s.stock.dropMessage()
	s.serials.dropMessage()
	s.counts.dropMessage()
	s.moves.dropMessage()
	s.weights.dropMessage()
	s.reindex()
}

// CommitBatch is SealBatch and SettleBatch in one.
func (s *State) CommitBatch() []edge.Change {
	out := s.SealBatch()
	s.SettleBatch()
	return out
}

// SealBatch ends the open batch and tells what it changed: by table, then in
// the order of the first change. The values are immutable from now on. The
// batch before it must be settled.
func (s *State) SealBatch() []edge.Change {
	s.DropMessage()
	n := len(s.orders.batch) + len(s.totes.batch) + len(s.boxes.batch) + len(s.work.batch) + len(s.workers.batch) +
		len(s.attempts.batch) + len(s.trucks.batch) + len(s.leases.batch) + len(s.waybills.batch) + len(s.printers.batch) +
		len(s.returns.batch) + len(s.site.batch) + len(s.stock.batch) + len(s.serials.batch) +
		len(s.counts.batch) + len(s.moves.batch) + len(s.weights.batch)
	if n == 0 {
		return nil
	}
	out := make([]edge.Change, 0, n)
	out = changes(out, s.orders)
	out = changes(out, s.totes)
	out = changes(out, s.boxes)
	out = changes(out, s.work)
	out = changes(out, s.workers)
	out = changes(out, s.attempts)
	out = changes(out, s.trucks)
	out = changes(out, s.leases)
	out = changes(out, s.waybills)
	out = changes(out, s.printers)
	out = changes(out, s.returns)
	out = changes(out, s.counts)
	out = changes(out, s.moves)
	out = changes(out, s.serials)
	out = changes(out, s.site)
	out = changes(out, s.stock)
	return changes(out, s.weights)
}

func changes[V any](out []edge.Change, t *table[V]) []edge.Change {
	t.seal(func(key string, now *V) {
		c := edge.Change{Table: t.name, Key: key}
		if now != nil {
			c.Value = now
		}
		out = append(out, c)
	})
	return out
}

// SettleBatch makes the sealed batch final.
func (s *State) SettleBatch() {
	s.orders.settle()
	s.totes.settle()
	s.boxes.settle()
	s.work.settle()
	s.workers.settle()
	s.attempts.settle()
	s.trucks.settle()
	s.leases.settle()
	s.waybills.settle()
	s.printers.settle()
	s.returns.settle()
	s.site.settle()
	s.stock.settle()
	s.serials.settle()
	s.counts.settle()
	s.moves.settle()
	s.weights.settle()
}

// DropBatch takes back the open batch and the sealed one.
func (s *State) DropBatch() {
	s.DropMessage()
	s.orders.dropBatch()
	s.totes.dropBatch()
	s.boxes.dropBatch()
	s.work.dropBatch()
	s.workers.dropBatch()
	s.attempts.dropBatch()
	s.trucks.dropBatch()
	s.leases.dropBatch()
	s.waybills.dropBatch()
	s.printers.dropBatch()
	s.returns.dropBatch()
	s.site.dropBatch()
	s.stock.dropBatch()
	s.serials.dropBatch()
	s.counts.dropBatch()
	s.moves.dropBatch()
	s.weights.dropBatch()
	s.reindex()
}
