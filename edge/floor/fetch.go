package floor

import "dcedge/edge"

// stepFetch has the picker bring the tote that a work goes on with, before a piece
// is picked: it waits where a picker of one zone put it down, perhaps among others.
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
	return edge.Says("pick.fetch", edge.T("tote", tote), edge.T("zone", at))
}

// askTote asks for a free tote, or the one to fetch, with what a picker may press.
func askTote(s *State, w *edge.Work) (e edge.Expect, menu uint) {
	if e.Kind = "tote"; !fetching(w) {
		return e, 0
	}
	if e.Code, e.Zone = s.toFetch(w.Totes, w.Zone); w.Mode == modeOrder {
		menu = menuFetch
	}
	return e, menu
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
		d.leavePick(o)
		return
	}
	tote, _ := d.s.toFetch(d.w.Totes, "")
	d.verdict(edge.OK, edge.Says("pick.toteMissing", edge.T("tote", tote)))
	d.event(edge.EvWorkLeft, o.Client, o.ID, &edge.WorkEvent{Work: d.w.ID, Flow: d.w.Flow, Mode: d.w.Mode, Orders: d.w.Orders,
		Totes: d.w.Totes, Reason: "toteMissing"})
	d.event(edge.EvOrderChanged, o.Client, o.ID, &edge.OrderChanged{Step: string(edge.StagePicking), Held: heldTote})
}
