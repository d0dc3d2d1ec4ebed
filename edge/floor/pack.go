package floor

import (
	"slices"

	"dcedge/edge"
)

// packPlace is where a packer stands.
type packPlace struct {
	step string
	box  *edge.Box // the open box, or the one whose label is being made
}

// packNow tells what a packer is asked for.
func packNow(v View, w *edge.Work, o *edge.Order) packPlace {
	switch {
	case o == nil && w.Mode == modeSingle:
		return packPlace{step: stepItem}
	case o == nil:
		return packPlace{step: stepTote}
	case o.Stage == edge.StageCancelled:
		return packPlace{step: stepCancelled}
	case o.Held != "":
		return packPlace{step: stepHeld, box: v.State.Box(w.Box)}
	}
	if len(missingTotes(w, o)) > 0 {
		return packPlace{step: stepTote}
	}
	b := v.State.Box(w.Box)
	if b != nil && b.Closed {
		return packPlace{step: labelStep(v.State, b), box: b}
	}
	st, _ := v.Policy.Station(w.Station)
	left := toPack(o)
	switch {
	case left > 0 && w.Step != stepWeight:
		return packPlace{step: stepItem, box: b}
	case left == 0 && b != nil && o.ExtrasDone < len(o.Extras):
		return packPlace{step: stepInsert, box: b}
	case b != nil && st.Scale != "" && w.Step != stepOverride && b.Grams == "":
		return packPlace{step: stepWeight, box: b}
	}
	return packPlace{step: "close", box: b}
}

// missingTotes lists the order's totes that were not yet scanned at the desk.
func missingTotes(w *edge.Work, o *edge.Order) []string {
	var out []string
	for _, t := range o.Totes {
		if !slices.Contains(w.Totes, t) {
			out = append(out, t)
		}
	}
	return out
}

// toPack is how many pieces of the order still go into boxes.
func toPack(o *edge.Order) int {
	n := 0
	for i := range o.Lines {
		n += packable(o.Lines[i])
	}
	return n
}

// labelStep tells how far the label of a closed box is.
func labelStep(s *State, b *edge.Box) string {
	if b.Waybill == "" {
		return stepNoNumber
	}
	a := s.Attempt(b.Print.Attempt)
	switch {
	case b.Stale != "":
		return stepDestroy
	case b.Print.Wanted || a == nil:
		return stepPrinting
	case a.Status == edge.AttemptInDoubt:
		return stepInDoubt
	case a.Status == edge.AttemptPrinted:
		return stepWaybill
	}
	return stepPrinting
}

func (d *decider) scanPack() {
	o := d.s.orderOf(d.w)
	at := packNow(d.View, d.w, o)
	switch at.step {
	case stepHeld:
		d.scanHeld(o)
	case stepTote:
		d.packTote(o)
	case stepItem:
		if o == nil {
			d.packSingle()
			return
		}
		d.packItem(o, at.box)
	case stepInsert:
		d.packInsert(o, at.box)
	case stepPrinting, stepInDoubt, stepWaybill, stepDestroy:
		d.packWaybill(o, at.box)
	default:
		d.refuseOther(carrierOf(o))
	}
}

func carrierOf(o *edge.Order) string {
	if o == nil {
		return ""
	}
	return o.Carrier
}

// packTote takes a tote at the desk: the first names the order.
func (d *decider) packTote(o *edge.Order) {
	id, ok := d.tote()
	if !ok {
		d.refuseOther(carrierOf(o))
		return
	}
	t := d.s.Tote(id)
	if t == nil {
		d.refuse(edge.Wrong, edge.Says("pack.freeTote", edge.T("expected", d.expectedTote(o)), edge.T("scanned", id)), "tote", id)
		return
	}
	in := d.s.Order(t.Client, t.Order)
	switch {
	case in == nil:
		d.refuse(edge.Unexpected, edge.Says("scan.unexpected", edge.T("kind", "tote"), edge.T("scanned", id)), "tote", id)
	case in.Stage == edge.StageCancelled:
		d.refuseCancelled(in)
	case slices.Contains(d.w.Totes, id):
		d.refuse(edge.Duplicate, edge.Says("tote.scanned", edge.T("tote", id)), "tote", id)
	case o != nil && (in.ID != o.ID || in.Client != o.Client):
		d.refuse(edge.Wrong, edge.Says("pack.wrongTote", edge.T("expected", d.expectedTote(o)), edge.T("scanned", id)), "tote", id)
	default:
		if d.toteFits(t, in, d.w.ID) {
			d.packStarted(d.w.ID, d.w.Station, t, in, d.w.Totes)
		}
	}
}

