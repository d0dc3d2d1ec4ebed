package board

import (
	"maps"
	"slices"

	"dcedge/edge"
)

// noteTote keeps since when a tote whose picking has ended stands in nobody's
// hands. After a start nobody knows it: the time counts from then.
func (v *view) noteTote(id string) {
	t := v.totes[id]
	if t == nil || !t.Done || t.Work != "" {
		delete(v.idleTotes, id)
		return
	}
	if _, known := v.idleTotes[id]; !known {
		v.idleTotes[id] = v.now
	}
}

// toteTroubles lists the totes that were picked and that no wall and no desk has
// taken up in time: they may stand forgotten somewhere. One whose order must wait
// is not missed.
func (v *view) toteTroubles() []Exception {
	if v.toteWithin <= 0 {
		return nil
	}
	var out []Exception
	for id, since := range v.idleTotes {
		t := v.totes[id]
		if v.now.Sub(since) < v.toteWithin || t.Wave == "" && !v.toteReady(t) {
			continue
		}
		out = append(out, Exception{Kind: "toteWaits", ID: id, Order: t.Order, Since: since})
	}
	return out
}

// toteReady tells that a desk could take a tote: its order is picked whole and not
// held.
func (v *view) toteReady(t *edge.Tote) bool {
	for _, o := range v.byID[t.Order] {
		if o.Client == t.Client {
			return o.Stage == edge.StagePicked && o.Held == "" && o.Wave == "" && o.Work == ""
		}
	}
	return false
}

// putMove keeps the tasks that bring goods back out of a wave's totes.
func (v *view) putMove(id string, c edge.Change) {
	delete(v.backIn, id)
	if t, ok := c.Value.(*edge.MoveTask); ok && t != nil && len(t.Totes) > 0 {
		v.backIn[id] = t
	}
}

// noteAsked keeps since when goods of a tote are to be brought back. The past is
// counted beside the present: the newest word counts.
func (v *view) noteAsked(e *edge.Event, d *edge.StockEvent) {
	if e.Type != edge.EvReplenish {
		return
	}
	for _, id := range d.Totes {
		if v.totes[id] != nil && e.At.After(v.backSince[id]) {
			v.backSince[id] = e.At
		}
	}
}

// keptTotes lists the totes that a wave left with goods which are to be brought back:
// they stand somewhere, and nothing else leads to them. While the wave has one, its
// wall meets the goods.
func (v *view) keptTotes() []Exception {
	kept := map[string]*Exception{}
	for _, t := range v.backIn {
		for _, id := range t.Totes {
			if in := v.totes[id]; in == nil || in.Wave != "" {
				continue
			}
			e := kept[id]
			if e == nil {
				e = &Exception{Kind: "keptTote", ID: id, Tote: id, Reason: t.Reason, Order: t.Order, Since: v.backSince[id]}
				kept[id] = e
			}
			if e.Units += t.Quantity - t.Aside; e.Order != t.Order {
				e.Order = "" // those of several
			}
			if t.Reason == backCancelled {
				e.Reason = t.Reason
			}
		}
	}
	out := make([]Exception, 0, len(kept))
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		out = append(out, *kept[id])
	}
	return out
}

const backCancelled = "cancelled" // of a task that brings goods back
