package edgetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// oracleDesks is what the oracle knows of the returns desks, the hospital and the
// shifts of people.
type oracleDesks struct {
	returns map[string]*oracleReturn
	hand    oracleHand
	kept    map[string]bool      // places of goods that came back: whether those may be sold again
	table   map[string]string    // box on a table -> work
	listed  map[string]string    // box that waits for the hospital -> why
	aside   map[string]bool      // of them, those that were put aside there
	cases   map[string]string    // open, without an owner -> kind
	shifts  map[string]time.Time // begun and not ended, by worker
	signed  map[string]bool      // badges of the day that ended with the site's shift
	handed  map[string]string    // work that waits for another -> who had it
}

type oracleReturn struct {
	told, came map[string]int // by line
	all        int            // pieces, those that nobody told too
	opened     bool
	closed     bool
}

// oracleHand is pieces that were graded and not put anywhere yet.
type oracleHand struct {
	scan, sku, place string
	quantity         int
}

func newOracleDesks() oracleDesks {
	return oracleDesks{returns: map[string]*oracleReturn{}, kept: map[string]bool{}, table: map[string]string{}, listed: map[string]string{},
		aside: map[string]bool{}, cases: map[string]string{}, shifts: map[string]time.Time{}, signed: map[string]bool{}, handed: map[string]string{}}
}

// comesBack holds that each piece that came back is graded once, lies where its
// grade belongs, and stands in the sum of its return.
func (o *Oracle) comesBack(e *oracleLine) {
	d, x := &e.Data, &o.desks
	if e.Scan != x.hand.scan {
		o.placed()
	}
	r := x.returns[d.Return]
	if r == nil && d.Return != "" {
		r = &oracleReturn{told: map[string]int{}, came: map[string]int{}}
		x.returns[d.Return] = r
	}
	switch e.Type {
	case "return.received", "return.opened":
		if e.Type == "return.opened" {
			if r.closed {
				o.fault("return %s is opened after it was closed", d.Return)
			}
			r.opened = true
		}
		for _, l := range d.Lines {
			r.told[l.Line] = l.Quantity
		}
	case "return.graded":
		o.graded(e, r)
	case "stock.moved":
		if d.Reason != "return" {
			return
		}
		place := d.To
		if place == "" {
			d.Quantity, place = -d.Quantity, d.Location
		}
		if x.hand.sku != d.SKU || x.hand.place != place || e.Scan != x.hand.scan {
			o.fault("%d of %s go to %s, in the hand are %d of %s for %s", d.Quantity, d.SKU, place, x.hand.quantity, x.hand.sku, x.hand.place)
		}
		x.hand.quantity -= d.Quantity
	case "return.closed":
		o.returned(e, r)
	}
}

func (o *Oracle) graded(e *oracleLine, r *oracleReturn) {
	d, x := &e.Data, &o.desks
	r.all += d.Quantity
	switch {
	case d.Grade == "" || d.Place == "" || d.SKU == "":
		o.fault("return %s: a piece without grade, place or article", d.Return)
	case r.all < 0:
		o.fault("return %s: more is taken back than came", d.Return)
	case r.closed:
		o.fault("return %s is graded after it was closed", d.Return)
	}
	if d.Line != "" {
		if r.came[d.Line] += d.Quantity; r.came[d.Line] < 0 || r.came[d.Line] > r.told[d.Line] {
			o.fault("return %s line %s: %d graded of %d", d.Return, d.Line, r.came[d.Line], r.told[d.Line])
		}
	}
	good := d.Grade == "good"
	if was, had := x.kept[d.Place]; had && was != good {
		o.fault("%s holds goods that may be sold again and goods that may not", d.Place)
	}
	x.kept[d.Place] = good
	x.hand.scan, x.hand.sku, x.hand.place = e.Scan, d.SKU, d.Place
	x.hand.quantity += d.Quantity
}

// placed wants nothing left in the hand of the message before.
func (o *Oracle) placed() {
	if h := &o.desks.hand; h.quantity != 0 {
		o.fault("%d of %s were graded and lie nowhere", h.quantity, h.sku)
	}
	o.desks.hand = oracleHand{}
}

func (o *Oracle) returned(e *oracleLine, r *oracleReturn) {
	d := &e.Data
	if r.closed {
		o.fault("return %s is closed twice", d.Return)
	}
	r.closed = true
	if d.Came != r.all {
		o.fault("return %s closed with %d pieces, %d came", d.Return, d.Came, r.all)
	}
	var missing []struct {
		Line     string
		Quantity int
	}
	if d.Missing != nil && json.Unmarshal(d.Missing, &missing) != nil {
		o.fault("return %s: its missing pieces are no list", d.Return)
	}
	gone := map[string]int{}
	for _, m := range missing {
		gone[m.Line] += m.Quantity
	}
	for line, n := range r.told {
		if r.came[line]+gone[line] != n {
			o.fault("return %s line %s: %d came and %d are missing of %d", d.Return, line, r.came[line], gone[line], n)
		}
	}
}

