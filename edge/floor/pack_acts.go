package floor

import "dcedge/edge"

// actPack decides a button of a packer.
func (d *decider) actPack() {
	at := packNow(d.View, d.w)
	o := at.first()
	if o == nil && d.w.Mode == modeSingle && d.m.Action != "leave" {
		d.actSingle()
		return
	}
	open := at.step == stepItem || at.step == stepInsert || at.step == stepBoxType || at.step == stepWeight || at.step == stepClose
	switch d.m.Action {
	case "leave":
		d.leavePack(&at)
		return
	case "undo":
		if open {
			d.undo(o)
			return
		}
	case "quantity":
		if at.step == stepItem {
			d.packQuantity(&at)
			return
		}
	case "confirm":
		if at.step == stepItem {
			d.packConfirm(&at)
			return
		}
	case "close":
		if d.packClose(&at) {
			return
		}
	case "weight", "override":
		if at.step == stepWeight {
			d.weight(&at)
			return
		}
		if d.m.Action == "override" && d.overLimit(&at) {
			d.moreCopies(&at)
			return
		}
	case "skip":
		if at.step == stepInsert {
			d.skipInsert(&at)
			return
		}
	case "printed", "reprint", "void":
		if at.box != nil && at.box.Closed && labelStep(d.s, at.box) == at.step {
			d.actLabel(&at)
			return
		}
	}
	d.refuseAct()
}

// leavePack puts the work down; another desk may go on with it.
func (d *decider) leavePack(at *packPlace) {
	o := at.first()
	if d.w.Mode != modeSingle && at.step == stepClose && at.box == nil && d.s.unboundBox(o, "") == nil {
		d.closeEmpty(at) // nothing is left of it: put down, its tote would lead nobody back
		return
	}
	if d.w.Mode == modeSingle {
		d.leaveSingle(o)
		d.leave()
		d.touch(Everyone)
		return
	}
	d.leave()
	if d.w.Offered != "" && d.s.toTake() == 0 {
		d.touch(Everyone)
	}
	if o != nil && at.step != stepHeld && at.order.Stage != edge.StageCancelled {
		d.turns(d.s.idx.pack, +1)
		d.turns(d.s.idx.lone, +1)
	}
}

// packQuantity is quantity {n} of the line in hand, over all its boxes.
func (d *decider) packQuantity(at *packPlace) {
	o, l := handAt(d.w, at.orders)
	n := d.m.Args.N
	if n == nil || *n < 0 || l == nil {
		d.refuse(edge.Unexpected, edge.Says("quantity.missing"), "", "")
		return
	}
	want := min(l.Picked, l.Wanted)
	diff := *n - l.Packed
	switch {
	case !typing(d.View, d.sku(o.Client, l.SKU), l.Packed, want):
		d.refuse(edge.Unexpected, edge.Says("quantity.scanEach"), "", "")
	case *n > want:
		d.refuse(edge.Over, edge.Says("pack.over", edge.T("scanned", l.SKU), edge.N("remaining", packable(l))), "item", l.SKU)
	case diff == 0:
		d.verdict(edge.OK, edge.Says("pack.item", edge.T("scanned", l.SKU)))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepQuantity, Step: stepItem, Work: d.w.ID})
	case diff < 0:
		if at.box == nil || inBox(at.box, o.ID, l.ID) < -diff {
			d.refuse(edge.Unexpected, edge.Says("undo.notPossible"), "item", l.SKU)
			return
		}
		d.verdict(edge.OK, edge.Says("pack.item", edge.T("scanned", l.SKU)))
		d.event(edge.EvPackUndone, o.Client, o.ID, &edge.PackItem{Line: l.ID, SKU: l.SKU, Quantity: diff, Box: at.box.ID, Work: d.w.ID})
	default:
		d.pack(at, l.SKU, diff)
	}
}

// handAt gives the line in a packer's hand and its order.
func handAt(w *edge.Work, orders []*edge.Order) (*edge.Order, *edge.Line) {
	for _, o := range orders {
		if w.Order == "" || w.Order == o.ID {
			return o, lineOf(o, w.Line)
		}
	}
	return nil, nil
}

// packConfirm is a person's word for a piece whose code cannot be read: text is
// the article, or nothing where only one is left.
func (d *decider) packConfirm(at *packPlace) {
	reason, sku := clip(d.m.Args.Reason), d.m.Args.Text
	if _, l := handAt(d.w, at.orders); sku == "" && l != nil && packable(l) > 0 {
		sku = l.SKU
	}
	switch {
	case reason == "":
		d.refuse(edge.Unexpected, edge.Says("confirm.reason"), "act", "confirm")
		return
	case skuLeft(at.orders, sku) == 0:
		d.refuse(edge.Over, edge.Says("pack.over", edge.T("scanned", sku), edge.N("remaining", 0)), "act", "confirm")
		return
	}
	from := len(d.out.Events)
	d.pack(at, sku, 1)
	for i := range d.out.Events[from:] {
		if e, ok := d.out.Events[from+i].Data.(*edge.PackItem); ok {
			e.Reason = reason
		}
	}
}

func inBox(b *edge.Box, order, line string) int {
	for i := range b.Items {
		if it := &b.Items[i]; it.Line == line && b.OrderOf(it) == order {
			return it.Quantity
		}
	}
	return 0
}

// packClose ends the box; false where there is none to end.
func (d *decider) packClose(at *packPlace) bool {
	b, left := at.box, toPack(at.orders...)
	empty := b == nil || len(b.Items) == 0
	switch {
	case at.step != stepItem && at.step != stepClose:
		return false
	case empty && left > 0:
		d.refuse(edge.Unexpected, edge.Says("pack.boxEmpty"), "act", "close")
		return true
	case empty:
		d.closeEmpty(at)
		return true
	}
	d.verdict(edge.Done, edge.Says("pack.boxClosed", edge.N("n", b.N)))
	next := *at
	next.closing = true
	if step := next.ask(d.View, d.w.Station); step != stepClose {
		o := at.first()
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepClosing, What: step, Step: at.step, Work: d.w.ID, Box: b.ID})
		return true
	}
	d.closeBox(&next)
	return true
}

// closeEmpty ends an order of which nothing is left to pack: a box without
// anything in it is none, and its number dies.
func (d *decider) closeEmpty(at *packPlace) {
	o := at.first()
	if b := at.box; b != nil {
		if b.Waybill != "" {
			d.void(b, "empty")
		}
		d.event(edge.EvBoxDropped, b.Client, b.Order, &edge.BoxEvent{Box: b.ID, N: b.N, Station: d.w.Station, Orders: others(b)})
		if d.s.unboundBox(o, b.ID) != nil {
			d.verdict(edge.Done, edge.Says("pack.boxClosed", edge.N("n", b.N)))
			return
		}
	}
	d.packed(at)
	d.verdict(edge.Done, edge.Says("pack.orderDone", edge.T("order", o.ID)))
}

// fewerToPack ends a desk's work with orders of which nothing is left to pack,
// now that one of them wants less.
func (d *decider) fewerToPack(w *edge.Work, o, after *edge.Order) {
	orders := d.s.ordersOf(w)
	for i, in := range orders {
		if in.ID == o.ID {
			orders[i] = after
		}
	}
	if toPack(orders...) > 0 || w.Box != "" || len(o.Boxes) == 0 || len(missingTotes(w, orders)) > 0 || d.s.unboundBox(o, "") != nil {
		return
	}
	for _, in := range orders {
		d.releaseTotes(in, in.Totes)
		d.putBack(in, backSurplus)
	}
	d.finishWork(w, "")
}
