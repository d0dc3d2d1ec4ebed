package floor

import (
	"slices"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/labels/symbology"
	"dcedge/labels/waybill"
)

// undoCode is printed, and takes the last scan back as the button does.
const undoCode = "UNDO"

func (d *decider) undoes() bool { return d.code == undoCode && len(d.matches) == 0 }

// scan decides one trigger pull.
func (d *decider) scan() {
	d.read()
	d.w = d.s.WorkOf(d.m.Worker)
	if d.closed() {
		return
	}
	if d.m.Back || d.rested("") {
		d.idle()
		return
	}
	if o := d.pending(); o != nil {
		d.refuseCancelled(o)
		return
	}
	switch {
	case d.twoReadings:
		d.refuse(edge.Unknown, edge.Says("scan.ambiguous"), "", "")
	case d.w == nil && d.undoes():
		d.refuse(edge.Unexpected, edge.Says("undo.nothing"), "", "")
	case d.w == nil:
		d.scanIdle()
	case !d.mayWork():
	case d.undoes():
		m := *d.m
		m.Action, d.m = "undo", &m
		d.actWork()
	case d.w.Flow == edge.Pick:
		d.scanPick()
	case d.w.Flow == edge.Pack:
		d.scanPack()
	case d.w.Flow == edge.Load:
		d.scanLoad()
	case d.w.Flow == edge.Put:
		d.scanPut()
	case d.w.Flow == edge.Count:
		d.scanCount()
	case d.w.Flow == edge.Replenish:
		d.scanMove()
	case d.w.Flow == edge.Return:
		d.scanReturn()
	case d.w.Flow == edge.Hospital:
		d.scanHospital()
	default:
		d.refuseOther("")
	}
	d.setUp()
}

// read finds what the code names. Most codes come bare and are known as they
// are.
func (d *decider) read() {
	if bare(d.m.Code, d.m.Symbology) {
		d.code = d.m.Code
		if d.matches = d.Catalogue.Scanned(d.code); len(d.matches) > 0 {
			if len(d.code) == 8 {
				d.readShort()
			}
			return
		}
	}
	r := symbology.Clean([]byte(d.m.Code), d.m.Symbology)
	d.code = r.Data
	d.matches = d.Catalogue.Scanned(r.Data)
	if gtin := gtinIn(r); len(d.matches) == 0 && gtin != "" {
		d.matches = d.Catalogue.Scanned(gtin)
	}
	if len(r.Data) == 8 && r.Symbology.AIM == "" {
		d.readShort()
	}
	if len(d.matches) == 0 && !d.twoReadings {
		d.foreign(r)
	}
}

// readShort looks at the other reading of eight digits that no identifier came
// with: a UPC-E whose check digit fits may pass as an EAN-8 too (GS1 General
// Specifications, 5.2.2.4). The catalogue decides; where it knows both, nobody can.
func (d *decider) readShort() {
	n, err := symbology.Canonical(symbology.UPCE, d.code)
	if err != nil {
		return
	}
	other := d.Catalogue.Scanned(n.GTIN)
	switch {
	case len(other) == 0 || slices.Equal(other, d.matches):
	case len(d.matches) == 0:
		d.matches = other
	default:
		d.matches, d.twoReadings = nil, true
	}
}

// bare tells that symbology.Clean would take nothing off a code.
func bare(code, aim string) bool {
	if aim != "" || code == "" || code[0] == ']' {
		return false
	}
	last := code[len(code)-1]
	return last != '\r' && last != '\n'
}

// gtinIn gives the article's number in a code that is longer than it: a UPC-E,
// an EAN-13 with an add-on, or GS1 data that begin with AI 01 (GS1 General
// Specifications, 3.3.2).
func gtinIn(r symbology.Reading) string {
	if r.Symbology.GS1 && len(r.Data) >= 16 && r.Data[:2] == "01" {
		return r.Data[2:16]
	}
	return r.GTIN
}

// pending gives the order that the worker has to acknowledge: cancelled, or less than
// what lies in the box.
func (d *decider) pending() *edge.Order { return pendingAck(d.s, d.m.Worker, d.s.WorkOf(d.m.Worker)) }

func pendingAck(s *State, worker string, w *edge.Work) *edge.Order {
	if w != nil && w.Flow == edge.Pack {
		for _, id := range w.Orders {
			if o := s.Order(w.Client, id); o != nil && o.Stage == edge.StageCancelled {
				return o
			}
		}
		for _, o := range s.ordersOf(w) {
			if len(s.comesOut(s.Box(w.Box), o)) > 0 {
				return o
			}
		}
	}
	if w != nil && w.Flow == edge.Hospital {
		if o := s.patientOrder(w); o != nil {
			return o
		}
	}
	if ws := s.Worker(worker); ws != nil && ws.AckOrder != "" {
		o, b := s.Order(ws.AckClient, ws.AckOrder), s.Box(ws.AckWhat)
		if o != nil && (o.Stage == edge.StageCancelled || b != nil && b.Client == o.Client && slices.Contains(o.Boxes, b.ID)) {
			return o
		}
	}
	return nil
}

// orderOf gives the order of a work in hand, nil before there is one.
func (s *State) orderOf(w *edge.Work) *edge.Order {
	if len(w.Orders) == 0 {
		return nil
	}
	return s.Order(w.Client, w.Orders[0])
}

// match gives what the code names of a kind.
func (d *decider) match(kind string) (catalogue.Match, bool) {
	for _, m := range d.matches {
		if m.Kind == kind {
			return m, true
		}
	}
	return catalogue.Match{}, false
}

