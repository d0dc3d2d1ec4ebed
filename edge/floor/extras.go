package floor

import (
	"slices"

	"dcedge/edge"
)

// nextExtra gives the first order with something that still goes into the box
// beside its lines; nil: there is none.
func (p *packPlace) nextExtra() *edge.Order {
	for _, o := range p.orders {
		if o.ExtrasDone < len(o.Extras) {
			return o
		}
	}
	return nil
}

// extraCode is what a scanner reads of an extra: its article, or the kind's own
// card.
func extraCode(x *edge.Extra) string {
	if x.SKU != "" {
		return x.SKU
	}
	return x.Kind
}

// packInsert takes what goes into the box beside the lines, one after the other.
func (d *decider) packInsert(at *packPlace) {
	o := at.nextExtra()
	x := &o.Extras[o.ExtrasDone]
	m, ok, other := d.itemOf(o.Client, x.SKU)
	switch {
	case x.SKU == "" && d.code == x.Kind, ok && m.ID == x.SKU, !ok && !other && x.SKU != "" && d.code == x.SKU:
		d.verdict(edge.OK, edge.Says("pack.insert", edge.T("scanned", d.code)))
		d.inserted(at, o, stepInserted, "")
	case ok || other:
		m, _ = d.firstItem(m)
		d.refuse(edge.Wrong, edge.Says("pack.wrongInsert", edge.T("expected", extraCode(x)), edge.T("scanned", m.ID)), "item", m.ID)
	default:
		d.refuseOther(at.carrier())
	}
}

// skipInsert leaves out what there is none of, or has the order held for it.
func (d *decider) skipInsert(at *packPlace) {
	o := at.nextExtra()
	x, reason := &o.Extras[o.ExtrasDone], clip(d.m.Args.Reason)
	if x.OnMissing != "hold" {
		d.verdict(edge.OK, edge.Says("pack.insertSkipped"))
		d.inserted(at, o, stepLeftOut, reason)
		return
	}
	d.verdict(edge.OK, edge.Says("pack.insertHold", edge.T("order", o.ID)))
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepHelp, What: extraCode(x), Step: stepInsert, Work: d.w.ID, Box: at.box.ID, Reason: reason})
	d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Held: "extra", Step: string(o.Stage)})
}

// inserted books an extra; with the last one the box is closed if nothing else is
// asked for.
func (d *decider) inserted(at *packPlace, o *edge.Order, kind, reason string) {
	x := &o.Extras[o.ExtrasDone]
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: kind, What: extraCode(x), Step: stepInsert, Work: d.w.ID, Box: at.box.ID, Reason: reason})
	next := *at
	next.box, next.orders = cloneBox(at.box), slices.Clone(at.orders)
	after := cloneOrder(o)
	termsOf(after).ExtrasDone++
	next.orders[slices.Index(at.orders, o)] = after
	if kind == stepInserted {
		useMaterial(next.box, o, x)
	}
	d.onward(&next)
}

// useMaterial notes in a box's new version what went into it beside the lines.
func useMaterial(b *edge.Box, o *edge.Order, x *edge.Extra) {
	m := edge.Material{Kind: x.Kind, What: x.SKU, Quantity: 1}
	if o.ID != b.Order {
		m.Order = o.ID
	}
	b.Materials = append(slices.Clip(b.Materials), m)
}

// applyInserted books an extra as done, and what was put in as material.
func (s *State) applyInserted(e *edge.Event, d *edge.StepConfirmed) {
	o := s.editOrder(e.Client, e.Order)
	if o == nil || o.ExtrasDone >= len(o.Extras) {
		return
	}
	if b := s.boxes.edit(d.Box); b != nil && d.Kind == stepInserted {
		useMaterial(b, o, &o.Extras[o.ExtrasDone])
	}
	termsOf(o).ExtrasDone++
}
