package feed

import (
	"net/http"
	"time"

	"dcedge/edge"
)

// Asked is what somebody wants to know of: an order by its id, with its client where
// two have one of that id, or a waybill.
type Asked struct {
	Order, Client, Waybill string
}

// Told is the answer to it: the parcels, the event up to which they are so, and how
// old the knowledge of what the WMS sent is.
type Told struct {
	Head    uint64
	Parcels any       // a list, of the maker's own form; nil: none
	Stale   bool      // the WMS has been silent for minutes
	Heard   time.Time // when it last called; zero: not since the start
}

// parcelAnswer is the body.
type parcelAnswer struct {
	EdgeTime string `json:"edgeTime"`
	Head     uint64 `json:"head"`
	Stale    bool   `json:"stale"`
	Heard    string `json:"heard,omitempty"`
	Parcels  any    `json:"parcels"`
}

func (f *Feed) parcels(w http.ResponseWriter, r *http.Request, _ *consumer) {
	q := r.URL.Query()
	a := Asked{Order: q.Get("order"), Client: q.Get("client"), Waybill: q.Get("waybill")}
	if (a.Order == "") == (a.Waybill == "") || len(a.Order)+len(a.Client)+len(a.Waybill) > maxAsked {
		fail(w, badRequest("either order or waybill, of at most 256 bytes"))
		return
	}
	told := f.cfg.Parcels(a)
	out := parcelAnswer{EdgeTime: f.cfg.Now().In(f.cfg.Zone).Format(edge.TimeLayout), Head: told.Head, Stale: told.Stale, Parcels: told.Parcels}
	if out.Parcels == nil {
		out.Parcels = []any{}
	}
	if !told.Heard.IsZero() {
		out.Heard = told.Heard.In(f.cfg.Zone).Format(edge.TimeLayout)
	}
	answer(w, out)
}

// maxAsked bounds what is asked.
const maxAsked = 256
