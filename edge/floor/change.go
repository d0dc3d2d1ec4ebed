package floor

import (
	"slices"
	"strings"

	"dcedge/edge"
)

// orderChange answers one change of an order with exactly one event that names
// it, and with what follows for the work in hand.
func (d *decider) orderChange(r *edge.OrderChange) {
	client := owner(r.Client)
	o := d.s.Order(client, r.Order)
	switch {
	case r.ID == "":
		d.reject(edge.IDMissing, "id")
		return
	case r.Order == "":
		d.reject(edge.FieldMissing, "order")
		return
	case o == nil && r.Ended == edge.StageCancelled:
		d.reject(edge.CancelledOrder, "order")
		return
	case o == nil && r.Ended != "":
		d.reject(edge.Begun, "order")
		return
	case o == nil:
		d.reject(edge.FieldMissing, "order: not known here")
		return
	case addressAgain(o, r):
		d.verdict(edge.Accepted, edge.Say{})
		d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Step: string(o.Stage), Held: o.Held,
			RecipientRef: r.RecipientRef, RecipientVersion: r.RecipientVersion})
		return
	case slices.Contains(o.Changes, r.ID), r.Rev != 0 && r.Rev <= o.ChangeRev:
		d.reject(edge.Unchanged, "")
		return
	}
	e := &edge.OrderChanged{Change: r.ID, Kind: r.Change, ChangeRev: r.Rev, Step: string(o.Stage), Reason: clip(r.Reason)}
	if r.Change == "cancel" {
		d.cancel(o, e)
		return
	}
	if !d.fill(o, r, e) {
		return
	}
	if o.Stage == edge.StageCancelled || o.Stage == edge.StageShipped {
		*e = edge.OrderChanged{Change: e.Change, Kind: e.Kind, ChangeRev: e.ChangeRev, Step: e.Step, Reason: e.Reason, NoEffect: true}
	}
	d.verdict(edge.Accepted, edge.Say{})
	var numbered []*edge.Box
	if e.Carrier != "" && e.Carrier != o.Carrier {
		numbered = d.unnumber(o)
	}
	d.event(edge.EvOrderChanged, o.Client, o.ID, e)
	d.renumbered(o, numbered, e.Carrier)
	if !e.NoEffect {
		d.followChange(o, e)
	}
}

// heldAddress is the reason of a hold: somebody has to say where the order goes.
const heldAddress = "address"

// leadChange begins the ids of the changes that a lead of this site makes.
const leadChange = "lead-"

// fill makes the facts of a change; false after a refusal.
func (d *decider) fill(o *edge.Order, r *edge.OrderChange, e *edge.OrderChanged) bool {
	closed := slices.ContainsFunc(o.Boxes, func(id string) bool { b := d.s.Box(id); return b != nil && b.Closed })
	switch r.Change {
	case "cancelLine", "reduceLine":
		return d.fillLine(o, r, e)
	case "hold":
		if e.Held = e.Reason; e.Held == "" {
			e.Held = "wms"
			if strings.HasPrefix(r.ID, leadChange) {
				e.Held = "lead"
			}
		}
	case "release":
		if e.Released = o.Held != ""; !e.Released {
			e.NoEffect = true
		}
	case "readdress":
		e.RecipientRef, e.RecipientVersion, e.SortCode, e.Route = r.RecipientRef, r.RecipientVersion, r.SortCode, r.Route
		d.fillGroup(o, r, e)
		if !r.Routed || closed || e.Apart {
			e.Held = heldAddress // a stale sort code or address is never printed or sent
		}
		if d.anyLoaded(o) != "" {
			*e = edge.OrderChanged{Change: e.Change, Kind: e.Kind, ChangeRev: e.ChangeRev, Step: e.Step, Truck: d.anyLoaded(o), NoEffect: true}
		}
	case "recarrier":
		if r.Carrier == "" || d.Catalogue.Carrier(r.Carrier) == nil {
			d.reject(edge.FieldMissing, "carrier")
			return false
		}
		if e.Carrier, e.Service, e.SortCode, e.Route = r.Carrier, r.Service, r.SortCode, r.Route; closed || len(o.Joined) > 1 {
			e.Carrier, e.Service, e.SortCode, e.Route, e.NoEffect = "", "", "", "", true
		}
	case "priority":
		if r.Priority == nil {
			d.reject(edge.FieldMissing, "priority")
			return false
		}
		e.Priority = r.Priority
	case "split":
		if e.Alone = o.Together != "" && d.s.inBoxes(o) == nil && !isPacked(o); !e.Alone {
			e.NoEffect = true
		}
	default:
		d.reject(edge.FieldType, "change")
		return false
	}
	return true
}

