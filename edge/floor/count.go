package floor

import "dcedge/edge"

// countAgain is the reason of a first count that was not what was known: a
// second one decides.
const countAgain = "again"

// askEmpty has a place refilled whose last known pieces were just picked, and asks
// whether it is empty.
func (d *decider) askEmpty(o *edge.Order, l *edge.Line, picked int) {
	if picked <= 0 || len(d.s.stockOf(o.Client, l.SKU)) == 0 || d.s.lies(o.Client, l.SKU, l.Location) != picked {
		return
	}
	d.askRefill(o.Client, l.SKU, l.Location)
	if !d.Policy.Pick.AskEmpty {
		return
	}
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepEmpty, What: l.Location, Step: stepItem, Work: d.w.ID})
}

// lies is how many pieces of an article are known to lie in a place.
func (s *State) lies(client, sku, location string) int {
	n := 0
	for _, k := range s.stockOf(client, sku) {
		if r := s.stock.get(k); r.Location == location {
			n += r.Quantity
		}
	}
	return n
}

// emptied is the order and the line whose place is asked about: those of the last
// pick.
func (s *State) emptied(w *edge.Work) (*edge.Order, *edge.Line) {
	if n := len(w.Undo); n > 0 {
		if o := s.Order(w.Client, w.Undo[n-1].Order); o != nil {
			return o, lineOf(o, w.Undo[n-1].Line)
		}
	}
	return nil, nil
}

// empty is the worker's answer: where the place is not empty it is counted.
func (d *decider) empty() {
	o, l := d.s.emptied(d.w)
	switch {
	case l == nil || d.m.Args.Outcome != "yes" && d.m.Args.Outcome != "no":
		d.refuseAct()
	case d.m.Args.Outcome == "yes":
		d.verdict(edge.OK, edge.Says("pick.empty", edge.T("location", l.Location)))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepEmptied, What: l.Location, Step: stepEmpty, Work: d.w.ID})
	default:
		d.verdict(edge.OK, edge.Says("count.asked", edge.T("location", l.Location)))
		d.askCount(o.Client, o.ID, l.SKU, l.Location, "notEmpty")
	}
}

// askCount has a place counted, once at a time.
func (d *decider) askCount(client, order, sku, location, reason string) {
	if location == "" {
		return
	}
	work := ""
	if d.w != nil {
		work = d.w.ID
	}
	for t := range d.s.counts.all() {
		if t.Client == client && t.SKU == sku && t.Location == location {
			if reason == "notEmpty" {
				d.event(edge.EvStep, client, order, &edge.StepConfirmed{Kind: stepEmptied, What: location, Step: stepEmpty, Work: work})
			}
			return
		}
	}
	n := d.s.Site().Counts + 1
	for i := range d.out.Events { // one message may find several places short
		if e := &d.out.Events[i]; e.Type == edge.EvCountAsked {
			if c, ok := e.Data.(*edge.StockEvent); ok && e.Client == client && c.SKU == sku && c.Location == location {
				return
			}
			n++
		}
	}
	d.event(edge.EvCountAsked, client, order, &edge.StockEvent{Task: idOf("C-", n), Location: location, SKU: sku,
		Reason: reason, Work: work})
	if d.s.nextCount() == nil {
		d.touch(Everyone)
	}
}

// nextCount gives the oldest count that nobody has in hand.
func (s *State) nextCount() *edge.CountTask {
	var best *edge.CountTask
	for t := range s.counts.all() {
		if t.Work == "" && (best == nil || t.Seq < best.Seq) {
			best = t
		}
	}
	return best
}

// waitingCounts is how many counts nobody has in hand.
func (s *State) waitingCounts() int {
	n := 0
	for t := range s.counts.all() {
		if t.Work == "" {
			n++
		}
	}
	return n
}

