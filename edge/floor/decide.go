package floor

import (
	"errors"
	"fmt"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/labels/waybill"
)

// ErrEvent is returned by Apply for an event that does not fit the state: the
// journal was not written by these rules, or is damaged.
var ErrEvent = errors.New("floor: event does not fit the state")

// Everyone in Decision.Touched stands for all workers who see a screen.
const Everyone = "*"

// View is what a decision or a screen is made of. All of it is only read.
type View struct {
	State     *State
	Catalogue *catalogue.Snapshot
	Policy    *edge.Policy
	Now       time.Time // edge time
	Rev       uint64    // of the present screen of the message's worker

	Numbers *waybill.Rules // of the carriers; nil: the built-in ones

	// Room is where Decide puts the events if they fit: whoever gives it must
	// have copied the decision's events before the next Decide. Nil is fine.
	Room []edge.Event
}

// Decision is what Decide makes of a message. Seq, At, Scan, Device, Worker and
// DeviceAt of the events are the engine's to stamp; Verdict is without ID,
// Screen and Receipt. Touched names workers other than the message's own whose
// screens may have changed, or Everyone; Shown those whose screens say something
// new to a person though nothing of their rev changed.
type Decision struct {
	Verdict edge.Verdict
	Events  []edge.Event
	Notices []edge.Notice
	Touched []string
	Shown   []string
	More    bool      // orders or boxes that waited are left: send a Refreshed
	Known   []edge.ID // of messages decided in a lost part of an epoch: they are repeats from now on
}

// Decide says what a message causes. It never changes the state.
func Decide(v View, m *edge.Message) Decision {
	d := &decider{View: v, s: v.State, m: m}
	d.out.Events = v.Room[:0]
	switch m.Kind {
	case edge.Scan:
		d.scan()
	case edge.Act:
		d.act()
	case edge.Record:
		d.record()
	case edge.Print:
		d.printReport()
	case edge.Refreshed:
		d.refreshed()
	case edge.Plan:
		d.formList()
	case edge.Tick:
		d.tick()
	case edge.Opened:
		d.opened()
	case edge.Belt:
		d.belt()
	default:
		panic(fmt.Sprintf("floor: message of kind %d", m.Kind))
	}
	d.printFirst()
	d.join()
	d.out.Verdict.OK = d.out.Verdict.Code.Positive()
	return d.out
}

// decider collects one decision.
type decider struct {
	View
	s   *State
	m   *edge.Message
	out Decision

	w       *edge.Work        // in the worker's hands; nil is idle
	code    string            // what was scanned, without identifier and line end
	matches []catalogue.Match // what it names
	damage  string            // what a keyboard or reader had done to it; see foreign

	paper *edge.Manual // entered now: its events are marked

	twoReadings bool // it is a UPC-E of one article and an EAN-8 of another

	taken []string    // totes offered in this decision
	moved []string    // desks that were offered another one in it
	spent []serial    // serials of leases used or passed over in this decision
	fresh *edge.Lease // that this decision adds
}

// event adds an event of an order; client and order may be "".
func (d *decider) event(t edge.Type, client, order string, data edge.Data) {
	d.out.Events = append(d.out.Events, edge.Event{Type: t, V: 1, Client: client, Order: order, Manual: d.paper != nil, Data: data})
	d.touchWard(data)
}

// touchWard has the hospital's screens look again at a box of their list that
// somebody takes, opens or gives another label.
func (d *decider) touchWard(data edge.Data) {
	id := ""
	switch e := data.(type) {
	case *edge.WaybillEvent:
		id = e.Box
	case *edge.BoxEvent:
		id = e.Box
	case *edge.WorkEvent:
		if id = e.Box; id == "" && d.w != nil {
			id = d.w.Box
		}
	}
	if b := d.s.Box(id); b != nil && (b.Aside != "" || b.Rejected != "") {
		d.touchFlow(edge.Hospital)
	}
}

// verdict sets the answer.
func (d *decider) verdict(code edge.Code, say edge.Say) {
	d.out.Verdict.Code, d.out.Verdict.Say = code, say
}

// turns notes that a queue grows or shrinks by one: where it was or becomes
// empty, the idle screens change. What a desk is on its way to is nobody else's.
func (d *decider) turns(q *ordered, by int) {
	n := q.len()
	if q == d.s.idx.pack {
		n -= len(d.s.promised())
	}
	if by > 0 && n == 0 || by < 0 && n == 1 {
		d.touch(Everyone)
	}
}

// touchLeavers notes the workers whose idle screen names the tote of an order
// that they left.
func (d *decider) touchLeavers(o *edge.Order) {
	if o.Stage == edge.StagePicking && o.Work == "" && len(o.Totes) > 0 {
		d.touchLeft(o)
	}
}

// touchLeft is touchLeavers of an order that another puts down now.
func (d *decider) touchLeft(o *edge.Order) {
	d.s.EachWorker(func(w *edge.WorkerState) {
		if w.LeftClient == o.Client && w.LeftOrder == o.ID {
			d.touch(w.ID)
		}
	})
}

// touch notes a worker whose screen may have changed.
func (d *decider) touch(worker string) {
	if worker == "" || worker == d.m.Worker {
		return
	}
	for _, w := range d.out.Touched {
		if w == worker {
			return
		}
	}
	d.out.Touched = append(d.out.Touched, worker)
}
