package floor

import (
	"slices"
	"strings"

	"dcedge/edge"
)

// modeCluster is the picking of several orders in one walk, each into totes of its
// own: after each item its tote is scanned.
const modeCluster = "cluster"

// stepInto asks for the tote that the item in the hand goes into.
const stepInto = "into"

// clusterMost is how many orders are picked at once where the site does not say.
const clusterMost = 6

// pickAt tells where a picker stands and with which order.
func pickAt(v View, w *edge.Work) (*edge.Order, pickPlace) {
	switch w.Mode {
	case modeCluster:
	case modeTotal:
		return totalAt(v, w)
	default:
		o := v.State.orderOf(w)
		return o, pickNow(v, w, o)
	}
	for _, id := range w.Orders {
		o := v.State.Order(w.Client, id)
		if o != nil && (len(o.Totes) == 0 && o.Held == "" || w.Step == stepAddTote && id == w.Order) {
			return o, pickPlace{step: stepTote}
		}
	}
	return walkAt(v, w)
}

// walkAt tells where on the walk over several orders a picker stands. What is held of
// them is not waited for: the walk ends without it.
func walkAt(v View, w *edge.Work) (*edge.Order, pickPlace) {
	o, l := clusterLine(v, w)
	switch {
	case w.Step == stepEmpty, w.Step == stepHandOver:
		return v.State.orderOf(w), pickPlace{step: w.Step}
	case l == nil:
		return v.State.orderOf(w), pickPlace{step: stepDrop}
	case w.Hand != nil && w.Hand.Step != "" && w.Hand.Line == l.ID && w.Order == o.ID:
		return o, pickPlace{step: w.Hand.Step, line: l}
	case needsPlace(v, w, l):
		return o, pickPlace{step: stepLocation, line: l}
	}
	return o, pickPlace{step: stepItem, line: l}
}

// clusterLine gives the line that was begun, or the next one on the walk over
// all orders that are not held.
func clusterLine(v View, w *edge.Work) (order *edge.Order, best *edge.Line) {
	bestAt := 0
	for _, id := range w.Orders {
		o := v.State.Order(w.Client, id)
		if o == nil || o.Held != "" {
			continue
		}
		for _, l := range o.Lines {
			switch at := sequence(v, l.Location); {
			case l.Open() == 0 || !inZone(w, l):
			case id == w.Order && l.ID == w.Line:
				return o, l
			case best == nil || l.Skipped < best.Skipped || l.Skipped == best.Skipped && at < bestAt:
				order, best, bestAt = o, l, at
			}
		}
	}
	return order, best
}

// toteFor is the tote that pieces of an order go into: the last one bound.
func toteFor(w *edge.Work, o *edge.Order) string {
	if w.Mode == modeCluster && len(o.Totes) > 0 {
		return o.Totes[len(o.Totes)-1]
	}
	return w.Totes[len(w.Totes)-1]
}

// startCluster begins with the next list of this mode, else with the order that is
// next and those that may go with it.
func (d *decider) startCluster() {
	most := d.Policy.Pick.Cluster
	if most <= 0 {
		most = clusterMost
	}
	d.startMany(modeCluster, most, func(n int) edge.Say { return edge.Says("pick.clusterStarted", edge.N("n", n)) })
}

// togetherLook bounds how far the queue is searched for orders that go together
// where nobody has planned them.
const togetherLook = 500

