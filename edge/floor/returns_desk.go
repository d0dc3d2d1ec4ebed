package floor

import (
	"slices"
	"strings"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

// gradeGood is the one grade whose goods may be sold again.
const gradeGood = "good"

// gradesOf lists the grades that a client gives.
func gradesOf(v View, client string) []string {
	if c := v.Catalogue.Client(client); c != nil && len(c.Grades) > 0 {
		return c.Grades
	}
	return []string{gradeGood, "defect", "wrongItem"}
}

// gradeCode begins the code of a grade on a card beside the desk.
const gradeCode = "GRADE-"

// returnNow tells what a returns desk is asked for: a parcel, each article in
// it, its grade, its place.
func returnNow(w *edge.Work) string {
	switch {
	case w.Task == "" && w.Met != nil:
		return stepShelf
	case w.Task == "":
		return stepParcel
	case w.Hand == nil:
		return stepItem
	case w.Hand.Grade == "":
		return stepGrade
	}
	return stepLocation
}

func (d *decider) scanReturn() {
	r := d.s.returnOf(d.w)
	place, isPlace := d.match("location")
	if r == nil {
		d.scanParcel(place, isPlace)
		return
	}
	m, ok, other := d.itemBack(r)
	grade, isGrade := strings.CutPrefix(d.code, gradeCode)
	switch step := returnNow(d.w); {
	case isGrade && step == stepGrade:
		d.grade(r, grade, "")
	case isPlace && step == stepLocation:
		d.place(r, place.ID)
	case ok && step != stepLocation:
		d.came(r, m)
	case other && step != stepLocation:
		m, _ = d.firstItem(m)
		d.notNamed(m.ID)
	case step == stepGrade && d.serialScan(r):
	default:
		d.refuseOther("")
	}
}

// scanParcel takes the next parcel, or the shelf for one that nobody announced.
func (d *decider) scanParcel(place catalogue.Match, isPlace bool) {
	switch {
	case isPlace && d.w.Met != nil:
		if d.shelve(edge.EvReturnUnknown, place.ID) && d.w.Mode == modeOne {
			d.finishWork(d.w, "")
		}
	case len(d.matches) > 0:
		d.refuseOther("")
	case !d.parcel(false):
		d.refuseOther("")
		d.verdict(edge.Unknown, edge.Says("return.notAnnounced"))
		d.refusedYet(edge.WhyUnknown)
	}
}

// leftOfSKU is how many pieces of an article a return still waits for, and
// whether it names it at all.
func leftOfSKU(r *edge.ReturnCase, sku string) (left int, named bool) {
	for _, l := range r.Lines {
		if l.SKU == sku {
			left, named = left+l.Quantity-l.Came, true
		}
	}
	return left, named
}

// came takes a piece out of the parcel.
func (d *decider) came(r *edge.ReturnCase, m catalogue.Match) {
	left, named := leftOfSKU(r, m.ID)
	have := 0
	if h := d.w.Hand; h != nil {
		if h.SKU != m.ID || h.Extra != "" {
			d.refuse(edge.Wrong, edge.Says("return.gradeFirst", edge.T("expected", h.SKU), edge.T("scanned", m.ID)), "item", m.ID)
			return
		}
		have = h.Quantity
	}
	switch {
	case !named && len(r.Lines) > 0:
		d.notNamed(m.ID)
	case named && have+m.Quantity > left:
		d.refuse(edge.Over, edge.Says("return.over", edge.T("scanned", m.ID), edge.N("remaining", left-have)), "item", m.ID)
		d.refusedYet(extraMore)
	default:
		extra := ""
		if !named {
			extra = extraNotNamed // of a box whose contents are not known any more
		}
		d.inHandBack(r, &edge.Hand{SKU: m.ID, Quantity: have + m.Quantity, Extra: extra})
	}
}

// notNamed refuses an article that the return does not name: a person may take
// it all the same.
func (d *decider) notNamed(sku string) {
	if h := d.w.Hand; h != nil {
		d.refuse(edge.Wrong, edge.Says("return.gradeFirst", edge.T("expected", h.SKU), edge.T("scanned", sku)), "item", sku)
		return
	}
	d.refuse(edge.Over, edge.Says("return.notNamed", edge.T("scanned", sku)), "item", sku)
	d.refusedYet(extraNotNamed)
}

// grade is grade {grade, reason?} of the pieces in hand.
func (d *decider) grade(r *edge.ReturnCase, grade, reason string) {
	if !slices.Contains(gradesOf(d.View, r.Client), grade) {
		d.refuse(edge.Unexpected, edge.Says("return.noGrade"), "act", "grade")
		return
	}
	h := *d.w.Hand
	if h.Grade = grade; reason != "" {
		h.Reason = reason
	}
	if grade == gradeGood {
		h.First = d.homeOf(r, h.SKU)
	}
	d.verdict(edge.OK, edge.Says("return.grade", edge.T("grade", grade)))
	d.event(edge.EvStep, r.Client, r.Order, &edge.StepConfirmed{Kind: stepCapture, Step: stepGrade, What: h.SKU, Work: d.w.ID, Hand: &h, Steps: true})
}

// homeOf is a place for an article that may be sold again: where some of it is
// known to lie, or where it was picked; "" where neither is known.
func (d *decider) homeOf(r *edge.ReturnCase, sku string) string {
	if at := d.elsewhere(r.Client, sku, "", nil); at != nil {
		return at.Location
	}
	for _, l := range r.Lines {
		if l.SKU == sku && l.Location != "" && d.useOf(l.Location) == "" {
			return l.Location
		}
	}
	if o := d.s.Order(r.Client, r.Order); o != nil {
		for _, l := range o.Lines {
			if l.SKU == sku && d.useOf(l.Location) == "" {
				return l.Location
			}
		}
	}
	return ""
}

// place books the pieces in hand where they lie now: what may be sold at its
// place or any other, the rest in quarantine.
func (d *decider) place(r *edge.ReturnCase, place string) {
	h, use := d.w.Hand, d.useOf(place)
	kept := d.Catalogue.Places(useQuarantine)
	expected := ""
	switch {
	case h.Grade == gradeGood && use != "":
		expected = h.First
	case h.Grade != gradeGood && len(kept) > 0 && use != useQuarantine:
		expected = kept[0]
	case h.Grade != gradeGood && use == useUnknown:
	default:
		d.placed(r, place)
		return
	}
	d.refuse(edge.Wrong, edge.Says("return.wrongPlace", edge.T("expected", expected), edge.T("scanned", place)), "location", place)
}

func (d *decider) placed(r *edge.ReturnCase, place string) {
	h := d.w.Hand
	e := edge.ReturnEvent{Return: r.ID, SKU: h.SKU, Grade: h.Grade, Reason: h.Reason, Place: place, Extra: h.Extra, Work: d.w.ID}
	left, serials := h.Quantity, h.Serials
	for i, l := range r.Lines {
		n := min(left, l.Quantity-l.Came)
		twin := slices.ContainsFunc(r.Lines[:i], func(x edge.ReturnLine) bool { return x.Line == l.Line }) // of a box that was opened before lines had names of their own
		if l.SKU != h.SKU || n <= 0 || h.Extra != "" || twin {
			continue
		}
		of := e
		of.Line, of.Quantity, of.Serials = l.Line, n, serials[:min(n, len(serials))]
		serials = serials[len(of.Serials):]
		d.event(edge.EvReturnGraded, r.Client, r.Order, &of)
		left -= n
	}
	if left > 0 {
		e.Quantity, e.Serials = left, serials
		d.event(edge.EvReturnGraded, r.Client, r.Order, &e)
	}
	d.event(edge.EvStockMoved, r.Client, r.Order, &edge.StockEvent{SKU: h.SKU, Quantity: h.Quantity, To: place, Reason: "return", Work: d.w.ID})
	d.verdict(edge.OK, edge.Says("return.placed", edge.T("location", place), edge.N("have", h.Quantity)))
	if missingOf(r) == h.Quantity && h.Extra == "" {
		d.verdict(edge.Done, edge.Says("return.all", edge.T("return", r.ID)))
	}
}

// missingOf is how many pieces of a return have not come.
func missingOf(r *edge.ReturnCase) int {
	n := 0
	for _, l := range r.Lines {
		n += l.Quantity - l.Came
	}
	return n
}

// missingList names the lines of a return of which something has not come, as
// far as an event has room for them.
func missingList(r *edge.ReturnCase) []edge.ReturnMissing {
	var out []edge.ReturnMissing
	room := missingRoom
	for _, l := range r.Lines {
		m := edge.ReturnMissing{Line: l.Line, SKU: l.SKU, Quantity: l.Quantity - l.Came}
		if m.Quantity <= 0 {
			continue
		}
		if room -= len(m.AppendJSON(nil)) + 1; room > 0 {
			out = append(out, m)
		}
	}
	return out
}

// cameOf is how many pieces of a return were graded.
func cameOf(r *edge.ReturnCase) int {
	n := 0
	for _, g := range r.Graded {
		n += g.Quantity
	}
	return n
}

// actReturn decides a button of a returns desk.
func (d *decider) actReturn() {
	r := d.s.returnOf(d.w)
	switch a := &d.m.Args; d.m.Action {
	case "leave":
		d.leave()
		if r != nil {
			d.turns(d.s.idx.returns, +1)
		}
		d.touchFlow(edge.Return)
		return
	case "confirm":
		d.confirmReturn(r)
		return
	case "grade":
		if returnNow(d.w) == stepGrade {
			d.grade(r, a.Grade, clip(a.Reason))
			return
		}
	case "quantity":
		if returnNow(d.w) == stepGrade {
			d.returnQuantity(r)
			return
		}
	case "undo":
		d.undoReturn(r)
		return
	case "close":
		if r != nil {
			d.closeReturn(r)
			return
		}
	}
	d.refuseAct()
}

// confirmReturn is a person's word: a parcel without a code that can be read, a
// piece that was refused, or one whose code cannot be read (text is the article).
func (d *decider) confirmReturn(r *edge.ReturnCase) {
	a, met := &d.m.Args, d.w.Met
	reason := clip(a.Reason)
	switch step := returnNow(d.w); {
	case reason == "":
		d.refuse(edge.Unexpected, edge.Says("confirm.reason"), "act", "confirm")
	case r == nil && step == stepParcel:
		d.unread(d.w.ID, step, reason)
	case r != nil && step == stepItem && met != nil && (a.Text == "" || a.Text == met.What):
		d.inHandBack(r, &edge.Hand{SKU: met.What, Quantity: 1, Reason: reason, Extra: met.Why})
	case r != nil && a.Text != "" && (step == stepItem || step == stepGrade && d.w.Hand.SKU == a.Text && d.w.Hand.Extra == ""):
		h := &edge.Hand{SKU: a.Text, Quantity: 1, Reason: reason}
		if d.w.Hand != nil {
			h.Quantity += d.w.Hand.Quantity
		}
		if left, _ := leftOfSKU(r, a.Text); h.Quantity > left {
			d.refuse(edge.Over, edge.Says("return.over", edge.T("scanned", a.Text), edge.N("remaining", 0)), "act", "confirm")
			return
		}
		d.inHandBack(r, h)
	default:
		d.refuseAct()
	}
}

// broughtBack is how many pieces of an article lie in the hand of those that a return
// still waits for, and whether their number may be typed: as at picking, but of what
// nobody announced each is scanned. nil: their number is not known.
func broughtBack(v View, r *edge.ReturnCase, h *edge.Hand) *edge.Quantity {
	left, named := leftOfSKU(r, h.SKU)
	if !named || h.Extra != "" {
		return nil
	}
	return &edge.Quantity{Have: h.Quantity, Want: left, Typing: typing(v, v.sku(r.Client, h.SKU), h.Quantity, left)}
}

// returnQuantity is quantity {n} of the pieces in hand.
func (d *decider) returnQuantity(r *edge.ReturnCase) {
	n, h := d.m.Args.N, *d.w.Hand
	q := broughtBack(d.View, r, &h)
	switch {
	case n == nil || *n < 0:
		d.refuse(edge.Unexpected, edge.Says("quantity.missing"), "act", "quantity")
	case q == nil || !q.Typing:
		d.refuse(edge.Unexpected, edge.Says("quantity.scanEach"), "act", "quantity")
	case *n > q.Want:
		d.refuse(edge.Over, edge.Says("return.over", edge.T("scanned", h.SKU), edge.N("remaining", q.Want-q.Have)), "item", h.SKU)
	case *n == 0:
		d.intoParcel(r)
	default:
		h.Quantity = *n
		d.inHandBack(r, &h)
	}
}

// intoParcel puts what is in hand back.
func (d *decider) intoParcel(r *edge.ReturnCase) {
	client, order := "", ""
	if r != nil {
		client, order = r.Client, r.Order
	}
	d.verdict(edge.OK, edge.Says("undo.done"))
	d.event(edge.EvStep, client, order, &edge.StepConfirmed{Kind: stepPutDown, Step: returnNow(d.w), Work: d.w.ID})
}

// closeReturn ends a return; pieces that did not come need a reason.
func (d *decider) closeReturn(r *edge.ReturnCase) {
	missing, reason := missingOf(r), clip(d.m.Args.Reason)
	switch {
	case d.w.Hand != nil:
		d.refuse(edge.Unexpected, edge.Says("return.inHand"), "act", "close")
		return
	case missing > 0 && reason == "":
		d.refuse(edge.Unexpected, edge.Says("return.left", edge.N("left", missing)), "act", "close")
		return
	}
	e := &edge.ReturnEvent{Return: r.ID, Reason: reason, Came: cameOf(r), Missing: missingList(r), Work: d.w.ID}
	d.verdict(edge.Done, edge.Says("return.done", edge.T("return", r.ID), edge.N("have", e.Came), edge.N("missing", missing)))
	d.event(edge.EvReturnClosed, r.Client, r.Order, e)
	if d.w.Mode == modeOne {
		d.finishWork(d.w, "")
	}
	d.touchFlow(edge.Return)
}
