package reference

import (
	"strings"

	"dcedge/edge"
)

// catalogueRecord reads a record of the catalogue. Of one that is gone only the
// id is read.
func catalogueRecord(kind string, f *fields, r *record) any {
	id := f.id("id")
	switch kind {
	case "client":
		return client(id, f, r.gone)
	case "worker":
		return worker(id, f, r)
	case "sku":
		return sku(id, f, r.gone)
	case "location":
		return &edge.LocationRecord{ID: id, Barcode: f.id("barcode"), Zone: f.id("zone"), Sequence: f.count("sequence", 0), Mixed: f.flag("mixed"),
			Aisle: f.id("aisle"), Reserve: f.flag("reserve"), Use: f.oneOf("use", "quarantine", "unknown")}
	case "tote":
		return &edge.ToteRecord{ID: id}
	case "toteRange":
		return toteRange(id, f, r.gone)
	case "cell":
		return &edge.CellRecord{ID: id, Barcode: f.id("barcode"), Wall: f.id("wall")}
	case "dock":
		return &edge.DockRecord{ID: id, Barcode: f.id("barcode"), Carrier: f.id("carrier"), Carriers: f.ids("carriers", 16)}
	case "container":
		return &edge.ContainerRecord{ID: id, Barcode: f.id("barcode"), Carrier: f.id("carrier")}
	case "containerRange":
		return containerRange(id, f, r.gone)
	case "boxType":
		return boxType(id, f)
	case "carrier":
		return carrier(id, f)
	case "trip":
		return trip(id, f, r.gone)
	case "lane":
		return lane(id, f, r.gone)
	}
	return otherRecord(kind, id, f)
}

func otherRecord(kind, id string, f *fields) any {
	switch kind {
	case "calendar":
		carrier, date := f.needID("carrier"), f.date("date")
		f.need("date", date != "")
		o := other(kind, carrier+"/"+date, f, "carrier", "date")
		if f.flag("closed") {
			o.Raw = append(o.Raw[:len(o.Raw)-1], `,"closed":true}`...)
		}
		return o
	case "claim":
		f.instant("at")
		return other(kind, id, f, "waybill", "line", "type", "at")
	}
	event := f.needInner("event") // notifyReceipt
	if event == nil {
		return nil
	}
	epoch, seq := event.needID("epoch"), event.whole("seq", 1, 1<<62)
	event.need("seq", seq != nil)
	channel := f.needID("channel")
	f.instant("at")
	f.str("outcome", maxText)
	if f.failed() {
		return nil
	}
	return other(kind, epoch+"/"+event.v.get("seq").str+"/"+channel, f, "channel", "outcome", "at")
}

func client(id string, f *fields, gone bool) any {
	c := &edge.ClientRecord{ID: id, Name: f.languages("name"),
		ShipConfirmAt: f.oneOf("shipConfirmAt", edge.AtPacked, edge.AtLoaded, edge.AtTruckClosed, edge.AtCollected),
		ShortPolicy:   f.oneOf("shortPolicy", "hold", "partShip", "cancelLine", "wait"), WaitMinutes: f.count("waitMinutes", 0),
		GoodsText: f.str("goodsText", maxID), Template: f.id("template"),
		PackingSlip: f.oneOf("packingSlip", "ko", "ja", "en"), Grades: f.ids("grades", 16)}
	c.Print = f.oneOf("print", "first", "last")
	c.DuplicateHours, c.WeightPercent, c.WeightGrams = f.number("duplicateHours", 48), f.number("weightPercent", 100), f.number("weightGrams", 10_000)
	if s := f.inner("sender"); s != nil && !gone {
		c.Sender = &edge.Sender{Name: s.str("name", maxText), Phone: s.str("phone", maxID), Postcode: s.str("postcode", maxID), Address: s.str("address", maxText)}
	}
	return c
}

