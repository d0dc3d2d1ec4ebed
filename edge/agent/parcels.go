package agent

import (
	"time"

	"dcedge/edge"
	"dcedge/sync/feed"
)

// parcels tells those who serve customers where an order is.
func (a *Agent) parcels(q feed.Asked) feed.Told {
	found := a.board.Parcels(q.Client, q.Order, q.Waybill, func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(a.cfg.Zone()).Format(edge.TimeLayout)
	})
	told := feed.Told{Head: found.Head, Stale: found.Silence.Old, Heard: a.feed.Heard()}
	if found.Items != nil {
		told.Parcels = found.Items
	}
	return told
}
