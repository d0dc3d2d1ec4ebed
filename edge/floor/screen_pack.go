package floor

import "dcedge/edge"

func packScreen(v View, s *edge.Screen, w *edge.Work) {
	o := v.State.orderOf(w)
	at := packNow(v, w, o)
	s.Step = at.step
	s.Printer = printerView(v, w.Station, at)
	if at.box != nil {
		s.Box, s.Task.Box = at.box.ID, at.box.ID
	}
	if o != nil {
		s.Lines = packLines(v, o)
	}
	switch at.step {
	case stepTote:
		packTotes(v, s, w, o)
	case stepItem:
		if o == nil {
			singleScreen(v, s, w)
			break
		}
		packItems(v, s, w, o, at.box)
	case stepInsert:
		x := o.Extras[o.ExtrasDone]
		e := edge.Expect{Kind: "insert", Code: x.SKU, SKU: x.SKU, Box: at.box.ID}
		if r := v.sku(o.Client, x.SKU); r != nil {
			e.Name, e.Variant, e.Code = r.Name, r.Variant, itemCode(r)
		}
		s.Expect, s.Actions = []edge.Expect{e}, append(s.Actions, "skip")
		if len(w.Undo) > 0 {
			s.Actions = append(s.Actions, "undo")
		}
	case stepWeight:
		s.Expect = []edge.Expect{{Kind: "weight", Box: at.box.ID}}
		s.Actions = append(s.Actions, "weight", "override")
		if len(w.Undo) > 0 {
			s.Actions = append(s.Actions, "undo")
		}
	case "close":
		s.Actions = append(s.Actions, "close")
		if len(w.Undo) > 0 {
			s.Actions = append(s.Actions, "undo")
		}
	case stepPrinting:
		s.Expect = []edge.Expect{{Kind: "waybill", Box: at.box.ID}}
		if p := &at.box.Print; p.Fault != "" {
			s.Fault = &edge.Fault{Code: p.Fault, Field: p.FaultField}
		}
	case stepInDoubt:
		s.Expect = []edge.Expect{{Kind: "waybill", Box: at.box.ID}}
		s.Task.Attempt = at.box.Print.Attempt
		s.Actions = append(s.Actions, "printed", "reprint", "void")
	case stepDestroy:
		e := edge.Expect{Kind: "waybill", Box: at.box.ID}
		if a := v.State.Attempt(at.box.Stale); a != nil && a.Status == edge.AttemptPrinted {
			e.Code = at.box.Waybill
		}
		s.Expect, s.Actions = []edge.Expect{e}, append(s.Actions, "void")
	case stepWaybill:
		s.Expect = []edge.Expect{{Kind: "waybill", Code: at.box.Waybill, Box: at.box.ID}}
		s.Actions = append(s.Actions, "reprint", "void")
	}
	s.Actions = append(s.Actions, "help", "leave")
}

// packTotes names the tote that is offered to the desk, or the order's totes
// that were not yet scanned.
func packTotes(v View, s *edge.Screen, w *edge.Work, o *edge.Order) {
	list := []string{w.Offered}
	if o != nil {
		list = missingTotes(w, o)
	}
	for _, t := range list {
		if t != "" && len(s.Expect) < expectMost {
			s.Expect = append(s.Expect, edge.Expect{Kind: toteKind(v, t), Code: toteCode(v, t)})
		}
	}
}

// packItems lists what is still to go into the box, the line in hand first.
func packItems(v View, s *edge.Screen, w *edge.Work, o *edge.Order, b *edge.Box) {
	if l := lineOf(o, w.Line); l != nil && packable(l) > 0 {
		s.Expect = append(s.Expect, itemExpect(v, o.Client, l, packable(l)))
		want := min(l.Picked, l.Wanted)
		s.Quantity = &edge.Quantity{Have: l.Packed, Want: want, Typing: typing(v, v.sku(o.Client, l.SKU), l.Packed, want)}
	}
	for _, l := range o.Lines {
		if packable(l) > 0 && l.ID != w.Line && len(s.Expect) < expectMost {
			s.Expect = append(s.Expect, itemExpect(v, o.Client, l, packable(l)))
		}
	}
	if s.Quantity != nil && s.Quantity.Typing {
		s.Actions = append(s.Actions, "quantity")
	}
	s.Actions = append(s.Actions, "confirm")
	if b != nil {
		s.Actions = append(s.Actions, "close")
	}
	if len(w.Undo) > 0 {
		s.Actions = append(s.Actions, "undo")
	}
}

func packLines(v View, o *edge.Order) []edge.ScreenLine {
	out := make([]edge.ScreenLine, 0, len(o.Lines))
	for _, l := range o.Lines {
		want := min(l.Picked, l.Wanted)
		if want == 0 {
			continue
		}
		row := edge.ScreenLine{Line: l.ID, SKU: l.SKU, Have: l.Packed, Want: want}
		if r := v.Catalogue.SKU(o.Client, l.SKU); r != nil {
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
