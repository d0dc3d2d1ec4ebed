package floor

import (
	"slices"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// packItem takes an article into the box: what the orders do not want here, or
// not so much of, is over.
func (d *decider) packItem(at *packPlace) {
	if _, ok := d.match("box"); ok {
		d.packBoxType(at)
		return
	}
	m, ok, other := d.itemFor(at.first().Client, func(m catalogue.Match) bool { return m.Quantity <= skuLeft(at.orders, m.ID) })
	if !ok && !other {
		if t, isTote := d.match("tote"); isTote {
			d.toteAtItems(t.ID)
			return
		}
		d.refuseOther(at.carrier())
		return
	}
	m, _ = d.firstItem(m)
	left := 0
	if ok {
		left = skuLeft(at.orders, m.ID)
	}
	if m.Quantity > left {
		d.refuse(edge.Over, edge.Says("pack.over", edge.T("scanned", m.ID), edge.N("remaining", left)), "item", m.ID)
		return
	}
	d.pack(at, m.ID, m.Quantity)
}

func (d *decider) toteAtItems(id string) {
	switch t := d.s.Tote(id); {
	case t == nil:
		d.refuse(edge.Wrong, edge.Says("pack.freeTote", edge.T("expected", d.w.Totes[0]), edge.T("scanned", id)), "tote", id)
	case slices.Contains(d.w.Totes, id):
		d.refuse(edge.Duplicate, edge.Says("tote.scanned", edge.T("tote", id)), "tote", id)
	default:
		if in := d.s.Order(t.Client, t.Order); in != nil && in.Stage == edge.StageCancelled {
			d.refuseCancelled(in)
			return
		}
		d.refuseOther("")
	}
}

func skuLeft(orders []*edge.Order, sku string) int {
	n := 0
	for _, o := range orders {
		for _, l := range o.Lines {
			if l.SKU == sku {
				n += packable(l)
			}
		}
	}
	return n
}

// pack puts n pieces of an article into the open box, order by order and line by
// line, and closes the box with the last piece if nothing else is asked for.
func (d *decider) pack(at *packPlace, sku string, n int) {
	id := idOf("B-", d.s.Site().Boxes+1)
	if at.box != nil {
		id = at.box.ID
	}
	after, lineDone := slices.Clone(at.orders), false
	for _, i := range d.packOrders(at) {
		o := cloneOrder(at.orders[i])
		after[i] = o
		for _, line := range packOrder(o, d.lineInHand(o), sku) {
			l := editLine(o, line)
			take := min(n, packable(l))
			if take == 0 {
				continue
			}
			d.event(edge.EvPackItem, o.Client, o.ID, &edge.PackItem{Line: line, SKU: sku, Quantity: take, Box: id, Work: d.w.ID})
			l.Packed += take
			n -= take
			lineDone = packable(l) == 0
		}
	}
	if toPack(after...) > 0 {
		if lineDone {
			d.verdict(edge.Done, edge.Says("pack.lineDone", edge.T("scanned", sku)))
		} else {
			d.verdict(edge.OK, edge.Says("pack.item", edge.T("scanned", sku)))
		}
		return
	}
	d.verdict(edge.Done, edge.Says("pack.allIn"))
	next := *at
	next.orders, next.box = after, d.boxAfter(at, id)
	d.onward(&next)
}

// packOrders gives the places of the orders in which pieces are booked: that of
// the line in hand first.
func (d *decider) packOrders(at *packPlace) []int {
	out := make([]int, 0, len(at.orders))
	for i, o := range at.orders {
		if o.ID == d.w.Order && i > 0 {
			out = slices.Insert(out, 0, i)
		} else {
			out = append(out, i)
		}
	}
	return out
}

// lineInHand gives the line of an order that the last piece was of.
func (d *decider) lineInHand(o *edge.Order) string {
	if d.w.Order != "" && d.w.Order != o.ID {
		return ""
	}
	return d.w.Line
}

// packOrder lists the lines of an article: the one in hand first.
func packOrder(o *edge.Order, inHand, sku string) []string {
	var out []string
	for i := range o.Lines {
		if o.Lines[i].SKU != sku {
			continue
		}
		if o.Lines[i].ID == inHand {
			out = slices.Insert(out, 0, inHand)
		} else {
			out = append(out, o.Lines[i].ID)
		}
	}
	return out
}

// boxAfter gives the box as it is after this decision's pack.item events.
func (d *decider) boxAfter(at *packPlace, id string) *edge.Box {
	var out *edge.Box
	if at.box != nil {
		out = cloneBox(at.box)
	} else {
		o := at.first()
		out = &edge.Box{ID: id, Order: o.ID, Client: o.Client, Carrier: o.Carrier, N: len(o.Boxes) + 1, With: withOf(at.orders)}
	}
	for i := range d.out.Events {
		if p, ok := d.out.Events[i].Data.(*edge.PackItem); ok {
			_ = addItem(out, d.out.Events[i].Order, p) // adding never fails
		}
	}
	return out
}

// withOf gives the ids of the orders beside the first.
func withOf(orders []*edge.Order) []string {
	if len(orders) < 2 {
		return nil
	}
	return idsOf(orders)[1:]
}

// onward closes the box where nothing is asked for any more.
func (d *decider) onward(at *packPlace) {
	if at.box != nil && len(at.box.Items) > 0 && at.ask(d.View, d.w.Station) == stepClose {
		d.closeBox(at)
	}
}

// closeBox ends a box and gives it its number, so that its label can be made.
// One that has a number keeps it; where its label does not say any more what is
// in it, another copy is made.
func (d *decider) closeBox(at *packPlace) {
	b, o := cloneBox(at.box), at.first()
	e := &edge.BoxEvent{Box: b.ID, N: b.N, Items: b.Items, BoxType: at.boxType, Station: d.w.Station, Orders: others(b), Materials: b.Materials}
	if toPack(at.orders...) == 0 {
		if e.Of = len(o.Boxes); !slices.Contains(o.Boxes, b.ID) {
			e.Of++
		}
	}
	if at.boxType != "" {
		e.Materials = append(slices.Clip(e.Materials), edge.Material{Kind: kindBox, What: at.boxType, Quantity: 1})
	}
	d.event(edge.EvBoxClosed, b.Client, b.Order, e)
	b.Of = e.Of
	switch {
	case b.Waybill == "":
		d.assign(at.orders, b)
	case d.s.tellsWrong(b):
		d.event(edge.EvStep, b.Client, b.Order, &edge.StepConfirmed{Kind: stepReprint, Step: at.step, Work: d.w.ID, Box: b.ID,
			Attempt: b.Print.Attempt, Reason: "contents"})
	}
}

// bind books the label on its box; the last one ends the order.
func (d *decider) bind(at *packPlace, attempt string) {
	b, o := at.box, at.first()
	d.event(edge.EvBound, b.Client, b.Order, &edge.WaybillEvent{Box: b.ID, Waybill: b.Waybill, Attempt: attempt, Carrier: b.Carrier, Orders: others(b)})
	d.shipConfirm(b, edge.AtPacked, "", "", "")
	d.loadTurns(b.Carrier, +1)
	for _, w := range d.s.loadersOf(b.Carrier) {
		d.touch(w)
	}
	if toPack(at.orders...) > 0 || d.s.unboundBox(o, b.ID) != nil {
		d.verdict(edge.Done, edge.Says("pack.boxDone", edge.N("n", b.N)))
		return
	}
	d.packed(at)
	if len(at.orders) > 1 {
		d.verdict(edge.Done, edge.Says("pack.ordersDone", edge.N("n", len(at.orders))))
		return
	}
	d.verdict(edge.Done, edge.Says("pack.orderDone", edge.T("order", o.ID)))
}

// packed ends the work with orders of which every piece is in a box and every
// label on its box.
func (d *decider) packed(at *packPlace) {
	for _, o := range at.orders {
		d.releaseTotes(o, o.Totes)
		d.putBack(o, backSurplus)
	}
	if d.w.Mode == modeSingle {
		d.singleDone(at.first())
	} else {
		d.finishWork(d.w, "")
	}
}

// unboundBox gives another box of an order that has no label on it yet.
func (s *State) unboundBox(o *edge.Order, except string) *edge.Box {
	for _, id := range o.Boxes {
		if b := s.boxes.get(id); b != nil && id != except && b.Bound == "" {
			return b
		}
	}
	return nil
}
