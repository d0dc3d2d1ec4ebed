package floor

import (
	"maps"
	"slices"
	"time"

	"dcedge/edge"
)

// record decides what the WMS sent. Verdict.Code is one of the codes of the
// sync contract, Detail names the field at fault and never quotes its value.
func (d *decider) record() {
	switch r := d.m.Body.(type) {
	case *edge.OrderRecord:
		d.orderRecord(r)
	case *edge.OrderChange:
		d.orderChange(r)
	case *edge.WaybillRange:
		d.waybillRange(r)
	case *edge.ReturnRecord:
		d.returnRecord(r)
	case *edge.StockRecord:
		data := r.StockKnown
		d.event(edge.EvStockKnown, owner(r.Client), "", &data)
		d.verdict(edge.Accepted, edge.Say{})
		d.goodsCame(owner(r.Client), &data)
	case *edge.PickList:
		data := r.PickListReceived
		d.event(edge.EvPickList, owner(r.Client), "", &data)
		d.verdict(edge.Accepted, edge.Say{})
	case *edge.Reconcile:
		d.reconcile(r)
	case *edge.CarrierScan:
		d.carrierScan(r)
	case *edge.CaseChange:
		d.caseChange(r)
	default:
		d.reject(edge.UnknownKind, "")
	}
}

func owner(client string) string {
	if client == "" {
		return defaultClient
	}
	return client
}

func (d *decider) reject(code edge.Code, detail string) {
	d.verdict(code, edge.Say{})
	d.out.Verdict.Detail = detail
}

// orderRecord takes an order: new, sent again, or too late.
func (d *decider) orderRecord(r *edge.OrderRecord) {
	client := owner(r.Client)
	old := d.s.Order(client, r.ID)
	switch {
	case r.ID == "":
		d.reject(edge.IDMissing, "id")
	case old == nil && r.Gone:
		d.reject(edge.Unchanged, "")
	case r.Gone:
		d.goneOrder(old)
	case len(r.Lines) == 0:
		d.reject(edge.FieldMissing, "lines")
	case r.Carrier == "":
		d.reject(edge.FieldMissing, "carrier")
	case badLines(r.Lines):
		d.reject(edge.FieldType, "lines")
	case d.badOwn(r) && (old == nil || old.Waybill != r.Waybill || old.Carrier != r.Carrier):
		d.reject(edge.FieldType, "waybill: no number of its carrier")
	case old == nil:
		d.newOrder(client, r)
	case r.Hash == old.Hash && (old.Held == edge.HeldReconcile || lostRecipient(old, r)):
		d.pushed(old, r)
	case r.Hash == old.Hash, r.Rev != nil && *r.Rev < old.Rev:
		d.reject(edge.Unchanged, "")
	case old.Stage == edge.StageCancelled:
		d.reject(edge.CancelledOrder, "id")
	case old.Stage == edge.StageParked:
		d.newOrder(client, r)
		d.pushed(old, nil)
	case begun(old):
		d.reject(edge.Begun, "id")
	default:
		d.sentAgain(old, r)
	}
}

// begun tells whether work on an order has begun.
func begun(o *edge.Order) bool {
	return o.Stage != edge.StageParked && o.Stage != edge.StageReceived || o.Work != "" || len(o.Totes) > 0 || len(o.Boxes) > 0
}

// badLines finds lines that no one could pick: without id, SKU or pieces, or
// two of one id.
func badLines(lines []edge.OrderLine) bool {
	seen := make(map[string]bool, len(lines))
	for _, l := range lines {
		if l.Line == "" || l.SKU == "" || l.Quantity <= 0 || l.Quantity > 1<<30 || seen[l.Line] {
			return true
		}
		seen[l.Line] = true
	}
	return false
}

func (d *decider) received(r *edge.OrderRecord) *edge.OrderReceived {
	e := &edge.OrderReceived{Lines: d.zoned(r.Lines), Carrier: r.Carrier, Service: r.Service, Cutoff: r.Cutoff, Priority: r.Priority,
		Promise: r.Promise, RecipientRef: r.RecipientRef, RecipientVersion: r.RecipientVersion, OrderedAt: r.OrderedAt,
		Waybill: r.Waybill, Hash: r.Hash, ShortPolicy: r.ShortPolicy, WaitMinutes: r.WaitMinutes, Extras: r.Extras,
		Consolidate: r.Consolidate, Together: r.Together, Like: r.Like, SortCode: r.SortCode, Route: r.Route}
	if r.Rev != nil {
		e.Rev = *r.Rev
	}
	return e
}

