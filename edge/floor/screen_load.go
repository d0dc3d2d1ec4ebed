package floor

import (
	"math"
	"slices"
	"strings"

	"dcedge/edge"
)

// idleLoad lists what a loader can begin.
func idleLoad(v View, s *edge.Screen) {
	st := v.State
	if n := st.loadable(); n > 0 {
		s.Work = append(s.Work, edge.Waiting{Flow: edge.Load, Waiting: n})
	}
	if n := st.loose(); n > 0 && v.Catalogue.HasContainers() {
		s.Work = append(s.Work, edge.Waiting{Flow: edge.Load, Mode: modeContainer, Waiting: n})
	}
	s.Expect = append(s.Expect, docks(v, expectMost-len(s.Expect))...)
}

// docks lists the docks where a box can be loaded now, or a truck stands open.
func docks(v View, most int) []edge.Expect {
	var out []edge.Expect
	counts, all := map[string]int{}, 0
	for _, m := range [...]map[string]*ordered{v.State.idx.load, v.State.idx.stowed} {
		for name, q := range m {
			carrier, _, _ := strings.Cut(name, "\x00")
			counts[carrier] += q.len()
			all += q.len()
		}
	}
	for _, dock := range v.Catalogue.Docks() {
		if len(out) >= most {
			break
		}
		t, n := v.State.truckAt(dock.ID), 0
		list := carriersAt(dock)
		for _, c := range list {
			n += counts[c]
		}
		if len(list) == 0 {
			n = all
		}
		if n > 0 || t != nil {
			out = append(out, edge.Expect{Kind: "dock", Code: codeOr(dock.Barcode, dock.ID)})
		}
	}
	return out
}

func loadScreen(v View, s *edge.Screen, w *edge.Work) {
	s.Step = loadNow(w)
	s.Actions = []string{"help", "leave"}
	if w.Mode == modeContainer {
		containerScreen(v, s, w)
		return
	}
	t := v.State.Truck(w.Truck)
	if t == nil {
		s.Expect = append(s.Expect, docks(v, expectMost)...)
		return
	}
	left := v.State.leftOf(t)
	s.Actions = []string{"close", "vehicle", "help", "leave"}
	if len(t.Boxes) > 0 {
		s.Actions = []string{"close", "unload", "vehicle", "help", "leave"}
	}
	s.Task.Carrier, s.Task.Trip, s.Task.Done, s.Task.Of = t.Carrier, t.Trip, len(t.Boxes), len(t.Boxes)+left
	s.Task.Cutoff = timeOrNil(t.Departs)
	s.Truck = truckView(v.State, t, left)
	if s.Step == stepUnload {
		s.Expect = onTruck(v, t)
		s.Actions = []string{"undo", "help", "leave"}
		return
	}
	c := v.State.cratesFor(t)
	s.Expect = expectCrates(v, s.Expect, c.now)
	s.Expect = expectCrates(v, s.Expect, c.siren)
	for _, r := range tripQueue(queues(v.State.idx.load, carriersOf(t), t.Route), t, expectMost-len(s.Expect)) {
		s.Expect = append(s.Expect, edge.Expect{Kind: "waybill", Code: v.State.Box(r.key).Waybill, Box: r.key})
	}
	loose := len(s.Expect)
	s.Expect = expectCrates(v, s.Expect, c.later)
	for i := loose; i < len(s.Expect); i++ {
		s.Expect[i].Later = true
	}
	for _, b := range c.alone[:min(len(c.alone), expectMost-len(s.Expect))] {
		s.Expect = append(s.Expect, edge.Expect{Kind: "waybill", Code: b.Waybill, Box: b.ID})
	}
	tripFirst(v.State, t, s.Expect)
}

// tripFirst marks what belongs to a later trip than the truck's, and puts it last: it
// may ride, but nobody waits for it.
func tripFirst(s *State, t *edge.Truck, list []edge.Expect) {
	for i := range list {
		e := &list[i]
		if b := s.Box(e.Box); b != nil {
			o := s.BoxOrder(b)
			e.Later = o != nil && !s.ofTrip(t, o)
		}
	}
	slices.SortStableFunc(list, func(a, b edge.Expect) int {
		switch {
		case a.Later == b.Later:
			return 0
		case b.Later:
			return -1
		}
		return 1
	})
}

func expectCrates(v View, out []edge.Expect, crates []*edge.Container) []edge.Expect {
	for _, c := range crates[:min(len(crates), expectMost-len(out))] {
		out = append(out, edge.Expect{Kind: "container", Code: crateCode(v, c.ID), Remaining: len(c.Boxes)})
	}
	return out
}

