package floor

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// opening is what a packer scanned to open an order: a tote or a cell, the pick
// slip, the label of a box.
type opening struct {
	order *edge.Order
	tote  *edge.Tote // that is booked at the desk; nil: the order has none
	box   *edge.Box  // whose label it was
	kind  string
	what  string
}

// openedBy finds what the scan opens; ok false: nothing that a desk knows.
func (d *decider) openedBy() (opening, bool) {
	if id, ok := d.tote(); ok {
		t := d.s.Tote(id)
		if t == nil {
			return opening{kind: "tote", what: id}, true
		}
		return opening{order: d.s.Order(t.Client, t.Order), tote: t, kind: "tote", what: id}, true
	}
	if len(d.matches) > 0 {
		return opening{}, false
	}
	if u, b := d.waybill(""); u != nil && b != nil && (!u.Voided || b.Waybill == "") { // a dead label is all that a box without a number has
		o := d.s.BoxOrder(b)
		return opening{order: o, tote: d.nextTote(o), box: b, kind: "box", what: b.ID}, o != nil
	}
	if o := d.slip(); o != nil {
		return opening{order: o, tote: d.nextTote(o), kind: "order", what: o.ID}, true
	}
	return opening{}, false
}

// slip finds the order of a pick slip: its barcode is the order's id, with the
// client's and a slash in front where two clients have one of that id.
func (d *decider) slip() *edge.Order {
	var found *edge.Order
	for _, client := range d.s.clients() {
		o := d.s.Order(client, d.code)
		if o == nil {
			o = d.s.Order(client, strings.TrimPrefix(d.code, client+"/"))
		}
		if o != nil && found != nil {
			return nil
		}
		if o != nil {
			found = o
		}
	}
	return found
}

// nextTote gives the first tote of an order that is not at the desk yet.
func (d *decider) nextTote(o *edge.Order) *edge.Tote {
	if o == nil {
		return nil
	}
	for _, id := range o.Totes {
		if d.w == nil || !slices.Contains(d.w.Totes, id) {
			return d.s.Tote(id)
		}
	}
	return nil
}

// packTote takes a tote at the desk: the first, or a pick slip or a label, names
// the order.
func (d *decider) packTote(at *packPlace) {
	open, ok := d.openedBy()
	if !ok {
		d.refuseOther(at.carrier())
		return
	}
	o := open.order
	switch {
	case open.tote == nil && open.kind == "tote":
		d.refuse(edge.Wrong, edge.Says("pack.freeTote", edge.T("expected", d.expectedTote(at)), edge.T("scanned", open.what)), "tote", open.what)
	case o == nil:
		d.refuse(edge.Unexpected, edge.Says("scan.unexpected", edge.T("kind", "tote"), edge.T("scanned", open.what)), "tote", open.what)
	case d.s.Stopped(open.box, o):
		d.refuseCancelled(o)
	case open.kind == "tote" && slices.Contains(d.w.Totes, open.what):
		d.refuse(edge.Duplicate, edge.Says("tote.scanned", edge.T("tote", open.what)), "tote", open.what)
	case len(at.orders) > 0 && !slices.Contains(at.orders, o):
		d.refuse(edge.Wrong, edge.Says("pack.wrongTote", edge.T("expected", d.expectedTote(at)), edge.T("scanned", open.what)), open.kind, open.what)
	case !d.deskTakes(&open, d.w.ID):
	case open.tote == nil:
		d.refuse(edge.Duplicate, edge.Says("tote.scanned", edge.T("tote", open.what)), open.kind, open.what)
	default:
		d.packStarted(d.w.ID, d.w.Station, open.tote, o, d.w.Totes)
	}
}

func (d *decider) expectedTote(at *packPlace) string {
	if at.first() == nil {
		return d.w.Offered
	}
	if list := missingTotes(d.w, at.orders); len(list) > 0 {
		return list[0]
	}
	return ""
}

// deskTakes refuses what no desk, or not this one, may begin now, and says what
// is missing.
func (d *decider) deskTakes(open *opening, work string) bool {
	o := open.order
	if open.kind != "tote" && isPacked(o) || open.box != nil && open.box.Bound != "" {
		d.refusePacked(o, open.box)
		return false
	}
	if !d.mayOpen(o, o, open, work) {
		return false
	}
	for _, in := range d.s.together(o) {
		if in.ID != o.ID && in.Stage != edge.StageCancelled && !d.mayOpen(o, in, open, work) {
			return false
		}
	}
	return true
}

