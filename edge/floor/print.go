package floor

import "dcedge/edge"

// printReport decides what edge/printing tells of a label or a printer. What
// does not fit is answered unexpected and leaves no event.
func (d *decider) printReport() {
	r, ok := d.m.Body.(*edge.PrintReport)
	if !ok {
		d.verdict(edge.Malformed, edge.Say{})
		return
	}
	if r.Stage == edge.StagePrinter {
		d.printerState(r)
		return
	}
	b := d.s.Box(r.Box)
	var o *edge.Order
	if b != nil {
		o = d.s.BoxOrder(b)
	}
	if o == nil {
		d.verdict(edge.Unexpected, edge.Says("label.noBox"))
		return
	}
	switch r.Stage {
	case edge.StageIntent:
		d.labelIntent(r, o, b)
	case edge.StageCannot:
		d.labelCannot(r, o, b)
	case edge.StageRenumber:
		if !b.Print.Wanted || b.Waybill == "" || d.s.Stopped(b, o) {
			d.verdict(edge.Unexpected, edge.Says("label.notWanted"))
			return
		}
		d.verdict(edge.OK, edge.Say{})
		d.renumber(b, d.s.membersOf(b), "printerNotEmpty")
	default:
		d.labelOutcome(r, b)
	}
	if w := d.s.Work(b.Work); w != nil {
		d.touch(w.Worker)
	}
}

func (d *decider) printerState(r *edge.PrintReport) {
	p := d.s.Printer(r.Printer)
	if r.Printer == "" || p != nil && p.State == r.State && p.Error == r.Error {
		d.verdict(edge.Unchanged, edge.Say{})
		return
	}
	d.verdict(edge.OK, edge.Say{})
	d.event(edge.EvPrinterState, "", "", &edge.DeviceState{Device: r.Printer, State: r.State, Error: r.Error})
	worked, works := printerWorks(p), r.State == "ready" || r.State == "printing"
	if worked && works {
		return
	}
	for _, w := range d.s.worksAt(d.Policy, r.Printer) {
		d.out.Shown = append(d.out.Shown, w.Worker)
		switch st, _ := d.Policy.Station(w.Station); {
		case worked == works:
		case !works:
			d.notice(w.Worker, edge.Hold, edge.Says("printer.stopped", edge.T("printer", r.Printer), edge.T("state", r.State)))
		case p != nil && len(st.Printers) > 1 && st.Printers[0] == r.Printer:
			d.notice(w.Worker, edge.OK, edge.Says("printer.back", edge.T("printer", r.Printer)))
		}
	}
}

func (d *decider) notice(worker string, code edge.Code, say edge.Say) {
	d.out.Notices = append(d.out.Notices, edge.Notice{Worker: worker, Code: code, Say: say})
}

// labelMoved tells the packer, and who works at the desk where it comes out, of a
// label that another printer makes than that of its station.
func (d *decider) labelMoved(b *edge.Box, printer string) {
	st, ok := d.Policy.Station(b.Station)
	if !ok || len(st.Printers) == 0 || st.Printers[0] == printer {
		return
	}
	at := deskOf(d.Policy, printer)
	if w := d.s.Work(b.Work); w != nil {
		say := edge.Says("printer.moved", edge.T("printer", printer), edge.T("station", at))
		if at == "" {
			say = edge.Says("printer.movedTo", edge.T("printer", printer))
		}
		d.notice(w.Worker, edge.Hold, say)
	}
	d.s.EachWork(func(w *edge.Work) {
		if at != "" && w.Station == at && w.ID != b.Work {
			d.notice(w.Worker, edge.Hold, edge.Says("printer.guest", edge.T("printer", printer), edge.T("station", b.Station)))
		}
	})
}

// deskOf is the station at which a printer stands: the first whose own it is.
func deskOf(p *edge.Policy, printer string) string {
	for _, st := range p.Stations {
		if len(st.Printers) > 0 && st.Printers[0] == printer {
			return st.Name
		}
	}
	return ""
}

// labelIntent books that an attempt begins: the answer names it, and only after
// it is on disk may the first byte leave.
func (d *decider) labelIntent(r *edge.PrintReport, o *edge.Order, b *edge.Box) {
	switch {
	case !b.Print.Wanted, b.Waybill == "", r.Attempt != "" && r.Attempt != b.Print.NextAttempt:
		d.verdict(edge.Unexpected, edge.Says("label.notWanted"))
		return
	case o.Stage == edge.StageCancelled:
		d.verdict(edge.Cancelled, edge.Says("order.cancelled", edge.T("order", o.ID)))
		return
	case d.s.Stopped(b, o):
		d.verdict(edge.Cancelled, saysLess(o, b, d.s.comesOut(b, o), true))
		return
	case o.Held != "" && o.Held != edge.HeldPaper:
		d.verdict(edge.Hold, edge.Says("order.held", edge.T("order", o.ID), edge.T("reason", o.Held)))
		return
	}
	d.verdict(edge.OK, edge.Say{})
	d.out.Verdict.Answer = b.Print.NextAttempt
	d.event(edge.EvLabelIntent, b.Client, b.Order, &edge.LabelEvent{Attempt: b.Print.NextAttempt, Box: b.ID, Waybill: b.Waybill,
		Printer: r.Printer, Copy: b.Print.Copy, RecipientVersion: r.RecipientVersion, Hash: r.Hash, Template: clip(r.Template), Meter: r.Meter})
	d.labelMoved(b, r.Printer)
}