// newOrder takes up an order, or parks it until all that it names is known.
func (d *decider) newOrder(client string, r *edge.OrderRecord) {
	e := d.received(r)
	d.verdict(edge.Accepted, edge.Say{})
	d.awaited(client, e.Carrier, e.Route, e.Together)
	if e.Missing = d.missing(client, e); len(e.Missing) > 0 {
		d.event(edge.EvOrderParked, client, r.ID, e)
		return
	}
	if e.Cutoff.IsZero() {
		e.Cutoff = d.nextCutoff(e.Carrier)
	}
	d.event(edge.EvOrderReceived, client, r.ID, e)
	held := ""
	if old := d.s.Order(client, r.ID); old != nil { // it was parked
		held = old.Held
	}
	d.holdDuplicate(client, r.ID, e.Like, held)
	d.turns(d.s.idx.pick, +1)
}

// missing lists what an order names and nobody has told of.
func (d *decider) missing(client string, e *edge.OrderReceived) []string {
	var out []string
	note := func(what string) {
		if !slices.Contains(out, what) && len(out) < 100 {
			out = append(out, what)
		}
	}
	if d.Catalogue.Carrier(e.Carrier) == nil {
		note("carrier:" + e.Carrier)
	}
	for _, l := range e.Lines {
		if d.Catalogue.SKU(client, l.SKU) == nil {
			note("sku:" + l.SKU)
		}
		if l.Location != "" && d.Catalogue.Location(l.Location) == nil {
			note("location:" + l.Location)
		}
	}
	return out
}

// nextCutoff gives a carrier's next cut-off, zero where it has none.
func (d *decider) nextCutoff(carrier string) time.Time {
	var best time.Time
	c := d.Catalogue.Carrier(carrier)
	if c == nil {
		return best
	}
	now := d.Now.In(zoneOf(d.Policy))
	for _, text := range c.Cutoffs {
		h, m, ok := clock(text)
		if !ok {
			continue
		}
		for day := -1; day <= 1; day++ {
			at := time.Date(now.Year(), now.Month(), now.Day()+day, h, m, 0, 0, now.Location())
			if at.After(now) && (best.IsZero() || at.Before(best)) {
				best = at
			}
		}
	}
	return best
}

// goneOrder retires an order that no one has begun.
func (d *decider) goneOrder(o *edge.Order) {
	switch {
	case o.Stage == edge.StageCancelled:
		d.reject(edge.Unchanged, "")
	case begun(o):
		d.reject(edge.Begun, "id")
	default:
		d.verdict(edge.Accepted, edge.Say{})
		d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Step: string(o.Stage), Cancelled: true, Reason: "gone"})
		d.leavesQueue(o)
	}
}

// sentAgain changes an order whose work has not begun.
func (d *decider) sentAgain(old *edge.Order, r *edge.OrderRecord) {
	d.verdict(edge.Accepted, edge.Say{})
	e := d.received(r)
	d.awaited(old.Client, e.Carrier, e.Route, e.Together)
	if e.Missing = d.missing(old.Client, e); len(e.Missing) > 0 {
		d.event(edge.EvOrderParked, old.Client, old.ID, e)
		d.pushed(old, nil)
		d.leavesQueue(old)
		return
	}
	if e.Cutoff.IsZero() {
		e.Cutoff = d.nextCutoff(e.Carrier)
	}
	c := &edge.OrderChanged{Step: string(old.Stage), Lines: e.Lines, Carrier: e.Carrier,
		Service: e.Service, Cutoff: e.Cutoff, Priority: &e.Priority, Promise: e.Promise, RecipientRef: e.RecipientRef,
		RecipientVersion: e.RecipientVersion, Waybill: e.Waybill, Rev: e.Rev, Hash: e.Hash,
		ShortPolicy: e.ShortPolicy, WaitMinutes: e.WaitMinutes, Extras: e.Extras,
		Consolidate: e.Consolidate, Together: e.Together, Like: e.Like, SortCode: e.SortCode, Route: e.Route, Released: old.Held == edge.HeldReconcile}
	if c.Of = d.suspect(old.Client, old.ID, e.Like); c.Of != "" && old.Held == "" {
		c.Held = heldDuplicate
		d.leavesQueue(old)
	} else {
		c.Of = ""
	}
	d.event(edge.EvOrderChanged, old.Client, old.ID, c)
}

// leavesQueue notes that an order can no longer be started.
func (d *decider) leavesQueue(o *edge.Order) {
	key := OrderKey(o.Client, o.ID)
	if _, in := d.s.idx.pick.at[key]; in {
		d.turns(d.s.idx.pick, -1)
	}
	if _, in := d.s.idx.pack.at[key]; in {
		d.turns(d.s.idx.pack, -1)
	}
}

