package feed

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"dcedge/edge"
	"dcedge/sync/batch"
)

// Status tells where the edge and every consumer stand; the lead's page and
// metrics use it too.
func (f *Feed) Status() batch.Status {
	now := f.cfg.Now()
	pos := f.cfg.Position
	epochs := lineage(pos.Epochs())
	s := batch.Status{Site: f.cfg.Site, Epoch: pos.Epoch(), Instance: f.instance, Head: pos.Head(), Oldest: epochs[len(epochs)-1].Oldest,
		Reference: f.cfg.Revision(), EdgeTime: now.In(f.cfg.Zone).Format(edge.TimeLayout), Version: f.cfg.Version,
		Consumers: []batch.Consumer{}}
	for _, c := range f.people.list {
		c.lock.Lock()
		acked, closed := c.acked, c.closed
		c.lock.Unlock()
		if closed || !slices.Contains(c.scopes, "events:read") { // who only writes has no place
			continue
		}
		item := batch.Consumer{Name: c.name, Required: c.required, Acked: acked.Acked, LagEvents: epochs.behind(acked)}
		if acked.Epoch != s.Epoch {
			item.Epoch = acked.Epoch
		}
		if item.LagEvents > 0 {
			item.LagSeconds = f.age(epochs.next(acked), now)
		}
		s.Consumers = append(s.Consumers, item)
	}
	return s
}

// Heard tells when somebody who may send orders and cancels last called; zero: not
// since the start. What such a one knows it has sent by then.
func (f *Feed) Heard() time.Time {
	var last time.Time
	for _, c := range f.people.list {
		c.lock.Lock()
		if slices.Contains(c.scopes, "reference:write") && c.heard.After(last) {
			last = c.heard
		}
		c.lock.Unlock()
	}
	return last
}

// age is how long the first event behind a place has been waiting, in seconds.
func (f *Feed) age(at batch.Place, now time.Time) float64 {
	chunk, err := f.cfg.Log.Read(at.Epoch, at.Seq, 1, 1, nil)
	if err != nil || chunk.Count == 0 {
		return 0
	}
	var e struct {
		At time.Time `json:"at"`
	}
	if json.Unmarshal(chunk.Lines, &e) != nil || e.At.After(now) {
		return 0
	}
	return float64(now.Sub(e.At).Milliseconds()) / 1000
}

func (f *Feed) status(w http.ResponseWriter, _ *http.Request, _ *consumer) { answer(w, f.Status()) }

// reasonCreated is why a log's first epoch began.
const reasonCreated = "created"

// epochs lists the lineage, the oldest first.
func (f *Feed) epochs(w http.ResponseWriter, _ *http.Request, _ *consumer) {
	out := []batch.Epoch{}
	for _, e := range f.cfg.Position.Epochs() {
		item := batch.Epoch{Epoch: e.ID, Reason: cmp.Or(e.Reason, reasonCreated), FirstSeq: e.Oldest, HeadSeq: e.Head, Sealed: e.Sealed}
		if e.Parent != "" {
			hash := batch.Hex(e.ParentHash)
			item.Parent, item.ParentSeq, item.ParentHash = &e.Parent, e.ParentSeq, &hash
		}
		out = append(out, item)
	}
	answer(w, out)
}

func (f *Feed) signedHeads(w http.ResponseWriter, _ *http.Request, _ *consumer) {
	answer(w, f.heads.all())
}
