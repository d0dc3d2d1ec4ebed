package floor

import "dcedge/edge"

func packScreen(v View, s *edge.Screen, w *edge.Work) {
	at := packNow(v, w)
	s.Step = at.step
	s.Printer = printerView(v, w.Station, at)
	if at.box != nil {
		s.Box, s.Task.Box = at.box.ID, at.box.ID
	}
	s.Parcel, s.Together = boxView(v, &at), ordersView(&at)
	for _, o := range at.orders {
		s.Lines = append(s.Lines, packLines(v, o, len(at.orders) > 1)...)
	}
	if at.step == stepHeld {
		s.Why = at.order.Held
	}
	switch undo := len(w.Undo) > 0; at.step {
	case stepTote:
		packTotes(v, s, w, &at)
	case stepItem:
		if at.first() == nil {
			singleScreen(v, s, w)
			break
		}
		packItems(v, s, w, &at)
	case stepInsert:
		s.Expect, s.Actions = []edge.Expect{extraExpect(v, &at)}, append(s.Actions, "skip")
		s.Actions = appendIf(s.Actions, undo, "undo")
	case stepBoxType:
		s.Expect, s.Actions = boxTypes(v, &at), appendIf(s.Actions, undo, "undo")
	case stepWeight:
		s.Expect = []edge.Expect{{Kind: "weight", Box: at.box.ID}}
		s.Actions = appendIf(append(s.Actions, "weight", "override"), undo, "undo")
	case stepClose:
		s.Actions = appendIf(append(s.Actions, "close"), undo, "undo")
	case stepTakeOut:
		s.Expect = []edge.Expect{takeOutExpect(v, at.order)}
	default:
		labelScreen(v, s, &at)
	}
	s.Actions = append(s.Actions, "help", "leave")
}

func appendIf(list []string, yes bool, action string) []string {
	if yes {
		return append(list, action)
	}
	return list
}

// labelScreen asks for the label of a closed box.
func labelScreen(v View, s *edge.Screen, at *packPlace) {
	switch at.step {
	case stepPrinting:
		s.Expect = []edge.Expect{{Kind: "waybill", Box: at.box.ID}}
		if p := &at.box.Print; p.Fault != "" {
			s.Fault = &edge.Fault{Code: p.Fault, Field: p.FaultField}
		}
		if v.State.nothingPrints(at) {
			s.Actions = append(s.Actions, "reprint", "void")
		}
	case stepInDoubt:
		s.Expect = []edge.Expect{{Kind: "waybill", Box: at.box.ID}}
		s.Task.Attempt = at.box.Print.Attempt
		s.Actions = appendIf(append(s.Actions, "printed", "reprint", "void"), limited(v, at.box), "override")
	case stepDestroy:
		e := edge.Expect{Kind: "waybill", Box: at.box.ID}
		if a := v.State.Attempt(at.box.Stale); at.box.Stale == attemptPaper || a != nil && a.Status == edge.AttemptPrinted {
			e.Code = at.box.Waybill
		}
		s.Expect, s.Actions = []edge.Expect{e}, append(s.Actions, "void")
	case stepWaybill:
		s.Expect = []edge.Expect{{Kind: "waybill", Code: at.box.Waybill, Box: at.box.ID}}
		s.Actions = appendIf(append(s.Actions, "reprint", "void"), limited(v, at.box), "override")
	}
}

func extraExpect(v View, at *packPlace) edge.Expect {
	o := at.nextExtra()
	x := &o.Extras[o.ExtrasDone]
	e := edge.Expect{Kind: "insert", Code: extraCode(x), SKU: x.SKU, Box: at.box.ID}
	if r := v.sku(o.Client, x.SKU); r != nil {
		e.Name, e.Variant, e.Code = r.Name, r.Variant, itemCode(r)
	}
	return e
}

// boxView is what a page shows of the box in hand.
func boxView(v View, at *packPlace) *edge.BoxView {
	o := at.first()
	if o == nil || at.step == stepTote {
		return nil
	}
	out := &edge.BoxView{N: len(o.Boxes) + 1, Type: at.boxType}
	goods := goodsFor(at)
	if b := at.box; b != nil {
		out.N, out.Of, out.Grams = b.N, b.Of, b.Grams
		if out.Type == "" {
			out.Type = b.Type
		}
		if b.Print.Copy > 1 {
			out.Copy = b.Print.Copy
		}
		if at.step == stepInDoubt {
			out.Attempt = b.Print.Attempt
		}
		if out.Expected, _ = expectedGrams(v, b, out.Type); out.Expected > 0 {
			out.Slack = slack(v, b.Client, out.Expected)
		}
		if at.closing || b.Closed {
			goods = b.Items
		}
	}
	if t := v.Catalogue.BoxType(out.Type); t != nil {
		out.TypeName = t.Name
	}
	if t := advised(v, o.Client, goods); t != nil {
		out.Advised, out.Advice = t.ID, t.Name
	}
	return out
}

