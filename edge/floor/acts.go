package floor

import (
	"cmp"
	"slices"

	"dcedge/edge"
)

// act decides one button.
func (d *decider) act() {
	d.w = d.s.WorkOf(d.m.Worker)
	if d.m.Body != nil {
		if !d.closed() {
			d.asked()
		}
		return
	}
	if d.m.Rev != d.Rev {
		d.refuse(edge.Unexpected, edge.Says("screen.changed"), "act", known(d.m.Action))
		return
	}
	if d.closed() {
		return
	}
	if d.rested(d.m.Action) {
		d.idle()
		return
	}
	switch d.m.Action {
	case "help":
		d.verdict(edge.OK, edge.Says("help.called"))
		d.help()
		return
	case "ack":
		d.ack()
		return
	}
	if o := d.pending(); o != nil && !(d.m.Action == "leave" && d.w != nil) {
		d.refuseCancelled(o)
		return
	}
	switch {
	case d.m.Action == "start":
		d.start()
	case d.m.Action == "reopen" && d.w == nil:
		d.reopen()
	case (d.m.Action == "reprint" || d.m.Action == "void") && d.w == nil:
		d.idleLabel()
	case d.w == nil:
		d.refuseAct()
	case d.m.Action != "leave" && !d.mayWork():
	default:
		d.actWork()
	}
}

// actWork decides a button of the flow in hand.
func (d *decider) actWork() {
	switch {
	case d.w.Flow == edge.Pick:
		d.actPick()
	case d.w.Flow == edge.Pack:
		d.actPack()
	case d.w.Flow == edge.Load:
		d.actLoad()
	case d.w.Flow == edge.Put:
		d.actPut()
	case d.w.Flow == edge.Count:
		d.actCount()
	case d.w.Flow == edge.Replenish:
		d.actMove()
	case d.w.Flow == edge.Return:
		d.actReturn()
	case d.w.Flow == edge.Hospital:
		d.actHospital()
	default:
		d.refuseAct()
	}
}

// help calls the lead. The event says all of where the caller stood: it must
// outlast a restart.
func (d *decider) help() {
	e := &edge.StepConfirmed{Kind: stepHelp, Step: d.step(), Work: workID(d.w), Flow: edge.Idle}
	client, o := "", d.pending()
	if w := d.w; w != nil {
		client = w.Client
		e.Flow, e.Station, e.Location, e.Box = w.Flow, w.Station, w.Location, w.Box
		if o == nil {
			o = d.s.orderOf(w)
		}
		if n := len(w.Totes); n > 0 && (w.Flow == edge.Pick || w.Flow == edge.Put) {
			e.Tote = w.Totes[n-1] // somebody's goods may lie in it
		}
		line := w.Line
		if w.Flow == edge.Pick {
			in, at := pickAt(d.View, w)
			if in != nil {
				o = in
			}
			if at.line != nil {
				line, e.Location = at.line.ID, at.line.Location
			}
		}
		if o != nil {
			if l := lineOf(o, line); l != nil {
				e.SKU = l.SKU
			}
		}
		if t := d.s.moveOf(w); t != nil && w.Flow == edge.Replenish {
			e.SKU, e.Order, e.Location = t.SKU, t.Order, t.To
		}
	}
	if o != nil {
		client, e.Order = o.Client, o.ID
	}
	d.event(edge.EvStep, client, e.Order, e)
}

func workID(w *edge.Work) string {
	if w == nil {
		return ""
	}
	return w.ID
}

// known gives an action's name where it is one of the contract's: what a client
// made up does not go into an event.
func known(action string) string {
	switch action {
	case "start", "quantity", "short", "skip", "undo", "ack", "help", "close", "addTote", "weight", "reprint", "void",
		"printed", "override", "leave", "confirm", "empty", "count", "unload", "reopen", "handOver", "vehicle", "grade":
		return action
	}
	return ""
}

