package floor

import (
	"slices"

	"dcedge/edge"
)

// What a returns desk has in the hand came there step by step: pieces, serial numbers, a
// grade. Each can be taken back until the pieces lie on a place, which then is one step.

// undoReturn takes back what a message did, the last one where none is named: a step of
// what is in the hand, or what one scan put on its place.
func (d *decider) undoReturn(r *edge.ReturnCase) {
	steps, w := d.w.Undo, d.w
	last := len(steps) - 1
	of, err := edge.ParseID(d.m.Args.Of)
	if d.m.Args.Of == "" {
		switch {
		case w.Hand == nil && w.Met != nil, w.Hand != nil && (last < 0 || steps[last].Type != edge.EvStep): // of that no step is kept
			d.intoParcel(r)
			return
		case last >= 0:
			of, err = steps[last].Message, nil
		}
	}
	i := stepOf(steps, of)
	switch {
	case r == nil || err != nil || i < 0:
		d.refuse(edge.Unexpected, edge.Says("undo.nothing"), "", "")
	case steps[i].Type == edge.EvStep:
		d.undoHand(r, i)
	default:
		d.undoGraded(r, of)
	}
}

// stepOf is where the last step of a message stands.
func stepOf(steps []edge.Undo, of edge.ID) int {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Message == of {
			return i
		}
	}
	return -1
}

// undoHand takes a step of what is in the hand back.
func (d *decider) undoHand(r *edge.ReturnCase, i int) {
	_, h, ok := withoutStep(d.w, i)
	if ok && h != nil && h.Extra == "" {
		left, named := leftOfSKU(r, h.SKU)
		ok = !named || h.Quantity <= left
	}
	if !ok {
		d.refuse(edge.Unexpected, edge.Says("undo.notPossible"), "", "")
		return
	}
	e := &edge.StepConfirmed{Kind: stepPutDown, Step: returnNow(d.w), Work: d.w.ID, Undoes: d.w.Undo[i].Message.String()}
	if h != nil {
		e.Kind, e.What, e.Hand = stepCapture, h.SKU, h
	}
	d.verdict(edge.OK, edge.Says("undo.done"))
	d.event(edge.EvStep, r.Client, r.Order, e)
}

// undoGraded takes what one scan of a place put there off it again, as long as it lies
// there: what was picked since would be booked away twice.
func (d *decider) undoGraded(r *edge.ReturnCase, of edge.ID) {
	moved := edge.StockEvent{Reason: "return", Work: d.w.ID}
	var back []*edge.ReturnEvent
	gone, k := false, 0
	for i := len(d.w.Undo) - 1; i >= 0 && k < len(r.Graded); i-- {
		if d.w.Undo[i].Type != edge.EvReturnGraded {
			continue
		}
		if k++; d.w.Undo[i].Message != of {
			continue
		}
		g := r.Graded[len(r.Graded)-k]
		back = append(back, &edge.ReturnEvent{Return: r.ID, Line: g.Line, SKU: g.SKU, Quantity: -g.Quantity,
			Grade: g.Grade, Place: g.Place, Extra: g.Extra, Serials: g.Serials, Undone: true, Undoes: of.String(), Work: d.w.ID})
		moved.Location, moved.SKU, moved.Quantity = g.Place, g.SKU, moved.Quantity+g.Quantity
		gone = gone || g.Grade == gradeGood && slices.ContainsFunc(g.Serials, func(n string) bool { return d.s.serialUsed(serialKey(r.Client, g.SKU, n)) })
	}
	if gone || d.s.fewer(r.Client, moved.SKU, moved.Location, moved.Quantity) {
		d.refuse(edge.Unexpected, edge.Says("return.pickedAgain", edge.T("location", moved.Location)), "item", moved.SKU)
		return
	}
	d.verdict(edge.OK, edge.Says("undo.done"))
	for _, e := range back {
		d.event(edge.EvReturnGraded, r.Client, r.Order, e)
	}
	d.event(edge.EvStockMoved, r.Client, r.Order, &moved)
}

