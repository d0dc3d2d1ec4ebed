package floor

import (
	"slices"

	"dcedge/edge"
)

// A wave's tote in which goods lie that are to go back outlives its wave: the tasks
// that bring them name it, and it is in use until the last of them is done. While the
// wave still wants something of it, nobody is sent for them: whoever parts it meets
// them and takes them out.

// totesOf lists the totes of a wave.
func (s *State) totesOf(wave string) []string {
	return s.waveTotesBy(func(t *edge.Tote) bool { return t.Wave == wave })
}

// waveTotes lists the totes of a wave that goods of an order may lie in.
func (s *State) waveTotes(o *edge.Order) []string {
	return s.waveTotesBy(func(t *edge.Tote) bool {
		return t.Client == o.Client && (t.Wave == o.Wave || slices.Contains(t.Orders, o.ID))
	})
}

// besideWave is how many of the pieces that a line changes by are known to lie apart
// from its wave's tote: what is picked of an order after its wave, while goods of others
// are still in that tote. Taken back, no more may be put than are picked.
func (d *decider) besideWave(o *edge.Order, l *edge.Line, quantity int) int {
	switch {
	case d.w.Mode == modeTotal || len(d.s.idx.waves) == 0 && l.Put == 0:
		return 0
	case quantity < 0:
		return -max(0, l.Put-max(0, l.Picked+quantity))
	case o.Wave == "" && d.s.inWaveTote(o):
		return quantity
	}
	return 0
}

// inWaveTote tells that a wave's tote in use names the order.
func (s *State) inWaveTote(o *edge.Order) bool {
	for id := range s.idx.waves {
		if t := s.Tote(id); t != nil && t.Client == o.Client && slices.Contains(t.Orders, o.ID) {
			return true
		}
	}
	return false
}

