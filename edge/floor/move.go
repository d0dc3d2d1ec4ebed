package floor

import (
	"slices"

	"dcedge/edge"
)

// Why goods go back.
const (
	backSurplus   = "surplus"
	backCancelled = "cancelled"
)

// putBack asks for the goods of an order that will not leave to be brought back
// to their places: all of a cancelled one, else what was picked and not packed.
func (d *decider) putBack(o *edge.Order, reason string) {
	if o.GoesBack == reason || o.GoesBack == backCancelled {
		return
	}
	totes := d.s.waveTotes(o)
	for _, l := range o.Lines {
		quantity := l.Picked - l.Out - l.Back
		switch {
		case reason == backSurplus:
			quantity -= l.Packed
		case o.GoesBack == backSurplus:
			quantity = l.Packed // the rest was asked for before
		}
		inWave := 0
		if len(totes) > 0 {
			inWave = max(0, min(quantity, l.Picked-l.Put-l.Out))
		}
		e := edge.StockEvent{SKU: l.SKU, To: l.Location, Line: l.ID, Reason: reason}
		if own := quantity - inWave; own > 0 {
			e := e
			e.Quantity = own
			d.bring(o.Client, o.ID, &e)
		}
		if inWave > 0 {
			e.Quantity, e.Totes = inWave, totes
			d.bring(o.Client, o.ID, &e)
		}
	}
}

func (s *State) addMove(e *edge.Event, d *edge.StockEvent) {
	bump(&s.site.edit(siteKey).Moves, d.Task)
	s.moves.put(edge.MovePrefix+d.Task, &edge.MoveTask{ID: d.Task, Client: e.Client, SKU: d.SKU, Quantity: d.Quantity,
		From: d.Location, Lot: d.Lot, To: d.To, Order: e.Order, Reason: d.Reason, Seq: e.Seq})
	if len(d.Totes) > 0 {
		s.goesBackFrom(e, d)
	}
	if d.Box != "" {
		s.goesBackOf(e, d)
		return
	}
	if o := s.editOrder(e.Client, e.Order); o != nil && (d.Reason == backSurplus && len(d.Totes) == 0 || d.Reason == backCancelled) {
		termsOf(o).GoesBack = d.Reason
	}
}

// goesBackOf books pieces that came out of a box and are brought back by themselves;
// once all that is not packed was asked for they are no other than the rest of it.
func (s *State) goesBackOf(e *edge.Event, d *edge.StockEvent) {
	o := s.editLines(e.Client, e.Order)
	if o == nil || o.GoesBack != "" {
		return
	}
	if l := editLine(o, d.Line); l != nil {
		l.Back += d.Quantity
	}
}

// movedTask books what was brought; what is left stays to be done.
func (s *State) movedTask(d *edge.StockEvent) error {
	if d.Task == "" {
		return nil
	}
	t := s.moves.edit(edge.MovePrefix + d.Task)
	if t == nil {
		return errNoTask
	}
	if t.Quantity -= d.Quantity; t.Quantity <= 0 {
		s.moves.remove(edge.MovePrefix + d.Task)
	}
	return nil
}

// nextMove gives the oldest of the goods that nobody brings, in a tote where one is
// named.
func (s *State) nextMove(tote string) *edge.MoveTask {
	var best *edge.MoveTask
	for t := range s.moves.all() {
		if s.canBring(t) && (tote == "" || slices.Contains(t.Totes, tote)) && (best == nil || t.Seq < best.Seq) {
			best = t
		}
	}
	return best
}

func (s *State) waitingMoves() int {
	n := 0
	for t := range s.moves.all() {
		if s.canBring(t) {
			n++
		}
	}
	return n
}

// EachMove calls fn for all goods that are to be brought somewhere.
func (s *State) EachMove(fn func(*edge.MoveTask)) {
	s.moves.each(func(_ string, v *edge.MoveTask) { fn(v) })
}

func (s *State) moveOf(w *edge.Work) *edge.MoveTask { return s.moves.get(edge.MovePrefix + w.Task) }

