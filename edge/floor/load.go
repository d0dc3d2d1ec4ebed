package floor

import (
	"time"

	"dcedge/edge"
)

// loadNow tells what a loader is asked for.
func loadNow(w *edge.Work) string {
	switch {
	case w.Mode == modeContainer && w.Task == "":
		return stepContainer
	case w.Mode != modeContainer && w.Truck == "":
		return stepDock
	case w.Step == stepUnload:
		return stepUnload
	}
	return stepWaybill
}

// startLoad is start {flow: load}: the dock that is scanned next names the truck.
func (d *decider) startLoad() {
	if d.m.Args.Mode == modeContainer {
		d.startContainer()
		return
	}
	if d.s.loadable() == 0 {
		d.noWork(whyNotPacked)
		return
	}
	d.verdict(edge.OK, edge.Says("load.started"))
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: d.nextWorkID(), Flow: edge.Load})
}

func (d *decider) scanLoad() {
	if d.w.Mode == modeContainer {
		d.scanContainer()
		return
	}
	dock, isDock := d.match("dock")
	if d.w.Truck == "" {
		if !isDock {
			d.refuseOther("")
			return
		}
		d.openTruck(d.Catalogue.Dock(dock.ID))
		return
	}
	t := d.s.Truck(d.w.Truck)
	crate, isCrate := d.match("container")
	switch {
	case isDock:
		d.dockAgain(t, dock.ID)
	case d.scanVehicle(t):
	case isCrate && d.w.Step == stepUnload:
		d.unloadContainer(t, crate.ID)
	case isCrate:
		d.loadContainer(t, crate.ID)
	case d.w.Step == stepUnload:
		d.unloadBox(t)
	default:
		d.loadBox(t)
	}
}

// dockAgain is a dock's code while a truck is in hand: the same one says that
// all is as it should be.
func (d *decider) dockAgain(t *edge.Truck, dock string) {
	if dock != t.Dock {
		d.refuse(edge.Wrong, edge.Says("load.wrongDock", edge.T("expected", t.Dock), edge.T("scanned", dock)), "dock", dock)
		return
	}
	d.verdict(edge.OK, edge.Says("load.here", edge.T("carrier", t.Carrier), edge.T("trip", t.Trip)))
	d.event(edge.EvStep, "", "", &edge.StepConfirmed{Kind: stepDock, What: dock, Step: loadNow(d.w), Work: d.w.ID})
}

// unloadBox takes a box off the truck again; after the truck is closed only a
// return brings it back.
func (d *decider) unloadBox(t *edge.Truck) {
	u, b := d.waybill(t.Carrier)
	switch {
	case u == nil || b == nil || u.Voided:
		d.refuseOther(t.Carrier)
	case b.Truck != t.ID:
		d.refuse(edge.Wrong, edge.Says("load.notOnTruck", edge.T("expected", t.ID), edge.T("scanned", b.ID)), "box", b.ID)
	default:
		d.verdict(edge.OK, edge.Says("load.unloaded", edge.T("box", b.ID)))
		d.unloaded(t, b, "")
	}
}

// unloadContainer takes a container off the truck with all that lies in it.
func (d *decider) unloadContainer(t *edge.Truck, id string) {
	c := d.s.Container(id)
	if c == nil || c.Truck != t.ID {
		d.refuse(edge.Wrong, edge.Says("load.notOnTruck", edge.T("expected", t.ID), edge.T("scanned", id)), "container", id)
		return
	}
	d.verdict(edge.OK, edge.Says("container.unloaded", edge.T("container", id), edge.N("n", len(c.Boxes))))
	for _, box := range c.Boxes {
		d.unloaded(t, d.s.Box(box), id)
	}
}

func (d *decider) unloaded(t *edge.Truck, b *edge.Box, container string) {
	d.event(edge.EvBoxUnloaded, b.Client, b.Order, &edge.BoxLoaded{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Truck: t.ID,
		Container: container, Orders: others(b)})
	for _, w := range d.s.loadersOf(b.Carrier) {
		d.touch(w)
	}
	d.touch(Everyone)
}

func (d *decider) loadBox(t *edge.Truck) {
	u, b := d.waybill(t.Carrier)
	if u == nil || b == nil || u.Voided {
		d.refuseOther(t.Carrier)
		return
	}
	o := d.s.BoxOrder(b)
	switch {
	case o == nil:
		d.refuseOther(t.Carrier)
	case d.s.Stopped(b, o):
		d.refuseCancelled(o)
	case b.Truck != "":
		d.refuse(edge.Duplicate, edge.Says("load.again", edge.T("box", b.ID), edge.T("truck", b.Truck)), "box", b.ID)
	case !serves(t, b.Carrier):
		d.refuse(edge.Wrong, edge.Says("load.wrongCarrier", edge.T("expected", t.Carrier), edge.T("scanned", b.Carrier)), "box", b.ID)
	case d.notReady(o, b):
	case !sameRoute(t.Route, o.Route):
		d.refuse(edge.Wrong, edge.Says("load.wrongRoute", edge.T("expected", t.Route), edge.T("scanned", o.Route)), "box", b.ID)
	default:
		d.loaded(t, o, b)
	}
}

