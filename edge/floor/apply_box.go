package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

func (s *State) applyBox(e *edge.Event, d *edge.BoxEvent, at time.Time) error {
	if e.Type == edge.EvBoxPlanned {
		return s.planBox(e, d, at)
	}
	b := s.boxes.edit(d.Box)
	if b == nil {
		return errNoBox
	}
	b.At = at
	w := s.work.edit(b.Work)
	switch e.Type {
	case edge.EvBoxWeighed:
		b.Grams = d.Grams
		s.learn(b, d)
		return nil
	case edge.EvBoxReopened:
		s.reopened(e, b, w)
		return nil
	case edge.EvBoxDropped:
		s.dropBox(b)
		return nil
	}
	b.Closed, b.N, b.Of, b.Type = true, d.N, d.Of, d.BoxType
	b.Items = slices.Clone(d.Items)
	s.countBoxes(b, d.Of)
	if w != nil {
		w.Undo, w.Line, w.Step, w.BoxType = nil, "", "", ""
	}
	return nil
}

func (s *State) applyWaybill(e *edge.Event, d *edge.WaybillEvent, at time.Time) error {
	if e.Type == edge.EvBurnt { // of the box it is only told
		if d.Lease == "" {
			s.burnt(d)
		}
		s.passed(d, at, false)
		return nil
	}
	b := s.boxes.edit(d.Box)
	if b == nil {
		return errNoBox
	}
	b.At = at
	switch e.Type {
	case edge.EvAssigned:
		return s.assign(b, d, at, e.Manual)
	case edge.EvVoided:
		u := s.waybills.edit(waybillKey(b, d.Waybill))
		if u == nil || b.Waybill != d.Waybill {
			return errFigures
		}
		u.Voided = true
		b.Voided = grow(b.Voided, d.Waybill)
		copies := b.Print.Copy
		b.Waybill, b.Space, b.Lease, b.Bound, b.Stale, b.Told, b.Print = "", "", "", "", "", "", edge.PrintWant{}
		unsort(b, time.Time{})
		if d.Told { // labels of the other number may be on paper, and how far its orders are the WMS tells
			b.Print.Copy = copies
			return nil
		}
		for _, id := range b.Members() {
			s.unpacked(b.Client, id)
		}
		return nil
	}
	if b.Waybill != d.Waybill {
		return errFigures
	}
	s.bound(e, b, d)
	return nil
}

// unbind takes the label on a box out of force: it is to be scanned again, or
// another one.
func unbind(b *edge.Box) {
	b.Bound = ""
	unsort(b, time.Time{})
}

// unsort forgets what belts did with a box: it has its label since then.
func unsort(b *edge.Box, bound time.Time) {
	b.BoundAt, b.Belt, b.Lane, b.Rounds, b.Missed = bound, "", "", 0, false
}

// assign gives a box its number, and has its label made unless that was written
// by hand.
func (s *State) assign(b *edge.Box, d *edge.WaybillEvent, at time.Time, byHand bool) error {
	b.Space = d.Space
	key := waybillKey(b, d.Waybill)
	if s.waybills.get(key) != nil || b.Waybill != "" {
		return errFigures
	}
	s.waybills.put(key, &edge.WaybillUse{Number: d.Waybill, Box: b.ID})
	b.Waybill, b.Lease = d.Waybill, d.Lease
	if !byHand {
		s.want(b, "")
	}
	b.Print.Copy = 1
	s.passed(d, at, byHand)
	return nil
}

// passed keeps the place in a lease: its serials up to this one are gone. One that
// was written by hand goes out of its turn.
func (s *State) passed(d *edge.WaybillEvent, at time.Time, byHand bool) {
	l := s.leases.edit(d.Lease)
	if l == nil || d.Serial < l.First {
		return
	}
	if next := d.Serial - l.First + 1; byHand {
		takenBy(l, d.Serial-l.First)
	} else if next > l.Next {
		l.Issue(next-l.Next, at)
		passTaken(l)
	}
}

// wholeOrder tells whether everything of the order, and of those that it goes into
// one box with, is packed and every box of it is as asked. An order that was
// cancelled is never whole.
func (s *State) wholeOrder(o *edge.Order, is func(*edge.Box) bool) bool {
	if o.Stage == edge.StageCancelled || len(o.Boxes) == 0 {
		return false
	}
	if toPack(o) > 0 {
		return false
	}
	for _, id := range o.Joined {
		if in := s.Order(o.Client, id); in != nil && in.Stage != edge.StageCancelled && toPack(in) > 0 {
			return false
		}
	}
	for _, id := range o.Boxes {
		if b := s.boxes.get(id); b == nil || !is(b) {
			return false
		}
	}
	return true
}

