package floor

import (
	"slices"

	"dcedge/edge"
)

// reasonEpoch is why work in hand and trucks at docks end with their epoch.
const reasonEpoch = "epoch"

// reasonTold is why a number is burnt that the WMS saw, or is void because it saw another.
const reasonTold = "reconcile"

// opened begins an epoch: what happened behind the seal of the one before may
// be lost. The floor is closed until the WMS has told what it saw; work is out
// of hand, trucks are empty, no lease of before gives numbers any more, and every
// open order is held until it is pushed again.
func (d *decider) opened() {
	e, ok := d.m.Body.(*edge.EpochEvent)
	if !ok || e.Epoch == "" || d.s.Site().Epoch == e.Epoch {
		d.verdict(edge.Unchanged, edge.Say{})
		return
	}
	data := *e
	for o := range d.s.orders.all() {
		if unsure(o) {
			data.Held++
		}
	}
	d.event(edge.EvEpochOpened, "", "", &data)
	d.m.Args.Reason = reasonEpoch
	d.s.EachWork(func(w *edge.Work) {
		if d.w = w; w.Worker == "" {
			return // a wave that waits for whoever goes on with it
		}
		if w.Flow == edge.Pick {
			d.leavePick()
			return
		}
		d.leave()
	})
	d.w = nil
	d.s.EachTruck(func(t *edge.Truck) {
		if !t.Closed {
			d.emptyTruck(t)
		}
	})
	d.s.EachLease(func(l *edge.Lease) {
		if !l.Closed {
			d.event(edge.EvLeaseClosed, l.Client, "", &edge.LeaseEvent{Lease: l.ID, Carrier: l.Carrier, FirstSerial: l.First, Count: l.Count,
				Left: l.Left(), Epoch: l.Epoch})
		}
	})
	d.touch(Everyone)
	d.verdict(edge.OK, edge.Say{})
}

// emptyTruck takes a truck from its dock without what was on it: whether it
// left, the WMS tells, or the boxes are scanned again.
func (d *decider) emptyTruck(t *edge.Truck) {
	for _, id := range t.Boxes {
		if b := d.s.Box(id); b != nil && d.s.Order(b.Client, b.Order) != nil {
			d.event(edge.EvBoxUnloaded, b.Client, b.Order, &edge.BoxLoaded{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Truck: t.ID, Orders: others(b)})
		}
	}
	d.event(edge.EvTruckClosed, "", "", &edge.TruckEvent{Truck: t.ID, Dock: t.Dock, Carrier: t.Carrier, Trip: t.Trip, Reason: reasonEpoch})
}

// unsure tells whether a new epoch holds an order.
func unsure(o *edge.Order) bool {
	return o.Held == "" && o.Stage != edge.StageCancelled && o.Stage != edge.StageShipped
}

// closed refuses scans and acts while the floor is closed; asking for help goes
// on.
func (d *decider) closed() bool {
	why := d.s.Site().Closed
	if why == "" || d.m.Kind == edge.Act && d.m.Action == "help" {
		return false
	}
	kind, what := "", ""
	if d.m.Kind == edge.Act {
		kind, what = "act", known(d.m.Action)
	}
	d.refuse(edge.Hold, edge.Says("floor.closed", edge.T("reason", why)), kind, what)
	return true
}

// closedScreen is every worker's while the floor is closed.
func closedScreen(s *edge.Screen) { s.Step, s.Actions = stepClosed, []string{"help"} }

// pushed ends the hold of an order that the new epoch held and that was pushed
// again: the WMS says that it is open. Its recipient comes with it where the vault
// had lost it; an order whose address was changed waits for a word on it, because
// the record may be of before the change.
func (d *decider) pushed(o *edge.Order, r *edge.OrderRecord) {
	d.verdict(edge.Accepted, edge.Say{})
	e := &edge.OrderChanged{Step: string(o.Stage), Released: o.Held == edge.HeldReconcile}
	if r != nil && lostRecipient(o, r) {
		e.RecipientRef, e.RecipientVersion = r.RecipientRef, r.RecipientVersion
		if o.RecipientVersion > 1 && (o.Held == "" || e.Released) {
			e.Held, e.Released = heldAddress, false
		}
	}
	if e.Released || e.RecipientRef != "" {
		d.event(edge.EvOrderChanged, o.Client, o.ID, e)
		d.touch(Everyone)
	}
}

