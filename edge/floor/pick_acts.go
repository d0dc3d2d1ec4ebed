package floor

import (
	"slices"

	"dcedge/edge"
)

// actPick decides a button of a picker.
func (d *decider) actPick() {
	o, at := pickAt(d.View, d.w)
	switch d.m.Action {
	case "leave":
		d.leavePick()
		return
	case "close":
		if at.step == stepDrop && d.Policy.Pick.Drop == "" {
			d.endHere(o)
			return
		}
	case "undo":
		d.undoPick(o, at)
		return
	case "handOver":
		if at.step == stepItem || at.step == stepLocation {
			d.handOver(o, at)
			return
		}
	case "addTote":
		if at.step == stepItem || at.step == stepLocation {
			d.verdict(edge.OK, edge.Says("pick.addTote"))
			d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepAddTote, Step: at.step, Work: d.w.ID})
			return
		}
	case "skip":
		if at.line != nil && at.step != stepInto {
			d.skip(o, at.line)
			return
		}
		if at.step == stepTote && fetching(d.w) {
			if d.w.Mode == modeTotal {
				d.waveToteMissing()
			} else {
				d.toteMissing(o)
			}
			return
		}
	case "quantity":
		if at.step == stepItem {
			d.pickQuantity(o, at.line)
			return
		}
	case "empty":
		if at.step == stepEmpty {
			d.empty()
			return
		}
	case "confirm":
		if at.step == stepItem || at.step == stepLot || at.step == stepSerial {
			d.confirm(o, at)
			return
		}
	case "short":
		if at.line != nil && d.w.Mode == modeTotal {
			d.shortShares(at.line)
			return
		}
		if at.line != nil && at.step != stepInto { // the piece in the hand first
			d.pickShort(o, at.line)
			return
		}
	}
	d.refuseAct()
}

func (d *decider) pickQuantity(o *edge.Order, l *edge.Line) {
	n := d.m.Args.N
	want := l.Wanted - l.Short
	if d.w.Mode == modeTotal {
		d.totalQuantity(l)
		return
	}
	switch {
	case n == nil || *n < 0:
		d.refuse(edge.Unexpected, edge.Says("quantity.missing"), "", "")
	case !typing(d.View, d.sku(o.Client, l.SKU), l.Picked, l.Wanted) || !d.lotKnown(o, l):
		d.refuse(edge.Unexpected, edge.Says("quantity.scanEach"), "", "")
	case *n > want:
		d.refuse(edge.Over, edge.Says("pick.over", edge.N("remaining", l.Open()), edge.N("scanned", *n-l.Picked)), "item", l.SKU)
	case *n == l.Picked:
		d.verdict(edge.OK, edge.Says("pick.item", edge.N("have", *n), edge.N("want", want)))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepQuantity, Step: stepItem, Work: d.w.ID})
	case *n < l.Picked:
		d.sameLot(l, d.picked(o, l, *n-l.Picked, edge.EvPickUndone))
		d.afterPick(o, l, *n-l.Picked, 0)
	case d.w.Mode == modeCluster:
		h := &edge.Hand{Line: l.ID, Quantity: *n - l.Picked}
		if was := d.w.Hand; was != nil && was.Line == l.ID {
			h.Captured = was.Captured
		}
		d.take(o, l, h, d.sku(o.Client, l.SKU))
	default:
		d.sameLot(l, d.picked(o, l, *n-l.Picked, edge.EvPicked))
		d.afterPick(o, l, *n-l.Picked, 0)
	}
}

// lotKnown tells that the lot of typed pieces is that of the last ones scanned.
func (d *decider) lotKnown(o *edge.Order, l *edge.Line) bool {
	r := d.sku(o.Client, l.SKU)
	return r == nil || len(r.Capture) == 0 || d.w.Hand != nil && d.w.Hand.Line == l.ID && d.w.Hand.Step == ""
}

func (d *decider) serial(o *edge.Order, l *edge.Line) bool {
	r := d.sku(o.Client, l.SKU)
	return r != nil && slices.Contains(r.Capture, captureSerial)
}

