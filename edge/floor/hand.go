package floor

import (
	"errors"
	"fmt"
	"slices"

	"dcedge/edge"
	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
)

// oneOfSeveral is how the scans of one article are read: what one of them lacks may
// stand on the next.
func oneOfSeveral() gs1.Options { return gs1.Options{SkipRequisites: true} }

// held gives what is in the hand as GS1 data.
func held(h *edge.Hand) gs1.Message {
	day, serial := "17", ""
	if h.Best {
		day = "15"
	}
	if len(h.Serials) > 0 {
		serial = h.Serials[0]
	}
	short := ""
	if len(h.Expiry) == len("2006-01-02") {
		short = h.Expiry[2:4] + h.Expiry[5:7] + h.Expiry[8:]
	}
	return gs1.Of(oneOfSeveral(), "10", h.Lot, day, short, "21", serial)
}

// captured puts what a scan says of the pieces into the hand, together with what is
// there. It refuses a scan that contradicts it; false after that.
func (d *decider) captured(m *gs1.Message, h *edge.Hand, l *edge.Line) bool {
	if m.Elements == nil {
		return true
	}
	before := held(h)
	both, err := gs1.Combine(before, *m, oneOfSeveral())
	if err != nil {
		d.differs(&before, m, err, l)
		return false
	}
	h.Lot, _ = both.Value("10")
	now := d.Now.In(zoneOf(d.Policy))
	if x, ok, err := both.Expiry(now, false); err == nil && ok {
		if x.Timed && x.Passed(now) { // the hand keeps the day only
			until := fmt.Sprintf("%04d-%02d-%02d %02d:%02d", x.Year, x.Month, x.Day, x.Hour, x.Minute)
			d.refuse(edge.Wrong, edge.Says("pick.expired", edge.T("expected", now.Format("2006-01-02 15:04")), edge.T("scanned", until)), "item", l.SKU)
			return false
		}
		h.Expiry, h.Best = fmt.Sprintf("%04d-%02d-%02d", x.Year, x.Month, x.Day), x.AI == "15"
	}
	if serial, ok := both.Value("21"); ok {
		h.Serials = []string{serial}
	}
	return true
}

// differs refuses a scan that is none of the pieces in the hand, and says what
// differs.
func (d *decider) differs(before, now *gs1.Message, err error, l *edge.Line) {
	var e *gs1.Error
	what, was, is := "", "", ""
	if errors.As(err, &e) {
		what = map[string]string{"10": captureLot, "15": captureExpiry, "17": captureExpiry, "7003": captureExpiry, "21": captureSerial}[e.AI]
		was, _ = before.Value(e.AI)
		is, _ = now.Value(e.AI)
	}
	d.refuse(edge.Wrong, edge.Says("pick.captureDiffers", edge.T("what", what), edge.T("expected", was), edge.T("scanned", is)), d.step(), l.SKU)
}

// begunHand gives what was scanned of a line's next piece before its number, if
// anything.
func (d *decider) begunHand(l *edge.Line) *edge.Hand {
	h := &edge.Hand{Line: l.ID}
	if was := d.w.Hand; was != nil && was.Line == l.ID && was.Step == stepItem {
		h.Best, h.Captured = was.Best, was.Captured
		h.Serials = slices.Clone(was.Serials)
	}
	return h
}

// captureFirst takes the symbol with lot, expiry or serial before that with the
// article's number: they stand one above the other on a pack, and either is scanned
// first. False where the code is no such symbol.
func (d *decider) captureFirst(o *edge.Order, l *edge.Line) bool {
	r := d.sku(o.Client, l.SKU)
	if r == nil || len(r.Capture) == 0 || len(d.matches) > 0 {
		return false
	}
	m, err := elements(d.m.Code, d.m.Symbology)
	switch read := symbology.Clean([]byte(d.m.Code), d.m.Symbology); {
	case errors.Is(err, errSplit) && read.Symbology.GS1:
		d.refuse(edge.Unknown, edge.Says("pick.ambiguous"), stepItem, l.SKU)
		return true
	case err != nil || !read.OfItem(&m):
		return false
	}
	h := d.begunHand(l)
	before := h.Captured
	switch {
	case !d.captured(&m, h, l) || !d.goodToTake(o, l, h, r):
	case h.Lot == before.Lot && h.Expiry == before.Expiry && len(h.Serials) == len(before.Serials):
		d.refuse(edge.Unexpected, edge.Says("pick.thenItem"), stepItem, l.SKU)
	default:
		h.Step = stepItem
		d.verdict(edge.OK, edge.Says("pick.thenItem"))
		d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepCapture, Step: h.Step, Work: d.w.ID, Hand: h})
	}
	return true
}
