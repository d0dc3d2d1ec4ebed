package floor

import (
	"errors"
	"slices"
	"strings"

	"dcedge/edge"
	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
)

// What the master may ask to be read off an article (record sku, capture).
const (
	captureLot    = "lot"
	captureExpiry = "expiry"
	captureSerial = "serial"
)

// fefoReason is why a lot is taken before which another expires.
const fefoReason = "fefo"

// sku gives an article's record; a scan and the screen after it mostly want the
// same one.
func (v *View) sku(client, id string) *edge.SKURecord {
	m := &v.State.room.article
	if m.of != v.Catalogue || m.client != client || m.id != id {
		m.of, m.client, m.id, m.record = v.Catalogue, client, id, v.Catalogue.Article(client, id)
	}
	return m.record
}

// wants tells which step completes what is in the hand; "" is nothing more.
func wants(r *edge.SKURecord, h *edge.Hand) string {
	switch {
	case r == nil:
		return ""
	case slices.Contains(r.Capture, captureLot) && h.Lot == "", slices.Contains(r.Capture, captureExpiry) && h.Expiry == "":
		return stepLot
	case slices.Contains(r.Capture, captureSerial) && len(h.Serials) == 0:
		return stepSerial
	}
	return ""
}

var (
	errPlain = errors.New("no application identifiers")
	errSplit = errors.New("the separators were lost")
)

// elements reads the GS1 data of a scan: errPlain where it holds none, errSplit
// where it cannot be split safely.
func elements(code, aim string) (gs1.Message, error) {
	m, err := symbology.Clean([]byte(code), aim).Elements(oneOfSeveral())
	var e *gs1.Error
	switch {
	case err == nil:
		return m, nil
	case errors.As(err, &e) && e.Code == gs1.CodeAmbiguous:
		return m, errSplit
	}
	return m, errPlain
}

// pickCaptured takes an article of which more than its number is wanted.
func (d *decider) pickCaptured(o *edge.Order, l *edge.Line, quantity int, r *edge.SKURecord) {
	m, err := elements(d.m.Code, d.m.Symbology)
	if errors.Is(err, errSplit) {
		d.refuse(edge.Unknown, edge.Says("pick.ambiguous"), "item", l.SKU)
		return
	}
	h := d.begunHand(l)
	h.Quantity = quantity
	if err == nil && !d.captured(&m, h, l) {
		return
	}
	d.take(o, l, h, r)
}

// take picks what is in the hand, or asks for what is still to be read off it.
func (d *decider) take(o *edge.Order, l *edge.Line, h *edge.Hand, r *edge.SKURecord) {
	if !d.goodToTake(o, l, h, r) {
		return
	}
	if h.Step = wants(r, h); h.Step != "" {
		if first := d.s.fefo(o.Client, l.SKU, l.Location, d.today()); first != nil && h.Step == stepLot {
			h.First = first.Lot
		}
		d.verdict(edge.OK, edge.Says("pick.capture", edge.T("what", h.Step)))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepCapture, Step: h.Step, Work: d.w.ID, Hand: h})
		return
	}
	if d.w.Mode == modeCluster {
		h.Step = stepInto
		d.verdict(edge.OK, edge.Says("pick.into", edge.T("tote", toteFor(d.w, o))))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepCapture, Step: h.Step, Work: d.w.ID, Hand: h})
		return
	}
	d.pickHand(o, l, h)
}

