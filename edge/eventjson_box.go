package edge

// AppendJSON implements Data.
func (d *BoxEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("box")
	w.b = AppendQuoted(w.b, d.Box)
	w.str("waybill", d.Waybill)
	w.str("attempt", d.Attempt)
	w.intIf("n", d.N)
	w.intIf("of", d.Of)
	if len(d.Items) > 0 {
		w.key("items")
		w.b = appendList(w.b, d.Items)
	}
	w.str("boxType", d.BoxType)
	w.str("station", d.Station)
	w.str("grams", d.Grams)
	w.intIf("expected", d.Expected)
	w.yes("ok", d.OK)
	w.strs("orders", d.Orders)
	if len(d.Materials) > 0 {
		w.key("materials")
		w.b = appendList(w.b, d.Materials)
	}
	w.intIf("tare", d.Tare)
	w.str("source", d.Source)
	w.yes("learned", d.Learned)
	return w.end()
}

// AppendJSON implements Data.
func (d *WaybillEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("box")
	w.b = AppendQuoted(w.b, d.Box)
	w.key("waybill")
	w.b = AppendQuoted(w.b, d.Waybill)
	w.str("attempt", d.Attempt)
	w.str("carrier", d.Carrier)
	w.str("lease", d.Lease)
	if d.Serial != 0 {
		w.uint("serial", d.Serial)
	}
	w.str("space", d.Space)
	w.str("reason", d.Reason)
	w.strs("orders", d.Orders)
	w.yes("correct", d.Correct)
	w.yes("told", d.Told)
	return w.end()
}

// AppendJSON implements Data.
func (d *LabelEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("attempt")
	w.b = AppendQuoted(w.b, d.Attempt)
	w.key("box")
	w.b = AppendQuoted(w.b, d.Box)
	w.key("waybill")
	w.b = AppendQuoted(w.b, d.Waybill)
	w.str("printer", d.Printer)
	w.intIf("copy", d.Copy)
	w.intIf("recipientVersion", d.RecipientVersion)
	w.str("hash", d.Hash)
	w.str("evidence", d.Evidence)
	w.str("error", d.Error)
	w.str("by", d.By)
	w.str("outcome", d.Outcome)
	w.str("reason", d.Reason)
	w.str("field", d.Field)
	w.str("template", d.Template)
	if d.Meter != nil {
		w.key("meter")
		w.b = d.Meter.AppendJSON(w.b)
	}
	return w.end()
}

// AppendJSON implements Data.
func (d *Missing) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("box")
	w.b = AppendQuoted(w.b, d.Box)
	w.str("lastSeen", d.LastSeen)
	w.time("since", d.Since)
	w.str("waybill", d.Waybill)
	w.str("container", d.Container)
	w.str("order", d.Order)
	w.str("why", d.Why)
	return w.end()
}

// AppendJSON implements Data.
func (d *TruckEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("truck")
	w.b = AppendQuoted(w.b, d.Truck)
	w.key("dock")
	w.b = AppendQuoted(w.b, d.Dock)
	w.key("carrier")
	w.b = AppendQuoted(w.b, d.Carrier)
	w.str("trip", d.Trip)
	w.time("departs", d.Departs)
	w.intIf("loaded", d.Loaded)
	if len(d.Missing) > 0 {
		w.key("missing")
		w.b = appendList(w.b, d.Missing)
	}
	w.intIf("extra", d.Extra)
	w.str("reason", d.Reason)
	w.strs("carriers", d.Carriers)
	w.str("route", d.Route)
	w.str("vehicle", d.Vehicle)
	w.strs("containers", d.Containers)
	w.time("collectBy", d.CollectBy)
	w.str("nextTrip", d.NextTrip)
	w.time("nextDeparts", d.NextDeparts)
	return w.end()
}