// fewer tells that less than n of an article is known to lie in a place, in the row that
// they were put into, which is the one that they would be taken out of: of a lot that is
// picked meanwhile another has none too many. Of a place of which nothing is known it is not.
func (s *State) fewer(client, sku, location string, n int) bool {
	row := s.stockRow(client, sku, location, "", n)
	return row != nil && row.Quantity < n
}

// withoutStep gives the steps of a hand and the hand, nil for empty, as they are without
// one of them. ok is false where the figures do not hold at every moment of it.
func withoutStep(w *edge.Work, i int) (steps []edge.Undo, h *edge.Hand, ok bool) {
	before := w.Undo[i].Hand
	if i == len(w.Undo)-1 { // as it was, with its reason
		return slices.Clone(w.Undo[:i]), before, true
	}
	after := w.Undo[i+1].Hand
	steps = slices.Delete(slices.Clone(w.Undo), i, i+1)
	steps[i].Hand = before
	for j := i + 1; j < len(steps); j++ {
		if steps[j].Hand, ok = less(steps[j].Hand, before, after); !ok || steps[j].Hand == nil {
			return nil, nil, false
		}
	}
	h, ok = less(w.Hand, before, after)
	return steps, h, ok
}

// less gives a hand without what lies between two earlier ones.
func less(h, before, after *edge.Hand) (*edge.Hand, bool) {
	if before == nil {
		before = &edge.Hand{}
	}
	out := *h
	out.Serials = slices.DeleteFunc(slices.Clone(h.Serials), func(n string) bool {
		return slices.Contains(after.Serials, n) && !slices.Contains(before.Serials, n)
	})
	switch out.Quantity -= after.Quantity - before.Quantity; {
	case out.Quantity == 0:
		return nil, true
	case out.Quantity < 0 || len(out.Serials) > out.Quantity:
		return nil, false
	}
	return &out, true
}

// stepped keeps the step that an event made of a hand, or lets go the one that it takes
// back. Events of before say neither: what they put into a hand has no steps.
func stepped(w *edge.Work, e *edge.Event, d *edge.StepConfirmed) error {
	switch {
	case d.Undoes != "":
		i := slices.IndexFunc(w.Undo, func(u edge.Undo) bool { return u.Type == edge.EvStep && u.Message.String() == d.Undoes })
		if i < 0 {
			return errFigures
		}
		steps, _, ok := withoutStep(w, i)
		if !ok {
			return errFigures
		}
		w.Undo = steps
	case d.Steps:
		if steps := handSteps(w); len(steps) >= undoKeep { // what was put away before them stays
			w.Undo = slices.Delete(slices.Clone(w.Undo), len(w.Undo)-len(steps), len(w.Undo)-len(steps)+1)
		}
		w.Undo = append(slices.Clip(w.Undo), edge.Undo{Message: e.Scan, Type: e.Type, Order: e.Order, Hand: w.Hand})
	}
	return nil
}

// handSteps are the steps of what is in the hand: they come last.
func handSteps(w *edge.Work) []edge.Undo {
	i := len(w.Undo)
	for i > 0 && w.Undo[i-1].Type == edge.EvStep {
		i--
	}
	return w.Undo[i:]
}

// handDone lets the steps of a hand go with what was in it.
func handDone(w *edge.Work) {
	if n := len(handSteps(w)); n > 0 {
		w.Undo = w.Undo[: len(w.Undo)-n : len(w.Undo)-n]
	}
}

// ungraded takes one entry of what was graded back: of the message that is undone, or as
// in events of before, which name none, the last.
func ungraded(r *edge.ReturnCase, w *edge.Work, undoes string) error {
	k, i := 1, len(w.Undo)-1
	if undoes != "" {
		for k = 0; i >= 0; i-- {
			if w.Undo[i].Type != edge.EvReturnGraded {
				continue
			}
			if k++; w.Undo[i].Message.String() == undoes {
				break
			}
		}
		if i < 0 {
			return errFigures
		}
	}
	at := len(r.Graded) - k
	if at < 0 {
		return errFigures
	}
	r.Graded = slices.Delete(slices.Clone(r.Graded), at, at+1)
	if i >= 0 {
		w.Undo = slices.Delete(slices.Clone(w.Undo), i, i+1)
	}
	return nil
}
