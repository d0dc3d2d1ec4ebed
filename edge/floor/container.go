package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

// modeContainer is the filling of a container, which a truck then takes with one
// scan.
const modeContainer = "container"

// containerMost bounds the boxes of a container: one scan loads them all.
const containerMost = 1000

func containerKey(id string) string { return edge.ContainerPrefix + id }

// Container finds a container in use.
func (s *State) Container(id string) *edge.Container { return s.containers.get(containerKey(id)) }

// EachContainer calls fn for every container in use.
func (s *State) EachContainer(fn func(*edge.Container)) {
	s.containers.each(func(_ string, v *edge.Container) { fn(v) })
}

// stower is who has a container in hand.
func (s *State) stower(id string) *edge.Work {
	for work := range s.idx.loaders {
		if w := s.Work(work); w.Mode == modeContainer && w.Task == id {
			return w
		}
	}
	return nil
}

// touchCrate tells those who fill containers, and those at a truck that could
// take it, that a container comes into somebody's hands or out of them.
func (d *decider) touchCrate(id string) {
	c := d.s.Container(id)
	for _, w := range d.s.loaders(func(t *edge.Truck) bool { return c != nil && serves(t, c.Carrier) }) {
		d.touch(w)
	}
}

// startContainer is start {flow: load, mode: container}.
func (d *decider) startContainer() {
	if !d.Catalogue.HasContainers() || d.s.loose() == 0 {
		d.noWork(whyNotPacked)
		return
	}
	d.verdict(edge.OK, edge.Says("container.started"))
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Load, Mode: modeContainer})
}

// takeContainer takes a container in hand, also one that is closed: what is put
// in or taken out opens it again.
func (d *decider) takeContainer(id string) {
	c := d.s.Container(id)
	switch w := d.s.stower(id); {
	case w != nil:
		d.refuse(edge.Duplicate, edge.Says("container.taken", edge.T("container", id)), "container", id)
	case c != nil && c.Truck != "":
		d.refuse(edge.Duplicate, edge.Says("container.loaded", edge.T("container", id), edge.T("truck", c.Truck)), "container", id)
	default:
		d.verdict(edge.OK, edge.Says("container.begun", edge.T("container", id)))
		e := &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Load, Mode: modeContainer, Task: id}
		if d.w != nil {
			e.Work = d.w.ID
			d.event(edge.EvWorkMoved, "", "", e)
		} else {
			d.event(edge.EvWorkStarted, "", "", e)
		}
		d.touchCrate(id)
	}
}

func (d *decider) scanContainer() {
	m, isCrate := d.match("container")
	id := d.w.Task
	switch {
	case id == "" && isCrate:
		d.takeContainer(m.ID)
	case id == "":
		d.refuseOther("")
	case isCrate && m.ID == id:
		d.closeContainer()
	case isCrate:
		d.refuse(edge.Wrong, edge.Says("container.other", edge.T("expected", id), edge.T("scanned", m.ID)), "container", m.ID)
	case d.w.Step == stepUnload:
		d.takeOut(id)
	default:
		d.stowBox(id)
	}
}

// crateCarrier is whose boxes a container takes: of those that lie in it, or the
// one that it belongs to.
func (d *decider) crateCarrier(id string) string { return crateCarrier(d.View, id) }

func crateCarrier(v View, id string) string {
	if c := v.State.Container(id); c != nil {
		return c.Carrier
	}
	if r := v.Catalogue.Container(id); r != nil {
		return r.Carrier
	}
	return ""
}

// stowBox puts a box into the container: it is refused as at a truck.
func (d *decider) stowBox(id string) {
	carrier, c := d.crateCarrier(id), d.s.Container(id)
	u, b := d.waybill(carrier)
	if u == nil || b == nil || u.Voided {
		d.refuseOther(carrier)
		return
	}
	o := d.s.BoxOrder(b)
	switch {
	case o == nil:
		d.refuseOther(carrier)
	case d.s.Stopped(b, o):
		d.refuseCancelled(o)
	case b.Truck != "":
		d.refuse(edge.Duplicate, edge.Says("load.again", edge.T("box", b.ID), edge.T("truck", b.Truck)), "box", b.ID)
	case b.Container != "":
		d.refuse(edge.Duplicate, edge.Says("container.again", edge.T("box", b.ID), edge.T("container", b.Container)), "box", b.ID)
	case carrier != "" && b.Carrier != carrier:
		d.refuse(edge.Wrong, edge.Says("load.wrongCarrier", edge.T("expected", carrier), edge.T("scanned", b.Carrier)), "box", b.ID)
	case d.notReady(o, b):
	case c != nil && !sameRoute(c.Route, o.Route):
		d.refuse(edge.Wrong, edge.Says("load.wrongRoute", edge.T("expected", c.Route), edge.T("scanned", o.Route)), "box", b.ID)
	case c != nil && len(c.Boxes) >= containerMost:
		d.refuse(edge.Over, edge.Says("container.full", edge.T("container", id)), "box", b.ID)
	default:
		d.stow(id, c, o, b)
	}
}

