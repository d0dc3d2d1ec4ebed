package floor

import (
	"time"

	"dcedge/edge"
)

// idsOfEpoch parts the ids of epochs: those of one begin at the next multiple,
// so that no id of the lost part is given out again.
const idsOfEpoch = 1_000_000

func (s *State) applyEpoch(e *edge.Event, d *edge.EpochEvent, at time.Time) error {
	site := s.site.edit(siteKey)
	if e.Type == edge.EvReconciled {
		if site.Epoch != d.Epoch {
			return errFigures
		}
		site.Closed, site.Since = "", time.Time{}
		return nil
	}
	site.Epoch, site.Closed, site.Since = d.Epoch, d.Reason, at
	site.Eras++
	for _, n := range []*uint64{&site.Works, &site.Boxes, &site.Attempts, &site.Trucks, &site.Counts, &site.Moves, &site.Lists} {
		*n = (*n/idsOfEpoch + 1) * idsOfEpoch
	}
	var hold []string
	s.orders.each(func(key string, o *edge.Order) {
		if unsure(o) {
			hold = append(hold, key)
		}
	})
	for _, key := range hold {
		s.orders.edit(key).Held = edge.HeldReconcile
	}
	s.wantAnew()
	return nil
}

// wantAnew reserves another attempt and another copy number for every label that
// is wanted: the one reserved before may be on paper.
func (s *State) wantAnew() {
	var boxes []string
	s.boxes.each(func(key string, b *edge.Box) {
		if b.Print.Wanted {
			boxes = append(boxes, key)
		}
	})
	for _, key := range boxes {
		b := s.boxes.edit(key)
		s.want(b, b.Print.CleanFirst)
	}
}

// applyTold makes an order what the WMS saw of it. What was not seen to the end
// stays held: how far it is, somebody has to look.
func (s *State) applyTold(e *edge.Event, d *edge.ReconciledEvent, at time.Time) error {
	if e.Type == edge.EvBoxTold {
		return s.applyBoxTold(e, d, at)
	}
	stage := edge.OrderStage(d.Stage)
	o := s.editOrder(e.Client, e.Order)
	switch stage {
	case edge.StagePacked, edge.StageLoaded, edge.StageShipped, edge.StageCancelled:
	case edge.StageReceived:
		if o != nil && !begun(o) && o.Held == edge.HeldReconcile {
			s.release(o)
		}
		return nil
	default:
		return nil
	}
	if o == nil {
		o = &edge.Order{OrderTerms: &edge.OrderTerms{Seq: e.Seq}, ID: e.Order, Client: e.Client, Carrier: d.Carrier, Received: at}
		s.orders.put(OrderKey(e.Client, e.Order), o)
	}
	if d.OffList { // events of before do not say so, and left it there
		s.offList(o)
	}
	for _, id := range o.Totes {
		s.totes.remove(id)
	}
	put := o.Wave != ""
	o.Totes, o.Wave = nil, ""
	if o.Held == edge.HeldReconcile {
		o.Held = ""
	}
	o.Stage = stage
	switch stage {
	case edge.StageCancelled:
		s.closeCancelled(o, at)
		return nil
	case edge.StageLoaded, edge.StageShipped:
		o.Stage, o.Closed = edge.StageShipped, at
	}
	for _, l := range o.Lines {
		c := editLine(o, l.ID)
		c.Picked = c.Wanted - c.Short
		if c.Packed = c.Picked; put {
			c.Put = c.Picked
		}
	}
	for _, id := range o.Boxes { // what was open is in one that the WMS tells of, or gone
		b := s.boxes.edit(id)
		if b == nil {
			continue
		}
		b.Closed, b.Work, b.Print.Wanted = true, "", false
		b.Shipped = b.Shipped || o.Stage == edge.StageShipped
	}
	return nil
}

// toldBy stands where an attempt would that nobody here knows.
const toldBy = "reconciled"

func (s *State) applyBoxTold(e *edge.Event, d *edge.ReconciledEvent, at time.Time) error {
	b := s.boxes.edit(d.Box)
	if b == nil {
		b = &edge.Box{ID: d.Box, Order: e.Order, Client: e.Client, Carrier: d.Carrier, N: d.N, Seen: toldBy}
		s.boxes.put(d.Box, b)
		bump(&s.site.edit(siteKey).Boxes, d.Box)
	}
	b.Closed, b.At, b.Work, b.Print.Wanted = true, at, "", false
	if d.Waybill != "" && b.Waybill != d.Waybill {
		if old := s.waybills.edit(waybillKey(b, b.Waybill)); old != nil && b.Waybill != "" {
			old.Voided = true
			b.Voided = grow(b.Voided, b.Waybill)
		}
		b.Waybill, b.Space, b.Lease = d.Waybill, d.Space, ""
		s.waybills.put(waybillKey(b, d.Waybill), &edge.WaybillUse{Number: d.Waybill, Box: b.ID})
	}
	if d.Stage != edge.ToldClosed && b.Waybill != "" && b.Bound == "" {
		b.Bound = toldBy
	}
	if d.Stage == edge.ToldLoaded {
		b.Truck, b.Shipped = toldBy, true
	}
	o := s.editOrder(e.Client, e.Order)
	if o == nil {
		return nil // the WMS may push it again
	}
	for _, id := range o.Boxes {
		if id == b.ID {
			return nil
		}
	}
	o.Boxes = grow(o.Boxes, b.ID)
	if b.N == 0 { // not told: it counts on
		b.N = len(o.Boxes)
	}
	return nil
}

// burnt keeps a number that the WMS saw from ever being given out.
func (s *State) burnt(d *edge.WaybillEvent) {
	space := d.Space
	if space == "" {
		space = d.Carrier
	}
	if key := WaybillKey(space, d.Waybill); s.waybills.get(key) == nil {
		s.waybills.put(key, &edge.WaybillUse{Number: d.Waybill, Box: d.Box, Voided: true})
	}
}
