package floor

import (
	"fmt"
	"slices"
	"strings"

	"dcedge/edge"
)

// A line may be made less while pieces of it lie in a box that no truck has. What is
// packed beyond what is wanted is to come out of the box, at a desk; until then the box
// is a siren wherever it is touched, and no label on it is in force.

// comesOut lists the pieces of an order that are to come out of a box. Of several boxes
// those that were packed last are opened.
func (s *State) comesOut(b *edge.Box, o *edge.Order) []edge.BoxItem {
	if b == nil || b.Truck != "" || b.Shipped || !hasLess(o) {
		return nil
	}
	var out []edge.BoxItem
	for _, l := range o.Lines {
		left := l.Packed - l.Wanted
		for i := len(o.Boxes) - 1; i >= 0 && left > 0; i-- {
			in := s.boxes.get(o.Boxes[i])
			if in == nil || in.Truck != "" || in.Shipped {
				continue
			}
			n := min(left, inBox(in, o.ID, l.ID))
			if left -= n; n > 0 && in.ID == b.ID {
				out = append(out, edge.BoxItem{Line: l.ID, SKU: l.SKU, Quantity: n, Order: o.ID})
			}
		}
	}
	return out
}

// hasLess tells that more of an order is packed than it wants.
func hasLess(o *edge.Order) bool {
	return o != nil && o.Stage != edge.StageCancelled && slices.ContainsFunc(o.Lines, func(l *edge.Line) bool { return l.Packed > l.Wanted })
}

// Stopped tells that an order stops a box: it is cancelled, or pieces of it are to come
// out of that box.
func (s *State) Stopped(b *edge.Box, o *edge.Order) bool {
	return o.Stage == edge.StageCancelled || len(s.comesOut(b, o)) > 0
}

// lessBox gives the box that pieces of an order are to come out of: the one that is
// named, else the one that was packed last.
func (s *State) lessBox(o *edge.Order, named string) *edge.Box {
	if b := s.boxes.get(named); b != nil && b.Client == o.Client && len(s.comesOut(b, o)) > 0 {
		return b
	}
	for i := len(o.Boxes) - 1; i >= 0; i-- {
		if b := s.boxes.get(o.Boxes[i]); len(s.comesOut(b, o)) > 0 {
			return b
		}
	}
	return nil
}

// lessAt tells what of an order is to come out of which box; here tells that the ack of
// this worker takes it out on the spot.
func (v *View) lessAt(o *edge.Order, w *edge.Work, roles []edge.Role, named string) (b *edge.Box, out []edge.BoxItem, here bool) {
	s := v.State
	if w != nil && w.Flow == edge.Pack && slices.Contains(w.Orders, o.ID) && len(s.comesOut(s.Box(w.Box), o)) > 0 {
		b, here = s.Box(w.Box), true
	} else if b = s.lessBox(o, named); b != nil {
		here = w == nil && hasRole(roles, edge.Packer) && !s.inWork(b) && b.Work == ""
	}
	return b, s.comesOut(b, o), here
}

// saysLess says what comes out of which box, or that the box goes to a desk for it.
func saysLess(o *edge.Order, b *edge.Box, out []edge.BoxItem, here bool) edge.Say {
	switch {
	case len(out) == 0: // somebody took it out meanwhile
		return edge.Says("order.less", edge.T("order", o.ID))
	case !here:
		return edge.Says("order.lessToDesk", edge.T("order", o.ID), edge.T("box", b.ID))
	}
	return edge.Says("order.lessOut", edge.T("order", o.ID), edge.N("n", piecesIn(out)), edge.T("goods", goodsIn(out)), edge.T("box", b.ID))
}

func piecesIn(items []edge.BoxItem) int {
	n := 0
	for i := range items {
		n += items[i].Quantity
	}
	return n
}

// goodsIn names the articles, the first of them where they are many.
func goodsIn(items []edge.BoxItem) string {
	var out []string
	for i := range items[:min(len(items), gapsMost)] {
		out = append(out, fmt.Sprintf("%s x%d", items[i].SKU, items[i].Quantity))
	}
	return strings.Join(out, ", ")
}

