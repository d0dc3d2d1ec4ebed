package floor

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dcedge/edge"
)

// Rules is the number of what Apply makes of events. It is raised when an event of
// before gives another state (also the same one written in another way): a state is
// held to hashes of its own number alone. The days under testdata tell when.
const Rules = 1

// Apply makes the state that follows from one event. It reads the state and the
// event only. On an error the message is to be dropped: rows may be half
// changed. Errors: ErrEvent.
func Apply(s *State, e *edge.Event) error {
	at := norm(e.At)
	if e.Practice != s.practice { // of the other state: only the count of events goes on
		if e.Seq != 0 {
			s.site.edit(siteKey).Seq = e.Seq
		}
		return nil
	}
	if err := s.apply(e, at); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrEvent, e.Type, err)
	}
	if e.Seq != 0 {
		s.site.edit(siteKey).Seq = e.Seq
	}
	s.reindex()
	s.expire(at)
	return nil
}

func (s *State) apply(e *edge.Event, at time.Time) error {
	switch d := e.Data.(type) {
	case *edge.OrderReceived:
		return s.applyReceived(e, d, at)
	case *edge.OrderChanged:
		return s.applyChanged(e, d, at)
	case *edge.WorkEvent:
		return s.applyWork(e, d, at)
	case *edge.ToteEvent:
		return s.applyTote(e, d, at)
	case *edge.LocationConfirmed:
		return s.applyLocation(d)
	case *edge.PickEvent:
		return s.applyPick(e, d)
	case *edge.PackStarted:
		return s.applyPackStarted(e, d)
	case *edge.PackItem:
		return s.applyPackItem(e, d, at)
	case *edge.BoxEvent:
		return s.applyBox(e, d, at)
	case *edge.WaybillEvent:
		return s.applyWaybill(e, d, at)
	case *edge.LabelEvent:
		return s.applyLabel(e, d, at)
	case *edge.TruckEvent:
		return s.applyTruck(e, d, at)
	case *edge.BoxLoaded:
		return s.applyLoaded(e, d, at)
	case *edge.ParcelEvent:
		return s.applyParcel(e, d, at)
	case *edge.StepConfirmed:
		return s.applyStep(e, d, at)
	case *edge.Refused:
		s.applyRefused(e, d)
	case *edge.DeviceState:
		if e.Type == edge.EvPrinterState {
			s.printers.put(d.Device, &edge.PrinterStatus{Name: d.Device, State: d.State, Error: d.Error, At: at})
		}
	case *edge.LeaseEvent:
		return s.applyLease(e, d)
	case *edge.EpochEvent:
		return s.applyEpoch(e, d, at)
	case *edge.ReconciledEvent:
		return s.applyTold(e, d, at)
	case *edge.PutEvent:
		return s.applyPut(e, d)
	case *edge.ShiftEvent:
		s.applyShift(e, d, at)
	case *edge.PaperEntered:
		return s.applyPaper(e, d)
	case *edge.StockKnown:
		s.applyStockKnown(e, d)
	case *edge.PickListReceived:
		s.applyList(e, d)
	case *edge.StockEvent:
		return s.applyStock(e, d, at)
	}
	return s.applyOut(e, at)
}

// applyOut is apply of what leaves the site and what comes back to it.
func (s *State) applyOut(e *edge.Event, at time.Time) error {
	switch d := e.Data.(type) {
	case *edge.ContainerEvent:
		return s.applyContainer(e, d, at)
	case *edge.BoxStowed:
		return s.applyStowed(e, d, at)
	case *edge.BoxShipped:
		return s.applyShipped(d)
	case *edge.TruckChanged:
		return s.applyVehicle(d)
	case *edge.CarrierScanned:
		s.applyCollected(d)
	case *edge.BoxUncollected:
		return s.applyUncollected(d, at)
	case *edge.CaseEvent:
		return s.applyCase(e, d)
	case *edge.ParcelUnknown:
		return s.applyUnknown(e, d, at)
	case *edge.ReturnReceived:
		s.applyReturnReceived(e, d, at)
	case *edge.ReturnEvent:
		return s.applyReturn(e, d, at)
	case *edge.HospitalEvent:
		return s.applyHospital(e, d, at)
	}
	return nil // the rest is news for the WMS and no state
}

// norm brings a time to what its line in the journal says.
func norm(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Truncate(time.Millisecond)
}

