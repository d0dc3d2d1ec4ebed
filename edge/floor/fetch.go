package floor

import (
	"slices"

	"dcedge/edge"
)

// stepFetch has the picker bring the tote that a work goes on with, before a piece
// is picked: it waits where another put it down, perhaps among others.
// On the screen it is the step `tote`.
const stepFetch = "fetch"

// heldTote is the reason of a hold: the tote with the order's goods was not found.
const heldTote = "tote"

func fetching(w *edge.Work) bool { return w.Step == stepFetch && len(w.Totes) > 0 }

// toFetch is the tote that pieces go into, and where it was put down.
func (s *State) toFetch(totes []string, zone string) (tote, at string) {
	tote = totes[len(totes)-1]
	if t := s.Tote(tote); t != nil && t.Zone != "" {
		zone = t.Zone
	}
	return tote, zone
}

func (s *State) saysFetch(totes []string, zone string) edge.Say {
	tote, at := s.toFetch(totes, zone)
	if at == "" {
		return edge.Says("pick.fetchTote", edge.T("tote", tote))
	}
	return edge.Says("pick.fetch", edge.T("tote", tote), edge.T("zone", at))
}

// askTote asks for a free tote, or the one to fetch, with what a picker may press.
func askTote(s *State, w *edge.Work) (e edge.Expect, menu uint) {
	if e.Kind = "tote"; !fetching(w) {
		return e, 0
	}
	e.Code, e.Zone = s.toFetch(w.Totes, w.Zone)
	return e, menuFetch
}

func (d *decider) fetchTote(o *edge.Order) {
	m, ok := d.match("tote")
	switch tote, _ := d.s.toFetch(d.w.Totes, ""); {
	case !ok:
		d.refuseOther("")
	case m.ID != tote:
		d.refuse(edge.Wrong, edge.Says("pick.wrongTote", edge.T("expected", tote), edge.T("scanned", m.ID)), "tote", m.ID)
	default:
		d.rightTote(o, tote)
		d.toteFound(d.w)
	}
}

// rightTote confirms that the tote in hand is the work's.
func (d *decider) rightTote(o *edge.Order, tote string) {
	d.verdict(edge.OK, edge.Says("pick.rightTote", edge.T("tote", tote)))
	d.event(edge.EvStep, o.Client, o.ID, &edge.StepConfirmed{Kind: stepTote, What: tote, Step: d.step(), Work: d.w.ID})
}

// putInZone notes where a work's totes are put down. What was not fetched stands
// where it stood.
func (s *State) putInZone(w *edge.Work) {
	if w.Flow != edge.Pick || w.Step == stepFetch {
		return
	}
	for _, id := range w.Totes {
		if t := s.totes.edit(id); t != nil {
			t.Zone = w.Zone
		}
	}
}

// toteMissing puts the work down where its tote cannot be found: the order is held
// for the lead until somebody scans the tote. An empty one is not missed.
func (d *decider) toteMissing(o *edge.Order) {
	if !hasGoods(o) {
		d.leavePick()
		return
	}
	tote, _ := d.s.toFetch(d.w.Totes, "")
	d.verdict(edge.OK, edge.Says("pick.toteMissing", edge.T("tote", tote)))
	d.event(edge.EvWorkLeft, o.Client, o.ID, &edge.WorkEvent{Work: d.w.ID, Flow: d.w.Flow, Mode: d.w.Mode, Orders: d.w.Orders,
		Totes: d.w.Totes, Reason: "toteMissing"})
	d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Step: string(edge.StagePicking), Held: heldTote})
}

// waveToteMissing puts a wave down whose tote cannot be found. Orders with goods in it
// are held for the lead until somebody scans the tote; the others are picked without it.
func (d *decider) waveToteMissing() {
	var in, out []string
	for _, id := range d.w.Orders {
		if x := d.s.Order(d.w.Client, id); x != nil && hasGoods(x) {
			in = append(in, id)
		} else {
			out = append(out, id)
		}
	}
	if len(in) == 0 {
		d.leavePick()
		return
	}
	tote, _ := d.s.toFetch(d.w.Totes, "")
	d.verdict(edge.OK, edge.Says("pick.toteMissing", edge.T("tote", tote)))
	e := edge.WorkEvent{Work: d.w.ID, Flow: d.w.Flow, Mode: d.w.Mode, Orders: in, Reason: "toteMissing"}
	if len(out) > 0 {
		rest := e
		d.event(edge.EvWorkMoved, d.w.Client, "", &rest)
		d.touch(Everyone) // they can be begun
	}
	e.Totes = d.w.Totes
	d.event(edge.EvWorkLeft, d.w.Client, in[0], &e)
	for _, id := range in {
		if x := d.s.Order(d.w.Client, id); x.Held == "" {
			d.event(edge.EvOrderChanged, x.Client, id, &edge.OrderChanged{Step: string(x.Stage), Held: heldTote})
		}
	}
}

// toteFound ends the holds of a wave's orders whose tote was missing.
func (d *decider) toteFound(w *edge.Work) {
	if w.Mode != modeTotal {
		return
	}
	for _, id := range w.Orders {
		if o := d.s.Order(w.Client, id); o != nil && o.Held == heldTote {
			d.event(edge.EvOrderChanged, o.Client, id, &edge.OrderChanged{Step: string(o.Stage), Released: true, Reason: heldTote})
		}
	}
}

// toteGone tells that nobody is to be sent for a wave's tote: it was not found, and
// nobody let an order of it go on since.
func (s *State) toteGone(w *edge.Work) bool {
	held := func(is func(o *edge.Order) bool) bool {
		return slices.ContainsFunc(w.Orders, func(id string) bool { o := s.Order(w.Client, id); return o != nil && is(o) })
	}
	return held(func(o *edge.Order) bool { return o.Held == heldTote }) && !held(func(o *edge.Order) bool { return o.Held == "" })
}