// goodToTake refuses what must not leave: expired, a serial number that was
// used, a lot before which another expires.
func (d *decider) goodToTake(o *edge.Order, l *edge.Line, h *edge.Hand, r *edge.SKURecord) bool {
	switch {
	case h.Expiry != "" && h.Expiry < d.today():
		d.refuse(edge.Wrong, edge.Says("pick.expired", edge.T("expected", d.today()), edge.T("scanned", h.Expiry)), "item", l.SKU)
		return false
	case r != nil && slices.Contains(r.Capture, captureSerial) && h.Quantity > 1:
		d.refuse(edge.Over, edge.Says("pick.serialEach", edge.N("scanned", h.Quantity)), "item", l.SKU)
		return false
	case len(h.Serials) > 0 && d.s.serialUsed(serialKey(o.Client, l.SKU, h.Serials[0])):
		d.refuse(edge.Duplicate, edge.Says("pick.serialUsed"), "serial", l.SKU)
		return false
	}
	if first := d.firstToExpire(o, l, h); first != nil {
		d.refuse(edge.Wrong, edge.Says("pick.fefo", edge.T("expected", first.Lot), edge.T("scanned", h.Lot)), "lot", l.SKU)
		return false
	}
	return true
}

// firstToExpire gives a lot in the same place that is to go before the one in
// the hand, unless the worker said why not.
func (d *decider) firstToExpire(o *edge.Order, l *edge.Line, h *edge.Hand) *edge.Stock {
	if h.Lot == "" || h.Expiry == "" || d.anyLot(o, l, h) {
		return nil
	}
	first := d.s.fefo(o.Client, l.SKU, l.Location, d.today())
	if first == nil || first.Lot == h.Lot || first.Expiry >= h.Expiry {
		return nil
	}
	return first
}

// anyLot tells that the worker said why the lot in the hand goes before another: for
// this piece, or for one of the line before it.
func (d *decider) anyLot(o *edge.Order, l *edge.Line, h *edge.Hand) bool {
	return d.w.Step == stepAnyLot || h.Lot != "" && slices.ContainsFunc(d.w.Undo, func(u edge.Undo) bool {
		if !u.Agreed || u.Captured.Lot != h.Lot {
			return false
		}
		if in := d.s.Order(d.w.Client, u.Order); in != nil && d.w.Mode == modeTotal { // what shares a place is one line
			of := lineOf(in, u.Line)
			return of != nil && of.SKU == l.SKU && of.Location == l.Location
		}
		return u.Order == o.ID && u.Line == l.ID
	})
}

// readOff writes down what was read off the pieces in the hand.
func (d *decider) readOff(e *edge.PickEvent, o *edge.Order, l *edge.Line, h *edge.Hand) {
	e.Lot, e.Expiry, e.Serials, e.Reason = h.Lot, h.Expiry, h.Serials, h.Reason
	e.Unconfirmed = d.m.Silent && len(h.Serials) > 0
	if h.Quantity <= 0 || !d.anyLot(o, l, h) {
		return
	}
	if e.Agreed = h.Lot != ""; e.Reason == "" {
		e.Reason = fefoReason
	}
}

// fefo gives the lot in a place that expires first and is still good.
func (s *State) fefo(client, sku, location, today string) *edge.Stock {
	var first *edge.Stock
	for _, k := range s.stockOf(client, sku) {
		r := s.stock.get(k)
		if r.Location != location || r.Lot == "" || r.Quantity == 0 || r.Expiry == "" || r.Expiry < today {
			continue
		}
		if first == nil || r.Expiry < first.Expiry {
			first = r
		}
	}
	return first
}