// AppendJSON implements Data.
func (d *BoxLoaded) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("box")
	w.b = AppendQuoted(w.b, d.Box)
	w.key("waybill")
	w.b = AppendQuoted(w.b, d.Waybill)
	w.str("attempt", d.Attempt)
	w.key("truck")
	w.b = AppendQuoted(w.b, d.Truck)
	w.str("container", d.Container)
	w.yes("extra", d.Extra)
	w.strs("orders", d.Orders)
	return w.end()
}

// AppendJSON implements Data.
func (d *StockKnown) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("location")
	w.b = AppendQuoted(w.b, d.Location)
	w.key("sku")
	w.b = AppendQuoted(w.b, d.SKU)
	w.str("lot", d.Lot)
	w.str("expiry", d.Expiry)
	w.int("quantity", d.Quantity)
	w.time("asOf", d.AsOf)
	return w.end()
}

// AppendJSON implements Data.
func (d *CarrierScanned) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("waybill")
	w.b = AppendQuoted(w.b, d.Waybill)
	w.key("scan")
	w.b = AppendQuoted(w.b, d.Scan)
	w.time("at", d.At)
	w.str("box", d.Box)
	w.str("truck", d.Truck)
	return w.end()
}

// AppendJSON implements Data.
func (d *StepConfirmed) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("kind")
	w.b = AppendQuoted(w.b, d.Kind)
	w.str("what", d.What)
	w.str("step", d.Step)
	w.str("work", d.Work)
	w.str("box", d.Box)
	w.str("attempt", d.Attempt)
	w.str("reason", d.Reason)
	if d.Hand != nil {
		w.key("hand")
		w.b = d.Hand.AppendJSON(w.b)
	}
	w.yes("steps", d.Steps)
	w.str("undoes", d.Undoes)
	w.str("flow", string(d.Flow))
	w.str("location", d.Location)
	w.str("sku", d.SKU)
	w.str("order", d.Order)
	w.str("station", d.Station)
	w.str("tote", d.Tote)
	w.str("task", d.Task)
	return w.end()
}

// AppendJSON implements Data.
func (d *Refused) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("code")
	w.b = AppendQuoted(w.b, string(d.Code))
	w.str("say", d.Say)
	w.str("step", d.Step)
	w.str("kind", d.Kind)
	w.str("what", d.What)
	w.intIf("length", d.Length)
	w.str("hash", d.Hash)
	w.str("work", d.Work)
	w.str("damage", d.Damage)
	w.str("location", d.Location)
	w.str("line", d.Line)
	w.str("why", d.Why)
	return w.end()
}

// AppendJSON implements Data.
func (d *DeviceState) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("device")
	w.b = AppendQuoted(w.b, d.Device)
	w.key("state")
	w.b = AppendQuoted(w.b, d.State)
	w.str("error", d.Error)
	return w.end()
}

// AppendJSON implements Data.
func (d *LeaseEvent) AppendJSON(b []byte) []byte {
	w := object(b)
	w.key("lease")
	w.b = AppendQuoted(w.b, d.Lease)
	w.key("carrier")
	w.b = AppendQuoted(w.b, d.Carrier)
	if d.FirstSerial != 0 {
		w.uint("firstSerial", d.FirstSerial)
	}
	if d.Count != 0 {
		w.uint("count", d.Count)
	}
	if d.Left != 0 {
		w.uint("left", d.Left)
	}
	if d.PerHour != 0 {
		w.uint("perHour", d.PerHour)
	}
	w.str("epoch", d.Epoch)
	return w.end()
}

// AppendJSON implements Data.
func (d *Checkpoint) AppendJSON(b []byte) []byte {
	w := object(b)
	w.uint("upTo", d.UpTo)
	w.key("hash")
	w.b = AppendQuoted(w.b, d.Hash)
	w.intIf("rules", d.Rules)
	return w.end()
}

// appendList writes a list of objects, [] for none.
func appendList[T any, P interface {
	*T
	Data
}](b []byte, list []T) []byte {
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = P(&list[i]).AppendJSON(b)
	}
	return append(b, ']')
}

func appendStrings(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendQuoted(b, s)
	}
	return append(b, ']')
}
