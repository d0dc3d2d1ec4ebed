package sorter

import (
	"slices"
	"time"

	"dcedge/edge"
	"dcedge/edge/floor"
)

// Box is what a test's floor knows of a box.
type Box struct {
	ID, Carrier, Trip                string
	Packed, Cancelled, Held, Shipped bool
}

// Boxes finds a box by what a scanner read.
type Boxes interface {
	Box(code string) (Box, bool)
}

// Assignment gives a lane to a carrier from a time on; Plan is all of them.
type Assignment struct {
	Lane, Carrier, Trip string
	From                time.Time
}

type Plan []Assignment

func (p Plan) lanes(b Box, now time.Time) (out []string) {
	var named, rest []string
	for i, a := range p {
		later := slices.ContainsFunc(p, func(o Assignment) bool {
			return o.Lane == a.Lane && o.From.After(a.From) && !o.From.After(now)
		})
		switch {
		case a.From.After(now) || later || a.Carrier != b.Carrier || a.Trip != "" && a.Trip != b.Trip:
		case a.Trip != "":
			named = append(named, p[i].Lane)
		default:
			rest = append(rest, p[i].Lane)
		}
	}
	if named != nil {
		return named
	}
	return rest
}

// office is a tracker with a floor behind it that answers at once: the real
// rule, over the test's own boxes.
type office struct {
	*Tracker
	boxes  Boxes
	plan   Plan
	now    func() time.Time
	rounds map[string]int
}

func newOffice(name string, l Layout, plan Plan, boxes Boxes, open []Open) (*office, Step, error) {
	tr, s, err := New(name, l, open)
	return &office{Tracker: tr, boxes: boxes, plan: plan, now: func() time.Time { return noon }, rounds: map[string]int{}}, s, err
}

// reading is a read with its code.
type reading struct {
	Read
	Code string
}

func (o *office) Read(r reading, pos int64) Step {
	s, ask := o.Tracker.Read(r.Read, pos)
	if ask == nil {
		return s
	}
	var with *floor.BeltBox
	kind := WasRead
	if r.NoRead {
		kind = WasNot
	} else if b, ok := o.boxes.Box(r.Code); ok {
		with = &floor.BeltBox{ID: b.ID, Rounds: o.rounds[b.ID], Lanes: o.plan.lanes(b, o.now())}
		switch {
		case b.Cancelled:
			with.Refused = edge.ReasonCancelled
		case b.Held:
			with.Refused = edge.ReasonHold
		case !b.Packed:
			with.Refused = edge.ReasonNotPacked
		case b.Shipped:
			with.Refused = edge.ReasonDuplicate
		}
	}
	a := floor.Route(ask, r.NoRead, with)
	if a.Round > 0 {
		o.rounds[a.Box] = a.Round
	}
	e := event(kind, ask.Parcel, a.Box, ask.Place, a.Lane, a.Why)
	if r.NoRead {
		e.Box = ask.Known
	}
	then := o.Decided(a, false)
	s.Events = append(s.Events, e)
	s.Commands, s.Verdicts = append(s.Commands, then.Commands...), append(s.Verdicts, then.Verdicts...)
	return s
}

func (o *office) Done(id, divert, box, lane string, pos int64) Step {
	s := o.Tracker.Done(id, divert, box, lane, pos)
	if s.Own != nil {
		s.Events = append(s.Events, *s.Own)
	}
	for _, e := range s.Events {
		if e.Type == Diverted && e.Round == 0 {
			delete(o.rounds, e.Box)
		}
	}
	return s
}