// ordersView lists the orders that go into one box, where they are several.
func ordersView(at *packPlace) []edge.OrderView {
	if len(at.orders) < 2 {
		return nil
	}
	stopped := at.step == stepCancelled || at.step == stepHeld || at.step == stepTakeOut
	out := make([]edge.OrderView, 0, len(at.orders))
	for _, o := range at.orders {
		x := edge.OrderView{Order: o.ID, Out: o.Stage == edge.StageCancelled || o.Apart, Stops: stopped && o.ID == at.order.ID}
		for _, l := range o.Lines {
			x.Have, x.Want = x.Have+l.Packed, x.Want+min(l.Picked, l.Wanted)
		}
		out = append(out, x)
	}
	return out
}

// cancelledBox says which of several orders is cancelled, and what of it lies in
// the box: to be taken out here where the lines are named, else at a desk.
func cancelledBox(v View, s *edge.Screen, o *edge.Order, roles []edge.Role, w *edge.Work) {
	if w != nil && w.Flow == edge.Pack && len(w.Orders) > 1 {
		at := packNow(v, w)
		if at.box != nil {
			s.Box = at.box.ID
		}
		s.Parcel, s.Together = boxView(v, &at), ordersView(&at)
		for _, in := range at.orders {
			s.Lines = append(s.Lines, packLines(v, in, true)...)
		}
		return
	}
	b, here, mate := v.mateOut(o, w, roles)
	if !mate {
		return
	}
	n := v.State.inShared(o)
	s.Box, s.Together = b.ID, []edge.OrderView{{Order: o.ID, Out: true, Stops: true, Have: n, Want: n}}
	if here {
		s.Lines = packLines(v, o, true)
	}
}

// packTotes names the tote that is offered to the desk, or the orders' totes
// that were not yet scanned.
func packTotes(v View, s *edge.Screen, w *edge.Work, at *packPlace) {
	list := []string{w.Offered}
	if at.first() != nil {
		list = missingTotes(w, at.orders)
	}
	for _, t := range list {
		if t != "" && len(s.Expect) < expectMost {
			s.Expect = append(s.Expect, edge.Expect{Kind: toteKind(v, t), Code: toteCode(v, t)})
		}
	}
}

// packItems lists what is still to go into the box, the line in hand first.
func packItems(v View, s *edge.Screen, w *edge.Work, at *packPlace) {
	in, l := handAt(w, at.orders)
	if l != nil && packable(l) > 0 {
		s.Expect = append(s.Expect, itemExpect(v, in.Client, l, packable(l)))
		want := min(l.Picked, l.Wanted)
		s.Quantity = &edge.Quantity{Have: l.Packed, Want: want, Typing: typing(v, v.sku(in.Client, l.SKU), l.Packed, want)}
	}
	for _, o := range at.orders {
		for _, x := range o.Lines {
			if packable(x) > 0 && x != l && len(s.Expect) < expectMost {
				s.Expect = append(s.Expect, itemExpect(v, o.Client, x, packable(x)))
			}
		}
	}
	if s.Quantity != nil && s.Quantity.Typing {
		s.Actions = append(s.Actions, "quantity")
	}
	s.Actions = appendIf(append(s.Actions, "confirm"), at.box != nil && len(at.box.Items) > 0, "close")
	s.Actions = appendIf(s.Actions, len(w.Undo) > 0, "undo")
}

func packLines(v View, o *edge.Order, named bool) []edge.ScreenLine {
	out := make([]edge.ScreenLine, 0, len(o.Lines))
	for _, l := range o.Lines {
		want := min(l.Picked, l.Wanted)
		if want == 0 && l.Packed == 0 {
			continue
		}
		row := edge.ScreenLine{Line: l.ID, SKU: l.SKU, Have: l.Packed, Want: want}
		if named {
			row.Order = o.ID
		}
		if r := v.Catalogue.Article(o.Client, l.SKU); r != nil {
			row.Name, row.Variant, row.Code = r.Name, r.Variant, itemCode(r)
		}
		out = append(out, row)
	}
	return out
}

// printerView is the printer on which a label of the station comes out: the one
// that has it, else the one that would have it now.
func printerView(v View, station string, at packPlace) *edge.PrinterView {
	st, ok := v.Policy.Station(station)
	if !ok || len(st.Printers) == 0 {
		return nil
	}
	state := func(name string) string {
		if p := v.State.Printer(name); p != nil {
			return p.State
		}
		return ""
	}
	home := st.Printers[0]
	name := home
	for _, p := range st.Printers {
		if printerWorks(v.State.Printer(p)) {
			name = p
			break
		}
	}
	if b := at.box; b != nil && !b.Print.Wanted && (at.step == stepPrinting || at.step == stepInDoubt || at.step == stepWaybill) {
		if a := v.State.Attempt(b.Print.Attempt); a != nil {
			name = a.Printer
		}
	}
	view := &edge.PrinterView{Name: name, State: state(name)}
	if name != home {
		view.Instead, view.InsteadState = home, state(home)
		if desk := deskOf(v.Policy, name); desk != station {
			view.Station = desk
		}
	}
	return view
}
