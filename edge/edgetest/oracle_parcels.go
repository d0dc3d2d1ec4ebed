package edgetest

// boxed follows what a desk does with a box.
func (o *Oracle) boxed(e *oracleLine) {
	d := &e.Data
	switch e.Type {
	case "box.closed":
		b := o.box(d.Box, e.Order)
		b.closed = true
		held := 0
		for _, it := range d.Items {
			of := it.Order
			if of == "" {
				of = e.Order
			}
			held += it.Quantity
			if n := b.items[[2]string{of, it.Line}]; n != it.Quantity {
				o.fault("box %s closed with %d of line %s, %d were packed", d.Box, it.Quantity, it.Line, n)
			}
		}
		if held != b.pieces("") {
			o.fault("box %s closed with %d pieces, %d were packed", d.Box, held, b.pieces(""))
		}
	case "box.reopened":
		b := o.box(d.Box, e.Order)
		b.closed, b.bound = false, false
	case "box.dropped":
		if b := o.box(d.Box, e.Order); b.pieces("") != 0 || b.live != "" {
			o.fault("box %s dropped with %d pieces and number %q", d.Box, b.pieces(""), b.live)
		}
	}
}

// parcels follows numbers and trucks.
func (o *Oracle) parcels(e *oracleLine) {
	d := &e.Data
	switch e.Type {
	case "waybill.assigned":
		b := o.box(d.Box, e.Order)
		if at, had := o.owner[d.Waybill]; had && at != d.Box {
			o.fault("waybill %s on boxes %s and %s (I3)", d.Waybill, at, d.Box)
		}
		if b.live != "" && b.live != d.Waybill {
			o.fault("box %s gets %s while %s lives (I3)", d.Box, d.Waybill, b.live)
		}
		o.owner[d.Waybill], b.live = d.Box, d.Waybill
	case "waybill.burnt":
		if o.owner[d.Waybill] != d.Box || d.Box == "" || o.boxes[d.Box].order != e.Order {
			o.fault("waybill %s burnt for box %q, it is on %q (I3)", d.Waybill, d.Box, o.owner[d.Waybill])
		}
	case "waybill.voided":
		b := o.box(d.Box, e.Order)
		if b.live != d.Waybill {
			o.fault("box %s: %s voided, %s lives", d.Box, d.Waybill, b.live)
		}
		b.live, b.bound = "", false
		o.renumbers++
		b.grants++
	case "waybill.bound":
		b := o.box(d.Box, e.Order)
		if !b.closed || b.live != d.Waybill {
			o.fault("box %s bound to %s: closed %v, live %q (I3)", d.Box, d.Waybill, b.closed, b.live)
		}
		b.bound = true
	case "box.loaded":
		b := o.box(d.Box, e.Order)
		if !b.bound || b.onTruck != "" || b.live != d.Waybill {
			o.fault("box %s loaded: bound %v, on truck %q, live %q, scanned %q", d.Box, b.bound, b.onTruck, b.live, d.Waybill)
		}
		for k, n := range b.items {
			if n > 0 && o.order(k[0]).cancelled {
				o.fault("box %s with goods of cancelled order %s loaded", d.Box, k[0])
			}
		}
		b.onTruck = d.Truck
	case "box.unloaded":
		o.box(d.Box, e.Order).onTruck = ""
	case "truck.closed":
		if o.closed[d.Truck] {
			o.fault("truck %s closed twice", d.Truck)
		}
		o.closed[d.Truck] = true
	}
}
