package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

func (s *State) applyReceived(e *edge.Event, d *edge.OrderReceived, at time.Time) error {
	key := OrderKey(e.Client, e.Order)
	terms := &edge.OrderTerms{Service: d.Service, Promise: normPromise(d.Promise), OrderedAt: norm(d.OrderedAt), Seq: e.Seq, Rev: d.Rev,
		ShortPolicy: d.ShortPolicy, WaitMinutes: d.WaitMinutes, Extras: d.Extras,
		Consolidate: d.Consolidate, Together: d.Together, Like: d.Like, SortCode: d.SortCode, Route: d.Route}
	o := &edge.Order{OrderTerms: terms, ID: e.Order, Client: e.Client, Carrier: d.Carrier, Cutoff: norm(d.Cutoff),
		Priority: d.Priority, Received: at, Waybill: d.Waybill, RecipientRef: d.RecipientRef,
		RecipientVersion: d.RecipientVersion, Hash: d.Hash,
		Missing: d.Missing, Stage: edge.StageReceived, Lines: newLines(d.Lines)}
	if e.Type == edge.EvOrderParked {
		o.Stage = edge.StageParked
	}
	if old := s.orders.get(key); old != nil {
		if old.Stage != edge.StageParked && old.Stage != edge.StageReceived {
			return errFigures
		}
		s.offList(s.orders.edit(key))
		terms.ChangeRev, terms.Changes, o.Held = old.ChangeRev, old.Changes, old.Held
		terms.HeldAt, terms.HeldOf = old.HeldAt, old.HeldOf
	}
	s.orders.put(key, o)
	s.awaited(o)
	return nil
}

func newLines(lines []edge.OrderLine) []*edge.Line {
	room, out := make([]edge.Line, len(lines)), make([]*edge.Line, len(lines))
	for i, l := range lines {
		out[i] = &room[i]
		room[i] = edge.Line{ID: l.Line, SKU: l.SKU, Location: l.Location, Zone: l.Zone, Ordered: l.Quantity, Wanted: l.Quantity}
	}
	return out
}

func normPromise(p *edge.Promise) *edge.Promise {
	if p == nil {
		return nil
	}
	return &edge.Promise{Type: p.Type, DeliverBy: norm(p.DeliverBy)}
}

func (s *State) applyChanged(e *edge.Event, d *edge.OrderChanged, at time.Time) error {
	o := s.editOrder(e.Client, e.Order)
	if o == nil {
		return errNoOrder
	}
	if d.Change != "" {
		t := termsOf(o)
		t.Changes = grow(t.Changes, d.Change)
		t.ChangeRev = max(t.ChangeRev, d.ChangeRev)
	}
	if d.NoEffect || e.Type == edge.EvCancelTooLate {
		return nil
	}
	var err error
	switch {
	case d.Repick:
		err = s.repick(o, d)
	case d.Picked:
		s.nowPicked(o)
	case d.Change == "" && len(d.Lines) > 0 && !d.Replace && !d.Less:
		replaceOrder(o, d)
		s.mayLeaveList(o, true)
	default:
		err = changeOrder(o, d)
	}
	if err != nil {
		return err
	}
	s.mayLeaveList(o, d.Carrier != "" || !d.Cutoff.IsZero())
	if d.Carrier != "" {
		for _, id := range o.Boxes {
			if b := s.boxes.get(id); b != nil && !b.Closed {
				s.boxes.edit(id).Carrier = d.Carrier
			}
		}
	}
	if d.Held != "" {
		o.Held = d.Held
		t := termsOf(o)
		t.HeldAt, t.HeldOf = at, d.Of
		if !d.Until.IsZero() {
			termsOf(o).Until = norm(d.Until)
		}
	}
	if d.Released {
		s.release(o)
	}
	if len(d.Lines) > 0 && !d.Cancelled {
		s.lessPacked(o)
	}
	s.regroup(o, d)
	if d.RecipientVersion != 0 && d.Change != "" && !d.Apart {
		s.staleLabels(o)
	}
	if d.Cancelled {
		s.offList(o)
		s.forgetSerials(o, at) // its goods go back to their places
		if o.Zone != "" {
			termsOf(o).Zone = ""
		}
		o.Stage, o.Held = edge.StageCancelled, ""
		s.shared(o)
		s.joinedPacked(o)
		s.closeCancelled(o, at)
		for _, id := range s.waveTotes(o) {
			s.leaveWave(id, false)
		}
	}
	return nil
}

// mayLeaveList takes an order off a list that was formed here when what the list
// goes by has changed; the WMS's own lists are its business.
func (s *State) mayLeaveList(o *edge.Order, changed bool) {
	if changed && o.List != "" && !o.Reserved {
		s.offList(o)
	}
}

