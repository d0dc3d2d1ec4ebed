package floor

import (
	"slices"

	"dcedge/edge"
)

// modeTotal is the picking of what all orders of a wave want, together into the
// wave's totes; a put wall parts them.
const modeTotal = "total"

// waveMost is how many orders a wave has where the site does not say.
const waveMost = 30

// share is what of one line lies in one place, with the same of other orders.
type share struct {
	order *edge.Order
	line  *edge.Line
}

// shares lists the lines of a wave that are picked with a line, the first order
// first, and counts their pieces.
func shares(v View, w *edge.Work, of *edge.Line) (list []share, open, have, want int) {
	for _, id := range w.Orders {
		o := v.State.Order(w.Client, id)
		if o == nil || o.Held != "" {
			continue
		}
		for _, l := range o.Lines {
			if l.SKU == of.SKU && l.Location == of.Location {
				list = append(list, share{o, l})
				open, have, want = open+l.Open(), have+l.Picked, want+l.Wanted-l.Short
			}
		}
	}
	return list, open, have, want
}

// totalAt tells where the picker of a wave stands.
func totalAt(v View, w *edge.Work) (*edge.Order, pickPlace) {
	if len(w.Totes) == 0 || w.Step == stepAddTote || w.Step == stepFetch {
		return v.State.orderOf(w), pickPlace{step: stepTote}
	}
	return walkAt(v, w)
}

// startTotal begins with a wave: one that was left, or a new one; where orders are
// named, one of theirs.
func (d *decider) startTotal() {
	if w := d.s.leftWave(d.m.Args.Zone, d.m.Args.Orders); w != nil {
		d.takeWave(w, len(w.Totes) > 0)
		return
	}
	most := d.Policy.Pick.Wave
	if most <= 0 {
		most = waveMost
	}
	d.startMany(modeTotal, most, func(n int) edge.Say { return edge.Says("pick.waveStarted", edge.N("n", n)) })
}

// takeWave goes on with a wave that was put down, or passed on.
func (d *decider) takeWave(w *edge.Work, fetch bool) {
	say := edge.Says("pick.waveStarted", edge.N("n", len(w.Orders)))
	if fetch {
		say = d.s.saysFetch(w.Totes, w.Zone)
	}
	d.verdict(edge.OK, say)
	d.event(edge.EvWorkMoved, w.Client, "", &edge.WorkEvent{Work: w.ID, Flow: w.Flow, Mode: w.Mode, To: d.m.Worker, Fetch: fetch})
}

// waveOf gives the wave that is being picked into a tote, nil where none is.
func (s *State) waveOf(t *edge.Tote) *edge.Work {
	if w := s.Work(t.Work); w != nil && w.Mode == modeTotal {
		return w
	}
	return nil
}

// resumeWave goes on with a wave whose tote was scanned where it waits. False: it
// waits for nobody.
func (d *decider) resumeWave(t *edge.Tote) bool {
	w := d.s.waveOf(t)
	if w == nil || w.Worker != "" {
		return false
	}
	switch {
	case !d.may(edge.Picker):
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Picker))), "tote", t.ID)
	case !d.otherZone(w.Zone, t.ID):
		d.takeWave(w, false)
		if w.Step == stepFetch { // and was put down before it was there
			d.event(edge.EvStep, w.Client, "", &edge.StepConfirmed{Kind: stepTote, What: t.ID, Step: stepTote, Work: w.ID})
		}
		d.toteFound(w)
	}
	return true
}

// leftWave gives the wave that was put down first, of those that were passed on to
// a zone where one is named, and with an order that is named.
func (s *State) leftWave(zone string, orders []string) *edge.Work {
	var best *edge.Work
	for id := range s.idx.left {
		w := s.Work(id)
		wanted := w.Mode == modeTotal && (zone == "" || w.Zone == zone) && (len(orders) == 0 || anyOf(orders, w.Orders)) && !s.toteGone(w)
		if wanted && (best == nil || w.Started.Before(best.Started) || w.Started.Equal(best.Started) && w.ID < best.ID) {
			best = w
		}
	}
	return best
}

