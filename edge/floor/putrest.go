package floor

import (
	"slices"

	"dcedge/edge"
)

// surplus takes a piece that no order wants out of the wave's tote: somebody brings it
// back, once. One that no order wanted before either was picked beyond what was
// counted: its place is counted again.
func (d *decider) surplus(t *edge.Tote, sku string) {
	e := &edge.StepConfirmed{Kind: stepPutDown, What: sku, Step: stepItem, Work: d.w.ID, Reason: backSurplus}
	d.verdict(edge.OK, edge.Says("put.surplus", edge.T("scanned", sku)))
	d.event(edge.EvStep, t.Client, "", e)
	if task := d.s.backOf(t.ID, sku); task != nil { // somebody is to bring it already
		e.Task = task.ID
		d.nothingIn(task, t.ID)
		d.touch(Everyone)
		return
	}
	if o, l := d.s.excessOf(t, sku); o != nil {
		d.bring(t.Client, o.ID, &edge.StockEvent{SKU: sku, Quantity: 1, To: l.Location, Line: l.ID, Reason: backSurplus, Totes: []string{t.ID}, Aside: 1})
		return
	}
	home := ""
	for _, id := range t.Orders {
		if o := d.s.Order(t.Client, id); o != nil && home == "" {
			if i := slices.IndexFunc(o.Lines, func(l *edge.Line) bool { return l.SKU == sku }); i >= 0 {
				home = o.Lines[i].Location
			}
		}
	}
	if at := d.elsewhere(t.Client, sku, "", nil); home == "" && at != nil {
		home = at.Location
	}
	d.bring(t.Client, "", &edge.StockEvent{SKU: sku, Quantity: 1, To: home, Reason: backSurplus})
	d.askCount(t.Client, "", sku, home, backSurplus)
}

// nothingIn frees the other totes that the pieces of a task could lie in where the last
// of them was taken out of this one: their wave has let them go, and nobody comes for it.
func (d *decider) nothingIn(task *edge.MoveTask, but string) {
	if task.Aside+1 < task.Quantity {
		return
	}
	for _, id := range task.Totes {
		if t := d.s.Tote(id); t != nil && id != but && t.Wave == "" && t.Work == "" && !d.s.goesBackIn(id, task) {
			d.event(edge.EvToteReleased, task.Client, "", &edge.ToteEvent{Tote: id})
		}
	}
}

// closePut ends with an empty tote: what should have been in it is picked
// again, unless another tote of the wave may hold it.
func (d *decider) closePut(t *edge.Tote) {
	others := len(d.s.totesOf(t.Wave)) > 1
	d.closedPut(t, !others)
	d.touchPutters()
	if !others {
		for _, o := range d.s.putOrders(t) {
			d.pickAgain(o)
		}
		d.askExcess(t, "")
	}
	d.endPut(t)
}

// pickAgain opens what never came to an order's cell.
func (d *decider) pickAgain(o *edge.Order) {
	e := &edge.OrderChanged{Kind: "repick", Step: string(o.Stage), Repick: true, Reason: "missing"}
	for _, l := range o.Lines {
		n := toPut(l)
		if n <= 0 {
			continue
		}
		p := &edge.PickEvent{Line: l.ID, SKU: l.SKU, Quantity: -n, Location: l.Location, Tote: d.w.Totes[0], Work: d.w.ID, Reason: "missing"}
		if c := l.Captured; c != nil {
			p.Serials = c.Serials[max(0, len(c.Serials)-n):]
		}
		d.event(edge.EvPickUndone, o.Client, o.ID, p)
		e.Lines = append(e.Lines, edge.OrderLine{Line: l.ID, SKU: l.SKU, Quantity: l.Wanted, Location: l.Location, Zone: l.Zone})
	}
	if len(e.Lines) == 0 {
		return
	}
	d.event(edge.EvOrderChanged, o.Client, o.ID, e)
	if o.Held == "" {
		d.turns(d.s.idx.pick, +1)
	}
}
