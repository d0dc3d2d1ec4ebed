package reference

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"

	"dcedge/edge"
)

// orderedRecord reads a record that is ordered with the scans.
func (rd *reader) orderedRecord(kind string, f *fields, r *record) any {
	id := f.id("id")
	switch kind {
	case "order":
		return rd.order(id, f, r)
	case "orderChange":
		return rd.orderChange(id, f, r)
	case "return":
		out := &edge.ReturnRecord{ID: id, Client: f.client(), Order: f.id("order"), Waybill: f.id("waybill"), Originals: f.ids("originalWaybills", 50),
			Reason: f.reason(), RequestedAt: f.instant("requestedAt"), Lines: lines(f)}
		out.Hash = digest(out)
		return out
	case "waybillRange":
		out := &edge.WaybillRange{ID: id, Carrier: f.needID("carrier"), Client: f.client(),
			FirstSerial: f.serial("firstSerial"), Count: uint64(f.count("count", 1)), Epoch: f.needID("epoch")}
		f.need("count", out.Count > 0)
		return out
	case "stock":
		quantity := f.whole("quantity", 0, maxCount)
		f.need("quantity", quantity != nil)
		out := &edge.StockRecord{Client: f.client(), StockKnown: edge.StockKnown{Location: f.needID("location"), SKU: f.needID("sku"),
			Lot: f.id("lot"), Expiry: f.date("expiry"), AsOf: f.instant("asOf")}}
		if quantity != nil {
			out.Quantity = int(*quantity)
		}
		return out
	case "pickList":
		out := &edge.PickList{Client: f.client(), PickListReceived: edge.PickListReceived{PickList: id, Orders: f.ids("orders", 10_000),
			Mode: f.id("mode"), ReleaseAt: f.instant("releaseAt")}}
		f.need("orders", len(out.Orders) > 0)
		return out
	}
	return &edge.CarrierScan{Client: f.client(), CarrierScanned: edge.CarrierScanned{Waybill: f.needID("waybill"), Scan: f.needID("scan"), At: f.instant("at")}}
}

func (rd *reader) order(id string, f *fields, r *record) any {
	o := &edge.OrderRecord{ID: id, Client: f.client(), Rev: r.rev, Gone: r.gone}
	if r.gone {
		return o
	}
	o.OrderedAt = f.instant("orderedAt")
	o.Carrier, o.Service, o.Waybill, o.Route = f.needID("carrier"), f.id("service"), f.id("waybill"), f.id("route")
	if n := f.whole("priority", -maxCount, maxCount); n != nil {
		o.Priority = int(*n)
	}
	base := o.OrderedAt
	if base.IsZero() {
		base = rd.now()
	}
	o.Cutoff = f.cutoff("cutoff", rd.zone, base)
	if p := f.inner("promise"); p != nil {
		o.Promise = &edge.Promise{Type: p.id("type"), DeliverBy: p.instant("deliverBy")}
	}
	o.ShortPolicy, o.WaitMinutes = f.oneOf("shortPolicy", "hold", "partShip", "cancelLine", "wait"), f.count("waitMinutes", 0)
	f.objects("extras", 20, func(in *fields) {
		o.Extras = append(o.Extras, edge.Extra{Kind: in.needID("kind"), SKU: in.id("sku"), OnMissing: in.oneOf("onMissing", "skip", "hold")})
	})
	o.Lines = lines(f)
	r.personal = personal(f)
	o.SortCode = sortCode(r.personal)
	if f.failed() {
		return nil
	}
	content := *o
	content.Rev = nil
	r.base = digest(&content)
	// the event of the order must fit into a line
	if data := (&edge.OrderReceived{Lines: o.Lines}).AppendJSON(nil); len(data) > edge.MaxLine-4<<10 {
		f.fail(edge.Malformed, "lines: more than one event holds")
	}
	return o
}

// digest is a hash of a record's content.
func digest(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // records of package edge always encode; "" equals nothing that was accepted
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}

