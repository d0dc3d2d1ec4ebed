package floor

import (
	"slices"

	"dcedge/edge"
)

func (v *View) useOf(place string) string {
	if r := v.Catalogue.Location(place); r != nil {
		return r.Use
	}
	return ""
}

func returnScreen(v View, s *edge.Screen, w *edge.Work) {
	r := v.State.returnOf(w)
	s.Step, s.Actions = returnNow(w), []string{"help", "leave"}
	s.Return = &edge.ReturnView{}
	if w.Met != nil {
		s.Return.Met, s.Return.What = w.Met.Why, w.Met.What
	}
	if r == nil {
		parcelScreen(v, s)
		return
	}
	s.Return.ID, s.Return.Order, s.Return.Missing = r.ID, r.Order, missingOf(r)
	s.Task.Of = s.Return.Missing
	for _, l := range r.Lines {
		s.Task.Done += l.Came
		row := edge.ScreenLine{Line: l.Line, SKU: l.SKU, Have: l.Came, Want: l.Quantity}
		if a := v.sku(r.Client, l.SKU); a != nil {
			row.Name, row.Variant, row.Code = a.Name, a.Variant, itemCode(a)
		}
		s.Lines = append(s.Lines, row)
	}
	s.Task.Of += s.Task.Done
	gradedViews(v, s.Return, r)
	switch s.Step {
	case stepItem:
		for _, l := range r.Lines {
			if n := l.Quantity - l.Came; n > 0 && len(s.Expect) < expectMost {
				s.Expect = append(s.Expect, itemExpect(v, r.Client, &edge.Line{ID: l.Line, SKU: l.SKU}, n))
			}
		}
		s.Actions = []string{"confirm", "close", "help", "leave"}
		if len(w.Undo) > 0 || w.Met != nil {
			s.Actions = []string{"confirm", "close", "undo", "help", "leave"}
		}
	case stepGrade:
		s.Return.Grades = gradesOf(v, r.Client)
		s.Return.Hand = handView(v, r, w.Hand)
		for _, g := range s.Return.Grades {
			s.Expect = append(s.Expect, edge.Expect{Kind: "grade", Code: gradeCode + g, SKU: w.Hand.SKU})
		}
		if wantsSerial(v, r, w.Hand) {
			s.Expect = append(s.Expect, edge.Expect{Kind: stepSerial, SKU: w.Hand.SKU, Remaining: w.Hand.Quantity - len(w.Hand.Serials)})
		}
		s.Actions = []string{"grade", "undo", "help", "leave"}
		if s.Quantity = broughtBack(v, r, w.Hand); s.Quantity != nil && s.Quantity.Typing {
			s.Actions = slices.Insert(s.Actions, 1, "quantity")
		}
	case stepLocation:
		s.Return.Hand = handView(v, r, w.Hand)
		s.Expect = placesFor(v, w.Hand)
		s.Actions = []string{"undo", "help", "leave"}
	}
}

// parcelScreen asks for the next parcel, or for the shelf.
func parcelScreen(v View, s *edge.Screen) {
	if s.Step == stepShelf {
		s.Expect = keptFor(v, useUnknown)
		s.Actions = []string{"undo", "help", "leave"}
		return
	}
	v.State.idx.returns.each(func(r rank) bool {
		c := v.State.returns.get(r.key)
		s.Expect = append(s.Expect, edge.Expect{Kind: "waybill", Code: codeOr(c.Waybill, c.ID)})
		return len(s.Expect) < expectMost
	})
	s.Actions = []string{"confirm", "help", "leave"}
}

// placesFor expects the places where pieces in hand may go, as far as they are
// known.
func placesFor(v View, h *edge.Hand) []edge.Expect {
	if h.Grade != gradeGood {
		return keptFor(v, useQuarantine)
	}
	if h.First == "" {
		return nil
	}
	return []edge.Expect{{Kind: "location", Code: placeCode(v, h.First), SKU: h.SKU, Location: h.First}}
}

func handView(v View, r *edge.ReturnCase, h *edge.Hand) *edge.GradedView {
	g := gradedView(v, r.Client, &edge.Graded{SKU: h.SKU, Quantity: h.Quantity, Grade: h.Grade, Extra: h.Extra})
	return &g
}

func gradedView(v View, client string, g *edge.Graded) edge.GradedView {
	out := edge.GradedView{SKU: g.SKU, Quantity: g.Quantity, Grade: g.Grade, Place: g.Place, Extra: g.Extra}
	if a := v.sku(client, g.SKU); a != nil {
		out.Name, out.Variant = a.Name, a.Variant
	}
	return out
}

// gradedViews lists what came last, and counts all that did.
func gradedViews(v View, out *edge.ReturnView, r *edge.ReturnCase) {
	for i := len(r.Graded) - 1; i >= 0; i-- {
		g := &r.Graded[i]
		if out.Came += g.Quantity; len(out.Graded) < expectMost {
			out.Graded = append(out.Graded, gradedView(v, r.Client, g))
		}
	}
}
