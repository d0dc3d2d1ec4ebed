package floor

import (
	"sort"

	"dcedge/edge"
	"dcedge/labels/waybill"
)

// numbers are the rules of the carriers' numbers: the site's, else the built-in
// ones.
func (v *View) numbers() *waybill.Rules {
	if v.Numbers != nil {
		return v.Numbers
	}
	return waybill.Standard()
}

// space names whose numbers a carrier's are: carriers of one space share them.
func (v *View) space(carrier string) string { return v.numbers().Space(v.format(carrier)) }

// format names the rule of a carrier's numbers.
func (v *View) format(carrier string) string {
	if c := v.Catalogue.Carrier(carrier); c != nil && c.Waybill.Format != "" {
		return c.Waybill.Format
	}
	return carrier
}

// number finds whose a number of a space is, also where this decision gives it out.
// Numbers that were given out before spaces were known stand under their carrier's
// id.
func (d *decider) number(space, number string) *edge.WaybillUse {
	twin := d.numbers().Twin(space, number)
	for i := range d.out.Events {
		switch w := d.out.Events[i].Data.(type) {
		case *edge.WaybillEvent:
			if d.out.Events[i].Type == edge.EvAssigned && d.space(w.Carrier) == space && d.sameNumber(space, w.Waybill, number) {
				return &edge.WaybillUse{Number: w.Waybill, Box: w.Box}
			}
		case *edge.ReconciledEvent: // of thousands: what is cheap comes first
			if w.Waybill != "" && (w.Waybill == number || w.Waybill == twin) && d.space(w.Carrier) == space {
				return &edge.WaybillUse{Number: w.Waybill, Box: w.Box}
			}
		}
	}
	if u := d.use(space, space, number); u != nil {
		return u
	}
	for under := range d.s.idx.carriers {
		if under != space && d.space(under) == space {
			if u := d.use(space, under, number); u != nil {
				return u
			}
		}
	}
	return nil
}

// use finds whose a plain number of a space is that stands under a name; what the
// paper shows and what its symbol holds are one number (waybill.Rules.Twin).
func (v *View) use(space, under, number string) *edge.WaybillUse {
	if u := v.State.Waybill(under, number); u != nil {
		return u
	}
	if twin := v.numbers().Twin(space, number); twin != "" {
		return v.State.Waybill(under, twin)
	}
	return nil
}

// sameNumber tells whether two plain numbers of a space are one.
func (d *decider) sameNumber(space, a, b string) bool {
	return a == b || a != "" && b != "" && d.numbers().Twin(space, a) == b
}

// readings lists a number as it was given, and as the carriers here write it.
func (d *decider) readings(number string) []string {
	out := []string{number, plain(number)}
	for _, c := range d.Catalogue.Carriers() {
		n := d.numbers().Normalize(d.space(c.ID), number)
		out = append(out, n)
		if twin := d.numbers().Twin(d.space(c.ID), n); twin != "" {
			out = append(out, twin)
		}
	}
	return out
}

// scanned finds whose a number is that was scanned, under a carrier's id or a space.
func (v *View) scanned(under, code string) *edge.WaybillUse {
	if u := v.State.Waybill(under, code); u != nil {
		return u
	}
	space := v.space(under)
	return v.use(space, under, v.numbers().Normalize(space, code))
}

// waybill finds the box whose number was scanned, the given carrier's first.
func (d *decider) waybill(carrier string) (*edge.WaybillUse, *edge.Box) {
	space := d.space(carrier)
	for _, first := range [...]string{space, carrier} {
		if u := d.scanned(first, d.code); u != nil {
			return u, d.s.Box(u.Box)
		}
	}
	for _, other := range d.s.spaces() {
		if u := d.scanned(other, d.code); u != nil {
			return u, d.s.Box(u.Box)
		}
	}
	return nil, nil
}

// spaces lists under which names numbers stand, sorted.
func (s *State) spaces() []string {
	out := make([]string, 0, len(s.idx.carriers))
	for c := range s.idx.carriers {
		out = append(out, c)
	}
	sort.Strings(out)
	return out
}

// AnyWaybill finds whose a number is, of whatever carrier; nil where no box has it.
func (v View) AnyWaybill(number string) *edge.WaybillUse {
	for _, under := range v.State.spaces() {
		if u := v.scanned(under, number); u != nil {
			return u
		}
	}
	return nil
}

// waybillKey is the key of a box's number.
func waybillKey(b *edge.Box, number string) string {
	if b.Space != "" {
		return WaybillKey(b.Space, number)
	}
	return WaybillKey(b.Carrier, number)
}

// forgetNumbers lets the numbers of a box that leaves the state go, those too
// that it had while it was another carrier's.
func (s *State) forgetNumbers(b *edge.Box) {
	if b.Waybill != "" {
		s.waybills.remove(waybillKey(b, b.Waybill))
	}
	for _, n := range b.Voided {
		for space := range s.idx.carriers {
			if key := WaybillKey(space, n); s.waybills.get(key) != nil && s.waybills.get(key).Box == b.ID {
				s.waybills.remove(key)
			}
		}
	}
}

// alike tells whether two formats make the same number of a serial: their
// numbers are alike but for the digits of the serial.
func (d *decider) alike(a, b string) bool {
	if a == b || d.numbers().Space(a) != d.numbers().Space(b) {
		return a == b
	}
	x, err := d.numbers().Number(a, 0)
	if err != nil {
		return false
	}
	y, err := d.numbers().Number(b, 0)
	return err == nil && x == y
}

// badRange says what is wrong with a range that no numbers can be made of; ""
// where nothing is.
func (d *decider) badRange(r *edge.WaybillRange) (edge.Code, string) {
	if d.Catalogue.Carrier(r.Carrier) == nil {
		return edge.FieldMissing, "carrier: not known here"
	}
	width := d.numbers().SerialWidth(d.format(r.Carrier))
	if width == 0 {
		return edge.FieldType, "carrier: no numbers can be made in its format"
	}
	most := uint64(1)
	for range min(width, 19) {
		most *= 10
	}
	switch {
	case r.FirstSerial >= most:
		return edge.FieldType, "firstSerial: more digits than the carrier's format"
	case r.Count == 0, r.Count > most-r.FirstSerial:
		return edge.FieldType, "count: beyond the carrier's format"
	}
	return "", ""
}

// badOwn tells whether an order brought a number that cannot be its carrier's.
func (d *decider) badOwn(r *edge.OrderRecord) bool {
	if r.Waybill == "" || d.Catalogue.Carrier(r.Carrier) == nil {
		return false
	}
	_, err := d.numbers().Check(d.space(r.Carrier), r.Waybill)
	e, ok := err.(*waybill.Error)
	return ok && (e.Code == waybill.CodeCheck || e.Code == waybill.CodeCountry || e.Code == waybill.CodeShape && d.numbers().Sure(d.space(r.Carrier)))
}