// refuseAct refuses a button that the step does not have.
func (d *decider) refuseAct() {
	a := known(d.m.Action)
	if a == "" {
		d.refuse(edge.Unexpected, edge.Says("act.unknown"), "act", "")
		return
	}
	d.refuse(edge.Unexpected, edge.Says("act.unexpected", edge.T("action", a)), "act", a)
}

// ack takes a cancelled order out of the worker's hands; its totes are free.
func (d *decider) ack() {
	o := d.pending()
	if o == nil || d.m.Args.Order != "" && d.m.Args.Order != o.ID {
		d.refuse(edge.Unexpected, edge.Says("ack.nothing"), "act", "ack")
		return
	}
	if o.Stage != edge.StageCancelled {
		d.ackLess(o)
		return
	}
	d.verdict(edge.OK, edge.Says("ack.done", edge.T("order", o.ID)))
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepAck, What: o.ID, Step: stepCancelled, Work: workID(d.w)})
	d.putAside(o)
	if len(o.Joined) > 1 {
		d.ackedOut(o)
	}
	if d.ackTogether(o) {
		return
	}
	d.releaseTotes(o, o.Totes)
	d.putBack(o, backCancelled)
	d.ackedOut(o)
	if d.w != nil && d.w.Flow == edge.Hospital {
		d.discharged()
	} else if len(o.Boxes) > 0 {
		d.touchFlow(edge.Hospital)
	}
	if o.Work == "" {
		return
	}
	if w := d.s.Work(o.Work); w != nil && slices.Contains(w.Orders, o.ID) {
		d.finishWork(w, "cancelled")
	}
}

// start begins work of a flow.
func (d *decider) start() {
	a := &d.m.Args
	if d.w != nil {
		d.refuse(edge.Unexpected, edge.Says("start.busy"), "act", "start")
		return
	}
	role := roleOf(a.Flow)
	switch {
	case role == "":
		d.noWork("")
	case !d.may(role):
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(role))), "act", "start")
	case a.Flow == edge.Pick && (a.Mode == "" || a.Mode == modeOrder):
		d.startOrder()
	case a.Flow == edge.Pick && a.Mode == modeCluster:
		d.startCluster()
	case a.Flow == edge.Pick && a.Mode == modeTotal:
		d.startTotal()
	case a.Flow == edge.Put:
		d.startPut(d.s.nextWave())
	case a.Flow == edge.Pack && a.Mode == modeSingle:
		d.startSingle(nil, d.station(a.Station))
	case a.Flow == edge.Pack && (a.Mode == "" || a.Mode == "order"):
		d.startPackFlow()
	case a.Flow == edge.Load:
		d.startLoad()
	case a.Flow == edge.Count:
		d.startCount()
	case a.Flow == edge.Replenish:
		d.startMove(d.s.nextMove(""))
	case a.Flow == edge.Return:
		d.startReturn()
	case a.Flow == edge.Hospital:
		d.startHospital()
	default:
		d.noWork("")
	}
}

// startOrder begins with one order, all of it or what lies in a zone.
func (d *decider) startOrder() {
	a := &d.m.Args
	var o *edge.Order
	if a.Zone != "" && len(a.Orders) == 0 {
		o = d.s.nextInZone(a.Zone)
	} else {
		o = d.nextPick(modeOrder, a.Orders, true)
	}
	if o == nil {
		d.noPick(modeOrder, "act", "start")
		return
	}
	d.startPick(o, "", a.Zone)
}

// nextPick chooses the order that a picker is to begin in a mode: one of those named that
// has something in the zone he picks, else what comes next.
func (d *decider) nextPick(mode string, named []string, resume bool) *edge.Order {
	for _, id := range named {
		for _, client := range d.s.clients() {
			o := d.s.Order(client, id)
			may := d.s.startable(o, resume) || mode == modeOrder && o != nil && d.givenAlone(o)
			if may && (mode != modeOrder || d.m.Args.Zone == "" || slices.Contains(pickZones(o), d.m.Args.Zone)) {
				return o
			}
		}
	}
	if len(named) > 0 {
		return nil
	}
	return d.firstPick(mode, d.m.Worker, resume)
}