func (d *decider) startMove(t *edge.MoveTask) {
	if t == nil {
		d.noWork(d.whyInHands(edge.Replenish))
		return
	}
	d.verdict(edge.OK, edge.Says("move.started", edge.T("location", t.To)))
	d.event(edge.EvWorkStarted, t.Client, "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Replenish, Task: t.ID})
	if d.s.waitingMoves() == 1 {
		d.touch(Everyone)
	}
}

// moveNow tells what a bringer is asked for: the place where the goods lie,
// each piece, the place where they go.
func moveNow(w *edge.Work, t *edge.MoveTask) (step string, have int) {
	if w.Hand != nil {
		have = w.Hand.Quantity
	}
	switch {
	case t == nil:
		return stepHeld, 0
	case t.From != "" && w.Location != t.From:
		return "from", 0
	case have < t.Quantity:
		return stepItem, have
	}
	return stepLocation, have
}

func (d *decider) scanMove() {
	t := d.s.moveOf(d.w)
	step, have := moveNow(d.w, t)
	place, isPlace := d.match("location")
	switch {
	case step == stepHeld:
		d.refuseOther("")
	case step == "from" && isPlace && place.ID == t.From:
		d.verdict(edge.OK, edge.Says("pick.location", edge.T("location", place.ID)))
		d.event(edge.EvLocation, t.Client, "", &edge.LocationConfirmed{Location: place.ID, Work: d.w.ID, Typed: d.m.Source == byHand})
	case isPlace && (step == "from" || t.To != "" && place.ID != t.To):
		d.refuse(edge.Wrong, edge.Says("pick.wrongLocation", edge.T("expected", placeAt(t, step)), edge.T("scanned", place.ID)), "location", place.ID)
	case isPlace && have == 0:
		d.refuseOther("")
	case isPlace:
		d.brought(t, place.ID, have)
	case step == stepItem:
		d.moveItem(t, have)
	default:
		d.refuseOther("")
	}
}

func placeAt(t *edge.MoveTask, step string) string {
	if step == "from" {
		return t.From
	}
	return t.To
}

func (d *decider) moveItem(t *edge.MoveTask, have int) {
	m, ok, other := d.itemOf(t.Client, t.SKU)
	switch {
	case !ok && !other:
		d.refuseOther("")
	case !ok || m.ID != t.SKU:
		m, _ = d.firstItem(m)
		d.refuse(edge.Wrong, edge.Says("pick.wrongItem", edge.T("expected", t.SKU), edge.T("scanned", m.ID)), "item", m.ID)
	case have+m.Quantity > t.Quantity:
		d.refuse(edge.Over, edge.Says("pick.over", edge.N("remaining", t.Quantity-have), edge.N("scanned", m.Quantity)), "item", m.ID)
	default:
		d.inHand(t, have+m.Quantity)
	}
}

func (d *decider) inHand(t *edge.MoveTask, n int) {
	d.verdict(edge.OK, d.counted("pick.item", n, t.Quantity))
	d.event(edge.EvStep, t.Client, "", &edge.StepConfirmed{Kind: stepCapture, Step: stepItem, What: t.SKU, Work: d.w.ID,
		Hand: &edge.Hand{Quantity: n}})
}

// brought books the goods at their place and ends the work.
func (d *decider) brought(t *edge.MoveTask, place string, n int) {
	d.verdict(edge.Done, edge.Says("move.done", edge.T("location", place), edge.N("have", n)))
	e := &edge.StockEvent{Task: t.ID, Location: t.From, SKU: t.SKU, Lot: t.Lot, Quantity: n, To: place, Reason: t.Reason, Work: d.w.ID}
	if t.Reason == bringDamaged {
		e.Location = "" // what is known of the place was less with the short
	}
	d.event(edge.EvStockMoved, t.Client, t.Order, e)
	d.finishWork(d.w, "")
	if n >= t.Quantity {
		d.emptied(t)
	}
	if d.s.waitingMoves() == 0 && n < t.Quantity {
		d.touch(Everyone)
	}
}

// emptied lets the totes of a cancelled order or a wave go with the last of the goods
// that was brought back out of them.
func (d *decider) emptied(t *edge.MoveTask) {
	for _, id := range t.Totes {
		if !d.s.goesBackIn(id, t) {
			d.event(edge.EvToteReleased, t.Client, "", &edge.ToteEvent{Tote: id})
		}
	}
	o := d.s.Order(t.Client, t.Order)
	if o == nil || o.Stage != edge.StageCancelled || o.GoesBack != backCancelled || o.Work != "" || !d.s.inTote(o) {
		return
	}
	for other := range d.s.moves.all() {
		if other.ID != t.ID && other.Client == t.Client && other.Order == t.Order && len(other.Totes) == 0 { // others lie in a wave's tote
			return
		}
	}
	d.releaseTotes(o, o.Totes)
}

func (d *decider) actMove() {
	t := d.s.moveOf(d.w)
	step, have := moveNow(d.w, t)
	switch n := d.m.Args.N; {
	case d.m.Action == "leave":
		d.leave()
		if t != nil && d.s.waitingMoves() == 0 {
			d.touch(Everyone)
		}
	case d.m.Action == "short" && t != nil && step == stepItem && t.From == "":
		d.lessToBring(t, have)
	case d.m.Action != "quantity" || t == nil || step == "from":
		d.refuseAct()
	case n == nil || *n < 0:
		d.refuse(edge.Unexpected, edge.Says("quantity.missing"), "act", "quantity")
	case *n > t.Quantity:
		d.refuse(edge.Over, edge.Says("pick.over", edge.N("remaining", t.Quantity), edge.N("scanned", *n)), "item", t.SKU)
	default:
		d.inHand(t, *n)
	}
}

func moveScreen(v View, s *edge.Screen, w *edge.Work) {
	t := v.State.moveOf(w)
	step, have := moveNow(w, t)
	s.Step, s.Actions = step, []string{"help", "leave"}
	if t == nil {
		return
	}
	s.Task.Reason = t.Reason
	if o := v.State.Order(t.Client, t.Order); len(t.Totes) > 0 {
		s.Totes = t.Totes // where the goods lie
	} else if o != nil && t.From == "" {
		s.Totes = o.Totes
	}
	item := edge.Expect{Kind: "item", SKU: t.SKU, Location: t.To, Remaining: t.Quantity - have}
	if r := v.sku(t.Client, t.SKU); r != nil {
		item.Name, item.Variant, item.Code = r.Name, r.Variant, itemCode(r)
	}
	at := func(place string) edge.Expect {
		return edge.Expect{Kind: "location", Code: placeCode(v, place), SKU: t.SKU, Name: item.Name, Variant: item.Variant, Location: place}
	}
	switch step {
	case "from":
		s.Step = stepLocation
		s.Expect = append(s.Expect, at(t.From))
		return
	case stepItem:
		if s.Expect = append(s.Expect, item); have > 0 && t.To != "" {
			s.Expect = append(s.Expect, at(t.To))
		}
	case stepLocation:
		if t.To != "" {
			s.Expect = append(s.Expect, at(t.To))
		}
	}
	s.Quantity = &edge.Quantity{Have: have, Want: t.Quantity, Typing: true}
	if s.Actions = []string{"quantity", "help", "leave"}; step == stepItem && t.From == "" {
		s.Actions = []string{"quantity", "short", "help", "leave"}
	}
}
