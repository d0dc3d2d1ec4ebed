package floor

import (
	"slices"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// A piece with a serial number that came back and may be sold again is picked again by
// that number: the returns desk reads it. Who does not, puts the piece away all the same;
// its number then stays one that was sold.

// itemBack is the article of a scan: of several that its code names the one in the hand,
// else one that is still to come, else one that the return names.
func (d *decider) itemBack(r *edge.ReturnCase) (m catalogue.Match, ok, other bool) {
	if h := d.w.Hand; h != nil {
		return d.itemOf(r.Client, h.SKU)
	}
	m, ok, other = d.itemFor(r.Client, func(m catalogue.Match) bool { left, _ := leftOfSKU(r, m.ID); return left >= m.Quantity })
	if left, _ := leftOfSKU(r, m.ID); ok && left < m.Quantity {
		return d.itemFor(r.Client, func(m catalogue.Match) bool { _, named := leftOfSKU(r, m.ID); return named })
	}
	return m, ok, other
}

// hasSerial tells that each of the pieces in hand has a number.
func hasSerial(v View, r *edge.ReturnCase, h *edge.Hand) bool {
	a := v.sku(r.Client, h.SKU)
	return a != nil && slices.Contains(a.Capture, captureSerial)
}

// wantsSerial tells that one of them is still to be read.
func wantsSerial(v View, r *edge.ReturnCase, h *edge.Hand) bool {
	return len(h.Serials) < h.Quantity && hasSerial(v, r, h)
}

// inHandBack takes pieces in hand. Serial numbers of those before stay, and one that the
// scan holds is taken with them.
func (d *decider) inHandBack(r *edge.ReturnCase, h *edge.Hand) {
	if was := d.w.Hand; was != nil {
		h.Serials = was.Serials
	}
	d.verdict(edge.OK, edge.Says("return.item", edge.T("scanned", h.SKU), edge.N("have", h.Quantity)))
	if wantsSerial(d.View, r, h) {
		if n := d.serialIn(); n != "" && d.serialFault(r, h, n) {
			return
		} else if n != "" {
			h.Serials = grow(h.Serials, n)
		}
	}
	if wantsSerial(d.View, r, h) {
		d.verdict(edge.OK, edge.Says("return.itemSerial", edge.T("scanned", h.SKU), edge.N("have", h.Quantity)))
	}
	d.event(edge.EvStep, r.Client, r.Order, &edge.StepConfirmed{Kind: stepCapture, Step: stepItem, What: h.SKU, Work: d.w.ID, Hand: h, Steps: true})
}

// serialIn gives the serial number that GS1 data of the scan hold, "" for none.
func (d *decider) serialIn() string {
	m, err := elements(d.m.Code, d.m.Symbology)
	if err != nil {
		return ""
	}
	n, _ := m.Value("21")
	return n
}

// serialScan takes the number of a piece in hand by itself. False: the code is none.
func (d *decider) serialScan(r *edge.ReturnCase) bool {
	h := *d.w.Hand
	if !hasSerial(d.View, r, &h) {
		return false
	}
	n := d.serialIn()
	if _, b := d.waybill(""); n == "" && b == nil && len(d.matches) == 0 && plainCode(d.code) { // a label's number is none
		n = d.code
	}
	if n == "" || d.serialFault(r, &h, n) {
		return n != ""
	}
	h.Serials = grow(h.Serials, n)
	d.verdict(edge.OK, edge.Says("return.serial", edge.N("have", len(h.Serials)), edge.N("want", h.Quantity)))
	d.event(edge.EvStep, r.Client, r.Order, &edge.StepConfirmed{Kind: stepCapture, Step: stepGrade, What: h.SKU, Work: d.w.ID, Hand: &h, Steps: true})
	return true
}

// serialFault refuses a number that was read already, one too many, and one that did not
// leave with the return's order, as far as that is known.
func (d *decider) serialFault(r *edge.ReturnCase, h *edge.Hand, n string) bool {
	again := func(g edge.Graded) bool { return g.SKU == h.SKU && slices.Contains(g.Serials, n) }
	switch {
	case slices.Contains(h.Serials, n), slices.ContainsFunc(r.Graded, again):
		d.refuse(edge.Duplicate, edge.Says("return.serialAgain"), "serial", h.SKU)
	case len(h.Serials) >= h.Quantity:
		d.refuse(edge.Over, edge.Says("return.serialOver", edge.N("want", h.Quantity)), "serial", h.SKU)
	case d.serialHere(r, h.SKU, n):
		d.refuse(edge.Unexpected, edge.Says("return.serialHere"), "serial", h.SKU)
	case d.otherSerial(r, h.SKU, n):
		d.refuse(edge.Wrong, edge.Says("return.otherSerial"), "serial", h.SKU)
	default:
		return false
	}
	return true
}

// serialHere tells that a number is of the return's order and has not left.
func (d *decider) serialHere(r *edge.ReturnCase, sku, n string) bool {
	u := d.s.serials.get(serialKey(r.Client, sku, n))
	return u != nil && u.Order == r.Order && !d.s.shipped(u)
}

// otherSerial tells that a number is known to be on another order than the return's, or
// that it has not left at all.
func (d *decider) otherSerial(r *edge.ReturnCase, sku, n string) bool {
	if u := d.s.serials.get(serialKey(r.Client, sku, n)); u != nil {
		return r.Order != "" && u.Order != r.Order || !d.s.shipped(u)
	}
	o := d.s.Order(r.Client, r.Order)
	return o != nil && slices.ContainsFunc(o.Lines, func(l *edge.Line) bool { return l.SKU == sku && l.Captured != nil })
}