func (d *decider) stow(id string, c *edge.Container, o *edge.Order, b *edge.Box) {
	own := d.tripFor(o, b.Carrier, d.Now)
	if c != nil && !d.rides(c, o) {
		d.refuse(edge.Wrong, edge.Says("load.wrongTrip", edge.T("expected", c.Trip), edge.T("scanned", own.trip),
			edge.T("expectedAt", d.leavesAt(c.Departs)), edge.T("scannedAt", d.leavesAt(own.at))), "box", b.ID)
		return
	}
	d.verdict(edge.OK, edge.Says("container.box", edge.T("box", b.ID), edge.T("container", id)))
	if c == nil {
		d.event(edge.EvContainer, "", "", &edge.ContainerEvent{Container: id, Carrier: b.Carrier, Route: own.route, Trip: own.trip,
			Departs: norm(own.at), Work: d.w.ID})
	}
	d.event(edge.EvStowed, b.Client, b.Order, &edge.BoxStowed{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Container: id, Work: d.w.ID})
	for _, w := range d.s.loadersOf(b.Carrier) {
		d.touch(w)
	}
}

// leavesAt is a departure for people: a trip leaves on many days.
func (d *decider) leavesAt(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(zoneOf(d.Policy)).Format(edge.TimeLayout)
}

// rides tells whether an order's boxes may go with a container's trip: it is not
// before the cut-off, and none would have done between the container's first box
// and it.
func (d *decider) rides(c *edge.Container, o *edge.Order) bool {
	if c.Departs.IsZero() {
		return true
	}
	own := d.tripFor(o, c.Carrier, c.Opened)
	return !o.Cutoff.After(c.Departs) && (own.at.IsZero() || !own.at.Before(c.Departs))
}

// takeOut takes a box out of the container.
func (d *decider) takeOut(id string) {
	carrier := d.crateCarrier(id)
	u, b := d.waybill(carrier)
	switch {
	case u == nil || b == nil || u.Voided:
		d.refuseOther(carrier)
	case b.Container != id || b.Truck != "":
		d.refuse(edge.Wrong, edge.Says("container.notIn", edge.T("expected", id), edge.T("scanned", b.ID)), "box", b.ID)
	default:
		if o := d.s.BoxOrder(b); o != nil && d.s.Stopped(b, o) {
			d.refuseCancelled(o)
			return
		}
		d.verdict(edge.OK, edge.Says("container.out", edge.T("box", b.ID), edge.T("container", id)))
		d.unstow(b, "")
	}
}

// unstow books that a box is out of its container.
func (d *decider) unstow(b *edge.Box, reason string) {
	if b.Container == "" || b.Truck != "" || b.Shipped {
		return
	}
	e := &edge.BoxStowed{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Container: b.Container, Reason: reason, Work: workID(d.w)}
	d.event(edge.EvUnstowed, b.Client, b.Order, e)
	for _, w := range d.s.loadersOf(b.Carrier) {
		d.touch(w)
	}
}

// outOfCrate is unstow, once a decision.
func (d *decider) outOfCrate(b *edge.Box, reason string) {
	out := slices.ContainsFunc(d.out.Events, func(e edge.Event) bool {
		in, ok := e.Data.(*edge.BoxStowed)
		return ok && in.Box == b.ID
	})
	if !out {
		d.unstow(b, reason)
	}
}

// ackedOut takes the box that a worker met, of a cancelled order, out of its
// container: it goes back with the goods.
func (d *decider) ackedOut(o *edge.Order) {
	ws := d.s.Worker(d.m.Worker)
	if ws == nil {
		return
	}
	if b := d.s.Box(ws.AckWhat); b != nil && slices.Contains(b.Members(), o.ID) && b.Client == o.Client {
		d.unstow(b, "cancelled")
	}
}

// closeContainer ends the filling.
func (d *decider) closeContainer() {
	c := d.s.Container(d.w.Task)
	if c == nil || len(c.Boxes) == 0 {
		d.refuse(edge.Unexpected, edge.Says("container.empty", edge.T("container", d.w.Task)), "container", d.w.Task)
		return
	}
	d.verdict(edge.Done, edge.Says("container.closed", edge.T("container", c.ID), edge.N("n", len(c.Boxes))))
	d.shut(c)
	d.finishWork(d.w, "")
	d.touchCrate(c.ID)
}

func (d *decider) shut(c *edge.Container) {
	d.event(edge.EvContainerShut, "", "", &edge.ContainerEvent{Container: c.ID, Carrier: c.Carrier, Route: c.Route, Trip: c.Trip,
		Boxes: len(c.Boxes), Work: workID(d.w)})
	for _, w := range d.s.loadersOf(c.Carrier) {
		d.touch(w)
	}
}