func (d *decider) expectedTote(o *edge.Order) string {
	if o == nil {
		return d.w.Offered
	}
	if list := missingTotes(d.w, o); len(list) > 0 {
		return list[0]
	}
	return ""
}

// toteFits refuses a tote that no desk, or not this one, may begin now.
func (d *decider) toteFits(t *edge.Tote, o *edge.Order, work string) bool {
	switch {
	case o.Held != "":
		d.refuseHeld(o, "tote", t.ID)
	case o.Zone != "":
		d.refuse(edge.Hold, edge.Says("pack.zoneLeft", edge.T("order", o.ID), edge.T("zone", o.Zone)), "tote", t.ID)
	case o.Stage != edge.StagePicked && o.Stage != edge.StagePacking, o.Wave != "":
		d.refuse(edge.Hold, edge.Says("pack.notPicked", edge.T("order", o.ID)), "tote", t.ID)
	case o.Work != "" && o.Work != work:
		d.refuse(edge.Duplicate, edge.Says("pack.toteTaken", edge.T("tote", t.ID)), "tote", t.ID)
	default:
		return true
	}
	return false
}

// packStarted books a tote at a desk and takes it away from the desk that it
// was offered to.
func (d *decider) packStarted(work, station string, t *edge.Tote, o *edge.Order, before []string) {
	d.verdict(edge.OK, edge.Says("pack.tote", edge.T("order", o.ID), edge.T("tote", t.ID)))
	if len(o.Totes)-len(before) > 1 {
		d.verdict(edge.OK, edge.Says("pack.toteMore", edge.T("order", o.ID), edge.N("more", len(o.Totes)-len(before)-1)))
	}
	d.event(edge.EvPackStarted, o.Client, o.ID, &edge.PackStarted{Work: work, Station: station, Tote: t.ID})
	if o.Work == "" {
		d.turns(d.s.idx.pack, -1)
	}
	d.reoffer(o, work)
}

// reoffer gives desks that were offered a tote of the order another one, or
// ends their work where there is none.
func (d *decider) reoffer(o *edge.Order, except string) {
	for _, id := range o.Totes {
		w := d.s.Work(d.s.idx.offered[id])
		if w == nil || w.ID == except {
			continue
		}
		d.taken = append(d.taken, o.Totes...)
		if next := d.offer(nil); next != nil {
			d.event(edge.EvWorkMoved, "", "", &edge.WorkEvent{Work: w.ID, Flow: w.Flow, Mode: w.Mode, Totes: []string{next.ID}, Station: w.Station})
			d.touch(w.Worker)
		} else {
			d.finishWork(w, "taken")
		}
	}
}

// offer finds the tote that a desk is to take next: of the first order in the
// queue that no other desk is offered.
func (d *decider) offer(named []string) *edge.Tote {
	var found *edge.Tote
	d.s.idx.pack.each(func(r rank) bool {
		o := d.s.orders.get(r.key)
		if len(named) > 0 && !slices.Contains(named, o.ID) {
			return true
		}
		if len(o.Totes) > 0 && !slices.ContainsFunc(o.Totes, func(id string) bool {
			return d.s.idx.offered[id] != "" || slices.Contains(d.taken, id)
		}) {
			found = d.s.Tote(o.Totes[0])
		}
		return found == nil
	})
	if found != nil {
		d.taken = append(d.taken, found.ID)
	}
	return found
}

// startPackFlow is start {flow: pack}.
func (d *decider) startPackFlow() {
	a := &d.m.Args
	t := d.offer(a.Orders)
	if t == nil {
		d.refuse(edge.Unexpected, edge.Says("start.noWork"), "act", "start")
		return
	}
	station := d.station(a.Station)
	if station == "" {
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "act", "start")
		return
	}
	d.verdict(edge.OK, edge.Says("pack.started", edge.T("station", station), edge.T("tote", t.ID)))
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Pack, Mode: "order", Station: station,
		Totes: []string{t.ID}})
}

// startPack begins with a tote that was scanned on the idle screen.
func (d *decider) startPack(station string, t *edge.Tote) {
	w := d.nextWorkID()
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: w, Flow: edge.Pack, Mode: "order", Station: station})
	d.packStarted(w, station, t, d.s.Order(t.Client, t.Order), nil)
}

// station gives the named station, or the first, that nobody works at and that
// has a working printer; "" where there is none.
func (d *decider) station(name string) string {
	for _, st := range d.Policy.Stations {
		if (name == "" || st.Name == name) && d.stationFree(st) {
			return st.Name
		}
	}
	return ""
}