var (
	errNoOrder = errors.New("order is not known")
	errNoLine  = errors.New("line is not known")
	errNoWork  = errors.New("work is not known")
	errNoTote  = errors.New("tote is not in use")
	errNoTask  = errors.New("task is not known")
	errNoBox   = errors.New("box is not known")
	errFigures = errors.New("figures do not add up")
)

// bump raises a counter to the number in an id such as "T-12".
func bump(counter *uint64, id string) {
	if _, n, ok := strings.Cut(id, "-"); ok {
		if v, err := strconv.ParseUint(n, 10, 64); err == nil && v > *counter {
			*counter = v
		}
	}
}

func idOf(prefix string, n uint64) string { return prefix + strconv.FormatUint(n, 10) }

// worker gives the row of a worker to change, made where there is none.
func (s *State) worker(id string) *edge.WorkerState {
	if w := s.workers.edit(id); w != nil {
		return w
	}
	w := &edge.WorkerState{ID: id}
	s.workers.put(id, w)
	return w
}

func lineOf(o *edge.Order, id string) *edge.Line {
	for _, l := range o.Lines {
		if l.ID == id {
			return l
		}
	}
	return nil
}

// editLine gives a line of an order's new version to change; the versions
// before it keep the line as it was.
func editLine(o *edge.Order, id string) *edge.Line {
	for i, l := range o.Lines {
		if l.ID == id {
			c := *l
			o.Lines[i] = &c
			return &c
		}
	}
	return nil
}

// expireAtOnce bounds the work that one event may be charged with.
const expireAtOnce = 4

// expire takes what closed two days before an event's time out of the state:
// a rule of events alone, so that a replay does the same.
func (s *State) expire(at time.Time) {
	limit := at.Add(-keep).UnixMilli()
	changed := false
	for range expireAtOnce {
		r, ok := s.idx.closed.first()
		if !ok || r.cutoff > limit {
			break
		}
		if s.inHand(r.key) || s.inBoxes(s.orders.get(r.key)) != nil && s.orders.get(r.key).Stage == edge.StageCancelled {
			s.orders.edit(r.key).Closed = at // another two days
		} else {
			s.expireOrder(r.key, at)
		}
		s.reindex()
		changed = true
	}
	changed = s.expireTruck(at) || changed
	changed = s.expireWatched(at) || changed
	if s.expireSold(at) || changed {
		s.reindex()
	}
}

// expireTruck drops the truck that was closed first, unless its trip is still to leave
// or a container that stands there was begun before it left: what the one takes next,
// and what may ride in the other, follows from which departures are gone.
func (s *State) expireTruck(at time.Time) bool {
	limit, key := at.Add(-keep).UnixMilli(), ""
	s.idx.trucks.each(func(r rank) bool {
		if r.cutoff > limit {
			return false
		}
		if t := s.trucks.get(r.key); !t.Departs.After(at) && !s.passedBy(t) {
			key = r.key
		}
		return key == ""
	})
	if key == "" {
		return false
	}
	s.trucks.remove(key)
	return true
}

// passedBy tells whether a container goes on a later departure than the truck's, and
// was begun before the truck left.
func (s *State) passedBy(t *edge.Truck) bool {
	for c := range s.containers.all() {
		if c.Opened.Before(t.Departs) && t.Departs.Before(c.Departs) {
			return true
		}
	}
	return false
}

// inHand tells whether somebody met the order and has not said ack yet, or has to
// do with a box of it.
func (s *State) inHand(key string) bool {
	for w := range s.workers.all() {
		if w.AckOrder != "" && OrderKey(w.AckClient, w.AckOrder) == key {
			return true
		}
	}
	for _, id := range s.orders.get(key).Boxes {
		if b := s.boxes.get(id); b != nil && (b.Work != "" || b.Container != "" && !b.Shipped) {
			return true // on a table, or among others that go on a truck
		}
	}
	return false
}

func (s *State) expireOrder(key string, at time.Time) {
	o := s.orders.get(key)
	for _, id := range o.Boxes {
		b := s.boxes.get(id)
		if b == nil {
			continue
		}
		if s.sharedOn(b, o.ID) {
			continue
		}
		s.outOf(s.boxes.edit(id))
		s.forgetNumbers(b)
		for _, a := range b.Attempts {
			s.attempts.remove(a)
		}
		s.boxes.remove(id)
	}
	s.forgetSerials(o, at)
	s.orders.remove(key)
}
