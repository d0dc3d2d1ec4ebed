package board

import (
	"time"

	"dcedge/edge"
)

// hoursKept is how many hours of figures stay in memory.
const hoursKept = 72

// Hour is what the floor did in one hour of edge time.
type Hour struct {
	From     time.Time `json:"from"`
	Received int       `json:"received"` // orders
	Lines    int       `json:"lines"`    // confirmed picks
	Units    int       `json:"units"`    // pieces picked, undone ones taken off
	Short    int       `json:"short"`    // pieces
	Packed   int       `json:"packed"`   // pieces packed
	Boxes    int       `json:"boxes"`    // closed
	Labels   int       `json:"labels"`   // printed
	Bound    int       `json:"bound"`    // boxes with their waybill on
	Loaded   int       `json:"loaded"`   // boxes
	Refused  int       `json:"refused"`  // scans
}

// Person is what one worker did since the figures begin.
type Person struct {
	Worker  string    `json:"worker"`
	Last    time.Time `json:"last"`
	Units   int       `json:"units"`
	Packed  int       `json:"packed"`
	Loaded  int       `json:"loaded"`
	Refused int       `json:"refused"`
}

// count adds an event to the hour and the person that it belongs to.
func (v *view) count(e *edge.Event) {
	if e.Practice { // nothing happened
		return
	}
	from := e.At.Truncate(time.Hour)
	h := v.hours[from.Unix()]
	if h == nil {
		h = &Hour{From: from}
		v.hours[from.Unix()] = h
		old := from.Add(-hoursKept * time.Hour).Unix()
		for k := range v.hours {
			if k < old {
				delete(v.hours, k)
			}
		}
	}
	p := &Person{}
	if e.Worker != "" && !edge.IsStation(e.Worker) {
		if v.people[e.Worker] == nil {
			v.people[e.Worker] = &Person{Worker: e.Worker}
		}
		p = v.people[e.Worker]
		if e.At.After(p.Last) { // the past is counted beside the present
			p.Last = e.At
		}
	}
	h.count(e, p)
	v.noteSpoilt(e)
	v.noteWall(e)
	v.noteDeed(e)
	switch d := e.Data.(type) {
	case *edge.StepConfirmed:
		if d.Kind == stepHelp {
			v.noteHelp(e, d)
		}
	case *edge.ParcelEvent:
		v.noteRead(e, d)
	case *edge.OrderChanged:
		v.noteHold(e, d)
		if d.Repick { // what was short is open again
			delete(v.shortages, orderName{e.Client, e.Order})
		}
	case *edge.HospitalEvent:
		v.noteCharged(e, d)
	case *edge.StockEvent:
		v.noteAsked(e, d)
	case *edge.PickEvent:
		if e.Type == edge.EvPickShort {
			v.noteShort(e, d.Missing)
		}
	}
}

// stepHelp is the kind of step.confirmed that calls for help (sync contract,
// section 1).
const stepHelp = "help"

func (h *Hour) count(e *edge.Event, p *Person) {
	switch d := e.Data.(type) {
	case *edge.OrderReceived:
		if e.Type == edge.EvOrderReceived {
			h.Received++
		}
	case *edge.PickEvent:
		h.pick(e.Type, d, p)
	case *edge.PackItem:
		h.Packed += d.Quantity
		p.Packed += d.Quantity
	case *edge.BoxEvent:
		if e.Type == edge.EvBoxClosed {
			h.Boxes++
		}
	case *edge.LabelEvent:
		if e.Type == edge.EvLabelPrinted {
			h.Labels++
		}
	case *edge.WaybillEvent:
		if e.Type == edge.EvBound {
			h.Bound++
		}
	case *edge.BoxLoaded:
		n := 1
		if e.Type == edge.EvBoxUnloaded {
			n = -1
		}
		h.Loaded += n
		p.Loaded += n
	case *edge.Refused:
		h.Refused++
		p.Refused++
	}
}

func (h *Hour) pick(t edge.Type, d *edge.PickEvent, p *Person) {
	switch t {
	case edge.EvPicked:
		h.Lines++
		h.Units += d.Quantity
		p.Units += d.Quantity
	case edge.EvPickUndone: // its quantity is negative
		h.Units += d.Quantity
		p.Units += d.Quantity
	case edge.EvPickShort:
		h.Short += d.Missing
	}
}
