package floor

import (
	"slices"
	"strconv"

	"dcedge/edge"
)

// packInsert takes what goes into the box beside the lines, one after the other.
func (d *decider) packInsert(o *edge.Order, b *edge.Box) {
	x := o.Extras[o.ExtrasDone]
	m, ok, other := d.item(o.Client)
	switch {
	case x.SKU == "" && d.code == x.Kind, ok && m.ID == x.SKU, !ok && !other && x.SKU != "" && d.code == x.SKU:
		d.verdict(edge.OK, edge.Says("pack.insert", edge.T("scanned", d.code)))
		d.inserted(o, b, stepInserted, "")
	case ok || other:
		m, _ = d.firstItem(m)
		d.refuse(edge.Wrong, edge.Says("pack.wrongInsert", edge.T("expected", x.SKU), edge.T("scanned", m.ID)), "item", m.ID)
	default:
		d.refuseOther(o.Carrier)
	}
}

// skipInsert leaves out what there is none of, or has the order held for it.
func (d *decider) skipInsert(o *edge.Order, b *edge.Box) {
	x, reason := o.Extras[o.ExtrasDone], clip(d.m.Args.Reason)
	if x.OnMissing != "hold" {
		d.verdict(edge.OK, edge.Says("pack.insertSkipped"))
		d.inserted(o, b, stepLeftOut, reason)
		return
	}
	d.verdict(edge.OK, edge.Says("pack.insertHold", edge.T("order", o.ID)))
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepHelp, What: x.SKU, Step: stepInsert, Work: d.w.ID, Box: b.ID, Reason: reason})
	d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Held: "extra", Step: string(o.Stage)})
}

// inserted books an extra; with the last one the box is closed, or weighed.
func (d *decider) inserted(o *edge.Order, b *edge.Box, kind, reason string) {
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: kind, What: o.Extras[o.ExtrasDone].SKU, Step: stepInsert,
		Work: d.w.ID, Box: b.ID, Reason: reason})
	if st, _ := d.Policy.Station(d.w.Station); o.ExtrasDone+1 >= len(o.Extras) && st.Scale == "" {
		d.closeBox(o, b, true)
	}
}

// learnFrom is how many boxes must have told what a piece weighs before it is
// believed, learnKeep how many are kept: their median counts.
const (
	learnFrom = 5
	learnKeep = 9
)

// learn keeps what a piece of an article weighed in a box that held nothing
// else and no carton of a known weight.
func (s *State) learn(b *edge.Box, d *edge.BoxEvent) {
	grams, err := strconv.ParseFloat(d.Grams, 64)
	if err != nil || len(b.Items) != 1 || b.Items[0].Quantity < 1 || d.BoxType != "" || d.Expected != 0 {
		return
	}
	key := edge.WeightPrefix + b.Client + "\x00" + b.Items[0].SKU
	old := s.weights.get(key)
	next := &edge.LearnedWeight{Client: b.Client, SKU: b.Items[0].SKU}
	if old != nil {
		next.Grams = old.Grams[max(0, len(old.Grams)-learnKeep+1):]
	}
	next.Grams = append(slices.Clip(next.Grams), int(grams)/b.Items[0].Quantity)
	s.weights.put(key, next)
}

// learned is what a piece weighs as far as boxes have told; 0 is not known.
func (s *State) learned(client, sku string) int {
	r := s.weights.get(edge.WeightPrefix + client + "\x00" + sku)
	if r == nil || len(r.Grams) < learnFrom {
		return 0
	}
	list := slices.Sorted(slices.Values(r.Grams))
	return list[len(list)/2]
}

// reopen takes a packed box back to the desk, as long as no truck has it.
func (d *decider) reopen() {
	a := &d.m.Args
	b := d.s.Box(a.Box)
	if a.Waybill != "" {
		d.code = a.Waybill
		if _, b = d.waybill(""); b != nil && b.Waybill == "" {
			b = nil
		}
	}
	switch {
	case !d.may(edge.Packer):
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Packer))), "act", "reopen")
		return
	case b == nil || b.Bound == "":
		d.refuse(edge.Unknown, edge.Says("reopen.noBox"), "act", "reopen")
		return
	}
	o, station := d.s.Order(b.Client, b.Order), d.lastStation()
	switch {
	case o == nil || b.Shipped || b.Truck != "":
		d.refuse(edge.Unexpected, edge.Says("reopen.loaded", edge.T("box", b.ID)), "box", b.ID)
	case o.Stage == edge.StageCancelled:
		d.refuseCancelled(o)
	case o.Held != "":
		d.refuseHeld(o, "box", b.ID)
	case o.Work != "":
		d.refuse(edge.Duplicate, edge.Says("pack.boxTaken", edge.T("box", b.ID)), "box", b.ID)
	case clip(a.Reason) == "":
		d.refuse(edge.Unexpected, edge.Says("confirm.reason"), "act", "reopen")
	case station == "":
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "box", b.ID)
	default:
		d.verdict(edge.OK, edge.Says("pack.reopened", edge.T("box", b.ID)))
		d.event(edge.EvWorkStarted, o.Client, o.ID, &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Pack, Mode: "order",
			Orders: []string{o.ID}, Station: station, Box: b.ID, Reason: clip(a.Reason)})
		d.unstow(b, "reopened")
		d.event(edge.EvBoxReopened, o.Client, o.ID, &edge.BoxEvent{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Station: station})
		d.leavesQueue(o)
		d.touchLoaders(b.Carrier)
	}
}