// lostRecipient tells that an open order is sent again with a recipient that the vault
// did not know: the copy of a backup is older than the journal's.
func lostRecipient(o *edge.Order, r *edge.OrderRecord) bool {
	return r.RecipientRef != "" && r.RecipientRef != o.RecipientRef && o.Stage != edge.StageCancelled && o.Stage != edge.StageShipped
}

// addressAgain tells that the WMS sends a known change of the address again, of an order
// that a new epoch holds and that it has not pushed yet, and that the vault knew nothing
// of that order: then the last one that is sent is the order's. HeldAt says that one was
// taken already. A vault that has them all changes nothing.
func addressAgain(o *edge.Order, r *edge.OrderChange) bool {
	if r.Change != "readdress" || r.RecipientRef == "" || o.Held != edge.HeldReconcile || !slices.Contains(o.Changes, r.ID) {
		return false
	}
	return r.RecipientRef != o.RecipientRef || !o.HeldAt.IsZero() && r.RecipientVersion != o.RecipientVersion
}

// reconcile takes a part of what the WMS saw. Told again it changes nothing.
func (d *decider) reconcile(r *edge.Reconcile) {
	switch {
	case r.Epoch != d.Policy.Epoch:
		d.reject(edge.WrongEpoch, "epoch")
		return
	case d.s.Site().Closed == "":
		d.reject(edge.Unchanged, "")
		return
	}
	d.verdict(edge.Accepted, edge.Say{})
	d.toldScans(r.Scans)
	for i := range r.Leases {
		d.toldLease(&r.Leases[i])
	}
	for i := range r.Orders {
		d.toldOrder(&r.Orders[i])
	}
	for i := range r.Boxes {
		d.toldBox(&r.Boxes[i])
	}
	for i := range r.Waybills {
		d.toldWaybill(&r.Waybills[i])
	}
	if r.Done {
		d.event(edge.EvReconciled, "", "", &edge.EpochEvent{Epoch: r.Epoch})
		d.touch(Everyone)
		d.out.More = true // boxes that wait for a number
	}
}

// scansOfOne keeps scan.reconciled within an event's 64 KiB.
const scansOfOne = 1000

func (d *decider) toldScans(ids []edge.ID) {
	d.out.Known = ids
	for part := range slices.Chunk(ids, scansOfOne) {
		e := &edge.ReconciledScans{Scans: make([]string, len(part))}
		for i, id := range part {
			e.Scans[i] = id.String()
		}
		d.event(edge.EvScanTold, "", "", e)
	}
}

// toldLease keeps a lease that was added in the lost part from being taken as
// new.
func (d *decider) toldLease(r *edge.WaybillRange) {
	if d.s.Lease(r.ID) == nil {
		d.event(edge.EvLeaseClosed, owner(r.Client), "", &edge.LeaseEvent{Lease: r.ID, Carrier: r.Carrier, FirstSerial: r.FirstSerial,
			Count: r.Count, Epoch: r.Epoch})
	}
}

func (d *decider) toldOrder(r *edge.ReconciledOrder) {
	client := owner(r.Client)
	o := d.s.Order(client, r.ID)
	if o != nil && (o.Stage == r.Stage && o.Held != edge.HeldReconcile || o.Stage == edge.StageCancelled || !o.Closed.IsZero()) || d.toldItsEnd(client, r.ID) {
		return
	}
	carrier := r.Carrier
	if carrier == "" && o != nil {
		carrier = o.Carrier
	}
	if o != nil && leavesTotes(r.Stage) {
		d.releaseTotes(o, d.unreleased(o.Totes))
	}
	if o != nil && (r.Stage == edge.StageLoaded || r.Stage == edge.StageShipped) {
		for _, id := range o.Boxes {
			if b := d.s.Box(id); b != nil {
				d.outOfCrate(b, reasonTold)
			}
		}
	}
	d.event(edge.EvOrderTold, client, r.ID, &edge.ReconciledEvent{Stage: string(r.Stage), Carrier: carrier, OffList: o != nil && o.List != ""})
}