// startable tells whether an order may be begun. Without resume one that was left
// with goods in a tote is passed by.
func (s *State) startable(o *edge.Order, resume bool) bool {
	if o == nil {
		return false
	}
	_, in := s.idx.pick.at[OrderKey(o.Client, o.ID)]
	return in && (resume || len(o.Totes) == 0)
}

// firstPick is the order that this worker left, or the head of the queue: what
// stands on no list first. What the WMS lists to be picked alone goes with no other.
func (v *View) firstPick(mode, worker string, resume bool) *edge.Order {
	st := v.State
	if ws := st.Worker(worker); ws != nil && ws.LeftOrder != "" {
		if o := st.Order(ws.LeftClient, ws.LeftOrder); st.startable(o, resume) && len(o.Totes) > 0 {
			return o
		}
	}
	var listed *edge.List
	var orders []*edge.Order
	if mode == modeOrder {
		listed, orders = v.nextList(modeOrder, nil)
	}
	for _, q := range []*ordered{st.idx.loose, st.idx.pick} {
		var found *edge.Order
		q.each(func(r rank) bool {
			if o := st.orders.get(r.key); st.startable(o, resume) {
				found = o
			}
			return found == nil
		})
		if found != nil && (listed == nil || orderRank(found).compare(orderRank(orders[0])) <= 0) {
			return found
		}
		if listed != nil {
			return orders[0]
		}
	}
	return nil
}

// firstOf is an order of the work that start gives this worker in a mode.
func (v *View) firstOf(mode, worker string) *edge.Order {
	if mode == modeOrder {
		return v.firstPick(mode, worker, true)
	}
	if mode == modeTotal {
		if w := v.State.leftWave("", nil); w != nil {
			return v.State.Order(w.Client, w.Orders[0])
		}
	}
	fits := v.fitsWall(mode)
	if l, orders := v.nextList(mode, fits); l != nil {
		return orders[0]
	}
	if fits != nil { // the wall is full: what is on no list waits
		return nil
	}
	return v.firstPick(mode, worker, false)
}

// clients lists the clients of the orders in the state.
func (s *State) clients() []string {
	out := make([]string, 0, len(s.idx.clients))
	for c := range s.idx.clients {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

func (d *decider) nextWorkID() string { return idOf("T-", d.s.Site().Works+1) }

// startPick gives an order to the worker, all of it or what lies in a zone, with
// a free tote where one was scanned. A tote that waits in a zone is to be fetched
// first, unless it was scanned.
func (d *decider) startPick(o *edge.Order, tote, zone string) {
	d.touchLeavers(o)
	w := d.nextWorkID()
	say := edge.Says("pick.started", edge.T("order", o.ID))
	fetch := d.m.Kind == edge.Act && len(o.Totes) > 0 && (zone != "" || o.Zone != "") &&
		d.Catalogue.Cell(o.Totes[len(o.Totes)-1]) == nil // a cell of the wall stays where it is
	switch {
	case fetch:
		say = d.s.saysFetch(o.Totes, cmp.Or(o.Zone, zone))
	case len(o.Totes) > 0:
		say = edge.Says("pick.resumed", edge.T("order", o.ID), edge.T("tote", o.Totes[len(o.Totes)-1]))
	}
	d.verdict(edge.OK, say)
	d.event(edge.EvWorkStarted, o.Client, o.ID, &edge.WorkEvent{Work: w, Flow: edge.Pick, Mode: "order",
		Orders: []string{o.ID}, Totes: o.Totes, Zone: zone, Fetch: fetch})
	if tote != "" {
		d.event(edge.EvToteBound, o.Client, o.ID, &edge.ToteEvent{Tote: tote, Work: w})
	}
	d.turns(d.s.idx.pick, -1)
}