// crates are the containers that a truck may take, in nobody's hands, by their ids.
type crates struct {
	now   []*edge.Container // whole, of its trip
	later []*edge.Container // whole, of a later trip: extra
	siren []*edge.Container // a box of a cancelled order is to come out first
	alone []*edge.Box       // those that may go without a box that is held beside them
}

// cratesFor sorts the containers of a truck's carriers and route.
func (s *State) cratesFor(t *edge.Truck) (out crates) {
	s.EachContainer(func(c *edge.Container) {
		fits := c.Truck == "" && serves(t, c.Carrier) && sameRoute(t.Route, c.Route)
		switch {
		case !fits || len(c.Boxes) == 0 || s.stower(c.ID) != nil:
		case s.idx.crates[c.ID] != len(c.Boxes):
			s.crateInPart(&out, c)
		case !t.Departs.IsZero() && c.Departs.After(t.Departs) && !s.waitsFor(t, c):
			out.later = append(out.later, c)
		default:
			out.now = append(out.now, c)
		}
	})
	return out
}

// waitsFor tells that a box in a container is of a truck's trip: filled after the departure,
// for the next one, it rides with the truck that still stands.
func (s *State) waitsFor(t *edge.Truck, c *edge.Container) bool {
	return slices.ContainsFunc(c.Boxes, func(id string) bool {
		b := s.Box(id)
		o := s.BoxOrder(b)
		return o != nil && s.ofTrip(t, o)
	})
}

// crateInPart is what to scan of a container that may not ride whole. Its own code
// names the first box that keeps it.
func (s *State) crateInPart(out *crates, c *edge.Container) {
	var may []*edge.Box
	held := false
	for _, id := range c.Boxes {
		b := s.Box(id)
		switch o := s.BoxOrder(b); {
		case o != nil && s.Stopped(b, o) && !held:
			out.siren = append(out.siren, c)
			return
		case o != nil && s.mayRide(b, o):
			may = append(may, b)
		default:
			held = true
		}
	}
	out.alone = append(out.alone, may...)
}

// boxesFor expects loose boxes of some carriers and a route, by cut-off, of those that
// fit; fits nil is all.
func boxesFor(v View, carriers []string, route string, most int, fits func(*edge.Order) bool) []edge.Expect {
	var out []edge.Expect
	for _, r := range headOfQueues(queues(v.State.idx.load, carriers, route), math.MinInt64, math.MaxInt64, most*5) {
		if b := v.State.Box(r.key); len(out) < most && (fits == nil || fits(v.State.BoxOrder(b))) {
			out = append(out, edge.Expect{Kind: "waybill", Code: b.Waybill, Box: b.ID})
		}
	}
	return out
}

// onTruck expects what can be taken off: containers whole, then boxes, the last
// one first.
func onTruck(v View, t *edge.Truck) []edge.Expect {
	var out []edge.Expect
	v.State.EachContainer(func(c *edge.Container) {
		if c.Truck == t.ID && len(out) < expectMost/2 {
			out = append(out, edge.Expect{Kind: "container", Code: crateCode(v, c.ID), Remaining: len(c.Boxes)})
		}
	})
	for i := len(t.Boxes) - 1; i >= 0 && len(out) < expectMost; i-- {
		if b := v.State.Box(t.Boxes[i]); b != nil {
			out = append(out, edge.Expect{Kind: "waybill", Code: b.Waybill, Box: b.ID})
		}
	}
	return out
}

// crateCode is what a scanner reads on a container.
func crateCode(v View, id string) string {
	if r := v.Catalogue.Container(id); r != nil {
		return codeOr(r.Barcode, id)
	}
	return id
}