// loadContainer loads all that lies in a container, or nothing. Boxes of a later trip
// are extra, as they are one by one.
func (d *decider) loadContainer(t *edge.Truck, id string) {
	c := d.s.Container(id)
	switch {
	case c == nil:
		d.refuse(edge.Unexpected, edge.Says("container.empty", edge.T("container", id)), "container", id)
	case c.Truck != "":
		d.refuse(edge.Duplicate, edge.Says("container.loaded", edge.T("container", id), edge.T("truck", c.Truck)), "container", id)
	case d.s.stower(id) != nil:
		d.refuse(edge.Duplicate, edge.Says("container.taken", edge.T("container", id)), "container", id)
	case !serves(t, c.Carrier):
		d.refuse(edge.Wrong, edge.Says("load.wrongCarrier", edge.T("expected", t.Carrier), edge.T("scanned", c.Carrier)), "container", id)
	case !sameRoute(t.Route, c.Route):
		d.refuse(edge.Wrong, edge.Says("load.wrongRoute", edge.T("expected", t.Route), edge.T("scanned", c.Route)), "container", id)
	case d.crateFault(c):
	default:
		d.crateLoaded(t, c)
	}
}

// crateFault refuses a container in which a box lies that may not travel, and
// names it.
func (d *decider) crateFault(c *edge.Container) bool {
	for _, id := range c.Boxes {
		b := d.s.Box(id)
		o := d.s.BoxOrder(b)
		switch {
		case d.s.Stopped(b, o):
			say := edge.Says("container.cancelled", edge.T("box", b.ID), edge.T("waybill", b.Waybill), edge.T("container", c.ID), edge.T("order", o.ID))
			if o.Stage != edge.StageCancelled {
				say = edge.Says("container.less", edge.T("box", b.ID), edge.T("waybill", b.Waybill), edge.T("container", c.ID), edge.T("order", o.ID))
			}
			d.verdict(edge.Cancelled, say)
			d.event(edge.EvRefused, o.Client, o.ID, &edge.Refused{Code: edge.Cancelled, Say: say.Key, Step: d.step(),
				Kind: "box", What: b.ID, Work: d.w.ID})
		case b.Bound == "":
			d.refuse(edge.Hold, edge.Says("container.notPacked", edge.T("box", b.ID), edge.T("container", c.ID)), "box", b.ID)
		case o.Held != "":
			d.refuse(edge.Hold, edge.Says("container.held", edge.T("box", b.ID), edge.T("waybill", b.Waybill),
				edge.T("container", c.ID), edge.T("reason", o.Held)), "box", b.ID)
		case b.Aside != "":
			d.refuse(edge.Hold, edge.Says("container.held", edge.T("box", b.ID), edge.T("waybill", b.Waybill),
				edge.T("container", c.ID), edge.T("reason", b.Aside)), "box", b.ID)
		default:
			continue
		}
		return true
	}
	return false
}

func (d *decider) crateLoaded(t *edge.Truck, c *edge.Container) {
	left := d.s.leftOf(t)
	if !c.Closed {
		d.shut(c)
	}
	for _, id := range c.Boxes {
		b := d.s.Box(id)
		o := d.s.BoxOrder(b)
		if d.s.ofTrip(t, o) {
			left--
		}
		d.boxLoaded(t, o, b, c.ID)
	}
	if left <= 0 {
		d.verdict(edge.Done, edge.Says("load.all"))
	} else {
		d.verdict(edge.OK, edge.Says("load.container", edge.T("container", c.ID), edge.N("n", len(c.Boxes))))
	}
	d.touch(Everyone) // a dock with nothing more to load leaves the idle screens
}

func (s *State) applyContainer(e *edge.Event, d *edge.ContainerEvent, at time.Time) error {
	key := containerKey(d.Container)
	if e.Type == edge.EvContainer {
		if s.containers.get(key) != nil {
			return errFigures
		}
		s.containers.put(key, &edge.Container{ID: d.Container, Carrier: d.Carrier, Route: d.Route, Trip: d.Trip,
			Departs: norm(d.Departs), Opened: at, At: at})
		return nil
	}
	c := s.containers.edit(key)
	if c == nil {
		return errFigures
	}
	c.Closed, c.At = true, at
	return nil
}

func (s *State) applyStowed(e *edge.Event, d *edge.BoxStowed, at time.Time) error {
	b, c := s.boxes.edit(d.Box), s.containers.edit(containerKey(d.Container))
	if b == nil {
		return errNoBox
	}
	if c == nil || c.Truck != "" {
		return errFigures
	}
	b.At, b.Seen, c.At = at, c.ID, at
	if e.Type == edge.EvUnstowed {
		if b.Container != c.ID {
			return errFigures
		}
		if w := s.work.edit(d.Work); w != nil && w.Step == stepUnload {
			w.Step = ""
		}
		s.outOf(b)
		return nil
	}
	if b.Container != "" || b.Truck != "" {
		return errFigures
	}
	b.Container, c.Closed = c.ID, false
	c.Boxes = grow(c.Boxes, b.ID)
	return nil
}

// outOf takes a box out of its container, which is free again with the last one.
func (s *State) outOf(b *edge.Box) {
	c := s.containers.edit(containerKey(b.Container))
	b.Container = ""
	if c == nil {
		return
	}
	if c.Boxes = without(c.Boxes, b.ID); len(c.Boxes) == 0 || !slices.ContainsFunc(c.Boxes, func(id string) bool { return s.boxes.get(id) != nil }) {
		s.containers.remove(containerKey(c.ID))
	}
}
