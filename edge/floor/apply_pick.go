package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

// undoKeep is how many messages a worker may take back.
const undoKeep = 16

// remember keeps a step. What one message did is kept or let go as a whole; events of
// before do not say that they are joint, and each is let go by itself.
func remember(w *edge.Work, u *edge.Undo) {
	if n := len(w.Undo); n >= undoKeep && !together(&w.Undo[n-1], u) {
		w.Undo = w.Undo[lastSteps(w.Undo, undoKeep-1):]
		if len(w.Undo) == cap(w.Undo) {
			w.Undo = append(make([]edge.Undo, 0, len(w.Undo)+2*undoKeep), w.Undo...)
		}
	}
	w.Undo = append(w.Undo, *u)
}

func together(a, b *edge.Undo) bool { return a.Joint && b.Joint && a.Message == b.Message }

// lastSteps is where the last n steps begin, those that are joint counted as one.
func lastSteps(steps []edge.Undo, n int) int {
	for i := len(steps) - 1; i >= 0; i-- {
		if i == len(steps)-1 || !together(&steps[i], &steps[i+1]) {
			if n--; n < 0 {
				return i + 1
			}
		}
	}
	return 0
}

// headOf gives the head of a work's new version to change.
func headOf(w *edge.Work) *edge.WorkHead {
	h := *w.WorkHead
	w.WorkHead = &h
	return &h
}

// forget takes the steps of an undone message out.
func forget(w *edge.Work, message string) {
	id, err := edge.ParseID(message)
	of := func(u edge.Undo) bool { return u.Message == id || err != nil && u.Message.String() == message }
	if slices.ContainsFunc(w.Undo, of) { // else an event before it of the same undo did
		w.Undo = slices.DeleteFunc(slices.Clone(w.Undo), of)
	}
}

func (s *State) applyPick(e *edge.Event, d *edge.PickEvent) error {
	o, w := s.editLines(e.Client, e.Order), s.work.editQuiet(d.Work)
	if o == nil {
		return errNoOrder
	}
	if w == nil && e.Manual { // by paper: it was in nobody's hands
		w = &edge.Work{WorkHead: &edge.WorkHead{Mode: modeOrder}}
	}
	if w == nil {
		return errNoWork
	}
	l := editLine(o, d.Line)
	if l == nil {
		return errNoLine
	}
	if e.Type != edge.EvPickSkipped && (len(d.Serials) > 0 || len(s.idx.stock) > 0) {
		if err := s.goodsMoved(e, d, l, w); err != nil {
			return err
		}
	}
	handOf(w, d, l)
	if w.Mode != modeOrder {
		w.Order = e.Order
	}
	switch e.Type {
	case edge.EvPicked, edge.EvPickUndone:
		l.Picked, l.Put = l.Picked+d.Quantity, l.Put+d.Put
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
		if forget(w, d.Undoes); w.Step == stepEmpty {
			w.Step = "" // with what was picked goes the question
		}
		return nil
	}
	remember(w, &edge.Undo{Message: e.Scan, Type: e.Type, Order: e.Order, Line: l.ID, Quantity: d.Quantity,
		Missing: d.Missing, Tote: d.Tote, Captured: capturedOf(d), Agreed: d.Agreed, Joint: d.Joint})
	return nil
}

// goodsMoved books what a pick or a short means for the place and for serial
// numbers.
func (s *State) goodsMoved(e *edge.Event, d *edge.PickEvent, l *edge.Line, w *edge.Work) error {
	if e.Type == edge.EvPickShort {
		s.wasShort(e.Client, d.SKU, d.Location, d.Reason, d.Missing)
		return nil
	}
	if len(d.Serials) > 0 {
		l.Captured = withSerials(l.Captured, d.Serials, d.Quantity < 0)
	}
	for _, serial := range d.Serials {
		key := serialKey(e.Client, d.SKU, serial)
		switch old := s.serials.get(key); {
		case d.Quantity < 0:
			s.serials.remove(key)
		case old != nil:
			return errFigures
		default:
			s.serials.put(key, &edge.SerialUse{Client: e.Client, SKU: d.SKU, Serial: serial, Order: e.Order, Line: l.ID})
		}
	}
	s.moveStock(e.Client, d.SKU, d.Location, d.Lot, -d.Quantity)
	return nil
}