func (s *State) waveTotesBy(is func(*edge.Tote) bool) []string {
	var out []string
	for id := range s.idx.waves {
		if t := s.Tote(id); t != nil && is(t) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// goesBackIn tells whether goods are to be brought back out of a tote, beside those of
// a task.
func (s *State) goesBackIn(tote string, except *edge.MoveTask) bool {
	for t := range s.moves.all() {
		if (except == nil || t.ID != except.ID) && slices.Contains(t.Totes, tote) {
			return true
		}
	}
	return false
}

// keepsTote is goesBackIn after this decision.
func (d *decider) keepsTote(tote string) bool {
	return d.s.goesBackIn(tote, nil) || slices.ContainsFunc(d.out.Events, func(e edge.Event) bool {
		b, ok := e.Data.(*edge.StockEvent)
		return ok && e.Type == edge.EvReplenish && b.Aside < b.Quantity && slices.Contains(b.Totes, tote)
	})
}

// canBring tells whether somebody may be sent for goods: nobody has them in hand, and
// no wave the totes that they lie in.
func (s *State) canBring(t *edge.MoveTask) bool {
	return t.Work == "" && !slices.ContainsFunc(t.Totes, func(id string) bool { return s.idx.waves[id] })
}

// goesBackFrom books pieces that are to be brought out of a wave's totes.
func (s *State) goesBackFrom(e *edge.Event, d *edge.StockEvent) {
	if o := s.editLines(e.Client, e.Order); o != nil {
		if l := editLine(o, d.Line); l != nil {
			l.Out += d.Quantity
		}
	}
	t := s.moves.edit(edge.MovePrefix + d.Task)
	if t.Aside = d.Aside; t.Aside < t.Quantity {
		t.Totes = d.Totes
	}
	for _, id := range t.Totes {
		s.leaveWave(id, false)
	}
}

// leaveWave takes a tote out of its wave that holds nothing but goods which go back;
// done tells that it was parted.
func (s *State) leaveWave(id string, done bool) {
	t := s.totes.get(id)
	if t == nil || t.Wave == "" || !s.goesBackIn(id, nil) {
		return
	}
	if done || t.Work == "" && !slices.ContainsFunc(s.putOrders(t), func(o *edge.Order) bool { return toPutOf(o) > 0 }) {
		s.totes.edit(id).Wave = ""
	}
}

// lessToBring books that fewer pieces lie there than somebody was to bring back: the
// place where they were thought to come from is counted.
func (d *decider) lessToBring(t *edge.MoveTask, have int) {
	found, reason := have, clip(d.m.Args.Reason)
	if d.m.Args.Found != nil {
		found = *d.m.Args.Found
	}
	switch {
	case found < 0:
		d.refuse(edge.Unexpected, edge.Says("short.negative"), "act", "short")
		return
	case found > t.Quantity:
		d.refuse(edge.Over, edge.Says("pick.over", edge.N("remaining", t.Quantity-have), edge.N("scanned", found-have)), "item", t.SKU)
		return
	case found == t.Quantity:
		d.refuse(edge.Unexpected, edge.Says("short.nothingMissing"), "item", t.SKU)
		return
	}
	missing := t.Quantity - found
	d.verdict(edge.Done, edge.Says("pick.short", edge.N("missing", missing)))
	d.event(edge.EvStockShort, t.Client, t.Order, &edge.StockEvent{Task: t.ID, SKU: t.SKU, Missing: missing, To: t.To, Reason: reason, Work: d.w.ID})
	d.askCount(t.Client, t.Order, t.SKU, t.To, "short")
	if found > 0 {
		d.event(edge.EvStep, t.Client, "", &edge.StepConfirmed{Kind: stepCapture, Step: stepItem, What: t.SKU, Work: d.w.ID, Hand: &edge.Hand{Quantity: found}})
		return
	}
	d.finishWork(d.w, "short")
	d.emptied(t)
}

// shortToBring is applyStockShort of goods that were to be brought back.
func (s *State) shortToBring(d *edge.StockEvent) error {
	t := s.moves.edit(edge.MovePrefix + d.Task)
	if t == nil || d.Missing > t.Quantity {
		return errNoTask
	}
	if t.Quantity, t.Aside = t.Quantity-d.Missing, 0; t.Quantity == 0 {
		s.moves.remove(edge.MovePrefix + d.Task)
	}
	return nil
}

// tookAside books a piece that was taken out of a tote before somebody came for it.
func (s *State) tookAside(task string) {
	t := s.moves.edit(edge.MovePrefix + task)
	if t == nil {
		return
	}
	if t.Aside++; t.Aside >= t.Quantity {
		t.Totes = nil
	}
}

// backOf finds the task that a piece in a wave's tote is to be brought back by.
func (s *State) backOf(tote, sku string) *edge.MoveTask {
	var best *edge.MoveTask
	for t := range s.moves.all() {
		if t.SKU == sku && t.Aside < t.Quantity && slices.Contains(t.Totes, tote) && (best == nil || t.Seq < best.Seq) {
			best = t
		}
	}
	return best
}

// excess is how many pieces of a line lie in a wave's totes that it does not want, and
// that nobody was asked to bring back.
func excess(o *edge.Order, l *edge.Line) int {
	stays := l.Put
	switch {
	case o.GoesBack != "":
		return 0
	case o.Stage != edge.StageCancelled:
		stays = max(l.Put, min(l.Picked, l.Wanted))
	}
	return l.Picked - l.Out - stays
}

// excessOf finds a line with excess of an article in a wave's tote.
func (s *State) excessOf(t *edge.Tote, sku string) (*edge.Order, *edge.Line) {
	for _, id := range t.Orders {
		o := s.Order(t.Client, id)
		if o == nil {
			continue
		}
		for _, l := range o.Lines {
			if l.SKU == sku && excess(o, l) > 0 {
				return o, l
			}
		}
	}
	return nil, nil
}

// askExcess has brought back what is left in a wave's totes when nothing of them is
// wanted any more, of all orders but one.
func (d *decider) askExcess(t *edge.Tote, except string) {
	for _, id := range t.Orders {
		o := d.s.Order(t.Client, id)
		if o == nil || id == except {
			continue
		}
		for _, l := range o.Lines {
			if n := excess(o, l); n > 0 {
				d.bring(o.Client, o.ID, &edge.StockEvent{SKU: l.SKU, Quantity: n, To: l.Location, Line: l.ID, Reason: backSurplus, Totes: d.s.totesOf(t.Wave)})
			}
		}
	}
}

// lastWanted has what is too much of the others brought back too where an order that is
// cancelled was the last to want something of its wave's totes.
func (d *decider) lastWanted(o *edge.Order) {
	totes := d.s.totesOf(o.Wave)
	for _, id := range totes {
		t := d.s.Tote(id)
		wanted := slices.ContainsFunc(d.s.putOrders(t), func(in *edge.Order) bool { return in.ID != o.ID && toPutOf(in) > 0 })
		if wanted || t.Work != "" || !t.Done || !d.keepsTote(id) {
			return // it ends at the wall
		}
	}
	if o.Wave != "" && len(totes) > 0 {
		d.askExcess(d.s.Tote(totes[0]), o.ID)
	}
}
