package floor

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"dcedge/edge"
)

// serial is a number of a lease that this decision used up or passed over.
type serial struct {
	lease string
	next  uint64
}

// burnMost bounds how many numbers in use one message passes over: scans go
// between.
const burnMost = 200

// The WMS is told when what is left lasts less than lowHours of work at the pace
// of the last busy hours; before a pace is known, when a lowPart-th is left.
const (
	lowHours = 8
	lowPart  = 5
)

// assign gives a box its number: the one that an order brought, for its first
// box, else the next of a lease. Where there is none the box waits. A brought
// number that died on another box is followed by one of a lease, too.
func (d *decider) assign(orders []*edge.Order, b *edge.Box) {
	if d.s.practice {
		d.assignPractice(b)
		return
	}
	own := slices.IndexFunc(orders, func(o *edge.Order) bool { return o.Waybill != "" })
	if own >= 0 && b.N == 1 && len(b.Voided) == 0 {
		space := d.space(b.Carrier)
		number := d.numbers().Normalize(space, orders[own].Waybill)
		u := d.number(space, number)
		if u == nil {
			d.event(edge.EvAssigned, b.Client, b.Order, &edge.WaybillEvent{Box: b.ID, Waybill: number, Carrier: b.Carrier, Space: differs(space, b.Carrier),
				Orders: others(b)})
			return
		}
		if !d.diedOf(u, b.Client) || !d.numbersLeft(b.Client, b.Carrier) {
			d.event(edge.EvOrderChanged, b.Client, orders[own].ID, &edge.OrderChanged{Held: "waybill", Step: string(edge.StagePacking)})
			return
		}
	}
	l, n, number := d.nextNumber(b.Client, b.Carrier)
	switch {
	case number == "" && !d.out.More:
		d.out.Notices = append(d.out.Notices, edge.Notice{Worker: d.m.Worker, Code: edge.Hold, Say: edge.Says("waybill.none", edge.T("carrier", b.Carrier))})
	case number != "":
		d.event(edge.EvAssigned, b.Client, b.Order, &edge.WaybillEvent{Box: b.ID, Waybill: number, Carrier: b.Carrier, Lease: l.ID, Serial: n,
			Space: differs(d.space(b.Carrier), b.Carrier), Orders: others(b)})
	}
	if l == nil {
		return
	}
	if left, perHour, low := d.stock(l); low && !l.Low && !d.saidLow(l.ID) {
		d.event(edge.EvLeaseLow, l.Client, "", &edge.LeaseEvent{Lease: l.ID, Carrier: l.Carrier, Left: left, PerHour: perHour})
	}
}

// diedOf tells that a number was voided on a box of a client: it was told then.
func (d *decider) diedOf(u *edge.WaybillUse, client string) bool {
	b := d.s.Box(u.Box)
	return u.Voided && b != nil && b.Client == client
}

// stock tells how many numbers a lease and those that follow it have left after
// this decision, at which pace they go, and whether somebody must see to more.
func (d *decider) stock(of *edge.Lease) (left, perHour uint64, low bool) {
	var whole uint64
	for _, l := range d.leasesOf(of.Client, of.Carrier) {
		left += l.Count - d.used(l)
		whole += l.Count
		perHour += l.PerHour(d.Now)
	}
	if perHour > 0 {
		return left, perHour, left < lowHours*perHour
	}
	return left, 0, left <= whole/lowPart
}

// differs gives a space where it is not named like its carrier.
func differs(space, carrier string) string {
	if space == carrier {
		return ""
	}
	return space
}

func (d *decider) saidLow(lease string) bool {
	return slices.ContainsFunc(d.out.Events, func(e edge.Event) bool {
		l, ok := e.Data.(*edge.LeaseEvent)
		return ok && e.Type == edge.EvLeaseLow && l.Lease == lease
	})
}

// nextNumber finds the next free number of the client's leases for a carrier,
// else of those that belong to the default client. Numbers that a box has already
// are passed over, each with an event. Without a number the lease is the last one
// of which some were passed over, if any.
func (d *decider) nextNumber(client, carrier string) (of *edge.Lease, n uint64, number string) {
	format, space, burns := d.format(carrier), d.space(carrier), 0
	for _, owner := range []string{client, defaultClient} {
		for _, l := range d.leasesOf(owner, carrier) {
			for next := d.used(l); next < l.Count; next++ {
				n := l.First + next
				number, err := d.numbers().Number(format, n)
				if err != nil {
					break // the carrier's format makes no numbers of this lease
				}
				if len(l.Taken) > 0 && slices.Contains(l.Taken, next) {
					continue // a box that was labelled by hand has it
				}
				u := d.number(space, number)
				if u != nil && burns == burnMost {
					d.out.More = true
					return of, 0, ""
				}
				d.spent = append(d.spent, serial{l.ID, next + 1})
				if u == nil {
					return l, n, number
				}
				of, burns = l, burns+1
				d.burn(l, n, space, u)
			}
		}
	}
	return of, 0, ""
}

