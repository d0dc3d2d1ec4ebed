package floor

import (
	"time"

	"dcedge/edge"
)

// openOrders puts a desk's orders in its worker's hands: what they pack from now
// on goes into one box.
func (s *State) openOrders(client string, w *edge.Work) error {
	for _, id := range w.Orders {
		o := s.editOrder(client, id)
		if o == nil {
			return errNoOrder
		}
		if o.Work = w.ID; o.Stage != edge.StageCancelled {
			o.Stage = edge.StagePacking
		}
		if len(w.Orders) > 1 {
			termsOf(o).Joined = w.Orders
		}
		s.takeBox(o, w)
	}
	return nil
}

// takeBox gives a desk the box of an order that has no label on it yet.
func (s *State) takeBox(o *edge.Order, w *edge.Work) {
	for _, id := range o.Boxes {
		b := s.boxes.get(id)
		if b == nil || b.Bound != "" {
			continue
		}
		b = s.boxes.edit(id)
		b.Work, b.Station = w.ID, w.Station
		w.Box = id
	}
}

// boxForItem gives the box that a piece goes into; its first piece makes it.
func (s *State) boxForItem(o *edge.Order, w *edge.Work, id string) *edge.Box {
	if b := s.boxes.edit(id); b != nil {
		if w.Box != id {
			b.Work, b.Station, w.Box = w.ID, w.Station, id
		}
		return b
	}
	bump(&s.site.edit(siteKey).Boxes, id)
	b := &edge.Box{ID: id, Order: o.ID, Client: o.Client, Carrier: o.Carrier, N: len(o.Boxes) + 1, Station: w.Station, Work: w.ID}
	if len(w.Orders) > 1 {
		b.Order, b.With = w.Orders[0], w.Orders[1:]
	}
	s.boxes.put(b.ID, b)
	for _, member := range b.Members() {
		if in := s.editOrder(b.Client, member); in != nil {
			in.Boxes = grow(in.Boxes, b.ID)
		}
	}
	w.Box = b.ID
	return b
}

// dropBox takes a box that holds nothing out of the state. The rest of its orders
// is counted anew when the last of their boxes is closed.
func (s *State) dropBox(b *edge.Box) {
	if w := s.work.edit(b.Work); w != nil && w.Box == b.ID {
		w.Box = ""
	}
	s.boxes.remove(b.ID)
	for _, id := range b.Members() {
		if o := s.editOrder(b.Client, id); o != nil {
			o.Boxes = without(o.Boxes, b.ID)
			s.uncounted(o)
		}
	}
	s.leaveNumbers(b)
}

// leaveNumbers keeps the dead numbers of a box that is none any more with another
// box of its order: they are known for as long as that.
func (s *State) leaveNumbers(b *edge.Box) {
	o := s.Order(b.Client, b.Order)
	if len(b.Voided) == 0 {
		return
	}
	if o == nil || len(o.Boxes) == 0 {
		s.forgetNumbers(b)
		return
	}
	to := s.boxes.edit(o.Boxes[0])
	for _, n := range b.Voided {
		if u := s.waybills.edit(waybillKey(b, n)); u != nil {
			u.Box = to.ID
			to.Voided = grow(to.Voided, n)
		}
	}
}

// uncounted forgets how many boxes an order has, as long as that is open.
func (s *State) uncounted(o *edge.Order) {
	for _, id := range o.Boxes {
		if b := s.boxes.get(id); b != nil && b.Of != 0 {
			s.boxes.edit(id).Of = 0
		}
	}
}

// counted notes in every box of an order how many they are.
func (s *State) countBoxes(b *edge.Box, of int) {
	o := s.Order(b.Client, b.Order)
	if o == nil || of == 0 {
		return
	}
	for _, id := range o.Boxes {
		if in := s.boxes.get(id); in != nil && in.Of != of {
			s.boxes.edit(id).Of = of
		}
	}
}

// reopened takes a box's label out of force: nothing is printed for it until it
// is closed again.
func (s *State) reopened(e *edge.Event, b *edge.Box, w *edge.Work) {
	b.Closed, b.Grams = false, ""
	unbind(b)
	if b.Print.Wanted {
		b.Print.Wanted, b.Print.NextAttempt = false, ""
		b.Print.Copy--
	}
	for _, id := range b.Members() {
		if o := s.Order(b.Client, id); o != nil {
			s.uncounted(o)
		}
		s.unpacked(b.Client, id)
	}
	if w == nil {
		return
	}
	w.BoxType = b.Type
	for i := range b.Items {
		it := &b.Items[i]
		remember(w, &edge.Undo{Message: e.Scan, Type: edge.EvPackItem, Order: b.OrderOf(it), Line: it.Line, Quantity: it.Quantity, Box: b.ID})
	}
}

// unpacked takes an order that was packed back among those that are not.
func (s *State) unpacked(client, id string) {
	if o := s.Order(client, id); o != nil && o.Stage == edge.StagePacked {
		s.editOrder(client, id).Stage = edge.StagePacking
	}
}

// nowPacked notes that every box of an order has its label on it.
func (s *State) nowPacked(o *edge.Order) {
	if o.Stage == edge.StagePacking && s.wholeOrder(o, func(b *edge.Box) bool { return b.Bound != "" }) {
		o.Stage = edge.StagePacked
	}
}

// joinedPacked is nowPacked for those that an order goes into one box with.
func (s *State) joinedPacked(o *edge.Order) {
	for _, id := range o.Joined {
		if id != o.ID {
			if in := s.editOrder(o.Client, id); in != nil {
				s.nowPacked(in)
			}
		}
	}
}

// applyReprint asks for one more label of a box's number. A box that had one on
// it is to be scanned again: whichever copy comes first wins.
func (s *State) applyReprint(d *edge.StepConfirmed, at time.Time) error {
	b := s.boxes.edit(d.Box)
	if b == nil {
		return errNoBox
	}
	if b.At = at; b.Bound != "" {
		unbind(b)
		for _, id := range b.Members() {
			s.unpacked(b.Client, id)
		}
	}
	s.want(b, "")
	return nil
}

// bound books a label on its box and gives the desk the next box of the order
// that has none.
func (s *State) bound(e *edge.Event, b *edge.Box, d *edge.WaybillEvent) {
	b.Bound, b.Seen, b.By = d.Attempt, b.Station, e.Worker
	unsort(b, norm(e.At))
	if b.Print.Wanted { // the label is on the box: no copy of it is made any more
		b.Print.Wanted, b.Print.NextAttempt = false, ""
	}
	w := s.work.edit(b.Work)
	if b.Work = ""; w != nil && w.Box == b.ID {
		w.Box = ""
	}
	for _, id := range b.Members() {
		o := s.editOrder(b.Client, id)
		if o == nil {
			continue
		}
		s.nowPacked(o)
		if w != nil && w.Box == "" && o.Work == w.ID {
			s.takeBox(o, w)
		}
	}
}
