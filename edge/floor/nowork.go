package floor

import (
	"slices"
	"time"

	"dcedge/edge"
)

// Why there is nothing to start: why of start.noWork and of an
// idle screen. Screens have a text for each.
const (
	whyNothing   = "nothing"   // no order is released
	whyTaken     = "taken"     // the order that was named cannot be begun: it is in other hands, held or further on
	whyWall      = "wallFull"  // the next wave waits until the put wall has a cell
	whyZone      = "zoneEmpty" // nothing lies in this zone, something does elsewhere
	whyOther     = "otherKind" // what waits is picked in another way
	whyNotYet    = "notYet"    // the next list is given out later: at
	whyGoods     = "goods"     // orders wait for goods
	whyHeld      = "held"      // orders are held
	whyInHands   = "inHands"   // others have all of it in hand
	whyMaster    = "parked"    // orders wait for master data
	whyNotPicked = "notPicked" // it is still being picked
	whyToPick    = "toPick"    // it waits for a picker
	whyNotPacked = "notPacked" // no box waits for a truck
	whyNoBox     = "noBox"     // no box waits for the hospital
	whyNotTold   = "noReturn"  // no return was announced
	whyStale     = "stale"     // nothing, and the WMS, which would have sent it, is silent: since
)

// noWork refuses to start anything, and says why in a picker's words.
func (d *decider) noWork(why string) {
	if why == "" {
		why = whyNothing
	}
	d.noneOf(why, time.Time{}, "act", "start")
}

// noneOf refuses for a reason; at is when it ends.
func (d *decider) noneOf(why string, at time.Time, kind, what string) {
	var since time.Time
	if d.m.Silent && (why == whyNothing || why == whyNotTold) && d.sentByWMS() {
		why, since = whyStale, d.m.Heard
	}
	say := edge.Says("start.noWork", edge.T("why", why))
	if !at.IsZero() {
		say.Args = append(say.Args, edge.T("at", d.stampOf(at)))
	}
	if !since.IsZero() {
		say.Args = append(say.Args, edge.T("since", d.stampOf(since)))
	}
	d.refuse(edge.Unexpected, say, kind, what)
	d.refusedYet(why)
}

// sentByWMS tells that the work that was asked for begins with what the WMS sends;
// counts, goods to bring and the hospital's boxes are the floor's own.
func (d *decider) sentByWMS() bool {
	switch d.m.Args.Flow {
	case edge.Pick, edge.Put, edge.Pack, edge.Load, edge.Return:
		return true
	}
	return d.m.Kind == edge.Scan
}

// noPick refuses a picker, what of the kind and the name that began it.
func (d *decider) noPick(mode, kind, what string) {
	why, at := whyTaken, time.Time{}
	if len(d.m.Args.Orders) == 0 {
		why, at = d.whyNoWalk(mode, d.m.Args.Zone)
	}
	d.noneOf(why, at, kind, what)
}

// whyNoWalk says why a picker has nothing to start; the nearest reason first. At is
// when that ends, where it is known.
func (v *View) whyNoWalk(mode, zone string) (why string, at time.Time) {
	x := &v.State.idx
	switch at := v.nextRelease(); {
	case mode == modeTotal && v.wavesWait() && v.wallFull():
		return whyWall, time.Time{}
	case zone != "" && x.pick.len() > 0:
		return whyZone, time.Time{}
	case x.pick.len() > 0 || v.otherLists(mode):
		return whyOther, time.Time{}
	case !at.IsZero():
		return whyNotYet, at
	case x.waits.len() > 0:
		return whyGoods, time.Time{}
	case x.held > 0:
		return whyHeld, time.Time{}
	case v.inHands(edge.Pick):
		return whyInHands, time.Time{}
	case x.parked.len() > 0:
		return whyMaster, time.Time{}
	}
	return whyNothing, time.Time{}
}

// whyIdle is why of a picker's idle screen: nothing to pick, or a wave that is held.
func whyIdle(v View, work []edge.Waiting) string {
	picks := slices.ContainsFunc(work, func(w edge.Waiting) bool { return w.Flow == edge.Pick })
	switch {
	case v.wavesWait() && v.State.leftWave("", nil) == nil && v.wallFull():
		return whyWall
	case !picks:
		why, _ := v.whyNoWalk("", "")
		return why
	}
	return ""
}

// otherLists tells whether a list that is picked in another way can be begun.
func (v *View) otherLists(mode string) bool {
	for _, other := range []string{modeOrder, modeCluster, modeTotal} {
		if l, _ := v.nextList(other, v.fitsWall(other)); other != mode && l != nil {
			return true
		}
	}
	return false
}

// nextRelease is when the next list is given out; zero: none is to come.
func (v *View) nextRelease() time.Time {
	var best time.Time
	for _, q := range v.State.idx.lists {
		q.each(func(r rank) bool {
			if at := v.State.lists.get(r.key).ReleaseAt; at.After(v.Now) && (best.IsZero() || at.Before(best)) {
				best = at
			}
			return true
		})
	}
	return best
}

// inHands tells whether somebody has work of a flow in hand.
func (v *View) inHands(f edge.Flow) bool {
	for w := range v.State.work.all() {
		if w.Flow == f && w.Worker != "" {
			return true
		}
	}
	return false
}

func (d *decider) whyInHands(f edge.Flow) string {
	if d.inHands(f) {
		return whyInHands
	}
	return whyNothing
}

// whyNotPicked says why no goods wait for a wall or a desk.
func (d *decider) whyNotPicked() string {
	switch {
	case d.inHands(edge.Pick):
		return whyNotPicked
	case d.s.idx.pick.len() > 0 || d.s.idx.listed[modeTotal] > 0:
		return whyToPick
	}
	return whyNothing
}

// whyNoPack says why no tote waits for a desk.
func (d *decider) whyNoPack(named []string) string {
	switch {
	case len(named) > 0:
		return whyTaken
	case d.s.idx.held > 0 && d.s.idx.pick.len() == 0 && !d.inHands(edge.Pick):
		return whyHeld
	case d.inHands(edge.Put):
		return whyNotPicked
	}
	if why := d.whyNotPicked(); why != whyNothing {
		return why
	}
	return d.whyInHands(edge.Pack)
}

// The put wall bounds the waves: one is opened only while a cell is left beside
// those that the waves on the floor still need.

// wallRoom is how many orders the wall has cells for beside those of the waves that
// are under way; one more than none is enough to know. A site that told of no cells
// parts its waves elsewhere.
func (v *View) wallRoom() int {
	owed := v.State.idx.owed
	cells, free := v.Catalogue.Wall(owed+listMost, func(id string) bool { return v.State.totes.get(id) == nil })
	if cells == 0 {
		return listMost + 1
	}
	return free - owed
}

// wallFull tells that the next wave is held: no cell is free for it.
func (v *View) wallFull() bool { return v.wallRoom() <= 0 }

// fitsWall tells which lists of a mode may be begun: a wave waits for a cell,
// unless all its orders are of one piece and go to the fast line.
func (v *View) fitsWall(mode string) func([]*edge.Order) bool {
	if mode != modeTotal || !v.wallFull() {
		return nil
	}
	return func(orders []*edge.Order) bool {
		for _, o := range orders {
			if pieces(o) > 1 {
				return false
			}
		}
		return true
	}
}

// wavesWait tells whether orders wait that go out in waves.
func (v *View) wavesWait() bool {
	return v.State.idx.listed[modeTotal] > 0 || v.State.idx.pick.len() > 0 && v.Policy.Pick.Wave > 1
}
