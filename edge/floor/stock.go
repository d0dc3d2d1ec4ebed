package floor

import (
	"slices"
	"strings"
	"time"

	"dcedge/edge"
)

// heldWait is the reason of a hold that waits for goods until a time.
const heldWait = "shortWait"

func stockKey(client, sku, location, lot string) string {
	return edge.StockPrefix + client + "\x00" + sku + "\x00" + location + "\x00" + lot
}

func serialKey(client, sku, serial string) string {
	return edge.SerialPrefix + client + "\x00" + sku + "\x00" + serial
}

// indexStock keeps the keys of what is known of an article together.
func (s *State) indexStock(r *row[edge.Stock]) {
	parts := strings.SplitN(r.key, "\x00", 4)
	of := parts[1] + "\x00" + parts[2]
	list := s.idx.stock[of]
	i, has := slices.BinarySearch(list, r.key)
	switch {
	case r.now != nil && !has:
		s.idx.stock[of] = slices.Insert(slices.Clone(list), i, r.key)
	case r.now == nil && has:
		if list = slices.Delete(slices.Clone(list), i, i+1); len(list) == 0 {
			delete(s.idx.stock, of)
		} else {
			s.idx.stock[of] = list
		}
	}
}

// stockOf gives the keys of what is known of an article, in their order.
func (s *State) stockOf(client, sku string) []string {
	if len(s.idx.stock) == 0 {
		return nil
	}
	var room [keyRoom]byte
	return s.idx.stock[string(appendKey(room[:0], client, sku))]
}

// EachStock calls fn for everything that is known to lie somewhere.
func (s *State) EachStock(fn func(*edge.Stock)) {
	s.stock.each(func(_ string, v *edge.Stock) { fn(v) })
}

// EachCount calls fn for every place that is to be counted.
func (s *State) EachCount(fn func(*edge.CountTask)) {
	s.counts.each(func(_ string, v *edge.CountTask) { fn(v) })
}

func (s *State) applyStockKnown(e *edge.Event, d *edge.StockKnown) {
	key := stockKey(e.Client, d.SKU, d.Location, d.Lot)
	asOf := norm(d.AsOf)
	if old := s.stock.get(key); old != nil && asOf.Before(old.AsOf) {
		return
	}
	s.stock.put(key, &edge.Stock{Client: e.Client, SKU: d.SKU, Location: d.Location, Lot: d.Lot, Expiry: d.Expiry,
		Quantity: max(0, d.Quantity), AsOf: asOf})
}

// moveStock books n pieces in or out of a place, as far as anything is known of
// it. It tells whether the place is empty now and was not.
func (s *State) moveStock(client, sku, location, lot string, n int) (emptied bool) {
	if n == 0 {
		return false
	}
	best := s.stockRow(client, sku, location, lot, n)
	if best == nil {
		return false
	}
	before := s.lies(client, sku, location)
	r := s.stock.editQuiet(stockKey(client, sku, location, best.Lot))
	after := max(0, r.Quantity+n)
	emptied = before > 0 && before-r.Quantity+after == 0
	r.Quantity = after
	return emptied
}

// stockRow is what n pieces are booked in or out of in a place: of the lot that is named,
// else what has no lot, else the first. nil: nothing is known of the place.
func (s *State) stockRow(client, sku, location, lot string, n int) (best *edge.Stock) {
	for _, k := range s.stockOf(client, sku) {
		r := s.stock.get(k)
		if r.Location == location && (best == nil || r.Lot == lot && best.Lot != lot || n < 0 && best.Quantity == 0 && best.Lot != lot) {
			best = r
		}
	}
	return best
}

// clearStock notes that nothing of an article lies in a place.
func (s *State) clearStock(client, sku, location string) {
	for _, k := range s.stockOf(client, sku) {
		if r := s.stock.get(k); r.Location == location && r.Quantity > 0 {
			s.stock.editQuiet(k).Quantity = 0
		}
	}
}