// lastStation prefers the worker's last station.
func (d *decider) lastStation() string {
	if ws := d.s.Worker(d.m.Worker); ws != nil && ws.Station != "" {
		if name := d.station(ws.Station); name != "" {
			return name
		}
	}
	return d.station("")
}

func (d *decider) stationFree(st edge.Station) bool {
	for w := range d.s.work.all() {
		if w.Station == st.Name && w.Worker != d.m.Worker {
			return false
		}
	}
	return slices.ContainsFunc(st.Printers, func(name string) bool { return printerWorks(d.s.Printer(name)) })
}

// printerWorks is true also for a printer that was not heard of yet.
func printerWorks(p *edge.PrinterStatus) bool {
	return p == nil || p.State == "ready" || p.State == "printing"
}

// packItem takes an article into the box: what the order does not want here, or
// not so much of, is over.
func (d *decider) packItem(o *edge.Order, b *edge.Box) {
	if m, ok := d.match("box"); ok {
		d.verdict(edge.OK, edge.Says("pack.boxType", edge.T("boxType", m.ID)))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepBoxType, What: m.ID, Step: stepItem, Work: d.w.ID})
		return
	}
	m, ok, other := d.item(o.Client)
	if !ok && !other {
		if t, isTote := d.match("tote"); isTote {
			d.toteAtItems(t.ID)
			return
		}
		d.refuseOther(o.Carrier)
		return
	}
	m, _ = d.firstItem(m)
	left := 0
	if ok {
		left = skuLeft(o, m.ID)
	}
	if m.Quantity > left {
		d.refuse(edge.Over, edge.Says("pack.over", edge.T("scanned", m.ID), edge.N("remaining", left)), "item", m.ID)
		return
	}
	d.pack(o, b, m.ID, m.Quantity)
}

func (d *decider) toteAtItems(id string) {
	switch t := d.s.Tote(id); {
	case t == nil:
		d.refuse(edge.Wrong, edge.Says("pack.freeTote", edge.T("expected", d.w.Totes[0]), edge.T("scanned", id)), "tote", id)
	case slices.Contains(d.w.Totes, id):
		d.refuse(edge.Duplicate, edge.Says("tote.scanned", edge.T("tote", id)), "tote", id)
	default:
		if in := d.s.Order(t.Client, t.Order); in != nil && in.Stage == edge.StageCancelled {
			d.refuseCancelled(in)
			return
		}
		d.refuseOther("")
	}
}

// pack puts n pieces of an article into the open box, line by line, and closes
// the box with the last piece of the order.
func (d *decider) pack(o *edge.Order, b *edge.Box, sku string, n int) {
	box := idOf("B-", d.s.Site().Boxes+1)
	if b != nil {
		box = b.ID
	}
	after, lineDone := cloneOrder(o), false
	for _, id := range packOrder(after, d.w.Line, sku) {
		l := editLine(after, id)
		take := min(n, packable(l))
		if take == 0 {
			continue
		}
		d.event(edge.EvPackItem, o.Client, o.ID, &edge.PackItem{Line: id, SKU: sku, Quantity: take, Box: box, Work: d.w.ID})
		l.Packed += take
		n -= take
		lineDone = packable(l) == 0
	}
	if toPack(after) > 0 {
		if lineDone {
			d.verdict(edge.Done, edge.Says("pack.lineDone", edge.T("scanned", sku)))
		} else {
			d.verdict(edge.OK, edge.Says("pack.item", edge.T("scanned", sku)))
		}
		return
	}
	d.verdict(edge.Done, edge.Says("pack.allIn"))
	if st, _ := d.Policy.Station(d.w.Station); st.Scale == "" && o.ExtrasDone >= len(o.Extras) {
		d.closeBox(after, d.boxAfter(b, box, after), true)
	}
}

// packOrder lists the lines of an article: the one in hand first.
func packOrder(o *edge.Order, inHand, sku string) []string {
	var out []string
	for i := range o.Lines {
		if o.Lines[i].SKU != sku {
			continue
		}
		if o.Lines[i].ID == inHand {
			out = slices.Insert(out, 0, inHand)
		} else {
			out = append(out, o.Lines[i].ID)
		}
	}
	return out
}

// boxAfter gives the box as it is after this decision's pack.item events.
func (d *decider) boxAfter(b *edge.Box, id string, o *edge.Order) *edge.Box {
	out := &edge.Box{ID: id, Order: o.ID, Client: o.Client, Carrier: o.Carrier, N: len(o.Boxes) + 1}
	if b != nil {
		out = cloneBox(b)
	}
	for i := range d.out.Events {
		if p, ok := d.out.Events[i].Data.(*edge.PackItem); ok {
			_ = addItem(out, p) // adding never fails
		}
	}
	return out
}
