package board

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// deedsKept is how many deeds stay in memory.
const deedsKept = 2000

// Deed is what somebody did on the floor that a lead is asked about afterwards: past
// a rule, by hand instead of by a scan, or to a label or a truck. What a lead does on
// their own page stands in the trail of edge/access.
type Deed struct {
	ID     string // a UUIDv7: in the order of time, the same after a restart
	At     time.Time
	What   string
	Who    string // worker id; "": the edge itself
	Lead   string // who vouched for it
	Client string
	Order  string
	Of     string // box, waybill, place, article or truck
	Device string
	Reason string
}

// Kinds of step.confirmed that are deeds (sync contract, section 1).
const (
	stepOverride = "override"
	stepReprint  = "reprint"
	stepAnyLot   = "anyLot"
	stepUnread   = "unreadable"
)

// noteDeed keeps an event that is a deed.
func (v *view) noteDeed(e *edge.Event) {
	d := v.deedOf(e)
	if d.What == "" {
		return
	}
	var seq [10]byte
	binary.BigEndian.PutUint64(seq[2:], e.Seq)
	d.ID, d.At, d.Who, d.Client, d.Order, d.Device = edge.NewID(e.At, seq).String(), e.At, e.Worker, e.Client, e.Order, e.Device
	if v.deeds = append(v.deeds, d); len(v.deeds) >= 2*deedsKept {
		sortDeeds(v.deeds) // the past is counted beside the present
		v.deeds = slices.Clone(v.deeds[:deedsKept])
	}
}

// deedOf says what an event is as a deed; no What: it is none.
func (v *view) deedOf(e *edge.Event) Deed {
	switch d := e.Data.(type) {
	case *edge.StepConfirmed:
		return stepDeed(d)
	case *edge.WorkEvent:
		if e.Type == edge.EvWorkStarted && d.Box != "" {
			v.begun.scan, v.begun.reason = e.Scan, d.Reason
		}
	case *edge.BoxEvent:
		if e.Type == edge.EvBoxReopened && v.begun.scan == e.Scan {
			return Deed{What: "box.reopen", Of: d.Box, Reason: v.begun.reason}
		}
	case *edge.WaybillEvent:
		if e.Type == edge.EvVoided && e.Worker != "" {
			return Deed{What: "label.void", Of: d.Waybill, Reason: d.Reason}
		}
	case *edge.LabelEvent:
		if e.Type == edge.EvLabelSettled && e.Worker != "" && d.By == e.Worker {
			return Deed{What: "label.settle", Of: d.Box, Reason: d.Outcome}
		}
	case *edge.LocationConfirmed:
		if d.Typed {
			return Deed{What: "hand.place", Of: d.Location}
		}
	case *edge.PickEvent:
		if e.Type == edge.EvPicked && d.Reason == "short" { // counted, not scanned
			return Deed{What: "hand.item", Of: d.SKU, Reason: d.Reason}
		}
	case *edge.PackItem:
		if e.Type == edge.EvPackItem && d.Reason != "" && !e.Manual { // work by paper is one deed of the lead's
			return Deed{What: "hand.item", Of: d.SKU, Reason: d.Reason}
		}
	case *edge.HospitalEvent:
		if e.Type == edge.EvHospitalOut && d.Outcome == "aside" {
			return Deed{What: "box.aside", Of: d.Box, Reason: d.Reason}
		}
	case *edge.TruckEvent:
		if e.Type == edge.EvTruckClosed && e.Worker != "" && len(d.Missing) > 0 {
			return Deed{What: "truck.close", Of: d.Truck, Reason: d.Reason}
		}
	case *edge.EpochEvent:
		return Deed{What: string(e.Type), Reason: d.Reason}
	}
	return Deed{}
}

func stepDeed(d *edge.StepConfirmed) Deed {
	switch d.Kind {
	case stepOverride:
		return Deed{What: "weight.override", Of: d.Box, Lead: d.What, Reason: d.Reason}
	case stepReprint:
		return Deed{What: "label.reprint", Of: d.Box, Lead: d.What, Reason: d.Reason}
	case stepAnyLot:
		return Deed{What: "hand.lot", Of: d.What, Reason: d.Reason}
	case stepUnread:
		return Deed{What: "hand.parcel", Reason: d.Reason}
	}
	return Deed{}
}

// Deeds gives the newest deeds, the newest first, and since when they are known;
// counting tells that the past is still being read.
func (b *Board) Deeds() (list []Deed, since time.Time, counting bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	list = slices.Clone(b.view.deeds)
	sortDeeds(list)
	return list[:min(len(list), deedsKept)], b.view.counting, b.view.catching
}

func sortDeeds(list []Deed) {
	slices.SortFunc(list, func(x, y Deed) int { return strings.Compare(y.ID, x.ID) })
}