// containerScreen asks for a container, then for the boxes that go into it.
func containerScreen(v View, s *edge.Screen, w *edge.Work) {
	st := v.State
	if w.Task == "" {
		st.EachContainer(func(c *edge.Container) {
			if c.Truck == "" && !c.Closed && len(s.Expect) < expectMost-1 && st.stower(c.ID) == nil {
				s.Expect = append(s.Expect, edge.Expect{Kind: "container", Code: crateCode(v, c.ID), Remaining: len(c.Boxes)})
			}
		})
		free := v.Catalogue.FreeContainer(func(id string) bool { return st.Container(id) != nil || st.stower(id) != nil }, "")
		if free != nil {
			s.Expect = append(s.Expect, edge.Expect{Kind: "container", Code: codeOr(free.Barcode, free.ID)})
		}
		return
	}
	c, carrier := st.Container(w.Task), crateCarrier(v, w.Task)
	s.Container = &edge.ContainerView{ID: w.Task, Carrier: carrier}
	s.Task.Carrier = carrier
	if c != nil {
		s.Container.Trip, s.Container.Boxes = c.Trip, len(c.Boxes)
		s.Task.Trip, s.Task.Cutoff = c.Trip, timeOrNil(c.Departs)
		s.Task.Done, s.Task.Of = len(c.Boxes), len(c.Boxes)
	}
	if s.Step == stepUnload {
		for i := s.Container.Boxes - 1; i >= 0 && len(s.Expect) < expectMost; i-- {
			b := st.Box(c.Boxes[i])
			if b == nil || b.Bound == "" {
				continue
			}
			if o := st.BoxOrder(b); o == nil || o.Stage != edge.StageCancelled { // that one has its siren
				s.Expect = append(s.Expect, edge.Expect{Kind: "waybill", Code: b.Waybill, Box: b.ID})
			}
		}
		s.Actions = []string{"undo", "help", "leave"}
		return
	}
	if c != nil {
		s.Actions = []string{"close", "unload", "help", "leave"}
	}
	carriers, route := []string{carrier}, ""
	if carrier == "" {
		carriers = carriersWithBoxes(st)
	}
	if c != nil {
		route = c.Route
	}
	s.Expect = boxesFor(v, carriers, route, expectMost, ridesIn(v, c))
}

// ridesIn remembers what rides told of a cut-off and route: boxes in a queue
// share them.
func ridesIn(v View, c *edge.Container) func(*edge.Order) bool {
	if c == nil {
		return nil
	}
	type kind struct {
		cutoff int64
		route  string
	}
	d, known := &decider{View: v, s: v.State}, map[kind]bool{}
	return func(o *edge.Order) bool {
		k := kind{o.Cutoff.UnixMilli(), o.Route}
		fits, had := known[k]
		if !had {
			fits = d.rides(c, o)
			known[k] = fits
		}
		return fits
	}
}

// carriersWithBoxes lists the carriers that have boxes waiting.
func carriersWithBoxes(s *State) []string {
	var out []string
	for name, q := range s.idx.load {
		if carrier, _, _ := strings.Cut(name, "\x00"); q.len() > 0 && !slices.Contains(out, carrier) {
			out = append(out, carrier)
		}
	}
	slices.Sort(out)
	return out
}

// truckListed bounds the lists of a loader's screen, truckLook how many boxes are
// looked at for them; the counts are whole.
const (
	truckListed = 30
	truckLook   = 200
)

// truckView tells of a truck what its loaders want to see before they close it:
// what is on it, what is missing and where it was last seen, what belongs to a
// later trip.
func truckView(s *State, t *edge.Truck, left int) *edge.TruckView {
	out := &edge.TruckView{ID: t.ID, Dock: t.Dock, Carrier: t.Carrier, Trip: t.Trip, Loaded: len(t.Boxes), Left: left, Route: t.Route,
		Vehicle: t.Vehicle, Carriers: t.Carriers, ExtraTotal: len(t.Extra), MissingTotal: tripLen(s.idx.waiting, t)}
	out.Missing = missingOn(s, t, out.MissingTotal > left)
	out.Extra = seenOn(s, t.Extra)
	out.Recent = seenOn(s, t.Boxes)
	return out
}

// missingOn lists what is on no truck yet. First those that may not ride as they are,
// where there are any: no number on the screen leads to them, so their order does, and
// a word why.
func missingOn(s *State, t *edge.Truck, some bool) []edge.Missing {
	var kept, rest []edge.Missing
	eachMissing(s, t, truckLook, func(m edge.Missing) bool {
		if b := s.Box(m.Box); some && b != nil {
			if m.Why = keepsBack(b, s.BoxOrder(b)); m.Why != "" {
				m.Order = b.Order
				kept = append(kept, m)
				return len(kept) < truckListed
			}
		}
		rest = append(rest, m)
		return some || len(rest) < truckListed
	})
	return append(kept, rest[:min(len(rest), truckListed-len(kept))]...)
}

// keepsBack is why a packed box may not ride; "" is nothing.
func keepsBack(b *edge.Box, o *edge.Order) string {
	switch {
	case b.Stale != "":
		return "oldLabel"
	case b.Bound == "":
		return "noLabel"
	case o != nil && o.Held != "":
		return "held"
	case b.Aside != "":
		return "aside"
	}
	return ""
}

// seenOn lists the last boxes of a list, the newest first.
func seenOn(s *State, boxes []string) []edge.Missing {
	var out []edge.Missing
	for i := len(boxes) - 1; i >= 0 && len(out) < truckListed; i-- {
		if b := s.Box(boxes[i]); b != nil {
			out = append(out, edge.Missing{Box: b.ID, Waybill: b.Waybill, Container: b.Container, Since: b.At})
		}
	}
	return out
}