// termsOf gives the terms of an order's new version to change.
func termsOf(o *edge.Order) *edge.OrderTerms {
	t := *o.OrderTerms
	o.OrderTerms = &t
	return &t
}

// replaceOrder takes an order that was sent again before its work began.
func replaceOrder(o *edge.Order, d *edge.OrderChanged) {
	o.Lines = newLines(d.Lines)
	t := termsOf(o)
	t.Service, t.Promise, t.Rev = d.Service, normPromise(d.Promise), d.Rev
	t.ShortPolicy, t.WaitMinutes, t.Extras = d.ShortPolicy, d.WaitMinutes, d.Extras
	t.Consolidate, t.Together, t.Like, t.SortCode, t.Route = d.Consolidate, d.Together, d.Like, d.SortCode, d.Route
	o.Carrier, o.Cutoff, o.Waybill, o.Hash, o.Priority = d.Carrier, norm(d.Cutoff), d.Waybill, d.Hash, 0
	o.RecipientRef, o.RecipientVersion = d.RecipientRef, d.RecipientVersion
	if d.Priority != nil {
		o.Priority = *d.Priority
	}
}

func changeOrder(o *edge.Order, d *edge.OrderChanged) error {
	for _, c := range d.Lines {
		l := editLine(o, c.Line)
		if l == nil {
			return errNoLine
		}
		if d.Replace {
			l.Location, l.Zone = c.Location, c.Zone
			continue
		}
		l.Wanted = c.Quantity
		l.Short = min(l.Short, max(0, l.Wanted-l.Picked))
	}
	if d.Whole {
		o.Wave = ""
	}
	if d.Carrier != "" {
		o.Carrier, o.Waybill = d.Carrier, d.Waybill
		t := termsOf(o)
		t.Service, t.SortCode = d.Service, d.SortCode
	}
	if d.Priority != nil {
		o.Priority = *d.Priority
	}
	if !d.Cutoff.IsZero() {
		o.Cutoff = norm(d.Cutoff)
	}
	if d.SortCode != "" {
		termsOf(o).SortCode = d.SortCode
	}
	if d.Route != "" {
		termsOf(o).Route = d.Route
	}
	if d.RecipientVersion != 0 {
		o.RecipientRef, o.RecipientVersion = d.RecipientRef, d.RecipientVersion
		if d.Change != "" {
			termsOf(o).Like = "" // another recipient: another order
		}
	}
	return nil
}

// release ends a hold. Boxes that wait for their label are touched, so that
// whoever prints sees them again.
func (s *State) release(o *edge.Order) {
	o.Held = ""
	if o.HeldOf != "" || !o.HeldAt.IsZero() {
		t := termsOf(o)
		t.HeldOf, t.HeldAt = "", time.Time{}
	}
	for _, id := range o.Boxes {
		if b := s.boxes.get(id); b != nil && b.Print.Wanted {
			s.boxes.edit(id)
		}
	}
}

// closeCancelled notes when a cancelled order is out of everyone's hands.
func (s *State) closeCancelled(o *edge.Order, at time.Time) {
	if o.Stage == edge.StageCancelled && o.Work == "" && len(o.Totes) == 0 && o.Closed.IsZero() {
		o.Closed = at
	}
}

func (s *State) applyWork(e *edge.Event, d *edge.WorkEvent, at time.Time) error {
	switch e.Type {
	case edge.EvWorkStarted:
		return s.startWork(e, d, at)
	case edge.EvWorkMoved:
		return s.moveWork(d, at)
	}
	w := s.work.get(d.Work)
	if w == nil {
		return errNoWork
	}
	ws := new(edge.WorkerState) // of a wave that was put down
	if w.Worker != "" {
		ws = s.worker(w.Worker)
	}
	ws.Work = ""
	if w.Mode == modeTotal && e.Type == edge.EvWorkLeft && (d.Next != "" || s.anyGoods(w)) { // it waits for whoever goes on with it
		h := headOf(s.work.edit(d.Work))
		s.putInZone(w)
		if h.Worker = ""; d.Next != "" {
			h.Zone = d.Next
		}
		return nil
	}
	s.putInZone(w)
	for _, id := range w.Totes {
		if t := s.totes.edit(id); t != nil {
			t.Work = ""
			if t.Done = t.Done || e.Type == edge.EvWorkFinished && d.Next == ""; w.Mode == modeTotal {
				t.Orders = w.Orders
			}
		}
	}
	if b := s.boxes.edit(w.Box); b != nil {
		if b.Work = ""; e.Type == edge.EvWorkLeft && d.Box == b.ID {
			b.Seen = w.Station
		}
	}
	for _, id := range w.Orders {
		o := s.editOrder(w.Client, id)
		if o == nil {
			return errNoOrder
		}
		s.endWork(e.Type, w, o, ws, d.Next)
		s.closeCancelled(o, at)
	}
	if t := s.counts.edit(edge.CountPrefix + w.Task); t != nil && w.Flow == edge.Count {
		t.Work = ""
	}
	if t := s.moves.edit(edge.MovePrefix + w.Task); t != nil && w.Flow == edge.Replenish {
		t.Work = ""
	}
	for _, id := range w.Totes {
		s.leaveWave(id, w.Flow == edge.Put && e.Type == edge.EvWorkFinished)
	}
	s.putDown(w)
	s.work.remove(d.Work)
	return nil
}

