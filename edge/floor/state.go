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
	ledger
	practice bool // what is in it is not real; see NewPractice

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

	// These stand in the table of site, each under a prefix.
	stock   *table[edge.Stock]     // by stockKey
	serials *table[edge.SerialUse] // by serialKey
	counts  *table[edge.CountTask]
	moves   *table[edge.MoveTask]
	sold    *table[edge.SoldSerials]
	weights *table[edge.LearnedWeight]
	lists   *table[edge.List] // by listKey
	parcels *table[edge.Parcel]

	containers *table[edge.Container]
	watches    *table[edge.Watch] // by the box
	cases      *table[edge.Case]

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

// NewState makes the state before the first event. The tables stand in the
// order of Each; a new one needs a line here and, where it is looked up by more
// than its key, an index.
func NewState() *State {
	s := &State{idx: newIndexes()}
	l := &s.ledger
	s.attempts = newTable(l, edge.TableAttempts, "", shallow[edge.Attempt])
	s.boxes = newTable(l, edge.TableBoxes, "", cloneBox)
	s.leases = newTable(l, edge.TableLeases, "", shallow[edge.Lease])
	s.orders = newTable(l, edge.TableOrders, "", cloneOrder)
	s.printers = newTable(l, edge.TablePrinters, "", shallow[edge.PrinterStatus])
	s.returns = newTable(l, edge.TableReturns, "", shallow[edge.ReturnCase])
	s.cases = newTable(l, edge.TableSite, edge.CasePrefix, shallow[edge.Case])
	s.containers = newTable(l, edge.TableSite, edge.ContainerPrefix, shallow[edge.Container])
	s.watches = newTable(l, edge.TableSite, edge.WatchPrefix, shallow[edge.Watch])
	s.counts = newTable(l, edge.TableSite, edge.CountPrefix, shallow[edge.CountTask])
	s.lists = newTable(l, edge.TableSite, edge.ListPrefix, shallow[edge.List])
	s.moves = newTable(l, edge.TableSite, edge.MovePrefix, shallow[edge.MoveTask])
	s.parcels = newTable(l, edge.TableSite, "", shallow[edge.Parcel]) // by their bare names: no row of another table has one
	s.serials = newTable(l, edge.TableSite, edge.SerialPrefix, shallow[edge.SerialUse])
	s.sold = newTable(l, edge.TableSite, edge.SoldPrefix, shallow[edge.SoldSerials])
	s.site = newTable(l, edge.TableSite, "", shallow[edge.Site])
	s.stock = newTable(l, edge.TableSite, edge.StockPrefix, shallow[edge.Stock])
	s.weights = newTable(l, edge.TableSite, edge.WeightPrefix, shallow[edge.LearnedWeight])
	s.totes = newTable(l, edge.TableTotes, "", shallow[edge.Tote])
	s.trucks = newTable(l, edge.TableTrucks, "", shallow[edge.Truck])
	s.waybills = newTable(l, edge.TableWaybills, "", shallow[edge.WaybillUse])
	s.work = newTable(l, edge.TableWork, "", shallow[edge.Work])
	s.workers = newTable(l, edge.TableWorkers, "", shallow[edge.WorkerState])

	s.orders.index = s.indexOrder
	s.boxes.index = func(r *row[edge.Box]) { s.indexBox(r.key, r.now) }
	s.work.index = func(r *row[edge.Work]) { s.indexWork(r.key, r.now) }
	s.waybills.index = s.indexNumber
	s.totes.index = func(r *row[edge.Tote]) { mark(s.idx.waves, r.key, r.now != nil && r.now.Wave != "") }
	s.stock.index = s.indexStock
	s.trucks.index = s.indexTruck
	s.lists.index = s.indexList
	s.sold.index = s.indexSold
	s.watches.index = s.indexWatch
	s.cases.index = s.indexCase
	s.returns.index = s.indexReturn

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
	for _, t := range s.msg {
		t.accept()
	}
	s.msg = s.msg[:0]
}

// DropMessage takes the message's changes back.
func (s *State) DropMessage() {
	for _, t := range s.msg {
		t.dropMessage()
	}
	s.msg = s.msg[:0]
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
	n := 0
	for _, t := range s.tables {
		n += t.open()
	}
	if n == 0 {
		return nil
	}
	out := make([]edge.Change, 0, n)
	for _, t := range s.tables {
		out = t.seal(out)
	}
	return out
}

// SettleBatch makes the sealed batch final.
func (s *State) SettleBatch() {
	for _, t := range s.tables {
		t.settle()
	}
}

// DropBatch takes back the open batch and the sealed one.
func (s *State) DropBatch() {
	s.DropMessage()
	for _, t := range s.tables {
		t.dropBatch()
	}
	s.reindex()
}

// reindex brings the indexes up to date with the rows touched since last time.
func (s *State) reindex() {
	for i := 0; i < len(s.dirty); i++ {
		s.dirty[i].reindex()
	}
	s.dirty = s.dirty[:0]
}
