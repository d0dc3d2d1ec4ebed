package floor

import "dcedge/edge"

// Why goods are brought beside those of package doc: a pick face that fell empty,
// and pieces that must not go out.
const (
	bringRefill  = "refill"
	bringDamaged = "damaged"
)

// reserve tells whether a place is one from which pick faces are refilled.
func (v *View) reserve(location string) bool {
	r := v.Catalogue.Location(location)
	return r != nil && r.Reserve
}

// askRefill has a place refilled that falls empty with this decision, where a
// reserve place is known to hold the article.
func (d *decider) askRefill(client, sku, location string) {
	if location == "" || d.reserve(location) || len(d.s.stockOf(client, sku)) == 0 {
		return
	}
	var from *edge.Stock
	for _, k := range d.s.stockOf(client, sku) {
		r := d.s.stock.get(k)
		if r.Quantity > 0 && r.Location != location && d.reserve(r.Location) && (from == nil || sooner(r.Expiry, from.Expiry) || r.Expiry == from.Expiry && r.Quantity > from.Quantity) {
			from = r
		}
	}
	if from == nil {
		return
	}
	for t := range d.s.moves.all() {
		if t.Client == client && t.SKU == sku && t.To == location && t.Reason == bringRefill {
			return // somebody brings it
		}
	}
	d.bring(client, "", &edge.StockEvent{Location: from.Location, SKU: sku, Lot: from.Lot, Quantity: from.Quantity, To: location, Reason: bringRefill})
}

// askAway has damaged pieces brought to where they are looked at.
func (d *decider) askAway(o *edge.Order, l *edge.Line, n int) {
	to := d.Policy.Pick.Damaged
	if to == "" || n <= 0 || clip(d.m.Args.Reason) != bringDamaged || l.Location == "" {
		return
	}
	d.bring(o.Client, o.ID, &edge.StockEvent{Location: l.Location, SKU: l.SKU, Quantity: n, To: to, Line: l.ID, Reason: bringDamaged})
}

// bring asks for goods to be brought somewhere.
func (d *decider) bring(client, order string, e *edge.StockEvent) {
	n := d.s.Site().Moves + 1
	for i := range d.out.Events {
		if d.out.Events[i].Type == edge.EvReplenish {
			n++
		}
	}
	e.Task = idOf("P-", n)
	if d.s.nextMove("") == nil {
		d.touch(Everyone)
	}
	d.event(edge.EvReplenish, client, order, e)
}