// sameLot says of pieces that are not scanned which they are: of the lot of the
// last ones, and of those put back, the last serial numbers.
func (d *decider) sameLot(l *edge.Line, e *edge.PickEvent) {
	if c := l.Captured; c != nil && e.Quantity < 0 {
		e.Serials = c.Serials[max(0, len(c.Serials)+e.Quantity):]
	}
	if h := d.w.Hand; h != nil && h.Line == l.ID {
		e.Lot, e.Expiry = h.Lot, h.Expiry
	}
}

// pickedShort is the reason of pieces that a person counted when the rest was short: no
// scan was read for them.
const pickedShort = "short"

// pickShort books what is missing: have becomes found, the rest is missing.
func (d *decider) pickShort(o *edge.Order, l *edge.Line) {
	found := l.Picked
	if d.m.Args.Found != nil {
		found = *d.m.Args.Found
	}
	want := l.Wanted - l.Short
	switch {
	case found < 0:
		d.refuse(edge.Unexpected, edge.Says("short.negative"), "", "")
		return
	case found > want:
		d.refuse(edge.Over, edge.Says("pick.over", edge.N("remaining", l.Open()), edge.N("scanned", found-l.Picked)), "item", l.SKU)
		return
	case found == want:
		d.refuse(edge.Unexpected, edge.Says("short.nothingMissing"), "item", l.SKU)
		return
	}
	diff, missing := found-l.Picked, want-found
	if diff > 0 && !d.lotKnown(o, l) || diff > 0 && d.serial(o, l) {
		d.refuse(edge.Unexpected, edge.Says("quantity.scanEach"), "item", l.SKU)
		return
	}
	if diff > 0 {
		e := d.picked(o, l, diff, edge.EvPicked)
		e.Reason = pickedShort
		d.sameLot(l, e)
	} else if diff < 0 {
		d.sameLot(l, d.picked(o, l, diff, edge.EvPickUndone))
	}
	if d.shortHere(o, l, missing) {
		return
	}
	d.event(edge.EvPickShort, o.Client, o.ID, &edge.PickEvent{Line: l.ID, SKU: l.SKU, Location: l.Location,
		Tote: toteFor(d.w, o), Found: &found, Missing: missing, Reason: clip(d.m.Args.Reason), Work: d.w.ID})
	d.askCount(o.Client, o.ID, l.SKU, l.Location, "short")
	d.askAway(o, l, missing)
	d.askRefill(o.Client, l.SKU, l.Location)
	d.afterPick(o, l, diff, missing)
}

// clip bounds a reason, which goes into events: a short code stays, prose might
// name a person and becomes "other".
func clip(reason string) string {
	const most = 64
	for i, r := range reason {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if i >= most || !letter && (i == 0 || (r < '0' || r > '9') && r != '.' && r != '_' && r != '-') {
			return "other"
		}
	}
	return reason
}

// leavePick puts the work down. With goods in a tote it stays with the order and
// whoever takes it up next; an empty tote is free again.
func (d *decider) leavePick() {
	free := false
	for _, id := range d.w.Orders {
		in := d.s.Order(d.w.Client, id)
		if in != nil && !hasGoods(in) {
			d.releaseTotes(in, in.Totes)
		} else if in != nil {
			d.touchLeft(in)
		}
		free = free || in != nil && in.Held == ""
	}
	if d.w.Mode == modeTotal && !d.s.anyGoods(d.w) {
		d.releaseWave(d.w.Client, d.w.Totes)
	}
	if d.leave(); free {
		d.turns(d.s.idx.pick, +1)
	}
}

func (d *decider) leave() {
	order := ""
	if len(d.w.Orders) > 0 {
		order = d.w.Orders[0]
	}
	d.verdict(edge.OK, edge.Says("work.left"))
	e := &edge.WorkEvent{Work: d.w.ID, Flow: d.w.Flow, Mode: d.w.Mode,
		Orders: d.w.Orders, Totes: d.w.Totes, Station: d.w.Station, Truck: d.w.Truck, Reason: clip(d.m.Args.Reason)}
	if d.w.Flow == edge.Pack {
		e.Box = d.w.Box
	}
	d.event(edge.EvWorkLeft, d.w.Client, order, e)
}

