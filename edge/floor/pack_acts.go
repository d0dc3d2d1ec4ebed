package floor

import (
	"strconv"

	"dcedge/edge"
)

// actPack decides a button of a packer.
func (d *decider) actPack() {
	o := d.s.orderOf(d.w)
	at := packNow(d.View, d.w, o)
	if o == nil && d.w.Mode == modeSingle && d.m.Action != "leave" {
		d.actSingle()
		return
	}
	switch d.m.Action {
	case "leave":
		if d.w.Mode == modeSingle {
			d.leaveSingle(o)
			d.leave()
			d.touch(Everyone)
			return
		}
		d.leave()
		if o != nil && o.Held == "" && o.Stage != edge.StageCancelled {
			d.turns(d.s.idx.pack, +1)
		}
		return
	case "undo":
		if at.step == stepItem || at.step == stepInsert || at.step == stepWeight || at.step == "close" {
			d.undo(o)
			return
		}
	case "quantity":
		if at.step == stepItem {
			d.packQuantity(o, at.box)
			return
		}
	case "confirm":
		if at.step == stepItem {
			d.packConfirm(o, at.box)
			return
		}
	case "close":
		if d.packClose(o, at) {
			return
		}
	case "weight", "override":
		if at.step == stepWeight {
			d.weight(o, at.box)
			return
		}
	case "skip":
		if at.step == stepInsert {
			d.skipInsert(o, at.box)
			return
		}
	case "printed", "reprint", "void":
		if at.box != nil && at.box.Closed && at.step != stepHeld {
			d.actLabel(o, at)
			return
		}
	}
	d.refuseAct()
}

// packQuantity is quantity {n} of the line in hand, over all its boxes.
func (d *decider) packQuantity(o *edge.Order, b *edge.Box) {
	n, l := d.m.Args.N, lineOf(o, d.w.Line)
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
		if b == nil || inBox(b, l.ID) < -diff {
			d.refuse(edge.Unexpected, edge.Says("undo.notPossible"), "item", l.SKU)
			return
		}
		d.verdict(edge.OK, edge.Says("pack.item", edge.T("scanned", l.SKU)))
		d.event(edge.EvPackUndone, o.Client, o.ID, &edge.PackItem{Line: l.ID, SKU: l.SKU, Quantity: diff, Box: b.ID, Work: d.w.ID})
	default:
		d.pack(o, b, l.SKU, diff)
	}
}

// packConfirm is a person's word for a piece whose code cannot be read: text is
// the article, or nothing where only one is left.
func (d *decider) packConfirm(o *edge.Order, b *edge.Box) {
	reason, sku := clip(d.m.Args.Reason), d.m.Args.Text
	if l := lineOf(o, d.w.Line); sku == "" && l != nil && packable(l) > 0 {
		sku = l.SKU
	}
	switch {
	case reason == "":
		d.refuse(edge.Unexpected, edge.Says("confirm.reason"), "act", "confirm")
		return
	case skuLeft(o, sku) == 0:
		d.refuse(edge.Over, edge.Says("pack.over", edge.T("scanned", sku), edge.N("remaining", 0)), "act", "confirm")
		return
	}
	from := len(d.out.Events)
	d.pack(o, b, sku, 1)
	for i := range d.out.Events[from:] {
		if e, ok := d.out.Events[from+i].Data.(*edge.PackItem); ok {
			e.Reason = reason
		}
	}
}

func skuLeft(o *edge.Order, sku string) int {
	n := 0
	for i := range o.Lines {
		if o.Lines[i].SKU == sku {
			n += packable(o.Lines[i])
		}
	}
	return n
}

func inBox(b *edge.Box, line string) int {
	for _, it := range b.Items {
		if it.Line == line {
			return it.Quantity
		}
	}
	return 0
}

// packClose ends the box; false where there is none to end.
func (d *decider) packClose(o *edge.Order, at packPlace) bool {
	switch {
	case at.step != stepItem && at.step != "close":
		return false
	case at.box == nil && at.step == "close":
		d.releaseTotes(o, o.Totes)
		d.finishWork(d.w, "")
		d.verdict(edge.Done, edge.Says("pack.orderDone", edge.T("order", o.ID)))
		return true
	case at.box == nil || len(at.box.Items) == 0:
		d.refuse(edge.Unexpected, edge.Says("pack.boxEmpty"), "act", "close")
		return true
	}
	d.verdict(edge.Done, edge.Says("pack.boxClosed", edge.N("n", at.box.N)))
	if st, _ := d.Policy.Station(d.w.Station); st.Scale != "" && at.box.Grams == "" {
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepWeight, Step: at.step, Work: d.w.ID, Box: at.box.ID})
		return true
	}
	d.closeBox(o, at.box, toPack(o) == 0)
	return true
}