// startMany begins with orders that go together: those of a list, or up to most of one
// client and carrier, for the same cut-off, not yet begun. Where orders are named, it is
// the list of the WMS that has one of them, or those alone: what was formed here
// reserves nothing.
func (d *decider) startMany(mode string, most int, say func(n int) edge.Say) {
	fits := d.fitsWall(mode)
	named := func(o *edge.Order) bool { return slices.Contains(d.m.Args.Orders, o.ID) }
	reserved := func(o *edge.Order) bool { return o.Reserved && named(o) }
	l, list := d.nextList(mode, func(list []*edge.Order) bool {
		return (len(d.m.Args.Orders) == 0 || slices.ContainsFunc(list, reserved)) && (fits == nil || fits(list))
	})
	if l != nil {
		orders := make([]string, len(list))
		for i, o := range list {
			orders[i] = o.ID
		}
		d.beginMany(mode, l.Client, l.ID, orders, say)
		return
	}
	first := d.nextPick(mode, d.m.Args.Orders, false)
	if first == nil || len(first.Totes) > 0 || fits != nil { // the wall is full
		d.noPick(mode, "act", "start")
		return
	}
	orders, looked := []string{first.ID}, 0
	d.s.idx.pick.each(func(r rank) bool {
		o := d.s.orders.get(r.key)
		goes := named(o) || len(d.m.Args.Orders) == 0 && d.fitsTote(o)
		if goes && o != first && len(o.Totes) == 0 && o.Client == first.Client && o.Carrier == first.Carrier && o.Cutoff.Equal(first.Cutoff) {
			orders = append(orders, o.ID)
		}
		looked++
		return len(orders) < most && (looked < togetherLook || len(d.m.Args.Orders) > 0)
	})
	d.beginMany(mode, first.Client, "", orders, say)
}

func (d *decider) beginMany(mode, client, list string, orders []string, say func(n int) edge.Say) {
	zone := d.m.Args.Zone
	if mode == modeCluster {
		zone = "" // each order has its own tote all the way
	}
	d.verdict(edge.OK, say(len(orders)))
	d.event(edge.EvWorkStarted, client, orders[0], &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Pick, Mode: mode, Orders: orders,
		List: list, Zone: zone})
	if d.s.idx.pick.len() <= len(orders) || mode == modeTotal && d.wallRoom() <= len(orders) {
		d.touch(Everyone)
	}
}

// pickInto takes the tote that the item in the hand goes into.
func (d *decider) pickInto(o *edge.Order, l *edge.Line) {
	m, ok := d.match("tote")
	switch tote := toteFor(d.w, o); {
	case !ok:
		d.refuseOther("")
	case m.ID != tote:
		d.refuse(edge.Wrong, edge.Says("pick.wrongTote", edge.T("expected", tote), edge.T("scanned", m.ID)), "tote", m.ID)
	case d.goodToTake(o, l, d.w.Hand, d.sku(o.Client, l.SKU)): // still: another may have used the serial number
		d.pickHand(o, l, d.w.Hand)
	}
}

// pickHand picks what is in the hand.
func (d *decider) pickHand(o *edge.Order, l *edge.Line, h *edge.Hand) {
	if d.w.Mode == modeTotal {
		d.pickShares(l, h)
		return
	}
	e := d.picked(o, l, h.Quantity, edge.EvPicked)
	d.readOff(e, o, l, h)
	d.afterPick(o, l, h.Quantity, 0)
}

// othersOpen tells whether the walk goes on with another order of the work.
func (d *decider) othersOpen(o *edge.Order) bool {
	if d.w.Mode != modeCluster {
		return false
	}
	for _, id := range d.w.Orders {
		if in := d.s.Order(d.w.Client, id); in != nil && in.ID != o.ID && in.Held == "" && isOpen(in) {
			return true
		}
	}
	return false
}

// finishCluster ends the picking of the orders of the work; o is one of them as it
// stands after this message's earlier events. A held order with something left to pick
// leaves the walk: its tote with goods waits until whoever begins with it, once it is
// released. Where all are held so, the work is put down.
func (d *decider) finishCluster(w *edge.Work, o *edge.Order) {
	var rest []string
	var held []*edge.Order
	for _, id := range w.Orders {
		in := d.s.Order(w.Client, id)
		if o != nil && id == o.ID {
			in = o
		}
		if in != nil && in.Held != "" && isOpen(in) {
			held = append(held, in)
			continue
		}
		if rest = append(rest, id); in != nil {
			say, _ := d.endOrder(in)
			d.noticeShort(w, in, say)
		}
	}
	if len(rest) == 0 {
		d.leavePick()
		return
	}
	if len(held) > 0 {
		w = d.leaveHeld(w, rest)
	}
	for _, in := range held {
		if !hasGoods(in) {
			d.releaseTotes(in, in.Totes)
			continue
		}
		d.out.Notices = append(d.out.Notices, edge.Notice{Worker: w.Worker, Code: edge.Hold,
			Say: edge.Says("pick.heldTote", edge.T("order", in.ID), edge.T("tote", strings.Join(in.Totes, ", ")))})
	}
	d.finishWork(w, "")
	d.verdictDone(edge.Says("pick.clusterDone", edge.N("n", len(rest))))
}

