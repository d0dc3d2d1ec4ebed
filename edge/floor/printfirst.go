package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

// Some clients want the waybill when the picking begins: it comes out beside the
// pick list, goes along with the tote, and after the last piece it is scanned
// like any label. Such a box is planned: it has its number before its goods.

// printFirst plans the boxes of orders whose picking this decision begins: by scans,
// or by a pick list on paper, for which the order is held.
func (d *decider) printFirst() {
	if d.Policy.Pick.Printer == "" {
		return
	}
	n := uint64(0)
	for i := 0; i < len(d.out.Events); i++ {
		e := d.out.Events[i]
		for _, id := range pickedFrom(&e) {
			if o := d.s.Order(e.Client, id); o != nil && d.plans(o) {
				n++
				d.plan(o, idOf("B-", d.s.Site().Boxes+n))
			}
		}
	}
}

// pickedFrom names the orders whose picking begins with an event.
func pickedFrom(e *edge.Event) []string {
	switch data := e.Data.(type) {
	case *edge.WorkEvent:
		if e.Type == edge.EvWorkStarted && data.Flow == edge.Pick {
			return data.Orders
		}
	case *edge.OrderChanged:
		if data.Held == edge.HeldPaper {
			return []string{e.Order}
		}
	}
	return nil
}

// plans tells that an order's label is made now. What goes into one box with
// others is labelled when it is packed, and so is an order without a number.
func (d *decider) plans(o *edge.Order) bool {
	c := d.Catalogue.Client(o.Client)
	if c == nil || c.Print != "first" || len(o.Boxes) > 0 || o.Held != "" || o.Together != "" {
		return false
	}
	if o.Waybill != "" {
		space := d.space(o.Carrier)
		return d.number(space, d.numbers().Normalize(space, o.Waybill)) == nil
	}
	return d.numbersLeft(o.Client, o.Carrier)
}

func (d *decider) plan(o *edge.Order, id string) {
	b := &edge.Box{ID: id, Order: o.ID, Client: o.Client, Carrier: o.Carrier, N: 1}
	d.event(edge.EvBoxPlanned, o.Client, o.ID, &edge.BoxEvent{Box: id, N: 1, Station: edge.PickStation})
	d.assign([]*edge.Order{o}, b)
}

// planBox puts a planned box into the state.
func (s *State) planBox(e *edge.Event, d *edge.BoxEvent, at time.Time) error {
	o := s.editOrder(e.Client, e.Order)
	if o == nil {
		return errNoOrder
	}
	if s.boxes.get(d.Box) != nil {
		return errFigures
	}
	bump(&s.site.edit(siteKey).Boxes, d.Box)
	s.boxes.put(d.Box, &edge.Box{ID: d.Box, Order: o.ID, Client: o.Client, Carrier: o.Carrier, N: d.N, Station: d.Station, Planned: true, At: at})
	o.Boxes = grow(o.Boxes, d.Box)
	return nil
}

// boxed tells that a piece of an order lies in a box.
func (s *State) boxed(o *edge.Order) bool {
	return slices.ContainsFunc(o.Boxes, func(id string) bool { b := s.boxes.get(id); return b != nil && holds(b, o.ID) })
}

// unnumber voids the numbers of boxes that are not closed, before their order
// goes to another carrier.
func (d *decider) unnumber(o *edge.Order) []*edge.Box {
	var out []*edge.Box
	for _, id := range o.Boxes {
		if b := d.s.Box(id); b != nil && !b.Closed && b.Waybill != "" {
			d.void(b, "recarrier")
			out = append(out, b)
		}
	}
	return out
}

// renumbered gives planned boxes a number of their order's new carrier. What a
// desk has in hand gets its own when it is closed.
func (d *decider) renumbered(o *edge.Order, boxes []*edge.Box, carrier string) {
	for _, b := range boxes {
		if o.Stage == edge.StagePacking || len(b.Items) > 0 {
			continue
		}
		next, after := cloneBox(b), cloneOrder(o)
		next.Carrier, next.Waybill, next.Lease, next.Voided = carrier, "", "", grow(b.Voided, b.Waybill)
		after.Carrier, after.Waybill = carrier, ""
		d.assign([]*edge.Order{after}, next)
	}
}
