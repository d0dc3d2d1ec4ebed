package floor

import (
	"errors"
	"fmt"
	"slices"

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

// EachParcel calls fn for every parcel on a belt.
func (s *State) EachParcel(fn func(*edge.Parcel)) {
	s.parcels.each(func(_ string, v *edge.Parcel) { fn(v) })
}

// EachPrinter calls fn for every printer that was heard of.
func (s *State) EachPrinter(fn func(*edge.PrinterStatus)) {
	s.printers.each(func(_ string, v *edge.PrinterStatus) { fn(v) })
}

// Tables lists the names of the tables in the order of Each and Hash.
func (s *State) Tables() []string {
	var out []string
	for _, t := range s.tables {
		if !slices.Contains(out, t.named()) {
			out = append(out, t.named())
		}
	}
	return out
}

// Each calls fn for every row of all tables, by table and key; v is a pointer
// to an entity of package edge.
func (s *State) Each(fn func(table, key string, v any)) {
	for _, t := range s.tables {
		t.visit(fn)
	}
}

// errHalf is of a row without the part that its versions share.
var errHalf = errors.New("a part of the row is missing")

// Load puts a row that was kept as JSON back, outside any message. Errors:
// ErrTable, or what encoding/json says.
func (s *State) Load(table, key string, data []byte) error {
	var into rows
	for _, t := range s.tables {
		// The counters and the parcels stand there without a prefix, which says less
		// than one; the counters under one key.
		other := t == rows(s.site) && key != siteKey || t == rows(s.parcels) && key == siteKey
		if t.holds(table, key) && !other && (into == nil || t != rows(s.parcels)) {
			into = t
		}
	}
	if into == nil {
		return fmt.Errorf("%w: %q", ErrTable, table)
	}
	if err := into.load(key, data); err != nil {
		return fmt.Errorf("floor: row of %s: %w", table, err)
	}
	s.reindex()
	return nil
}
