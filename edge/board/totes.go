package board

import "dcedge/edge"

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
