package floor

import (
	"fmt"
	"slices"

	"dcedge/edge"
	"dcedge/labels/gs1"
	"dcedge/labels/symbology"
)

// What a code may be that came without an identifier where a lot is asked for.
const (
	bareData   = iota // GS1 data, or there is no doubt at all
	bareText          // the lot as it stands there
	bareEither        // nobody can tell
)

// bareLot weighs a code that reads as GS1 data and came without an identifier, which
// most scanners do not send: 10A1 is lot 10A1, or lot A1 behind its AI. What a person
// typed is what stands on the pack. Data that nobody asked for are none, several
// elements with letters in them are; then the lots decide that the site knows.
func (d *decider) bareLot(h *edge.Hand, l *edge.Line, r *edge.SKURecord, m *gs1.Message, err error) int {
	read := symbology.Clean([]byte(d.m.Code), d.m.Symbology)
	_, numbered := m.Value("01")
	text := *h
	if err == errPlain || h.Step != stepLot || numbered || read.Symbology.AIM != "" || r == nil || !d.plainCapture(&text, l.SKU) {
		return bareData
	}
	known, dataKnown := d.s.lotOf(d.w.Client, l.SKU, text.Lot) != nil, d.knownData(l.SKU, m)
	switch {
	case (known || d.m.Source == "typed") && !dataKnown:
		return bareText
	case err == nil && !stillWanted(m, h, r):
		return bareText
	case dataKnown && !known, err != nil, read.OfItem(m), !known && !slices.Contains(r.Capture, captureLot):
		return bareData
	}
	return bareEither
}

// stillWanted tells that GS1 data say something that is wanted of an article and not yet in
// the hand.
func stillWanted(m *gs1.Message, h *edge.Hand, r *edge.SKURecord) bool {
	has := func(keys ...string) bool {
		return slices.ContainsFunc(keys, func(k string) bool { _, ok := m.Value(k); return ok })
	}
	wants := func(what string) bool { return slices.Contains(r.Capture, what) }
	return has("10") || has("17", "15", "7003") && wants(captureExpiry) && h.Expiry == "" || has("21") && wants(captureSerial) && len(h.Serials) == 0
}

// knownData tells that GS1 data name a lot or a last day of which the site has some of
// an article.
func (d *decider) knownData(sku string, m *gs1.Message) bool {
	lot, _ := m.Value("10")
	day := ""
	if x, ok, err := m.Expiry(d.Now.In(zoneOf(d.Policy)), false); ok && err == nil {
		day = fmt.Sprintf("%04d-%02d-%02d", x.Year, x.Month, x.Day)
	}
	return slices.ContainsFunc(d.s.stockOf(d.w.Client, sku), func(k string) bool {
		r := d.s.stock.get(k)
		return lot != "" && r.Lot == lot || day != "" && r.Expiry == day
	})
}
