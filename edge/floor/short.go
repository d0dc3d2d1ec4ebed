package floor

import (
	"time"

	"dcedge/edge"
)

// shortPolicy is what becomes of an order with shorts, hold, partShip,
// cancelLine or wait, and how long it waits: the order's own, else its client's.
// A site that knows nothing of the client sends what there is.
func (d *decider) shortPolicy(o *edge.Order) (policy string, wait time.Duration) {
	policy, minutes := o.ShortPolicy, o.WaitMinutes
	c := d.Catalogue.Client(o.Client)
	switch {
	case c == nil && policy == "":
		return "partShip", 0
	case policy == "":
		policy, minutes = c.ShortPolicy, c.WaitMinutes
	case minutes == 0 && c != nil:
		minutes = c.WaitMinutes
	}
	if policy == "" || policy == "wait" && minutes <= 0 {
		policy = "hold"
	}
	return policy, time.Duration(minutes) * time.Minute
}

func isShort(o *edge.Order) bool {
	for _, l := range o.Lines {
		if l.Short > 0 {
			return true
		}
	}
	return false
}

// shortOf is how many pieces of an order are short.
func shortOf(o *edge.Order) int {
	n := 0
	for _, l := range o.Lines {
		n += l.Short
	}
	return n
}

// shortHere sends the picker to another place where the missing pieces are
// known to lie, and the others who were to come here with what is left there.
// False: there is none.
func (d *decider) shortHere(o *edge.Order, l *edge.Line, missing int) bool {
	taken := map[string]int{}
	other := d.elsewhere(o.Client, l.SKU, l.Location, nil)
	if other == nil {
		return false
	}
	taken[stockKey(other.Client, other.SKU, other.Location, other.Lot)] = min(missing, other.Quantity)
	zone := d.zoneOf(other.Location)
	d.verdict(edge.OK, edge.Says("short.other", edge.T("location", other.Location), edge.N("missing", missing)))
	d.event(edge.EvStockShort, o.Client, o.ID, &edge.StockEvent{Location: l.Location, SKU: l.SKU, Missing: missing, To: other.Location,
		Zone: zone, Line: l.ID, Reason: clip(d.m.Args.Reason), Work: d.w.ID})
	d.askCount(o.Client, o.ID, l.SKU, l.Location, "short")
	d.askAway(o, l, missing)
	d.askRefill(o.Client, l.SKU, l.Location)
	d.replan(o, l, taken)
	if zone != "" && d.w.Zone != "" && zone != d.w.Zone {
		after := cloneOrder(o)
		x := editLine(after, l.ID)
		x.Location, x.Zone = other.Location, zone
		d.passOn(d.w, map[string]*edge.Order{o.ID: after})
	}
	return true
}

// replanMost bounds the orders that one short moves to other places.
const replanMost = 50

// replan gives other orders that want the article from the same place another
// one, before anyone walks there.
func (d *decider) replan(o *edge.Order, l *edge.Line, taken map[string]int) {
	n := 0
	move := func(in *edge.Order) bool {
		if in == nil || in == o || in.Client != o.Client {
			return true
		}
		e := &edge.OrderChanged{Kind: "replan", Step: string(in.Stage), Reason: "short", Replace: true}
		for _, x := range in.Lines {
			if x.SKU != l.SKU || x.Location != l.Location || x.Open() == 0 {
				continue
			}
			other := d.elsewhere(in.Client, x.SKU, x.Location, taken)
			if other == nil {
				n = replanMost // nothing is left anywhere
				break
			}
			taken[stockKey(other.Client, other.SKU, other.Location, other.Lot)] += x.Open()
			e.Lines = append(e.Lines, edge.OrderLine{Line: x.ID, SKU: x.SKU, Quantity: x.Wanted, Location: other.Location, Zone: d.zoneOf(other.Location)})
		}
		if len(e.Lines) > 0 {
			d.event(edge.EvOrderChanged, in.Client, in.ID, e)
			n++
		}
		return n < replanMost
	}
	d.s.EachWork(func(w *edge.Work) {
		if w.Flow != edge.Pick || n >= replanMost {
			return
		}
		before := len(d.out.Events)
		for _, id := range w.Orders {
			move(d.s.Order(w.Client, id))
		}
		if len(d.out.Events) > before {
			d.touch(w.Worker)
		}
	})
	if n < replanMost {
		d.s.idx.pick.each(func(r rank) bool { return move(d.s.orders.get(r.key)) })
	}
}