// hospital follows what a belt set aside until it goes on.
func (o *Oracle) hospital(e *oracleLine) {
	d, x := &e.Data, &o.desks
	switch e.Type {
	case "parcel.rejected":
		if d.Box != "" {
			x.listed[d.Box] = d.Reason
		}
	case "hospital.in":
		if at := x.table[d.Box]; at != "" {
			o.fault("box %s is taken by %s and lies before %s", d.Box, d.Work, at)
		}
		x.table[d.Box] = d.Work
	case "hospital.out":
		delete(x.table, d.Box)
		delete(x.listed, d.Box)
		if x.aside[d.Box] = d.Outcome == "aside"; x.aside[d.Box] {
			x.listed[d.Box] = d.Reason
		}
	case "step.confirmed":
		if d.Kind == "putDown" {
			o.cleared(d.Work)
		}
	case "work.left", "work.finished":
		o.cleared(d.Work)
		delete(x.handed, d.Work)
	case "work.moved":
		if who, waits := x.handed[d.Work]; waits && who != d.To {
			delete(x.handed, d.Work)
		}
	case "parcel.diverted":
		if !x.aside[d.Box] {
			delete(x.listed, d.Box)
		}
	case "box.loaded":
		if x.aside[d.Box] {
			o.fault("box %s is loaded and was put aside in the hospital", d.Box)
		}
		delete(x.listed, d.Box)
	case "hospital.unknown", "return.unknown":
		if d.Case == "" || d.Place == "" || d.Due.IsZero() {
			o.fault("a parcel of nobody's without case, place or a day to find its owner")
		}
		o.cleared(d.Work)
		x.cases[d.Case] = e.Type
	case "case.owned", "case.late", "case.closed":
		delete(x.cases, d.Case)
		if e.Type == "case.owned" && d.Owner == "" {
			x.cases[d.Case] = e.Type
		}
	}
}

// cleared takes what lay before a worker off the table.
func (o *Oracle) cleared(work string) {
	maps.DeleteFunc(o.desks.table, func(_, at string) bool { return at == work })
}

// shift follows people from their start check to their going home, or to the end of
// a badge of the day, which a lead signs.
func (o *Oracle) shift(e *oracleLine) {
	d, x := &e.Data, &o.desks
	site := string(d.Of) == `"site"`
	switch {
	case e.Type == "shift.started":
		if _, on := x.shifts[e.Worker]; on {
			o.fault("%s begins a shift and did not end the one before", e.Worker)
		}
		x.shifts[e.Worker] = e.At
	case e.Type == "shift.ended" && site: // badges of the day end with it
		maps.DeleteFunc(x.shifts, func(who string, _ time.Time) bool {
			guest := strings.HasPrefix(who, "tmp-")
			if guest {
				x.signed[who] = true
			}
			return guest
		})
	case e.Type == "shift.ended":
		since, began := x.shifts[e.Worker]
		switch {
		case !began && x.signed[e.Worker] && d.Minutes == 0: // asked to go home while a lead signed
			delete(x.signed, e.Worker)
		case !began:
			o.fault("%s goes home and never came", e.Worker)
		case d.Minutes != int(e.At.Sub(since)/time.Minute):
			o.fault("%s was here %s, the event says %d minutes", e.Worker, e.At.Sub(since), d.Minutes)
		}
		delete(x.shifts, e.Worker)
		if d.HandedOver != "" {
			x.handed[d.HandedOver] = e.Worker
		}
	}
}

// openDesks lists what people left open: returns, nobody's parcels without an owner,
// shifts, and work that was handed over and that nobody took.
func (o *Oracle) openDesks() (out []string) {
	o.placed()
	for id, r := range o.desks.returns {
		if r.opened && !r.closed {
			out = append(out, fmt.Sprintf("return %s was opened and not closed", id))
		}
	}
	for id, kind := range o.desks.cases {
		out = append(out, fmt.Sprintf("case %s (%s) has no owner", id, kind))
	}
	for work, who := range o.desks.handed {
		out = append(out, fmt.Sprintf("work %s was handed over by %s, and nobody took it", work, who))
	}
	return out
}

// OnShift are the people whose shift began and did not end.
func (o *Oracle) OnShift() []string { return slices.Sorted(maps.Keys(o.desks.shifts)) }

// Listed gives the boxes that wait for the hospital, and why. One whose order was
// cancelled is on its way back and not among them.
func (o *Oracle) Listed() map[string]string {
	out := map[string]string{}
	for box, why := range o.desks.listed {
		if b := o.boxes[box]; b != nil && (b.onTruck != "" || o.orders[b.order] != nil && o.orders[b.order].cancelled) {
			continue
		}
		out[box] = why
	}
	return out
}

// Waiting gives the returns that were announced or opened and are not closed.
func (o *Oracle) Waiting() (out []string) {
	for id, r := range o.desks.returns {
		if !r.closed {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}
