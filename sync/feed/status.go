package feed

import (
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
	s := batch.Status{Site: f.cfg.Site, Epoch: pos.Epoch(), Instance: f.instance, Head: pos.Head(), Oldest: pos.Oldest(),
		Reference: f.cfg.Revision(), EdgeTime: now.In(f.cfg.Zone).Format(edge.TimeLayout), Version: f.cfg.Version,
		Consumers: []batch.Consumer{}}
	for _, c := range f.people.list {
		c.lock.Lock()
		acked, closed := c.acked, c.closed
		c.lock.Unlock()
		if closed || !slices.Contains(c.scopes, "events:read") { // who only writes has no place
			continue
		}
		item := batch.Consumer{Name: c.name, Required: c.required, Acked: acked}
		if s.Head > acked {
			item.LagEvents = s.Head - acked
			item.LagSeconds = f.age(acked, now)
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

// age is how long the first event behind acked has been waiting, in seconds.
func (f *Feed) age(acked uint64, now time.Time) float64 {
	chunk, err := f.cfg.Log.Read(max(acked, f.cfg.Position.Oldest()-1), 1, 1, nil)
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

// epochs lists the one epoch that there is: restores come with a later format.
func (f *Feed) epochs(w http.ResponseWriter, _ *http.Request, _ *consumer) {
	answer(w, []batch.Epoch{{Epoch: f.cfg.Position.Epoch(), Reason: "created", FirstSeq: 1, HeadSeq: f.cfg.Position.Head()}})
}

func (f *Feed) signedHeads(w http.ResponseWriter, _ *http.Request, _ *consumer) {
	answer(w, f.heads.all())
}