// toldItsEnd tells that this decision made an end of an order already: a request may name
// it twice, and nothing revives one that was cancelled or has left.
func (d *decider) toldItsEnd(client, id string) bool {
	return slices.ContainsFunc(d.out.Events, func(e edge.Event) bool {
		told, ok := e.Data.(*edge.ReconciledEvent)
		return ok && e.Type == edge.EvOrderTold && e.Client == client && e.Order == id && isEnd(edge.OrderStage(told.Stage))
	})
}

func isEnd(stage edge.OrderStage) bool {
	return stage == edge.StageLoaded || stage == edge.StageShipped || stage == edge.StageCancelled
}

// leavesTotes tells that the goods of an order that the WMS saw at a stage lie in no tote.
func leavesTotes(stage edge.OrderStage) bool {
	return stage == edge.StagePacked || isEnd(stage)
}

// unreleased lists those of totes that this decision has not released yet: a request may
// name an order twice.
func (d *decider) unreleased(totes []string) []string {
	return slices.DeleteFunc(slices.Clone(totes), func(id string) bool {
		return slices.ContainsFunc(d.out.Events, func(e edge.Event) bool {
			b, ok := e.Data.(*edge.ToteEvent)
			return ok && e.Type == edge.EvToteReleased && b.Tote == id
		})
	})
}

// toldBox takes a box that somebody packed. Its number is the box's own; one
// that another box has is a fault that a person must look at.
func (d *decider) toldBox(r *edge.ReconciledBox) {
	client, b := owner(r.Client), d.s.Box(r.ID)
	e := &edge.ReconciledEvent{Stage: r.Stage, Box: r.ID, Carrier: r.Carrier, N: r.N}
	if o := d.s.Order(client, r.Order); o != nil && e.Carrier == "" {
		e.Carrier = o.Carrier
	}
	if r.Waybill != "" {
		space := d.space(e.Carrier)
		e.Waybill, e.Space = d.numbers().Normalize(space, r.Waybill), differs(space, e.Carrier)
		if u := d.number(space, e.Waybill); u != nil && u.Box != "" && u.Box != r.ID { // without a box it was told as given out
			e.Waybill, e.Space = "", ""
		}
	}
	if b != nil && (b.Shipped || b.Closed && b.Waybill == e.Waybill && (r.Stage == edge.ToldClosed || b.Bound != "" && r.Stage == edge.ToldBound)) {
		return
	}
	if b != nil {
		d.endOfNumber(b, e.Waybill)
		if r.Stage == edge.ToldLoaded {
			d.outOfCrate(b, reasonTold)
		}
	}
	d.event(edge.EvBoxTold, client, r.Order, e)
}

// endOfNumber voids the number of a box that the WMS saw with another one.
func (d *decider) endOfNumber(b *edge.Box, told string) {
	now := b
	for i := range d.out.Events { // a request may name a box twice
		if e, ok := d.out.Events[i].Data.(*edge.ReconciledEvent); ok && e.Box == b.ID && e.Waybill != "" {
			now = &edge.Box{ID: b.ID, Client: b.Client, Order: b.Order, With: b.With, Carrier: b.Carrier, Waybill: e.Waybill}
		}
	}
	if told != "" && now.Waybill != "" && now.Waybill != told {
		d.void(now, reasonTold)
		d.out.Events[len(d.out.Events)-1].Data.(*edge.WaybillEvent).Told = true
	}
}

func (d *decider) toldWaybill(r *edge.ReconciledWaybill) {
	space := d.space(r.Carrier)
	number := d.numbers().Normalize(space, r.Number)
	if d.number(space, number) != nil {
		return
	}
	d.event(edge.EvBurnt, owner(r.Client), r.Order, &edge.WaybillEvent{Box: r.Box, Waybill: number, Carrier: r.Carrier,
		Space: differs(space, r.Carrier), Reason: reasonTold})
}