// weightSlack is what a box may differ from its expected weight: a share of it
// and grams on top, for tape and filling.
const (
	weightSlackPercent = 5
	weightSlackGrams   = 50
)

// weight takes what the scale says; far off needs a lead's override.
func (d *decider) weight(o *edge.Order, b *edge.Box) {
	a := &d.m.Args
	if d.m.Action == "override" {
		if a.ByLead == "" {
			d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Lead))), "act", "override")
			return
		}
		d.verdict(edge.OK, edge.Says("pack.weighed"))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepOverride, What: a.ByLead, Step: stepWeight, Work: d.w.ID,
			Box: b.ID, Reason: clip(a.Reason)})
		d.closeBox(o, b, toPack(o) == 0)
		return
	}
	g, err := strconv.ParseFloat(a.Grams, 64)
	if err != nil || !(g > 0 && g < 1e6) {
		d.refuse(edge.Unexpected, edge.Says("weight.missing"), "act", "weight")
		return
	}
	expected := d.expectedGrams(b)
	off := g - float64(expected)
	if slack := float64(expected)*weightSlackPercent/100 + weightSlackGrams; expected > 0 && (off > slack || -off > slack) {
		d.refuse(edge.Wrong, edge.Says("pack.wrongWeight", edge.N("expected", expected), edge.N("scanned", int(g))), "weight", "")
		return
	}
	d.verdict(edge.OK, edge.Says("pack.weighed"))
	d.event(edge.EvBoxWeighed, o.Client, o.ID, &edge.BoxEvent{Box: b.ID, Grams: a.Grams, Expected: expected, OK: true})
	d.closeBox(o, b, toPack(o) == 0)
}

// expectedGrams is the sum of the master's weights, or of those learned from
// boxes; 0 where one is not known.
func (d *decider) expectedGrams(b *edge.Box) int {
	sum := 0
	for _, it := range b.Items {
		r := d.Catalogue.SKU(b.Client, it.SKU)
		grams := d.s.learned(b.Client, it.SKU)
		if r != nil && r.WeightGrams > 0 {
			grams = r.WeightGrams
		}
		if grams == 0 {
			return 0
		}
		sum += grams * it.Quantity
	}
	if t := d.Catalogue.BoxType(d.w.BoxType); t != nil {
		sum += t.TareGrams
	}
	return sum
}

// closeBox ends a box and gives it its number, so that its label can be made.
func (d *decider) closeBox(o *edge.Order, b *edge.Box, last bool) {
	of := 0
	if last {
		of = b.N
	}
	d.event(edge.EvBoxClosed, o.Client, o.ID, &edge.BoxEvent{Box: b.ID, N: b.N, Of: of, Items: b.Items, BoxType: d.w.BoxType,
		Station: d.w.Station})
	if b.Waybill == "" { // one that was opened again keeps its number
		d.assign(o, b)
	}
}

// bind books the label on its box; the last one ends the order.
func (d *decider) bind(o *edge.Order, b *edge.Box, number, attempt string) {
	d.event(edge.EvBound, o.Client, o.ID, &edge.WaybillEvent{Box: b.ID, Waybill: number, Attempt: attempt, Carrier: b.Carrier})
	d.shipConfirm(b, edge.AtPacked, "", "", "")
	d.loadTurns(b.Carrier, +1)
	for _, w := range d.s.loadersOf(b.Carrier) {
		d.touch(w)
	}
	if toPack(o) > 0 {
		d.verdict(edge.Done, edge.Says("pack.boxDone", edge.N("n", b.N)))
		return
	}
	d.releaseTotes(o, o.Totes)
	d.putBack(o, backSurplus)
	if d.w.Mode == modeSingle {
		d.singleDone(o)
	} else {
		d.finishWork(d.w, "")
	}
	d.verdict(edge.Done, edge.Says("pack.orderDone", edge.T("order", o.ID)))
}
