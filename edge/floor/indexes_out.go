package floor

import "dcedge/edge"

// outIndexes are those of what leaves the site and what comes back to it.
type outIndexes struct {
	stowed   map[string]*ordered // by lane: boxes in containers that may go on a truck
	crates   map[string]int      // container -> how many of its boxes may
	crateOf  map[string]string   // box -> the container that it counts for
	aside    map[string]bool     // boxes that wait for the hospital: set aside there, or sent there by a belt
	lone     *ordered            // boxes that were left at a desk, see lone
	due      *ordered            // parcels that wait for the carrier, by when they are missed
	watchEnd *ordered            // all that do, by the time of closing
	numbers  map[string][]string // of those parcels -> their boxes
	numberOf map[string]string   // watch -> its number
	cases    *ordered            // cases that nobody owns, by until when somebody must
	returns  *ordered            // returns that nobody has in hand, oldest first
	comes    map[string][]string // what a parcel's code may be -> returns
	codes    map[string][]string // return -> those codes
	never    *ordered            // returns that nobody has in hand, by when they were announced
	leaving  *ordered            // closed returns, by when they leave the state
}

func newOutIndexes() outIndexes {
	return outIndexes{stowed: map[string]*ordered{}, crates: map[string]int{}, crateOf: map[string]string{}, aside: map[string]bool{}, lone: newOrdered(),
		due: newOrdered(), watchEnd: newOrdered(), numbers: map[string][]string{}, numberOf: map[string]string{}, cases: newOrdered(),
		returns: newOrdered(), comes: map[string][]string{}, codes: map[string][]string{}, never: newOrdered(), leaving: newOrdered()}
}

func (s *State) indexBox(id string, b *edge.Box) {
	x := &s.idx
	s.indexUnseen(id, b)
	s.indexLone(id, b)
	at := ""
	if b != nil {
		at = s.laneOf(b)
	}
	if was, had := x.boxAt[id]; had && was != at {
		queue(x.load, was).set(id, rank{}, false)
		queue(x.stowed, was).set(id, rank{}, false)
		queue(x.waiting, was).set(id, rank{}, false)
		delete(x.boxAt, id)
	}
	if b == nil {
		mark(x.aside, id, false)
		s.indexCrate(id, "")
		return
	}
	o := s.BoxOrder(b)
	here := b.Closed && b.Truck == "" && s.wanted(b)
	stray := !here && s.stray(b)
	if !here && x.boxAt[id] == "" {
		mark(x.aside, id, stray)
		s.indexCrate(id, "")
		return
	}
	var r rank
	if o != nil {
		r = orderRank(o)
	}
	may := here && s.mayRide(b, o)
	queue(x.waiting, at).set(id, r, here)
	queue(x.load, at).set(id, r, may && b.Container == "")
	queue(x.stowed, at).set(id, r, may && b.Container != "")
	mark(x.aside, id, stray || here && b.Bound != "" && (b.Aside != "" || b.Rejected != "") && o.Held == "") // without a label in force it is a desk's
	if may {
		s.indexCrate(id, b.Container)
	} else {
		s.indexCrate(id, "")
	}
	x.boxAt[id] = at
	if !here {
		delete(x.boxAt, id)
	}
}

// mayRide tells that nothing keeps a packed box from going on a truck.
func (s *State) mayRide(b *edge.Box, o *edge.Order) bool {
	return b.Bound != "" && o.Held == "" && o.Stage != edge.StageCancelled && b.Aside == ""
}

// stray tells that a belt brought a box to the hospital whose orders are all
// cancelled, and that nobody has sent its goods back.
func (s *State) stray(b *edge.Box) bool {
	if !b.Closed || b.Truck != "" || b.Rejected == "" {
		return false
	}
	left := false
	for _, o := range s.membersOf(b) {
		if o.Stage != edge.StageCancelled {
			return false
		}
		left = left || o.GoesBack != backCancelled
	}
	return left
}

// indexUnseen keeps the packed boxes that no belt has seen.
func (s *State) indexUnseen(id string, b *edge.Box) {
	if b == nil || b.BoundAt.IsZero() || b.Belt != "" || b.Missed || b.Truck != "" || b.Shipped {
		s.idx.unseen.set(id, rank{}, false)
		return
	}
	o := s.BoxOrder(b)
	s.idx.unseen.set(id, rank{cutoff: b.BoundAt.UnixMilli()}, o != nil && o.Stage != edge.StageCancelled)
}

// indexCrate counts a box for the container that it lies in, as long as it may
// travel.
func (s *State) indexCrate(box, container string) {
	x := &s.idx
	was := x.crateOf[box]
	if was == container {
		return
	}
	if was != "" {
		add(x.crates, was, -1)
		delete(x.crateOf, box)
	}
	if container != "" {
		x.crates[container]++
		x.crateOf[box] = container
	}
}