// pickCapture takes the second scan of an article: what its number did not say.
func (d *decider) pickCapture(o *edge.Order, l *edge.Line) {
	h := *d.w.Hand
	h.Serials = slices.Clone(h.Serials)
	r := d.sku(o.Client, l.SKU)
	m, err := elements(d.m.Code, d.m.Symbology)
	_, hasNumber := m.Value("01")
	switch d.bareLot(&h, l, r, &m, err) {
	case bareText:
		err, hasNumber = errPlain, false
	case bareEither:
		lot, _ := m.Value("10")
		d.refuse(edge.Unknown, edge.Says("pick.lotOrData", edge.T("scanned", d.code), edge.T("lot", lot)), h.Step, l.SKU)
		return
	}
	switch {
	case errors.Is(err, errSplit):
		d.refuse(edge.Unknown, edge.Says("pick.ambiguous"), h.Step, l.SKU)
		return
	case r == nil || len(d.matches) > 0 && !hasNumber:
		d.refuseOther("")
		return
	case hasNumber:
		if of, ok, _ := d.itemOf(o.Client, l.SKU); !ok || of.ID != l.SKU {
			d.refuse(edge.Wrong, edge.Says("pick.wrongItem", edge.T("expected", l.SKU), edge.T("scanned", of.ID)), "item", of.ID)
			return
		}
	}
	if err == nil {
		if !d.captured(&m, &h, l) {
			return
		}
	} else if _, b := d.waybill(""); b != nil || !d.plainCapture(&h, l.SKU) { // a label's number is no lot
		d.refuseOther("")
		return
	}
	before := *d.w.Hand
	if h.Lot == before.Lot && h.Expiry == before.Expiry && len(h.Serials) == len(before.Serials) {
		d.refuse(edge.Unexpected, edge.Says("pick.capture", edge.T("what", h.Step)), h.Step, l.SKU)
		return
	}
	d.take(o, l, &h, r)
}

// captureMost bounds a lot or serial number that is no GS1 data (AI 10 and 21
// hold 20 characters).
const captureMost = 20

func plainCode(code string) bool {
	return code != "" && len(code) <= captureMost && !strings.ContainsFunc(code, func(c rune) bool { return c <= ' ' || c > '~' })
}

// plainCapture takes a bare code as the lot or the serial number that is asked
// for.
func (d *decider) plainCapture(h *edge.Hand, sku string) bool {
	if !plainCode(d.code) {
		return false
	}
	switch {
	case h.Step == stepSerial:
		h.Serials = []string{d.code}
	case h.Lot == "":
		h.Lot = d.code
		if st := d.s.lotOf(d.w.Client, sku, d.code); st != nil && h.Expiry == "" {
			h.Expiry = st.Expiry // the day is known with the lot
		}
	default:
		return false
	}
	return true
}

// lotOf finds what is known of a lot of an article, anywhere.
func (s *State) lotOf(client, sku, lot string) *edge.Stock {
	for _, k := range s.stockOf(client, sku) {
		if r := s.stock.get(k); r.Lot == lot {
			return r
		}
	}
	return nil
}

// confirm is a person's word for a piece whose code cannot be read, or for a lot
// that is to go before another.
func (d *decider) confirm(o *edge.Order, at pickPlace) {
	l, a := at.line, &d.m.Args
	n := 1
	if a.N != nil {
		n = *a.N
	}
	reason := clip(a.Reason)
	r := d.sku(o.Client, l.SKU)
	switch {
	case reason == "":
		d.refuse(edge.Unexpected, edge.Says("confirm.reason"), "act", "confirm")
		return
	case n <= 0:
		d.refuse(edge.Unexpected, edge.Says("quantity.missing"), "act", "confirm")
		return
	case reason == fefoReason && r != nil && len(r.Capture) > 0 && (at.step == stepItem || at.step == stepLot && a.Text == ""):
		d.verdict(edge.OK, edge.Says("pick.anyLot"))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepAnyLot, What: l.SKU, Step: at.step, Work: d.w.ID, Reason: reason})
		return
	case n > d.openOf(l):
		d.refuse(edge.Over, edge.Says("pick.over", edge.N("remaining", d.openOf(l)), edge.N("scanned", n)), "item", l.SKU)
		return
	}
	h := d.begunHand(l)
	h.Quantity, h.Reason = n, reason
	if at.step != stepItem {
		*h = *d.w.Hand
		h.Serials = slices.Clone(h.Serials)
		h.Reason = reason
		d.code = a.Text
		if !d.plainCapture(h, l.SKU) {
			d.refuse(edge.Unexpected, edge.Says("pick.capture", edge.T("what", at.step)), at.step, l.SKU)
			return
		}
	}
	d.take(o, l, h, r)
}