// withSerials gives what was captured of a line with serial numbers more, or
// less.
func withSerials(c *edge.Captured, serials []string, less bool) *edge.Captured {
	var list []string
	if c != nil {
		list = c.Serials
	}
	for _, n := range serials {
		if less {
			list = without(list, n)
		} else {
			list = grow(list, n)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return &edge.Captured{Serials: list}
}

// handOf keeps the lot of the last pieces for those that are typed after them.
func handOf(w *edge.Work, d *edge.PickEvent, l *edge.Line) {
	if w.Hand == nil && d.Lot == "" && d.Expiry == "" {
		return
	}
	if w.Step == stepAnyLot {
		w.Step = ""
	}
	if w.Hand = nil; d.Quantity > 0 && (d.Lot != "" || d.Expiry != "") {
		w.Hand = &edge.Hand{Line: l.ID, Captured: edge.Captured{Lot: d.Lot, Expiry: d.Expiry}}
	}
}

func capturedOf(d *edge.PickEvent) *edge.Captured {
	if d.Lot == "" && d.Expiry == "" && len(d.Serials) == 0 {
		return nil
	}
	return &edge.Captured{Lot: d.Lot, Expiry: d.Expiry, Serials: d.Serials}
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
	if w.Mode != modeSingle {
		w.Totes = grow(w.Totes, d.Tote)
	}
	h := headOf(w)
	h.Offered, h.Client = "", e.Client
	if len(w.Orders) > 0 {
		return nil
	}
	h.Orders = d.Orders
	if len(d.Orders) == 0 {
		h.Orders = []string{e.Order}
	}
	return s.openOrders(e.Client, w)
}

func (s *State) applyPackItem(e *edge.Event, d *edge.PackItem, at time.Time) error {
	o, w := s.editOrder(e.Client, e.Order), s.work.edit(d.Work)
	if o == nil {
		return errNoOrder
	}
	if w == nil && e.Manual {
		w = &edge.Work{WorkHead: &edge.WorkHead{Mode: modeOrder}}
	}
	if w == nil {
		return errNoWork
	}
	l := editLine(o, d.Line)
	if l == nil {
		return errNoLine
	}
	b := s.boxForItem(o, w, d.Box)
	b.At, b.Seen = at, w.Station
	if l.Packed += d.Quantity; w.Mode == modeSingle {
		s.tookSingle(o, l, w, d.Quantity)
	}
	if err := addItem(b, o.ID, d); err != nil {
		return err
	}
	if l.Packed < 0 || l.Packed > l.Picked {
		return errFigures
	}
	if w.Line = l.ID; packable(l) == 0 {
		w.Line = ""
	}
	if len(w.Orders) > 1 {
		w.Order = o.ID
	}
	if len(b.Items) == 0 && b.Waybill == "" { // taken back to the last piece: there is no box
		s.dropBox(b)
	}
	if d.Quantity < 0 {
		w.Step = ""
	}
	switch {
	case d.Quantity < 0 && d.Reason == backSurplus:
		tookLess(w, b, o.ID, l.ID)
	case d.Undoes != "":
		forget(w, d.Undoes)
	default:
		remember(w, &edge.Undo{Message: e.Scan, Type: e.Type, Order: e.Order, Line: l.ID, Quantity: d.Quantity, Box: b.ID, Joint: d.Joint})
	}
	return nil
}

// packable is what of a line is still to go into a box.
func packable(l *edge.Line) int { return max(0, min(l.Picked, l.Wanted)-l.Packed) }

// addItem books pieces of an order in a box. An item names its order where the
// box holds those of several.
func addItem(b *edge.Box, order string, d *edge.PackItem) error {
	for i := range b.Items {
		it := &b.Items[i]
		if it.Line != d.Line || b.OrderOf(it) != order {
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
	it := edge.BoxItem{Line: d.Line, SKU: d.SKU, Quantity: d.Quantity}
	if len(b.With) > 0 {
		it.Order = order
	}
	b.Items = append(b.Items, it)
	return nil
}

func (s *State) applyStep(e *edge.Event, d *edge.StepConfirmed, at time.Time) error {
	switch d.Kind {
	case stepAck:
		ws := s.worker(e.Worker)
		ws.AckClient, ws.AckOrder, ws.AckWhat = "", "", ""
		if w := s.work.edit(d.Work); w != nil && w.Flow == edge.Hospital {
			s.offTable(w)
			w.Box, w.Met, w.Step = "", nil, ""
		}
		return nil
	case stepReprint:
		if err := s.applyReprint(d, at); err != nil {
			return err
		}
		s.relabel(s.boxes.edit(d.Box), d)
		return nil
	}
	if d.Kind == stepDestroyed {
		b := s.boxes.edit(d.Box)
		if b == nil {
			return errNoBox
		}
		s.noStale(b, d.Attempt)
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
		if w.Step = stepAddTote; w.Mode == modeCluster {
			w.Order, w.Line = e.Order, ""
		}
	case stepInserted, stepLeftOut:
		s.applyInserted(e, d)
	case stepUnread:
		w.Met = &edge.Met{Why: edge.WhyUnknown}
	case stepPutDown:
		s.offTable(w)
		w.Hand, w.Met, w.Box, w.Step = nil, nil, "", ""
		handDone(w)
		s.tookAside(d.Task)
	case stepCapture:
		if err := stepped(w, e, d); err != nil {
			return err
		}
		w.Met = nil
		if w.Hand = d.Hand; d.Hand != nil && w.Mode != modeOrder {
			w.Order, w.Line = e.Order, d.Hand.Line
		}
	case stepAnyLot, stepEmpty, stepUnload, stepHandOver:
		if w.Step = d.Kind; d.Kind == stepHandOver && w.Hand != nil && w.Hand.Step == stepItem {
			w.Hand = nil // the piece stays with the one who scanned it
		}
	case stepEmptied:
		w.Step = ""
	case stepTote:
		if w.Step == stepFetch {
			w.Step = ""
		}
	case stepBoxType:
		w.BoxType = d.What
	case stepWeight, stepOverride, stepClosing:
		w.Step = d.Kind
	}
	return nil
}

// applyRefused remembers a cancelled order that a worker met: it waits for the
// worker's ack.
func (s *State) applyRefused(e *edge.Event, d *edge.Refused) {
	if d.Why != "" {
		s.met(d)
	}
	if d.Code != edge.Cancelled || e.Order == "" || e.Worker == "" {
		return
	}
	ws := s.worker(e.Worker)
	ws.AckClient, ws.AckOrder, ws.AckWhat = e.Client, e.Order, d.What
}