// mayGoDown is the least that a line can be made: what is on a truck, or in a box of
// which nobody here knows what it holds, stays.
func (d *decider) mayGoDown(o *edge.Order, l *edge.Line) int {
	if d.anyLoaded(o) != "" {
		return l.Packed
	}
	in := 0
	for _, id := range o.Boxes {
		if b := d.s.Box(id); b != nil && !b.Shipped {
			in += inBox(b, o.ID, l.ID)
		}
	}
	return max(0, l.Packed-in)
}

// ackWhat is what the worker holds whose order is to be acknowledged.
func (d *decider) ackWhat() string {
	if ws := d.s.Worker(d.m.Worker); ws != nil {
		return ws.AckWhat
	}
	return ""
}

// ackLess takes what is packed beyond what is wanted out of the box where that lies at
// this worker's desk; else the box goes to one.
func (d *decider) ackLess(o *edge.Order) {
	named := d.ackWhat()
	b, out, here := d.lessAt(o, d.w, d.m.Roles, named)
	d.verdict(edge.OK, edge.Says("ack.less", edge.T("order", o.ID)))
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepAck, What: o.ID, Step: stepCancelled, Work: workID(d.w)})
	station := d.lastStation()
	switch {
	case len(out) == 0:
	case here && d.w != nil:
		d.takeLess(d.w.ID, d.w.Station, o, b, out)
	case here && station != "":
		work := d.nextWorkID()
		d.startWithBox(b, station, "")
		d.takeLess(work, station, o, b, out)
	default:
		d.verdict(edge.OK, edge.Says("ack.lessToDesk", edge.T("box", b.ID)))
		if b.ID == named {
			d.unstow(b, "less")
		}
	}
	if d.w != nil && d.w.Flow == edge.Hospital {
		d.discharged()
	}
}

// takeLess books pieces out of a box, which is opened for it, and has them brought back.
func (d *decider) takeLess(work, station string, o *edge.Order, b *edge.Box, out []edge.BoxItem) {
	if b.Closed {
		d.outOfCrate(b, "reopened")
		d.event(edge.EvBoxReopened, b.Client, b.Order, &edge.BoxEvent{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Station: station, Orders: others(b)})
		d.touchLoaders(b.Carrier, 1)
	}
	for i := range out {
		it := &out[i]
		d.event(edge.EvPackUndone, o.Client, o.ID, &edge.PackItem{Line: it.Line, SKU: it.SKU, Quantity: -it.Quantity, Box: b.ID, Work: work, Reason: backSurplus})
	}
	for i := range out {
		it := &out[i]
		d.bring(o.Client, o.ID, &edge.StockEvent{SKU: it.SKU, Quantity: it.Quantity, To: lineOf(o, it.Line).Location, Line: it.Line, Reason: backSurplus, Box: b.ID})
	}
}

// lessPacked takes the labels of boxes out of force that pieces of an order are to come
// out of.
func (s *State) lessPacked(o *edge.Order) {
	if !hasLess(o) {
		return
	}
	for _, id := range o.Boxes {
		if b := s.boxes.get(id); len(s.comesOut(b, o)) > 0 && b.Bound != "" {
			unbind(s.boxes.edit(id))
			for _, in := range b.Members() {
				s.unpacked(b.Client, in)
			}
		}
	}
}

// tookLess books what of a line came out of a box for good: no undo puts it back.
func tookLess(w *edge.Work, b *edge.Box, order, line string) {
	b.Grams = ""
	w.Undo = slices.DeleteFunc(slices.Clone(w.Undo), func(u edge.Undo) bool { return u.Order == order && u.Line == line })
}

// lessScreen shows what comes out of which box: here where the lines are named, else at
// a desk.
func lessScreen(v View, s *edge.Screen, o *edge.Order, w *edge.Work, roles []edge.Role, named string) {
	b, out, here := v.lessAt(o, w, roles, named)
	if len(out) == 0 {
		return
	}
	n := piecesIn(out)
	s.Box, s.Together = b.ID, []edge.OrderView{{Order: o.ID, Out: true, Stops: true, Less: true, Have: n, Want: n}}
	for i := range out {
		if !here {
			return
		}
		row := edge.ScreenLine{Line: out[i].Line, SKU: out[i].SKU, Have: out[i].Quantity, Want: out[i].Quantity, Order: o.ID}
		if r := v.Catalogue.Article(o.Client, row.SKU); r != nil {
			row.Name, row.Variant, row.Code = r.Name, r.Variant, itemCode(r)
		}
		s.Lines = append(s.Lines, row)
	}
}