// lines reads the lines of an order or a return; a line without an id is named
// by its place, from 1.
func lines(f *fields) []edge.OrderLine {
	var out []edge.OrderLine
	seen := map[string]bool{}
	there := f.objects("lines", 10_000, func(in *fields) {
		l := edge.OrderLine{Line: in.id("id"), SKU: in.needID("sku"), Quantity: in.count("quantity", 1), Location: in.id("location")}
		in.need("quantity", l.Quantity > 0)
		if l.Line == "" {
			l.Line = strconv.Itoa(len(out) + 1)
		}
		if seen[l.Line] {
			in.fail(edge.FieldType, "id")
		}
		seen[l.Line] = true
		out = append(out, l)
	})
	f.need("lines", there && len(out) > 0)
	return out
}

// personal reads recipient and routing; nil: the record brings neither.
func personal(f *fields) *edge.Personal {
	p := &edge.Personal{}
	if in := f.inner("recipient"); in != nil {
		p.Recipient = &edge.Recipient{Name: in.str("name", maxText), Phone: in.str("phone", maxID), SafeNumber: in.str("safeNumber", maxID),
			Postcode: in.str("postcode", maxID), Address: in.str("address", maxText), AddressDetail: in.str("addressDetail", maxText),
			Entrance: in.str("entrance", maxText), Message: in.str("message", maxText)}
	}
	if in := f.inner("routing"); in != nil {
		p.Routing = &edge.Routing{SortCode: in.str("sortCode", maxID), SubCode: in.str("subCode", maxID), Branch: in.str("branch", maxText),
			Zone: in.str("zone", maxID), AddressShort: in.str("addressShort", maxText), Version: in.str("version", maxID)}
	}
	if p.Recipient == nil && p.Routing == nil {
		return nil
	}
	return p
}

// sortCode is what the lane plan asks for of a routing. It names a terminal of
// the carrier, no person.
func sortCode(p *edge.Personal) string {
	if p == nil || p.Routing == nil {
		return ""
	}
	return p.Routing.SortCode
}

func (rd *reader) orderChange(id string, f *fields, r *record) any {
	c := &edge.OrderChange{ID: id, Order: f.needID("order"), Client: f.client(), Reason: f.reason()}
	f.need("rev", r.rev != nil)
	if r.rev != nil {
		c.Rev = *r.rev
	}
	c.Change = f.oneOf("change", changeKinds()...)
	f.need("change", c.Change != "")
	c.Line, c.Carrier, c.Service, c.Route = f.id("line"), f.id("carrier"), f.id("service"), f.id("route")
	if n := f.whole("quantity", 0, maxCount); n != nil {
		q := int(*n)
		c.Quantity = &q
	}
	if n := f.whole("priority", -maxCount, maxCount); n != nil {
		p := int(*n)
		c.Priority = &p
	}
	p := personal(f)
	if c.Change == "hold" && c.Reason == "" {
		c.Reason = "wms" // who holds it is all that is known
	}
	switch c.Change {
	case "cancelLine":
		f.need("line", c.Line != "")
	case "reduceLine":
		f.need("line", c.Line != "")
		f.need("quantity", c.Quantity != nil)
	case "recarrier":
		f.need("carrier", c.Carrier != "")
	case "priority":
		f.need("priority", c.Priority != nil)
	case "readdress":
		f.need("recipient", p != nil && p.Recipient != nil && f.asks == nil)
		r.personal = p
		c.Routed, c.SortCode = p != nil && p.Routing != nil, sortCode(p)
	}
	return c
}

// whose tells whose recipient a record brings.
func (r *record) whose() (client, order string) {
	switch b := r.body.(type) {
	case *edge.OrderRecord:
		return b.Client, b.ID
	case *edge.OrderChange:
		return b.Client, b.Order
	}
	panic(fmt.Sprintf("reference: %T has no recipient", r.body))
}