// notReady refuses a box that may not travel now, in a container or not.
func (d *decider) notReady(o *edge.Order, b *edge.Box) bool {
	switch {
	case b.Stale != "":
		d.refuse(edge.Hold, edge.Says("load.oldLabel", edge.T("box", b.ID)), "box", b.ID)
	case b.Bound == "":
		d.refuse(edge.Hold, edge.Says("load.notPacked", edge.T("box", b.ID)), "box", b.ID)
	case o.Held != "":
		d.refuseHeld(o, "box", b.ID)
	case b.Aside != "":
		d.refuse(edge.Hold, edge.Says("load.aside", edge.T("box", b.ID), edge.T("reason", b.Aside)), "box", b.ID)
	default:
		return false
	}
	return true
}

func (d *decider) loaded(t *edge.Truck, o *edge.Order, b *edge.Box) {
	left := d.s.leftOf(t)
	if d.s.ofTrip(t, o) {
		left--
	}
	if left <= 0 {
		d.verdict(edge.Done, edge.Says("load.all"))
	} else {
		d.verdict(edge.OK, edge.Says("load.box", edge.T("box", b.ID)))
	}
	d.loadTurns(b.Carrier, -1)
	d.unstow(b, "loaded")
	d.boxLoaded(t, o, b, "")
	for _, w := range d.s.loadersOf(b.Carrier) {
		d.touch(w)
	}
}

func (d *decider) boxLoaded(t *edge.Truck, o *edge.Order, b *edge.Box, container string) {
	d.event(edge.EvBoxLoaded, b.Client, b.Order, &edge.BoxLoaded{Box: b.ID, Waybill: b.Waybill, Attempt: b.Bound, Truck: t.ID,
		Container: container, Extra: !d.s.ofTrip(t, o), Orders: others(b)})
	d.shipConfirm(b, edge.AtLoaded, t.ID, t.Trip, container)
	if b.Work != "" { // it lay on a table of the hospital
		d.touchFlow(edge.Hospital)
	}
}

// actLoad decides a button of a loader.
func (d *decider) actLoad() {
	t := d.s.Truck(d.w.Truck)
	switch d.m.Action {
	case "undo":
		if d.w.Step == stepUnload {
			d.verdict(edge.OK, edge.Says("undo.done"))
			d.event(edge.EvStep, "", "", &edge.StepConfirmed{Kind: stepEmptied, Step: stepUnload, Work: d.w.ID})
			return
		}
	case "unload":
		c := d.s.Container(d.w.Task)
		if t != nil && len(t.Boxes) > 0 || c != nil && c.Truck == "" && d.w.Task != "" {
			d.verdict(edge.OK, edge.Says("load.unload"))
			d.event(edge.EvStep, "", "", &edge.StepConfirmed{Kind: stepUnload, Step: loadNow(d.w), Work: d.w.ID, Reason: clip(d.m.Args.Reason)})
			return
		}
	case "leave":
		d.leave()
		d.touchCrate(d.w.Task)
		return
	case "vehicle":
		if t != nil {
			d.vehicle(t)
			return
		}
	case "close":
		switch {
		case t != nil:
			d.closeTruck(t)
			return
		case d.w.Mode == modeContainer && d.w.Task != "":
			d.closeContainer()
			return
		}
	}
	d.refuseAct()
}

func (s *State) applyLoaded(e *edge.Event, d *edge.BoxLoaded, at time.Time) error {
	b, t := s.boxes.edit(d.Box), s.trucks.edit(d.Truck)
	if b == nil || t == nil {
		return errNoBox
	}
	b.At = at
	if e.Type == edge.EvBoxUnloaded {
		return s.unload(e, d, b, t)
	}
	if b.Truck != "" || b.Bound == "" {
		return errFigures
	}
	b.Truck, b.Seen, b.Work, b.Missed, b.Rejected = t.ID, t.Dock, "", false, ""
	t.Boxes = append(t.Boxes, b.ID)
	if d.Extra {
		t.Extra = grow(t.Extra, b.ID)
	}
	if d.Container != "" {
		c := s.containers.edit(containerKey(d.Container))
		if c == nil || b.Container != d.Container {
			return errFigures
		}
		c.Truck, c.At = t.ID, at
	}
	for _, id := range b.Members() {
		if o := s.editOrder(b.Client, id); o != nil && s.wholeOrder(o, func(b *edge.Box) bool { return b.Truck != "" }) {
			o.Stage = edge.StageLoaded
		}
	}
	return nil
}

func (s *State) unload(e *edge.Event, d *edge.BoxLoaded, b *edge.Box, t *edge.Truck) error {
	for w := range s.work.all() {
		if w.Truck == t.ID && w.Worker == e.Worker {
			s.work.edit(w.ID).Step = ""
		}
	}
	b.Truck, b.Seen, b.Lane = "", t.Dock, ""
	t.Boxes, t.Extra = without(t.Boxes, b.ID), without(t.Extra, b.ID)
	for _, id := range b.Members() {
		if o := s.editOrder(b.Client, id); o != nil && o.Stage == edge.StageLoaded {
			o.Stage = edge.StagePacked
		}
	}
	switch c := s.containers.edit(containerKey(b.Container)); {
	case b.Container == "":
	case c == nil:
		return errFigures
	case d.Container == "":
		s.outOf(b)
	default:
		c.Truck, c.At = "", b.At
	}
	return nil
}
