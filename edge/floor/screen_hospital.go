package floor

import (
	"slices"

	"dcedge/edge"
)

func hospitalScreen(v View, s *edge.Screen, w *edge.Work) {
	st := v.State
	b := st.onTable(w)
	s.Step, s.Actions = hospitalNow(st, w), []string{"help", "leave"}
	if s.Step == stepBox {
		for _, id := range asideBoxes(st) {
			x := st.Box(id)
			if taken := x.Work != "" && x.Work != w.ID; !taken && (x.Bound != "" || st.stray(x) && st.onPaper(x)) && len(s.Expect) < expectMost {
				s.Expect = append(s.Expect, edge.Expect{Kind: "waybill", Code: x.Waybill, Box: x.ID})
			}
		}
		s.Actions = []string{"confirm", "help", "leave"}
		return
	}
	s.Hospital = &edge.HospitalView{Why: w.Met.Why, Todo: todoOf(w.Met.Why)}
	if b != nil {
		s.Box, s.Task.Box = b.ID, b.ID
		patientView(st, s, b)
	}
	switch s.Step {
	case stepShelf:
		s.Expect = keptFor(v, useUnknown)
		s.Actions = []string{"undo", "help", "leave"}
	case stepExamine:
		examineScreen(s, b)
	case stepDestroy:
		labelScreen(v, s, &packPlace{step: s.Step, box: b})
	case stepPrinting, stepInDoubt, stepWaybill:
		s.Printer = printerView(v, b.Station, packPlace{step: s.Step, box: b})
		s.Expect = []edge.Expect{{Kind: "waybill", Box: b.ID}}
		if s.Step == stepWaybill {
			s.Expect[0].Code = b.Waybill
		}
		if s.Step == stepInDoubt {
			s.Task.Attempt = b.Print.Attempt
			s.Actions = []string{"printed", "help", "leave"}
		}
		if p := &b.Print; p.Fault != "" {
			s.Fault = &edge.Fault{Code: p.Fault, Field: p.FaultField}
		}
	}
}

// onPaper tells that a label of a box's number came out of a printer: a cancel may
// have taken it out of force since.
func (s *State) onPaper(b *edge.Box) bool {
	return slices.ContainsFunc(b.Attempts, func(id string) bool {
		a := s.Attempt(id)
		return a != nil && a.Waybill == b.Waybill && a.Status == edge.AttemptPrinted
	})
}

// examineScreen offers what may be done with a box, by why it is here.
func examineScreen(s *edge.Screen, b *edge.Box) {
	switch s.Hospital.Todo {
	case edge.TodoInduct:
		s.Expect = []edge.Expect{{Kind: "waybill", Code: b.Waybill, Box: b.ID}}
		s.Actions = []string{"confirm", "reprint", "close", "undo", "help", "leave"}
	case edge.TodoReprint:
		s.Actions = []string{"reprint", "close", "undo", "help", "leave"}
		if s.Hospital.Why == edge.WhyLabel {
			s.Expect = []edge.Expect{{Kind: "waybill", Code: b.Waybill, Box: b.ID}}
		}
	case edge.TodoAside:
		s.Actions = []string{"close", "undo", "help", "leave"}
	case edge.TodoDesk:
		s.Actions = []string{"confirm", "close", "undo", "help", "leave"}
	}
}

// patientView tells what is known of the box on the table.
func patientView(st *State, s *edge.Screen, b *edge.Box) {
	h, at := s.Hospital, b.At
	h.Order, h.Carrier, h.LastSeen, h.Truck = b.Order, b.Carrier, b.Seen, b.Truck
	h.Since = timeOrNil(at)
	h.Printer, h.Belt = st.printerOf(b), b.Rejected
	if o := st.BoxOrder(b); o != nil {
		h.Reason = o.Held
	}
}

// asideBoxes lists the boxes that wait for the hospital, by id.
func asideBoxes(s *State) []string {
	out := make([]string, 0, len(s.idx.aside))
	for id := range s.idx.aside {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}