// burn tells of a number of a lease that a box has already: it came with that
// box's order, or another account of the carrier gave it out.
func (d *decider) burn(l *edge.Lease, n uint64, space string, u *edge.WaybillUse) {
	client, order := "", ""
	if b := d.s.Box(u.Box); b != nil {
		client, order = b.Client, b.Order
	}
	d.event(edge.EvBurnt, client, order, &edge.WaybillEvent{Box: u.Box, Waybill: u.Number, Carrier: l.Carrier, Lease: l.ID, Serial: n,
		Space: differs(space, l.Carrier)})
}

// numbersLeft tells that a box would get a number; so it is, too, where so many are
// taken that finding a free one takes more than one decision.
func (d *decider) numbersLeft(client, carrier string) bool {
	if d.s.practice {
		return true
	}
	format, space, taken := d.format(carrier), d.space(carrier), 0
	for _, owner := range []string{client, defaultClient} {
		for _, l := range d.leasesOf(owner, carrier) {
			for next := d.used(l); next < l.Count; next++ {
				number, err := d.numbers().Number(format, l.First+next)
				if err != nil {
					break
				}
				if slices.Contains(l.Taken, next) {
					continue
				}
				if d.number(space, number) == nil || taken == burnMost {
					return true
				}
				taken++
			}
		}
	}
	return false
}

const defaultClient = "default"

func (d *decider) used(l *edge.Lease) uint64 {
	n := l.Next
	for _, b := range d.spent {
		if b.lease == l.ID {
			n = max(n, b.next)
		}
	}
	return n
}

