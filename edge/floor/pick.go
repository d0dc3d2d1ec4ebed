package floor

import (
	"slices"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// pickPlace is where a picker stands.
type pickPlace struct {
	step string
	line *edge.Line // in hand; nil at stepTote, stepDrop and stepHeld
}

// pickNow tells what a picker is asked for.
func pickNow(v View, w *edge.Work, o *edge.Order) pickPlace {
	switch {
	case o == nil || o.Held != "":
		return pickPlace{step: stepHeld}
	case len(w.Totes) == 0 || w.Step == stepAddTote || w.Step == stepFetch:
		return pickPlace{step: stepTote}
	}
	l := lineInHand(v, w, o)
	switch {
	case w.Step == stepEmpty, w.Step == stepHandOver:
		return pickPlace{step: w.Step}
	case l != nil && w.Hand != nil && w.Hand.Step != "" && w.Hand.Line == l.ID:
		return pickPlace{step: w.Hand.Step, line: l}
	case l == nil:
		return pickPlace{step: stepDrop}
	case needsPlace(v, w, l):
		return pickPlace{step: stepLocation, line: l}
	}
	return pickPlace{step: stepItem, line: l}
}

// lineInHand gives the line that was begun, or the next one on the walk: least
// often skipped first, then by the place's sequence, then as the order says.
func lineInHand(v View, w *edge.Work, o *edge.Order) *edge.Line {
	if w.Line != "" {
		if l := lineOf(o, w.Line); l != nil && l.Open() > 0 && inZone(w, l) {
			return l
		}
	}
	var best *edge.Line
	var bestAt int
	for _, l := range o.Lines {
		if l.Open() == 0 || !inZone(w, l) {
			continue
		}
		at := sequence(v, l.Location)
		if best == nil || l.Skipped < best.Skipped || l.Skipped == best.Skipped && at < bestAt {
			best, bestAt = l, at
		}
	}
	return best
}

// sequence is where a place stands on the picker's walk.
func sequence(v View, location string) int {
	return v.Catalogue.Walk(location, v.Policy.Pick.Walk == "serpentine")
}

func needsPlace(v View, w *edge.Work, l *edge.Line) bool {
	if l.Location == "" || w.Location == l.Location {
		return false
	}
	switch v.Policy.Pick.Location {
	case "always":
		return true
	case "never":
		return false
	}
	r := v.Catalogue.Location(l.Location)
	return r != nil && r.Mixed
}

// typing tells whether a number may be typed for a line of want pieces of which
// have are there: what the article's record says, else the site's policy. Each
// serial number is scanned.
func typing(v View, r *edge.SKURecord, have, want int) bool {
	if r != nil {
		switch {
		case slices.Contains(r.Capture, captureSerial), r.Count == "scan":
			return false
		case r.Count == "typed":
			return len(r.Capture) == 0 || have > 0
		}
	}
	switch v.Policy.Pick.Type {
	case "always":
		return true
	case "never":
		return false
	}
	from := v.Policy.Pick.TypeFrom
	if from == 0 {
		from = 4
	}
	return have > 0 && want >= from
}

func (d *decider) scanPick() {
	o, at := pickAt(d.View, d.w)
	switch at.step {
	case stepHeld:
		d.scanHeld(o)
	case stepTote:
		if fetching(d.w) {
			d.fetchTote(o)
			return
		}
		d.pickTote(o)
	case stepInto:
		d.pickInto(o, at.line)
	case stepLocation:
		d.pickLocation(o, at.line)
	case stepItem:
		d.pickItem(o, at.line)
	case stepLot, stepSerial:
		d.pickCapture(o, at.line)
	case stepEmpty, stepHandOver:
		d.refuseOther("")
	case stepDrop:
		d.pickDrop(o)
	}
}

// scanHeld answers a touch of a held order: what is known is hold, its label too.
func (d *decider) scanHeld(o *edge.Order) {
	if o != nil && len(d.matches) > 0 {
		d.refuseHeld(o, d.matches[0].Kind, d.matches[0].ID)
		return
	}
	if o != nil {
		if u, b := d.waybill(o.Carrier); b != nil && !u.Voided && b.Client == o.Client && (b.Order == o.ID || slices.Contains(b.With, o.ID)) {
			d.refuseHeld(o, "box", b.ID)
			return
		}
	}
	d.refuseOther("")
}

func (d *decider) pickTote(o *edge.Order) {
	m, ok := d.match("tote")
	if !ok {
		d.refuseOther("")
		return
	}
	if t := d.s.Tote(m.ID); t != nil {
		if in := d.s.Order(t.Client, t.Order); in != nil && in.Stage == edge.StageCancelled {
			d.refuseCancelled(in)
			return
		}
		d.inUse(t)
		return
	}
	d.verdict(edge.OK, edge.Says("pick.tote", edge.T("tote", m.ID)))
	if d.w.Mode == modeTotal {
		d.event(edge.EvToteBound, d.w.Client, "", &edge.ToteEvent{Tote: m.ID, Wave: d.w.ID, Work: d.w.ID})
		return
	}
	d.event(edge.EvToteBound, o.Client, o.ID, &edge.ToteEvent{Tote: m.ID, Work: d.w.ID})
}

func (d *decider) pickLocation(o *edge.Order, l *edge.Line) {
	m, ok := d.match("location")
	if !ok {
		d.refuseOther("")
		return
	}
	if m.ID != l.Location {
		d.refuse(edge.Wrong, edge.Says("pick.wrongLocation", edge.T("expected", l.Location), edge.T("scanned", m.ID)), "location", m.ID)
		return
	}
	d.verdict(edge.OK, edge.Says("pick.location", edge.T("location", m.ID)))
	d.event(edge.EvLocation, d.w.Client, o.ID, &edge.LocationConfirmed{Location: m.ID, Work: d.w.ID, Typed: d.m.Source == byHand})
}

func (d *decider) pickItem(o *edge.Order, l *edge.Line) {
	m, ok, other := d.itemOf(o.Client, l.SKU)
	if !ok && !other && d.captureFirst(o, l) {
		return
	}
	if t, is := d.match("tote"); is && !ok && !other && t.ID == toteFor(d.w, o) {
		d.rightTote(o, t.ID)
		return
	}
	if !ok && !other {
		d.refuseOther("")
		return
	}
	if !ok || m.ID != l.SKU {
		m, _ = d.firstItem(m)
		d.refuse(edge.Wrong, edge.Says("pick.wrongItem", edge.T("expected", l.SKU), edge.T("scanned", m.ID)), "item", m.ID)
		return
	}
	open := l.Open()
	if d.w.Mode == modeTotal {
		_, open, _, _ = shares(d.View, d.w, l)
	}
	if m.Quantity > open {
		d.refuse(edge.Over, edge.Says("pick.over", edge.N("remaining", open), edge.N("scanned", m.Quantity)), "item", m.ID)
		return
	}
	switch r := d.sku(o.Client, l.SKU); {
	case r != nil && len(r.Capture) > 0:
		d.pickCaptured(o, l, m.Quantity, r)
		return
	case d.w.Mode != modeOrder:
		d.take(o, l, &edge.Hand{Line: l.ID, Quantity: m.Quantity}, r)
		return
	}
	d.picked(o, l, m.Quantity, edge.EvPicked)
	d.afterPick(o, l, m.Quantity, 0)
}

// firstItem gives m, or where the code names no article of the client, the
// first article that it names.
func (d *decider) firstItem(m catalogue.Match) (catalogue.Match, bool) {
	if m.ID != "" {
		return m, true
	}
	return d.match("item")
}

// picked adds the event of a change of a line's picked quantity.
func (d *decider) picked(o *edge.Order, l *edge.Line, quantity int, t edge.Type) *edge.PickEvent {
	e := next(&d.s.room.picks)
	e.Line, e.SKU, e.Quantity, e.Location = l.ID, l.SKU, quantity, l.Location
	e.Tote, e.Work, e.Put = toteFor(d.w, o), d.w.ID, d.besideWave(o, l, quantity)
	d.event(t, o.Client, o.ID, e)
	return e
}

// afterPick sets the verdict after a line changed by picked and short pieces,
// and ends the work where nothing is open any more.
func (d *decider) afterPick(o *edge.Order, l *edge.Line, picked, short int) {
	have, want := l.Picked+picked, l.Wanted
	switch open := l.Open() - picked - short; {
	case open > 0:
		d.verdict(edge.OK, d.counted("pick.item", have, want))
		d.askEmpty(o, l, picked)
		return
	case short > 0:
		d.verdict(edge.Done, edge.Says("pick.short", edge.N("missing", short)))
	default:
		d.verdict(edge.Done, d.counted("pick.lineDone", have, want))
	}
	for _, other := range o.Lines {
		if other != l && other.Open() > 0 && inZone(d.w, other) {
			if short == 0 {
				d.askEmpty(o, l, picked)
			}
			return
		}
	}
	if d.othersOpen(o) {
		return
	}
	after := cloneOrder(o)
	line := editLine(after, l.ID)
	line.Picked += picked
	line.Short += short
	if d.passOn(d.w, map[string]*edge.Order{o.ID: after}) || d.Policy.Pick.Drop != "" {
		return
	}
	d.finishPick(d.w, after)
}

// finishPick ends the picking of an order as it stands after this message's
// earlier events.
func (d *decider) finishPick(w *edge.Work, o *edge.Order) {
	switch w.Mode {
	case modeCluster:
		d.finishCluster(w, o)
		return
	case modeTotal:
		d.finishWave(w, nil)
		return
	}
	say, reason := d.endOrder(o)
	d.finishWork(w, reason)
	d.verdictDone(say)
}

// endOrder says what becomes of an order whose picking ends. With nothing to
// pack it is cancelled by its shorts.
func (d *decider) endOrder(o *edge.Order) (say edge.Say, reason string) {
	if d.waitsForGoods(o) {
		_, wait := d.shortPolicy(o)
		return edge.Says("pick.waits", edge.T("order", o.ID), edge.N("missing", shortOf(o)), edge.N("minutes", int(wait/time.Minute))), "short"
	}
	if toPack(o) == 0 {
		d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Step: string(edge.StagePicking), Cancelled: true, Reason: "short"})
		d.putBack(o, backCancelled) // what was picked before it was wanted no more
		if !hasGoods(o) {
			d.releaseTotes(o, o.Totes)
		}
		return edge.Says("pick.nothing", edge.T("order", o.ID)), "short"
	}
	missing := shortOf(o)
	switch policy, _ := d.shortPolicy(o); {
	case !isShort(o) || o.Held != "":
		d.turns(d.s.idx.pack, +1)
		return edge.Says("pick.done", edge.T("order", o.ID)), ""
	case policy == "hold":
		d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Step: string(edge.StagePicking), Held: "short"})
		return edge.Says("pick.shortHeld", edge.T("order", o.ID), edge.N("missing", missing)), ""
	case policy == "cancelLine":
		d.cancelShorts(o)
		d.turns(d.s.idx.pack, +1)
		return edge.Says("pick.shortCancelled", edge.T("order", o.ID), edge.N("missing", missing)), ""
	}
	d.turns(d.s.idx.pack, +1)
	return edge.Says("pick.shortGoes", edge.T("order", o.ID), edge.N("missing", missing)), ""
}

