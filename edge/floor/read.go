package floor

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"dcedge/edge"
)

// ErrTable is returned by Load for a table that the state does not have.
var ErrTable = errors.New("floor: no such table")

// Order finds an order; nil where there is none. What the readers give is
// shared and must not be changed.
func (s *State) Order(client, id string) *edge.Order {
	var room [keyRoom]byte
	return s.orders.getBytes(appendKey(room[:0], client, id))
}

// editOrder gives an order to change, nil where there is none.
func (s *State) editOrder(client, id string) *edge.Order {
	var room [keyRoom]byte
	return s.orders.editBytes(appendKey(room[:0], client, id))
}

// editLines is editOrder for a change of its lines alone, which no index looks at.
func (s *State) editLines(client, id string) *edge.Order {
	var room [keyRoom]byte
	return s.orders.editBytesQuiet(appendKey(room[:0], client, id))
}

// keyRoom is room for most keys of two parts: a longer one is allocated.
const keyRoom = 96

func appendKey(b []byte, first, second string) []byte {
	return append(append(append(b, first...), 0), second...)
}

// Tote finds a tote in use.
func (s *State) Tote(id string) *edge.Tote { return s.totes.get(id) }

// Box finds a box.
func (s *State) Box(id string) *edge.Box { return s.boxes.get(id) }

// Work finds a piece of work in hand.
func (s *State) Work(id string) *edge.Work { return s.work.get(id) }

// Worker finds what is remembered of a worker.
func (s *State) Worker(id string) *edge.WorkerState { return s.workers.get(id) }

// WorkOf finds the work that a worker has in hand.
func (s *State) WorkOf(worker string) *edge.Work {
	if w := s.workers.get(worker); w != nil && w.Work != "" {
		return s.work.get(w.Work)
	}
	return nil
}

// Attempt finds a print attempt.
func (s *State) Attempt(id string) *edge.Attempt { return s.attempts.get(id) }

// Truck finds a truck.
func (s *State) Truck(id string) *edge.Truck { return s.trucks.get(id) }

// Lease finds a range of waybill numbers.
func (s *State) Lease(id string) *edge.Lease { return s.leases.get(id) }

// Waybill finds whose a number of a space is; see WaybillKey.
func (s *State) Waybill(space, number string) *edge.WaybillUse {
	return s.waybills.get(WaybillKey(space, number))
}

// Printer finds the last known state of a printer.
func (s *State) Printer(name string) *edge.PrinterStatus { return s.printers.get(name) }

// Site gives the counters.
func (s *State) Site() *edge.Site { return s.site.get(siteKey) }

// EachOrder calls fn for every order in the order of the keys.
func (s *State) EachOrder(fn func(*edge.Order)) {
	s.orders.each(func(_ string, v *edge.Order) { fn(v) })
}

// EachTote calls fn for every tote in use.
func (s *State) EachTote(fn func(*edge.Tote)) { s.totes.each(func(_ string, v *edge.Tote) { fn(v) }) }

// EachBox calls fn for every box.
func (s *State) EachBox(fn func(*edge.Box)) { s.boxes.each(func(_ string, v *edge.Box) { fn(v) }) }

// EachWork calls fn for all work in hand.
func (s *State) EachWork(fn func(*edge.Work)) { s.work.each(func(_ string, v *edge.Work) { fn(v) }) }

// EachWorker calls fn for every worker who did something.
func (s *State) EachWorker(fn func(*edge.WorkerState)) {
	s.workers.each(func(_ string, v *edge.WorkerState) { fn(v) })
}

// EachAttempt calls fn for every print attempt.
func (s *State) EachAttempt(fn func(*edge.Attempt)) {
	s.attempts.each(func(_ string, v *edge.Attempt) { fn(v) })
}

// EachTruck calls fn for every truck.
func (s *State) EachTruck(fn func(*edge.Truck)) {
	s.trucks.each(func(_ string, v *edge.Truck) { fn(v) })
}

