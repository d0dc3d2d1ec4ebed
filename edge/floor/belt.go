package floor

import (
	"cmp"
	"strings"
	"time"
	"unicode/utf8"

	"dcedge/edge"
)

// belt decides what a belt tells: its facts become events, completed by what is
// known of the box; a read is given a lane.
func (d *decider) belt() {
	r, ok := d.m.Body.(*edge.BeltReport)
	if !ok || !named(r) {
		d.verdict(edge.Malformed, edge.Say{})
		return
	}
	d.verdict(edge.OK, edge.Say{})
	begun := map[string]bool{} // parcels of this report: true while they are on the belt
	for i := range r.Facts {
		d.parcelFact(r.Belt, &r.Facts[i], begun)
	}
	if r.State != nil {
		data := *r.State
		d.event(edge.EvDeviceState, "", "", &data)
	}
	if r.Read != nil {
		d.parcelRead(r.Belt, r.Read)
	}
}

// named tells that every name in a report can stand in events and in the state.
func named(r *edge.BeltReport) bool {
	names := []string{r.Belt}
	if s := r.State; s != nil {
		names = append(names, s.Device, s.State, s.Error)
	}
	for i := range r.Facts {
		e := &r.Facts[i].ParcelEvent
		names = append(names, e.Box, e.Parcel, e.Place, e.Lane, string(e.Reason), e.Read, e.Grams)
	}
	if q := r.Read; q != nil {
		names = append(names, q.ID, q.Place, q.Parcel, string(q.Why), q.Known, q.Lane, string(q.Was), q.Grams, q.Loop)
		names = append(append(names, q.Open...), q.Full...)
	}
	for _, n := range names {
		if len(n) > nameMost || strings.IndexFunc(n, func(c rune) bool { return c < ' ' || c == utf8.RuneError }) >= 0 {
			return false
		}
	}
	return true
}

const nameMost = 128

// parcelFact writes a fact down. A parcel begins once and ends once: what says
// otherwise is left out, whatever told it. A parcel that ended is only unsaid
// where it is seen elsewhere.
func (d *decider) parcelFact(belt string, f *edge.ParcelFact, begun map[string]bool) {
	e := f.ParcelEvent
	e.Belt = belt
	b := d.s.Box(e.Box)
	if b == nil && e.Box != "" { // a divert's word for a parcel without a box, or nothing that we know
		if e.Parcel == "" && d.s.parcels.get(e.Box) != nil {
			e.Parcel = e.Box
		}
		e.Box = ""
	}
	on, here := begun[e.Parcel]
	if !here {
		on = d.s.parcels.get(e.Parcel) != nil
	}
	switch f.Type {
	case edge.EvInducted:
		if e.Parcel == "" || on {
			return
		}
		begun[e.Parcel] = true
	case edge.EvDiverted, edge.EvRejected, edge.EvParcelLost:
		if e.Parcel != "" && !on && e.Reason != edge.ReasonContradicted {
			return
		}
		begun[e.Parcel] = false
	case edge.EvParcelNoRead:
	default:
		return
	}
	d.parcelEvent(f.Type, b, &e)
}

// parcelEvent adds the event, with what is known of the box and its label.
func (d *decider) parcelEvent(t edge.Type, b *edge.Box, e *edge.ParcelEvent) {
	if b == nil {
		d.event(t, "", "", e)
		return
	}
	e.Box, e.Waybill, e.Attempt, e.Orders = b.ID, b.Waybill, b.Bound, others(b)
	if e.Attempt == "" {
		e.Attempt = b.Print.Attempt
	}
	if a := d.s.Attempt(e.Attempt); a != nil {
		e.Printer, e.Template, e.Labelled = a.Printer, a.Template, a.At.In(zoneOf(d.Policy))
	}
	d.event(t, b.Client, b.Order, e)
	if t == edge.EvRejected || b.Rejected != "" {
		d.touchFlow(edge.Hospital)
	}
}

