package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

// undoKeep is how many steps a worker may take back.
const undoKeep = 50

func remember(w *edge.Work, u edge.Undo) {
	if len(w.Undo) >= undoKeep {
		w.Undo = w.Undo[len(w.Undo)-undoKeep+1:]
	}
	w.Undo = append(w.Undo, u)
}

// forget takes the steps of an undone message out.
func forget(w *edge.Work, message string) {
	w.Undo = slices.DeleteFunc(slices.Clone(w.Undo), func(u edge.Undo) bool { return u.Message.String() == message })
}

func (s *State) applyPick(e *edge.Event, d *edge.PickEvent) error {
	o, w := s.editOrder(e.Client, e.Order), s.work.edit(d.Work)
	if o == nil {
		return errNoOrder
	}
	if w == nil {
		return errNoWork
	}
	l := lineOf(o, d.Line)
	if l == nil {
		return errNoLine
	}
	switch e.Type {
	case edge.EvPicked, edge.EvPickUndone:
		l.Picked += d.Quantity
		w.Line = l.ID
		if l.Open() == 0 {
			w.Line = ""
		}
	case edge.EvPickShort:
		l.Short += d.Missing
		w.Line = ""
		if d.Missing < 0 {
			w.Line = l.ID
		}
	case edge.EvPickSkipped:
		l.Skipped++
		w.Line = ""
		return nil
	}
	if l.Picked < 0 || l.Short < 0 || l.Picked < l.Packed || l.Short > 0 && l.Picked+l.Short > l.Wanted {
		return errFigures
	}
	if d.Undoes != "" {
		forget(w, d.Undoes)
		return nil
	}
	remember(w, edge.Undo{Message: e.Scan, Type: e.Type, Order: e.Order, Line: l.ID, SKU: l.SKU, Quantity: d.Quantity,
		Missing: d.Missing, Location: d.Location, Tote: d.Tote})
	return nil
}

func (s *State) applyPackStarted(e *edge.Event, d *edge.PackStarted) error {
	w, o := s.work.edit(d.Work), s.editOrder(e.Client, e.Order)
	if w == nil {
		return errNoWork
	}
	if o == nil {
		return errNoOrder
	}
	t := s.totes.edit(d.Tote)
	if t == nil {
		return errNoTote
	}
	t.Work = w.ID
	w.Totes, w.Offered, w.Client = grow(w.Totes, d.Tote), "", e.Client
	if len(w.Orders) > 0 {
		return nil
	}
	w.Orders = []string{e.Order}
	o.Work, o.Stage = w.ID, edge.StagePacking
	for _, id := range o.Boxes {
		if b := s.boxes.get(id); b != nil && b.Bound == "" {
			s.boxes.edit(id).Work, s.boxes.edit(id).Station = w.ID, w.Station
			w.Box = id
		}
	}
	return nil
}

func (s *State) applyPackItem(e *edge.Event, d *edge.PackItem, at time.Time) error {
	o, w := s.editOrder(e.Client, e.Order), s.work.edit(d.Work)
	if o == nil {
		return errNoOrder
	}
	if w == nil {
		return errNoWork
	}
	l := lineOf(o, d.Line)
	if l == nil {
		return errNoLine
	}
	b := s.boxes.edit(d.Box)
	if b == nil {
		bump(&s.site.edit(siteKey).Boxes, d.Box)
		b = &edge.Box{ID: d.Box, Order: o.ID, Client: o.Client, Carrier: o.Carrier, N: len(o.Boxes) + 1, Station: w.Station,
			Work: w.ID}
		s.boxes.put(b.ID, b)
		o.Boxes = grow(o.Boxes, b.ID)
		w.Box = b.ID
	}
	b.At, b.Seen = at, w.Station
	l.Packed += d.Quantity
	if err := addItem(b, d); err != nil {
		return err
	}
	if l.Packed < 0 || l.Packed > l.Picked {
		return errFigures
	}
	if w.Line = l.ID; packable(l) == 0 {
		w.Line = ""
	}
	if len(b.Items) == 0 { // taken back to the last piece: there is no box
		s.boxes.remove(b.ID)
		o.Boxes = without(o.Boxes, b.ID)
		w.Box = ""
	}
	if d.Quantity < 0 {
		w.Step = ""
	}
	if d.Undoes != "" {
		forget(w, d.Undoes)
		return nil
	}
	remember(w, edge.Undo{Message: e.Scan, Type: e.Type, Order: e.Order, Line: l.ID, SKU: l.SKU, Quantity: d.Quantity, Box: b.ID})
	return nil
}

// packable is what of a line is still to go into a box.
func packable(l *edge.Line) int { return max(0, min(l.Picked, l.Wanted)-l.Packed) }

func addItem(b *edge.Box, d *edge.PackItem) error {
	for i := range b.Items {
		it := &b.Items[i]
		if it.Line != d.Line {
			continue
		}
		if it.Quantity += d.Quantity; it.Quantity < 0 {
			return errFigures
		}
		if it.Quantity == 0 {
			b.Items = slices.Delete(b.Items, i, i+1)
		}
		return nil
	}
	if d.Quantity < 0 {
		return errFigures
	}
	b.Items = append(b.Items, edge.BoxItem{Line: d.Line, SKU: d.SKU, Quantity: d.Quantity})
	return nil
}

func (s *State) applyStep(e *edge.Event, d *edge.StepConfirmed, at time.Time) error {
	switch d.Kind {
	case stepAck:
		ws := s.worker(e.Worker)
		ws.AckClient, ws.AckOrder, ws.AckWhat = "", "", ""
		return nil
	case stepReprint:
		b := s.boxes.edit(d.Box)
		if b == nil {
			return errNoBox
		}
		s.want(b, "")
		b.At = at
		return nil
	}
	w := s.work.edit(d.Work)
	if w == nil {
		return nil
	}
	switch d.Kind {
	case stepAddTote:
		w.Step = stepAddTote
	case stepBoxType:
		w.BoxType = d.What
	case stepWeight, stepOverride:
		w.Step = d.Kind
	}
	return nil
}

// applyRefused remembers a cancelled order that a worker met: it waits for the
// worker's ack.
func (s *State) applyRefused(e *edge.Event, d *edge.Refused) {
	if d.Code != edge.Cancelled || e.Order == "" || e.Worker == "" {
		return
	}
	ws := s.worker(e.Worker)
	ws.AckClient, ws.AckOrder, ws.AckWhat = e.Client, e.Order, d.What
}