// undo takes back what a message did, the last one where none is named.
func (d *decider) undo(o *edge.Order) {
	steps := d.w.Undo
	pending := halfRead(d.w)
	if len(steps) == 0 && !pending || o == nil {
		d.refuse(edge.Unexpected, edge.Says("undo.nothing"), "", "")
		return
	}
	if pending && d.m.Args.Of == "" {
		d.emptyHand(o)
		return
	}
	var of edge.ID
	if len(steps) > 0 {
		of = steps[len(steps)-1].Message
	}
	if d.m.Args.Of != "" {
		id, err := edge.ParseID(d.m.Args.Of)
		if err != nil {
			d.refuse(edge.Unexpected, edge.Says("undo.nothing"), "", "")
			return
		}
		of = id
	}
	after := map[string]*edge.Order{}
	var events []edge.Event
	for i := len(steps) - 1; i >= 0; i-- {
		u := steps[i]
		if u.Message != of {
			continue
		}
		in := after[u.Order]
		if in == nil {
			if in = d.s.Order(d.w.Client, u.Order); in == nil {
				in = o
			}
			in = cloneOrder(in)
			after[u.Order] = in
		}
		l := editLine(in, u.Line)
		if l == nil || !undoLine(l, &u) {
			d.refuse(edge.Unexpected, edge.Says("undo.notPossible"), "", "")
			return
		}
		e := d.undoEvent(l, &u)
		e.Order = in.ID
		if p, ok := e.Data.(*edge.PickEvent); ok {
			l.Picked -= p.Quantity // as it is before this step
			p.Put = d.besideWave(in, l, p.Quantity)
			l.Picked, l.Put = l.Picked+p.Quantity, l.Put+p.Put
		}
		events = append(events, e)
	}
	if len(events) == 0 {
		d.refuse(edge.Unexpected, edge.Says("undo.nothing"), "", "")
		return
	}
	d.verdict(edge.OK, edge.Says("undo.done"))
	for _, e := range events {
		d.event(e.Type, o.Client, e.Order, e.Data)
	}
}

// emptyHand puts back a piece that was not completely read.
func (d *decider) emptyHand(o *edge.Order) {
	d.verdict(edge.OK, edge.Says("undo.done"))
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepCapture, What: "putBack", Step: d.w.Hand.Step, Work: d.w.ID})
}

// undoLine takes a step back on a copy of the line and tells whether the
// figures still hold at every moment of it.
func undoLine(l *edge.Line, u *edge.Undo) bool {
	switch u.Type {
	case edge.EvPackItem, edge.EvPackUndone:
		l.Packed -= u.Quantity
	case edge.EvPickShort:
		l.Short -= u.Missing
	default:
		l.Picked -= u.Quantity
	}
	return l.Picked >= l.Packed && l.Packed >= 0 && l.Packed <= max(l.Picked, 0) && l.Short >= 0 && (l.Short == 0 || l.Picked+l.Short <= l.Wanted) &&
		(u.Quantity >= 0 || l.Picked <= l.Wanted)
}

func (d *decider) undoEvent(l *edge.Line, u *edge.Undo) edge.Event {
	undoes := u.Message.String()
	switch u.Type {
	case edge.EvPackItem, edge.EvPackUndone:
		t := edge.EvPackUndone
		if u.Quantity < 0 {
			t = edge.EvPackItem // a smaller quantity is taken back
		}
		return edge.Event{Type: t, Data: &edge.PackItem{Line: u.Line, SKU: l.SKU, Quantity: -u.Quantity,
			Box: u.Box, Work: d.w.ID, Undoes: undoes}}
	case edge.EvPickShort:
		return edge.Event{Type: edge.EvPickShort, Data: &edge.PickEvent{Line: u.Line, SKU: l.SKU, Location: l.Location,
			Tote: u.Tote, Missing: -u.Missing, Work: d.w.ID, Undoes: undoes}}
	}
	t := edge.EvPickUndone
	if u.Quantity < 0 {
		t = edge.EvPicked // a smaller quantity is taken back
	}
	e := &edge.PickEvent{Line: u.Line, SKU: l.SKU, Quantity: -u.Quantity,
		Location: l.Location, Tote: u.Tote, Work: d.w.ID, Undoes: undoes}
	if c := u.Captured; c != nil {
		e.Lot, e.Expiry, e.Serials = c.Lot, c.Expiry, c.Serials
	}
	return edge.Event{Type: t, Data: e}
}
