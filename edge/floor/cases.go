package floor

import (
	"time"

	"dcedge/edge"
)

// ownWithin is until when somebody must take care of a case; caseFor is how long
// one stays that nobody closes.
const (
	ownWithin = 24 * time.Hour
	caseFor   = 90 * 24 * time.Hour
)

func caseKey(id string) string { return edge.CasePrefix + id }

// Case finds a case that is open.
func (s *State) Case(id string) *edge.Case { return s.cases.get(caseKey(id)) }

// EachCase calls fn for every case that is open.
func (s *State) EachCase(fn func(*edge.Case)) {
	s.cases.each(func(_ string, v *edge.Case) { fn(v) })
}

func (s *State) indexCase(r *row[edge.Case]) {
	c := r.now
	in := c != nil && c.Owner == "" && !c.Late
	var at rank
	if in {
		at.cutoff = c.Due.UnixMilli()
	}
	s.idx.cases.set(r.key, at, in)
}

func (d *decider) nextCase() string { return idOf("X-", d.s.Site().Cases+1) }

// caseChange is what a lead does with a case.
func (d *decider) caseChange(r *edge.CaseChange) {
	c := d.s.Case(r.Case)
	switch {
	case c == nil:
		d.reject(edge.FieldMissing, "case: not known here")
	case r.Close && clip(r.Reason) == "":
		d.reject(edge.FieldMissing, "reason")
	case r.Close:
		d.verdict(edge.Accepted, edge.Say{})
		d.event(edge.EvCaseClosed, "", "", &edge.CaseEvent{Case: c.ID, Kind: c.Kind, Owner: c.Owner, Place: c.Place, Reason: clip(r.Reason)})
	case r.Owner == c.Owner:
		d.reject(edge.Unchanged, "")
	default:
		d.verdict(edge.Accepted, edge.Say{})
		d.event(edge.EvCaseOwned, "", "", &edge.CaseEvent{Case: c.ID, Kind: c.Kind, Owner: r.Owner, Place: c.Place})
	}
}

// lateCases tells of the cases that nobody owned in time.
func (d *decider) lateCases() {
	n := 0
	d.s.idx.cases.each(func(r rank) bool {
		if r.cutoff > d.Now.UnixMilli() || n >= upkeepMost {
			return false
		}
		c := d.s.cases.get(r.key)
		d.event(edge.EvCaseLate, "", "", &edge.CaseEvent{Case: c.ID, Kind: c.Kind, Place: c.Place})
		n++
		return true
	})
}

func (s *State) applyCase(e *edge.Event, d *edge.CaseEvent) error {
	if e.Type == edge.EvCaseClosed {
		if s.cases.get(caseKey(d.Case)) == nil {
			return errNoTask
		}
		s.cases.remove(caseKey(d.Case))
		return nil
	}
	c := s.cases.edit(caseKey(d.Case))
	if c == nil {
		return errNoTask
	}
	if e.Type == edge.EvCaseLate {
		c.Late = true
		return nil
	}
	c.Owner, c.Late = d.Owner, c.Late && d.Owner == ""
	return nil
}

// applyUnknown opens the case of a parcel that no number here belongs to.
func (s *State) applyUnknown(e *edge.Event, d *edge.ParcelUnknown, at time.Time) error {
	kind := edge.CaseUnknownReturn
	if e.Type == edge.EvHospitalUnk {
		kind = edge.CaseUnknownBox
	}
	bump(&s.site.edit(siteKey).Cases, d.Case)
	s.cases.put(caseKey(d.Case), &edge.Case{ID: d.Case, Kind: kind, Place: d.Place, Length: d.Length, Hash: d.Hash, Units: 1,
		Since: at, Due: norm(d.Due)})
	if w := s.work.edit(d.Work); w != nil {
		w.Met, w.Box, w.Step = nil, "", ""
	}
	return nil
}

// met puts what was refused before the worker all the same: what can be done
// with it follows from why.
func (s *State) met(d *edge.Refused) {
	w := s.work.edit(d.Work)
	if w == nil || w.Flow != edge.Return && w.Flow != edge.Hospital && d.Why != backSurplus {
		return
	}
	if w.Flow == edge.Put {
		w.Hand, w.Order = nil, ""
	}
	w.Met = &edge.Met{Why: d.Why, What: d.What, Length: d.Length, Hash: d.Hash}
}

// refusedYet has the refusal that this decision ends with say why: what was refused
// lies before the worker all the same, or there is nothing to start.
func (d *decider) refusedYet(why string) {
	r := d.out.Events[len(d.out.Events)-1].Data.(*edge.Refused)
	r.Why = why
}

// startNameless begins work with a parcel that no record tells of, by a person's word:
// it is one to shelve, and the work ends with it.
func (d *decider) startNameless(step, reason string) {
	work := d.nextWorkID()
	d.event(edge.EvWorkStarted, "", "", &edge.WorkEvent{Work: work, Flow: d.m.Args.Flow, Mode: modeOne})
	d.unread(work, step, reason)
}

// unread books a person's word that nothing on a parcel can be read.
func (d *decider) unread(work, step, reason string) {
	d.verdict(edge.OK, edge.Says("return.noCode"))
	d.event(edge.EvStep, "", "", &edge.StepConfirmed{Kind: stepUnread, Step: step, Work: work, Reason: reason})
}

// shelve puts what nobody knows on the shelf for it. False: the place is not
// for that.
func (d *decider) shelve(t edge.Type, place string) bool {
	if kept := d.Catalogue.Places(useUnknown); len(kept) > 0 && d.useOf(place) != useUnknown {
		d.refuse(edge.Wrong, edge.Says("unknown.wrongPlace", edge.T("expected", kept[0]), edge.T("scanned", place)), "location", place)
		return false
	}
	m := d.w.Met
	e := &edge.ParcelUnknown{Case: d.nextCase(), Place: place, Length: m.Length, Hash: m.Hash, Due: norm(d.Now.Add(ownWithin)), Work: d.w.ID}
	if m.Why != edge.WhyUnknown {
		e.Why, e.Box = m.Why, m.What
	}
	d.verdict(edge.OK, edge.Says("unknown.shelved", edge.T("location", place), edge.T("case", e.Case)))
	d.event(t, "", "", e)
	return true
}

// The uses that a place may be kept for.
const (
	useUnknown    = "unknown"
	useQuarantine = "quarantine"
)

// keptFor expects the places that are kept for a use; none where the site keeps
// none.
func keptFor(v View, use string) []edge.Expect {
	var out []edge.Expect
	for _, id := range v.Catalogue.Places(use) {
		if len(out) < expectMost {
			out = append(out, edge.Expect{Kind: "location", Code: placeCode(v, id), Location: id})
		}
	}
	return out
}

// touchFlow notes the workers who are at work of a flow.
func (d *decider) touchFlow(f edge.Flow) {
	for w := range d.s.work.all() {
		if w.Flow == f && w.Worker != "" {
			d.touch(w.Worker)
		}
	}
}