// fillLine makes the facts of a line that is to be less. What is on a truck stays;
// what lies in a box comes out of it, see comesOut.
func (d *decider) fillLine(o *edge.Order, r *edge.OrderChange, e *edge.OrderChanged) bool {
	l := lineOf(o, r.Line)
	if l == nil {
		d.reject(edge.FieldMissing, "line")
		return false
	}
	to := 0
	if r.Change == "reduceLine" {
		if r.Quantity == nil || *r.Quantity < 0 {
			d.reject(edge.FieldMissing, "quantity")
			return false
		}
		to = *r.Quantity
	}
	asked := to
	if to = max(to, d.mayGoDown(o, l)); to >= l.Wanted {
		if e.NoEffect = true; asked < l.Wanted {
			e.Truck = d.anyLoaded(o)
		}
		return true
	}
	e.Lines = []edge.OrderLine{{Line: l.ID, SKU: l.SKU, Quantity: to, Location: l.Location, Zone: l.Zone}}
	after := cloneOrder(o)
	if changeOrder(after, e) == nil {
		e.Cancelled = !slices.ContainsFunc(after.Lines, func(l *edge.Line) bool { return mayGo(o.Stage, l) > 0 })
	}
	isWhole(o, e)
	return true
}

// isWhole notes where less of an order makes it whole: what lies in its cells is all.
func isWhole(o *edge.Order, e *edge.OrderChanged) {
	after := cloneOrder(o)
	e.Whole = o.Wave != "" && o.Stage == edge.StagePicked && len(o.Totes) > 0 && changeOrder(after, e) == nil && toPutOf(after) == 0
}

// mayGo is how many pieces of a line may still leave the site, packed ones
// included.
func mayGo(stage edge.OrderStage, l *edge.Line) int {
	if stage == edge.StageParked || stage == edge.StageReceived || stage == edge.StagePicking {
		return l.Wanted - l.Short
	}
	return min(l.Wanted, l.Picked)
}

// cancel answers a cancel: stopped where the order is, or too late once a box
// of it is on a truck.
func (d *decider) cancel(o *edge.Order, e *edge.OrderChanged) {
	d.verdict(edge.Accepted, edge.Say{})
	if truck := d.anyLoaded(o); truck != "" {
		e.Truck = truck
		d.event(edge.EvCancelTooLate, o.Client, o.ID, e)
		return
	}
	if o.Stage == edge.StageCancelled {
		e.NoEffect = true
		d.event(edge.EvCancelStopped, o.Client, o.ID, e)
		return
	}
	e.Cancelled = true
	d.event(edge.EvCancelStopped, o.Client, o.ID, e)
	d.followChange(o, e)
}

// inTote tells whether goods of an order lie in its own totes, and in no box. While the
// rest is in a wave's tote, its cells hold what was put.
func (s *State) inTote(o *edge.Order) bool {
	if len(o.Totes) == 0 || s.boxed(o) {
		return false
	}
	return o.Wave == "" && hasGoods(o) || slices.ContainsFunc(o.Lines, func(l *edge.Line) bool { return l.Put > 0 })
}

// anyLoaded gives the truck that a box of the order is on, "" for none.
func (d *decider) anyLoaded(o *edge.Order) string {
	for _, id := range o.Boxes {
		if b := d.s.Box(id); b != nil && b.Truck != "" {
			return b.Truck
		}
	}
	return ""
}

// followChange does what a change means for the work in hand and tells who
// sees it.
func (d *decider) followChange(o *edge.Order, e *edge.OrderChanged) {
	d.touchLeavers(o)
	if o.Wave != "" {
		d.touchPutters()
	}
	d.wallLess(o, e)
	w := d.s.Work(o.Work)
	if w != nil {
		d.touch(w.Worker)
		d.noticeChange(w, o, e)
		if w.Worker == "" {
			d.touch(Everyone) // a wave that was put down: somebody may be sent for it, or nobody any more
		}
	}
	closed, carrier := 0, ""
	for _, id := range o.Boxes {
		if b := d.s.Box(id); b != nil && b.Closed {
			closed, carrier = closed+1, b.Carrier
		}
	}
	if closed > 0 {
		d.touchLoaders(carrier, closed)
	}
	if e.Cancelled || e.Held != "" {
		d.leavesQueue(o)
		d.reoffer(o, "")
	}
	d.regrouped(o, e)
	if len(e.Lines) > 0 && len(o.Boxes) > 0 && w == nil {
		d.turns(d.s.idx.lone, +1) // one of them may be a desk's again
	}
	if e.Released && o.Work == "" {
		d.enterQueue(o)
	}
	switch {
	case w == nil:
	case e.Cancelled && w.Flow == edge.Pick:
		d.cancelPick(w, o)
	case len(e.Lines) > 0 && !e.Cancelled:
		d.fewer(w, o, e)
	}
	switch {
	case !e.Cancelled:
	case o.Wave != "" && w == nil && len(o.Totes) == 0,
		d.s.inTote(o) && (w == nil || w.Flow == edge.Pick):
		d.putBack(o, backCancelled) // nobody will meet the goods by chance
	}
	if e.Cancelled && w == nil {
		d.lastWanted(o)
	}
}