// cancelShorts takes what was short off the order.
func (d *decider) cancelShorts(o *edge.Order) {
	e := &edge.OrderChanged{Kind: "shortLines", Step: string(edge.StagePicking), Reason: "short", Less: true}
	for _, l := range o.Lines {
		if l.Short > 0 {
			e.Lines = append(e.Lines, edge.OrderLine{Line: l.ID, SKU: l.SKU, Quantity: l.Wanted - l.Short, Location: l.Location})
		}
	}
	isWhole(o, e)
	d.event(edge.EvOrderChanged, o.Client, o.ID, e)
}

// waitsForGoods has an order wait for its missing pieces.
func (d *decider) waitsForGoods(o *edge.Order) bool {
	policy, wait := d.shortPolicy(o)
	if policy != "wait" || !isShort(o) || o.Held != "" || !o.Until.IsZero() {
		return false
	}
	d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Step: string(edge.StagePicking), Held: heldWait,
		Until: norm(d.Now.Add(wait))})
	if !hasGoods(o) {
		d.releaseTotes(o, o.Totes)
	}
	return true
}

// waited ends the waits whose time is over: the order goes with what there is, and is
// cancelled where nothing is.
func (d *decider) waited() {
	n := 0
	d.s.idx.waits.each(func(r rank) bool {
		if r.cutoff > d.Now.UnixMilli() || n >= upkeepMost {
			return false
		}
		o := d.s.orders.get(r.key)
		e := &edge.OrderChanged{Step: string(o.Stage), Released: true, Reason: "waited"}
		if toPack(o) > 0 {
			d.turns(d.s.idx.pack, +1)
			d.event(edge.EvOrderChanged, o.Client, o.ID, e)
		} else {
			e.Cancelled, e.Reason = true, "short"
			d.event(edge.EvOrderChanged, o.Client, o.ID, e)
			d.putBack(o, backCancelled) // what was picked before it was wanted no more
			d.lastWanted(o)
		}
		n++
		return true
	})
	d.out.More = d.out.More || n >= upkeepMost
}

// goodsCame has orders that wait for an article picked again.
func (d *decider) goodsCame(client string, k *edge.StockKnown) {
	left := k.Quantity
	d.s.idx.waits.each(func(r rank) bool {
		o := d.s.orders.get(r.key)
		if o.Client != client || o.Wave != "" || left <= 0 {
			return left > 0
		}
		e := &edge.OrderChanged{Kind: "repick", Step: string(o.Stage), Released: true, Repick: true, Reason: "stock"}
		for _, l := range o.Lines {
			if l.SKU == k.SKU && l.Short > 0 && left > 0 {
				e.Lines = append(e.Lines, edge.OrderLine{Line: l.ID, SKU: l.SKU, Quantity: l.Wanted, Location: k.Location, Zone: d.zoneOf(k.Location)})
				left -= l.Short
			}
		}
		if len(e.Lines) > 0 {
			d.turns(d.s.idx.pick, +1)
			d.touchLeavers(o)
			d.event(edge.EvOrderChanged, o.Client, o.ID, e)
		}
		return true
	})
}

// repick opens what was short of lines again, at the places that the change names: also
// where a piece was lost on the way, as somebody goes there anyway and may find it now.
func (s *State) repick(o *edge.Order, d *edge.OrderChanged) error {
	for _, c := range d.Lines {
		l := editLine(o, c.Line)
		if l == nil {
			return errNoLine
		}
		l.Short, l.Location, l.Zone = 0, c.Location, c.Zone
	}
	termsOf(o).Until = time.Time{}
	if toPutOf(o) == 0 {
		o.Wave = ""
	}
	if o.Stage != edge.StagePicked {
		return nil
	}
	o.Stage = edge.StagePicking
	for _, id := range o.Totes {
		if t := s.totes.edit(id); t != nil {
			t.Done = false
		}
	}
	return nil
}

// nowPicked ends the picking of an order of which nothing is left to pick, in nobody's
// hands.
func (s *State) nowPicked(o *edge.Order) {
	o.Stage = edge.StagePicked
	for _, id := range o.Totes {
		if t := s.totes.edit(id); t != nil {
			t.Done = true
		}
	}
	if toPutOf(o) == 0 {
		o.Wave = ""
	}
}