// verdictDone sets the verdict of a worker's own message.
func (d *decider) verdictDone(say edge.Say) {
	if d.m.Kind == edge.Scan || d.m.Kind == edge.Act {
		d.verdict(edge.Done, say)
	}
}

func (d *decider) releaseTotes(o *edge.Order, totes []string) {
	for _, t := range totes {
		d.event(edge.EvToteReleased, o.Client, o.ID, &edge.ToteEvent{Tote: t})
		if d.Catalogue.Cell(t) != nil {
			d.touchPutters() // who waits for a cell has one
			if d.wavesWait() && d.wallFull() {
				d.touch(Everyone) // the next wave is held no longer
			}
		}
	}
}

func (d *decider) finishWork(w *edge.Work, reason string) {
	order := ""
	if len(w.Orders) > 0 {
		order = w.Orders[0]
	}
	d.event(edge.EvWorkFinished, w.Client, order, &edge.WorkEvent{Work: w.ID, Flow: w.Flow, Mode: w.Mode, Orders: w.Orders,
		Totes: w.Totes, Station: w.Station, Truck: w.Truck, Reason: reason})
	d.touch(w.Worker)
}

func (d *decider) pickDrop(o *edge.Order) {
	m, ok := d.match("location")
	drop := d.Policy.Pick.Drop
	switch {
	case d.code == drop || ok && d.barcode(m.ID) == drop && drop != "":
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepDropped, What: m.ID, Step: stepDrop, Work: d.w.ID})
		d.endHere(o)
	case ok:
		d.refuse(edge.Wrong, edge.Says("pick.wrongDrop", edge.T("expected", drop), edge.T("scanned", m.ID)), "location", m.ID)
	default:
		d.refuseOther("")
	}
}

// barcode gives what a scanner reads at a place.
func (d *decider) barcode(location string) string { return placeCode(d.View, location) }

func placeCode(v View, location string) string {
	if r := v.Catalogue.Location(location); r != nil && r.Barcode != "" {
		return r.Barcode
	}
	return location
}
