package edgetest

import (
	"fmt"
	"slices"
)

// none tells that what was begun is no box any more: its only pieces were taken
// out again before it was closed.
func (b *oracleBox) none() bool {
	for _, n := range b.items {
		if n != 0 {
			return false
		}
	}
	return !b.closed
}

// Unfinished lists, sorted, what a whole day's work would have left nothing of:
// pieces neither picked nor short, picked and not packed, boxes open, without a
// bound waybill or not on a truck; returns, parcels of nobody's and handed-over work
// that nobody ended. Cancelled orders count as finished.
func (o *Oracle) Unfinished() []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for id, x := range o.orders {
		if x.cancelled {
			continue
		}
		for l, n := range x.wanted {
			if x.picked[l]+x.short[l] < n {
				add("order %s line %s: %d picked and %d short of %d", id, l, x.picked[l], x.short[l], n)
			}
			if x.packed[l] < min(x.picked[l], n) { // what a change has made too much goes back to its place
				add("order %s line %s: %d packed of %d picked", id, l, x.packed[l], x.picked[l])
			}
		}
	}
	for id, b := range o.boxes {
		if b.none() {
			continue
		}
		if o.orders[b.order] != nil && o.orders[b.order].cancelled {
			continue
		}
		if !b.closed || !b.bound || b.live == "" || b.onTruck == "" {
			add("box %s of order %s: closed %v, bound %v, waybill %q, truck %q", id, b.order, b.closed, b.bound, b.live, b.onTruck)
		}
	}
	out = append(out, o.openDesks()...)
	slices.Sort(out)
	return out
}

// Waybills gives the live waybill of every box.
func (o *Oracle) Waybills() map[string]string {
	out := map[string]string{}
	for id, b := range o.boxes {
		if b.none() {
			continue
		}
		out[id] = b.live
	}
	return out
}

// serials holds that the serials of a lease stand in events one after the other,
// issued or burnt, but for those that paper took: none is lost without a record. A lease of an epoch before is not
// judged.
func (o *Oracle) serials(e *oracleLine) {
	d := &e.Data
	switch e.Type {
	case "lease.added":
		o.leases[d.Lease] = &oracleLease{first: d.FirstSerial, count: d.Count, byHand: map[uint64]bool{}}
	case "waybill.assigned", "waybill.burnt":
		l := o.leases[d.Lease]
		if l == nil {
			return
		}
		if e.Manual {
			if l.byHand[d.Serial] || d.Serial < l.first+l.spent || d.Serial >= l.first+l.count {
				o.fault("serial %d of lease %s by paper, %d of %d from %d are spent (I3)", d.Serial, d.Lease, l.spent, l.count, l.first)
			}
			l.byHand[d.Serial] = true
			return
		}
		for l.byHand[l.first+l.spent] {
			l.spent++
		}
		if d.Serial != l.first+l.spent || l.spent >= l.count {
			o.fault("serial %d of lease %s, %d of %d from %d are spent (I3)", d.Serial, d.Lease, l.spent, l.count, l.first)
		}
		l.spent++
	}
}
