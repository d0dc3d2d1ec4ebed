package board

import (
	"time"

	"dcedge/edge"
	"dcedge/edge/wire"
)

// rowKey is one line of the lead's first table.
type rowKey struct {
	carrier string
	cutoff  int64 // unix ms; 0: the order has none
}

// contribution holds an order's contribution, so that it can be taken out again.
type contribution struct {
	row   rowKey
	stage edge.OrderStage
	held  bool
	short bool
}

// view is the state as the board needs it. It is guarded by the Board.
type view struct {
	now      time.Time
	zone     *time.Location
	wire     wire.Writer
	counting time.Time // since when this edge counts
	epoch    string
	closed   string // why the floor is; "": it is open

	closedSince time.Time
	head        uint64
	consumers   []Consumer
	heard       Heard
	devices     []Device

	orders   map[string]*edge.Order // by Key(client, id) of the state
	byID     map[string][]*edge.Order
	counted  map[string]contribution
	rows     map[rowKey]*row
	boxes    map[string]*edge.Box
	shared   map[string]*edge.Box // of boxes, those with the goods of several orders
	works    map[string]*edge.Work
	workers  map[string]*edge.WorkerState
	attempts map[string]*edge.Attempt
	printers map[string]*edge.PrinterStatus
	trucks   map[string]*edge.Truck
	behind   map[string]*edge.Truck   // that closed and left boxes behind, as long as one of them is missed
	troubled map[string]*edge.Order   // of orders, those with a trouble of their own
	doubtful map[string]*edge.Attempt // of attempts, those in doubt or failed
	leases   map[string]*edge.Lease
	totes    map[string]*edge.Tote
	cases    map[string]*edge.Case
	aside    map[string]*edge.Box   // of boxes, those that the hospital set aside
	charged  map[string][]time.Time // by printer: labels that the hospital made anew
	hours    map[int64]*Hour
	people   map[string]*Person

	spoilt map[string]spoilt // by device
	wall   wall

	idleTotes  map[string]time.Time      // that were picked and that nobody has in hand, by when
	backIn     map[string]*edge.MoveTask // by id: goods that are to be brought back out of a wave's totes
	backSince  map[string]time.Time      // by tote: when that was last asked for
	toteWithin time.Duration             // they are listed after so long; 0: never

	charges map[chargeKey]*Charge
	missed  map[string]*edge.Box // by id: the belt has not seen them, or lost them

	calls       map[string]*Call     // for help, by worker
	closedCalls map[string]time.Time // by the call's id
	behindSaid  map[string]BehindSaid
	holders     map[orderName]holder
	shortages   map[orderName]shortage // of orders that are short, as far as the events tell
	undrawn     []Undrawn
	unknown     []Stranger
	catching    bool // the past is being counted

	signed time.Time // the last end of a shift

	deeds []Deed
	begun struct { // the last work that began with a box, and why
		scan   edge.ID
		reason string
	}

	live  bool                 // the state was read: what changes now changes now
	since map[string]time.Time // since when an order is held or short, where it was seen to begin
}

type row struct {
	stages map[edge.OrderStage]int
	held   int
	short  int
}

func newView(now time.Time) view {
	return view{now: now, zone: now.Location(), wire: wire.In(now.Location()), counting: now, since: map[string]time.Time{}, orders: map[string]*edge.Order{}, byID: map[string][]*edge.Order{},
		counted: map[string]contribution{}, rows: map[rowKey]*row{}, boxes: map[string]*edge.Box{}, shared: map[string]*edge.Box{},
		works: map[string]*edge.Work{}, workers: map[string]*edge.WorkerState{}, attempts: map[string]*edge.Attempt{},
		printers: map[string]*edge.PrinterStatus{}, trucks: map[string]*edge.Truck{}, behind: map[string]*edge.Truck{}, behindSaid: map[string]BehindSaid{}, leases: map[string]*edge.Lease{},
		cases: map[string]*edge.Case{}, aside: map[string]*edge.Box{}, charged: map[string][]time.Time{},
		charges: map[chargeKey]*Charge{}, missed: map[string]*edge.Box{}, totes: map[string]*edge.Tote{}, spoilt: map[string]spoilt{}, idleTotes: map[string]time.Time{}, backIn: map[string]*edge.MoveTask{}, backSince: map[string]time.Time{},
		calls: map[string]*Call{}, closedCalls: map[string]time.Time{}, holders: map[orderName]holder{}, shortages: map[orderName]shortage{},
		troubled: map[string]*edge.Order{}, doubtful: map[string]*edge.Attempt{},
		hours: map[int64]*Hour{}, people: map[string]*Person{}}
}