// mayOpen tells whether one of the orders that go into a box with an order may
// be packed.
func (d *decider) mayOpen(o, in *edge.Order, open *opening, work string) bool {
	other := in.ID != o.ID
	switch {
	case in.Held != "" && other:
		d.refuse(edge.Hold, edge.Says("pack.waitsHeld", edge.T("order", o.ID), edge.T("other", in.ID), edge.T("reason", in.Held),
			edge.T("since", d.stampOf(in.HeldAt))), open.kind, open.what)
	case in.Held != "":
		d.refuseHeld(in, open.kind, open.what)
	case in.Zone != "" && !other:
		d.refuse(edge.Hold, edge.Says("pack.zoneLeft", edge.T("order", in.ID), edge.T("zone", in.Zone)), open.kind, open.what)
	case (in.Stage != edge.StagePicked && in.Stage != edge.StagePacking || in.Wave != "") && other:
		d.refuse(edge.Hold, edge.Says("pack.waitsFor", edge.T("order", o.ID), edge.T("other", in.ID), edge.N("left", unpicked(in)),
			edge.T("since", d.stampOf(in.Received))), open.kind, open.what)
	case in.Stage != edge.StagePicked && in.Stage != edge.StagePacking || in.Wave != "":
		d.refuse(edge.Hold, edge.Says("pack.notPicked", edge.T("order", in.ID), edge.N("left", unpicked(in)), edge.T("gaps", gaps(in))), open.kind, open.what)
	case in.Work != "" && in.Work != work:
		d.refuse(edge.Duplicate, edge.Says("pack.toteTaken", edge.T("tote", open.what)), open.kind, open.what)
	default:
		return true
	}
	return false
}

// isPacked tells that nothing of an order is left for a desk.
func isPacked(o *edge.Order) bool {
	return o.Stage == edge.StagePacked || o.Stage == edge.StageLoaded || o.Stage == edge.StageShipped
}

// refusePacked says who packed an order, and when.
func (d *decider) refusePacked(o *edge.Order, b *edge.Box) {
	for _, id := range o.Boxes {
		if b == nil || b.Bound == "" {
			b = d.s.Box(id)
		}
	}
	if b == nil {
		b = &edge.Box{}
	}
	d.refuse(edge.Duplicate, edge.Says("pack.packed", edge.T("order", o.ID), edge.T("box", b.ID), edge.T("worker", b.By), edge.T("at", d.stampOf(b.BoundAt))), "box", b.ID)
}

// unpicked is how many pieces of an order are not in its tote yet.
func unpicked(o *edge.Order) int {
	n := 0
	for _, l := range o.Lines {
		n += l.Open() + max(0, min(l.Picked, l.Wanted)-l.Put)*btoi(o.Wave != "")
	}
	return n
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// gapsMost is how many lines a refusal names.
const gapsMost = 3

// gaps names the first lines of an order that are not picked, with their places.
func gaps(o *edge.Order) string {
	var out []string
	for _, l := range o.Lines {
		if l.Open() > 0 && len(out) < gapsMost {
			out = append(out, fmt.Sprintf("%s x%d %s", l.SKU, l.Open(), l.Location))
		}
	}
	return strings.Join(out, ", ")
}

// packStarted books a tote at a desk and takes it away from the desk that it
// was offered to.
func (d *decider) packStarted(work, station string, t *edge.Tote, o *edge.Order, before []string) {
	group, more := d.s.together(o), -len(before)-1
	for _, in := range group {
		if in.Stage != edge.StageCancelled {
			more += len(in.Totes)
		}
	}
	e := &edge.PackStarted{Work: work, Station: station, Tote: t.ID}
	if len(before) == 0 {
		e.Orders = idsOf(group)
	}
	switch {
	case len(group) > 1 && more > 0:
		d.verdict(edge.OK, edge.Says("pack.togetherMore", edge.N("n", len(group)), edge.N("more", more)))
	case len(group) > 1:
		d.verdict(edge.OK, edge.Says("pack.together", edge.N("n", len(group))))
	case more > 0:
		d.verdict(edge.OK, edge.Says("pack.toteMore", edge.T("order", o.ID), edge.N("more", more)))
	default:
		d.verdict(edge.OK, edge.Says("pack.tote", edge.T("order", o.ID), edge.T("tote", t.ID)))
	}
	d.event(edge.EvPackStarted, o.Client, o.ID, e)
	if o.Work == "" {
		d.turns(d.s.idx.pack, -1)
	}
	for _, in := range group {
		d.reoffer(in, work)
	}
}

// reoffer gives desks that were offered a tote of the order another one, or
// ends their work where there is none.
func (d *decider) reoffer(o *edge.Order, except string) {
	for _, id := range o.Totes {
		w := d.s.Work(d.s.idx.offered[id])
		if w == nil || w.ID == except || slices.Contains(d.moved, w.ID) {
			continue
		}
		d.moved = append(d.moved, w.ID)
		for _, in := range d.s.together(o) {
			d.taken = append(d.taken, in.Totes...)
		}
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
		group := d.s.together(o)
		if len(named) > 0 && !slices.ContainsFunc(group, func(in *edge.Order) bool { return slices.Contains(named, in.ID) }) {
			return true
		}
		if len(o.Totes) > 0 && !slices.ContainsFunc(group, d.isOffered) {
			found = d.s.Tote(o.Totes[0])
		}
		return found == nil
	})
	if found != nil {
		d.taken = append(d.taken, found.ID)
	}
	return found
}

// isOffered tells that a desk is on its way to a tote of the order.
func (d *decider) isOffered(o *edge.Order) bool {
	return slices.ContainsFunc(o.Totes, func(id string) bool { return d.s.idx.offered[id] != "" || slices.Contains(d.taken, id) })
}

// stampOf writes a time for a screen; "" is none.
func (d *decider) stampOf(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(zoneOf(d.Policy)).Format(edge.TimeLayout)
}