// elsewhere finds where else pieces of an article lie that may be sold: a pick face
// before a reserve place, the earliest expiry, then the most pieces, then by name.
func (d *decider) elsewhere(client, sku, location string, taken map[string]int) *edge.Stock {
	var best *edge.Stock
	have, far := 0, false
	for _, k := range d.s.stockOf(client, sku) {
		r := d.s.stock.get(k)
		n := r.Quantity - taken[k]
		if r.Location == location || n <= 0 || d.useOf(r.Location) != "" {
			continue
		}
		away := d.reserve(r.Location)
		if best == nil || far && !away || far == away && (sooner(r.Expiry, best.Expiry) || r.Expiry == best.Expiry && n > have) {
			best, have, far = r, n, away
		}
	}
	return best
}

// sooner compares days of expiry; none is the latest.
func sooner(a, b string) bool { return a != "" && (b == "" || a < b) }

// today is the site's day.
func (v *View) today() string { return v.Now.In(zoneOf(v.Policy)).Format(time.DateOnly) }

func (s *State) applyStock(e *edge.Event, d *edge.StockEvent, at time.Time) error {
	switch e.Type {
	case edge.EvStockShort:
		return s.applyStockShort(e, d)
	case edge.EvStockMoved:
		s.moveStock(e.Client, d.SKU, d.Location, d.Lot, -d.Quantity)
		s.moveStock(e.Client, d.SKU, d.To, d.Lot, d.Quantity)
		return s.movedTask(d)
	case edge.EvReplenish:
		s.addMove(e, d)
	case edge.EvCountAsked:
		bump(&s.site.edit(siteKey).Counts, d.Task)
		s.counts.put(edge.CountPrefix+d.Task, &edge.CountTask{ID: d.Task, Client: e.Client, Location: d.Location, SKU: d.SKU,
			Reason: d.Reason, Seq: e.Seq})
		if w := s.work.edit(d.Work); w != nil && w.Step == stepEmpty {
			w.Step = ""
		}
	case edge.EvCountDone:
		return s.applyCounted(e, d, at)
	}
	return nil
}

// applyStockShort books that a place held less than a line wanted of it; the
// rest of the line is picked elsewhere.
func (s *State) applyStockShort(e *edge.Event, d *edge.StockEvent) error {
	if d.Task != "" {
		return s.shortToBring(d)
	}
	o, w := s.editLines(e.Client, e.Order), s.work.editQuiet(d.Work)
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
	s.wasShort(e.Client, d.SKU, d.Location, d.Reason, d.Missing)
	l.Location, l.Zone, w.Line, w.Hand = d.To, d.Zone, l.ID, nil
	if w.Mode != modeOrder {
		w.Order = e.Order
	}
	return nil
}

// wasShort books what a short says of a place: goods that are there and cannot
// go are fewer, else it is empty.
func (s *State) wasShort(client, sku, location, reason string, missing int) {
	switch {
	case missing <= 0:
	case reason == "damaged", reason == "expired":
		s.moveStock(client, sku, location, "", -missing)
	default:
		s.clearStock(client, sku, location)
	}
}

func (s *State) applyCounted(e *edge.Event, d *edge.StockEvent, at time.Time) error {
	t := s.counts.edit(edge.CountPrefix + d.Task)
	if t == nil {
		return errNoTask
	}
	n := d.Quantity
	if d.Reason == countAgain {
		t.First = &n
		if w := s.work.edit(d.Work); w != nil {
			w.Step = countAgain
		}
		return nil
	}
	s.counts.remove(edge.CountPrefix + d.Task)
	s.clearStock(e.Client, d.SKU, d.Location)
	if s.knows(e.Client, d.SKU, d.Location) {
		s.moveStock(e.Client, d.SKU, d.Location, "", n)
	} else if n > 0 {
		s.stock.put(stockKey(e.Client, d.SKU, d.Location, ""), &edge.Stock{Client: e.Client, SKU: d.SKU, Location: d.Location,
			Quantity: n, AsOf: at})
	}
	return nil
}

// knows tells whether anything is known of an article in a place.
func (s *State) knows(client, sku, location string) bool {
	return slices.ContainsFunc(s.stockOf(client, sku), func(k string) bool { return s.stock.get(k).Location == location })
}