// failedCannot is the reason of a label.failed of a label that cannot be made;
// faultText bounds the code and the field of the fault.
const (
	failedCannot = "cannot"
	faultText    = 64
)

// labelCannot takes note that the wanted label cannot be made: the attempt began
// and is over, no byte has left, and the same news again is none.
func (d *decider) labelCannot(r *edge.PrintReport, o *edge.Order, b *edge.Box) {
	switch {
	case !b.Print.Wanted, b.Waybill == "", d.s.Stopped(b, o), r.Error == "", len(r.Error) > faultText, len(r.Field) > faultText, r.Attempt != b.Print.NextAttempt:
		d.verdict(edge.Unexpected, edge.Says("label.notWanted"))
		return
	case b.Print.Fault == r.Error && b.Print.FaultField == r.Field:
		d.verdict(edge.Unchanged, edge.Say{})
		return
	}
	d.verdict(edge.OK, edge.Say{})
	e := edge.LabelEvent{Attempt: r.Attempt, Box: b.ID, Waybill: b.Waybill, Printer: r.Printer, Copy: b.Print.Copy}
	intent, failed := e, e
	intent.RecipientVersion = r.RecipientVersion
	failed.Error, failed.Field, failed.Reason = r.Error, r.Field, failedCannot
	d.event(edge.EvLabelIntent, b.Client, b.Order, &intent)
	d.event(edge.EvLabelFailed, b.Client, b.Order, &failed)
	if w := d.s.Work(b.Work); w != nil && w.Box == b.ID {
		d.out.Notices = append(d.out.Notices, edge.Notice{Worker: w.Worker, Code: edge.Hold,
			Say: edge.Says("label.cannot", edge.T("box", b.ID), edge.T("field", r.Field), edge.T("code", r.Error))})
	}
}

// byPrinter settles an attempt by the printer's own count.
const byPrinter = "printer"

// labelOutcome moves an attempt on in the ledger. What is known for sure is
// never unsaid: printed and no stand, and failed is believed only of an attempt
// whose bytes are not known to have left.
func (d *decider) labelOutcome(r *edge.PrintReport, b *edge.Box) {
	a := d.s.Attempt(r.Attempt)
	if a == nil || a.Box != b.ID {
		d.verdict(edge.Unexpected, edge.Says("label.noAttempt"))
		return
	}
	e := &edge.LabelEvent{Attempt: a.ID, Box: b.ID, Waybill: a.Waybill, Printer: a.Printer, Copy: a.Copy}
	open := a.Status == edge.AttemptIntent || a.Status == edge.AttemptSent
	var t edge.Type
	switch {
	case r.Stage == edge.StageSent && a.Status == edge.AttemptIntent:
		t = edge.EvLabelSent
	case r.Stage == edge.StagePrinted && (open || a.Status == edge.AttemptInDoubt):
		t, e.Evidence = edge.EvLabelPrinted, r.Evidence
	case r.Stage == edge.StageSettled && r.Outcome == "yes" && open: // nobody was asked yet
		t, e.Evidence = edge.EvLabelPrinted, r.Evidence
	case r.Stage == edge.StageSettled && (r.Outcome == "yes" || r.Outcome == "no") && (open || a.Status == edge.AttemptInDoubt):
		t, e.By, e.Outcome, e.Evidence = edge.EvLabelSettled, byPrinter, r.Outcome, r.Evidence
	case r.Stage == edge.StageFailed && a.Status == edge.AttemptIntent:
		t, e.Error = edge.EvLabelFailed, r.Error
	case r.Stage == edge.StageInDoubt && open:
		t, e.Error = edge.EvLabelInDoubt, r.Error
	default:
		d.verdict(edge.Unexpected, edge.Says("label.settled"))
		return
	}
	d.verdict(edge.OK, edge.Say{})
	d.event(t, b.Client, b.Order, e)
}

// worksAt lists the desks whose station prints on a printer.
func (s *State) worksAt(p *edge.Policy, printer string) []*edge.Work {
	var out []*edge.Work
	s.EachWork(func(w *edge.Work) {
		st, ok := p.Station(w.Station)
		if !ok {
			return
		}
		for _, name := range st.Printers {
			if name == printer {
				out = append(out, w)
			}
		}
	})
	return out
}