// pickShares picks n pieces for the lines that share a place: the first order
// first; taken back, the last one first.
func (d *decider) pickShares(l *edge.Line, h *edge.Hand) {
	list, _, _, _ := shares(d.View, d.w, l)
	n := h.Quantity
	if n < 0 {
		slices.Reverse(list)
	}
	for _, x := range list {
		take := min(n, x.line.Open())
		if n < 0 {
			take = max(n, x.line.Put-x.line.Picked)
		}
		if take == 0 {
			continue
		}
		t := edge.EvPicked
		if n < 0 {
			t = edge.EvPickUndone
		}
		e := d.picked(x.order, x.line, take, t)
		d.readOff(e, x.order, x.line, h)
		n -= take
	}
	d.afterShares(l, h.Quantity, 0)
}

// afterShares sets the verdict after lines that share a place changed, and ends
// the wave where nothing is open any more.
func (d *decider) afterShares(l *edge.Line, picked, short int) {
	_, open, have, want := shares(d.View, d.w, l)
	switch {
	case open-picked-short > 0:
		d.verdict(edge.OK, d.counted("pick.item", have+picked, want))
		return
	case short > 0:
		d.verdict(edge.Done, edge.Says("pick.short", edge.N("missing", short)))
	default:
		d.verdict(edge.Done, d.counted("pick.lineDone", have+picked, want))
	}
	after := d.after()
	if d.passOn(d.w, after) || d.Policy.Pick.Drop != "" {
		return
	}
	for _, id := range d.w.Orders {
		o := d.s.Order(d.w.Client, id)
		if o.Held == "" && slices.ContainsFunc(o.Lines, func(x *edge.Line) bool { return x.Open() > 0 && (x.SKU != l.SKU || x.Location != l.Location) }) {
			return
		}
	}
	d.finishWave(d.w, after)
}

// after gives the orders of the work as this message's events leave them.
func (d *decider) after() map[string]*edge.Order {
	out := map[string]*edge.Order{}
	for i := range d.out.Events {
		e := &d.out.Events[i]
		p, ok := e.Data.(*edge.PickEvent)
		if !ok {
			continue
		}
		o := out[e.Order]
		if o == nil {
			if o = d.s.Order(e.Client, e.Order); o == nil {
				continue
			}
			o = cloneOrder(o)
			out[e.Order] = o
		}
		l := editLine(o, p.Line)
		if e.Type == edge.EvPickShort {
			l.Short += p.Missing
		} else {
			l.Picked += p.Quantity
		}
	}
	return out
}

// finishWave ends the picking of a wave. Orders of which nothing was found are
// cancelled or wait as any other; the rest goes to the put wall. A held order with
// something left to pick leaves the wave, or waits at the wall where goods of it lie in
// the tote, and is picked to its end once it is released.
func (d *decider) finishWave(w *edge.Work, after map[string]*edge.Order) {
	goods := false
	var rest []string
	var again []*edge.Order
	for _, id := range w.Orders {
		o := after[id]
		if o == nil {
			o = d.s.Order(w.Client, id)
		}
		switch {
		case o == nil:
		case o.Held == "" || !isOpen(o):
			d.endOrder(o)
		case hasGoods(o):
			again = append(again, o)
			d.nothingForTheWall(w, o)
		default:
			continue
		}
		rest = append(rest, id)
		goods = goods || o != nil && hasGoods(o)
	}
	if len(rest) < len(w.Orders) && len(rest) > 0 {
		w = d.leaveHeld(w, rest)
	}
	if !goods {
		d.releaseWave(w.Client, w.Totes)
	}
	d.finishWork(w, "")
	for _, o := range again {
		d.pickRest(o)
	}
	if goods && d.s.waitingWaves() == 0 {
		d.touch(Everyone)
	}
	d.verdictDone(edge.Says("pick.waveDone", edge.N("n", len(rest))))
}

// nothingForTheWall has what was picked of an order brought back where it wants nothing of
// it any more.
func (d *decider) nothingForTheWall(w *edge.Work, o *edge.Order) {
	if toPutOf(o) > 0 {
		return
	}
	for _, l := range o.Lines {
		if n := excess(o, l); n > 0 {
			d.bring(o.Client, o.ID, &edge.StockEvent{SKU: l.SKU, Quantity: n, To: l.Location, Line: l.ID, Reason: backSurplus, Totes: w.Totes})
		}
	}
}

func isOpen(o *edge.Order) bool {
	return slices.ContainsFunc(o.Lines, func(l *edge.Line) bool { return l.Open() > 0 })
}