func (d *decider) startCount() {
	t := d.s.nextCount()
	if t == nil {
		d.noWork(d.whyInHands(edge.Count))
		return
	}
	d.verdict(edge.OK, edge.Says("count.started", edge.T("location", t.Location)))
	d.event(edge.EvWorkStarted, t.Client, "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Count, Task: t.ID})
	if d.s.waitingCounts() == 1 {
		d.touch(Everyone)
	}
}

func (s *State) countOf(w *edge.Work) *edge.CountTask { return s.counts.get(edge.CountPrefix + w.Task) }

func (d *decider) scanCount() {
	t := d.s.countOf(d.w)
	m, ok := d.match("location")
	switch {
	case t == nil || !ok || d.w.Location != "":
		d.refuseOther("")
	case m.ID != t.Location:
		d.refuse(edge.Wrong, edge.Says("pick.wrongLocation", edge.T("expected", t.Location), edge.T("scanned", m.ID)), "location", m.ID)
	default:
		d.verdict(edge.OK, edge.Says("count.location", edge.T("location", m.ID)))
		d.event(edge.EvLocation, t.Client, "", &edge.LocationConfirmed{Location: m.ID, Work: d.w.ID, Typed: d.m.Source == byHand})
	}
}

func (d *decider) actCount() {
	t := d.s.countOf(d.w)
	switch {
	case d.m.Action == "leave":
		d.leave()
		if d.s.waitingCounts() == 0 {
			d.touch(Everyone)
		}
	case d.m.Action == "count" && t != nil && d.w.Location == t.Location:
		d.count(t)
	default:
		d.refuseAct()
	}
}

// count takes a number that was counted blind. What differs from what is known
// is counted twice; the WMS is asked to correct its figure.
func (d *decider) count(t *edge.CountTask) {
	n := d.m.Args.N
	if n == nil || *n < 0 || *n > 1<<30 {
		d.refuse(edge.Unexpected, edge.Says("quantity.missing"), "act", "count")
		return
	}
	e := &edge.StockEvent{Task: t.ID, Location: t.Location, SKU: t.SKU, Quantity: *n, Expected: d.s.lies(t.Client, t.SKU, t.Location),
		Work: d.w.ID}
	known := d.s.knows(t.Client, t.SKU, t.Location)
	if known && *n != e.Expected && (t.First == nil || *t.First != *n) && !(t.First != nil && d.w.Step == countAgain) {
		e.Reason = countAgain
		d.verdict(edge.OK, edge.Says("count.again", edge.T("location", t.Location)))
		d.event(edge.EvCountDone, t.Client, "", e)
		return
	}
	d.verdict(edge.Done, edge.Says("count.done", edge.T("location", t.Location)))
	d.event(edge.EvCountDone, t.Client, "", e)
	if known && *n != e.Expected {
		d.event(edge.EvStockAdjust, t.Client, "", &edge.StockEvent{Task: t.ID, Location: t.Location, SKU: t.SKU, Quantity: *n,
			Expected: e.Expected, Work: d.w.ID})
	}
	d.finishWork(d.w, "")
}

func countScreen(v View, s *edge.Screen, w *edge.Work) {
	s.Actions = []string{"help", "leave"}
	t := v.State.countOf(w)
	if t == nil {
		return
	}
	s.Task.Reason = t.Reason
	if w.Location != t.Location {
		s.Step = stepLocation
		e := edge.Expect{Kind: "location", Code: placeCode(v, t.Location), SKU: t.SKU, Location: t.Location}
		if r := v.sku(t.Client, t.SKU); r != nil {
			e.Name, e.Variant = r.Name, r.Variant
		}
		s.Expect = append(s.Expect, e)
		return
	}
	if w.Step == countAgain {
		s.Task.Reason = countAgain
	}
	s.Step, s.Actions = stepCount, []string{"count", "help", "leave"}
	s.Lines = []edge.ScreenLine{asked(v, t.Client, t.SKU, t.Location)}
}

// asked is the article and the place that a question is about.
func asked(v View, client, sku, location string) edge.ScreenLine {
	row := edge.ScreenLine{SKU: sku, Location: location}
	if r := v.sku(client, sku); r != nil {
		row.Name, row.Variant, row.Code = r.Name, r.Variant, itemCode(r)
	}
	return row
}