// leasesOf lists the open leases of a client for a carrier by id.
func (d *decider) leasesOf(client, carrier string) []*edge.Lease {
	var out []*edge.Lease
	fits := func(l *edge.Lease) bool {
		return l.Client == client && l.Carrier == carrier && l.Epoch == d.Policy.Epoch && !l.Closed && l.Next < l.Count
	}
	for l := range d.s.leases.all() {
		if fits(l) {
			out = append(out, l)
		}
	}
	if d.fresh != nil && fits(d.fresh) {
		out = append(out, d.fresh)
	}
	slices.SortFunc(out, func(a, b *edge.Lease) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return out
}

// packWaybill takes the label that was stuck on the box. The label itself is
// the proof that it was printed.
func (d *decider) packWaybill(at *packPlace) {
	b := at.box
	u, of := d.waybill(b.Carrier)
	if u == nil || of == nil || u.Voided {
		d.refuseOther(b.Carrier)
		return
	}
	if of.ID != b.ID {
		d.otherLabel(of)
		return
	}
	if b.Stale != "" {
		d.destroyed(b)
		return
	}
	a := d.s.paper(b)
	if a == nil || b.Print.Wanted && toldWrong(b) {
		d.refuse(edge.Hold, edge.Says("pack.notPrinted"), "box", b.ID)
		return
	}
	if a.Status != edge.AttemptPrinted {
		d.event(edge.EvLabelSettled, b.Client, b.Order, &edge.LabelEvent{Attempt: a.ID, Box: b.ID, Waybill: a.Waybill, Printer: a.Printer,
			Copy: a.Copy, By: "scan", Outcome: "yes"})
	}
	d.bind(at, a.ID)
}

// paper gives the newest attempt from which a label of the box's number may
// have come: not one of which no byte reached the printer.
func (s *State) paper(b *edge.Box) *edge.Attempt {
	for i := len(b.Attempts) - 1; i >= 0; i-- {
		if a := s.Attempt(b.Attempts[i]); a != nil && a.Waybill == b.Waybill && a.Status != edge.AttemptFailed {
			return a
		}
	}
	return nil
}

// nothingPrints tells that a box has a number of which nobody here knows a label, and
// that none is wanted: the WMS told of it after a restore.
func (s *State) nothingPrints(at *packPlace) bool {
	b := at.box
	return at.step == stepPrinting && !b.Print.Wanted && s.Attempt(b.Print.Attempt) == nil
}

// lookedFor gives the attempt whose label is to be on the box: the last one; where no
// byte of that left and no other is wanted, the label before it, which was scanned on
// the box meanwhile.
func (s *State) lookedFor(b *edge.Box) *edge.Attempt {
	a := s.Attempt(b.Print.Attempt)
	if a != nil && a.Status == edge.AttemptFailed && !b.Print.Wanted {
		return s.paper(b)
	}
	return a
}

// tell is what a label says of a box beside its number: which box of how many it
// is, and a digest of what is in it. Weight is left out: a box that was opened
// never weighs the same to the gram.
func tell(b *edge.Box) string {
	h := sha256.New()
	for i := range b.Items {
		it := &b.Items[i]
		fmt.Fprintf(h, "%s\x00%s\x00%d\x00", b.OrderOf(it), it.Line, it.Quantity)
	}
	return fmt.Sprintf("%d/%d %x", b.N, b.Of, h.Sum(nil)[:8])
}

// toldWrong tells that the newest label says something of the box that is not so.
// One that was made before the boxes were counted says nothing of their number.
func toldWrong(b *edge.Box) bool {
	if b.Told == "" {
		return false
	}
	was, had, _ := strings.Cut(b.Told, " ")
	is, has, _ := strings.Cut(tell(b), " ")
	n, _, _ := strings.Cut(is, "/")
	return had != has || was != is && was != n+"/0"
}

// tellsWrong tells that no label of a box's number says what the box holds now,
// or that there is none and none is on its way.
func (s *State) tellsWrong(b *edge.Box) bool {
	a := s.paper(b)
	switch {
	case b.Stale != "" || b.Print.Wanted:
		return false // another is made in any case
	case a == nil || a.Status == edge.AttemptNo:
		return true
	}
	return toldWrong(b)
}

// otherLabel refuses the label of another box.
func (d *decider) otherLabel(of *edge.Box) {
	if in := d.s.BoxOrder(of); in != nil && d.s.Stopped(of, in) {
		d.refuseCancelled(in)
		return
	}
	if of.Bound != "" {
		d.refuse(edge.Duplicate, edge.Says("waybill.used", edge.T("box", of.ID)), "box", of.ID)
		return
	}
	d.refuse(edge.Wrong, edge.Says("pack.wrongWaybill", edge.T("expected", d.w.Box), edge.T("scanned", of.ID)), "box", of.ID)
}

// actLabel decides printed, reprint and void.
func (d *decider) actLabel(at *packPlace) {
	b, args := at.box, &d.m.Args
	switch d.m.Action {
	case "printed":
		d.actPrinted(at)
		return
	case "reprint":
		if (at.step == stepInDoubt || at.step == stepWaybill || d.s.nothingPrints(at)) && (args.Box == "" || args.Box == b.ID) {
			if args.ByLead == "" && d.overLimit(at) {
				d.refuse(edge.Denied, edge.Says("label.limit", edge.N("copies", b.Print.Copy)), "box", b.ID)
				return
			}
			d.moreCopies(at)
			return
		}
	case "void":
		if (at.step == stepInDoubt || at.step == stepWaybill || at.step == stepDestroy || d.s.nothingPrints(at)) && (args.Waybill == "" || args.Waybill == b.Waybill) {
			d.verdict(edge.OK, edge.Says("label.voided"))
			d.renumber(b, at.orders, clip(args.Reason))
			return
		}
	}
	d.refuseAct()
}

// actPrinted is a person's answer to whether a label came out.
func (d *decider) actPrinted(at *packPlace) {
	b, args := at.box, &d.m.Args
	a := d.s.Attempt(b.Print.Attempt)
	if at.step != stepInDoubt || args.Attempt != "" && args.Attempt != a.ID || args.Outcome != "yes" && args.Outcome != "no" {
		d.refuseAct()
		return
	}
	say := edge.Says("label.stick")
	if args.Outcome == "no" {
		say = edge.Says("label.again")
	}
	d.verdict(edge.OK, say)
	d.event(edge.EvLabelSettled, b.Client, b.Order, &edge.LabelEvent{Attempt: a.ID, Box: b.ID, Waybill: a.Waybill, Printer: a.Printer,
		Copy: a.Copy, By: d.m.Worker, Outcome: args.Outcome})
}

// void ends a box's number. One that an order brought, that a client's mall has before
// the goods move (the client prints first), or under which the box was told as shipped
// is known elsewhere: the event says that it must be corrected there.
func (d *decider) void(b *edge.Box, reason string) {
	c := d.Catalogue.Client(b.Client)
	d.event(edge.EvVoided, b.Client, b.Order, &edge.WaybillEvent{Box: b.ID, Waybill: b.Waybill, Attempt: b.Print.Attempt,
		Carrier: b.Carrier, Lease: b.Lease, Reason: reason, Orders: others(b), Correct: b.Lease == "" || b.Confirmed || c != nil && c.Print == "first"})
}

// renumber voids a box's number and gives it a new one. Where an order brought
// the number and no lease has another, the order is held.
func (d *decider) renumber(b *edge.Box, orders []*edge.Order, reason string) {
	brought := b.Lease == ""
	d.void(b, reason)
	next := cloneBox(b)
	next.Voided, next.Waybill, next.Lease = grow(b.Voided, b.Waybill), "", ""
	if brought && !d.numbersLeft(b.Client, b.Carrier) {
		d.event(edge.EvOrderChanged, b.Client, b.Order, &edge.OrderChanged{Held: "waybill", Step: string(edge.StagePacking)})
		return
	}
	d.assign(orders, next)
}