// waybillRange takes a lease of numbers of this edge's present epoch.
func (d *decider) waybillRange(r *edge.WaybillRange) {
	client := owner(r.Client)
	switch {
	case r.ID == "":
		d.reject(edge.IDMissing, "id")
		return
	case r.Carrier == "":
		d.reject(edge.FieldMissing, "carrier")
		return
	}
	if r.Epoch != d.Policy.Epoch {
		d.reject(edge.WrongEpoch, "epoch")
		return
	}
	if code, detail := d.badRange(r); code != "" && d.s.Lease(r.ID) == nil {
		d.reject(code, detail)
		return
	}
	if l := d.s.Lease(r.ID); l != nil {
		if l.Carrier == r.Carrier && l.Client == client && l.First == r.FirstSerial && l.Count == r.Count && l.Epoch == r.Epoch {
			d.reject(edge.Unchanged, "")
			return
		}
		d.reject(edge.RangeConflict, "id")
		return
	}
	for l := range d.s.leases.all() {
		if r.FirstSerial < l.First+l.Count && l.First < r.FirstSerial+r.Count && d.alike(d.format(l.Carrier), d.format(r.Carrier)) {
			d.reject(edge.RangeConflict, "firstSerial")
			return
		}
	}
	d.verdict(edge.Accepted, edge.Say{})
	d.event(edge.EvLeaseAdded, client, "", &edge.LeaseEvent{Lease: r.ID, Carrier: r.Carrier, FirstSerial: r.FirstSerial,
		Count: r.Count, Epoch: r.Epoch})
	d.fresh = &edge.Lease{ID: r.ID, Carrier: r.Carrier, Client: client, First: r.FirstSerial, Count: r.Count, Epoch: r.Epoch}
	d.numberBoxes()
}

// upkeepMost and upkeepLines bound what one message does for orders that
// waited: scans go between. Decision.More says that there is more to do.
const (
	upkeepMost  = 200
	upkeepLines = 4000
)

// refreshed follows a change of the catalogue: parked orders may be taken up,
// and every screen may name things anew.
func (d *decider) refreshed() {
	d.verdict(edge.OK, edge.Say{})
	d.unpark()
	d.numberBoxes()
	d.touch(Everyone)
}

// tick does what time brings: parked orders, boxes that wait for a number.
func (d *decider) tick() {
	d.verdict(edge.OK, edge.Say{})
	d.unpark()
	d.givenOut()
	d.waited()
	d.missedBoxes()
	d.uncollected()
	d.lateCases()
	d.neverCame()
	d.numberBoxes()
}

func (d *decider) unpark() {
	n, lines := 0, 0
	d.s.idx.parked.each(func(r rank) bool {
		o := d.s.orders.get(r.key)
		e := &edge.OrderReceived{Lines: make([]edge.OrderLine, len(o.Lines)), Carrier: o.Carrier, Service: o.Service, Cutoff: o.Cutoff,
			Priority: o.Priority, Promise: o.Promise, RecipientRef: o.RecipientRef, RecipientVersion: o.RecipientVersion,
			OrderedAt: o.OrderedAt, Waybill: o.Waybill, Rev: o.Rev, Hash: o.Hash, ShortPolicy: o.ShortPolicy,
			WaitMinutes: o.WaitMinutes, Extras: o.Extras, Consolidate: o.Consolidate, Together: o.Together, Like: o.Like, SortCode: o.SortCode, Route: o.Route}
		for i, l := range o.Lines {
			e.Lines[i] = edge.OrderLine{Line: l.ID, SKU: l.SKU, Quantity: l.Wanted, Location: l.Location, Zone: d.zoneOf(l.Location)}
		}
		if len(d.missing(o.Client, e)) > 0 {
			return true
		}
		if e.Cutoff.IsZero() {
			e.Cutoff = d.nextCutoff(e.Carrier)
		}
		d.event(edge.EvOrderReceived, o.Client, o.ID, e)
		d.holdDuplicate(o.Client, o.ID, e.Like, o.Held)
		n, lines = n+1, lines+len(e.Lines)
		d.out.More = d.out.More || n >= upkeepMost || lines >= upkeepLines
		return !d.out.More
	})
	if n > 0 && d.s.idx.pick.len() == 0 {
		d.touch(Everyone)
	}
}

// numberBoxes gives closed boxes that wait for a number one, now that there may
// be some.
func (d *decider) numberBoxes() {
	if d.s.Site().Closed != "" {
		return
	}
	for _, carrier := range slices.Sorted(maps.Keys(d.s.idx.waiting)) {
		n := 0
		d.s.idx.waiting[carrier].each(func(r rank) bool {
			b := d.s.Box(r.key)
			o := d.s.BoxOrder(b)
			if b.Waybill != "" || o == nil || o.Held != "" {
				return true
			}
			before := len(d.out.Events)
			d.assign(d.s.membersOf(b), b)
			if w := d.s.Work(b.Work); w != nil {
				d.touch(w.Worker)
			}
			n++
			if len(d.out.Events) == before {
				return false
			}
			d.out.More = d.out.More || n >= upkeepMost
			return n < upkeepMost
		})
	}
	d.out.Notices = nil // nobody asked
}