// wallLess follows a line of an order at the wall that became less. Where nothing is to
// be put any more, its cells go to a desk; where the wave ended without its rest, the rest
// is picked then, or is nothing.
func (d *decider) wallLess(o *edge.Order, e *edge.OrderChanged) {
	after := cloneOrder(o)
	if len(e.Lines) == 0 || e.Cancelled || o.Work != "" || changeOrder(after, e) != nil {
		return
	}
	atWall := o.Wave != "" || len(o.Totes) > 0 && !slices.ContainsFunc(o.Totes, func(id string) bool { return d.Catalogue.Cell(id) == nil })
	switch {
	case o.Stage != edge.StagePicking:
		if e.Whole && o.Held == "" {
			d.turns(d.s.idx.pack, +1)
		}
	case atWall && !isOpen(after):
		d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Kind: "picked", Step: string(o.Stage), Picked: true})
		d.endOrder(after)
	case o.Wave != "" && toPutOf(after) == 0:
		d.pickRest(after)
		if o.Held == "" {
			d.turns(d.s.idx.pick, +1)
		}
	}
}

// noticeChange tells a packer of a cancel, and anyone of a hold, at once; a
// picker hears of a cancel by cancelPick.
func (d *decider) noticeChange(w *edge.Work, o *edge.Order, e *edge.OrderChanged) {
	n := edge.Notice{Worker: w.Worker}
	switch {
	case e.Cancelled && w.Flow == edge.Pack:
		n.Code, n.Say = edge.Cancelled, edge.Says("order.cancelled", edge.T("order", o.ID))
		if len(w.Orders) > 1 { // the screen says what of it lies in the box
			n.Say = edge.Says("order.cancelledMate", edge.T("order", o.ID))
		}
	case e.Held != "":
		n.Code, n.Say = edge.Hold, edge.Says("order.held", edge.T("order", o.ID), edge.T("reason", e.Held))
	default:
		return
	}
	d.out.Notices = append(d.out.Notices, n)
}

// touchLoaders has loaders look again when boxes of a carrier go out of their reach;
// without any left, so does everybody who may begin with a truck.
func (d *decider) touchLoaders(carrier string, boxes int) {
	for _, name := range d.s.loadersOf(carrier) {
		d.touch(name)
	}
	d.touchFlow(edge.Hospital)
	if d.s.loadableOf(carrier) <= boxes {
		d.touch(Everyone)
	}
}

// enterQueue notes that a released order can be started again.
func (d *decider) enterQueue(o *edge.Order) {
	switch o.Stage {
	case edge.StageReceived, edge.StagePicking:
		d.turns(d.s.idx.pick, +1)
	case edge.StagePicked, edge.StagePacking:
		d.turns(d.s.idx.pack, +1)
	}
}

// cancelPick takes a cancelled order off a picker's screen. Goods in the tote
// stay with it until they were brought back, or somebody scans the tote and
// acknowledges.
func (d *decider) cancelPick(w *edge.Work, o *edge.Order) {
	switch {
	case w.Mode == modeTotal:
		d.putBack(o, backCancelled) // first: what goes back keeps the wave's totes in use
		d.leaveCluster(w, o)
	case w.Mode == modeCluster:
		d.leaveCluster(w, o)
		if !hasGoods(o) {
			d.releaseTotes(o, o.Totes)
		}
	default:
		if !hasGoods(o) {
			d.releaseTotes(o, w.Totes)
		}
		d.finishWork(w, "cancelled")
	}
	if w.Worker == "" {
		return
	}
	say := edge.Says("pick.orderCancelled", edge.T("order", o.ID))
	if d.s.inTote(o) {
		say = edge.Says("pick.cancelTote", edge.T("order", o.ID), edge.T("tote", strings.Join(o.Totes, ", ")))
	}
	d.out.Notices = append(d.out.Notices, edge.Notice{Worker: w.Worker, Code: edge.Cancelled, Say: say})
}

// fewer follows a line that became less while its order is in hand: where
// nothing more is to be picked or packed, the work ends.
func (d *decider) fewer(w *edge.Work, o *edge.Order, e *edge.OrderChanged) {
	after := cloneOrder(o)
	if changeOrder(after, e) != nil {
		return
	}
	n := edge.Notice{Worker: w.Worker, Code: edge.OK, Say: edge.Says("order.less", edge.T("order", o.ID))}
	if b := d.s.Box(w.Box); w.Flow == edge.Pack && len(d.s.comesOut(b, after)) > 0 {
		n.Code, n.Say = edge.Cancelled, saysLess(o, b, d.s.comesOut(b, after), true)
	}
	d.out.Notices = append(d.out.Notices, n)
	switch w.Flow {
	case edge.Pick:
		open := slices.ContainsFunc(after.Lines, func(l *edge.Line) bool { return l.Open() > 0 })
		if !open && w.Mode == modeOrder && o.Held == "" && (d.Policy.Pick.Drop == "" || !hasGoods(after)) {
			d.finishPick(w, after)
		}
	case edge.Pack:
		d.fewerToPack(w, o, after)
	}
}
