package web

import "dcedge/edge"

// appendTruck writes what a truck's loaders see of it.
func appendTruck(b []byte, t *edge.TruckView) []byte {
	w := begin(b)
	w.text("id", t.ID)
	w.text("dock", t.Dock)
	w.text("carrier", t.Carrier)
	w.textIf("trip", t.Trip)
	w.int("loaded", t.Loaded)
	w.int("left", t.Left)
	if len(t.Carriers) > 0 {
		w.texts("carriers", t.Carriers)
	}
	w.textIf("route", t.Route)
	w.textIf("vehicle", t.Vehicle)
	w.intIf("missingTotal", t.MissingTotal)
	w.boxes("missing", t.Missing)
	w.intIf("extraTotal", t.ExtraTotal)
	w.boxes("extra", t.Extra)
	w.boxes("recent", t.Recent)
	return w.end()
}

func (w *fields) boxes(k string, list []edge.Missing) {
	if len(list) == 0 {
		return
	}
	w.key(k)
	w.b = appendList(w.b, list, func(b []byte, m *edge.Missing) []byte { return m.AppendJSON(b) })
}

// appendOut writes what a page shows of a container, a return or a box in the
// hospital.
func appendOut(w *fields, sc *edge.Screen) {
	if c := sc.Container; c != nil {
		w.key("container")
		in := begin(w.b)
		in.text("id", c.ID)
		in.textIf("carrier", c.Carrier)
		in.textIf("trip", c.Trip)
		in.int("boxes", c.Boxes)
		w.b = in.end()
	}
	if r := sc.Return; r != nil {
		w.key("return")
		w.b = appendReturn(w.b, r)
	}
	if h := sc.Hospital; h != nil {
		w.key("hospital")
		in := begin(w.b)
		in.text("why", h.Why)
		in.text("todo", h.Todo)
		in.textIf("belt", h.Belt)
		in.textIf("order", h.Order)
		in.textIf("carrier", h.Carrier)
		in.textIf("reason", h.Reason)
		in.textIf("printer", h.Printer)
		in.textIf("lastSeen", h.LastSeen)
		in.timeIf("since", h.Since)
		in.textIf("truck", h.Truck)
		w.b = in.end()
	}
}

func appendReturn(b []byte, r *edge.ReturnView) []byte {
	w := begin(b)
	w.textIf("id", r.ID)
	w.textIf("order", r.Order)
	if len(r.Grades) > 0 {
		w.texts("grades", r.Grades)
	}
	if r.Hand != nil {
		w.key("hand")
		w.b = appendGraded(w.b, r.Hand)
	}
	if len(r.Graded) > 0 {
		w.key("graded")
		w.b = appendList(w.b, r.Graded, appendGraded)
	}
	w.int("came", r.Came)
	w.int("missing", r.Missing)
	w.textIf("met", r.Met)
	w.textIf("what", r.What)
	return w.end()
}

func appendGraded(b []byte, g *edge.GradedView) []byte {
	w := begin(b)
	w.text("sku", g.SKU)
	w.names("name", g.Name)
	w.names("variant", g.Variant)
	w.int("quantity", g.Quantity)
	w.textIf("grade", g.Grade)
	w.textIf("place", g.Place)
	w.textIf("extra", g.Extra)
	return w.end()
}