// endWork leaves an order as it stands; next is the zone that its totes are
// passed on to.
func (s *State) endWork(t edge.Type, w *edge.Work, o *edge.Order, ws *edge.WorkerState, next string) {
	if t == edge.EvWorkLeft && w.Step == stepFetch && hasGoods(o) {
		o.Work = "" // its tote waits where it waited
		return
	}
	if w.Zone != "" || o.Zone != "" {
		termsOf(o).Zone = ""
		if next != "" {
			o.Zone = next
		} else if t == edge.EvWorkLeft && hasGoods(o) {
			o.Zone = w.Zone
		}
	}
	if o.Work = ""; !hasGoods(o) {
		o.Wave = ""
	}
	if w.Flow == edge.Pack {
		s.leftDesk(o, w)
		s.nowPacked(o)
	}
	if o.Stage != edge.StagePicking {
		return
	}
	switch {
	case next != "":
	case t == edge.EvWorkFinished && hasGoods(o):
		o.Stage = edge.StagePicked
	case hasGoods(o):
		ws.LeftClient, ws.LeftOrder = o.Client, o.ID
	default:
		o.Stage = edge.StageReceived
	}
}

// hasGoods tells whether anything of the order was picked.
func hasGoods(o *edge.Order) bool {
	return slices.ContainsFunc(o.Lines, func(l *edge.Line) bool { return l.Picked > 0 })
}

func (s *State) applyTote(e *edge.Event, d *edge.ToteEvent, at time.Time) error {
	if e.Order == "" {
		return s.waveTote(e, d)
	}
	o := s.editOrder(e.Client, e.Order)
	if o == nil {
		return errNoOrder
	}
	if e.Type == edge.EvToteBound {
		w := s.work.edit(d.Work)
		if w == nil && !e.Manual {
			return errNoWork
		}
		if s.totes.get(d.Tote) != nil {
			return errFigures
		}
		s.totes.put(d.Tote, &edge.Tote{ID: d.Tote, Client: e.Client, Order: e.Order, Wave: d.Wave, Work: d.Work})
		if w != nil {
			w.Totes, w.Step = grow(w.Totes, d.Tote), ""
		}
		o.Totes = grow(o.Totes, d.Tote)
		return nil
	}
	t := s.totes.get(d.Tote)
	if t == nil {
		return errNoTote
	}
	if w := s.work.edit(t.Work); w != nil {
		w.Totes = without(w.Totes, d.Tote)
	}
	if w := s.work.edit(s.idx.offered[d.Tote]); w != nil && w.Offered == d.Tote {
		headOf(w).Offered = ""
	}
	s.totes.remove(d.Tote)
	o.Totes = without(o.Totes, d.Tote)
	s.closeCancelled(o, at)
	return nil
}

// waveTote binds a tote to a wave, or frees it.
func (s *State) waveTote(e *edge.Event, d *edge.ToteEvent) error {
	if e.Type == edge.EvToteReleased {
		if s.totes.get(d.Tote) == nil {
			return errNoTote
		}
		s.totes.remove(d.Tote)
		return nil
	}
	w := s.work.edit(d.Work)
	if w == nil {
		return errNoWork
	}
	if s.totes.get(d.Tote) != nil {
		return errFigures
	}
	s.totes.put(d.Tote, &edge.Tote{ID: d.Tote, Client: e.Client, Wave: d.Wave, Work: d.Work})
	w.Totes, w.Step = grow(w.Totes, d.Tote), ""
	return nil
}

func (s *State) applyLocation(d *edge.LocationConfirmed) error {
	w := s.work.edit(d.Work)
	if w == nil {
		return errNoWork
	}
	w.Location = d.Location
	return nil
}