// item gives the article of a client that the code names; other tells that it
// names an article, but of another client.
func (d *decider) item(client string) (m catalogue.Match, ok, other bool) {
	for _, m := range d.matches {
		if m.Kind == "item" {
			if m.Client == client {
				return m, true, false
			}
			other = true
		}
	}
	return catalogue.Match{}, false, other
}

// itemFor is item of a code that may name several articles of the client: the first that
// the step wants, else the first.
func (d *decider) itemFor(client string, wants func(m catalogue.Match) bool) (m catalogue.Match, ok, other bool) {
	m, ok, other = d.item(client)
	if !ok || len(d.matches) == 1 || wants(m) {
		return m, ok, other
	}
	for _, x := range d.matches {
		if x.Kind == "item" && x.Client == client && wants(x) {
			return x, true, false
		}
	}
	return m, ok, other
}

// itemOf is itemFor of a step that wants one article.
func (d *decider) itemOf(client, sku string) (m catalogue.Match, ok, other bool) {
	return d.itemFor(client, func(m catalogue.Match) bool { return m.ID == sku })
}

// badCheck tells whether the code looks like a carrier's number with a check
// digit that fails.
func (d *decider) badCheck(carrier string) bool {
	_, err := d.numbers().Check(d.space(carrier), d.code)
	e, ok := err.(*waybill.Error)
	return ok && e.Code == waybill.CodeCheck
}

// scanIdle decides a scan while no work is in hand: some begin one.
func (d *decider) scanIdle() {
	if id, ok := d.tote(); ok {
		d.idleTote(id)
		return
	}
	if m, ok := d.match("dock"); ok {
		if !d.may(edge.Loader) {
			d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Loader))), "dock", m.ID)
			return
		}
		d.openTruck(d.Catalogue.Dock(m.ID))
		return
	}
	if m, ok := d.match("container"); ok && d.may(edge.Loader) {
		d.takeContainer(m.ID)
		return
	}
	if d.idleReturn() || d.may(edge.Packer) && (d.idleOpen() || d.idleHospital()) {
		return
	}
	d.refuseOther("")
}

func (d *decider) idleTote(id string) {
	t := d.s.Tote(id)
	if t == nil {
		d.idleFreeTote(id)
		return
	}
	o := d.s.Order(t.Client, t.Order)
	switch {
	case d.takeOver(t), d.resumeWave(t):
	case t.Wave != "" && t.Done && t.Work == "" && d.may(edge.Picker):
		d.startPut(t)
	case t.Wave != "" && t.Done && t.Work == "" && d.may(edge.Packer) && len(d.s.singles(t)) > 0:
		d.startSingle(t, d.lastStation())
	case o == nil && d.may(edge.Picker) && d.s.nextMove(id) != nil:
		d.startMove(d.s.nextMove(id))
	case o == nil:
		d.inUse(t)
	case o.Stage == edge.StageCancelled:
		d.refuseCancelled(o)
	case o.Stage == edge.StagePicking && o.Work == "":
		if !d.may(edge.Picker) && o.Zone != "" {
			d.deskTakes(&opening{order: o, tote: t, kind: "tote", what: id}, "") // on its way to a desk: it says which zone was skipped
		} else if !d.may(edge.Picker) {
			d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Picker))), "tote", id)
		} else if o.Held != "" && o.Held != heldTote { // that one is found
			d.refuseHeld(o, "tote", id)
		} else {
			d.resumePick(o)
		}
	case o.Stage == edge.StagePicking:
		d.inUse(t)
	case !d.may(edge.Packer):
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Packer))), "tote", id)
	default:
		if !d.deskTakes(&opening{order: o, tote: t, kind: "tote", what: id}, "") {
			return
		}
		if station := d.lastStation(); station != "" {
			d.startPack(station, t)
			return
		}
		d.refuse(edge.Unexpected, edge.Says("pack.noStation"), "tote", id)
	}
}

func (d *decider) idleFreeTote(id string) {
	switch {
	case d.may(edge.Picker):
		if o := d.nextPick(modeOrder, nil, false); o != nil {
			d.startPick(o, id, "")
			return
		}
		d.noPick(modeOrder, "tote", id)
	case d.may(edge.Packer):
		d.refuse(edge.Wrong, edge.Says("pack.freeTote", edge.T("expected", ""), edge.T("scanned", id)), "tote", id)
	default:
		d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(edge.Picker))), "tote", id)
	}
}

// mayWork refuses a worker who has lost the role of the work in hand.
func (d *decider) mayWork() bool {
	r := roleOf(d.w.Flow)
	if d.may(r) {
		return true
	}
	d.refuse(edge.Denied, edge.Says("role.missing", edge.T("role", string(r))), "", "")
	return false
}

// roleOf gives the role that a flow asks for, "" for a flow that there is not.
func roleOf(f edge.Flow) edge.Role {
	switch f {
	case edge.Pick, edge.Put, edge.Count, edge.Replenish:
		return edge.Picker
	case edge.Pack, edge.Hospital:
		return edge.Packer
	case edge.Load:
		return edge.Loader
	case edge.Return:
		return edge.Returns
	}
	return ""
}

// may tells whether the worker has a role; a lead may do all work of the floor.
func (d *decider) may(r edge.Role) bool { return hasRole(d.m.Roles, r) }

func hasRole(roles []edge.Role, r edge.Role) bool {
	return slices.Contains(roles, r) || slices.Contains(roles, edge.Lead)
}
