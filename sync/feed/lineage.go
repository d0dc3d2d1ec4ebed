package feed

import (
	"fmt"
	"net/http"
	"slices"

	"dcedge/sync/batch"
)

// place is how far a consumer has come, and its private record.
type place struct {
	Epoch    string `json:"epoch"`
	Acked    uint64 `json:"acked"`
	Required bool   `json:"required,omitempty"`
}

// lineage is the epochs of a log, the oldest first.
type lineage []Epoch

// find gives an epoch's place in the lineage; -1: the log never had it.
func (l lineage) find(epoch string) int {
	return slices.IndexFunc(l, func(e Epoch) bool { return e.ID == epoch })
}

// before tells whether one place stands before another. A place of another
// history stands before all.
func (l lineage) before(a, b place) bool {
	i, j := l.find(a.Epoch), l.find(b.Epoch)
	return i < j || i == j && a.Acked < b.Acked
}

// behind counts the events behind a place, through all epochs.
func (l lineage) behind(at place) (n uint64) {
	i := l.find(at.Epoch)
	for j := max(i, 0); j < len(l); j++ {
		n += l[j].Head
		if j == i {
			n -= min(at.Acked, l[j].Head)
		}
	}
	return n
}

// next gives the place from which the first event behind at is read.
func (l lineage) next(at place) batch.Place {
	i := l.find(at.Epoch)
	if i < 0 {
		return batch.Place{Epoch: l[0].ID, Seq: l[0].Oldest - 1}
	}
	for ; l[i].Sealed && at.Acked >= l[i].Head; i++ {
		at = place{Epoch: l[i+1].ID}
	}
	return batch.Place{Epoch: at.Epoch, Seq: max(at.Acked, l[i].Oldest-1)}
}

// opening is the place before the first event of an epoch.
func opening(epoch string) batch.Place {
	return batch.Place{Epoch: epoch, Hash: batch.Origin(epoch)}
}

// shared proves that both sides have the same past up to a place, and gives its
// epoch.
func (f *Feed) shared(at batch.Place) (e, next Epoch, p *batch.Problem) {
	all := lineage(f.cfg.Position.Epochs())
	i := all.find(at.Epoch)
	if i < 0 {
		return e, next, batch.NewProblem(http.StatusConflict, batch.Fork, "another history",
			"this edge never had the cursor's epoch: do not apply anything, call a person")
	}
	if e = all[i]; e.Sealed {
		next = all[i+1]
		if at.Seq > e.Head {
			p = batch.NewProblem(http.StatusConflict, batch.EpochChanged, "the edge goes on in a new epoch", "")
			p.Detail = fmt.Sprintf("this edge lost events %d to %d of epoch %s (%s): tell it by POST /sync/v1/reconcile what they said, and go on at resume",
				e.Head+1, at.Seq, e.ID, next.Reason)
			p.Resume, p.Lost = f.codec.Encode(opening(next.ID)), &batch.Lost{From: e.Head + 1, To: at.Seq}
			return e, next, p
		}
	}
	hash, err := f.cfg.Log.HashAt(at.Epoch, at.Seq)
	if err != nil {
		return e, next, f.unreadable(err, e)
	}
	if hash != at.Hash {
		return e, next, batch.NewProblem(http.StatusConflict, batch.Fork, "another history",
			fmt.Sprintf("the histories differ at event %d: do not apply anything, call a person", at.Seq))
	}
	return e, next, nil
}
