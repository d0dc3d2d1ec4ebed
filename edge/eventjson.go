package edge

// The AppendJSON methods write what encoding/json would, without reflection and
// in the order of the fields; a property test holds the two together.

// AppendJSON implements Data.
func (d *OrderLine) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("line")
	w.b = AppendQuoted(w.b, d.Line)
	w.key("sku")
	w.b = AppendQuoted(w.b, d.SKU)
	w.int("quantity", d.Quantity)
	w.str("location", d.Location)
	w.str("zone", d.Zone)
	return w.end()
}

// AppendJSON implements Data.
func (d *Promise) AppendJSON(b []byte) []byte {
	w := object(b)
	w.str("type", d.Type)
	w.time("deliverBy", d.DeliverBy)
	return w.end()
}

// AppendJSON implements Data.
func (d *OrderReceived) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("lines")
	w.b = appendList(w.b, d.Lines)
	w.key("carrier")
	w.b = AppendQuoted(w.b, d.Carrier)
	w.str("service", d.Service)
	w.time("cutoff", d.Cutoff)
	w.intIf("priority", d.Priority)
	if d.Promise != nil {
		w.key("promise")
		w.b = d.Promise.AppendJSON(w.b)
	}
	w.str("recipientRef", d.RecipientRef)
	w.intIf("recipientVersion", d.RecipientVersion)
	w.time("orderedAt", d.OrderedAt)
	w.str("waybill", d.Waybill)
	w.intIf("rev", int(d.Rev))
	w.str("hash", d.Hash)
	w.strs("missing", d.Missing)
	w.str("shortPolicy", d.ShortPolicy)
	w.intIf("waitMinutes", d.WaitMinutes)
	if len(d.Extras) > 0 {
		w.key("extras")
		w.b = appendList(w.b, d.Extras)
	}
	w.str("sortCode", d.SortCode)
	w.str("consolidate", d.Consolidate)
	w.str("together", d.Together)
	w.str("like", d.Like)
	w.str("route", d.Route)
	return w.end()
}

// AppendJSON implements Data.
func (d *OrderChanged) AppendJSON(b []byte) []byte {
	w := object(b)
	w.str("change", d.Change)
	w.str("kind", d.Kind)
	w.intIf("changeRev", int(d.ChangeRev))
	w.str("step", d.Step)
	w.str("truck", d.Truck)
	w.str("reason", d.Reason)
	if len(d.Lines) > 0 {
		w.key("lines")
		w.b = appendList(w.b, d.Lines)
	}
	w.str("carrier", d.Carrier)
	w.str("service", d.Service)
	w.time("cutoff", d.Cutoff)
	if d.Priority != nil {
		w.int("priority", *d.Priority)
	}
	if d.Promise != nil {
		w.key("promise")
		w.b = d.Promise.AppendJSON(w.b)
	}
	w.str("held", d.Held)
	w.yes("released", d.Released)
	w.yes("cancelled", d.Cancelled)
	w.str("recipientRef", d.RecipientRef)
	w.intIf("recipientVersion", d.RecipientVersion)
	w.str("waybill", d.Waybill)
	w.intIf("rev", int(d.Rev))
	w.str("hash", d.Hash)
	w.yes("noEffect", d.NoEffect)
	w.str("shortPolicy", d.ShortPolicy)
	w.intIf("waitMinutes", d.WaitMinutes)
	if len(d.Extras) > 0 {
		w.key("extras")
		w.b = appendList(w.b, d.Extras)
	}
	w.time("until", d.Until)
	w.str("route", d.Route)
	w.yes("repick", d.Repick)
	w.yes("picked", d.Picked)
	w.yes("replace", d.Replace)
	w.str("sortCode", d.SortCode)
	w.yes("less", d.Less)
	w.str("of", d.Of)
	w.str("consolidate", d.Consolidate)
	w.str("together", d.Together)
	w.str("like", d.Like)
	w.yes("alone", d.Alone)
	w.yes("apart", d.Apart)
	w.yes("whole", d.Whole)
	return w.end()
}

// AppendJSON implements Data.
func (d *OrderRisk) AppendJSON(b []byte) []byte {
	w := object(b)
	w.time("cutoff", d.Cutoff)
	w.time("projected", d.Projected)
	w.str("cause", d.Cause)
	return w.end()
}

// AppendJSON implements Data.
func (d *WorkEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("work")
	w.b = AppendQuoted(w.b, d.Work)
	w.key("flow")
	w.b = AppendQuoted(w.b, string(d.Flow))
	w.str("mode", d.Mode)
	w.strs("orders", d.Orders)
	w.strs("totes", d.Totes)
	w.str("station", d.Station)
	w.str("truck", d.Truck)
	w.str("to", d.To)
	w.str("reason", d.Reason)
	w.str("task", d.Task)
	w.str("box", d.Box)
	w.str("list", d.List)
	w.str("zone", d.Zone)
	w.str("next", d.Next)
	w.yes("fetch", d.Fetch)
	return w.end()
}

// AppendJSON implements Data.
func (d *ToteEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("tote")
	w.b = AppendQuoted(w.b, d.Tote)
	w.str("wave", d.Wave)
	w.str("slot", d.Slot)
	w.str("work", d.Work)
	return w.end()
}

// AppendJSON implements Data.
func (d *LocationConfirmed) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("location")
	w.b = AppendQuoted(w.b, d.Location)
	w.str("work", d.Work)
	w.yes("typed", d.Typed)
	return w.end()
}

// AppendJSON implements Data.
func (d *PickEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("line")
	w.b = AppendQuoted(w.b, d.Line)
	w.key("sku")
	w.b = AppendQuoted(w.b, d.SKU)
	w.intIf("quantity", d.Quantity)
	w.str("location", d.Location)
	w.str("tote", d.Tote)
	w.str("lot", d.Lot)
	w.str("expiry", d.Expiry)
	w.strs("serials", d.Serials)
	if d.Found != nil {
		w.int("found", *d.Found)
	}
	w.intIf("missing", d.Missing)
	w.str("reason", d.Reason)
	w.str("work", d.Work)
	w.str("undoes", d.Undoes)
	w.yes("unconfirmed", d.Unconfirmed)
	w.yes("agreed", d.Agreed)
	w.yes("joint", d.Joint)
	w.intIf("put", d.Put)
	return w.end()
}

// AppendJSON implements Data.
func (d *PackStarted) AppendJSON(b []byte) []byte {
	w := object(b)
	w.str("work", d.Work)
	w.key("station")
	w.b = AppendQuoted(w.b, d.Station)
	w.key("tote")
	w.b = AppendQuoted(w.b, d.Tote)
	w.strs("orders", d.Orders)
	return w.end()
}

// AppendJSON implements Data.
func (d *PackItem) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("line")
	w.b = AppendQuoted(w.b, d.Line)
	w.key("sku")
	w.b = AppendQuoted(w.b, d.SKU)
	w.int("quantity", d.Quantity)
	w.key("box")
	w.b = AppendQuoted(w.b, d.Box)
	w.str("work", d.Work)
	w.str("undoes", d.Undoes)
	w.str("reason", d.Reason)
	w.yes("joint", d.Joint)
	return w.end()
}

// AppendJSON implements Data.
func (d *BoxItem) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("line")
	w.b = AppendQuoted(w.b, d.Line)
	w.key("sku")
	w.b = AppendQuoted(w.b, d.SKU)
	w.int("quantity", d.Quantity)
	w.str("order", d.Order)
	return w.end()
}