// parcelRead decides where the parcel of a read goes.
func (d *decider) parcelRead(belt string, r *edge.ParcelRead) {
	noRead := d.m.Code == ""
	e := &edge.ParcelEvent{Parcel: r.Parcel, Belt: belt, Place: r.Place, Read: r.ID, Grams: r.Grams}
	if d.s.parcels.get(r.Parcel) == nil {
		e.Parcel = ""
	}
	var b *edge.Box
	var with *BeltBox
	if noRead {
		b = d.s.Box(r.Known)
	} else if b, with = d.beltBox(); with == nil {
		e.Length, e.Hash = len(d.m.Code), keyedHash(d.Policy.HashKey, d.m.Code)
	}
	a := Route(r, noRead, with)
	e.Lane, e.Reason, e.Round = a.Lane, a.Why, a.Round
	if noRead {
		d.parcelEvent(edge.EvParcelNoRead, b, e)
	} else {
		if r.Known == "" {
			e.Tries = r.Tries
		}
		if r.Hand && with != nil && with.Unread { // it came here unread
			e.Tries++
		}
		d.parcelEvent(edge.EvParcelRead, b, e)
	}
	a.Box = e.Box
	d.verdict(a.Code(), a.Say())
}

// beltBox finds the box that the code of a read names, and what a lane is
// decided by.
func (d *decider) beltBox() (*edge.Box, *BeltBox) {
	d.read()
	u, b := d.waybill("")
	if u == nil || b == nil {
		return nil, nil
	}
	x := &BeltBox{ID: b.ID, Rounds: b.Rounds, Unread: b.Belt == ""}
	o := d.s.BoxOrder(b)
	switch {
	case u.Voided:
		x.Refused = edge.ReasonVoided
	case o == nil || d.s.Stopped(b, o):
		x.Refused = edge.ReasonCancelled
	case b.Truck != "" || b.Shipped || b.Lane != "":
		x.Refused = edge.ReasonDuplicate
	case b.Stale != "":
		x.Refused = edge.ReasonStale
	case b.Bound == "":
		x.Refused = edge.ReasonNotPacked
	case o.Held != "", b.Aside != "":
		x.Refused = edge.ReasonHold
	}
	if o != nil {
		x.Lanes, x.Foreign = d.lanes(o, b)
	}
	return b, x
}

// missedBoxes tells of boxes that were packed and that no belt saw in time.
func (d *decider) missedBoxes() {
	if d.Policy.SeenWithin <= 0 {
		return
	}
	limit, n := d.Now.Add(-d.Policy.SeenWithin).UnixMilli(), 0
	d.s.idx.unseen.each(func(r rank) bool {
		if r.cutoff > limit {
			return false
		}
		b := d.s.Box(r.key)
		d.parcelEvent(edge.EvParcelLost, b, &edge.ParcelEvent{Place: b.Seen, Reason: edge.ReasonNotSeen})
		n++
		d.out.More = d.out.More || n >= upkeepMost
		return n < upkeepMost
	})
}

// applyParcel keeps which parcels are on a belt, and where a box was last seen.
func (s *State) applyParcel(e *edge.Event, d *edge.ParcelEvent, at time.Time) error {
	switch e.Type {
	case edge.EvInducted:
		if s.parcels.get(d.Parcel) != nil {
			return errFigures
		}
		s.parcels.put(d.Parcel, &edge.Parcel{Name: d.Parcel, Belt: d.Belt, At: at})
	case edge.EvParcelRead:
		if p := s.parcels.edit(d.Parcel); p != nil && d.Box != "" {
			p.Box = d.Box
		}
	case edge.EvDiverted, edge.EvRejected, edge.EvParcelLost:
		s.parcels.remove(d.Parcel)
	}
	if d.Box == "" {
		return nil
	}
	b := s.boxes.edit(d.Box)
	if b == nil {
		return errNoBox
	}
	if e.Type == edge.EvParcelLost {
		b.Missed = true
		return nil
	}
	b.Seen, b.Belt, b.At, b.Missed = d.Place, d.Belt, at, false
	switch {
	case e.Type == edge.EvDiverted && d.Round == 0:
		b.Lane, b.Rounds, b.Rejected = d.Lane, 0, ""
	case e.Type == edge.EvRejected:
		b.Lane, b.Rejected = "", cmp.Or(string(d.Reason), "other")
	case e.Type == edge.EvParcelRead && d.Place == edge.HospitalLane:
		b.Lane = ""
	case d.Round > 0:
		b.Rounds = d.Round
	}
	return nil
}