// EachLease calls fn for every range of numbers.
func (s *State) EachLease(fn func(*edge.Lease)) {
	s.leases.each(func(_ string, v *edge.Lease) { fn(v) })
}

// EachPrinter calls fn for every printer that was heard of.
func (s *State) EachPrinter(fn func(*edge.PrinterStatus)) {
	s.printers.each(func(_ string, v *edge.PrinterStatus) { fn(v) })
}

// Tables lists the names of the tables in the order of Each and Hash.
func (s *State) Tables() []string {
	return []string{s.attempts.name, s.boxes.name, s.leases.name, s.orders.name, s.printers.name, s.returns.name,
		s.site.name, s.totes.name, s.trucks.name, s.waybills.name, s.work.name, s.workers.name}
}

// Each calls fn for every row of all tables, by table and key; v is a pointer
// to an entity of package edge.
func (s *State) Each(fn func(table, key string, v any)) {
	each(s.attempts, fn)
	each(s.boxes, fn)
	each(s.leases, fn)
	each(s.orders, fn)
	each(s.printers, fn)
	each(s.returns, fn)
	each(s.counts, fn)
	each(s.moves, fn)
	each(s.serials, fn)
	each(s.site, fn)
	each(s.stock, fn)
	each(s.weights, fn)
	each(s.totes, fn)
	each(s.trucks, fn)
	each(s.waybills, fn)
	each(s.work, fn)
	each(s.workers, fn)
}

func each[V any](t *table[V], fn func(string, string, any)) {
	t.each(func(k string, v *V) { fn(t.name, k, v) })
}

// Load puts a row that was kept as JSON back, outside any message. Errors:
// ErrTable, or what encoding/json says.
func (s *State) Load(table, key string, data []byte) error {
	var err error
	switch table {
	case edge.TableOrders:
		if err = load(s.orders, key, data); err == nil && s.orders.get(key).OrderTerms == nil {
			err = errNoOrder
		}
	case edge.TableTotes:
		err = load(s.totes, key, data)
	case edge.TableBoxes:
		err = load(s.boxes, key, data)
	case edge.TableWork:
		if err = load(s.work, key, data); err == nil && s.work.get(key).WorkHead == nil {
			err = errNoWork
		}
	case edge.TableWorkers:
		err = load(s.workers, key, data)
	case edge.TableAttempts:
		err = load(s.attempts, key, data)
	case edge.TableTrucks:
		err = load(s.trucks, key, data)
	case edge.TableLeases:
		err = load(s.leases, key, data)
	case edge.TableWaybills:
		err = load(s.waybills, key, data)
	case edge.TablePrinters:
		err = load(s.printers, key, data)
	case edge.TableReturns:
		err = load(s.returns, key, data)
	case edge.TableSite:
		err = s.loadSite(key, data)
	default:
		return fmt.Errorf("%w: %q", ErrTable, table)
	}
	if err != nil {
		return fmt.Errorf("floor: row of %s: %w", table, err)
	}
	s.reindex()
	return nil
}

// loadSite loads a row of the site's table: the counters, or what stands beside
// them under a prefix.
func (s *State) loadSite(key string, data []byte) error {
	switch {
	case strings.HasPrefix(key, edge.StockPrefix):
		return load(s.stock, key, data)
	case strings.HasPrefix(key, edge.SerialPrefix):
		return load(s.serials, key, data)
	case strings.HasPrefix(key, edge.CountPrefix):
		return load(s.counts, key, data)
	case strings.HasPrefix(key, edge.MovePrefix):
		return load(s.moves, key, data)
	case strings.HasPrefix(key, edge.WeightPrefix):
		return load(s.weights, key, data)
	}
	return load(s.site, key, data)
}

func load[V any](t *table[V], key string, data []byte) error {
	v := new(V)
	if err := json.Unmarshal(data, v); err != nil {
		return err
	}
	r := t.rows[key]
	if r == nil {
		r = &row[V]{key: key}
		t.rows[key] = r
	}
	r.now = v
	t.soil(r)
	return nil
}
