package floor

import (
	"slices"

	"dcedge/edge"
)

// paperNumber is the number on a box that was packed by hand, and where it is from.
type paperNumber struct {
	number string
	lease  *edge.Lease // that it is taken out of
	serial uint64
	box    *edge.Box     // that had it before it was packed: its client wants the label first
	label  *edge.Attempt // from which that label came; nil: it was written by hand
}

// paperNumber finds whose the number is that is on the box: that of the label which
// was made before packing, the order's own, or one of a lease that nobody gave out. A
// number exists once (I3).
func (d *decider) paperNumber(b *edge.Manual, o *edge.Order) (out paperNumber, ok bool) {
	space := d.space(o.Carrier)
	number := d.numbers().Normalize(space, b.Waybill)
	refuse := func(code edge.Code, say edge.Say) (paperNumber, bool) {
		d.refuse(code, say, "waybill", "")
		return paperNumber{}, false
	}
	d.code = number
	if in := d.planned(o); in != nil && in.Waybill != "" {
		a := d.s.paper(in)
		switch {
		case !d.sameNumber(space, number, in.Waybill):
			return refuse(edge.Wrong, edge.Says("paper.otherNumber"))
		case in.Stale != "":
			return refuse(edge.Hold, edge.Says("paper.oldLabel", edge.T("box", in.ID)))
		case a != nil && a.Status == edge.AttemptIntent:
			return refuse(edge.Hold, edge.Says("pack.notPrinted"))
		}
		return paperNumber{number: in.Waybill, box: in, label: a}, true
	}
	if u := d.number(space, number); u != nil {
		if u.Voided {
			return refuse(edge.Unknown, edge.Says("waybill.voided"))
		}
		return refuse(edge.Duplicate, edge.Says("waybill.used", edge.T("box", u.Box)))
	}
	if o.Waybill != "" {
		own := d.numbers().Normalize(space, o.Waybill)
		if !d.sameNumber(space, number, own) {
			return refuse(edge.Wrong, edge.Says("paper.otherNumber"))
		}
		return paperNumber{number: own, box: d.planned(o)}, true
	}
	for x := range d.s.leases.all() {
		n, of := d.numbers().Serial(d.format(x.Carrier), number)
		if d.space(x.Carrier) != space || !of || n < x.First || n-x.First >= x.Count {
			continue
		}
		at := n - x.First
		if at < x.Next || slices.Contains(x.Taken, at) || x.Epoch != d.Policy.Epoch {
			return refuse(edge.Duplicate, edge.Says("paper.numberGone"))
		}
		if x.Carrier != o.Carrier || x.Client != o.Client && x.Client != defaultClient {
			return refuse(edge.Wrong, edge.Says("paper.otherNumber"))
		}
		return paperNumber{number: number, lease: x, serial: n, box: d.planned(o)}, true
	}
	if d.badCheck(o.Carrier) {
		return refuse(edge.Unknown, edge.Says("waybill.badCheck"))
	}
	return refuse(edge.Unknown, edge.Says("paper.noNumber"))
}

// paperBox books the box that was packed and labelled by hand.
func (d *decider) paperBox(b *edge.Manual, o *edge.Order, n *paperNumber) string {
	box := &edge.Box{ID: idOf("B-", d.s.Site().Boxes+1), Order: o.ID, Client: o.Client, Carrier: o.Carrier, N: 1}
	if n.box != nil {
		box = cloneBox(n.box)
	}
	for _, in := range o.Lines {
		pieces := packable(in)
		if pieces == 0 {
			continue
		}
		e := &edge.PackItem{Line: in.ID, SKU: in.SKU, Quantity: pieces, Box: box.ID, Reason: clip(b.Reason)}
		d.event(edge.EvPackItem, o.Client, o.ID, e)
		_ = addItem(box, o.ID, e) // adding never fails
	}
	d.event(edge.EvBoxClosed, o.Client, o.ID, &edge.BoxEvent{Box: box.ID, N: 1, Of: 1, Items: box.Items, BoxType: b.BoxType})
	if box.Waybill == "" {
		w := &edge.WaybillEvent{Box: box.ID, Waybill: n.number, Carrier: o.Carrier, Space: differs(d.space(o.Carrier), o.Carrier)}
		if n.lease != nil {
			w.Lease, w.Serial = n.lease.ID, n.serial
		}
		d.event(edge.EvAssigned, o.Client, o.ID, w)
	}
	attempt := attemptPaper
	if a := n.label; a != nil {
		if attempt = a.ID; a.Status != edge.AttemptPrinted { // it was in the hand of who packed
			d.event(edge.EvLabelSettled, o.Client, o.ID, &edge.LabelEvent{Attempt: a.ID, Box: box.ID, Waybill: a.Waybill, Printer: a.Printer,
				Copy: a.Copy, By: b.By, Outcome: "yes"})
		}
	}
	d.event(edge.EvBound, o.Client, o.ID, &edge.WaybillEvent{Box: box.ID, Waybill: n.number, Attempt: attempt, Carrier: o.Carrier})
	box.Waybill, box.Bound = n.number, attempt
	d.shipConfirm(box, edge.AtPacked, "", "", "")
	d.releaseTotes(o, o.Totes)
	return box.ID
}

// planned gives the one box of an order that was numbered before it was packed and
// holds nothing yet; nil: there is none, or others too.
func (d *decider) planned(o *edge.Order) *edge.Box {
	if len(o.Boxes) != 1 {
		return nil
	}
	if b := d.s.Box(o.Boxes[0]); b != nil && b.Planned && !b.Closed && len(b.Items) == 0 {
		return b
	}
	return nil
}
