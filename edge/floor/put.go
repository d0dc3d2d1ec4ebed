package floor

import (
	"slices"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// stepCell asks for the cell that the item in the hand goes into.
const stepCell = "cell"

// stepWallFull waits for a cell: nothing of the tote has one, and none is free.
const stepWallFull = "wallFull"

// A cell that holds goods is a tote by the cell's id: what is packed out of a
// tote is packed out of a cell.

// tote gives the tote or the cell in use that was scanned.
func (d *decider) tote() (id string, ok bool) {
	if m, is := d.match("tote"); is {
		return m.ID, true
	}
	if m, is := d.match("cell"); is && d.s.Tote(m.ID) != nil {
		return m.ID, true
	}
	return "", false
}

// toteCode is what a scanner reads of a tote or a cell.
func toteCode(v View, id string) string {
	if c := v.Catalogue.Cell(id); c != nil {
		return codeOr(c.Barcode, c.ID)
	}
	return id
}

// nextWave gives the tote of a wave that is to be parted next.
func (s *State) nextWave() *edge.Tote {
	var best *edge.Tote
	for id := range s.idx.waves {
		if t := s.Tote(id); t.Done && t.Work == "" && (best == nil || t.ID < best.ID) {
			best = t
		}
	}
	return best
}

func (s *State) waitingWaves() int {
	n := 0
	for id := range s.idx.waves {
		if t := s.Tote(id); t.Done && t.Work == "" {
			n++
		}
	}
	return n
}

func (d *decider) startPut(t *edge.Tote) {
	if t == nil {
		d.noWork(d.whyNotPicked())
		return
	}
	d.verdict(edge.OK, edge.Says("put.started", edge.T("tote", t.ID)))
	d.event(edge.EvWorkStarted, t.Client, "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Put, Totes: []string{t.ID}})
	if d.s.waitingWaves() == 1 {
		d.touch(Everyone)
	}
}

// toPut is how many pieces of a line lie in the wave's totes and are still
// wanted.
func toPut(l *edge.Line) int { return max(0, min(l.Picked, l.Wanted)-l.Put) }

// putOrders lists the orders of a wave's tote whose goods are not all put.
func (s *State) putOrders(t *edge.Tote) []*edge.Order {
	var out []*edge.Order
	for _, id := range t.Orders {
		if o := s.Order(t.Client, id); o != nil && o.Wave == t.Wave && o.Stage != edge.StageCancelled {
			out = append(out, o)
		}
	}
	return out
}

func (d *decider) scanPut() {
	t := d.s.Tote(d.w.Totes[0])
	switch {
	case t == nil:
		d.refuseOther("")
	case d.w.Hand != nil:
		d.putCell(t)
	default:
		d.putItem(t)
	}
}

// putItem finds the order that an item of the wave's tote is for: one that has a
// cell first.
func (d *decider) putItem(t *edge.Tote) {
	m, ok, other := d.itemFor(t.Client, func(m catalogue.Match) bool { in, _ := d.putLine(t, m); return in != nil })
	if !ok && !other {
		d.refuseOther("")
		return
	}
	var in *edge.Order
	var line *edge.Line
	if ok {
		in, line = d.putLine(t, m)
	}
	if in == nil {
		m, _ = d.firstItem(m)
		if ok && m.Quantity == 1 { // not a case, of which some may be wanted
			d.overPut(m.ID)
			return
		}
		d.refuse(edge.Over, edge.Says("put.over", edge.T("scanned", m.ID)), "item", m.ID)
		return
	}
	cell := d.cellFor(in)
	if cell == "" {
		d.refuse(edge.Hold, edge.Says("put.wallFull"), "item", m.ID)
		return
	}
	if len(in.Totes) == 0 {
		d.touchPutters() // it may have been the last free one
	}
	d.verdict(edge.OK, edge.Says("put.item", edge.T("cell", cell)))
	d.event(edge.EvStep, in.Client, in.ID, &edge.StepConfirmed{Kind: stepCapture, Step: stepCell, Work: d.w.ID,
		Hand: &edge.Hand{Line: line.ID, Quantity: m.Quantity, Step: stepCell, First: cell}})
}

// putLine finds the line that an item is for; nil for none.
func (d *decider) putLine(t *edge.Tote, m catalogue.Match) (in *edge.Order, line *edge.Line) {
	for _, o := range d.s.putOrders(t) {
		for _, l := range o.Lines {
			if l.SKU == m.ID && toPut(l) >= m.Quantity && (in == nil || len(in.Totes) == 0 && len(o.Totes) > 0) {
				in, line = o, l
			}
		}
	}
	return in, line
}

// overPut refuses a piece that no order wants: it lies before the worker, who may put
// it with the surplus.
func (d *decider) overPut(sku string) {
	d.refuse(edge.Over, edge.Says("put.over", edge.T("scanned", sku)), "item", sku)
	d.refusedYet(backSurplus)
	if d.w.Hand != nil {
		d.touchPutters() // the cell that it was for may be free
	}
}

// cellFor is the order's cell, else the first that is free and that no other
// hand is on its way to.
func (d *decider) cellFor(o *edge.Order) string {
	if len(o.Totes) > 0 {
		return o.Totes[len(o.Totes)-1]
	}
	return d.freeCell(o)
}

func (d *decider) freeCell(o *edge.Order) string {
	return d.s.freeCell(d.Catalogue, o, d.w.ID)
}

// freeCell is the first cell that nothing lies in and that no hand but this work's
// is on its way to, or where another hand is on its way to for the order; "" where
// the wall is full.
func (s *State) freeCell(cat *catalogue.Snapshot, o *edge.Order, work string) string {
	aimed := map[string]bool{}
	for w := range s.work.all() {
		if w.Flow == edge.Put && w.Hand != nil {
			if w.ID != work && w.Order == o.ID && w.Client == o.Client {
				return w.Hand.First
			}
			aimed[w.Hand.First] = true
		}
	}
	for _, c := range cat.Cells() {
		if s.Tote(c.ID) == nil && !aimed[c.ID] {
			return c.ID
		}
	}
	return ""
}

func (d *decider) putCell(t *edge.Tote) {
	h := d.w.Hand
	o := d.s.Order(t.Client, d.w.Order)
	m, ok := d.match("cell")
	switch {
	case !ok:
		d.refuseOther("")
		return
	case m.ID != h.First:
		d.refuse(edge.Wrong, edge.Says("put.wrongCell", edge.T("expected", h.First), edge.T("scanned", m.ID)), "cell", m.ID)
		return
	case o == nil:
		d.refuse(edge.Over, edge.Says("put.over", edge.T("scanned", h.Line)), "cell", m.ID)
		return
	case o.Stage == edge.StageCancelled:
		d.refuseCancelled(o)
		return
	}
	l := lineOf(o, h.Line)
	switch {
	case l == nil:
		d.refuse(edge.Over, edge.Says("put.over", edge.T("scanned", h.Line)), "cell", m.ID)
		return
	case toPut(l) < h.Quantity: // another hand was faster, or it is wanted no longer
		d.overPut(l.SKU)
		return
	}
	d.event(edge.EvPut, o.Client, o.ID, &edge.PutEvent{Line: l.ID, SKU: l.SKU, Quantity: h.Quantity, Cell: m.ID, Tote: t.ID, Work: d.w.ID})
	d.touchPutters()
	left := -h.Quantity
	for _, x := range o.Lines {
		left += toPut(x)
	}
	if left > 0 {
		d.verdict(edge.OK, edge.Says("put.done", edge.T("cell", m.ID)))
		return
	}
	d.verdict(edge.Done, edge.Says("put.cellDone", edge.T("cell", m.ID)))
	next := d.s.idx.pack
	if isOpen(o) { // it was held while its wave was picked: the rest comes to the cell
		d.verdict(edge.OK, edge.Says("put.done", edge.T("cell", m.ID)))
		next = d.s.idx.pick
	}
	if o.Held == "" {
		d.turns(next, +1)
	}
	for _, in := range d.s.putOrders(t) {
		if in.ID != o.ID && toPutOf(in) > 0 {
			return
		}
	}
	d.askExcess(t, "")
	d.endPut(t)
}

// touchPutters notes everyone at a put wall: what one puts the others need not.
func (d *decider) touchPutters() {
	d.s.EachWork(func(w *edge.Work) {
		if w.Flow == edge.Put || w.Mode == modeSingle {
			d.touch(w.Worker)
		}
	})
}

func toPutOf(o *edge.Order) int {
	n := 0
	for _, l := range o.Lines {
		n += toPut(l)
	}
	return n
}

// endPut ends the parting of a wave's tote. The other totes of the wave stay
// until somebody takes them up.
func (d *decider) endPut(t *edge.Tote) {
	d.releaseWave(t.Client, []string{t.ID})
	d.finishWork(d.w, "")
}

// applyPut books pieces in a cell; with the last piece the order is ready.
func (s *State) applyPut(e *edge.Event, d *edge.PutEvent) error {
	o, w := s.editOrder(e.Client, e.Order), s.work.edit(d.Work)
	if o == nil {
		return errNoOrder
	}
	if w == nil {
		return errNoWork
	}
	l := editLine(o, d.Line)
	if l == nil {
		return errNoLine
	}
	if l.Put += d.Quantity; l.Put > l.Picked {
		return errFigures
	}
	if s.totes.get(d.Cell) == nil {
		s.totes.put(d.Cell, &edge.Tote{ID: d.Cell, Client: e.Client, Order: e.Order, Done: true})
		o.Totes = grow(o.Totes, d.Cell)
	}
	if w.Hand, w.Order = nil, ""; toPutOf(o) == 0 {
		o.Wave = ""
	}
	return nil
}

func (d *decider) actPut() {
	t := d.s.Tote(d.w.Totes[0])
	switch d.m.Action {
	case "leave":
		d.touchPutters()
		d.leave()
		if d.s.waitingWaves() == 0 {
			d.touch(Everyone)
		}
		return
	case "undo":
		if h := d.w.Hand; h != nil {
			d.touchPutters()
			d.verdict(edge.OK, edge.Says("undo.done"))
			d.event(edge.EvStep, d.w.Client, d.w.Order, &edge.StepConfirmed{Kind: stepCapture, What: "putBack", Step: stepCell, Work: d.w.ID})
			return
		}
	case "addTote": // the cell is full: the rest of the order goes into another
		if h := d.w.Hand; h != nil {
			d.nextCell(h)
			return
		}
	case "confirm":
		if m := d.w.Met; t != nil && d.w.Hand == nil && m != nil {
			d.surplus(t, m.What)
			return
		}
	case "close":
		if t != nil && d.w.Hand == nil {
			d.closePut(t)
			return
		}
	}
	d.refuseAct()
}

func (d *decider) nextCell(was *edge.Hand) {
	o := d.s.Order(d.w.Client, d.w.Order)
	cell := ""
	if o != nil {
		cell = d.freeCell(o)
	}
	if cell == "" || cell == was.First {
		d.refuse(edge.Hold, edge.Says("put.wallFull"), "act", "addTote")
		return
	}
	h := *was
	h.First = cell
	d.verdict(edge.OK, edge.Says("put.item", edge.T("cell", cell)))
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepCapture, Step: stepCell, Work: d.w.ID, Hand: &h})
}