// put takes over one entity; a nil Value takes it out.
func (v *view) put(c edge.Change) {
	switch c.Table {
	case edge.TableOrders:
		o, _ := c.Value.(*edge.Order)
		v.putOrder(c.Key, o)
	case edge.TableBoxes:
		v.putBox(c)
		delete(v.shared, c.Key)
		if b := v.boxes[c.Key]; b != nil && len(b.With) > 0 {
			v.shared[c.Key] = b
		}
		v.noteMissed(c.Key)
	case edge.TableWork:
		set(v.works, c)
	case edge.TableWorkers:
		set(v.workers, c)
	case edge.TableAttempts:
		set(v.attempts, c)
		delete(v.doubtful, c.Key)
		if a := v.attempts[c.Key]; a != nil && (a.Status == edge.AttemptInDoubt || a.Status == edge.AttemptFailed) {
			v.doubtful[c.Key] = a
		}
	case edge.TablePrinters:
		set(v.printers, c)
	case edge.TableTrucks:
		set(v.trucks, c)
		v.noteBehind(c.Key)
	case edge.TableLeases:
		set(v.leases, c)
	case edge.TableTotes:
		set(v.totes, c)
		v.noteTote(c.Key)
		if v.totes[c.Key] == nil {
			delete(v.backSince, c.Key)
		}
	case edge.TableSite:
		if s, ok := c.Value.(*edge.Site); ok && s != nil {
			v.head, v.signed = max(v.head, s.Seq), s.SignedAt
			v.closed, v.closedSince = s.Closed, s.Since
		}
		v.putSite(c)
	}
}

func set[V any](m map[string]*V, c edge.Change) {
	if v, ok := c.Value.(*V); ok && v != nil {
		m[c.Key] = v
		return
	}
	delete(m, c.Key)
}

func (v *view) putOrder(key string, o *edge.Order) {
	if old, had := v.counted[key]; had {
		v.add(old, -1)
		delete(v.counted, key)
		id := v.orders[key].ID
		v.byID[id] = without(v.byID[id], v.orders[key])
		if len(v.byID[id]) == 0 {
			delete(v.byID, id)
		}
		delete(v.orders, key)
	}
	if o != nil && o.Held == "" {
		delete(v.holders, orderName{o.Client, o.ID})
	}
	if o != nil && !isShort(o) {
		delete(v.shortages, orderName{o.Client, o.ID})
	}
	v.begin("held:"+key, o != nil && o.Held != "")
	v.begin("short:"+key, o != nil && isShort(o))
	delete(v.troubled, key)
	if o == nil {
		return
	}
	if len(v.orderTroubles(key, o)) > 0 {
		v.troubled[key] = o
	}
	c := contribution{row: rowKey{carrier: o.Carrier}, stage: o.Stage, held: o.Held != "", short: isShort(o)}
	if !o.Cutoff.IsZero() {
		c.row.cutoff = o.Cutoff.UnixMilli()
	}
	v.orders[key], v.counted[key] = o, c
	v.byID[o.ID] = append(v.byID[o.ID], o)
	v.add(c, 1)
}

func without(list []*edge.Order, o *edge.Order) []*edge.Order {
	out := make([]*edge.Order, 0, len(list))
	for _, x := range list {
		if x != o {
			out = append(out, x)
		}
	}
	return out
}

func isShort(o *edge.Order) bool {
	for i := range o.Lines {
		if o.Lines[i].Short > 0 {
			return true
		}
	}
	return false
}

func (v *view) add(c contribution, n int) {
	r := v.rows[c.row]
	if r == nil {
		r = &row{stages: map[edge.OrderStage]int{}}
		v.rows[c.row] = r
	}
	r.stages[c.stage] += n
	if r.stages[c.stage] == 0 {
		delete(r.stages, c.stage)
	}
	if c.held {
		r.held += n
	}
	if c.short {
		r.short += n
	}
	if len(r.stages) == 0 {
		delete(v.rows, c.row)
	}
}