// noticeShort tells who walks for several orders what becomes of one that is short: the
// verdict speaks of all of them.
func (d *decider) noticeShort(w *edge.Work, o *edge.Order, say edge.Say) {
	if w.Worker == "" || !isShort(o) || say.Key == "pick.done" {
		return
	}
	code := edge.OK
	if say.Key != "pick.shortGoes" && say.Key != "pick.shortCancelled" {
		code = edge.Hold
	}
	d.notice(w.Worker, code, say)
}

// leaveHeld takes the held orders out of a work that ends with the rest, and gives it
// as it is then.
func (d *decider) leaveHeld(w *edge.Work, rest []string) *edge.Work {
	d.event(edge.EvWorkMoved, w.Client, "", &edge.WorkEvent{Work: w.ID, Flow: w.Flow, Mode: w.Mode, Orders: rest, Reason: "held"})
	now := *w
	headOf(&now).Orders = rest
	return &now
}

// leaveCluster takes one order out of the work, which goes on with the others.
func (d *decider) leaveCluster(w *edge.Work, o *edge.Order) {
	rest := without(w.Orders, o.ID)
	if len(rest) == 0 && w.Mode == modeTotal {
		d.releaseWave(w.Client, w.Totes)
	}
	if len(rest) == 0 {
		d.finishWork(w, "cancelled")
		return
	}
	d.event(edge.EvWorkMoved, w.Client, o.ID, &edge.WorkEvent{Work: w.ID, Flow: w.Flow, Mode: w.Mode, Orders: rest, Reason: "cancelled"})
}

// outOfCluster keeps the orders and totes of a work in step.
func (s *State) outOfCluster(w *edge.Work, rest []string) {
	if o, _ := s.emptied(w); w.Step == stepEmpty && o != nil && !slices.Contains(rest, o.ID) {
		w.Step = ""
	}
	for _, id := range w.Orders {
		if slices.Contains(rest, id) {
			continue
		}
		if o := s.editOrder(w.Client, id); o != nil {
			if o.Work, o.Wave = "", ""; o.Stage == edge.StagePicking && !hasGoods(o) {
				o.Stage = edge.StageReceived
			}
			s.takeTotes(w, o)
		}
		if w.Order == id {
			if w.Step == stepAddTote {
				w.Step = ""
			}
			w.Order, w.Line, w.Hand = "", "", nil
		}
		w.Undo = slices.DeleteFunc(slices.Clone(w.Undo), func(u edge.Undo) bool { return u.Order == id })
	}
	headOf(w).Orders = rest
}

// takeTotes takes an order's own totes out of a work.
func (s *State) takeTotes(w *edge.Work, o *edge.Order) {
	for _, id := range o.Totes {
		if t := s.totes.edit(id); t != nil && t.Work == w.ID {
			t.Work = ""
			w.Totes = without(w.Totes, id)
		}
	}
}

// fitsTote tells whether an order may be picked together with others: as far as is
// known one tote holds it.
func (d *decider) fitsTote(o *edge.Order) bool {
	return d.Policy.Pick.Pieces == 0 || pieces(o) <= d.Policy.Pick.Pieces
}

func pieces(o *edge.Order) int {
	n := 0
	for _, l := range o.Lines {
		n += l.Wanted
	}
	return n
}