func worker(id string, f *fields, r *record) any {
	w := &edge.WorkerRecord{ID: id, Badge: f.id("badge"), Language: f.id("language")}
	f.need("badge", r.gone || w.Badge != "")
	for _, role := range f.some("roles", 16, string(edge.Picker), string(edge.Packer), string(edge.Loader), string(edge.Returns),
		string(edge.Lead), string(edge.Admin), string(edge.Auditor)) {
		w.Roles = append(w.Roles, edge.Role(role))
	}
	name := f.str("name", maxText)
	if name != "" && !r.gone {
		r.personal = &edge.Personal{WorkerName: name}
	}
	r.pinHash = f.str("pinHash", maxText)
	if r.pinHash != "" && !strings.HasPrefix(r.pinHash, "$argon2id$") {
		f.fail(edge.FieldType, "pinHash")
	}
	return w
}

func sku(id string, f *fields, gone bool) any {
	s := &edge.SKURecord{Client: f.client(), ID: id, Name: f.languages("name"), Variant: f.languages("variant"),
		WeightGrams: f.count("weightGrams", 0), Capture: f.ids("capture", 16), Count: f.id("count"), Temperature: f.id("temperature")}
	if gone {
		return s
	}
	s.SizeMM = size(f)
	f.objects("barcodes", 1000, func(in *fields) {
		s.Barcodes = append(s.Barcodes, edge.Barcode{Code: in.needID("code"), Quantity: in.count("quantity", 1)})
	})
	return s
}

func toteRange(id string, f *fields, gone bool) any {
	t := &edge.ToteRange{ID: id, First: f.id("first"), Last: f.id("last")}
	run(f, t.First, t.Last, gone)
	return t
}

func containerRange(id string, f *fields, gone bool) any {
	c := &edge.ContainerRange{ID: id, First: f.id("first"), Last: f.id("last"), Carrier: f.id("carrier")}
	run(f, c.First, c.Last, gone)
	return c
}

// run wants two codes of the same prefix and as many digits.
func run(f *fields, first, last string, gone bool) {
	if gone {
		return
	}
	f.need("first", first != "")
	f.need("last", last != "")
	if strings.TrimRight(first, "0123456789") != strings.TrimRight(last, "0123456789") || len(first) != len(last) || last < first {
		f.fail(edge.FieldType, "last")
	}
}

func boxType(id string, f *fields) any {
	return &edge.BoxTypeRecord{ID: id, Barcode: f.id("barcode"), Name: f.languages("name"), TareGrams: f.count("tareGrams", 0),
		MaxGrams: f.count("maxGrams", 0), SizeMM: size(f)}
}

// size reads three sides in millimetres, or none.
func size(f *fields) []int {
	var mm []int
	f.list("sizeMm", number, 3, func(_ int, v *value) {
		in := newFields(&value{kind: object, names: []string{"n"}, items: []value{*v}})
		n := in.whole("n", 1, 100_000)
		if n == nil {
			f.fail(edge.FieldType, "sizeMm")
			return
		}
		mm = append(mm, int(*n))
	})
	if n := len(mm); n != 0 && n != 3 {
		f.fail(edge.FieldType, "sizeMm")
	}
	return mm
}

func carrier(id string, f *fields) any {
	c := &edge.CarrierRecord{ID: id, Name: f.languages("name"), Template: f.id("template"), Cutoffs: f.ids("cutoffs", 48)}
	for _, s := range c.Cutoffs {
		if _, ok := clock(s); !ok {
			f.fail(edge.FieldType, "cutoffs")
		}
	}
	if w := f.inner("waybill"); w != nil {
		c.Waybill = edge.WaybillFormat{Format: w.id("format"), Symbology: w.id("symbology")}
	}
	return c
}

func trip(id string, f *fields, gone bool) any {
	t := &edge.TripRecord{ID: id, Carrier: f.id("carrier"), Dock: f.id("dock"), Departs: f.clock("departs"), Days: f.some("days", 7, "mon", "tue", "wed", "thu", "fri", "sat", "sun"), Route: f.id("route")}
	f.need("carrier", gone || t.Carrier != "")
	return t
}

// lane reads what a lane takes from a time on. Without a carrier it is closed.
func lane(id string, f *fields, gone bool) any {
	t := edge.LaneTime{Client: f.id("client"), Carrier: f.id("carrier"), Hub: f.id("hub"), Trip: f.id("trip"), From: f.instant("from")}
	if gone {
		return &edge.LaneRecord{ID: id}
	}
	if id == edge.HospitalLane {
		f.fail(edge.FieldType, "id")
	}
	return &edge.LaneRecord{ID: id, Plan: []edge.LaneTime{t}}
}