func putScreen(v View, s *edge.Screen, w *edge.Work) {
	t := v.State.Tote(w.Totes[0])
	s.Step, s.Actions = stepItem, []string{"close", "help", "leave"}
	if t == nil {
		return
	}
	if h := w.Hand; h != nil {
		s.Step, s.Actions = stepCell, []string{"addTote", "undo", "help", "leave"}
		e := edge.Expect{Line: h.Line}
		if o := v.State.Order(t.Client, w.Order); o != nil && lineOf(o, h.Line) != nil {
			e = itemExpect(v, o.Client, lineOf(o, h.Line), h.Quantity)
		}
		e.Kind, e.Code, e.Location, e.Remaining, e.Case = "cell", toteCode(v, h.First), h.First, h.Quantity, 0
		s.Expect = append(s.Expect, e)
		return
	}
	seen, full := []string{}, false
	for _, o := range v.State.putOrders(t) {
		if toPutOf(o) == 0 {
			continue
		}
		if len(o.Totes) == 0 && v.State.freeCell(v.Catalogue, o, w.ID) == "" {
			full = true // its goods stay in the tote until a box takes a cell's
			continue
		}
		for _, l := range o.Lines {
			if toPut(l) > 0 && !slices.Contains(seen, l.SKU) && len(s.Expect) < expectMost {
				seen = append(seen, l.SKU)
				s.Expect = append(s.Expect, itemExpect(v, o.Client, &edge.Line{SKU: l.SKU}, 0))
			}
		}
	}
	if full && len(s.Expect) == 0 {
		s.Step, s.Actions = stepWallFull, []string{"help", "leave"}
	}
	if w.Met != nil {
		s.Actions = slices.Insert(s.Actions, 0, "confirm")
	}
}

func toteKind(v View, id string) string {
	if v.Catalogue.Cell(id) != nil {
		return "cell"
	}
	return "tote"
}