// want asks for one more label of a box and reserves the attempt's id.
func (s *State) want(b *edge.Box, cleanFirst string) {
	site := s.site.edit(siteKey)
	site.Attempts++
	b.Print.Wanted, b.Print.CleanFirst = true, cleanFirst
	b.Print.NextAttempt = idOf("A-", site.Attempts)
	b.Print.Copy++
}

// fault notes why a box's label cannot be made, "" when it can again. Its order
// is offered last meanwhile.
func (s *State) fault(b *edge.Box, code, field string) {
	b.Print.Fault, b.Print.FaultField = code, field
	o := s.Order(b.Client, b.Order)
	if o == nil {
		return
	}
	any := slices.ContainsFunc(o.Boxes, func(id string) bool { in := s.boxes.get(id); return in != nil && in.Print.Fault != "" })
	if any != o.Faulty {
		termsOf(s.editOrder(b.Client, b.Order)).Faulty = any
	}
}

func (s *State) applyLabel(e *edge.Event, d *edge.LabelEvent, at time.Time) error {
	b := s.boxes.edit(d.Box)
	if b == nil {
		return errNoBox
	}
	b.At = at
	if e.Type == edge.EvLabelIntent {
		if !b.Print.Wanted || b.Print.NextAttempt != d.Attempt {
			return errFigures
		}
		s.attempts.put(d.Attempt, &edge.Attempt{ID: d.Attempt, Box: b.ID, Waybill: d.Waybill, Printer: d.Printer, Copy: d.Copy,
			Status: edge.AttemptIntent, At: at, Template: d.Template, Meter: d.Meter})
		b.Attempts = grow(b.Attempts, d.Attempt)
		b.Print.Wanted, b.Print.NextAttempt, b.Print.Attempt, b.Print.CleanFirst = false, "", d.Attempt, ""
		if b.Told = ""; b.Closed { // one that is not packed yet tells what was ordered
			b.Told = tell(b)
		}
		s.fault(b, "", "")
		return nil
	}
	a := s.attempts.edit(d.Attempt)
	if a == nil {
		return errFigures
	}
	a.At = at
	current := b.Print.Attempt == a.ID && !b.Print.Wanted && b.Waybill == a.Waybill && b.Bound == ""
	switch e.Type {
	case edge.EvLabelSent:
		a.Status = edge.AttemptSent
	case edge.EvLabelPrinted:
		a.Status = edge.AttemptPrinted
	case edge.EvLabelInDoubt:
		a.Status = edge.AttemptInDoubt
	case edge.EvLabelFailed:
		a.Status = edge.AttemptFailed
		s.noStale(b, a.ID)
		if current {
			s.want(b, "")
			b.Print.Copy-- // no paper came out: the copy number is free
			if d.Reason == failedCannot {
				s.fault(b, d.Error, d.Field)
			}
		}
	case edge.EvLabelSettled:
		a.Status = edge.AttemptPrinted
		if d.Outcome == "no" {
			a.Status = edge.AttemptNo
			s.noStale(b, a.ID)
			switch {
			case current && d.By == byPrinter: // proven empty, and no paper came out: the copy number is free
				s.want(b, "")
				b.Print.Copy--
			case current:
				s.want(b, a.Printer)
			}
		}
	}
	return nil
}

func (s *State) applyLease(e *edge.Event, d *edge.LeaseEvent) error {
	if e.Type == edge.EvLeaseLow {
		if l := s.leases.edit(d.Lease); l != nil {
			l.Low = true
		}
		return nil
	}
	if e.Type == edge.EvLeaseClosed {
		if l := s.leases.edit(d.Lease); l != nil {
			l.Closed = true
			return nil
		}
	}
	if s.leases.get(d.Lease) != nil {
		return errFigures
	}
	s.leases.put(d.Lease, &edge.Lease{ID: d.Lease, Carrier: d.Carrier, Client: e.Client, First: d.FirstSerial,
		Count: d.Count, Epoch: d.Epoch, Closed: e.Type == edge.EvLeaseClosed})
	return nil
}
