package board

import (
	"cmp"
	"slices"

	"dcedge/edge"
)

// BehindBox is a box that its truck left without, where it was seen last and since
// when.
type BehindBox struct {
	edge.Missing
	Order string `json:"order"`
}

// BehindSaid is what a lead said of the boxes that a truck left without.
type BehindSaid struct {
	Truck string
	Owner string // who takes care of them
	Ended bool   // nobody has to look for them any more
}

// behindShown is how many boxes a row names; the truck's sheet has all of them.
const behindShown = 50

// noteBehind keeps a truck that left boxes behind, also when the state forgets it: a
// box that nobody found is not found by that.
func (v *view) noteBehind(key string) {
	if t := v.trucks[key]; t != nil && t.Closed && len(t.Missing) > 0 {
		v.behind[key] = t
	}
}

// leftBehind lists, a row for each truck, the boxes that it left without. One that was
// missed again is in the row of the truck that missed it last.
func (v *view) leftBehind() []Exception {
	var out []Exception
	last := v.missedLast()
	for key, t := range v.behind {
		said := v.behindSaid[t.ID]
		e := Exception{Kind: "leftBehind", ID: t.ID, Carrier: t.Carrier, Trip: t.Trip, Station: t.Dock, Reason: t.Reason, Owner: said.Owner, Since: t.At}
		for i := range t.Missing {
			m := &t.Missing[i]
			if last[m.Box] != t || said.Ended {
				continue
			}
			order := v.stillMissed(t, m)
			if order == "" {
				continue
			}
			if e.Units++; len(e.Boxes) < behindShown {
				e.Boxes = append(e.Boxes, BehindBox{Missing: *m, Order: order})
			}
		}
		switch {
		case e.Units > 0:
			out = append(out, e)
		case v.trucks[key] == nil:
			delete(v.behind, key)
		}
	}
	return out
}

// missedLast is, by box, the truck that missed it last.
func (v *view) missedLast() map[string]*edge.Truck {
	last := map[string]*edge.Truck{}
	for _, t := range v.behind {
		for i := range t.Missing {
			if was := last[t.Missing[i].Box]; was == nil || cmp.Or(was.At.Compare(t.At), cmp.Compare(was.ID, t.ID)) < 0 {
				last[t.Missing[i].Box] = t
			}
		}
	}
	return last
}

// missedByTrucks are the boxes that a truck left without and that nobody has seen since.
// A lead's word that the search is over finds none.
func (v *view) missedByTrucks() map[string]bool {
	out := map[string]bool{}
	for box, t := range v.missedLast() {
		for i := range t.Missing {
			if m := &t.Missing[i]; m.Box == box && v.stillMissed(t, m) != "" {
				out[box] = true
			}
		}
	}
	return out
}

// stillMissed is the order of a box that nobody has seen since its truck left; "" where
// it is on another one, somebody had it in hand, or nobody wants it any more.
func (v *view) stillMissed(t *edge.Truck, m *edge.Missing) string {
	b := v.boxes[m.Box]
	if b == nil || b.Truck != "" || b.Shipped || b.Aside != "" || b.Seen != m.LastSeen || b.Container != m.Container || b.BoundAt.After(t.At) {
		return ""
	}
	if live := v.liveOf(b); len(live) > 0 {
		return live[0].ID
	}
	return ""
}

// saidBehind takes what a lead said: the newest word counts.
func (v *view) saidBehind(said BehindSaid) {
	was := v.behindSaid[said.Truck]
	v.behindSaid[said.Truck] = BehindSaid{Truck: said.Truck, Owner: cmp.Or(said.Owner, was.Owner), Ended: said.Ended || was.Ended}
}

// Behind tells whether boxes that a truck left without are on the list.
func (b *Board) Behind(truck string) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Contains(b.worst, Exception{Kind: "leftBehind", ID: truck}.key())
}

// SayBehind shows at once what a lead said of them.
func (b *Board) SayBehind(said BehindSaid) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.view.saidBehind(said)
	b.view.now = b.cfg.Now()
	b.publish()
}
