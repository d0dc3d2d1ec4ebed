package floor

import (
	"slices"

	"dcedge/edge"
)

// packPlace is where a packer stands.
type packPlace struct {
	step   string
	order  *edge.Order   // that the step is about: cancelled, held, to be taken out; else the first
	orders []*edge.Order // that go into one box; none before a tote is open
	box    *edge.Box     // the open box, or the one whose label is being made

	boxType string // of the open box
	closing bool   // the box is to be closed although something is left
	passed  bool   // a lead said yes to its weight
}

// first gives the order that the box is booked under; nil: none is open.
func (p *packPlace) first() *edge.Order {
	if len(p.orders) == 0 {
		return nil
	}
	return p.orders[0]
}

// carrier names whose numbers the step is about.
func (p *packPlace) carrier() string {
	if p.box != nil {
		return p.box.Carrier
	}
	if o := p.first(); o != nil {
		return o.Carrier
	}
	return ""
}

// ordersOf gives the orders of a work in hand.
func (s *State) ordersOf(w *edge.Work) []*edge.Order {
	if len(w.Orders) == 0 {
		return nil
	}
	out := make([]*edge.Order, 0, len(w.Orders))
	for _, id := range w.Orders {
		if o := s.Order(w.Client, id); o != nil {
			out = append(out, o)
		}
	}
	return out
}

// packNow tells what a packer is asked for.
func packNow(v View, w *edge.Work) packPlace {
	p := packPlace{orders: v.State.ordersOf(w), boxType: w.BoxType, closing: w.Step == stepClosing || w.Step == stepWeight, passed: w.Step == stepOverride}
	switch p.order = p.first(); {
	case p.order == nil && w.Mode == modeSingle:
		p.step = stepItem
		return p
	case p.order == nil:
		p.step = stepTote
		return p
	}
	p.box = v.State.Box(w.Box)
	for _, stop := range []struct {
		step string
		at   func(*edge.Order) bool
	}{
		{stepCancelled, func(o *edge.Order) bool { return o.Stage == edge.StageCancelled }},
		{stepCancelled, func(o *edge.Order) bool { return len(v.State.comesOut(p.box, o)) > 0 }},
		{stepHeld, func(o *edge.Order) bool { return o.Held != "" }},
		{stepTakeOut, func(o *edge.Order) bool { return o.Apart }},
	} {
		if i := slices.IndexFunc(p.orders, stop.at); i >= 0 {
			p.step, p.order = stop.step, p.orders[i]
			return p
		}
	}
	switch {
	case p.box != nil && p.box.Closed:
		p.step = labelStep(v.State, p.box)
	case len(missingTotes(w, p.orders)) > 0:
		p.step = stepTote
	default:
		p.step = p.ask(v, w.Station)
	}
	return p
}

// ask tells what an open box still waits for; stepClose is nothing.
func (p *packPlace) ask(v View, station string) string {
	left := toPack(p.orders...)
	st, _ := v.Policy.Station(station)
	switch {
	case left > 0 && !p.closing:
		return stepItem
	case p.box == nil || len(p.box.Items) == 0:
		return stepClose
	case left == 0 && p.nextExtra() != nil:
		return stepInsert
	case p.boxType == "" && needsType(v):
		return stepBoxType
	case st.Scale != "" && !p.passed && p.box.Grams == "":
		return stepWeight
	}
	return stepClose
}

// missingTotes lists the orders' totes that were not yet scanned at the desk.
func missingTotes(w *edge.Work, orders []*edge.Order) []string {
	var out []string
	for _, o := range orders {
		for _, t := range o.Totes {
			if !slices.Contains(w.Totes, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// toPack is how many pieces of the orders still go into boxes.
func toPack(orders ...*edge.Order) int {
	n := 0
	for _, o := range orders {
		for i := range o.Lines {
			n += packable(o.Lines[i])
		}
	}
	return n
}

// labelStep tells how far the label of a closed box is.
func labelStep(s *State, b *edge.Box) string {
	if b.Waybill == "" {
		return stepNoNumber
	}
	a := s.lookedFor(b)
	switch {
	case b.Stale != "":
		return stepDestroy
	case b.Print.Wanted || a == nil:
		return stepPrinting
	case a.Status == edge.AttemptInDoubt:
		return stepInDoubt
	case a.Status == edge.AttemptPrinted:
		return stepWaybill
	}
	return stepPrinting
}

func (d *decider) scanPack() {
	at := packNow(d.View, d.w)
	switch at.step {
	case stepHeld:
		d.scanHeld(at.order)
	case stepTakeOut:
		d.scanTakeOut(&at)
	case stepTote:
		d.packTote(&at)
	case stepItem:
		if at.first() == nil {
			d.packSingle()
			return
		}
		d.packItem(&at)
	case stepInsert:
		d.packInsert(&at)
	case stepBoxType, stepWeight:
		d.packBoxType(&at)
	case stepPrinting, stepInDoubt, stepWaybill, stepDestroy:
		d.packWaybill(&at)
	default:
		d.refuseOther(at.carrier())
	}
}