// pickRest has what is left of an order picked once nothing of it lies in its wave's
// tote any more.
func (d *decider) pickRest(o *edge.Order) {
	e := &edge.OrderChanged{Kind: "repick", Step: string(edge.StagePicking), Repick: true, Reason: "held"}
	for _, l := range o.Lines {
		if l.Open() > 0 {
			e.Lines = append(e.Lines, edge.OrderLine{Line: l.ID, SKU: l.SKU, Quantity: l.Wanted, Location: l.Location, Zone: l.Zone})
		}
	}
	d.event(edge.EvOrderChanged, o.Client, o.ID, e)
}

// releaseWave frees totes of a wave. One with goods that go back stays in use until
// the last of them was brought out of it.
func (d *decider) releaseWave(client string, totes []string) {
	for _, t := range totes {
		if d.keepsTote(t) {
			d.touch(Everyone) // who brings may begin
			continue
		}
		d.event(edge.EvToteReleased, client, "", &edge.ToteEvent{Tote: t})
	}
}

// shortShares books what is missing of a place: the last order goes without
// first.
func (d *decider) shortShares(l *edge.Line) {
	_, _, have, want := shares(d.View, d.w, l)
	found := have
	if d.m.Args.Found != nil {
		found = *d.m.Args.Found
	}
	switch {
	case found < 0 || found < have:
		d.refuse(edge.Unexpected, edge.Says("short.negative"), "", "")
		return
	case found > want:
		d.refuse(edge.Over, edge.Says("pick.over", edge.N("remaining", want-have), edge.N("scanned", found-have)), "item", l.SKU)
		return
	case found == want:
		d.refuse(edge.Unexpected, edge.Says("short.nothingMissing"), "item", l.SKU)
		return
	case found > have:
		d.refuse(edge.Unexpected, edge.Says("quantity.scanEach"), "item", l.SKU)
		return
	}
	list, _, _, _ := shares(d.View, d.w, l)
	missing := want - found
	for i := len(list) - 1; i >= 0; i-- {
		x := list[i]
		n := x.line.Open()
		if n == 0 {
			continue
		}
		have := x.line.Picked
		d.event(edge.EvPickShort, x.order.Client, x.order.ID, &edge.PickEvent{Line: x.line.ID, SKU: l.SKU, Location: l.Location,
			Tote: toteFor(d.w, x.order), Found: &have, Missing: n, Reason: clip(d.m.Args.Reason), Work: d.w.ID})
	}
	d.askCount(d.w.Client, list[0].order.ID, l.SKU, l.Location, "short")
	d.askAway(list[0].order, l, missing)
	d.askRefill(d.w.Client, l.SKU, l.Location)
	d.afterShares(l, 0, missing)
}

// totalQuantity is quantity {n} of the lines that share a place.
func (d *decider) totalQuantity(l *edge.Line) {
	n := d.m.Args.N
	_, open, have, want := shares(d.View, d.w, l)
	r := d.sku(d.w.Client, l.SKU)
	switch {
	case n == nil || *n < 0:
		d.refuse(edge.Unexpected, edge.Says("quantity.missing"), "", "")
	case !typing(d.View, r, have, want) || r != nil && len(r.Capture) > 0:
		d.refuse(edge.Unexpected, edge.Says("quantity.scanEach"), "", "")
	case *n > want:
		d.refuse(edge.Over, edge.Says("pick.over", edge.N("remaining", open), edge.N("scanned", *n-have)), "item", l.SKU)
	case *n == have:
		d.verdict(edge.OK, d.counted("pick.item", *n, want))
		d.event(edge.EvStep, d.w.Client, d.w.Orders[0], &edge.StepConfirmed{Kind: stepQuantity, Step: stepItem, Work: d.w.ID})
	default:
		d.pickShares(l, &edge.Hand{Line: l.ID, Quantity: *n - have})
	}
}

// openOf is how many pieces are to be picked where the picker stands.
func (d *decider) openOf(l *edge.Line) int {
	if d.w.Mode != modeTotal {
		return l.Open()
	}
	_, open, _, _ := shares(d.View, d.w, l)
	return open
}

// anyGoods tells whether anything of a work's orders was picked.
func (s *State) anyGoods(w *edge.Work) bool {
	return slices.ContainsFunc(w.Orders, func(id string) bool {
		o := s.Order(w.Client, id)
		return o != nil && hasGoods(o)
	})
}
